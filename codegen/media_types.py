"""Media types: which are JSON, forms or text, which of several is used, and how the fields of a form are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .load import as_mapping, is_mapping
from .normalise import is_binary

if TYPE_CHECKING:
    from .references import Resolver

JSON = "application/json"
MULTIPART = "multipart/form-data"
FORMS = ("application/x-www-form-urlencoded", MULTIPART)


def essence(media_type: str) -> str:
    """A media type in lower case and without parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_any(media_type: str) -> bool:
    """Whether it is `*/*`, which most documents mean to be JSON."""
    return essence(media_type) == "*/*"


def is_json(media_type: str) -> bool:
    """Whether a body of this media type is JSON."""
    found = essence(media_type)
    return found in {JSON, "*/*"} or found.endswith("+json")


def is_text(media_type: str) -> bool:
    """Whether a body of this media type is given as text."""
    found = essence(media_type)
    return found.startswith("text/") or found == "application/xml" or found.endswith("+xml")


def is_file(name: str, media: dict[str, Any], resolver: Resolver) -> bool:
    """Whether something of any media type is a file."""
    schema = resolver.follow(media.get("schema"))
    return is_any(name) and is_mapping(schema) and is_binary(schema)


def preferred(content: dict[str, Any], resolver: Resolver) -> str:
    """The media type to send or to ask for: JSON if there is a choice, then forms, then text, an event stream last."""

    def rank(name: str) -> int:
        if is_json(name) and not is_file(name, as_mapping(content[name]), resolver):
            return 2 if is_any(name) else 0 if essence(name) == JSON else 1
        if essence(name) == "text/event-stream":
            return 6
        return 3 if essence(name) in FORMS else 4 if is_text(name) else 5

    return min(content, key=rank)


def encoding(media_type: str, rule: dict[str, Any]) -> str:
    """How a field of a form is written, if not in the usual way: a style without `explode`, or a media type."""
    kind = str(rule.get("contentType", "")).partition(",")[0].strip()
    if media_type == MULTIPART:
        return "" if "*" in kind else kind
    style = str(rule.get("style", "form"))
    if style == "deepObject":
        return style
    if is_json(kind):
        return JSON
    return "" if rule.get("explode", style == "form") else style
