"""Creates teams and empties them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.resources.community import add_first_topics
from cstar_async.sandbox.resources.roles import add_founders
from cstar_async.sandbox.storage.database import key_text

from .identity import KEY_PREFIXES, KEYS_COUNTER, add_key

if TYPE_CHECKING:
    from cstar_async.sandbox.storage.database import Database


class TeamKeys(NamedTuple):
    """A team and its two test keys. The sandbox does not emulate live keys, which have their own data."""

    id: str
    name: str
    slug: str
    secret_key: str
    publishable_key: str


def create_team(store: Database, name: str | None, now: float) -> TeamKeys:
    """Create a team with a secret and a publishable test key.

    Its id depends on the seed, the name, and how many teams had the name before, so a team that is named after a test
    has the same ids whichever other tests run. With a seed, it has the same keys too.
    """
    with store.transaction():
        number: int = store.execute("SELECT coalesce(max(number), 0) + 1 FROM teams").fetchone()[0]
        name = name or f"Team {number}"
        identity = (name, store.next_number("", f"teams named {name}"))
        team_id = str(uuid.UUID(bytes=store.digest("team", *identity), version=4))
        slug = slug_of(name)
        if store.execute("SELECT 1 FROM teams WHERE slug = ?", slug).fetchone():
            slug = f"{slug}-{number}"
        store.execute("INSERT INTO teams (number, id, name, slug) VALUES (?, ?, ?, ?)", number, team_id, name, slug)
        keys: list[str] = []
        for key_type, prefix in KEY_PREFIXES.items():
            body = key_text(store.secret(key_type, *identity))
            keys.append(prefix + body)
            add_key(store, team_id, keys[-1], key_type, f"First {key_type} key", now)
        add_founders(store, team_id, slug, now)
        add_first_topics(store, team_id, now)
    return TeamKeys(team_id, name, slug, *keys)


def empty_team(store: Database, team: str, slug: str, now: float) -> None:
    """Reset a team to its first members and topics; it keeps its name and keys. The caller holds a transaction.

    Ids are not reused: a receiver that remembers the ids of events would take new events for old ones.
    """
    store.execute("DELETE FROM attempts WHERE delivery IN (SELECT number FROM deliveries WHERE team = ?)", team)
    store.execute("DELETE FROM replays WHERE caller IN (SELECT key FROM keys WHERE team = ?)", team)
    store.execute("DELETE FROM counters WHERE team = ? AND name != ?", team, KEYS_COUNTER)
    store.delete_all(team)
    store.execute("DELETE FROM deliveries WHERE team = ?", team)
    store.execute("DELETE FROM events WHERE team = ?", team)
    add_founders(store, team, slug, now)
    add_first_topics(store, team, now)


def first_team(store: Database) -> TeamKeys | None:
    """The oldest team, None in a new database."""
    row = store.execute("SELECT id, name, slug FROM teams ORDER BY number LIMIT 1").fetchone()
    if row is None:
        return None
    sql = "SELECT key FROM keys WHERE team = ? AND type = ? ORDER BY rowid LIMIT 1"
    found = [store.execute(sql, row[0], key_type).fetchone() for key_type in KEY_PREFIXES]
    # All keys of a type may have been revoked.
    return TeamKeys(*row, *("" if each is None else each[0] for each in found))
