"""Operations, classes and events that only the service's document has, and what we say of them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import yaml

from codegen.adopt import adopt
from codegen.adopt.accept import accept
from codegen.load import load_document
from tests.support.stress import at_length

from .adopting import KNOWN, TEAM, adopted, exported, grown, known, ours, published
from .disguises import METHODS, operations
from .surface import changes, read, surface

if TYPE_CHECKING:
    from pathlib import Path


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
    risks = {name: (records[name].risk, records[name].changed_by, records[name].columns) for name in methods}
    assert risks["macros.list"] == ("read", (), ())
    assert risks["macros.create"] == risks["macros.update"] == ("write", (), ())
    assert risks["macros.delete"] == ("delete", (), ())


def test_an_endpoint_added_to_the_export() -> None:
    """An endpoint that is added to openapi.yaml while it is an export, with or without our columns, is callable."""
    document = yaml.safe_load(exported())
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


def hidden(tags: set[str]) -> dict[str, Any]:
    """What we know, without the operations of these tags."""
    document = copy.deepcopy(known())
    for path, method, item, operation in operations(document):
        if operation["tags"][0] in tags:
            del item[method]
            if not any(each in item for each in METHODS):
                del document["paths"][path]
    return document


def test_most_names_of_what_nobody_named_are_those_that_we_gave() -> None:
    """If we did not know a tag, three quarters of its names, all its paging and nearly all its keys would be these."""
    document = published("no_columns", "other_ids")
    tags = {operation["tags"][0] for *_, operation in operations(known())}
    total = names = paging = keys = 0
    for unknown in at_length([tags], [{tag} for tag in sorted(tags)]):  # all at once, or one after the other
        effective = adopt(document, hidden(unknown)).document
        for path, method, _, own in operations(known()):
            if own["tags"][0] in unknown:
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
    document["paths"][f"{TEAM}/macros/{{macroId}}/apply"]["post"]["x-cstar-risk"] = "send"
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
    assert records["macros.run"].risk == "send"
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
