"""The changes between two contracts: of which kind each is, and that none is missed."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import yaml

from codegen.__main__ import KNOWN, SPEC, read_contract
from codegen.diff import compare
from codegen.diff.changes import KINDS
from codegen.errors import ContractError
from codegen.load import load_document
from codegen.sources import Sources
from tests.support.stress import at_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.ir import Contract, Model, Operation


DOCUMENTS = Path(__file__).parent / "documents"
BASE = load_document(DOCUMENTS / "diff.yaml")
CASES: dict[str, Any] = yaml.safe_load((DOCUMENTS / "diff_cases.yaml").read_text(encoding="utf-8"))


def read(document: dict[str, Any]) -> Contract:
    """The contract of a document."""
    return read_contract(document, "a test").contract


def patched(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The document with changes in the form of diff_cases.yaml."""
    result: dict[str, Any] = copy.deepcopy(document)
    for place, value in changes.items():
        *steps, last = place.split()
        node: Any = result
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if last == "+":
            node.append(value)
        elif value is None:
            del node[int(last) if isinstance(node, list) else last]
        elif isinstance(value, dict) and "$move" in value:
            members = {value["$move"] if key == last else key: inner for key, inner in node.items()}
            node.clear()
            node.update(members)
        else:
            node[int(last) if isinstance(node, list) else last] = value
    return result


def rows(old: Contract, new: Contract) -> list[str]:
    """Kind and subject of each change."""
    changes = compare(old, new)
    assert all(change.kind in KINDS[change.level] for change in changes)
    return [f"{change.kind} {change.subject}" for change in changes]


@pytest.mark.parametrize("name", CASES)
def test_each_change_is_reported_as_its_kind_in_both_directions(name: str) -> None:
    """Each change of diff_cases.yaml gives the listed changes, and so does taking it back."""
    case = CASES[name]
    old, new = read(BASE), read(patched(BASE, case["change"]))
    assert rows(old, new) == case["changes"]
    assert rows(new, old) == case["back"]


def test_another_envelope_is_reported_for_each_json_answer() -> None:
    """Another member for the result is a change of the wire for each method that reads JSON."""
    text = json.dumps({**BASE, "x-cstar-envelope": "result"}).replace(
        '"properties": {"data"', '"properties": {"result"'
    )
    found = compare(read(BASE), read(json.loads(text)))
    assert {(change.level, change.kind) for change in found} == {("wire", "envelope")}
    assert len(found) == 9


def test_every_kind_has_a_case() -> None:
    """There is a case for every kind of change."""
    seen = {row.split()[0] for case in CASES.values() for row in case["changes"] + case["back"]} | {"envelope"}
    assert seen == {kind for kinds in KINDS.values() for kind in kinds}


def test_a_contract_does_not_differ_from_itself() -> None:
    """There are no changes between two readings of one document."""
    assert compare(read(BASE), read(BASE)) == []
    own = Sources(SPEC, KNOWN).read()[0]
    assert compare(read(own), read(own)) == []


def test_renames_in_the_document_alone_are_no_changes() -> None:
    """Other operationIds, tags and names of body schemas do not matter where methods and classes stay the same."""
    old = {"/pets": {"get": {"operationId": "listPets", "tags": ["Pets"], "responses": {}}}}
    new = {"/pets": {"get": {"operationId": "list_pets", "tags": ["pets"], "responses": {}}}}
    assert rows(read({**BASE, "paths": old}), read({**BASE, "paths": new})) == []
    body = "paths /pets post requestBody content application/json schema"
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    named = [
        patched(BASE, {f"components schemas {name}": schema, body: {"$ref": f"#/components/schemas/{name}"}})
        for name in ("PetInput", "NewPet")
    ]
    assert rows(read(named[0]), read(named[1])) == []


def facts(contract: Contract) -> dict[Any, Any]:
    """All of a contract that users of the package can notice, without its order."""

    def operation(op: Operation) -> dict[str, Any]:
        known = attrs.asdict(op)
        for name in (
            "id",
            "place",
            "constant",
            "tag",
            "module",
            "path_params",
            "id_prefix",
            "parameters",
            "acknowledges",
        ):
            del known[name]
        if op.flat:
            del known["body"]
        return {**known, **{p.name: repr(p) for p in op.parameters}, "empty": bool(op.acknowledges)}

    def model(known: Model) -> dict[str, Any]:
        return {**attrs.asdict(known), "fields": {field.name: repr(field) for field in known.fields}}

    return {
        **{(*op.resource, op.name): operation(op) for op in contract.operations},
        **{known.name: model(known) for module in contract.modules for known in module.models},
        **{known.name: {*known.values, known.base, known.description} for m in contract.modules for known in m.enums},
        **{event.type: attrs.asdict(attrs.evolve(event, place="", nested="")) for event in contract.events},
        "info": (contract.title, contract.version),
    }


def mutated(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The document with one node, drawn at random, removed or replaced."""
    result: dict[str, Any] = copy.deepcopy(document)

    def nodes(node: Any) -> Iterator[tuple[Any, Any]]:
        for key, inner in list(node.items() if isinstance(node, dict) else enumerate(node)):
            if key not in {"example", "examples"}:
                yield node, key
                if isinstance(inner, dict | list):
                    yield from nodes(inner)

    parent, key = chance.choice(list(nodes({name: result[name] for name in ("paths", "components", "webhooks")})))
    match chance.randrange(4):
        case 0 | 1:
            del parent[key]
        case 2:
            parent[key] = chance.choice([None, True, 7, "x", [], {}, {"type": "string"}, ["null", "string"]])
        case _ if isinstance(parent, dict):
            parent["x_" + str(key)] = parent.pop(key)
        case _:
            parent.append(parent[key])
    return result


@pytest.mark.parametrize(
    ("document", "count"),
    [(BASE, at_length(100, 400)), (load_document(KNOWN), at_length(10, 60))],
    ids=["small", "own"],
)
def test_whatever_one_node_becomes_the_change_is_reported(document: dict[str, Any], count: int) -> None:
    """After a change of any one node, the document is refused or each difference of the contracts is reported."""
    old = read(document)
    read_again = 0
    for seed in range(count):
        try:
            new = read(mutated(document, random.Random(seed)))
        except ContractError:
            continue
        read_again += 1
        for one, other in ((old, new), (new, old)):
            assert bool(compare(one, other)) == (facts(one) != facts(other)), seed
    assert read_again > count / 3
