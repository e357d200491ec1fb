"""Group commit: what many callers want written, in one transaction with one flush."""

from __future__ import annotations

import sqlite3
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from cstar_async._postgres import cause
from cstar_async.errors import InboxError

from . import tables

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence


class Kind(Enum):
    """How a task is done together with others."""

    ACCEPT = "accept"
    SETTLE = "settle"
    COMMIT = "commit"
    """Runs a user's function, whose failure is nobody else's."""
    OTHER = "other"


class Task(NamedTuple):
    """One thing to do, and who waits for it."""

    kind: Kind
    value: Any
    """The event, the pair of lease and outcome, or a function of the connection and the time."""
    future: asyncio.Future[Any]


class Result(NamedTuple):
    """What came of a task."""

    task: Task
    value: Any
    error: BaseException | None


def perform(database: sqlite3.Connection, now: float, tasks: Sequence[Task]) -> list[Result]:
    """Do the tasks in one transaction. If that fails, all of them have failed; never raises."""
    try:
        database.execute("BEGIN IMMEDIATE")
        results = _run(database, now, tasks)
        database.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits, on the event loop
        try:
            if database.in_transaction:
                database.execute("ROLLBACK")
        except sqlite3.Error as second:
            error.add_note(f"and rolling back failed: {second}")
        return refuse(tasks, error)
    return results


def refuse(tasks: Sequence[Task], error: BaseException) -> list[Result]:
    """What came of tasks when the database failed. That is no fault of a user's function, whose error it would seem."""
    refused = error
    if isinstance(error, sqlite3.OperationalError | OSError):
        refused = InboxError(f"the inbox cannot be used: {cause(error)}")
        refused.__cause__ = error
    return [Result(task, None, refused if task.kind is Kind.COMMIT else error) for task in tasks]


def _run(database: sqlite3.Connection, now: float, tasks: Sequence[Task]) -> list[Result]:
    """All accepts first, then all settlements, then the rest: they run at once, so any order among them is right."""
    accepts = [task for task in tasks if task.kind is Kind.ACCEPT]
    settlements = [task for task in tasks if task.kind is Kind.SETTLE]
    results: list[Result] = []
    if accepts:
        found = tables.accept(database, now, [task.value for task in accepts])
        results += [Result(task, value, None) for task, value in zip(accepts, found, strict=True)]
    if settlements:
        found = tables.settle(database, now, [task.value for task in settlements])
        results += [Result(task, value, None) for task, value in zip(settlements, found, strict=True)]
    for task in tasks:
        if task.kind is Kind.COMMIT:
            results.append(_commit(database, now, task))
        elif task.kind is Kind.OTHER:
            results.append(Result(task, task.value(database, now), None))
    return results


def _commit(database: sqlite3.Connection, now: float, task: Task) -> Result:
    lease, work = task.value
    try:
        return Result(task, tables.commit(database, now, lease, _guarded(work)), None)
    except BaseException as error:
        if not database.in_transaction:
            raise  # a full disk, for example, takes the whole transaction with it
        return Result(task, None, error)


class InboxConnection(sqlite3.Connection):
    """The connection of an inbox, which `event.commit` lends to a user's function.

    While it is lent it cannot be closed, and what would end the transaction is refused.
    """

    lent = False

    def close(self) -> None:
        """Do nothing while it is lent: whoever has the connection for a moment, a session of an ORM, tidies up."""
        if not self.lent:
            super().close()

    def close_for_good(self) -> None:
        """Close it, whoever has it."""
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
        """Refused while it is lent: it is what keeps the transaction."""
        self._require_own("set_authorizer()")
        super().set_authorizer(authorizer_callback)

    def __exit__(self, *error: object) -> Any:
        self._require_own("`with connection`")
        return super().__exit__(*error)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    def __setattr__(self, name: str, value: object) -> None:
        if name in {"isolation_level", "autocommit"}:
            self._require_own(f"setting {name}")  # Python commits what is open then
        super().__setattr__(name, value)

    def _require_own(self, what: str) -> None:
        if self.lent:
            raise RuntimeError(f"{_ONE_TRANSACTION}; {what} is refused")


_ONE_TRANSACTION = (
    "event.commit(fn) is one transaction on the inbox's own connection, which fn must not begin, end or reconfigure"
)


def _guarded(work: Callable[[sqlite3.Connection], Any]) -> Callable[[sqlite3.Connection], Any]:
    """The function, kept from ending the transaction and from leaving the connection changed."""

    def guarded(database: sqlite3.Connection) -> Any:
        assert isinstance(database, InboxConnection)  # noqa: S101 - the stores make no others
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

    return guarded


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
"""Those that take the name of a table or an index."""


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action in {sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}:
        return sqlite3.SQLITE_DENY
    # Rolled back to by the function, it would undo the mark that the event is done, and leave what is written after it.
    if action == sqlite3.SQLITE_SAVEPOINT and (second or "").lower() == tables.SAVEPOINT:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and second is not None and (first or "").lower() not in _READING_PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
