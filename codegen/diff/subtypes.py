"""Types as a type checker sees them, and whether values of one may stand where another is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from codegen.ir import ANY, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.ir import Enum

_FREE_OBJECT = Type("map", items=(ANY,))


def without_null(type_: Type) -> Type:
    """The type without its own null; inside it null stays."""
    return attrs.evolve(type_, nullable=False)


def renamed(type_: Type, names: Mapping[str, str]) -> Type:
    """The type with other names of classes."""
    told_apart = type_.discriminator
    if told_apart is not None:
        told_apart = told_apart[0], tuple((value, names.get(name, name)) for value, name in told_apart[1])
    return attrs.evolve(
        type_,
        name=names.get(type_.name, type_.name),
        items=tuple(renamed(item, names) for item in type_.items),
        discriminator=told_apart,
        base=names.get(type_.base, type_.base),
    )


def static(type_: Type, enums: Mapping[str, Enum]) -> Type:
    """The type as a type checker sees it: enums are open, and a union with a discriminator may hold any object."""
    if type_.kind == "enum":
        return Type(enums[type_.name].base, nullable=type_.nullable)
    items = tuple(static(item, enums) for item in type_.items)
    if type_.discriminator is not None and not type_.base:
        items = (*items, _FREE_OBJECT)
    return attrs.evolve(type_, items=items, discriminator=None, base="")


def fits(value: Type, place: Type, *, sent: bool) -> bool:
    """Whether each value of the static type `value` may stand where the static type `place` is expected.

    Lists and maps are covariant, since what is read is rarely written to. `Any` holds only values that are sent: those
    who read `Any` have chosen what to do with the value, and other types are other values in Python.
    """
    if _may_be_null(value) and not _may_be_null(place):
        return False
    if value.kind == "union":
        return all(fits(without_null(item), place, sent=sent) for item in value.items)
    if place.kind == "union":
        return any(fits(without_null(value), without_null(item), sent=sent) for item in place.items)
    if value.kind == "any" or place.kind == "any":
        return place.kind == "any" and (sent or value.kind == "any")
    if value.kind == "none" or (value.kind, place.kind) == ("int", "float"):
        return True
    if sent and (value.kind, place.kind) == ("map", "model"):
        return True  # a mapping stands for a model
    return (value.kind, value.name) == (place.kind, place.name) and all(
        fits(one, other, sent=sent) for one, other in zip(value.items, place.items, strict=True)
    )


def _may_be_null(type_: Type) -> bool:
    return type_.nullable or type_.kind in {"any", "none"} or any(item.nullable for item in _members(type_))


def _members(type_: Type) -> tuple[Type, ...]:
    return type_.items if type_.kind == "union" else ()
