"""AI actions without a language model: a few plain rules, which is all that the sandbox claims for them.

`auto-tag`: the team's tags that stand in the ticket, else its most frequent words. `suggest-reply`: a fixed letter
with the public article that fits best. `summarize`: the first sentence of the first and of the last messages.
`improve`: spaces, capital letters and full stops.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Result, missing, not_found

from .articles import is_published
from .search import WORD, find
from .tags import tag_counts

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

TAGS = 3
SHORTEST_WORD = 4
COMMON = frozenset((
    "about", "after", "again", "also", "and", "because", "been", "before", "being", "but", "can", "cannot",
    "could", "does", "doing", "down", "each", "for", "from", "further", "had", "has", "have", "having", "hello",
    "help", "here", "how", "into", "its", "just", "more", "most", "not", "now", "off", "once", "only", "other",
    "our", "out", "over", "own", "please", "same", "she", "should", "some", "such", "than", "thanks", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "too", "under",
    "until", "very", "was", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with",
    "would", "you", "your", "yours",
))  # fmt: skip
"""Words that say nothing about what a ticket is about."""
SENTENCE = re.compile(r"(?<=[.!?])\s+")


def run(context: Context) -> Result:
    """Carry out one action. Raises Problem 400 for what it needs, 404 for a ticket that is not there."""
    action: str = context.body["action"]
    if action == "improve":
        text = context.body.get("text")
        if text is None:
            raise missing("text")
        result: Json = {"text": improve(text)}
    else:
        ticket, messages = _ticket(context)
        match action:
            case "auto-tag":
                result = {"tags": suggest_tags(context, ticket, messages)}
            case "suggest-reply":
                result = {"suggestion": suggest_reply(context, ticket)}
            case _:  # summarize, the last of the contract's enum
                result = {"summary": summarize(ticket, messages)}
    return Result({"object": "ai_result", "action": action, "result": result})


def suggest_tags(context: Context, ticket: Json, messages: list[Json]) -> list[str]:
    """Tags of the team that the ticket mentions, then its most frequent words that mean something."""
    said = [word.casefold() for text in _texts(ticket, messages) for word in WORD.findall(text)]
    known = [name for name in tag_counts(context) if name.casefold() in said]
    words = Counter(word for word in said if len(word) >= SHORTEST_WORD and word not in COMMON and word.isalpha())
    frequent = [word for word, _ in sorted(words.items(), key=lambda each: (-each[1], said.index(each[0])))]
    return list(dict.fromkeys([*sorted(known), *frequent]))[:TAGS]


def suggest_reply(context: Context, ticket: Json) -> str:
    """A polite letter, with the public article that shares a word with the title."""
    name = (ticket.get("customerName") or "there").partition(" ")[0]
    words = [each for each in WORD.findall(ticket["title"]) if len(each) >= SHORTEST_WORD]
    found = (hit.document for word in words for hit in find(context, word, ["articles"], 5))
    article = next((each for each in found if is_published(each)), None)
    pointer = f' Our article "{article["title"]}" may help already.' if article else ""
    return f'Hi {name}, thank you for writing to us about "{ticket["title"]}".{pointer} We are looking into it.'


def summarize(ticket: Json, messages: list[Json]) -> str:
    """The title and the first sentences of the first and the last two messages."""
    chosen = messages[:1] + messages[1:][-2:]
    parts = [f"{each['senderName']}: {SENTENCE.split(each['content'].strip())[0]}" for each in chosen]
    return " ".join([f"{ticket['title'].rstrip('.')} ({ticket['status']}, {ticket['priority']}).", *parts])


def improve(text: str) -> str:
    """One space between words, a capital at the beginning of sentences, a full stop at the end."""
    sentences = SENTENCE.split(" ".join(text.split()))
    tidy = " ".join(each[:1].upper() + each[1:] for each in sentences)
    return tidy if not tidy or tidy[-1] in ".!?" else tidy + "."


def _ticket(context: Context) -> tuple[Json, list[Json]]:
    ticket_id = context.body.get("ticketId")
    if ticket_id is None:
        raise missing("ticketId")
    ticket = context.store.get(context.team, "tickets", ticket_id)
    if ticket is None:
        raise not_found("Ticket")
    return ticket, context.store.select(context.team, "tickets/messages", owner=ticket_id, order="place")


def _texts(ticket: Json, messages: list[Json]) -> list[str]:
    return [ticket["title"], ticket.get("notes") or "", *(each["content"] for each in messages)]


HANDLERS: dict[str, Handler] = {"ai.run": run}
