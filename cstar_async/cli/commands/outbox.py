"""`cstar outbox`: look into an outbox, send what is in it, and repair it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from cstar_async.cli.exits import CommandError, Exit
from cstar_async.cli.notes import note
from cstar_async.cli.operation_options import output_options
from cstar_async.cli.own import writer_of
from cstar_async.cli.state import Command, Group, State

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from cstar_async.outbox import Outbox, OutboxEntry, OutboxResult

_PAGE: Final = 500
_COLUMNS: Final = ("id", "operation", "path_args", "state", "attempts", "put_at", "error")


@asynccontextmanager
async def _opened(url: str) -> AsyncGenerator[Outbox]:
    """The outbox, which must exist."""
    from cstar_async._sqlite.address import file_of
    from cstar_async.errors import OutboxError
    from cstar_async.outbox import Outbox

    outbox = Outbox(url)
    path = file_of(url, "outbox", OutboxError)
    if path is None or not path.exists():
        raise CommandError(f"there is no outbox in {path or 'memory: it is in the process that opened it'}")
    async with outbox:
        yield outbox


async def _list(state: State, values: dict[str, Any]) -> None:
    from cstar_async.outbox import State as EntryState

    writer = writer_of(values, state, "table", _COLUMNS)
    async with _opened(values["outbox"]) as outbox:
        last = 0
        while entries := await outbox.entries(values["state"] or get_args(EntryState), limit=_PAGE, after=last):
            writer.rows([_row(entry) for entry in entries])
            last = entries[-1].id
    writer.end()


def _row(entry: OutboxEntry) -> dict[str, Any]:
    import attrs

    from cstar_async._core.serialization import encode_datetime

    times = {
        name: value and encode_datetime(value)
        for name, value in (("put_at", entry.put_at), ("first_attempt_at", entry.first_attempt_at))
    }
    return attrs.asdict(entry) | {"path_args": list(entry.path_args)} | times


async def _flush(state: State, values: dict[str, Any]) -> None:
    writer = writer_of(values, state, "table", ("id", "state", "error"))
    async with _opened(values["outbox"]) as outbox, state.client() as client:
        if state.deadline is None:
            results = await outbox.flush(client)
        else:
            async with client.deadline(state.deadline):
                results = await outbox.flush(client)
        waiting = (await outbox.stats()).queued
    writer.rows([_result(result) for result in results])
    writer.end()
    failed = sum(not result.ok for result in results)
    if failed:
        raise CommandError(f"{failed} of {len(results)} are not done", Exit.PARTLY)
    if waiting:
        note(f"{waiting} are queued, for this team or others")


def _result(result: OutboxResult) -> dict[str, Any]:
    error = None if result.error is None else str(result.error)
    return {"id": result.id, "ok": result.ok, "state": result.state, "error": error, "value": result.value}


async def _retry(state: State, values: dict[str, Any]) -> None:
    writer = writer_of(values, state, "table", _COLUMNS)
    async with _opened(values["outbox"]) as outbox:
        for number in values["ids"]:
            writer.rows([_row(await outbox.retry(number, anyway=values["anyway"]))])
    writer.end()


async def _clear(_: State, values: dict[str, Any]) -> None:
    ids: tuple[int, ...] = values["ids"]
    if ids and values["all_"]:
        raise click.UsageError("give the ids of entries, or --all, not both")
    if not ids and not values["all_"]:
        raise click.UsageError("which entries? Give their ids, or --all for all of them")
    async with _opened(values["outbox"]) as outbox:
        if values["all_"]:
            count = await outbox.clear()
            left = (await outbox.stats()).sending
            note(f"removed {count}" + (f"; {left} stay, since they are being sent" if left else ""))
            return
        missing = [number for number in dict.fromkeys(ids) if not await outbox.clear(number)]
    if removed := len({*ids}) - len(missing):
        note(f"removed {removed}")
    if missing:
        raise CommandError(f"the outbox has no entry {', '.join(map(str, missing))}")


def _command(
    name: str, work: Callable[[State, dict[str, Any]], Any], params: Iterable[click.Parameter], text: str, example: str
) -> click.Command:
    def callback(**values: Any) -> None:
        from cstar_async.cli.run import run  # takes long to load

        run(work(click.get_current_context().ensure_object(State), values))

    url = click.Option(
        ["--outbox"], envvar="CSTAR_OUTBOX", required=True, metavar="URL", help="sqlite:///FILE; default CSTAR_OUTBOX."
    )
    return Command(
        name,
        callback=callback,
        params=[*params, url],
        help=text,
        epilog=f"Example: cstar outbox {name}{example} --outbox sqlite:///outbox.db",
    )


def _ids(*, required: bool) -> click.Argument:
    return click.Argument(["ids"], type=int, nargs=-1, required=required, metavar="ID...")


_STATES: Final = click.Choice(["queued", "sending", "done", "failed", "uncertain"])

command = Group(
    "outbox",
    help="Look into an outbox (`cstar_async.outbox`), send what is in it, and repair it.",
    epilog="Example: cstar outbox list --outbox sqlite:///outbox.db",
    commands=[
        _command(
            "list",
            _list,
            [
                click.Option(["--state"], type=_STATES, multiple=True, help="Only entries in this state (repeatable)."),
                *output_options(),
            ],
            "List the entries, without their content.",
            " --state failed",
        ),
        _command(
            "flush",
            _flush,
            output_options(),
            "Send the entries of this team and server once. The exit code is 7 if some are not done.",
            "",
        ),
        _command(
            "retry",
            _retry,
            [
                _ids(required=True),
                click.Option(["--anyway"], is_flag=True, help="Also those that may have been done already."),
                *output_options(),
            ],
            "Queue entries that failed, to be sent again.",
            " 17",
        ),
        _command(
            "clear",
            _clear,
            [
                _ids(required=False),
                click.Option(["--all", "all_"], is_flag=True, help="All that are not being sent, unsent ones too."),
            ],
            "Remove entries. What was not sent is not done.",
            " 17",
        ),
    ],
)
