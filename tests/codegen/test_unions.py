"""Unions of objects without a discriminator: an object becomes the member that it fits best, or stays a dict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import document
from .test_documents import TEXT, decode, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

INTEGER = {"type": "integer"}
TIME = {"type": "string", "format": "date-time"}


def thing(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "required": list(required), "properties": properties}


CONSTANTS = {"A": thing("kind", kind={"const": "a"}, x=TEXT), "B": thing("kind", kind={"const": "b"}, x=TEXT)}
ENUMS = {"A": thing(kind={"enum": ["a"]}, x=TEXT), "B": thing(kind={"enum": ["b"]}, x=TEXT)}
NUMBERS = {"A": thing(v={"const": 1}), "B": thing(v={"const": 2}), "C": thing(v={"const": 3})}
REQUIRED = {"A": thing("x", x=TEXT), "B": thing("y", y=TEXT)}
OPTIONAL = {"A": thing(x=TEXT, y=TEXT), "B": thing(x=TEXT, z=TEXT, w=TEXT)}
WIDER = {"A": thing("id", id=TEXT), "B": thing("id", id=TEXT, name=TEXT)}
WIDER_FIRST = {"B": WIDER["B"], "A": WIDER["A"]}
SAME = {"A": thing(x=TEXT), "B": thing(x=TEXT)}
TYPES = {"A": thing("at", at=TIME), "B": thing("at", at={"type": "array", "items": TIME})}
INHERITED = {
    "Base": thing("kind", kind=TEXT),
    "A": {"allOf": [ref("Base"), thing(kind={"const": "a"})]},
    "B": thing(b=TEXT),
}
PARTLY = {"A": thing("kind", kind={"const": "a"}), "B": thing("kind", kind=TEXT, more=TEXT)}


@pytest.mark.parametrize(
    ("schemas", "value", "expected"),
    [
        (CONSTANTS, {"kind": "a", "x": "1"}, "A"),
        (CONSTANTS, {"kind": "b", "x": "1"}, "B"),
        (CONSTANTS, {"kind": "c", "x": "1"}, "dict"),
        (ENUMS, {"kind": "b"}, "B"),
        (ENUMS, {"kind": "c"}, "dict"),
        (ENUMS, {"x": "1"}, "dict"),
        (NUMBERS, {"v": 3}, "C"),
        (NUMBERS, {"v": 4}, "dict"),
        (REQUIRED, {"x": "1"}, "A"),
        (REQUIRED, {"y": "1"}, "B"),
        (REQUIRED, {"z": "1"}, "dict"),
        (REQUIRED, {}, "dict"),
        (OPTIONAL, {"x": "1", "y": "1"}, "A"),
        (OPTIONAL, {"z": "1"}, "B"),
        (OPTIONAL, {"x": "1", "z": "1", "new": "1"}, "B"),
        (OPTIONAL, {"new": "1"}, "dict"),
        (WIDER, {"id": "1"}, "A"),
        (WIDER, {"id": "1", "name": "n"}, "B"),
        (WIDER_FIRST, {"id": "1"}, "A"),
        (WIDER_FIRST, {"id": "1", "name": "n"}, "B"),
        (SAME, {"x": "1"}, "dict"),
        (TYPES, {"at": "2026-01-02T03:04:05Z"}, "A"),
        (TYPES, {"at": ["2026-01-02T03:04:05Z"]}, "B"),
        (TYPES, {"at": 5}, "dict"),
        (INHERITED, {"kind": "a"}, "A"),
        (INHERITED, {"b": "1"}, "B"),
        (PARTLY, {"kind": "a"}, "A"),
        (PARTLY, {"kind": "other"}, "B"),
    ],
)
@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_an_object_becomes_the_member_that_it_fits_best(
    generate: Callable[..., Generated], word: str, schemas: dict[str, Any], value: dict[str, Any], expected: str
) -> None:
    """Constants decide first, then the members that a class knows; an object that fits none or two stays a dict."""
    members = [ref(name) for name in schemas if name != "Base"]
    package = generate(document({**schemas, "Holder": thing("of", of={word: members})}))
    found = decode(package, "Holder", {"of": value})
    assert type(found.of).__name__ == expected
    encoded = sys.modules[type(found).__module__].model_table()[type(found)].encode(found)["of"]
    assert encoded == {name: value[name] for name in encoded}


def test_two_discriminators_of_the_same_objects_are_not_used(generate: Callable[..., Generated]) -> None:
    """If unions of the same objects have different discriminators, their constants tell the objects apart."""
    cat = thing("k", "l", k={"const": "c"}, l=TEXT)
    dog = thing("k", "l", k={"const": "d"}, l=TEXT)
    one, two = ({"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": name}} for name in "kl")
    package = generate(document({"Cat": cat, "Dog": dog, "Holder": thing(one=one, two=two)}))
    found = decode(package, "Holder", {"one": {"k": "c", "l": "x"}, "two": {"k": "d", "l": "x"}})
    assert [type(found.one).__name__, type(found.two).__name__] == ["Cat", "Dog"]


def test_the_annotation_says_that_it_may_be_a_dict(generate: Callable[..., Generated]) -> None:
    """A field with such a union may be a dict, and an argument takes the members or a mapping."""
    package = generate(document({**REQUIRED, "Holder": thing(of={"oneOf": [ref("A"), ref("B"), TEXT]})}))
    assert package.load("models").Holder.__annotations__ == {"of": "A | B | str | dict[str, Any] | None"}


def test_members_that_only_one_knows_come_before_a_constant(generate: Callable[..., Generated]) -> None:
    """Of a member with a matching constant and one that knows more of the object, the second wins: nothing is lost."""
    mine = thing("role", role={"enum": ["me", "you"]}, content=TEXT, prefix={"type": "boolean"})
    yours = thing(role={"const": "me"}, content=TEXT, model=TEXT)
    either = {"type": "object", "properties": {"of": {"anyOf": [ref("Mine"), ref("Yours")]}}}
    package = generate(document({"Mine": mine, "Yours": yours, "Either": either}))
    found = decode(package, "Either", {"of": {"role": "me", "content": "x", "prefix": False}}).of
    assert (type(found).__name__, found.prefix) == ("Mine", False)
    assert type(decode(package, "Either", {"of": {"role": "me", "content": "x"}}).of).__name__ == "Yours"


@pytest.mark.parametrize("kind", ["chart", "log"])
def test_a_constant_of_an_object_in_a_field_tells_members_apart(generate: Callable[..., Generated], kind: str) -> None:
    """Members that differ only inside of a field are told apart by the constants there."""

    def cell(name: str, **more: Any) -> dict[str, Any]:
        return thing("definition", definition=thing(type={"type": "string", "enum": [name]}, **more), title=TEXT)

    cells = {"Chart": cell("chart", requests={"type": "array", "items": TEXT}), "Log": cell("log"), "Other": cell("x")}
    cells["Chart"]["properties"]["split"] = TEXT
    row = thing(cell={"oneOf": [ref(name) for name in cells]})
    package = generate(document({**cells, "Row": row}))
    found = decode(package, "Row", {"cell": {"definition": {"type": kind, "requests": ["a"]}}}).cell
    assert type(found).__name__ == kind.capitalize()
