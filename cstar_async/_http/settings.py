"""The settings of a client: arguments first, then the environment, checked once.

Pure apart from reading `os.environ` and the system's proxy settings. What may hold a secret is a `Secret` from the
moment it is read, so that no traceback which shows local variables shows it.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import ipaddress
import os
import re
from types import ModuleType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from cstar_async._core.secrets import Secret, clean_text
from cstar_async.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async._core.rate_limit import KeyKind

DEFAULT_BASE_URL: Final = "https://www.cstar.help"


_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_QUOTES: Final = "\"'`\u201c\u201d\u2018\u2019"
_ON: Final = frozenset({"1", "true", "yes", "on"})
_OFF: Final = frozenset({"0", "false", "no", "off"})


class Proxy(NamedTuple):
    """A proxy, checked."""

    url: str
    """Scheme, host and port; never a password."""
    authorization: Secret | None
    """The value of `Proxy-Authorization`, if the proxy's address had a user."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What a proxy may say back and nobody is to see: the header's value, and the password in it."""
        if self.authorization is None:
            return ()
        encoded = str(self.authorization).partition(" ")[2]
        password = base64.b64decode(encoded).decode("utf-8", "replace").partition(":")[2]
        return (self.authorization, Secret(encoded), *((Secret(password),) if password else ()))


class Settings(NamedTuple):
    """What a client was told, checked."""

    api_key: Secret | None
    team_id: str | None
    base_url: str
    proxy: Proxy | None

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


def load_settings(
    api_key: str | None,
    team_id: str | None,
    base_url: str | None,
    *,
    allow_http: bool | None = None,
    proxy: str | None = None,
) -> Settings:
    """Settings from arguments, or from CSTAR_* variables and those of proxies where an argument is None.

    No key at all is not an error yet: some operations need none.

    Raises:
        ConfigError: A setting cannot work. The message names the argument or the variable that it came from.
    """
    api_key, base_url, proxy = hide(api_key), hide(base_url), hide(proxy)
    _, key = _given("api_key", api_key)
    _, team = _given("team_id", team_id)
    source, address = _given("base_url", base_url, only_ascii=False)
    url = check_base_url(address or DEFAULT_BASE_URL, source, allow_http=_may_use_http(argument=allow_http))
    return Settings(
        api_key=key,
        team_id=None if team is None else str(team),
        base_url=url,
        proxy=find_proxy(url) if proxy is None else _given_proxy(proxy),
    )


def hide(value: str | None) -> str | None:
    """The same text as a Secret. Anything else stays as it is, for the check that names it."""
    return Secret(value) if isinstance(value, str) else value


def check_parts(session: object, quota: object, clock: object) -> None:
    """Raise TypeError for a part given to the client that cannot be one, ConfigError for a closed session."""
    # By what they can do: aiohttp, which knows the class of a session, is not imported before it is needed.
    for name, part, need, kind in (
        ("session", session, "request", "an aiohttp.ClientSession"),
        ("quota", quota, "_budget", "a cstar_async.Quota"),
        ("clock", clock, "monotonic", "an object with monotonic(), time() and sleep()"),
    ):
        if part is not None and (isinstance(part, type | ModuleType) or not hasattr(part, need)):
            raise TypeError(f"{name} is {kind}, got {_kind(part)}")
    if session is not None:
        _check_session(session)


def _check_session(session: object) -> None:
    """A subclass, and a wrapper whose `request` takes what aiohttp's takes, will do as well."""
    blocking = hasattr(session, "__enter__") and not hasattr(session, "__aenter__")
    request: Callable[..., object] = getattr(session, "request")  # noqa: B009 - of any class
    try:
        inspect.signature(request).bind(
            "GET", "", headers=None, data=None, timeout=None, allow_redirects=False, raise_for_status=False,
            proxy=None, proxy_headers=None, middlewares=(),
        )  # fmt: skip
    except (TypeError, ValueError):
        fits = False
    else:
        fits = not blocking
    if not fits:
        kind = type(session)
        raise TypeError(
            f"session is an aiohttp.ClientSession, or a wrapper whose request() takes the same arguments, got "
            f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
        )
    if getattr(session, "closed", False) is True:
        raise ConfigError("session is closed; make the client inside the session's `async with` block")


def _kind(part: object) -> str:
    if isinstance(part, type):
        return repr(part)
    return f"the module {part.__name__}" if isinstance(part, ModuleType) else type(part).__name__


def _given(name: str, argument: str | None, *, only_ascii: bool = True) -> tuple[str, Secret | None]:
    """Where a setting comes from, and the setting; None if it is not set. Raises ConfigError if it cannot be one."""
    source = name
    if argument is None:
        source = f"CSTAR_{name.upper()}"
        argument = hide(os.environ.get(source))
    if argument is None or argument == "":
        return source, None
    if not isinstance(argument, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"{name} is text, got {type(argument).__name__}")
    flaw = _flaw(argument, only_ascii=only_ascii)
    if flaw:
        raise ConfigError(f"{source} {flaw}")
    # Values from files and shells often end in a line break.
    return source, Secret(argument.strip())


def _flaw(value: str, *, only_ascii: bool) -> str:
    """What is wrong with the text of a setting, without showing it; empty if nothing is."""
    text = value.strip()
    if not text:
        return "is only whitespace; give it a value, or do not set it"
    if "\ufeff" in text:
        return "contains a byte order mark; save the file that it comes from without one"
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        return "has quotes around it; remove them (files of variables are not read by a shell everywhere)"
    if any(character.isspace() for character in text):
        return "contains a line break, or another space"
    if only_ascii and not text.isascii():
        return "contains a character that is not ASCII; copy it again"
    if not text.isprintable():
        return "contains a control character"
    return ""


def _may_use_http(*, argument: bool | None) -> bool:
    if argument is not None:
        if not isinstance(argument, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"allow_http is True or False, got {type(argument).__name__}")
        return argument
    text = os.environ.get("CSTAR_ALLOW_HTTP", "").strip().lower()
    if text and text not in _ON | _OFF:
        raise ConfigError(
            f"CSTAR_ALLOW_HTTP is 1 (or true, yes, on) or 0 (or false, no, off), got {clean_text(text, limit=40)!r}"
        )
    return text in _ON


def check_base_url(url: str, source: str = "base_url", *, allow_http: bool = False) -> str:
    """The URL without a trailing slash. Raises ConfigError unless it is only scheme, host and port.

    Args:
        url: What was given.
        source: The argument or the variable that it came from, for the message.
        allow_http: Whether `http` to another machine is meant. Everything that is sent, the key too, can be read on
            the way. `http` to this machine is always allowed.
    """
    url = Secret(url)  # a traceback may show variables, and a URL that is refused may have a password in it
    found, flaw = _read_base_url(url, allow_http=allow_http)
    if flaw:
        raise ConfigError(f"{source} {flaw}")
    return found


def _read_base_url(url: str, *, allow_http: bool) -> tuple[str, str]:
    """The URL, and what is wrong with it. Raises nothing."""
    if "@" in url:
        return "", "must not contain a user name or password"
    shown = clean_text(url, limit=200)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        return "", f"is not a URL: {clean_text(str(error))}"
    if parts.scheme not in {"http", "https"} or not host or any(character.isspace() for character in url):
        return "", f"must look like {DEFAULT_BASE_URL}, got {shown!r}"
    if parts.path not in {"", "/"} or parts.query or parts.fragment or url.endswith(("?", "#")):
        return "", f"is scheme, host and port only, the paths are added to it; got {shown!r}"
    try:
        host = _check_host(host)
    except ValueError as error:
        return "", f"has an invalid host: {clean_text(str(error))}"
    if parts.scheme == "http" and not (allow_http or is_loopback(host)):
        return "", (
            f"must be https, since it carries the key; got {shown!r}. If nobody can read along on the way (in "
            "a docker compose network, for example), pass allow_http=True or set CSTAR_ALLOW_HTTP=1"
        )
    return _join(parts.scheme, host, port), ""


def _join(scheme: str, host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port is None else f"{scheme}://{shown}:{port}"


def _check_host(host: str) -> str:
    """The host in the form in which it is looked up. Raises ValueError if it cannot be the name of one."""
    if not host.isascii():
        host = URL.build(scheme="https", host=host).raw_host or ""
    if ":" not in host and not all(map(_LABEL.fullmatch, host.removesuffix(".").split("."))):
        raise ValueError(repr(host))
    return host


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _address(host: str) -> _Address | None:
    """The IP address that a host is written as, None for a name. IPv4 inside of IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: by its name, or by an address that never leaves it."""
    host = host.removesuffix(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    # 0.0.0.0 and ::, on which servers listen, reach this machine, too.
    return address is not None and (address.is_loopback or address.is_unspecified)


def find_proxy(url: str) -> Proxy | None:
    """The proxy that the environment, else the system, names for this URL; None to send directly.

    The variables are curl's (`docs/core.md`). This machine itself never has a proxy. Read once: aiohttp's
    `trust_env=True` reads it again for every request, which costs more than the request.

    Raises:
        ConfigError: The proxy's address cannot be used. The message names the variable, and shows no password.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if is_loopback(host):
        return None
    lower = f"{parts.scheme}_proxy"
    for name in (lower, lower.upper(), "all_proxy", "ALL_PROXY"):
        # In a CGI script HTTP_PROXY is a header of the request (`Proxy:`), which anybody may send.
        if name == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ:
            continue
        address = Secret(os.environ.get(name, "").strip())
        if address:
            exceptions = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
            return None if is_exempt(host, port, exceptions) else _read_proxy(name, address)
    # macOS and Windows have settings of their own, which urllib reads if there are no such variables.
    address = Secret(getproxies().get(parts.scheme, "").strip())
    if not address or proxy_bypass(parts.netloc):
        return None
    return _read_proxy(f"the system's {parts.scheme} proxy", address)


def is_exempt(host: str, port: int, exceptions: str) -> bool:
    """Whether a list like that of NO_PROXY names a host.

    Args:
        host: A name or an IP address, without brackets.
        port: The port of the request.
        exceptions: Entries between commas or spaces: `*` for every host; a name, which stands for its subdomains too,
            whether it begins with `.` or `*.` or not; an IP address, with or without brackets; a network
            (`10.0.0.0/8`). A port after an entry (`name:8080`, `[::1]:8080`) restricts it to this port.
    """
    host = host.removesuffix(".").lower()
    address = _address(host)
    return any(_names(entry, host, address, port) for entry in re.split(r"[,\s]+", exceptions.lower()) if entry)


def _names(entry: str, host: str, address: _Address | None, port: int) -> bool:
    if entry == "*":
        return True
    name, only = entry, ""
    if entry.startswith("["):
        inner, _, rest = entry[1:].partition("]")
        name, _, only = f"{inner}{rest}".rpartition(":") if rest.startswith(":") else (f"{inner}{rest}", "", "")
    elif entry.count(":") == 1:
        name, _, only = entry.partition(":")
    if only and only != str(port):
        return False
    if address is not None:
        network = _network(name)
        return network is not None and address in network
    name = name.removeprefix("*").removeprefix(".").removesuffix(".")
    if not name.isascii():
        try:
            name = _check_host(name)
        except ValueError:
            return False
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _network(text: str) -> _Network | None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < 96:
        return network
    return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}", strict=False)


def _given_proxy(argument: str) -> Proxy | None:
    if not isinstance(argument, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"proxy is text, got {type(argument).__name__}")
    return _read_proxy("proxy", Secret(argument)) if argument else None


def _read_proxy(source: str, address: Secret) -> Proxy:
    # What takes the address apart is over when the error is raised, so that no traceback has its parts.
    proxy = _parse_proxy(address)
    if isinstance(proxy, str):
        raise ConfigError(f"{source} {proxy}")
    return proxy


def _parse_proxy(address: str) -> Proxy | str:
    """The proxy, or what is wrong with its address, without showing it."""
    flaw = _flaw(address, only_ascii=False)
    if flaw:
        return flaw
    address = address.strip()
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = _check_host(parts.hostname or ""), parts.port
    except ValueError:
        return (
            "is not the address of a proxy: it looks like http://proxy.example:3128 or http://user:password@…, with "
            "special characters of user and password percent-encoded"
        )
    if parts.scheme not in {"http", "https"}:
        return (
            f"is a proxy of the kind {clean_text(parts.scheme, limit=20)}, which is not supported: http and https are; "
            "others can be used by a session= of yours whose connector speaks them"
        )
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return "has something after host and port; percent-encode special characters of user and password"
    authorization = None
    if parts.username is not None:
        user, password = unquote_to_bytes(parts.username), unquote_to_bytes(parts.password or "")
        if b":" in user:
            return "has a user name with a colon, which a proxy cannot be told"
        authorization = Secret(f"Basic {base64.b64encode(user + b':' + password).decode()}")
    return Proxy(_join(parts.scheme, host, port), authorization)
