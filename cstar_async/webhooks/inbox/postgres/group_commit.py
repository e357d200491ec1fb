"""Group commit: the values of many callers share a transaction; values added meanwhile share the next one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

LARGEST_BATCH: Final = 1_000
LARGEST_BYTES: Final = 8 * 1024 * 1024
"""The most bytes in a batch of several values."""


class Batches(Generic[T, R]):
    """Writes values in batches. Cancelling a caller does not cancel the transaction that it shares."""

    def __init__(
        self,
        perform: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        size: Callable[[T], int] = lambda _: 0,
        is_of_one: Callable[[BaseException], bool] = lambda _: False,
    ) -> None:
        """Initialise.

        Args:
            perform: Writes values and returns a result for each.
            size: Returns the bytes of a value.
            is_of_one: Whether an error may be caused by a single value; then each value is tried alone.
        """
        self._perform = perform
        self._size = size
        self._is_of_one = is_of_one
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, value: T) -> R:
        """Return the result of a value, once it is committed."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((value, future))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())
        return await future

    async def drain(self) -> None:
        """Return once all values that were added are written or have failed."""
        while self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        try:
            while batch := self._next():
                await self._write_batch(batch)
        finally:
            self._writing = None
            for _, future in self._waiting:  # only if the loop is shut down
                future.cancel()
            self._waiting.clear()

    def _next(self) -> list[tuple[T, asyncio.Future[R]]]:
        # Without cancelled values: their senders were answered 503 and will send them again.
        waiting = [entry for entry in self._waiting if not entry[1].done()]
        count = size = 0
        for value, _ in waiting[:LARGEST_BATCH]:
            size += self._size(value)
            if count and size > LARGEST_BYTES:
                break
            count += 1
        self._waiting = waiting[count:]
        return waiting[:count]

    async def _write_batch(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._perform([value for value, _ in batch])
        except BaseException as error:
            if len(batch) > 1 and self._is_of_one(error):
                for entry in batch:
                    await self._write_batch([entry])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)
