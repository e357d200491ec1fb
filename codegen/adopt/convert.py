"""Schemas that only the service's document has, in our terms."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.load import as_mapping, is_list, is_mapping
from codegen.references import SCHEMAS, TYPED, Schema, component_name

if TYPE_CHECKING:
    from .document import Document
    from .views import Views

_NULL: Schema = {"type": "null"}
_BESIDE_REFERENCE = ("description", "default", "deprecated")
_INNER = ("items", "additionalProperties", "not")
_INNER_LISTS = ("allOf", "oneOf", "anyOf")
_FEWEST_ALIKE = 4  # fields of an object that is recognised by them
_ALIKE = 0.9
_FEWEST_AFFIXED = 3


class Converter:
    """Brings schemas along. What they are called is decided once, and they are converted once.

    Attributes:
        own: Our component schemas, without those that only name one of theirs (`x-cstar-at`).
        components: The component schemas of the effective contract; ours are empty until they are merged.
    """

    def __init__(self, ours: Document, theirs: Document, views: Views) -> None:
        self._ours = ours.shapes
        self._theirs = theirs.shapes
        self._resolver = theirs.resolver
        self._views = views
        self._imported: dict[int, str] = {}
        self._claimed: dict[str, tuple[Schema, Schema]] = {}
        self._affix: tuple[str, str] | None = None
        self.own = {name: schema for name, schema in ours.components("schemas").items() if "x-cstar-at" not in schema}
        # Our names first, so that nothing of theirs takes one.
        self.components: dict[str, Schema] = {name: {} for name in self.own}

    def convert(self, schema: Any, where: str) -> Schema:
        """A schema of theirs in our terms: a known class by our name, `nullable` as a type."""
        if not is_mapping(schema):
            return {} if schema is not False else {"not": {}}
        core = self._theirs.core(schema)
        known = self._views.class_of(core.schema) or self._alike(core.schema)
        if known or "$ref" in schema:
            name = known or self._import(core.schema, schema)
            if name:
                beside: Schema = {word: schema[word] for word in _BESIDE_REFERENCE if word in schema}
                reference: Schema = {"$ref": SCHEMAS + name}
                return {**(with_null(reference) if core.nullable else reference), **copy.deepcopy(beside)}
        if "$ref" in schema:
            schema = self._resolver.follow(schema)
            if not is_mapping(schema):
                return {}
        return self._copy(schema, where)

    def _copy(self, schema: Schema, where: str) -> Schema:
        result: Schema = {}
        for word, value in schema.items():
            if word == "properties" and is_mapping(value):
                result[word] = {name: self.convert(prop, f"{where}.{name}") for name, prop in value.items()}
            elif word in _INNER and is_mapping(value):
                result[word] = self.convert(value, where)
            elif word in _INNER_LISTS and is_list(value):
                result[word] = [self.convert(part, where) for part in value]
            elif word == "discriminator" and is_mapping(value):
                result[word] = self._discriminator(value)
            elif word == "nullable" or (word.startswith("x-") and not word.startswith("x-cstar-")):
                continue
            else:
                result[word] = copy.deepcopy(value)
        return with_null(result) if schema.get("nullable") is True else result

    def _discriminator(self, discriminator: Schema) -> Schema:
        mapping = {
            value: self.convert({"$ref": self._reference(str(target))}, "").get("$ref", target)
            for value, target in as_mapping(discriminator.get("mapping")).items()
        }
        return {**discriminator, **({"mapping": mapping} if mapping else {})}

    def _reference(self, target: str) -> str:
        return SCHEMAS + target if target in self._resolver.components("schemas") else target

    def _import(self, core: Schema, schema: Schema) -> str:
        """Bring a component of theirs along; returns its name here, "" if it is none."""
        written = component_name(schema["$ref"])
        target = self._resolver.follow(schema)
        if written is None or not is_mapping(target):
            return ""
        if id(target) not in self._imported:
            is_alias = core is not target and bool(self._views.class_of(core))
            if is_alias:
                return self._views.class_of(core)
            name = naming.unique(self._without_affix(self._theirs.component(core) or written), self.components)
            self._imported[id(target)] = name
            self.components[name] = {}  # holds the name while its inside is converted
            self.components[name] = self._copy(target, name)
        return self._imported[id(target)]

    def claim(self, core: Schema, name: str, columns: Schema) -> None:
        """Call a schema of theirs so, with these columns of ours; `convert_claimed` converts it."""
        self._views.name(core, name)
        self._claimed[name] = core, columns
        self.components[name] = {}

    def convert_claimed(self) -> None:
        """Convert the schemas that were claimed, once all names are known."""
        for name, (core, columns) in self._claimed.items():
            self.components[name] = {**self._copy(core, name), **columns}

    def _without_affix(self, name: str) -> str:
        if self._affix is None:
            self._affix = self._shared_affix()
        before, behind = self._affix
        short = name.removeprefix(before).removesuffix(behind)
        return short if short and (before or behind) and name.startswith(before) and name.endswith(behind) else name

    def _shared_affix(self) -> tuple[str, str]:
        """What most of their names have that ours do not: `Dto` at the end."""
        votes: Counter[tuple[str, str]] = Counter()
        for theirs, schema in self._resolver.components("schemas").items():
            ours = self._views.class_of(self._theirs.core(schema).schema)
            if ours and theirs != ours and ours in theirs:
                before, _, behind = theirs.partition(ours)
                votes[before, behind] += 1
        best = max(votes, key=lambda affix: (votes[affix], affix), default=("", ""))
        return best if votes[best] >= _FEWEST_AFFIXED else ("", "")

    def _alike(self, core: Schema) -> str:
        """The component of ours that an object has nearly all fields of, and few besides.

        An object with a name of its own is one of ours that stands nowhere else in the service's document.
        """
        if self._theirs.kind(core) != "object":
            return ""
        is_named = bool(self._theirs.component(core))
        fields = set(self._theirs.view(core).properties)
        for name, own in self.own.items():
            if "x-cstar-runtime" in own or (is_named and self._views.of(self._ours.core(own).schema)):
                continue
            known = set(self._ours.view(own).properties)
            if len(known) >= _FEWEST_ALIKE and len(fields & known) >= _ALIKE * max(len(fields), len(known)):
                self._views.name(core, name)
                return name
        return ""


def with_null(schema: Schema) -> Schema:
    """The schema, or null."""
    types = schema.get("type")
    if types is None or "const" in schema:
        inner = {word: value for word, value in schema.items() if word in TYPED}
        if not inner:
            return schema  # anything includes null
        alternatives = schema["oneOf"] if set(inner) == {"oneOf"} else [inner]
        if _NULL in alternatives:
            return schema
        return {**{k: v for k, v in schema.items() if k not in inner}, "oneOf": [*alternatives, _NULL]}
    names = types if is_list(types) else [types]
    result = {**schema, "type": names if "null" in names else [*names, "null"]}
    if is_list(schema.get("enum")) and None not in schema["enum"]:
        result["enum"] = [*schema["enum"], None]
    return result
