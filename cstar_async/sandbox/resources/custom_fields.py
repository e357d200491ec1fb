"""Definitions of custom fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.naming import snake_case
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.results import missing
from cstar_async.sandbox.storage.conditions import Condition

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context


CHOICES = frozenset({"select", "multiselect"})


class CustomFields(Collection):
    """Definitions of custom fields, in the order of their position."""

    order = "json_extract(body, '$.position'), place"
    unique = "key"

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the key and the position, and require options for a choice. Raises Problem 400."""
        if document["type"] in CHOICES and not document.get("options"):
            raise missing("options")
        document["key"] = body.get("key") or snake_case(document["name"])
        if "position" not in body:
            same_entity = [Condition.equals("entityType", document["entityType"])]
            document["position"] = context.store.count(context.team, self.name, same_entity)

    def unique_key(self, document: Json) -> str:
        """Keys are unique within a type of entity."""
        return f"{document['entityType']}/{document['key']}"
