"""Which events have to wait for each other: those of one ticket, else of one resource. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where the object that a type is about is not the one that it belongs to: the member that names the latter, and what
# it is. A message is in its ticket's lane, a vote in its post's.
_OWNERS: Final[Mapping[str, tuple[str, str]]] = {
    "ticket": ("ticket_id", "ticket"),
    "survey": ("ticket_id", "ticket"),
    "player": ("member_id", "player"),
    "community_post": ("post_id", "community_post"),
}


def lane_of(kind: str, team: str, data: object) -> str:
    """The lane of an event. Without any id it is the resource's as a whole: order is the safer guess."""
    resource = kind.partition(".")[0]
    owner, name = _OWNERS.get(resource, ("", resource))
    places = _objects(data, resource)
    if owner:
        for place in places:
            if found := _id(place.get(owner)):
                return f"{team}/{name}:{found}"
    for place in places:
        if found := _id(place.get("id")):
            return f"{team}/{resource}:{found}"
    return f"{team}/{resource}"


def _objects(data: object, resource: str) -> list[dict[str, Any]]:
    """The payload and, before it, the objects that it nests: under the resource's name first."""
    if not isinstance(data, dict):
        return []
    members = cast("dict[str, Any]", data)
    # A nested customer is beside the ticket, not what the event is about.
    inside = [members.get(each) for each in (resource, "message", "comment", "post")]
    return [*(cast("dict[str, Any]", each) for each in inside if isinstance(each, dict)), members]


def _id(value: object) -> str:
    """An id that every database takes, "" for none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)[:512]
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
