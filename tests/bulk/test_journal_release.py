"""A journal is free as soon as its job has ended, in any way."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.bulk.journal import Journal
from tests.support.internals import internals

from .helpers import IDS, TERMS
from .scripted import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


async def leave_by_break(reports: Any) -> None:
    async for _ in reports:
        break


async def leave_by_error(reports: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        async for _ in reports:
            raise ZeroDivisionError


async def leave_by_closing(job: Any) -> None:
    async with aclosing(aiter(job)) as reports:
        async for _ in reports:
            break


async def leave_by_cancelling(job: Any) -> None:
    async def run() -> None:
        async for report in job:
            if report.done:
                await asyncio.Event().wait()

    task = asyncio.create_task(run())
    while not job.report.done:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def leave_by_being_cancelled_at_once(job: Any) -> None:
    task = asyncio.create_task(job.send())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "leave",
    [leave_by_break, leave_by_error, leave_by_closing, leave_by_cancelling, leave_by_being_cancelled_at_once],
)
async def test_a_journal_is_free_as_soon_as_the_job_is_left(
    service: Service, path: Path, leave: Callable[[Any], Any]
) -> None:
    """A journal is free at once after its job is left, in any way."""
    gc.disable()
    try:
        async with service.client() as client:
            job = client.tickets.update_many(IDS, status="closed", journal=path, concurrency=2)
            await leave(job)
            Journal.open(path, {**TERMS, "server": client._requester.base_url, "team": client._requester.team}).close()
            report = job.report
            assert report.done + len(report.in_doubt) + len(report.unsent) == report.total
            again = await client.tickets.update_many(IDS, status="closed", journal=path)
            assert again.complete
            assert not [task for task in internals(client)._tasks if not task.done()]
    finally:
        gc.enable()
    assert set(service.effects.values()) == {1}


async def test_after_an_error_of_the_job_the_journal_is_free(service: Service, path: Path) -> None:
    """A journal is free after its job raised."""

    def broken() -> Iterator[str]:
        yield from IDS[:250]
        raise ZeroDivisionError

    async with service.client() as client:
        with pytest.raises(ZeroDivisionError):
            await client.tickets.update_many(broken(), status="closed", journal=path)
        assert (await client.tickets.update_many(IDS, status="closed", journal=path)).complete
    assert set(service.effects.values()) == {1}
