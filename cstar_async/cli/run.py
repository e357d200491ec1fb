"""Run one operation: bind its arguments, ask if it must be asked, send it, and write the result."""

from __future__ import annotations

import math
import sys
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import click

from cstar_async._core.binding import ArgumentError, bind, call
from cstar_async._core.secrets import Secret
from cstar_async._core.serialization import is_object
from cstar_async._generated import operations
from cstar_async.errors import CStarError

from .exits import CommandError, Exit, from_error, reworded
from .notes import note
from .operation_options import ASKS, STREAMS, arguments_of, dashed
from .own import writer_of
from .state import State, first_line

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator, Mapping
    from typing import TypeVar

    from cstar_async._core.binding import BoundArguments
    from cstar_async._core.call import Call
    from cstar_async._core.operation import Operation
    from cstar_async._core.pager import Pager
    from cstar_async.client import CStarClient

    from .output import Writer

    T = TypeVar("T")

SHOWN: Final = 30
"""Items of a list, if neither --all nor --max-items is given."""
_LARGEST_PAGE: Final = 100


def run_operation(operation: Operation, values: dict[str, Any]) -> None:
    """Run the command of an operation with the values that click read."""
    state = click.get_current_context().ensure_object(State)
    arguments = arguments_of(operation, values) | _secrets(operation, values)
    if values.get("all_") and values.get("max_items"):
        raise click.UsageError("--all and --max-items exclude each other")
    paging = {p.name: p.argument for p in operation.params if p.name in {operation.page_param, operation.size_param}}
    limit = None if values.get("all_") else values.get("max_items") or SHOWN
    # Whoever names a page, or how large one is, gets that page.
    one_page = not (values.get("all_") or values.get("max_items") or arguments.keys().isdisjoint(paging.values()))
    size = paging.get(operation.size_param)
    if size is not None and size not in arguments:
        arguments[size] = _LARGEST_PAGE if limit is None else min(limit, _LARGEST_PAGE)
    bound = checked(operation, arguments)
    if operation.method == "PATCH" and operation.body_required and bound.json is None:
        raise click.UsageError("give at least one field to change")
    if values.get("curl"):
        made = call(state.client(needs_key=False), operation, arguments)
        show_curl(made.options(idempotency_key=values.get("idempotency_key")), state)
        return
    name = " ".join(dashed(part) for part in operation.id.split("."))
    target = next(
        (str(arguments[p.argument]) for p in operation.params if p.location == "path" and p.argument in arguments),
        "yes",
    )
    writer = writer_of(values, state, "table" if operation.is_list else "sheet", operation.columns, operation)
    confirm_risk(state, operation.risk, name, target, yes=bool(values.get("yes")))
    run(_send(operation, arguments, state, values, writer, limit, one_page=one_page))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; errors of the client become errors of the command."""
    try:
        import asyncio

        with _client_errors():
            return asyncio.run(work)
    finally:
        work.close()  # an interrupt may have come before it began


def show_curl(call: Call[Any], state: State) -> None:
    """Write a call as a curl command that can be run. The call's client has no key, so that none is shown."""
    from urllib.parse import quote

    with _client_errors():
        text = call.as_curl()
    if call.operation.team:
        team, _ = state.place()
        if team is None:
            note("put the team's id in the place of {teamId}, or name it with --team")
        else:
            text = text.replace("{teamId}", quote(team, safe=""), 1)
    click.echo(text)


@contextmanager
def _client_errors() -> Generator[None]:
    try:
        yield
    except CStarError as error:
        raise from_error(error) from None
    except (ValueError, TypeError) as error:  # arguments that the client refuses before it sends anything
        raise CommandError(reworded(str(error)), Exit.USAGE) from None


def checked(operation: Operation, arguments: Mapping[str, object]) -> BoundArguments:
    """Bind arguments. Raises UsageError that names the options of bad ones."""
    try:
        return bind(operation, arguments)
    except ArgumentError as error:
        locations = {param.argument: param.location for param in operation.params}
        problems: list[str] = []
        for problem in error.problems:
            name, _, rest = problem.partition(" ")
            shown = name.upper() if locations.get(name) == "path" else f"--{dashed(name)}"
            problems.append(f"{shown} {rest}")
        raise click.UsageError("; ".join(problems)) from None


async def whoami(client: CStarClient, deadline: float | None = None) -> tuple[Mapping[str, Any], Any]:
    """Whose key it is, and the rate limit of the answer. Raises CommandError if the answer does not say it."""
    response = await call(client, operations.load("auth.whoami"), {}).options(deadline=deadline).response()
    if not is_object(response.data):
        raise CommandError("the service's answer does not say whose key this is: it is not an object")
    return response.data, response.rate_limit


async def _send(
    operation: Operation,
    arguments: dict[str, object],
    state: State,
    values: dict[str, Any],
    writer: Writer,
    limit: int | None,
    *,
    one_page: bool,
) -> None:
    async with state.client(needs_key=operation.key != "none") as client:
        if operation.id in STREAMS:
            await _stream(client, arguments, writer)
            return
        made = call(client, operation, arguments).options(
            deadline=state.deadline, idempotency_key=values.get("idempotency_key")
        )
        if operation.is_list:
            pager = cast("Pager[Any]", made)
            await _send_list(pager.prefetch(0) if one_page else pager, writer, None if one_page else limit, one_page)
        else:
            await send_one(made, writer)


async def send_one(call: Call[Any], writer: Writer) -> None:
    """Send a call that is not a list, and write its result: an object, text, bytes, or nothing."""
    response = await call.response()
    operation = call.operation
    if operation.result and operation.content == "json" and not (operation.acknowledges or is_object(response.data)):
        written = operation.method not in {"GET", "HEAD"}
        facts = {"status": response.status, "request_id": response.request_id, "outcome_unknown": written or None}
        raise CommandError(
            f"{operation.method} {operation.path}: {response.status}, but the result is not an object", facts=facts
        )
    try:
        _write_result(response.data, writer)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if operation.method in {"GET", "HEAD"}:
            raise
        # Nobody is to do it again because its result is lost.
        found = response.data.get("id") if is_object(response.data) else None
        facts = {"status": response.status, "id": found, "request_id": response.request_id}
        raise CommandError(
            f"{operation.method} {operation.path} was done, but its result cannot be written: {error.strerror}",
            facts=facts,
        ) from None


def _write_result(value: Any, writer: Writer) -> None:
    from .output import write_text  # mistakes in the command need none of it

    if isinstance(value, bytes):
        sys.stdout.buffer.write(value)
    elif isinstance(value, str):
        write_text(value if value.endswith("\n") else f"{value}\n")
    elif value is not None:
        writer.one(value)


async def _send_list(pager: Pager[Any], writer: Writer, limit: int | None, one_page: bool) -> None:  # noqa: FBT001  # one caller
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
            if one_page or (limit is not None and shown >= limit):
                break
    writer.end()
    if more and (one_page or limit is not None):
        note(_cut(shown, total, size))


def _cut(shown: int, total: int | None, size: int) -> str:
    if total is None:
        return f"showing {shown}, and there are more; --all for all"
    requests = math.ceil(total / max(size, _LARGEST_PAGE))
    return f"showing {shown} of {total}; --all for all ({requests} request{'s' if requests > 1 else ''})"


async def _stream(client: CStarClient, arguments: dict[str, Any], writer: Writer) -> None:
    import orjson

    stream = client.events.stream(**arguments)
    if sys.stderr.isatty():
        note("following events; Ctrl-C ends it")
    async for _ in stream:
        writer.one(orjson.loads(stream.raw))
        sys.stdout.flush()


def _secrets(operation: Operation, values: dict[str, Any]) -> dict[str, object]:
    """The secret arguments: asked for on a terminal, or lines of standard input."""
    found: dict[str, object] = {}
    for param in operation.params:
        if not param.secret or param.location == "path":
            continue
        if values.get(f"{param.argument}_stdin"):
            found[param.argument] = first_line(f"--{dashed(param.argument)}-stdin")
        elif param.required and sys.stdin.isatty():
            found[param.argument] = Secret(
                click.prompt(param.argument.replace("_", " ").capitalize(), hide_input=True, err=True)
            )
        elif param.required:
            raise click.UsageError(f"--{dashed(param.argument)}-stdin is needed: there is no terminal to ask on")
    return found


def confirm_risk(state: State, risk: str, name: str, target: str, *, yes: bool) -> None:
    """Ask before an operation of this name, if its risk is one of those that ask. Raises the errors of `confirm`."""
    if risk in ASKS:
        confirm(state, f"{name} {ASKS[risk]}", target, yes=yes)


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
    note(f"{what}, and the key is a live one.")
    answer = click.prompt(f"Type {target} to go on", err=True, default="", show_default=False)
    if answer != target:
        raise CommandError("nothing was done", Exit.ERROR)
