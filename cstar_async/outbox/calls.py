"""Calls as entries of an outbox, and entries as calls. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson

from cstar_async._core.call import Call
from cstar_async._core.http_semantics import SAFE_METHODS
from cstar_async._core.json_body import encode_body
from cstar_async._core.parameters import encode_query
from cstar_async._generated.operations import ids, load
from cstar_async.errors import OutboxError

from .records import NewEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async._core.call import BaseClient
    from cstar_async._core.operation import Operation
    from cstar_async._core.request import Request

    from .records import Claimed, Owner

DELETE: Final = "DELETE"


def check_call(call: object) -> Request:
    """The request of a call that an outbox takes.

    Raises:
        OutboxError: It is not a write that can be sent later, and only once.
        TypeError: It is not a call.
    """
    if not isinstance(call, Call):
        raise TypeError(f"an outbox takes calls, such as cstar.tickets.create(…), got {type(call).__name__}")
    call._mark_used()  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
    request = call._request  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
    operation = request.operation
    if reason := _refusal(request):
        raise OutboxError(
            f"{operation.id or f'{operation.method} {operation.path}'} cannot be put into an outbox: {reason}",
            method=operation.method,
            path=operation.path,
        )
    return request


def _refusal(request: Request) -> str:
    """Why an outbox does not take a request; empty if it does."""
    operation = request.operation
    if not operation.id or operation.id not in ids() or load(operation.id) is not operation:
        return "only operations of this version's contract are taken"
    if operation.method in SAFE_METHODS:
        return "it only reads"
    if operation.risk == "secret":
        return "its answer or its arguments hold a secret, which would be in the file"
    if request.headers or request.options.headers:
        return "it has headers of its own, which are not kept, since they may hold a token"
    if not operation.idempotent and operation.method != DELETE:
        return "it takes no idempotency key, so it might be done twice"
    given = {"query": request.query or {}, "body": request.json if isinstance(request.json, dict) else {}}
    secret = [p.argument for p in operation.params if p.secret and p.name in given.get(p.location, {})]
    if secret:
        return f"{', '.join(secret)} is a secret, which would be in the file"
    return ""


def entry_of(request: Request, owner: Owner, *, halts: bool) -> NewEntry:
    """The entry of a request. Raises ValueError or TypeError for arguments that cannot be sent."""
    operation = request.operation
    query: dict[str, str | list[str]] = {}
    pairs = encode_query(request.query, operation) if request.query else []
    for name, value in pairs:
        values = [each for other, each in pairs if other == name]
        query[name] = value if len(values) == 1 else values
    path, target = encode_body(request.path_args), request.target(owner.team)
    body = request.body()
    content = None if body is None else body.content
    digest = hashlib.sha256(f"{operation.id} {target}\n".encode() + (content or b"")).digest()
    return NewEntry(
        owner=owner,
        operation=operation.id,
        path=path.decode(),
        query=encode_body(query).decode(),
        body=content,
        digest=digest,
        key=request.idempotency_key(always=False),
        lane=lane_of(operation, request.path_args),
        halts=halts,
        in_doubt=request.cell.in_doubt,
    )


def lane_of(operation: Operation, path_args: Sequence[str]) -> str:
    """What an entry changes: entries of the same lane are sent in their order. Empty for what creates something new.

    It is the first object of the path, so that a ticket and its messages are one lane.
    """
    if path_args:
        return f"{operation.segments[1].strip('/')}/{path_args[0]}"
    return "" if operation.method == "POST" else operation.segments[-1].strip("/")


def call_of(client: BaseClient, entry: Claimed) -> Call[Any]:
    """The call that sends an entry; its result is parsed JSON.

    Raises:
        ValueError: The contract of this version has no such operation, or it has another path.
    """
    path_args, query = orjson.loads(entry.path), orjson.loads(entry.query)
    try:
        operation = load(entry.operation)
    except KeyError:
        raise ValueError(f"{entry.operation} is not an operation of this version's contract") from None
    if len(operation.path_params) - operation.team != len(path_args):
        raise ValueError(f"{entry.operation} has another path in this version's contract")
    # A fragment is sent byte by byte as it was put, since the service compares the bodies of equal keys.
    body: Any = None if entry.body is None else orjson.Fragment(entry.body)
    call: Call[Any] = Call(client, operation, tuple(path_args), query or None, body, None)
    cell = call._request.cell  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
    cell.key, cell.in_doubt = entry.key, entry.first_attempt is not None
    return call


def in_doubt(call: Call[Any]) -> bool:
    """Whether a call may have been done without a final answer."""
    return call._request.cell.in_doubt  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]


def check_of(operation_id: str, path_args: Sequence[str]) -> str | None:
    """The request that shows whether a write was done: `tickets.get("tkt_1")`; None if there is none."""
    resource = operation_id.rpartition(".")[0]
    for name, count in (("get", len(path_args)), ("list", len(path_args)), ("get", 0), ("list", 0)):
        found = f"{resource}.{name}"
        if found in ids():
            operation = load(found)
            if len(operation.path_params) - operation.team == count:
                return f"{found}({', '.join(orjson.dumps(each).decode() for each in path_args[:count])})"
    return None
