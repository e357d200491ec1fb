"""The service's own document, however it is written, is adopted under today's names."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.adopt import adopt
from codegen.errors import ContractError
from tests.support.stress import at_length

from .adopting import TEAM, adopted, exported, files, known, ours, published
from .contradictions import CONTRARY, disguise
from .disguises import FAITHFUL, nodes, operations
from .surface import changes, read, surface

COMPOSED = settings(max_examples=at_length(6, 400), deadline=None)


@pytest.mark.parametrize("name", FAITHFUL)
def test_the_same_facts_give_the_same_package(name: str) -> None:
    """A document that states the same facts in another way, or fewer, changes nothing that a user sees."""
    document = adopt(published(name), known()).document
    assert changes(ours(), surface(read(document))) == {}
    assert marks(document) == marks(known())


def marks(document: dict[str, Any]) -> set[str]:
    """The fields of the component schemas that are marked as secret or untrusted."""
    return {
        f"{name}.{field}: {word}"
        for name, schema in document["components"]["schemas"].items()
        for node in nodes(schema)
        for field, part in node.get("properties", {}).items()
        for word in ("x-cstar-secret", "x-cstar-untrusted")
        if word in part
    }


@COMPOSED
@given(st.lists(st.sampled_from(list(FAITHFUL)), min_size=2, max_size=5, unique=True), st.integers(0, 2**32))
def test_ways_of_writing_compose(names: list[str], seed: int) -> None:
    """The same holds for several such ways on top of one another; adopting again changes nothing, sources included."""
    document = adopt(published(*names, seed=seed), known()).document
    assert changes(ours(), surface(read(document))) == {}
    assert adopt(document, known()).document == document


@COMPOSED
@given(st.lists(st.sampled_from([*FAITHFUL, *CONTRARY]), min_size=1, max_size=5, unique=True), st.integers(0, 2**32))
def test_other_facts_are_read_or_refused_by_place(names: list[str], seed: int) -> None:
    """Whatever a document says, it is generated, or refused with an error that names places."""
    try:
        result = adopt(published(*names, seed=seed), known())
        read(result.document)
    except ContractError as error:
        assert error.problems
    else:
        assert result.report.lines(explain=True)


@COMPOSED
@given(st.integers(0, 2**32))
def test_a_damaged_document_is_read_or_refused(seed: int) -> None:
    """A document with parts of it removed or replaced at random never raises anything but a ContractError."""
    random = Random(seed)
    document = published(random.choice(list(FAITHFUL)), seed=seed)
    for _ in range(random.randrange(1, 6)):
        _damage(document, random)
    try:
        read(adopt(document, known()).document)
    except ContractError as error:
        assert error.problems


def _damage(document: dict[str, Any], random: Random) -> None:
    node: Any = document
    for _ in range(random.randrange(1, 12)):
        if isinstance(node, dict | list) and node:
            parent, key = node, random.choice(list(node)) if isinstance(node, dict) else random.randrange(len(node))
            node = parent[key]
    replacement: Any = random.choice([None, 1, "text", [], {}, {"type": "string"}, True, [{}], {"$ref": "#/nowhere"}])
    if random.random() < 0.5:
        del parent[key]
    else:
        parent[key] = replacement


# What is kept


def test_the_export_gives_the_contract_back() -> None:
    """Adopting the export of what we know gives exactly the files that what we know gives, words included."""
    assert files(adopt(yaml.safe_load(exported()), known()).document) == files(known())


def test_columns_follow_the_fields() -> None:
    """The columns of a table are written as the document writes the fields, without those that it does not have."""
    document = published("no_columns")
    item = document["components"]["schemas"]["Ticket"]["properties"]
    item["updated_at"] = item.pop("updatedAt")
    del item["priority"]
    result = adopt(document, known(), drop=True)
    operation = result.document["paths"][f"{TEAM}/tickets"]["get"]
    assert operation["x-cstar-columns"] == ["id", "title", "status", "updated_at"]
    assert "differs: tickets.list: its items have no priority for a table" in result.report.lines()


def test_a_field_of_another_type_keeps_its_marks() -> None:
    """A field stays marked as secret or untrusted when the service says that it has another type."""
    document = published("no_columns")
    document["components"]["schemas"]["Ticket"]["properties"]["title"] = {"type": "array", "items": {"type": "string"}}
    document["components"]["schemas"]["CustomerLogin"]["properties"]["password"] = {"type": "integer"}
    assert marks(adopt(document, known()).document) == marks(known())


@pytest.mark.parametrize("name", CONTRARY)
def test_adopting_other_facts_twice_changes_nothing(name: str) -> None:
    """Adopting a merged document with other facts changes nothing either."""
    once = adopt(published(name), known()).document
    assert adopt(once, known()).document == once


def test_neither_document_is_changed() -> None:
    """Both documents stay as they are."""
    document, own = published("openapi_30", "new_things"), copy.deepcopy(known())
    before = copy.deepcopy(document)
    adopt(document, own)
    assert (document, own) == (before, known())


def test_names_of_schemas_mean_nothing() -> None:
    """Schemas are recognised by where they are used, whatever they are called."""
    for name in ("snake_wire", "lists_inside", "other_statuses"):
        one = published(name)
        assert changes(adopted(one), adopted(disguise(one, ["scrambled_schemas"], Random(1)))) == {}


# What is different


def test_what_is_different_is_the_service_s_and_is_reported() -> None:
    """Other types, values and names are the service's, and each is one line of the report."""
    document = published("no_columns")
    found = document["components"]["schemas"]
    found["Message"]["properties"]["id"] = {"type": "integer"}
    found["Ticket"]["properties"]["notes"] = {"type": "array", "items": {"type": "string"}}
    found["TicketPriority"]["enum"] = ["low", "medium", "high", "urgent"]
    found["Customer"]["properties"]["fullName"] = found["Customer"]["properties"].pop("name")
    found["TicketCreate"]["required"] = [*found["TicketCreate"]["required"], "priority"]
    result = adopt(document, known())
    lines = result.report.lines(explain=True)
    for line in (
        "differs: Message.id: integer, not string; the document has the word",
        "differs: Ticket.notes: array, not string; the document has the word",
        "differs: TicketPriority: no value 'normal' in the document",
        "added: TicketPriority: value 'medium'",
        "added: Customer.fullName",
        "ours: Customer.name",
    ):
        assert line in lines
    assert set(changes(ours(), surface(read(result.document)))) == {
        "field Message.id",
        "field Ticket.notes",
        "enum TicketPriority",
        "field Customer.full_name",
        "method tickets.create",
    }


def test_names_on_the_wire_are_the_service_s_and_python_s_stay() -> None:
    """Fields and arguments keep their Python names, whatever they are called on the wire."""
    found = changes(ours(), adopted(published("snake_wire")))
    assert found
    for name, (old, new) in found.items():
        assert isinstance(old, tuple)
        assert isinstance(new, tuple)
        assert name.startswith("record") or old[1:] == new[1:]


def test_a_size_by_another_name_keeps_its_argument() -> None:
    """`per_page` is what `page_size=` sends."""
    document = published("no_columns")
    document["components"]["parameters"]["PageSize"]["name"] = "per_page"
    found = changes(ours(), adopted(document))
    assert found["argument tickets.list(page_size)"] == (
        ("pageSize", "query", "", True, 20),
        ("per_page", "query", "", True, 20),
    )
    assert not [name for name in found if name.startswith("method")]


def test_a_list_that_is_paged_otherwise_is_read_as_one_page() -> None:
    """A column of paging that the document contradicts is dropped with a line, and generation goes on."""
    document = published("no_columns")
    parameters = document["paths"][f"{TEAM}/customers"]["get"]["parameters"]
    kept = [p for p in parameters if p.get("$ref", "").rpartition("/")[2] not in {"Page", "PageSize"}]
    kept += [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("offset", "limit")]
    document["paths"][f"{TEAM}/customers"]["get"]["parameters"] = kept
    result = adopt(document, known())
    assert "differs: customers.list: no parameter pages it by page; its pager reads one page" in result.report.lines()
    (operation,) = [each for each in read(result.document).operations if each.id == "customers.list"]
    assert operation.pagination == "none"
    assert [p.name for p in operation.parameters][-2:] == ["page_size", "offset"] or "offset" in {
        p.name for p in operation.parameters
    }


def test_a_list_inside_the_result_is_found() -> None:
    """A list that is a member of the result, beside its paging, is read from there."""
    document = published("no_columns")
    media = document["paths"][f"{TEAM}/articles"]["get"]["responses"]["200"]["content"]["application/json"]
    part = media["schema"]["allOf"][1]["properties"]
    part["data"] = {"type": "object", "properties": {"articles": part["data"], "total": {"type": "integer"}}}
    found = changes(ours(), adopted(document))
    (record,) = found
    assert record == "record articles.list"
    assert "data.articles" in str(found[record][1])


def test_put_stands_for_patch() -> None:
    """An operation that the service does by PUT is the one that we know by PATCH."""
    found = changes(ours(), adopted(published("put_for_patch")))
    assert {name.split()[0] for name in found} == {"record"}
    assert all(isinstance(new, tuple) and new[0] == "PUT" for _, new in found.values())


def test_another_host_and_root() -> None:
    """Operations are recognised under another root, without the team in their paths."""
    result = adopt(published("moved"), known())
    assert result.report.known == result.report.operations == len(list(operations(known())))
    assert "sandbox: 142 names and paths differ from those that it emulates; it cannot serve them" in (
        result.report.lines()
    )
    assert result.document["servers"][0]["url"] == "https://api.cstar.help"
    paths = {operation.path for operation in read(result.document).operations}
    assert {"/v2/tickets/{ticketId}", "/v2/auth/whoami"} <= paths
