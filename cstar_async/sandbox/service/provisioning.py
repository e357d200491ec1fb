"""Making a team, and emptying it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.resources.community import add_first_topics
from cstar_async.sandbox.resources.roles import add_founders
from cstar_async.sandbox.storage.database import key_text

from .identity import KEY_PREFIXES, KEYS_MADE, add_key

if TYPE_CHECKING:
    from cstar_async.sandbox.storage.database import Database


class TeamKeys(NamedTuple):
    """A team and its two test keys. Live keys, with a data set of their own, are not there yet."""

    id: str
    name: str
    slug: str
    secret_key: str
    publishable_key: str


def create_team(store: Database, name: str | None, now: float) -> TeamKeys:
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
        add_founders(store, team_id, slug, now)
        add_first_topics(store, team_id, now)
    return TeamKeys(team_id, name, slug, *keys)


def empty_team(store: Database, team: str, slug: str, now: float) -> None:
    """Take everything from a team but its name and its keys. The caller holds a transaction.

    Ids are not given out again: a receiver that remembers the ids of events would take new ones for old ones.
    """
    store.execute("DELETE FROM attempts WHERE delivery IN (SELECT number FROM deliveries WHERE team = ?)", team)
    store.execute("DELETE FROM replays WHERE caller IN (SELECT key FROM keys WHERE team = ?)", team)
    store.execute("DELETE FROM counters WHERE team = ? AND name != ?", team, KEYS_MADE)
    store.delete_all(team)
    for table in ("deliveries", "events"):
        store.execute(f"DELETE FROM {table} WHERE team = ?", team)  # noqa: S608  # the names stand above
    add_founders(store, team, slug, now)
    add_first_topics(store, team, now)


def first_team(store: Database) -> TeamKeys | None:
    """The team that was made first, None in a new database."""
    row = store.execute("SELECT id, name, slug FROM teams ORDER BY number LIMIT 1").fetchone()
    if row is None:
        return None
    sql = "SELECT key FROM keys WHERE team = ? AND type = ? ORDER BY rowid LIMIT 1"
    found = [store.execute(sql, row[0], key_type).fetchone() for key_type in KEY_PREFIXES]
    # A team whose keys were all revoked has none; an empty one is refused where it is used.
    return TeamKeys(*row, *("" if each is None else each[0] for each in found))
