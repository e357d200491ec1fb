"""Check the text of settings: stray characters, base URLs and hosts. Pure; the messages show no secret."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from cstar_async._core.secrets import Secret, clean_text
from cstar_async.errors import ConfigError

DEFAULT_BASE_URL: Final = "https://www.cstar.help"
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_QUOTES: Final = "\"'`\u201c\u201d\u2018\u2019"


def find_flaw(value: str, *, only_ascii: bool) -> str:
    """Describe what is wrong with the text of a setting, without showing it; empty if nothing is."""
    text = value.strip()
    if not text:
        return "contains only whitespace; give it a value, or do not set it"
    if "\ufeff" in text:
        return "contains a byte order mark; save its file without one"
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        return "has quotes around it; remove them (not every program reads files of variables as a shell does)"
    if any(character.isspace() for character in text):
        return "contains a line break or a space"
    if only_ascii and not text.isascii():
        return "contains a character that is not ASCII; copy it again"
    if not text.isprintable():
        return "contains a control character"
    return ""


def check_base_url(url: str, source: str = "base_url", *, allow_http: bool = False) -> str:
    """The URL without a trailing slash.

    Args:
        url: The URL: only scheme, host and port.
        source: The argument or the variable that it came from, for the message.
        allow_http: Whether `http` to another machine is allowed, although everything sent, the key included, can be
            read on the way. `http` to this machine is always allowed.

    Raises:
        ConfigError: The URL is invalid. The message shows no password.
    """
    url = Secret(url)  # a traceback may show variables, and an invalid URL may have a password in it
    found, flaw = _read_base_url(url, allow_http=allow_http)
    if flaw:
        raise ConfigError(f"{source} {flaw}")
    return found


def _read_base_url(url: str, *, allow_http: bool) -> tuple[str, str]:
    """The URL, and what is wrong with it; one of them is empty."""
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
        return "", f"must be only scheme, host and port, to which paths are added; got {shown!r}"
    try:
        host = check_host(host)
    except ValueError as error:
        return "", f"has an invalid host: {clean_text(str(error))}"
    if parts.scheme == "http" and not (allow_http or is_loopback(host)):
        return "", (
            f"must be https, since it carries the key; got {shown!r}. If nobody else can read the traffic (in a docker "
            "compose network, for example), pass allow_http=True or set CSTAR_ALLOW_HTTP=1"
        )
    return join_url(parts.scheme, host, port), ""


def join_url(scheme: str, host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port is None else f"{scheme}://{shown}:{port}"


def check_host(host: str) -> str:
    """The host in the form in which it is looked up. Raises ValueError if it is invalid."""
    if not host.isascii():
        host = URL.build(scheme="https", host=host).raw_host or ""
    if ":" not in host and not all(map(_LABEL.fullmatch, host.removesuffix(".").split("."))):
        raise ValueError(repr(host))
    return host


def parse_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address of a host, None for a name. An IPv4 address inside IPv6 is returned as IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or its address."""
    host = host.removesuffix(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = parse_address(host)
    # 0.0.0.0 and ::, on which servers listen, reach this machine too.
    return address is not None and (address.is_loopback or address.is_unspecified)
