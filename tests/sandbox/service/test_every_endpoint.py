"""Every endpoint of the contract works, through the real client and over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient
from cstar_async._core.operation import Operation
from cstar_async._generated import operations
from cstar_async.models import AutomationAction
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.service.registry import ASYNCHRONOUS, build_registry
from tests import contract
from tests.support.arguments import method
from tests.support.decoding import model_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ENDPOINTS = [endpoint for endpoint in contract.endpoints() if endpoint.id != "events.stream"]
WRITES = [endpoint for endpoint in ENDPOINTS if operations.load(endpoint.id).idempotent]
EMULATED = set(build_registry(load_contract()).handlers) | ASYNCHRONOUS

# The contract's examples refer to objects that do not exist here.
OPTIONAL_REFERENCES = {"customerId", "assignedTo", "categoryId", "customFields", "custom_fields", "environment"}
EARNED = {"game.skills.allocate", "game.cosmetics.preferences.update"}
UNUSED_URL = "http://127.0.0.1:9/"
PASSWORD = "a password of some length"
SIGNED_IN = ("customer_auth.logout", "customer_auth.me", "public_community.")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with another team beside the default one."""
    async with Sandbox() as running:
        running.team("Globex")
        yield running


async def ids_of_new_objects(cstar: CStarClient) -> dict[str, Any]:
    """Create one object of each kind. Returns their ids, by the name of the parameter or field."""
    customer = await cstar.customers.create(name="Ada", email="ada@example.com")
    group = await cstar.customer_groups.create(name="Analysts")
    await cstar.customer_groups.members.add(group.id, customer_ids=[customer.id])
    topic = (await cstar.community.topics.list()).data[0].id
    members = (await cstar.members.list()).data
    await cstar.game.boss.spawn(difficulty="easy")
    while (blow := await cstar.game.boss.damage(user_id=members[0].id, ticket_priority="urgent")).health:
        pass
    session = await cstar.customer_auth.signup("acme-support", email="bob@example.com", password=PASSWORD)
    return {
        "team": "acme-support",
        "ticketId": (await cstar.tickets.create(title="Help")).id,
        "customerId": customer.id,
        "groupId": group.id,
        "articleId": (await new_article(cstar)).id,
        "webhookId": (await cstar.webhooks.create(name="w", url=UNUSED_URL, events=["*"])).id,
        "categoryId": (await cstar.categories.create(name="Guides")).id,
        "postId": (await cstar.community.posts.create(title="How to", body="Let us.", topic_id=topic)).id,
        "topic_id": topic,
        "slug": "how-to",
        "ruleId": (await new_rule(cstar)).id,
        "viewId": (await cstar.views.create(name="v", entity_type="tickets")).id,
        "keyId": (await cstar.keys.create(name="k")).id,
        "defeatId": blow.defeat_id,
        "memberId": members[1].id,
        "userId": members[0].id,
        "recipientId": members[1].user_id,
        "recipientTeamId": "globex",
        "achievementId": "first_blood",
        "seasonId": (await cstar.game.seasons.current()).id,
        "puzzleId": (await cstar.game.puzzles.today()).id,
        "refreshToken": session.refresh_token,
        "accessToken": session.access_token,
    }


async def new_article(cstar: CStarClient) -> Any:
    """Create a published, public article."""
    return await cstar.articles.create(title="How to", content="Like this.", status="published", is_public=True)


async def new_rule(cstar: CStarClient) -> Any:
    """Create an automation."""
    actions = [AutomationAction(type="add_tags", tags=["new"])]
    return await cstar.automations.create(name="r", trigger_event="ticket.created", actions=actions)


async def finish_urgent_tickets(cstar: CStarClient, user: str) -> None:
    """Resolve urgent tickets until there is a skill point and a gold ring."""
    await cstar.sla.rules.create(name="Urgent", priority="urgent", response_target=15, resolution_target=120)
    for number in range(20):
        await cstar.tickets.create(title=f"Fire {number}", priority="urgent", assigned_to=user, status="closed")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.id)
async def test_an_endpoint_works(sandbox: Sandbox, endpoint: contract.Endpoint) -> None:
    """An endpoint accepts the contract's example and answers with its model."""
    operation = operations.load(endpoint.id)
    async with sandbox.client(max_retries=0) as cstar:
        result = await (await prepare(cstar, endpoint))
    values = result.data if operation.is_list else [result]
    assert all(type(value) is model_of(operation) for value in values)


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda e: e.id)
async def test_a_write_with_a_key_is_executed_once(sandbox: Sandbox, endpoint: contract.Endpoint) -> None:
    """A write that is sent again with its key is executed once and gets the same answer."""
    async with sandbox.client(max_retries=0) as cstar:
        call = (await prepare(cstar, endpoint)).options(idempotency_key="once")
        first = await call.response()
        await sandbox.settled()
        before = dump(sandbox)
        second = await call.response()
    assert dump(sandbox) == before
    assert (second.status, second.raw) == (first.status, first.raw)
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")


def test_what_has_no_api_key_has_no_idempotency_key() -> None:
    """Operations without an API key take no idempotency key."""
    writes = [operations.load(each.id) for each in ENDPOINTS if each.method in {"POST", "PATCH"}]
    assert all(operation.idempotent == (operation.key != "none") for operation in writes)
    assert (len(writes), len(WRITES)) == (51, 42)


def dump(sandbox: Sandbox) -> list[str]:
    """The content of the sandbox's database, as SQL."""
    store = sandbox._running().store
    return list(store._connection.iterdump())


async def prepare(cstar: CStarClient, endpoint: contract.Endpoint, ids: dict[str, Any] | None = None) -> Any:
    """A call of an endpoint with valid arguments, in a team where it can succeed."""
    operation = operations.load(endpoint.id)
    ids = await ids_of_new_objects(cstar) if ids is None else ids
    path = [ids[name] for name in operation.path_params if name != "teamId"]
    arguments = required_query(operation, ids) | body(endpoint, operation, ids)
    if endpoint.id == "customer_auth.login":
        arguments = {"email": "bob@example.com", "password": PASSWORD}
    if endpoint.id == "game.boss.damage":
        await cstar.game.boss.spawn()
    if endpoint.id in EARNED:
        await finish_urgent_tickets(cstar, ids["userId"])
    call = method(cstar, endpoint.id)(*path, **arguments)
    if endpoint.id.startswith(SIGNED_IN):
        call = call.options(headers={"Authorization": f"Bearer {ids['accessToken']}"})
    return call


def required_query(operation: Operation, ids: dict[str, Any]) -> dict[str, Any]:
    """The required query parameters."""
    return {p.argument: ids.get(p.name, "x") for p in operation.params if p.location == "query" and p.required}


def body(endpoint: contract.Endpoint, operation: Operation, ids: dict[str, Any]) -> dict[str, Any]:
    """The body of the contract's example, with references to existing objects or without references."""
    if "requestBody" not in endpoint.raw:
        return {}
    (example,) = contract.requests(endpoint)
    values = {name: ids.get(name, value) for name, value in example.value.items() if name not in OPTIONAL_REFERENCES}
    if "actions" in values:
        values["actions"] = [
            {**action, "agentId": ids["memberId"]} if "agentId" in action else action for action in values["actions"]
        ]
    if "customerIds" in values:
        values["customerIds"] = [ids["customerId"]]
    if "resourceId" in values:
        values["resourceId"] = ids["ticketId"]
    names = {p.name: p.argument for p in operation.params if p.location == "body"}
    return {names[name]: value for name, value in values.items()}


def test_how_much_is_built() -> None:
    """The README's figures of emulated operations are right."""
    known = {endpoint.id for endpoint in contract.endpoints()}
    seed = {endpoint.id for endpoint in contract.endpoints() if endpoint.raw["x-cstar-source"] == "seed"}
    assert (len(seed), len(seed & EMULATED), len(known & EMULATED)) == (113, 113, 142)
