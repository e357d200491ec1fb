"""From the bytes of a delivery to a typed event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from cstar_async._generated.events import READERS, decode_event, flatten
from cstar_async.errors import DecodeError, WebhookSignatureError

from .envelope import read_envelope
from .signature import TOLERANCE, verify_signature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.event import Event


def construct_event(
    body: bytes,
    header: str | None,
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> Event[Any]:
    """The event of a delivery whose `X-Signature` header is good.

    Takes the body as it came, in bytes; `secret`, `tolerance` and `now` are as in `verify_signature`. A type that this
    version does not know becomes an `UnknownEvent`. It does not look at `created_at`, and does not know repeats: that
    is what `EventDispatcher` is for.

    Raises WebhookSignatureError if the signature is not good, DecodeError if the signed body is no event.
    """
    if not verify_signature(body, header, secret, tolerance=tolerance, now=now):
        raise WebhookSignatureError(
            "the delivery has no X-Signature header"
            if not header
            else "the signature is malformed, too old, or made over other bytes or with another secret"
        )
    return read_event(bytes(body))


def read_event(body: bytes) -> Event[Any]:
    """The typed event of a body. Raises DecodeError, which names what is wrong by its place on the wire."""
    try:
        envelope = read_envelope(body)
    except ValueError as error:
        raise DecodeError(f"the body is no event: {error}", problems=[f"$: {error}"]) from error
    try:
        return decode_event(envelope.raw)
    except Exception as error:
        problems = _problems(envelope.raw, error)
        shown = "\n".join(f"  {problem}" for problem in problems)
        raise DecodeError(
            f"{envelope.id}: the payload is not what the contract says of {envelope.type}\n{shown}", problems=problems
        ) from error


def _problems(raw: Mapping[str, Any], error: Exception) -> list[str]:
    from cstar_async.converter import diagnose  # noqa: PLC0415 - cattrs takes a third of a second to load

    reader = READERS.get(raw["type"])
    data = raw.get("data")
    if reader is None or not isinstance(data, Mapping):
        return [f"$.data: {'expected an object' if 'data' in raw else 'missing'} ({type(error).__name__})"]
    return diagnose(reader[1], flatten(cast("Mapping[str, Any]", data), reader[2]), "$.data")
