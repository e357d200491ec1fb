"""What generated packages send to other services, and what they read: parameters, bodies and media types."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cstar_async.errors import ServerError
from tests.support.server import Received, json, raw, serve

from .conftest import Generated, document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUESTS = yaml.safe_load((Path(__file__).parent / "documents" / "requests.yaml").read_text(encoding="utf-8"))
DAY = dt.date(2026, 3, 1)
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `requests.yaml`."""
    with Generated.made(tmp_path_factory.mktemp("requests"), REQUESTS, "made_for_requests") as made:
        yield made


async def exchange(
    package: Generated, method: str, *arguments: Any, answer: bytes = b"{}", **named: Any
) -> tuple[Received, Any]:
    """The request of one call, and its result."""
    async with serve(raw(answer)) as server, package.client(base_url=server.url) as client:
        result = await getattr(client.default, method)(*arguments, **named)
        return server.received[0], result


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({}, ""),
        ({"page": 0}, "page=0"),
        ({"ids": [1, 2]}, "ids=1&ids=2"),
        ({"ids": []}, ""),
        ({"joined": ["a", "b,c"]}, "joined=a%2Cb%2Cc"),
        ({"spaced": ["a", "b"]}, "spaced=a%20b"),
        ({"piped": [DAY, DAY]}, "piped=2026-03-01%7C2026-03-01"),
        ({"repeated": ["a", "b"]}, "repeated=a&repeated=b"),
        ({"free": {"a": "1", "b c": "&"}}, "a=1&b%20c=%26"),
        ({"flat": {"gte": 1, "lt": "x"}}, "flat=gte%2C1%2Clt%2Cx"),
        ({"created": {"gte": 5}}, "created%5Bgte%5D=5"),
        ({"created": 5}, "created=5"),
        ({"expand": ["a", "b"]}, "expand%5B0%5D=a&expand%5B1%5D=b"),
        ({"where": {"gte": 1}}, "where=%7B%22gte%22%3A1%7D"),
        ({"whole": "a b"}, "whole=%22a%20b%22"),
    ],
)
async def test_query_parameters_have_their_style(package: Generated, given: dict[str, Any], query: str) -> None:
    """Lists and objects are written as the document says."""
    received, _ = await exchange(package, "query", **given)
    assert received.path == "/api/v2/q" + (f"?{query}" if query else "")


async def test_an_object_in_the_query_may_be_an_instance(package: Generated) -> None:
    """A model is encoded by its fields, as in a body."""
    span = package.load("models").Range(gte=1, lt=DAY)
    for style, query in (
        ("flat", "flat=gte%2C1%2Clt%2C2026-03-01"),
        ("created", "created%5Bgte%5D=1&created%5Blt%5D=2026-03-01"),
        ("where", "where=%7B%22gte%22%3A1%2C%22lt%22%3A%222026-03-01%22%7D"),
    ):
        received, _ = await exchange(package, "query", **{style: span})
        assert received.path == f"/api/v2/q?{query}"


async def test_path_parameters_have_their_style(package: Generated) -> None:
    """Each part is percent-encoded, and the signs between them are not."""
    span = package.load("models").Range(gte=1, lt=DAY)
    received, _ = await exchange(package, "path", "a/b", ["x", "y,z"], span, [1, 2], [3, 4], {"k": "v w"})
    assert received.path == "/api/v2/p/a%2Fb/x,y%2Cz/gte=1,lt=2026-03-01/.1.2/;matrix=3,4/;k=v%20w"


async def test_a_path_is_percent_encoded(package: Generated) -> None:
    """The words of a path may have any characters."""
    received, _ = await exchange(package, "odd", "1")
    assert received.path == "/api/v2/odd%20words/%C3%A9/1:run"


async def test_a_path_may_have_a_fragment_or_a_query(package: Generated) -> None:
    """A fragment, which tells operations of one path apart, is not sent; a query of the path stays."""
    received, _ = await exchange(package, "restore", "1")
    assert received.path == "/api/v2/files/1"
    for query, path in ((None, "/api/v2/files?beta=true"), ("a", "/api/v2/files?beta=true&q=a")):
        received, _ = await exchange(package, "beta", q=query)
        assert received.path == path


async def test_a_stream_may_be_asked_for_by_a_post(package: Generated) -> None:
    """Its body is sent once, and data that is not JSON is text."""
    events = raw(b'data: {"a": 1}\n\ndata: [DONE]\n\n', "text/event-stream")
    async with serve(events) as server, package.client(base_url=server.url) as client:
        found = [event async for event in client.default.chat(prompt="hi")]
    assert found == [{"a": 1}, "[DONE]"]
    assert [received.json for received in server.received] == [{"prompt": "hi"}]


async def test_a_post_for_a_stream_that_fails_is_not_repeated(package: Generated) -> None:
    """It might have done something."""
    async with serve(json({}, status=503)) as server, package.client(base_url=server.url) as client:
        with pytest.raises(ServerError):
            [event async for event in client.default.chat(prompt="hi")]
    assert server.attempts == 1


async def test_one_or_many_may_be_instances_or_mappings(package: Generated) -> None:
    """Where a body is an object or a list of it, each may be a model or a mapping, in a list or a tuple."""
    span = package.load("models").Range(gte=1)
    one = {"gte": 1}
    for given in (span, one, [span], [one], (span, one)):
        received, _ = await exchange(package, "invite", body=given)
        assert received.json == ([one] * len(given) if isinstance(given, list | tuple) else one)


async def test_headers_and_cookies_are_sent(package: Generated) -> None:
    """Lists are joined; `Accept`, `Authorization` and `Content-Type` are no arguments, as OpenAPI says."""
    received, _ = await exchange(
        package, "headers", x_count=1, x_list=["a", "b"], x_range={"gte": 1, "lt": 2}, sid="a b", theme=3
    )
    names = ("X-Count", "X-List", "X-Range", "Cookie", "Accept")
    assert [received.headers.get(name) for name in names] == ["1", "a,b", "gte=1,lt=2", "sid=a%20b; theme=3", JSON]
    received, _ = await exchange(package, "headers")
    assert not {"X-Count", "X-List", "Cookie", "Authorization"} & set(received.headers)


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"name": "a b&c", "is_on": False}, b"name=a+b%26c&is_on=false"),
        ({"when": NOON}, b"when=2026-03-01T12%3A00%3A00Z"),
        ({"gone": None}, b"gone="),
        ({"tags": ["a", "b"], "joined": ["a", "b"]}, b"tags=a&tags=b&joined=a%2Cb"),
        ({"range": {"gte": 1}}, b"range%5Bgte%5D=1"),
        ({"rows": [{"gte": 1}, {"gte": 2}]}, b"rows%5B0%5D%5Bgte%5D=1&rows%5B1%5D%5Bgte%5D=2"),
        ({"text": {"gte": 1}}, b"text=%7B%22gte%22%3A1%7D"),
    ],
)
async def test_forms_have_fields_as_arguments(package: Generated, given: dict[str, Any], body: bytes) -> None:
    """A form is sent as the document's encoding says."""
    received, _ = await exchange(package, "form", **given)
    assert (received.headers["Content-Type"], received.body) == (FORM, body)


async def test_a_form_may_be_a_mapping(package: Generated) -> None:
    """A form of any fields is one argument."""
    received, _ = await exchange(package, "free", body={"a": "1", "b": "2"})
    assert (received.headers["Content-Type"], received.body) == (FORM, b"a=1&b=2")


async def test_uploads_are_multipart(package: Generated) -> None:
    """Files have a name and a media type, lists a part for each item; a second call sends the same bytes."""
    file = package.load().File(b"\0\r\n--", name='a"\n.jpg', media_type="image/jpeg")
    given = {"photo": file, "more": [b"1", b"2"], "title": "é", "tags": ["a", "b"], "range": {"gte": 1}}
    received, _ = await exchange(package, "upload", **given)
    again, _ = await exchange(package, "upload", **given)
    assert received.body == again.body
    kind = received.headers["Content-Type"].encode()
    parts: Any = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + received.body).get_payload()
    found = [
        (part.get_param("name", header="Content-Disposition"), part.get_filename(), part.get("Content-Type"))
        for part in parts
    ]
    assert found == [
        ("photo", "a%22%0A.jpg", "image/jpeg"),
        ("more", "more", "application/octet-stream"),
        ("more", "more", "application/octet-stream"),
        ("title", None, None),
        ("tags", None, None),
        ("tags", None, None),
        ("range", None, JSON),
    ]
    contents = [part.get_payload(decode=True) for part in parts]
    assert contents == [b"\0\r\n--", b"1", b"2", "é".encode(), b"a", b"b", b'{"gte":1}']
    received, _ = await exchange(package, "upload", photo=b"x")
    assert b"Content-Type: image/png" in received.body


@pytest.mark.parametrize(
    ("method", "given", "kind", "body"),
    [
        ("bytes_", {"body": b"\0\1"}, "image/png", b"\0\1"),
        ("any", {"body": b"\0\1"}, "application/octet-stream", b"\0\1"),
        ("text", {"body": "é"}, "text/plain", "é".encode()),
        ("merge", {"gte": 1}, "application/merge-patch+json", b'{"gte":1}'),
        ("vendor", {"gte": 1}, JSON, b'{"gte":1}'),
    ],
)
async def test_a_body_has_the_documents_media_type(
    package: Generated, method: str, given: dict[str, Any], kind: str, body: bytes
) -> None:
    """Bytes and text are sent as they are, JSON under its own name."""
    received, _ = await exchange(package, method, **given)
    assert (received.headers["Content-Type"], received.body) == (kind, body)


@pytest.mark.parametrize(
    ("method", "accept", "answer", "result"),
    [
        ("csv", "text/csv", b"a,b\n", "a,b\n"),
        ("pdf", "application/pdf", b"%PDF", b"%PDF"),
        ("hal", "application/hal+json", b'{"gte": 1}', 1),
        ("both", JSON, b'{"gte": 1}', 1),
        ("file", "*/*", b"\0", b"\0"),
    ],
)
async def test_an_answer_is_asked_for_by_its_media_type(
    package: Generated, method: str, accept: str, answer: bytes, result: Any
) -> None:
    """`Accept` is the media type that the result is read from."""
    received, found = await exchange(package, method, answer=answer)
    assert received.headers["Accept"] == accept
    assert getattr(found, "gte", found) == result


@pytest.mark.parametrize(
    ("method", "given", "names"),
    [
        ("query", {"page": [1]}, ["page", "one value"]),
        ("query", {"flat": {"gte": {"a": 1}}}, ["flat", "dict"]),
        ("query", {"ids": [object()]}, ["ids", "object"]),
        ("headers", {"x_list": [[1]]}, ["list"]),
        ("form", {"tags": [object()]}, ["tags", "object"]),
        ("form", {"tags": "ab"}, ["ab"]),
        ("upload", {"photo": object()}, ["photo", "object"]),
        ("bytes_", {"body": {"a": 1}}, ["body", "bytes", "dict"]),
    ],
)
async def test_what_cannot_be_sent_is_named(
    package: Generated, method: str, given: dict[str, Any], names: list[str]
) -> None:
    """A value of a wrong type is a TypeError that names the argument, before anything is sent."""
    async with package.client(base_url="http://127.0.0.1:9") as client:
        with pytest.raises(TypeError) as caught:
            await getattr(client.default, method)(**given)
    assert [name for name in names if name not in str(caught.value)] == []


def test_a_curl_command_shows_the_body(package: Generated) -> None:
    """Forms are shown as they are sent; bytes that are not text are left to the reader."""
    client = package.client()
    assert "--data-raw a=1" in client.default.free(body={"a": "1"}).as_curl()
    assert "--data-binary @body" in client.default.bytes_(body=b"\xff").as_curl()
    assert "https://eu.example.com/api/v2/csv" in client.default.csv().as_curl()


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ({"/a/{id}": {"get": {}}}, ["GET /a/{id}", "path parameters", "id"]),
        ({"/a": {"get": {"operationId": "x"}}, "/b": {"get": {"operationId": "x"}}}, ["GET /b", "'x'", "GET /a"]),
        (
            {"/a": {"get": {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}]}}},
            ["GET /a", "path parameters", "id"],
        ),
    ],
)
def test_faults_that_can_be_repaired_are(
    refuse: Callable[[dict[str, Any]], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    paths: dict[str, Any],
    names: list[str],
) -> None:
    """Refused by default; with `--leave-out` an id is numbered, and the path says which parameters it has."""
    said = refuse(document({}, paths))
    assert [name for name in names if name not in said] == []
    with Generated.made(tmp_path, document({}, paths), "repaired", "--leave-out") as made:
        said = capsys.readouterr().err
        assert [name for name in [*names, "repaired"] if name not in said] == []
        found = made.load("operations").load_all()
        assert len(found) == sum(len(item) for item in paths.values())
        assert all(list(operation.path_params) == [p.name for p in operation.params] for operation in found.values())
