"""`EventStream`: events as they happen, over a connection that is made anew whenever it breaks."""

from __future__ import annotations

import logging
from random import random
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import orjson

from .deadline import Deadline, nearest
from .errors import APIConnectionError, APIError, DeadlineExceededError, DecodeError
from .request import NO_OPTIONS, Request, key_cell
from .retry import RETRIED_STATUSES
from .shown import even_half_made
from .sse import FrameTooLongError, Parser

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

    from ._generated.operations import Operation
    from .call import Engine, Sender
    from .sse import Frame

logger = logging.getLogger("cstar_async")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

LAST_EVENT_ID: Final = "Last-Event-ID"
LONGEST_WAIT: Final = 60.0
"""Seconds between attempts to connect again: every one that is answered costs a request of the quota."""


def reconnect_wait(failures: int, base: float, chance: float) -> float:
    """Seconds before the connection is made anew, after so many failures in a row (from 1). Pure."""
    longest = min(LONGEST_WAIT, base * 2.0 ** min(failures - 1, 16))
    return longest * (0.5 + 0.5 * chance)


class EventStream(Generic[T_co]):
    """The events of a stream, to be iterated over: `async for event in cstar.events.stream(types=["ticket.*"])`.

    When the connection breaks it is made anew, as often as need be, and goes on after the last event; the first
    connection is tried as often as any other request. `last_event_id` is where to go on in another process:
    `stream(last_event_id=…)`. The iteration ends by an error only: an APIError that will not pass, DecodeError for an
    event that cannot be read, DeadlineExceededError in a block of `deadline`, RuntimeError when the client is closed.
    Leave it with `break`, or cancel it; wrap the iterator in `contextlib.aclosing` to have the connection closed then
    and there.

    A stream is a convenience, webhooks are the promise: how long the service remembers what a stream has missed is not
    documented.
    """

    def __init__(
        self,
        client: Sender,
        operation: Operation,
        path_args: tuple[str, ...],
        query: Mapping[str, object] | None,
        json: None,
        decode: Callable[[Any], Any] | None,
        /,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        del json  # a stream is asked for without a body; the place is that of a Call
        self._engine: Engine = client._engine  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self._operation = operation
        self._arguments = (path_args, query)
        self._asked: dict[str, Any] = {"method": operation.method, "path": operation.path}
        given = dict(headers or {})
        self.last_event_id: str | None = given.pop(LAST_EVENT_ID, None)
        """The id of the last event that was given out; None before the first."""
        self._headers = given
        self._decode = decode

    def __aiter__(self) -> AsyncIterator[T_co]:
        return self._events()

    async def _events(self) -> AsyncGenerator[T_co]:
        deadline = nearest(None)
        failures, connected, base = 0, False, 0.5
        while True:
            parser = Parser(self.last_event_id or "")
            failure: Exception | None = None
            try:
                async for chunk in self._engine.stream(self._request(), deadline):
                    connected = True
                    for frame in self._frames(parser, chunk):
                        failures = 0
                        event = self._read(frame)
                        self.last_event_id = frame.id or self.last_event_id
                        yield event
            except (APIError, APIConnectionError) as error:
                if isinstance(error, APIError) and error.status not in RETRIED_STATUSES:
                    raise
                failure = error
            self._engine.require_open()
            failures += 1
            if failure is not None and not connected and failures > self._engine.max_retries:
                raise failure
            base = base if parser.retry is None else min(parser.retry, LONGEST_WAIT)
            await self._wait(reconnect_wait(failures, base, random()), failure, deadline)  # noqa: S311 - no secret

    async def _wait(self, seconds: float, failure: Exception | None, deadline: Deadline | None) -> None:
        asked = getattr(failure, "retry_after", None)
        seconds = max(seconds, asked or 0.0)
        if deadline is not None and deadline.remaining() <= seconds:
            raise DeadlineExceededError(
                f"{self._operation.id}: the next connection would be in {seconds:.2f} s, after the deadline",
                **self._asked,
            ) from failure
        logger.info("%s: %s; connecting again in %.2f s", self._operation.id, failure or "the stream ended", seconds)
        await self._engine.clock.sleep(seconds)

    def _request(self) -> Request:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache", **self._headers}
        if self.last_event_id is not None:
            headers[LAST_EVENT_ID] = self.last_event_id
        path_args, query = self._arguments
        return Request(self._operation, path_args, query, None, headers, NO_OPTIONS, key_cell(self._operation))

    def _frames(self, parser: Parser, chunk: bytes) -> list[Frame]:
        try:
            return parser.feed(chunk)
        except FrameTooLongError as error:
            problem = f"{self._operation.id}: {error}"
            raise DecodeError(problem, problems=[f"$: {error}"], operation=self._operation.id, **self._asked) from error

    def _read(self, frame: Frame) -> T_co:
        try:
            data = orjson.loads(frame.data)
            result: T_co = data if self._decode is None else self._decode(data)
        except Exception as error:  # decoders raise whatever bad data makes them raise
            raise DecodeError(
                f"{self._operation.id}: event {frame.id or 'without id'} is not what the contract says: "
                f"{type(error).__name__}: {error}",
                problems=[f"$: {type(error).__name__}: {error}"],
                operation=self._operation.id,
                **self._asked,
            ) from error
        return result

    @even_half_made
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._operation.id}: {self._operation.method} {self._operation.path}>"
