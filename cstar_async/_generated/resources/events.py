# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Events: the methods."""

from __future__ import annotations

from collections.abc import Sequence

from cstar_async.call import Sender
from cstar_async.pages import Pager

from ..models.events import StoredEvent, decode_stored_event
from ..operations import events as _events


class Events:
    """`events`: Events."""

    def __init__(self, client: Sender) -> None:
        self._client = client

    def list(
        self, *, types: Sequence[str] | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Pager[StoredEvent]:
        """List past events.

        Lists the team's events, newest first, in the form in which webhooks deliver them. No page documents such a
        list; it stands here because the vendor's MCP server has a tool of this name.

        `GET /api/v1/teams/{teamId}/events`; inferred, not documented anywhere.

        Args:
            types: Only these types, comma-separated; `ticket.*` stands for all types of tickets. (inferred)
            cursor: Where to go on, the `nextCursor` of the previous page. (inferred)
            limit: How many items to return at the most. (inferred)
        """
        return Pager(
            self._client,
            _events.LIST,
            (),
            {"types": types, "cursor": cursor, "limit": limit},
            None,
            decode_stored_event,
        )
