"""Schemas of both documents, merged fact by fact: the service has the word, names and columns are ours."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.load import as_list, as_mapping, is_list, is_mapping
from codegen.references import SCHEMAS, TYPED, Schema, component_name

from .document import EFFECTIVE, RECONSTRUCTION
from .places import fold
from .views import is_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Document
    from .report import Report
    from .views import View, Views

_NULL: Schema = {"type": "null"}
_LIMITS = (
    "format",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "readOnly",
    "writeOnly",
    "deprecated",
)
_BESIDE_REFERENCE = ("description", "default", "deprecated")
_INNER = ("items", "additionalProperties", "not")
_INNER_LISTS = ("allOf", "oneOf", "anyOf")
_FEWEST_ALIKE = 4  # fields of an object that is recognised by them
_ALIKE = 0.9
_FEWEST_AFFIXED = 3


class Merger:
    """Makes the schemas of the effective contract; they are in `components` after `run`.

    Args:
        ours: Our document.
        theirs: The service's.
        views: Which of their schemas are which of ours.
        report: What is found is written there.
        drop: Leave out what only we have.
    """

    def __init__(self, ours: Document, theirs: Document, views: Views, report: Report, *, drop: bool) -> None:
        self._ours = ours.shapes
        self._theirs = theirs.shapes
        self._resolver = theirs.resolver
        self._views = views
        self._report = report
        self._drop = drop
        self._own = {name: schema for name, schema in ours.components("schemas").items() if "x-cstar-at" not in schema}
        self._is_effective = theirs.raw.get(EFFECTIVE) is True
        self._is_ours = self._is_effective or theirs.raw.get(RECONSTRUCTION) is True
        self._imported: dict[int, str] = {}
        self._claimed: dict[str, tuple[Schema, Schema]] = {}
        self._affix: tuple[str, str] | None = None
        self.components: dict[str, Schema] = {}

    def run(self) -> None:
        """Merge every component of ours with its views."""
        # First the names, so that nothing of theirs takes one.
        for name in self._own:
            self.components.setdefault(name, {})
        for name, schema in self._own.items():
            core = self._ours.core(schema).schema
            found = self._views.of(core)
            self.components[name] = self._core(core, found, name) if found and core is schema else schema
        for name, (core, columns) in self._claimed.items():
            self.components[name] = {**self._copy(core, name), **columns}

    # What both have

    def place(self, ours: Any, theirs: Sequence[Any], where: str, *, partial: bool = False) -> Any:
        """Our schema at a place, with what theirs at the same place say.

        Args:
            ours: Our schema.
            theirs: Their schemas there, one for each view of what surrounds it.
            where: Of what it is, for messages: `Ticket.title`.
            partial: They are seen from a part of ours, of which they say what holds in the whole.
        """
        if not theirs or not is_mapping(ours):
            return ours
        core = self._ours.core(ours)
        cores = [self._theirs.core(each) for each in theirs]
        if self._contradicts(core.schema, [each.schema for each in cores], where):
            stated = self.convert(theirs[0], where)
            return _with_null(stated) if core.nullable else stated
        nullable = core.nullable or any(each.nullable for each in cores)
        if is_reference(ours) or core.schema is not ours:
            merged = dict(ours)
        else:
            merged = self._core(ours, [(each.schema, partial) for each in cores], where)
        if nullable and not core.nullable:
            merged = _with_null(merged)
        self._describe(merged, theirs, [each.schema for each in cores], core.schema)
        return merged

    def mark(self, *theirs: Any) -> Schema:
        """Where a fact comes from that the service's document has. That document may say so itself."""
        stated = next((each["x-cstar-source"] for each in theirs if is_mapping(each) and "x-cstar-source" in each), "")
        source = stated or ("" if self._is_ours else "spec")
        return {"x-cstar-source": source} if source else {}

    def _contradicts(self, ours: Schema, theirs: list[Schema], where: str) -> bool:
        """Whether all of theirs are of another kind than ours."""
        kind = self._ours.kind(ours)
        others = [self._theirs.kind(each) for each in theirs]
        stated = [
            other for each, other in zip(theirs, others, strict=True) if not self._says_nothing(kind, each, other)
        ]
        if kind == "any":
            return bool(stated)  # nobody knew it
        odd = [other for other in stated if other != kind]
        if odd:
            word = "" if len(odd) < len(stated) else "; the document has the word"
            partly = " in some places" if not word else ""
            self._report.differs.append(f"{where}: {odd[0]}, not {kind}{partly}{word}")
        return bool(odd) and len(odd) == len(stated)

    def _says_nothing(self, kind: str, theirs: Schema, other: str) -> bool:
        is_free = other == "map" and not is_mapping(theirs.get("additionalProperties"))
        return other == "any" or (is_free and kind in {"object", "map", "union"})

    def _describe(self, merged: Schema, theirs: Sequence[Any], cores: list[Schema], core: Schema) -> None:
        """Take over their words and their default."""
        words = next((each["description"] for each in theirs if is_mapping(each) and _text(each, "description")), None)
        if words is not None:
            merged["description"] = words
        for each in (*(e for e in theirs if is_mapping(e)), *cores):
            if "default" in each:
                if merged.get("default", core.get("default")) != each["default"]:
                    merged["default"] = copy.deepcopy(each["default"])
                break

    def _core(self, ours: Schema, found: Sequence[tuple[Schema, bool]], where: str) -> Schema:
        """One of our schemas, null and references aside, with its views."""
        kind = self._ours.kind(ours)
        alike = [(each, partial) for each, partial in found if self._theirs.kind(each) == kind]
        if not alike:
            return ours
        merged = dict(ours)
        if kind == "object":
            views = [self._theirs.view(each, partial=partial) for each, partial in alike]
            if len({id(each) for each, _ in found}) == len(alike) and not all(view.partial for view in views):
                self._describe_object(merged, alike)
            return self._object(merged, views, where)
        cores = [each for each, _ in alike]
        if kind == "array":
            merged["items"] = self.place(self._ours.items(ours), [self._theirs.items(e) for e in cores], f"{where}[]")
        elif kind == "map":
            values = [e["additionalProperties"] for e in cores if is_mapping(e.get("additionalProperties"))]
            if is_mapping(ours.get("additionalProperties")):
                merged["additionalProperties"] = self.place(ours["additionalProperties"], values, f"{where}.*")
            elif values:
                merged["additionalProperties"] = self.convert(values[0], where)
        else:
            self._values(merged, ours, [each for each, partial in alike if not partial], where)
        for word in _LIMITS:
            stated = next((each[word] for each in cores if word in each), None)
            if stated is not None and merged.get(word) != stated:
                merged[word] = copy.deepcopy(stated)
        return merged

    def _describe_object(self, merged: Schema, found: Sequence[tuple[Schema, bool]]) -> None:
        words = [each["description"] for each, partial in found if not partial and _text(each, "description")]
        if words and self._theirs.component(found[0][0]):
            merged["description"] = words[0]

    def _values(self, merged: Schema, ours: Schema, theirs: list[Schema], where: str) -> None:
        """Their values instead of ours, where they list any."""
        mine = self._ours.values(ours)
        listed = [values for each in theirs if (values := self._theirs.values(each)) is not None]
        if not listed:
            return
        values = list(dict.fromkeys(value for some in listed for value in some if isinstance(value, str | int | float)))
        if mine is None or set(mine) == set(values):
            if mine is None and values:
                merged["enum"] = values
            return
        self._report.added += [f"{where}: value {value!r}" for value in values if value not in mine]
        self._report.differs += [
            f"{where}: no value {value!r} in the document" for value in mine if value not in values
        ]
        merged.pop("const", None)
        merged["enum"] = [*(v for v in mine if v in values), *(v for v in values if v not in mine)]

    def _object(self, merged: Schema, views: list[View], where: str) -> Schema:
        """An object: its own fields, and those that stand in a part of its `allOf`."""
        parts = list(as_list(merged.get("allOf")))
        inline = [number for number, part in enumerate(parts) if "properties" in part]
        for number in inline:
            parts[number] = self._fields(parts[number], views, where)
        if inline:
            merged["allOf"] = parts
        holder = merged if "properties" in merged else parts[inline[-1]] if inline else {}
        if "properties" in merged:
            merged.update(self._fields(merged, views, where))
        self._add_fields(holder, merged, [view for view in views if not view.partial], where)
        return merged

    def _fields(self, part: Schema, views: list[View], where: str) -> Schema:
        """The fields that one part of an object has."""
        full = [view for view in views if not view.partial]
        stated = as_list(part.get("required"))
        properties: dict[str, Any] = {}
        required: dict[str, str] = {}
        for wire, prop in part["properties"].items():
            name = fold(wire)
            found = [view.properties[name] for view in full or views if name in view.properties]
            if not found and self._drop and full:
                continue
            written, merged = self._field(wire, prop, found, f"{where}.{wire}", partial=not full)
            properties[written] = merged
            if _is_required(name, full, ours=wire in stated):
                required[wire] = written
        # In our order, and with what is required of another part's fields.
        names = [required.pop(name, name) for name in stated if name in required or name not in part["properties"]]
        names += required.values()
        return {**part, "properties": properties, **({"required": names} if "required" in part or names else {})}

    def _field(
        self, wire: str, prop: Any, found: list[tuple[str, Any]], label: str, *, partial: bool
    ) -> tuple[str, Any]:
        """The name on the wire and the schema of one of our fields."""
        if not found:
            self._report.ours.append(label)
            return wire, prop
        written = wire if any(wire == theirs for theirs, _ in found) else found[0][0]
        if written != wire:
            self._report.added.append(f"{label}: is {written!r} on the wire")
            self._report.moved += 1
        stated = [schema for _, schema in found]
        merged = self.place(prop, stated, label, partial=partial)
        if is_mapping(merged) and not partial:
            merged = {**merged, **self.mark(*stated)}
        return written, called(merged, wire, written)

    def _add_fields(self, holder: Schema, whole: Schema, full: list[View], where: str) -> None:
        """Add the fields that we do not know to a part of an object."""
        known = self._ours.view(whole).properties
        for view in full:
            for name, (wire, prop) in view.properties.items():
                if not holder or name in known or wire in holder["properties"]:
                    continue
                self._report.added.append(f"{where}.{wire}")
                holder["properties"][wire] = {**self.convert(prop, f"{where}.{wire}"), **self.mark_new(prop)}
                if _is_required(name, full, ours=False):
                    holder["required"] = [*as_list(holder.get("required")), wire]

    def mark_new(self, theirs: Any) -> Schema:
        """The same for a fact that we do not have."""
        return self.mark(theirs) or ({} if self._is_effective else {"x-cstar-source": "spec"})

    # What only they have

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
                return {**(_with_null(reference) if core.nullable else reference), **copy.deepcopy(beside)}
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
        return _with_null(result) if schema.get("nullable") is True else result

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
        """Bring a schema of theirs along under this name, with these columns of ours."""
        self._views.name(core, name)
        self._claimed[name] = core, columns
        self.components[name] = {}

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
        for name, own in self._own.items():
            if "x-cstar-runtime" in own or (is_named and self._views.of(self._ours.core(own).schema)):
                continue
            known = set(self._ours.view(own).properties)
            if len(known) >= _FEWEST_ALIKE and len(fields & known) >= _ALIKE * max(len(fields), len(known)):
                self._views.name(core, name)
                return name
        return ""


def _is_required(name: str, full: list[View], *, ours: bool) -> bool:
    """What the views say of a field; ours where they do not have it, or never say what is required."""
    if not any(name in view.properties for view in full):
        return ours
    everywhere = all(name in view.properties for view in full)
    stating = [view for view in full if view.states_required]
    return everywhere and (all(name in view.required for view in stating) if stating else ours)


def called(schema: Any, ours: str, theirs: str) -> Any:
    """Say what Python calls a field or parameter, where their name would give another one."""
    if is_mapping(schema) and naming.attribute(ours) != naming.attribute(theirs):
        return {**schema, "x-cstar-name": ours}
    return schema


def _with_null(schema: Schema) -> Schema:
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


def _text(schema: Schema, word: str) -> bool:
    return isinstance(schema.get(word), str) and bool(schema[word].strip())
