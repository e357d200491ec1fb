"""`python -m cstar_async.webhooks`: inspect and maintain an inbox from the command line.

The inbox is given by --inbox, or by CSTAR_INBOX, which keeps a password out of the process list.
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
    """Parse a duration: `90s`, `15m`, `6h` or `35d`."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhd])", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration: write 90s, 15m, 6h or 35d")
    return float(found[1]) * _UNITS[found[2]]


def moment(text: str) -> float:
    """Parse a duration before now, or a date-time, to Unix seconds."""
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
    """Parse an integer, 1 or more."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)


def pattern(text: str) -> str:
    """Parse a pattern of types."""
    try:
        return check_pattern(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def iso(value: float | None) -> str | None:
    """Format Unix seconds."""
    return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC).isoformat(timespec="seconds")


def show(value: Any) -> None:
    """Print one line of JSON for each object."""
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
        raise InboxError("pass --event, --group or --all")
    show({"redriven": await store.redrive(group=options.group, event_id=options.event)})


async def replay(store: Store, options: argparse.Namespace) -> None:
    """Make past events pending again."""
    if options.group is not None and options.group not in {group.name for group in await store.groups()}:
        raise InboxError(f"there is no group {options.group!r}")
    show({"replayed": await store.replay(group=options.group, since=options.since, types=options.types)})


async def stats(store: Store, options: argparse.Namespace) -> None:
    """Show the counts of each group."""
    del options
    patterns = {group.name: group.patterns for group in await store.groups()}
    for name, found in (await store.stats()).items():
        show({"group": name, "patterns": patterns.get(name, ()), **found._asdict(), "oldest": iso(found.oldest)})


async def prune(store: Store, options: argparse.Namespace) -> None:
    """Remove old events that are finished."""
    now = SystemClock().time()
    done = await store.prune(bodies_before=now - options.retention, ids_before=now - options.max_age)
    show(done._asdict())


async def forget(store: Store, options: argparse.Namespace) -> None:
    """Remove a group that no longer has a handler."""
    if options.group not in {group.name for group in await store.groups()}:
        raise InboxError(f"there is no group {options.group!r}")
    show({"forgotten": options.group, "given_up": await store.forget(options.group)})


def make_parser(prog: str = PROG) -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Inspect and maintain an inbox of webhooks.",
        epilog=f"Example: {prog} --inbox sqlite:///inbox.db stats",
    )
    parser.add_argument(
        "--inbox",
        metavar="URL",
        default=os.environ.get("CSTAR_INBOX"),
        help="sqlite:///inbox.db or postgresql://…; default: CSTAR_INBOX",
    )
    commands = parser.add_subparsers(metavar="command", required=True)

    def command(run: Callable[[Store, argparse.Namespace], Awaitable[None]], about: str) -> argparse.ArgumentParser:
        command_parser = commands.add_parser(run.__name__.replace("_", "-"), help=about, description=about)
        command_parser.set_defaults(run=run)
        # Suppressed, or its default would override a value given before the command.
        command_parser.add_argument("--inbox", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        return command_parser

    for run, about in (
        (dead_letters, "List dead letters, one JSON object per line."),
        (redrive, "Make dead letters pending again."),
    ):
        command_parser = command(run, about)
        command_parser.add_argument("--group", help="only in this group")
        command_parser.add_argument("--event", metavar="ID", help="only this event")
        if run is dead_letters:
            command_parser.add_argument("--limit", type=count, default=100, help="the maximum number (default: 100)")
        else:
            command_parser.add_argument("--all", action="store_true", help="all dead letters")
    command_parser = command(replay, "Make events pending again that were received since a time.")
    command_parser.add_argument("--since", type=moment, required=True, help="6h, 2d or 2026-03-01T12:00Z")
    command_parser.add_argument("--group", help="only in this group")
    command_parser.add_argument("--types", type=pattern, nargs="+", default=[], help="only these, such as ticket.*")
    command(stats, "Show how many events of each group are pending, leased, dead and done.")
    command_parser = command(prune, "Remove old events that are finished; `run` does this every hour.")
    command_parser.add_argument(
        "--retention", type=seconds, default=MAX_AGE, help="how long to keep contents (default: 35d)"
    )
    command_parser.add_argument(
        "--max-age",
        type=seconds,
        default=MAX_AGE,
        help="how long to remember ids (default: 35d); if shorter than the receivers' max_age, duplicates are accepted",
    )
    command_parser = command(
        forget, "Remove a group and all of its work, for example one whose handler was removed or renamed."
    )
    command_parser.add_argument("group")
    return parser


async def run_command(options: argparse.Namespace) -> None:
    """Open the inbox for one command."""
    store = open_store(options.inbox, SystemClock())
    with wrap_errors(store, "cannot be opened"):
        await store.check_exists()  # opening would create one
        await store.open()
    try:
        with wrap_errors(store, "failed"):
            await options.run(store, options)
    finally:
        await store.close()


def main(arguments: Sequence[str] | None = None, *, prog: str = PROG) -> int:
    """Run a command. Returns 0 if it succeeded, 1 if the inbox cannot be used; exits with 2 for a usage error."""
    parser = make_parser(prog)
    options = parser.parse_args(arguments)
    if not options.inbox:
        parser.error("no inbox: pass --inbox or set CSTAR_INBOX")
    try:
        asyncio.run(run_command(options))
    except InboxError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
