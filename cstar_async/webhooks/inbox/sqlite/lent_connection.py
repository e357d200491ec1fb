"""The connection that `event.commit` lends to a user's function."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from .queries import SAVEPOINT

if TYPE_CHECKING:
    from collections.abc import Callable


class InboxConnection(sqlite3.Connection):
    """The connection of an inbox, which `event.commit` lends to a user's function.

    While it is lent, closing it has no effect, and ending the transaction is refused.
    """

    lent = False

    def close(self) -> None:
        """Do nothing while it is lent: a session of an ORM, for example, closes its connection."""
        if not self.lent:
            super().close()

    def close_for_good(self) -> None:
        """Close it, even while it is lent."""
        self.lent = False
        super().close()

    def commit(self) -> None:
        """Refused while it is lent."""
        self._require_own("commit()")
        super().commit()

    def rollback(self) -> None:
        """Refused while it is lent."""
        self._require_own("rollback()")
        super().rollback()

    def set_authorizer(self, authorizer_callback: Any) -> None:
        """Refused while it is lent: the authorizer protects the transaction."""
        self._require_own("set_authorizer()")
        super().set_authorizer(authorizer_callback)

    def __exit__(self, *error: object) -> Any:
        self._require_own("`with connection`")
        return super().__exit__(*error)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    def __setattr__(self, name: str, value: object) -> None:
        if name in {"isolation_level", "autocommit"}:
            self._require_own(f"setting {name}")  # Python would commit the open transaction
        super().__setattr__(name, value)

    def _require_own(self, what: str) -> None:
        if self.lent:
            raise RuntimeError(f"{_ONE_TRANSACTION}; {what} is refused")


_ONE_TRANSACTION = (
    "event.commit(fn) is one transaction on the inbox's own connection, which fn must not begin, end or reconfigure"
)


def guarded(work: Callable[[sqlite3.Connection], Any]) -> Callable[[sqlite3.Connection], Any]:
    """Wrap the function: it can neither end the transaction nor leave the connection changed."""

    def call(database: sqlite3.Connection) -> Any:
        assert isinstance(database, InboxConnection)
        database.set_authorizer(_authorize)
        database.lent = True
        try:
            return work(database)
        except sqlite3.DatabaseError as error:
            if "not authorized" in str(error):
                raise RuntimeError(
                    f"{_ONE_TRANSACTION}: no BEGIN, COMMIT, ROLLBACK, executescript(), ATTACH, nor a PRAGMA that sets"
                ) from error
            raise
        finally:
            database.lent = False
            database.set_authorizer(None)
            database.row_factory = None
            database.text_factory = str

    return call


_READING_PRAGMAS = frozenset(
    {
        "foreign_key_check",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)
"""Operations whose argument is the name of a table or an index."""


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action in {sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}:
        return sqlite3.SQLITE_DENY
    # A rollback to it would undo the mark that the event is done, but keep what is written afterwards.
    if action == sqlite3.SQLITE_SAVEPOINT and (second or "").lower() == SAVEPOINT:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and second is not None and (first or "").lower() not in _READING_PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
