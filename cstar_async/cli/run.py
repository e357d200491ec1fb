"""Run one operation: bind its arguments, ask if it must be asked, send it, and write the result."""

from __future__ import annotations

import math
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

import click

from cstar_async._core.binding import ArgumentError, bind, call
from cstar_async._core.secrets import Secret
from cstar_async.errors import CStarError

from .exits import CommandError, Exit, from_error
from .operation_options import STREAMS, arguments_of, dashed, is_secret
from .output import FORMATS, Writer, write_text
from .state import State

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from typing import TypeVar

    from cstar_async._core.call import Call
    from cstar_async._core.operation import Operation
    from cstar_async._core.pager import Pager
    from cstar_async.client import CStarClient

    T = TypeVar("T")

SHOWN: Final = 30
"""Items of a list, if neither --all nor --max-items is given."""
_LARGEST_PAGE: Final = 100


def run_operation(operation: Operation, values: dict[str, Any]) -> None:
    """Run the command of an operation with the values that click read."""
    state = click.get_current_context().ensure_object(State)
    arguments = arguments_of(operation, values) | _secrets(operation, values)
    limit = None if values.get("all_") else values.get("max_items") or SHOWN
    size = next((p.argument for p in operation.params if p.name and p.name == operation.size_param), None)
    if size is not None and size not in arguments:
        arguments[size] = _LARGEST_PAGE if limit is None else min(limit, _LARGEST_PAGE)
    checked(operation, arguments)
    if values.get("curl"):
        _show_curl(operation, arguments, state)
        return
    _confirm_operation(operation, arguments, state, values)
    writer = writer_of(operation, values, state)
    run(_send(operation, arguments, state, values, writer, limit))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; errors of the client become errors of the command."""
    import asyncio

    try:
        return asyncio.run(work)
    except CStarError as error:
        raise from_error(error) from None
    except BrokenPipeError:
        raise
    except OSError as error:  # a file to write
        raise CommandError(f"{error.filename or 'a file'}: {error.strerror}") from None
    except (ValueError, TypeError) as error:  # arguments that the client refuses before it sends anything
        raise CommandError(str(error), Exit.USAGE) from None


def checked(operation: Operation, arguments: Mapping[str, object]) -> None:
    """Raise UsageError that names the options of bad arguments, if there are any."""
    try:
        bind(operation, arguments)
    except ArgumentError as error:
        locations = {param.argument: param.location for param in operation.params}
        problems: list[str] = []
        for problem in error.problems:
            name, _, rest = problem.partition(" ")
            shown = name.upper() if locations.get(name) == "path" else f"--{dashed(name)}"
            problems.append(f"{shown} {rest}")
        raise click.UsageError("; ".join(problems)) from None


def bound(client: CStarClient, operation: Operation, arguments: Mapping[str, object]) -> Call[Any]:
    """The call of an operation. Raises UsageError that names the options of bad arguments."""
    checked(operation, arguments)
    return call(client, operation, arguments)


def chosen_fields(operation: Operation, values: Mapping[str, Any]) -> list[str]:
    """The fields that `--fields` names, by their wire names."""
    names = {param.argument: param.name for param in operation.params}
    return [names.get(name.strip(), name.strip()) for name in (values.get("fields") or "").split(",") if name.strip()]


def writer_of(operation: Operation, values: Mapping[str, Any], state: State) -> Writer:
    """The writer that the options of a command ask for."""
    form = "json" if values.get("json_") else values.get("output")
    if form is None:
        on_terminal = sys.stdout.isatty()
        form = "jsonl" if not on_terminal else "table" if operation.is_list else "sheet"
    if form not in FORMATS:
        raise click.UsageError(f"--output must be one of {', '.join(FORMATS)}")
    chosen = chosen_fields(operation, values)
    return Writer(form, chosen or operation.columns, chosen=bool(chosen), color=state.color)


async def _send(
    operation: Operation,
    arguments: dict[str, object],
    state: State,
    values: dict[str, Any],
    writer: Writer,
    limit: int | None,
) -> None:
    async with state.client(needs_key=operation.key != "none") as client:
        if operation.id in STREAMS:
            await _stream(client, arguments, writer)
            return
        made = call(client, operation, arguments).options(
            deadline=state.deadline, idempotency_key=values.get("idempotency_key")
        )
        if operation.is_list:
            await _send_list(cast("Pager[Any]", made), writer, limit)
        else:
            response = await made.response()
            write_result(response.data, writer)
            if state.verbose:
                click.echo(
                    f"{operation.method} {operation.path}: {response.status} in {response.elapsed:.2f} s", err=True
                )
        if state.verbose:
            click.echo(quota_line(client), err=True)


def quota_line(client: CStarClient) -> str:
    """What is left of the quota, as far as it is known."""
    quota = client.quota
    if quota.remaining is None:
        return "quota: not known"
    return f"quota: {quota.remaining} of {quota.limit} requests of this hour are left"


def write_result(value: Any, writer: Writer) -> None:
    """Write a result that is not a list of the contract: an object, text, bytes, or nothing."""
    if isinstance(value, bytes):
        sys.stdout.buffer.write(value)
    elif isinstance(value, str):
        write_text(value if value.endswith("\n") else f"{value}\n")
    elif value is not None:
        writer.one(value)


async def _send_list(pager: Pager[Any], writer: Writer, limit: int | None) -> None:
    shown = 0
    more = False
    total: int | None = None
    size = 1
    async with aclosing(pager.pages()) as pages:
        async for page in pages:
            rows = page.data if limit is None else page.data[: limit - shown]
            writer.rows(rows)
            shown += len(rows)
            total, size = page.pagination.total, max(size, len(page.data))
            more = page.has_more or len(rows) < len(page.data)
            if limit is not None and shown >= limit:
                break
    writer.end()
    if more and limit is not None:
        click.echo(_cut(shown, total, size), err=True)


def _cut(shown: int, total: int | None, size: int) -> str:
    if total is None:
        return f"showing {shown}, and there are more; --all for all"
    requests = math.ceil(total / max(size, _LARGEST_PAGE))
    return f"showing {shown} of {total}; --all for all ({requests} request{'s' if requests > 1 else ''})"


async def _stream(client: CStarClient, arguments: dict[str, Any], writer: Writer) -> None:
    import orjson

    stream = client.events.stream(**arguments)
    if sys.stderr.isatty():
        click.echo("following events; Ctrl-C ends it", err=True)
    async for _ in stream:
        writer.one(orjson.loads(stream.raw))
        sys.stdout.flush()


def _secrets(operation: Operation, values: dict[str, Any]) -> dict[str, object]:
    """The secret arguments: asked for on a terminal, or lines of standard input."""
    found: dict[str, object] = {}
    for param in operation.params:
        if not is_secret(param) or param.location == "path":
            continue
        if values.get(f"{param.argument}_stdin"):
            found[param.argument] = Secret(sys.stdin.readline().rstrip("\n"))
        elif param.required and sys.stdin.isatty():
            found[param.argument] = Secret(
                click.prompt(param.argument.replace("_", " ").capitalize(), hide_input=True, err=True)
            )
        elif param.required:
            raise click.UsageError(f"--{dashed(param.argument)}-stdin is needed: there is no terminal to ask on")
    return found


def _show_curl(operation: Operation, arguments: dict[str, object], state: State) -> None:
    # A client without a key: nothing of it is shown, and nothing is sent.
    client = state.client(needs_key=False)
    click.echo(call(client, operation, arguments).as_curl())


def _confirm_operation(
    operation: Operation, arguments: Mapping[str, object], state: State, values: Mapping[str, Any]
) -> None:
    """Ask before something is deleted, or reaches a customer, with a live key."""
    if operation.risk not in {"delete", "send"}:
        return
    effect = "deletes" if operation.risk == "delete" else "is seen by customers"
    name = " ".join(dashed(part) for part in operation.id.split("."))
    target = next(
        (str(arguments[p.argument]) for p in operation.params if p.location == "path" and p.argument in arguments),
        "yes",
    )
    confirm(state, f"{name} {effect}", target, yes=bool(values.get("yes")))


def confirm(state: State, what: str, target: str, *, yes: bool) -> None:
    """Ask before something is done with a live key.

    Args:
        state: The common options.
        what: What is done: `tickets delete deletes`.
        target: What to type.
        yes: Whether it has been confirmed.

    Raises:
        CommandError: It was not confirmed, or there is no terminal to ask on.
    """
    if yes:
        return
    key, _ = state.key()
    if key is None or not key.startswith("sk_live_"):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandError(f"{what}, and the key is a live one; pass --yes", Exit.USAGE)
    click.echo(f"{what}, and the key is a live one.", err=True)
    answer = click.prompt(f"Type {target} to go on", err=True, default="", show_default=False)
    if answer != target:
        raise CommandError("nothing was done", Exit.ERROR)
