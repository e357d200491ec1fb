"""Demo data: the last four weeks of a small team, created through the handlers, so that all of it is consistent.

The data depends only on the seed of the sandbox and the number of the team; the four weeks end at the current time of
the sandbox's clock. Its events are not delivered, because a new team has no webhooks, and are not in the timeline,
because no request caused them.
"""

from __future__ import annotations

import datetime as dt
import heapq
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.resources.roles import MEMBERS
from cstar_async.sandbox.service.identity import find_team
from cstar_async.sandbox.service.provisioning import create_team, empty_team
from cstar_async.sandbox.storage.database import letters

from .data import (
    ARTICLES,
    CATEGORIES,
    COMMENTS,
    COMPANIES,
    CUSTOMERS,
    GROUPS,
    NOTES,
    POSTS,
    PRAISE,
    PRODUCTS,
    SLA,
    STORIES,
    THANKS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.execution import Execution
    from cstar_async.sandbox.service.identity import Caller
    from cstar_async.sandbox.service.provisioning import TeamKeys
    from cstar_async.sandbox.storage.database import Database

    from .data import Story

WEEKS = 4
DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
SPAN = WEEKS * 7 * DAY
TICKETS, RECENT = 60, 9
OPENING, CLOSING = 8, 18
"""Hours of a day, in UTC, in which customers write."""
PASSWORD = "correct horse battery"  # noqa: S105  # of fictional accounts


def make_team(execution: Execution, store: Database, name: str | None, now: float, *, demo: bool) -> TeamKeys:
    """Create a team; one with demo data was created four weeks ago."""
    keys = create_team(store, name, now - SPAN if demo else now)
    if demo:
        fill(execution, store, keys.id, now)
    return keys


def reset_team(execution: Execution, store: Database, team: str, now: float, *, demo: bool) -> None:
    """Empty a team; with `demo`, fill it with demo data again."""
    caller = _caller(store, team)
    with store.transaction():
        empty_team(store, team, caller.team_slug, now - SPAN if demo else now)
    if demo:
        fill(execution, store, team, now)


def is_untouched(store: Database, team: str) -> bool:
    """Whether a team has neither tickets nor customers, so that demo data can be added."""
    return not store.count(team, "tickets") and not store.count(team, "customers")


def fill(execution: Execution, store: Database, team: str, now: float) -> None:
    """Fill a team with demo data in one transaction."""
    with store.transaction():
        Demo(execution, store, _caller(store, team), now).run()


def _caller(store: Database, team: str) -> Caller:
    caller = find_team(store, team)
    assert caller is not None  # the callers have checked that the team exists
    return caller


class Demo:
    """A schedule of what happens in the four weeks. A step may schedule later ones; those after the end are dropped."""

    def __init__(self, execution: Execution, store: Database, caller: Caller, end: float) -> None:
        self._execution = execution
        self._store = store
        self._caller = caller
        self._end = end
        self._start = end - SPAN
        self._now = self._start
        self._random = Random(store.digest("demo", caller.team_id))  # noqa: S311  # reproducible
        self._numbers = count(1)
        self._schedule: list[tuple[float, int, Callable[[], None]]] = []
        self._members: list[Json] = store.select(caller.team_id, MEMBERS, order="place")
        self._customers: list[Json] = []
        self._accounts: set[str] = set()

    def run(self) -> None:
        """Run the steps in the order of time."""
        self._set_up()
        for index in range(TICKETS):
            # The last ones come in the last hours, so that some are still unanswered.
            at = self._random_time() if index < TICKETS - RECENT else self._end - self._random.uniform(0.1, 5) * HOUR
            self._at(at, partial(self._open_ticket, self._random.choice(STORIES)))
        self._at(self._start + 2 * DAY, partial(self._spawn, "easy"))
        self._at(self._start + 12 * DAY, partial(self._spawn, "normal"))
        self._at(self._start + 23 * DAY, partial(self._spawn, "hard"))
        for post in POSTS:
            self._at(self._random_time(), partial(self._post, post))
        for message in PRAISE:
            self._at(self._random_time(), partial(self._praise, message))
        while self._schedule:
            self._now, _, step = heapq.heappop(self._schedule)
            step()

    def _at(self, moment: float, step: Callable[[], None]) -> None:
        if moment < self._end:
            heapq.heappush(self._schedule, (moment, next(self._numbers), step))

    def _random_time(self) -> float:
        """Return a random time of the four weeks within the customers' hours, seldom at a weekend."""
        while True:
            moment = self._start + self._random.uniform(0, SPAN)
            at = dt.datetime.fromtimestamp(moment, dt.UTC)
            if OPENING <= at.hour < CLOSING and (at.weekday() < 5 or self._random.random() < 0.2):
                return moment

    def _next_working_time(self, moment: float) -> float:
        """Return a time itself if it is in working hours, else one soon after the next morning of a working day."""
        at = dt.datetime.fromtimestamp(moment, dt.UTC)
        if at.weekday() < 5 and OPENING <= at.hour < CLOSING:
            return moment
        morning = at.replace(hour=OPENING, minute=0, second=0, microsecond=0)
        while morning < at or morning.weekday() >= 5:
            morning += dt.timedelta(days=1)
        return morning.timestamp() + self._random.uniform(5, 120) * MINUTE

    def _do(self, operation: str, body: Json | None = None, *, authorization: str | None = None, **path: str) -> Any:
        number = next(self._numbers)
        return self._execution.run_operation(
            self._caller, operation, body or {}, now=self._now,
            request_id="req_" + letters(self._store.digest("demo", self._caller.team_id, number)),
            authorization=authorization, **path,
        )  # fmt: skip

    def _set_up(self) -> None:
        """Create what a team needs before it opens: rules, articles, automations, views and customers."""
        for name, priority, response, resolution in SLA:
            targets = {"responseTarget": response, "resolutionTarget": resolution}
            self._do("sla.rules.create", {"name": name, "priority": priority, **targets})
        for name, icon, order in CATEGORIES:
            self._do("categories.create", {"name": name, "icon": icon, "sortOrder": order})
        for title, category, public, content in ARTICLES:
            body: Json = {"title": title, "content": content, "status": "published", "isPublic": public}
            self._do("articles.create", body | ({"category": category} if category else {}))
        self._do("custom_fields.create", {"name": "Serial number", "type": "text", "entityType": "tickets"})
        urgent = {"all": [{"field": "priority", "operator": "equals", "value": "urgent"}]}
        assign = {"type": "assign_to", "agentId": self._members[0]["id"]}
        smoke = {"any": [{"field": "title", "operator": "contains", "value": "smoke"}]}
        tag, notify = {"type": "add_tags", "tags": ["recall"]}, {"type": "send_notification", "message": "Smoke!"}
        for name, conditions, actions in (
            ("Urgent goes to Olivia", urgent, [assign]),
            ("Smoke is a matter of safety", smoke, [tag, notify]),
        ):
            body = {"name": name, "triggerEvent": "ticket.created", "conditions": conditions, "actions": actions}
            self._do("automations.create", body)
        for name, filters in (
            ("Unsolved", {"status": ["new", "open", "pending"]}),
            ("Urgent and open", {"priority": "urgent", "status": ["new", "open"]}),
            ("Billing", {"tag": "billing"}),
        ):
            self._do("views.create", {"name": name, "entityType": "tickets", "filters": filters})
        for name in CUSTOMERS[: len(CUSTOMERS) // 2]:
            self._customer(name)
        for name, description, size in GROUPS:
            group = self._do("customer_groups.create", {"name": name, "description": description})
            chosen = [each["id"] for each in self._random.sample(self._customers, size)]
            self._do("customer_groups.members.add", {"customerIds": chosen}, groupId=group["id"])

    def _customer(self, name: str) -> Json:
        address = f"{slug_of(name).replace('-', '.')}@{self._random.choice(COMPANIES)}.example.com"
        tags = [] if self._random.random() < 0.7 else ["vip"]
        customer: Json = self._do("customers.create", {"name": name, "email": address, "tags": tags})
        self._customers.append(customer)
        return customer

    def _open_ticket(self, story: Story) -> None:
        """Create a ticket, sometimes of a new customer, and schedule the answer."""
        known = len(self._customers)
        new = known < len(CUSTOMERS) and self._random.random() < 0.35
        customer = self._customer(CUSTOMERS[known]) if new else self._random.choice(self._customers)
        values = {"product": self._random.choice(PRODUCTS), "number": self._random.randrange(20_000, 90_000)}
        title = story.title.format(**values)
        body = {
            "title": title[0].upper() + title[1:],
            "priority": story.priority,
            "tags": list(story.tags),
            "customerId": customer["id"],
            "initialMessage": story.question.format(**values),
        }
        ticket = self._do("tickets.create", body)
        agent = self._members[0] if story.priority == "urgent" else self._random.choice(self._members)
        slowness = {"urgent": 0.15, "high": 0.5, "normal": 1.5, "low": 5.0}[story.priority]
        answered_at = self._next_working_time(self._now + self._random.uniform(0.1, 2.0) * slowness * HOUR)
        hours = self._random.uniform(1, 30) * slowness
        self._at(answered_at, partial(self._reply, ticket["id"], agent, story.answer, hours))

    def _reply(self, ticket: str, agent: Json, answer: str, hours: float) -> None:
        """Answer a ticket as an agent, sometimes with an internal note, and schedule its resolution."""
        self._do("tickets.update", {"assignedTo": agent["id"], "status": "open"}, ticketId=ticket)
        if self._random.random() < 0.2:
            note = {"content": self._random.choice(NOTES), "isInternal": True, "senderName": agent["name"]}
            self._do("tickets.messages.create", note, ticketId=ticket)
        message = {"content": answer, "sender": "agent", "senderName": agent["name"]}
        self._do("tickets.messages.create", message, ticketId=ticket)
        if self._random.random() < 0.3:
            self._do("tickets.update", {"status": "pending"}, ticketId=ticket)
        self._at(self._now + hours * HOUR, partial(self._resolve, ticket))

    def _resolve(self, ticket: str) -> None:
        """Thank the agent as the customer and resolve the ticket; most tickets are closed two days later."""
        thanks = {"content": self._random.choice(THANKS), "sender": "customer"}
        self._do("tickets.messages.create", thanks, ticketId=ticket)
        self._do("tickets.update", {"status": "resolved"}, ticketId=ticket)
        if self._random.random() < 0.6:
            close = partial(self._do, "tickets.update", {"status": "closed"}, ticketId=ticket)
            self._at(self._now + 2 * DAY, close)

    def _spawn(self, difficulty: str) -> None:
        if not self._do("game.boss.active")["active"]:
            self._do("game.boss.spawn", {"difficulty": difficulty})

    def _post(self, post: tuple[str, str, str, str]) -> None:
        """Create a post as a customer, with votes and a comment of others, and set its status as the team."""
        title, topic, text, status = post
        topics = {each["slug"]: each["id"] for each in self._do("community.topics.list")}
        author, *others = self._random.sample(self._customers, self._random.randint(2, 6))
        body = {"title": title, "body": text, "topic_id": topics[topic]}
        created = self._as_customer(author, "public_community.posts.create", body)
        for index, each in enumerate(others):
            self._now += MINUTE
            self._as_customer(each, "public_community.posts.vote", slug=created["slug"])
            if index == 0:
                comment = {"body": self._random.choice(COMMENTS)}
                self._as_customer(each, "public_community.comments.create", comment, slug=created["slug"])
        self._do("community.posts.update", {"status": status}, postId=created["id"])

    def _as_customer(self, customer: Json, operation: str, body: Json | None = None, **path: str) -> Any:
        """Run an operation as a customer, after signing up or logging in."""
        account = {"email": customer["email"], "password": PASSWORD}
        known = customer["id"] in self._accounts
        session = self._do("customer_auth.login" if known else "customer_auth.signup", account)
        self._accounts.add(customer["id"])
        token = f"Bearer {session['accessToken']}"
        return self._do(operation, body, authorization=token, team=self._caller.team_id, **path)

    def _praise(self, message: str) -> None:
        sender, recipient = self._random.sample(self._members, 2)
        body = {"userId": sender["userId"], "recipientId": recipient["id"], "message": message}
        self._do("game.one_ups.send", body)
