"""The contract is valid OpenAPI 3.1, complete, and has the extensions that the code reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import openapi_spec_validator
import pytest

from tests import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: dict[str, list[dict[str, list[str]]] | None] = {"any": None, "secret": [{"secretKey": []}], "none": []}
CUSTOMER_TOKEN: list[dict[str, list[str]]] = [{"customerToken": []}]
SOURCES = {"seed", "docs", "inferred"}
ID = r"[A-Za-z0-9_-]{3,}"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ENDPOINTS = contract.endpoints()
EVENTS = contract.events()
ANSWERS = [example for endpoint in ENDPOINTS for example in contract.answers(endpoint)]
REQUESTS = [example for endpoint in (*ENDPOINTS, *EVENTS) for example in contract.requests(endpoint)]
PREFIXES = {n: s["x-cstar-id-prefix"] for n, s in contract.schemas().items() if s.get("x-cstar-id-prefix")}
EXAMPLES = [*ANSWERS, *REQUESTS, *contract.errors()]


def _id(value: Any) -> str:
    return getattr(value, "place", None) or getattr(value, "id", None) or str(value)


def _inside(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas inside a schema, with their places; `allOf` parts count as the schema itself."""
    for name, part in node.get("properties", {}).items():
        yield f"{path}.{name}", part
        yield from _inside(part, f"{path}.{name}")
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield f"{path}[{keyword}]", node[keyword]
            yield from _inside(node[keyword], f"{path}[{keyword}]")
    for keyword in ("oneOf", "anyOf"):
        for index, part in enumerate(node.get(keyword, [])):
            yield f"{path}.{keyword}[{index}]", part
            yield from _inside(part, f"{path}.{keyword}[{index}]")
    for part in node.get("allOf", []):
        yield from _inside(part, path)


def _media(endpoint: contract.Endpoint) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the JSON contents of an operation that must be fully documented, with their places."""
    contents = {"request": endpoint.raw.get("requestBody", {})}
    contents.update({s: r for s, r in endpoint.raw["responses"].items() if s.startswith("2")})
    for place, holder in contents.items():
        media = contract.resolve(holder).get("content", {}).get("application/json")
        if media is not None:
            yield place, media


def test_it_is_an_openapi_3_1_document() -> None:
    """The contract is a valid OpenAPI 3.1 document."""
    assert contract.document()["openapi"] == "3.1.0"
    openapi_spec_validator.validate(contract.document())


@pytest.mark.parametrize("example", EXAMPLES, ids=_id)
def test_every_example_fits_its_schema(example: contract.Example) -> None:
    """Every example is valid against its schema."""
    whole = {"components": {"schemas": contract.schemas()}, **example.schema}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    assert [f"{e.instance_path}: {e.message}" for e in validator.iter_errors(example.value)] == []


def test_operation_ids_are_unique_method_paths() -> None:
    """Operation ids are unique, and valid paths of methods."""
    ids = [endpoint.id for endpoint in (*ENDPOINTS, *EVENTS)]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+", i)] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=_id)
def test_every_operation_has_the_extensions_that_the_code_reads(endpoint: contract.Endpoint) -> None:
    """Every operation has its extensions, in agreement with its security and parameters."""
    raw = endpoint.raw
    names = {parameter["name"] for parameter in endpoint.parameters}
    assert raw["x-cstar-source"] in SOURCES
    assert raw["x-cstar-pagination"] in {"page", "cursor", "none"}
    if raw["x-cstar-key"] == "none":
        assert raw["security"] in ([], CUSTOMER_TOKEN, [{}, *CUSTOMER_TOKEN])
    else:
        assert raw.get("security") == KEYS[raw["x-cstar-key"]]
    assert {"page", "pageSize"} <= names or raw["x-cstar-pagination"] != "page"
    assert "cursor" in names or raw["x-cstar-pagination"] != "cursor"
    takes_key = raw["x-cstar-key"] != "none" or endpoint.id == "customer_auth.refresh"
    assert ("Idempotency-Key" in names) == (endpoint.method in {"POST", "PATCH"} and takes_key)
    assert set(re.findall(r"{(\w+)}", endpoint.path)) == {p["name"] for p in endpoint.parameters if p["in"] == "path"}
    assert endpoint.method == "GET" or raw["x-cstar-key"] != "any"


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, *EVENTS], ids=_id)
def test_every_operation_is_described(endpoint: contract.Endpoint) -> None:
    """Every operation has one tag, a summary, descriptions and a source."""
    assert len(endpoint.raw["tags"]) == 1
    described = [endpoint.raw, *endpoint.parameters, *map(contract.resolve, endpoint.raw["responses"].values())]
    assert [node for node in described if not node.get("description", "").strip()] == []
    assert endpoint.raw["summary"].strip()
    assert endpoint.raw["x-cstar-source"] in SOURCES


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=_id)
def test_every_operation_names_the_errors_that_it_can_answer(endpoint: contract.Endpoint) -> None:
    """Every operation lists the error statuses that it can answer."""
    expected = {"429", "500"}
    if endpoint.raw["x-cstar-key"] != "none":
        expected |= {"401", "403"}
    if any(p["in"] == "path" and "x-cstar-client" not in p for p in endpoint.parameters):
        expected.add("404")
    if "requestBody" in endpoint.raw:
        expected.add("400")
    assert expected <= set(endpoint.raw["responses"])


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, *EVENTS], ids=_id)
def test_every_body_has_an_example_and_a_named_schema(endpoint: contract.Endpoint) -> None:
    """Every body has an example and a named schema."""
    for place, media in _media(endpoint):
        assert "example" in media, place
        schema = media["schema"]
        assert "properties" not in schema, place
        if place != "request":
            # The envelope is the only object without a schema of its own.
            inline = [part for part in schema["allOf"] if "$ref" not in part]
            assert [set(part["properties"]) for part in inline] == [{"data"}], place
        for parameter in endpoint.parameters:
            assert "enum" not in parameter["schema"], parameter["name"]


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.raw["x-cstar-pagination"] != "none"], ids=_id)
def test_paged_lists_have_arrays_and_consistent_pagination(endpoint: contract.Endpoint) -> None:
    """A paged operation answers with an array, and its example is consistent."""
    (example,) = contract.answers(endpoint)
    assert contract.data_schema(example.schema)["type"] == "array"
    assert isinstance(example.value["data"], list)
    # Examples have pagination where the documentation shows it: at the top, in meta, or not at all.
    more = example.value.get("pagination") or example.value["meta"].get("pagination")
    if more is None:
        assert endpoint.id == "tickets.messages.list"
    elif endpoint.raw["x-cstar-pagination"] == "cursor":
        assert more["hasMore"] == (more.get("nextCursor") is not None)
    else:
        pages = -(-more["total"] // more["pageSize"])
        assert more.get("totalPages", pages) == pages
        assert more["hasMore"] == (more["page"] < pages)


@pytest.mark.parametrize("name", contract.schemas())
def test_schemas_are_described_and_their_objects_are_named(name: str) -> None:
    """Schemas are described, and the objects and enumerations in them are named."""
    schema = contract.schemas()[name]
    assert schema["description"].strip()
    for path, part in _inside(schema, name):
        assert not part.keys() & {"enum", "properties", "allOf", "nullable", "example"}, path
        assert part.get("x-cstar-source", "docs") in {"docs", "inferred"}, path
    for field, part in contract.properties(schema).items():
        assert contract.resolve(part).get("description", "").strip(), field
        assert set(schema.get("required", [])) <= set(contract.properties(schema))


def test_every_schema_is_used() -> None:
    """Every schema is used."""
    text = contract.KNOWN.read_text(encoding="utf-8")
    assert [name for name in contract.schemas() if f"'#/components/schemas/{name}'" not in text] == []


def _values(schema: dict[str, Any], value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of an example that have an id and a schema with an id prefix, with that schema's name."""
    if value is None:
        return
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = contract.resolve(schema)
    if "x-cstar-id-prefix" in schema and "id" in value:
        yield name, value
    for part in (*schema.get("allOf", []), *schema.get("oneOf", [])):
        yield from _values(part, value)
    for name, part in schema.get("properties", {}).items():
        if isinstance(value, dict) and name in value:
            yield from _values(part, value[name])
    if isinstance(value, list) and "items" in schema:
        for item in value:
            yield from _values(schema["items"], item)


@pytest.mark.parametrize("example", [*ANSWERS, *REQUESTS], ids=_id)
def test_ids_in_examples_begin_with_their_prefix(example: contract.Example) -> None:
    """Ids in examples begin with the prefix of their schema."""
    for name, value in _values(example.schema, example.value):
        assert re.fullmatch(f"{PREFIXES.get(name, '')}{ID}", value["id"]), value["id"]


def test_every_id_prefix_is_in_an_example() -> None:
    """Every id prefix is in an example."""
    seen = {name for example in (*ANSWERS, *REQUESTS) for name, _ in _values(example.schema, example.value)}
    assert seen >= set(PREFIXES)


@pytest.mark.parametrize("name", ["Category", "CommunityPost", "CommunityTopic", "CustomerGroup"])
def test_ids_documented_as_uuids_are_uuids(name: str) -> None:
    """Ids that are documented as UUIDs are UUIDs in examples."""
    found = [
        value["id"] for example in ANSWERS for schema, value in _values(example.schema, example.value) if schema == name
    ]
    assert found
    assert [one for one in found if not re.fullmatch(UUID, one)] == []


@pytest.mark.parametrize("resource", ["tickets", "customers", "articles"])
def test_bulk_extensions_have_the_documented_limits(resource: str) -> None:
    """`x-cstar-bulk` has the documented actions and limits."""
    columns = {
        e.id: e.raw["x-cstar-bulk"] for e in ENDPOINTS if e.id.startswith(f"{resource}.") and "x-cstar-bulk" in e.raw
    }
    assert columns == {
        f"{resource}.list": {"resource": resource, "action": "export", "limit": 10_000},
        f"{resource}.create": {"resource": resource, "action": "import", "limit": 500},
        f"{resource}.update": {"resource": resource, "action": "update", "limit": 100},
        f"{resource}.delete": {"resource": resource, "action": "delete", "limit": 100},
    }


def test_the_text_is_tidy() -> None:
    """Lines have at most 120 characters and no trailing whitespace."""
    lines = contract.KNOWN.read_text(encoding="utf-8").split("\n")
    assert [number for number, line in enumerate(lines, 1) if len(line) > 120 or line != line.rstrip()] == []
