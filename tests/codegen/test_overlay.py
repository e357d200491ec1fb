"""Corrections to a document by an overlay."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from codegen import overlay
from codegen.errors import ContractError

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/pets": {"get": {"tags": ["Pets"], "parameters": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}},
        "/cats": {"get": {"tags": ["Pets"]}},
    },
    "components": {"schemas": {"Pet": {"type": "object", "properties": {"tags": {"items": {"type": "object"}}}}}},
}


def apply(*actions: dict[str, Any], version: str = "1.1.0") -> dict[str, Any]:
    """Return the document with these actions."""
    before = copy.deepcopy(DOCUMENT)
    changed = overlay.apply({"overlay": version, "actions": list(actions)}, DOCUMENT)
    assert before == DOCUMENT
    return changed


def test_an_update_merges_mappings_adds_to_lists_and_replaces_the_rest() -> None:
    """An update merges mappings, adds to lists, and replaces anything else."""
    items = {"target": "$.components.schemas.Pet.properties.tags.items", "update": {"type": "string"}}
    assert apply(items)["components"]["schemas"]["Pet"]["properties"]["tags"] == {"items": {"type": "string"}}
    deep = {"target": "$.components.schemas", "update": {"Pet": {"required": ["tags"]}, "Cat": {}}}
    found = apply(deep)["components"]["schemas"]
    assert (found["Pet"]["required"], set(found["Pet"]), found["Cat"]) == (
        ["tags"],
        {"type", "properties", "required"},
        {},
    )
    parameters = {"target": "$.paths['/pets'].get.parameters", "update": {"name": "d"}}
    assert [p["name"] for p in apply(parameters)["paths"]["/pets"]["get"]["parameters"]] == ["a", "b", "c", "d"]


def test_every_place_that_a_target_selects_is_changed() -> None:
    """Every place that a target selects is changed, also items of one list."""
    changed = apply({"target": "$.paths.*.get", "update": {"deprecated": True}})
    assert all(item["get"]["deprecated"] for item in changed["paths"].values())
    left = apply({"target": "$.paths['/pets'].get.parameters[?(@.name != 'b')]", "remove": True})
    assert left["paths"]["/pets"]["get"]["parameters"] == [{"name": "b"}]


def test_actions_build_on_one_another() -> None:
    """Each action sees the result of the one before; `copy` takes what is at another place."""
    changed = apply(
        {"target": "$.components.schemas", "update": {"Dog": {}}},
        {"target": "$.components.schemas.Dog", "copy": "$.components.schemas.Pet"},
        {"target": "$.components.schemas.Pet", "remove": True},
    )
    assert changed["components"]["schemas"] == {"Dog": DOCUMENT["components"]["schemas"]["Pet"]}


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"target": "$.components.schemas.Cow", "remove": True}, "action 1: $.components.schemas.Cow: selects nothing"),
        ({"target": "$.paths[", "remove": True}, "is not a JSONPath"),
        ({"update": {}}, "action 1: needs a target"),
        ({"target": 7, "update": {}}, "needs a target"),
        ({"target": "$.paths"}, "needs exactly one of update, remove and copy"),
        ({"target": "$.paths", "update": {}, "remove": True}, "needs exactly one of"),
        ({"target": "$", "remove": True}, "the whole document"),
        ({"target": "$.components", "copy": "$.paths.*"}, "copy $.paths.*: selects 2 places, needs one"),
        ({"target": "$.components", "copy": "$.nothing"}, "$.nothing: selects nothing"),
    ],
)
def test_an_action_that_cannot_be_is_refused(action: dict[str, Any], message: str) -> None:
    """An action that is malformed, or selects nothing, is refused with its number and target."""
    with pytest.raises(ContractError) as caught:
        apply(action)
    (problem,) = caught.value.problems
    assert message in problem


def test_all_problems_come_at_once() -> None:
    """All actions that fail are named in one error."""
    with pytest.raises(ContractError) as caught:
        apply({"target": "$.a", "remove": True}, {"target": "$.b", "remove": True})
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("document", [{}, {"overlay": "2.0.0"}, {"overlay": 1}, {"overlay": "1.0.0", "actions": {}}])
def test_only_overlays_of_version_1_are_read(document: dict[str, Any]) -> None:
    """Anything but an Overlay 1.x document is refused."""
    with pytest.raises(ContractError):
        overlay.apply(document, DOCUMENT)
