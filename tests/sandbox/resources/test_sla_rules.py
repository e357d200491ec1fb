"""Service levels: deadlines, tiers, and pauses while a ticket waits for its customer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.sandbox.resources.sla_rules import deadline, tier

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi

RULE = {"name": "Urgent", "priority": "urgent", "responseTarget": 20, "resolutionTarget": 120}
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC).timestamp()


async def test_a_rule_gives_new_tickets_their_deadlines(api: TeamApi) -> None:
    """A rule sets the deadlines of new tickets of its priority only."""
    before = await api.ticket(priority="urgent")
    await api.post("/sla/rules", RULE)
    ticket = await api.ticket(priority="urgent")
    assert ticket["responseDeadline"] == "2026-03-02T09:20:00.000Z"
    assert ticket["resolutionDeadline"] == "2026-03-02T11:00:00.000Z"
    assert (await api.ticket(priority="low"))["responseDeadline"] is None
    assert before["resolutionDeadline"] is None


async def test_the_first_enabled_rule_applies(api: TeamApi) -> None:
    """Of several rules for a priority, the first enabled one applies."""
    await api.post("/sla/rules", RULE | {"enabled": False, "responseTarget": 1})
    await api.post("/sla/rules", RULE)
    await api.post("/sla/rules", RULE | {"responseTarget": 5})
    assert (await api.ticket(priority="urgent"))["responseDeadline"] == "2026-03-02T09:20:00.000Z"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(29, "gold"), (30, "silver"), (59, "silver"), (60, "bronze"), (120, "bronze"), (121, None)],
)
async def test_the_tier_of_a_resolution(api: TeamApi, minutes: int, expected: str | None) -> None:
    """Gold is under 25 % of the target, as cStar documents; silver under 50 %, bronze up to 100 %."""
    await api.post("/sla/rules", RULE)
    ticket = await api.ticket(priority="urgent")
    api.sandbox.clock.advance(minutes=minutes)
    assert (await api.patch(f"/tickets/{ticket['id']}", {"status": "resolved"})).data["resolutionTier"] == expected


async def test_the_first_public_reply_of_an_agent_is_rated(api: TeamApi) -> None:
    """The first public reply of an agent is rated, once."""
    await api.post("/sla/rules", RULE)
    ticket = await api.ticket(priority="urgent")
    path = f"/tickets/{ticket['id']}"
    await api.post(f"{path}/messages", {"content": "?", "sender": "customer"})
    await api.post(f"{path}/messages", {"content": "hm", "isInternal": True})
    assert (await api.get(path)).data["firstResponseAt"] is None
    api.sandbox.clock.advance(minutes=9)
    await api.post(f"{path}/messages", {"content": "We are on it"})
    api.sandbox.clock.advance(minutes=60)
    await api.post(f"{path}/messages", {"content": "Still on it"})
    answered = (await api.get(path)).data
    assert (answered["firstResponseAt"], answered["responseTier"]) == ("2026-03-02T09:09:00.000Z", "silver")


async def test_time_in_pending_does_not_count(api: TeamApi) -> None:
    """Time in `pending` moves the deadlines and does not count for the tier."""
    await api.post("/sla/rules", RULE)
    ticket = await api.ticket(priority="urgent")
    path = f"/tickets/{ticket['id']}"
    api.sandbox.clock.advance(minutes=10)
    assert (await api.patch(path, {"status": "pending"})).data["slaPaused"] is True
    api.sandbox.clock.advance(hours=5)
    back = (await api.patch(path, {"status": "open"})).data
    assert (back["slaPaused"], back["resolutionDeadline"]) == (False, "2026-03-02T16:00:00.000Z")
    api.sandbox.clock.advance(minutes=10)
    assert (await api.patch(path, {"status": "closed"})).data["resolutionTier"] == "gold"


async def test_a_new_priority_sets_new_deadlines(api: TeamApi) -> None:
    """A new priority sets new deadlines, measured from the creation of the ticket."""
    await api.post("/sla/rules", RULE)
    ticket = await api.ticket(priority="low")
    api.sandbox.clock.advance(minutes=30)
    raised = (await api.patch(f"/tickets/{ticket['id']}", {"priority": "urgent"})).data
    assert raised["resolutionDeadline"] == "2026-03-02T11:00:00.000Z"
    calmed = (await api.patch(f"/tickets/{ticket['id']}", {"priority": "normal"})).data
    assert calmed["resolutionDeadline"] is None


async def test_reopening_removes_the_tier(api: TeamApi) -> None:
    """A reopened ticket has no tier."""
    await api.post("/sla/rules", RULE)
    ticket = await api.ticket(priority="urgent", status="resolved")
    assert ticket["resolutionTier"] == "gold"
    assert (await api.patch(f"/tickets/{ticket['id']}", {"status": "open"})).data["resolutionTier"] is None


async def test_business_hours_only(api: TeamApi) -> None:
    """Deadlines in business hours continue on the next working day."""
    await api.post("/sla/rules", RULE | {"businessHoursOnly": True, "resolutionTarget": 240})
    api.sandbox.clock.advance(days=4, hours=6)
    ticket = await api.ticket(priority="urgent")
    assert ticket["createdAt"] == "2026-03-06T15:00:00.000Z"
    assert ticket["resolutionDeadline"] == "2026-03-09T11:00:00.000Z"


async def test_a_target_must_be_positive(api: TeamApi) -> None:
    """A target of zero is refused."""
    reply = await api.post("/sla/rules", RULE | {"responseTarget": 0})
    assert reply.error == (400, "parameter_invalid", "responseTarget")


@given(st.integers(0, 20 * 24 * 60), st.integers(1, 20_000))
def test_a_deadline_has_the_business_minutes_of_its_target(start: int, minutes: int) -> None:
    """The business minutes until a deadline are the target."""
    begin = MONDAY + start * 60
    end = deadline(begin, minutes, business_hours=True)
    moments = (dt.datetime.fromtimestamp(begin + 60 * each, dt.UTC) for each in range(int(end - begin) // 60))
    assert sum(moment.weekday() < 5 and 9 <= moment.hour < 17 for moment in moments) == minutes


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 1e6))
def test_a_faster_resolution_is_rated_no_worse(one: float, other: float, allowed: float) -> None:
    """A faster resolution never has a worse tier."""
    order = ["gold", "silver", "bronze", None]
    fast, slow = sorted((one, other))
    assert order.index(tier(fast, allowed)) <= order.index(tier(slow, allowed))
