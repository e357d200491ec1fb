"""Convert the bytes of a delivery to a typed event."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from cstar_async._core import drift
from cstar_async._core.secrets import without_secrets
from cstar_async._generated.events import READERS, decode_event, flatten
from cstar_async.errors import DecodeError, WebhookSignatureError

from .envelope import read_envelope
from .signature import TOLERANCE, find_fault, hide, read_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async._core.event import Event

    from .signature import Body


def construct_event(
    body: Body,
    header: str | None,
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> Event[Any]:
    """Verify the `X-Signature` header of a delivery and return its event.

    `created_at` is not checked and repeats are not detected; `EventDispatcher` does both.

    Args:
        body: The raw body.
        header: The value of the header.
        secret: As in `verify_signature`.
        tolerance: As in `verify_signature`.
        now: As in `verify_signature`.

    Returns:
        The event; an `UnknownEvent` for a type that this version does not know.

    Raises:
        WebhookSignatureError: The signature is not valid; the message says why.
        DecodeError: The signed body is not an event.
        TypeError: As in `verify_signature`.
        ValueError: As in `verify_signature`.
    """
    hidden = secret = hide(secret)
    secret = read_secrets(hidden)
    if not isinstance(body, (bytes, bytearray, memoryview)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"body must be the raw body, as bytes; got {type(body).__name__}")
    fault = find_fault(body, header, secret, tolerance=tolerance, now=time.time() if now is None else now)
    if fault is not None:
        raise WebhookSignatureError(fault.reason)
    return read_event(bytes(body))


def read_event(body: bytes) -> Event[Any]:
    """Return the typed event of a body. Raises DecodeError, which names each bad field by its path in the JSON."""
    try:
        envelope = read_envelope(body)
    except ValueError as error:
        raise DecodeError(f"the body is not an event: {error}", problems=[f"$: {error}"]) from error
    try:
        event = decode_event(envelope.raw)
    except Exception as error:  # noqa: BLE001  # decoders raise many kinds of errors for bad data
        problems = _problems(envelope.raw, error)
        shown = "\n".join(f"  {problem}" for problem in problems)
        raise DecodeError(
            f"{envelope.id}: the payload does not match the contract of {envelope.type}\n{shown}", problems=problems
        ) from without_secrets(error)
    finally:
        drift.count_absent(envelope.type)
    if drift.is_sampled() and envelope.type in READERS:
        _, decode, nested = READERS[envelope.type]
        drift.inspect(envelope.type, decode, [flatten(envelope.raw["data"], nested)], ["$.data"])
    return event


def _problems(raw: Mapping[str, Any], error: Exception) -> list[str]:
    from cstar_async.converter import diagnose

    reader = READERS.get(raw["type"])
    data = raw.get("data")
    if reader is None or not isinstance(data, Mapping):
        return [f"$.data: {'expected an object' if 'data' in raw else 'missing'} ({type(error).__name__})"]
    return diagnose(reader[1], flatten(cast("Mapping[str, Any]", data), reader[2]), "$.data")
