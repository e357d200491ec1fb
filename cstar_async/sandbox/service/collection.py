"""Plain list, get, create, update and delete of any kind of object, as the contract describes it."""

from __future__ import annotations

import sqlite3
from copy import copy
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
"""The text fields that `search` looks into, where an object has them."""
CREATED = ("createdAt", "created_at")
EMPTY: dict[str, Json | list[Any]] = {"array": [], "object": {}}
UPDATED = ("updatedAt", "updated_at")


class Collection:
    """The objects under one path of a team, such as `tickets` or `tickets/messages`.

    A collection with rules of its own is a subclass that overrides hooks (`prepare`, `changed`, …). Reading and writing
    stay in one class because subclasses override hooks of both (`show`, `filter`, `created`), which would otherwise
    have to be passed between the parts.
    """

    order: ClassVar[str] = NEWEST_FIRST
    """How lists are sorted, as SQL: newest first unless a collection says otherwise."""
    unique: ClassVar[str] = ""
    """A field whose value no two objects of a team may share."""

    def __init__(self, contract: Contract, create: Operation) -> None:
        self.name = collection_name(create.path)
        self.schema = create.result
        self.noun = words(create.result)
        self.fields = contract.properties(create.result)
        self.prefix: str = contract.schema(create.result).get("x-cstar-id-prefix") or ""
        # A collection below another one: the id of the owner is the last parameter of the path.
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
        """One page of the objects that meet the filters of the query; all of them where the contract has no pages."""
        owner = self.owner(context)
        query = context.query
        conditions = self.conditions(context, {name: value for name, value in query.items() if name not in PAGING})
        return list_page(
            context, self.name, conditions, owner=owner, order=self.sorting(context),
            show=lambda row: self.show(context, row),
        )  # fmt: skip

    def get(self, context: Context) -> Result:
        """One object."""
        document = self.find(context)
        return Result(self.show(context, document, whole=True))

    def create(self, context: Context) -> Result:
        """A new object: the fields of the body, the contract's defaults, and what the service fills in."""
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
        """Change the fields that are given; null clears, `metadata` is merged and loses the keys set to null."""
        before = self.find(context)
        body = context.body
        allowed = context.contract.properties(context.operation.body)
        document = dict(before)
        for name, value in body.items():
            if name not in allowed or name not in self.fields:
                continue
            if name == "metadata":
                merged: Json = {**before.get(name, {}), **value}
                document[name] = {key: each for key, each in merged.items() if each is not None}
            else:
                document[name] = value
        self.changed(context, before, document)
        changes = self.changes(before, document)
        self.touch(context, document)
        if changes:
            self.announce(context, "updated", document, before=before, changes=changes)
        return Result(self.show(context, document))

    def delete(self, context: Context) -> Result:
        """Remove an object and what lives under it."""
        document = self.find(context)
        context.store.delete(context.team, self.name, document["id"])
        self.deleted(context, document)
        self.announce(context, "deleted", document)
        answer: Json = {"deleted": True, "id": document["id"]}
        if "object" in document:
            answer["object"] = document["object"]
        return Result(answer)

    def blank(self, context: Context, body: Json) -> Json:
        """A new object with an id and a first value for each field that has one."""
        requested = context.contract.properties(context.operation.body)
        first = self._first.get(context.operation.id)
        if first is None:
            first = self._first[context.operation.id] = self._first_values(requested)
        document: Json = {}
        for name in self.fields:
            if name == "id":
                document[name] = context.store.new_id(context.team, self.prefix)
            elif name in requested and name in body:
                document[name] = body[name]
            elif name in CREATED or name in UPDATED:
                document[name] = context.timestamp
            elif name in first:
                value = first[name]
                document[name] = copy(value) if is_list(value) or is_object(value) else value
        return document

    def _first_values(self, requested: dict[str, Json]) -> Json:
        found: Json = {}
        for name, schema in self.fields.items():
            found |= first_value(name, schema, requested.get(name))
        return found

    def owner(self, context: Context) -> str:
        """The id of the object that the path lives under. Raises Problem 404 if it does not exist."""
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
        """Write an object. Raises Problem 409 if its unique field has a value that is in use."""
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
        """Return the conditions of filters, which are named like the query parameters of the list."""
        found = [self.filter(context, name, value if is_list(value) else [value]) for name, value in filters.items()]
        return [each for each in found if each is not None]

    def chosen(self, context: Context, filters: Json, param: str) -> Sequence[Condition]:
        """Return the conditions of the filters in a body. Raises Problem 400, with the place under `param`."""
        found: list[Condition] = []
        for name, value in filters.items():
            values: list[Any] = value if is_list(value) else [value]
            if not values or not all(isinstance(each, str | int | float | bool) for each in values):
                raise invalid(f"The '{param}.{name}' field must be a value, or a list of values.", f"{param}.{name}")
            if name == "search" and not isinstance(value, str):
                raise invalid(f"The '{param}.search' field must be text.", f"{param}.search")
            try:
                condition = self.filter(context, name, values)
            except Problem:
                condition = None
            if condition is None:
                raise invalid(f"{self.noun}s have no '{name}' to filter by.", f"{param}.{name}")
            found.append(condition)
        return found

    def filter(self, context: Context, name: str, values: Sequence[Any]) -> Condition | None:
        """Return the condition of a query parameter, or None; the name of a field filters by that field."""
        if name == "search":
            return Condition.mentions([field for field in SEARCHED if field in self.fields], values[0])
        if name == "tag" and "tags" in self.fields:
            return Condition.contains("tags", values)
        for field in (name, f"is{name[:1].upper()}{name[1:]}"):
            if field in self.fields:
                condition = Condition.contains if self.fields[field].get("type") == "array" else Condition.one_of
                return condition(field, values)
        # Ignoring a filter would make rows look as if they met it.
        raise not_emulated(f"the '{name}' parameter of {context.operation.id}", "its meaning is not built in")

    def sorting(self, context: Context) -> str:
        """How this list is sorted, as SQL."""
        return self.order

    def unique_key(self, document: Json) -> str | None:
        """The value that must be unique in the team, None where nothing must."""
        return str(document[self.unique]) if self.unique else None

    def changes(self, before: Json, after: Json) -> Json:
        """Both sides of every field that is to change, by the names that events have for them."""
        return {
            snake_from_camel(name): {"from": before.get(name), "to": after.get(name)}
            for name in self.fields
            if before.get(name) != after.get(name)
        }

    # What special collections override.

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Enter a change into the audit log, and fire its event if there is a type for it."""
        resource = snake_from_camel(self.schema)
        kind = f"{resource}.{verb}"
        audit(context, kind, resource, document["id"], {"changes": changes} if changes else None)
        if kind in context.contract.event_types:
            emit(context, kind, document, **self.extra_fields(context, document), changes=changes)

    def extra_fields(self, context: Context, document: Json) -> Json:
        """Return the fields that the payload of an event has besides the object's own, by snake_case name."""
        return {}

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Complete or refuse a new object before it is written."""

    def created(self, context: Context, document: Json, body: Json) -> None:
        """Do what else a new object brings with it."""

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Complete or refuse a change before it is written."""

    def deleted(self, context: Context, document: Json) -> None:
        """Do what else a deletion brings with it."""

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """The object as it is answered; `whole` when it was asked for by its id, `fresh` when it was just made."""
        return self.to_response(document)

    def to_response(self, document: Json) -> Json:
        """The fields of the contract, in its order; what is not in it (`_members`) stays inside."""
        return {name: document[name] for name in self.fields if name in document}


def collection_name(path: str) -> str:
    """The literal parts of a path below the team: `tickets/messages`."""
    parts = path.removeprefix(TEAM_ROOT).split("/")
    return "/".join(part for part in parts if not part.startswith("{"))


def first_value(name: str, schema: Json, request: Json | None) -> Json:
    """The field with the value it has when the caller gives none; empty where nothing says what that would be.

    The contract's constants and defaults, zero for counters, and for what a caller may leave out: empty, or null.
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
