"""Words beside a `$ref` are an `allOf` of both in OpenAPI 3.1, and ignored in 3.0."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from .conftest import Generated, document
from .test_documents import TEXT, decode, ref
from .test_nasty import ACCEPTED, HEAD, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = "2026-01-02"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `words_beside_a_reference`."""
    found = yaml.safe_load(HEAD + ACCEPTED["words_beside_a_reference"])
    with Generated.made(tmp_path_factory.mktemp("siblings"), found, "made_for_siblings") as made:
        yield made


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of the same document in OpenAPI 3.0."""
    found = {**yaml.safe_load(HEAD + ACCEPTED["words_beside_a_reference"]), "openapi": "3.0.3"}
    with Generated.made(tmp_path_factory.mktemp("siblings_old"), found, "made_for_old_siblings") as made:
        yield made


HINTS = [
    ("described", "A", "A"),
    ("nullable", "A | None", "A | None"),
    ("null_type", "A | None", "A | None"),
    ("object_type", "A | None", "A | None"),
    ("required", "HolderRequired | None", "B | None"),
    ("properties", "HolderProperties | None", "A | None"),
    ("narrowed", "HolderNarrowed | None", "A | None"),
    ("all_of", "HolderAllOf | None", "A | None"),
    ("one_of", "HolderOneOf | None", "A | None"),
    ("free", "HolderFree | None", "A | None"),
    ("format", "_dt.date | None", "str | None"),
    ("enum", "HolderEnum | None", "Colour | None"),
    ("type", "str | None", "Any"),
    ("integer", "int | None", "float | None"),
    ("items", "list[HolderItemsItem] | None", "Any"),
    ("default", "Colour | None", "Colour | None"),
]


@pytest.mark.parametrize(("field", "new", "_"), HINTS)
def test_since_3_1_both_count(package: Generated, field: str, new: str, _: str) -> None:
    """Words that change the type make a narrower type, or another class."""
    assert package.load("models").Holder.__annotations__[field] == new


@pytest.mark.parametrize(("field", "_", "before"), HINTS)
def test_in_3_0_the_reference_counts(old: Generated, field: str, _: str, before: str) -> None:
    """Only null is read beside a reference, since an answer with null must be readable."""
    assert old.load("models").Holder.__annotations__[field] == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Extended", {"a": "1", "more": DAY}),
        ("Extended2", {"a": "1", "more": DAY, "last": 5}),
        ("HolderRequired", {"b": "1"}),
        ("HolderProperties", {"a": "1", "b": DAY}),
        ("HolderNarrowed", {"a": "1", "at": DAY}),
        ("HolderAllOf", {"a": "1", "b": "2"}),
        ("HolderOneOf", {"a": "1", "b": "2", "c": "3"}),
        ("HolderFree", {"a": "1", "new": 5}),
        ("HolderItemsItem", {"a": "1", "b": "2"}),
        ("HolderReadOnly", {"a": "1", "b": "2"}),
        ("HolderExampleExample", {"a": "1", "at": "2"}),
    ],
)
def test_an_object_has_the_fields_of_both(package: Generated, name: str, value: dict[str, Any]) -> None:
    """What is beside a reference to an object is decoded and encoded with it."""
    assert round_trip(package, name, value) == value


@pytest.mark.parametrize(("name", "missing"), [("Extended", "more"), ("Extended", "a"), ("HolderRequired", "b")])
def test_required_beside_a_reference(package: Generated, name: str, missing: str) -> None:
    """`required` beside a reference counts like that of the target."""
    module = sys.modules[getattr(package.load("models"), name).__module__]
    fields = module.model_table()[getattr(package.load("models"), name)].fields
    assert missing in {info.wire for info in fields if info.required}


def test_descriptions_defaults_and_marks_count_in_both_versions(package: Generated, old: Generated) -> None:
    """Words that do not change the type make no class of their own."""
    for made in (package, old):
        text = " ".join(made.load("models").Holder.__doc__.split())
        assert "described: Its own words." in text
        assert "object_type: Of A." in text


def test_a_fault_beside_a_reference_has_a_place(refuse: Callable[[dict[str, Any]], str]) -> None:
    """A wrong type beside a reference is refused where it stands, and so is a reference in a ring."""
    holder = {"type": "object", "properties": {"a": {**ref("A"), "properties": {"b": {"type": "strong"}}}}}
    assert "Holder.a.b: unknown type 'strong'" in refuse(document({"A": {"type": "object"}, "Holder": holder}))
    ring = {"A": {**ref("B"), "properties": {"a": TEXT}}, "B": ref("A")}
    assert "its allOf contains itself" in refuse(document(ring))


def test_a_shared_schema_stays_one_class(generate: Callable[..., Generated]) -> None:
    """A schema that stands in two places by a YAML anchor is one class."""
    shared = {**ref("A"), "properties": {"b": TEXT}}
    holder = {"type": "object", "properties": {"one": shared, "two": shared}}
    made = generate(document({"A": {"type": "object", "properties": {"a": TEXT}}, "Holder": holder}))
    found = decode(made, "Holder", {"one": {"a": "1", "b": "2"}, "two": {"b": "3"}})
    assert type(found.one) is type(found.two)
