"""`cstar trigger`: make an event happen."""

from __future__ import annotations

from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from cstar_async._generated.operations import load
from cstar_async.cli.exits import CommandError, Exit, from_error
from cstar_async.cli.output import Writer, default_form
from cstar_async.cli.sandbox_api import SandboxAPI, find_sandbox
from cstar_async.cli.state import Command, State
from cstar_async.cli.values import Members
from cstar_async.errors import CStarError

_TEST: Final = "webhooks.trigger_test"
_MOST: Final = 100


def event_types() -> tuple[str, ...]:
    """The types of events."""
    return tuple(map(str, load(_TEST).params[0].values))


class EventType(click.ParamType[str]):
    """A type of event."""

    name = "event"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it, or refuse an unknown one and suggest the nearest."""
        if value in event_types():
            return str(value)
        from difflib import get_close_matches

        near = get_close_matches(str(value), event_types(), 1)
        hint = f"did you mean {near[0]}?" if near else "`cstar trigger --list` shows all"
        return self.fail(f"there is no event {value!r}; {hint}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The types that begin like this."""
        return [CompletionItem(kind) for kind in event_types() if kind.startswith(incomplete)]


def _trigger(**values: Any) -> None:
    from cstar_async.cli.run import run

    state = click.get_current_context().ensure_object(State)
    if values["list_"]:
        run(_list(state, values))
        return
    if values["event"] is None:
        raise click.UsageError("which event? `cstar trigger --list` shows all")
    run(_make(state, values))


async def _list(state: State, values: dict[str, Any]) -> None:
    rows: list[dict[str, Any]] = [{"event": kind} for kind in event_types()]
    if not values["synthetic"]:
        async with find_sandbox(state) as sandbox:
            if sandbox is not None:
                rows = (await sandbox.send("GET", "/trigger"))["events"]
    only = values["event"]
    writer = _writer(state, values, "table" if only is None else "sheet", ["event", "on"])
    writer.rows([row for row in rows if only in {None, row["event"]}])
    writer.end()


async def _make(state: State, values: dict[str, Any]) -> None:
    async with find_sandbox(state) as sandbox:
        if sandbox is None or values["synthetic"]:
            made, failed = await _synthetic(state, values, is_sandbox=sandbox is not None)
            columns = ["event", "deliveredTo"]
        else:
            made, failed = await _real(sandbox, state, values)
            columns = ["type", "id", "others"]
    writer = _writer(state, values, "table", columns)
    writer.rows(made)
    writer.end()
    if failed:
        message = f"{len(failed)} of {values['times']} failed: {'; '.join(dict.fromkeys(failed))}"
        raise CommandError(message, Exit.PARTLY)


async def _real(sandbox: SandboxAPI, state: State, values: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The change that causes the event, on a sandbox."""
    body: dict[str, Any] = {"event": values["event"], "times": values["times"]}
    body["set"] = {path: value for members in values["set_"] for path, value in members.items()}
    body |= {"on": values["on"], "team": await sandbox.team(state)}
    answer = await sandbox.send("POST", "/trigger", {name: value for name, value in body.items() if value})
    return answer["made"], [each["message"].rstrip(".") for each in answer["failed"]]


async def _synthetic(
    state: State, values: dict[str, Any], *, is_sandbox: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """A sample event of the service, sent to the webhooks."""
    for option, given in (("--set", values["set_"]), ("--on", values["on"])):
        if given:
            where = "with --synthetic" if is_sandbox else "here"
            raise click.UsageError(
                f"{option} cannot be used {where}: the service sends a sample event, whose payload cannot be set; a "
                "sandbox (`cstar sandbox`) makes the real change"
            )
    from cstar_async._core.binding import call

    made: list[Any] = []
    failed: list[str] = []
    async with state.client() as client:
        for _ in range(values["times"]):
            try:
                made.append(
                    await call(client, load(_TEST), {"event": values["event"]}).options(deadline=state.deadline)
                )
            except CStarError as error:
                if not made and values["times"] == len(failed) + 1:
                    raise from_error(error) from None
                failed.append(str(error))
    return made, failed


def _writer(state: State, values: dict[str, Any], on_terminal: str, columns: list[str]) -> Writer:
    form = "json" if values["json_"] else default_form(on_terminal)
    return Writer(form, columns if form == "table" else (), chosen=False, color=state.color)


command = Command(
    "trigger",
    callback=_trigger,
    params=[
        click.Argument(["event"], type=EventType(), required=False, metavar="EVENT"),
        click.Option(["--on"], metavar="ID", help="What it happens to, such as a ticket; a new one by default."),
        click.Option(
            ["--set", "set_"],
            type=Members(),
            multiple=True,
            metavar="PATH=VALUE",
            help="A field of the change: priority=urgent, metadata.plan=pro, tags:='[\"a\"]' (repeatable).",
        ),
        click.Option(["--times"], type=click.IntRange(1, _MOST), default=1, metavar="N", help="How often."),
        click.Option(["--synthetic"], is_flag=True, help="Send a sample event, on a sandbox too."),
        click.Option(
            ["--list", "list_"],
            is_flag=True,
            help="List the events; of one, also the fields that --set can change.",
        ),
        click.Option(["--json", "json_"], is_flag=True, help="Write one JSON document."),
    ],
    short_help="Make an event happen.",
    help=(
        "Make an event happen, to try out what receives it.\n\nOn a sandbox (`cstar sandbox`) this is the change "
        "that causes the event: ticket.closed closes a ticket, and what follows from it happens too. It needs no "
        "key there, and costs no quota. On the service it is a sample event, which is sent to the webhooks that "
        "subscribe to its type; each costs a request. Which of them it is, the base URL decides."
    ),
    epilog="Example: cstar trigger ticket.created --set priority=urgent --times 3",
)

__all__ = ["command"]
