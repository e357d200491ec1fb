"""How `reconcile` matches entries of the audit log with events."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cstar_async.models import AuditLogEntry
from cstar_async.webhooks.inbox.records import Seen
from cstar_async.webhooks.reconcile import unmatched

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def entry(seconds: float, name: str = "1", action: str = "ticket.updated", **details: Any) -> AuditLogEntry:
    """An entry of the audit log about a ticket."""
    return AuditLogEntry(
        id=f"aud_{seconds}",
        action=action,
        resource_type="ticket",
        resource_id=name,
        actor_name="API",
        details=details,
        created_at=START + dt.timedelta(seconds=seconds),
    )


def seen(seconds: float, lane: str = "team/ticket:1", kind: str = "ticket.updated") -> Seen:
    """An event in the inbox."""
    return Seen(kind, lane, START.timestamp() + seconds)


def gaps(entries: list[AuditLogEntry], events: list[Seen]) -> list[str]:
    """The ids of the entries without an event."""
    newest_first = sorted(entries, key=lambda each: each.created_at, reverse=True)
    return [each.id for each in unmatched(newest_first, events)]


def test_type_resource_and_time_decide() -> None:
    """An entry is matched by an event of its type and resource within a minute."""
    assert gaps([entry(0)], [seen(59)]) == []
    assert gaps([entry(0)], [seen(61)]) == ["aud_0"]
    assert gaps([entry(0)], [seen(0, lane="team/ticket:2")]) == ["aud_0"]
    assert gaps([entry(0)], [seen(0, kind="ticket.created")]) == ["aud_0"]
    assert (
        gaps([entry(0, "msg", "ticket.message_added", ticketId="7")], [seen(1, "t/ticket:7", "ticket.message_added")])
        == []
    )


def test_an_event_stands_for_one_entry() -> None:
    """One event matches one entry only."""
    assert gaps([entry(0), entry(1)], [seen(0.5)]) == ["aud_1"]


@given(
    times=st.lists(st.floats(0, 300), max_size=12, unique=True), lost=st.sets(st.integers(0, 11)), skew=st.floats(-1, 1)
)
def test_as_many_gaps_as_events_were_lost(times: list[float], lost: set[int], skew: float) -> None:
    """There are at least as many gaps as lost events, and none if no event was lost."""
    events = [seen(moment + skew) for number, moment in enumerate(times) if number not in lost]
    found = gaps([entry(moment) for moment in times], events)
    assert len(found) >= len(times) - len(events)
    if not lost & set(range(len(times))):
        assert found == []
