"""The JSON of a document's webhooks, and whether it is in cStar's envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .load import as_mapping, is_mapping
from .media_types import is_json

if TYPE_CHECKING:
    from .references import Resolver

_ENVELOPE = ("id", "type", "created_at", "team_id", "data")


def payload_schema(item: dict[str, Any], resolver: Resolver) -> Any:
    """Return the schema of a webhook's JSON, None if it has none."""
    raw = as_mapping(item.get("post") or item.get("put"))
    content = as_mapping(as_mapping(resolver.follow(raw.get("requestBody"))).get("content"))
    for media_type, media in content.items():
        if is_json(media_type):
            return as_mapping(media).get("schema", {})
    return None


def has_envelope(item: dict[str, Any], resolver: Resolver) -> bool:
    """Whether a webhook's JSON is in cStar's envelope."""
    fields = resolver.members(payload_schema(item, resolver)).properties
    created_at = resolver.follow(fields.get("created_at"))
    return (
        all(name in fields for name in _ENVELOPE)
        and constant(fields["type"], resolver) is not None
        and is_mapping(created_at)
        and created_at.get("type") == "string"
    )


def constant(schema: Any, resolver: Resolver) -> str | None:
    """Return the only text that a schema allows by `const`, None if it has none."""
    target = resolver.follow(schema)
    constant = target.get("const") if is_mapping(target) else None
    return constant if isinstance(constant, str) else None
