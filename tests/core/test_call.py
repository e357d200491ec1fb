"""Calls: awaiting, idempotency keys, options and results."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from cstar_async._core.call import Call
from cstar_async._core.unset import UNSET
from cstar_async.client import CStarClient
from cstar_async.errors import APIConnectionError, DecodeError, NotFoundError, ServerError
from tests.support.clock import FakeClock
from tests.support.operations import CREATE, GET, UPDATE, parameter
from tests.support.server import KEY, TEAM, chunked, data, failure, gzipped, json, raw, reset, serve


def thing(client: CStarClient, thing_id: str = "t1") -> Call[Any]:
    return Call(client, GET, (thing_id,), None, None, None)


def create(client: CStarClient, **fields: object) -> Call[Any]:
    return Call(client, CREATE, (), None, fields, None)


async def test_awaiting_gives_the_object_without_its_envelope() -> None:
    """`await call` returns what is in `data`; the path has the team and the quoted id."""
    async with serve(data({"id": "a/b"})) as server, server.client() as client:
        assert await thing(client, "a/b ü") == {"id": "a/b"}
    assert server.received[0].path == f"/api/v1/teams/{TEAM}/things/a%2Fb%20%C3%BC"


async def test_what_is_sent() -> None:
    """Query, body and headers are encoded as documented, and no CStar-Version is sent by default."""
    query: dict[str, object] = {"a": 1, "b": True, "c": None, "d": UNSET, "e": "x&y z", "f": [1, 2], "g": ["p", "q"]}
    query["h"] = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    post = CREATE._replace(params=(parameter("g", type="array", items="string", explode=False),))
    async with serve(data({})) as server, server.client() as client:
        await Call(client, post, (), query, {"title": "ü", "gone": UNSET, "none": None}, None)
        await thing(client)
    first, second = server.received
    assert first.path.partition("?")[2] == "a=1&b=true&e=x%26y%20z&f=1&f=2&g=p%2Cq&h=2026-03-01T00%3A00%3A00Z"
    assert first.json == {"title": "ü", "none": None}
    assert first.headers["Authorization"] == f"Bearer {KEY}"
    assert first.headers["User-Agent"].startswith("cstar-async/")
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["Idempotency-Key"]
    assert "CStar-Version" not in first.headers
    assert "Idempotency-Key" not in second.headers
    assert "Content-Type" not in second.headers
    assert second.body == b""


async def test_every_await_is_a_new_send() -> None:
    """Each await of a Call sends a new request."""
    async with serve(data(1), data(2)) as server, server.client() as client:
        call = thing(client)
        assert [await call, await call] == [1, 2]


async def test_equal_calls_are_two_calls() -> None:
    """Two equal creates are two calls, so that asyncio.gather sends both."""
    async with serve(data({})) as server, server.client() as client:
        one, two = create(client, title="x"), create(client, title="x")
        assert one != two
        assert len({one, two}) == 2
        await asyncio.gather(one, two)
        assert server.attempts == 2
        assert len({received.headers["Idempotency-Key"] for received in server.received}) == 2


async def test_a_response_has_status_headers_and_body() -> None:
    """A response has its status, headers, request id, rate limit, attempts, elapsed time and raw body."""
    headers = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "1", "x-own": "y"}
    headers["X-RateLimit-Window"] = "3600"
    clock = FakeClock()
    async with serve(failure(503), data({"id": "t1"}, 200, headers)) as server, server.client(clock=clock) as client:
        response = await thing(client).response()
    assert response.data == {"id": "t1"}
    assert (response.status, response.attempts, response.request_id) == (200, 2, "req_1")
    assert response.headers["X-Own"] == "y"
    assert response.rate_limit == (1000, 9, 1, 3600)
    assert response.elapsed == pytest.approx(sum(clock.slept), abs=1e-3)
    assert b'"t1"' in response.raw
    assert repr(response).startswith("<Response 200,")


async def test_the_request_id_may_be_in_a_header() -> None:
    """The request id is read from the header if the body has no meta."""
    answer = json({"data": 1}, headers={"X-CStar-Request-Id": "req_h"})
    async with serve(answer) as server, server.client() as client:
        response = await thing(client).response()
    assert response.request_id == "req_h"
    assert response.rate_limit is None


async def test_an_answer_that_is_not_json_has_no_request_id() -> None:
    """An answer that is not JSON, and has no such header, has no request id."""
    async with serve(raw(b"hello", content_type="text/plain")) as server, server.client() as client:
        response = await client.call("GET", "/api/v1/hello").response()
    assert (response.data, response.request_id) == ("hello", None)


async def test_send_is_a_coroutine_for_task_groups() -> None:
    """`send()` is a coroutine that a TaskGroup accepts."""
    async with serve(data(7)) as server, server.client() as client, asyncio.TaskGroup() as group:
        task = group.create_task(thing(client).send())
        assert await task == 7


async def test_asyncio_accepts_calls() -> None:
    """gather, wait_for, shield and timeout work on a Call itself."""
    async with serve(data(7)) as server, server.client() as client:
        assert list(await asyncio.gather(thing(client))) == [7]
        assert await asyncio.wait_for(thing(client), 60) == 7
        assert await asyncio.shield(thing(client)) == 7


@pytest.mark.parametrize("bad", ["", ".", "..", 7, None])
async def test_bad_path_parts_are_refused_when_awaited(bad: Any) -> None:
    """An invalid path part is refused when the call is awaited, and nothing is sent."""
    async with serve(data(1)) as server, server.client(team_id=None) as client:
        call = thing(client, bad)
        with pytest.raises((ValueError, TypeError), match="thingId"):
            await call
        with pytest.raises(TypeError, match="takes 2 path parts, got 1"):
            await Call(client, GET, (), None, None, None)
    assert server.attempts == 0


# --- idempotency keys


async def test_a_retry_carries_the_same_key() -> None:
    """All attempts of one send have the same idempotency key."""
    async with serve(failure(500), reset, failure(429), data(1)) as server, server.client(clock=FakeClock()) as client:
        await create(client)
    assert server.attempts == 4
    assert len({received.headers["Idempotency-Key"] for received in server.received}) == 1


@pytest.mark.parametrize("answer", [failure(500), failure(429), failure(408), failure(501), reset])
async def test_without_a_final_answer_the_key_is_kept(answer: Any) -> None:
    """The key is kept until there is a final answer, by copies made with options() too."""
    async with serve(answer, data(1), data(1)) as server, server.client(max_retries=0) as client:
        call = create(client)
        with pytest.raises((ServerError, APIConnectionError, Exception)) as caught:
            await call.options(timeout=5)
        kept = server.received[0].headers["Idempotency-Key"]
        assert getattr(caught.value, "idempotency_key", None) == kept
        await call
        await call
    keys = [received.headers["Idempotency-Key"] for received in server.received]
    assert keys[0] == keys[1] == kept
    assert keys[2] != kept


async def test_cancellation_keeps_the_key() -> None:
    """A cancelled write that is sent again has the same idempotency key."""
    async with serve(data(1)) as server:
        server.script.insert(0, server.hang())
        async with server.client() as client:
            call = create(client)
            task = asyncio.create_task(call.send())
            await server.arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await call
    assert server.received[0].headers["Idempotency-Key"] == server.received[1].headers["Idempotency-Key"]


async def test_a_final_error_ends_the_key() -> None:
    """After a 4xx the next send has a new idempotency key."""
    async with serve(failure(404), data(1)) as server, server.client() as client:
        call = Call[Any](client, UPDATE, ("t1",), None, {}, None)
        with pytest.raises(NotFoundError) as caught:
            await call
        await call
    keys = [received.headers["Idempotency-Key"] for received in server.received]
    assert caught.value.idempotency_key == keys[0]
    assert keys[0] != keys[1]


async def test_a_callers_key_is_always_kept() -> None:
    """A caller's key is used for every send of that copy, and for none of the original."""
    async with serve(data(1)) as server, server.client() as client:
        call = create(client)
        mine = call.options(idempotency_key="mine")
        for one in (mine, mine, mine.options(timeout=3), call):
            await one
    keys = [received.headers["Idempotency-Key"] for received in server.received]
    assert keys[:3] == ["mine"] * 3
    assert keys[3] != "mine"


# --- options


async def test_options_make_a_changed_copy() -> None:
    """options() returns a changed copy; later options add to earlier ones."""
    async with serve(data(1)) as server, server.client() as client:
        call = thing(client)
        copy = call.options(headers={"CStar-Version": "2026-03-01", "X-A": "1"}).options(
            headers={"X-A": "2"}, timeout=3
        )
        assert type(copy) is Call
        await copy
        await call
    assert server.received[0].headers["CStar-Version"] == "2026-03-01"
    assert server.received[0].headers["X-A"] == "2"
    assert "X-A" not in server.received[1].headers


async def test_header_parameters_of_the_operation_are_sent() -> None:
    """The header parameters of an operation are sent beside the headers of the options."""
    async with serve(data(1)) as server, server.client() as client:
        await Call(client, GET, ("t1",), None, None, None, headers={"X-Widget": "w"}).options(headers={"X-A": "1"})
    assert server.received[0].headers["X-Widget"] == "w"
    assert server.received[0].headers["X-A"] == "1"


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"deadline": float("nan")},
        {"max_retries": -1},
        {"idempotency_key": ""},
        {"priority": "urgent"},
    ],
)
async def test_options_out_of_range_are_refused_at_once(options: Any) -> None:
    """An option out of range is a ValueError as soon as it is given."""
    async with CStarClient(KEY, team_id=TEAM) as client:
        with pytest.raises(ValueError, match=next(iter(options))):
            _ = thing(client).options(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": "5"},
        {"timeout": True},
        {"deadline": "5"},
        {"deadline": True},
        {"max_retries": 1.5},
        {"max_retries": True},
        {"headers": ["a"]},
        {"headers": 5},
    ],
)
async def test_options_of_another_type_are_refused_at_once(options: Any) -> None:
    """An option of the wrong type is a TypeError as soon as it is given."""
    async with CStarClient(KEY, team_id=TEAM) as client:
        with pytest.raises(TypeError, match=rf"^{next(iter(options))} must be "):
            _ = thing(client).options(**options)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-Evil: 1"},
        {"X-A": "1\n"},
        {"X-A\r\n": "1"},
        {"X A": "1"},
        {"X-A": "\x00"},
        {"Authorization": "Bearer x"},
        {"idempotency-key": "x"},
        {"Host": "evil"},
    ],
)
async def test_header_values_are_checked(headers: dict[str, str]) -> None:
    """Headers with line breaks or bad names, and those that the client sets itself, are refused."""
    async with serve(data(1)) as server, server.client() as client:
        with pytest.raises(ValueError, match="header"):
            await thing(client).options(headers=headers)
        with pytest.raises(ValueError, match="Idempotency-Key"):
            await create(client).options(idempotency_key="a\r\nX: y")
        with pytest.raises(TypeError, match="X-A"):
            await thing(client).options(headers={"X-A": 1})  # type: ignore[dict-item]
    assert server.attempts == 0


# --- results


@pytest.mark.parametrize(
    ("content", "answer", "expected"),
    [
        ("text", raw("a,b\nü".encode(), "text/csv"), "a,b\nü"),
        ("bytes", raw(b"\x00\x01", "application/octet-stream"), b"\x00\x01"),
        ("none", raw(b"whatever"), None),
        ("json", chunked(b'{"da', b'ta":[1', b",2]}"), [1, 2]),
        ("json", gzipped(b'{"data": 5}'), 5),
        ("json", json({"data": None}), None),
    ],
)
async def test_the_content_that_the_operation_declares(content: str, answer: Any, expected: object) -> None:
    """JSON, text, bytes and empty bodies are read, plain, chunked or compressed."""
    async with serve(answer) as server, server.client() as client:
        assert await Call[Any](client, GET._replace(content=content), ("t1",), None, None, None) == expected


async def test_an_operation_without_envelope_gives_the_whole_body() -> None:
    """The whole body is the result of an operation without an envelope."""
    async with serve(json({"data": 1})) as server, server.client() as client:
        assert await Call[Any](client, GET._replace(envelope=""), ("t1",), None, None, None) == {"data": 1}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (json({"success": True}), "$.data: missing"),
        (json([1]), "$: expected an object with 'data', got an array"),
        (raw(b"{"), "$: not JSON"),
        (raw(b""), "$: not JSON"),
    ],
)
async def test_an_answer_that_does_not_match_the_contract(answer: Any, problem: str) -> None:
    """A body of another shape is a DecodeError that says what is wrong, and is not retried."""
    async with serve(answer) as server, server.client() as client:
        with pytest.raises(DecodeError) as caught:
            await create(client)
    assert caught.value.problems[0].startswith(problem)
    assert (caught.value.status, caught.value.operation) == (200, "things.create")
    assert caught.value.idempotency_key == server.received[0].headers["Idempotency-Key"]
    assert server.attempts == 1


async def test_the_error_in_a_200_answer_is_in_the_message() -> None:
    """The message of an error in a 200 answer is in the DecodeError."""
    async with serve(json({"success": False, "error": {"message": "Not today"}})) as server, server.client() as client:
        with pytest.raises(DecodeError, match="Not today"):
            await create(client)


async def test_a_value_that_does_not_decode_is_named_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DecodeError has the bad fields, the request id, the request and the cause."""

    def diagnose(decode: object, value: object, path: str) -> list[str]:
        return [f"{path}.createdAt: bad"]

    def decode(value: Any) -> dt.datetime:
        return dt.datetime.fromisoformat(value["createdAt"])

    monkeypatch.setattr("cstar_async.converter.diagnose", diagnose)
    async with serve(data({"createdAt": "soon"})) as server, server.client() as client:
        call = Call[dt.datetime](client, GET, ("t1",), None, None, decode)
        with pytest.raises(DecodeError, match=r"GET /api/v1/teams/\{teamId\}/things/\{thingId\}: 200") as caught:
            await call
    assert caught.value.problems == ("$.data.createdAt: bad",)
    assert caught.value.request_id == "req_1"
    assert isinstance(caught.value.__cause__, ValueError)
