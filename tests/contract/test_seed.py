"""The contract agrees with the seed, cStar's context file for AI tools; seed.json is a copy of its lists.

In seed.json a field is a list of its type and its known values. `also` has names from the seed's text that are not in
its field lists; `answer`, `delivery` and `public` have names from the overview, the sample delivery and SDK samples.
"""

from __future__ import annotations

import functools
import json
import posixpath
import re
from typing import Any

import pytest

from tests import contract

SEED: dict[str, Any] = json.loads((contract.HERE / "seed.json").read_text(encoding="utf-8"))
RESOURCES: dict[str, dict[str, Any]] = {resource["name"]: resource for resource in SEED["resources"]}
NEWER_EVENTS = {
    "ticket.assigned",
    "customer_group.created",
    "customer_group.updated",
    "customer_group.deleted",
    "team.preferences_updated",
    "agent.preferences_updated",
}
SCHEMAS = {
    "Tickets": "Ticket",
    "Customers": "Customer",
    "Customer Groups": "CustomerGroup",
    "Articles": "Article",
    "Messages": "Message",
    "Webhooks": "Webhook",
    "Categories": "Category",
    "Community": "CommunityPost",
    "Members": "Member",
    "Settings": "Settings",
    "Notifications": "Notification",
    "Custom Fields": "CustomField",
    "SLA Rules": "SLARule",
    "Analytics": "AnalyticsOverview",
    "Bulk Operations": "BulkResult",
    "Export": "ExportResult",
    "Import": "ImportResult",
    "Audit Log": "AuditLogEntry",
    "Search": "SearchResult",
    "Tags": "Tag",
    "Game": "PlayerStats",
    "AI Actions": "AIResult",
    "Automations": "Automation",
    "Saved Views": "SavedView",
    "Billing": "Subscription",
}
OPTIONAL = {
    ("Tickets", "resolvedAt"),  # "if applicable"
    ("Customer Groups", "slug"),  # "if omitted"
    ("Customer Groups", "description"),  # "Optional"
    ("Webhooks", "secret"),  # "shown once"
    ("Community", "custom_fields"),  # "not returned"
    ("Custom Fields", "options"),  # "for select/multiselect"
}
"""The fields that the seed's own words make optional in answers."""
JSON_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean", "object": "object"}
# The paging parameters of every list, from the overview of the seed.
PAGING = {"page", "pageSize"}
FIELDS = [
    (resource["name"], name, *rest)
    for resource in SEED["resources"]
    for name, (kind, *values) in resource["fields"].items()
    for rest in [(kind, values)]
]


def _full_path(base: str, path: str) -> str:
    return posixpath.normpath(base + path).rstrip("/")


def _seed_endpoints() -> list[tuple[str, str, str]]:
    """Return method, path and resource of each endpoint, in the seed's order, grouped by path."""
    found: list[tuple[str, str, str]] = []
    for resource in SEED["resources"]:
        grouped: dict[str, list[str]] = {}
        for method, path, _ in resource["endpoints"]:
            grouped.setdefault(_full_path(resource["base"], path), []).append(method)
        found += [(method, path, resource["name"]) for path, methods in grouped.items() for method in methods]
    return found


def _field(resource: str, name: str) -> dict[str, Any]:
    node: dict[str, Any] = contract.schemas()[SCHEMAS[resource]]
    for part in name.split("."):
        node = contract.properties(node)[part]
    return node


def _shape(node: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a property, with references resolved and without null."""
    node = contract.resolve(node)
    if "oneOf" in node:
        (node,) = [contract.resolve(choice) for choice in node["oneOf"] if choice.get("type") != "null"]
    kind = node.get("type")
    if isinstance(kind, list):
        (kind,) = [one for one in kind if one != "null"]
    return {**node, "type": kind}


def test_the_copy_of_the_seed_is_complete() -> None:
    """The copy of the seed has all its endpoints, fields, events and headers."""
    assert len(SEED["resources"]) == 25
    assert len(_seed_endpoints()) == len(set(_seed_endpoints())) == 113
    assert len(FIELDS) == 171
    assert len(SEED["events"]) == 29
    assert len(SEED["delivery_headers"]) == 6


def test_every_endpoint_of_the_seed_is_in_the_contract_in_its_order() -> None:
    """Every endpoint of the seed is in the contract, in order and under its tag."""
    ours = [(e.method, e.path, e.raw["tags"][0]) for e in contract.endpoints() if e.raw["x-cstar-source"] == "seed"]
    assert ours == _seed_endpoints()


def test_no_other_operation_shares_a_method_and_path_with_the_seed() -> None:
    """Only endpoints of the seed have `seed` as their source."""
    others = {(e.method, e.path) for e in contract.endpoints() if e.raw["x-cstar-source"] != "seed"}
    assert len(others) == len(contract.endpoints()) - 113
    assert others.isdisjoint({(method, path) for method, path, _ in _seed_endpoints()})


@pytest.mark.parametrize(("resource", "name", "kind", "values"), FIELDS)
def test_every_object_field_is_a_property_of_its_schema(resource: str, name: str, kind: str, values: list[str]) -> None:
    """Every field of the seed is a property of its schema, with its type."""
    field = _field(resource, name)
    assert "x-cstar-source" not in field
    shape = _shape(field)
    if kind in {"datetime", "uuid", "string"}:
        assert shape["type"] == "string"
        assert (shape.get("format") == "date-time") == (kind == "datetime")
    elif kind in {"string[]", "array"}:
        assert shape["type"] == "array"
        assert kind == "array" or _shape(shape["items"])["type"] == "string"
    else:
        assert shape["type"] == JSON_TYPES[kind]


@pytest.mark.parametrize(("resource", "name"), [(resource, name) for resource, name, *_ in FIELDS])
def test_every_object_field_is_promised_but_six(resource: str, name: str) -> None:
    """Every field of the seed is required in its schema, except six that the seed calls optional."""
    parent, _, last = name.rpartition(".")
    schema = _shape(_field(resource, parent)) if parent else contract.resolve(_schema(resource))
    assert (last in _required(schema)) == ((resource, name) not in OPTIONAL)


def _required(schema: dict[str, Any]) -> set[str]:
    schema = contract.resolve(schema)
    return set(schema.get("required", [])).union(*(_required(part) for part in schema.get("allOf", [])))


@pytest.mark.parametrize(("resource", "name", "values"), [(r, n, v) for r, n, _, v in FIELDS if v])
def test_every_known_value_is_in_the_enumeration_and_no_other(resource: str, name: str, values: list[str]) -> None:
    """The enumerations have exactly the values of the seed, in order."""
    assert _shape(_field(resource, name))["enum"] == values


@pytest.mark.parametrize(
    ("name", "values"),
    [("SearchResultType", ["ticket", "customer", "article"]), ("ExportFormat", ["json", "csv"])],
)
def test_values_in_the_text_of_the_seed_are_enumerations_too(name: str, values: list[str]) -> None:
    """Values that the seed lists in its text are enumerations too."""
    assert contract.schemas()[name]["enum"] == values


@pytest.mark.parametrize("resource", RESOURCES)
def test_fields_beyond_the_seed_say_where_they_come_from(resource: str) -> None:
    """Properties that the seed lacks have a source."""
    listed = {name.split(".")[0] for name in RESOURCES[resource]["fields"]} | set(RESOURCES[resource].get("also", []))
    unmarked = {n for n, p in contract.properties(_schema(resource)).items() if "x-cstar-source" not in p}
    assert unmarked <= listed
    assert {name.split(".")[0] for name in RESOURCES[resource]["fields"]} <= unmarked


def _schema(resource: str) -> dict[str, Any]:
    return contract.schemas()[SCHEMAS[resource]]


def _reached(node: Any, found: set[str]) -> set[str]:
    """Add the names of all schemas that a node refers to, directly or not, to `found`."""
    if isinstance(node, list):
        for value in node:
            _reached(value, found)
    elif isinstance(node, dict):
        place, _, name = str(node.get("$ref", "")).rpartition("/")
        if place == "#/components/schemas" and name not in found:
            found.add(name)
            _reached(contract.schemas()[name], found)
        for value in node.values():
            _reached(value, found)
    return found


@functools.cache
def _words() -> dict[str, set[str]]:
    """Map each schema to the names that the seed has for the resources that use it."""
    general = {
        "Webhook Events": SEED["delivery"],
        "Events": SEED["delivery"],
        "Public Library": SEED["public"],
        "Customer Auth": SEED["public"],
    }
    words: dict[str, set[str]] = {}
    for endpoint in (*contract.endpoints(), *contract.events()):
        tag = endpoint.raw["tags"][0]
        resource = RESOURCES.get(tag.removeprefix("Public "), {})
        names = {part for name in resource.get("fields", {}) for part in name.split(".")}
        parameters = {p for _, path, _ in resource.get("endpoints", []) for p in re.findall(r"{(\w+)}", path)}
        for name in _reached(endpoint.raw, set()):
            known = words.setdefault(name, set())
            known.update(names, parameters, resource.get("also", []), general.get(tag, []))
            if "x-cstar-runtime" in contract.schemas()[name]:
                known.update(SEED["answer"])
    words["ErrorBody"] = words["ErrorDetail"] = {*SEED["answer"]}
    return words


def test_unmarked_properties_of_all_schemas_are_names_of_the_seed() -> None:
    """Properties without a source are names of the seed, in every schema."""
    unknown = {
        f"{name}.{field}"
        for name, schema in contract.schemas().items()
        for field, node in contract.properties(schema).items()
        if "x-cstar-source" not in node and field not in _words().get(name, set())
    }
    assert unknown == set()


@pytest.mark.parametrize("endpoint", contract.endpoints(), ids=lambda e: e.id)
def test_parameters_beyond_the_seed_say_where_they_come_from(endpoint: contract.Endpoint) -> None:
    """Parameters that the seed lacks have a source."""
    resource = RESOURCES.get(endpoint.raw["tags"][0], {"base": "", "endpoints": []})
    known = {f"{m} {_full_path(resource['base'], p)}": f"{m} {p}" for m, p, _ in resource["endpoints"]}
    named = resource.get("parameters", {}).get(known.get(f"{endpoint.method} {endpoint.path}", ""), [])
    for parameter in endpoint.parameters:
        if parameter["in"] == "path" and endpoint.raw["x-cstar-source"] == "seed":
            assert "x-cstar-source" not in parameter, parameter["name"]
        elif parameter["in"] != "path" and parameter["name"] not in PAGING:
            assert ("x-cstar-source" in parameter) == (parameter["name"] not in named), parameter["name"]


@pytest.mark.parametrize("resource", [r for r in RESOURCES if "id_prefix" in RESOURCES[r]])
def test_id_prefixes_are_those_of_the_seed(resource: str) -> None:
    """The id prefixes are those of the seed."""
    assert _schema(resource)["x-cstar-id-prefix"] == RESOURCES[resource]["id_prefix"]


def test_every_event_is_a_webhook_and_only_six_are_newer() -> None:
    """Every event of the seed is a webhook; six more are from the documentation."""
    sources = {event.path: event.raw["x-cstar-source"] for event in contract.events()}
    assert [name for name, source in sources.items() if source == "seed"] == SEED["events"]
    assert {name for name, source in sources.items() if source == "docs"} == NEWER_EVENTS
    assert len(sources) == 35
    assert contract.schemas()["EventType"]["enum"] == list(sources)


@pytest.mark.parametrize("event", contract.events(), ids=lambda e: e.path)
def test_every_webhook_has_the_delivery_headers(event: contract.Endpoint) -> None:
    """Every webhook has the delivery headers of the seed."""
    assert {p["in"] for p in event.parameters} == {"header"}
    assert [p["name"] for p in event.parameters if "x-cstar-source" not in p] == SEED["delivery_headers"]


@pytest.mark.parametrize(
    ("schema", "field", "column", "limit"),
    [
        ("OneUpCreate", "message", "maxLength", 140),
        ("OneUpCreate", "gold", "maximum", 100),
        ("HighFiveCreate", "message", "maxLength", 80),
        ("CosmeticPreferencesUpdate", "victoryMessage", "maxLength", 200),
        ("BulkOperation", "ids", "maxItems", 100),
        ("ImportRun", "records", "maxItems", 500),
        ("CommunityPostCreate", "attachments", "maxItems", 10),
        ("PublicCommentCreate", "attachments", "maxItems", 5),
        ("CommunityAttachment", "size_bytes", "maximum", 5 * 1024 * 1024),
    ],
)
def test_limits_of_the_seed_are_in_the_schemas(schema: str, field: str, column: str, limit: int) -> None:
    """The limits of the seed are in the schemas."""
    assert contract.properties(contract.schemas()[schema])[field][column] == limit


def test_paging_parameters_are_those_of_the_seed() -> None:
    """The paging parameters have the bounds and defaults of the seed."""
    parameters = contract.document()["components"]["parameters"]
    assert parameters["Page"]["schema"] == {"type": "integer", "minimum": 1, "default": 1}
    assert parameters["PageSize"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
