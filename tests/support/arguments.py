"""Arguments for every operation of the contract, and their form on the wire.

They are made from the contract's examples and completed by type, so that every parameter and body field is given.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from cstar_async._generated import operations
from tests import contract
from tests.support.aio import TEAM

if TYPE_CHECKING:
    from cstar_async import CStarClient

TIMESTAMP = "2026-03-12T09:30:00Z"
UUID = "7134fc12-5c1d-4a0e-9d7a-2f6f0b1c9e55"
FORMATS = {
    "date-time": TIMESTAMP,
    "date": "2026-03-12",
    "uuid": UUID,
    "email": "jane@example.com",
    "uri": "https://example.com/hooks",
}


class Arguments(NamedTuple):
    """The arguments of an operation, and what it must send."""

    positional: list[str]
    named: dict[str, Any]
    path: str
    query: list[tuple[str, str]]
    json: dict[str, Any] | None


def sample(schema: dict[str, Any], depth: int = 0) -> Any:
    """A JSON value that fits a schema, with every property of its objects."""
    schema = contract.resolve(schema)
    if "const" in schema:
        return schema["const"]
    known = schema.get("examples", schema.get("enum"))
    if known:
        return known[0]
    if "oneOf" in schema:
        return sample(next(part for part in schema["oneOf"] if part.get("type") != "null"), depth)
    kind = "object" if "allOf" in schema else schema.get("type", "string")
    kind = next(one for one in kind if one != "null") if isinstance(kind, list) else kind
    if kind == "array":
        items = contract.resolve(schema["items"])
        return items.get("enum", [])[:2] or [sample(items, depth + 1)]
    return _object(schema, depth) if kind == "object" else _scalar(kind, schema)


def _object(schema: dict[str, Any], depth: int) -> dict[str, Any]:
    found = {name: sample(part, depth + 1) for name, part in contract.properties(schema).items() if depth < 9}
    values = schema.get("additionalProperties")
    return found or {"key": sample(values, depth + 1) if isinstance(values, dict) else "value"}


def _scalar(kind: str, schema: dict[str, Any]) -> Any:
    if kind == "string":
        return FORMATS.get(schema.get("format", ""), "a/b & ü")
    return True if kind == "boolean" else min(7, schema.get("maximum", 7))


def _argument(schema: dict[str, Any], value: Any) -> Any:
    """The Python value for a JSON value: date-times become datetimes, the rest stays."""
    if contract.resolve(schema).get("format") == "date-time" and isinstance(value, str):
        return dt.datetime.fromisoformat(value)
    return value


def _query_pairs(parameter: dict[str, Any], value: Any) -> list[tuple[str, str]]:
    """The name-value pairs of a query parameter, by the rules of OpenAPI (style form)."""
    name = parameter["name"]
    if isinstance(value, list):
        texts = [str(item) for item in value]
        return [(name, text) for text in texts] if parameter.get("explode", True) else [(name, ",".join(texts))]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value))]


def _body(endpoint: contract.Endpoint) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of the body's properties, and the example of the body, completed by type."""
    (example,) = contract.requests(endpoint)
    schemas = contract.properties(example.schema)
    filled = {name: sample(schema) for name, schema in schemas.items()}
    return schemas, {**filled, **example.value}


def make(endpoint: contract.Endpoint) -> Arguments:
    """Arguments for every parameter of an operation."""
    names = {(p.location, p.name): p.argument for p in operations.load(endpoint.id).params}
    positional: list[str] = []
    named: dict[str, Any] = {}
    query: list[tuple[str, str]] = []
    path = endpoint.path.replace("{teamId}", TEAM)
    for parameter in endpoint.parameters:
        location, name = parameter["in"], parameter["name"]
        if location == "path" and name != "teamId":
            # Text that must be quoted in a URL.
            positional.append(f"{name} /?ü")
            path = path.replace(f"{{{name}}}", quote(positional[-1], safe=""))
        elif location == "query":
            value = sample(parameter["schema"])
            named[names["query", name]] = _argument(parameter["schema"], value)
            query += _query_pairs(parameter, value)
    body: dict[str, Any] | None = None
    if "requestBody" in endpoint.raw:
        schemas, body = _body(endpoint)
        named.update({names["body", n]: _argument(schemas[n], value) for n, value in body.items()})
    return Arguments(positional, named, path, query, body)


def method(client: CStarClient, operation_id: str) -> Any:
    """The method of the client for an operation id."""
    found: Any = client
    for part in operation_id.split("."):
        found = getattr(found, part)
    return found
