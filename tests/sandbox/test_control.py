"""The control API under /_sandbox."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.control.access import Access, is_loopback
from cstar_async.sandbox.control.application import ROUTES
from cstar_async.sandbox.exchanges import LARGEST_BODY
from cstar_async.sandbox.switches import Switches

from .test_delivery import read_frames, receiver, scene

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

TOKEN = "a token for this test alone"


class Control:
    """Calls the control API of a sandbox."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def send(
        self, method: str, path: str, json: Any = None, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        """The body of the answer, whose status must be `status`."""
        url = f"{self.sandbox.base_url}/_sandbox{path}"
        async with self.session.request(method, url, json=json, headers=headers) as response:
            body = await response.json()
            assert response.status == status, body
            return body

    async def refused(self, method: str, path: str, json: Any = None, *, status: int = 400) -> tuple[str | None, str]:
        """The field and the words of an error."""
        error = (await self.send(method, path, json, status=status))["error"]
        return error["field"], error["message"]


@asynccontextmanager
async def control_of(sandbox: Sandbox) -> AsyncIterator[Control]:
    """The control API of a sandbox that runs."""
    import aiohttp

    async with aiohttp.ClientSession() as session:
        yield Control(sandbox, session)


@pytest.fixture
async def control() -> AsyncIterator[Control]:
    """The control API of a fresh sandbox."""
    async with Sandbox() as sandbox, control_of(sandbox) as each:
        yield each


# --- who may come in


@pytest.mark.parametrize(
    "host", ["evil.example.com", "evil.example.com:80", "169.254.1.1", "[::2]", "localhost.evil.com", "["]
)
async def test_a_page_that_took_our_address_is_refused(control: Control, host: str) -> None:
    """Breaks if a web page can read keys by giving its own name this machine's address."""
    error = await control.send("GET", "/teams", status=403, headers={"Host": host})
    assert "Host" in error["error"]["message"]
    assert "sk_test" not in str(error)


@pytest.mark.parametrize("host", ["localhost:4010", "127.0.0.1", "127.8.8.8:1", "[::1]:80"])
async def test_every_name_of_this_machine_is_good(control: Control, host: str) -> None:
    """Breaks if the page cannot be opened by the address that somebody typed."""
    await control.send("GET", "/teams", headers={"Host": host})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_origin_turns_no_knob(control: Control, headers: dict[str, str]) -> None:
    """Breaks if a page that the user has open can advance the clock, with a form or with fetch."""
    await control.send("POST", "/clock/advance", {"hours": 1}, status=403, headers=headers)
    assert (await control.send("GET", "/clock"))["time"] == "2026-03-02T09:00:00.000Z"


async def test_only_json_is_taken(control: Control) -> None:
    """Breaks if a form, which every page may send anywhere, is as good as JSON."""
    url = f"{control.sandbox.base_url}/_sandbox/clock/advance"
    async with control.session.post(url, data=b'{"hours": 1}', headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415
        assert "application/json" in (await response.json())["error"]["message"]


def test_which_addresses_are_this_machine() -> None:
    """Breaks if another machine is taken for this one, or this one for another."""
    assert all(
        is_loopback(each) for each in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "LOCALHOST", "::1%lo")
    )
    assert not any(is_loopback(each) for each in ("10.0.0.1", "::ffff:10.0.0.1", "example.com", "", "0.0.0.0"))


async def test_with_a_token_only_who_has_it_comes_in() -> None:
    """Breaks if the token is optional, if a part of it does, or if a name of the machine is still asked for."""
    async with Sandbox(token=TOKEN) as sandbox, control_of(sandbox) as control:
        for wrong in (
            {},
            {"Authorization": f"Bearer {TOKEN[:-1]}"},
            {"Authorization": TOKEN},
            {"Cookie": "cstar_sandbox_1=x"},
        ):
            error = await control.send("GET", "/teams", status=401, headers=wrong)
            assert TOKEN not in str(error)
        good = {"Authorization": f"Bearer {TOKEN}", "Host": "desk.example.com"}
        assert (await control.send("GET", "/teams", headers=good))["teams"]
        await control.send("GET", "/health")
        assert TOKEN not in repr(vars(sandbox)) + repr(vars(sandbox._access))


async def test_a_browser_trades_the_token_for_a_cookie() -> None:
    """Breaks if the page, whose EventSource sends no headers, cannot get in, or others can use its cookie."""
    async with Sandbox(token=TOKEN) as sandbox, control_of(sandbox) as control:
        await control.refused("POST", "/session", {"token": "not the token at all"}, status=403)
        url = f"{sandbox.base_url}/_sandbox/session"
        async with control.session.post(url, json={"token": TOKEN}) as response:
            cookie = response.headers["Set-Cookie"]
        assert TOKEN not in cookie
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/_sandbox"))
        pair = {"Cookie": cookie.partition(";")[0]}
        assert (await control.send("GET", "/teams", headers=pair))["teams"]
        await control.send(
            "POST", "/clock/advance", {"hours": 1}, status=403, headers={**pair, "Origin": "http://evil.example"}
        )


@pytest.mark.parametrize("token", ["", "short", "a b\nc" * 5, "é" * 20])
def test_a_token_that_is_easily_guessed_or_cannot_be_sent(token: str) -> None:
    """Breaks if a typing error opens the door, or the error tells the token."""
    with pytest.raises(ValueError, match="16 printable") as caught:
        Access(token)
    assert not token or token not in str(caught.value)


# --- how it answers


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
        ("POST", "/faults/deliveries", {"event": ""}, "event"),
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
    """Breaks if something wrong is taken, or if who sent it has to guess what is meant."""
    named, message = await control.refused(method, path, body)
    assert named == field
    assert field in message


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff", b'"text"'])
async def test_a_body_that_is_no_object(control: Control, raw: bytes) -> None:
    """Breaks if nonsense is a fault of the sandbox."""
    url = f"{control.sandbox.base_url}/_sandbox/teams"
    async with control.session.post(url, data=raw, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_a_body_that_is_too_long(control: Control) -> None:
    """Breaks if a mistake fills the memory."""
    await control.refused("POST", "/teams", {"name": "x" * 70_000}, status=413)


async def test_what_is_not_there(control: Control) -> None:
    """Breaks if a wrong path or method falls through to the API, or answers something else than JSON."""
    for path in ("/nothing", "/teams/none/reset", "/events/evt_none", "/deliveries/7", "/requests/7"):
        method = "POST" if path.endswith("reset") else "GET"
        await control.refused(method, path, status=404)
    _, message = await control.refused("PUT", "/teams", status=405)
    assert "GET, POST" in message
    await control.refused("DELETE", "/faults/7", status=404)
    await control.refused("POST", "/deliveries/7/resend", status=404)


async def test_it_leaves_no_trace_in_what_it_shows(control: Control) -> None:
    """Breaks if looking counts against the quota, or shows up among the requests of the program under test."""
    for method, path in ROUTES:
        if method == "GET" and "{" not in path and "stream" not in path:
            await control.send("GET", path)
    assert not control.sandbox.requests
    assert (await control.send("GET", "/quota"))["keys"] == []
    assert (await control.send("GET", "/timeline"))["items"] == []


# --- what it does


async def test_the_clock_is_advanced(control: Control) -> None:
    """Breaks if the units are wrong, or the timeline does not say why time has passed."""
    clock = await control.send("POST", "/clock/advance", {"minutes": 1.5, "hours": 1})
    assert clock == {"time": "2026-03-02T10:01:30.000Z", "running": False, "nextDelivery": None}
    (item,) = (await control.send("GET", "/timeline"))["items"]
    assert (item["kind"], item["action"], item["details"]) == (
        "control",
        "clock.advanced",
        {"hours": 1, "minutes": 1.5},
    )


async def test_the_clock_ends_somewhere(control: Control) -> None:
    """Breaks if the sandbox can be moved to where dates have no form, after which every request fails."""
    control.sandbox.clock.advance(seconds=248_220_000_000)
    await control.refused("POST", "/clock/advance", {"days": 366})
    for _ in range(3):
        await control.send("GET", "/clock")


async def test_faults_of_requests(control: Control) -> None:
    """Breaks if a rule is not made as it was sent, is not listed, or cannot be taken back."""
    made = await control.send(
        "POST", "/faults/requests", {"path": "tickets.list", "status": 503, "times": 2, "retryAfter": 7}, status=201
    )
    other = await control.send("POST", "/faults/requests", {"path": "tickets.list", "status": 500}, status=201)
    assert [each["number"] for each in (await control.send("GET", "/faults"))["requests"]] == [1, 2]
    assert made | {"number": 0} == {
        "method": None, "path": "tickets.list", "status": 503, "times": 2, "delay": 0.0, "retryAfter": 7,
        "reset": False, "truncate": False, "hang": False, "malformed": False, "contentType": None, "team": None,
        "probability": 1.0, "number": 0,
    }  # fmt: skip
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


async def test_switches_change_what_runs() -> None:
    """Breaks if a switch is only a word: lists, payloads and signatures of the next request must follow it."""
    async with scene() as s, control_of(s.sandbox) as control:
        await control.send("PATCH", "/switches", {"payload": "nested", "signature": "t", "pagination": "meta"})
        await s.cstar.tickets.create(title="Nested")
        await s.sandbox.settled()
        assert s.hook.got[0].event["data"]["ticket"]["title"] == "Nested"
        assert s.hook.got[0].headers["X-Signature"].startswith("t=")
        raw = (await s.cstar.tickets.list().response()).raw
        assert "pagination" not in orjson.loads(raw)
        s.sandbox.switches.payload = "flat"
        shown = await control.send("GET", "/switches")
        assert (shown["payload"], shown["choices"]["payload"]) == ("flat", ["flat", "nested"])


def test_a_switch_takes_its_choices_alone() -> None:
    """Breaks if a typing error is believed, at the start or later, or one sandbox changes the switches of another."""
    with pytest.raises(ValueError, match="'flat', 'nested', got 'round'"):
        Switches(payload="round")  # type: ignore[arg-type]
    switches = Switches()
    with pytest.raises(ValueError, match="signature"):
        switches.signature = "none"  # type: ignore[assignment]
    with pytest.raises(AttributeError, match="pagination, payload, signature"):
        switches.paylod = "flat"  # type: ignore[attr-defined]
    assert Sandbox(switches=switches).switches is not switches


async def test_the_quota_is_switched_off_and_on(control: Control) -> None:
    """Breaks if a key that has spent its hour stays refused, or is not refused again."""
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


async def test_teams_are_made_and_emptied(control: Control) -> None:
    """Breaks if a new team has no keys, or an emptied one keeps anything or gives an id out twice."""
    from cstar_async import CStarClient

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


async def test_a_request_is_shown_whole_but_for_its_key(control: Control) -> None:
    """Breaks if the body or the answer is missing, if it is unbounded, or if the key is shown."""
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


async def test_a_delivery_is_sent_again() -> None:
    """Breaks if a receiver cannot be tried twice with the same event, or what came of it is not told."""
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
        assert len({each.body for each in s.hook.got}) == 1
        whole = await control.send("GET", f"/events/{event['id']}")
        assert whole["deliveries"] == [again]
        await s.cstar.webhooks.delete(s.webhook_id)
        assert (await control.refused("POST", f"/deliveries/{delivery['number']}/resend", status=409))[1].startswith(
            "The webhook"
        )


async def test_advancing_can_wait_for_what_becomes_due() -> None:
    """Breaks if a script has to guess when the retries of an hour have been made."""
    async with scene(events=("ticket.created",)) as s, control_of(s.sandbox) as control:
        s.hook.answers = [500, 500, 500]
        await s.cstar.tickets.create(title="Again")
        await s.sandbox.settled()
        clock = await control.send("POST", "/clock/advance", {"hours": 1, "settle": True})
        assert (len(s.hook.got), clock["nextDelivery"]) == (4, None)


async def test_a_dropped_delivery_is_told(control: Control) -> None:
    """Breaks if an event that was lost on purpose looks like one that nobody wants."""
    async with receiver() as hook, control.sandbox.client() as cstar:
        await cstar.webhooks.create(name="w", url=hook.url, events=["ticket.*"])
        await control.send("POST", "/faults/deliveries", {"event": "ticket.created", "drop": True}, status=201)
        await cstar.tickets.create(title="Lost")
        await control.sandbox.settled()
    (item,) = (await control.send("GET", "/timeline?kind=delivery"))["items"]
    assert (item["state"], item["type"], hook.got) == ("dropped", "ticket.created", [])


# --- the timeline


async def read_items(response: aiohttp.ClientResponse, count: int) -> list[dict[str, str]]:
    """The next items of a stream that has just been opened; what goes before them says when to try again."""
    first, *items = await read_frames(response.content, count + 1)
    assert first == {"retry": "1000"}
    return items


async def test_the_timeline_tells_the_whole_story() -> None:
    """Breaks if request, change, event and attempt do not belong together, or an attempt lacks its answer."""
    async with scene(events=("ticket.created",)) as s, control_of(s.sandbox) as control:
        response = await s.cstar.tickets.create(title="Café on fire").response()
        await s.sandbox.settled()
        timeline = await control.send("GET", f"/timeline?team={s.sandbox.default_team.id}")
        story = [each for each in timeline["items"] if each.get("requestId") == response.request_id]
        assert [each["kind"] for each in story] == ["request", "change", "event", "attempt"]
        assert story[2]["about"] == "Café on fire"
        assert (story[3]["status"], story[3]["answer"], story[3]["attempt"]) == (200, "thank you", 1)
        after = await control.send("GET", f"/timeline?after={timeline['last']}")
        assert after == {"items": [], "last": timeline["last"]}


async def test_a_struck_request_and_a_repeated_answer_are_marked(control: Control) -> None:
    """Breaks if trouble made on purpose looks like trouble of the program under test."""
    control.sandbox.fail_next()
    async with control.sandbox.client(max_retries=1) as cstar:
        await cstar.tickets.create(title="x").options(idempotency_key="k")
        await cstar.tickets.create(title="x").options(idempotency_key="k")
    items = (await control.send("GET", "/timeline?kind=request"))["items"]
    assert [(each["status"], each["fault"], each["replayed"]) for each in items] == [
        (503, 1, False), (201, None, False), (201, None, True),
    ]  # fmt: skip


async def test_the_stream_goes_on_where_it_broke_off(control: Control) -> None:
    """Breaks if a page that lost its connection misses or repeats an item."""
    url = f"{control.sandbox.base_url}/_sandbox/timeline/stream"
    async with control.sandbox.client() as cstar:
        async with control.session.get(url) as response:
            assert response.headers["Content-Type"] == "text/event-stream"
            await cstar.tickets.create(title="A")
            first = await read_items(response, 2)
        await cstar.tickets.create(title="B")
        async with control.session.get(url, headers={"Last-Event-ID": first[-1]["id"]}) as response:
            frames = await read_items(response, 4)
    items = [orjson.loads(each["data"]) for each in frames]
    assert [each["number"] for each in items] == [3, 4, 5, 6]
    assert [each["kind"] for each in items] == ["event", "request", "change", "event"]


@pytest.mark.parametrize("asked", ["0123abcd-5", "elsewhere-x", "-1"])
async def test_after_a_restart_the_stream_says_so_and_begins_anew(control: Control, asked: str) -> None:
    """Breaks if a page that outlived the sandbox waits for numbers that come in an hour."""
    async with control.sandbox.client() as cstar:
        await cstar.auth.whoami()
    url = f"{control.sandbox.base_url}/_sandbox/timeline/stream"
    async with control.session.get(url, headers={"Last-Event-ID": asked}) as response:
        frames = await read_items(response, 1 if asked == "-1" else 2)
    assert [each.get("event") for each in frames] == ([] if asked == "-1" else ["restart"]) + [None]
    assert orjson.loads(frames[-1]["data"])["number"] == 1


async def test_the_stream_tells_what_is_lost(control: Control) -> None:
    """Breaks if a page that was away for long shows a line of time with a hole and does not say so."""
    timeline = control.sandbox._running().timeline
    for number in range(5_003):
        timeline.add("control", "2026-03-02T09:00:00.000Z", "", action="test.made", details={"n": number})
    url = f"{control.sandbox.base_url}/_sandbox/timeline/stream"
    async with control.session.get(url, headers={"Last-Event-ID": f"{timeline.run}-1"}) as response:
        gap, first = await read_items(response, 2)
    assert (gap["event"], orjson.loads(gap["data"])) == ("gap", {"missed": 2})
    assert orjson.loads(first["data"])["number"] == 4


async def test_an_open_stream_does_not_hold_up_the_end(control: Control) -> None:
    """Breaks if Ctrl-C waits for the page to be closed."""
    response = await control.session.get(f"{control.sandbox.base_url}/_sandbox/timeline/stream")
    async with asyncio.timeout(3):
        await control.sandbox.close()
    response.close()


async def test_the_page_is_locked_down(control: Control) -> None:
    """Breaks if the page may run or load anything that is not its own, or be put into another page."""
    url = f"{control.sandbox.base_url}/_sandbox"
    async with control.session.get(url) as response:
        assert str(response.url) == control.sandbox.inspector_url
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(word in page for word in ("style=", "onclick", "http://", "https://"))
