"""How live lists end: readers that leave, cancellation, and closing; and errors in functions of the program."""

from __future__ import annotations

import asyncio
import gc
import math
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.errors import DeadlineExceededError
from cstar_async.live import view
from tests.support.internals import internals

from .desks import running, until
from .test_live import create, reads, titles

if TYPE_CHECKING:
    from cstar_async import CStarClient
    from cstar_async.live import LiveList


def tasks(cstar: CStarClient) -> int:
    """The tasks of a client in the background."""
    return len(internals(cstar)._tasks)


def has(tickets: LiveList[Any], rows: int) -> bool:
    return len(tickets.state.data) == rows


async def read(view: Any) -> None:
    async for _ in view:
        pass


async def test_no_task_is_left_after_the_block() -> None:
    """After the block no task of the lists runs, and their iterations have ended."""
    async with running() as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        live.on("*", lambda _: asyncio.sleep(60))
        readers = [asyncio.create_task(read(tickets)) for _ in range(3)]
        await tickets.ready()
        await create(cstar, "one")
        await until(lambda: titles(tickets.state) == ["one"])
        assert tasks(cstar) >= 3
        await live.close()
        assert tasks(cstar) == 0
        await asyncio.gather(*readers)
        for use in (
            lambda: tickets.subscribe(print),
            lambda: live.list(cstar.tickets.list()),
            lambda: live.on("*", print),
        ):
            with pytest.raises(RuntimeError, match="this Live is closed"):
                use()
        with pytest.raises(RuntimeError, match="this Live is closed"):
            await tickets.ready()
        await live.close()
        assert "closed" in repr(live)


async def test_closing_the_client_ends_the_readers() -> None:
    """When the client is closed first, iterations and waits raise RuntimeError, and nothing hangs."""
    async with running() as (sandbox, cstar, live):
        tickets = live.list(cstar.tickets.list())
        await tickets.ready()
        sandbox.faults.add(path="customers.list", hang=True)
        waits = [
            asyncio.create_task(read(tickets)),
            asyncio.create_task(live.list(cstar.customers.list()).ready()),
            asyncio.create_task(read(live.list(cstar.articles.list()).changes())),
        ]
        await asyncio.sleep(0.05)
        await cstar.close()
        async with asyncio.timeout(5):
            outcomes = await asyncio.gather(*waits, return_exceptions=True)
        assert [str(each) for each in outcomes] == ["the client is closed"] * 3


@pytest.mark.parametrize("steps", range(12))
async def test_a_reader_may_be_cancelled_at_any_await(steps: int) -> None:
    """A reader that is cancelled at any step leaves nothing behind; the next reader gets its data."""
    async with running(linger=0.0) as (_, cstar, live):
        await create(cstar, "one")
        tickets = live.list(cstar.tickets.list())

        async def use() -> None:
            async with tickets.assume("tkt_0", title="x"):
                await tickets.ready()
            await tickets.more()
            await read(tickets)

        user = asyncio.create_task(use())
        for _ in range(steps):
            await asyncio.sleep(0)
        user.cancel()
        with pytest.raises(asyncio.CancelledError):
            await user
        assert tickets._readers == 0
        assert tickets._assumptions == []
        async with asyncio.timeout(5):
            assert titles(await tickets.ready()) == ["one"]
        await until(lambda: tasks(cstar) == 0)


async def test_readers_may_leave_inside_the_loop() -> None:
    """A reader that breaks, or raises, inside `async for` no longer counts."""
    async with running() as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        async for state in tickets:
            if not state.loading:
                break
        with pytest.raises(ZeroDivisionError):
            async for state in tickets:
                _ = 1 / state.version if state.version < 0 else 1 / 0
        gc.collect()
        await until(lambda: tickets._readers == 0)


async def test_exceptions_of_subscribers_and_handlers_are_reported() -> None:
    """A function of the program that raises is reported; all others go on."""
    async with running() as (_, cstar, live):
        errors: list[Exception] = []
        seen: list[object] = []

        def fail(argument: object) -> None:
            raise ValueError(f"no {type(argument).__name__}")

        async def fail_later(event: object) -> None:
            await asyncio.sleep(0)
            fail(event)

        live.on_error(fail)
        off_error = live.on_error(errors.append)
        off = live.on_connection(fail)
        live.on("ticket.*", fail)
        live.on("ticket.created", fail_later)
        stop = live.on("*", lambda event: seen.append(event.type))
        tickets = live.list(cstar.tickets.list())
        tickets.subscribe(fail)
        await tickets.ready()
        await create(cstar, "one")
        await until(lambda: titles(tickets.state) == ["one"])
        await until(lambda: {str(each) for each in errors} == {"no bool", "no LiveState", "no TicketCreated"})
        assert seen == ["ticket.created"]
        for end in (off, off_error, stop):
            end()
            end()
        errors.clear()
        await create(cstar, "two")
        await until(lambda: titles(tickets.state) == ["two", "one"])
        assert (seen, errors) == (["ticket.created"], [])


async def test_an_error_of_our_own_is_raised_at_the_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the task of a list fails, its readers get an error, and the next reader starts it again."""
    async with running() as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        with monkeypatch.context() as patch:
            patch.setattr(view, "share", None)
            with pytest.raises(RuntimeError, match=r"LiveList tickets.list.* has failed"):
                await tickets.ready()
        await tickets.ready()
        with monkeypatch.context() as patch:
            patch.setattr(view, "apply", None)
            off = tickets.subscribe(lambda _: None)
            await create(cstar, "one")
            await until(lambda: titles(tickets.state) == ["one"])
        off()


async def test_the_deadline_of_the_first_reader_is_not_that_of_the_list() -> None:
    """A list that is first read within a deadline lives on after it."""
    async with running() as (sandbox, cstar, live):
        tickets = live.list(cstar.tickets.list())
        async with cstar.deadline(0.05):
            off = tickets.subscribe(lambda _: None)
            await tickets.ready()
            await asyncio.sleep(0.06)
            with pytest.raises(DeadlineExceededError):
                await cstar.tickets.list()
        await create(cstar, "one")
        await until(lambda: titles(tickets.state) == ["one"])
        assert reads(sandbox) == 2
        off()


async def test_a_reader_may_come_while_the_task_is_being_cancelled() -> None:
    """A reader that comes at any moment after the last one has left gets later changes."""
    async with running(linger=0.0) as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        await create(cstar, "0")
        for steps in range(1, 6):
            await tickets.ready()
            for _ in range(steps):
                await asyncio.sleep(0)
            off = tickets.subscribe(lambda _: None)
            await create(cstar, str(steps))
            await until(partial(has, tickets, steps + 1))
            off()


async def test_lists_wait_in_turn() -> None:
    """When the pace allows no request, the first list that waits is the first to send."""
    async with running(share=0.1) as (_, cstar, live):
        hub = live._hub
        one, two = (live.list(cstar.tickets.list(page_size=size)) for size in (1, 2))
        hub.pay(100)
        assert 0 < hub.turn(one, 5) < math.inf
        assert hub.turn(two, 1) == math.inf
        hub.end_turn(one)
        assert 0 < hub.turn(two, 1) < math.inf
        hub.end_turn(two)
