"""Demo data: the last four weeks of a small team, made through the handlers, so that everything fits together.

What happens and when depends on the seed of the sandbox and the number of the team alone; the weeks end at the
present moment of the sandbox's clock. Nothing of it is delivered, because a new team has no webhooks, and nothing is
in the timeline, because nobody has sent it.
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
SPAN = WEEKS * 7 * 86_400.0
DAY = 86_400.0
TICKETS, RECENT = 60, 9
OPENING, CLOSING = 8, 18
"""Hours of a day, in UTC, in which customers write."""
PASSWORD = "correct horse battery"  # noqa: S105  # of accounts that are made up
HOUR, MINUTE = 3_600.0, 60.0


def make_team(execution: Execution, store: Database, name: str | None, now: float, *, demo: bool) -> TeamKeys:
    """A new team; with demo data it was founded four weeks ago."""
    keys = create_team(store, name, now - SPAN if demo else now)
    if demo:
        fill(execution, store, keys.id, now)
    return keys


def reset_team(execution: Execution, store: Database, team: str, now: float, *, demo: bool) -> None:
    """Empty a team; then fill it again, if asked for."""
    caller = _caller(store, team)
    with store.transaction():
        empty_team(store, team, caller.team_slug, now - SPAN if demo else now)
    if demo:
        fill(execution, store, team, now)


def is_untouched(store: Database, team: str) -> bool:
    """Whether a team has nothing that demo data could mix with."""
    return not store.count(team, "tickets") and not store.count(team, "customers")


def fill(execution: Execution, store: Database, team: str, now: float) -> None:
    """Give a team its four weeks, all of them or, if anything fails, none."""
    with store.transaction():
        Demo(execution, store, _caller(store, team), now).run()


def _caller(store: Database, team: str) -> Caller:
    caller = find_team(store, team)
    assert caller is not None  # the callers have just seen the team
    return caller


class Demo:
    """Four weeks, as a plan of what happens when. A step may plan later ones; those after the end do not happen."""

    def __init__(self, execution: Execution, store: Database, caller: Caller, end: float) -> None:
        self._execution = execution
        self._store = store
        self._caller = caller
        self._end = end
        self._start = end - SPAN
        self._now = self._start
        self._random = Random(store.digest("demo", caller.team_id))  # noqa: S311  # it has to repeat
        self._numbers = count(1)
        self._plan: list[tuple[float, int, Callable[[], None]]] = []
        self._members: list[Json] = store.select(caller.team_id, MEMBERS, order="place")
        self._customers: list[Json] = []
        self._accounts: set[str] = set()

    def run(self) -> None:
        """Carry out the plan in the order of time."""
        self._set_up()
        for index in range(TICKETS):
            # The last ones come in the last hours, so that some are still to be answered.
            at = self._moment() if index < TICKETS - RECENT else self._end - self._random.uniform(0.1, 5) * HOUR
            self._at(at, partial(self._open_ticket, self._random.choice(STORIES)))
        self._at(self._start + 2 * DAY, partial(self._spawn, "easy"))
        self._at(self._start + 12 * DAY, partial(self._spawn, "normal"))
        self._at(self._start + 23 * DAY, partial(self._spawn, "hard"))
        for post in POSTS:
            self._at(self._moment(), partial(self._post, post))
        for message in PRAISE:
            self._at(self._moment(), partial(self._praise, message))
        while self._plan:
            self._now, _, step = heapq.heappop(self._plan)
            step()

    def _at(self, moment: float, step: Callable[[], None]) -> None:
        if moment < self._end:
            heapq.heappush(self._plan, (moment, next(self._numbers), step))

    def _moment(self) -> float:
        """Some moment of the weeks, in the hours in which people write; on a Sunday hardly anybody does."""
        while True:
            moment = self._start + self._random.uniform(0, SPAN)
            at = dt.datetime.fromtimestamp(moment, dt.UTC)
            if OPENING <= at.hour < CLOSING and (at.weekday() < 5 or self._random.random() < 0.2):
                return moment

    def _at_work(self, moment: float) -> float:
        """The same moment in working hours, else one soon after the next morning of a working day."""
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
        """Create what a team sets up before its first customer."""
        for name, priority, response, resolution in SLA:
            self._do("sla.rules.create", {"name": name, "priority": priority, "responseTarget": response,
                                          "resolutionTarget": resolution})  # fmt: skip
        for name, icon, order in CATEGORIES:
            self._do("categories.create", {"name": name, "icon": icon, "sortOrder": order})
        for title, category, public, content in ARTICLES:
            body: Json = {"title": title, "content": content, "status": "published", "isPublic": public}
            self._do("articles.create", body | ({"category": category} if category else {}))
        self._do("custom_fields.create", {"name": "Serial number", "type": "text", "entityType": "tickets"})
        urgent = {"all": [{"field": "priority", "operator": "equals", "value": "urgent"}]}
        lead = self._members[0]["id"]
        self._do("automations.create", {
            "name": "Urgent goes to Olivia", "triggerEvent": "ticket.created", "conditions": urgent,
            "actions": [{"type": "assign_to", "agentId": lead}],
        })  # fmt: skip
        smoke = {"any": [{"field": "title", "operator": "contains", "value": "smoke"}]}
        self._do("automations.create", {
            "name": "Smoke is a matter of safety", "triggerEvent": "ticket.created", "conditions": smoke,
            "actions": [{"type": "add_tags", "tags": ["recall"]}, {"type": "send_notification", "message": "Smoke!"}],
        })  # fmt: skip
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
        """A customer writes, a new one now and then; what follows is planned."""
        known = len(self._customers)
        new = known < len(CUSTOMERS) and self._random.random() < 0.35
        customer = self._customer(CUSTOMERS[known]) if new else self._random.choice(self._customers)
        words = {"product": self._random.choice(PRODUCTS), "number": self._random.randrange(20_000, 90_000)}
        title = story.title.format(**words)
        ticket = self._do("tickets.create", {
            "title": title[0].upper() + title[1:], "priority": story.priority, "tags": list(story.tags),
            "customerId": customer["id"], "initialMessage": story.question.format(**words),
        })  # fmt: skip
        agent = self._members[0] if story.priority == "urgent" else self._random.choice(self._members)
        haste = {"urgent": 0.15, "high": 0.5, "normal": 1.5, "low": 5.0}[story.priority]
        taken = self._at_work(self._now + self._random.uniform(0.1, 2.0) * haste * HOUR)
        self._at(taken, partial(self._take, ticket["id"], agent, story.answer, self._random.uniform(1, 30) * haste))

    def _take(self, ticket: str, agent: Json, answer: str, hours: float) -> None:
        """An agent answers, with a note to the colleagues now and then."""
        self._do("tickets.update", {"assignedTo": agent["id"], "status": "open"}, ticketId=ticket)
        if self._random.random() < 0.2:
            note = {"content": self._random.choice(NOTES), "isInternal": True, "senderName": agent["name"]}
            self._do("tickets.messages.create", note, ticketId=ticket)
        message = {"content": answer, "sender": "agent", "senderName": agent["name"]}
        self._do("tickets.messages.create", message, ticketId=ticket)
        if self._random.random() < 0.3:
            self._do("tickets.update", {"status": "pending"}, ticketId=ticket)
        self._at(self._now + hours * HOUR, partial(self._finish, ticket))

    def _finish(self, ticket: str) -> None:
        """The customer is content; some tickets are closed only days later."""
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
        """A customer posts, and within the hour others vote and comment; then the team gives it a status."""
        title, topic, text, status = post
        topics = {each["slug"]: each["id"] for each in self._do("community.topics.list")}
        author, *others = self._random.sample(self._customers, self._random.randint(2, 6))
        body = {"title": title, "body": text, "topic_id": topics[topic]}
        made = self._as(author, "public_community.posts.create", body)
        for index, each in enumerate(others):
            self._now += MINUTE
            self._as(each, "public_community.posts.vote", slug=made["slug"])
            if index == 0:
                comment = {"body": self._random.choice(COMMENTS)}
                self._as(each, "public_community.comments.create", comment, slug=made["slug"])
        self._do("community.posts.update", {"status": status}, postId=made["id"])

    def _as(self, customer: Json, operation: str, body: Json | None = None, **path: str) -> Any:
        """Do something as a customer, who signs up before the first time and in before the others."""
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
