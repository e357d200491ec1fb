"""`cstar api`: call any path of the API."""

from __future__ import annotations

import re
from contextlib import aclosing, nullcontext
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

import click

from cstar_async._core.http_semantics import SAFE_METHODS
from cstar_async._generated import operations
from cstar_async.cli.operation_options import UNKNOWN_RISK, curl_option, output_options, write_options
from cstar_async.cli.own import writer_of
from cstar_async.cli.state import Command, State
from cstar_async.cli.values import Json

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async.cli.output import Writer
    from cstar_async.client import CStarClient

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_LARGEST_PAGE: Final = "100"


def _api(**values: Any) -> None:
    from cstar_async._core.call import Call
    from cstar_async._core.request import raw_operation
    from cstar_async.cli.run import confirm_risk, run, show_curl

    state = click.get_current_context().ensure_object(State)
    method, path, query = values["method"], *_split(values["path"])
    for name, value in values["query"]:
        query.setdefault(name, []).append(value)
    known = _known(method, path)
    operation = raw_operation(method, path)
    if known is not None:
        operation = operation._replace(key=known.key, risk=known.risk)
    elif method not in SAFE_METHODS:
        operation = operation._replace(risk="delete" if method == "DELETE" else UNKNOWN_RISK)
    if values["output"] == "ids" and not values["paginate"]:
        raise click.UsageError("--output ids is for --paginate: the whole answer has no id")
    if values["paginate"]:
        operation = _as_list(operation, known)
        if known is not None and known.size_param:
            query.setdefault(known.size_param, [_LARGEST_PAGE])
    # A filter that is given once is one value.
    sent = {name: several[0] if len(several) == 1 else several for name, several in query.items()}
    if values["curl"]:
        call = Call[Any](state.client(needs_key=False), operation, (), sent, values["input_"], None)
        show_curl(call.options(idempotency_key=values["idempotency_key"]), state)
        return
    confirm_risk(state, operation.risk, f"{method} {path}", "yes", yes=values["yes"])
    run(_send(operation, sent, state, values, guess=known is None))


def _split(path: str) -> tuple[str, dict[str, list[str]]]:
    """The whole path and the query in it; a path without a slash in front is below the team."""
    path, _, text = path.partition("?")
    if not path:
        raise click.UsageError("PATH is empty")
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return path if path.startswith("/") else f"/api/v1/teams/{{teamId}}/{path}", query


def _known(method: str, path: str) -> Operation | None:
    """The operation of the contract that a path is of, for its key, its risk and its pages.

    The path is compared as a server may read it, so that no other spelling of it has a smaller risk.
    """
    path = _normalised(path)
    found = [
        operation
        for operation in operations.load_all().values()
        if operation.method == method
        and re.fullmatch("[^/]+".join(map(re.escape, operation.segments)), path, re.IGNORECASE)
    ]
    # 'bulk' is a path of its own, though it could be an id.
    return min(found, key=lambda operation: len(operation.path_params), default=None)


def _normalised(path: str) -> str:
    """A path without percent-encoding, empty parts and dot segments."""
    while (decoded := unquote(path)) != path:
        path = decoded
    parts: list[str] = []
    for part in path.partition("?")[0].partition("#")[0].split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/" + "/".join(parts)


def _as_list(operation: Operation, known: Operation | None) -> Operation:
    if operation.method != "GET" or (known is not None and not known.is_list):
        raise click.UsageError(f"--paginate is for lists, and {operation.method} {operation.path} is none")
    if known is None:
        return operation._replace(is_list=True, content="json", envelope="data", pagination="page", page_param="page")
    return operation._replace(
        is_list=True,
        content="json",
        envelope=known.envelope,
        pagination=known.pagination,
        page_param=known.page_param,
        size_param=known.size_param,
    )


async def _send(
    operation: Operation, query: dict[str, Any], state: State, values: dict[str, Any], *, guess: bool
) -> None:
    from cstar_async._core.call import Call
    from cstar_async.cli.run import send_one

    writer = writer_of(values, state, "table" if values["paginate"] else "json")
    async with state.client(needs_key=operation.key != "none") as client:
        if values["paginate"]:
            async with client.deadline(state.deadline) if state.deadline is not None else nullcontext():
                await _write_pages(client, operation, query, writer, guess=guess)
        else:
            call = Call[Any](client, operation, (), query, values["input_"], None).options(
                deadline=state.deadline, idempotency_key=values["idempotency_key"]
            )
            await send_one(call, writer)


async def _write_pages(
    client: CStarClient, operation: Operation, query: dict[str, Any], writer: Writer, *, guess: bool
) -> None:
    from cstar_async._core.pager import Pager

    pager = Pager[Any](client, operation, (), query, None, None)
    cursor: str | None = None
    async with aclosing((pager.prefetch(0) if guess else pager).pages()) as pages:
        async for page in pages:
            writer.rows(page.data)
            # Only an answer tells the kind of a list that is not in the contract.
            cursor = page.pagination.next_cursor if guess and page.has_more else None
            if cursor is not None:
                break
    if cursor is None:
        writer.end()
        return
    operation = operation._replace(pagination="cursor", page_param="cursor")
    await _write_pages(client, operation, query | {"cursor": cursor}, writer, guess=False)


def _methods_beginning(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001  # called by click
    """The methods, in the case of what is typed."""
    found = [method for method in _METHODS if method.startswith(incomplete.upper())]
    return found if incomplete == incomplete.upper() else [method.lower() for method in found]


def _make() -> click.Command:
    def pair(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for each in value:
            name, sign, rest = each.partition("=")
            if not (name and sign):
                raise click.BadParameter(f"{each!r} is not name=value", ctx, param)
            found.append((name, rest))
        return found

    form, *others = output_options()
    form.help = "Default: JSON on a terminal, with --paginate a table; else JSON lines."
    params: list[click.Parameter] = [
        click.Argument(
            ["method"], type=click.Choice(_METHODS, case_sensitive=False), shell_complete=_methods_beginning
        ),
        click.Argument(["path"]),
        click.Option(
            ["--query", "-q"],
            multiple=True,
            metavar="NAME=VALUE",
            callback=pair,
            help="A parameter of the query (repeatable).",
        ),
        click.Option(
            ["--input", "input_"],
            type=Json(),
            metavar="JSON|@FILE|-",
            help="The body as JSON, from a file, or from standard input.",
        ),
        click.Option(["--paginate"], is_flag=True, help="Write the items of all pages of a list."),
        *write_options(),
        curl_option(),
        form,
        *others,
    ]
    return Command(
        "api",
        callback=_api,
        params=params,
        help=(
            "Call any path of the API, also one that this package does not know, with the same key, retries and errors "
            "as other commands.\n\n"
            "A PATH without '/' in front is below the team: 'tickets' is '/api/v1/teams/{teamId}/tickets'. '{teamId}' "
            "is filled in. The answer is written whole, with --paginate only the items."
        ),
        epilog="Example: cstar api GET tickets -q status=open --paginate",
    )


command = _make()
