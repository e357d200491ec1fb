# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Auth: the operations."""

from cstar_async._generated_api import Operation

WHOAMI = Operation(
    id="auth.whoami",
    tag="Auth",
    method="GET",
    path="/api/v1/auth/whoami",
    segments=("/api/v1/auth/whoami",),
    path_params=(),
    team=False,
    params=(),
    body="",
    body_required=False,
    result="Whoami",
    content="json",
    is_list=False,
    envelope="data",
    status=200,
    key="any",
    pagination="none",
    idempotent=False,
    bulk=None,
    id_prefix="",
    source="docs",
    deprecated=False,
    summary="Ask whose key this is",
    description="Tells the team, the type and the environment of the key that is sent. It is the one endpoint that needs a key but no team id; the SDK uses it to find the team id when none is given.",
    risk="read",
)
