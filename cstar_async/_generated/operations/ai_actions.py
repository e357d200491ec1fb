# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""AI Actions: the operations."""

from cstar_async._generated_api import Operation, Param

RUN = Operation(
    id="ai.run",
    tag="AI Actions",
    method="POST",
    path="/api/v1/teams/{teamId}/ai",
    segments=("/api/v1/teams/", "/ai"),
    path_params=("teamId",),
    team=True,
    params=(
        Param(
            name="action",
            argument="action",
            location="body",
            type="string",
            required=True,
            values=("auto-tag", "suggest-reply", "summarize", "improve"),
            description="What the model is to do. It tags a ticket, drafts a reply, sums up a conversation or refines a text.",
        ),
        Param(
            name="ticketId",
            argument="ticket_id",
            location="body",
            type="string",
            description="The ticket to work on; needed for `auto-tag`, `suggest-reply` and `summarize`.",
            source="docs",
        ),
        Param(
            name="text",
            argument="text",
            location="body",
            type="string",
            description="The draft to refine; needed for `improve`.",
            source="docs",
        ),
    ),
    body="AIRun",
    body_required=True,
    result="AIResult",
    content="json",
    is_list=False,
    envelope="data",
    status=200,
    key="secret",
    pagination="none",
    idempotent=True,
    bulk=None,
    id_prefix="",
    source="seed",
    deprecated=False,
    summary="Run an AI action",
    description="Lets the service's language model work on a ticket or a text. `auto-tag`, `suggest-reply` and `summarize` need `ticketId`, `improve` needs `text`. `auto-tag` tags the ticket; the others only answer and change nothing.",
)
