"""POST /_sandbox/trigger: each type of event is made to happen by a real change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from cstar_async.sandbox import Sandbox, VirtualClock
from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.triggers import RECIPES, fields_of
from tests.sandbox.conftest import MONDAY
from tests.sandbox.control_api import Control, control_of
from tests.support.receiver import Receiver, receiver

TYPES = load_contract().event_types


class Scene:
    """A sandbox with a webhook for all events, and what it has received."""

    def __init__(self, control: Control, target: Receiver) -> None:
        self.control = control
        self.target = target

    async def trigger(self, kind: str, *, status: int = 201, **options: Any) -> Any:
        return await self.control.send("POST", "/trigger", {"event": kind, **options}, status=status)

    async def refused(self, kind: str, status: int, **options: Any) -> tuple[str | None, str]:
        return await self.control.refused("POST", "/trigger", {"event": kind, **options}, status=status)

    async def event(self, event_id: str) -> Any:
        return await self.control.send("GET", f"/events/{event_id}")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with (
        receiver() as target,
        Sandbox(clock=VirtualClock(MONDAY)) as sandbox,
        control_of(sandbox) as control,
        sandbox.client() as cstar,
    ):
        await cstar.webhooks.create(name="all", url=target.url, events=["*"])
        yield Scene(control, target)


def test_every_type_has_a_recipe() -> None:
    """There is a recipe for each type of event in the contract, and for no other."""
    assert set(RECIPES) == set(TYPES)
    assert len(RECIPES) == 35


async def test_each_event_is_stored_and_delivered(scene: Scene) -> None:
    """Each of the 35 events is in the store with the payload of its type, and arrives at a webhook, three times."""
    made: dict[str, str] = {}
    for kind in TYPES * 3:
        answer = await scene.trigger(kind)
        (event,) = answer["made"]
        assert answer["failed"] == []
        assert event["type"] == kind
        made[event["id"]] = kind
    assert len(made) == 3 * len(TYPES)
    for event_id, kind in list(made.items())[:: len(TYPES) + 1]:
        assert (await scene.event(event_id))["type"] == kind
    await scene.control.sandbox.settled()
    arrived = {each.event["id"]: each.event["type"] for each in scene.target.received}
    assert {event_id: arrived.get(event_id) for event_id in made} == made


async def test_each_event_happens_in_a_team_with_demo_data() -> None:
    """In a team that has been at work for weeks each event can be made to happen as well."""
    async with Sandbox(clock=VirtualClock(MONDAY), demo=True) as sandbox, control_of(sandbox) as control:
        for kind in TYPES:
            answer = await control.send("POST", "/trigger", {"event": kind}, status=201)
            assert answer["made"][0]["type"] == kind


async def test_it_happens_to_what_is_named_with_what_is_set(scene: Scene) -> None:
    """`on` names the object, and `set` lays fields over the request, by either name and by path."""
    async with scene.control.sandbox.client() as cstar:
        ticket = await cstar.tickets.create(title="Printer on fire")
        answer = await scene.trigger(
            "ticket.updated", on=ticket.id, set={"priority": "urgent", "metadata.plan": "pro", "tags": '["a", "b"]'}
        )
        now = await cstar.tickets.get(ticket.id)
        assert (now.priority, now.metadata, now.tags) == ("urgent", {"plan": "pro"}, ["a", "b"])
        (event,) = answer["made"]
        assert event["others"] == []
        payload = (await scene.event(event["id"]))["payload"]
        assert payload["data"]["id"] == ticket.id
        assert set(payload["data"]["changes"]) == {"priority", "metadata", "tags"}
        await scene.trigger("ticket.created", set={"title": "42", "customer_email": "jo@example.com"})
        newest = (await cstar.tickets.list()).data[0]
        assert newest.title == "42"
        await scene.trigger("survey.submitted", on=ticket.id, set={"score": "2", "comment": "Slow"})
        survey = (await cstar.events.list(types=["survey.submitted"])).data[0]
        assert tuple(map(survey.data.get, ("score", "comment", "ticket_id"))) == (2, "Slow", ticket.id)


async def test_some_of_several_may_fail(scene: Scene) -> None:
    """`times` repeats the change; a ticket can be closed once, and the answer says so. If all fail it is an error."""
    answer = await scene.trigger("customer.created", times=3)
    assert len({each["id"] for each in answer["made"]}) == 3
    async with scene.control.sandbox.client() as cstar:
        ticket = await cstar.tickets.create(title="Printer on fire")
    answer = await scene.trigger("ticket.closed", on=ticket.id, times=3)
    assert (len(answer["made"]), len(answer["failed"])) == (1, 2)
    assert answer["failed"][0]["status"] == 409
    _, message = await scene.refused("ticket.closed", 409, on=ticket.id, times=2)
    assert ticket.id in message


@pytest.mark.parametrize(
    ("kind", "options", "status", "words"),
    [
        ("ticket.craeted", {}, 400, "did you mean 'ticket.created'?"),
        ("ticket.closed", {"on": "tkt_nope"}, 404, "Ticket not found"),
        ("ticket.created", {"on": "tkt_1"}, 400, "leave out 'on'"),
        ("ticket.created", {"set": {"colour": "red"}}, 400, "has no field 'colour' to set; the fields are: title"),
        ("ticket.created", {"set": {"priority": "loud"}}, 400, "priority"),
        ("ticket.created", {"set": {"metadata": {}, "metadata.a.b": 1, "metadata.c": 1}}, 201, ""),
        ("ticket.deleted", {"set": {"title": "x"}}, 400, "has nothing to set"),
        ("ticket.created", {"set": {"title": "x", "title.y": 1}}, 400, "'title' is set to a value and to members"),
        ("survey.submitted", {"set": {"score": 9}}, 400, "from 1 to 5"),
        ("player.level_up", {"on": "mem_nope"}, 400, "assignedTo"),
        ("ticket.created", {"team": "nope"}, 404, "Team not found"),
        ("ticket.created", {"set": "title"}, 400, "must be a JSON object"),
        ("ticket.created", {"times": 101}, 400, "from 1 to 100"),
    ],
)
async def test_what_cannot_happen(scene: Scene, kind: str, options: dict[str, Any], status: int, words: str) -> None:
    """An event that cannot be made to happen is an error that says why, and changes nothing."""
    before = (await scene.control.send("GET", "/events"))["events"]
    if status == 201:
        await scene.trigger(kind, **options)
        return
    _, message = await scene.refused(kind, status, **options)
    assert words in message
    assert (await scene.control.send("GET", "/events"))["events"] == before


async def test_the_recipes_are_listed(scene: Scene) -> None:
    """GET /trigger lists each event, what it can happen to, and the fields that can be set."""
    listed = {each["event"]: each for each in (await scene.control.send("GET", "/trigger"))["events"]}
    assert set(listed) == set(TYPES)
    assert listed["ticket.closed"]["on"] == "ticket"
    assert "title" in listed["ticket.created"]["fields"]
    assert listed["survey.submitted"]["fields"] == list(fields_of(load_contract(), "survey.submitted"))
