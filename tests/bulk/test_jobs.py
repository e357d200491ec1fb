"""Bulk jobs on the sandbox: their cost, their reports and their inputs."""

from __future__ import annotations

import asyncio
import datetime as dt
import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from cstar_async import BulkReport, CStarClient
from cstar_async._quota.quota import budget_of
from cstar_async.bulk import Plan
from cstar_async.bulk.batching import Grouping
from cstar_async.errors import (
    BadRequestError,
    BulkItemError,
)
from cstar_async.sandbox import Sandbox
from tests.support.clock import FakeClock
from tests.support.server import KEY, data, serve
from tests.support.stress import at_length

from .helpers import asked, bulk_result, fill, import_result, statuses, without_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from cstar_async.models import Ticket


KINDS: list[dict[str, Any]] = [{"status": "closed"}, {"priority": "urgent", "tags": ["vip"]}, {"notes": None}]


async def test_three_kinds_of_change_cost_the_minimum(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A job with three kinds of change takes as few requests as possible, without a 429."""
    ids = await fill(cstar, at_length(1_000, 10_000))
    sandbox.requests.clear()
    changes = {identity: KINDS[place % 3] for place, identity in enumerate(ids)}
    report = await cstar.tickets.update_each(changes)
    least = sum(-(-count // 100) for count in Counter(place % 3 for place in range(len(ids))).values())
    assert report.requests_used == asked(sandbox) == least
    assert statuses(sandbox) == {200: least}
    assert (report.total, report.succeeded, report.failed, report.complete) == (len(ids), len(ids), {}, True)
    closed = [ticket.id async for ticket in cstar.tickets.export(status="closed")]
    assert sorted(closed) == sorted(ids[::3])


async def test_one_by_one_costs_a_hundred_times_as_much(sandbox: Sandbox, cstar: CStarClient) -> None:
    """Two hundred changes take two requests in bulk, and two hundred one by one."""
    ids = await fill(cstar, 200)
    sandbox.requests.clear()
    await cstar.gather(cstar.tickets.update(identity, status="closed") for identity in ids)
    one_by_one = len(sandbox.requests)
    sandbox.requests.clear()
    await cstar.tickets.update_many(ids, status="open")
    assert (one_by_one, len(sandbox.requests)) == (200, 2)


async def test_a_long_job_stays_within_every_window(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A long job stays within every window of the quota and leaves the reserve."""
    ids = await fill(cstar, 20)
    sandbox.requests.clear()
    # All changes differ, so no two share a batch: 1,200 requests.
    pairs = ((ids[place % 20], {"notes": str(place)}) for place in range(1200))
    job = cstar.tickets.update_each(pairs)
    assert (await job.plan()).minutes > 60
    report = await job
    assert report.succeeded == 1200
    windows = Counter(int(record.at // 3600) for record in sandbox.requests)
    assert max(windows.values()) <= 900
    assert set(statuses(sandbox)) == {200}


async def test_failures_are_reported_for_each_id(cstar: CStarClient) -> None:
    """Each failed id has its error in the report, and the others are done."""
    ids = await fill(cstar, 3)
    report = await cstar.tickets.delete_many([*ids, "tkt_nobody"])
    assert (report.total, report.succeeded, report.done) == (4, 3, 4)
    error = report.failed["tkt_nobody"]
    assert isinstance(error, BulkItemError)
    assert (error.item, error.code) == ("tkt_nobody", "resource_missing")
    assert (error.method, error.path) == ("POST", "/api/v1/teams/{teamId}/bulk")
    assert str(error) == "tkt_nobody: resource_missing: Ticket not found"
    assert error.idempotency_key
    with pytest.raises(ExceptionGroup, match="1 of 4 failed") as caught:
        report.raise_for_failures()
    assert caught.value.exceptions == (error,)


async def test_without_failures_nothing_is_raised(cstar: CStarClient) -> None:
    """`raise_for_failures` raises nothing if there are none."""
    report = await cstar.tickets.update_many(await fill(cstar, 1), status="open")
    report.raise_for_failures()


async def test_a_request_that_is_refused_fails_all_its_ids(cstar: CStarClient) -> None:
    """A refused request fails all of its ids with one shared error."""
    ids = await fill(cstar, 150)
    good: dict[str, Any] = {"status": "closed"}
    changes = {identity: good if place < 50 else {"priority": 5} for place, identity in enumerate(ids)}
    report = await cstar.tickets.update_each(changes)
    assert (report.succeeded, report.failures) == (50, 100)
    assert set(report.failed) == set(ids[50:])
    assert isinstance(report.failed[ids[-1]], BadRequestError)
    with pytest.raises(ExceptionGroup) as caught:
        report.raise_for_failures()
    assert len(caught.value.exceptions) == 1  # one error, shared by a hundred ids


async def test_failures_counted_and_not_named_are_in_doubt() -> None:
    """Named items have failed; if more failures are counted, the rest are in doubt."""
    result = bulk_result(3, "delete", errors=[{"id": "t2"}], succeeded=1, failed=2)
    async with serve(data(result)) as server, server.client(clock=FakeClock()) as client:
        report = await client.tickets.delete_many(["t1", "t2", "t3"])
    assert (report.succeeded, list(report.failed), report.in_doubt) == (0, ["t2"], ["t1", "t3"])
    assert "$.data.errors: names 1 of the batch, but by the counts 2 failed" in str(report.doubts["t1"])
    result = import_result(3, errors=[{"index": 2, "message": "No"}], created=1)
    async with serve(data(result)) as server, server.client(clock=FakeClock()) as client:
        imported = await client.tickets.import_many([{"title": title} for title in "abc"])
    assert (imported.succeeded, imported.created, imported.in_doubt) == (0, 1, [0, 1])
    assert "No" in str(imported.failed[2])


async def test_the_input_is_any_iterable(cstar: CStarClient) -> None:
    """The input is any iterable or async iterable, of ids or of objects."""
    ids = await fill(cstar, 6)

    async def stream() -> AsyncIterator[str]:
        for identity in ids:
            yield identity

    async def pairs() -> AsyncIterator[tuple[str, dict[str, str]]]:
        for identity in ids:
            yield identity, {"status": "open"}

    tickets: list[Ticket] = [ticket async for ticket in cstar.tickets.list()]
    for source in (
        ids,
        tuple(ids),
        set(ids),
        iter(ids),
        (each for each in ids),
        stream(),
        tickets,
        cstar.tickets.list(),
    ):
        report = await cstar.tickets.update_many(source, status="open")
        assert report.succeeded == 6
    for changes in ({each: {"status": "open"} for each in ids}, [(each, {"status": "open"}) for each in ids], pairs()):
        assert (await cstar.tickets.update_each(changes)).succeeded == 6


async def test_a_job_can_change_the_list_that_it_reads(cstar: CStarClient) -> None:
    """A list can be the input of a job that removes its rows from that list."""
    await fill(cstar, 450)
    report = await cstar.tickets.update_many(cstar.tickets.list(status="new", page_size=100), status="closed")
    assert report.succeeded == 450
    assert await cstar.tickets.list(status="new").count() == 0


async def test_python_names_and_wire_names_are_accepted() -> None:
    """A change can have Python names or wire names."""
    result = bulk_result(2)
    async with serve(data(result)) as server, server.client() as client:
        await client.tickets.update_each({"t1": {"assigned_to": "mem_1"}, "t2": {"assignedTo": "mem_1"}})
    assert [each.json for each in server.received] == [
        {"action": "update", "resource": "tickets", "ids": ["t1", "t2"], "data": {"assignedTo": "mem_1"}}
    ]


async def test_an_id_in_flight_gets_its_next_change_afterwards() -> None:
    """The next change of an id waits until the one before is answered."""
    going: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        assert not going
        going.append("x")
        await asyncio.sleep(0.01)
        going.clear()
        return await data(bulk_result(len(body["ids"])))(request)

    async with serve(answer) as server, server.client() as client:
        await client.tickets.update_many(["t0"], title="x")  # the first request of a window goes alone
        server.received.clear()
        pairs = [("t1", {"status": status}) for status in ("open", "pending", "closed")]
        await client.tickets.update_each(pairs)
        assert [each.json["data"]["status"] for each in server.received] == ["open", "pending", "closed"]


async def test_iterating_shows_the_progress(cstar: CStarClient) -> None:
    """Iterating over a job gives its report after each batch."""
    ids = await fill(cstar, 350)
    seen: list[tuple[int, int | None, int]] = []
    async for report in cstar.tickets.update_many([*ids, "tkt_nobody"], status="closed", concurrency=1):
        assert type(report) is BulkReport
        seen.append((report.done, report.expected, report.failures))
    assert [failures for _, _, failures in seen] == [0, 0, 0, 1]
    assert seen[-1] == (351, 351, 1)


async def test_nothing_to_do_costs_nothing(sandbox: Sandbox, cstar: CStarClient) -> None:
    """An empty input sends nothing."""
    report = await cstar.tickets.delete_many([])
    assert (report.total, report.complete, len(sandbox.requests)) == (0, True, 0)


async def test_a_plan_has_the_cost_and_sends_nothing(sandbox: Sandbox, cstar: CStarClient) -> None:
    """`plan()` gives the cost and sends nothing, and the job runs on the same input."""
    job = cstar.tickets.update_many((f"tkt_{number // 2}" for number in range(30_000)), status="closed")
    plan = await job.plan()
    assert isinstance(plan, Plan)
    assert (plan.total, plan.requests, plan.duplicates, plan.resumed) == (15_000, 150, 15_000, 0)
    assert 2 < plan.minutes < 5
    assert len(sandbox.requests) == 0
    assert str(plan).startswith("15,000 changes in 150 requests, 15,000 duplicates left out; about 0:0")
    report = await job  # the input that the plan has read is kept
    assert report.total == 15_000
    assert report.requests_used == plan.requests


async def test_a_job_takes_as_long_as_planned(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A job takes the time that its plan says."""
    ids = await fill(cstar, 10)
    await cstar.tickets.list()
    pairs = [(ids[place % 10], {"notes": str(place)}) for place in range(1500)]
    job = cstar.tickets.update_each(pairs)
    plan = await job.plan()
    started = sandbox.clock.monotonic()
    await job
    assert sandbox.clock.monotonic() - started == pytest.approx(plan.seconds, rel=0.02)


async def test_imports_report_by_place(cstar: CStarClient) -> None:
    """Failed records are reported by their index in the input."""
    records: list[dict[str, Any]] = [{"name": f"C{n}", "email": f"c{n}@example.com"} for n in range(600)]
    del records[501]["email"]
    first = await cstar.customers.import_many(records)
    assert (first.created, first.skipped, first.succeeded, first.requests_used) == (599, 0, 599, 2)
    assert list(first.failed) == [501]
    assert str(first.failed[501]).startswith("record 501: ")
    again = await cstar.customers.import_many(records[:3], merge_strategy="update")
    assert (again.created, again.updated) == (0, 3)
    assert (await cstar.customers.import_many(records[:3])).skipped == 3


async def test_records_may_have_python_names(cstar: CStarClient) -> None:
    """Records can have Python names."""
    record = {"name": "Ada", "email": "ada@example.com", "custom_fields": {"plan": "pro"}}
    await cstar.customers.import_many([record])
    ada = await cstar.customers.list(search="ada@example.com").first()
    assert ada is not None
    assert ada.custom_fields == {"plan": "pro"}


async def test_records_may_have_the_id_of_their_object(cstar: CStarClient) -> None:
    """A record can have the id of its object, or an external id."""
    (ticket,) = await fill(cstar, 1)
    report = await cstar.tickets.import_many([{"id": ticket, "notes": "found"}], merge_strategy="update")
    assert (report.updated, (await cstar.tickets.get(ticket)).notes) == (1, "found")
    for name in ("externalId", "external_id"):
        assert (await cstar.tickets.import_many([{name: "crm-1", "title": "x"}])).succeeded == 1


async def test_other_resources_have_bulk_methods(cstar: CStarClient) -> None:
    """Articles and customers have the bulk methods too."""
    await cstar.articles.import_many([{"title": f"A{n}", "content": "x"} for n in range(3)])
    articles = [article.id async for article in cstar.articles.export()]
    assert (await cstar.articles.update_many(articles, status="published")).succeeded == 3
    assert (await cstar.articles.delete_many(articles)).succeeded == 3
    await cstar.customers.import_many([{"name": "C", "email": "c@example.com"}])
    customers = [customer.id async for customer in cstar.customers.export()]
    assert (await cstar.customers.update_each({customers[0]: {"tags": ["vip"]}})).succeeded == 1


async def test_interactive_calls_do_not_wait_while_a_job_runs(
    sandbox: Sandbox, cstar: CStarClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interactive calls do not wait for the quota while a job runs."""
    waited: Counter[str] = Counter()
    budget = budget_of(cstar.quota)
    admit = budget.admit

    async def noting(priority: Any, *rest: Any) -> float:
        waited[priority] += 1
        return await admit(priority, *rest)

    monkeypatch.setattr(budget, "admit", noting)
    ids = await fill(cstar, 10)
    pairs = ((ids[place % 10], {"notes": str(place)}) for place in range(1100))
    job = asyncio.create_task(cstar.tickets.update_each(pairs).send())
    calls = 0
    while not job.done():
        await cstar.tags.list()
        calls += 1
        for _ in range(200):
            await asyncio.sleep(0)
    assert (await job).succeeded == 1100
    assert calls > 5
    assert waited["bulk"]
    assert not waited["interactive"]
    assert set(statuses(sandbox)) == {200}


async def test_memory_does_not_grow_with_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a job does not grow with its input."""
    without_service(monkeypatch)
    count, most = 1_000_000, 40_000_000
    if at_length(short=True, long=False):
        # A short run remembers fewer ids, in proportion to the stream.
        count, most = 30_000, 2_000_000
        monkeypatch.setattr(
            Grouping.__init__, "__kwdefaults__", {**(Grouping.__init__.__kwdefaults__ or {}), "remembered": 3_000}
        )
    async with CStarClient(KEY, team_id="t", clock=FakeClock()) as client:
        await client.tickets.update_many(["tkt_0"], status="closed")
        tracemalloc.start()
        report = await client.tickets.update_many((f"tkt_{number:032x}" for number in range(count)), status="closed")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert report.succeeded == count
    assert peak < most, f"{peak / 1e6:.1f} MB"


def test_the_text_of_a_plan() -> None:
    """The `str` of a plan gives the cost in words."""
    plan = Plan(total=12_345, requests=124, resumed=100, duplicates=0, seconds=3725.0, remaining=None)
    assert str(plan) == ("12,345 changes in 124 requests, 100 done already; about 1:02:05 at the pace of the quota")
    assert plan.minutes == pytest.approx(dt.timedelta(seconds=3725).total_seconds() / 60)


async def test_the_repr_of_a_report(cstar: CStarClient) -> None:
    """The repr of a report is one line of counts."""
    ids = await fill(cstar, 2)
    report = await cstar.tickets.delete_many([*ids, "tkt_nobody"])
    assert repr(report) == "<BulkReport: 2 of 3 succeeded, 1 failed, 1 request>"
    assert repr(BulkReport(total=5, succeeded=2, in_doubt=["a"], unsent=["b", "c"], requests_used=1)) == (
        "<BulkReport: 2 of 5 succeeded, 0 failed, 1 in doubt, 2 unsent, 1 request>"
    )
