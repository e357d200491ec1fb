"""Schemas of both documents, merged fact by fact: the service has the word, names and columns are ours."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.load import as_list, is_mapping

from .convert import with_null
from .document import EFFECTIVE, RECONSTRUCTION
from .places import fold
from .views import is_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.references import Schema

    from .convert import Converter
    from .document import Document
    from .report import Report
    from .views import View, Views

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


_MARKS = ("x-cstar-secret", "x-cstar-untrusted")


class Merger:
    """Merges the schemas that both documents have; after `run` the converter has those of the effective contract.

    Args:
        ours: Our document.
        theirs: The service's.
        views: Which of their schemas are which of ours.
        converter: Converts what only theirs has.
        report: What is found is written there.
        drop: Leave out what only we have.
    """

    def __init__(
        self, ours: Document, theirs: Document, views: Views, converter: Converter, report: Report, *, drop: bool
    ) -> None:
        self._ours = ours.shapes
        self._theirs = theirs.shapes
        self._views = views
        self._report = report
        self._drop = drop
        self._own = converter.own
        self._convert = converter.convert
        self._components = converter.components
        self._is_effective = theirs.raw.get(EFFECTIVE) is True
        self._is_ours = self._is_effective or theirs.raw.get(RECONSTRUCTION) is True

    def run(self) -> None:
        """Merge every component of ours with its views."""
        for name, schema in self._own.items():
            core = self._ours.core(schema).schema
            found = self._views.of(core)
            self._components[name] = self._core(core, found, name) if found and core is schema else schema

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
            marks = {word: ours[word] for word in _MARKS if word in ours}
            stated = {**self._convert(theirs[0], where), **marks}
            return with_null(stated) if core.nullable else stated
        nullable = core.nullable or any(each.nullable for each in cores)
        if is_reference(ours) or core.schema is not ours:
            merged = dict(ours)
        else:
            merged = self._core(ours, [(each.schema, partial) for each in cores], where)
        if nullable and not core.nullable:
            merged = with_null(merged)
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
                merged["additionalProperties"] = self._convert(values[0], where)
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
                holder["properties"][wire] = {**self._convert(prop, f"{where}.{wire}"), **self.mark_new(prop)}
                if _is_required(name, full, ours=False):
                    holder["required"] = [*as_list(holder.get("required")), wire]

    def mark_new(self, theirs: Any) -> Schema:
        """The same for a fact that we do not have."""
        return self.mark(theirs) or ({} if self._is_effective else {"x-cstar-source": "spec"})


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


def _text(schema: Schema, word: str) -> bool:
    return isinstance(schema.get(word), str) and bool(schema[word].strip())
