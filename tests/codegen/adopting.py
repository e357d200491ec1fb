"""The documents of the tests of adoption, and what is generated from them."""

from __future__ import annotations

import copy
from functools import cache
from random import Random
from typing import Any

from codegen import emit, schemas
from codegen.adopt import adopt
from codegen.adopt.publish import export
from codegen.load import load_document
from codegen.prepass import prepare

from .conftest import ROOT
from .contradictions import disguise
from .surface import Surface, read, surface

KNOWN = ROOT / "contract" / "cstar.yaml"
TEAM = "/api/v1/teams/{teamId}"


@cache
def known() -> dict[str, Any]:
    """What we know. It must not be changed."""
    return load_document(KNOWN)


@cache
def exported() -> str:
    """The export of what we know."""
    return export(known())


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
