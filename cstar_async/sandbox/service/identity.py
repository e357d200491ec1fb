"""Who calls: keys, and the teams that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.service.results import not_found
from cstar_async.sandbox.storage.database import key_text

if TYPE_CHECKING:
    from cstar_async.sandbox.storage.database import Database

SECRET = "secret"  # noqa: S105  # a type of key, not a key
PUBLISHABLE = "publishable"
KEY_PREFIXES = {SECRET: "sk_test_", PUBLISHABLE: "pk_test_"}
KEYS_MADE = "keys"
"""The counter of the keys that a team was given since; a key is never made twice."""
VISITOR = "visitor"
"""Who comes without a key, to the public pages of a team."""


USE_NOTED_EVERY = 60.0
"""Seconds; to write at each request when its key was used would make every read a write."""


class Caller(NamedTuple):
    """Who sends a request: an API key and the team it belongs to."""

    key: str
    key_type: str
    environment: str
    team_id: str
    team_name: str
    team_slug: str


def add_key(
    store: Database, team: str, key: str, key_type: str, name: str, now: float, expires: float | None = None
) -> str:
    """Enter a test key of a team; its id."""
    key_id = store.new_id(team, "key_")
    sql = "INSERT INTO keys VALUES (?, ?, ?, 'test', ?, ?, ?, ?, NULL)"
    store.execute(sql, key, team, key_type, key_id, name, now, expires)
    return key_id


def new_key(store: Database, team: str, key_type: str) -> str:
    """The text of another test key."""
    number = store.next_number(team, KEYS_MADE)
    body = key_text(store.secret(team, key_type, number))
    return f"{KEY_PREFIXES[key_type]}{body}"


def find_team(store: Database, id_or_slug: str) -> Caller | None:
    """A visitor of a team's public pages, which are found by the team's id or its slug; None for no such team."""
    sql = "SELECT id, name, slug FROM teams WHERE id = ? OR slug = ?"
    row = store.execute(sql, id_or_slug, id_or_slug).fetchone()
    return None if row is None else Caller("", VISITOR, "test", *row)


def addressed_team(store: Database, path_part: str | None, key: str) -> str:
    """The id of the team that a request is about, right or wrong: of its path, else of its key; empty for none."""
    if path_part is not None:
        row = store.execute("SELECT id FROM teams WHERE id = ? OR slug = ?", path_part, path_part).fetchone()
    else:
        row = store.execute("SELECT team FROM keys WHERE key = ?", key).fetchone()
    return "" if row is None else str(row[0])


def find_caller(store: Database, key: str, now: float) -> Caller | None:
    """Whose key this is, None for a key that no team has or that has expired."""
    sql = """SELECT key, type, environment, teams.id, teams.name, teams.slug, used
             FROM keys JOIN teams ON teams.id = keys.team WHERE key = ? AND coalesce(expires > ?, 1)"""
    row = store.execute(sql, key, now).fetchone()
    if row is None:
        return None
    if row[-1] is None or now - row[-1] >= USE_NOTED_EVERY:
        store.execute("UPDATE keys SET used = ? WHERE key = ?", now, key)
    return Caller(*row[:-1])


def authenticate_visitor(store: Database, team: str) -> Caller:
    """A visitor of a team's public pages. Raises Problem 404 for a team that is not there."""
    caller = find_team(store, team)
    if caller is None:
        raise not_found("Team")
    return caller
