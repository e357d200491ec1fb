"""Operations with several success answers: the status decides how an answer is read."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from codegen.__main__ import read_contract
from codegen.diff import compare
from cstar_async.errors import DecodeError
from tests.support.server import raw, serve

from .conftest import Generated, answer, document
from .test_documents import TEXT, ref
from .test_nasty import ACCEPTED, HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codegen.ir import Contract

DAY = b'{"id": "1", "at": "2026-01-02"}'
MOMENT = b'{"id": "1", "at": "2026-01-02T03:04:05Z"}'


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `answers_by_status`."""
    found = yaml.safe_load(HEAD + ACCEPTED["answers_by_status"])
    with Generated.made(tmp_path_factory.mktemp("answers"), found, "made_for_answers") as made:
        yield made


async def ask(package: Generated, method: str, status: int, body: bytes, **options: Any) -> Any:
    """The result of a call that is answered like this."""
    async with (
        serve(raw(body, status=status)) as server,
        package.client(base_url=server.url, max_retries=0) as client,
    ):
        return await getattr(client.default, method)().options(**options)


@pytest.mark.parametrize(
    ("method", "status", "body", "expected"),
    [
        ("maybe", 200, DAY, "Job"),
        ("maybe", 204, b"", "NoneType"),
        ("maybe", 203, DAY, "Job"),
        ("either", 201, DAY, "Job"),
        ("either", 202, MOMENT, "Ticket"),
        ("same", 200, DAY, "Job"),
        ("same", 201, DAY, "Job"),
        ("alike", 201, b'{"at": "2026-01-02"}', "AlikeResult"),
        ("inline", 200, b'{"a": "2026-01-02"}', "InlineResult"),
        ("inline", 201, b'{"b": "2026-01-02"}', "InlineResult201"),
        ("default", 200, DAY, "Job"),
        ("default", 202, DAY, "Job"),
        ("range", 206, DAY, "Job"),
        ("ranges", 200, DAY, "Job"),
        ("ranges", 201, MOMENT, "Ticket"),
        ("listed", 204, b"", "NoneType"),
        ("listed", 200, b"[" + DAY + b"]", "list"),
        ("file", 200, b"%PDF", "bytes"),
        ("file", 202, DAY, "Job"),
        ("text", 200, b"ok", "str"),
        ("text", 202, b"", "NoneType"),
        ("nothing", 202, b"", "NoneType"),
        ("nothing", 204, b"", "NoneType"),
        ("head", 200, b"", "NoneType"),
        ("anything", 200, b"5", "int"),
        ("anything", 202, DAY, "Job"),
        ("nullable", 200, b"null", "NoneType"),
        ("nullable", 202, MOMENT, "Ticket"),
    ],
)
async def test_the_status_decides(package: Generated, method: str, status: int, body: bytes, expected: str) -> None:
    """Each status has its own content and class; one that the document does not name is read as the first."""
    assert type(await ask(package, method, status, body)).__name__ == expected


async def test_the_content_does_not_decide(package: Generated) -> None:
    """An answer that only fits another status is an error, which names the field."""
    with pytest.raises(DecodeError, match=r"\$\.at: expected a date"):
        await ask(package, "either", 201, MOMENT)
    with pytest.raises(DecodeError, match="the body is empty"):
        await ask(package, "maybe", 200, b"")


async def test_options_and_the_whole_response(package: Generated) -> None:
    """Such a call has options and `response()`, and is one write until it is answered."""
    assert type(await ask(package, "either", 202, MOMENT, timeout=5)).__name__ == "Ticket"
    async with (
        serve(raw(DAY, status=201), raw(MOMENT, status=202)) as server,
        package.client(base_url=server.url) as client,
    ):
        call = client.default.either()
        first, second = await call.response(), await call.response()
    assert (first.status, first.data.at) == (201, dt.date(2026, 1, 2))
    assert (second.status, second.data.at) == (202, dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("method", "hint"),
    [
        ("maybe", "CallByStatus[Job | None]"),
        ("either", "CallByStatus[Job | Ticket]"),
        ("same", "Call[Job]"),
        ("alike", "Call[AlikeResult]"),
        ("inline", "CallByStatus[InlineResult | InlineResult201]"),
        ("default", "Call[Job]"),
        ("range", "Call[Job]"),
        ("ranges", "CallByStatus[Job | Ticket]"),
        ("listed", "CallByStatus[list[Job] | None]"),
        ("file", "CallByStatus[bytes | Job]"),
        ("text", "CallByStatus[str | None]"),
        ("nothing", "Call[None]"),
        ("head", "Call[None]"),
        ("anything", "CallByStatus[Any]"),
        ("nullable", "CallByStatus[Job | Ticket | None]"),
    ],
)
def test_the_annotation_is_the_union(package: Generated, method: str, hint: str) -> None:
    """The result has the types of all answers, and statuses with the same answer need no choice."""
    function = getattr(package.load("resources.default").Default, method)
    source = inspect.getsource(function)
    annotation = inspect.signature(function).return_annotation.replace("_list", "list")
    assert annotation == hint.replace("CallByStatus", "Call")
    assert ("CallByStatus(" in source) == hint.startswith("CallByStatus")


def test_the_request_asks_for_all_media_types(package: Generated) -> None:
    """`Accept` names the media types of all answers."""
    assert package.load("operations").load("file").accept == "application/pdf, application/json"
    assert package.load("operations").load("maybe").accept == "application/json"


@pytest.mark.parametrize(("empty", "kinds"), [("204", []), ("202", ["content"]), ("404", ["result-type-narrowed"])])
def test_other_statuses_are_a_change_of_the_wire(empty: str, kinds: list[str]) -> None:
    """`--diff` lists a result that is read for other statuses."""
    contracts: list[Contract] = []
    for code in ("204", empty):
        get = answer(ref("A"))
        get["responses"][code] = {"description": ""}
        schemas = {"A": {"type": "object", "properties": {"a": TEXT}}}
        contracts.append(read_contract(document(schemas, {"/a": {"get": get}}), "a test").contract)
    assert [change.kind for change in compare(*contracts)] == kinds


async def test_decoders_of_all_statuses_are_imported(generate: Callable[..., Generated]) -> None:
    """An answer of any value beside a union does not hide the union's classes."""
    first = {"anyOf": [ref("A"), ref("B")]}
    content = {"application/json": {"schema": first}}
    responses = {
        "200": {"description": "", "content": content},
        "202": {"description": "", "content": {"application/json": {}}},
    }
    schemas = {
        name: {"type": "object", "required": [wire], "properties": {wire: TEXT}}
        for name, wire in (("A", "a"), ("B", "b"))
    }
    package = generate(document(schemas, {"/x": {"get": {"operationId": "x", "responses": responses}}}))
    assert type(await ask(package, "x", 200, b'{"b": "1"}')).__name__ == "B"
    assert await ask(package, "x", 202, b'{"b": "1"}') == {"b": "1"}
