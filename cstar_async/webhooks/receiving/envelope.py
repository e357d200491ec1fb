"""The envelope of an event: id, type, team and time from the signed body. Pure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from cstar_async._core.json_body import InvalidJSONError, read_json
from cstar_async._core.serialization import parse_datetime
from cstar_async._generated.events import EVENT_TYPES
from cstar_async.webhooks.inbox.records import Incoming

from .ordering import ordering_key

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN_TYPES: Final = frozenset[str](EVENT_TYPES)
LONGEST: Final = 512
"""Characters of an id or a type."""
_REPLACEMENT: Final = "\ufffd"


class Envelope(NamedTuple):
    """The identity of an event, and its parsed body."""

    id: str
    type: str
    team_id: str
    created_at: float
    """Unix seconds."""
    raw: Mapping[str, Any]

    def incoming(self, body: bytes, *, synthetic: bool = False) -> Incoming:
        """The event as it goes into the inbox."""
        key = ordering_key(self.type, self.team_id, self.raw.get("data"))
        known = self.type in KNOWN_TYPES
        return Incoming(self.id, self.type, self.team_id, self.created_at, key, _as_text(body), known, synthetic)


def _as_text(body: bytes) -> bytes:
    """The body as an inbox keeps it: in UTF-8, with U+FFFD for invalid bytes, as in `read_json`."""
    if body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode(errors="replace").encode()
    return body


def read_envelope(body: bytes) -> Envelope:
    """Parse a body. Raises ValueError with a reason that contains no data of the payload."""
    try:
        raw = read_json(body)
    except InvalidJSONError:
        raise ValueError("the body is not JSON") from None
    if not isinstance(raw, dict):
        raise ValueError("the body is not an object")  # noqa: TRY004  # all bad bodies are ValueErrors, answered 400
    members = cast("dict[str, Any]", raw)
    event_id, kind, team = _text(members, "id"), _text(members, "type"), _text(members, "team_id")
    created = _text(members, "created_at")
    try:
        moment = parse_datetime(created)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError("created_at is not a date-time") from None
    return Envelope(event_id, kind, team, seconds, members)


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    # With U+FFFD for invalid bytes, two different ids could become one.
    if len(value) > LONGEST or "\0" in value or _REPLACEMENT in value:
        raise ValueError(f"{name} is not an identifier")
    return value
