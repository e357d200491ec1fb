"""The public surface as type checkers see it. Not run: `mypy --strict` and `pyright` strict read it (`make types`).

An ignore comment marks what must NOT be accepted; both checkers report one that is not needed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, assert_type

from cstar_async import (
    UNSET,
    Bulk,
    BulkReport,
    Call,
    CStarClient,
    Export,
    ImportReport,
    Outcome,
    Page,
    Pager,
    Plan,
    Response,
    Unset,
)
from cstar_async.errors import APIError, CStarError
from cstar_async.live import BackgroundLive, BackgroundView, LiveList, LiveState
from cstar_async.models import (
    TICKET_STATUS_VALUES,
    Article,
    AuthCustomer,
    AutomationAction,
    Deleted,
    LibraryArticle,
    LibraryStats,
    Message,
    PublicPost,
    PublicVote,
    Ticket,
    TicketStatus,
    TicketStatusKnown,
)
from cstar_async.outbox import Outbox, OutboxEntry, OutboxResult, OutboxStats
from cstar_async.public import (
    ConfirmationRequired,
    CustomerSession,
    FileTokens,
    MemoryTokens,
    PublicTeam,
    Tokens,
    TokenStore,
)
from cstar_async.sandbox import Faults, RequestRecord, Sandbox, Team


async def calls(cstar: CStarClient) -> None:
    """A method returns a typed Call; awaiting it returns the object."""
    call = cstar.tickets.get("tkt_1")
    assert_type(call, Call[Ticket])
    assert_type(await call, Ticket)
    assert_type(await call.response(), Response[Ticket])
    assert_type((await call.response()).data, Ticket)
    assert_type(call.options(timeout=1.0, deadline=2, max_retries=0, priority="bulk"), Call[Ticket])
    assert_type(await cstar.tickets.delete("tkt_1"), Deleted)
    assert_type(await cstar.call("GET", "/api/v1/teams/{teamId}/tickets"), Any)


async def public_pages(team: PublicTeam) -> None:
    """The public clients are typed as the resources are, and a session keeps the type of a call."""
    stores: list[TokenStore] = [FileTokens("tokens.json"), MemoryTokens()]
    opened = await team.auth.signup(email="a", password="b", name="c", tokens=stores[0])
    assert_type(opened, CustomerSession | ConfirmationRequired)
    session = await team.auth.login(email="a", password="b")
    assert_type(session, CustomerSession)
    assert_type(session.tokens, Tokens | None)
    assert_type(await session.get_customer(), AuthCustomer)
    assert_type(team.library.articles(limit=5), Pager[LibraryArticle])
    assert_type(await team.library.stats(), LibraryStats)
    vote = team.client.public_community.posts.vote("acme", "slug")
    assert_type(session.authorize(vote), Call[PublicVote])
    assert_type(await session.send(vote), PublicVote)
    assert_type(team.community.posts.list(session=session), Pager[PublicPost])
    assert_type(session.authorize(team.community.posts.list()), Pager[PublicPost])
    team.community.posts.vote("slug")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def sandboxes() -> None:
    """A sandbox in its own thread is typed."""
    with Sandbox(seed=1) as sandbox:
        team = sandbox.team("mine")
        assert_type(team, Team)
        assert_type(team.client(max_retries=0), CStarClient)
        assert_type(team.faults, Faults)
        assert_type(team.requests, list[RequestRecord])
        assert_type(team.environment, dict[str, str])


async def lists(cstar: CStarClient) -> None:
    """A list is a Pager: a page when awaited, every item when iterated."""
    pager = cstar.tickets.list(status="open", page_size=50)
    assert_type(pager, Pager[Ticket])
    assert_type(await pager, Page[Ticket])
    assert_type((await pager).data, list[Ticket])
    assert_type(pager.options(deadline=5), Pager[Ticket])
    async for ticket in pager.prefetch(3):
        assert_type(ticket, Ticket)
    async for page in pager.pages():
        assert_type(page, Page[Ticket])
    async with aclosing(pager.pages()) as pages:
        assert_type(await anext(pages), Page[Ticket])
    assert_type(await pager.collect(max_items=5), list[Ticket])
    assert_type(await pager.first(), Ticket | None)
    assert_type(await pager.count(), int)
    assert_type([message async for message in cstar.tickets.messages.list("tkt_1")], list[Message])


async def accepted_by_asyncio(cstar: CStarClient) -> None:
    """Functions that take awaitables take calls."""
    call = cstar.tickets.get("tkt_1")
    first, second = await asyncio.gather(call, cstar.tickets.messages.list("tkt_1"))
    assert_type(first, Ticket)
    assert_type(second, Page[Message])
    assert_type(await asyncio.wait_for(call, 5), Ticket)
    assert_type(await asyncio.shield(call), Ticket)
    async with asyncio.timeout(5):
        await call
    async with asyncio.TaskGroup() as group:
        task = group.create_task(call.send())
    assert_type(task.result(), Ticket)


async def refused_by_asyncio(cstar: CStarClient) -> None:
    """Functions that take only coroutines or tasks refuse calls; `send` is for them."""
    call = cstar.tickets.get("tkt_1")
    await asyncio.create_task(call)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    asyncio.run(call)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await asyncio.wait([call])  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]


async def many(cstar: CStarClient) -> None:
    """`gather` keeps the type of the calls."""
    gathered = cstar.gather(cstar.tickets.get(f"tkt_{n}") for n in range(3))
    assert_type(await gathered, list[Outcome[Ticket]])
    async for outcome in cstar.gather([cstar.tickets.get("tkt_1")], concurrency=2):
        assert_type(outcome, Outcome[Ticket])
        assert_type(outcome.unwrap(), Ticket)
        assert_type(outcome.error, Exception | None)


async def bulk(cstar: CStarClient, ticket: Ticket) -> None:
    """Jobs have typed reports, and take any iterable of ids, objects, pairs or records."""
    job = cstar.tickets.update_many(["tkt_1"], status="closed", journal=Path("x"))
    assert_type(job, Bulk[BulkReport])
    assert_type(await job.plan(), Plan)
    assert_type(job.options(deadline=5), Bulk[BulkReport])
    assert_type(await job, BulkReport)
    assert_type(await job.with_progress(), BulkReport)
    async for report in job:
        assert_type(report.failed, dict[str, Exception])
    await cstar.tickets.update_many([ticket, "tkt_2"], notes=None)
    await cstar.tickets.update_many(cstar.tickets.list(), status="open")
    await cstar.tickets.delete_many(_stream())
    await cstar.tickets.update_many(["t"], colour="red")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await cstar.tickets.delete_many([1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await cstar.tickets.update_each({"tkt_1": {"status": "closed", "notes": None}})
    await cstar.tickets.update_each(("tkt_1", {"status": status}) for status in ("open", "closed"))
    imported = await cstar.customers.import_many([{"name": "Ada"}], merge_strategy="update")
    assert_type(imported, ImportReport)
    assert_type(imported.failed, dict[int, Exception])
    assert_type(cstar.articles.export(), Export[Article])
    assert_type([each async for each in cstar.tickets.export(status="open")], list[Ticket])
    assert_type(await cstar.tickets.export().to_csv("tickets.csv"), int)


async def _stream() -> AsyncIterator[str]:
    yield "tkt_1"


async def arguments(cstar: CStarClient, known: TicketStatusKnown, status: TicketStatus) -> None:
    """Arguments are omitted, None or a value; models or mappings; enumerations are open."""
    await cstar.tickets.update("tkt_1", notes=None, status="closed", title=UNSET)
    await cstar.tickets.update("tkt_1", title=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await cstar.tickets.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await cstar.tickets.create(title="x", colour="red")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await cstar.tickets.list(status=known)
    await cstar.tickets.list(status=status)
    await cstar.tickets.list(status="a status of next year")
    await cstar.tickets.list(status=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await cstar.audit_log.list(start_date=dt.datetime.now(dt.UTC))
    action = AutomationAction(type="add_tags", tags=["vip"])
    await cstar.automations.create(name="n", trigger_event="ticket.created", actions=[action, {"type": "add_note"}])
    assert_type(TICKET_STATUS_VALUES, tuple[TicketStatusKnown, ...])


def omitted(title: str | Unset | None = UNSET) -> str:
    """UNSET narrows by identity, and is distinct from None and from a value."""
    if title is UNSET:
        return "left alone"
    assert_type(title, str | None)
    return "cleared" if title is None else title


async def narrowing(tags: list[str] | None, ticket: Ticket, error: CStarError) -> None:
    """Promised fields have their plain type, others are None when absent; errors narrow by class."""
    assert_type(ticket.id, str)
    assert_type(ticket.title, str)
    assert_type(ticket.tags, list[str])
    assert_type(ticket.created_at, dt.datetime)
    assert_type(ticket.customer_id, str | None)
    assert_type(ticket.resolved_at, dt.datetime | None)
    Ticket(id="tkt_1")
    if isinstance(error, APIError):
        assert_type(error.status, int)
        assert_type(error.param, str | None)


async def live_lists(cstar: CStarClient) -> None:
    """Live lists and objects are typed by the call."""
    async with cstar.live() as live:
        tickets = live.list(cstar.tickets.list())
        assert_type(tickets, LiveList[Ticket])
        assert_type((await tickets.ready()).data, tuple[Ticket, ...])
        assert_type(live.one(cstar.tickets.get("tkt_1")).state.data, Ticket | None)
        async for state in tickets:
            assert_type(state, LiveState[tuple[Ticket, ...]])
        async for change in tickets.changes():
            assert_type(change.row, Ticket)
        live.list(cstar.tickets.get("tkt_1"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def live_lists_in_threads(cstar: CStarClient) -> None:
    """Live lists and objects in a thread of their own are typed by the call too."""
    with BackgroundLive(cstar.live()) as live:
        tickets = live.list(cstar.tickets.list())
        assert_type(tickets, BackgroundView[tuple[Ticket, ...]])
        assert_type(tickets.wait(tickets.ready(timeout=10)), LiveState[tuple[Ticket, ...]])
        assert_type(live.one(cstar.tickets.get("tkt_1")).state.data, Ticket | None)
        live.list(cstar.tickets.get("tkt_1"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def an_outbox(cstar: CStarClient) -> None:
    """Writes that wait."""
    async with Outbox("sqlite:///outbox.db") as outbox:
        assert_type(await outbox.put(cstar.tickets.create(title="x"), halt_lane=True), OutboxEntry)
        assert_type(await outbox.flush(cstar), list[OutboxResult])
        assert_type(await outbox.failed(), list[OutboxEntry])
        assert_type(await outbox.entries(("queued",)), list[OutboxEntry])
        assert_type(await outbox.retry(1, anyway=True), OutboxEntry)
        assert_type(await outbox.clear(1), int)
        assert_type(await outbox.stats(), OutboxStats)
        await outbox.put("tickets.create")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        await outbox.entries(("lost",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
