"""Rewrite schemas so that openapi-python-client reads them without loss.

The parser drops or changes some constructs (nullable enums, discriminators, inline objects in unions, `allOf` in
`allOf`). So each object and enum becomes a component that has all fields of its `allOf`; null becomes a member of a
union; keywords that do not affect the type are removed; and each name is replaced by a token (`naming.Tokens`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import naming
from .discriminators import Discriminators
from .load import as_list, as_mapping, is_list, is_mapping
from .references import (
    SCHEMAS,
    Schema,
    branches,
    component_name,
    meaningful_parts,
    only_limits,
    required_names,
    types_additional,
)

if TYPE_CHECKING:
    from .references import Resolver

_FORMATS = {"date-time", "date", "uuid"}
_NULL: Schema = {"type": "null"}
_JSON_TYPES: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}


class Normaliser:
    """Normalises the schemas of one document."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.classes = naming.Tokens("Xz")
        self.names = naming.Tokens("pz")
        self.raw: dict[str, Schema] = {}
        """Class name → its schema, as written in the document."""
        self.components: dict[str, Schema] = {}
        """Token of a class or a map → the schema that the parser gets."""
        self.maps: set[str] = set()
        """Tokens of the objects without fields of their own, which are classes to the parser."""
        self._claims = naming.ClassNames()
        # By identity: a schema is one class, whichever reference leads to it. `raw` keeps the schemas alive.
        self._class_of: dict[int, str] = {}
        self._variants: dict[tuple[int, str], Schema] = {}
        self._following: list[int] = []
        self._hierarchies: dict[str, Schema] = {}
        """Class of a base → the union of all classes of its hierarchy."""
        self.discriminators = Discriminators(resolver, self.raw, self.class_of, self._without_null)

    def add_components(self) -> None:
        """Define classes for the component schemas, used or not. They come first, so that they keep their own names."""
        schemas = self._resolver.components("schemas")
        own = [(name, schema) for name, schema in schemas.items() if is_mapping(schema) and "$ref" not in schema]
        for name, schema in own:
            plain = self._without_null(schema)
            if self._is_class(plain) and id(plain) not in self._class_of:
                self._claim(plain, name)
        for name, schema in own:
            self._define(self._without_null(schema), SCHEMAS + name)

    def class_of(self, schema: Any) -> str | None:
        """Return the name of the class for a schema, or None if it has none."""
        schema = self._resolver.follow(schema)
        return self._class_of.get(id(self._without_null(schema))) if is_mapping(schema) else None

    def normalise(self, schema: Any, wanted: str, place: str) -> Schema:
        """Return the schema with a reference for each object and enum. `wanted` is the name for an anonymous class."""
        if not is_mapping(schema):
            return {}  # true, false or missing: anything
        plain = self._without_null(schema)
        if plain is not schema:
            normal = self.normalise(plain, wanted, place)
            return _with_null(normal) if _is_nullable(schema) else normal
        if "$ref" in schema:
            return self._normal_reference(schema["$ref"], wanted, place)
        if id(schema) in self._class_of:
            return self._typed(schema)
        if is_list(schema.get("type")):
            kinds = schema["type"]
            members = [self.normalise(self._variant(schema, {"type": t}), wanted, place) for t in kinds]
            return _union(members)
        if self._is_class(schema):
            self._claim(schema, wanted)
            self._define(schema, place)
            return self._typed(schema)
        return self._normal_anonymous(schema, wanted, place)

    # Classes

    def _claim(self, schema: Schema, wanted: str) -> str:
        name = self._claims.claim(wanted, enum=bool(_enum_values(schema)))
        self._class_of[id(schema)] = name
        self.raw[name] = schema
        return name

    def _reference(self, class_name: str) -> Schema:
        return {"$ref": SCHEMAS + self.classes.token(class_name)}

    def _is_class(self, schema: Schema) -> bool:
        """Whether a schema becomes a class: objects with fields, and enums of text or of whole numbers."""
        if "$ref" in schema or is_list(schema.get("type")):
            return False
        if _enum_values(schema):
            return True
        if schema.get("type", "object") != "object":
            return False
        parts, choice = meaningful_parts(schema), not only_limits(branches(schema))
        if not all(self._resolver.is_object(part) for part in [*parts, *(branches(schema) if choice else [])]):
            return False
        own = bool(required_names(schema)) + choice + types_additional(schema)
        return bool(schema.get("properties") or self.discriminators.is_heir(schema)) or (
            bool(parts) and len(parts) + own > 1
        )

    def _define(self, schema: Schema, place: str) -> None:
        """Define the class of a schema, if it has one that is not defined yet."""
        name = self._class_of.get(id(schema))
        if name is None or (token := self.classes.token(name)) in self.components:
            return
        values = _enum_values(schema)
        if values:
            self.components[token] = {"type": "string" if isinstance(values[0], str) else "integer", "enum": values}
            return
        self.components[token] = {}  # a placeholder while recursive schemas are followed
        outside, self._following = self._following, []
        for part in [*meaningful_parts(schema), *branches(schema)]:
            if "$ref" in part:  # so that inherited anonymous classes are named after it
                self._define(self._without_null(self._resolver.follow(part)), part["$ref"])
        members = self._resolver.members(schema)
        properties = {
            self.names.token(wire): self.normalise(prop, name + naming.pascal(wire), f"{place}.{wire}")
            for wire, prop in members.properties.items()
        }
        self.components[token] = {
            "type": "object",
            "properties": properties,
            "required": [self.names.token(wire) for wire in dict.fromkeys(members.required)],
            "additionalProperties": self._additional(members.additional, name, place),
        }
        self._following = outside

    def _additional(self, additional: Any, name: str, place: str) -> Any:
        if not is_mapping(additional):
            return additional is True  # None if not mentioned: unknown fields are ignored
        return self.normalise(additional, f"{name}Value", f"{place}.*") or True

    # Other schemas

    def _normal_reference(self, reference: str, wanted: str, place: str) -> Schema:
        target = self._resolver.follow({"$ref": reference})
        name = component_name(reference)
        if name is not None:
            wanted, place = naming.pascal(name), SCHEMAS + name
        if id(target) in self._following:
            return {}  # a list that contains itself; only classes can be recursive
        self._following.append(id(target))
        try:
            return self.normalise(target, wanted, place)
        finally:
            self._following.pop()

    def _normal_anonymous(self, schema: Schema, wanted: str, place: str) -> Schema:
        parts, choices = meaningful_parts(schema), branches(schema)
        if parts or (schema.get("properties") and not only_limits(choices)):
            if not only_limits(choices):
                parts = [*parts, self._variant(schema, {"allOf": [], "properties": {}})]
            if schema.get("properties"):
                parts = [*parts, self._variant(schema, {"allOf": [], "oneOf": [], "anyOf": []})]
            found = [self.normalise(part, wanted, place) for part in parts]
            # A type that contradicts its parts does not take their type away.
            is_array = "items" in schema and schema.get("type", "array") == "array"
            own = self._normal_plain(schema, wanted, place) if is_array else _own_scalar(schema)
            return self._intersection([*found, own]) or self._intersection(found)
        if not only_limits(choices):
            return self._normal_union(schema, choices, wanted, place)
        return self._normal_plain(schema, wanted, place)

    def _intersection(self, schemas: list[Schema]) -> Schema:
        """Return the normal schema that all of these allow; {} (anything) if a type cannot express it."""
        meant = [schema for schema in schemas if schema]
        if not meant:
            return {}
        found, *others = (schema.get("oneOf", [schema]) for schema in meant)
        for other in others:
            found = [both for one in found for two in other if (both := self._narrower(one, two)) is not None]
        return _union(found)

    def _narrower(self, one: Schema, two: Schema) -> Schema | None:
        if one == two:
            return one
        if one.get("type") == two.get("type") == "array":
            return {"type": "array", "items": self._intersection([one["items"], two["items"]])}
        for wide, narrow in ((one, two), (two, one)):
            kind = self._kind(narrow["$ref"]) if "$ref" in narrow else narrow
            if wide in ({"type": "string"}, {"type": "integer"}) and kind.get("type") == wide["type"]:
                return narrow
            if wide == {"type": "number"} and kind == {"type": "integer"}:
                return narrow
        return None

    def _kind(self, reference: str) -> Schema:
        """Return the type of a class or a map, which may not be defined yet."""
        token = component_name(reference) or ""
        values = [] if token in self.maps else _enum_values(self.raw[self.classes.name(token)])
        return {"type": "object" if not values else "string" if isinstance(values[0], str) else "integer"}

    def _normal_plain(self, schema: Schema, wanted: str, place: str) -> Schema:
        kind = schema.get("type") or ("array" if "items" in schema else None)
        if "const" in schema and kind is None:
            kind = _JSON_TYPES.get(type(schema["const"]))
        if kind == "array":
            return {"type": "array", "items": self.normalise(schema.get("items"), f"{wanted}Item", f"{place}[]")}
        if kind == "object" or (kind is None and is_mapping(schema.get("additionalProperties"))):
            return self._map(schema.get("additionalProperties", True), wanted, place)
        if schema.get("enum") and kind not in {"boolean", "number"}:
            return {}  # values of several types
        if is_binary(schema):
            return {"type": "string", "format": "binary"}
        if kind == "string" and schema.get("format") in _FORMATS:
            return {"type": "string", "format": schema["format"]}
        if kind in {"string", "integer", "number", "boolean", "null"}:
            return {"type": kind}
        return {}

    def _map(self, values: Any, wanted: str, place: str) -> Schema:
        """Define an object whose members have one type: a class without fields, which `parse` turns back into a map."""
        value = self.normalise(values, f"{wanted}Value", f"{place}.*")
        token = self.classes.token(f"the map {len(self.maps)}")  # no class name has blanks
        self.maps.add(token)
        self.components[token] = {"type": "object", "additionalProperties": value or True}
        return {"$ref": SCHEMAS + token}

    def _normal_union(self, schema: Schema, choices: list[Any], wanted: str, place: str) -> Schema:
        # `oneOf: [X, null]` is X that may be null: X needs no number.
        several = sum(branch != _NULL for branch in choices) > 1
        members = [
            self.normalise(branch, f"{wanted}Option{number}" if several else wanted, f"{place}({number})")
            for number, branch in enumerate(choices, 1)
        ]
        union = _union(members)
        tokens = [component_name(member.get("$ref", "")) for member in union.get("oneOf", [union])]
        classes = [self.classes.name(token) for token in tokens if token and token not in self.maps]
        self.discriminators.add_union(as_mapping(schema.get("discriminator")), choices, classes)
        return union

    def _typed(self, schema: Schema) -> Schema:
        """Return the reference to the class of a schema; for the base of a hierarchy, the union of all its classes."""
        base = self._class_of[id(schema)]
        if base not in self._hierarchies:
            names = [self.class_of(heir) for heir in self.discriminators.heirs(schema)]
            heirs = [
                name for name in dict.fromkeys(names) if name not in (None, base) and not _enum_values(self.raw[name])
            ]
            self._hierarchies[base] = _union([*map(self._reference, heirs), self._reference(base)])
            if heirs:
                self.discriminators.add_hierarchy(schema, base, heirs)
        return self._hierarchies[base]

    # null

    def _variant(self, schema: Schema, changes: dict[str, Any]) -> Schema:
        """Return a changed copy, the same object on each call, so that it becomes one class."""
        key = (id(schema), str(changes))
        if key not in self._variants:
            self._variants[key] = {**schema, **changes}
        return self._variants[key]

    def _without_null(self, schema: Schema) -> Schema:
        """Return the schema without null; a list of one type becomes that type."""
        kinds = schema.get("type")
        if not _is_nullable(schema):
            if is_list(kinds) and len(kinds) == 1:
                return self._variant(schema, {"type": kinds[0]})
            return schema
        changes: dict[str, Any] = {"nullable": False}
        if is_list(schema.get("enum")):
            changes["enum"] = [value for value in schema["enum"] if value is not None]
        if is_list(kinds):
            types = [name for name in kinds if name != "null"]
            changes["type"] = types[0] if len(types) == 1 else types or "null"
        return self._variant(schema, changes)


def _own_scalar(schema: Schema) -> Schema:
    """The type that a schema has beside its `allOf`, if that is text, a number or a boolean; else {}."""
    form = schema.get("format")
    kind = schema.get("type", "string" if form in _FORMATS else None)
    if kind not in ("string", "integer", "number", "boolean"):
        return {}
    return {"type": kind, "format": form} if kind == "string" and form in _FORMATS else {"type": kind}


def is_binary(schema: Schema) -> bool:
    """Whether it is bytes: of the format `binary`, or (3.1) of a media type other than text, without an encoding."""
    if schema.get("type", "string") != "string":
        return False
    kind = schema.get("contentMediaType")
    is_media = isinstance(kind, str) and "contentEncoding" not in schema and not kind.startswith("text/")
    return schema.get("format") == "binary" or (is_media and "json" not in str(kind))


def _is_nullable(schema: Schema) -> bool:
    kinds = schema.get("type")
    return (
        schema.get("nullable") is True
        or (is_list(kinds) and "null" in kinds)
        or (is_list(schema.get("enum")) and None in schema["enum"])
    )


def _with_null(schema: Schema) -> Schema:
    return _union([schema, _NULL]) if schema else schema  # anything includes null


def _union(members: list[Schema]) -> Schema:
    """Return the union of normal schemas: flat, without duplicates, null last."""
    flat: list[Schema] = []
    for member in members:
        flat += [inner for inner in member.get("oneOf", [member]) if inner not in flat]
    if {} in flat or not flat:
        return {}
    ordered = [member for member in flat if member != _NULL] + [member for member in flat if member == _NULL]
    return ordered[0] if len(ordered) == 1 else {"oneOf": ordered}


def without_null(schema: Schema) -> Schema:
    """Return a normal schema without null, which a path or a header cannot express."""
    return _union([m for m in schema.get("oneOf", [schema]) if m != _NULL]) or schema


def _enum_values(schema: Schema) -> list[Any]:
    """Return the values if all are text or all are whole numbers, as the type says; otherwise an empty list."""
    values = list(dict.fromkeys(value for value in as_list(schema.get("enum")) if isinstance(value, str | int)))
    if not values or len(values) != len({repr(value) for value in schema["enum"]}):
        return []
    for python, json in ((str, "string"), (int, "integer")):
        if all(type(value) is python for value in values) and schema.get("type", json) in (json, [json]):
            return values
    return []
