"""Generates docs/fidelity.md: what cStar documents of each operation, and what the sandbox simplifies.

`python -m cstar_async.sandbox.contract.fidelity` prints it, `make docs` writes the file. The sources of facts are in
the contract, the simplifications in this module.
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
    (EVERYWHERE, "There are only test keys; live keys are never issued or accepted."),
    (EVERYWHERE, "The limits per hour are cStar's. Requests are counted in memory, so a restart begins a new window."),
    (EVERYWHERE, "No email, push message or SMS is ever sent."),
    (EVERYWHERE, "A key belongs to a team and not to a person: its actions have the actor `API` in the audit log."),
    (EVERYWHERE, "Files are not stored: attachments have only the fields of the request."),
    (EVERYWHERE, "Sizes and lengths have only the limits of the contract."),
    (
        EVERYWHERE,
        (
            "An unknown id in a field of a new or changed object (`customerId`, `assignedTo`, `categoryId`, "
            "`topic_id`, `agentId` of an action) is answered with 400 `parameter_invalid` and its `param`. An unknown "
            "id of the object of an action (`customerIds` of a group, `recipientId`, `ticketId`, `userId`) is "
            "answered with 404. cStar does not document this; it is inferred."
        ),
    ),
    (EVERYWHERE, "Bodies must be JSON: content types that any web page may send are answered with 415."),
    (
        EVERYWHERE,
        (
            "An `Idempotency-Key` belongs to an API key: operations that need no API key ignore it, except "
            "`customer_auth.refresh`."
        ),
    ),
    ("Webhooks", "Plain HTTP is accepted for addresses on this machine; the service requires HTTPS for all."),
    ("Webhooks", "Webhooks are not deactivated after many failures; whether the service does it is not documented."),
    ("webhooks.trigger_test", "The payload has sample values and is about no object of the team."),
    ("webhooks.test", "The payload has sample values and is about no object of the team."),
    ("tickets.create", "An unknown `customerEmail` does not create a customer."),
    ("tickets.messages.create", "The default `senderName` is the kind of sender: Agent, Customer or System."),
    ("SLA Rules", "Gold, silver and bronze take up to a quarter, half and all of the time; `pending` pauses it."),
    ("SLA Rules", "A target is at most 527,040 minutes (a year); whether the service has a limit is not documented."),
    ("SLA Rules", "Business hours are Monday to Friday, 9 to 17 UTC, without holidays, for every team."),
    ("settings.statuses", "Always the five default statuses."),
    ("settings.business_hours", "Always Monday to Friday, 9 to 17 UTC."),
    ("settings.widget", "Always the same settings."),
    ("Members", "A team starts with an owner and two agents. `Team.accept_invite` accepts an invitation."),
    ("Notifications", "They belong to the team, not to a person: one that is read is read for all."),
    ("Analytics", "Periods are the last 7, 30, 91 or 365 days, not calendar periods, and the figures are live."),
    ("Analytics", "No endpoint answers surveys; `Team.submit_survey` does, with a score from 1 to 5."),
    ("search.query", "Finds words and beginnings of words with SQLite's FTS5, without tolerance for typing errors."),
    (
        "ai.run",
        (
            "There is no language model. Tags are frequent words, a summary is the first sentences, a reply is a "
            "template, `improve` corrects spaces, capitals and full stops."
        ),
    ),
    ("Automations", "Changes made by a rule trigger no other rule."),
    ("views.execute", "Only views of tickets can be executed."),
    ("Export", "At most 10,000 rows of a kind, in the answer itself; there are no exports in the background."),
    ("Import", "Imports are finished when the answer arrives, so none is ever listed as running."),
    ("billing.subscription", "Always active, on the plan `team`, to the end of the month."),
    ("billing.portal", "The URL does not exist."),
    ("Request Logs", "The last 10,000 requests to the sandbox are searched, in memory: a restart clears them."),
    ("events.stream", "Reconnecting with `Last-Event-ID` gives all events since; the service may keep fewer."),
    (
        "Community",
        (
            "Topics and their fields can only be created in the dashboard: every team has the same two topics, one of "
            "them with a field."
        ),
    ),
    (
        "Customer Auth",
        (
            "Signing up also signs in, unless the switch `signup` is `confirm`: then nobody can sign in who signed up "
            "since, until it is `open` again. Access tokens are valid for an hour, refresh tokens for 30 days and one "
            "use."
        ),
    ),
    ("Public Library", "Every recorded view counts, even if the same visitor repeats it."),
    (
        "Game",
        (
            "cStar documents XP by priority, SLA multipliers, 1,000 XP a level, streak milestones, daily limits, skill "
            "levels and seasons by quarter. The rules of health, damage, gold, quests, achievements, cosmetics and "
            "puzzles are inferred."
        ),
    ),
    (
        "Game",
        (
            "A boss takes damage from `game.boss.damage` and when an assigned ticket is finished. It does not attack "
            "players."
        ),
    ),
    ("game.boss.spawn", "Bosses appear only by this operation; there is no schedule."),
    ("game.puzzles.today", "There is one kind of puzzle: a word with shuffled letters."),
    ("game.puzzles.complete", "The time and the mistakes are taken from the request, unchecked."),
)
"""A tag of the contract, an operation id, or EVERYWHERE, with one simplification."""


class Row(NamedTuple):
    """A row of a table: an operation, its inferred inputs and fields, and its simplifications."""

    operation: Operation
    inferred: tuple[str, ...]
    simplified: tuple[str, ...]


def rows(contract: Contract) -> Iterator[Row]:
    """The rows of all operations, in the order of the contract."""
    for operation in contract.operations.values():
        # All parts of an inferred operation are inferred.
        names = () if operation.source == INFERRED else tuple(dict.fromkeys(_inferred(contract, operation)))
        yield Row(operation, names, notes(operation.id))


def notes(subject: str) -> tuple[str, ...]:
    """Return the simplifications of a tag or an operation, or of everything."""
    return tuple(text for about, text in SIMPLIFIED if about == subject)


def _inferred(contract: Contract, operation: Operation) -> Iterator[str]:
    yield from (param.name for param in operation.params if param.source == INFERRED)
    fields = contract.properties(operation.result)
    yield from (name for name, schema in fields.items() if schema.get("x-cstar-source") == INFERRED)


def render(contract: Contract) -> str:
    """Render the page as Markdown."""
    table = list(rows(contract))
    sources = Counter(row.operation.source for row in table)
    inputs = Counter(param.source for row in table for param in row.operation.params)
    lines = [
        "# What the sandbox infers and simplifies",
        "",
        "Generated by `make docs`. Do not edit: the sources are in contract/cstar.yaml, the simplifications in",
        "cstar_async/sandbox/contract/fidelity.py.",
        "",
        "- **documented (seed)**: described in the context file that cStar publishes for AI tools.",
        "- **documented (site)**: described on another public page of cStar.",
        "- **inferred**: not published by cStar; our guess. The service may differ, or lack it.",
        "- **simplified**: the sandbox does less than the service probably does.",
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
