# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""AI Actions: the methods."""

from __future__ import annotations

from cstar_async._generated_api import UNSET, BaseClient, Call, Unset

from ..models.ai_actions import AIAction, AIResult, decode_ai_result
from ..operations import ai_actions as _ai_actions


class Ai:
    """`ai`: AI Actions."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def run(self, *, action: AIAction, ticket_id: str | Unset = UNSET, text: str | Unset = UNSET) -> Call[AIResult]:
        """Run an AI action.

        Lets the service's language model work on a ticket or a text. `auto-tag`, `suggest-reply` and `summarize`
        need `ticketId`, `improve` needs `text`. `auto-tag` tags the ticket; the others only answer and change
        nothing.

        `POST /api/v1/teams/{teamId}/ai`, needs a secret key.

        Args:
            action: What the model is to do. It tags a ticket, drafts a reply, sums up a conversation or refines a
                text.
            ticket_id: The ticket to work on; needed for `auto-tag`, `suggest-reply` and `summarize`. From cStar's
                public documentation.
            text: The draft to refine; needed for `improve`. From cStar's public documentation.
        """
        return Call(
            self._client,
            _ai_actions.RUN,
            (),
            None,
            {"action": action, "ticketId": ticket_id, "text": text},
            decode_ai_result,
        )
