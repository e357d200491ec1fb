"""Writes happen once, whatever goes wrong between the service and the client.

As the docstring of `Call` says: one Call makes no second write until there is a readable, final answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.call import Call
from cstar_async.client import CStarClient
from cstar_async.errors import APIConnectionError, APIError, ConflictError, CStarError, DecodeError, NotFoundError
from tests.support.clock import FakeClock
from tests.support.counting_server import FAULTS, CountingServer, Fault, counting
from tests.support.operations import CREATE, DELETE, UPDATE

Make = Callable[[CStarClient], Call[Any]]


def read(value: Any) -> str:
    """Decode a thing, strictly."""
    return str({"id": value["id"]}["id"])


WRITES: dict[str, Make] = {
    "create": lambda client: Call(client, CREATE, (), None, {"title": "x"}, read),
    "update": lambda client: Call(client, UPDATE, ("t1",), None, {"title": "x"}, read),
    "raw": lambda client: client.call("POST", "/api/v1/teams/{teamId}/things", json={"title": "x"}),
    "own key": lambda client: Call[Any](client, CREATE, (), None, {"title": "x"}, read).options(idempotency_key="mine"),
}
NAMES = sorted(FAULTS)


async def attempt(call: Call[Any]) -> Any:
    """The result of one await, or its error."""
    try:
        return await call
    except CStarError as error:
        return error


async def check(make: Make, faults: list[Fault], max_retries: int) -> CountingServer:
    """Await one Call until it succeeds, and compare every step with what the server did."""
    async with counting(list(faults)) as server, server.client(clock=FakeClock(), max_retries=max_retries) as client:
        call = make(client)
        for _ in range(len(faults) + 2):
            outcome = await attempt(call)
            done = server.effects.total() + len(server.busy)
            assert done <= 1
            if not isinstance(outcome, CStarError):
                assert server.effects.total() == 1
                break
            # A write that may have been done is in doubt; any other failure was not done.
            assert outcome.outcome_unknown or done == 0
        else:
            raise AssertionError("no result, although the last answer was faultless")
    return server


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("name", NAMES)
async def test_one_fault(name: str, write: str) -> None:
    """After any one fault, retried by the client or by its user, the write is done once."""
    for max_retries in (0, 3):
        server = await check(WRITES[write], [FAULTS[name]], max_retries)
        assert server.effects.total() == 1


async def test_two_faults() -> None:
    """After any two faults the write is done once."""
    for first, second in product(NAMES, repeat=2):
        server = await check(WRITES["create"], [FAULTS[first], FAULTS[second]], 0)
        assert server.effects.total() == 1, (first, second)


@given(st.sampled_from(sorted(WRITES)), st.lists(st.sampled_from(NAMES), max_size=8), st.integers(0, 4))
def test_any_series_of_faults(write: str, names: list[str], max_retries: int) -> None:
    """After any series of faults, with any number of retries, the write is done once."""
    server = asyncio.run(check(WRITES[write], [FAULTS[name] for name in names], max_retries))
    assert server.effects.total() == 1


@pytest.mark.parametrize("name", [name for name in NAMES if FAULTS[name].executes and not FAULTS[name].busy])
async def test_cancelled_and_awaited_again(name: str) -> None:
    """A cancelled write that is awaited again goes on as the same write."""
    async with counting([FAULTS["closed after"]]) as server, server.client(max_retries=5) as client:
        call = WRITES["create"](client)
        sending = asyncio.create_task(call.send())
        while not server.requests:
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        server.faults = [FAULTS[name]]
        for _ in range(3):
            await attempt(call)
            if not server.faults and not isinstance(await attempt(call), CStarError):
                break
        keys = len(server.answers)
        assert server.effects.total() == keys <= 2  # the last await may have been a new write, after a success


async def test_a_success_ends_the_write() -> None:
    """After a success the same Call is a new write."""
    async with counting([]) as server, server.client() as client:
        call = WRITES["update"](client)
        assert [await call, await call] == ["t1", "t2"]
    assert server.effects.total() == 2


async def test_a_refusal_ends_the_write() -> None:
    """After a certain refusal the same Call is a new write, and the error is not in doubt."""
    async with counting([FAULTS["403"]]) as server, server.client() as client:
        call = WRITES["create"](client)
        refused = await attempt(call)
        assert isinstance(refused, APIError)
        assert not refused.outcome_unknown
        assert await call == "t1"
        assert refused.idempotency_key not in server.answers


async def test_a_refusal_in_doubt_does_not_end_the_write() -> None:
    """A refusal after an attempt in doubt is in doubt too, and keeps the key."""
    async with counting([FAULTS["closed after"], FAULTS["401"]]) as server, server.client(max_retries=0) as client:
        call = WRITES["create"](client)
        cut, refused = await attempt(call), await attempt(call)
        assert isinstance(cut, APIConnectionError)
        assert refused.status == 401
        assert cut.outcome_unknown
        assert refused.outcome_unknown
        assert await call == "t1"
    assert server.effects.total() == 1


async def test_a_write_that_is_in_progress_is_waited_for() -> None:
    """A 409 while an earlier attempt has no answer is retried, and is in doubt."""
    async with counting([FAULTS["busy"]]) as server, server.client(clock=FakeClock(), max_retries=3) as client:
        assert await WRITES["create"](client) == "t1"
        assert server.requests == 3
    async with counting([FAULTS["busy"]]) as server, server.client(max_retries=0) as client:
        call = WRITES["create"](client)
        assert isinstance(await attempt(call), APIConnectionError)
        conflict = await attempt(call)
        assert isinstance(conflict, ConflictError)
        assert conflict.outcome_unknown
        assert await call == "t1"
    assert server.effects.total() == 1


async def test_a_conflict_without_doubt_is_final() -> None:
    """A 409 without an earlier attempt in doubt is raised at once."""
    conflict = Fault(executes=False, status=409, body=b'{"error":{"code":"conflict"}}')
    async with counting([conflict]) as server, server.client(clock=FakeClock()) as client:
        refused = await attempt(WRITES["create"](client))
        assert isinstance(refused, ConflictError)
        assert not refused.outcome_unknown
    assert server.requests == 1


# --- what has no key


@pytest.mark.parametrize("name", [name for name in NAMES if not FAULTS[name].busy])
@pytest.mark.parametrize("max_retries", [0, 3])
async def test_a_deletion_is_not_sent_again_by_itself(name: str, max_retries: int) -> None:
    """A DELETE is retried only if it was certainly not done."""
    async with (
        counting([FAULTS[name]]) as server,
        server.client(clock=FakeClock(), max_retries=max_retries) as client,
    ):
        call = Call[Any](client, DELETE, ("t1",), None, None, read)
        outcome = await attempt(call)
        assert server.requests == (2 if name == "429" and max_retries else 1)
        if isinstance(outcome, CStarError):
            assert not isinstance(outcome, NotFoundError) or name == "404 of a proxy, done"
            assert outcome.outcome_unknown or server.effects.total() == 0
            assert f"attempt 1 of {max_retries + 1 if name == '429' else 1}" in str(outcome) or "contract" in str(
                outcome
            )


@pytest.mark.parametrize("name", ["closed after", "502 done", "broken JSON", "closed before"])
async def test_a_write_whose_key_is_not_honoured_is_not_retried(name: str) -> None:
    """A write of an operation without idempotency is not retried, and is in doubt."""
    visit = CREATE._replace(key="none", idempotent=False)
    async with counting([FAULTS[name]]) as server, server.client(clock=FakeClock()) as client:
        outcome = await attempt(Call[Any](client, visit, (), None, {}, read))
        assert isinstance(outcome, CStarError)
        assert outcome.outcome_unknown
    assert server.requests == 1


async def test_what_was_never_sent_is_not_in_doubt() -> None:
    """A write that was never sent is not in doubt."""
    async with counting([]) as server:
        pass  # its port is closed now
    async with server.client(clock=FakeClock(), max_retries=1) as client:
        for call in (WRITES["create"](client), Call[Any](client, DELETE, ("t1",), None, None, None)):
            failed = await attempt(call)
            assert isinstance(failed, APIConnectionError)
            assert not failed.outcome_unknown
            assert failed.attempts == 2


async def test_an_unreadable_answer_keeps_the_key() -> None:
    """After an unreadable answer `response()` keeps the idempotency key, and the error has it."""
    async with counting([FAULTS["broken JSON"]]) as server, server.client() as client:
        call = WRITES["create"](client)
        with pytest.raises(DecodeError) as caught:
            await call.response()
        assert caught.value.outcome_unknown
        assert (await call.response()).data == "t1"
        assert list(server.answers) == [caught.value.idempotency_key]
