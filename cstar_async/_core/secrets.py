"""Secrets, and text from outside that becomes text of ours: what may be shown, logged or raised. Pure.

The table of secrets stands here and nowhere else. Text that the service, a proxy or a database sent goes through
`clean_text` (or, for the body of an answer, `redact_json`) before it is part of a message, a log line or an attribute
of an error. All of them do a bounded amount of work, however much there is, except `redact`.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ErrorT = TypeVar("ErrorT", bound=BaseException)

MAX_SHOWN: Final = 500
"""Characters of one text from outside that a message has room for."""
MAX_BODY_TEXT: Final = 65_536
"""Characters of text that `redact_json` keeps in all."""

_LONGEST_SECRET: Final = 4096
"""Characters. Text is cut for good only after secrets are removed, so that none is cut to a shape nobody knows."""
_SHORTEST_SECRET: Final = 6
"""Characters. What is shorter stands in too much other text to be removed wherever it occurs."""
_TELLING_PART: Final = 12
"""Characters from the beginning of a known secret by which the rest of it is found where the text breaks off."""
_LONGEST_TEXT: Final = 16_384
"""Characters of one text in parsed JSON."""
_MOST_VALUES: Final = 5_000
"""Values of parsed JSON that `redact_json` copies."""
_DEEPEST: Final = 50
"""Levels of parsed JSON that `redact_json` copies: a pickle or a repr of more would end in a RecursionError."""


class Secret(str):
    """Text that must not be seen: its repr is `'***'`, and with it that of everything that holds it.

    It stays a `str`, because aiohttp sends any `str`; so never format it into a message.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class SecretBytes(bytes):
    """A body that may hold a password or a token: its repr says how long it is, and nothing else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


def hide_bytes(body: bytes) -> SecretBytes:
    """A body whose repr does not show it."""
    return SecretBytes(body)


def _without_token(found: re.Match[str]) -> str:
    """Dotted words without a JSON Web Token; other dotted words (a host, a file) as they are."""
    text = found[0]
    start = text.find("eyJ")
    while start > 0 and text[start - 1].isalnum():
        start = text.find("eyJ", start + 1)
    head = text.find(".")
    return text if not 0 <= start <= head - 7 else f"{text[:start]}***"


def _without_credentials(found: re.Match[str]) -> str:
    """`Basic …` without user and password; `Basic functionality` as it is."""
    try:
        plain = base64.b64decode(found[2] + "=" * (-len(found[2]) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return found[0]
    return f"{found[1]}***" if b":" in plain else found[0]


# Each is linear in the length of the text: what can be long is bounded, or begins only where a word begins.
_SECRETS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    # API keys: sk_live_…, pk_test_… (seed). The prefix stays, since it tells which kind of key it was.
    (re.compile(r"(?<![A-Za-z0-9])((?:sk|pk)_(?:live_|test_)?)[A-Za-z0-9_-]{6,}"), r"\1***"),
    # Signing secrets of webhooks (seed), refresh tokens (rt_: the contract's example; cstr_: the sandbox's).
    (re.compile(r"(?<![A-Za-z0-9])(whsec_|cstr_|rt_)[A-Za-z0-9_+/=-]{6,}"), r"\1***"),
    # JSON Web Tokens: access tokens of customers (seed). Header and payload both begin with {".
    (re.compile(r"(?<![\w-])[\w-]{7,}\.[\w-]{4,}(?:\.[\w-]*)?", re.ASCII), _without_token),
    # Credentials of an HTTP header that somebody echoes.
    (re.compile(r"\b(Bearer\s+)[A-Za-z0-9._~+/=-]{12,}", re.IGNORECASE), r"\1***"),
    (re.compile(r"\b(Basic\s+)([A-Za-z0-9+/_-]{6,}={0,2})", re.IGNORECASE), _without_credentials),
    (re.compile(r"\b(authorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?)[^\s\"',;]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"\b(x-api-key[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+", re.IGNORECASE), r"\1***"),
    # User and password in an address: of a proxy, of a database. A password may itself hold an @, or a slash.
    (re.compile(r"(?<=://)(?:[^/\s<>]{0,1000}|[^/\s:@<>]{0,200}:(?![0-9]{1,5}(?:[/\s]|$))[^\s<>]{0,200})@"), "***@"),
    # A password that is named: password=… in a connection string, a query or a libpq message.
    (re.compile(r"\b((?:password|passwd|pwd)\s*=\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&;,]+)", re.IGNORECASE), r"\1***"),
    (re.compile(r"\b((?:\w{0,40}[_-]?(?:secret|token)|api[_-]?key)=)[^\s&;,\"'<>]{6,}", re.IGNORECASE), r"\1***"),
    # A secret that a member of JSON names, where the JSON is a text, and perhaps breaks off.
    (
        re.compile(
            r"([\"']\w{0,40}(?:password|passwd|secret|token|api_?key)\\?[\"']\s*:\s*\\?[\"'])(?:[^\"'\\]|\\.)+",
            re.IGNORECASE,
        ),
        r"\1***",
    ),
)
_PREFIX: Final = re.compile(r"(?:Bearer\s+)?(?:(?:sk|pk)_(?:live_|test_)?|whsec_)?")
_SUSPICIOUS: Final = re.compile(
    r"(?:sk|pk|rt)_|whsec_|cstr_|eyJ|bearer|basic|authorization|://|passw|pwd|secret|token|api.?key", re.IGNORECASE
)
"""What every text that `_SECRETS` changes has in it."""
_SECRET_NAME: Final = re.compile(r"\w*(?:password|passwd|secret|token|apikey|authorization)", re.IGNORECASE)
"""A member of JSON whose value is secret by its name, less `_` and `-`."""

_ESCAPED: Final = re.compile(r"(?<!\\)\\+(?:u00|x)([2-7][0-9A-Fa-f])|%(?:25)*([2-7][0-9A-Fa-f])")

# Line breaks, ESC and all other controls, and the marks that reorder what stands around them on a terminal.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]+")
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]+")
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def redact(text: str, known: Iterable[str] = ()) -> str:
    r"""Remove what looks like a secret from a text, and each of `known`, whatever that looks like.

    Escaped letters (`sk\u005flive`, `sk%5Flive`, `sk&#95;live`) are read as what they stand for where the text holds
    a secret.

    Args:
        text: Any text. The work is linear in its length: cut it before if it may be long.
        known: Secrets of the caller, such as the API key in use.
    """
    forms = _forms(known)
    plain = _redact(text, forms)
    if "\\" in plain or "%" in plain or "&" in plain:
        # Only if the escapes hide a secret is the text shown without them.
        unescaped = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), html.unescape(plain))
        hidden = _redact(unescaped, forms)
        return hidden if hidden != unescaped else plain
    return plain


def _forms(known: Iterable[str]) -> tuple[str, ...]:
    """Known secrets as they may stand in a text, longest first: as they are, quoted for a URL, for HTML, for JSON."""
    secrets = {str.__str__(secret) for secret in known}
    # Of `Bearer abc` the token alone is secret, too.
    secrets |= {secret.split()[-1] for secret in secrets if " " in secret.strip()}
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            found.update((secret, quote(secret, safe=""), html.escape(secret), secret.replace("/", "\\/")))
            found.add(secret.replace("\\", "\\\\").replace('"', '\\"'))
    return tuple(sorted(found, key=len, reverse=True))


def _redact(text: str, forms: tuple[str, ...]) -> str:
    for form in forms:
        text = text.replace(form, _mask(form))
    for form in forms:
        if len(form) > _TELLING_PART and form[:_TELLING_PART] in text:
            text = _without_beginnings(text, form)
    if _SUSPICIOUS.search(text) is not None:
        for pattern, replacement in _SECRETS:
            text = pattern.sub(replacement, text)
    return text


def _mask(secret: str) -> str:
    found = _PREFIX.match(secret)
    return f"{found[0] if found else ''}***"


def _without_beginnings(text: str, secret: str) -> str:
    """The text without any beginning of a secret that goes on otherwise, or not at all: the text may break off."""
    before, *parts = text.split(secret[:_TELLING_PART])
    rest = secret[_TELLING_PART:]
    shown = [before]
    for part in parts:
        same = next((place for place, (a, b) in enumerate(zip(part, rest, strict=False)) if a != b), None)
        shown.append(part[min(len(part), len(rest)) if same is None else same :])
    return _mask(secret).join(shown)


def clean_text(text: str, known: Iterable[str] = (), *, limit: int = MAX_SHOWN) -> str:
    """Text from outside as one printable line: for messages, logs and attributes of errors.

    Control characters and line breaks become spaces, what is not Unicode becomes U+FFFD, secrets are removed, and what
    is longer than `limit` characters is cut, with an ellipsis. The work is bounded, however long the text is.

    Args:
        text: Any text, such as a header or a message of the service.
        known: Secrets of the caller, as in `redact`.
        limit: Characters of the result at most.
    """
    known = tuple(known)
    cut = text[: limit + max(_LONGEST_SECRET, *map(len, known), 0)]
    # Before, so that no secret is hidden by what nobody sees, and after, since an escape may stand for anything.
    shown = _printable(redact(_printable(cut), known)).strip()
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which cannot be written anywhere."""
    return _SURROGATES.sub("\ufffd", text)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    text = without_surrogates(_UNPRINTABLE.sub(" ", _INVISIBLE.sub("", text)))
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "\ufffd" for each in text)


def clean_lines(text: str, known: Iterable[str] = (), *, limit: int = _LONGEST_TEXT) -> str:
    """The same for text that keeps its lines: the body of an answer."""
    known = tuple(known)
    cut = text[: limit + max(_LONGEST_SECRET, *map(len, known), 0)]
    shown = _printable_lines(redact(_printable_lines(cut), known))
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _printable_lines(text: str) -> str:
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(_printable, line.split("\t"))) for line in lines)


def redact_json(value: Any, known: Iterable[str] = ()) -> Any:
    """A copy of parsed JSON with the secrets removed from every text in it, keys included.

    It is bounded: long text is cut, and of what is very deep, or has very many values, the rest is left out, with an
    ellipsis in its place.
    """
    return _Copying(tuple(known)).copy(value, 0)


class _Copying:
    """One run of `redact_json`: how much of it there may yet be."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known
        self._values = _MOST_VALUES
        self._text = MAX_BODY_TEXT

    def copy(self, value: Any, depth: int) -> Any:
        self._values -= 1
        if isinstance(value, str):
            return self._copy_text(value)
        if not isinstance(value, list | dict):
            return value
        if depth >= _DEEPEST:
            return "…"
        if isinstance(value, list):
            copied = [self.copy(item, depth + 1) for item in value if self._values > 0]  # pyright: ignore[reportUnknownVariableType]
            return copied if len(copied) == len(value) else [*copied, "…"]  # pyright: ignore[reportUnknownArgumentType]
        members = cast("dict[str, Any]", value)
        shown: dict[str, Any] = {}
        for name, member in islice(members.items(), max(0, self._values)):
            if self._values <= 0:
                shown["…"] = "…"
                break
            secret = isinstance(member, str | int | float) and not isinstance(member, bool) and member != ""
            if secret and _SECRET_NAME.fullmatch(name[:100].replace("_", "").replace("-", "")):
                self._values -= 1
                shown[clean_text(name, self._known, limit=200)] = "***"
            else:
                shown[clean_text(name, self._known, limit=200)] = self.copy(member, depth + 1)
        return shown

    def _copy_text(self, text: str) -> str:
        if not text:
            return text
        shown = clean_lines(text, self._known, limit=max(1, min(_LONGEST_TEXT, self._text)))
        self._text -= len(shown)
        return shown


def without_secrets(error: ErrorT, known: Iterable[str] = ()) -> ErrorT:
    """The same error, and all that led to it, with nothing in them that must not be seen.

    An error of aiohttp or asyncio holds the address of the proxy with its password, the headers of the request, and in
    its traceback the variables of all functions that had them. Class, errno, host and port stay; the traceback, which
    leads through aiohttp only, goes.

    Args:
        error: An error that is to be the cause of one of ours. It is changed in place.
        known: Secrets of the caller, as in `redact`.
    """
    known = tuple(known)
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = None
        pending += [other for other in (each.__cause__, each.__context__) if other is not None]
        if isinstance(each, BaseExceptionGroup):
            pending += cast("BaseExceptionGroup[BaseException]", each).exceptions
            continue  # its message cannot be changed; asyncio's say nothing
        inner: list[BaseException] = []
        each.args = tuple(_shown(arg, known, inner) for arg in each.args)
        for name, value in list(vars(each).items()):
            vars(each)[name] = _shown(value, known, inner)
        if isinstance(each, OSError):
            for name in ("strerror", "filename", "filename2"):
                value = getattr(each, name, None)
                if isinstance(value, str):
                    setattr(each, name, clean_text(value, known))
        pending += inner
    return error


def _shown(value: object, known: tuple[str, ...], errors: list[BaseException]) -> Any:
    """What may be seen of an argument or attribute of an error. Errors among them are added to `errors`."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return clean_text(value, known, limit=2_000)
    if isinstance(value, BaseException):
        errors.append(value)
        return value
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        names: tuple[str, ...] = getattr(items, "_fields", ())
        if not names:
            return tuple(_shown(item, known, errors) for item in items)
        # aiohttp's ConnectionKey and RequestInfo: str() of the error asks them for host, port and address.
        kind = cast("Any", type(items))
        return kind._make(_shown_field(*pair, known, errors) for pair in zip(names, items, strict=False))
    if hasattr(value, "with_user"):  # a URL of yarl's
        return cast("Any", value).with_user(None)
    if isinstance(value, list):
        return [_shown(item, known, errors) for item in cast("list[object]", value)]
    # A TLS setting, or a class: what is neither text nor number holds no secret by its name.
    return value if isinstance(value, type) or _is_plain(value) else f"<{type(value).__name__}>"


def _shown_field(name: str, value: object, known: tuple[str, ...], errors: list[BaseException]) -> Any:
    if name.startswith("proxy"):
        return None
    return {} if name == "headers" else _shown(value, known, errors)


def _is_plain(value: object) -> bool:
    """Whether its repr is that of every object: a name and an address."""
    return type(value).__repr__ is object.__repr__
