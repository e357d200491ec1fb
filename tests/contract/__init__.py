"""openapi.yaml for the tests, loaded once, with its operations and examples as values."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from codegen.load import load_document

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
OPENAPI = HERE.parents[1] / "openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete")


class Endpoint(NamedTuple):
    """An operation of the contract, or a webhook, whose `path` is the type of its event."""

    id: str
    method: str
    path: str
    raw: dict[str, Any]
    parameters: list[dict[str, Any]]
    """The parameters of the path and the operation, with references resolved."""


class Example(NamedTuple):
    """An example of a JSON body in the contract."""

    place: str
    """`tickets.list 200`, or `tickets.create request`."""
    operation: str
    schema: dict[str, Any]
    value: Any


@functools.cache
def document() -> dict[str, Any]:
    """Return the contract, parsed by the generator's loader, which keeps timestamps as text."""
    return load_document(OPENAPI)


def schemas() -> dict[str, dict[str, Any]]:
    """Return the component schemas by name."""
    found: dict[str, dict[str, Any]] = document()["components"]["schemas"]
    return found


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Return the target of a local `$ref`, merged with the keys beside the reference."""
    while "$ref" in node:
        target: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def properties(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of an object schema, those from `allOf` first; references in them are kept."""
    schema = resolve(schema)
    found: dict[str, dict[str, Any]] = {}
    for part in schema.get("allOf", []):
        found.update(properties(part))
    return {**found, **schema.get("properties", {})}


def _endpoints(kind: str) -> list[Endpoint]:
    return [
        Endpoint(
            operation["operationId"],
            method.upper(),
            path,
            operation,
            [resolve(p) for p in (*item.get("parameters", []), *operation.get("parameters", []))],
        )
        for path, item in document()[kind].items()
        for method, operation in item.items()
        if method in METHODS
    ]


@functools.cache
def endpoints() -> list[Endpoint]:
    """Return the operations, in the order of the document."""
    return _endpoints("paths")


@functools.cache
def events() -> list[Endpoint]:
    """Return the webhooks, in the order of the document."""
    return _endpoints("webhooks")


def _json(place: str, operation: str, content: dict[str, Any]) -> Iterator[Example]:
    media = content.get("application/json", {})
    if "example" in media:
        yield Example(place, operation, media["schema"], media["example"])


def answers(endpoint: Endpoint) -> list[Example]:
    """Return the examples of an operation's 2xx answers, as complete bodies."""
    return [
        example
        for status, response in endpoint.raw["responses"].items()
        if status.startswith("2")
        for example in _json(f"{endpoint.id} {status}", endpoint.id, resolve(response).get("content", {}))
    ]


def requests(endpoint: Endpoint) -> list[Example]:
    """Return the example of the request body of an operation or webhook, if there is one."""
    body = resolve(endpoint.raw.get("requestBody", {}))
    return list(_json(f"{endpoint.id} request", endpoint.id, body.get("content", {})))


def errors() -> list[Example]:
    """Return the examples of the shared error answers."""
    shared: dict[str, dict[str, Any]] = document()["components"]["responses"]
    return [example for name, response in shared.items() for example in _json(name, name, response["content"])]


def data_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of `data` in an envelope."""
    return properties(schema)["data"]
