"""Writes happen once, and what is reported as failed was not done, whatever faults occur."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async import CStarClient
from cstar_async.errors import (
    APIConnectionError,
    AuthenticationError,
    CStarError,
    RateLimitError,
)
from tests.support.server import KEY
from tests.support.stress import at_length

from .scripted import FAULTS, Service, refusal

IDS = [f"t{number}" for number in range(150)]
CHANGE = '{"status":"closed"}'


def effect(kind: str, key: Any) -> str:
    """The name under which the service counts the effect on a key of a report."""
    if kind == "update":
        return f"{key} {CHANGE}"
    return key if kind == "delete" else f"n{key}"


def job_of(client: CStarClient, kind: str, journal: Path | None, size: int) -> Any:
    """A job of this kind; imports have more records, because their batches are larger."""
    if kind == "update":
        return client.tickets.update_many(IDS[:size], status="closed", journal=journal)
    if kind == "delete":
        return client.tickets.delete_many(IDS[:size], journal=journal)
    return client.tickets.import_many([{"title": f"n{n}"} for n in range(size * 4)], journal=journal)


def check(service: Service, kind: str, report: Any) -> None:
    """Compare a report with what the service did."""
    assert max(service.effects.values(), default=0) <= 1
    done = {effect(kind, key) for key in report.failed} & set(service.effects)
    assert not done, "reported as failed, but done"
    assert set(report.doubts) == set(report.in_doubt)
    assert report.done + len(report.in_doubt) + len(report.unsent) == report.total
    if report.complete:
        assert not report.in_doubt
        assert report.succeeded == service.effects.total()


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["update", "delete", "import"])
async def test_one_fault_is_survived(service: Service, kind: str, fault: str, retries: int) -> None:
    """After one fault the batch is sent again under its key and done once."""
    service.script = [fault]
    async with service.client(max_retries=retries) as client:
        report = await job_of(client, kind, None, 150)
    check(service, kind, report)
    assert report.complete
    assert report.failed == {}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["update", "delete", "import"])
async def test_lasting_faults_leave_doubt_and_the_next_run_settles_it(
    service: Service, kind: str, fault: str, tmp_path: Path
) -> None:
    """Lasting faults leave ids in doubt; the next run with the journal settles them."""
    service.script = [fault] * 1000
    async with service.client() as client:
        report = await job_of(client, kind, tmp_path / "j", 150)
        check(service, kind, report)
        if fault in {"refused", "429"}:  # nothing was done, and that is known
            assert report.in_doubt == []
            assert len(report.failed) == report.total
        elif fault != "busy":
            assert not report.complete
            assert all(getattr(error, "outcome_unknown", False) for error in report.doubts.values())
            with pytest.raises(ExceptionGroup, match="in doubt"):
                report.raise_for_failures()
        service.script = []
        for _ in range(2):
            report = await job_of(client, kind, tmp_path / "j", 150)
            check(service, kind, report)
        assert report.complete
        assert report.succeeded == report.total
        assert len(service.effects) == report.total


@pytest.mark.parametrize("kind", ["update", "import", "delete"])
@pytest.mark.parametrize("other", ["a day later", "with another API key", "before the clock was set back"])
async def test_writes_with_a_forgotten_key_are_not_repeated(
    service: Service,
    kind: str,
    other: str,
    tmp_path: Path,
) -> None:
    """If the key may be forgotten, a deletion is repeated; anything else stays in doubt."""
    service.script = ["lost after"] * 1000
    async with service.client() as client:
        await job_of(client, kind, tmp_path / "j", 50).options(max_retries=0)
    sent = service.requests
    service.script = []
    options: dict[str, Any] = {}
    if other == "a day later":
        service.clock.advance(24 * 3600)
        service._done.clear()
    elif other == "with another API key":
        options["api_key"] = KEY[:-4] + "2222"
        service._done.clear()
    else:
        service.clock.advance(-3600)
    async with service.client(**options) as client:
        report = await job_of(client, kind, tmp_path / "j", 50)
    check(service, kind, report)
    again = kind == "delete"
    assert (service.requests > sent, report.complete) == (again, again)
    if again:
        assert (report.succeeded, report.failed) == (50, {})
    else:
        assert len(report.in_doubt) == report.total
        assert "remembers idempotency keys for 24 h" in str(report.doubts[report.in_doubt[0]])


async def test_what_was_never_done_is_sent_by_any_later_run(service: Service, tmp_path: Path) -> None:
    """Requests that certainly were not done are sent by a later run, after any time."""
    path = tmp_path / "j"
    async with service.client() as client:
        for fault, error in (("429", RateLimitError), ("refused", APIConnectionError)):
            service.script = [fault] * 2
            report = await client.tickets.update_many(IDS, status="closed", journal=path).options(max_retries=0)
            assert (report.in_doubt, len(report.failed)) == ([], 150)
            assert isinstance(report.failed["t0"], error)
            service.clock.advance(100_000)
        report = await client.tickets.update_many(IDS, status="closed", journal=path)
    assert (report.succeeded, report.complete) == (150, True)
    check(service, "update", report)


async def test_a_refused_key_after_a_lost_answer_leaves_doubt(
    service: Service,
) -> None:
    """A 401 after a lost answer stops the job and leaves its ids in doubt."""
    handle = service.handle

    def revoke_after(key: str, body: bytes) -> Any:
        if service.requests:
            return refusal(401)
        return handle(key, body)

    service.handle = revoke_after  # type: ignore[method-assign]
    service.script = ["lost after"]
    async with service.client() as client:
        job = client.tickets.delete_many(IDS[:50])
        with pytest.raises(AuthenticationError):
            await job
    assert job.report.in_doubt == IDS[:50]
    assert isinstance(job.report.doubts["t0"], AuthenticationError)
    assert job.report.unsent == []


async def test_a_later_change_waits_for_one_in_doubt(service: Service, tmp_path: Path) -> None:
    """A later change of an id in doubt stays unsent until the next run."""
    pairs = [("a", {"title": "one"}), ("b", {"title": "two"}), ("a", {"title": "two"})]
    async with service.client() as client:
        service.script = ["lost before"]
        first = await client.tickets.update_each(pairs, journal=tmp_path / "j", concurrency=1).options(max_retries=0)
        assert (first.in_doubt, sorted(first.unsent), first.complete) == (["a"], ["a", "b"], False)
        second = await client.tickets.update_each(pairs, journal=tmp_path / "j", concurrency=1)
    assert (second.succeeded, second.complete) == (3, True)
    assert list(service.effects) == ['a {"title":"one"}', 'b {"title":"two"}', 'a {"title":"two"}']


RUNS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(FAULTS + ("",) * 6), max_size=12),
        st.sampled_from([0, 60, 3600, 23 * 3600, 25 * 3600, 60 * 3600]),
        st.sampled_from([0, 0, 1, 2, 3]),
        st.sampled_from([0, 2]),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("kind", ["update", "delete", "import"])
@given(runs=RUNS, failing=st.integers(0, 3), size=st.sampled_from([1, 100, 150]))
@settings(max_examples=at_length(25, 3000))
def test_writes_are_done_once_and_not_reported_as_failed(kind: str, runs: Any, failing: int, size: int) -> None:
    """Over any faults and runs with one journal, writes happen once and are not reported as failed."""
    service = Service()
    service.failing = {IDS[place] for place in range(failing)} | {f"n{place}" for place in range(failing)}

    async def scenario(path: Path) -> None:
        for script, pause, leave_after, retries in runs:
            service.script = list(script)
            async with service.client() as client:
                job = job_of(client, kind, path, size).options(max_retries=retries)
                try:
                    async with aclosing(aiter(job)) as reports:
                        async for _ in reports:
                            if leave_after and job.report.requests_used >= leave_after:
                                break
                except CStarError:
                    pass
            assert max(service.effects.values(), default=0) <= 1
            named = {effect(kind, key) for key in job.report.failed}
            assert not named & set(service.effects)
            service.clock.advance(pause)

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr("os.fsync", lambda _: None)
        service.install(patch)
        asyncio.run(scenario(Path(folder) / "j"))
