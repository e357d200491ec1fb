"""The progress bar."""

from __future__ import annotations

import sys

import pytest

from cstar_async.sandbox import Sandbox

from .helpers import fill


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


async def test_without_rich_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rich the ImportError says what to install, and nothing is sent."""
    monkeypatch.setitem(sys.modules, "rich", None)
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        with pytest.raises(ImportError, match=r"pip install 'cstar-async\[progress\]'"):
            await cstar.tickets.delete_many(["tkt_1"]).with_progress()
        assert len(sandbox.requests) == 0
