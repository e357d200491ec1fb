# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Export: the operations."""

from cstar_async._generated_api import Operation, Param

CREATE = Operation(
    id="exports.create",
    tag="Export",
    method="POST",
    path="/api/v1/teams/{teamId}/export",
    segments=("/api/v1/teams/", "/export"),
    path_params=("teamId",),
    team=True,
    params=(
        Param(
            name="resources",
            argument="resources",
            location="body",
            type="array",
            items="object",
            required=True,
            description="The resources to export; exactly one for CSV.",
            source="docs",
        ),
        Param(
            name="format",
            argument="format",
            location="body",
            type="string",
            values=("json", "csv"),
            default="json",
            description="How the rows are written.",
        ),
    ),
    body="ExportCreate",
    body_required=True,
    result="ExportResult",
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
    summary="Export data",
    description="Exports up to 10,000 rows per resource and answers when it is done. JSON may hold several resources, CSV exactly one. The answer is always the JSON envelope; CSV text comes in `csv`. The key needs the `export_data` permission.",
    risk="read",
)
