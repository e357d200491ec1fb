"""One delivery: verify, parse, keep, then acknowledge. Independent of web frameworks."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping  # noqa: TC003  # annotations of a NamedTuple are evaluated
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

import orjson

from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox.handle import UnusableError
from cstar_async.webhooks.rate_limited_log import RateLimitedLog

from .content import LARGEST_BODY, TooLargeError, UnreadableError, UnsupportedError, check_encoding, decode
from .envelope import Envelope, read_envelope
from .signature import MALFORMED, NO_MATCH, find_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cstar_async.clock import Clock
    from cstar_async.webhooks.inbox.records import Incoming

    from .signature import Body, Fault

logger = logging.getLogger("cstar_async.webhooks")

BODY_TIMEOUT: Final = 10.0
"""Seconds for a body to arrive. cStar documents that it waits this long for an answer."""
STORE_TIMEOUT: Final = 8.0
"""Seconds for the inbox to keep an event, so that the answer is sent before cStar stops waiting."""
AHEAD: Final = 300.0
"""Seconds by which an event's `created_at` may be ahead of this machine's clock."""
RETRY_AFTER: Final = 30
_DAY: Final = 86_400.0


class Reply(NamedTuple):
    """The answer to a delivery."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    """Headers of the answer. They contain no hop-by-hop headers, which WSGI and HTTP/2 do not allow."""


class SupportsItems(Protocol):
    """The interface that the headers of all frameworks have."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return names and values; a name may occur more than once."""
        ...


class Keep(Protocol):
    """Keeps an event in the inbox."""

    async def __call__(self, event: Incoming, *, lasting: bool) -> bool:
        """Keep it; False if it is known already.

        Raises:
            TimeoutError: It took too long. The event may have been kept nevertheless.
        """
        ...


_JSON: Final = {"Content-Type": "application/json"}
_ACCEPTED: Final = Reply(200, b'{"received":true,"duplicate":false}', _JSON)
_KNOWN: Final = Reply(200, b'{"received":true,"duplicate":true}', _JSON)
_UNAVAILABLE: Final = Reply(503, b'{"error":"the inbox is unavailable"}', {**_JSON, "Retry-After": str(RETRY_AFTER)})
_CONSUMED: Final = Reply(
    503, b'{"error":"the body was already read by a middleware"}', {**_JSON, "Retry-After": str(RETRY_AFTER)}
)
_UNSIGNED: Final = Reply(401, b'{"error":"the signature is missing or invalid"}', _JSON)
UNSUPPORTED: Final = Reply(
    # Not 415, since aiohttp.web answers 400 for encodings that it knows but cannot decode.
    400,
    b'{"error":"Content-Encoding must be gzip, deflate or absent"}',
    {**_JSON, "Accept-Encoding": "gzip, deflate"},
)
TOO_LARGE: Final = Reply(413, b'{"error":"the body is larger than 1 MiB"}', _JSON)
TOO_SLOW: Final = Reply(408, b'{"error":"the body did not arrive in time"}', _JSON)
CUT_OFF: Final = Reply(400, b'{"error":"the body did not arrive completely"}', _JSON)
UNREADABLE: Final = Reply(400, b'{"error":"the body is not encoded as its headers say"}', _JSON)
WRONG_METHOD: Final = Reply(405, b"", {"Allow": "POST"})

_NAMES: Final = ("x-signature", "x-event-id", "x-event-type", "content-encoding", "content-length")
_READ: Final[Mapping[object, str]] = {**{name: name for name in _NAMES}, **{name.encode(): name for name in _NAMES}}
"""The headers that are read; ASGI has their names as bytes."""


class Receiver:
    """Receives deliveries into an inbox.

    `counts` has the numbers of accepted events, of duplicates, and of refusals by status.
    """

    def __init__(
        self, secrets: Sequence[str], keep: Keep, clock: Clock, *, max_age: float, store_timeout: float
    ) -> None:
        self._secrets = secrets
        self._keep_event = keep
        self._clock = clock
        self._max_age = max_age
        self._store_timeout = store_timeout
        self.counts: Counter[str] = Counter()
        self._refusals = RateLimitedLog(clock)
        self._lock = threading.Lock()
        """Guards the counts and the log, since deliveries may come on several threads."""

    async def accept(
        self,
        headers: SupportsItems | Iterable[tuple[str | bytes, str | bytes]],
        body: Body,
        *,
        lasting: bool = False,
        decoded: bool = False,
    ) -> Reply:
        """Answer a delivery. Neither a bad delivery nor a failing database raises.

        Args:
            headers: The headers of the request.
            body: The body as received.
            lasting: Whether the running event loop is a server's, so that the inbox can be opened on it.
            decoded: Whether the server has already decoded the Content-Encoding.
        """
        if not isinstance(body, bytes):
            if not isinstance(body, (bytearray, memoryview)):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"body must be the raw body, as bytes; got {type(body).__name__}")
            body = bytes(body)
        given = read_headers(headers)
        if len(body) > LARGEST_BODY:
            return self.refuse(TOO_LARGE)
        try:
            encoding = check_encoding(given.get("content-encoding"))
            if not body and not encoding and _announced(given):
                return self.refuse(_CONSUMED)
            content = body if decoded else decode(body, encoding)
        except UnsupportedError:
            return self.refuse(UNSUPPORTED)
        except UnreadableError:
            return self.refuse(UNREADABLE)
        except TooLargeError:
            return self.refuse(TOO_LARGE)
        now = self._clock.time()
        # The tolerance is `max_age`, since it is not documented whether cStar signs each retry anew, and the last retry
        # comes 31 hours after the first. Event ids, which are remembered for longer, prevent replays.
        fault = find_fault(content, given.get("x-signature"), self._secrets, tolerance=self._max_age, now=now)
        if fault is not None:
            return self.refuse(_UNSIGNED, fault.kind, fault.reason + _hint(fault, given, content, encoding))
        try:
            envelope = read_envelope(content)
            self._check(envelope, given, now)
        except ValueError as error:
            reason = str(error)
            return self.refuse(_refusal(400, reason), reason.partition(" ")[0], f"its signature is valid, but {reason}")
        return await self._keep(envelope, content, lasting=lasting)

    def refuse(self, reply: Reply, kind: str = "", reason: str = "") -> Reply:
        """Count and log a refusal.

        Args:
            reply: The answer.
            kind: Refusals of one kind are logged together.
            reason: The text for the log; by default that of the answer.
        """
        reason = reason or _REASONS.get(reply.body, "")
        level = logging.ERROR if reply is _CONSUMED else logging.WARNING
        with self._lock:
            self.counts[f"refused_{reply.status}"] += 1
            self._refusals.add(kind or reason, f"a delivery was answered {reply.status}: {reason}", level=level)
        return reply

    def _count(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1

    def _check(self, envelope: Envelope, given: Mapping[str, str], now: float) -> None:
        # Headers are not signed; these two must agree with the signed body.
        for name, value in (("X-Event-ID", envelope.id), ("X-Event-Type", envelope.type)):
            header = given.get(name.lower())
            if header is not None and not _is_same(header.strip(), value):
                raise ValueError(f"{name} does not match the signed body")
        age = now - envelope.created_at
        if age > self._max_age:
            raise ValueError(
                f"created_at is {age / _DAY:.4g} days ago, but max_age is {self._max_age / _DAY:.4g} days: check the "
                "clock of the receiver, raise max_age=, or pass clock=sandbox.clock to receive from a sandbox"
            )
        if -age > AHEAD:
            raise ValueError(
                f"created_at is {-age:.0f} s ahead, more than {AHEAD:g} s: check the clock of the receiver, or pass "
                "clock=sandbox.clock to receive from a sandbox"
            )

    async def _keep(self, envelope: Envelope, body: bytes, *, lasting: bool) -> Reply:
        try:
            # After a timeout the event may have been kept nevertheless; then its next delivery is a duplicate.
            fresh = await self._keep_event(envelope.incoming(body), lasting=lasting)
        except TimeoutError:
            logger.error("%s: not kept within %g s, answered 503", envelope.id, self._store_timeout)
        except (UnusableError, InboxError) as error:
            logger.error("%s: answered 503: %s", envelope.id, error)
        except Exception as error:
            logger.error("%s: the inbox failed, answered 503: %s", envelope.id, type(error).__name__)
            logger.debug("the inbox failed", exc_info=error)
        else:
            self._count("accepted" if fresh else "duplicates")
            logger.debug("%s (%s) %s", envelope.id, envelope.type, "accepted" if fresh else "is a duplicate")
            return _ACCEPTED if fresh else _KNOWN
        self._count("refused_503")
        return _UNAVAILABLE


_REASONS: Final = {
    reply.body: reason
    for reply, reason in (
        (TOO_LARGE, "the body, as received or decoded, is larger than 1 MiB"),
        (TOO_SLOW, f"the body did not arrive within {BODY_TIMEOUT:g} s"),
        (CUT_OFF, "the body did not arrive completely"),
        (UNREADABLE, "the body is not encoded as its headers say"),
        (WRONG_METHOD, "webhooks are sent with POST"),
        (UNSUPPORTED, "its Content-Encoding is neither gzip nor deflate"),
        (
            _CONSUMED,
            (
                "the body is empty although Content-Length is not 0: a middleware before the receiver has read it "
                "and did not keep it"
            ),
        ),
    )
}


def read_headers(headers: SupportsItems | Iterable[tuple[str | bytes, str | bytes]]) -> dict[str, str]:
    """Return the headers that are read, by their names in lower case.

    Several headers of one name are joined with commas, which HTTP defines as equivalent and WSGI servers do anyway.

    Raises:
        TypeError: The argument is not headers.
    """
    pairs: Any = getattr(headers, "items", None)
    pairs = headers if pairs is None else pairs()
    if pairs is None or isinstance(pairs, str | bytes) or not hasattr(pairs, "__iter__"):
        raise TypeError(f"headers must be a mapping of names to values, got {type(headers).__name__}")
    found: dict[str, str] = {}
    try:
        for name, value in cast("Iterable[tuple[Any, Any]]", pairs):
            known = _READ.get(name.lower())
            if known is not None and value is not None:
                text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                found[known] = f"{found[known]},{text}" if known in found else text
    except (TypeError, ValueError, AttributeError):
        raise TypeError("headers must be a mapping of names to values, or pairs of them") from None
    return found


def _announced(given: Mapping[str, str]) -> bool:
    """Whether Content-Length announces a body."""
    return bool(given.get("content-length", "").strip().strip("0"))


def _hint(fault: Fault, given: Mapping[str, str], content: bytes, encoding: str) -> str:
    """Return a likely reason for an invalid signature, for the log."""
    if fault is MALFORMED and "," in given.get("x-signature", ""):
        return "; several X-Signature headers count as one with commas"
    if fault is not NO_MATCH:
        return ""
    if encoding:
        return f"; the signature must be over the decoded content, not its Content-Encoding ({encoding})"
    length = given.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 10 and int(length) != len(content):
        return f"; {len(content)} bytes arrived, but Content-Length is {length}: something has changed the body"
    return "" if content else "; the body is empty"


def _is_same(header: str, value: str) -> bool:
    """Whether a header equals a value. Servers decode non-ASCII headers in different ways."""
    if header == value or value.isascii():
        return header == value
    try:
        sent = {header.encode("latin-1", "backslashreplace"), header.encode("utf-8", "surrogateescape")}
    except UnicodeEncodeError:
        return False
    return not sent.isdisjoint({value.encode(), value.encode("latin-1", "backslashreplace")})


def _refusal(status: int, reason: str) -> Reply:
    return Reply(status, orjson.dumps({"error": reason}), _JSON)
