"""The webhooks of a document: cStar's events, or the payloads of another service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import naming
from .errors import refuse_places
from .ir import Payload, WebhookEvent
from .load import as_mapping, paragraphs, word
from .payload_schemas import constant, payload_schema

if TYPE_CHECKING:
    from .parse import Parsed
    from .prepass import Prepared

_NO_EVENT = "is not a cStar event; it needs a component schema with a constant `type` and an object `data`"


def events(prepared: Prepared, parsed: Parsed) -> tuple[list[WebhookEvent], list[str]]:
    """Return cStar's events, and the places of webhooks that are not such events."""
    if prepared.payloads:
        return [], []
    found = {f"webhook {name}": _event(name, item, prepared, parsed) for name, item in prepared.webhooks.items()}
    return [event for event in found.values() if event], [place for place, event in found.items() if not event]


def refuse(places: list[str]) -> None:
    """Raise ContractError for webhooks that are not cStar events, if there are any."""
    refuse_places([(place, _NO_EVENT) for place in places])


def payloads(prepared: Prepared, parsed: Parsed) -> tuple[Payload, ...]:
    """Return the payloads of a service with another envelope."""
    found: dict[str, Payload] = {}
    for name in prepared.payloads.values():
        item = prepared.webhooks[name]
        raw = as_mapping(item.get("post") or item.get("put"))
        function = naming.unique(f"read_{naming.snake(name)}", found)
        found[function] = Payload(
            name=name,
            function=function,
            type=parsed.payloads[name],
            summary=paragraphs(raw.get("summary")),
            description=paragraphs(raw.get("description")),
        )
    return tuple(found.values())


def class_of(item: dict[str, Any], prepared: Prepared) -> str:
    """Return the class of a webhook's envelope, empty if it has none."""
    return prepared.schemas.class_of(payload_schema(item, prepared.resolver)) or ""


def _event(name: str, item: dict[str, Any], prepared: Prepared, parsed: Parsed) -> WebhookEvent | None:
    raw = as_mapping(item.get("post"))
    schema = payload_schema(item, prepared.resolver)
    only = constant(prepared.resolver.members(schema).properties.get("type"), prepared.resolver)
    model = parsed.models.get(class_of(item, prepared))
    data = next((field.type for field in model.fields if field.wire == "data"), None) if model else None
    if only is None or data is None or data.kind not in {"model", "map", "any"}:
        return None
    # A model may already have the name of the event.
    class_name = naming.pascal(only)
    return WebhookEvent(
        place=f"webhook {name}",
        type=only,
        name=f"{class_name}Event" if class_name in prepared.schemas.raw else class_name,
        data=data,
        nested=word(prepared.schemas.raw[data.name], "x-cstar-nested", "") if data.kind == "model" else "",
        summary=paragraphs(raw.get("summary")),
        description=paragraphs(raw.get("description")),
        source=word(raw, "x-cstar-source", "seed"),
    )
