"""The service's own document, however it is written, is adopted under today's names."""

from __future__ import annotations

import copy
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen import emit, schemas
from codegen.adopt import adopt
from codegen.adopt.accept import accept
from codegen.adopt.publish import export
from codegen.errors import ContractError
from codegen.load import load_document
from codegen.prepass import prepare
from tests.support.stress import at_length

from .conftest import ROOT
from .disguises import CONTRARY, FAITHFUL, METHODS, disguise, operations
from .surface import Surface, changes, read, surface

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = ROOT / "contract" / "cstar.yaml"
COMPOSED = settings(max_examples=at_length(12, 400), deadline=None)
TEAM = "/api/v1/teams/{teamId}"


@cache
def known() -> dict[str, Any]:
    """What we know. It must not be changed."""
    return load_document(KNOWN)


@cache
def ours() -> Surface:
    """The surface of what we know."""
    return surface(read(known()))


def adopted(published: dict[str, Any], entry: dict[str, Any] | None = None, **options: Any) -> Surface:
    """The surface of a document of the service."""
    return surface(read(adopt(published, entry or known(), **options).document))


def published(*names: str, seed: int = 0) -> dict[str, Any]:
    """What we know, as the service might write it."""
    return disguise(known(), list(names), Random(seed))


def files(document: dict[str, Any]) -> dict[str, str]:
    """What is generated."""
    prepared = prepare(document)
    return emit.render(read(document), schemas.render(prepared), "a test")


@pytest.mark.parametrize("name", FAITHFUL)
def test_the_same_facts_give_the_same_package(name: str) -> None:
    """A document that states the same facts in another way, or fewer, changes nothing that a user sees."""
    assert changes(ours(), adopted(published(name))) == {}


@COMPOSED
@given(st.lists(st.sampled_from(list(FAITHFUL)), min_size=2, max_size=5, unique=True), st.integers(0, 2**32))
def test_ways_of_writing_compose(names: list[str], seed: int) -> None:
    """The same holds for several such ways on top of one another."""
    assert changes(ours(), adopted(published(*names, seed=seed))) == {}


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
    assert files(adopt(yaml.safe_load(export(known())), known()).document) == files(known())


@pytest.mark.parametrize("name", [*FAITHFUL, *CONTRARY])
def test_adopting_twice_changes_nothing(name: str) -> None:
    """Adopting a merged document changes nothing, not even where facts come from."""
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
        ("pageSize", "query", "form", True, 20),
        ("per_page", "query", "form", True, 20),
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


# What is new


def grown() -> dict[str, Any]:
    """The service's document a year later."""
    document = published("no_columns", "other_ids")
    paths, found = document["paths"], document["components"]["schemas"]
    macro = {"$ref": "#/components/schemas/Macro"}
    team = [{"$ref": "#/components/parameters/TeamId"}]

    def done(data: dict[str, Any] | None, code: str = "200") -> dict[str, Any]:
        if data is None:
            return {"responses": {code: {"description": ""}}}
        schema = {"type": "object", "required": ["success", "data"], "properties": {"success": {}, "data": data}}
        return {"responses": {code: {"description": "", "content": {"application/json": {"schema": schema}}}}}

    def many(data: dict[str, Any]) -> dict[str, Any]:
        return done({"type": "array", "items": data})

    def paged(*names: str) -> dict[str, Any]:
        return {"parameters": [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in names]}

    found["Macro"] = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string", "nullable": True},
            "author": {"$ref": "#/components/schemas/Member"},
        },
    }
    body = {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
                }
            },
        }
    }
    one = [*team, {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    ticket = [*team, {"name": "ticketId", "in": "path", "required": True, "schema": {"type": "string"}}]
    paths[f"{TEAM}/macros"] = {
        "parameters": team,
        "get": {**many(macro), **paged("page", "pageSize")},
        "post": {**done(macro, "201"), **body},
    }
    paths[f"{TEAM}/macros/{{id}}"] = {
        "parameters": one,
        "get": done(macro),
        "patch": {**done(macro), **body},
        "delete": done(None, "204"),
    }
    paths[f"{TEAM}/macros/{{id}}/apply"] = {"parameters": one, "post": done({"$ref": "#/components/schemas/Ticket"})}
    paths[f"{TEAM}/tickets/{{ticketId}}/watchers"] = {
        "parameters": ticket,
        "get": many({"$ref": "#/components/schemas/Member"}),
    }
    inline = copy.deepcopy(found["Ticket"])
    paths[f"{TEAM}/tickets/{{ticketId}}/merge"] = {"parameters": ticket, "post": {**done(inline), **body}}
    paths[f"{TEAM}/activity-feed"] = {
        "parameters": team,
        "get": {**many({"$ref": "#/components/schemas/Activity"}), **paged("cursor")},
    }
    found["TicketMerged"] = copy.deepcopy(found["TicketCreatedEvent"])
    found["TicketMerged"]["allOf"][1]["properties"]["type"]["const"] = "ticket.merged"
    event = {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TicketMerged"}}}}
    }
    document["webhooks"]["ticket.merged"] = {"post": {**event, "responses": {"200": {"description": ""}}}}
    return document


def test_new_endpoints_need_no_line_by_hand() -> None:
    """New operations and events get names, keys, paging and known classes, and each is reported as new."""
    result = adopt(grown(), known())
    found = changes(ours(), surface(read(result.document)))
    methods = {name.removeprefix("method "): new for name, (_, new) in found.items() if name.startswith("method ")}
    assert methods == {
        "macros.list": ("self, *, page: int | None = None, page_size: int | None = None", "Pager[Macro]"),
        "macros.create": ("self, *, title: str", "Call[Macro]"),
        "macros.get": ("self, id: str", "Call[Macro]"),
        "macros.update": ("self, id: str, *, title: str", "Call[Macro]"),
        "macros.delete": ("self, id: str", "Call[None]"),
        "macros.apply": ("self, id: str", "Call[Ticket]"),
        "tickets.watchers.list": ("self, ticket_id: str", "Pager[Member]"),
        "tickets.merge": ("self, ticket_id: str, *, title: str", "Call[Ticket]"),
        "activity_feed.list": ("self, *, cursor: int | None = None", "Pager[Activity]"),
    }
    assert found["event ticket.merged"][1] is not None
    assert [name for name in found if name.startswith("model") and found[name][0] is None] == ["model Macro"]
    new = [line for line in result.report.lines() if line.startswith("new: ")]
    assert len(new) == len(methods) + 1
    assert f"new: GET {TEAM}/macros → macros.list (name, key, pagination guessed)" in new
    records = {operation.id: operation for operation in read(result.document).operations}
    keys = {name: (records[name].key, records[name].pagination, records[name].idempotent) for name in methods}
    assert keys["macros.list"] == ("any", "page", False)
    assert keys["macros.create"] == ("secret", "none", True)
    assert keys["activity_feed.list"] == ("any", "cursor", False)


def test_an_endpoint_added_to_the_export() -> None:
    """An endpoint that is added to openapi.yaml while it is an export, with or without our columns, is callable."""
    document = yaml.safe_load(export(known()))
    done = {
        "200": {
            "description": "",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "success": {"type": "boolean"},
                            "data": {"type": "object", "properties": {"id": {"type": "string"}}},
                        },
                    }
                }
            },
        }
    }
    team = [{"$ref": "#/components/parameters/TeamId"}]
    document["paths"][f"{TEAM}/robots/{{robotId}}"] = {
        "get": {
            "parameters": [*team, {"name": "robotId", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": done,
        }
    }
    document["paths"][f"{TEAM}/robots/charge"] = {
        "post": {"operationId": "robots.plug_in", "x-cstar-key": "any", "parameters": team, "responses": done}
    }
    found = changes(ours(), adopted(document))
    assert {name for name in found if name.startswith("method")} == {"method robots.get", "method robots.plug_in"}


def hidden(wanted: str) -> dict[str, Any]:
    """What we know, without the operations of a tag."""
    document = copy.deepcopy(known())
    for path, method, item, operation in operations(document):
        if operation["tags"][0] == wanted:
            del item[method]
            if not any(each in item for each in METHODS):
                del document["paths"][path]
    return document


def test_most_names_of_what_nobody_named_are_those_that_we_gave() -> None:
    """If we did not know a tag, three quarters of its names, all its paging and nearly all its keys would be these."""
    document = published("no_columns", "other_ids")
    total = names = paging = keys = 0
    for tag in {operation["tags"][0] for *_, operation in operations(known())}:
        effective = adopt(document, hidden(tag)).document
        for path, method, _, own in operations(known()):
            if own["tags"][0] == tag:
                guessed = effective["paths"][path][method]
                total += 1
                names += guessed["operationId"] == own["operationId"]
                paging += guessed["x-cstar-pagination"] == own["x-cstar-pagination"]
                keys += guessed["x-cstar-key"] == own["x-cstar-key"]
    assert names >= 0.75 * total
    assert paging == total
    assert keys >= 0.95 * total


# What we say of it


def with_entries() -> dict[str, Any]:
    """What we know, with names for operations and a class of the grown document."""
    document = copy.deepcopy(known())
    document["paths"][f"{TEAM}/macros/{{macroId}}/apply"] = {
        "post": {"operationId": "macros.run", "x-cstar-key": "secret", "x-cstar-pagination": "none"}
    }
    document["components"]["schemas"]["Shortcut"] = {"x-cstar-at": "macros.run", "x-cstar-id-prefix": "mac_"}
    document["components"]["schemas"]["Macro"] = {"x-cstar-at": "macros.fetch", "x-cstar-id-prefix": "mac_"}
    document["paths"][f"{TEAM}/macros/{{macroId}}"] = {"get": {"operationId": "macros.fetch"}}
    return document


def test_an_entry_that_only_names() -> None:
    """An entry without responses names and marks an operation, and all else is the document's."""
    result = adopt(grown(), with_entries())
    contract = read(result.document)
    records = {operation.id: operation for operation in contract.operations}
    assert records["macros.run"].path == f"{TEAM}/macros/{{macroId}}/apply"
    assert records["macros.fetch"].id_prefix == "mac_"
    assert records["macros.fetch"].result.name == "Macro"
    assert "macros.apply" not in records
    lines = result.report.lines()
    assert any("→ macros.fetch (key, pagination guessed)" in line for line in lines)
    assert not any("macros.run" in line for line in lines)


def test_an_entry_that_names_nothing_is_reported() -> None:
    """An entry whose operation or class the document does not have is dropped with a line."""
    result = adopt(published("no_columns"), with_entries())
    lines = result.report.lines()
    assert any(line.startswith("dropped: POST") and "macros.run" in line for line in lines)
    assert "differs: Macro: the document has nothing at macros.fetch" in lines
    assert changes(ours(), surface(read(result.document))) == {}


def test_new_names_are_accepted(tmp_path: Path) -> None:
    """`--accept` writes the guessed names down; then they are guessed no more, and nothing else changes."""
    first = adopt(grown(), known())
    text, added = accept(KNOWN.read_text(encoding="utf-8"), first.document)
    path = tmp_path / "cstar.yaml"
    path.write_text(text, encoding="utf-8")
    assert sorted(added) == sorted(
        [
            "macros.list",
            "macros.create",
            "macros.get",
            "macros.update",
            "macros.delete",
            "macros.apply",
            "tickets.watchers.list",
            "tickets.merge",
            "activity_feed.list",
        ]
    )
    second = adopt(grown(), load_document(path))
    assert not [line for line in second.report.lines() if "guessed" in line]
    assert changes(surface(read(first.document)), surface(read(second.document))) == {}
    assert accept(text, second.document) == (text, [])


def test_what_only_we_know_can_be_dropped() -> None:
    """What the document lacks stays and is named; with `drop` it goes, and so do the classes that only it used."""
    document = published("no_columns")
    del document["paths"][f"{TEAM}/game/puzzles/streak"]
    document["components"]["schemas"]["Ticket"]["properties"].pop("metadata")
    kept, dropped = adopt(document, known()), adopt(document, known(), drop=True)
    assert any("game.puzzles.streak, seed) is not in the document; kept" in line for line in kept.report.lines())
    assert changes(ours(), surface(read(kept.document))) == {}
    gone = changes(ours(), surface(read(dropped.document)))
    assert {"method game.puzzles.streak", "field Ticket.metadata"} <= set(gone)
    assert all(new is None for name, (_, new) in gone.items() if name != "field Ticket.metadata")
    streak = next(each for each in read(kept.document).operations if each.id == "game.puzzles.streak")
    assert streak.deprecated
    assert "Not in the service's document" in streak.description


def test_facts_of_the_document_are_marked_as_such() -> None:
    """A fact that the service's document has is no longer said to be inferred."""
    document = published("no_columns")
    document["components"]["schemas"]["Ticket"]["properties"].pop("metadata")
    contract = read(adopt(document, known()).document)
    ticket = next(model for module in contract.modules for model in module.models if model.name == "Ticket")
    sources = {field.name: field.source for field in ticket.fields}
    assert sources.pop("metadata") == "docs"
    assert set(sources.values()) == {"spec"}
    assert {operation.source for operation in contract.operations} == {"spec"}
