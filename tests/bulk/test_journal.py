"""Journals: what a job remembers over a crash."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock
import orjson
import pytest

from cstar_async import CStarClient
from cstar_async.bulk.journal import Journal, read_contents
from cstar_async.errors import BulkItemError, JournalError
from cstar_async.sandbox import Sandbox
from tests.support.server import KEY, data, serve

from .helpers import asked, bulk_result, fill

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent


def lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


async def interrupted(cstar: CStarClient, ids: list[str], path: Path, after: int, **changes: Any) -> None:
    """Run a job and leave it after so many batches."""
    async with aclosing(aiter(cstar.tickets.update_many(ids, journal=path, concurrency=1, **changes))) as reports:
        async for report in reports:
            if report.done >= after * 100:
                break


async def test_a_second_run_does_the_rest(sandbox: Sandbox, cstar: CStarClient, path: Path) -> None:
    """A second run with the journal does only the rest."""
    ids = await fill(cstar, 500)
    await interrupted(cstar, ids, path, 3, status="closed")
    sandbox.requests.clear()
    job = cstar.tickets.update_many(ids, status="closed", journal=path)
    plan = await job.plan()
    assert plan.resumed >= 300
    report = await job
    assert (report.total, report.succeeded, report.complete) == (500, 500, True)
    assert report.resumed == plan.resumed
    assert report.requests_used == asked(sandbox) == plan.requests <= 2


async def test_a_run_of_a_finished_job_sends_nothing(sandbox: Sandbox, cstar: CStarClient, path: Path) -> None:
    """A run of a finished job sends nothing and reports the same."""
    ids = [*await fill(cstar, 150), "tkt_nobody"]
    first = await cstar.tickets.delete_many(ids, journal=path)
    sandbox.requests.clear()
    second = await cstar.tickets.delete_many(ids, journal=path)
    assert len(sandbox.requests) == 0
    assert (second.resumed, second.requests_used) == (151, 0)
    assert (second.succeeded, list(second.failed)) == (first.succeeded, ["tkt_nobody"])
    error = second.failed["tkt_nobody"]
    assert isinstance(error, BulkItemError)
    assert error.code == "resource_missing"


async def test_imports_keep_their_counts(cstar: CStarClient, path: Path) -> None:
    """A resumed import reports the counts of all runs."""
    records = [{"title": f"T{number}"} for number in range(700)]
    first = await cstar.tickets.import_many(records, journal=path)
    second = await cstar.tickets.import_many(records, journal=path)
    assert (second.created, second.resumed) == (first.created, 700) == (700, 700)


async def test_a_batch_that_was_refused_stays_refused(sandbox: Sandbox, cstar: CStarClient, path: Path) -> None:
    """A refused batch is not sent again, and stays reported as failed."""
    ids = await fill(cstar, 150)
    sandbox.faults.add(path="bulk.run", status=400, times=1)
    first = await cstar.tickets.update_many(ids, status="closed", journal=path, concurrency=1)
    assert (first.succeeded, set(first.failed)) == (50, set(ids[:100]))
    sent = asked(sandbox)
    second = await cstar.tickets.update_many(ids, status="closed", journal=path)
    assert (second.succeeded, second.resumed, asked(sandbox)) == (50, 150, sent)
    assert {key: str(error) for key, error in second.failed.items()} == {
        key: str(error) for key, error in first.failed.items()
    }


async def test_batches_in_flight_are_sent_again_with_the_same_key(cstar: CStarClient, path: Path) -> None:
    """A batch without an answer is sent again under the same idempotency key."""
    result = bulk_result(2)
    async with serve(data(result)) as server, server.client() as client:
        server.script.insert(0, server.hang())
        task = asyncio.create_task(client.tickets.update_many(["a", "b"], status="open", journal=path).send())
        await server.arrived.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        report = await client.tickets.update_many(["a", "b"], status="open", journal=path)
    assert report.succeeded == 2
    keys = [received.headers["Idempotency-Key"] for received in server.received]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    job = lines(path)[0]["job"]
    assert keys[0].startswith(f"bulk-{job}-0-")


async def test_the_order_of_fields_does_not_matter(path: Path) -> None:
    """The body of a batch does not depend on the order of the fields."""
    result = bulk_result(1)
    bodies: list[bytes] = []
    for metadata in ({"a": 1, "b": 2}, {"b": 2, "a": 1}):
        path.unlink(missing_ok=True)
        async with serve(data(result)) as server, server.client() as client:
            await client.tickets.update_many(["t1"], metadata=metadata, journal=path)
            bodies += [each.body for each in server.received]
    assert len(set(bodies)) == 1


async def test_after_a_day_a_missing_id_counts_as_deleted(sandbox: Sandbox, cstar: CStarClient, path: Path) -> None:
    """After a day an id that is gone counts as deleted by the earlier run."""
    ids = await fill(cstar, 5)
    sandbox.faults.add(path="bulk.run", reset=True, times=100)
    lost = await cstar.tickets.delete_many(ids, journal=path).options(max_retries=0)
    assert lost.in_doubt == ids  # there was no answer, but the sandbox has deleted them
    sandbox.faults.clear()
    sandbox.clock.advance(hours=25)
    report = await cstar.tickets.delete_many(ids, journal=path)
    assert (report.succeeded, report.failed) == (5, {})


async def test_within_a_day_a_missing_id_is_a_failure(sandbox: Sandbox, cstar: CStarClient, path: Path) -> None:
    """Within a day an id that never existed is a failure."""
    sandbox.faults.add(path="bulk.run", reset=True, times=1)
    first = await cstar.tickets.delete_many(["tkt_nobody"], journal=path).options(max_retries=0)
    sandbox.clock.advance(hours=2)
    second = await cstar.tickets.delete_many(["tkt_nobody"], journal=path)
    assert (first.failures, first.in_doubt, second.failures) == (0, ["tkt_nobody"], 1)
    assert isinstance(second.failed["tkt_nobody"], BulkItemError)


@pytest.mark.parametrize(
    "change",
    [
        lambda ids: ids[::-1],
        lambda ids: ids[1:],
        lambda ids: ids[:-100],
        lambda ids: [*ids, "tkt_more"],
        lambda ids: [*ids[:150], "tkt_other", *ids[151:]],
    ],
)
async def test_another_input_is_refused(cstar: CStarClient, path: Path, change: Any) -> None:
    """A journal is refused for a changed input."""
    ids = await fill(cstar, 300)
    await cstar.tickets.update_many(ids, status="closed", journal=path)
    job = cstar.tickets.update_many(change(ids), status="closed", journal=path)
    with pytest.raises(JournalError, match="the input has changed"):
        await job
    assert not job.report.complete


async def test_another_job_is_refused(cstar: CStarClient, path: Path) -> None:
    """A journal is refused for another job."""
    await cstar.tickets.update_many(["tkt_1"], status="closed", journal=path)
    others: list[tuple[Any, str]] = [
        (cstar.tickets.update_many(["tkt_1"], status="open", journal=path), "with another change"),
        (cstar.tickets.update_many(["tkt_2"], status="closed", journal=path), "input has changed"),
        (
            cstar.tickets.delete_many(["tkt_1"], journal=path),
            "action is 'update' in the journal and 'delete' in this job",
        ),
        (cstar.customers.update_many(["tkt_1"], status="active", journal=path), "resource"),
        (CStarClient(KEY, team_id="t").tickets.update_many(["tkt_1"], status="closed", journal=path), "server"),
        (cstar.tickets.import_many([{"title": "x"}], journal=path), "action"),
    ]
    for job, problem in others:
        with pytest.raises(JournalError, match=problem):
            await job.plan()
        with pytest.raises(JournalError, match=problem):
            await job


async def test_a_journal_needs_file_locks(cstar: CStarClient, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks is a JournalError that says what to do."""

    def refuse(*_: object, **__: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(filelock, "lock_descriptor", refuse)
    with pytest.raises(JournalError, match=r"close\.journal cannot be locked.*No locks available.*local disk"):
        await cstar.tickets.update_many(["tkt_1"], status="closed", journal=path)


async def test_a_journal_in_use_is_refused(cstar: CStarClient, path: Path) -> None:
    """A journal in use by one job is refused to another."""
    ids = await fill(cstar, 200)
    reports = aiter(cstar.tickets.update_many(ids, status="closed", journal=path, concurrency=1))
    await anext(reports)
    with pytest.raises(JournalError, match="in use"):
        await cstar.tickets.update_many(ids, status="closed", journal=path)
    await reports.aclose()
    assert (await cstar.tickets.update_many(ids, status="closed", journal=path)).complete


async def test_a_torn_last_line_is_forgotten(cstar: CStarClient, path: Path) -> None:
    """A torn last line is dropped, and the job goes on."""
    ids = await fill(cstar, 200)
    await cstar.tickets.update_many(ids, status="closed", journal=path)
    whole = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for cut in [0, 5, *(end + more for end in ends[:-1] for more in (0, 7))]:
        path.write_bytes(whole[:cut])
        report = await cstar.tickets.update_many(ids, status="closed", journal=path)
        assert (report.succeeded, report.complete) == (200, True)
        assert all(line for line in lines(path))


@pytest.mark.parametrize("damage", [b"not a journal\n", b'{"some":"json"}\n', b"[1]\n", b'{"cstar_bulk":99}\n'])
async def test_a_file_that_is_not_a_journal_is_left_alone(cstar: CStarClient, path: Path, damage: bytes) -> None:
    """A file that is not a journal is refused and left unchanged."""
    path.write_bytes(damage)
    with pytest.raises(JournalError):
        await cstar.tickets.delete_many(["tkt_1"], journal=path)
    assert path.read_bytes() == damage


async def test_the_file_is_private_and_holds_no_content(cstar: CStarClient, path: Path) -> None:
    """The journal is readable by its owner only, and holds neither content nor the key."""
    await cstar.tickets.update_many(["tkt_1"], notes="a private word", journal=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"private" not in path.read_bytes()
    assert cstar._requester.team
    assert KEY[8:].encode() not in path.read_bytes()


async def test_lines_are_on_the_disk_before_their_batches_are_sent(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is on disk before its batch is sent or reported."""
    happened: list[str] = []
    fsync = os.fsync

    def noting(file: int) -> None:
        fsync(file)
        happened.append("disk")

    monkeypatch.setattr(os, "fsync", noting)
    result = bulk_result(1, "delete")

    async def answer(request: Any) -> Any:
        happened.append("sent")
        return await data(result)(request)

    async with serve(answer) as server, server.client() as client:
        async for _ in client.tickets.delete_many(["t1"], journal=path):
            happened.append("reported")
    # Head and folder; the batch; its outcome; and the end of the input, at any time.
    assert happened.index("sent") >= 3
    assert "disk" in happened[happened.index("sent") : happened.index("reported")]
    assert happened.count("disk") == 5


@pytest.mark.parametrize("content", [b'["tkt_1", "tkt_2"]', b"x", b"\n", b"\0" * 40])
def test_a_file_without_a_whole_line_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A file without a whole line, not begun as a journal, is refused and left unchanged."""
    path = tmp_path / "ids.json"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="not a journal"):
        Journal.open(path, {"kind": "tickets"})
    with pytest.raises(JournalError, match="not a journal"):
        read_contents(path, {"kind": "tickets"})
    assert path.read_bytes() == content


@pytest.mark.parametrize("length", [0, 1, 14, 30])
def test_a_torn_head_is_replaced(tmp_path: Path, length: int) -> None:
    """A journal torn in its first line is begun anew."""
    path = tmp_path / "job.journal"
    path.write_bytes(b'{"cstar_bulk":1,"job":"0123456789abcdef"'[:length])
    Journal.open(path, {"kind": "tickets"}).close()
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
async def test_a_journal_is_a_regular_file(
    sandbox: Sandbox, cstar: CStarClient, path: Path, make: Callable[[Path], None]
) -> None:
    """A journal that is not a regular file is refused, and nothing is sent."""
    make(path)
    with pytest.raises(JournalError, match=r"regular file; .*close\.journal is not"):
        await asyncio.wait_for(cstar.tickets.delete_many(["tkt_1"], journal=path).send(), 60)
    with pytest.raises(JournalError, match=r"regular file; .*close\.journal is not"):
        await asyncio.wait_for(cstar.tickets.delete_many(["tkt_1"], journal=path).plan(), 60)
    assert len(sandbox.requests) == 0
