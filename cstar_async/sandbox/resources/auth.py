"""The owner of an API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Result

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Context


def whoami(context: Context) -> Result:
    """The team, the type and the environment of the calling key."""
    caller = context.caller
    answer = {
        "teamId": caller.team_id,
        "teamName": caller.team_name,
        "teamSlug": caller.team_slug,
        "keyType": caller.key_type,
        "environment": caller.environment,
    }
    return Result(answer)
