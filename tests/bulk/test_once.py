"""Bulk writes happen once, over any faults and any number of runs with a journal."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async.bulk.jobs import JobKind
from cstar_async.client import CStarClient
from cstar_async.errors import AuthenticationError, PermissionDeniedError
from tests.support.clock import FakeClock
from tests.support.stress import at_length

from .counting import ALL, BulkServer, counting

HOUR: Final = 3600.0
IDS: Final = [f"t{number}" for number in range(7)] + ["bad0", "bad1"]
EACH: Final = {identity: {"priority": ("low", "high", "urgent")[place % 3]} for place, identity in enumerate(IDS)}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of three, so that a few ids make several batches."""
    begin = JobKind.__init__

    def init(self: JobKind[Any], *args: Any) -> None:
        begin(self, *args)
        self.limit = 3

    monkeypatch.setattr(JobKind, "__init__", init)


def make(client: CStarClient, kind: str, journal: Path | None) -> Any:
    """A job of one of the four kinds over the same nine ids."""
    if kind == "update":
        return client.tickets.update_many(IDS, status="closed", journal=journal, concurrency=2)
    if kind == "each":
        return client.tickets.update_each(EACH, journal=journal, concurrency=2)
    if kind == "delete":
        return client.tickets.delete_many(IDS, journal=journal, concurrency=2)
    return client.tickets.import_many([{"title": title} for title in IDS], journal=journal)


def effects(server: BulkServer, key: Any) -> int:
    """How often something was done to an id or with a record."""
    name = IDS[key] if isinstance(key, int) else key
    return sum(count for change, count in server.effects.items() if change.split(" ")[0] == name)


def busy(server: BulkServer) -> set[str]:
    """The ids whose requests are in progress on the server."""
    return {identity for what in server.busy.values() for identity in IDS if f'"{identity}"' in what}


def check_report(server: BulkServer, report: Any, *, ended: bool) -> None:
    """Compare a report with what the server did."""
    keys: list[Any] = list(range(len(IDS))) if hasattr(report, "created") else list(IDS)
    doubt, unsent = list(report.in_doubt), list(report.unsent)
    classes = [*report.failed, *doubt, *unsent]
    assert len(classes) == len(set(classes)), "one id in two classes"
    assert set(report.doubts) == set(doubt)
    for key in keys:
        name = IDS[key] if isinstance(key, int) else key
        assert effects(server, key) <= 1, f"{name} was done twice"
        if key in report.failed:
            assert effects(server, key) == 0, f"{name} was done and is reported as failed: {report.failed[key]}"
            assert name not in busy(server)
        elif ended and key not in doubt and key not in unsent:
            assert effects(server, key) == 1, f"{name} was not done and is reported as a success"
    assert report.failures == len(report.failed)
    if ended:
        assert report.total == len(IDS)
        assert report.succeeded + report.failures + len(doubt) + len(unsent) == report.total
        assert report.complete == (not doubt and not unsent)
        if doubt or report.failed:
            with pytest.raises(ExceptionGroup):
                report.raise_for_failures()
        if doubt:
            assert f"{len(doubt)} in doubt" in repr(report)
    if hasattr(report, "created"):
        assert report.created + report.updated + report.skipped <= len(IDS)


async def run(kind: str, faults: list[str], waits: list[float], retries: int, *, journal: bool = True) -> BulkServer:
    """Run a job repeatedly over these faults, then once without faults."""
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.journal" if journal else None
        async with counting([ALL[name] for name in faults], clock) as server:
            report: Any = None
            for wait in waits if journal else waits[:1]:
                async with server.client(clock=clock, max_retries=retries) as client:
                    job, ended = make(client, kind, path), True
                    try:
                        report = await job
                    except (AuthenticationError, PermissionDeniedError):
                        ended, report = False, job.report
                    check_report(server, report, ended=ended)
                clock.advance(wait)
            if not journal:
                return server
            server.faults = []
            async with server.client(clock=clock) as client:
                report = await make(client, kind, path)
            check_report(server, report, ended=True)
            if sum(waits) < 22 * HOUR or kind == "delete":
                assert report.complete, report
                assert sum(effects(server, key) for key in IDS) == 7
                assert len(report.failed) == 2
            async with server.client(clock=clock) as client:
                requests = server.requests
                again = await make(client, kind, path)
                if report.complete:
                    assert server.requests == requests, "a job that is done was sent again"
                    assert (again.succeeded, set(again.failed)) == (report.succeeded, set(report.failed))
    return server


# Tickets from submitted forms, a documented use of the service, in bulk.
FORMS: Final = [
    {"title": f"Form {number}", "priority": "normal", "customer_name": f"Customer {number}", "tags": ["web-form"]}
    for number in range(7)
]


@pytest.mark.parametrize(
    "name", ["closed after", "broken JSON", "a page with 200", "busy", "counts as text", "502 done"]
)
async def test_forms_become_tickets_once(tmp_path: Path, name: str) -> None:
    """Each submitted form becomes one ticket, whatever happens to the answers."""
    clock = FakeClock()
    async with counting([ALL[name]] * 9, clock) as server:
        for max_retries in (0, 0, 3):
            async with server.client(clock=clock, max_retries=max_retries) as client:
                report = await client.tickets.import_many(FORMS, journal=tmp_path / "forms.journal")
            assert max(server.effects.values(), default=0) <= 1
            assert report.failed == {}
    assert report.complete
    assert report.succeeded == server.effects.total() == 7


KINDS: Final = ["update", "each", "delete", "import"]
NAMES: Final = sorted(ALL)


@pytest.mark.parametrize("place", range(len(NAMES)), ids=NAMES)
async def test_one_fault(place: int) -> None:
    """After any one fault, once or for a whole run, the next run leaves each id done once."""
    name = NAMES[place]
    for kind in at_length([KINDS[place % len(KINDS)]], KINDS):
        await run(kind, [name] * 30, [60.0], 0)
        if at_length(short=False, long=True):
            await run(kind, [name], [0.0], 0)
            await run(kind, [name] * 12, [0.0], 1, journal=False)


@pytest.mark.parametrize("kind", KINDS)
@given(
    faults=st.lists(st.sampled_from(NAMES), max_size=25),
    waits=st.lists(st.sampled_from([0.0, 60.0, HOUR, 9 * HOUR, 23 * HOUR, 25 * HOUR]), min_size=1, max_size=4),
    retries=st.integers(0, 3),
)
@settings(max_examples=at_length(10, 1000))
def test_any_series_of_faults(kind: str, faults: list[str], waits: list[float], retries: int) -> None:
    """After any faults over any number of runs and days, each id is done once."""
    asyncio.run(run(kind, faults, waits, retries))
