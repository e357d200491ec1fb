"""Arguments by name give the same request as the typed method, or an error that names each bad argument."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient
from cstar_async._core.binding import ArgumentError, bind, call
from cstar_async._core.operation import Param, body_argument
from cstar_async._core.pager import Pager
from cstar_async._generated import operations
from tests import contract
from tests.support.aio import BASE, SECRET, TEAM
from tests.support.arguments import make, method
from tests.support.operations import CREATE, GET, operation, parameter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ENDPOINTS = [endpoint for endpoint in contract.endpoints() if endpoint.id != "events.stream"]
UPDATE = operations.load("tickets.update")
LIST = operations.load("tickets.list")


@pytest.fixture
async def cstar() -> AsyncIterator[CStarClient]:
    """A client that sends nothing."""
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE) as client:
        yield client


def as_json(value: Any) -> Any:
    """A Python argument as `json.loads` would return it."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.id)
async def test_an_operation_sends_what_its_method_sends(cstar: CStarClient, endpoint: contract.Endpoint) -> None:
    """Every argument of every operation, as JSON by name, gives the request of the typed method."""
    arguments, found = make(endpoint), operations.load(endpoint.id)
    paths = [param.argument for param in found.params if param.location == "path"]
    given = dict(zip(paths, arguments.positional, strict=True)) | {k: as_json(v) for k, v in arguments.named.items()}
    bound = call(cstar, found, given)
    typed = method(cstar, endpoint.id)(*arguments.positional, **arguments.named)
    assert bound.as_curl() == typed.as_curl()
    assert isinstance(bound, Pager) == isinstance(typed, Pager)


@pytest.mark.parametrize(
    ("found", "arguments", "problems"),
    [
        (UPDATE, {}, ["ticket_id is missing"]),
        (UPDATE, {"ticket_id": "t", "titel": "x"}, ["titel is not an argument; did you mean title?"]),
        (UPDATE, {"ticket_id": "t", "customerId": "x"}, ["customerId is not an argument; did you mean customer_id?"]),
        (UPDATE, {"ticket_id": None}, ["ticket_id is missing"]),
        (UPDATE, {"ticket_id": 5}, ["ticket_id must be text, got a number"]),
        (UPDATE, {"ticket_id": "t", "title": None}, ["title must not be null"]),
        (UPDATE, {"ticket_id": "t", "tags": "a"}, ["tags must be a list, got a string"]),
        (UPDATE, {"ticket_id": "t", "tags": ["a", 1]}, ["tags must be a list of text, got a number in it"]),
        (UPDATE, {"ticket_id": "t", "metadata": []}, ["metadata must be an object, got an array"]),
        (LIST, {"page": "1"}, ["page must be a whole number, got a string"]),
        (LIST, {"page": 1.5}, ["page must be a whole number, got 1.5"]),
        (LIST, {"page": True}, ["page must be a whole number, got a boolean"]),
        (LIST, {"page": float("inf")}, ["page must be a whole number, got inf"]),
        (LIST, {"page": [], "staus": "x"}, ["staus is not", "page must be a whole number, got an array"]),
        (GET._replace(params=()), {"a": 1}, ["a is not an argument; it takes none"]),
    ],
)
def test_each_problem_is_named(found: Any, arguments: dict[str, Any], problems: list[str]) -> None:
    """Unknown names, missing arguments and wrong types are reported together."""
    with pytest.raises(ArgumentError) as caught:
        bind(found, arguments)
    assert len(caught.value.problems) == len(problems)
    for expected, problem in zip(problems, caught.value.problems, strict=True):
        assert problem.startswith(expected)
        assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", [1, 10**400], ["1", True, 1.5]),
        ("number", [1, 1.5], ["1", True, float("nan")]),
        ("boolean", [True], [1, "true"]),
        ("date-time", ["2026-03-01T12:00:00Z", "2026-03-01"], ["yesterday", 5]),
        ("date", ["2026-03-01"], ["2026-13-01", 5]),
        ("any", [None, 1, "x", [], {}], []),
    ],
)
def test_a_value_has_the_json_type_of_its_parameter(kind: str, good: list[Any], bad: list[Any]) -> None:
    """Each type takes its JSON values and no others."""
    found = CREATE._replace(params=(parameter("value", location="body", type=kind, nullable=kind == "any"),), body="X")
    for value in good:
        assert bind(found, {"value": value}).json == {"value": value}
    for value in bad:
        with pytest.raises(ArgumentError):
            bind(found, {"value": value})


def test_none_leaves_out_what_is_not_in_the_body() -> None:
    """In a query None is no value; in a body that may have it, it is null."""
    assert bind(LIST, {"status": None}).query == {}
    assert bind(UPDATE, {"ticket_id": "t", "notes": None}).json == {"notes": None}
    assert bind(UPDATE, {"ticket_id": "t"}).json is None


def test_a_body_may_be_one_argument() -> None:
    """A body without named fields is the argument `body`, or `body2` beside a parameter of that name."""
    found = CREATE._replace(body="list", body_required=True)
    assert bind(found, {"body": [1]}).json == [1]
    with pytest.raises(ArgumentError, match="body is missing"):
        bind(found, {})
    assert body_argument(found._replace(params=(parameter("body"),))) == "body2"
    assert body_argument(GET) == body_argument(UPDATE) == ""


def test_styles_are_those_of_the_record() -> None:
    """Parameters in the path, in headers and in cookies are written as the record says."""
    params = (
        Param("ids", "ids", "path", "array", "integer", required=True, explode=False),
        Param("where", "where", "query", "object", style="json"),
        Param("X-Range", "x_range", "header", "object"),
        Param("sid", "sid", "cookie", "string"),
    )
    found = operation("GET", "/things/{ids}", params=params)
    bound = bind(found, {"ids": [1, 2], "where": {"a": 1}, "x_range": {"a": 1}, "sid": "s"})
    assert bound == (("1,2",), {"where": '{"a":1}'}, None, {"X-Range": "a=1", "Cookie": "sid=s"})


def test_a_whole_number_of_any_size_is_one() -> None:
    """A number that is too large for a float is bound as it is."""
    assert bind(LIST, {"page": 10**400}).query == {"page": 10**400}
