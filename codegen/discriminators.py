"""Discriminators: by which field, and by which of its values (tags), objects are told apart.

A discriminator is part of a union, or of the base of a hierarchy: a schema that others extend by `allOf`. What is typed
as the base may be any of them, also if they are not named where it is used, so they are collected from the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .errors import ContractError
from .load import as_list, as_mapping, is_mapping
from .references import branches, component_name, listed_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from .references import Resolver, Schema


@attrs.frozen
class Discriminator:
    """How the members of a union are told apart."""

    wire: str
    table: dict[str, str]
    """Tag → class name."""
    base: str = ""
    """For a hierarchy: the class of an object with an unknown tag."""


@attrs.frozen
class Family:
    """What an object that is typed as a base may be."""

    discriminator: dict[str, Any]
    heirs: list[Schema]
    """The schemas that extend the base, in the order of the document."""


class Discriminators:
    """The discriminators of one document."""

    def __init__(
        self,
        resolver: Resolver,
        raw: dict[str, Schema],
        class_of: Callable[[Any], str | None],
        without_null: Callable[[Schema], Schema],
    ) -> None:
        """Collect the hierarchies.

        Args:
            resolver: The references of the document.
            raw: Class name → its schema; filled later.
            class_of: Returns the name of the class for a schema, or None.
            without_null: Returns a schema without null, the same object on each call.
        """
        self._resolver = resolver
        self._raw = raw
        self._class_of = class_of
        self._without_null = without_null
        self._found: dict[frozenset[str], Discriminator] = {}
        self._contradicted: set[frozenset[str]] = set()
        """Members of unions that have several discriminators; none of these is used."""
        self._tagged: dict[str, list[tuple[str, str, str]]] = {}
        """Class → base, field and tag of each hierarchy in which it has one tag."""
        self._names: dict[int, str] = {}
        """Identity of a component schema → its name."""
        self._families: dict[int, Family] = {}
        for name, schema in resolver.components("schemas").items():
            if is_mapping(schema) and "$ref" not in schema:
                self._names[id(without_null(schema))] = name
                self._add_to_families(without_null(schema))
        self._heirs = {id(heir) for family in self._families.values() for heir in family.heirs}

    def _add_to_families(self, schema: Schema) -> None:
        own = as_mapping(schema.get("discriminator"))
        if own.get("mapping") and self._inherited(schema):
            self._families.setdefault(id(schema), Family(own, []))
        for base in self._bases(schema):
            discriminator = self._inherited(base)
            if discriminator:
                heirs = self._families.setdefault(id(base), Family(discriminator, [])).heirs
                if not any(schema is heir for heir in heirs):
                    heirs.append(schema)

    def _bases(self, schema: Schema) -> list[Schema]:
        """The schemas that a schema extends, directly or through others, without null."""
        found: list[Schema] = []
        for part in as_list(schema.get("allOf")):
            base = self._resolver.follow(part)
            if is_mapping(base):
                base = self._without_null(base)
                found += [base, *self._bases(base)]
        return found

    def _inherited(self, schema: Schema) -> dict[str, Any]:
        """The discriminator of a base, its own or an inherited one; {} if it has none. A union's is not meant."""
        own = as_mapping(schema.get("discriminator"))
        if "propertyName" in own:
            return {} if branches(schema) else own
        for part in as_list(schema.get("allOf")):
            base = self._resolver.follow(part)
            if is_mapping(base) and (found := self._inherited(base)):
                return found
        return {}

    def is_heir(self, schema: Schema) -> bool:
        """Whether a schema extends the base of a hierarchy."""
        return id(schema) in self._heirs

    def heirs(self, base: Schema) -> list[Schema]:
        """Return what an object typed as `base` may be beside it: what extends it, and what its mapping names."""
        family = self._families.get(id(base))
        if family is None:
            return []
        return [*family.heirs, *(self._mapped(family.discriminator) if "discriminator" in base else {}).values()]

    def add_hierarchy(self, schema: Schema, base: str, heirs: list[str]) -> None:
        """Record how the classes of a hierarchy are told apart."""
        discriminator = self._families[id(schema)].discriminator
        classes = [*heirs, base]
        found = Discriminator(discriminator["propertyName"], self._tags(discriminator, dict.fromkeys(classes)), base)
        self._add(frozenset(classes), found)
        for name in heirs:
            tags = [tag for tag, owner in found.table.items() if owner == name]
            if len(tags) == 1:
                self._tagged.setdefault(name, []).append((base, found.wire, tags[0]))

    def add_union(self, discriminator: dict[str, Any], choices: list[Any], classes: list[str]) -> None:
        """Record how the members of a union are told apart, if a discriminator covers all of them.

        Args:
            discriminator: Its own discriminator; if it has none, that of a hierarchy which has all members counts.
            choices: The branches of the union.
            classes: The classes of its members, also those of unions and hierarchies among its branches.
        """
        if "propertyName" not in discriminator and len(classes) > 1:
            first, *others = (self._inherited(self._raw[name]) for name in classes)
            discriminator = first if all(other is first for other in others) else {}
        wire = discriminator.get("propertyName")
        is_field = any(wire in self._members(name) for name in classes)
        if wire is None or not (is_field or discriminator.get("mapping")):
            return  # some documents name a field of the object around the union
        aliases = {self._class_of(choice): _referred(choice) for choice in choices}
        table = self._tags(discriminator, {name: aliases.get(name) for name in classes})
        if set(table.values()) == set(classes):
            self._add(frozenset(classes), Discriminator(wire, table))

    def _members(self, class_name: str) -> dict[str, Any]:
        return self._resolver.members(self._raw[class_name]).properties

    def _add(self, members: frozenset[str], new: Discriminator) -> None:
        if members in self._contradicted:
            return
        known = self._found.setdefault(members, new)
        if known.wire != new.wire or any(known.table.get(tag, name) != name for tag, name in new.table.items()):
            self._contradicted.add(members)
            del self._found[members]
        else:
            table = {**known.table, **new.table}
            self._found[members] = Discriminator(known.wire, table, known.base or new.base)

    def of(self, classes: list[str]) -> Discriminator | None:
        """Return how these members of a union are told apart, None if no discriminator says it."""
        return self._found.get(frozenset(classes))

    def tag_of(self, class_name: str, others: list[str]) -> dict[str, str]:
        """Return the field and the tag that tell a class from its base, if the base is one of `others`."""
        return {wire: tag for base, wire, tag in self._tagged.get(class_name, ()) if base in others}

    def _mapped(self, discriminator: dict[str, Any]) -> dict[str, Any]:
        """The schemas of a mapping, by tag. What does not exist is left out: an object with its tag has no class."""
        schemas = self._resolver.components("schemas")
        found: dict[str, Any] = {}
        for tag, target in as_mapping(discriminator.get("mapping")).items():
            try:
                found[tag] = self._resolver.follow(schemas.get(target, {"$ref": target}))
            except ContractError:
                continue
        return found

    def _tags(self, discriminator: dict[str, Any], classes: dict[str, str | None]) -> dict[str, str]:
        """The class for each tag: by the mapping, by the values that a class lists for the field, else by its name.

        `classes` has the name under which the union refers to each class, if it does.
        """
        table: dict[str, str] = {}
        for tag, target in self._mapped(discriminator).items():
            name = self._class_of(target)
            if name in classes:
                table[tag] = name
        listed = self._listed(discriminator["propertyName"], list(classes))
        for tag, name in listed.items():
            table.setdefault(tag, name)
        for name, alias in classes.items():
            component = alias or self._names.get(id(self._raw[name]))
            if component is not None and name not in listed.values():
                table.setdefault(component, name)
        return table

    def _listed(self, wire: str, classes: list[str]) -> dict[str, str]:
        """The class that lists each value for a field; of several, the one that extends the others."""
        extended: dict[str, list[str]] = {}
        fields: dict[str, Any] = {}
        for name in classes:
            above = self._bases(self._raw[name])
            extended[name] = [other for other in classes if any(self._raw[other] is base for base in above)]
            fields[name] = self._resolver.follow(self._members(name).get(wire))
        owners: dict[str, list[str]] = {}
        for name, field in fields.items():
            if not any(fields[base] is field for base in extended[name]):
                for value in listed_values(field) or []:
                    if isinstance(value, str):
                        owners.setdefault(value, []).append(name)
        found: dict[str, str] = {}
        for value, names in owners.items():
            last = [name for name in names if not any(name in extended[other] for other in names)]
            if len(last) == 1:
                found[value] = last[0]
        return found


def _referred(choice: Any) -> str | None:
    """The name of the component that a branch of a union refers to, None if it does not."""
    return component_name(choice["$ref"]) if is_mapping(choice) and "$ref" in choice else None
