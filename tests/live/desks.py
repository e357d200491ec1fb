"""A desk that changes at random, and live lists of it that are compared with fresh answers."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from cstar_async.live import LiveList
from cstar_async.live.state import changes_between
from cstar_async.sandbox import Sandbox, VirtualClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from random import Random

    from cstar_async import CStarClient
    from cstar_async._core.call import Call
    from cstar_async._core.pager import Pager
    from cstar_async.live import Live, LiveObject

STATUSES = ("new", "open", "pending", "resolved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
TAGS = ("billing", "bug", "vip")


@asynccontextmanager
async def running(*, quota: bool = False, **options: Any) -> AsyncGenerator[tuple[Sandbox, CStarClient, Live]]:
    """A sandbox whose clock runs, a client, and a `Live` without a limit of its own."""
    async with Sandbox(clock=VirtualClock(running=True), quota=quota) as sandbox, sandbox.client() as cstar:
        async with cstar.live(**{"share": math.inf, **options}) as live:
            yield sandbox, cstar, live


async def until(holds: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.001)


class Held:
    """Holds back the answers of a list, from the next one on, until it is released."""

    def __init__(self, view: Any) -> None:
        self.answered = False
        self._released = asyncio.Event()
        load = view._load

        async def held(*, asked: bool) -> Any:
            loaded = await load(asked=asked)
            self.answered = True
            await self._released.wait()
            return loaded

        view._load = held
        view.refetch()

    def release(self) -> None:
        """Let the answers pass."""
        self._released.set()


class Desk:
    """A team's desk with live lists of it."""

    def __init__(self, cstar: CStarClient, live: Live, random: Random) -> None:
        self.cstar, self.live, self.random = cstar, live, random
        self.tickets: list[str] = []
        self.customers: list[str] = []
        self.articles: list[str] = []
        self.lists: list[tuple[Pager[Any], LiveList[Any]]] = []
        self.objects: list[tuple[Callable[[], Call[Any]], LiveObject[Any]]] = []
        self.last = ""
        self.wrong: list[str] = []
        self.checks = 0
        self._offs: list[Callable[[], None]] = []

    async def open(self, cstar: CStarClient) -> None:
        """Fill the desk, and begin to read the lists, with calls of the client of the `Live`."""
        self._offs.append(self.live.on("*", lambda event: setattr(self, "last", event.id)))
        for number in range(3):
            await self.new_customer(number)
        for number in range(8):
            await self.new_ticket(number)
        await self.new_article(0)
        one, customer = self.tickets[0], self.customers[0]
        for pager in (
            cstar.tickets.list(status="open", page_size=4),
            cstar.tickets.list(page_size=3, page=2),
            cstar.tickets.list(customer_id=customer, priority="high"),
            cstar.tickets.list(tag="vip"),
            cstar.tickets.list(search="ticket 1", expand=["customer"]),
            cstar.customers.list(page_size=5),
            cstar.articles.list(is_public=True),
            cstar.tickets.messages.list(one),
        ):
            self.lists.append((pager, self.live.list(pager)))
        thirds = cstar.tickets.list(page_size=3)
        self.paged = (thirds, self.live.list(thirds))
        for make in (lambda: cstar.tickets.get(one), lambda: cstar.customers.get(customer)):
            self.objects.append((make, self.live.one(make())))
        for view in self.views:
            self._offs.append(view.subscribe(lambda _: None))
        await asyncio.gather(*(view.ready() for view in self.views))
        await self.paged[1].more()

    @property
    def views(self) -> list[Any]:
        """The live lists and objects."""
        return [*(view for _, view in (*self.lists, self.paged)), *(view for _, view in self.objects)]

    def close(self) -> None:
        """Read the lists no more."""
        for off in self._offs:
            off()

    async def new_customer(self, number: int) -> None:
        name = f"Customer {number}"
        customer = await self.cstar.customers.create(name=name, email=f"c{number}.{len(self.customers)}@example.com")
        self.customers.append(customer.id)

    async def new_ticket(self, number: int) -> None:
        ticket = await self.cstar.tickets.create(
            title=f"Ticket {number}",
            status=self.random.choice(STATUSES),
            priority=self.random.choice(PRIORITIES),
            customer_id=self.random.choice(self.customers),
            tags=self.random.sample(TAGS, self.random.randint(0, 2)),
        )
        self.tickets.append(ticket.id)

    async def new_article(self, number: int) -> None:
        article = await self.cstar.articles.create(
            title=f"Article {number}", content="Text", is_public=self.random.random() < 0.5
        )
        self.articles.append(article.id)

    async def act(self, number: int) -> None:
        """Change the desk at random, in one call."""
        random, cstar = self.random, self.cstar
        old = await cstar.tickets.get(random.choice(self.tickets))
        customer, article = random.choice(self.customers), random.choice(self.articles)
        many = len(self.tickets) > 4

        def other(values: Sequence[str], value: str | None) -> str:
            # An update that changes nothing sends no event, and yet touches `updatedAt`.
            return random.choice([each for each in values if each != value])

        actions: list[tuple[int, Callable[[], Awaitable[Any]]]] = [
            (3, lambda: self.new_ticket(number)),
            (1, lambda: self.new_customer(number)),
            (1, lambda: self.new_article(number)),
            (4, lambda: cstar.tickets.update(old.id, status=other(STATUSES, old.status))),
            (2, lambda: cstar.tickets.update(old.id, priority=other(PRIORITIES, old.priority))),
            (2, lambda: cstar.tickets.update(old.id, title=f"Ticket 1{number}", notes=f"Note {number}")),
            (1, lambda: cstar.tickets.update(old.id, tags=[*random.sample(TAGS, random.randint(0, 2)), f"t{number}"])),
            (1, lambda: cstar.tickets.update(old.id, customer_id=other(self.customers, old.customer_id))),
            (1, lambda: cstar.tickets.update(old.id, metadata={"number": number})),
            (2, lambda: cstar.tickets.messages.create(old.id, content=f"Message {number}")),
            (2, lambda: cstar.customers.update(customer, name=f"Renamed {number}")),
            (1, lambda: cstar.customers.update(customer, notes=f"Note {number}", tags=["vip"])),
            (1, lambda: cstar.articles.update(article, is_public=random.random() < 0.5, title=f"Renamed {number}")),
            (2 if many else 0, lambda: self.delete_ticket(old.id)),
        ]
        weights, functions = zip(*actions, strict=True)
        await random.choices(functions, weights)[0]()

    async def delete_ticket(self, ticket: str) -> None:
        if ticket != self.tickets[0]:  # that one is read by its id
            self.tickets.remove(ticket)
            await self.cstar.tickets.delete(ticket)

    async def quiet(self) -> None:
        """Wait until all events have come, and what they announce is read."""
        newest = (await self.cstar.events.list(limit=1)).data[0].id
        await until(lambda: self.last == newest)
        await until(lambda: not any(view.state.stale or view.state.refreshing for view in self.views))

    async def compare(self, about: str) -> None:
        """Compare whole rows with fresh answers."""
        for pager, view in self.lists:
            self._check(about, view, view.state.data, tuple((await pager).data))
        pager, paged = self.paged
        self._check(about, paged, paged.state.data, tuple(await pager.collect(max_items=6)))
        for make, one in self.objects:
            self._check(about, one, one.state.data, await make())

    def _check(self, about: str, view: object, shown: Any, true: Any) -> None:
        self.checks += 1
        if shown != true:
            rows = (shown, true) if isinstance(shown, tuple) else ((shown,), (true,))
            self.wrong.append(f"{about}: {view!r}: {changes_between(*rows)}"[:2000])
