"""The control API: its commands and its errors."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from cstar_async import CStarClient
from cstar_async.errors import ServerError
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.clock import LATEST
from cstar_async.sandbox.control.app import ROUTES
from cstar_async.sandbox.recording.exchanges import LARGEST_BODY
from cstar_async.sandbox.switches import Switches
from tests.sandbox.control_api import Control, control_of
from tests.sandbox.delivery.test_worker import scene
from tests.support.receiver import receiver


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/clock/advance", {}, "seconds"),
        ("POST", "/clock/advance", {"hours": -1}, "hours"),
        ("POST", "/clock/advance", {"hours": "1"}, "hours"),
        ("POST", "/clock/advance", {"days": 1e300}, "days"),
        ("POST", "/clock/advance", {"hour": 1}, "hour"),
        ("POST", "/clock/advance", {"settle": 1, "hours": 1}, "settle"),
        ("POST", "/faults/requests", {"status": 200}, "status"),
        ("POST", "/faults/requests", {"status": True}, "status"),
        ("POST", "/faults/requests", {"path": "/tickets"}, "status"),
        ("POST", "/faults/requests", {"status": 503, "times": 0}, "times"),
        ("POST", "/faults/requests", {"status": 503, "method": "get"}, "method"),
        ("POST", "/faults/requests", {"status": 503, "probability": 0}, "probability"),
        ("POST", "/faults/requests", {"status": 503, "probability": 1.5}, "probability"),
        ("POST", "/faults/requests", {"status": 503, "path": "no.such"}, "path"),
        ("POST", "/faults/requests", {"status": 503, "path": "Tickets.Create"}, "path"),
        ("POST", "/faults/requests", {"contentType": "text/\nhtml"}, "contentType"),
        ("POST", "/faults/deliveries", {"event": ""}, "event"),
        ("POST", "/faults/deliveries", {"event": "tickt.*", "drop": True}, "event"),
        ("POST", "/faults/deliveries", {"times": 1}, "drop"),
        ("PATCH", "/switches", {"payload": "round"}, "payload"),
        ("PATCH", "/quota", {}, "enforced"),
        ("PATCH", "/quota", {"enforced": "no"}, "enforced"),
        ("POST", "/teams", {"name": 5}, "name"),
        ("GET", "/events?limit=0", None, "limit"),
        ("GET", "/events?limit=many", None, "limit"),
        ("GET", "/deliveries?state=lost", None, "state"),
        ("GET", "/timeline?kind=thing", None, "kind"),
        ("GET", "/requests?since=1", None, "since"),
    ],
)
async def test_an_error_names_the_field(control: Control, method: str, path: str, body: Any, field: str) -> None:
    """An invalid request is an error that names the field."""
    named, message = await control.refused(method, path, body)
    assert named == field
    assert field in message


async def test_bounds_are_plain_numbers(control: Control) -> None:
    """Errors give bounds as plain numbers."""
    _, message = await control.refused("POST", "/faults/requests", {"status": 503, "times": 0})
    assert message == "The 'times' field must be an integer from 1 to 1000000, or null."
    _, message = await control.refused("POST", "/faults/requests", {"status": 503, "probability": 0})
    assert message == "The 'probability' field must be a number from 0.000001 to 1."
    _, message = await control.refused("POST", "/clock/advance", {"seconds": -1})
    assert message == "The 'seconds' field must be a number from 0 to 31622400."
    _, message = await control.refused("POST", "/faults/requests", {"status": 503, "path": "Tickets.Create"})
    assert message.startswith("Unknown operation 'Tickets.Create': path must be an operation id")


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff", b'"text"'])
async def test_a_body_that_is_not_an_object(control: Control, raw: bytes) -> None:
    """A body that is not a JSON object is a 400."""
    url = f"{control.sandbox.base_url}/_sandbox/teams"
    async with control.session.post(url, data=raw, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_a_body_that_is_too_long(control: Control) -> None:
    """A body that is too long is a 413."""
    await control.refused("POST", "/teams", {"name": "x" * 70_000}, status=413)


async def test_unknown_paths_and_objects(control: Control) -> None:
    """An unknown path or object is a 404, and a wrong method a 405, both in JSON."""
    for path in ("/nothing", "/teams/none/reset", "/events/evt_none", "/deliveries/7", "/requests/7"):
        method = "POST" if path.endswith("reset") else "GET"
        await control.refused(method, path, status=404)
    _, message = await control.refused("PUT", "/teams", status=405)
    assert "GET, POST" in message
    await control.refused("DELETE", "/faults/7", status=404)
    await control.refused("POST", "/deliveries/7/resend", status=404)


async def test_its_own_reads_are_neither_counted_nor_recorded(control: Control) -> None:
    """Requests to the control API use no quota, and its reads are not recorded."""
    for method, path in ROUTES:
        if method == "GET" and "{" not in path and "stream" not in path:
            await control.send("GET", path)
    assert not control.sandbox.requests
    assert (await control.send("GET", "/quota"))["keys"] == []
    assert (await control.send("GET", "/timeline"))["items"] == []


# --- commands


async def test_the_clock_is_advanced(control: Control) -> None:
    """The clock is advanced by the sum of the units, and the timeline has an item of it."""
    clock = await control.send("POST", "/clock/advance", {"minutes": 1.5, "hours": 1})
    assert clock == {"time": "2026-03-02T10:01:30.000Z", "running": False, "nextDelivery": None}
    (item,) = (await control.send("GET", "/timeline"))["items"]
    assert (item["kind"], item["action"], item["details"]) == (
        "control",
        "clock.advanced",
        {"hours": 1, "minutes": 1.5},
    )


async def test_the_clock_has_an_end(control: Control) -> None:
    """The clock cannot be advanced beyond its latest time."""
    control.sandbox.clock.advance(seconds=LATEST - control.sandbox.clock.time() - 86_400)
    await control.refused("POST", "/clock/advance", {"days": 366})
    for _ in range(3):
        await control.send("GET", "/clock")


async def test_faults_of_requests(control: Control) -> None:
    """Faults of requests can be added, listed and removed."""
    made = await control.send(
        "POST", "/faults/requests", {"path": "tickets.list", "status": 503, "times": 2, "retryAfter": 7}, status=201
    )
    other = await control.send("POST", "/faults/requests", {"path": "tickets.list", "status": 500}, status=201)
    assert [each["number"] for each in (await control.send("GET", "/faults"))["requests"]] == [1, 2]
    unset = dict.fromkeys(("method", "contentType", "team")) | {"delay": 0.0, "probability": 1.0}
    off = dict.fromkeys(("reset", "truncate", "hang", "malformed"), False)
    assert made == unset | off | {"number": 1, "path": "tickets.list", "status": 503, "times": 2, "retryAfter": 7}
    async with control.sandbox.client(max_retries=0) as cstar:
        with pytest.raises(Exception, match="503"):
            await cstar.tickets.list()
        assert (await control.send("GET", "/faults"))["requests"][0]["times"] == 1
        await control.send("DELETE", f"/faults/{made['number']}")
        with pytest.raises(Exception, match="500"):
            await cstar.tickets.list()
        assert control.sandbox.faults.requests == ()
        await control.send("POST", "/faults/requests", {"status": 500}, status=201)
        assert await control.send("DELETE", "/faults") == {"requests": [], "deliveries": []}
        await cstar.tickets.list()
    assert other["number"] == 2


@pytest.mark.parametrize(("kind", "body"), [("requests", {"status": 503}), ("deliveries", {"drop": True})])
async def test_null_times_means_no_limit(control: Control, kind: str, body: dict[str, Any]) -> None:
    """`times: null` means no limit; null in other fields means not given."""
    made = await control.send("POST", f"/faults/{kind}", body | {"times": None}, status=201)
    once = await control.send("POST", f"/faults/{kind}", body | {"team": None, "probability": None}, status=201)
    assert (made["times"], once["times"], once["probability"]) == (None, 1, 1)


async def test_a_fault_without_a_limit_lasts_until_it_is_removed(control: Control) -> None:
    """A fault without a limit lasts until it is removed."""
    rule = {"path": "tickets.list", "status": 503, "times": None}
    made = await control.send("POST", "/faults/requests", rule, status=201)
    async with control.sandbox.client(max_retries=0) as cstar:
        for _ in range(3):
            with pytest.raises(ServerError):
                await cstar.tickets.list()
        assert (await control.send("GET", "/faults"))["requests"] == [made]
        await control.send("DELETE", f"/faults/{made['number']}")
        await cstar.tickets.list()


async def test_a_switch_applies_to_the_next_request() -> None:
    """A changed switch applies to the next request."""
    async with scene() as s, control_of(s.sandbox) as control:
        await control.send("PATCH", "/switches", {"payload": "nested", "signature": "t", "pagination": "meta"})
        await s.cstar.tickets.create(title="Nested")
        await s.sandbox.settled()
        assert s.hook.received[0].event["data"]["ticket"]["title"] == "Nested"
        assert s.hook.received[0].headers["X-Signature"].startswith("t=")
        raw = (await s.cstar.tickets.list().response()).raw
        assert "pagination" not in orjson.loads(raw)
        s.sandbox.switches.payload = "flat"
        shown = await control.send("GET", "/switches")
        assert (shown["payload"], shown["choices"]["payload"]) == ("flat", ["flat", "nested"])


def test_a_switch_accepts_only_its_choices() -> None:
    """A switch accepts only its choices, and each sandbox has its own switches."""
    with pytest.raises(ValueError, match="'flat', 'nested', got 'round'"):
        Switches(payload="round")  # type: ignore[arg-type]
    switches = Switches()
    with pytest.raises(ValueError, match="signature"):
        switches.signature = "none"  # type: ignore[assignment]
    with pytest.raises(AttributeError, match="pagination, payload, signature"):
        switches.paylod = "flat"
    assert Sandbox(switches=switches).switches is not switches


async def test_the_quota_can_be_switched_off_and_on(control: Control) -> None:
    """The quota can be switched off and on again."""
    team = control.sandbox.default_team
    headers = {"Authorization": f"Bearer {team.publishable_key}"}

    async def whoami() -> int:
        async with control.session.get(f"{control.sandbox.base_url}/api/v1/auth/whoami", headers=headers) as response:
            return response.status

    assert {await whoami() for _ in range(100)} == {200}
    assert await whoami() == 429
    quota = await control.send("PATCH", "/quota", {"enforced": False})
    assert [(each["used"], each["limit"]) for each in quota["keys"]] == [(100, 100)]
    assert team.publishable_key not in str(quota)
    assert await whoami() == 200
    await control.send("PATCH", "/quota", {"enforced": True})
    assert await whoami() == 429


async def test_teams_are_created_and_reset(control: Control) -> None:
    """Teams can be created and reset, and ids are never reused."""
    team = await control.send("POST", "/teams", {"name": "Blue"}, status=201)
    async with CStarClient(team["secretKey"], base_url=control.sandbox.base_url, team_id=team["id"]) as cstar:
        first = await cstar.tickets.create(title="x").options(idempotency_key="k")
        key = await cstar.keys.create(name="spare")
        await control.send("POST", f"/teams/{team['id']}/reset")
        assert await cstar.tickets.list().collect() == []
        assert len(await cstar.members.list().collect()) == 3
        assert (await cstar.audit_log.list()).data == []
        second = await cstar.tickets.create(title="x").options(idempotency_key="k")
        assert second.id != first.id
        assert (await cstar.keys.create(name="other")).key != key.key
        await control.send("POST", f"/teams/{team['id']}/reset", {"demo": True})
        assert await cstar.tickets.list().count() == 60
    names = [each["name"] for each in (await control.send("GET", "/teams"))["teams"]]
    assert names == ["Acme Support", "Blue"]


async def test_a_request_is_shown_without_its_key(control: Control) -> None:
    """A request is shown with its bodies up to a limit, and without its key."""
    team = control.sandbox.default_team
    async with team.client() as cstar:
        await cstar.tickets.create(title="Printer on fire", notes="n" * (LARGEST_BODY + 5))
    (line,) = (await control.send("GET", "/requests"))["requests"]
    shown = await control.send("GET", f"/requests/{line['number']}")
    assert (line["method"], line["status"]) == ("POST", 201)
    assert '"title":"Printer on fire"' in shown["request"]["body"]
    assert shown["request"]["truncated"]
    assert shown["request"]["size"] > LARGEST_BODY == len(shown["request"]["body"])
    assert '"object":"ticket"' in shown["answer"]["body"]
    assert dict(shown["request"]["headers"])["Authorization"] == f"Bearer {team.secret_key[:12]}…"
    assert team.secret_key not in str(shown)
    assert (await control.send("GET", "/requests?before=1"))["requests"] == []
    assert (await control.send("GET", f"/requests?team={team.id}&limit=1"))["requests"] == [line]


async def test_a_delivery_can_be_resent() -> None:
    """A delivery can be sent again, unless its webhook is paused or deleted."""
    async with scene(events=("ticket.created",)) as s, control_of(s.sandbox) as control:
        s.hook.answers = [500]
        await s.cstar.tickets.create(title="Again")
        await s.sandbox.settled()
        (event,) = (await control.send("GET", "/events"))["events"][:1]
        assert (event["type"], event["deliveries"], event["payload"]["data"]["title"]) == ("ticket.created", 1, "Again")
        (delivery,) = (await control.send("GET", f"/deliveries?event={event['id']}&state=pending"))["deliveries"]
        assert [each["status"] for each in delivery["attempts"]] == [500]
        assert delivery["due"] == "2026-03-02T09:00:30.000Z" == (await control.send("GET", "/clock"))["nextDelivery"]
        await control.send("POST", f"/deliveries/{delivery['number']}/resend", status=202)
        await s.sandbox.settled()
        again = await control.send("GET", f"/deliveries/{delivery['number']}")
        assert [each["status"] for each in again["attempts"]] == [500, 200]
        assert (again["state"], again["due"], again["url"]) == ("delivered", None, s.hook.url)
        assert len({each.body for each in s.hook.received}) == 1
        whole = await control.send("GET", f"/events/{event['id']}")
        assert whole["deliveries"] == [again]
        path = f"/deliveries/{delivery['number']}/resend"
        await s.cstar.webhooks.update(s.webhook_id, is_active=False)
        assert (await control.refused("POST", path, status=409))[1] == "The webhook of this delivery is paused."
        await s.cstar.webhooks.delete(s.webhook_id)
        assert (await control.refused("POST", path, status=409))[1] == "The webhook of this delivery was deleted."


async def test_advancing_can_wait_for_due_deliveries() -> None:
    """Advancing with `settle` waits for the deliveries that become due."""
    async with scene(events=("ticket.created",)) as s, control_of(s.sandbox) as control:
        s.hook.answers = [500, 500, 500]
        await s.cstar.tickets.create(title="Again")
        await s.sandbox.settled()
        clock = await control.send("POST", "/clock/advance", {"hours": 1, "settle": True})
        assert (len(s.hook.received), clock["nextDelivery"]) == (4, None)


async def test_a_dropped_delivery_is_shown(control: Control) -> None:
    """A dropped delivery is shown as dropped."""
    async with receiver() as hook, control.sandbox.client() as cstar:
        await cstar.webhooks.create(name="w", url=hook.url, events=["ticket.*"])
        await control.send("POST", "/faults/deliveries", {"event": "ticket.created", "drop": True}, status=201)
        await cstar.tickets.create(title="Lost")
        await control.sandbox.settled()
    (item,) = (await control.send("GET", "/timeline?kind=delivery"))["items"]
    assert (item["state"], item["type"], hook.received) == ("dropped", "ticket.created", [])
