"""Every endpoint of the contract through the real client, over real HTTP: it works, or it says that it is not built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient, ServerError
from cstar_async._generated import operations
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract import load_contract
from cstar_async.sandbox.emulation import build_handlers
from cstar_async.sandbox.hooks import ASYNCHRONOUS
from tests import contract
from tests.arguments import method
from tests.decoding import model_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ENDPOINTS = [endpoint for endpoint in contract.endpoints() if endpoint.id != "events.stream"]
EMULATED = set(build_handlers(load_contract())) | ASYNCHRONOUS

# The contract's examples name objects of an imaginary team.
OPTIONAL_REFERENCES = {"customerId", "assignedTo", "categoryId"}


@pytest.fixture
async def cstar() -> AsyncIterator[CStarClient]:
    """A client of an empty team."""
    async with Sandbox() as sandbox, sandbox.client(max_retries=0) as client:
        yield client


async def ids_of_new_objects(cstar: CStarClient) -> dict[str, str]:
    """One object of each kind, by the name that paths and arguments have for its id."""
    customer = await cstar.customers.create(name="Ada", email="ada@example.com")
    group = await cstar.customer_groups.create(name="Analysts")
    await cstar.customer_groups.members.add(group.id, customer_ids=[customer.id])
    topic = "7134fc12-5c1d-4a0e-9d7a-2f6f0b1c9e55"
    return {
        "team": "acme-support",
        "ticketId": (await cstar.tickets.create(title="Help")).id,
        "customerId": customer.id,
        "groupId": group.id,
        "articleId": (await cstar.articles.create(title="How to", content="Like this.")).id,
        "webhookId": (await cstar.webhooks.create(name="w", url="https://example.com/", events=["*"])).id,
        "categoryId": (await cstar.categories.create(name="Guides")).id,
        "postId": (await cstar.community.posts.create(title="Idea", body="Let us.", topic_id=topic)).id,
    }


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.id)
async def test_an_endpoint_works_or_says_that_it_is_not_built(cstar: CStarClient, endpoint: contract.Endpoint) -> None:
    """An endpoint could answer with something that is neither true nor an honest 501."""
    operation = operations.load(endpoint.id)
    ids = await ids_of_new_objects(cstar)
    path = [ids.get(name, f"{name}_1") for name in operation.path_params if name != "teamId"]
    call = method(cstar, endpoint.id)(*path, **required_query(operation, ids), **body(endpoint, operation, ids))
    if endpoint.id in EMULATED:
        result = await call
        values = result.data if operation.is_list else [result]
        assert all(type(value) is model_of(operation) for value in values)
        return
    with pytest.raises(ServerError) as caught:
        await call
    assert (caught.value.status, caught.value.code) == (501, "not_emulated")
    assert endpoint.id in str(caught.value)


def required_query(operation: operations.Operation, ids: dict[str, str]) -> dict[str, Any]:
    """The query parameters that must be given."""
    return {p.argument: ids.get(p.name, "x") for p in operation.params if p.location == "query" and p.required}


def body(endpoint: contract.Endpoint, operation: operations.Operation, ids: dict[str, str]) -> dict[str, Any]:
    """The body of the contract's example, with references to objects that exist, or without them."""
    if "requestBody" not in endpoint.raw:
        return {}
    (example,) = contract.requests(endpoint)
    given = {name: value for name, value in example.value.items() if name not in OPTIONAL_REFERENCES}
    if "customerIds" in given:
        given["customerIds"] = [ids["customerId"]]
    names = {p.name: p.argument for p in operation.params if p.location == "body"}
    return {names[name]: value for name, value in given.items()}


def test_how_much_is_built() -> None:
    """The README's and the changelog's figures would be wrong."""
    seed = {endpoint.id for endpoint in contract.endpoints() if endpoint.raw["x-cstar-source"] == "seed"}
    assert (len(seed), len(seed & EMULATED), len(EMULATED)) == (113, 46, 51)
