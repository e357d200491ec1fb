"""The API keys of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.events import audit
from cstar_async.sandbox.service.identity import SECRET, add_key, new_key
from cstar_async.sandbox.service.results import Result, invalid, not_found
from cstar_async.sandbox.service.validation import parse_time
from cstar_async.sandbox.storage.database import KEY_SHOWN

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler


def list_keys(context: Context) -> Result:
    """The keys of the team, oldest first, with their prefixes only."""
    sql = "SELECT id, name, key, type, environment, used, expires, created FROM keys WHERE team = ? ORDER BY rowid"
    return Result([_key(row) for row in context.store.execute(sql, context.team)])


def create_key(context: Context) -> Result:
    """Create a key, which no later answer shows. Raises Problem 400 for a live key: the sandbox has test keys only."""
    body = context.body
    if body.get("environment", "test") != "test":
        raise invalid("The 'environment' field must be 'test': the sandbox has no live keys.", "environment")
    expires = None if body.get("expiresAt") is None else parse_time(body["expiresAt"], "expiresAt")
    if expires is not None and expires <= context.now:
        raise invalid("The 'expiresAt' field must be in the future.", "expiresAt")
    key_type: str = body.get("keyType", SECRET)
    key = new_key(context.store, context.team, key_type)
    key_id = add_key(context.store, context.team, key, key_type, body["name"], context.now, expires)
    audit(context, "api_key.created", "api_key", key_id, {"name": body["name"], "keyType": key_type})
    row = (key_id, body["name"], key, key_type, "test", None, expires, context.now)
    return Result(_key(row) | {"key": key}, status=201)


def revoke_key(context: Context) -> Result:
    """Revoke a key at once, even if it is the key of this request."""
    key_id = context.path["keyId"]
    sql = "DELETE FROM keys WHERE team = ? AND id = ? RETURNING id"
    if context.store.execute(sql, context.team, key_id).fetchone() is None:
        raise not_found("API key")
    audit(context, "api_key.revoked", "api_key", key_id)
    return Result({"deleted": True, "id": key_id, "object": "api_key"})


def _key(row: tuple[Any, ...]) -> Json:
    key_id, name, key, key_type, environment, used, expires, created = row
    return {
        "id": key_id,
        "object": "api_key",
        "name": name,
        "prefix": key[:KEY_SHOWN],
        "keyType": key_type,
        "environment": environment,
        "lastUsedAt": None if used is None else iso_time(used),
        "expiresAt": None if expires is None else iso_time(expires),
        "createdAt": iso_time(created),
    }


HANDLERS: dict[str, Handler] = {
    "keys.list": list_keys,
    "keys.create": create_key,
    "keys.revoke": revoke_key,
}
