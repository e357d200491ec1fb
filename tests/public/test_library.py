"""The library with answers that are kept for a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import DeadlineExceededError, ServerError
from cstar_async.public import PublicTeam, answer_cache
from cstar_async.sandbox import Sandbox
from tests.support.clock import FakeClock
from tests.support.server import data, serve

from .scene import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cstar_async.public import LibraryClient


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        for title in ("Refunds", "Invoices"):
            await cstar.articles.create(title=title, content="Text", status="published", is_public=True)
        sandbox.requests.clear()
        yield sandbox


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def library(sandbox: Sandbox, clock: FakeClock) -> AsyncIterator[LibraryClient]:
    async with PublicTeam(TEAM, base_url=sandbox.base_url, clock=clock, max_retries=0) as team:
        yield team.library.cached(300)


async def test_many_readers_are_one_request(sandbox: Sandbox, library: LibraryClient, clock: FakeClock) -> None:
    """Readers at once, and those of the next minutes, share one request; their objects are their own."""
    found = await asyncio.gather(*(library.article("refunds") for _ in range(50)))
    found[0].title = "Changed"
    clock.advance(299)
    assert (await library.article("refunds")).title == "Refunds"
    assert len(sandbox.requests) == 1
    clock.advance(1)
    await library.article("refunds")
    assert len(sandbox.requests) == 2


async def test_other_reads_are_other_requests(sandbox: Sandbox, library: LibraryClient) -> None:
    """Each path and query has an answer of its own, and lists can be iterated over."""
    for _ in range(2):
        assert [each.title async for each in library.articles()] == ["Invoices", "Refunds"]
        assert len((await library.articles(limit=1)).data) == 1
        assert (await library.article("invoices")).title == "Invoices"
        assert (await library.stats()).total_articles == 2
    assert len(sandbox.requests) == 4


async def test_writes_and_errors_are_not_kept(sandbox: Sandbox, library: LibraryClient) -> None:
    """Views and ratings are always sent, and an error is forgotten; a plain client keeps nothing."""
    for _ in range(2):
        await library.record_view("refunds")
        await library.feedback("refunds", rating="helpful")
    sandbox.fail_next(1)
    with pytest.raises(ServerError):
        await library.article("refunds")
    assert (await library.article("refunds")).view_count == 2
    await library.article("refunds").options(headers={"X-Test": "1"})
    assert len(sandbox.requests) == 7


async def test_a_deadline_is_that_of_its_caller(clock: FakeClock) -> None:
    """The deadline of the first caller ends its wait only."""
    async with serve(data({"totalArticles": 1, "totalCategories": 1, "totalViews": 1})) as server:
        hanging = server.hang()
        server.script = [hanging]
        async with PublicTeam(TEAM, base_url=server.url) as team:
            stats = team.library.cached(5).stats()
            first = asyncio.create_task(stats.options(deadline=0.05).send())
            second = asyncio.create_task(stats.send())
            with pytest.raises(DeadlineExceededError, match="waiting for the library"):
                await first
            server.script = [data({"totalArticles": 1, "totalCategories": 1, "totalViews": 1})]
            server.release.set()
            with pytest.raises(Exception, match="does not match"):  # the answer of `hang` is empty
                await second
            assert server.attempts == 1


async def test_the_answers_are_bounded(
    sandbox: Sandbox, library: LibraryClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer that was read longest ago is dropped."""
    monkeypatch.setattr(answer_cache, "MOST_KEPT", 2)
    for limit in (1, 2, 1, 3, 1, 2):
        await library.articles(limit=limit)
    assert len(sandbox.requests) == 4


async def test_a_closed_client_gives_no_kept_answer(sandbox: Sandbox, library: LibraryClient) -> None:
    """After the end of the client, kept answers are refused as all calls are; negative seconds are, too."""
    await library.stats()
    await library.close()
    with pytest.raises(RuntimeError, match="closed"):
        await library.stats()
    with pytest.raises(ValueError, match="seconds"):
        library.cached(-1)
