"""The proxy of a client: from its argument, the environment, or the system's settings."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import getproxies, proxy_bypass

from cstar_async._core.secrets import Secret, clean_text
from cstar_async.errors import ConfigError

from .text_checks import check_host, find_flaw, is_loopback, join_url, parse_address


class Proxy(NamedTuple):
    """A proxy, checked."""

    url: str
    """Scheme, host and port; never a password."""
    authorization: Secret | None
    """The value of `Proxy-Authorization`, if the proxy's address had a user."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Secrets that an answer of the proxy may repeat: the header's value, and the password in it."""
        if self.authorization is None:
            return ()
        encoded = str(self.authorization).partition(" ")[2]
        password = base64.b64decode(encoded).decode("utf-8", "replace").partition(":")[2]
        return (self.authorization, Secret(encoded), *((Secret(password),) if password else ()))


def find_proxy(url: str) -> Proxy | None:
    """The proxy that the environment, or else the system, names for this URL; None to send directly.

    The variables are curl's (`docs/core.md`). Loopback addresses never have a proxy. The environment is read once:
    aiohttp's `trust_env=True` reads it for every request, which costs more than the request.

    Raises:
        ConfigError: The proxy's address cannot be used. The message names the variable, and shows no password.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if is_loopback(host):
        return None
    lower = f"{parts.scheme}_proxy"
    for name in (lower, lower.upper(), "all_proxy", "ALL_PROXY"):
        # In a CGI script HTTP_PROXY is the value of a request header (`Proxy:`), which anybody may send.
        if name == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ:
            continue
        address = Secret(os.environ.get(name, "").strip())
        if address:
            exceptions = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
            return None if is_exempt(host, port, exceptions) else read_proxy(name, address)
    # urllib reads the settings of macOS and Windows if there are no such variables.
    address = Secret(getproxies().get(parts.scheme, "").strip())
    if not address or proxy_bypass(parts.netloc):
        return None
    return read_proxy(f"the system's {parts.scheme} proxy", address)


def is_exempt(host: str, port: int, exceptions: str) -> bool:
    """Whether a list in the form of NO_PROXY names a host.

    Args:
        host: A name or an IP address, without brackets.
        port: The port of the request.
        exceptions: Entries between commas or spaces: `*` for every host; a name, with or without a leading `.` or
            `*.`, for itself and its subdomains; an IP address, with or without brackets; a network (`10.0.0.0/8`). A
            port after an entry (`name:8080`, `[::1]:8080`) restricts it to this port.
    """
    host = host.removesuffix(".").lower()
    address = parse_address(host)
    return any(_matches(entry, host, address, port) for entry in re.split(r"[,\s]+", exceptions.lower()) if entry)


def _matches(entry: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, port: int) -> bool:
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
            name = check_host(name)
        except ValueError:
            return False
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < 96:
        return network
    return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}", strict=False)


def read_proxy(source: str, address: Secret) -> Proxy:
    # Raised after parsing has returned, so that no frame of the traceback has parts of the address.
    proxy = _parse_proxy(address)
    if isinstance(proxy, str):
        raise ConfigError(f"{source} {proxy}")
    return proxy


def _parse_proxy(address: str) -> Proxy | str:
    """The proxy, or what is wrong with its address, without showing it."""
    flaw = find_flaw(address, only_ascii=False)
    if flaw:
        return flaw
    address = address.strip()
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = check_host(parts.hostname or ""), parts.port
    except ValueError:
        return (
            "is not the address of a proxy: it must look like http://proxy.example:3128 or http://user:password@…, "
            "with special characters of user and password percent-encoded"
        )
    if parts.scheme not in {"http", "https"}:
        return (
            f"has the scheme {clean_text(parts.scheme, limit=20)}, which is not supported: use http or https, or pass "
            "a session= whose connector supports it"
        )
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return "has more than host and port; percent-encode special characters of user and password"
    authorization = None
    if parts.username is not None:
        user, password = unquote_to_bytes(parts.username), unquote_to_bytes(parts.password or "")
        if b":" in user:
            return "has a user name with a colon, which Basic authentication does not allow"
        authorization = Secret(f"Basic {base64.b64encode(user + b':' + password).decode()}")
    return Proxy(join_url(parts.scheme, host, port), authorization)
