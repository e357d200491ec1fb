# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Events: the methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cstar_async._generated_api import BaseClient, Event, EventStream, Pager, encode_headers

from ..events import decode_event
from ..models.events import StoredEvent, decode_stored_event
from ..operations import events as _events


class Events:
    """`events`: Events."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self, *, types: Sequence[str] | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Pager[StoredEvent]:
        """List past events.

        Lists the team's events, newest first, in the form in which webhooks deliver them. No page documents such a
        list; it stands here because cStar's MCP server has a tool of this name.

        `GET /api/v1/teams/{teamId}/events`. Not documented by cStar; inferred.

        Args:
            types: Only these types, comma-separated; `ticket.*` stands for all types of tickets. Not documented by
                cStar; inferred.
            cursor: Where to go on, the `nextCursor` of the previous page. Not documented by cStar; inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(
            self._client,
            _events.LIST,
            (),
            {"types": types, "cursor": cursor, "limit": limit},
            None,
            decode_stored_event,
        )

    def stream(
        self, *, last_event_id: str | None = None, types: Sequence[str] | None = None
    ) -> EventStream[Event[Any]]:
        """Follow events as they happen.

        An endless answer of server-sent events: `id` is the event's id, `event` its type, `data` the event as JSON.
        After a broken connection, send the last id as `Last-Event-ID` to get what was missed. That a stream exists
        is documented; its path and form are not.

        `GET /api/v1/teams/{teamId}/events/stream`. Not documented by cStar; inferred.

        Args:
            last_event_id: The id of the last event received; the stream goes on after it. From cStar's public
                documentation.
            types: Only these types, comma-separated; `ticket.*` stands for all types of tickets. From cStar's
                public documentation.
        """
        return EventStream(
            self._client,
            _events.STREAM,
            (),
            {"types": types},
            None,
            decode_event,
            headers=encode_headers({"Last-Event-ID": last_event_id}),
        )
