"""List, get, create, update and delete for any kind of object of the contract."""

from __future__ import annotations

import sqlite3
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from cstar_async.sandbox.contract.document import TEAM_ROOT, is_list, is_nullable, is_object
from cstar_async.sandbox.naming import snake_from_camel, words
from cstar_async.sandbox.storage.conditions import Condition

from .events import audit, emit
from .pagination import NEWEST_FIRST, PAGING, list_page
from .results import Problem, Result, already_exists, invalid, not_emulated, not_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract, Json

    from .context import Context, Handler

SEARCHED = ("title", "name", "email", "content", "body", "customerName")
"""The text fields that `search` searches, if an object has them."""
CREATED = ("createdAt", "created_at")
EMPTY: dict[str, Json | list[Any]] = {"array": [], "object": {}}
UPDATED = ("updatedAt", "updated_at")


class Collection:
    """The objects under one path of a team, such as `tickets` or `tickets/messages`.

    Collections with their own rules are subclasses that override hooks (`prepare`, `changed`, …). Reading and writing
    are in one class because subclasses override hooks of both (`show`, `filter`, `created`).
    """

    order: ClassVar[str] = NEWEST_FIRST
    """The default order of lists, as SQL."""
    unique: ClassVar[str] = ""
    """A field whose value must be unique in the team; empty for none."""

    def __init__(self, contract: Contract, create: Operation) -> None:
        self.name = collection_name(create.path)
        self.schema = create.result
        self.noun = words(create.result)
        self.fields = contract.properties(create.result)
        self.prefix: str = contract.schema(create.result).get("x-cstar-id-prefix") or ""
        # In a nested collection, the owner's id is the last parameter of the path.
        self.owner_param = create.path_params[-1] if len(create.path_params) > 1 else ""
        self._first: dict[str, Json] = {}

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this collection, by verb."""
        return {
            "list": self.list,
            "get": self.get,
            "create": self.create,
            "update": self.update,
            "delete": self.delete,
        }

    def list(self, context: Context) -> Result:
        """One page of the objects that match the filters of the query; all of them if the contract has no pages."""
        owner = self.owner(context)
        query = context.query
        conditions = self.conditions(context, {name: value for name, value in query.items() if name not in PAGING})
        order, show = self.sorting(context), partial(self.show, context)
        return list_page(context, self.name, conditions, owner=owner, order=order, show=show)

    def get(self, context: Context) -> Result:
        """One object. Raises Problem 404."""
        document = self.find(context)
        return Result(self.show(context, document, whole=True))

    def create(self, context: Context) -> Result:
        """Create an object from the body, the contract's defaults and the fields that the service sets."""
        owner = self.owner(context)
        body = context.body
        document = self.blank(context, body)
        if owner:
            document[self.owner_param] = owner
        self.prepare(context, document, body)
        self.save(context, document, owner=owner, new=True)
        self.created(context, document, body)
        self.announce(context, "created", document)
        return Result(self.show(context, document, whole=True, fresh=True), status=context.operation.status)

    def update(self, context: Context) -> Result:
        """Set the given fields, to null too. `metadata` is merged, and keys set to null are removed from it."""
        before = self.find(context)
        body = context.body
        allowed = context.contract.properties(context.operation.body)
        document = dict(before)
        for name, value in body.items():
            if name not in allowed or name not in self.fields:
                continue
            if name == "metadata":
                merged: Json = {**before.get(name, {}), **value}
                document[name] = {key: item for key, item in merged.items() if item is not None}
            else:
                document[name] = value
        self.changed(context, before, document)
        changes = self.changes(before, document)
        self.touch(context, document)
        if changes:
            self.announce(context, "updated", document, before=before, changes=changes)
        return Result(self.show(context, document))

    def delete(self, context: Context) -> Result:
        """Delete an object and those below it."""
        document = self.find(context)
        context.store.delete(context.team, self.name, document["id"])
        self.deleted(context, document)
        self.announce(context, "deleted", document)
        answer: Json = {"deleted": True, "id": document["id"]}
        if "object" in document:
            answer["object"] = document["object"]
        return Result(answer)

    def blank(self, context: Context, body: Json) -> Json:
        """A new object with an id, the fields of the body, and the first values of other fields."""
        requested = context.contract.properties(context.operation.body)
        first_values = self._first.get(context.operation.id)
        if first_values is None:
            first_values = self._first[context.operation.id] = self._first_values(requested)
        document: Json = {}
        for name in self.fields:
            if name == "id":
                document[name] = context.store.new_id(context.team, self.prefix)
            elif name in requested and name in body:
                document[name] = body[name]
            elif name in CREATED or name in UPDATED:
                document[name] = context.timestamp
            elif name in first_values:
                value = first_values[name]
                document[name] = copy(value) if is_list(value) or is_object(value) else value
        return document

    def _first_values(self, requested: dict[str, Json]) -> Json:
        found: Json = {}
        for name, schema in self.fields.items():
            found |= first_value(name, schema, requested.get(name))
        return found

    def owner(self, context: Context) -> str:
        """The id of the object in the path that owns this collection, empty if none does. Raises Problem 404."""
        if not self.owner_param:
            return ""
        owner_id = context.path[self.owner_param]
        owners = self.name.rpartition("/")[0]
        if context.store.get(context.team, owners, owner_id) is None:
            raise not_found(self.owner_param.removesuffix("Id").capitalize())
        return owner_id

    def find(self, context: Context) -> Json:
        """The object that the path names. Raises Problem 404."""
        owner = self.owner(context)
        document_id = context.path[context.operation.path_params[-1]]
        document = context.store.get(context.team, self.name, document_id, owner)
        if document is None:
            raise not_found(self.noun)
        return document

    def touch(self, context: Context, document: Json) -> None:
        """Save a changed object with the time of the change."""
        for name in UPDATED:
            if name in self.fields:
                document[name] = context.timestamp
        self.save(context, document)

    def save(self, context: Context, document: Json, *, owner: str = "", new: bool = False) -> None:
        """Write an object. Raises Problem 409 if the value of its unique field is in use."""
        unique_key = self.unique_key(document)
        try:
            if new:
                context.store.insert(
                    context.team, self.name, document, owner=owner, unique_key=unique_key, now=context.now
                )
            else:
                context.store.update(context.team, self.name, document, unique_key=unique_key, now=context.now)
        except sqlite3.IntegrityError:
            message = f"A {self.noun.lower()} with this {self.unique} already exists."
            raise already_exists(message, self.unique) from None

    def conditions(self, context: Context, filters: Json) -> Sequence[Condition]:
        """Return the conditions of filters, by the names of the list's query parameters."""
        found = [self.filter(context, name, value if is_list(value) else [value]) for name, value in filters.items()]
        return [each for each in found if each is not None]

    def body_conditions(self, context: Context, filters: Json, param: str) -> Sequence[Condition]:
        """Return the conditions of the filters in a body. Raises Problem 400 that names the filter, below `param`."""
        found: list[Condition] = []
        for name, value in filters.items():
            values: list[Any] = value if is_list(value) else [value]
            if not values or not all(isinstance(each, str | int | float | bool) for each in values):
                raise invalid(f"The '{param}.{name}' field must be a value, or a list of values.", f"{param}.{name}")
            if name == "search" and not isinstance(value, str):
                raise invalid(f"The '{param}.search' field must be a string.", f"{param}.search")
            try:
                condition = self.filter(context, name, values)
            except Problem:
                condition = None
            if condition is None:
                raise invalid(f"{self.noun}s have no filter '{name}'.", f"{param}.{name}")
            found.append(condition)
        return found

    def filter(self, context: Context, name: str, values: Sequence[Any]) -> Condition | None:
        """Return the condition of a query parameter, None for one that filters nothing. Raises Problem 501.

        The name of a field, with or without `is`, filters by that field.
        """
        if name == "search":
            return Condition.mentions([field for field in SEARCHED if field in self.fields], values[0])
        if name == "tag" and "tags" in self.fields:
            return Condition.contains("tags", values)
        for field in (name, f"is{name[:1].upper()}{name[1:]}"):
            if field in self.fields:
                condition = Condition.contains if self.fields[field].get("type") == "array" else Condition.one_of
                return condition(field, values)
        # An ignored filter would return rows that do not match it.
        raise not_emulated(f"the '{name}' parameter of {context.operation.id}", "it has no rule for this filter")

    def sorting(self, context: Context) -> str:
        """The order of this list, as SQL."""
        return self.order

    def unique_key(self, document: Json) -> str | None:
        """The value that must be unique in the team, None if there is none."""
        return str(document[self.unique]) if self.unique else None

    def changes(self, before: Json, after: Json) -> Json:
        """The old and the new value of each field that differs, by its snake_case name, as in events."""
        return {
            snake_from_camel(name): {"from": before.get(name), "to": after.get(name)}
            for name in self.fields
            if before.get(name) != after.get(name)
        }

    # Hooks of subclasses.

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Record a change in the audit log, and emit its event if the contract has a type for it."""
        resource = snake_from_camel(self.schema)
        kind = f"{resource}.{verb}"
        audit(context, kind, resource, document["id"], {"changes": changes} if changes else None)
        if kind in context.contract.event_types:
            emit(context, kind, document, **self.extra_fields(context, document), changes=changes)

    def extra_fields(self, context: Context, document: Json) -> Json:
        """Return the fields of an event's payload that are not fields of the object, by snake_case name."""
        return {}

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Complete or reject a new object before it is written."""

    def created(self, context: Context, document: Json, body: Json) -> None:
        """Update other objects after a creation."""

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Complete or reject a change before it is written."""

    def deleted(self, context: Context, document: Json) -> None:
        """Update other objects after a deletion."""

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """The object as it is answered; `whole` if it was requested by its id, `fresh` if it was just created."""
        return self.to_response(document)

    def to_response(self, document: Json) -> Json:
        """The fields of the contract, in its order, without internal ones such as `_members`."""
        return {name: document[name] for name in self.fields if name in document}


def collection_name(path: str) -> str:
    """The literal parts of a path below the team: `tickets/messages`."""
    parts = path.removeprefix(TEAM_ROOT).split("/")
    return "/".join(part for part in parts if not part.startswith("{"))


def first_value(name: str, schema: Json, request: Json | None) -> Json:
    """A field with its value in a new object if the caller gives none; an empty object if it has no value.

    The value is the contract's constant or default, 0 for a counter, an empty array or object for an optional input,
    or null.
    """
    for source, keyword in ((schema, "const"), (request or {}, "default"), (schema, "default")):
        if keyword in source:
            return {name: copy(source[keyword])}
    kind = schema.get("type")
    if kind == "integer" and name.endswith(("Count", "_count")):
        return {name: 0}
    if request is not None and isinstance(kind, str) and kind in EMPTY:
        return {name: copy(EMPTY[kind])}
    return {name: None} if is_nullable(schema) else {}
