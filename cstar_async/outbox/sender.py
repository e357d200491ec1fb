"""Sends the entries of an outbox that are due, each lane in its order."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from cstar_async._generated.operations import load
from cstar_async.errors import CStarError, OutboxError

from . import queries
from .calls import call_of, in_doubt
from .records import OutboxResult, Settlement
from .verdict import Verdict, backoff, judge, may_repeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cstar_async._core.call import BaseClient
    from cstar_async.clock import Clock

    from .records import Claimed, Owner, Until
    from .store import Store

CONCURRENCY: Final = 8
"""Entries that are sent at the same time, of different lanes."""
LONGEST_CALL: Final = 1800.0
"""Seconds for one attempt with all retries of the client, so that none of them comes later than the service is sure to
know the idempotency key; half of the hour that `verdict.REMEMBERED` leaves."""

logger = logging.getLogger("cstar_async.outbox")


class Sender:
    """Sends the entries of one client."""

    def __init__(
        self, store: Store, client: BaseClient, owner: Owner, clock: Clock, random: Callable[[], float]
    ) -> None:
        self._store = store
        self._client = client
        self.owner = owner
        self._clock = clock
        self._random = random
        self._first_attempts: dict[int, float] = {}
        """By monotonic time, which stays right when the clock is set; of entries that this sender began with."""
        self.pause: float | None = None
        """Seconds in which nothing should be sent, 0 for a backoff; None if the last round had no such error."""
        self._errors: list[BaseException] = []
        """Errors after which nothing can be sent with this client."""

    async def begin(self) -> int:
        """Make all entries due, and take over those of a sender that has ended. Returns the newest entry's number."""
        return await self._store.run(lambda database, _: queries.begin(database, self.owner))

    async def send(self, until: Until) -> list[OutboxResult]:
        """Send the entries of a round, until none is left or an error concerns them all.

        Raises:
            OutboxError: The outbox cannot be used.
            CStarError: Nothing can be sent with this client: its API key is not accepted, or a deadline has passed.
            RuntimeError: The client is closed.
        """
        self.pause, self._errors = None, []
        results: list[OutboxResult] = []
        running: set[asyncio.Task[OutboxResult]] = set()
        try:
            while True:
                room = CONCURRENCY - len(running)
                claimed: list[Claimed] = []
                if room and self.pause is None and not self._errors:
                    claimed, uncertain = await self._claim(until, room)
                    results += [_too_late(number) for number in uncertain]
                    running |= {asyncio.create_task(self._send(entry)) for entry in claimed}
                    if uncertain and not claimed:
                        continue
                if not running:
                    break
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                results += self._collect(done)
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.gather(*running, return_exceptions=True)
        if self._errors:
            raise self._errors[0]
        return sorted(results, key=lambda result: result.id)

    def _collect(self, done: Iterable[asyncio.Task[OutboxResult]]) -> Iterator[OutboxResult]:
        for task in done:
            error = task.exception()
            if error is None:
                yield task.result()
            else:
                self._errors.append(error)

    async def _claim(self, until: Until, limit: int) -> tuple[list[Claimed], list[int]]:
        def repeatable(entry: Claimed, now: float) -> bool:
            elapsed = now - (entry.first_attempt or 0.0)
            began = self._first_attempts.get(entry.number)
            if began is not None:
                elapsed = max(elapsed, self._clock.monotonic() - began)
            return may_repeat(entry, _method(entry), self.owner.sender, elapsed)

        # Not given up when this is cancelled: the next sender, in another process, must not begin before it.
        claimed, uncertain = await self._store.run(
            lambda database, now: queries.claim(database, now, self.owner, until, limit, repeatable), finish=True
        )
        moment = self._clock.monotonic()
        for entry in claimed:
            if entry.first_attempt is None:
                self._first_attempts[entry.number] = moment
        return claimed, uncertain

    async def _send(self, entry: Claimed) -> OutboxResult:
        value: Any = None
        error: CStarError | ValueError | TypeError | None = None
        doubt = entry.first_attempt is not None
        raised: BaseException | None = None
        try:
            call = call_of(self._client, entry)
        except ValueError as refused:
            verdict, error = Verdict("uncertain" if doubt else "failed"), refused
        else:
            try:
                async with asyncio.timeout(LONGEST_CALL):
                    value = await call
            except CStarError as failure:
                doubt, error = in_doubt(call), failure
                repeated = entry.first_attempt is not None
                verdict = judge(failure, _method(entry), self._clock.time(), repeated=repeated, in_doubt=doubt)
                raised = failure if verdict.is_raised else None
            except TimeoutError:
                verdict, doubt = Verdict("queued"), in_doubt(call)
                error = OutboxError(f"no final answer came within {LONGEST_CALL:g} s, the longest for one attempt")
            except (ValueError, TypeError) as refused:  # the contract of this version does not allow it any more
                verdict, error = Verdict("uncertain" if doubt else "failed"), refused
            except RuntimeError as closed:
                verdict, raised, doubt = Verdict("queued"), closed, in_doubt(call)
            else:
                verdict, doubt = Verdict("done"), False
        if verdict.pauses is not None:
            self.pause = max(self.pause or 0.0, verdict.pauses)
        await self._settle(entry, verdict, error, doubt=doubt)
        if raised is not None:
            raise raised
        ok = verdict.state == "done"
        return OutboxResult(id=entry.number, ok=ok, value=value, error=None if ok else error, state=verdict.state)

    async def _settle(self, entry: Claimed, verdict: Verdict, error: Exception | None, *, doubt: bool) -> None:
        wait = backoff(entry.attempts, self._random)
        settled = Settlement(
            entry.number,
            verdict.state,
            None if error is None else str(error),
            in_doubt=doubt,
            due=self._clock.time() + (0.001 if verdict.pauses is not None else wait),
        )
        await self._store.run(lambda database, now: queries.settle(database, now, settled))
        if not doubt or verdict.state != "queued":
            self._first_attempts.pop(entry.number, None)
        if verdict.state in {"failed", "uncertain"}:
            logger.warning(
                "the entry %d of the outbox, %s, is %s: %s", entry.number, entry.operation, verdict.state, error
            )
        elif error is not None and verdict.state == "queued":
            logger.info("the entry %d of the outbox, %s, is sent again later: %s", entry.number, entry.operation, error)


def _method(entry: Claimed) -> str:
    """The HTTP method of an entry; empty if its operation is not in this version's contract."""
    try:
        return load(entry.operation).method
    except KeyError:
        return ""


def _too_late(number: int) -> OutboxResult:
    error = OutboxError(f"the entry {number} of the outbox is not sent again: {queries.TOO_LATE}")
    logger.warning("%s", error)
    return OutboxResult(id=number, ok=False, value=None, error=error, state="uncertain")
