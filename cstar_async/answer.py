"""An answer of the service, and how a result is read from it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar, cast

import orjson

from .errors import DecodeError
from .window import read_rate_limit

if TYPE_CHECKING:
    from ._generated.operations import Operation
    from .window import RateLimit

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

_SHOWN: Final = 300
"""Characters of an unexpected error object that a message has room for."""


class Answer:
    """A whole successful answer, not yet decoded."""

    __slots__ = ("attempts", "elapsed", "headers", "idempotency_key", "raw", "status")

    def __init__(self, status: int, headers: Mapping[str, str], raw: bytes) -> None:
        self.status = status
        self.headers = headers
        self.raw = raw
        self.idempotency_key: str | None = None
        self.attempts = 1
        self.elapsed = 0.0


class Response(Generic[T_co]):
    """A result together with how it came: `await call.response()`."""

    __slots__ = ("_answer", "data")

    def __init__(self, data: T_co, answer: Answer) -> None:
        self.data = data
        """What `await call` gives."""
        self._answer = answer

    @property
    def status(self) -> int:
        """The HTTP status, 2xx."""
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer; names are looked up without regard to case."""
        return self._answer.headers

    @property
    def request_id(self) -> str | None:
        """The service's id of this request (`req_…`), to quote to cStar's support."""
        return request_id(self._answer.headers, _loads_or_none(self._answer.raw))

    @property
    def rate_limit(self) -> RateLimit | None:
        """`limit`, `remaining`, `reset` and `window` from the answer's headers; None if it had none."""
        return read_rate_limit(self._answer.headers)

    @property
    def attempts(self) -> int:
        """How often the request was sent, 1 if the first attempt succeeded."""
        return self._answer.attempts

    @property
    def elapsed(self) -> float:
        """Seconds from the await to the whole answer, waits included."""
        return self._answer.elapsed

    @property
    def raw(self) -> bytes:
        """The body as it came, decompressed."""
        return self._answer.raw

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.raw)} bytes, attempt {self.attempts}>"


def request_id(headers: Mapping[str, str], body: object) -> str | None:
    """The request id: `meta.requestId` (seed), `error.request_id` (docs), else a header (inferred)."""
    if isinstance(body, Mapping):
        members = cast("Mapping[str, Any]", body)
        for place, name in (("meta", "requestId"), ("error", "request_id")):
            part = members.get(place)
            found = cast("Mapping[str, Any]", part).get(name) if isinstance(part, Mapping) else None
            if isinstance(found, str):
                return found
    return headers.get("X-CStar-Request-Id") or headers.get("X-Request-Id")


def read_result(operation: Operation, answer: Answer, decode: Callable[[Any], T] | None) -> T:
    """What the caller gets. Raises DecodeError if the answer is not what the contract says."""
    body = read_body(operation, answer)
    value = unwrap(operation, answer, body)
    if decode is None:
        return cast("T", value)
    try:
        return decode(value)
    except Exception as error:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
        problems = explain(decode, value, value_path(operation))
        raise_decode_error(operation, answer, body, problems, error)


def read_body(operation: Operation, answer: Answer) -> Any:
    """The body in the form that the operation promises: parsed JSON, text, bytes or None."""
    content = operation.content
    if content == "any":
        content = _content_of(answer)
        if content == "page":
            # No endpoint answers with one, but what stands before the service does, with a 200 at that.
            raise_decode_error(operation, answer, None, ["$: an HTML page, which is no answer of the service"], None)
    if content == "json":
        try:
            return orjson.loads(answer.raw)
        except orjson.JSONDecodeError as error:
            raise_decode_error(operation, answer, None, [f"$: not JSON: {error}"], error)
    if content == "text":
        return answer.raw.decode("utf-8", errors="replace")
    return None if content == "none" else answer.raw


def _content_of(answer: Answer) -> str:
    if not answer.raw:
        return "none"
    kind = answer.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return "json"
    if kind == "text/html":
        return "page"
    return "text" if kind.startswith("text/") else "bytes"


def unwrap(operation: Operation, answer: Answer, body: Any) -> Any:
    """The member of the body that holds the result. An absent one is a DecodeError, a null one is not."""
    envelope = operation.envelope
    if not envelope or operation.content != "json":
        return body
    if not isinstance(body, dict):
        problem = f"$: expected an object with {envelope!r}, got {json_type(body)}"
        raise_decode_error(operation, answer, body, [problem], None)
    members = cast("dict[str, Any]", body)
    if envelope not in members:
        problems = [f"$.{envelope}: missing"]
        if "error" in members:  # a failure that calls itself a success; what it says would be lost
            problems.append(f"$.error: {orjson.dumps(members['error']).decode()[:_SHOWN]}")
        raise_decode_error(operation, answer, members, problems, None)
    return members[envelope]


def value_path(operation: Operation) -> str:
    """Where in the body the result stands, as a JSON path."""
    return f"$.{operation.envelope}" if operation.envelope else "$"


def json_type(value: object) -> str:
    """What JSON calls the type of this value, with its article."""
    if value is None:
        return "null"
    names: dict[type, str] = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), "an object")


def explain(decode: Callable[[Any], object], value: object, path: str) -> list[str]:
    """Every bad field of a value that `decode` refuses, by its wire path."""
    from .converter import diagnose  # noqa: PLC0415  # cattrs takes a third of a second to load

    return diagnose(decode, value, path)


def raise_decode_error(
    operation: Operation, answer: Answer, body: object, problems: list[str], cause: Exception | None
) -> NoReturn:
    """Raise DecodeError about this answer."""
    found = request_id(answer.headers, body)
    shown = "\n".join(f"  {problem}" for problem in problems)
    where = f"{operation.method} {operation.path}: {answer.status}"
    raise DecodeError(
        f"{where}, but the body is not what the contract says (request {found or 'id unknown'})\n{shown}",
        problems=problems,
        status=answer.status,
        operation=operation.id,
        method=operation.method,
        path=operation.path,
        attempts=answer.attempts,
        request_id=found,
        idempotency_key=answer.idempotency_key,
    ) from cause


def _loads_or_none(raw: bytes) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
