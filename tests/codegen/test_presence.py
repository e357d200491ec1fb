"""Which required fields of an answer are promised, and which are strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Generated, answer, document

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT: dict[str, Any] = {"type": "string"}


def thing(*required: str, **properties: Any) -> dict[str, Any]:
    """The schema of an object with these required fields, which are text unless given."""
    return {"type": "object", "required": list(required), "properties": dict.fromkeys(required, TEXT) | properties}


def strict(package: Generated, name: str) -> dict[str, bool]:
    """For each required field of a model whether it is strict."""
    model = getattr(package.load("models"), name)
    table = package.load(model.__module__.removeprefix(f"{package.folder.name}.")).model_table()
    return {field.wire: field.strict for field in table[model].fields if field.required}


def decode(package: Generated, name: str, value: Any) -> Any:
    """Decode a value as a model."""
    model = getattr(package.load("models"), name)
    table = package.load(model.__module__.removeprefix(f"{package.folder.name}.")).model_table()
    return table[model].decode(value)


def test_ids_are_strict_and_other_fields_promised(generate: Callable[..., Generated]) -> None:
    """A required `id` is strict; other required fields of an answer are promised."""
    package = generate(document({"Pet": thing("id", "name", age={"type": "integer"})}))
    assert strict(package, "Pet") == {"id": True, "name": False}
    assert decode(package, "Pet", {"id": "p"}).name is None
    with pytest.raises(KeyError):
        decode(package, "Pet", {"name": "Rex"})


def test_without_a_promised_field_it_is_an_error(generate: Callable[..., Generated]) -> None:
    """An object without an id needs one of its promised fields."""
    package = generate(document({"Tag": thing("name", "count")}))
    assert decode(package, "Tag", {"count": "2"}).name is None
    with pytest.raises(KeyError, match="count"):
        decode(package, "Tag", {"colour": "red"})


def test_bodies_are_strict(generate: Callable[..., Generated]) -> None:
    """An object that is only sent keeps its required fields required, also when it is made by hand."""
    inner, whole = thing("name"), thing("part", part={"$ref": "#/components/schemas/Part"})
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Whole"}}}}
    path = {"post": answer({"$ref": "#/components/schemas/Pet"}, requestBody=body)}
    schemas = {"Part": inner, "Whole": whole, "Pet": thing("name")}
    package = generate(document(schemas, {"/pets": path}))
    assert strict(package, "Part") == {"name": True}
    assert strict(package, "Pet") == {"name": False}
    with pytest.raises(TypeError, match="name"):
        package.load("models").Part()


def test_what_tells_the_members_of_a_union_apart_is_strict(generate: Callable[..., Generated]) -> None:
    """Discriminators are strict, and all required fields of the members of a union without one."""
    cat, dog = thing("kind", "lives"), thing("kind", "tricks")
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog")]
    table = {"c": refs[0]["$ref"], "d": refs[1]["$ref"]}
    told = {"oneOf": refs, "discriminator": {"propertyName": "kind", "mapping": table}}
    package = generate(document({"Cat": cat, "Dog": dog, "Home": thing("pet", pet=told)}), "with_discriminator")
    assert strict(package, "Cat") == {"kind": True, "lives": False}
    assert decode(package, "Home", {"pet": {"kind": "d"}}).pet.tricks is None
    package = generate(document({"Cat": cat, "Dog": dog, "Home": thing("pet", pet={"oneOf": refs})}), "without_one")
    assert strict(package, "Cat") == {"kind": True, "lives": True}
    assert decode(package, "Home", {"pet": {"kind": "d", "tricks": "sit"}}).pet.tricks == "sit"
