"""Media types: which are JSON, forms or text."""

from __future__ import annotations

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
