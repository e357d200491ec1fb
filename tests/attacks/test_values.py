"""Arbitrary values in decoders, URLs, headers and arguments."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from cstar_async import converter
from cstar_async._core.idempotency import NO_IDEMPOTENCY_KEY
from cstar_async._core.json_body import encode_body
from cstar_async._core.options import Options
from cstar_async._core.request import Request
from cstar_async._core.response import RawResponse, read_result
from cstar_async._generated import operations
from cstar_async.client import CStarClient
from cstar_async.errors import ConfigError, DecodeError
from tests import contract
from tests.support.decoding import all_models, decode, info_of
from tests.support.operations import GET, PUBLIC
from tests.support.server import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = all_models()
READS = [endpoint.id for endpoint in contract.endpoints() if contract.answers(endpoint)]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TIMES = st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(),
    "integer": st.integers(-(2**53), 2**53),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    "boolean": st.booleans(),
}


def values(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """All values that a schema allows, and unknown values of enumerations."""
    schema = contract.resolve(schema)
    if "const" in schema:
        return st.just(schema["const"])
    if "oneOf" in schema:
        return st.one_of([values(part, depth) for part in schema["oneOf"]])
    kinds = schema.get("type", "object" if "properties" in schema or "allOf" in schema else None)
    if isinstance(kinds, list):
        return st.one_of([values({**schema, "type": kind}, depth) for kind in kinds])
    if kinds == "null":
        return st.none()
    if kinds == "array":
        return st.lists(values(schema.get("items", {}), depth + 1), max_size=0 if depth > 3 else 2)
    if kinds == "object":
        return objects(schema, depth)
    if "date-time" in schema.get("format", ""):
        return TIMES
    if schema.get("format") == "date":
        return st.dates().map(dt.date.isoformat)
    return PLAIN.get(str(kinds), JSON)


def objects(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """An object with its required members, some of the optional ones, and unknown ones."""
    properties = contract.properties(schema)
    parts = [schema, *map(contract.resolve, schema.get("allOf", []))]
    required = {name for part in parts for name in part.get("required", [])}
    members = {name: values(part, depth + 1) for name, part in properties.items()}
    further = schema.get("additionalProperties")
    known = st.fixed_dictionaries(
        {name: member for name, member in members.items() if name in required},
        optional={} if depth > 2 else {name: member for name, member in members.items() if name not in required},
    )
    if isinstance(further, dict) or (further is True and not properties):
        more = st.dictionaries(st.text(), values(further if isinstance(further, dict) else {}, depth + 1), max_size=2)
        return st.builds(lambda a, b: {**b, **a}, known, more)
    return known


def _of_any_model() -> st.SearchStrategy[tuple[str, Any]]:
    cached = {name: values(contract.schemas()[name]) for name in MODELS if name in contract.schemas()}
    return st.sampled_from(sorted(cached)).flatmap(lambda name: st.tuples(st.just(name), cached[name]))


@given(_of_any_model())
def test_every_model_round_trips(drawn: tuple[str, Any]) -> None:
    """Every model is decoded and encoded without loss, and both decoders agree."""
    name, data = drawn
    info, model = info_of(MODELS[name]), MODELS[name]
    result = info.decode(data)
    assert converter._detailed.structure(data, model) == result
    written = info.encode(result)
    assert converter.converter.unstructure(result) == written
    assert info.decode(orjson.loads(orjson.dumps(written))) == result


@given(st.sampled_from(READS), JSON)
def test_an_answer_of_any_shape_is_read_or_refused(operation_id: str, data: Any) -> None:
    """An answer of any shape is decoded or raises DecodeError, which names the place."""
    operation = operations.load(operation_id)

    def read(value: Any) -> Any:
        return decode(operation, value)

    problems: Sequence[str] = ["$"]
    try:
        read_result(operation, RawResponse(200, {}, orjson.dumps({"data": data})), read)
    except DecodeError as error:
        problems = error.problems
    assert problems
    assert all(problem.startswith("$") for problem in problems)


@given(st.sampled_from(sorted(MODELS)), JSON)
def test_what_the_fast_decoder_refuses_the_detailed_one_refuses(name: str, data: Any) -> None:
    """The detailed decoder raises an error whenever the fast one does."""
    try:
        info_of(MODELS[name]).decode(data)
    except Exception:  # whatever bad data makes it raise
        with pytest.raises(Exception):
            converter._detailed.structure(data, MODELS[name])


def _request(identity: Any, headers: dict[str, Any] | None = None) -> Request:
    return Request(GET, (identity,), {"q": identity}, None, None, Options(headers=headers), NO_IDEMPOTENCY_KEY)


@given(st.text())
def test_an_id_cannot_leave_its_place_in_the_path(identity: str) -> None:
    """An id of any text stays one part of the path, or is refused."""
    if identity in {"", ".", ".."} or not _encodable(identity):
        with pytest.raises(ValueError, match="thingId"):
            _request(identity).target("team")
        return
    target = _request(identity).target("team")
    path, _, query = target.partition("?")
    *_, thing = path.split("/")
    assert path.count("/") == GET.path.count("/")
    assert unquote(thing) == identity
    assert query.startswith("q=")
    assert unquote(query[2:]) == identity
    # yarl sends it unchanged.
    assert URL(f"https://www.cstar.help{target}", encoded=True).raw_path_qs == target
    assert target.isascii()
    assert target.isprintable()


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("identity", [None, 7, b"tkt_1", "", ".", "..", "\ud800", ["tkt_1"], object()])
def test_invalid_ids_are_refused(identity: Any) -> None:
    """An invalid id is refused."""
    with pytest.raises((TypeError, ValueError), match="thingId"):
        _request(identity).target("team")


@given(st.text(), st.text())
def test_a_header_is_one_header(name: str, value: str) -> None:
    """A header's name or value cannot start another header."""
    try:
        headers = _request("t1", {name: value}).extra_headers()
    except ValueError:
        return
    assert headers == {name: value}
    assert not set(name) & set("\r\n: ")
    assert not set(value) & set("\r\n\0")


@given(st.text())
def test_a_customers_token_is_one_header(token: str) -> None:
    """A customer's token cannot start another header."""
    request = Request(PUBLIC, (), None, None, None, Options(headers={"Authorization": token}), NO_IDEMPOTENCY_KEY)
    try:
        headers = request.extra_headers()
    except ValueError:
        return
    assert not set(headers["Authorization"]) & set("\r\n\0")


@pytest.mark.parametrize(
    ("json", "message"),
    [
        ({"title": b"x"}, r"\$\.title cannot be sent: JSON cannot express bytes"),
        ({"a": [{"b": "\ud800"}]}, r"\$\.a\[0\]\.b cannot be sent: .*surrogates"),
        ({"a": {"b": {1, 2}}}, r"\$\.a\.b cannot be sent: .*set"),
        ({"a": {1: 2}}, r"\$\.a cannot be sent: the key 1 is not a string"),
        ({"a": 2**70}, r"\$\.a cannot be sent: (Integer exceeds|int too big)"),
        ({"a": [1, float("nan")]}, r"\$\.a\[1\] cannot be sent: JSON has no NaN"),
        ({"a": float("inf")}, r"\$\.a cannot be sent: JSON has no NaN or infinity"),
        ({"at": dt.datetime(2026, 1, 1)}, r"\$\.at cannot be sent: .* has no time zone"),
    ],
)
def test_values_that_json_cannot_hold_are_refused(json: Any, message: str) -> None:
    """A value that JSON cannot hold is refused with its place."""
    with pytest.raises((TypeError, ValueError), match=message):
        encode_body(json)


def test_a_value_that_contains_itself_is_refused() -> None:
    """A value that contains itself is refused."""
    ring: dict[str, Any] = {}
    ring["ring"] = ring
    with pytest.raises(TypeError, match="contains itself"):
        encode_body(ring)


def test_times_in_untyped_json_keep_their_zone() -> None:
    """A datetime in untyped JSON is encoded as in a typed field."""
    time = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    assert (
        encode_body({"a": time, "b": time.date(), "c": None})
        == b'{"a":"2026-01-01T12:00:00Z","b":"2026-01-01","c":null}'
    )


@pytest.mark.parametrize("value", [object(), {"a": 1}, b"x", "\ud800", ["a", "\ud800"], (a for a in "ab")])
def test_values_that_a_query_cannot_hold_are_refused(value: Any) -> None:
    """A value that a query cannot hold is refused with its name."""
    with pytest.raises((TypeError, ValueError), match=r"^q: "):
        Request(PUBLIC, (), {"q": value}, None, None, Options(), NO_IDEMPOTENCY_KEY).target("team")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time(9, 30), "09%3A30%3A00"),
        (dt.datetime(2026, 1, 2, 9, tzinfo=dt.UTC), "2026-01-02T09%3A00%3A00Z"),
        (True, "true"),
        (2.5, "2.5"),
    ],
)
def test_values_in_a_query_are_text(value: Any, text: str) -> None:
    """A date or a boolean in a query is written in its wire form."""
    assert (
        Request(PUBLIC, (), {"q": value}, None, None, Options(), NO_IDEMPOTENCY_KEY).target("team")
        == f"/api/v1/public?q={text}"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"api_key": 5}, "api_key must be a string, got int"),
        ({"api_key": b"sk_test_x"}, "api_key must be a string, got bytes"),
        ({"team_id": 5}, "team_id must be a string"),
        ({"base_url": 5}, "base_url must be a string"),
        ({"timeout": "5"}, "timeout must be a number"),
        ({"max_retries": 1.5}, "max_retries must be a whole number"),
        ({"timeout": 10**400}, "timeout must be a number .* too large"),
    ],
)
def test_settings_of_a_wrong_type_are_named(settings: Any, message: str) -> None:
    """An invalid setting is an error that names it."""
    with pytest.raises((ConfigError, TypeError, ValueError), match=message):
        CStarClient(**{"api_key": KEY, **settings})


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda c: c.call(None, "/x"), "method must be a string, got NoneType"),
        (lambda c: c.call("GET", 5), "path must be a string, got int"),
        (lambda c: c.call("GET", "/x", query=[("a", "b")]), "query must be a mapping"),
        (lambda c: c.gather(None), "gather takes an iterable of calls, got NoneType"),
        (lambda c: c.gather([], concurrency="8"), "concurrency must be a whole number, got str"),
        (lambda c: c.gather([], concurrency=2.5), "concurrency must be a whole number, got float"),
        (lambda c: c.deadline("5"), "deadline must be a number of seconds, got str"),
        (lambda c: c.tickets.list().prefetch(2.5), "prefetch must be a whole number, got float"),
        (lambda c: c.tickets.list().prefetch("2"), "prefetch must be a whole number, got str"),
        (lambda c: c.tickets.get("t").options(timeout=10**400), "timeout must be a number .* too large"),
        (lambda c: c.tickets.get("t").options(deadline=10**400), "deadline must be a number .* too large"),
        (lambda c: c.tickets.get("t").options(priority=["bulk"]), "priority must be"),
        (lambda c: c.tickets.get("t").options(idempotency_key=5), "Idempotency-Key must be a string, got int"),
        (lambda c: c.tickets.get("t").options(idempotency_key="a\nb"), "Idempotency-Key contains a line break"),
        (lambda c: c.tickets.get("t").options(headers={1: "x"}).as_curl(), "header name must be a string, got int"),
        (
            lambda c: c.tickets.get("t").options(headers={b"X": "x"}).as_curl(),
            "header name must be a string, got bytes",
        ),
        (lambda c: c.tickets.create(title="t", tags="vip"), r"expected a list .* 'vip'; write \['vip'\]"),
        (lambda c: c.tickets.delete_many([], concurrency="4"), "concurrency must be a whole number, got str"),
        (lambda c: c.tickets.delete_many([]).options(headers=["a"]), "headers must be a mapping of names .* got list"),
        (lambda c: c.tickets.delete_many([]).options(deadline="5"), "deadline must be a number of seconds, got str"),
    ],
)
def test_arguments_of_a_wrong_type_are_named(use: Any, message: str) -> None:
    """An invalid argument of a call, list or block is an error that names it."""
    with pytest.raises((TypeError, ValueError), match=message):
        use(CStarClient(KEY, team_id="t"))


@pytest.mark.parametrize("value", [2.5, "2", -1])
async def test_an_invalid_max_items_is_refused(value: Any) -> None:
    """An invalid `max_items` is refused before any request."""
    async with CStarClient(KEY, team_id="t", base_url="http://127.0.0.1:9") as client:
        with pytest.raises((TypeError, ValueError), match="max_items must be"):
            await client.tickets.list().collect(max_items=value)
