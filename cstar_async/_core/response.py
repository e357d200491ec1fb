"""Answers of the service, and reading results from them. Pure."""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, ParamSpec, TypeVar, cast

import orjson
from multidict import CIMultiDict

from cstar_async.errors import DecodeError

from . import drift
from .json_body import InvalidJSONError, may_hold_long_integer, read_json
from .rate_limit import read_rate_limit
from .representation import safe_repr
from .secrets import clean_text, redact_json, without_secrets, without_surrogates
from .serialization import is_text, json_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .operation import Operation
    from .rate_limit import RateLimit

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
P = ParamSpec("P")

_MISSING: Final = object()
_SHOWN: Final = 300
"""The most characters of one problem in a DecodeError."""
_MAX_PROBLEMS: Final = 50
"""The most problems that a DecodeError names."""
_LONGEST_ID: Final = 200
"""The most characters of a request id."""
LONGEST_TEXT: Final = 2**16
"""The most bytes of an unexpected body that are read as text."""
_TITLES: Final = (
    re.compile(r"<title\b[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE),
    re.compile(r"<h1\b[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE),
)
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_HTML: Final = re.compile(
    r"\s{0,200}(?:<!--.{0,2000}?-->\s{0,200})?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSETS: Final = re.compile(r"utf|iso|latin|windows|cp|ascii|us|koi8|shift|sjis|euc|gb|big5|mac", re.IGNORECASE)
"""Beginnings of the names of text encodings. An answer must not choose other codecs of Python (`zip`, `punycode`)."""
_NOT_TEXT: Final = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"})


class RawResponse:
    """A complete successful answer, not yet decoded."""

    __slots__ = ("attempts", "elapsed", "headers", "idempotency_key", "raw", "secrets", "status", "strict")

    def __init__(self, status: int, headers: Mapping[str, str], raw: bytes) -> None:
        self.status = status
        self.headers = headers
        self.raw = raw
        self.idempotency_key: str | None = None
        self.attempts = 1
        self.elapsed = 0.0
        self.secrets: tuple[str, ...] = ()
        """The client's secrets, which are removed from errors about this answer."""
        self.strict = False
        """Whether the lack of a promised field is an error."""


class Response(Generic[T_co]):
    """A result with the answer it came in: `await call.response()`."""

    __slots__ = ("_answer", "data")

    def __init__(self, data: T_co, answer: RawResponse) -> None:
        self.data = data
        """The result, as from `await call`."""
        self._answer = answer

    @property
    def status(self) -> int:
        """The HTTP status, 2xx."""
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer. Names are case-insensitive; bytes that are not UTF-8 are U+FFFD."""
        headers = self._answer.headers
        if all(map(is_text, headers.values())):
            return headers
        return CIMultiDict((name, without_surrogates(value)) for name, value in headers.items())

    @property
    def request_id(self) -> str | None:
        """The service's id of this request (`req_…`), to quote to cStar's support."""
        answer = self._answer
        return request_id(answer.headers, _read_or_none(answer.raw), answer.secrets)

    @property
    def idempotency_key(self) -> str | None:
        """The idempotency key that was sent; None for a request without one."""
        return self._answer.idempotency_key

    @property
    def rate_limit(self) -> RateLimit | None:
        """`limit`, `remaining`, `reset` and `window` from the answer's headers; None if it has none."""
        return read_rate_limit(self._answer.headers)

    @property
    def attempts(self) -> int:
        """The number of attempts; 1 if the first succeeded."""
        return self._answer.attempts

    @property
    def elapsed(self) -> float:
        """Seconds from the await to the end of the answer, waits included."""
        return self._answer.elapsed

    @property
    def raw(self) -> bytes:
        """The body, decompressed but not decoded."""
        return self._answer.raw

    @safe_repr
    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.raw)} bytes, attempt {self.attempts}>"


def request_id(headers: Mapping[str, str], body: object, secrets: tuple[str, ...] = ()) -> str | None:
    """The request id: `meta.requestId`, `error.request_id`, else a header; only the header is not documented by cStar.

    It is one printable line without any of `secrets`.
    """
    if isinstance(body, Mapping):
        members = cast("Mapping[str, Any]", body)
        for place, name in (("meta", "requestId"), ("error", "request_id")):
            part = members.get(place)
            found = cast("Mapping[str, Any]", part).get(name) if isinstance(part, Mapping) else None
            if isinstance(found, str):
                return clean_text(found, secrets, limit=_LONGEST_ID)
    found = headers.get("X-CStar-Request-Id") or headers.get("X-Request-Id")
    return found and clean_text(found, secrets, limit=_LONGEST_ID)


def read_result(
    operation: Operation, answer: RawResponse, decode: Callable[[Any], T] | None, path_args: tuple[str, ...] = ()
) -> T:
    """Read the result. Raises DecodeError if the answer does not match the contract.

    An empty body is a success if the caller already knows the result, for example that the object that `path_args` name
    is deleted.
    """
    # Fast path for the usual answer. If it fails, the answer is read again below, where errors get their messages.
    inspected = answer.strict or drift.is_sampled()
    usual = operation.envelope and operation.content == "json" and not may_hold_long_integer(answer.raw)
    try:
        if usual and decode is not None and not inspected:
            try:
                return decode(orjson.loads(answer.raw)[operation.envelope])
            except Exception:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
                drift.forget_absent()  # of the objects that are made anew from the same text
        if operation.acknowledges and _is_blank(answer.raw):
            value = _known_result(operation, path_args)
            return cast("T", value if decode is None else decode(value))
        result, problems, identity, cause = _read(operation, answer, decode, inspected=inspected)
    finally:
        drift.count_absent(operation.id)
    if problems:
        _raise(operation, answer, problems, identity, cause)
    return result


def _read(
    operation: Operation, answer: RawResponse, decode: Callable[[Any], T] | None, *, inspected: bool
) -> tuple[T, Sequence[str], str | None, Exception | None]:
    """The result, or the problems, the request id and the error of the decoder.

    Nothing is raised here, since the traceback would have the whole answer among its local variables.
    """
    body, problems = _parse(operation, answer)
    value = None if problems else _find_value(operation, answer, body, problems)
    cause: Exception | None = None
    if not problems:
        if decode is None:
            return cast("T", value), (), None, None
        path = value_path(operation)
        try:
            result = decode(value)
        except Exception as error:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
            problems, cause = _clean(answer, explain(decode, value, path)), error
        else:
            broken = drift.inspect(operation.id, decode, [value], [path]) if inspected else []
            if not (broken and answer.strict):
                return result, (), None, None
            problems = _clean(answer, broken)
    return cast("T", None), problems, request_id(answer.headers, body, answer.secrets), cause


def _known_result(operation: Operation, path_args: tuple[str, ...]) -> dict[str, object]:
    """The JSON of a result that the caller already knows: `{"deleted": true, "id": "tkt_1"}`."""
    names = dict(zip(reversed(operation.path_params), reversed(path_args), strict=False))
    return {
        member: names.get(str(value), "") if by_name else value for member, value, by_name in operation.acknowledges
    }


def read_body(operation: Operation, answer: RawResponse) -> Any:
    """The body in the form that the operation declares: parsed JSON, text, bytes or None."""
    body, problems = _parse(operation, answer)
    if problems:
        _raise(operation, answer, problems, request_id(answer.headers, None, answer.secrets))
    return body


def _parse(operation: Operation, answer: RawResponse) -> tuple[Any, list[str]]:
    """The body as `read_body` returns it, and its problems, cleaned."""
    content, raw = operation.content, answer.raw
    if content == "any":
        content = _content_of(answer)
        if content == "page":
            # No endpoint answers with HTML, but proxies do, even with status 200.
            return None, _clean(answer, [f"$: {_describe_html(answer)}, which does not come from the service"])
    if content == "json":
        if _is_blank(raw):
            return None, ["$: not JSON: the body is empty"]
        try:
            # A list is long, so its decoders check the integers instead.
            body = read_json(raw, exact=not operation.is_list)
        except InvalidJSONError as error:
            return None, _clean(answer, [f"$: not JSON: {_describe_html(answer) or error}"])
        return body, []
    if content == "text":
        return decode_text(answer.headers, raw), []
    return None if content == "none" else raw, []


def _is_blank(raw: bytes) -> bool:
    return not raw or raw.isspace()


def _content_of(answer: RawResponse) -> str:
    kind = media_type(answer.headers) or "application/json"
    if not answer.raw:
        return "none"
    if kind == "application/json" or kind.endswith("+json"):
        return "none" if _is_blank(answer.raw) else "json"
    if kind == "text/html":
        return "page"
    return "text" if kind.startswith("text/") else "bytes"


def media_type(headers: Mapping[str, str]) -> str:
    """`text/html`, in lower case and without parameters; empty if the answer does not say."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def decode_text(headers: Mapping[str, str], raw: bytes) -> str:
    """Decode bytes with the charset that the answer names; UTF-8 if it names no text encoding."""
    kind = headers.get("Content-Type", "")
    named = re.search(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:+-]{1,40})", kind, re.IGNORECASE)
    codec = "utf-8"
    if named and _CHARSETS.match(named[1]):
        try:
            found = codecs.lookup(named[1]).name
        except LookupError:
            found = codec
        codec = codec if found in _NOT_TEXT else found
    return without_surrogates(raw.decode(codec, errors="replace")).removeprefix("\ufeff")


def describe_page(headers: Mapping[str, str], text: str) -> str:
    """Describe an HTML page by its title or its text, not cleaned yet; empty for other bodies."""
    if media_type(headers) != "text/html" and not _HTML.match(text):
        return ""
    import html  # its table of entities takes 2 ms to load

    found = next(filter(None, (pattern.search(text) for pattern in _TITLES)), None)
    # Without a title, the text of its beginning.
    title = html.unescape(found[1] if found else _TAG.sub(" ", text[:4_000]))
    shown = " ".join(title.split())[:200]
    return f'an HTML page, "{shown}"' if shown else "an HTML page without a title"


def _describe_html(answer: RawResponse) -> str:
    return describe_page(answer.headers, decode_text(answer.headers, answer.raw[:LONGEST_TEXT]))


def unwrap(operation: Operation, answer: RawResponse, body: Any) -> Any:
    """The member of the body that holds the result, which may be null. Raises DecodeError if it is missing."""
    problems: list[str] = []
    value = _find_value(operation, answer, body, problems)
    if problems:
        raise_decode_error(operation, answer, body, problems, None)
    return value


def _find_value(operation: Operation, answer: RawResponse, body: Any, problems: list[str]) -> Any:
    envelope = operation.envelope
    if not envelope or operation.content != "json":
        return body
    path, value = "$", body
    for member in envelope.split("."):
        if not isinstance(value, dict):
            problems.append(f"{path}: expected an object with {member!r}, got {json_type(value)}")
            return None
        members = cast("dict[str, Any]", value)
        path, value = f"{path}.{member}", members.get(member, _MISSING)
        if value is _MISSING:
            problems.append(f"{path}: missing")
            if "error" in members:  # an error with a status of success; its message would be lost
                shown = orjson.dumps(redact_json(members["error"], answer.secrets)).decode()
                problems += _clean(answer, [f"$.error: {shown}"])
            return None
    return value


def value_path(operation: Operation) -> str:
    """The JSON path of the result in the body."""
    return f"$.{operation.envelope}" if operation.envelope else "$"


def explain(decode: Callable[[Any], object], value: object, path: str) -> list[str]:
    """The problems of a value that `decode` refuses, each with its path on the wire."""
    from cstar_async.converter import diagnose  # cattrs takes a third of a second to load

    return diagnose(decode, value, path)


def hide_variables(read: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function so that tracebacks of its DecodeError do not contain the variables of inner frames."""

    @functools.wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except DecodeError as error:
            failure = error.with_traceback(None)
        raise failure

    return reading


def raise_decode_error(
    operation: Operation, answer: RawResponse, body: object, problems: Sequence[str], cause: Exception | None
) -> NoReturn:
    """Raise DecodeError about this answer.

    The traceback of `cause` is removed, since its variables contain the answer.
    """
    identity = request_id(answer.headers, body, answer.secrets)
    del body
    problems = _clean(answer, problems)
    _raise(operation, answer, problems, identity, cause)


def _clean(answer: RawResponse, problems: Sequence[str]) -> list[str]:
    """Problems as an error may show them, cleaned before a function that raises has them as variables."""
    shown = [clean_text(problem, answer.secrets, limit=_SHOWN) for problem in problems[:_MAX_PROBLEMS]]
    return shown if len(problems) <= _MAX_PROBLEMS else [*shown, f"and {len(problems) - _MAX_PROBLEMS} more"]


def _raise(
    operation: Operation,
    answer: RawResponse,
    problems: Sequence[str],
    identity: str | None,
    cause: Exception | None = None,
) -> NoReturn:
    lines = "\n".join(f"  {problem}" for problem in problems)
    where = f"{operation.method} {operation.path}: {answer.status}"
    error = DecodeError(
        f"{where}, but the body does not match the contract (request {identity or 'id unknown'})\n{lines}",
        problems=problems,
        status=answer.status,
        operation=operation.id,
        method=operation.method,
        path=operation.path,
        attempts=answer.attempts,
        request_id=identity,
        idempotency_key=answer.idempotency_key,
    )
    error.__cause__ = None if cause is None else without_secrets(cause, answer.secrets)
    try:
        raise error
    finally:
        # If the error of a decoder is being handled, it is already the cause.
        error.__context__ = error.__cause__


def _read_or_none(raw: bytes) -> object:
    try:
        return read_json(raw, exact=False)
    except InvalidJSONError:
        return None
