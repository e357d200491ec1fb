"""`cstar logs`: the requests that the service has recorded, and new ones as they come."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from cstar_async._core.serialization import parse_datetime
from cstar_async._generated.operations import load
from cstar_async.cli.notes import note
from cstar_async.cli.output import Writer, printable, short
from cstar_async.cli.own import fields_of
from cstar_async.cli.polling import INTERVAL, interval_option, new_items
from cstar_async.cli.sandbox_api import SandboxAPI, find_sandbox
from cstar_async.cli.state import State
from cstar_async.cli.tree import OperationGroup, command_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_LIST: Final = "logs.list"
_STATUS: Final = re.compile(r"[1-5]xx|[0-9]{3}", re.IGNORECASE)
_OF_LISTS: Final = ("cursor", "limit", "max_items", "all_", "curl")
_LINES: Final = ("jsonl", "tsv", "csv", "ids")


class _Logs(OperationGroup):
    """The operations on logs, and without one of these the log itself."""

    def __init__(self) -> None:
        listing = command_of(load(_LIST))
        super().__init__(
            ("logs",),
            params=[
                click.Option(["--tail", "-f"], is_flag=True, help="Write new requests as they come, until Ctrl-C."),
                *listing.params,
                interval_option(),
            ],
            callback=_logs,
            invoke_without_command=True,
            short_help="Show the requests that the service has recorded.",
            help=(
                "Show the requests that the service has recorded, the newest first, or with --tail new ones as they "
                "come.\n\nOn a sandbox, --tail follows its timeline and costs nothing. The service has to be asked "
                f"again and again, every {INTERVAL:g} seconds, which takes {3_600 / INTERVAL:.0f} requests an hour of "
                "the key's quota; it ends before it uses what other programs need. Those requests are left out."
            ),
            epilog="Example: cstar logs --tail --status 4xx",
        )
        self.no_args_is_help = False


@click.pass_context
def _logs(ctx: click.Context, /, **values: Any) -> None:
    tail, interval = values.pop("tail"), values.pop("interval")
    if ctx.invoked_subcommand is not None:
        if tail or any(value not in {None, (), False} for value in values.values()):
            raise click.UsageError(f"options of {ctx.invoked_subcommand} are written after it")
        return
    from cstar_async.cli.run import run, run_operation

    if not tail:
        run_operation(load(_LIST), values)
        return
    for name in _OF_LISTS:
        if values.get(name) not in {None, False}:
            raise click.UsageError(f"--{name.strip('_').replace('_', '-')} cannot be used with --tail")
    status = values.get("status")
    if status is not None and not _STATUS.fullmatch(status):
        raise click.BadParameter(f"{status!r} is neither a status such as 404 nor a class such as 4xx", ctx)
    if (values["output"] or "jsonl") not in _LINES or values["json_"]:
        raise click.UsageError(f"--tail writes lines: --output {', '.join(_LINES)}")
    run(_tail(ctx.ensure_object(State), values, interval))


async def _tail(state: State, values: dict[str, Any], interval: float) -> None:
    wanted = {name: values[name] for name in ("status", "method") if values.get(name)}
    fields = fields_of(values, load(_LIST))
    form = values["output"] or ("line" if sys.stdout.isatty() and not fields else "jsonl")
    columns = fields or (() if form in {"jsonl", "ids"} else load(_LIST).columns)
    writer = None if form == "line" else Writer(form, columns, chosen=bool(fields), color=state.color)
    with contextlib.suppress(TimeoutError):  # the deadline ends it
        async with asyncio.timeout(state.deadline), find_sandbox(state) as sandbox:
            source = _asked(state, wanted, interval) if sandbox is None else _followed(sandbox, state, wanted)
            async with aclosing(source) as rows:
                async for row in rows:
                    if writer is None:
                        click.echo(_line(row, color=state.color))
                    else:
                        writer.rows([row])


async def _asked(state: State, wanted: dict[str, Any], interval: float) -> AsyncGenerator[Any]:
    """New requests of the log, which is read again and again."""
    async with state.client() as client, aclosing(new_items(client, load(_LIST), wanted, None, interval)) as looks:
        async for items in looks:
            for item in items:
                yield item


async def _followed(sandbox: SandboxAPI, state: State, wanted: dict[str, Any]) -> AsyncGenerator[Any]:
    """New requests of a sandbox, in the form of its log."""
    team = await sandbox.team(state)
    text = f"following the requests of {f'team {team}' if team else 'all teams'}; Ctrl-C ends it"
    query = {"kind": "request"} | ({"team": team} if team else {})
    async with aclosing(sandbox.follow("/timeline/stream", query, partial(note, text))) as items:
        async for raw in items:
            item = orjson.loads(raw)
            status, method = str(item["status"]), item["method"]
            if wanted.get("method", method) == method and _matches(status, wanted.get("status")):
                yield {
                    "id": f"log_{item['record']}",
                    "object": "request_log",
                    "method": method,
                    "path": item["path"].partition("?")[0],
                    "status": item["status"],
                    "durationMs": item["milliseconds"],
                    "requestId": item["requestId"],
                    "createdAt": item["at"],
                }


def _matches(status: str, wanted: str | None) -> bool:
    return wanted is None or wanted == status or wanted.lower() == f"{status[0]}xx"


def _line(row: dict[str, Any], *, color: bool) -> str:
    try:
        moment = parse_datetime(row["createdAt"]).astimezone().strftime("%H:%M:%S")
    except (LookupError, TypeError, ValueError):  # the service may leave it out, as every field
        moment = "--:--:--"
    status = str(row.get("status", "---"))
    shown = click.style(status, fg="green" if "0" < status < "400" else "red") if color else status
    duration = f"  {row['durationMs']:.0f} ms" if isinstance(row.get("durationMs"), int | float) else ""
    method, path, request_id = (str(row.get(name) or "") for name in ("method", "path", "requestId"))
    return f"{moment}  {shown}  {printable(method):<6}  {short(path)}{duration}  {printable(request_id)}".rstrip()


command = _Logs()
