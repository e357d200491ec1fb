"""A request as data: operation, arguments and options. Pure."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, urlencode

from .headers import AUTHORIZATION, check_header, check_header_value
from .http_semantics import SAFE_METHODS
from .idempotency import NO_IDEMPOTENCY_KEY
from .json_body import encode_body
from .operation import Operation
from .parameters import encode_query, quote_path_part
from .secrets import Secret, hide_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .idempotency import IdempotencyKey
    from .options import Options


_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.~-]*").fullmatch
_RAW_METHOD = re.compile(r"[A-Z]+")
_RAW_PATH = re.compile(r"(/[A-Za-z0-9\-._~!$&'()*+,;=:@%]+)+/?")
_KEYED_METHODS: Final = frozenset({"POST", "PATCH"})
_TEAM: Final = "{teamId}"
JSON: Final = "application/json"


class Body(NamedTuple):
    """A body as it is sent."""

    media_type: str
    content: bytes


class Request:
    """One operation with its arguments and options."""

    __slots__ = ("cell", "headers", "json", "operation", "options", "path_args", "query")

    def __init__(
        self,
        operation: Operation,
        path_args: tuple[str, ...],
        query: Mapping[str, object] | None,
        json: Mapping[str, object] | Sequence[object] | None,
        headers: Mapping[str, str] | None,
        options: Options,
        cell: IdempotencyKey,
    ) -> None:
        self.operation = operation
        self.path_args = path_args
        self.query = query
        self.json = json
        self.headers = headers
        self.options = options
        self.cell = cell

    def replace(
        self,
        *,
        options: Options | None = None,
        query: Mapping[str, object] | None = None,
        operation: Operation | None = None,
    ) -> Request:
        """Return a copy with other options, another query or operation that shares the idempotency key."""
        return Request(
            self.operation if operation is None else operation,
            self.path_args,
            self.query if query is None else query,
            self.json,
            self.headers,
            self.options if options is None else options,
            self.cell,
        )

    def idempotency_key(self, *, always: bool = True) -> str | None:
        """Return the key to send: the caller's own, else that of the write; None if the operation takes none.

        With `always`, every POST and PATCH has one, not only operations that are documented to take it.
        """
        own = self.options.idempotency_key
        if own is not None:
            return own
        if self.cell is NO_IDEMPOTENCY_KEY:
            return None
        operation = self.operation
        return self.cell.take() if operation.idempotent or (always and operation.method in _KEYED_METHODS) else None

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the same effect as sending it once.

        An idempotency key has this effect only if the contract says that the service honours it, or if the caller gave
        the key.
        """
        operation = self.operation
        return operation.idempotent or operation.method in SAFE_METHODS or self.options.idempotency_key is not None

    def target(self, team: str | None) -> str:
        """Path and query, percent-encoded. Raises ValueError or TypeError for an invalid path part or query."""
        operation = self.operation
        segments = operation.segments
        if not operation.id:
            _check_raw(operation)
        path = segments[0]
        values = (team or "", *self.path_args) if operation.team else self.path_args
        if len(values) != len(operation.path_params):
            raise TypeError(f"{operation.path} takes {len(operation.path_params)} path parts, got {len(values)}")
        for place, value in enumerate(values):
            # Fast path: almost every id needs no quoting.
            plain = type(value) is str and _PLAIN(value)
            path += (value if plain else quote_path_part(value, operation.path_params[place])) + segments[place + 1]
        if self.query:
            pairs = encode_query(self.query, operation)
            if pairs:
                # The path of another service's document may have a query of its own.
                return f"{path}{'&' if '?' in path else '?'}{urlencode(pairs, quote_via=quote)}"
        return path

    def body(self) -> Body | None:
        """What to send; None for no body. Raises the errors of `encode_body` and `encode_content`."""
        if self.json is None:
            return None
        operation = self.operation
        if operation.body_type == JSON or operation.body_type.endswith("+json"):
            media_type, content = operation.body_type, encode_body(self.json)
        else:
            from .forms import encode_content  # no operation of cStar needs it

            media_type, content = encode_content(self.json, operation)
        # The body of an operation for customers may hold a password or a token, which tracebacks must not show.
        return Body(media_type, hide_bytes(content) if operation.key == "none" else content)

    def extra_headers(self) -> dict[str, str]:
        """The headers that the caller set. Raises ValueError for one that is reserved or malformed.

        Operations without an API key accept `Authorization`, for the token of one of the team's customers.
        """
        extra: dict[str, str] = {}
        for source in (self.headers, self.options.headers):
            if source:
                for name, value in source.items():
                    own = self.operation.key == "none" and name.lower() == AUTHORIZATION
                    check_header(name, value, reserved=not own)
                    own = own or name == "Cookie"
                    extra[name] = Secret(value) if own else value
        return extra

    def as_curl(self, base_url: str, credentials: Sequence[str]) -> str:
        """The curl command for this request, with `credentials` as its options and a placeholder for the team id."""
        operation = self.operation
        target = self.target(_TEAM).replace(quote(_TEAM, safe=""), _TEAM, 1)
        lines = [f"curl -X {operation.method} {shlex.quote(base_url + target)}", *credentials]
        headers = self.extra_headers()
        key = self.options.idempotency_key or self.cell.key
        if key is not None:
            check_header_value("Idempotency-Key", key)
            headers["Idempotency-Key"] = key
        body = self.body()
        if body is not None:
            headers["Content-Type"] = body.media_type
        for name, value in headers.items():
            if name.lower() == AUTHORIZATION:
                lines.append(f'-H "{name}: Bearer $CSTAR_CUSTOMER_TOKEN"')
            else:
                lines.append(f"-H {shlex.quote(f'{name}: {value}')}")
        if body is not None:
            try:
                lines.append(f"--data-raw {shlex.quote(body.content.decode())}")
            except UnicodeDecodeError:
                lines.append("--data-binary @body")
        return " \\\n  ".join(lines)


def raw_operation(method: str, path: str) -> Operation:
    """An operation outside of the contract, for `client.call`. It has no id; `target` checks its path."""
    for name, value in (("method", method), ("path", path)):
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{name} must be a string, got {type(value).__name__}")
    method = method.upper()
    segments = tuple(path.split(_TEAM))
    return Operation(
        id="",
        tag="",
        method=method,
        path=path,
        segments=segments,
        path_params=("teamId",) * (len(segments) - 1),
        team=len(segments) > 1,
        params=(),
        body="",
        body_required=False,
        result="",
        content="any",
        is_list=False,
        envelope="",
        status=200,
        key="any" if method in SAFE_METHODS else "secret",
        pagination="none",
        idempotent=method in _KEYED_METHODS,
        bulk=None,
        id_prefix="",
        source="",
        deprecated=False,
        summary="",
        description="",
    )


def _check_raw(operation: Operation) -> None:
    path = operation.path
    if not _RAW_METHOD.fullmatch(operation.method):
        raise ValueError(f"{operation.method!r} is not an HTTP method")
    problems = {
        "it must begin with '/'": not path.startswith("/"),
        "pass a query with query=": "?" in path,
        f"{_TEAM} must be in it at most once": path.count(_TEAM) > 1,
        "it must have no '.' or '..' parts": not {".", ".."}.isdisjoint(path.split("/")),
        "it must have no empty parts": "//" in path,
        "it must be percent-encoded": not _RAW_PATH.fullmatch(path.replace(_TEAM, "x", 1)),
    }
    for problem, found in problems.items():
        if found:
            raise ValueError(f"{path[:200]!r} is not a valid path: {problem}")
