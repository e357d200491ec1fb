"""Many calls, a limited number at a time."""

from __future__ import annotations

import asyncio
import sys
import warnings
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Generator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import attrs

from .aiter import ensure_aiter
from .call import Call
from .representation import show_fields
from .validation import check_whole

if TYPE_CHECKING:
    from .requester import Requester

T_co = TypeVar("T_co", covariant=True)


@attrs.define(kw_only=True)
class Outcome(Generic[T_co]):
    """How one call of a `gather` ended: with a value, or with an error."""

    index: int
    """The call's place in the input, from 0."""
    call: Call[T_co]
    value: T_co | None = None
    error: Exception | None = None

    __repr__ = show_fields

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.error is None

    def unwrap(self) -> T_co:
        """The value; raises the call's error if it failed."""
        if self.error is not None:
            raise self.error
        return cast("T_co", self.value)


class Gather(Generic[T_co]):
    """The result of `client.gather(...)`: iterate for outcomes as they come, or await it for all in input order.

    It can be used once, and sends nothing before. Leaving the iteration early, or an exception in it, cancels the calls
    in progress.
    """

    def __init__(
        self, requester: Requester, calls: Iterable[Call[T_co]] | AsyncIterable[Call[T_co]], concurrency: int
    ) -> None:
        self._requester = requester
        self._calls = calls
        self._concurrency = concurrency
        if isinstance(calls, Collection):
            for call in calls:
                if isinstance(call, Call):  # pyright: ignore[reportUnnecessaryIsInstance]
                    _mark_used(call)
        if not isinstance(calls, Iterable | AsyncIterable):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"gather takes an iterable of calls, got {type(calls).__name__}")
        check_whole("concurrency", concurrency, least=1)
        self._used = False

    def __await__(self) -> Generator[Any, None, list[Outcome[T_co]]]:
        outcomes = self.__aiter__()
        return _in_order(outcomes).__await__()

    def __aiter__(self) -> AsyncGenerator[Outcome[T_co], None]:
        if self._used:
            raise RuntimeError("this gather has already been used; make a new one")
        self._used = True
        return self._outcomes()

    async def _outcomes(self) -> AsyncGenerator[Outcome[T_co], None]:
        # The done callback of every task, of calls and of `feed`, puts the task here.
        ended: asyncio.Queue[asyncio.Task[Outcome[T_co] | None]] = asyncio.Queue()
        # A slot is released when its outcome is taken, so a slow reader slows down the source.
        slots = asyncio.Semaphore(self._concurrency)
        tasks: set[asyncio.Task[Outcome[T_co] | None]] = set()

        def start(work: Any) -> None:
            task: asyncio.Task[Outcome[T_co] | None] = self._requester.spawn(work)
            tasks.add(task)
            task.add_done_callback(ended.put_nowait)

        async def feed() -> None:
            index = 0
            async with aclosing(ensure_aiter(self._calls)) as calls:
                await slots.acquire()
                async for call in calls:
                    start(_run(index, _checked(call)))
                    index += 1
                    await slots.acquire()

        start(feed())
        try:
            while tasks:
                task = await ended.get()
                tasks.discard(task)
                if task.cancelled():
                    self._requester.require_open()
                outcome = task.result()
                if outcome is not None:
                    slots.release()
                    yield outcome
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)

    def __del__(self) -> None:
        if getattr(self, "_used", True) or sys.is_finalizing():
            return
        warnings.warn("gather(...) was neither awaited nor iterated, so nothing was sent", RuntimeWarning, stacklevel=2)


async def _run(index: int, call: Call[T_co]) -> Outcome[T_co]:
    try:
        return Outcome(index=index, call=call, value=await call.send())
    except Exception as error:  # noqa: BLE001  # the error is the outcome
        return Outcome(index=index, call=call, error=error)


async def _in_order(outcomes: AsyncGenerator[Outcome[T_co], None]) -> list[Outcome[T_co]]:
    async with aclosing(outcomes):
        collected = [outcome async for outcome in outcomes]
    collected.sort(key=lambda outcome: outcome.index)
    return collected


def _checked(call: Call[T_co]) -> Call[T_co]:
    # A list of tickets, or a Pager of them, is an easy mistake.
    if not isinstance(call, Call):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"gather takes calls, such as cstar.tickets.get(...), got {type(call).__name__}")
    _mark_used(call)  # its task may be cancelled before its first step
    return call


def _mark_used(call: Call[Any]) -> None:
    call._mark_used()  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
