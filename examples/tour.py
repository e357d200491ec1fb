"""A tour of the SDK: `make demo`. Everything runs over real HTTP, against a sandbox of cStar on this machine."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from cstar_async import BadRequestError, CStarClient, NotFoundError
from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from cstar_async.models import TicketPriority

CUSTOMERS = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Edsger Dijkstra")
TITLES = ("Cannot sign in", "Invoice is wrong", "Printer on fire", "Feature request: dark mode", "App is slow")
PRIORITIES: tuple[TicketPriority, ...] = ("low", "normal", "high", "urgent")


def heading(text: str) -> None:
    """Print the heading of a part of the tour."""
    print(f"\n── {text} {'─' * max(4, 76 - len(text))}")


async def create(cstar: CStarClient) -> None:
    """Create customers one at a time, then 120 tickets together."""
    heading("1. Create: customers with await, 120 tickets with gather")
    customers = [
        await cstar.customers.create(name=name, email=f"{name.split()[0].lower()}@example.com") for name in CUSTOMERS
    ]
    for customer in customers[:2]:
        print(f"   {customer.id}  {customer.name}, {customer.email}")
    print(f"   … {len(customers)} customers")

    calls = (
        cstar.tickets.create(
            title=f"{TITLES[n % 5]} (#{n + 1})",
            priority=PRIORITIES[n % 4],
            status="open",
            customer_id=customers[n % 5].id,
            tags=["tour"],
        )
        for n in range(120)
    )
    started = time.perf_counter()
    outcomes = await cstar.gather(calls, concurrency=16)
    failed = [outcome.error for outcome in outcomes if not outcome.ok]
    print(f"   {len(outcomes)} tickets, 16 at a time, {len(failed)} failed, {time.perf_counter() - started:.2f} s")


async def walk(cstar: CStarClient) -> None:
    """Read lists: one page, all pages, pages in advance, the count."""
    heading("2. Lists: await is a page, async for is everything")
    page = await cstar.tickets.list(priority="urgent", page_size=10)
    print(f"   await      a page of {len(page)}, {page.pagination.total} in all, more to come: {page.has_more}")
    titles = [ticket.title async for ticket in cstar.tickets.list(priority="urgent", page_size=10)]
    print(f"   async for  {len(titles)} urgent tickets over 3 pages, the newest is {titles[0]!r}")
    everything = await cstar.tickets.list(page_size=10).prefetch(4).collect()
    print(f"   prefetch   {len(everything)} tickets over 12 pages with 4 in flight, in order")
    print(f"   count      {await cstar.tickets.list(search='printer').count()} mention a printer, in one request")


async def change(cstar: CStarClient) -> None:
    """Update a ticket, write a message, and close the tickets of a list while reading it."""
    heading("3. Change: update, reply, and close what you iterate over")
    ticket = await cstar.tickets.list(search="printer").first()
    if ticket is None:
        raise LookupError("no ticket mentions a printer")
    await cstar.tickets.messages.create(ticket.id, content="Please step away from the printer.", sender="agent")
    resolved = await cstar.tickets.update(ticket.id, status="resolved", notes=None)
    print(f"   {resolved.id} is {resolved.status} since {resolved.resolved_at}, {resolved.message_count} message")
    closed = 0
    async for urgent in cstar.tickets.list(status="open", priority="urgent", page_size=10):
        await cstar.tickets.update(urgent.id, status="closed")
        closed += 1
    left = await cstar.tickets.list(status="open", priority="urgent").count()
    print(f"   closed {closed} while listing them: the list shrank under the loop, and {left} were missed")


async def fail(cstar: CStarClient) -> None:
    """Show errors."""
    heading("4. Errors say what was asked and what to do")
    try:
        await cstar.tickets.get("tkt_gone00000000")
    except NotFoundError as error:
        print(f"   {type(error).__name__}: {error}")
        print(f"     status={error.status} code={error.code!r} request_id={error.request_id!r}")
    try:
        await cstar.tickets.create(title="Broken", priority="apocalyptic")
    except BadRequestError as error:
        print(f"   {type(error).__name__}: {error}")
        print(f"     status={error.status} code={error.code!r} param={error.param!r}")


async def survive(cstar: CStarClient, sandbox: Sandbox) -> None:
    """Show an outage, and an answer that is lost after the work was done."""
    heading("5. An outage: retries, and one ticket however often it was sent")
    before = await cstar.tickets.list().count()
    sandbox.fail_next(2, status=503)
    response = await cstar.tickets.create(title="Made during an outage").response()
    print(f"   503, 503, then {response.status}: {response.attempts} attempts, {response.data.id}")
    sandbox.faults.add(path="tickets.create", reset=True)
    response = await cstar.tickets.create(title="The answer was lost").response()
    replayed = response.headers.get("Idempotent-Replayed", "no")
    print(f"   connection cut after the work was done: {response.attempts} attempts, replayed: {replayed}")
    print(f"   tickets made by these two calls: {await cstar.tickets.list().count() - before}")
    limit = response.rate_limit
    if limit is not None:
        print(f"   quota: {limit.remaining} of {limit.limit} requests are left in this hour")


async def main() -> None:
    """Run all parts of the tour."""
    started = time.perf_counter()
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        print(f"A sandbox of cStar serves on {sandbox.base_url}; nothing leaves this machine.")
        await create(cstar)
        await walk(cstar)
        await change(cstar)
        await fail(cstar)
        await survive(cstar, sandbox)
        requests = len(sandbox.requests)
    print(f"\n{requests} requests in {time.perf_counter() - started:.1f} s. Next: README.md, and the other examples/.")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
