"""The ordering key of events: one for each ticket, otherwise for each resource. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from cstar_async._generated.events import READERS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Types whose key is that of another object, with the member that has its id, and the kind of that object. A message has
# the key of its ticket, a vote that of its post.
_OWNERS: Final[Mapping[str, tuple[str, str]]] = {
    "ticket": ("ticket_id", "ticket"),
    "survey": ("ticket_id", "ticket"),
    "player": ("member_id", "player"),
    "community_post": ("post_id", "community_post"),
}
_NESTED: Final = {kind: nested for kind, (_, _, nested) in READERS.items()}
"""The member in which a payload nests its object."""


def ordering_key(kind: str, team: str, data: object) -> str:
    """Return the ordering key of an event. Events without an id share one key for all resources of their type."""
    resource = kind.partition(".")[0]
    if not isinstance(data, dict):
        return f"{team}/{resource}"
    members = cast("dict[str, Any]", data)
    # A nested customer accompanies the ticket; the event is about the ticket.
    inside = (members.get(_NESTED.get(kind, resource)), members.get(resource))
    places = [*(cast("dict[str, Any]", each) for each in inside if isinstance(each, dict)), members]
    owner = _OWNERS.get(resource)
    if owner is not None:
        for place in places:
            if found := _id(place.get(owner[0])):
                return f"{team}/{owner[1]}:{found}"
    for place in places:
        if found := _id(place.get("id")):
            return f"{team}/{resource}:{found}"
    return f"{team}/{resource}"


def _id(value: object) -> str:
    """Return an id as text that every database accepts, "" if the value is not an id."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)[:512]
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
