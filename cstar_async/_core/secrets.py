"""Removal of secrets and control characters from text that is shown, logged or raised. Pure.

This is the only table of secrets. Text from the service, a proxy or a database goes through `clean_text` (`redact_json`
for the body of an answer) before it is part of a message, a log line or an attribute of an error. The work of all
functions but `redact` is bounded, however long the text is.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, SupportsIndex, TypeVar, cast, overload
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ErrorT = TypeVar("ErrorT", bound=BaseException)

MAX_SHOWN: Final = 500
"""The most characters of one text from outside in a message."""
MAX_BODY_TEXT: Final = 65_536
"""The most characters of text that `redact_json` keeps in total."""

_LONGEST_SECRET: Final = 4096
"""Characters. So much is read beyond the limit, so that a secret is not cut to a form that no pattern matches."""
_SHORTEST_SECRET: Final = 6
"""Characters. Shorter secrets are not removed, since they occur in too much other text."""
_PREFIX_LENGTH: Final = 12
"""Characters at the beginning of a known secret by which it is recognised in text that was cut."""
_LONGEST_TEXT: Final = 16_384
"""The most characters of one text in parsed JSON."""
_MAX_VALUES: Final = 5_000
"""The most values of parsed JSON that `redact_json` copies."""
_MAX_DEPTH: Final = 50
"""The most levels of parsed JSON that `redact_json` copies; pickle and repr of more raise RecursionError."""


class Secret(str):
    """A secret string: its repr is `'***'`, also within the repr of a container.

    It is a `str` so that aiohttp can send it; never format it into a message. A part of it is a Secret too, since rich
    cuts long values before it shows them.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __getitem__(self, place: SupportsIndex | slice) -> Secret:
        return Secret(str.__getitem__(self, place))


class SecretBytes(bytes):
    """A body that may hold a password or a token; its repr, and that of its parts, shows only its length."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    @overload
    def __getitem__(self, place: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> SecretBytes: ...
    def __getitem__(self, place: SupportsIndex | slice) -> int | SecretBytes:
        part = bytes.__getitem__(self, place)
        return part if isinstance(part, int) else SecretBytes(part)


def hide_bytes(body: bytes) -> SecretBytes:
    """Return the body with a repr that shows only its length."""
    return SecretBytes(body)


def _without_token(found: re.Match[str]) -> str:
    """Remove a JSON Web Token; other dotted words (a host, a file) stay."""
    text = found[0]
    start = text.find("eyJ")
    while start > 0 and text[start - 1].isalnum():
        start = text.find("eyJ", start + 1)
    head = text.find(".")
    return text if not 0 <= start <= head - 7 else f"{text[:start]}***"


def _without_credentials(found: re.Match[str]) -> str:
    """Remove user and password after `Basic`; `Basic functionality` stays."""
    try:
        plain = base64.b64decode(found[2] + "=" * (-len(found[2]) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return found[0]
    return f"{found[1]}***" if b":" in plain else found[0]


@functools.cache
def _secrets() -> tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]:
    """The patterns of secrets and what replaces them, compiled at first use: many programs never need them."""
    # Each pattern is linear in the length of the text: its parts are bounded, or begin only at the beginning of a word.
    return (
        # API keys: sk_live_…, pk_test_…. The prefix stays, since it names the kind of key.
        (re.compile(r"(?<![A-Za-z0-9])((?:sk|pk)_(?:live_|test_)?)[A-Za-z0-9_-]{6,}"), r"\1***"),
        # Signing secrets of webhooks, refresh tokens (rt_: the contract's example; cstr_: the sandbox's).
        (re.compile(r"(?<![A-Za-z0-9])(whsec_|cstr_|rt_)[A-Za-z0-9_+/=-]{6,}"), r"\1***"),
        # JSON Web Tokens: access tokens of customers. Header and payload both begin with {".
        (re.compile(r"(?<![\w-])[\w-]{7,}\.[\w-]{4,}(?:\.[\w-]*)?", re.ASCII), _without_token),
        # Credentials of HTTP headers in an echoed request.
        (re.compile(r"\b(Bearer\s+)[A-Za-z0-9._~+/=-]{12,}", re.IGNORECASE), r"\1***"),
        (re.compile(r"\b(Basic\s+)([A-Za-z0-9+/_-]{6,}={0,2})", re.IGNORECASE), _without_credentials),
        (re.compile(r"\b(authorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?)[^\s\"',;]+", re.IGNORECASE), r"\1***"),
        (re.compile(r"\b(x-api-key[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+", re.IGNORECASE), r"\1***"),
        # User and password in an address: of a proxy, of a database. A password may itself hold an @, or a slash.
        (
            re.compile(r"(?<=://)(?:[^/\s<>]{0,1000}|[^/\s:@<>]{0,200}:(?![0-9]{1,5}(?:[/\s]|$))[^\s<>]{0,200})@"),
            "***@",
        ),
        # A named password: password=… in a connection string, a query or a libpq message.
        (re.compile(r"\b((?:password|passwd|pwd)\s*=\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&;,]+)", re.IGNORECASE), r"\1***"),
        (re.compile(r"\b((?:\w{0,40}[_-]?(?:secret|token)|api[_-]?key)=)[^\s&;,\"'<>]{6,}", re.IGNORECASE), r"\1***"),
        # A secret in JSON text, which may be cut off, by the name of its member.
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
"""Matches in every text that `_secrets` changes; a fast check."""
_SECRET_NAME: Final = re.compile(r"\w*(?:password|passwd|secret|token|apikey|authorization)", re.IGNORECASE)
"""The name, without `_` and `-`, of a member of JSON whose value is secret."""

_ESCAPED: Final = re.compile(r"(?<!\\)\\+(?:u00|x)([2-7][0-9A-Fa-f])|%(?:25)*([2-7][0-9A-Fa-f])")

# Line breaks, ESC and all other control characters, and direction marks, which reorder text on a terminal.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]+")
# Not shown at all: zero width, variation selectors, fillers, tags. Some of them count as printable.
_INVISIBLE: Final = re.compile(
    r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\U000e0000-\U000e0fff]+"
)
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def redact(text: str, known: Iterable[str] = ()) -> str:
    r"""Remove everything from a text that looks like a secret, and all of `known`.

    Escaped characters (`sk\u005flive`, `sk%5Flive`, `sk&#95;live`) are decoded if the text contains a secret.

    Args:
        text: Any text. The work is linear in its length, so cut long text first.
        known: Secrets of the caller, such as the API key in use.
    """
    forms = _forms(known)
    plain = _redact(text, forms)
    if "\\" in plain or "%" in plain or "&" in plain:
        import html  # its table of entities takes 2 ms to load

        # The text is returned without its escapes only if they hide a secret.
        unescaped = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), html.unescape(plain))
        hidden = _redact(unescaped, forms)
        return hidden if hidden != unescaped else plain
    return plain


def _forms(known: Iterable[str]) -> tuple[str, ...]:
    """The forms of known secrets in a text, longest first: plain, and quoted for URLs, HTML and JSON."""
    import html

    secrets = {str.__str__(secret) for secret in known}
    # The token of `Bearer abc` alone is secret, too.
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
        if len(form) > _PREFIX_LENGTH and form[:_PREFIX_LENGTH] in text:
            text = _without_beginnings(text, form)
    if _SUSPICIOUS.search(text) is not None:
        for pattern, replacement in _secrets():
            text = pattern.sub(replacement, text)
    return text


def _mask(secret: str) -> str:
    found = _PREFIX.match(secret)
    return f"{found[0] if found else ''}***"


def _without_beginnings(text: str, secret: str) -> str:
    """Remove the beginnings of a secret too, as in text that was cut off."""
    before, *parts = text.split(secret[:_PREFIX_LENGTH])
    rest = secret[_PREFIX_LENGTH:]
    shown = [before]
    for part in parts:
        same = next((place for place, (a, b) in enumerate(zip(part, rest, strict=False)) if a != b), None)
        shown.append(part[min(len(part), len(rest)) if same is None else same :])
    return _mask(secret).join(shown)


def clean_text(text: str, known: Iterable[str] = (), *, limit: int = MAX_SHOWN) -> str:
    """Make text from outside one printable line, for messages, logs and attributes of errors.

    Control characters and line breaks become spaces, other unprintable ones U+FFFD, secrets are removed, and text over
    `limit` characters is cut and ends with an ellipsis. The work is bounded, however long the text is.

    Args:
        text: Any text, such as a header or a message of the service.
        known: Secrets of the caller, as in `redact`.
        limit: The most characters of the result.
    """
    known = tuple(known)
    cut = text[: limit + max(_LONGEST_SECRET, *map(len, known), 0)]
    # Before redacting, since invisible characters may hide a secret; after it, since escapes may have been decoded.
    shown = _printable(redact(_printable(cut), known)).strip()
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which cannot be encoded."""
    return _SURROGATES.sub("\ufffd", text)


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = without_surrogates(_UNPRINTABLE.sub(" ", _INVISIBLE.sub("", text)))
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "\ufffd" for each in text)


def clean_lines(text: str, known: Iterable[str] = (), *, limit: int = _LONGEST_TEXT) -> str:
    """Clean text as `clean_text` does, but keep its lines and tabs: for the body of an answer."""
    known = tuple(known)
    cut = text[: limit + max(_LONGEST_SECRET, *map(len, known), 0)]
    shown = _printable_lines(redact(_printable_lines(cut), known))
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _printable_lines(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(_printable, line.split("\t"))) for line in lines)


def is_secret_name(name: str) -> bool:
    """Whether a member of JSON with this name holds a secret: `password`, `accessToken`."""
    return _SECRET_NAME.fullmatch(name[:100].replace("_", "").replace("-", "")) is not None


def redact_json(value: Any, known: Iterable[str] = ()) -> Any:
    """Copy parsed JSON without the secrets in its strings and keys.

    The copy is bounded: long text is cut, and an ellipsis replaces what is too deep or beyond the most values.
    """
    return _JSONRedactor(tuple(known)).copy(value, 0)


class _JSONRedactor:
    """One run of `redact_json`, with the values and characters that it may still copy."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known
        self._values = _MAX_VALUES
        self._text = MAX_BODY_TEXT

    def copy(self, value: Any, depth: int) -> Any:
        self._values -= 1
        if isinstance(value, str):
            return self._copy_text(value)
        if not isinstance(value, list | dict):
            return value
        if depth >= _MAX_DEPTH:
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
            if secret and is_secret_name(name):
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
    """Remove the secrets from an error and its whole chain of causes.

    An error of aiohttp or asyncio contains the address of the proxy with its password, the headers of the request, and,
    in its traceback, local variables with both. Class, errno, host and port are kept; the traceback, which has only
    frames of aiohttp, is removed.

    Args:
        error: An error that becomes the cause of one of this package. It is changed in place.
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
            continue  # its message cannot be changed; those of asyncio contain no secrets
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
    """An argument or attribute of an error without secrets. Errors in it are added to `errors`."""
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
        # aiohttp's ConnectionKey and RequestInfo: str() of the error reads host, port and address from them.
        kind = cast("Any", type(items))
        return kind._make(_shown_field(*pair, known, errors) for pair in zip(names, items, strict=False))
    if hasattr(value, "with_user"):  # a yarl.URL
        return cast("Any", value).with_user(None)
    if isinstance(value, list):
        return [_shown(item, known, errors) for item in cast("list[object]", value)]
    # Of other objects (TLS settings, for example) only a class, or the default repr, cannot contain a secret.
    return value if isinstance(value, type) or _is_plain(value) else f"<{type(value).__name__}>"


def _shown_field(name: str, value: object, known: tuple[str, ...], errors: list[BaseException]) -> Any:
    if name.startswith("proxy"):
        return None
    return {} if name == "headers" else _shown(value, known, errors)


def _is_plain(value: object) -> bool:
    """Whether its repr is the default one, with only a class and an address."""
    return type(value).__repr__ is object.__repr__
