"""Signatures of webhook deliveries, in both documented forms, over the bytes as received."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async._core.secrets import Secret

    Body = bytes | bytearray | memoryview

TOLERANCE: Final = 300.0
"""Seconds by which the time in a signature may differ from now, as cStar documents."""
_PLAIN: Final = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_TIMED: Final = re.compile(r"t=([0-9]{1,15})((?:,v[0-9]+=[0-9a-f]+)+)", re.ASCII)
_SPACED_COMMA: Final = re.compile(r"[ \t]*,[ \t]*")
_VERSION_1: Final = "v1="
_PLAIN_PREFIX: Final = "sha256="
_PLAIN_LENGTH: Final = len(_PLAIN_PREFIX) + 64
_LONGEST_HEADER: Final = 4096
_BYTE_ORDER_MARK: Final = "\ufeff"
_QUOTES: Final = "\"'`\u201c\u201d\u2018\u2019"


class Fault(NamedTuple):
    """Why a signature is not valid. It contains no data of the delivery."""

    kind: str
    """Faults of one kind are counted together."""
    reason: str


_MISSING: Final = Fault("no signature", "there is no X-Signature header")
MALFORMED: Final = Fault("malformed signature", "the X-Signature header is neither sha256=<hex> nor t=<unix>,v1=<hex>")
NO_MATCH: Final = Fault(
    "wrong signature", "the signature was made with another secret, or over other bytes than those that arrived here"
)


def hide(given: object) -> Any:
    """Wrap secrets, so that a traceback with local variables does not show them.

    Callers replace their own argument with the result before anything can be raised.

    Returns:
        A list for `read_secrets`, which has the type of each value that is not a string.
    """
    from cstar_async._core.secrets import Secret

    if isinstance(given, str):
        return [Secret(given)]
    if isinstance(given, bytes | bytearray | memoryview | Mapping) or not isinstance(given, Iterable):
        return [type(given)]  # pyright: ignore[reportUnknownArgumentType]
    return [Secret(each) if isinstance(each, str) else type(each) for each in cast("Iterable[object]", given)]


def read_secrets(hidden: Sequence[Secret | type]) -> tuple[Secret, ...]:
    """Validate signing secrets, and strip the whitespace that files and variables often add.

    Args:
        hidden: What `hide` returned.

    Raises:
        TypeError: A secret is not a string.
        ValueError: No secret was given, or one is empty, in quotation marks, or contains whitespace or control
            characters. The message contains no part of it.
    """
    if not hidden:
        raise ValueError("no secret was given; cStar shows it once, when the webhook is created")
    return tuple([_read_secret(each) for each in hidden])


def _read_secret(secret: Secret | type) -> Secret:
    if isinstance(secret, type):
        raise TypeError(f"a secret must be a string, got {secret.__name__}")
    if _is_plain(secret):
        return secret
    secret = type(secret)(secret.removeprefix(_BYTE_ORDER_MARK).strip())
    if not secret:
        raise ValueError("the secret is empty")
    if secret[0] in _QUOTES or secret[-1] in _QUOTES:
        raise ValueError("the secret is in quotation marks; remove them")
    if not secret.isprintable() or any(map(str.isspace, secret)):
        raise ValueError(
            "the secret contains whitespace or control characters; pass several secrets as a list of strings"
        )
    return secret


def _is_plain(secret: str) -> bool:
    """Whether a secret is valid without stripping."""
    return (
        secret.isascii()
        and secret.isprintable()
        and " " not in secret
        and secret[:1] not in _QUOTES  # an empty one neither
        and secret[-1] not in _QUOTES
    )


def sign(body: Body, secret: str, *, timestamp: float | None = None) -> str:
    """Return the `X-Signature` header of a delivery, for tests of a receiver.

    cStar documents two forms. Without `timestamp` this is `sha256=<hex>`, over the body. With `timestamp`, in Unix
    seconds, it is `t=<unix>,v1=<hex>`, over the time, a dot and the body. The key of the HMAC is the secret with its
    `whsec_` prefix (not documented by cStar; inferred), without whitespace around it.
    """
    hidden = secret = hide(secret)
    (secret,) = read_secrets(hidden)
    _check(body)
    if timestamp is None:
        return f"sha256={_hmac(secret, body)}"
    moment = str(int(timestamp))
    return f"t={moment},v1={_hmac(secret, _timed_message(moment, body))}"


def verify_signature(
    body: Body,
    header: str | None,
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> bool:
    """Whether the `X-Signature` header was made from these bytes with one of the secrets.

    Args:
        body: The raw body.
        header: The value of the header. False is returned for a missing or malformed one.
        secret: The signing secret, or several during a rotation. Whitespace around it is dropped.
        tolerance: Seconds by which the time in a `t=…` signature may differ from `now`; the other form has no time.
        now: Unix seconds; by default the time of this machine's clock.

    Raises:
        TypeError: The body is not bytes, or a secret is not a string. Pass the body as received: one that was parsed
            and serialised again has another signature.
        ValueError: No secret was given, or a secret is malformed; the message says which.
    """
    if isinstance(secret, str) and _is_plain(secret) and isinstance(body, bytes):
        try:
            moment = time.time() if now is None else now
            return find_fault(body, header, (secret,), tolerance=tolerance, now=moment) is None
        except Exception:  # noqa: BLE001, S110  # raised below, where no local variable shows the secret
            pass
    hidden = secret = hide(secret)
    secret = read_secrets(hidden)
    _check(body)
    return find_fault(body, header, secret, tolerance=tolerance, now=time.time() if now is None else now) is None


def find_fault(body: Body, header: str | None, secrets: Sequence[str], *, tolerance: float, now: float) -> Fault | None:
    """Return what is wrong with a signature, or None if it is valid. `secrets` come from `read_secrets`."""
    if not header:
        return _MISSING
    if not isinstance(header, str) or len(header) > _LONGEST_HEADER:  # pyright: ignore[reportUnnecessaryIsInstance]
        return MALFORMED
    if len(secrets) == 1 and len(header) == _PLAIN_LENGTH and header.isascii() and header.startswith(_PLAIN_PREFIX):
        # The common case, without a regular expression. A malformed signature is not equal to the expected one.
        return None if hmac.compare_digest(_PLAIN_PREFIX + _hmac(secrets[0], body), header) else NO_MATCH
    header = _SPACED_COMMA.sub(",", header.strip())
    if (plain := _PLAIN.fullmatch(header)) is not None:
        return None if _any_equal([plain[1]], body, secrets) else NO_MATCH
    timed = _TIMED.fullmatch(header)
    if timed is None:
        return MALFORMED
    difference = now - int(timed[1])
    # `not … <=` instead of `>`, so that NaN is refused.
    if not abs(difference) <= tolerance:
        direction = "behind" if difference > 0 else "ahead of"
        return Fault(
            "time of signature",
            f"the time in the signature is {abs(difference):.0f} s {direction} this machine's clock; "
            f"{tolerance:.0f} s are allowed",
        )
    given = [part.removeprefix(_VERSION_1) for part in timed[2].split(",") if part.startswith(_VERSION_1)]
    return None if _any_equal(given, _timed_message(timed[1], body), secrets) else NO_MATCH


def sign_identity(fields: Mapping[str, object] | bytes | str, secret: str) -> str:
    """Return the hash that proves the identity of a customer to the chat widget: HMAC-SHA256, in hex.

    `fields` are `email`, `externalId`, `timestamp` (Unix seconds) and optionally `name`; None is left out. As cStar
    documents, their compact JSON with sorted names is signed. Non-ASCII characters are not escaped, as in
    JSON.stringify; this is inferred. A string or bytes are signed unchanged; they must be exactly what the page passes
    to the widget.
    """
    if isinstance(fields, Mapping):
        given = {name: value for name, value in fields.items() if value is not None}
        fields = json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    hidden = secret = hide(secret)
    (secret,) = read_secrets(hidden)
    raw = fields.encode() if isinstance(fields, str) else fields
    _check(raw)
    return _hmac(secret, raw)


def _timed_message(moment: str, body: Body) -> bytes:
    return b"%s.%s" % (moment.encode(), body)


def _hmac(secret: str, message: Body) -> str:
    return hmac.digest(secret.encode(), message, hashlib.sha256).hex()


def _any_equal(given: Sequence[str], message: Body, secrets: Sequence[str]) -> bool:
    found = False
    for secret in secrets:
        expected = _hmac(secret, message)
        for each in given:
            # No early return, so that the time taken does not depend on which secret matched.
            found |= hmac.compare_digest(expected, each)
    return found


def _check(body: object) -> None:
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"body must be the raw body, as bytes; got {type(body).__name__}")
