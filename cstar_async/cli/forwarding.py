"""What `cstar listen` does: events go into an inbox, from there to servers of the user, those of a ticket in order.

The inbox is a file, so that a listener that is killed loses nothing: the next one continues where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections import Counter
from random import random
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import quote

from cstar_async._core.secrets import Secret
from cstar_async._core.serialization import is_array, is_object
from cstar_async._version import __version__
from cstar_async.bulk.writing import to_json
from cstar_async.clock import SystemClock
from cstar_async.webhooks.inbox import open_store, wrap_errors
from cstar_async.webhooks.inbox.records import Group
from cstar_async.webhooks.processing.handler_task import HandlerTask
from cstar_async.webhooks.processing.retry_policy import RETRY_DELAYS, SPREAD, RetryLater
from cstar_async.webhooks.processing.worker import Worker
from cstar_async.webhooks.receiving.envelope import LONGEST, read_envelope
from cstar_async.webhooks.receiving.signature import read_secrets, sign
from cstar_async.webhooks.router import EventRouter
from cstar_async.webhooks.sending import AttemptResult, delivery_headers, post

from .exits import CommandError
from .private_files import locked, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path
    from typing import Self

    import aiohttp

    from cstar_async.webhooks.inbox.records import Lease
    from cstar_async.webhooks.receiving.envelope import Envelope
    from cstar_async.webhooks.router import Handler

LEASE: Final = 2.0
"""Seconds for which the events that were under way wait when a listener was killed."""
ATTEMPTS: Final = 1_000_000
"""A listener that is killed is not the fault of its events."""
CONCURRENCY: Final = 16
REMEMBERED: Final = 35 * 86_400.0
KEPT: Final = 86_400.0
"""Seconds for which the content of forwarded events is kept."""
CURSOR_INTERVAL: Final = 0.2
"""Seconds between two writes of the place in the stream. Events after it come again, and are known."""
HEADERS: Final = {"User-Agent": f"cstar-cli/{__version__}"}


class Attempt(NamedTuple):
    """One attempt to forward an event."""

    event_id: str
    type: str
    number: int
    url: str
    """The target, without a password."""
    result: AttemptResult
    retry_in: float | None = None
    """Seconds until the next one, None if there is none."""


class Place(NamedTuple):
    """The files of a listener: one inbox for each server, team and set of targets."""

    inbox: Path
    cursor: Path

    @classmethod
    def of(cls, folder: Path, base_url: str, team: str, targets: Sequence[str]) -> Place:
        """The files, in this folder."""
        name = hashlib.sha256("\n".join([base_url, team, *sorted(targets)]).encode()).hexdigest()[:16]
        return cls(folder / f"{name}.db", folder / f"{name}.last")

    @property
    def inbox_url(self) -> str:
        """The address of the inbox, as `cstar inbox` takes it."""
        return f"sqlite:///{quote(str(self.inbox))}"

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Keep other listeners away from these files, as long as this process lives. Raises CommandError."""
        with locked(self.inbox.with_suffix(".lock"), wait=False) as held:
            if not held:
                raise CommandError("another `cstar listen` forwards events to the same targets")
            yield

    def last(self) -> str | None:
        """The id of the last event that is in the inbox; None at the very beginning.

        It is empty if there was none yet, or if the file is damaged: then all events are taken, and known ones are not
        forwarded again.
        """
        try:
            found = self.cursor.read_bytes().decode("ascii", "replace").strip()
        except FileNotFoundError:
            return None
        return found if is_event_id(found) else ""

    def save(self, event_id: str) -> None:
        """Keep the id of the last event."""
        write_private(self.cursor, event_id.encode())

    def forget(self) -> None:
        """Begin anew."""
        for path in (self.cursor, *(self.inbox.with_name(self.inbox.name + end) for end in ("", "-wal", "-shm"))):
            path.unlink(missing_ok=True)


def is_event_id(text: str) -> bool:
    """Whether a text can be the id of an event, and be sent in a header."""
    return 0 < len(text) <= LONGEST and text.isascii() and text.isprintable()


def signing_secret(folder: Path) -> Secret:
    """The secret that deliveries are signed with; made at the first use. Raises CommandError."""
    path = folder / "secret"
    # The lock is for two listeners that start at once.
    with locked(path.with_suffix(".lock"), wait=True):
        try:
            found = read_private(path)
        except FileNotFoundError:
            found = f"whsec_{secrets.token_urlsafe(24)}\n".encode()
            write_private(path, found)
    try:
        return read_secrets([Secret(found.decode())])[0]
    except ValueError:
        raise CommandError(f"{path} does not hold a signing secret; remove it, and a new one is made") from None


def is_wanted(envelope: Envelope, where: Sequence[tuple[str, str]]) -> bool:
    """Whether an event has these values: `type`, `priority` and `customer.email` are fields of it or of its data."""
    return all(any(_has(part, field.split("."), value) for part in _parts(envelope)) for field, value in where)


def _parts(envelope: Envelope) -> list[Any]:
    data: Any = envelope.raw.get("data")
    inner = list(data.values()) if is_object(data) else []
    return [envelope.raw, data, *inner]


def _has(part: Any, path: Sequence[str], value: str) -> bool:
    for name in path:
        if not is_object(part) or name not in part:
            return False
        part = part[name]
    values = part if is_array(part) else [part]
    return any(value == (each if isinstance(each, str) else to_json(each).decode()) for each in values)


class Forwarder:
    """Takes events into the inbox, and forwards them to the targets.

    Args:
        place: Its files.
        targets: URLs.
        session: Sends the requests.
        secret: Signs them.
        patterns: The types that are forwarded.
        where: Values that forwarded events have.
        retry: Whether an event that a target does not take is sent again.
        timeout: Seconds for a target to answer.
        report: Is told of each attempt.
        save: The folder for the events as files, None for none.

    Attributes:
        last: As in Place.
    """

    def __init__(
        self,
        place: Place,
        targets: Sequence[str],
        session: aiohttp.ClientSession,
        secret: Secret,
        *,
        patterns: Sequence[str],
        where: Sequence[tuple[str, str]],
        retry: bool,
        timeout: float,
        report: Callable[[Attempt], None],
        save: Path | None,
    ) -> None:
        self._place = place
        self._targets = targets
        self._session = session
        self._secret = secret
        self._patterns = tuple(patterns) or ("*",)
        self._where = where
        self._retry = retry
        self._timeout = timeout
        self._report = report
        self._save = save
        self._clock = SystemClock()
        self._store = open_store(place.inbox_url, self._clock)
        self._latest: Lease | None = None
        self.last: str | None = place.last()
        self._saved: str | None = self.last
        self._saved_at = 0.0

    async def __aenter__(self) -> Self:
        with wrap_errors(self._store, "cannot be opened"):
            await self._store.open()
            await self._store.register([Group(url, self._patterns) for url in self._targets])
            now = self._clock.time()
            await self._store.prune(bodies_before=now - KEPT, ids_before=now - REMEMBERED)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._store.close()
        self._save_cursor()

    def begin(self, event_id: str) -> None:
        """Begin after an event; an empty id stands for the first one."""
        self.last = event_id
        self._save_cursor()

    async def take(self, body: bytes) -> None:
        """Keep an event, which is then forwarded even if this process is killed.

        Raises:
            ValueError: It is not an event.
        """
        envelope = read_envelope(body)
        if is_wanted(envelope, self._where):
            if self._save is not None:
                write_private(self._save / f"{_file_name(envelope.id)}.json", body)
            with wrap_errors(self._store, "cannot keep an event"):
                await self._store.accept(envelope.incoming(body))
        self.last = envelope.id
        if self._clock.monotonic() - self._saved_at >= CURSOR_INTERVAL:
            self._save_cursor()

    async def run(self) -> None:
        """Forward events until it is cancelled."""
        router = EventRouter()
        forward = cast("Callable[[Any], Any]", self._forward)  # takes the lease: see _ForwardTask
        for url in self._targets:
            # The attempt ends by its own time limit, before that of the handler.
            router.on(*self._patterns, group=url, timeout=self._timeout + 5)(forward)
        await Worker(
            self._store,
            router,
            self._clock,
            Counter(),
            concurrency=CONCURRENCY,
            task=_ForwardTask,
            lease=LEASE,
            attempts=ATTEMPTS,
        ).run()

    async def again(self) -> None:
        """Send the last event once more, to the target that got it."""
        if self._latest is not None:
            self._latest = self._latest._replace(attempt=self._latest.attempt + 1)
            self._report(await self._attempt(self._latest))

    async def waiting(self) -> int:
        """How many events are in the inbox and have not been forwarded to each target."""
        with wrap_errors(self._store, "cannot be read"):
            return max((each.pending for each in (await self._store.stats()).values()), default=0)

    def _save_cursor(self) -> None:
        if self.last is not None and self.last != self._saved:
            self._place.save(self.last)
            self._saved = self.last
            self._saved_at = self._clock.monotonic()

    async def _forward(self, lease: Lease) -> None:
        attempt = await self._attempt(lease)
        self._latest = lease
        if self._retry and not attempt.result.success and attempt.number < len(RETRY_DELAYS):
            wait = RETRY_DELAYS[attempt.number] * (1 - SPREAD * random())  # noqa: S311  # not secret
            self._report(attempt._replace(retry_in=wait))
            raise RetryLater(after=wait)
        self._report(attempt)

    async def _attempt(self, lease: Lease) -> Attempt:
        signature = sign(lease.body, self._secret, timestamp=time.time())
        headers = delivery_headers(lease.event_id, lease.type, lease.attempt, signature) | HEADERS
        result = await post(self._session, lease.group, lease.body, headers, seconds=self._timeout)
        return Attempt(lease.event_id, lease.type, lease.attempt, without_password(lease.group), result)


class _ForwardTask(HandlerTask):
    """Hands the event to its handler as it was kept, whether or not it can be decoded."""

    async def _handle(self, handler: Handler) -> None:
        await handler.function(self.lease)


def without_password(url: str) -> str:
    """A URL as it may be shown."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _file_name(event_id: str) -> str:
    """An id as the name of a file; ids come from the service."""
    if all(letter.isalnum() or letter in "_-" for letter in event_id) and len(event_id) < 200:
        return event_id
    return hashlib.sha256(event_id.encode()).hexdigest()[:32]
