"""The security schemes of a document: which credentials its clients take, and which operations need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from . import naming
from .load import as_mapping, is_list, is_mapping

if TYPE_CHECKING:
    from .references import Resolver

_TAKEN = ("base_url", "allow_http", "proxy", "headers", "timeout", "max_retries", "session", "clock", "self")


@attrs.frozen
class Credential:
    """An argument of the generated client."""

    argument: str
    scheme: str
    """`header`, `query`, `cookie`, `basic`, or the word before the value in `Authorization`."""
    name: str
    """The name of the header, the query parameter or the cookie."""
    description: str

    @property
    def hint(self) -> str:
        """Its annotation."""
        return "tuple[str, str]" if self.scheme == "basic" else "str"


def credentials(resolver: Resolver) -> tuple[Credential, ...]:
    """Return the credentials of a document. Schemes without a value of the caller (mutualTLS, digest) have none."""
    found: dict[str, Credential] = {}
    for key, raw in resolver.components("securitySchemes").items():
        scheme = resolver.follow(raw)
        if not is_mapping(scheme):
            continue
        kind, name = _kind(scheme)
        if not kind:
            continue
        argument = naming.argument(naming.attribute(key))
        argument = naming.unique(f"{argument}_" if argument in _TAKEN else argument, found)
        text = " ".join(str(scheme.get("description") or "").split())
        found[argument] = Credential(argument, kind, name, text or _ABOUT.get(kind, f"The key `{name}`."))
    return tuple(found.values())


_ABOUT = {"Bearer": "The access token.", "basic": "User and password."}


def _kind(scheme: dict[str, Any]) -> tuple[str, str]:
    match scheme:
        case {"type": "apiKey", "in": "header" | "query" | "cookie" as place, "name": str(name)}:
            is_authorization = place == "header" and name.lower() == "authorization"
            return ("header", "Authorization") if is_authorization else (place, name)
        case {"type": "http", "scheme": str(word)}:
            known = {"bearer": "Bearer", "basic": "basic", "digest": "", "mutual": "", "negotiate": ""}
            return known.get(word.lower(), word), "Authorization"
        case {"type": "oauth2" | "openIdConnect"}:
            return "Bearer", "Authorization"
        case _:
            return "", ""


def key_of(raw: dict[str, Any], document: dict[str, Any]) -> str:
    """Return the API key that an operation needs: its column, or `none` if it says that no credential is needed."""
    column = raw.get("x-cstar-key")
    if isinstance(column, str):
        return column
    security = raw.get("security", document.get("security"))
    return "none" if is_list(security) and not any(as_mapping(each) for each in security if is_mapping(each)) else "any"
