"""`Team`: one team of a sandbox, with methods for actions that cStar's API does not have."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cstar_async._core.representation import show_fields

from .http.hosts import is_loopback
from .resources.offsite import HIGHEST_SCORE, LOWEST_SCORE, accept_invite, delete_post, submit_survey
from .service.results import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.client import CStarClient

    from .contract.document import Json
    from .faults.rules import Faults
    from .http.server import Server
    from .recording.exchanges import RequestRecord
    from .service.context import Handler


@dataclass(frozen=True)
class Team:
    """A team of a sandbox, with its keys. Its data is its own; no other team sees it."""

    id: str
    name: str
    slug: str
    secret_key: str = field(repr=False)
    publishable_key: str = field(repr=False)
    _server: Callable[[], Server] = field(repr=False, compare=False)

    __repr__ = show_fields

    @property
    def faults(self) -> Faults:
        """The rules that inject faults for this team only: `team.faults.add(path="tickets.create", reset=True)`."""
        return self._server().application.faults.of(self.id)

    @property
    def requests(self) -> list[RequestRecord]:
        """The requests about this team among the last 10,000 of the sandbox, including refused ones."""
        server = self._server()
        return [record for record in server.run_on_loop(server.application.requests.copy) if record.team == self.id]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that configure a client for this team: CSTAR_BASE_URL, CSTAR_API_KEY and so on."""
        return {
            "CSTAR_BASE_URL": self._server().base_url,
            "CSTAR_TEAM_ID": self.id,
            "CSTAR_API_KEY": self.secret_key,
            "CSTAR_PUBLISHABLE_KEY": self.publishable_key,
        }

    def fail_next(self, count: int = 1, status: int = 503, *, retry_after: int | None = None) -> None:
        """Answer the team's next `count` requests with an error, unexecuted; `retry_after` is in seconds."""
        self.faults.add(status=status, times=count, retry_after=retry_after)

    def retire(self) -> None:
        """Remove the team's faults and cancel its deliveries."""
        self.faults.clear()
        self._server().cancel_deliveries(self.id)

    def submit_survey(self, ticket_id: str, score: int, comment: str | None = None) -> None:
        """Answer a ticket's survey as its customer, with a score from 1 to 5 (best).

        Raises:
            LookupError: The team has no such ticket.
            ValueError: The score is out of range.
        """
        if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            raise ValueError(f"score must be from {LOWEST_SCORE} to {HIGHEST_SCORE}, got {score!r}")
        self._perform(partial(submit_survey, score=score, comment=comment), "tickets.get", ticketId=ticket_id)

    def delete_post(self, post_id: str) -> None:
        """Delete a community post as a moderator. Raises LookupError for an unknown post."""
        self._perform(delete_post, "community.posts.update", postId=post_id)

    def accept_invite(self, invite_id: str, name: str) -> str:
        """Accept an invitation and return the new member's id. Raises LookupError if it cannot be accepted."""
        handler = partial(accept_invite, invite_id=invite_id, name=name)
        member: str = self._perform(handler, "members.invites.list")["id"]
        return member

    def _perform(self, handler: Handler, operation: str, **path: str) -> Json:
        try:
            return self._server().perform(self.id, handler, operation, **path)
        except Problem as problem:
            raise LookupError(problem.message) from None

    def client(self, **options: Any) -> CStarClient:
        """Return a client for this team, with its secret key unless `api_key` is given. Takes CStarClient's options."""
        # Imported here because the sandbox can be used without the client, for example from other languages.
        from cstar_async.client import CStarClient

        settings: dict[str, Any] = {
            "api_key": self.secret_key,
            "team_id": self.id,
            "base_url": self._server().base_url,
            "clock": self._server().application.clock,
        }
        if not is_loopback(urlsplit(self._server().base_url).hostname or ""):
            settings["allow_http"] = True  # the sandbox has no TLS, and was started on a network address on purpose
        return CStarClient(**settings | options)
