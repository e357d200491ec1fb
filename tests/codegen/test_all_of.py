"""A field in several parts of an `allOf` has the narrower type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from .conftest import Generated, document
from .test_documents import TEXT, decode, ref
from .test_nasty import ACCEPTED, HEAD, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `objects_in_two_parts`."""
    found = yaml.safe_load(HEAD + ACCEPTED["objects_in_two_parts"])
    with Generated.made(tmp_path_factory.mktemp("parts"), found, "made_for_parts") as made:
        yield made


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("free", {"a": "1", "new": "2026-01-02"}, "ThingFree"),
        ("map", {"b": "1", "new": "2026-01-02"}, "ThingMap"),
        ("maps", {"new": "2026-01-02"}, "dict[str, _dt.date]"),
        ("needed", {"a": "1"}, "ThingNeeded"),
        ("all_of", {"a": "1", "b": "2"}, "ThingAllOf"),
        ("any_of", {"a": "1", "b": "2", "c": "3"}, "ThingAnyOf"),
        ("heir", {"a": "1", "c": "2"}, "Child"),
        ("base", {"a": "1", "c": "2"}, "Child"),
        ("plain", {"a": "1"}, "A"),
        ("limits", {"a": "1"}, "A"),
        ("itself", {"free": {"a": "1"}}, "Base"),
    ],
)
def test_an_object_in_two_parts_needs_no_fields_of_its_own(
    parts: Generated, field: str, value: dict[str, Any], hint: str
) -> None:
    """Free members, required fields and other compositions of one part are kept; of two classes, the heir is taken."""
    assert parts.load("models").Thing.__annotations__[field] == f"{hint} | None"
    assert round_trip(parts, "Thing", {field: value}) == {field: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FreeDirectly", {"a": "1", "new": "2026-01-02"}),
        ("FreeItself", {"a": "1", "new": "2026-01-02"}),
        ("NeededDirectly", {"a": "1"}),
        ("AnyDirectly", {"a": "1", "b": "2", "c": "3"}),
        ("AllDirectly", {"a": "1", "b": "2"}),
    ],
)
def test_a_part_needs_no_fields_of_its_own(parts: Generated, name: str, value: dict[str, Any]) -> None:
    """A part with free members only, with required fields only, or a composition itself, is merged."""
    assert round_trip(parts, name, value) == value


def test_a_scalar_type_beside_all_of_counts(parts: Generated) -> None:
    """A format beside an `allOf` narrows its type; a type that contradicts it is ignored."""
    assert parts.load("models").Holder.__annotations__ == {"when": "_dt.date | None", "slip": "A | None"}


def test_lists_in_two_parts_have_items_of_both(generate: Callable[..., Generated]) -> None:
    """A list of objects in two parts of an `allOf`: each item has the fields of both, and lists inside them too."""
    inner = {"type": "array", "items": {"type": "object", "properties": {"deep": TEXT}}}
    outer = {"type": "array", "items": {"type": "object", "properties": {"more": {**inner, "items": ref("Deeper")}}}}
    one = {"type": "object", "properties": {"rows": {"type": "array", "items": ref("Row")}, "same": inner}}
    two = {"type": "object", "properties": {"rows": outer, "same": {"type": "array", "items": {}}}}
    schemas = {
        "Row": {"type": "object", "required": ["id"], "properties": {"id": TEXT, "more": inner}},
        "Deeper": {"type": "object", "properties": {"deeper": TEXT}},
        "Both": {"allOf": [one, two]},
    }
    package = generate(document(schemas))
    found = decode(package, "Both", {"rows": [{"id": "1", "more": [{"deep": "a", "deeper": "b"}]}], "same": []})
    assert (found.rows[0].id, found.rows[0].more[0].deep, found.rows[0].more[0].deeper) == ("1", "a", "b")
