"""`EventStream`: events as they happen, with a new connection whenever one breaks."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from random import random
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from cstar_async._core import drift
from cstar_async._core.deadline import Deadline, earliest_deadline
from cstar_async._core.http_semantics import CONTENT_TYPE, SAFE_METHODS
from cstar_async._core.idempotency import idempotency_key_for
from cstar_async._core.json_body import InvalidJSONError, read_json
from cstar_async._core.options import NO_OPTIONS
from cstar_async._core.representation import safe_repr
from cstar_async._core.request import Request
from cstar_async._core.requester import NoMoreEventsError
from cstar_async._core.secrets import clean_text, without_secrets
from cstar_async._core.serialization import drop_unset, is_object
from cstar_async._core.validation import check_plain_function
from cstar_async._http.retry_policy import LONGEST_RETRY_AFTER, is_transient, spread
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    QuotaExceededError,
)

from .sse import FrameTooLongError, Parser

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence

    from cstar_async._core.call import BaseClient
    from cstar_async._core.operation import Operation
    from cstar_async._core.requester import Requester

    from .sse import Frame

logger = logging.getLogger("cstar_async")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

LAST_EVENT_ID: Final = "Last-Event-ID"
SHORTEST_WAIT: Final = 1.0
"""Seconds, the least base of the first wait, even if the service asks for less."""
LONGEST_WAIT: Final = 60.0
"""Seconds between two connections at most. Every attempt that is answered costs a request of the quota."""
LONGEST_RETRY_AFTER_WAIT: Final = 3600.0
"""Seconds of a Retry-After that are obeyed between connections: a window of the quota."""
STEADY: Final = 10.0
"""Seconds. A connection that lasts this long ends the backoff; a shorter one continues it, whatever it sends."""


def reconnect_wait(failures: int, base: float, random: Callable[[], float]) -> float:
    """Seconds before the next connection. Pure.

    Args:
        failures: The number of short or failed connections in a row, from 1.
        base: Seconds that the service asked for with `retry:`; they are clamped to the limits.
        random: Returns a number in [0, 1).
    """
    base = min(LONGEST_WAIT, max(SHORTEST_WAIT, base))
    longest = min(LONGEST_WAIT, base * 2.0 ** min(failures - 1, 16))
    return longest * (0.5 + 0.5 * random())


class EventStream(Generic[T_co]):
    """The events of a stream: `async for event in cstar.events.stream(types=["ticket.*"])`.

    When the connection breaks, a new one is made, as often as needed, and continues after the last event. The first
    connection has as many attempts as any other request. The wait between connections grows while they are short, so
    that no server can use up the quota. To continue in another process, pass `stream(last_event_id=…)`.

    A stream that is asked for by a POST (none of cStar's is) ends with its answer, and is not asked for again.

    The iteration ends when the service states that there will be no more events (204), or with an error: an APIError
    that is not transient, DecodeError for an answer that is not an event stream or an event that cannot be decoded,
    DeadlineExceededError in a block of `deadline`, RuntimeError when the client is closed. It can be left with `break`
    or cancelled; wrap the iterator in `contextlib.aclosing` to close the connection at once.

    Iterating again makes a new connection, which continues after `last_event_id`. That skips an event that cannot be
    decoded, since `last_event_id` (and `event_id` of the DecodeError) is already its id.

    Use webhooks for events that must not be missed: how long the service keeps events for a stream is not documented.

    Attributes:
        last_event_id: The id of the last event that was yielded or could not be decoded. None before the first event,
            and after the service has reset it. Ids that do not fit into a header are ignored, so some events may be
            repeated after a break.
        raw: The JSON of that event as it was sent, byte for byte; empty before the first.
    """

    def __init__(
        self,
        client: BaseClient,
        operation: Operation,
        path_args: tuple[str, ...],
        query: Mapping[str, object] | None,
        json: Mapping[str, object] | Sequence[object] | None,
        decode: Callable[[Any], Any] | None,
        /,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._requester: Requester = client._requester  # noqa: SLF001  # inside the package  # pyright: ignore[reportPrivateUsage]
        self._operation = operation
        # One with a body is not made again when it breaks: that would be another write.
        self._reconnects = operation.method in SAFE_METHODS
        self._arguments = (path_args, query, drop_unset(json) if is_object(json) else json)
        self._error_fields: dict[str, Any] = {"method": operation.method, "path": operation.path}
        given = dict(headers or {})
        self.last_event_id: str | None = given.pop(LAST_EVENT_ID, None) or None
        self.raw = b""
        self._headers = given
        self._decode = decode
        self._connections = 0
        self._watchers: list[Callable[[bool], object]] = []
        self._failures = 0
        """Of an iteration that ended with an event that cannot be decoded; the next iteration continues its backoff."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection now. False before and after the iteration, and between two connections."""
        return self._connections > 0

    def on_connection(self, watcher: Callable[[bool], object], /) -> Callable[[], None]:
        """Call `watcher(connected)` whenever `connected` changes.

        A new connection may have skipped events that the service does not keep any more, so reload the objects that the
        events are about.

        Args:
            watcher: A plain function, which must not block. An exception in it is logged.

        Returns:
            A function that removes the watcher.

        Raises:
            TypeError: `watcher` is not callable, or is a coroutine function.
        """
        check_plain_function("watcher", watcher)
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def __aiter__(self) -> AsyncGenerator[T_co]:
        return self._events()

    async def _events(self) -> AsyncGenerator[T_co]:
        requester, clock = self._requester, self._requester.clock
        deadline = earliest_deadline(None)
        last = self.last_event_id  # of this iteration; there may be another
        attempts, reached, base = 0, False, 0.0
        failures, self._failures = self._failures, 0
        await self._wait_after(failures, deadline)
        while True:
            parser = Parser(last or "")
            failure: CStarError | None = None
            opened: float | None = None
            attempts += 1
            try:
                async with requester.stream(self._request(last), deadline) as read:
                    reached, opened = True, clock.monotonic()
                    with self._connection():
                        while chunk := await read():
                            for frame in self._frames(parser, chunk):
                                last = frame.id or None
                                if frame.data:  # an event without data only keeps the connection alive
                                    self.last_event_id, self.raw = last, frame.data
                                    yield self._read(frame)
                            last = self.last_event_id = parser.last_id or None
            except NoMoreEventsError:
                logger.info("%s: the service answered 204: there are no more events", self._operation.id)
                return
            except DecodeError:
                self._failures = failures + 1
                raise
            except (APIError, APIConnectionError, QuotaExceededError) as error:
                if not self._may_reconnect(error, attempts, reached=reached):
                    raise
                failure = error
            requester.require_open()
            if not self._reconnects:
                return
            steady = opened is not None and clock.monotonic() - opened >= STEADY
            failures = 1 if steady else failures + 1
            base = base if parser.retry is None else parser.retry
            await self._wait(reconnect_wait(failures, base, random), failure, deadline)

    def _may_reconnect(self, failure: CStarError, attempts: int, *, reached: bool) -> bool:
        """Whether to connect again. Before the first successful connection the rules are those of any request."""
        if not self._reconnects:
            return False
        if isinstance(failure, QuotaExceededError):
            return reached
        if not is_transient(failure):
            return False
        retry_after = getattr(failure, "retry_after", None) or 0.0
        return reached or (attempts <= self._requester.max_retries and retry_after <= LONGEST_RETRY_AFTER)

    async def _wait_after(self, failures: int, deadline: Deadline | None) -> None:
        """Wait as after so many failed connections; not at all after none."""
        if failures:
            await self._wait(reconnect_wait(failures, 0.0, random), None, deadline)

    async def _wait(self, seconds: float, failure: CStarError | None, deadline: Deadline | None) -> None:
        clock = self._requester.clock
        retry_after = getattr(failure, "retry_after", None) or 0.0
        if isinstance(failure, QuotaExceededError):
            retry_after = failure.available_at.timestamp() - clock.time()
        if retry_after > 0:
            seconds = max(seconds, spread(min(retry_after, LONGEST_RETRY_AFTER_WAIT), random))
        if deadline is not None and deadline.remaining() <= seconds:
            raise DeadlineExceededError(
                f"{self._operation.id}: the next connection would be in {seconds:.2f} s, after the deadline",
                **self._error_fields,
            ) from failure
        logger.info("%s: %s; connecting again in %.2f s", self._operation.id, failure or "the stream ended", seconds)
        await clock.sleep(seconds)

    @contextmanager
    def _connection(self) -> Generator[None]:
        self._connections += 1
        if self._connections == 1:
            self._notify(connected=True)
        try:
            yield
        finally:
            self._connections -= 1
            if not self._connections:
                self._notify(connected=False)

    def _notify(self, *, connected: bool) -> None:
        for watcher in tuple(self._watchers):
            try:
                watcher(connected)
            except Exception:
                logger.exception("%s: a watcher of on_connection failed", self._operation.id)

    def _request(self, last: str | None) -> Request:
        headers = {"Accept": CONTENT_TYPE, "Cache-Control": "no-cache", **self._headers}
        if last is not None:
            headers[LAST_EVENT_ID] = last
        path_args, query, json = self._arguments
        return Request(
            self._operation, path_args, query, json, headers, NO_OPTIONS, idempotency_key_for(self._operation)
        )

    def _frames(self, parser: Parser, chunk: bytes) -> Iterator[Frame]:
        try:
            yield from parser.feed(chunk)
        except FrameTooLongError as error:
            self.last_event_id = self.last_event_id if error.event_id is None else error.event_id or None
            raise self._decode_error(str(error), str(error), error.event_id) from None

    def _read(self, frame: Frame) -> T_co:
        try:
            result: T_co = _read_data(frame.data) if self._decode is None else self._decode(read_json(frame.data))
        except Exception as error:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
            name = clean_text(frame.id) or "without id"
            reason = f"{type(error).__name__}: {clean_text(str(error))}"
            raise self._decode_error(
                f"event {name} does not match the contract: {reason}", reason, frame.id
            ) from without_secrets(error)
        finally:
            drift.count_absent(self._operation.id)
        return result

    def _decode_error(self, message: str, problem: str, event_id: str | None) -> DecodeError:
        return DecodeError(
            f"{self._operation.id}: {message}",
            problems=[f"$: {problem}"],
            status=200,
            operation=self._operation.id,
            event_id=event_id or None,
            **self._error_fields,
        )

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._operation.id}: {self._operation.method} {self._operation.path}>"


def _read_data(data: bytes) -> Any:
    """The data of another service's event: parsed JSON, or text, such as the `[DONE]` at the end of some streams."""
    try:
        return read_json(data)
    except InvalidJSONError:
        return data.decode("utf-8", "replace")
