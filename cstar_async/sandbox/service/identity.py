"""Callers: API keys and their teams, and visitors of public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.service.results import not_found
from cstar_async.sandbox.storage.database import key_text

if TYPE_CHECKING:
    from cstar_async.sandbox.storage.database import Database

SECRET = "secret"  # noqa: S105  # a type of key, not a key
PUBLISHABLE = "publishable"
KEY_PREFIXES = {SECRET: "sk_test_", PUBLISHABLE: "pk_test_"}
KEYS_COUNTER = "keys"
"""The counter of the keys that were added to a team, so that no key is generated twice."""
VISITOR = "visitor"
"""The key type of callers of a team's public pages, who send no API key."""
USE_INTERVAL = 60.0
"""Seconds between two updates of a key's last use, so that not every read writes."""


class Caller(NamedTuple):
    """The sender of a request: an API key and its team."""

    key: str
    key_type: str
    environment: str
    team_id: str
    team_name: str
    team_slug: str


def add_key(
    store: Database, team: str, key: str, key_type: str, name: str, now: float, expires: float | None = None
) -> str:
    """Store a test key of a team. Returns its id."""
    key_id = store.new_id(team, "key_")
    sql = "INSERT INTO keys VALUES (?, ?, ?, 'test', ?, ?, ?, ?, NULL)"
    store.execute(sql, key, team, key_type, key_id, name, now, expires)
    return key_id


def new_key(store: Database, team: str, key_type: str) -> str:
    """Generate another test key for a team. Returns its text."""
    number = store.next_number(team, KEYS_COUNTER)
    body = key_text(store.secret(team, key_type, number))
    return f"{KEY_PREFIXES[key_type]}{body}"


def find_team(store: Database, id_or_slug: str) -> Caller | None:
    """A visitor of the public pages of the team with this id or slug; None if there is no such team."""
    sql = "SELECT id, name, slug FROM teams WHERE id = ? OR slug = ?"
    row = store.execute(sql, id_or_slug, id_or_slug).fetchone()
    return None if row is None else Caller("", VISITOR, "test", *row)


def addressed_team(store: Database, path_part: str | None, key: str) -> str:
    """The id of the team in the path of a request, else of its key, whether or not it is authorized; empty for none."""
    if path_part is not None:
        row = store.execute("SELECT id FROM teams WHERE id = ? OR slug = ?", path_part, path_part).fetchone()
    else:
        row = store.execute("SELECT team FROM keys WHERE key = ?", key).fetchone()
    return "" if row is None else str(row[0])


def find_caller(store: Database, key: str, now: float) -> Caller | None:
    """The caller with this API key, None if the key is unknown or expired."""
    sql = """SELECT key, type, environment, teams.id, teams.name, teams.slug, used
             FROM keys JOIN teams ON teams.id = keys.team WHERE key = ? AND coalesce(expires > ?, 1)"""
    row = store.execute(sql, key, now).fetchone()
    if row is None:
        return None
    if row[-1] is None or now - row[-1] >= USE_INTERVAL:
        store.execute("UPDATE keys SET used = ? WHERE key = ?", now, key)
    return Caller(*row[:-1])


def authenticate_visitor(store: Database, team: str) -> Caller:
    """A visitor of a team's public pages. Raises Problem 404 for an unknown team."""
    caller = find_team(store, team)
    if caller is None:
        raise not_found("Team")
    return caller
