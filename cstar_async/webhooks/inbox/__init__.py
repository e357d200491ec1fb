"""Where events are kept until they are handled: `memory:`, `sqlite:///file`, `postgresql://…`."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cstar_async._core.secrets import without_secrets
from cstar_async._postgres import cause
from cstar_async.errors import InboxError

from .protocol import Store

if TYPE_CHECKING:
    from collections.abc import Generator

    from cstar_async.clock import Clock

__all__ = ["Store", "open_store", "wrap_errors"]

_SQLITE = re.compile(r"sqlite:///([^?#]+)")


def open_store(url: str, clock: Clock) -> Store:
    """Return the store of a URL, not yet opened. Raises InboxError if the URL does not name an inbox.

    `memory:`; `sqlite:///inbox.db` (relative) or `sqlite:////var/lib/app/inbox.db`; `postgresql://…`.
    """
    # Each store is imported only when it is used, with its driver.
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InboxError(f"inbox must be a URL, got {type(url).__name__}")
    if url == "memory:":
        from .memory import MemoryStore

        return MemoryStore(clock)
    if (found := _SQLITE.fullmatch(url)) is not None:
        from .sqlite.store import SQLiteStore

        return SQLiteStore(_file(unquote(found[1])), clock)
    if url.startswith("sqlite:"):
        if re.fullmatch(r"sqlite:/*([?#].*)?", url, re.DOTALL):
            raise InboxError("the inbox has no file name: write sqlite:///inbox.db")
        if "?" in url or "#" in url:
            raise InboxError('an inbox in SQLite takes no options after "?" or "#": write sqlite:///inbox.db')
    if re.match(r"[A-Za-z]:[\\/]", url):
        raise InboxError(f"inbox must be a URL: write sqlite:///{url.replace(chr(92), '/')}")
    scheme = _scheme(url)
    if scheme in {"postgresql", "postgres"}:
        try:
            from .postgres.store import PostgresStore
        except ImportError as error:
            raise InboxError("an inbox in PostgreSQL needs asyncpg: pip install 'cstar-async[postgres]'") from error
        return PostgresStore(url, clock)
    # Not the URL itself: it may hold a password.
    raise InboxError(f"inbox must be memory:, sqlite:///file or postgresql://…; got a URL with scheme {scheme!r}")


def _file(name: str) -> Path:
    """Return the path of an inbox's file. Raises InboxError for names with a special meaning in SQLite."""
    if ":memory:" in name or not name.strip():
        # These mean a database in memory, which would lose acknowledged events with the process.
        raise InboxError(
            "inbox must be memory: for an inbox in memory, which loses its events, or sqlite:///inbox.db for a file"
        )
    if name.startswith("file:"):
        raise InboxError("inbox must name a file, not a URL of SQLite: write sqlite:///inbox.db")
    if "\0" in name:
        raise InboxError("the inbox's file name must not contain a NUL character")
    return Path(name)


@contextlib.contextmanager
def wrap_errors(store: Store, trouble: str) -> Generator[None]:
    """Raise InboxError, with the name of the inbox, for the errors of its database."""
    try:
        yield
    except (InboxError, RuntimeError):
        raise
    except Exception as error:
        raise InboxError(f"the inbox {store.name} {trouble}: {cause(error)}") from without_secrets(error)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:  # a bracket in the password, for example
        message = "the inbox's URL cannot be read; write brackets and such in the password as %5B, %5D, ..."
        raise InboxError(message) from None
