"""What is typed as the base of a hierarchy is read as the class that its discriminator names."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support.server import raw, serve

from .conftest import Generated, document
from .test_documents import decode, ref
from .test_nasty import ACCEPTED, HEAD, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `hierarchies`."""
    found = yaml.safe_load(HEAD + ACCEPTED["hierarchies"])
    with Generated.made(tmp_path_factory.mktemp("hierarchies"), found, "made_for_hierarchies") as made:
        yield made


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("pet", {"kind": "Cat", "lives": 9}, "Cat"),
        ("pet", {"kind": "Dog", "tricks": 1, "born": "2026-01-02"}, "Dog"),
        ("pet", {"kind": "Persian", "lives": 9, "fur": "long"}, "Persian"),
        ("pet", {"kind": "Ghost"}, "Ghost"),
        ("pet", {"kind": "Pet"}, "Pet"),
        ("pet", {"kind": "Bird", "born": "2026-01-02"}, "Pet"),
        ("pet", {"kind": "Cat", "friend": {"kind": "Dog", "tricks": 1}}, "Cat"),
        ("cat", {"kind": "Cat", "lives": 9}, "Cat"),
        ("cat", {"kind": "Persian", "fur": "long"}, "Persian"),
        ("cat", {"kind": "Lion", "lives": 1}, "Cat"),
        ("dog", {"kind": "Dog", "tricks": 1}, "Dog"),
        ("maybe", {"kind": "Dog", "tricks": 1}, "Dog"),
        ("wrapped", {"kind": "Dog", "tricks": 1}, "Dog"),
        ("chosen", {"kind": "Persian", "fur": "long"}, "Persian"),
        ("chosen", {"kind": "Dog"}, "Dog"),
        ("chosen", {"kind": "Bird"}, "dict"),
        ("inherited", {"kind": "Ghost"}, "Ghost"),
        ("inherited", {"kind": "Dog"}, "Dog"),
        ("inherited", {"kind": "Bird"}, "dict"),
        ("misplaced", {"volts": 5}, "Robot"),
        ("misplaced", {"loud": True}, "Alarm"),
        ("either", {"kind": "Dog"}, "Dog"),
        ("either", {"kind": "Bird"}, "Pet"),
        ("either", {"volts": 5}, "Robot"),
        ("text", {"kind": "Cat"}, "Cat"),
        ("text", "Cat", "str"),
        ("shape", {"type": "round", "radius": 1.5}, "Circle"),
        ("shape", {"type": "square", "side": 1}, "Square"),
        ("shape", {"type": "box", "side": 1}, "Square"),
        ("shape", {"type": "Circle", "radius": 1}, "Circle"),
        ("shape", {"type": "gone"}, "Shape"),
        ("shape", {}, "Shape"),
        ("vehicle", {"kind": "car", "doors": 3}, "Car"),
        ("vehicle", {"kind": "lorry", "load": 3}, "Truck"),
        ("vehicle", {"kind": "boat"}, "Vehicle"),
        ("notice", {"type": "alarm", "loud": True}, "Alarm"),
        ("notice", {"type": "news"}, "Notice"),
        ("page", {"type": "text", "text": "x"}, "TextPage"),
        ("page", {"type": "list", "items": [{"type": "text"}]}, "ListPage"),
        ("page", {"type": "TextPage"}, "dict"),
    ],
)
def test_the_tag_says_which_class(package: Generated, field: str, value: Any, expected: str) -> None:
    """A tag is in the mapping, or a value that a class lists, or the name of a schema; unknown tags give the base."""
    found = decode(package, "Owner", {field: value})
    assert type(getattr(found, field)).__name__ == expected
    assert round_trip(package, "Owner", {field: value}) == {field: value}


def test_objects_inside_are_read_in_the_same_way(package: Generated) -> None:
    """Lists, maps and recursive fields hold the classes of a hierarchy."""
    dog, cat = {"kind": "Dog", "tricks": 1}, {"kind": "Cat", "friend": {"kind": "Persian", "friend": {"kind": "x"}}}
    found = decode(package, "Owner", {"pets": [dog, cat], "by_name": {"a": dog}})
    assert [type(pet).__name__ for pet in [*found.pets, found.by_name["a"]]] == ["Dog", "Cat", "Dog"]
    friend = found.pets[1].friend
    assert (type(friend).__name__, type(friend.friend).__name__) == ("Persian", "Pet")


@pytest.mark.parametrize(
    ("name", "field", "hint"),
    [
        ("Owner", "pet", "Cat | Dog | Persian | Ghost | Pet | None"),
        ("Owner", "cat", "Persian | Cat | None"),
        ("Owner", "dog", "Dog | None"),
        ("Owner", "notice", "Alarm | Notice | None"),
        ("Owner", "stamped", "Stamped | None"),
        ("CatOwner", "pet", "Persian | Cat | None"),
    ],
)
def test_the_annotation_names_all_classes(package: Generated, name: str, field: str, hint: str) -> None:
    """A base is annotated as the union of its hierarchy; a class without heirs, and a mixin's user, as itself."""
    assert getattr(package.load("models"), name).__annotations__[field] == hint


def test_a_tag_is_strict(package: Generated) -> None:
    """A required tag cannot be absent from an answer."""
    with pytest.raises(KeyError):
        decode(package, "Owner", {"pet": {"lives": 9}})


async def test_bodies_and_answers(package: Generated) -> None:
    """A body of a hierarchy is one argument, and the items of a list are read by their tags."""
    models = package.load("models")
    cat = models.Cat(kind="Cat", lives=9)
    async with (
        serve(raw(b'{"kind": "Dog", "tricks": 2}'), raw(b'[{"kind": "Ghost"}, {"kind": "new"}]')) as server,
        package.client(base_url=server.url) as client,
    ):
        assert await client.pets.create(body=cat) == models.Dog(kind="Dog", tricks=2)
        assert server.received[0].body == b'{"kind":"Cat","lives":9}'
        assert [type(pet).__name__ async for pet in client.pets.list()] == ["Ghost", "Pet"]
        assert list(inspect.signature(client.pets.create).parameters) == ["body"]


def test_a_base_that_is_not_a_type_costs_nothing(generate: Callable[..., Generated]) -> None:
    """Without a reference to the base, a class is what it is without the discriminator."""
    base = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    cat = {"allOf": [ref("Pet"), {"properties": {"lives": {"type": "integer"}}}]}
    holder = {"type": "object", "properties": {"cat": ref("Cat")}}
    texts: list[list[str]] = []
    for number, pet in enumerate([base, {**base, "discriminator": {"propertyName": "kind"}}]):
        made = generate(document({"Pet": pet, "Cat": cat, "Holder": holder}, {}), f"mixin{number}")
        texts.append([path.read_text().partition("\n")[2] for path in sorted(made.folder.rglob("*.py"))])
    assert texts[0] == texts[1]


def test_an_heir_with_a_fault_is_left_out_alone(tmp_path: Any) -> None:
    """The base and its other heirs are read without it; an object with its tag is read as the base."""
    pet = {"type": "object", "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}}
    cat, dog = ({"allOf": [ref("Pet"), {"properties": {"x": {"type": kind}}}]} for kind in ("strong", "string"))
    holder = {"type": "object", "properties": {"pet": ref("Pet")}}
    schemas = {"Pet": pet, "Cat": cat, "Dog": dog, "Holder": holder}
    with Generated.made(tmp_path, document(schemas, {}), "faulty_heir", "--leave-out") as made:
        found = [decode(made, "Holder", {"pet": {"kind": kind}}).pet for kind in ("Cat", "Dog")]
        assert [type(each).__name__ for each in found] == ["Pet", "Dog"]
