"""One event that is made to happen: executes operations, and creates what they need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cstar_async.sandbox.game.bosses import active_boss
from cstar_async.sandbox.resources.community import POSTS
from cstar_async.sandbox.resources.customers import CUSTOMERS
from cstar_async.sandbox.resources.offsite import accept_invite
from cstar_async.sandbox.resources.roles import MEMBERS
from cstar_async.sandbox.service.results import not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

DAY: Final = 86_400.0
CUSTOMER: Final = {"name": "Casey Trigger", "email": "casey.trigger@example.com"}
PASSWORD: Final = "correct horse battery"  # noqa: S105  # of accounts that are made up


class Trigger:
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

    make: Callable[[Trigger], object]
    on: str = ""
    """What `on` names: `ticket`, `member`, …; empty if the event has no use for it."""
    operation: str = ""
    """The operation whose body `set` changes; empty if there is nothing to set."""
    fields: Mapping[str, Json] | None = None
    """The fields that can be set, with their schemas, if they are not those of the operation."""
