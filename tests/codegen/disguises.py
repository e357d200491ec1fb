"""Ways in which a service might write the same OpenAPI document, each to be put on top of any other.

Every disguise takes any document, and changes it in place as far as it applies. It states the same facts, or fewer.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from codegen.naming import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    Disguise = Callable[[dict[str, Any], Random], None]

Node = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
S = "#/components/schemas/"
_NAMED = {"properties", "schemas", "parameters", "responses", "headers", "securitySchemes", "webhooks"}


def operations(d: Node) -> Iterator[tuple[str, str, Node, Node]]:
    """Path, method, path item and operation."""
    for path, item in list(d["paths"].items()):
        for method in METHODS:
            if method in item:
                yield path, method, item, item[method]


def nodes(node: Any) -> Iterator[Node]:
    """Every mapping, children first."""
    if isinstance(node, dict):
        for value in list(node.values()):
            yield from nodes(value)
        yield node
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def schemas(d: Node) -> Node:
    """The component schemas."""
    found: Node = d.setdefault("components", {}).setdefault("schemas", {})
    return found


def resolve(d: Node, node: Any) -> Any:
    """A node with its references followed."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        target: Any = d
        for part in node["$ref"][2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def answers(d: Node) -> Iterator[tuple[Node, Node]]:
    """Operation and JSON media type of each success."""
    for *_, operation in operations(d):
        for code, response in operation["responses"].items():
            media = resolve(d, response).get("content", {}).get("application/json")
            if str(code).startswith("2") and media is not None and "schema" in media:
                yield operation, media


def fields(d: Node, schema: Any) -> Node:
    """The fields of an object through references and `allOf`."""
    schema = resolve(d, schema)
    found: Node = {}
    for part in schema.get("allOf", []):
        found.update(fields(d, part))
    return {**found, **schema.get("properties", {})}


def path_parameters(d: Node, new: Callable[[str, str], str]) -> None:
    """Rename path parameters; `new` gets the segment before and the name."""
    paths: Node = {}
    for path, item in d["paths"].items():
        segments = path.split("/")
        names: dict[str, str] = {}
        for number, segment in enumerate(segments):
            if segment.startswith("{"):
                old = segment[1:-1]
                name = new(segments[number - 1], old)
                names[old] = name if name not in names.values() else old
                segments[number] = "{" + names[old] + "}"
        for holder in (item, *(item[m] for m in METHODS if m in item)):
            if "parameters" in holder:
                holder["parameters"] = [
                    {**q, "name": names[q["name"]]}
                    if (q := resolve(d, p))["in"] == "path" and q["name"] in names
                    else p
                    for p in holder["parameters"]
                ]
        paths.setdefault("/".join(segments), {}).update(item)
    d["paths"] = paths


# The same facts


def no_columns(d: Node, _: Random) -> None:
    """No vendor columns, no examples."""
    for node in nodes(d):
        for word in [word for word in node if isinstance(word, str) and word.startswith("x-")]:
            del node[word]
        if "schema" in node:
            node.pop("example", None)


def other_ids(d: Node, random: Random) -> None:
    """Operation ids of another kind, or none."""
    style = random.choice(["camel", "kebab", "controller", "none", "path"])
    for path, method, _, operation in operations(d):
        parts = words(operation.pop("operationId", None) or f"{method} {path}")
        if style == "camel":
            operation["operationId"] = parts[-1].lower() + "".join(part.title() for part in parts[:-1])
        elif style == "kebab":
            operation["operationId"] = "-".join(parts)
        elif style == "controller":
            operation["operationId"] = f"{parts[0].title()}Controller_{'_'.join(parts[1:])}"
        elif style == "path":
            operation["operationId"] = method + re.sub(r"\W+", "_", path)
    seen: set[str] = set()
    for *_, operation in operations(d):
        if operation.get("operationId") in seen:
            del operation["operationId"]
        seen.add(operation.get("operationId", ""))


def other_tags(d: Node, random: Random) -> None:
    """Tags as slugs, in capitals, or none."""
    style = random.choice(["slug", "capitals", "none"])
    for *_, operation in operations(d):
        tags = operation.pop("tags", None)
        if tags and style != "none":
            operation["tags"] = [tags[0].lower().replace(" ", "-") if style == "slug" else tags[0].upper()]


def prefix_in_server(d: Node, _: Random) -> None:
    """The beginning of the paths in the server, slashes at the end."""
    paths: Node = {}
    for path, item in d["paths"].items():
        if path.startswith("/api/v1/"):
            paths[path.removeprefix("/api/v1") + "/"] = item
        else:
            paths[path] = {"servers": [{"url": "https://www.cstar.help"}], **item}
    if any(not path.startswith("/api") for path in paths):
        d["paths"], d["servers"] = paths, [{"url": "https://www.cstar.help/api/v1/"}]


def snake_path_parameters(d: Node, _: Random) -> None:
    """`{ticket_id}` for `{ticketId}`."""
    path_parameters(d, lambda _, name: "_".join(words(name)).lower())


def short_path_parameters(d: Node, _: Random) -> None:
    """`{id}` for the last parameter of a path."""
    path_parameters(d, lambda before, name: "id" if before not in {"teams", "library", "auth", "community"} else name)


def affixed_schemas(d: Node, random: Random) -> None:
    """Schemas called otherwise."""
    before, behind = random.choice([("", "Object"), ("", "Dto"), ("Api", ""), ("", "Schema"), ("I", "V1")])
    new = {name: f"{before}{name}{behind}" for name in schemas(d)}
    for node in nodes(d):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith(S):
            node["$ref"] = S + new.get(ref.removeprefix(S), ref.removeprefix(S))
    d["components"]["schemas"] = {new[name]: schema for name, schema in schemas(d).items()}


def scrambled_schemas(d: Node, random: Random) -> None:
    """Schemas whose names say nothing."""
    names = list(schemas(d))
    random.shuffle(names)
    new = {name: f"Model{number}" for number, name in enumerate(names)}
    for node in nodes(d):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith(S):
            node["$ref"] = S + new.get(ref.removeprefix(S), ref.removeprefix(S))
    d["components"]["schemas"] = {new[name]: schemas(d)[name] for name in names}


def inlined_schemas(d: Node, random: Random) -> None:
    """Some or all schemas written in place."""
    some = random.random() < 0.5
    chosen = {name for name in schemas(d) if not some or random.random() < 0.5}

    def inline(node: Any, stack: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [inline(value, stack) for value in node]
        if not isinstance(node, dict):
            return node
        name = str(node.get("$ref", "")).removeprefix(S)
        if name in chosen and name not in stack:
            target = inline(copy.deepcopy(schemas(d)[name]), (*stack, name))
            return {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return {key: inline(value, stack) for key, value in node.items()}

    for part in ("paths", "webhooks"):
        if part in d:
            d[part] = inline(d[part], ())


def openapi_30(d: Node, _: Random) -> None:
    """OpenAPI 3.0: `nullable`, one-value enums for constants, nothing beside a `$ref`."""
    d["openapi"] = "3.0.3"
    for node in nodes(d):
        kinds = node.get("type")
        if isinstance(kinds, list) and "null" in kinds and len(kinds) == 2:
            (node["type"],) = (kind for kind in kinds if kind != "null")
            node["nullable"] = True
        if isinstance(node.get("const"), str | bool | int):
            node["enum"] = [node.pop("const")]
        for word in ("oneOf", "anyOf"):
            choices = node.get(word)
            if isinstance(choices, list) and {"type": "null"} in choices:
                node["allOf"] = [choice for choice in node.pop(word) if choice != {"type": "null"}]
                node["nullable"] = True
        if isinstance(node.get("$ref"), str) and len(node) > 1:
            node["allOf"] = [{"$ref": node.pop("$ref")}]
    d.pop("webhooks", None)


def null_by_any_of(d: Node, _: Random) -> None:
    """`anyOf: [X, null]` for a list of types."""
    for node in nodes(d.get("components", {}).get("schemas", {})):
        kinds = node.get("type")
        if isinstance(kinds, list) and len(kinds) == 2 and "null" in kinds and "enum" not in node:
            inner = {word: node.pop(word) for word in ("type", "format") if word in node}
            inner["type"] = next(kind for kind in kinds if kind != "null")
            node["anyOf"] = [inner, {"type": "null"}]


def enums_by_one_of(d: Node, _: Random) -> None:
    """Values as constants with a title each."""
    for schema in schemas(d).values():
        if isinstance(schema.get("enum"), list) and schema.get("type") == "string":
            schema["oneOf"] = [{"const": value, "title": str(value)} for value in schema.pop("enum")]


def nothing_required(d: Node, _: Random) -> None:
    """Nothing says which fields of answers are required."""
    for _operation, media in answers(d):
        for node in nodes(media["schema"]):
            if isinstance(node.get("required"), list):
                del node["required"]


def no_prose(d: Node, _: Random) -> None:
    """No descriptions."""

    def strip(node: Any, *, named: bool) -> None:
        if isinstance(node, dict):
            if not named and isinstance(node.get("description"), str):
                del node["description"]
            for key, value in node.items():
                strip(value, named=key in _NAMED and not named)
        elif isinstance(node, list):
            for value in node:
                strip(value, named=False)

    strip({key: value for key, value in d.items() if key != "info"}, named=False)


def no_envelopes(d: Node, _: Random) -> None:
    """The answers without what is around them, which an introduction explains."""
    for _operation, media in answers(d):
        members = fields(d, media["schema"])
        if "data" in members:
            media["schema"] = members["data"]


def named_envelopes(d: Node, _: Random) -> None:
    """An envelope of its own for each answer."""
    for number, (_operation, media) in enumerate(answers(d)):
        members = fields(d, media["schema"])
        if "data" in members:
            name = f"Response{number}"
            schemas(d)[name] = {
                "type": "object",
                "required": ["success", "data"],
                "properties": {"success": {"type": "boolean"}, "data": members["data"], "meta": {"type": "object"}},
            }
            media["schema"] = {"$ref": S + name}


def fewer_operations(d: Node, random: Random) -> None:
    """Some operations are not documented."""
    for path, method, item, _ in operations(d):
        if random.random() < 0.1:
            del item[method]
            if not any(each in item for each in METHODS):
                del d["paths"][path]


def fewer_fields(d: Node, random: Random) -> None:
    """Some optional fields are not documented."""
    for schema in schemas(d).values():
        required = schema.get("required", [])
        if "required" in schema and isinstance(schema.get("properties"), dict):
            for name in list(schema["properties"]):
                if name not in required and name not in {"data", "type"} and random.random() < 0.1:
                    del schema["properties"][name]


def fewer_parameters(d: Node, random: Random) -> None:
    """Some optional filters are not documented."""
    paging = {"page", "pageSize", "cursor", "limit"}
    for *_, operation in operations(d):
        operation["parameters"] = [
            p
            for p in operation.get("parameters", [])
            if (q := resolve(d, p))["in"] == "path" or q.get("required") or q["name"] in paging or random.random() < 0.9
        ]


def parts_of_objects(d: Node, random: Random) -> None:
    """Objects in two parts, one after the other."""
    for name, schema in list(schemas(d).items()):
        properties = schema.get("properties")
        if isinstance(properties, dict) and len(properties) > 3 and "allOf" not in schema and random.random() < 0.5:
            keys = list(properties)
            first = {key: properties[key] for key in keys[:-2]}
            base = {**schema, "properties": first}
            rest: Node = {"type": "object", "properties": {key: properties[key] for key in keys[-2:]}}
            if "required" in schema:
                base["required"] = [key for key in schema["required"] if key in first]
                rest["required"] = [key for key in schema["required"] if key not in first]
            schemas(d)[f"{name}Base"] = base
            schemas(d)[name] = {"allOf": [{"$ref": f"{S}{name}Base"}, rest]}


def no_webhooks(d: Node, _: Random) -> None:
    """No events."""
    d.pop("webhooks", None)


def shuffled(d: Node, random: Random) -> None:
    """Everything in another order."""
    for part in (d["paths"], schemas(d), d.get("webhooks", {})):
        keys = list(part)
        random.shuffle(keys)
        for key in keys:
            part[key] = part.pop(key)


FAITHFUL: dict[str, Disguise] = {
    each.__name__: each
    for each in (
        no_columns,
        other_ids,
        other_tags,
        prefix_in_server,
        snake_path_parameters,
        short_path_parameters,
        affixed_schemas,
        scrambled_schemas,
        inlined_schemas,
        openapi_30,
        null_by_any_of,
        enums_by_one_of,
        nothing_required,
        no_prose,
        no_envelopes,
        named_envelopes,
        fewer_operations,
        fewer_fields,
        fewer_parameters,
        parts_of_objects,
        no_webhooks,
        shuffled,
    )
}
