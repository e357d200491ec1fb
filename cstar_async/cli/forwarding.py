"""What `cstar listen` does: events go into an inbox, from there to servers of the user, those of a ticket in order.

The inbox is a file, so that a listener that is killed loses nothing: the next one goes on where it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import random
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

import orjson

from cstar_async._core.secrets import Secret
from cstar_async._core.serialization import is_array, is_object
from cstar_async._version import __version__
from cstar_async.clock import SystemClock
from cstar_async.webhooks.inbox import open_store, wrap_errors
from cstar_async.webhooks.inbox.records import Group
from cstar_async.webhooks.processing.handler_task import HandlerTask
from cstar_async.webhooks.processing.retry_policy import RETRY_DELAYS, SPREAD, RetryLater
from cstar_async.webhooks.processing.worker import Worker
from cstar_async.webhooks.receiving.envelope import read_envelope
from cstar_async.webhooks.receiving.signature import sign
from cstar_async.webhooks.router import EventRouter

from .exits import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
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
LARGEST_ANSWER: Final = 2_000
_READABLE: Final = 0o077


class Attempt(NamedTuple):
    """One attempt to forward an event."""

    event_id: str
    type: str
    number: int
    url: str
    status: int | None
    error: str | None
    answer: str | None
    milliseconds: float
    retry_in: float | None = None
    """Seconds until the next one, None if there is none."""

    @property
    def ok(self) -> bool:
        """Whether the receiver answered with a 2xx status."""
        return self.status is not None and 200 <= self.status < 300


class Place(NamedTuple):
    """The files of a listener: one inbox for each server, team and set of targets."""

    inbox: Path
    cursor: Path

    @classmethod
    def of(cls, folder: Path, base_url: str, team: str, targets: Sequence[str]) -> Place:
        """The files, in this folder, which is made."""
        name = hashlib.sha256("\n".join([base_url, team, *sorted(targets)]).encode()).hexdigest()[:16]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder / f"{name}.db", folder / f"{name}.last")

    @property
    def inbox_url(self) -> str:
        """The address of the inbox, as `cstar inbox` takes it."""
        return f"sqlite:///{quote(str(self.inbox))}"

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Keep other listeners away from these files, as long as this process lives. Raises CommandError."""
        with self.inbox.with_suffix(".lock").open("wb") as file:
            try:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except ImportError:  # Windows; there two listeners share the events
                pass
            except OSError:
                raise CommandError("another `cstar listen` forwards events to the same targets") from None
            yield

    def last(self) -> str | None:
        """The id of the last event that is in the inbox; empty if there was none yet, None at the very beginning."""
        try:
            return self.cursor.read_text("utf-8").strip()
        except FileNotFoundError:
            return None

    def save(self, event_id: str) -> None:
        """Keep the id of the last event."""
        write_private(self.cursor, event_id.encode())

    def forget(self) -> None:
        """Begin anew."""
        for path in (self.cursor, *(self.inbox.with_name(self.inbox.name + end) for end in ("", "-wal", "-shm"))):
            path.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def signing_secret(folder: Path) -> Secret:
    """The secret that deliveries are signed with; made at the first use. Raises CommandError."""
    path = folder / "secret"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # Linked into place, so that of two listeners that start at once both have the secret of the first.
            descriptor, name = tempfile.mkstemp(dir=folder, prefix=".secret.")
            with os.fdopen(descriptor, "w") as file:
                file.write(f"whsec_{secrets.token_urlsafe(24)}\n")
            with contextlib.suppress(FileExistsError):
                os.link(name, path)
            Path(name).unlink()
        if os.name == "posix" and path.stat().st_mode & _READABLE:
            raise CommandError(f"{path} can be read by others; run: chmod 600 {path}")
        found = Secret(path.read_text("utf-8").strip())
    except OSError as error:
        raise CommandError(f"{path} cannot be used: {error.strerror}") from None
    if not found:
        raise CommandError(f"{path} is empty; remove it, and a new secret is made")
    return found


def is_wanted(envelope: Envelope, where: Mapping[str, str]) -> bool:
    """Whether an event has these values: `type`, `priority` and `customer.email` are fields of it or of its data."""
    return all(any(_has(part, field.split("."), value) for part in _parts(envelope)) for field, value in where.items())


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
    return any(value == _text(each) for each in values)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


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
    """

    def __init__(
        self,
        place: Place,
        targets: Sequence[str],
        session: aiohttp.ClientSession,
        secret: Secret,
        *,
        patterns: Sequence[str],
        where: Mapping[str, str],
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
        self.last = place.last()
        """As in Place."""
        self._saved = self.last

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

    async def run(self) -> None:
        """Forward events until it is cancelled."""
        router = EventRouter()
        for url in self._targets:
            router.on(*self._patterns, group=url, timeout=self._timeout + 5)(self._handler(url))
        worker = Worker(
            self._store,
            router,
            self._clock,
            Counter(),
            concurrency=CONCURRENCY,
            task=_ForwardTask,
            lease=LEASE,
            attempts=ATTEMPTS,
        )
        keeping = asyncio.create_task(self._keep_cursor())
        try:
            await worker.run()
        finally:
            keeping.cancel()

    async def again(self) -> None:
        """Send the last event once more."""
        if self._latest is not None:
            self._latest = self._latest._replace(attempt=self._latest.attempt + 1)
            self._report(await self._post(self._latest, self._latest.group))

    async def _keep_cursor(self) -> None:
        while True:
            await asyncio.sleep(CURSOR_INTERVAL)
            self._save_cursor()

    def _save_cursor(self) -> None:
        if self.last is not None and self.last != self._saved:
            self._place.save(self.last)
            self._saved = self.last

    def _handler(self, url: str) -> Callable[[Any], Any]:
        async def forward(lease: Lease) -> None:
            attempt = await self._post(lease, url)
            self._latest = lease
            if self._retry and not attempt.ok and attempt.number < len(RETRY_DELAYS):
                wait = RETRY_DELAYS[attempt.number] * (1 - SPREAD * random())  # noqa: S311  # not secret
                self._report(attempt._replace(retry_in=wait))
                raise RetryLater(after=wait)
            self._report(attempt)

        return forward

    async def _post(self, lease: Lease, url: str) -> Attempt:
        import aiohttp

        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"cstar-cli/{__version__}",
            "X-Signature": sign(lease.body, self._secret, timestamp=time.time()),
            "X-Event-ID": lease.event_id,
            "X-Event-Type": lease.type,
            "X-Delivery-Attempt": str(lease.attempt),
        }
        status: int | None = None
        error: str | None = None
        answer: str | None = None
        started = time.perf_counter()
        try:
            async with self._session.post(
                url,
                data=lease.body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(self._timeout),
            ) as response:
                answer = (await response.content.read(LARGEST_ANSWER)).decode(errors="replace")
                status = response.status
        except TimeoutError:
            error = f"no answer within {self._timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            error = _reason(problem)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        return Attempt(lease.event_id, lease.type, lease.attempt, url, status, error, answer, milliseconds)


class _ForwardTask(HandlerTask):
    """Hands the event to its handler as it was kept, whether or not it can be decoded."""

    async def _handle(self, handler: Handler) -> None:
        await handler.function(self.lease)


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _file_name(event_id: str) -> str:
    """An id as the name of a file; ids come from the service."""
    if all(letter.isalnum() or letter in "_-" for letter in event_id) and len(event_id) < 200:
        return event_id
    return hashlib.sha256(event_id.encode()).hexdigest()[:32]
