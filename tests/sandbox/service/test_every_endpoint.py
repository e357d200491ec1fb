"""Every endpoint of the contract works, with the real client and over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient
from cstar_async._core.operation import Operation
from cstar_async._generated import operations
from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.service.registry import ASYNCHRONOUS, build_registry
from tests import contract
from tests.sandbox.objects import PASSWORD, create_objects
from tests.support.arguments import method
from tests.support.decoding import model_of

if TYPE_CHECKING:
    from cstar_async.sandbox import Sandbox

ENDPOINTS = [endpoint for endpoint in contract.endpoints() if endpoint.id != "events.stream"]
WRITES = [endpoint for endpoint in ENDPOINTS if operations.load(endpoint.id).idempotent]
EMULATED = set(build_registry(load_contract()).handlers) | ASYNCHRONOUS

# The contract's examples refer to objects that do not exist here.
OPTIONAL_REFERENCES = {"customerId", "assignedTo", "categoryId", "customFields", "custom_fields", "environment"}
EARNED = {"game.skills.allocate", "game.cosmetics.preferences.update"}
SIGNED_IN = ("customer_auth.logout", "customer_auth.me", "public_community.")


async def earn_rewards(cstar: CStarClient, user: str) -> None:
    """Resolve urgent tickets until there is a skill point and a gold ring."""
    await cstar.sla.rules.create(name="Urgent", priority="urgent", response_target=15, resolution_target=120)
    for number in range(20):
        await cstar.tickets.create(title=f"Fire {number}", priority="urgent", assigned_to=user, status="closed")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.id)
async def test_an_endpoint_works(sandbox: Sandbox, endpoint: contract.Endpoint) -> None:
    """An endpoint accepts the contract's example and answers with its model."""
    operation = operations.load(endpoint.id)
    ids = await create_objects(sandbox.default_team, sandbox.team())
    async with sandbox.client(max_retries=0) as cstar:
        result = await (await prepare(cstar, endpoint, ids))
    values = result.data if operation.is_list else [result]
    assert all(type(value) is model_of(operation) for value in values)


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda e: e.id)
async def test_a_repeated_key_is_executed_once(sandbox: Sandbox, endpoint: contract.Endpoint) -> None:
    """A write that is sent again with its key is executed once and gets the same answer."""
    ids = await create_objects(sandbox.default_team, sandbox.team())
    async with sandbox.client(max_retries=0) as cstar:
        call = (await prepare(cstar, endpoint, ids)).options(idempotency_key="once")
        first = await call.response()
        await sandbox.settled()
        before = dump(sandbox)
        second = await call.response()
    assert dump(sandbox) == before
    assert (second.status, second.raw) == (first.status, first.raw)
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")


def test_operations_without_an_api_key_take_no_idempotency_key() -> None:
    """Writes take an idempotency key, except for those without an API key; of these, renewals do."""
    writes = [operations.load(each.id) for each in ENDPOINTS if each.method in {"POST", "PATCH"}]
    without = {operation.id for operation in writes if operation.key == "none"} - {"customer_auth.refresh"}
    assert {operation.id for operation in writes if not operation.idempotent} == without
    assert (len(writes), len(WRITES)) == (51, 43)


def dump(sandbox: Sandbox) -> list[str]:
    """The whole database of the sandbox, as SQL."""
    store = sandbox._running().store
    return list(store._connection.iterdump())


async def prepare(cstar: CStarClient, endpoint: contract.Endpoint, ids: dict[str, str]) -> Any:
    """A call of an endpoint with valid arguments, after the setup that it needs to succeed."""
    operation = operations.load(endpoint.id)
    path = [ids[name] for name in operation.path_params if name != "teamId"]
    arguments = required_query(operation, ids) | body(endpoint, operation, ids)
    if endpoint.id == "customer_auth.login":
        arguments = {"email": "bob@example.com", "password": PASSWORD}
    if endpoint.id == "game.boss.damage":
        await cstar.game.boss.spawn()
    if endpoint.id in EARNED:
        await earn_rewards(cstar, ids["userId"])
    call = method(cstar, endpoint.id)(*path, **arguments)
    if endpoint.id.startswith(SIGNED_IN):
        call = call.options(headers={"Authorization": f"Bearer {ids['accessToken']}"})
    return call


def required_query(operation: Operation, ids: dict[str, str]) -> dict[str, Any]:
    """The required query parameters."""
    return {p.argument: ids.get(p.name, "x") for p in operation.params if p.location == "query" and p.required}


def body(endpoint: contract.Endpoint, operation: Operation, ids: dict[str, str]) -> dict[str, Any]:
    """The body of the contract's example, with references to existing objects or without references."""
    if "requestBody" not in endpoint.raw:
        return {}
    (example,) = contract.requests(endpoint)
    given = {name: ids.get(name, value) for name, value in example.value.items() if name not in OPTIONAL_REFERENCES}
    if "actions" in given:
        given["actions"] = [
            {**action, "agentId": ids["memberId"]} if "agentId" in action else action for action in given["actions"]
        ]
    if "customerIds" in given:
        given["customerIds"] = [ids["customerId"]]
    names = {p.name: p.argument for p in operation.params if p.location == "body"}
    return {names[name]: value for name, value in given.items()}


def test_the_number_of_emulated_operations() -> None:
    """The numbers of emulated operations are those of the README."""
    known = {endpoint.id for endpoint in contract.endpoints()}
    seed = {endpoint.id for endpoint in contract.endpoints() if endpoint.raw["x-cstar-source"] == "seed"}
    assert (len(seed), len(seed & EMULATED), len(known & EMULATED)) == (113, 113, 142)
