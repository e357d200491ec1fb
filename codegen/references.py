"""Resolve `$ref` inside one document, and collect the fields of objects through `allOf`."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import unquote

import attrs

from .errors import ContractError
from .load import as_list, as_mapping, is_list, is_mapping

Schema = dict[str, Any]
SCHEMAS = "#/components/schemas/"
TYPED = frozenset({"$ref", "type", "properties", "allOf", "oneOf", "anyOf", "enum", "const", "items", "required"})
"""Words of a schema that say what a value looks like; the others describe or limit it."""


@attrs.frozen
class Members:
    """An object as its own schema and all parts of its `allOf` describe it together."""

    properties: dict[str, Any]
    required: list[str]
    additional: Any
    """The `additionalProperties`, None if the schema does not mention them."""


class Resolver:
    """References of one document. Those that leave it are refused: a contract is one file."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._merged: dict[tuple[int, ...], Schema] = {}
        self._objects: dict[int, bool] = {}

    def components(self, section: str) -> dict[str, Any]:
        """`components.<section>`, empty if it is missing."""
        return as_mapping(as_mapping(self._document.get("components")).get(section))

    def target(self, reference: str) -> Any:
        """Return what a reference names. Raises ContractError if it names nothing."""
        if not reference.startswith("#"):
            raise ContractError([f"$ref {reference!r} leaves the document; bundle it into one file first"])
        if not reference.startswith("#/"):
            raise ContractError([f"$ref {reference!r} is not a path in the document, such as '{SCHEMAS}Pet'"])
        current: Any = self._document
        for part in reference[2:].split("/"):
            key = _unescape(part)
            try:
                current = current[int(key)] if is_list(current) else current[key]
            except (KeyError, IndexError, TypeError, ValueError):
                raise ContractError([f"$ref {reference!r} does not exist in the document"]) from None
        return current

    def follow(self, value: Any) -> Any:
        """Follow references until `value` is not one. Raises ContractError if a reference leads nowhere."""
        seen: list[str] = []
        while is_mapping(value) and isinstance(value.get("$ref"), str):
            if value["$ref"] in seen:
                raise ContractError([f"$ref {value['$ref']!r} leads back to itself"])
            seen.append(value["$ref"])
            value = self.target(value["$ref"])
        return value

    def has_mark(self, schema: Any, word: str) -> bool:
        """Whether a schema, what it refers to, or a part of its `allOf` is marked: `readOnly: true`, for example."""
        return any(
            is_mapping(marked)
            and (marked.get(word) is True or any(self.has_mark(part, word) for part in as_list(marked.get("allOf"))))
            for marked in (schema, self.follow(schema))
        )

    def is_object(self, schema: Any) -> bool:
        """Whether a schema describes objects, directly or by all parts and branches."""
        target = self.follow(schema)
        if not is_mapping(target):
            return False
        if id(target) not in self._objects:
            self._objects[id(target)] = True  # assumed while a recursive schema is followed
            choices = [] if only_limits(branches(target)) else branches(target)
            self._objects[id(target)] = (
                target.get("type", "object") in ("object", ["object"], ["object", "null"])
                and says_type(target)
                and not {"enum", "const", "items"} & set(target)
                and all(self.is_object(part) for part in [*meaningful_parts(target), *choices])
            )
        return self._objects[id(target)]

    def extends(self, schema: Any, base: Any) -> bool:
        """Whether a schema is `base`, or has it among the parts of its `allOf`, directly or through other parts."""
        target = self._meant(schema)
        return target is self._meant(base) or (
            is_mapping(target) and any(self.extends(part, base) for part in as_list(target.get("allOf")))
        )

    def _meant(self, schema: Any) -> Any:
        """Follow references, and an `allOf` that only describes or limits its one part."""
        target = self.follow(schema)
        while is_mapping(target) and not TYPED & set(target) - {"allOf", "type"} and not types_additional(target):
            parts = meaningful_parts(target)
            if len(parts) != 1:
                break
            target = self.follow(parts[0])
        return target

    def members(self, schema: Any, above: tuple[int, ...] = ()) -> Members:
        """The fields of an object, through references and `allOf`; of a field in several parts, the narrower type wins.

        Where it may be one thing or another (`oneOf`, `anyOf`), it has the fields of all of them. `above` are the
        schemas that it was reached from.
        """
        schema = self.follow(schema)
        if not is_mapping(schema):
            return Members({}, [], None)
        above = (*above, id(schema))
        inherited = [self.members(part, above) for part in as_list(schema.get("allOf"))]
        choices = [] if only_limits(branches(schema)) else branches(schema)
        # If Pet is a Cat or a Dog and Cat extends Pet, Cat must not get the fields of Dog.
        if choices and not any(id(self.follow(choice)) in above for choice in choices):
            inherited.insert(0, self._either([self.members(choice, above) for choice in choices]))
        own = Members(schema.get("properties") or {}, required_names(schema), schema.get("additionalProperties"))
        properties: dict[str, Any] = {}
        for members in [*inherited, own]:
            for name, prop in members.properties.items():
                # A part that only adds a description or a limit does not take the type away.
                if name not in properties:
                    properties[name] = prop
                elif not is_mapping(prop) or says_type(prop):
                    properties[name] = self._both(properties[name], prop)
        return Members(
            properties,
            [name for members in [*inherited, own] for name in members.required],
            next((m.additional for m in [own, *inherited] if m.additional is not None), None),
        )

    def _both(self, earlier: Any, later: Any) -> Any:
        """A field in two parts of an `allOf`: the fields of both objects, the narrower type, or the later part."""
        one, two = self.follow(earlier), self.follow(later)
        if not is_mapping(one) or not is_mapping(two) or self.extends(later, earlier):
            return later
        if self.extends(earlier, later):
            return earlier
        if any(schema.get("properties") or schema.get("allOf") for schema in (one, two)) and all(
            _says_members(schema) and self.is_object(schema) for schema in (one, two)
        ):
            key = (id(one), id(two), id(self))  # `self`, since `_one_of` has keys of the schemas alone
            return self._merged.setdefault(key, {"allOf": [earlier, later]})
        if "items" in one and "items" in two:
            return self._both_lists(one, two)
        is_plain = not (TYPED | {"format", "additionalProperties"}) & set(two) - {"type"}
        same_type = one.get("type") == two.get("type") or (one.get("type"), two.get("type")) == ("integer", "number")
        return earlier if is_plain and same_type else later

    def _both_lists(self, one: Schema, two: Schema) -> Schema:
        """A list in two parts of an `allOf`: each of its items is what both parts say of one."""
        items = self._both(one["items"], two["items"])
        if items is two["items"]:
            return two
        key = (id(one), id(two), id(self))
        return self._merged.setdefault(key, {**one, **two, "items": items})

    def _either(self, choices: list[Members]) -> Members:
        """The fields of an object that is one of several; required are those that all of them require."""
        found: dict[str, list[Any]] = {}
        for choice in choices:
            for name, prop in choice.properties.items():
                if all(prop is not other for other in found.setdefault(name, [])):
                    found[name].append(prop)
        return Members(
            {name: self._one_of(props) for name, props in found.items()},
            [name for name in choices[0].required if all(name in choice.required for choice in choices)],
            True if any(choice.additional not in (None, False) for choice in choices) else None,
        )

    def _one_of(self, schemas: list[Any]) -> Any:
        """A union of these schemas; the same object each time, so that it becomes one class."""
        if len(schemas) == 1:
            return schemas[0]
        key = tuple(id(schema) for schema in schemas)
        if key not in self._merged:
            values = [listed_values(self.follow(schema)) for schema in schemas]
            listed = [value for some in values for value in some or []]
            self._merged[key] = {"anyOf": schemas} if None in values else {"enum": listed}
        return self._merged[key]


def says_type(schema: Schema) -> bool:
    """Whether a schema says what a value looks like, and does not only describe or limit it."""
    return bool(TYPED & set(schema)) or types_additional(schema)


def types_additional(schema: Schema) -> bool:
    """Whether the `additionalProperties` of a schema have a type."""
    return schema.get("additionalProperties") not in (None, True, False, {})


def meaningful_parts(schema: Schema) -> list[Schema]:
    """The parts of its `allOf` that say what a value looks like."""
    return [part for part in as_list(schema.get("allOf")) if is_mapping(part) and says_type(part)]


def _says_members(schema: Schema) -> bool:
    """Whether the schema of an object says what its members are."""
    words = ("properties", "allOf", "oneOf", "anyOf")
    return any(schema.get(word) for word in words) or bool(required_names(schema)) or types_additional(schema)


def required_names(schema: Schema) -> list[str]:
    """The names that a schema requires. `required: true` on a field, which has no meaning, requires none."""
    names = schema.get("required")
    return names if is_list(names) else []


def branches(schema: Schema) -> list[Any]:
    """The alternatives of its `oneOf` or `anyOf`."""
    return schema.get("oneOf") or schema.get("anyOf") or []


def only_limits(choices: list[Any]) -> bool:
    """Whether the branches of a oneOf or anyOf only say which fields are required together."""
    return all(is_mapping(c) and not set(c) - {"required", "title", "description", "not"} for c in choices)


def component_name(reference: str) -> str | None:
    """The name of the component schema that a reference names directly, or None."""
    name = reference.removeprefix(SCHEMAS)
    return _unescape(name) if name != reference and "/" not in name else None


def listed_values(schema: Any) -> list[Any] | None:
    """The values that a schema lists as `enum` or `const`, None if it lists none."""
    if not is_mapping(schema) or not {"enum", "const"} & set(schema) or schema.get("nullable"):
        return None
    values: list[Any] = schema["enum"] if "enum" in schema else [schema["const"]]
    return values


@cache
def _unescape(part: str) -> str:
    return unquote(part).replace("~1", "/").replace("~0", "~")
