"""The contract for the sandbox: operations, schemas, and the routes of the operations."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard
from urllib.parse import unquote

import orjson

from cstar_async._generated.operations import load_all
from cstar_async.sandbox.naming import pascal_case

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation


def _team_root() -> str:
    return next((op.path.partition("}")[0] + "}/" for op in load_all().values() if op.team), "")


TEAM_ROOT = _team_root()
"""The beginning of the paths of all operations on a team."""

Json = dict[str, Any]


class EventShape(NamedTuple):
    """The fields of an event's `data`, their object's name in nested payloads, and whether other fields are allowed."""

    fields: dict[str, Json]
    nested: str
    is_open: bool


class Contract:
    """The operations by id, and the JSON Schemas of the contract."""

    def __init__(self, operations: dict[str, Operation], document: Json) -> None:
        self.operations = operations
        self.document = document
        self._properties: dict[str, dict[str, Json]] = {}
        self._events: dict[str, EventShape] = {}

    def resolve(self, schema: Json) -> Json:
        """Replace the `$ref` of a schema by its target. Keywords beside the `$ref` have precedence."""
        while "$ref" in schema:
            target: Json = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target | {name: value for name, value in schema.items() if name != "$ref"}
        return schema

    def schema(self, name: str) -> Json:
        """A schema by its name, empty if it is not in the contract."""
        schemas: dict[str, Json] = self.document["components"]["schemas"]
        return schemas.get(name, {})

    def properties(self, name: str) -> dict[str, Json]:
        """The fields of an object schema, each resolved."""
        found = self._properties.get(name)
        if found is None:
            found = self._properties[name] = self.fields(self.schema(name))
        return found

    def fields(self, schema: Json) -> dict[str, Json]:
        """The fields of a schema and of those in its `allOf`, each resolved."""
        schema = self.resolve(schema)
        found: dict[str, Json] = {}
        for part in schema.get("allOf", ()):
            found |= self.fields(part)
        own: Json = schema.get("properties", {})
        return found | {field: self.resolve(each) for field, each in own.items()}

    def required(self, schema: Json) -> list[str]:
        """The required fields of a schema and of those in its `allOf`."""
        schema = self.resolve(schema)
        inherited = [name for part in schema.get("allOf", ()) for name in self.required(part)]
        return [*inherited, *schema.get("required", ())]

    def event(self, kind: str) -> EventShape:
        """The shape of the payload of an event type. Raises KeyError for a type that is not in the contract."""
        shape = self._events.get(kind)
        if shape is None:
            data = self.properties(f"{pascal_case(kind)}Event")["data"]
            nested = data.get("x-cstar-nested") or ""
            shape = EventShape(self.fields(data), nested, is_open=bool(data.get("additionalProperties")))
            self._events[kind] = shape
        return shape

    @property
    def event_types(self) -> list[str]:
        """All event types."""
        types: list[str] = self.schema("EventType").get("enum", [])
        return types


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a list, of any items."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_nullable(schema: Json) -> bool:
    """Whether a (resolved) schema allows null."""
    types = schema.get("type")
    if isinstance(types, list):
        return "null" in types
    return any(choice.get("type") == "null" for choice in schema.get("oneOf", ()) or schema.get("anyOf", ()))


@cache
def load_contract() -> Contract:
    """Load the contract from which the package was generated, once."""
    raw = files("cstar_async._generated").joinpath("schemas.json").read_bytes()
    return Contract(load_all(), orjson.loads(raw))


class Match(NamedTuple):
    """A matched path: its operations by method, and the values of its parameters in order."""

    operations: dict[str, Operation]
    values: tuple[str, ...]


class _Node:
    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.operations: dict[str, Operation] = {}


class Routes:
    """Finds the operations of a path. A literal part has precedence over a parameter (`/webhooks/trigger-test`)."""

    def __init__(self, operations: dict[str, Operation]) -> None:
        self._root = _Node()
        for operation in operations.values():
            node = self._root
            for part in operation.path.strip("/").split("/"):
                if part.startswith("{"):
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
                else:
                    node = node.literal.setdefault(part, _Node())
            node.operations[operation.method] = operation

    def match(self, path: str) -> Match | None:
        """Match a percent-encoded path. Returns None if the contract has no such path."""
        return _match(self._root, path.strip("/").split("/"), 0, ())


def _match(node: _Node, parts: list[str], index: int, values: tuple[str, ...]) -> Match | None:
    if index == len(parts):
        return Match(node.operations, values) if node.operations else None
    part = parts[index]
    if part in node.literal and (found := _match(node.literal[part], parts, index + 1, values)):
        return found
    if node.parameter is None or not part:
        return None
    return _match(node.parameter, parts, index + 1, (*values, unquote(part)))
