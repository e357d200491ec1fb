"""Parses host names and origins of headers into a normal form."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)(?:%[\w.~%-]+)?\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?", re.ASCII)
ORIGIN = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)


class Authority(NamedTuple):
    """A host and its port, if given. The name is in lower case, without a trailing dot; IPv6 has no brackets."""

    name: str
    port: int | None


@lru_cache(256)
def read_authority(text: str) -> Authority | None:
    """Parse host and port as in a Host header; None for anything else, such as an authority with a user name."""
    match = AUTHORITY.fullmatch(text)
    if match is None:
        return None
    ipv6, name, port = match.groups()
    try:
        name = str(ipaddress.IPv6Address(ipv6)) if ipv6 is not None else name.lower().removesuffix(".")
    except ValueError:
        return None
    return Authority(name, int(port) if port else None) if name else None


@lru_cache(256)
def read_origin(text: str) -> tuple[str, Authority] | None:
    """Parse an Origin header into scheme and authority; None for an opaque origin (`null`)."""
    match = ORIGIN.fullmatch(text)
    authority = None if match is None else read_authority(match[2])
    return None if match is None or authority is None else (match[1].lower(), authority)


@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Whether a name or an address is that of the loopback interface."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower() == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
