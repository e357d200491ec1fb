"""The smaller collections with a rule of their own: webhooks, custom fields, community posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .answers import invalid, missing
from .collection import Collection
from .events import emit
from .library import Slugged
from .store import Where, key_text
from .text import snake_case

if TYPE_CHECKING:
    from .context import Context
    from .contract import Json

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CHOICES = frozenset({"select", "multiselect"})


class Webhooks(Collection):
    """Webhook subscriptions. The secret is in the answer to the creation and in no other."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the secret and check the address and the events."""
        document.pop("secret", None)
        document.pop("signingSecret", None)
        digests = (context.store.digest(document["id"], number) for number in (1, 2))
        document["_secret"] = "whsec_" + key_text(b"".join(digests))
        self._check(context, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Check the new address and events."""
        self._check(context, document)

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """With the secret, under both of its documented names, when it was just made."""
        shown = super().show(context, document, whole=whole, fresh=fresh)
        if fresh:
            shown["secret"] = shown["signingSecret"] = document["_secret"]
        return shown

    def _check(self, context: Context, document: Json) -> None:
        address = urlsplit(str(document["url"]))
        # The service wants HTTPS; the sandbox lets plain HTTP pass to this machine, where receivers are developed.
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise invalid("The 'url' field must be an HTTPS address.", "url")
        types = context.contract.event_types
        known = {*types, "*", *(f"{name.partition('.')[0]}.*" for name in types)}
        for index, event in enumerate(document["events"]):
            if event not in known:
                raise invalid(f"The 'events[{index}]' field names no event type: {event}.", f"events[{index}]")


class CustomFields(Collection):
    """Definitions of custom fields, in the order of their position."""

    order = "json_extract(body, '$.position'), place"
    unique = "key"

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the key, put the field last, and want options where there is a choice."""
        if document["type"] in CHOICES and not document.get("options"):
            raise missing("options")
        document["key"] = body.get("key") or snake_case(document["name"])
        if "position" not in body:
            same_entity = [Where.equals("entityType", document["entityType"])]
            document["position"] = context.store.count(context.team, self.name, same_entity)

    def natural(self, document: Json) -> str:
        """A key may be used once per type of entity."""
        return f"{document['entityType']}/{document['key']}"


class CommunityPosts(Slugged):
    """Community posts. Their topics are not checked: nothing in the API makes a topic."""

    slug_source = "title"
    orders = {  # noqa: RUF012 - a constant
        "recent": "place DESC",
        "votes": "json_extract(body, '$.vote_count') DESC, place DESC",
        "comments": "json_extract(body, '$.comment_count') DESC, place DESC",
    }

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """A new post is neither pinned nor locked; the slug of a title that is in use gets the post's id."""
        super().prepare(context, document, body)
        document["is_pinned"] = document["is_locked"] = False
        if context.store.by_natural(context.team, self.name, document["slug"]):
            document["slug"] += "-" + document["id"].partition("-")[0]

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """A new status has an event of its own."""
        super().announce(context, verb, document, before=before, changes=changes)
        if before is not None and document["status"] != before["status"]:
            emit(context, "community_post.status_changed", document, previous_status=before["status"])

    def filter(self, context: Context, name: str, value: Any) -> Where | None:
        """`sort` orders the posts and chooses none."""
        return None if name == "sort" else super().filter(context, name, value)

    def sorting(self, context: Context) -> str:
        """By time, votes or comments."""
        return self.orders[context.query.get("sort", "recent")]
