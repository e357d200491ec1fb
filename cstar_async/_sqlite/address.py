"""The URL of a SQLite file: `sqlite:///file`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from cstar_async.errors import CStarError

_SQLITE: Final = re.compile(r"sqlite:///([^?#]+)")


def file_of(url: object, what: str, kind: type[CStarError]) -> Path | None:
    """The file of a URL: `sqlite:///inbox.db` (relative) or `sqlite:////var/lib/app/inbox.db`.

    Args:
        url: The URL.
        what: What the file is, and the name of the argument: `inbox`.
        kind: The error to raise.

    Returns:
        The path; None if the URL has another scheme.
    """
    if not isinstance(url, str):
        raise kind(f"{what} must be a URL, got {type(url).__name__}")
    if (found := _SQLITE.fullmatch(url)) is not None:
        return _path(unquote(found[1]), what, kind)
    if url.startswith("sqlite:"):
        if re.fullmatch(r"sqlite:/*([?#].*)?", url, re.DOTALL):
            raise kind(f"the {what} has no file name: write sqlite:///{what}.db")
        if "?" in url or "#" in url:
            raise kind(f'an {what} in SQLite takes no options after "?" or "#": write sqlite:///{what}.db')
    if re.match(r"[A-Za-z]:[\\/]", url):
        raise kind(f"{what} must be a URL: write sqlite:///{url.replace(chr(92), '/')}")
    return None


def _path(name: str, what: str, kind: type[CStarError]) -> Path:
    """The path of a file. Raises `kind` for names with a special meaning in SQLite."""
    if ":memory:" in name or not name.strip():
        # These mean a database in memory, which would lose its content with the process.
        raise kind(f"{what} must be memory: for an {what} in memory, which is lost, or sqlite:///{what}.db for a file")
    if name.startswith("file:"):
        raise kind(f"{what} must name a file, not a URL of SQLite: write sqlite:///{what}.db")
    if "\0" in name:
        raise kind(f"the {what}'s file name must not contain a NUL character")
    return Path(name)
