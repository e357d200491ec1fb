"""Full-text search, over the team's data and over what the public can read."""

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
MOST_WORDS = 30
WORD = re.compile(r"\w+")


class Hit(NamedTuple):
    """A document that was found, the best first, and the words around what was found."""

    scope: str
    document: Json
    snippet: str


def find(context: Context, text: str, scopes: Sequence[str], limit: int) -> list[Hit]:
    """The objects that have all words of a text, or words that begin so; a ticket also by its messages."""
    # Quoted, the words are only words: the query language of FTS5 is not the caller's.
    # Each once, and not too many: SQLite's ranking takes longer with each by more than the one before.
    distinct = list(dict.fromkeys(word.lower() for word in WORD.findall(text)))[:MOST_WORDS]
    words = " ".join(f'"{word}"*' for word in distinct)
    if not words:
        return []
    collections = [*scopes, *([MESSAGES] if "tickets" in scopes else [])]
    marks = ", ".join("?" * len(collections))
    sql = f"""SELECT collection, owner, body, snippet(search, -1, '', '', '...', 12) AS words
              FROM search JOIN documents ON place = search.rowid
              WHERE search MATCH ? AND team = ? AND collection IN ({marks})
              ORDER BY bm25(search, 4.0, 1.0), place DESC"""  # noqa: S608  # marks are question marks
    hits: dict[str, Hit] = {}
    for found_in, owner, body, snippet in context.store.execute(sql, words, context.team, *collections):
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
    """Search the team's tickets, customers and articles."""
    text: str = context.query["q"]
    if not text.strip():
        raise invalid("The 'q' parameter must not be empty.", "q")
    scopes: list[str] = context.query.get("types") or list(SCOPES)
    hits = find(context, text, scopes, context.query.get("limit", DEFAULT_LIMIT))
    return Result([
        {
            "object": "search_result",
            "type": SCOPES[hit.scope],
            "id": hit.document["id"],
            "title": hit.document.get("title") or hit.document.get("name") or "",
            "snippet": hit.snippet,
        }
        for hit in hits
    ])  # fmt: skip


HANDLERS: dict[str, Handler] = {"search.query": query}
