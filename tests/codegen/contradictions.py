"""Ways in which a service might state other facts than we know, each to be put on top of any disguise."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from .disguises import FAITHFUL, METHODS, Node, S, answers, fields, nodes, operations, resolve, schemas

if TYPE_CHECKING:
    from random import Random

    from .disguises import Disguise


def put_for_patch(d: Node, _: Random) -> None:
    """PUT where we know PATCH."""
    for item in d["paths"].values():
        if "patch" in item and "put" not in item:
            item["put"] = item.pop("patch")


def snake_wire(d: Node, _: Random) -> None:
    """Every field in snake case."""
    for node in nodes(d):
        if isinstance(node.get("properties"), dict) and "in" not in node:
            node["properties"] = {
                re.sub("(?<=[a-z0-9])[A-Z]", lambda m: "_" + m[0].lower(), name): prop
                for name, prop in node["properties"].items()
            }
        if isinstance(node.get("required"), list):
            node["required"] = [
                re.sub("(?<=[a-z0-9])[A-Z]", lambda m: "_" + m[0].lower(), name) for name in node["required"]
            ]


def moved(d: Node, _: Random) -> None:
    """Another host and root, the team known by the key."""
    paths: Node = {}
    for path, item in d["paths"].items():
        new = re.sub(r"^/api/v1/teams/\{[^}]*\}|^/teams/\{[^}]*\}|^/api/v1", "", path) or "/"
        for holder in (item, *(item[m] for m in METHODS if m in item)):
            if "parameters" in holder and new != path:
                placeholders = set(re.findall(r"{(\w+)}", new))
                holder["parameters"] = [
                    p for p in holder["parameters"] if (q := resolve(d, p))["in"] != "path" or q["name"] in placeholders
                ]
        paths.setdefault(new, {}).update(item)
    d["paths"], d["servers"] = paths, [{"url": "https://api.cstar.help/v2"}]


def new_things(d: Node, random: Random) -> None:
    """Operations, fields and values that nobody knows."""
    number = random.randrange(1000)
    base = "/api/v1/teams/{teamId}/widgets" if any(p.startswith("/api/v1") for p in d["paths"]) else "/widgets"
    team = {"parameters": [{"name": "teamId", "in": "path", "required": True, "schema": {"type": "string"}}]}
    thing = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
    }
    done = {
        "200": {
            "description": "",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"success": {"type": "boolean"}, "data": {"type": "array", "items": thing}},
                    }
                }
            },
        }
    }
    d["paths"].setdefault(base, {**(team if "{" in base else {}), "get": {"responses": done}})
    for name, schema in list(schemas(d).items()):
        if isinstance(schema.get("properties"), dict) and random.random() < 0.1:
            schema["properties"][f"novelty{number}"] = random.choice(
                [{"type": "string"}, {"$ref": S + name}, {"type": "array", "items": {"$ref": S + name}}, {}, thing]
            )
        if isinstance(schema.get("enum"), list) and random.random() < 0.3 and schema.get("type") == "string":
            schema["enum"] = [*schema["enum"], f"value{number}"]


def other_types(d: Node, random: Random) -> None:
    """Fields of other types."""
    kinds: list[Node] = [
        {"type": "integer"},
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object"},
        {"type": ["string", "integer"]},
        {"type": "boolean"},
        {"oneOf": [{"type": "string"}, {"type": "object"}]},
        {},
    ]
    for schema in schemas(d).values():
        for name in list(schema.get("properties", {})) if isinstance(schema.get("properties"), dict) else []:
            if random.random() < 0.03 and name not in {"data", "type", "success"}:
                schema["properties"][name] = copy.deepcopy(random.choice(kinds))


def other_names(d: Node, random: Random) -> None:
    """Fields called otherwise."""
    for schema in schemas(d).values():
        if isinstance(schema.get("properties"), dict):
            schema["properties"] = {
                f"{name}Renamed" if random.random() < 0.03 and name not in {"data", "type"} else name: prop
                for name, prop in schema["properties"].items()
            }


def other_paging(d: Node, random: Random) -> None:
    """Lists that are paged otherwise."""
    new = random.choice([{"page": "offset", "pageSize": "limit"}, {"pageSize": "per_page"}, {"page": "cursor"}])
    for name, parameter in d.get("components", {}).get("parameters", {}).items():
        if parameter.get("name") in new:
            d["components"]["parameters"][name] = {**parameter, "name": new[parameter["name"]]}


def lists_inside(d: Node, random: Random) -> None:
    """Lists in a member of the result."""
    for _operation, media in answers(d):
        members = fields(d, media["schema"])
        data = resolve(d, members.get("data", {}))
        if data.get("type") == "array" and random.random() < 0.3:
            media["schema"] = {
                "type": "object",
                "properties": {
                    "success": {"type": "boolean"},
                    "data": {"type": "object", "properties": {"rows": data, "total": {"type": "integer"}}},
                },
            }


def other_statuses(d: Node, random: Random) -> None:
    """Other success statuses."""
    for *_, operation in operations(d):
        code = next((code for code in operation["responses"] if str(code).startswith("2")), None)
        if code is not None and random.random() < 0.2:
            response = operation["responses"].pop(code)
            new = random.choice(["200", "201", "202", "204", "2XX", "default"])
            operation["responses"][new] = {"description": ""} if new == "204" else response


CONTRARY: dict[str, Disguise] = {
    each.__name__: each
    for each in (
        put_for_patch,
        snake_wire,
        moved,
        new_things,
        other_types,
        other_names,
        other_paging,
        lists_inside,
        other_statuses,
    )
}


def disguise(document: Node, names: list[str], random: Random) -> Node:
    """A copy of a document in these disguises, in this order; the columns always go first."""
    made = copy.deepcopy(document)
    for name in ("no_columns", *names):
        ({**FAITHFUL, **CONTRARY})[name](made, random)
    return copy.deepcopy(made)  # without parts that are shared by identity
