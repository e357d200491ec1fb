"""Teams and their keys."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.resources.community import found_community
from cstar_async.sandbox.resources.roles import found_team
from cstar_async.sandbox.storage.database import key_text

if TYPE_CHECKING:
    from cstar_async.sandbox.storage.database import Store

SECRET = "secret"  # noqa: S105 - a type of key, not a key
PUBLISHABLE = "publishable"
KEY_PREFIXES = {SECRET: "sk_test_", PUBLISHABLE: "pk_test_"}
KEY_SHOWN = 12
"""Characters of a key that may be told: its kind and a little more."""
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


class TeamKeys(NamedTuple):
    """A team and its two test keys. Live keys, with a data set of their own, are not there yet."""

    id: str
    name: str
    slug: str
    secret_key: str
    publishable_key: str


def create_team(store: Store, name: str | None, now: float) -> TeamKeys:
    """Make a team with a secret and a publishable test key.

    Its id follows from the seed, the name, and how many teams of this name came before: a team that is named after
    a test has the same ids whichever other tests run. So do its keys, if a seed was given.
    """
    with store.transaction():
        number: int = store.execute("SELECT coalesce(max(number), 0) + 1 FROM teams").fetchone()[0]
        name = name or f"Team {number}"
        mark = (name, store.next_number("", f"teams named {name}"))
        team_id = str(uuid.UUID(bytes=store.digest("team", *mark), version=4))
        slug = slug_of(name)
        if store.execute("SELECT 1 FROM teams WHERE slug = ?", slug).fetchone():
            slug = f"{slug}-{number}"
        store.execute("INSERT INTO teams (number, id, name, slug) VALUES (?, ?, ?, ?)", number, team_id, name, slug)
        keys: list[str] = []
        for key_type, prefix in KEY_PREFIXES.items():
            body = key_text(store.secret(key_type, *mark))
            keys.append(prefix + body)
            add_key(store, team_id, keys[-1], key_type, f"First {key_type} key", now)
        found_team(store, team_id, slug, now)
        found_community(store, team_id, now)
    return TeamKeys(team_id, name, slug, *keys)


def empty_team(store: Store, team: str, slug: str, now: float) -> None:
    """Take everything from a team but its name and its keys. The caller holds a transaction.

    Ids are not given out again: a receiver that remembers the ids of events would take new ones for old ones.
    """
    store.execute("DELETE FROM attempts WHERE delivery IN (SELECT number FROM deliveries WHERE team = ?)", team)
    store.execute("DELETE FROM replays WHERE caller IN (SELECT key FROM keys WHERE team = ?)", team)
    store.execute("DELETE FROM counters WHERE team = ? AND name != ?", team, KEYS_MADE)
    store.delete_all(team)
    for table in ("deliveries", "events"):
        store.execute(f"DELETE FROM {table} WHERE team = ?", team)  # noqa: S608 - the names stand above
    found_team(store, team, slug, now)
    found_community(store, team, now)


def add_key(
    store: Store, team: str, key: str, key_type: str, name: str, now: float, expires: float | None = None
) -> str:
    """Enter a test key of a team; its id."""
    key_id = store.new_id(team, "key_")
    sql = "INSERT INTO keys VALUES (?, ?, ?, 'test', ?, ?, ?, ?, NULL)"
    store.execute(sql, key, team, key_type, key_id, name, now, expires)
    return key_id


def new_key(store: Store, team: str, key_type: str) -> str:
    """The text of another test key."""
    number = store.next_number(team, KEYS_MADE)
    body = key_text(store.secret(team, key_type, number))
    return f"{KEY_PREFIXES[key_type]}{body}"


def first_team(store: Store) -> TeamKeys | None:
    """The team that was made first, None in a new database."""
    row = store.execute("SELECT id, name, slug FROM teams ORDER BY number LIMIT 1").fetchone()
    if row is None:
        return None
    sql = "SELECT key FROM keys WHERE team = ? AND type = ? ORDER BY rowid LIMIT 1"
    found = [store.execute(sql, row[0], key_type).fetchone() for key_type in KEY_PREFIXES]
    # A team whose keys were all revoked has none; an empty one is refused where it is used.
    return TeamKeys(*row, *("" if each is None else each[0] for each in found))


def find_team(store: Store, id_or_slug: str) -> Caller | None:
    """A visitor of a team's public pages, which are found by the team's id or its slug; None for no such team."""
    sql = "SELECT id, name, slug FROM teams WHERE id = ? OR slug = ?"
    row = store.execute(sql, id_or_slug, id_or_slug).fetchone()
    return None if row is None else Caller("", VISITOR, "test", *row)


def team_addressed(store: Store, path_part: str | None, key: str) -> str:
    """The id of the team that a request is about, right or wrong: of its path, else of its key; empty for none."""
    if path_part is not None:
        row = store.execute("SELECT id FROM teams WHERE id = ? OR slug = ?", path_part, path_part).fetchone()
    else:
        row = store.execute("SELECT team FROM keys WHERE key = ?", key).fetchone()
    return "" if row is None else str(row[0])


def find_caller(store: Store, key: str, now: float) -> Caller | None:
    """Whose key this is, None for a key that no team has or that has expired."""
    sql = """SELECT key, type, environment, teams.id, teams.name, teams.slug, used
             FROM keys JOIN teams ON teams.id = keys.team WHERE key = ? AND coalesce(expires > ?, 1)"""
    row = store.execute(sql, key, now).fetchone()
    if row is None:
        return None
    if row[-1] is None or now - row[-1] >= USE_NOTED_EVERY:
        store.execute("UPDATE keys SET used = ? WHERE key = ?", now, key)
    return Caller(*row[:-1])
