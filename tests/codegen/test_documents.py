"""Foreign documents are generated into working code, or refused with place and reason."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import answer, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

Generate = "Callable[..., Generated]"
TEXT = {"type": "string"}


def ref(name: str) -> dict[str, Any]:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def decode(package: Generated, name: str, value: Any) -> Any:
    """Decode a value as a model of the package."""
    models = package.load("models")
    module = inspect.getmodule(getattr(models, name))
    assert module is not None
    return module.model_table()[getattr(models, name)].decode(value)


def test_objects_may_contain_themselves(generate: Callable[..., Generated]) -> None:
    """Objects may contain themselves and each other."""
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": ref("Tree")}, "leaf": ref("Leaf")}}
    leaf = {"type": "object", "properties": {"tree": ref("Tree")}}
    package = generate(document({"Tree": tree, "Leaf": leaf}))
    found = decode(package, "Tree", {"children": [{"leaf": {"tree": {}}}]})
    assert type(found.children[0].leaf.tree).__name__ == "Tree"


def test_all_of_is_one_object(generate: Callable[..., Generated]) -> None:
    """An object has the fields of all its `allOf` parts."""
    base = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}
    middle = {"allOf": [ref("Base"), {"type": "object", "properties": {"b": TEXT}}]}
    top = {"allOf": [ref("Middle"), {"type": "object", "properties": {"c": TEXT}}]}
    package = generate(document({"Base": base, "Middle": middle, "Top": top}))
    found = decode(package, "Top", {"a": "1", "b": "2", "c": "3"})
    assert (found.a, found.b, found.c) == ("1", "2", "3")


def test_a_discriminator_tells_the_members_of_a_union_apart(generate: Callable[..., Generated]) -> None:
    """A discriminator selects the member of a union; an unknown one gives a dict."""
    cat = {"type": "object", "required": ["kind"], "properties": {"kind": TEXT, "lives": {"type": "integer"}}}
    dog = {"type": "object", "required": ["kind"], "properties": {"kind": TEXT, "tricks": {"type": "integer"}}}
    pet = {
        "oneOf": [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": {"felis": "#/components/schemas/Cat"}},
    }
    owner = {"type": "object", "properties": {"pet": pet}}
    package = generate(document({"Cat": cat, "Dog": dog, "Owner": owner}))
    kinds = [type(decode(package, "Owner", {"pet": {"kind": kind}}).pet).__name__ for kind in ("felis", "Dog", "bird")]
    assert kinds == ["Cat", "Dog", "dict"]


@pytest.mark.parametrize(
    ("version", "colour"),
    [
        ("3.0.3", {"type": "string", "nullable": True, "enum": ["red", "blue", None]}),
        ("3.1.0", {"type": ["string", "null"], "enum": ["red", "blue", None]}),
        ("3.1.0", {"oneOf": [{"type": "string", "enum": ["red", "blue"]}, {"type": "null"}]}),
    ],
)
def test_a_nullable_enum_is_one_open_enum(generate: Callable[..., Generated], version: str, colour: Any) -> None:
    """A nullable enum is one open enumeration that accepts null."""
    thing = {"type": "object", "required": ["colour"], "properties": {"colour": colour}}
    package = generate(document({"Thing": thing}, version=version))
    assert package.load("models").THING_COLOUR_VALUES == ("red", "blue")
    values: list[str | None] = ["red", None, "a new one"]
    assert [decode(package, "Thing", {"colour": value}).colour for value in values] == values


def test_names_that_python_or_the_generated_code_uses_are_changed(generate: Callable[..., Generated]) -> None:
    """Fields whose names Python or the generated code uses keep their values and wire names."""
    names = ["class", "list", "str", "datetime", "self", "None", "2fast", "größe", "fooBar", "foo_bar", "+1", "-1", "d"]
    thing = {"type": "object", "required": names, "properties": dict.fromkeys(names, TEXT)}
    when = {"type": "object", "properties": {"datetime": {"type": "string", "format": "date-time"}, "list": TEXT}}
    package = generate(document({"Thing": thing, "thing": when, "Any": when, "Call": thing}))
    package.load_everything()
    given = {name: name for name in names}
    found = decode(package, "Thing", given)
    assert sorted(getattr(found, slot) for slot in type(found).__slots__ if slot != "__weakref__") == sorted(names)
    module = inspect.getmodule(type(found))
    assert module is not None
    assert module.model_table()[type(found)].encode(found) == given


def test_additional_properties_are_decoded(generate: Callable[..., Generated]) -> None:
    """`additionalProperties` are decoded, alone and beside fields."""
    item = {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}}}
    both = {"type": "object", "properties": {"a": TEXT}, "additionalProperties": ref("Item")}
    holder = {"type": "object", "properties": {"items": {"type": "object", "additionalProperties": ref("Item")}}}
    package = generate(document({"Item": item, "Both": both, "Holder": holder}))
    moment = {"at": "2026-01-02T03:04:05Z"}
    assert decode(package, "Both", {"a": "x", "more": moment}).additional_properties["more"].at.year == 2026
    assert decode(package, "Holder", {"items": {"k": moment}}).items["k"].at.tzinfo is dt.UTC


def test_text_of_the_document_stays_text(generate: Callable[..., Generated]) -> None:
    """Text of the document never becomes code."""
    hostile = '"""\nraise SystemExit(1)\n"""; \\ {{ x }} \' \x07 {% raise %}'
    thing = {
        "type": "object",
        "description": hostile,
        "properties": {"a": {"type": "string", "description": hostile, "enum": [hostile, "b"]}},
    }
    query = {"name": "a\"'b", "in": "query", "description": hostile, "schema": {"type": "string", "default": hostile}}
    operation = answer(ref("Thing"), summary=hostile, description=hostile, parameters=[query], tags=[hostile[:9] + "t"])
    package = generate(document({"Thing": thing}, {"/a": {"get": operation}}))
    package.load_everything()
    assert package.load("models").THING_A_VALUES[0] == hostile


def test_answers_that_are_not_json(generate: Callable[..., Generated]) -> None:
    """Answers of text, bytes or nothing are declared as such."""

    def carrying(media_type: str) -> dict[str, Any]:
        return {"responses": {"200": {"description": "", "content": {media_type: {"schema": TEXT}}}}}

    paths = {
        "/text": {"get": carrying("text/plain")},
        "/bytes": {"get": carrying("application/octet-stream")},
        "/none": {"delete": {"responses": {"204": {"description": ""}}}},
    }
    operations = generate(document({}, paths)).load("operations").load_all()
    assert [operation.content for operation in operations.values()] == ["text", "bytes", "none"]
    assert [operation.status for operation in operations.values()] == [200, 200, 204]


@pytest.mark.parametrize(
    ("bad", "reasons"),
    [
        (document({}, {"/a": {"get": answer({"$ref": "other.yaml#/X"})}}), ["other.yaml"]),
        (document({}, {"/a": {"get": answer(ref("Gone"))}}), ["Gone"]),
        (document({"A": ref("B"), "B": ref("A")}), ["back to itself"]),
        (
            document({}, {p: {"get": answer(TEXT, operationId="same")} for p in ("/a", "/b")}),
            ["GET /b", "same", "GET /a"],
        ),
        ({"swagger": "2.0", "info": {}, "paths": {}}, ["OpenAPI 3.x", "swagger"]),
    ],
    ids=["external", "dangling", "circular", "duplicate", "swagger"],
)
def test_a_document_that_cannot_be_expressed_is_refused(
    refuse: Callable[[dict[str, Any]], str], bad: dict[str, Any], reasons: list[str]
) -> None:
    """A document that cannot be generated is refused with place and reason."""
    said = refuse(bad)
    assert [reason for reason in reasons if reason not in said] == []
    assert "Traceback" not in said
