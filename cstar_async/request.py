"""A request as a value: what to ask, with which options. Pure; nothing here sends anything."""

from __future__ import annotations

import re
import shlex
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import attrs

from ._generated.operations._record import Operation
from .amounts import check_max_retries, check_timeout
from .body import encode_body
from .deadline import check_deadline
from .retry import SAFE_METHODS
from .secrets import Secret, hide_bytes
from .shown import show_fields
from .wire import encode_query, quote_path_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .window import Priority

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")
AUTHORIZATION: Final = "authorization"
_RESERVED: Final = frozenset(
    {AUTHORIZATION, "idempotency-key", "host", "content-length", "content-type", "transfer-encoding", "connection"}
)
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.~-]*").fullmatch
_RAW_METHOD = re.compile(r"[A-Z]+")
_RAW_PATH = re.compile(r"(/[A-Za-z0-9\-._~!$&'()*+,;=:@%]+)+/?")
_KEYED_METHODS: Final = frozenset({"POST", "PATCH"})
_TEAM: Final = "{teamId}"


@attrs.define(kw_only=True)
class Options:
    """What `Call.options` changes; None leaves the client's setting."""

    timeout: float | None = None
    deadline: float | None = None
    max_retries: int | None = None
    idempotency_key: str | None = None
    headers: Mapping[str, str] | None = attrs.field(default=None, repr=False)  # may hold a customer's token
    priority: Priority = "interactive"

    __repr__ = show_fields

    def changed(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_retries: int | None = None,
        idempotency_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        priority: Priority | None = None,
    ) -> Options:
        """A copy with what is given in place of what was; headers are added to the earlier ones.

        Raises ValueError for numbers that make no sense, TypeError for what is no number or no mapping.
        """
        if timeout is not None:
            check_timeout(timeout)
        if deadline is not None:
            check_deadline(deadline)
        if max_retries is not None:
            check_max_retries(max_retries)
        if idempotency_key is not None:
            check_header_value("Idempotency-Key", idempotency_key)
            if not idempotency_key:
                raise ValueError("idempotency_key must not be empty")
        if headers is not None and not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"headers is a mapping of names to values, got {type(headers).__name__}")
        if priority not in (None, "interactive", "bulk"):
            raise ValueError(f"priority is 'interactive' or 'bulk', got {priority!r}")
        return Options(
            timeout=self.timeout if timeout is None else timeout,
            deadline=self.deadline if deadline is None else deadline,
            max_retries=self.max_retries if max_retries is None else max_retries,
            idempotency_key=self.idempotency_key if idempotency_key is None else idempotency_key,
            headers=self.headers if headers is None else {**(self.headers or {}), **headers},
            priority=self.priority if priority is None else priority,
        )


NO_OPTIONS: Final = Options()


class KeyCell:
    """The idempotency key of a write whose outcome is not known yet, shared by a Call and its copies.

    So however often the Call is awaited, it is the same write under the same key, and cStar does it once (docs: it
    remembers keys for 24 h). A readable, final answer empties the cell: the same update awaited again later is a new
    one.
    """

    __slots__ = ("in_doubt", "key")

    def __init__(self) -> None:
        self.key: str | None = None
        self.in_doubt = False
        """Whether an attempt that may have been carried out has had no readable, final answer."""

    def take(self) -> str:
        """The key to send; made at the first send."""
        if self.key is None:
            self.key = str(uuid.uuid4())
        return self.key

    def succeeded(self, key: str | None) -> None:
        """Forget `key`: the write is done, and its answer was read."""
        self.in_doubt = False
        if key == self.key:
            self.key = None

    def refused(self, key: str | None) -> None:
        """Forget `key` if a refusal of the service means that the write was not done.

        While an earlier attempt is in doubt it does not: what refuses the second (a key that was revoked meanwhile, a
        limit) may not have refused the first. Without a key there is nothing to keep.
        """
        if not self.in_doubt or key is None:
            self.succeeded(key)


NO_CELL: Final = KeyCell()
"""For operations that change nothing."""


def key_cell(operation: Operation) -> KeyCell:
    """The cell for a new request of this operation."""
    return NO_CELL if operation.method in SAFE_METHODS else KeyCell()


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
        cell: KeyCell,
    ) -> None:
        self.operation = operation
        self.path_args = path_args
        self.query = query
        self.json = json
        self.headers = headers
        self.options = options
        self.cell = cell

    def replace(self, *, options: Options | None = None, query: Mapping[str, object] | None = None) -> Request:
        """A copy with other options or another query, sharing the cell of the idempotency key."""
        return Request(
            self.operation,
            self.path_args,
            self.query if query is None else query,
            self.json,
            self.headers,
            self.options if options is None else options,
            self.cell,
        )

    def idempotency_key(self) -> str | None:
        """The key to send: the caller's own, else the cell's for a write that takes one, else None."""
        own = self.options.idempotency_key
        if own is not None:
            return own
        if self.cell is NO_CELL:
            return None
        operation = self.operation
        return self.cell.take() if operation.idempotent or operation.method in _KEYED_METHODS else None

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does.

        A key makes it so only where the contract says that the service honours one, or where the caller says it.
        """
        operation = self.operation
        return operation.idempotent or operation.method in SAFE_METHODS or self.options.idempotency_key is not None

    def target(self, team: str | None) -> str:
        """Path and query, percent-encoded. Raises ValueError or TypeError for a path part that cannot be meant."""
        operation = self.operation
        segments = operation.segments
        if not operation.id:
            _check_raw(operation)
        path = segments[0]
        values = (team or "", *self.path_args) if operation.team else self.path_args
        if len(values) != len(operation.path_params):
            raise TypeError(f"{operation.path} takes {len(operation.path_params)} path parts, got {len(values)}")
        for place, value in enumerate(values):
            # Almost every id is plain text that needs no quoting.
            plain = type(value) is str and _PLAIN(value)
            path += (value if plain else quote_path_part(value, operation.path_params[place])) + segments[place + 1]
        if self.query:
            pairs = encode_query(self.query, operation)
            if pairs:
                return f"{path}?{urlencode(pairs, quote_via=quote)}"
        return path

    def body(self) -> bytes | None:
        """The JSON to send, None for no body at all. Raises as `encode_body` does."""
        if self.json is None:
            return None
        body = encode_body(self.json)
        # That of an operation for customers may hold a password or a token: no traceback shows it.
        return hide_bytes(body) if self.operation.key == "none" else body

    def extra_headers(self) -> dict[str, str]:
        """The headers of this request alone. Raises ValueError for one that is reserved or malformed.

        Where no API key is sent, `Authorization` is the caller's: it carries the token of one of the team's customers.
        """
        extra: dict[str, str] = {}
        for source in (self.headers, self.options.headers):
            if source:
                for name, value in source.items():
                    own = self.operation.key == "none" and name.lower() == AUTHORIZATION
                    check_header(name, value, reserved=not own)
                    extra[name] = Secret(value) if own else value
        return extra

    def as_curl(self, base_url: str) -> str:
        """The curl command for this request. The key is left to the shell, the team id to the reader."""
        operation = self.operation
        target = self.target(_TEAM).replace(quote(_TEAM, safe=""), _TEAM, 1)
        lines = [f"curl -X {operation.method} {shlex.quote(base_url + target)}"]
        if operation.key != "none":
            lines.append('-H "Authorization: Bearer $CSTAR_API_KEY"')
        headers = self.extra_headers()
        key = self.options.idempotency_key or self.cell.key
        if key is not None:
            check_header_value("Idempotency-Key", key)
            headers["Idempotency-Key"] = key
        body = self.body()
        if body is not None:
            headers["Content-Type"] = "application/json"
        for name, value in headers.items():
            if name.lower() == AUTHORIZATION:
                lines.append(f'-H "{name}: Bearer $CSTAR_CUSTOMER_TOKEN"')
            else:
                lines.append(f"-H {shlex.quote(f'{name}: {value}')}")
        if body is not None:
            lines.append(f"--data-raw {shlex.quote(body.decode())}")
        return " \\\n  ".join(lines)


def check_header(name: Any, value: Any, *, reserved: bool) -> None:
    """Raise ValueError unless this header can be sent as it is; TypeError if the value is no text.

    `reserved` says whether to refuse the headers that the client itself sets.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a header is text, got {type(name).__name__}")
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a header")
    if reserved and name.lower() in _RESERVED:
        raise ValueError(f"the header {name} is set by the client, not through headers=")
    check_header_value(name, value)


def check_header_value(name: str, value: Any) -> None:
    """Raise ValueError for a value that cannot stand in a header: a line break could smuggle in another one."""
    if not isinstance(value, str):
        raise TypeError(f"the header {name} must be text, got {type(value).__name__}")
    if not _HEADER_VALUE.fullmatch(value):
        raise ValueError(f"the value of the header {name} contains a line break, or another character that is no text")


def raw_operation(method: str, path: str) -> Operation:
    """An operation that the contract does not know, for `client.call`. It has no id; `target` checks its path."""
    for name, value in (("method", method), ("path", path)):
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{name} is text, got {type(value).__name__}")
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
    path = operation.path.replace(_TEAM, "x", 1)
    if not _RAW_METHOD.fullmatch(operation.method):
        raise ValueError(f"{operation.method!r} is not an HTTP method")
    if not _RAW_PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        raise ValueError(
            f"{operation.path!r} is not a path: it begins with '/', is percent-encoded, may hold {_TEAM} once, "
            "and has no '.' or '..' parts; a query goes into query="
        )
