"""Values that the sandbox accepts cause no internal error later; references and times are validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from cstar_async.sandbox import Sandbox, VirtualClock
from cstar_async.webhooks import EventDispatcher
from tests.sandbox.http.test_hostile_requests import send_raw
from tests.support.receiver import receiver

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import TeamApi

MANY = 40_000
"""More than SQLite's limits for values in a statement (32,766) and levels in an expression (1,000)."""
LISTS = (
    *("/tickets", "/customers", "/customer-groups", "/articles", "/categories", "/community/posts", "/tags", "/views"),
    *("/webhooks", "/events", "/automations", "/sla/rules", "/custom-fields", "/search?q=a", "/import", "/api-keys"),
    *("/audit-log", "/request-logs", "/notifications", "/analytics/overview", "/analytics/agents"),
)
DEEP = b'{"a":' * 190 + b"1" + b"}" * 190


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": ["new"] * MANY}, 2),
        ({"status": ["closed"] * MANY}, 0),
        ({"title": [f"t{number}" for number in range(MANY)]}, 2),
        ({"tag": [f"x{number}" for number in range(MANY)]}, 1),
        ({"tags": ["x1"]}, 1),
        ({"tag": ["x1", 2**63, -(2**63), 1.5, True, ""]}, 1),
        ({"messageCount": [0, 2**64 - 1, 1e300]}, 2),
        ({"messageCount": [True]}, 0),
        ({"title": ["t1\0", "\0"]}, 0),
        ({"metadata": ["{}"], "search": "x" * 100_000}, 0),
        ({name: ["new", "normal", "t1", "x1"] * 2_000 for name in ("status", "priority", "title", "tag")}, 1),
    ],
    ids=lambda each: str(each)[:40],
)
async def test_a_view_and_an_export_with_any_filters(api: TeamApi, filters: dict[str, Any], found: int) -> None:
    """Views and exports work with any filters that are accepted."""
    await api.ticket("t1", tags=["x1"])
    await api.ticket("t2")
    body = {"name": "v", "entityType": "tickets", "filters": filters}
    view = (await api.post("/views", body)).data
    assert len((await api.get(f"/views/{view['id']}/tickets")).data) == found
    selection = {"type": "tickets", "filters": filters}
    assert (await api.post("/export", {"resources": [selection]})).data["totalRows"] == found


@pytest.mark.parametrize("name", ["expand", "sort", "nothing", "", "tag'", "metadata.a"])
async def test_a_filter_by_an_unknown_field_is_refused(api: TeamApi, name: str) -> None:
    """A filter by a name that is not a field is refused."""
    for entity in ("tickets", "customers", "community_posts"):
        body = {"name": "v", "entityType": entity, "filters": {name: "customer"}}
        assert (await api.post("/views", body)).error == (400, "parameter_invalid", f"filters.{name}")


async def test_long_lists_of_topics(api: TeamApi) -> None:
    """A long list of topics is accepted, and an unknown topic has no posts."""
    body = {"name": "v", "entityType": "community_posts", "filters": {"topic": ["ideas"] * MANY}}
    assert (await api.post("/views", body)).status == 201
    assert (await api.get("/community/posts?topic=nothing")).data == []


@pytest.mark.parametrize("target", [527_041, 10**12, 10**15, 2**63, 1e300])
async def test_a_target_that_is_too_large(api: TeamApi, target: float) -> None:
    """A target that is too large is refused, and the largest one works."""
    body = {"name": "r", "priority": "high", "responseTarget": 1, "resolutionTarget": target, "businessHoursOnly": True}
    assert (await api.post("/sla/rules", body)).error == (400, "parameter_invalid", "resolutionTarget")
    assert (await api.post("/sla/rules", body | {"resolutionTarget": 527_040})).status == 201
    assert (await api.ticket(priority="high"))["resolutionDeadline"]


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2027-01-01T00:00:60Z"])
async def test_a_time_outside_of_the_calendar(api: TeamApi, time: str) -> None:
    """A time outside the calendar is refused."""
    assert (await api.post("/api-keys", {"name": "k", "expiresAt": time})).error[:2] == (400, "parameter_invalid")
    reply = await api.get("/audit-log?startDate=" + time.replace("+", "%2B"))
    assert reply.error == (400, "parameter_invalid", "startDate")


async def test_a_time_in_lower_case(api: TeamApi) -> None:
    """A time in lower case is accepted."""
    made = await api.post("/api-keys", {"name": "k", "expiresAt": "9998-01-01t00:00:00z"})
    assert made.data["expiresAt"] == "9998-01-01T00:00:00.000Z"


@pytest.mark.parametrize("url", ["https:///x", "http://localhost:99999/", "https://h:0/", "http://127.0.0.1:-1/"])
async def test_an_invalid_webhook_address(api: TeamApi, url: str) -> None:
    """A webhook address without a valid host or port is refused."""
    assert (await api.post("/webhooks", {"name": "w", "url": url, "events": ["*"]})).error[0] == 400


RULE: dict[str, Any] = {
    "name": "\0",
    "triggerEvent": "ticket.created",
    "conditions": {
        "any": [
            {"field": "", "operator": "in", "value": {"a": [1]}},
            {"field": "metadata.a.b", "operator": "greater_than", "value": 1e300},
            {"field": "title", "operator": "contains", "value": None},
        ]
    },
    "actions": [{"type": "add_tags"}, {"type": "set_status"}, {"type": "send_notification", "x": [[[[]]]]}],
}
TICKETS: list[Any] = [
    *({"title": "x", "metadata": {"externalId": 2**64 - 1}}, {"title": "y", "assignedTo": "nobody"}),
    *({"id": "\0"}, {}, {"title": 5}, {"metadata": [1]}),
]
ODD: list[tuple[str, bytes]] = [
    ("/tickets", b'{"title": "a\\u0000b", "tags": ["\\u0000"], "metadata": {"a\\u0000": 1e308}, "notes": "\\u0000"}'),
    ("/tickets", b'{"title": "a", "initialMessage": "\\u0000"}'),
    ("/tickets", b'{"title": "d", "metadata": ' + DEEP + b"}"),
    ("/tickets", b'{"title": "n", "metadata": {"a": ' + b"9" * 300 + b', "b": -18446744073709551616}}'),
    ("/customers", b'{"name": "a\\u0000", "email": "n@example.org", "customFields": ' + DEEP + b"}"),
    ("/articles", b'{"title": "\\u0000", "content": "\\u0000", "metadata": ' + DEEP + b"}"),
    ("/categories", b'{"name": "a\\u0000", "sortOrder": 1e300}'),
    ("/categories", b'{"name": "b", "sortOrder": -9223372036854775809}'),
    ("/custom-fields", b'{"name": "b", "type": "text", "entityType": "tickets", "position": 18446744073709551615}'),
    ("/tags", b'{"name": "a\\u0000b"}'),
    ("/customer-groups", b'{"name": "\\u0000", "customFields": ' + DEEP + b"}"),
    ("/webhooks", b'{"name": "\\u0000", "url": "https://us:er:pa@a..b/", "events": ["*"]}'),
    ("/automations", orjson.dumps(RULE)),
    ("/import", orjson.dumps({"resource": "tickets", "records": TICKETS})),
    (
        "/import",
        orjson.dumps({"resource": "customers", "records": [{"email": 5}, {"email": "\0"}, {"email": "a@b.org"}]}),
    ),
]


async def test_odd_values_everywhere(sandbox: Sandbox, api: TeamApi) -> None:
    """NUL, deep nesting and large numbers are refused or stored, and every list works afterwards."""
    for path, body in ODD:
        assert (await send_raw(sandbox, b"POST", path.encode(), body)).status in {200, 201, 400}, body[:80]
    await api.ticket("after odd values", tags=["\0"])
    await sandbox.settled()
    for path in LISTS:
        assert (await api.get(path)).status == 200, path
    for path in ("/timeline", "/events?limit=500", "/deliveries?limit=500", "/requests?limit=500"):
        assert (await api.get(f"/_sandbox{path}")).status == 200
    form = orjson.dumps({"format": "csv", "resources": [{"type": "tickets"}]})
    assert (await send_raw(sandbox, b"POST", b"/export", form)).status == 200


async def test_a_request_with_odd_headers_can_be_shown(sandbox: Sandbox, api: TeamApi) -> None:
    """A recorded request with odd header bytes can be shown."""
    await send_raw(sandbox, b"GET", b"/tickets", b"", b"User-Agent: \xff\xfe")
    number = (await api.get("/_sandbox/requests")).body["requests"][0]["number"]
    assert (await api.get(f"/_sandbox/requests/{number}")).status == 200
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    url = f"http://{host}:{port}/api/v1/auth/whoami"
    async with api.session.get(url, headers={"Authorization": "Bearer sk_test_\udcff"}) as response:
        assert response.status == 401


@pytest.mark.parametrize("assignee", ["mem_none", "nobody", "", "\0", "tkt_x"])
async def test_a_ticket_is_assigned_to_a_member_of_the_team(api: TeamApi, assignee: str) -> None:
    """A ticket can only be assigned to a member, by any operation."""
    refused = (400, "parameter_invalid", "assignedTo")
    assert (await api.post("/tickets", {"title": "a", "assignedTo": assignee})).error == refused
    ticket = await api.ticket()
    assert (await api.patch(f"/tickets/{ticket['id']}", {"assignedTo": assignee})).error == refused
    change = {"action": "update", "resource": "tickets", "ids": [ticket["id"]], "data": {"assignedTo": assignee}}
    (failure,) = (await api.post("/bulk", change)).data["errors"]
    assert failure["code"] == "parameter_invalid"
    records = {"resource": "tickets", "records": [{"title": "a", "assignedTo": assignee}]}
    assert (await api.post("/import", records)).data["errors"][0]["field"] == "assignedTo"
    rule = {"name": "r", "triggerEvent": "ticket.created", "actions": [{"type": "assign_to", "agentId": assignee}]}
    assert (await api.post("/automations", rule)).error == (400, "parameter_invalid", "actions[0].agentId")


async def test_a_ticket_is_not_assigned_to_another_team(sandbox: Sandbox, api: TeamApi) -> None:
    """A ticket can be assigned by member id or user id, and not to another team's members."""
    async with sandbox.team("Globex").client() as other:
        (stranger, *_) = (await other.members.list()).data
    for assignee in (stranger.id, stranger.user_id):
        assert (await api.post("/tickets", {"title": "a", "assignedTo": assignee})).status == 400
    (own, *_) = (await api.get("/members")).data
    for assignee in (own["id"], own["userId"]):
        assert (await api.ticket(assignedTo=assignee))["assignedTo"] == assignee


REFERENCES = {
    "customerId": ("/tickets", {"title": "a"}),
    "assignedTo": ("/tickets", {"title": "a"}),
    "categoryId": ("/articles", {"title": "a", "content": "b"}),
    "topic_id": ("/community/posts", {"title": "a", "body": "b"}),
}


@pytest.mark.parametrize("field", REFERENCES)
async def test_a_reference_to_an_unknown_object_is_refused(api: TeamApi, field: str) -> None:
    """A new object cannot refer to an object that does not exist."""
    path, body = REFERENCES[field]
    assert (await api.post(path, {**body, field: "none"})).error == (400, "parameter_invalid", field)


async def test_a_dispatcher_with_the_system_clock_accepts_deliveries() -> None:
    """A dispatcher with the system clock accepts the sandbox's deliveries."""
    statuses: list[int] = []
    async with receiver() as hook, Sandbox() as sandbox, sandbox.client() as cstar:
        webhook = await cstar.webhooks.create(name="w", url=hook.url, events=["ticket.created"])
        await cstar.tickets.create(title="Now")
        await sandbox.settled()
        async with EventDispatcher(secrets=webhook.secret or "", inbox="memory:") as events:
            for each in hook.received:
                statuses.append((await events.accept(each.headers, each.body)).status)
    assert statuses == [200]
    assert VirtualClock(5).time() == 5


async def test_keys_are_random_without_a_seed(tmp_path: Path) -> None:
    """Keys and secrets are random without a seed, and equal for equal seeds."""

    async def secrets(seed: int | None) -> set[str]:
        async with Sandbox(seed=seed) as sandbox, sandbox.client() as cstar:
            webhook = await cstar.webhooks.create(name="w", url="http://127.0.0.1:9/", events=["ticket.created"])
            key = await cstar.keys.create(name="k")
            session = await cstar.customer_auth.signup("acme-support", email="a@example.com", password="long enough")
            team, other = sandbox.default_team, sandbox.team("Blue")
            created = {str(webhook.secret), str(key.key), str(session.refresh_token)}
            return created | {team.secret_key, team.publishable_key, other.secret_key}

    first, second = await secrets(None), await secrets(None)
    assert len(first | second) == 12
    assert await secrets(0) == await secrets(0)
    assert not await secrets(0) & (await secrets(1) | first)
    file = tmp_path / "desk.db"
    async with Sandbox(database=file) as sandbox:
        key = sandbox.default_team.secret_key
    async with Sandbox(database=file) as sandbox, sandbox.client() as cstar:
        assert sandbox.default_team.secret_key == key
        await cstar.auth.whoami()
