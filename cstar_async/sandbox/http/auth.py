"""Authentication: the checks of the API key, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.identity import PUBLISHABLE, Caller, find_caller
from cstar_async.sandbox.service.results import Problem

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.storage.database import Database

KEY_PREFIXES = ("sk_live_", "sk_test_", "pk_live_", "pk_test_")


def authenticate(store: Database, authorization: str | None, now: float) -> Caller:
    """Return the caller to whom the key in an Authorization header belongs. Raises Problem 401."""
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise _unauthorized("authentication_required", "Send your API key as 'Authorization: Bearer <key>'")
    if not key.startswith(KEY_PREFIXES):
        raise _unauthorized("invalid_key_format", "An API key starts with sk_live_, sk_test_, pk_live_ or pk_test_")
    caller = find_caller(store, key, now) if key.isascii() else None
    if caller is None:
        raise _unauthorized("invalid_api_key", "Invalid or expired API key")
    return caller


def check_team(caller: Caller, team_id: str | None) -> None:
    """Refuse the path of another team, without revealing whether that team exists. Raises Problem 403."""
    if team_id is not None and team_id != caller.team_id:
        raise _forbidden("team_access_denied", "This API key belongs to another team")


def check_key_type(caller: Caller, operation: Operation | None) -> None:
    """Refuse a publishable key for an operation that needs a secret one. Raises Problem 403."""
    if operation is None or operation.key != "secret" or caller.key_type != PUBLISHABLE:
        return
    if operation.method == "GET":
        raise _forbidden("insufficient_permissions", "Secret key required for this endpoint")
    prefix = caller.key[: len(KEY_PREFIXES[0])]
    raise _forbidden("publishable_key_write", f"Publishable keys ({prefix}) can only read. Use a secret key (sk_)")


def _unauthorized(code: str, message: str) -> Problem:
    return Problem(401, "authentication_error", code, message)


def _forbidden(code: str, message: str) -> Problem:
    # The documentation lists five types of errors; authorization_error is not among them.
    return Problem(403, "authentication_error", code, message)
