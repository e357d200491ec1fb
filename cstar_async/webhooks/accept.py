"""One delivery: verify, parse, keep, and only then say so. It knows no web framework."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping  # noqa: TC003 - a NamedTuple's
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from cstar_async.errors import InboxError

from .bound import Bound
from .envelope import Envelope, read_envelope
from .signature import verify_signature

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cstar_async.clock import Clock

    from .stores import Store
    from .stores.records import Incoming

logger = logging.getLogger("cstar_async.webhooks")

LARGEST_BODY: Final = 1024 * 1024
"""Bytes."""
BODY_TIMEOUT: Final = 10.0
"""Seconds for a body to arrive; cStar itself gives up after as many (docs)."""
STORE_TIMEOUT: Final = 8.0
"""Seconds for the inbox to keep an event, so that there is an answer before cStar gives up."""
AHEAD: Final = 300.0
"""Seconds by which an event's `created_at` may be ahead of this machine's clock."""
RETRY_AFTER: Final = 30


class Reply(NamedTuple):
    """What to answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


_JSON: Final = {"Content-Type": "application/json"}
_ACCEPTED: Final = Reply(200, b'{"received":true,"duplicate":false}', _JSON)
_KNOWN: Final = Reply(200, b'{"received":true,"duplicate":true}', _JSON)
_UNAVAILABLE: Final = Reply(503, b'{"error":"the inbox is unavailable"}', {**_JSON, "Retry-After": str(RETRY_AFTER)})
TOO_LARGE: Final = Reply(413, b'{"error":"the body is larger than 1 MiB"}', {**_JSON, "Connection": "close"})
TOO_SLOW: Final = Reply(408, b'{"error":"the body did not arrive in time"}', {**_JSON, "Connection": "close"})


class UnusableError(RuntimeError):
    """The dispatcher is closed, or belongs to another event loop. The message has no secret in it."""


class Acceptor:
    """The way of deliveries into an inbox.

    `counts` has how many were accepted and how many were repeats, and how many were refused by status.
    """

    def __init__(
        self,
        secrets: tuple[str, ...],
        opened: Callable[[], Awaitable[Store]],
        clock: Clock,
        *,
        max_age: float,
        store_timeout: float,
    ) -> None:
        self._secrets = secrets
        self._opened = opened
        self._clock = clock
        self._max_age = max_age
        self._bound = Bound(store_timeout)
        self.counts: Counter[str] = Counter()

    async def accept(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a delivery. Never raises for anything that a sender can do, or a database."""
        if not isinstance(body, (bytes, bytearray, memoryview)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"body is the raw body, as bytes; got {type(body).__name__}")
        if not hasattr(headers, "get") or not hasattr(headers, "items"):
            raise TypeError(f"headers is a mapping of names to values, got {type(headers).__name__}")
        if len(body) > LARGEST_BODY:
            return self.refuse(TOO_LARGE)
        now = self._clock.time()
        # As old as `created_at` may be: whether cStar signs anew on each retry is not documented, and the last one
        # comes 31 hours after the first. Replay is barred by the event's id, which is remembered for longer.
        signature = header(headers, "X-Signature")
        if not verify_signature(body, signature, self._secrets, tolerance=self._max_age, now=now):
            return self.refuse(_refusal(401, "the signature is missing or not good"))
        try:
            envelope = read_envelope(body)
            self._check(envelope, headers, now)
        except ValueError as error:
            logger.warning("a delivery with a good signature was refused: %s", error)
            return self.refuse(_refusal(400, str(error)))
        return await self._keep(envelope, body)

    def refuse(self, reply: Reply) -> Reply:
        """Count a refusal."""
        self.counts[f"refused_{reply.status}"] += 1
        return reply

    def _check(self, envelope: Envelope, headers: Mapping[str, str], now: float) -> None:
        # Headers are not signed. These two say the same as the body or they lie.
        for name, value in (("X-Event-ID", envelope.id), ("X-Event-Type", envelope.type)):
            given = header(headers, name)
            if given is not None and given != value:
                raise ValueError(f"{name} is not that of the signed body")
        if now - envelope.created_at > self._max_age:
            raise ValueError(f"created_at is more than {self._max_age / 86_400:g} days ago")
        if envelope.created_at - now > AHEAD:
            raise ValueError(f"created_at is more than {AHEAD:g} s ahead")

    async def _accept(self, event: Incoming) -> bool:
        return await (await self._opened()).accept(event)

    async def _keep(self, envelope: Envelope, body: bytes) -> Reply:
        try:
            # If this is cut off the event may be kept all the same; then the next delivery of it is a repeat.
            fresh = await self._bound.wait(self._accept(envelope.incoming(body)))
        except TimeoutError:
            logger.error("%s: not kept within %g s, answered 503", envelope.id, self._bound.seconds)  # noqa: TRY400
            return self.refuse(_UNAVAILABLE)
        except (UnusableError, InboxError) as error:
            logger.error("%s: answered 503: %s", envelope.id, error)  # noqa: TRY400
            return self.refuse(_UNAVAILABLE)
        except Exception as error:
            logger.error("%s: the inbox failed, answered 503: %s", envelope.id, type(error).__name__)  # noqa: TRY400
            logger.debug("the inbox failed", exc_info=error)
            return self.refuse(_UNAVAILABLE)
        self.counts["accepted" if fresh else "duplicates"] += 1
        logger.debug("%s (%s) %s", envelope.id, envelope.type, "accepted" if fresh else "is known already")
        return _ACCEPTED if fresh else _KNOWN


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header, however the mapping at hand writes names."""
    found = headers.get(name)
    if found is None and (found := headers.get(lower := name.lower())) is None:
        return next((value for key, value in headers.items() if key.lower() == lower), None)
    return found


def _refusal(status: int, reason: str) -> Reply:
    return Reply(status, orjson.dumps({"error": reason}), _JSON)
