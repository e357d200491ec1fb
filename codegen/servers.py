"""The servers of a document: scheme and host of the first, and the beginning of its paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .load import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

PARAMETER = re.compile(r"{([^{}]*)}")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def origin(servers: Any) -> str:
    """Scheme and host of the first server, or "" if it does not name them."""
    found = _ORIGIN.match(_url(servers))
    return found[0] if found and not PARAMETER.search(found[0]) else ""


def whole_path(path: str, holders: Iterable[dict[str, Any]]) -> str:
    """A path with that of its server: the first server of the first of these holders that has any."""
    return f"{_path(servers_of(holders))}/{path.lstrip('/')}"


def servers_of(holders: Iterable[dict[str, Any]]) -> Any:
    """The servers that apply: those of the first of operation, path item and document that has any."""
    return next((servers for holder in holders if (servers := holder.get("servers"))), None)


def _path(servers: Any) -> str:
    path = _ORIGIN.sub("", _url(servers), count=1).partition("?")[0].strip("/")
    return f"/{path}" if path else ""


def _url(servers: Any) -> str:
    """The first server's URL, with the defaults of its variables, except the team."""
    # The check of a document's shape does not look at servers.
    found = [each for each in servers if is_mapping(each)] if is_list(servers) else []
    server = found[0] if found else dict[str, Any]()
    variables = _mapping(server.get("variables"))

    def value(found: re.Match[str]) -> str:
        variable = _mapping(variables.get(found[1]))
        if "default" not in variable or ("team" in found[1].casefold() and not variable.get("enum")):
            return found[0]
        return str(variable["default"])

    return PARAMETER.sub(value, str(server.get("url") or ""))


def _mapping(value: Any) -> dict[str, Any]:
    return value if is_mapping(value) else {}
