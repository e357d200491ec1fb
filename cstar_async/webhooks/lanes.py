"""Which events have to wait for each other: those of one ticket, else of one resource. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    places = list(_objects(data, resource))
    for place in places:
        if owner and (found := _id(place.get(owner))):
            return f"{team}/{name}:{found}"
    for place in places:
        if found := _id(place.get("id")):
            return f"{team}/{resource}:{found}"
    return f"{team}/{resource}"


def _objects(data: object, resource: str) -> Iterator[Mapping[str, Any]]:
    """The payload and, before it, the objects that it nests: under the resource's name first."""
    if not isinstance(data, Mapping):
        return
    members = cast("Mapping[str, Any]", data)
    # A nested customer is beside the ticket, not what the event is about.
    inside = [resource, "message", "comment", "post"]
    for name in inside:
        if isinstance(inner := members.get(name), Mapping):
            yield cast("Mapping[str, Any]", inner)
    yield members


def _id(value: object) -> str:
    """An id that every database takes, "" for none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).encode("utf-8", "replace").decode().replace("\0", "\ufffd")[:512]
