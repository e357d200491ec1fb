"""`Outbox`: writes that are kept until the service has done them."""

from __future__ import annotations

import asyncio
import logging
import uuid
from random import random
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.representation import safe_repr
from cstar_async._core.validation import check_whole
from cstar_async._http.retry_policy import is_transient
from cstar_async.clock import SystemClock
from cstar_async.errors import CStarError, OutboxError, QuotaExceededError, QuotaUnavailableError

from . import queries
from .arguments import check_client, check_entry_id, check_flag, check_states
from .calls import check_call, entry_of
from .records import Owner, Until
from .sender import Sender
from .store import open_store
from .verdict import LONGEST_BACKOFF, backoff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from cstar_async._core.call import Call
    from cstar_async._core.requester import Requester
    from cstar_async.client import CStarClient
    from cstar_async.clock import Clock

    from .records import OutboxEntry, OutboxResult, OutboxStats, State

POLL_INTERVAL: Final = 0.2
"""Seconds between checks whether another process has put an entry, or has stopped sending."""

logger = logging.getLogger("cstar_async.outbox")


class Outbox:
    """Writes that survive the end of the process, and are done once.

    ```python
    async with Outbox("sqlite:///outbox.db") as outbox:
        entry = await outbox.put(cstar.tickets.create(title="Printer on fire"))  # on the disk when this returns
        results = await outbox.flush(cstar)
    ```

    Entries about the same object (a ticket and its messages) are sent in the order in which they were put; others may
    pass them. Several processes of one machine can put entries into one file, and one of them at a time sends.

    An entry is for the team and the server of the client that its call was made from. A client sends the entries of its
    own team and server, and leaves all others.
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        """Set up an outbox; `async with` opens it.

        Args:
            url: `sqlite:///outbox.db` for a file, with four slashes for an absolute path, or `memory:` for an outbox
                that is lost with the process. The file has the mode 0600. It holds what the calls say, but no API key
                and no headers.
            clock: A source of time for tests.

        Raises:
            OutboxError: The URL does not name an outbox.
        """
        self._clock = SystemClock() if clock is None else clock
        self._store = open_store(url, self._clock)
        self._wake = asyncio.Event()

    async def open(self) -> None:
        """Open the file, and create it if there is none. Raises OutboxError if it cannot be used."""
        self._wake = asyncio.Event()  # of this loop
        await self._store.open()

    async def close(self) -> None:
        """Close the file. End `run()` before."""
        await self._store.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def put(self, call: Call[Any], *, halt_lane: bool = False) -> OutboxEntry:
        """Keep a call, which is sent by `flush()` or `run()`. It is on the disk when this returns.

        A call that is put twice is one entry, and so are two calls with the same `idempotency_key` and the same
        content, for a week after it was done. So after a put that was cancelled or failed, the same call can be put
        again. A call that was awaited before, and may have been done, can be put too. Its other options (timeout,
        deadline, retries, priority) are not kept.

        If the client does not know its team yet, the service is asked for it; with `team_id=` nothing is sent.

        Args:
            call: A write that takes an idempotency key, or a deletion.
            halt_lane: Whether the later entries about the same object wait if this one fails or is uncertain, until it
                is sent with `retry()` or removed with `clear()`.

        Raises:
            OutboxError: The outbox does not take this call, has another entry with this key, or cannot be written (the
                disk is full, for example).
            ValueError: An argument of the call cannot be sent.
            TypeError: The same, or it is not a call.
        """
        request = check_call(call)
        check_flag("halt_lane", halt_lane)
        owner = await _owner(call._requester)  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
        new = entry_of(request, owner, halts=halt_lane)
        entry = await self._store.run(lambda database, now: queries.put(database, now, new))
        self._wake.set()
        return entry

    async def flush(self, cstar: CStarClient) -> list[OutboxResult]:
        """Send the entries of this client that are queued now, each once; the results are in the order of the entries.

        It ends early if the service cannot be reached or the quota is used up.

        Raises:
            OutboxError: The outbox cannot be used, or is being sent by another `flush()` or `run()`, in any process.
            CStarError: Nothing can be sent with this client, for example because its key is not accepted
                (AuthenticationError); the entries stay queued.
            RuntimeError: The client or the outbox is closed.
        """
        check_client(cstar)
        with self._store.sending() as is_sender:
            if not is_sender:
                raise OutboxError(
                    f"the outbox {self._store.name} is being sent by another flush() or run(), in this process or "
                    "another"
                )
            sender = await self._sender(cstar)
            newest = await sender.begin()
            return await sender.send(Until(0.0, newest))

    async def run(self, cstar: CStarClient) -> None:
        """Send the entries of this client as they are put, until this is cancelled.

        If the service cannot be reached or the quota is used up, it waits and tries again. If another process is
        sending, it waits until that one ends.

        Raises:
            CStarError: Nothing can be sent with this client, for example because its key is not accepted.
            RuntimeError: The client or the outbox is closed.
        """
        check_client(cstar)
        troubles = 0
        while True:
            try:
                with self._store.sending() as is_sender:
                    if is_sender:
                        await self._send_all(cstar)
            except OutboxError as error:
                # The entries are kept; a full disk or a locked file may pass.
                logger.error("%s", error)  # noqa: TRY400  # its cause is in its text
                await self._clock.sleep(backoff(troubles, random))
                troubles += 1
            else:
                await asyncio.sleep(POLL_INTERVAL)

    async def _send_all(self, cstar: CStarClient) -> None:
        sender = await self._sender_when_possible(cstar)
        await sender.begin()
        troubles = 0
        while True:
            self._wake.clear()
            version = await self._store.version()
            await sender.send(Until(self._clock.time()))
            if sender.pause is None:
                troubles = 0
                await self._wait(sender, version)
            else:
                await self._clock.sleep(sender.pause or backoff(troubles, random))
                troubles += 1

    async def _sender_when_possible(self, cstar: CStarClient) -> Sender:
        """Make a sender, and wait while the client cannot find out its team."""
        troubles = 0
        while True:
            try:
                return await self._sender(cstar)
            except CStarError as error:
                if not _may_pass(error):
                    raise
                logger.info("the outbox cannot be sent yet: %s", error)
            await self._clock.sleep(backoff(troubles, random))
            troubles += 1

    async def _wait(self, sender: Sender, version: int) -> None:
        """Wait until an entry is due, or was put by this process or another."""
        due = await self._store.run(lambda database, _: queries.next_due(database, sender.owner))
        seconds = None if due is None else max(0.0, due - self._clock.time())
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._wake.wait())]
        if seconds is not None:
            waits.append(asyncio.create_task(self._clock.sleep(min(seconds, LONGEST_BACKOFF))))
        if self._store.is_shared:
            waits.append(asyncio.create_task(self._watch(version)))
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        if seconds is not None and seconds > LONGEST_BACKOFF:  # the clock was set back
            await sender.begin()

    async def _watch(self, version: int) -> None:
        while True:
            if await self._store.version() != version:
                return
            await asyncio.sleep(POLL_INTERVAL)

    async def _sender(self, cstar: CStarClient) -> Sender:
        owner = await _owner(cstar._requester)  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
        return Sender(self._store, cstar, owner, self._clock, random)

    async def entries(
        self,
        states: Sequence[State] = ("queued", "sending", "done", "failed", "uncertain"),
        *,
        limit: int = 100,
        after: int = 0,
    ) -> list[OutboxEntry]:
        """The entries in these states with larger ids than `after`, at most `limit`, by id. Raises OutboxError."""
        known = check_states(states)
        check_whole("limit", limit, least=0)
        check_whole("after", after, least=0)
        return await self._store.read(lambda database: queries.entries(database, known, limit, after))

    async def failed(self, *, limit: int = 100, after: int = 0) -> list[OutboxEntry]:
        """The entries that were refused, or may have been done and cannot be sent again. Raises OutboxError."""
        return await self.entries(("failed", "uncertain"), limit=limit, after=after)

    async def retry(self, entry_id: int, *, anyway: bool = False) -> OutboxEntry:
        """Queue an entry that failed, to be sent again, with a new idempotency key.

        Args:
            entry_id: Its id.
            anyway: Queue it even if it is uncertain, and so may be done twice. `OutboxEntry.check` is the request that
                shows whether it was done.

        Raises:
            OutboxError: There is no such entry, it has not failed, or it is uncertain and not `anyway`.
        """
        check_entry_id(entry_id)
        check_flag("anyway", anyway)
        key = str(uuid.uuid4())
        found = await self._store.run(lambda database, _: queries.retry(database, entry_id, key, anyway=anyway))
        self._wake.set()
        return found

    async def clear(self, entry_id: int | None = None) -> int:
        """Remove an entry, or all that are not being sent now, also those that were never sent.

        Entries that are `sending` stay, since whether they were done would not be known. `flush()` and `run()` take
        over those whose sender has ended.

        Returns:
            How many were removed.

        Raises:
            OutboxError: The entry is being sent, or the outbox cannot be written.
        """
        if entry_id is not None:
            check_entry_id(entry_id)
        count = await self._store.run(lambda database, _: queries.clear(database, entry_id))
        self._wake.set()
        return count

    async def stats(self) -> OutboxStats:
        """How many entries are in each state. Raises OutboxError."""
        return await self._store.read(queries.stats)

    @safe_repr
    def __repr__(self) -> str:
        return f"<Outbox {self._store.name}>"


async def _owner(requester: Requester) -> Owner:
    return Owner(requester.base_url, await requester.find_team(), requester.key_identity)


def _may_pass(error: CStarError) -> bool:
    return is_transient(error) or isinstance(error, QuotaExceededError | QuotaUnavailableError)
