"""Which schema of one document is which of another: by where it is used, never by its name."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

import attrs

from codegen.load import as_list, is_list, is_mapping
from codegen.references import SCHEMAS, TYPED, Schema, branches, component_name, only_limits

from .places import fold

if TYPE_CHECKING:
    from codegen.references import Resolver

_NULL = ({"type": "null"}, {"enum": [None]}, {"const": None})
_JSON_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


@attrs.frozen
class Core:
    """A schema without what surrounds it: references, single `allOf`, null."""

    schema: Schema
    nullable: bool


@attrs.frozen
class View:
    """An object as the other document describes it at one place."""

    schema: Schema
    properties: dict[str, tuple[str, Any]]
    """Folded name → wire name and schema."""
    required: frozenset[str]
    states_required: bool
    """Whether it says anywhere which fields are required."""
    additional: Any
    partial: bool
    """It is seen from a part of ours (`allOf`): a field that the part does not have belongs to another part."""


class Shapes:
    """Reads the schemas of one document."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._names: dict[int, str] | None = None

    def core(self, schema: Any) -> Core:
        """A schema without references, single `allOf` and null around it."""
        nullable = False
        while True:
            schema = self._resolver.follow(schema)
            if not is_mapping(schema):
                return Core({}, nullable)
            nullable = nullable or _allows_null(schema)
            own = {word for word in TYPED & set(schema) if schema[word]} - {"allOf", "oneOf", "anyOf"}
            alternatives = [each for each in branches(schema) if not _is_null(each)]
            nullable = nullable or len(alternatives) < len(branches(schema))
            parts = [part for part in as_list(schema.get("allOf")) if is_mapping(part) and TYPED & set(part)]
            inside = [*parts, *([] if only_limits(alternatives) else alternatives)]
            if len(inside) != 1 or own - ({"type"} if schema.get("type") in ("object", ["object"]) else set[str]()):
                return Core(schema, nullable)
            schema = inside[0]

    def kind(self, schema: Schema) -> str:
        """`object`, `map` (an object without fields), `array`, `union`, `any` or the name of a JSON type."""
        types = [name for name in _as_names(schema.get("type")) if name != "null"]
        if len(types) > 1:
            return "union"
        listed: list[Any] = as_list(schema.get("enum")) or ([schema["const"]] if "const" in schema else [])
        kinds = {_json_kind(value) for value in listed if value is not None}
        kind = types[0] if types else kinds.pop() if len(kinds) == 1 else ""
        if kind not in {"", "object"}:
            return kind
        if self._resolver.members(schema).properties:
            return "object"
        if kind or is_mapping(schema.get("additionalProperties")):
            return "map"
        if "items" in schema:
            return "array"
        inner = {self.kind(self.core(each).schema) for each in branches(schema)}
        return (inner.pop() if len(inner) == 1 else "union") if inner else "any"

    def view(self, schema: Schema, *, partial: bool = False) -> View:
        """The fields of an object, through references and `allOf`."""
        members = self._resolver.members(schema)
        return View(
            schema=schema,
            properties={fold(name): (name, prop) for name, prop in members.properties.items()},
            required=frozenset(fold(name) for name in members.required),
            states_required=self._states_required(schema, set()),
            additional=members.additional,
            partial=partial,
        )

    def _states_required(self, schema: Any, seen: set[int]) -> bool:
        schema = self._resolver.follow(schema)
        if not is_mapping(schema) or id(schema) in seen:
            return False
        seen.add(id(schema))
        parts = [*as_list(schema.get("allOf")), *branches(schema)]
        return "required" in schema or any(self._states_required(part, seen) for part in parts)

    def items(self, schema: Schema) -> Any:
        """What an array has, through `allOf`."""
        parts = [schema, *(part for part in as_list(schema.get("allOf")) if is_mapping(part))]
        return next((part["items"] for part in parts if "items" in part), True)

    def values(self, schema: Schema) -> list[Any] | None:
        """The values that a schema lists, without null; None if it lists none."""
        if is_list(schema.get("enum")):
            return [value for value in schema["enum"] if value is not None]
        if "const" in schema:
            return [schema["const"]]
        found = [self.values(self.core(each).schema) for each in branches(schema)]
        listed = [values for values in found if values is not None]
        return [value for values in listed for value in values] if listed and len(listed) == len(found) else None

    def component(self, core: Schema) -> str:
        """The name of the component that a core belongs to, or ""."""
        if self._names is None:
            self._names = {}
            for name in self._resolver.components("schemas"):
                self._names.setdefault(id(self.core({"$ref": SCHEMAS + _escaped(name)}).schema), name)
        return self._names.get(id(core), "")


class Views:
    """The schemas of the service's document, by the one of ours that stands at the same place."""

    def __init__(self, ours: Shapes, theirs: Shapes) -> None:
        self._ours = ours
        self._theirs = theirs
        self._seen: set[tuple[int, int, bool]] = set()
        self._cores: defaultdict[int, list[tuple[Schema, bool]]] = defaultdict(list)
        self._class_of: dict[int, str] = {}
        self._waiting: deque[tuple[Any, Any, bool]] = deque()

    def see(self, ours: Any, theirs: Any) -> None:
        """Walk through both schemas in step."""
        self._waiting.append((ours, theirs, False))
        while self._waiting:
            self._look(*self._waiting.popleft())

    def of(self, core: Schema) -> list[tuple[Schema, bool]]:
        """Their cores of one of ours, and whether each is a view of a part alone."""
        return self._cores.get(id(core), [])

    def class_of(self, core: Schema) -> str:
        """The component of ours that a core of theirs is, or ""."""
        return self._class_of.get(id(core), "")

    def name(self, core: Schema, component: str) -> None:
        """Say that a core of theirs is called so here."""
        self._class_of[id(core)] = component

    def _look(self, ours: Any, theirs: Any, partial: bool) -> None:  # noqa: FBT001  # an entry of the waiting list
        our, their = self._ours.core(ours).schema, self._theirs.core(theirs).schema
        if (id(our), id(their), partial) in self._seen:
            return
        self._seen.add((id(our), id(their), partial))
        kind, other = self._ours.kind(our), self._theirs.kind(their)
        self._cores[id(our)].append((their, partial))
        if kind != other:
            return
        component = self._ours.component(our)
        if component and not partial and (kind == "object" or self._theirs.values(their)):
            self._class_of.setdefault(id(their), component)
        if kind == "object":
            self._look_inside(our, their, partial=partial)
        elif kind == "array":
            self._waiting.append((self._ours.items(our), self._theirs.items(their), False))
        elif kind == "map":
            values = our.get("additionalProperties"), their.get("additionalProperties")
            if is_mapping(values[0]) and is_mapping(values[1]):
                self._waiting.append((*values, False))

    def _look_inside(self, our: Schema, their: Schema, *, partial: bool) -> None:
        theirs = self._theirs.view(their).properties
        for name, (_, prop) in self._ours.view(our).properties.items():
            if name in theirs:
                self._waiting.append((prop, theirs[name][1], partial and self._is_plain(prop)))
        for part in (part for part in as_list(our.get("allOf")) if "$ref" in part):
            # What extends a class says of its fields what holds there; theirs of the same fields is the class itself.
            self._waiting.append((part, their, True))
            fields = set(self._ours.view(part).properties)
            bases = [base for base in as_list(their.get("allOf")) if is_mapping(base) and "$ref" in base]
            same = [base for base in bases if set(self._theirs.view(base).properties) == fields]
            self._waiting.extend((part, base, False) for base in same)

    def _is_plain(self, schema: Any) -> bool:
        return self._ours.kind(self._ours.core(schema).schema) not in {"object", "map", "array"}


def is_reference(schema: Any) -> bool:
    """Whether a schema, null aside, refers to a component by name."""
    if not is_mapping(schema):
        return False
    found = [schema, *(each for each in branches(schema) if not _is_null(each))]
    return any("$ref" in each and component_name(each["$ref"]) is not None for each in found if is_mapping(each))


def _json_kind(value: object) -> str:
    return next((name for kind, name in _JSON_KINDS.items() if isinstance(value, kind)), "any")


def _allows_null(schema: Schema) -> bool:
    return (
        schema.get("nullable") is True
        or "null" in _as_names(schema.get("type"))
        or (is_list(schema.get("enum")) and None in schema["enum"])
    )


def _is_null(schema: Any) -> bool:
    return is_mapping(schema) and {key: value for key, value in schema.items() if key in TYPED} in _NULL


def _as_names(types: Any) -> list[str]:
    return types if is_list(types) else [types] if isinstance(types, str) else []


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
