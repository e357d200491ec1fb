"""The progress bar."""

from __future__ import annotations

import sys
from asyncio import CancelledError
from typing import TYPE_CHECKING

import pytest

from cstar_async.bulk import BulkReport
from cstar_async.bulk.progress import show
from cstar_async.sandbox import Sandbox

from .helpers import fill

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


async def test_the_bar_shows_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    """The bar goes to stderr and ends with the numbers of the report."""
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        ids = await fill(cstar, 250)
        report = await cstar.tickets.update_many([*ids, ids[0], "tkt_nobody"], status="closed").with_progress()
        await cstar.tickets.delete_many(iter(ids)).with_progress("Tidying up")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert report.done == 251
    first, second = (line for line in printed.err.splitlines() if "requests" in line)
    assert first.startswith("update tickets")
    assert "252/252 1 failed, 3 requests" in first
    assert second.startswith("Tidying up")
    assert "250/250 0 failed, 3 requests" in second


async def test_the_time_left_is_that_of_the_quota(capsys: pytest.CaptureFixture[str]) -> None:
    """Though the first requests took no time, the bar knows that the others wait for the quota."""
    report = BulkReport(expected=1000, succeeded=10, requests_used=10)
    asked: list[int] = []

    async def reports() -> AsyncGenerator[BulkReport]:
        yield report
        raise CancelledError

    async def seconds_for(requests: int) -> float:
        asked.append(requests)
        return 725.2

    with pytest.raises(CancelledError):
        await show(reports(), report, "update", seconds_for)
    assert asked == [990]
    assert "10/1000 0 failed, 10 requests, left 0:12:05" in capsys.readouterr().err


async def test_without_rich_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rich the ImportError says what to install, and nothing is sent."""
    monkeypatch.setitem(sys.modules, "rich", None)
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        with pytest.raises(ImportError, match=r"pip install 'cstar-async\[progress\]'"):
            await cstar.tickets.delete_many(["tkt_1"]).with_progress()
        assert len(sandbox.requests) == 0
