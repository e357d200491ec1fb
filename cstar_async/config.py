"""The settings of a client: arguments first, then the environment, checked once.

Pure apart from reading `os.environ` and the system's proxy settings.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from .errors import ConfigError
from .secrets import Secret

DEFAULT_BASE_URL: Final = "https://www.cstar.help"

KeyKind = Literal["secret", "publishable"]

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")


class Settings(NamedTuple):
    """What a client was told, checked."""

    api_key: Secret | None
    team_id: str | None
    base_url: str
    proxy: Secret | None

    @property
    def key_kind(self) -> KeyKind:
        """What the key may do, from its prefix (seed): `pk_` only reads, everything else is judged by the service."""
        return "publishable" if self.api_key is not None and self.api_key.startswith("pk_") else "secret"

    @property
    def key_identity(self) -> str:
        """What stands for this key at this server where the key itself must not be seen: a hash that cannot be undone.

        A key has 32 random characters, so nobody finds it by trying.
        """
        text = f"{self.base_url}\n{'' if self.api_key is None else str(self.api_key)}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def load_settings(api_key: str | None, team_id: str | None, base_url: str | None) -> Settings:
    """Settings from arguments, or from CSTAR_API_KEY, CSTAR_TEAM_ID and CSTAR_BASE_URL where an argument is None.

    Raises ConfigError for a base URL or a key that cannot work. No key at all is no error yet: some operations need
    none.
    """
    key = _given("api_key", api_key)
    if key is not None and not _PRINTABLE.fullmatch(key):
        raise ConfigError("the API key contains characters that no key has (spaces, line breaks or non-ASCII)")
    url = check_base_url(_given("base_url", base_url) or DEFAULT_BASE_URL)
    return Settings(
        api_key=None if key is None else Secret(key),
        team_id=_given("team_id", team_id),
        base_url=url,
        proxy=find_proxy(url),
    )


def check_parts(session: object, quota: object, clock: object) -> None:
    """Raise TypeError for a part given to the client that cannot be one."""
    # By what they can do: aiohttp, which knows the class of a session, is not imported before it is needed.
    for name, part, need, kind in (
        ("session", session, "request", "an aiohttp.ClientSession"),
        ("quota", quota, "in_flight", "a cstar_async.Quota"),
        ("clock", clock, "monotonic", "an object with monotonic(), time() and sleep()"),
    ):
        if part is not None and (isinstance(part, type) or not hasattr(part, need)):
            raise TypeError(f"{name} is {kind}, got {part if isinstance(part, type) else type(part).__name__}")


def _given(name: str, argument: str | None) -> str | None:
    # Values from files and shells often end in a line break; an empty one means "not set".
    value = os.environ.get(f"CSTAR_{name.upper()}") if argument is None else argument
    if value is not None and not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"{name} is text, got {type(value).__name__}")
    return (value.strip() or None) if value is not None else None


def check_base_url(url: str) -> str:
    """The URL without a trailing slash. Raises ConfigError unless it is only scheme, host and port.

    `http` is allowed for this machine only, since everything else would carry the key in clear text.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"base_url is not a URL: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError("base_url must not contain a user name or password")
    if parts.scheme not in {"http", "https"} or not host or any(character.isspace() for character in url):
        raise ConfigError(f"base_url must look like {DEFAULT_BASE_URL}, got {url!r}")
    host = _check_host(host)
    if parts.path not in {"", "/"} or parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ConfigError(f"base_url is scheme, host and port only, the paths are added to it; got {url!r}")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigError(f"base_url must be https, since it carries the key; got {url!r}")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" if port is None else f"{parts.scheme}://{shown}:{port}"


def _check_host(host: str) -> str:
    """The host in the form in which it is looked up. Raises ConfigError if it cannot be the name of one."""
    if not host.isascii():
        try:
            host = URL.build(scheme="https", host=host).raw_host or ""
        except ValueError as error:
            raise ConfigError(f"base_url has a host that is none: {error}") from None
    if ":" not in host and not all(map(_LABEL.fullmatch, host.removesuffix(".").split("."))):
        raise ConfigError(f"base_url has a host that is none: {host!r}")
    return host


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_proxy(url: str) -> Secret | None:
    """The proxy that the environment names for this URL, or None.

    Read once: aiohttp's `trust_env=True` reads it again for every request, which costs more than the request.
    """
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return Secret(proxy if "://" in proxy else f"http://{proxy}")
