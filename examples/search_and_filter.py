"""Search and filter tickets.

Run it: `python examples/search_and_filter.py` (against a sandbox), or set CSTAR_API_KEY to run it on your team.
"""

from __future__ import annotations

import asyncio
import os

from cstar_async import CStarClient
from cstar_async.sandbox import Sandbox


async def search(cstar: CStarClient) -> dict[str, list[str]]:
    """Send three queries at once. All filters of one call must match."""
    urgent, billing, jane = await asyncio.gather(
        cstar.tickets.list(status="open", priority="urgent").collect(max_items=50),
        cstar.tickets.list(search="billing issue").collect(max_items=50),
        cstar.customers.list(search="jane@example.com").first(),
    )
    found = {
        "urgent and open": [ticket.title or ticket.id for ticket in urgent],
        "mention a billing issue": [ticket.title or ticket.id for ticket in billing],
        "of Jane": [],
    }
    if jane is not None:
        found["of Jane"] = [ticket.title or ticket.id async for ticket in cstar.tickets.list(customer_id=jane.id)]
    return found


async def fill(cstar: CStarClient) -> None:
    """Create tickets to find."""
    jane = await cstar.customers.create(name="Jane Doe", email="jane@example.com")
    await cstar.tickets.create(title="Billing issue: charged twice", priority="high", customer_id=jane.id)
    await cstar.tickets.create(title="Everything is down", priority="urgent", status="open", customer_id=jane.id)
    await cstar.tickets.create(title="How do I export?", priority="low", status="open")


async def main() -> None:
    """Run the queries and print the results."""
    if "CSTAR_API_KEY" in os.environ:
        async with CStarClient() as cstar:
            found = await search(cstar)
    else:
        async with Sandbox() as sandbox, sandbox.client() as cstar:
            await fill(cstar)
            found = await search(cstar)
    for question, titles in found.items():
        print(f"{question}: {', '.join(titles) or 'none'}")


if __name__ == "__main__":
    asyncio.run(main())
