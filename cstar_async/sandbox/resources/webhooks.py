"""The smaller collections with a rule of their own: webhooks and custom fields."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cstar_async.sandbox.naming import snake_case
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.results import invalid, missing
from cstar_async.sandbox.storage.conditions import Where
from cstar_async.sandbox.storage.database import key_text

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CHOICES = frozenset({"select", "multiselect"})


class Webhooks(Collection):
    """Webhook subscriptions. The secret is in the answer to the creation and in no other."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the secret and check the address and the events."""
        document.pop("secret", None)
        document.pop("signingSecret", None)
        document["_secret"] = "whsec_" + key_text(context.store.secret("webhook", document["id"]))
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
        try:
            is_place = bool(address.hostname) and address.port != 0
        except ValueError:  # a port that cannot be
            is_place = False
        if not is_place:
            raise invalid("The 'url' field must have a host, and a port that can be.", "url")
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
