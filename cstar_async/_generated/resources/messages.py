# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Messages: the methods."""

from __future__ import annotations

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.shared import Message, MessageSender, decode_message
from ..operations import messages as _messages


class TicketsMessages:
    """`tickets.messages`: Messages."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, ticket_id: str, *, page: int | None = None, page_size: int | None = None) -> Pager[Message]:
        """List the messages of a ticket.

        Lists the message thread of a ticket, oldest first, internal notes included.

        `GET /api/v1/teams/{teamId}/tickets/{ticketId}/messages`.

        Args:
            ticket_id: The ticket, by its `tkt_` id or its bare UUID.
            page: The page to return, counted from 1. Not documented by cStar; inferred.
            page_size: How many items a page holds. Not documented by cStar; inferred.
        """
        return Pager(
            self._client, _messages.LIST, (ticket_id,), {"page": page, "pageSize": page_size}, None, decode_message
        )

    def create(
        self,
        ticket_id: str,
        *,
        content: str,
        sender: MessageSender | Unset = UNSET,
        sender_name: str | Unset = UNSET,
        is_internal: bool | Unset = UNSET,
    ) -> Call[Message]:
        """Add a message to a ticket.

        Adds a message to the thread, as an agent unless asked otherwise. Raises the ticket's `messageCount`,
        touches its `updatedAt` and, with the first message of an agent, sets `firstResponseAt`. Sends
        `ticket.message_added`.

        `POST /api/v1/teams/{teamId}/tickets/{ticketId}/messages`, needs a secret key.

        Args:
            ticket_id: The ticket, by its `tkt_` id or its bare UUID.
            content: The text of the message.
            sender: Who writes it.
            sender_name: The name to show with it; the service chooses one when left out.
            is_internal: Whether it is a note for the team that customers do not see.
        """
        return Call(
            self._client,
            _messages.CREATE,
            (ticket_id,),
            None,
            {"content": content, "sender": sender, "senderName": sender_name, "isInternal": is_internal},
            decode_message,
        )
