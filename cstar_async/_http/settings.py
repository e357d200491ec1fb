"""The settings of a client: arguments first, then the environment, validated once.

Pure apart from reading `os.environ` and the system's proxy settings. Values that may contain a secret are a `Secret`
from the moment they are read, so that a traceback with local variables does not show them.
"""

from __future__ import annotations

import hashlib
import inspect
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from cstar_async._core.secrets import Secret, clean_text
from cstar_async.errors import ConfigError

from .proxy import find_proxy, read_proxy
from .text_checks import DEFAULT_BASE_URL, check_base_url, find_flaw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cstar_async._core.rate_limit import KeyKind

    from .proxy import Proxy

_ON: Final = frozenset({"1", "true", "yes", "on"})
_OFF: Final = frozenset({"0", "false", "no", "off"})


class Credentials(NamedTuple):
    """The credentials that are sent to a service other than cStar."""

    headers: Mapping[str, Secret]
    """Sent with the operations that need credentials."""
    query: Secret
    """Query parameters, sent with the same operations: `key=…`, percent-encoded."""
    always: Mapping[str, str]
    """Headers sent with every request."""
    secrets: tuple[Secret, ...]
    curl: tuple[str, ...]
    """Options of curl for the credentials, with shell variables instead of their values."""


class Settings(NamedTuple):
    """The validated settings of a client."""

    api_key: Secret | None
    team_id: str | None
    base_url: str
    proxy: Proxy | None
    strict: bool = False
    credentials: Credentials | None = None
    """None for cStar, which has an API key, a quota, and an Idempotency-Key for every POST and PATCH."""

    @property
    def key_kind(self) -> KeyKind:
        """The kind of key. cStar documents that `pk_` keys can only read; the service decides about all others."""
        return "publishable" if self.api_key is not None and self.api_key.startswith("pk_") else "secret"

    @property
    def curl_credentials(self) -> tuple[str, ...]:
        """The options of curl for the credentials."""
        return ('-H "Authorization: Bearer $CSTAR_API_KEY"',) if self.credentials is None else self.credentials.curl

    @property
    def key_identity(self) -> str:
        """A hash of the key and the server, for places where the key must not be visible.

        A key has 32 random characters, so it cannot be found by brute force.
        """
        text = f"{self.base_url}\n{'' if self.api_key is None else str(self.api_key)}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def load_settings(
    api_key: str | None,
    team_id: str | None,
    base_url: str | None,
    *,
    allow_http: bool | None = None,
    proxy: str | None = None,
    strict: bool | None = None,
    default_base_url: str = DEFAULT_BASE_URL,
    keyless: bool = False,
) -> Settings:
    """Read settings from arguments, or from CSTAR_* and proxy variables where an argument is None.

    A missing key is not an error here, since some operations need none. With `keyless`, neither a key nor a team is
    read from the environment.

    Raises:
        ConfigError: A setting is invalid. The message names the argument or the variable.
        TypeError: `allow_http` or `strict` is not a bool.
    """
    api_key, base_url, proxy = hide(api_key), hide(base_url), hide(proxy)
    _, key = (None, None) if keyless else _read_setting("api_key", api_key)
    _, team = (None, None) if keyless else _read_setting("team_id", team_id)
    source, address = _read_setting("base_url", base_url, only_ascii=False)
    http_allowed = _read_switch("allow_http", argument=allow_http)
    url = check_base_url(address or default_base_url, source, allow_http=http_allowed)
    return Settings(
        api_key=key,
        team_id=None if team is None else str(team),
        base_url=url,
        proxy=find_proxy(url) if proxy is None else read_proxy_argument(proxy),
        strict=_read_switch("strict", argument=strict),
    )


def hide(value: str | None) -> str | None:
    """Convert a string to a Secret. Other values are returned unchanged; they are refused later, with their type."""
    return Secret(value) if isinstance(value, str) else value


def check_parts(session: object, quota: object, clock: object) -> None:
    """Raise TypeError for an object of the wrong kind, ConfigError for a closed session."""
    # Checked by attributes, since aiohttp, which has the class of a session, is only imported when it is needed.
    for name, part, need, kind in (
        ("session", session, "request", "an aiohttp.ClientSession"),
        ("quota", quota, "_budget", "a cstar_async.Quota"),
        ("clock", clock, "monotonic", "an object with monotonic(), time() and sleep()"),
    ):
        if part is not None and (isinstance(part, type | ModuleType) or not hasattr(part, need)):
            raise TypeError(f"{name} must be {kind}, got {_kind(part)}")
    if session is not None:
        _check_session(session)


def _check_session(session: object) -> None:
    """Accept a subclass, or a wrapper whose `request` takes the arguments of aiohttp's."""
    blocking = hasattr(session, "__enter__") and not hasattr(session, "__aenter__")
    request: Callable[..., object] = cast("Any", session).request
    options = ("headers", "data", "timeout", "allow_redirects", "raise_for_status", "proxy", "proxy_headers")
    try:
        inspect.signature(request).bind("GET", "", middlewares=(), **dict.fromkeys(options))
    except (TypeError, ValueError):
        fits = False
    else:
        fits = not blocking
    if not fits:
        kind = type(session)
        raise TypeError(
            f"session must be an aiohttp.ClientSession, or a wrapper whose request() takes the same arguments, got "
            f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
        )
    if getattr(session, "closed", False) is True:
        raise ConfigError("session is closed; make the client inside the session's `async with` block")


def _kind(part: object) -> str:
    if isinstance(part, type):
        return repr(part)
    return f"the module {part.__name__}" if isinstance(part, ModuleType) else type(part).__name__


def _read_setting(name: str, argument: str | None, *, only_ascii: bool = True) -> tuple[str, Secret | None]:
    """Return the source of a setting and its value, None if it is not set. Raises ConfigError if it is invalid."""
    source = name
    if argument is None:
        source = f"CSTAR_{name.upper()}"
        argument = hide(os.environ.get(source))
    if argument is None or argument == "":
        return source, None
    if not isinstance(argument, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"{name} must be a string, got {type(argument).__name__}")
    flaw = find_flaw(argument, only_ascii=only_ascii)
    if flaw:
        raise ConfigError(f"{source} {flaw}")
    # Values from files and shells often end with a line break.
    return source, Secret(argument.strip())


def _read_switch(name: str, *, argument: bool | None) -> bool:
    if argument is not None:
        if not isinstance(argument, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{name} must be True or False, got {type(argument).__name__}")
        return argument
    source = f"CSTAR_{name.upper()}"
    text = os.environ.get(source, "").strip().lower()
    if text and text not in _ON | _OFF:
        raise ConfigError(
            f"{source} must be 1, true, yes or on, or 0, false, no or off, got {clean_text(text, limit=40)!r}"
        )
    return text in _ON


def check_proxy(session: object, proxy: object) -> None:
    """Raise ConfigError for a proxy in addition to a session, which has its own proxy."""
    if session is not None and proxy:
        raise ConfigError(
            "proxy cannot be combined with session; set it on your session: aiohttp.ClientSession(proxy=…)"
        )


def read_proxy_argument(argument: str) -> Proxy | None:
    """Parse the `proxy` argument; None if it is empty. Raises ConfigError if it is invalid."""
    if not isinstance(argument, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"proxy must be a string, got {type(argument).__name__}")
    return read_proxy("proxy", Secret(argument)) if argument else None
