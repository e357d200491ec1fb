"""Where events are kept until they are handled: `memory:`, `sqlite:///file`, `postgresql://…`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cstar_async._core.secrets import without_secrets
from cstar_async._postgres import cause
from cstar_async._sqlite.address import file_of
from cstar_async.errors import InboxError

from .protocol import Store

if TYPE_CHECKING:
    from collections.abc import Generator

    from cstar_async.clock import Clock

__all__ = ["Store", "open_store", "wrap_errors"]


def open_store(url: str, clock: Clock) -> Store:
    """Return the store of a URL, not yet opened. Raises InboxError if the URL does not name an inbox.

    `memory:`; `sqlite:///inbox.db` (relative) or `sqlite:////var/lib/app/inbox.db`; `postgresql://…`.
    """
    # Each store is imported only when it is used, with its driver.
    if url == "memory:":
        from .memory import MemoryStore

        return MemoryStore(clock)
    if (file := file_of(url, "inbox", InboxError)) is not None:
        from .sqlite.store import SQLiteStore

        return SQLiteStore(file, clock)
    scheme = _scheme(url)
    if scheme in {"postgresql", "postgres"}:
        try:
            from .postgres.store import PostgresStore
        except ImportError as error:
            raise InboxError("an inbox in PostgreSQL needs asyncpg: pip install 'cstar-async[postgres]'") from error
        return PostgresStore(url, clock)
    # Not the URL itself: it may hold a password.
    raise InboxError(f"inbox must be memory:, sqlite:///file or postgresql://…; got a URL with scheme {scheme!r}")


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
