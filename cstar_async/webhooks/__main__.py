"""`python -m cstar_async.webhooks`: look after an inbox from a terminal.

The inbox is given by --inbox, or by CSTAR_INBOX, which keeps a database's password out of the process list.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.clock import SystemClock
from cstar_async.errors import InboxError

from .dispatcher import MAX_AGE
from .inbox import open_store, wrap_errors
from .patterns import check_pattern

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .inbox import Store

PROG = "python -m cstar_async.webhooks"
DAY = 86_400
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": DAY}


def seconds(text: str) -> float:
    """`90s`, `15m`, `6h` or `35d`."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhd])", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a length of time: write 90s, 15m, 6h or 35d")
    return float(found[1]) * _UNITS[found[2]]


def moment(text: str) -> float:
    """A length of time before now, or a date-time, in Unix seconds."""
    try:
        return SystemClock().time() - seconds(text)
    except argparse.ArgumentTypeError:
        pass
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a time (2026-03-01T12:00Z) nor an age (6h)") from None
    return (found if found.tzinfo else found.astimezone()).timestamp()


def count(text: str) -> int:
    """A whole number, 1 or more."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)


def pattern(text: str) -> str:
    """A pattern of types."""
    try:
        return check_pattern(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def iso(value: float | None) -> str | None:
    """Unix seconds as people read them."""
    return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC).isoformat(timespec="seconds")


def show(value: Any) -> None:
    """One line of JSON for each thing, on stdout."""
    sys.stdout.write(orjson.dumps(value).decode() + "\n")


async def dead_letters(store: Store, options: argparse.Namespace) -> None:
    """List dead letters."""
    after, left = (0, ""), options.limit
    while left > 0:
        letters = await store.dead_letters(
            group=options.group, event_id=options.event, limit=min(left, 500), after=after
        )
        if not letters:
            break
        for each in letters:
            show({**each._asdict(), "received_at": iso(each.received_at), "died_at": iso(each.died_at)})
        after, left = (letters[-1].sequence, letters[-1].group), left - len(letters)


async def redrive(store: Store, options: argparse.Namespace) -> None:
    """Make dead letters pending again."""
    if not (options.all or options.group or options.event):
        raise InboxError("say which: --event, --group or --all")
    show({"redriven": await store.redrive(group=options.group, event_id=options.event)})


async def replay(store: Store, options: argparse.Namespace) -> None:
    """Make past events pending again."""
    if options.group is not None and options.group not in {group.name for group in await store.groups()}:
        raise InboxError(f"no group is called {options.group!r}")
    show({"replayed": await store.replay(group=options.group, since=options.since, types=options.types)})


async def stats(store: Store, options: argparse.Namespace) -> None:
    """Show the counts of each group."""
    del options
    patterns = {group.name: group.patterns for group in await store.groups()}
    for name, found in (await store.stats()).items():
        show({"group": name, "patterns": patterns.get(name, ()), **found._asdict(), "oldest": iso(found.oldest)})


async def prune(store: Store, options: argparse.Namespace) -> None:
    """Forget what is finished and old."""
    now = SystemClock().time()
    done = await store.prune(bodies_before=now - options.retention, ids_before=now - options.max_age)
    show(done._asdict())


async def forget(store: Store, options: argparse.Namespace) -> None:
    """Remove a group that has no handler any more."""
    if options.group not in {group.name for group in await store.groups()}:
        raise InboxError(f"no group is called {options.group!r}")
    show({"forgotten": options.group, "given_up": await store.forget(options.group)})


def parser(prog: str = PROG) -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog=prog, description="Look after an inbox of webhooks.")
    made.add_argument(
        "--inbox",
        metavar="URL",
        default=os.environ.get("CSTAR_INBOX"),
        help="sqlite:///inbox.db or postgresql://…; by default what CSTAR_INBOX says",
    )
    commands = made.add_subparsers(metavar="command", required=True)

    def command(run: Callable[[Store, argparse.Namespace], Awaitable[None]], about: str) -> argparse.ArgumentParser:
        found = commands.add_parser(run.__name__.replace("_", "-"), help=about, description=about)
        found.set_defaults(run=run)
        # Suppressed, or its default would take the place of what is said before the command.
        found.add_argument("--inbox", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        return found

    for run, about in (
        (dead_letters, "List dead letters, one JSON object a line."),
        (redrive, "Have them handled again."),
    ):
        each = command(run, about)
        each.add_argument("--group", help="only of this group")
        each.add_argument("--event", metavar="ID", help="only this event")
        if run is dead_letters:
            each.add_argument("--limit", type=count, default=100, help="how many at the most; 100 by default")
        else:
            each.add_argument("--all", action="store_true", help="all of them")
    again = command(replay, "Have events handled again that were received since a moment.")
    again.add_argument("--since", type=moment, required=True, help="6h, 2d or 2026-03-01T12:00Z")
    again.add_argument("--group", help="only in this group")
    again.add_argument("--types", type=pattern, nargs="+", default=[], help="only these, such as ticket.*")
    command(stats, "Show how many events of each group are pending, leased, dead and done.")
    cut = command(prune, "Forget what is finished and old; `run` does it every hour.")
    cut.add_argument("--retention", type=seconds, default=MAX_AGE, help="keep contents for so long; 35d by default")
    cut.add_argument(
        "--max-age",
        type=seconds,
        default=MAX_AGE,
        help="remember ids for so long; 35d by default; less than the receivers' max_age lets a repeat pass for new",
    )
    gone = command(forget, "Remove a group with all of its work: one whose handler is gone or has another name.")
    gone.add_argument("group")
    return made


async def carry_out(options: argparse.Namespace) -> None:
    """Open the inbox for one command."""
    store = open_store(options.inbox, SystemClock())
    with wrap_errors(store, "cannot be opened"):
        await store.check_exists()  # to open one would make it
        await store.open()
    try:
        with wrap_errors(store, "failed"):
            await options.run(store, options)
    finally:
        await store.close()


def main(arguments: Sequence[str] | None = None, *, prog: str = PROG) -> int:
    """Run a command; 0 if it succeeded, 1 if the inbox cannot be used, 2 for a mistake in the command."""
    made = parser(prog)
    options = made.parse_args(arguments)
    if not options.inbox:
        made.error("no inbox: give --inbox or set CSTAR_INBOX")
    try:
        asyncio.run(carry_out(options))
    except InboxError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
