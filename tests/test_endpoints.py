"""Every endpoint of the contract: the request that its method sends, and the result that it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from cstar_async import CStarClient, models
from cstar_async._generated import operations
from tests import contract
from tests.support.aio import BASE, SECRET, TEAM, Mock
from tests.support.arguments import make, method
from tests.support.decoding import decode, info_of, model_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STREAMS = {"events.stream"}
ENDPOINTS = [endpoint for endpoint in contract.endpoints() if endpoint.id not in STREAMS]


@pytest.fixture
async def cstar() -> AsyncIterator[CStarClient]:
    """A client whose answers are mocked."""
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0) as client:
        yield client


def test_every_endpoint_is_tested() -> None:
    """The tests cover all 113 endpoints with the source `seed`, and every other endpoint except streams."""
    seed = {e.id for e in ENDPOINTS if e.raw["x-cstar-source"] == "seed"}
    assert len(seed) == 113
    assert {e.id for e in contract.endpoints()} - {e.id for e in ENDPOINTS} == STREAMS


def test_the_operations_have_the_order_of_the_contract() -> None:
    """The operations have the order of the contract."""
    ids = [endpoint.id for endpoint in contract.endpoints()]
    assert [operation_id for operation_id in operations.load_all() if operation_id in ids] == ids


def test_the_operations_have_the_values_of_the_contract() -> None:
    """Each operation has the method, path, key, source and pagination of the contract."""
    table = operations.load_all()
    for endpoint in contract.endpoints():
        record, raw = table[endpoint.id], endpoint.raw
        assert (record.method, record.path) == (endpoint.method, endpoint.path)
        assert record.key == raw["x-cstar-key"]
        assert record.source in {raw["x-cstar-source"], "spec"}  # `spec` if the service's own document has it
        assert record.pagination == raw["x-cstar-pagination"]
        assert record.idempotent == any(p["name"] == "Idempotency-Key" for p in endpoint.parameters)
        assert record.bulk == (tuple(raw["x-cstar-bulk"].values()) if "x-cstar-bulk" in raw else None)


def _result(value: Any) -> Any:
    """The result of `await`, without the page around a list."""
    return value.data if hasattr(value, "has_more") else value


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.id)
async def test_an_endpoint_sends_its_request_and_reads_its_answer(
    cstar: CStarClient, endpoint: contract.Endpoint
) -> None:
    """A method sends the request of the contract and decodes its example."""
    arguments = make(endpoint)
    (example,) = contract.answers(endpoint)
    operation = operations.load(endpoint.id)

    with Mock() as mock:
        mock.reply(endpoint.method, example.value, status=int(example.place.rpartition(" ")[2]))
        result = _result(await method(cstar, endpoint.id)(*arguments.positional, **arguments.named))

    (sent,) = mock.sent
    url = urlsplit(sent.url)
    assert sent.method == endpoint.method
    assert f"{url.scheme}://{url.netloc}{url.path}" == BASE + arguments.path
    assert url.query == urlencode(parse_qsl(url.query, strict_parsing=True) if url.query else [], quote_via=quote)
    assert sorted(parse_qsl(url.query)) == sorted(arguments.query)
    assert sent.json == arguments.json
    assert sent.headers.get("Content-Type") == (None if arguments.json is None else "application/json")
    authorization = None if endpoint.raw["x-cstar-key"] == "none" else f"Bearer {SECRET}"
    assert sent.headers.get("Authorization") == authorization
    assert ("Idempotency-Key" in sent.headers) == (endpoint.method in {"POST", "PATCH"})

    expected = decode(operation, example.value["data"])
    assert result == expected
    model = model_of(operation)
    assert all(type(item) is model for item in (result if isinstance(result, list) else [result]))


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if "requestBody" in e.raw], ids=lambda e: e.id)
async def test_fields_that_are_not_given_are_not_sent(cstar: CStarClient, endpoint: contract.Endpoint) -> None:
    """Fields that are not given are not sent."""
    arguments = make(endpoint)
    (request,) = contract.requests(endpoint)
    required = set(contract.resolve(request.schema).get("required", []))
    names = {p.argument: p.name for p in operations.load(endpoint.id).params if p.location == "body"}
    named = {name: value for name, value in arguments.named.items() if names.get(name) in required}
    (example,) = contract.answers(endpoint)

    with Mock() as mock:
        mock.reply(endpoint.method, example.value)
        await method(cstar, endpoint.id)(*arguments.positional, **named)

    assert arguments.json is not None
    assert mock.sent[0].json == {name: value for name, value in arguments.json.items() if name in required}


def _nullable(endpoint: contract.Endpoint) -> list[str]:
    (request,) = contract.requests(endpoint)
    found = []
    for name, schema in contract.properties(request.schema).items():
        resolved = contract.resolve(schema)
        kinds = [resolved.get("type"), *(part.get("type") for part in resolved.get("oneOf", []))]
        if any(kind == "null" or (isinstance(kind, list) and "null" in kind) for kind in kinds):
            found.append(name)
    return found


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [(e, field) for e in ENDPOINTS if "requestBody" in e.raw for field in _nullable(e)],
    ids=lambda value: getattr(value, "id", value),
)
async def test_a_field_that_can_be_cleared_is_sent_as_null(
    cstar: CStarClient, endpoint: contract.Endpoint, field: str
) -> None:
    """None for a nullable field is sent as null."""
    arguments = make(endpoint)
    (name,) = [p.argument for p in operations.load(endpoint.id).params if (p.location, p.name) == ("body", field)]
    (example,) = contract.answers(endpoint)

    with Mock() as mock:
        mock.reply(endpoint.method, example.value)
        await method(cstar, endpoint.id)(*arguments.positional, **{**arguments.named, name: None})

    assert mock.sent[0].json == {**(arguments.json or {}), field: None}


async def test_nested_objects_may_be_given_as_models(cstar: CStarClient) -> None:
    """Nested objects can be given as models."""
    (endpoint,) = [e for e in ENDPOINTS if e.id == "automations.create"]
    arguments, (example,) = make(endpoint), contract.answers(endpoint)
    assert arguments.json is not None
    conditions = info_of(models.AutomationConditions).decode(arguments.json["conditions"])
    actions = [info_of(models.AutomationAction).decode(action) for action in arguments.json["actions"]]

    with Mock() as mock:
        mock.reply("POST", example.value, status=201)
        await method(cstar, endpoint.id)(**{**arguments.named, "conditions": conditions, "actions": actions})

    assert mock.sent[0].json == arguments.json
