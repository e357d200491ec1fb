"""Teams and their keys."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from .people import found_team
from .store import key_text
from .text import slug_of

if TYPE_CHECKING:
    from .store import Store

SECRET = "secret"  # noqa: S105 - a type of key, not a key
PUBLISHABLE = "publishable"
VISITOR = "visitor"
"""Who comes without a key, to the public pages of a team."""


class Caller(NamedTuple):
    """Who sends a request: an API key and the team it belongs to."""

    key: str
    key_type: str
    environment: str
    team_id: str
    team_name: str
    team_slug: str


class TeamKeys(NamedTuple):
    """A team and its two test keys. Live keys, with a data set of their own, are not there yet."""

    id: str
    name: str
    slug: str
    secret_key: str
    publishable_key: str


def create_team(store: Store, name: str | None, now: float) -> TeamKeys:
    """Make a team with a secret and a publishable test key, all of them given by the seed and the team's number."""
    with store.transaction():
        number: int = store.execute("SELECT coalesce(max(number), 0) + 1 FROM teams").fetchone()[0]
        team_id = str(uuid.UUID(bytes=store.digest("team", number), version=4))
        name = name or f"Team {number}"
        slug = slug_of(name)
        if store.execute("SELECT 1 FROM teams WHERE slug = ?", slug).fetchone():
            slug = f"{slug}-{number}"
        store.execute("INSERT INTO teams (number, id, name, slug) VALUES (?, ?, ?, ?)", number, team_id, name, slug)
        keys: list[str] = []
        for prefix, key_type in (("sk_test_", SECRET), ("pk_test_", PUBLISHABLE)):
            body = key_text(store.digest(key_type, number, 1) + store.digest(key_type, number, 2))
            keys.append(prefix + body)
            store.execute("INSERT INTO keys VALUES (?, ?, ?, 'test')", keys[-1], team_id, key_type)
        found_team(store, team_id, slug, now)
    return TeamKeys(team_id, name, slug, *keys)


def first_team(store: Store) -> TeamKeys | None:
    """The team that was made first, None in a new database."""
    row = store.execute("SELECT id, name, slug FROM teams ORDER BY number LIMIT 1").fetchone()
    if row is None:
        return None
    # "secret" sorts after "publishable".
    keys = [key for (key,) in store.execute("SELECT key FROM keys WHERE team = ? ORDER BY type DESC", row[0])]
    return TeamKeys(*row, *keys)


def find_team(store: Store, id_or_slug: str) -> Caller | None:
    """A visitor of a team's public pages, which are found by the team's id or its slug; None for no such team."""
    sql = "SELECT id, name, slug FROM teams WHERE id = ? OR slug = ?"
    row = store.execute(sql, id_or_slug, id_or_slug).fetchone()
    return None if row is None else Caller("", VISITOR, "test", *row)


def find_caller(store: Store, key: str) -> Caller | None:
    """Whose key this is, None for a key that no team has."""
    sql = """SELECT key, type, environment, teams.id, teams.name, teams.slug
             FROM keys JOIN teams ON teams.id = keys.team WHERE key = ?"""
    row = store.execute(sql, key).fetchone()
    return None if row is None else Caller(*row)
