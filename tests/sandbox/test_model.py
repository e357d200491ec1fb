"""After any sequence of operations, client and sandbox agree with a model made of dictionaries."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from cstar_async.errors import APIError, BadRequestError, ConflictError, NotFoundError
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.naming import slug_of
from tests.support.stress import at_length

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")
FINISHED = {"resolved", "closed"}
STATUSES = st.sampled_from(["new", "open", "pending", "resolved", "closed"])
PRIORITIES = st.sampled_from(["low", "normal", "high", "urgent"])
TAGS = st.lists(st.sampled_from(["a", "b", "ü"]), unique=True)
NAMES = st.sampled_from(["Ada", "ada", "Bob", "Éva", "Ω"])
TITLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
SIZES = st.integers(1, 5)


@dataclass
class Ticket:
    """A ticket of the model."""

    title: str
    status: str = "new"
    priority: str = "normal"
    tags: list[str] = field(default_factory=list[str])
    customer: str | None = None
    messages: list[str] = field(default_factory=list[str])


class TeamMachine(RuleBasedStateMachine):
    """Tickets, customers, messages and groups, by the methods of the client."""

    tickets: Bundle[str] = Bundle("tickets")
    customers: Bundle[str] = Bundle("customers")
    groups: Bundle[str] = Bundle("groups")

    def __init__(self) -> None:
        super().__init__()
        # hypothesis calls the rules synchronously, so they share a loop for the lifetime of the machine.
        self.runner = asyncio.Runner()
        self.sandbox = Sandbox(quota=False)
        self.run(self.sandbox.start())
        self.cstar = self.sandbox.client(max_retries=0)
        self.known: dict[str, Ticket] = {}
        self.people: dict[str, tuple[str, str]] = {}
        self.members: dict[str, list[str]] = {}
        self.slugs: dict[str, str] = {}
        self.emitted: Counter[str] = Counter()
        self.keys = 0

    def teardown(self) -> None:
        """Close the client and the sandbox."""
        self.run(self.cstar.close())
        self.run(self.sandbox.close())
        self.runner.close()

    def run(self, work: Awaitable[T]) -> T:
        """Await something on the loop of this machine."""

        async def waiting() -> T:
            return await work

        return self.runner.run(waiting())

    def refused(self, error: type[APIError], work: Awaitable[Any]) -> None:
        """Fail unless a call raises this error."""
        with pytest.raises(error):
            self.run(work)

    def finish(self, before: str, after: str) -> None:
        """Count the event of a ticket that becomes resolved or closed."""
        self.emitted["ticket.closed"] += after in FINISHED and before not in FINISHED

    # --- tickets

    @initialize(target=tickets)
    def two_tickets(self) -> Any:
        """Begin with two tickets."""
        return multiple(*(self.new_ticket(title, "open", "normal", []) for title in ("one", "two")))

    @initialize(target=customers)
    def a_customer(self) -> Any:
        """Begin with a customer."""
        return self.new_customer("Ada", "example.net")

    @rule(target=tickets, title=TITLES, status=STATUSES, priority=PRIORITIES, tags=TAGS)
    def new_ticket(self, title: str, status: str, priority: str, tags: list[str]) -> str:
        """Create a ticket without a customer."""
        made = self.run(self.cstar.tickets.create(title=title, status=status, priority=priority, tags=tags))
        self.known[made.id] = Ticket(title, status, priority, tags)
        self.emitted["ticket.created"] += 1
        self.finish("new", status)
        return made.id

    @rule(target=tickets, title=TITLES, customer=customers, message=TITLES)
    def new_ticket_of(self, title: str, customer: str, message: str) -> Any:
        """Create a ticket with a first message for a customer, which may be deleted."""
        call = self.cstar.tickets.create(title=title, customer_id=customer, initial_message=message)
        if customer not in self.people:
            self.refused(BadRequestError, call)
            return multiple()
        made = self.run(call)
        assert made.customer_name == self.people[customer][0]
        self.known[made.id] = Ticket(title, customer=customer, messages=[message])
        self.emitted["ticket.created"] += 1
        return made.id

    @rule(ticket=tickets, status=STATUSES, title=st.none() | TITLES, tags=TAGS)
    def change_ticket(self, ticket: str, status: str, title: str | None, tags: list[str]) -> None:
        """Change some fields; equal values change nothing."""
        changes: dict[str, Any] = {"status": status, "tags": tags} | ({"title": title} if title is not None else {})
        call = self.cstar.tickets.update(ticket, **changes)
        known = self.known.get(ticket)
        if known is None:
            self.refused(NotFoundError, call)
            return
        before, same = known.status, all(getattr(known, name) == value for name, value in changes.items())
        made = self.run(call)
        for name, value in changes.items():
            setattr(known, name, value)
        self.emitted["ticket.updated"] += not same
        self.finish(before, status)
        assert (made.closed_at is not None) == (status == "closed")
        assert (made.resolved_at is not None) == (status in FINISHED)

    @rule(ticket=tickets, customer=customers)
    def change_customer(self, ticket: str, customer: str) -> None:
        """Change the customer of a ticket."""
        call = self.cstar.tickets.update(ticket, customer_id=customer)
        known = self.known.get(ticket)
        if known is None:
            self.refused(NotFoundError, call)
        elif customer not in self.people and customer != known.customer:
            self.refused(BadRequestError, call)
        else:
            self.run(call)
            self.emitted["ticket.updated"] += known.customer != customer
            known.customer = customer

    @rule(ticket=consumes(tickets))
    def delete_ticket(self, ticket: str) -> None:
        """Delete a ticket; a second deletion is a NotFoundError."""
        if self.known.pop(ticket, None) is not None:
            self.run(self.cstar.tickets.delete(ticket))
            self.emitted["ticket.deleted"] += 1
        self.refused(NotFoundError, self.cstar.tickets.delete(ticket))
        self.refused(NotFoundError, self.cstar.tickets.messages.list(ticket))

    @rule(ticket=tickets, text=TITLES)
    def add_message(self, ticket: str, text: str) -> None:
        """Add a message."""
        call = self.cstar.tickets.messages.create(ticket, content=text, sender="agent")
        if ticket not in self.known:
            self.refused(NotFoundError, call)
            return
        self.run(call)
        self.known[ticket].messages.append(text)
        self.emitted["ticket.message_added"] += 1

    @rule(target=tickets, first=TITLES, second=TITLES)
    def repeat_with_a_key(self, first: str, second: str) -> str:
        """The same key gives the same ticket again; another body is a conflict."""
        self.keys += 1
        key = f"key-{self.keys}"
        made = self.run(self.cstar.tickets.create(title=first).options(idempotency_key=key))
        again = self.run(self.cstar.tickets.create(title=first).options(idempotency_key=key).response())
        assert (again.data.id, again.headers.get("Idempotent-Replayed")) == (made.id, "true")
        if second != first:
            self.refused(ConflictError, self.cstar.tickets.create(title=second).options(idempotency_key=key))
        self.known[made.id] = Ticket(first)
        self.emitted["ticket.created"] += 1
        return made.id

    # --- bulk

    @rule(chosen=st.lists(tickets, min_size=1, max_size=4, unique=True), status=STATUSES)
    def bulk_update(self, chosen: list[str], status: str) -> None:
        """Change many tickets; deleted ones are reported, the others are changed."""
        result = self.run(self.cstar.bulk.run(action="update", resource="tickets", ids=chosen, data={"status": status}))
        present = [each for each in chosen if each in self.known]
        assert [each.id for each in result.errors] == [each for each in chosen if each not in self.known]
        assert (result.total, result.succeeded) == (len(chosen), len(present))
        for each in present:
            known = self.known[each]
            self.emitted["ticket.updated"] += known.status != status
            self.finish(known.status, status)
            known.status = status

    @rule(chosen=st.lists(tickets, min_size=1, max_size=3))
    def bulk_delete(self, chosen: list[str]) -> None:
        """Delete many tickets; an id given twice fails the second time."""
        result = self.run(self.cstar.bulk.run(action="delete", resource="tickets", ids=chosen))
        present = {each for each in chosen if each in self.known}
        assert (result.succeeded, result.failed) == (len(present), len(chosen) - len(present))
        for each in present:
            del self.known[each]
        self.emitted["ticket.deleted"] += len(present)

    @rule(size=SIZES)
    def close_while_listing(self, size: int) -> None:
        """Closing each open ticket while listing them reaches each of them once."""

        async def close_each() -> list[str]:
            reached: list[str] = []
            async for ticket in self.cstar.tickets.list(status="open", page_size=size):
                reached.append(ticket.id)
                await self.cstar.tickets.update(ticket.id, status="closed")
            return reached

        due = [name for name, known in self.known.items() if known.status == "open"]
        assert sorted(self.run(close_each())) == sorted(due)
        for name in due:
            self.known[name].status = "closed"
        self.emitted["ticket.updated"] += len(due)
        self.emitted["ticket.closed"] += len(due)

    # --- customers and groups

    @rule(target=customers, name=NAMES, domain=st.sampled_from(["example.com", "Example.com", "example.org"]))
    def new_customer(self, name: str, domain: str) -> Any:
        """An email address belongs to one customer, in any case."""
        email = f"{slug_of(name)}@{domain}"
        call = self.cstar.customers.create(name=name, email=email)
        if email.casefold() in {each[1].casefold() for each in self.people.values()}:
            self.refused(ConflictError, call)
            return multiple()
        made = self.run(call)
        self.people[made.id] = (name, email)
        self.emitted["customer.created"] += 1
        return made.id

    @rule(customer=customers, name=NAMES)
    def rename(self, customer: str, name: str) -> None:
        """A new name is on the customer's tickets too."""
        call = self.cstar.customers.update(customer, name=name)
        if customer not in self.people:
            self.refused(NotFoundError, call)
            return
        self.run(call)
        self.emitted["customer.updated"] += self.people[customer][0] != name
        self.people[customer] = (name, self.people[customer][1])

    @rule(customer=customers, ticket=tickets)
    def delete_with_a_ticket(self, customer: str, ticket: str) -> None:
        """Delete a customer with a ticket, which random steps rarely do."""
        self.change_customer(ticket, customer)
        self.delete_customer(customer)

    @rule(customer=customers)
    def delete_customer(self, customer: str) -> None:
        """Tickets of a deleted customer stay without one, and groups lose the member."""
        if self.people.pop(customer, None) is None:
            self.refused(NotFoundError, self.cstar.customers.delete(customer))
            return
        self.run(self.cstar.customers.delete(customer))
        self.emitted["customer.deleted"] += 1
        for known in self.known.values():
            if known.customer == customer:
                known.customer = None
        for members in self.members.values():
            if customer in members:
                members.remove(customer)

    @rule(target=groups, name=NAMES)
    def new_group(self, name: str) -> Any:
        """The slug of a group comes from its name and is unique."""
        call = self.cstar.customer_groups.create(name=name)
        if slug_of(name) in self.slugs.values():
            self.refused(ConflictError, call)
            return multiple()
        made = self.run(call)
        self.members[made.id], self.slugs[made.id] = [], slug_of(name)
        return made.id

    @rule(group=groups, chosen=st.lists(customers, min_size=1, max_size=3))
    def add_members(self, group: str, chosen: list[str]) -> None:
        """All customers are added, or none if one is deleted; existing members are skipped."""
        call = self.cstar.customer_groups.members.add(group, customer_ids=chosen)
        if group not in self.members or any(each not in self.people for each in chosen):
            self.refused(NotFoundError, call)
            return
        new = [each for each in dict.fromkeys(chosen) if each not in self.members[group]]
        result = self.run(call)
        assert (result.added, result.skipped) == (len(new), len(chosen) - len(new))
        self.members[group] += new

    @rule(group=groups, customer=customers)
    def remove_member(self, group: str, customer: str) -> None:
        """Remove one customer from the group."""
        call = self.cstar.customer_groups.members.remove(group, customer_id=customer)
        if customer not in self.members.get(group, ()):
            self.refused(NotFoundError, call)
            return
        self.run(call)
        self.members[group].remove(customer)

    @rule(group=consumes(groups))
    def delete_group(self, group: str) -> None:
        """The members of a deleted group stay customers."""
        if self.members.pop(group, None) is None:
            return
        del self.slugs[group]
        self.run(self.cstar.customer_groups.delete(group))

    # --- reading

    @rule(ticket=tickets)
    def read_ticket(self, ticket: str) -> None:
        """A ticket has its fields, its customer and its messages."""
        if ticket not in self.known:
            self.refused(NotFoundError, self.cstar.tickets.get(ticket))
            return
        known, read = self.known[ticket], self.run(self.cstar.tickets.get(ticket, expand=["customer"]))
        for name in ("title", "status", "priority", "tags"):
            assert getattr(read, name) == getattr(known, name)
        assert [each.content for each in read.messages or ()] == known.messages
        assert read.message_count == len(known.messages)
        assert (read.customer and read.customer.id) == known.customer

    @rule(status=STATUSES, size=SIZES, prefetch=st.integers(1, 3))
    def list_tickets(self, status: str, size: int, prefetch: int) -> None:
        """Lists are filtered and newest first, with any page size and any prefetch."""
        read = self.run(self.cstar.tickets.list(status=status, page_size=size).prefetch(prefetch).collect())
        newest_first = reversed(self.known.items())
        assert [each.id for each in read] == [name for name, known in newest_first if known.status == status]

    @rule(tag=st.sampled_from(["a", "b", "ü"]))
    def count_tags(self, tag: str) -> None:
        """The tags in use have the number of their tickets."""
        counts = {each.name: each.count for each in self.run(self.cstar.tags.list()).data}
        tagged = [name for name, known in self.known.items() if tag in known.tags]
        assert counts.get(tag, 0) == len(tagged)
        assert sorted(each.id for each in self.run(self.cstar.tickets.list(tag=tag).collect())) == sorted(tagged)

    @invariant()
    def customers_have_their_tickets(self) -> None:
        """Customers have the number of their tickets."""
        for customer in self.run(self.cstar.customers.list(page_size=100)).data:
            assert (customer.name, customer.email) == self.people[customer.id]
            own = [known for known in self.known.values() if known.customer == customer.id]
            assert customer.ticket_count == len(own)

    @rule()
    def read_groups(self) -> None:
        """Groups have their members."""
        for group in self.run(self.cstar.customer_groups.list().collect()):
            assert group.customer_count == len(self.members[group.id])
            read = self.run(self.cstar.customer_groups.members.list(group.id, page_size=2).collect())
            assert [each.id for each in read] == self.members[group.id]

    @rule()
    def read_events(self) -> None:
        """Each change has emitted its event, and no other events were emitted."""
        read = Counter(each.type for each in self.run(self.cstar.events.list(limit=100).collect()))
        expected = self.emitted.items()
        assert {kind: count for kind, count in read.items() if kind in self.emitted} == {k: n for k, n in expected if n}

    @invariant()
    def totals(self) -> None:
        """The totals of lists are right."""
        assert self.run(self.cstar.tickets.list().count()) == len(self.known)
        assert self.run(self.cstar.customers.list().count()) == len(self.people)

    @invariant()
    def names_of_customers(self) -> None:
        """Every ticket has the current name of its customer."""
        for ticket in self.run(self.cstar.tickets.list(page_size=100)).data:
            customer = self.known[ticket.id].customer
            assert ticket.customer_id == customer
            assert customer is None or ticket.customer_name == self.people[customer][0]


TestTeam = TeamMachine.TestCase
TestTeam.settings = settings(
    max_examples=at_length(30, 1_000),
    stateful_step_count=at_length(25, 50),
    deadline=None,
    database=None,
    derandomize=at_length(short=True, long=False),
    suppress_health_check=list(HealthCheck),
)
