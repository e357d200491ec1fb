"""Full-text search over a team's data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import orjson

from cstar_async.sandbox.service.results import Result, invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

SCOPES = {"tickets": "ticket", "customers": "customer", "articles": "article"}
MESSAGES = "tickets/messages"
DEFAULT_LIMIT = 10
MAX_WORDS = 30
WORD = re.compile(r"\w+")


class Hit(NamedTuple):
    """A document that matches a search, and the text around the match."""

    scope: str
    document: Json
    snippet: str


def find(context: Context, text: str, scopes: Sequence[str], limit: int) -> list[Hit]:
    """Find the objects that have all words of a text, or words that begin with them; best first.

    A ticket is also found by its messages.
    """
    # Words are quoted, so that callers cannot use the query language of FTS5. Their number is limited, since each one
    # adds more to the time of SQLite's ranking than the one before.
    distinct = list(dict.fromkeys(word.lower() for word in WORD.findall(text)))[:MAX_WORDS]
    words = " ".join(f'"{word}"*' for word in distinct)
    if not words:
        return []
    collections = [*scopes, *([MESSAGES] if "tickets" in scopes else [])]
    sql = """SELECT collection, owner, body, snippet(search, -1, '', '', '...', 12) AS words
             FROM search JOIN documents ON place = search.rowid
             WHERE search MATCH ? AND team = ? AND collection IN (SELECT value FROM json_each(?))
             ORDER BY bm25(search, 4.0, 1.0), place DESC"""
    hits: dict[str, Hit] = {}
    rows = context.store.execute(sql, words, context.team, orjson.dumps(collections).decode())
    for found_in, owner, body, snippet in rows:
        collection: str = found_in
        document: Json | None = orjson.loads(body)
        if collection == MESSAGES:
            collection, document = "tickets", context.store.get(context.team, "tickets", owner)
        if document is not None:
            hits.setdefault(document["id"], Hit(collection, document, snippet))
        if len(hits) == limit:
            break
    return list(hits.values())


def query(context: Context) -> Result:
    """Search the team's tickets, customers and articles. Raises Problem 400 for an empty text."""
    text: str = context.query["q"]
    if not text.strip():
        raise invalid("The 'q' parameter must not be empty.", "q")
    scopes: list[str] = context.query.get("types") or list(SCOPES)
    hits = find(context, text, scopes, context.query.get("limit", DEFAULT_LIMIT))
    results = [
        {
            "object": "search_result",
            "type": SCOPES[hit.scope],
            "id": hit.document["id"],
            "title": hit.document.get("title") or hit.document.get("name") or "",
            "snippet": hit.snippet,
        }
        for hit in hits
    ]
    return Result(results)


HANDLERS: dict[str, Handler] = {"search.query": query}
