"""Signatures of webhook deliveries, in both documented forms, over the bytes as they came."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

TOLERANCE: Final = 300.0
"""Seconds by which the time in a signature may differ from now (docs)."""
_PLAIN: Final = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_TIMED: Final = re.compile(r"t=([0-9]{1,15})((?:,v[0-9]+=[0-9a-f]+)+)", re.ASCII)
_VERSION_1: Final = "v1="
_PLAIN_PREFIX: Final = "sha256="
_PLAIN_LENGTH: Final = len(_PLAIN_PREFIX) + 64
_LONGEST_HEADER: Final = 4096


def sign(body: bytes, secret: str, *, timestamp: float | None = None) -> str:
    """The `X-Signature` header of a delivery, for tests of a receiver.

    Without `timestamp` it is the form `sha256=<hex>` over the body (seed). With one, in Unix seconds, it is the newer
    `t=<unix>,v1=<hex>` over the time, a dot and the body (docs). The secret is used with its `whsec_`(inferred).
    """
    _check(body, secret)
    if timestamp is None:
        return f"sha256={_hmac(secret, body)}"
    moment = str(int(timestamp))
    return f"t={moment},v1={_hmac(secret, moment.encode() + b'.' + body)}"


def verify_signature(
    body: bytes,
    header: str | None,
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> bool:
    """Whether the `X-Signature` header was made from these bytes with one of the secrets.

    `secret` may be several, while one is replaced by another. `tolerance` is how many seconds the time in the newer
    form may be away from `now` (Unix seconds, by default this machine's clock); the older form says no time. A header
    that is missing or malformed is False, never an exception; a body that is not bytes, or no secret at all, is one,
    because these are mistakes of the program: a body that was parsed and written again has another signature.
    """
    # None is that of a variable which is not set.
    secrets = [secret] if isinstance(secret, str) or not isinstance(secret, Iterable) else list(secret)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not secrets:
        raise ValueError("no secret to verify with; it is shown once, when the webhook is created")
    for each in secrets:
        _check(body, each)
    if not isinstance(header, str) or len(header) > _LONGEST_HEADER:
        return False
    if len(secrets) == 1 and len(header) == _PLAIN_LENGTH and header.isascii() and header.startswith(_PLAIN_PREFIX):
        # The usual case. What the slower way would find malformed is here not equal.
        return hmac.compare_digest(_PLAIN_PREFIX + _hmac(secrets[0], body), header)
    header = header.strip()
    if (plain := _PLAIN.fullmatch(header)) is not None:
        return _any_equal([plain[1]], body, secrets)
    timed = _TIMED.fullmatch(header)
    if timed is None:
        return False
    moment = int(timed[1])
    # Written so that a tolerance or a time that is not a number refuses.
    if not abs((time.time() if now is None else now) - moment) <= tolerance:
        return False
    given = [part.removeprefix(_VERSION_1) for part in timed[2].split(",") if part.startswith(_VERSION_1)]
    return _any_equal(given, timed[1].encode() + b"." + body, secrets)


def sign_identity(fields: Mapping[str, object] | bytes | str, secret: str) -> str:
    """The hash by which the chat widget knows that your server vouches for a customer: HMAC-SHA256, in hex (docs).

    `fields` are `email`, `externalId`, `timestamp` (Unix seconds) and maybe `name`; those that are None are left out.
    What is signed is their compact JSON with sorted names, its letters as they are (docs; that non-ASCII letters are
    not escaped: inferred from JSON.stringify). Text or bytes are signed as they are, as the page gives them to the
    widget.
    """
    if isinstance(fields, Mapping):
        given = {name: value for name, value in fields.items() if value is not None}
        fields = json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    raw = fields.encode() if isinstance(fields, str) else fields
    _check(raw, secret)
    return _hmac(secret, raw)


def _hmac(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode(), message, hashlib.sha256).hex()


def _any_equal(given: Sequence[str], message: bytes, secrets: Sequence[str]) -> bool:
    found = False
    for secret in secrets:
        expected = _hmac(secret, message)
        for each in given:
            # No early end: the time tells nothing about which secret, or how much of it, was right.
            found |= hmac.compare_digest(expected, each)
    return found


def _check(body: object, secret: object) -> None:
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"a signature is over the raw body, as bytes; got {type(body).__name__}")
    if not isinstance(secret, str):
        raise TypeError(f"a secret is text, got {type(secret).__name__}")
    if not secret:
        raise ValueError("the secret is empty")
