"""A field in several parts of an `allOf` has the narrower type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import document
from .test_documents import TEXT, decode, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

TIME = {"type": "string", "format": "date-time"}
ENUM = {"type": "string", "enum": ["a"]}
A = {"type": "object", "properties": {"a": TEXT}}
B = {"type": "object", "properties": {"b": TEXT}}


def both(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    """Return an object with a field `x` in two parts."""
    return {"allOf": [{"type": "object", "properties": {"x": part}} for part in (one, two)]}


@pytest.mark.parametrize(
    ("narrow", "wide", "hint"),
    [
        (TIME, TEXT, "_dt.datetime | None"),
        (ENUM, {**TEXT, "description": "Wide."}, "ThingX | None"),
        ({"type": "integer"}, {"type": "number"}, "int | None"),
        ({"type": "array", "items": TEXT}, {"type": "array"}, "list[str] | None"),
        (B, {"type": "object"}, "ThingX | None"),
        (ref("Named"), {"type": "object"}, "Named | None"),
        (TEXT, {"description": "Only words."}, "str | None"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_the_narrower_type_wins(
    generate: Callable[..., Generated], narrow: dict[str, Any], wide: dict[str, Any], hint: str, is_first: bool
) -> None:
    """The order of the parts does not matter."""
    parts = (narrow, wide) if is_first else (wide, narrow)
    package = generate(document({"Thing": both(*parts), "Named": A}))
    assert package.load("models").Thing.__annotations__ == {"x": hint}


@pytest.mark.parametrize(("one", "two"), [(A, B), (ref("A"), B), (A, ref("B")), (ref("A"), ref("B"))])
def test_an_object_in_two_parts_has_the_fields_of_both(
    generate: Callable[..., Generated], one: dict[str, Any], two: dict[str, Any]
) -> None:
    """A field that is an object in both parts has the fields of both."""
    found = decode(generate(document({"Thing": both(one, two), "A": A, "B": B})), "Thing", {"x": {"a": "1", "b": "2"}})
    assert (found.x.a, found.x.b) == ("1", "2")


def test_of_two_types_the_later_wins(generate: Callable[..., Generated]) -> None:
    """If neither type is narrower, the later part wins."""
    package = generate(document({"Thing": both(TEXT, {"type": "boolean"})}))
    assert package.load("models").Thing.__annotations__ == {"x": "bool | None"}
