"""Recipes for events: for each type the change that causes it, made through the handlers of requests.

What a change needs and nobody named (a ticket to close, a customer, a boss to hit) is made first, with its own events,
so that nothing that the team already has is changed or deleted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from cstar_async.sandbox.contract.document import is_object
from cstar_async.sandbox.game.bosses import active_boss
from cstar_async.sandbox.game.players import find_player
from cstar_async.sandbox.game.rules import day_of
from cstar_async.sandbox.naming import camel_case, snake_from_camel
from cstar_async.sandbox.resources.community import POSTS
from cstar_async.sandbox.resources.customers import CUSTOMERS
from cstar_async.sandbox.resources.offsite import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    accept_invite,
    delete_post,
    submit_survey,
)
from cstar_async.sandbox.resources.roles import MEMBERS
from cstar_async.sandbox.service.provisioning import add_team
from cstar_async.sandbox.service.results import Problem, Result, invalid, not_found
from cstar_async.webhooks.patterns import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cstar_async.sandbox.contract.document import Contract, Json
    from cstar_async.sandbox.service.context import Context

DAY: Final = 86_400.0
MOST_TICKETS: Final = 40
"""Closed tickets after which a level or an achievement is given up."""
MOST_HITS: Final = 80
CUSTOMER: Final = {"name": "Casey Trigger", "email": "casey.trigger@example.com"}
PASSWORD: Final = "correct horse battery"  # noqa: S105  # of accounts that are made up
RENAMED: Final = " (renamed)"
SURVEY: Final[Json] = {"score": {"type": "integer"}, "comment": {"type": "string"}}


class Stage:
    """One event that is made to happen, inside one transaction.

    Attributes:
        context: The request that it counts as.
        kind: The type of the event.
        on: The id of the object that it is to happen to, None for one that is made for it.
        values: What is to be set in the body of the change.
    """

    def __init__(self, context: Context, kind: str, on: str | None, values: Json) -> None:
        self.context = context
        self.kind = kind
        self.on = on
        self.values = values
        self.number: int = context.store.next_number(context.team, "triggers")

    @property
    def fired(self) -> bool:
        """Whether the event has happened."""
        return any(kind == self.kind for kind, _ in self.context.effects.fired)

    def do(
        self,
        operation: str,
        body: Mapping[str, Any] | None = None,
        *,
        path: Mapping[str, str] | None = None,
        back: int = 0,
        customer: str | None = None,
    ) -> Any:
        """Execute an operation.

        Args:
            operation: Its id.
            body: The body.
            path: The parameters of the path.
            back: Days before now in which it happens.
            customer: The access token of a customer who does it, on a public page.
        """
        context = self.context.derive(operation, None if body is None else dict(body), **path or {})
        token = None if customer is None else f"Bearer {customer}"
        request = replace(context.request, now=context.now - back * DAY, authorization=token)
        return context.service.handlers[operation](replace(context, request=request)).data

    def change(
        self, operation: str, body: Mapping[str, Any], *, path: Mapping[str, str] | None = None, instead: bool = False
    ) -> Any:
        """Execute the operation that causes the event, with what is to be set in its body.

        Args:
            operation: Its id.
            body: The body without that.
            path: The parameters of the path.
            instead: Whether `body` is only used if nothing is to be set.
        """
        return self.do(operation, dict(self.values if instead and self.values else body) | self.values, path=path)

    # What a change needs

    def customer(self) -> str:
        """The customer of new tickets."""
        found = self.context.store.by_unique_key(self.context.team, CUSTOMERS, CUSTOMER["email"])
        return str((found or self.do("customers.create", CUSTOMER))["id"])

    def ticket(self) -> str:
        """The ticket that is named, else a new one."""
        return self.on or str(self.do("tickets.create", self.new_ticket())["id"])

    def new_ticket(self) -> Json:
        """The body of a new ticket."""
        return {"title": f"Triggered ticket {self.number}", "customerId": self.customer()}

    def post(self) -> Json:
        """The post that is named, else a new one. Raises Problem 404."""
        post_id = self.on or self.do("community.posts.create", self.new_post())["id"]
        found = self.context.store.get(self.context.team, POSTS, post_id)
        if found is None:
            raise not_found("Post")
        return found

    def new_post(self) -> Json:
        """The body of a new post."""
        topic = self.do("community.topics.list")[0]["id"]
        return {"title": f"Triggered post {self.number}", "body": "Would you add this?", "topic_id": topic}

    def members(self) -> list[Json]:
        """The members of the team."""
        return self.context.store.select(self.context.team, MEMBERS, order="place")

    def player(self) -> str:
        """The member that is named, else the one who joined first."""
        return self.on or str(self.members()[0]["id"])

    def new_player(self) -> str:
        """The member that is named, else a new one, who has reached nothing in the game yet."""
        return self.on or self._join()

    def _join(self) -> str:
        email = f"player.{self.number}@example.com"
        invitation = self.do("members.invites.send", {"email": email})
        context = self.context.derive("members.invites.list")
        return str(accept_invite(context, invitation["id"], f"Player {self.number}").data["id"])

    def finish_ticket(self, member: str, *, back: int = 0) -> None:
        """Have a member close an urgent ticket, `back` days before now."""
        body: Json = {"title": f"Triggered ticket {self.number}", "priority": "urgent", "assignedTo": member}
        ticket = self.do("tickets.create", body | self.values, back=back)
        self.do("tickets.update", {"status": "closed"}, back=back, path={"ticketId": ticket["id"]})

    def boss(self, difficulty: str) -> None:
        """Have the team fight a boss."""
        if active_boss(self.context) is None:
            self.do("game.boss.spawn", {"difficulty": difficulty})

    def sign_up(self) -> str:
        """The access token of a new customer."""
        account = {"email": f"visitor.{self.number}@example.com", "password": PASSWORD, "name": "Vic Visitor"}
        return str(self.do("customer_auth.signup", account)["accessToken"])


class Recipe(NamedTuple):
    """How an event is made to happen."""

    make: Callable[[Stage], object]
    on: str
    """What `on` names: `ticket`, `member`, …; empty if the event has no use for it."""
    operation: str
    """The operation whose body `set` changes; empty if there is nothing to set."""


def happen(context: Context, kind: str, on: str | None, values: Mapping[str, Any]) -> Result:
    """Make an event happen, as a handler. Raises Problem: the object is unknown, or the event cannot happen now."""
    recipe = RECIPES[kind]
    if on is not None and not recipe.on:
        raise invalid(f"{kind} happens to nothing that is there before it: leave out 'on'.", "on")
    stage = Stage(context, kind, on, read_values(context.contract, kind, values))
    recipe.make(stage)
    events = [event for name, event in context.effects.trace if name == "event"]
    made = next((event for event in events if event["type"] == kind), None)
    if made is None:
        target = f" for {on}" if on else ""
        message = f"It did not cause {kind}{target}: nothing has changed, or this has happened already"
        raise Problem(409, "invalid_request_error", "resource_conflict", message)
    others = [event["type"] for event in events if event is not made]
    return Result({"id": made["id"], "type": kind, "requestId": context.request_id, "others": others})


def fields_of(contract: Contract, kind: str) -> dict[str, Json]:
    """The fields that can be set for an event, with their schemas."""
    operation = RECIPES[kind].operation
    if kind == "survey.submitted":
        return SURVEY
    return contract.properties(contract.operations[operation].body) if operation else {}


def read_values(contract: Contract, kind: str, values: Mapping[str, Any]) -> Json:
    """The members of a body from values by path (`metadata.plan`). Raises Problem 400.

    Names may be those of the event (`customer_id`). Text for a field of another type is read as JSON.
    """
    fields = fields_of(contract, kind)
    found: Json = {}
    for path, value in values.items():
        first, *rest = path.split(".")
        name = next((each for each in (first, camel_case(first), snake_from_camel(first)) if each in fields), None)
        if name is None:
            known = ", ".join(fields)
            raise invalid(
                f"{kind} has no field '{first}' to set; the fields are: {known}." if known else
                f"{kind} has nothing to set.", f"set.{first}"
            )  # fmt: skip
        inside = found
        *outer, last = name, *rest
        for part in outer:
            inside = inside.setdefault(part, {})
            if not is_object(inside):
                raise invalid(f"'{part}' is set to a value and to members of it.", f"set.{path}")
        inside[last] = value if rest else _typed(contract, fields[name], value)
    return found


def _typed(contract: Contract, schema: Json, value: Any) -> Any:
    """A value, from its JSON if it is text and the field is not."""
    if not isinstance(value, str) or "string" in _types(contract, schema):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # the validation of the body says what it needs


def _types(contract: Contract, schema: Json) -> set[str]:
    schema = contract.resolve(schema)
    types: str | list[str] = schema.get("type", [])
    choices = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    own = {types} if isinstance(types, str) else set(types)
    return own.union(*(_types(contract, each) for each in choices))


def unknown_event(kind: str) -> Problem:
    """400: there is no such type of event."""
    return invalid(f"There is no event '{kind}'{suggestion(kind, RECIPES)}.", "event")


# The recipes. Those of plain objects are made from a table.


def _create(stage: Stage, operation: str, body: Json) -> None:
    stage.change(operation, _filled(stage, body))


def _update(stage: Stage, resource: str, new: Json, body: Json) -> None:
    path = _subject(stage, resource, new)
    stage.change(f"{resource}.update", _filled(stage, body), path=path, instead=True)


def _delete(stage: Stage, resource: str, new: Json) -> None:
    stage.do(f"{resource}.delete", path=_subject(stage, resource, new))


def _subject(stage: Stage, resource: str, new: Json) -> dict[str, str]:
    """The object that is named, else a new one, as the parameter of its path."""
    subject = stage.on or stage.do(f"{resource}.create", _filled(stage, new))["id"]
    return {stage.context.contract.operations[f"{resource}.update"].path_params[-1]: subject}


def _filled(stage: Stage, body: Json) -> Json:
    return {name: each.format(stage.number) if isinstance(each, str) else each for name, each in body.items()}


_PLAIN: Final[tuple[tuple[str, str, Json, Json], ...]] = (
    (
        "customer",
        "customers",
        {"name": "Triggered Customer {}", "email": "triggered.{}@example.com"},
        {"notes": "Changed by trigger {}"},
    ),
    (
        "customer_group",
        "customer_groups",
        {"name": "Triggered group {}", "description": "Made by a trigger"},
        {"description": "Changed by trigger {}"},
    ),
    (
        "article",
        "articles",
        {"title": "Triggered article {}", "content": "Made by a trigger."},
        {"content": "Changed by trigger {}."},
    ),
)
"""Type of object, resource, the body of a new one, and a change of one."""


def _plain() -> Iterator[tuple[str, Recipe]]:
    for kind, resource, new, body in _PLAIN:
        create, update = f"{resource}.create", f"{resource}.update"
        yield f"{kind}.created", Recipe(partial(_create, operation=create, body=new), "", create)
        yield f"{kind}.updated", Recipe(partial(_update, resource=resource, new=new, body=body), kind, update)
        yield f"{kind}.deleted", Recipe(partial(_delete, resource=resource, new=new), kind, "")


def _article_published(stage: Stage) -> None:
    path = _subject(stage, "articles", _PLAIN[2][2])
    stage.change("articles.update", {"status": "published", "isPublic": True}, path=path)


def _ticket_created(stage: Stage) -> None:
    body: Json = {"title": f"Triggered ticket {stage.number}", "initialMessage": "Could you have a look?"}
    if not stage.values.keys() & {"customerId", "customerEmail"}:
        body["customerId"] = stage.customer()
    stage.change("tickets.create", body)


def _ticket_updated(stage: Stage) -> None:
    ticket = stage.ticket()
    priority = stage.do("tickets.get", path={"ticketId": ticket})["priority"]
    body = {"priority": "high" if priority != "high" else "urgent"}
    stage.change("tickets.update", body, instead=True, path={"ticketId": ticket})


def _ticket_assigned(stage: Stage) -> None:
    ticket = stage.ticket()
    present = stage.do("tickets.get", path={"ticketId": ticket})["assignedTo"]
    member = next((each["id"] for each in stage.members() if present not in {each["id"], each["userId"]}), None)
    stage.change("tickets.update", {"assignedTo": member}, path={"ticketId": ticket})


def _ticket_deleted(stage: Stage) -> None:
    stage.do("tickets.delete", path={"ticketId": stage.ticket()})


def _team_renamed(stage: Stage) -> None:
    name = stage.do("settings.get")["teamName"]
    other = name.removesuffix(RENAMED) if name.endswith(RENAMED) else name + RENAMED
    stage.change("settings.update", {"teamName": other}, instead=True)


def _role_changed(stage: Stage) -> None:
    member = stage.on or next((each["id"] for each in stage.members() if each["role"] != "owner"), None)
    member = member or stage.new_player()
    role = stage.do("members.get", path={"memberId": member})["role"]
    stage.change("members.update", {"role": "agent" if role != "agent" else "manager"}, path={"memberId": member})


def _defeat(stage: Stage, member: str) -> None:
    for _ in range(MOST_HITS):
        if active_boss(stage.context) is None:
            return
        stage.do("game.boss.damage", {"userId": member, "ticketPriority": "urgent"})


def _boss_spawned(stage: Stage) -> None:
    _defeat(stage, stage.player())  # there is one boss at a time
    stage.change("game.boss.spawn", {})


def _boss_damaged(stage: Stage) -> None:
    stage.boss("normal")
    stage.change("game.boss.damage", {"userId": stage.player()})


def _boss_defeated(stage: Stage) -> None:
    stage.boss("easy")
    _defeat(stage, stage.player())


def _xp_gained(stage: Stage) -> None:
    stage.finish_ticket(stage.player())


def _level_up(stage: Stage) -> None:
    _finish_tickets(stage, stage.player())


def _achievement_unlocked(stage: Stage) -> None:
    _finish_tickets(stage, stage.new_player())


def _finish_tickets(stage: Stage, member: str) -> None:
    for _ in range(MOST_TICKETS):
        stage.finish_ticket(member)
        if stage.fired:
            return


def _quest_completed(stage: Stage) -> None:
    """Do what the quests of a day ask for, until one is completed: three of eight, which differ from day to day."""
    member = stage.new_player()
    puzzle = stage.do("game.puzzles.today")["id"]
    other = next(each["id"] for each in stage.members() if each["id"] != member)
    steps: list[Callable[[], object]] = [
        lambda: stage.do("game.one_ups.send", {"userId": member, "recipientId": other}),
        lambda: stage.do(
            "game.puzzles.complete", {"userId": member, "puzzleId": puzzle, "timeSeconds": 60, "mistakes": 0}
        ),
        *[lambda: stage.finish_ticket(member)] * 5,
        lambda: stage.boss("legendary"),
        *[lambda: stage.do("game.boss.damage", {"userId": member})] * 3,
    ]
    for step in steps:
        try:
            step()
        except Problem as problem:
            if problem.status != 409:  # done already today
                raise
        if stage.fired:
            return


def _streak(stage: Stage) -> None:
    member = stage.new_player()
    last = find_player(stage.context, member).state.get("streak", {}).get("last", "")
    for back in (2, 1, 0):
        day = day_of(stage.context.now - back * DAY)
        if not last or dt.date.fromisoformat(last) < day:
            stage.finish_ticket(member, back=back)
        if stage.fired:
            return


def _one_up(stage: Stage) -> None:
    """From a member who has one left today, else from a new one."""
    recipient = stage.on or stage.members()[-1]["id"]
    senders = [each["id"] for each in stage.members() if each["id"] != recipient]
    message = {"recipientId": recipient, "message": "Well done!"}
    for sender in senders:
        try:
            stage.change("game.one_ups.send", {"userId": sender, **message})
        except Problem as problem:
            if problem.status != 409 or "userId" in stage.values:
                raise
        else:
            return
    stage.on = None
    stage.change("game.one_ups.send", {"userId": stage.new_player(), **message})


def _high_five(stage: Stage) -> None:
    """To a team that had none today, else to a new one."""
    context = stage.context
    sql = "SELECT id FROM teams WHERE id != ? ORDER BY number"
    teams = [stage.on] if stage.on else [row[0] for row in context.store.execute(sql, context.team)]
    free = (each for each in teams if stage.do("game.high_fives.can_send", path={"recipientTeamId": each})["canSend"])
    other = next(free, None) or stage.on or add_team(context.store, "Neighbours", context.now).id
    stage.change("game.high_fives.send", {"recipientTeamId": other, "message": "Nice week!"})


def _post_created(stage: Stage) -> None:
    stage.change("community.posts.create", stage.new_post())


def _post_updated(stage: Stage) -> None:
    body = {"body": f"Changed by trigger {stage.number}"}
    stage.change("community.posts.update", body, path={"postId": stage.post()["id"]}, instead=True)


def _post_status(stage: Stage) -> None:
    post = stage.post()
    status = "planned" if post["status"] != "planned" else "in_progress"
    stage.change("community.posts.update", {"status": status}, path={"postId": post["id"]})


def _post_commented(stage: Stage) -> None:
    _visit(stage, "public_community.comments.create", {"body": "I would use it every day."})


def _post_voted(stage: Stage) -> None:
    _visit(stage, "public_community.posts.vote")


def _visit(stage: Stage, operation: str, body: Json | None = None) -> None:
    """Have a new customer do something to a post, on the team's public page."""
    slug = stage.post()["slug"]
    body = None if body is None else body | stage.values
    stage.do(operation, body, customer=stage.sign_up(), path={"team": stage.context.team, "slug": slug})


def _delete_post(stage: Stage) -> None:
    delete_post(stage.context.derive("community.posts.update", postId=stage.post()["id"]))


def _survey(stage: Stage) -> None:
    score, comment = stage.values.get("score", HIGHEST_SCORE), stage.values.get("comment", "Quick and kind.")
    if not (isinstance(score, int) and LOWEST_SCORE <= score <= HIGHEST_SCORE):
        raise invalid(f"The 'score' field must be an integer from {LOWEST_SCORE} to {HIGHEST_SCORE}.", "set.score")
    submit_survey(stage.context.derive("tickets.get", ticketId=stage.ticket()), score, comment)


def _on_ticket(operation: str, body: Json) -> Callable[[Stage], object]:
    return lambda stage: stage.change(operation, body, path={"ticketId": stage.ticket()})


_MESSAGE: Final = {"content": "Is there any news?", "sender": "customer"}

RECIPES: Final[dict[str, Recipe]] = {
    "ticket.created": Recipe(_ticket_created, "", "tickets.create"),
    "ticket.updated": Recipe(_ticket_updated, "ticket", "tickets.update"),
    "ticket.closed": Recipe(_on_ticket("tickets.update", {"status": "closed"}), "ticket", "tickets.update"),
    "ticket.message_added": Recipe(
        _on_ticket("tickets.messages.create", _MESSAGE), "ticket", "tickets.messages.create"
    ),
    "ticket.deleted": Recipe(_ticket_deleted, "ticket", ""),
    "ticket.assigned": Recipe(_ticket_assigned, "ticket", "tickets.update"),
    **dict(_plain()),
    "article.published": Recipe(_article_published, "article", "articles.update"),
    "team.preferences_updated": Recipe(_team_renamed, "", "settings.update"),
    "agent.preferences_updated": Recipe(_role_changed, "member", "members.update"),
    "boss.spawned": Recipe(_boss_spawned, "", "game.boss.spawn"),
    "boss.damaged": Recipe(_boss_damaged, "member", "game.boss.damage"),
    "boss.defeated": Recipe(_boss_defeated, "member", ""),
    "player.level_up": Recipe(_level_up, "member", "tickets.create"),
    "player.achievement_unlocked": Recipe(_achievement_unlocked, "member", "tickets.create"),
    "player.xp_gained": Recipe(_xp_gained, "member", "tickets.create"),
    "player.quest_completed": Recipe(_quest_completed, "member", ""),
    "player.streak_milestone": Recipe(_streak, "member", "tickets.create"),
    "social.one_up_sent": Recipe(_one_up, "member", "game.one_ups.send"),
    "social.high_five_sent": Recipe(_high_five, "team", "game.high_fives.send"),
    "community_post.created": Recipe(_post_created, "", "community.posts.create"),
    "community_post.updated": Recipe(_post_updated, "post", "community.posts.update"),
    "community_post.status_changed": Recipe(_post_status, "post", "community.posts.update"),
    "community_post.commented": Recipe(_post_commented, "post", "public_community.comments.create"),
    "community_post.deleted": Recipe(_delete_post, "post", ""),
    "community_post.voted": Recipe(_post_voted, "post", ""),
    "survey.submitted": Recipe(_survey, "ticket", ""),
}
"""By type of event."""
