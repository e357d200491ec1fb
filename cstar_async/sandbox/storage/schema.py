"""The tables of the sandbox's database, and how a file of the sandbox is recognised."""

from __future__ import annotations

APPLICATION_ID = 0x63537462
"""The application id in the header of the file: "cStb" in ASCII."""
OLDER_TABLES = {"facts", "documents"}
"""Tables by which a database of the sandbox without an application id is recognised."""
# Triggers keep the full-text index up to date.
SEARCHED = "('tickets', 'tickets/messages', 'customers', 'articles')"
WORDS = """
    coalesce(json_extract(new.body, '$.title'), json_extract(new.body, '$.name'), ''),
    coalesce(json_extract(new.body, '$.content') || ' ', '') || coalesce(json_extract(new.body, '$.email') || ' ', '')
    || coalesce(json_extract(new.body, '$.customerName') || ' ', '')
    || coalesce(json_extract(new.body, '$.excerpt') || ' ', '')
    || coalesce(json_extract(new.body, '$.notes') || ' ', '')
    || coalesce((SELECT group_concat(value, ' ') FROM json_each(new.body, '$.tags')), '')"""
# One table has the documents of all collections, so that a collection added to the contract needs no schema change.
# `place` is the order of creation, `owner` the id of the object above, `natural` a value that is unique in the
# collection (an email address, a slug). Most documents have no owner, unique value or customer; the partial indexes
# omit these, since each index adds a tenth to the cost of a write.
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS teams (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, slug TEXT UNIQUE NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, team TEXT NOT NULL, type TEXT NOT NULL, environment TEXT NOT NULL, id TEXT UNIQUE NOT NULL,
    name TEXT NOT NULL, created REAL NOT NULL, expires REAL, used REAL);
CREATE INDEX IF NOT EXISTS keys_of_team ON keys (team, type);
CREATE TABLE IF NOT EXISTS documents (
    place INTEGER PRIMARY KEY AUTOINCREMENT, team TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL,
    owner TEXT NOT NULL, natural TEXT, changed REAL NOT NULL, body TEXT NOT NULL,
    UNIQUE (team, collection, id));
CREATE UNIQUE INDEX IF NOT EXISTS by_natural ON documents (team, collection, natural) WHERE natural IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_owner ON documents (team, collection, owner, place);
CREATE INDEX IF NOT EXISTS owned ON documents (owner) WHERE owner != '';
CREATE INDEX IF NOT EXISTS of_customer ON documents (team, collection, json_extract(body, '$.customerId'))
    WHERE json_extract(body, '$.customerId') IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_external_id ON documents (team, collection, json_extract(body, '$.metadata.externalId'))
    WHERE json_extract(body, '$.metadata.externalId') IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_title ON documents (team, json_extract(body, '$.title')) WHERE collection = 'articles';
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER IF NOT EXISTS search_new AFTER INSERT ON documents WHEN new.collection IN {SEARCHED} BEGIN
    INSERT INTO search (rowid, title, text) VALUES (new.place, {WORDS}); END;
CREATE TRIGGER IF NOT EXISTS search_changed AFTER UPDATE ON documents WHEN new.collection IN {SEARCHED} BEGIN
    UPDATE search SET (title, text) = ({WORDS}) WHERE rowid = new.place; END;
CREATE TRIGGER IF NOT EXISTS search_gone AFTER DELETE ON documents WHEN old.collection IN {SEARCHED} BEGIN
    DELETE FROM search WHERE rowid = old.place; END;
CREATE TABLE IF NOT EXISTS counters (
    team TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (team, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    place INTEGER PRIMARY KEY AUTOINCREMENT, team TEXT NOT NULL, id TEXT UNIQUE NOT NULL, type TEXT NOT NULL,
    at REAL NOT NULL, request_id TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS events_of_team ON events (team, place);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER NOT NULL, team TEXT NOT NULL, webhook TEXT NOT NULL,
    attempts INTEGER NOT NULL, due REAL, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_queued ON deliveries (team, webhook, due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_held ON deliveries (webhook) WHERE state = 'held';
CREATE TABLE IF NOT EXISTS attempts (
    delivery INTEGER NOT NULL, attempt INTEGER NOT NULL, at REAL NOT NULL, status INTEGER, error TEXT, answer TEXT,
    milliseconds REAL NOT NULL, PRIMARY KEY (delivery, attempt)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replays (
    caller TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
    request_id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (caller, key)) WITHOUT ROWID;
"""  # noqa: S608  # only constants are inserted
