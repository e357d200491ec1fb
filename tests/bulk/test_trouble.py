"""Bulk jobs in trouble: what is refused, what is waited out, and what is reported when a job stops."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient
from cstar_async.bulk.entries import parse
from cstar_async.errors import (
    APIConnectionError,
    AuthenticationError,
    DeadlineExceededError,
    QuotaExceededError,
    RateLimitError,
    SecretKeyRequiredError,
)
from cstar_async.sandbox import Sandbox
from tests.support.clock import FakeClock
from tests.support.server import data, failure, json, serve

from .helpers import asked, bulk_result, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .scripted import Service


async def test_a_batch_without_an_answer_is_sent_again(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A batch whose answer was lost is sent again and reported as done."""
    ids = await fill(cstar, 10)
    sandbox.faults.add(path="bulk.run", reset=True, times=2)
    report = await cstar.tickets.delete_many(ids)
    assert (report.succeeded, report.failed, report.requests_used) == (10, {}, 3)


async def test_a_job_waits_through_an_outage(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A job waits through an outage."""
    ids = await fill(cstar, 10)
    sandbox.faults.add(path="bulk.run", status=503, times=12)
    report = await cstar.tickets.update_many(ids, status="closed")
    assert (report.succeeded, report.requests_used) == (10, 13)


async def test_a_lasting_outage_leaves_sent_ids_in_doubt(sandbox: Sandbox, cstar: CStarClient) -> None:
    """After a lasting outage each sent id is in doubt, with the reason."""
    ids = await fill(cstar, 250)
    sandbox.faults.add(path="bulk.run", reset=True, times=1000)
    report = await cstar.tickets.update_many(ids, status="closed").options(max_retries=1)
    assert (sorted(report.in_doubt), report.failed, report.complete) == (sorted(ids), {}, False)
    assert set(report.doubts) == set(ids)
    assert all(isinstance(error, APIConnectionError) for error in report.doubts.values())
    assert "250 in doubt" in repr(report)
    with pytest.raises(ExceptionGroup, match="0 of 250 failed, 250 in doubt"):
        report.raise_for_failures()


async def test_pauses_end_at_the_deadline(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A job waits no longer than its deadline, and the error has the request it gave up."""
    ids = await fill(cstar, 10)
    sandbox.faults.add(path="bulk.run", status=503, times=1000)
    job = cstar.tickets.update_many(ids, status="closed").options(deadline=30, max_retries=1)
    with pytest.raises(DeadlineExceededError, match=r"POST .*/bulk: the next attempt would be in") as caught:
        await job
    assert (caught.value.method, caught.value.attempts) == ("POST", 2)
    assert caught.value.path == "/api/v1/teams/{teamId}/bulk"
    assert caught.value.idempotency_key is not None
    assert (job.report.in_doubt, job.report.failed) == (ids, {})


async def test_a_pause_is_as_long_as_retry_after() -> None:
    """A job waits as long as Retry-After says."""
    clock = FakeClock()
    busy = failure(429, headers={"Retry-After": "300"})
    done = bulk_result(1, "delete")
    async with serve(busy, data(done)) as server, server.client(clock=clock) as client:
        report = await client.tickets.delete_many(["t1"])
    assert (report.succeeded, report.requests_used, clock.slept) == (1, 2, [300])


async def test_a_retry_after_of_days_fails_the_batch() -> None:
    """A Retry-After longer than any window fails the batch at once."""
    clock = FakeClock()
    busy = failure(429, headers={"Retry-After": "200000"})
    async with serve(busy) as server, server.client(clock=clock) as client:
        report = await client.tickets.delete_many(["t1"])
    assert isinstance(report.failed["t1"], RateLimitError)
    assert sum(clock.slept) == 0


async def test_a_base_exception_of_the_input_is_raised(cstar: CStarClient) -> None:
    """A BaseException of the input is raised, and its ids are unsent."""

    class Stop(BaseException):
        pass

    def broken() -> Iterator[str]:
        yield "tkt_1"
        raise Stop

    job = cstar.tickets.update_many(broken(), status="closed")
    with pytest.raises(Stop):
        await job
    assert (job.report.complete, job.report.unsent) == (False, ["tkt_1"])


async def test_a_refused_key_stops_the_job(sandbox: Sandbox) -> None:
    """A refused key stops the job, and the rest is unsent."""
    async with sandbox.client(api_key="sk_test_" + "x" * 32) as stranger:
        job = stranger.tickets.delete_many(f"tkt_{number}" for number in range(1000))
        with pytest.raises(AuthenticationError):
            await job
    assert len(sandbox.requests) <= 5
    assert not job.report.complete
    assert len(job.report.unsent) >= 100
    assert job.report.in_doubt == []


async def test_a_publishable_key_sends_nothing(sandbox: Sandbox) -> None:
    """A publishable key is refused before anything is sent."""
    async with sandbox.client(api_key=sandbox.default_team.publishable_key) as reader:
        with pytest.raises(SecretKeyRequiredError):
            await reader.tickets.delete_many(["tkt_1"])
    assert len(sandbox.requests) == 0


async def test_an_input_that_raises_stops_the_job(sandbox: Sandbox, cstar: CStarClient) -> None:
    """An input that raises stops the job, and its report is not complete."""
    ids = await fill(cstar, 150)

    def broken() -> Iterator[str]:
        yield from ids
        raise OSError("the disk is gone")

    job = cstar.tickets.update_many(broken(), status="closed")
    with pytest.raises(OSError, match="the disk is gone"):
        await job
    assert (job.report.complete, job.report.succeeded, len(job.report.unsent)) == (False, 100, 50)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda tickets: tickets.update_many("tkt_1", status="open"), "write \\['tkt_1'\\]"),
        (lambda tickets: tickets.update_many(5, status="open"), "expected ids, got int"),
        (lambda tickets: tickets.update_many(["tkt_1"]), "no change is given"),
        (lambda tickets: tickets.update_many(["tkt_1"], metadata={"x": float("nan")}), "cannot be sent"),
        (lambda tickets: tickets.delete_many(["tkt_1"], concurrency=0), "concurrency"),
        (lambda tickets: tickets.import_many({"title": "x"}), "write \\[record\\]"),
        (lambda tickets: tickets.import_many([], merge_strategy="nope"), "skip, update or merge, got 'nope'"),
        (lambda tickets: tickets.import_many([], merge_strategy=None), "skip, update or merge, got None"),
    ],
)
async def test_invalid_arguments_are_refused_at_once(cstar: CStarClient, make: Any, problem: str) -> None:
    """An invalid argument is refused when the job is made."""
    with pytest.raises((TypeError, ValueError), match=problem):
        make(cstar.tickets)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda tickets: tickets.delete_many([""]), "empty"),
        (lambda tickets: tickets.delete_many([None]), "NoneType"),
        (lambda tickets: tickets.update_each([("tkt_1", "closed")]), "mapping"),
        (lambda tickets: tickets.update_each({"tkt_1": {"colour": "red"}}), "no field 'colour'; it has title, "),
        (lambda tickets: tickets.update_each({"tkt_1": {}}), "no change is given for tkt_1"),
        (lambda tickets: tickets.import_many(["x"]), "record 0 must be a mapping"),
        (
            lambda tickets: tickets.import_many([{"title": "x", "asigned_to": "mem_1"}]),
            "record 0: .*'asigned_to'; it has",
        ),
    ],
)
async def test_an_invalid_item_stops_the_job(sandbox: Sandbox, cstar: CStarClient, make: Any, problem: str) -> None:
    """An invalid item stops the job, and nothing is sent."""
    with pytest.raises((TypeError, ValueError), match=problem):
        await make(cstar.tickets)
    assert len(sandbox.requests) == 0


async def test_leaving_the_iteration_ends_the_job(sandbox: Sandbox, cstar: CStarClient) -> None:
    """Leaving the iteration ends the job."""
    ids = await fill(cstar, 1000)
    sandbox.requests.clear()
    job = cstar.tickets.update_many(ids, status="closed", concurrency=1)
    reports = aiter(job)
    await anext(reports)
    await reports.aclose()
    for _ in range(10):  # long enough for the whole job
        await cstar.tags.list()
    assert asked(sandbox) < 5
    report = job.report
    assert report.succeeded + len(report.in_doubt) + len(report.unsent) == report.total


async def test_a_cancelled_job_says_where_it_stopped(sandbox: Sandbox, cstar: CStarClient) -> None:
    """The report of a cancelled job has what is in doubt and what is unsent."""
    ids = await fill(cstar, 500)
    sandbox.faults.add(path="bulk.run", delay=30, times=3)
    job = cstar.tickets.update_many(ids, status="closed", concurrency=3)
    task = asyncio.create_task(job.send())
    while cstar.quota.in_flight < 3:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    report = job.report
    assert not report.complete
    assert (report.in_doubt, report.unsent) == (ids[:300], ids[300:400])
    assert (report.total, report.done) == (400, 0)
    assert cstar.quota.in_flight == 0


async def test_a_deadline_bounds_the_whole_job(sandbox: Sandbox, cstar: CStarClient) -> None:
    """A deadline bounds the whole job, as an option or as a block."""
    ids = await fill(cstar, 20)
    pairs = [(ids[place % 20], {"notes": str(place)}) for place in range(300)]
    started = sandbox.clock.monotonic()
    for job in (cstar.tickets.update_each(pairs).options(deadline=30), cstar.tickets.update_each(pairs)):
        with pytest.raises((DeadlineExceededError, QuotaExceededError)) as caught:
            async with cstar.deadline(60):
                await job
        assert not job.report.complete
        if isinstance(caught.value, QuotaExceededError):
            assert caught.value.available_at.timestamp() > sandbox.clock.time()
    assert sandbox.clock.monotonic() - started < 100


async def test_a_job_runs_once(cstar: CStarClient) -> None:
    """A second run of a job is a RuntimeError."""
    job = cstar.tickets.update_many([], status="closed")
    assert (await job).complete
    with pytest.raises(RuntimeError, match="has already run"):
        await job
    with pytest.raises(RuntimeError, match="has already run"):
        await job.plan()


async def test_a_job_that_is_dropped_warns(cstar: CStarClient) -> None:
    """A job that was never awaited warns."""
    with pytest.warns(RuntimeWarning, match=r"<Bulk: update tickets> was never awaited"):
        cstar.tickets.update_many(["tkt_1"], status="closed")


async def test_a_planned_job_does_not_warn(cstar: CStarClient) -> None:
    """A job that was only planned does not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await cstar.tickets.update_many(["tkt_1"], status="closed").plan()
        gc.collect()


async def test_a_bad_answer_or_refusal_does_not_stop_the_job() -> None:
    """A bad answer leaves ids in doubt, a refusal fails them, and the job ends normally."""
    broken = json({"success": True, "data": {"total": 1}})
    async with serve(broken) as server, server.client(clock=FakeClock()) as client:
        report = await client.tickets.delete_many(["t1"])
        assert "$.data.succeeded" in str(report.doubts["t1"])
        assert (report.in_doubt, report.failed, report.complete, server.attempts) == (["t1"], {}, False, 4)
    async with serve(failure(404, code="resource_missing")) as server, server.client() as client:
        report = await client.tickets.delete_many(["t1"])
        assert report.failures == 1


async def test_closing_the_client_ends_the_job(sandbox: Sandbox) -> None:
    """Closing the client ends the job with a RuntimeError."""
    client = sandbox.client()
    sandbox.faults.add(path="bulk.run", delay=30)
    job = client.tickets.delete_many(f"tkt_{number}" for number in range(300))
    task = asyncio.create_task(job.send())
    while client.quota.in_flight == 0:
        await asyncio.sleep(0.001)
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await task
    assert len(job.report.in_doubt) == 100
    with pytest.raises(RuntimeError, match="closed"):
        await client.tickets.delete_many(["tkt_1"])


async def test_each_failed_change_of_an_id_counts(cstar: CStarClient) -> None:
    """Each failed change counts, also of the same id."""
    report = await cstar.tickets.update_each([("tkt_nobody", {"title": title}) for title in "abc"])
    assert (report.total, report.done, report.failures, len(report.failed)) == (3, 3, 3, 1)


async def test_two_jobs_run_side_by_side(cstar: CStarClient) -> None:
    """Two jobs of one client run side by side in a task group."""
    ids = await fill(cstar, 400)
    async with asyncio.TaskGroup() as group:
        one = group.create_task(cstar.tickets.update_many(ids[:200], status="closed").send())
        two = group.create_task(cstar.tickets.update_many(ids[200:], status="open").send())
    assert (one.result().succeeded, two.result().succeeded) == (200, 200)


async def test_batches_that_wait_for_the_quota_are_unsent(service: Service, path: Path) -> None:
    """A cancelled job has nothing in doubt if all its open batches wait for the quota, also by its journal."""
    clock = service.clock = StillClock()
    pairs = [(f"t{number}", {"notes": str(number)}) for number in range(150)]
    async with service.client() as client:
        job = client.tickets.update_each(pairs, journal=path)
        task = asyncio.create_task(job.send())
        await clock.until_waiting(4)
        clock.go_on()  # one is sent, and the others have their line in the journal and wait again
        await clock.until_waiting(4)
        done = service.requests
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        report = job.report
        assert (report.in_doubt, report.succeeded, len(report.unsent)) == ([], done, report.total - done)
    entries = parse(path, path.read_bytes()).entries
    assert [number for number, entry in entries.items() if entry.settled is None] == []
    service.clock = FakeClock()
    async with service.client() as client:
        report = await client.tickets.update_each(pairs, journal=path)
    assert (report.succeeded, report.resumed, max(service.effects.values())) == (150, done, 1)


class StillClock(FakeClock):
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    async def until_waiting(self, count: int) -> None:
        """Return when so many tasks sleep, and no other can go on."""
        while len(self._waiting) < count:
            await asyncio.sleep(0.001)

    def go_on(self) -> None:
        """Wake all that sleep."""
        for until, future in self._waiting:
            self.now = max(self.now, until)
            future.set_result(None)
        self._waiting.clear()

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((self.now + seconds, future))
        await future
