"""Secrets, and text from outside that becomes text of ours: what may be shown, logged or raised. Pure.

The table of secrets stands here and nowhere else. Text that the service, a proxy or a database sent goes through
`clean_text` (or, for parsed JSON, `redact_json`) before it is part of a message,
a log line or an attribute of an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SHOWN: Final = 500
"""Characters of one text from outside that a message has room for."""

_LONGEST_SECRET: Final = 4096
"""Characters. Text is cut for good only after secrets are removed, so that none is cut to a shape nobody knows."""


class Secret(str):
    """Text that must not be seen: its repr is `'***'`, and with it that of everything that holds it.

    It stays a `str`, because aiohttp sends any `str`; so never format it into a message.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


_SECRETS: Final = (
    # API keys: sk_live_…, pk_test_… (seed). The prefix stays, since it tells which kind of key it was.
    (re.compile(r"\b((?:sk|pk)_(?:live_|test_)?)[A-Za-z0-9_-]{6,}"), r"\1***"),
    # Signing secrets of webhooks (seed), refresh tokens (rt_: the contract's example; cstr_: the sandbox's).
    (re.compile(r"\b(whsec_|cstr_|rt_)[A-Za-z0-9_+/=-]{6,}"), r"\1***"),
    # JSON Web Tokens: access tokens of customers (seed). Header and payload both begin with {".
    (re.compile(r"\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"), "***"),
    # Credentials of an HTTP header that somebody echoes.
    (re.compile(r"\b(Bearer\s+)[A-Za-z0-9._~+/=-]{12,}", re.IGNORECASE), r"\1***"),
    (re.compile(r"\b(authorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?)[^\s\"',;]+", re.IGNORECASE), r"\1***"),
    # User and password in an address: of a proxy, of a database. A password may itself hold an @.
    (re.compile(r"(?<=://)[^/\s\"'<>]*@"), "***@"),
    # A password that is named: password=… in a connection string, a query or a libpq message.
    (re.compile(r"\b((?:password|passwd|pwd)\s*=\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&;,]+)", re.IGNORECASE), r"\1***"),
)

_ESCAPED: Final = re.compile(r"\\u00([2-7][0-9A-Fa-f])|%([2-7][0-9A-Fa-f])")

# Line breaks, ESC and all other controls, and the marks that reorder what stands around them on a terminal.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def redact(text: str, known: Iterable[str] = ()) -> str:
    r"""Remove what looks like a secret from a text, and each of `known`, whatever that looks like.

    Escaped letters (`sk\u005flive`, `sk%5Flive`) are read as what they stand for where the text holds a secret.

    Args:
        text: Any text. The work is linear in its length: cut it before if it may be long.
        known: Secrets of the caller, such as the API key in use.
    """
    plain = _redact(text, known)
    if plain == text and ("\\u00" in text or "%" in text):
        # Only if the escapes hide a secret is the text shown without them.
        unescaped = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        hidden = _redact(unescaped, known)
        return hidden if hidden != unescaped else text
    return plain


def _redact(text: str, known: Iterable[str]) -> str:
    for secret in known:
        for form in (secret, quote(secret, safe="")) if len(secret) >= 6 else ():
            text = text.replace(form, "***")
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def clean_text(text: str, known: Iterable[str] = (), *, limit: int = MAX_SHOWN) -> str:
    """Text from outside as one printable line: for messages, logs and attributes of errors.

    Control characters and line breaks become spaces, what is not Unicode becomes U+FFFD, secrets are removed, and what
    is longer than `limit` characters is cut, with an ellipsis. The work is bounded, however long the text is.

    Args:
        text: Any text, such as a header or a message of the service.
        known: Secrets of the caller, as in `redact`.
        limit: Characters of the result at most.
    """
    cut = text[: limit + _LONGEST_SECRET]
    shown = redact(_SURROGATES.sub("\ufffd", _UNPRINTABLE.sub(" ", cut)).strip(), known)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def redact_json(value: Any, known: Iterable[str] = ()) -> Any:
    """A copy of parsed JSON with the secrets removed from every text in it, keys included."""
    if isinstance(value, str):
        return redact(_SURROGATES.sub("\ufffd", value), known)
    if isinstance(value, list):
        return [redact_json(item, known) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {redact(name, known): redact_json(member, known) for name, member in members.items()}
    return value
