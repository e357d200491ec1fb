"""The table of docs/fidelity.md: for each operation what is documented, inferred or simplified.

`python -m cstar_async.sandbox.contract.fidelity` prints it, `make docs` writes the file. Sources come from the
contract, simplifications from the list in this module.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from .document import Contract, load_contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cstar_async._core.operation import Operation

EVERYWHERE = "everywhere"
INFERRED = "inferred"
SHOWN_SOURCES = {
    "spec": "in the service's document",
    "seed": "documented (seed)",
    "docs": "documented (site)",
    INFERRED: "inferred",
}

SIMPLIFIED: tuple[tuple[str, str], ...] = (
    (EVERYWHERE, "There are test keys only. A live key is never given out and never accepted."),
    (EVERYWHERE, "The limits per hour are cStar's; they are counted in memory, and a restart gives a fresh window."),
    (EVERYWHERE, "No email, push message or SMS is ever sent."),
    (EVERYWHERE, "A key belongs to a team and not to a person: the audit log names `API` as who did it."),
    (EVERYWHERE, "Files are not stored: attachments are what the request says about them."),
    (EVERYWHERE, "Sizes and lengths are limited where the contract limits them, and nowhere else."),
    (
        EVERYWHERE,
        (
            "A field that a body gives an object and that names no object of the team (`customerId`, `assignedTo`, "
            "`categoryId`, `topic_id`, `agentId` of an action) is 400 `parameter_invalid` with its `param` (inferred). "
            "Who or what an action is about (`customerIds` of a group, `recipientId`, `ticketId`, `userId`) is 404 "
            "(inferred, as in the reference of each endpoint)."
        ),
    ),
    (EVERYWHERE, "Bodies are sent as JSON: other types that any web page could send are 415."),
    (EVERYWHERE, "An Idempotency-Key is one of an API key: operations that need no API key ignore it."),
    ("Webhooks", "Plain HTTP is accepted for addresses on this machine; the service wants HTTPS everywhere."),
    ("Webhooks", "A subscription is not switched off after many failures; whether the service does is not documented."),
    ("webhooks.trigger_test", "The payload is made up from the contract, and is about no object of the team."),
    ("webhooks.test", "The payload is made up from the contract, and is about no object of the team."),
    ("tickets.create", "A `customerEmail` that no customer has makes no customer."),
    ("tickets.messages.create", "Without a `senderName` it is the kind of sender: Agent, Customer, System."),
    ("SLA Rules", "Gold, silver, bronze are a quarter, half and all of the time allowed; `pending` stops the clock."),
    ("SLA Rules", "A target is at most 527,040 minutes, a year; whether the service has a limit is not documented."),
    ("SLA Rules", "Business hours are Monday to Friday, 9 to 17 UTC, without holidays, for every team."),
    ("settings.statuses", "Always the five standard ones."),
    ("settings.business_hours", "Always Monday to Friday, 9 to 17 UTC."),
    ("settings.widget", "Always the same look."),
    ("Members", "A team starts with an owner and two agents. `Team.accept_invite` accepts an invitation."),
    ("Notifications", "They are the team's, not a person's, and read or unread for all."),
    ("Analytics", "Periods are rolling (the last 7, 30, 91, 365 days), not calendar ones, and the figures are live."),
    ("Analytics", "Surveys are answered by `Team.submit_survey`, with 1 to 5; no endpoint does it."),
    ("search.query", "Words and beginnings of words, by SQLite's FTS5; a word that is misspelt is not found."),
    (
        "ai.run",
        (
            "There is no language model. Tags are frequent words, a summary is first sentences, a reply is a form "
            "letter, `improve` mends spaces, capitals and full stops."
        ),
    ),
    ("Automations", "What a rule changes starts no other rule."),
    ("views.execute", "Only views of tickets can be executed."),
    ("Export", "At most 10,000 rows of a kind, at once in the answer; nothing is prepared in the background."),
    ("Import", "Carried out at once; the log knows no import that is under way."),
    ("billing.subscription", "Always active, on the plan `team`, to the end of the month."),
    ("billing.portal", "The address leads nowhere."),
    ("Request Logs", "The last 10,000 requests of the whole sandbox, in memory: they are gone after a restart."),
    ("events.stream", "Reconnecting with `Last-Event-ID` gives everything since; the service may keep less."),
    (
        "Community",
        (
            "Topics and their fields are made in the dashboard alone: every team has the same two topics, and a "
            "field for one of them."
        ),
    ),
    (
        "Customer Auth",
        ("The address is never confirmed: a sign-up is signed in. Access tokens hold an hour, refresh tokens 30 days."),
    ),
    ("Public Library", "Views are counted when they are recorded, without regard to who looks."),
    (
        "Game",
        (
            "XP by priority, SLA multipliers, 1,000 XP a level, streak milestones, daily limits, skill levels and "
            "seasons by quarter are documented. Health, damage, gold, quests, achievements, cosmetics and puzzles are "
            "ours."
        ),
    ),
    (
        "Game",
        "A boss is hit by `game.boss.damage` and when a ticket that is assigned is finished. It does not hit back.",
    ),
    ("game.boss.spawn", "Bosses come when they are called, by no schedule of their own."),
    ("game.puzzles.today", "One kind of puzzle: a word whose letters are mixed up."),
    ("game.puzzles.complete", "The time and the mistakes are what the caller says."),
)
"""A tag of the contract, an operation id, or EVERYWHERE, with one simplification."""


class Row(NamedTuple):
    """An operation in the table: its source, the inputs and fields that are not documented, what is simplified."""

    operation: Operation
    inferred: tuple[str, ...]
    simplified: tuple[str, ...]


def rows(contract: Contract) -> Iterator[Row]:
    """The operations in the order of the contract."""
    for operation in contract.operations.values():
        # Where nothing is documented, to name each part of it would say nothing.
        names = () if operation.source == INFERRED else tuple(dict.fromkeys(_inferred(contract, operation)))
        yield Row(operation, names, notes(operation.id))


def notes(subject: str) -> tuple[str, ...]:
    """Return the simplifications that concern a subject."""
    return tuple(text for about, text in SIMPLIFIED if about == subject)


def _inferred(contract: Contract, operation: Operation) -> Iterator[str]:
    yield from (param.name for param in operation.params if param.source == INFERRED)
    fields = contract.properties(operation.result)
    yield from (name for name, schema in fields.items() if schema.get("x-cstar-source") == INFERRED)


def render(contract: Contract) -> str:
    """The table, as Markdown."""
    table = list(rows(contract))
    sources = Counter(row.operation.source for row in table)
    inputs = Counter(param.source for row in table for param in row.operation.params)
    lines = [
        "# How true the sandbox is",
        "",
        "Made from the contract by `make docs`. Do not edit: change contract/cstar.yaml, or, for what is simplified,",
        "cstar_async/sandbox/contract/fidelity.py.",
        "",
        "- **documented (seed)**: in the context file that cStar gives to AI tools.",
        "- **documented (site)**: on another public page of cStar.",
        "- **inferred**: published nowhere; we had to design it. The service may do it otherwise, or not at all.",
        "- **simplified**: the sandbox does less, or something plainer, than the service can be expected to.",
        "",
        "| | documented (seed) | documented (site) | inferred |",
        "|---|---|---|---|",
        *(
            f"| {name} | {counts['seed']} | {counts['docs']} | {counts[INFERRED]} |"
            for name, counts in (("operations", sources), ("their inputs", inputs))
        ),
        "",
        "## Everywhere",
        "",
        *_bullets(notes(EVERYWHERE)),
    ]
    for tag in dict.fromkeys(row.operation.tag for row in table):
        lines += ["", f"## {tag}", ""]
        if about := notes(tag):
            lines += [*_bullets(about), ""]
        lines += ["| operation | source | inferred inputs and fields | simplified |", "|---|---|---|---|"]
        lines += [_line(row) for row in table if row.operation.tag == tag]
    return "\n".join(lines) + "\n"


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in texts]


def _line(row: Row) -> str:
    names = ", ".join(f"`{name}`" for name in row.inferred)
    return f"| `{row.operation.id}` | {SHOWN_SOURCES[row.operation.source]} | {names} | {' '.join(row.simplified)} |"


if __name__ == "__main__":
    sys.stdout.write(render(load_contract()))
