"""AI actions by plain rules, without a language model.

`auto-tag`: the team's tags that occur in the ticket, then its most frequent words. `suggest-reply`: a form letter that
names a public article. `summarize`: the first sentences of the first and the last two messages. `improve`: spaces,
capital letters and full stops.
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

MAX_TAGS = 3
MIN_WORD_LENGTH = 4
STOP_WORDS = frozenset((
    "about", "after", "again", "also", "and", "because", "been", "before", "being", "but", "can", "cannot",
    "could", "does", "doing", "down", "each", "for", "from", "further", "had", "has", "have", "having", "hello",
    "help", "here", "how", "into", "its", "just", "more", "most", "not", "now", "off", "once", "only", "other",
    "our", "out", "over", "own", "please", "same", "she", "should", "some", "such", "than", "thanks", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "too", "under",
    "until", "very", "was", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with",
    "would", "you", "your", "yours",
))  # fmt: skip
SENTENCE = re.compile(r"(?<=[.!?])\s+")


def run(context: Context) -> Result:
    """Run one action. Raises Problem 400 if a field that it needs is missing, 404 if the ticket does not exist."""
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
    """The team's tags that the ticket mentions, then its most frequent words, without stop words."""
    words = [word.casefold() for text in _texts(ticket, messages) for word in WORD.findall(text)]
    known = [name for name in tag_counts(context) if name.casefold() in words]
    counts = Counter(
        word for word in words if len(word) >= MIN_WORD_LENGTH and word not in STOP_WORDS and word.isalpha()
    )
    frequent = [word for word, _ in sorted(counts.items(), key=lambda each: (-each[1], words.index(each[0])))]
    return list(dict.fromkeys([*sorted(known), *frequent]))[:MAX_TAGS]


def suggest_reply(context: Context, ticket: Json) -> str:
    """A form letter that names a public article which shares a word with the ticket's title."""
    name = (ticket.get("customerName") or "there").partition(" ")[0]
    words = [each for each in WORD.findall(ticket["title"]) if len(each) >= MIN_WORD_LENGTH]
    found = (hit.document for word in words for hit in find(context, word, ["articles"], 5))
    article = next((each for each in found if is_published(each)), None)
    mention = f' Our article "{article["title"]}" may help already.' if article else ""
    return f'Hi {name}, thank you for writing to us about "{ticket["title"]}".{mention} We are looking into it.'


def summarize(ticket: Json, messages: list[Json]) -> str:
    """The title and the first sentences of the first and the last two messages."""
    chosen = messages[:1] + messages[1:][-2:]
    parts = [f"{each['senderName']}: {SENTENCE.split(each['content'].strip())[0]}" for each in chosen]
    return " ".join([f"{ticket['title'].rstrip('.')} ({ticket['status']}, {ticket['priority']}).", *parts])


def improve(text: str) -> str:
    """The text with one space between words, a capital letter at the start of sentences, and a full stop at the end."""
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
