"""The writes to an inbox that share a transaction (`cstar_async._sqlite`)."""

from __future__ import annotations

import sqlite3
from enum import Enum
from typing import TYPE_CHECKING

from cstar_async._postgres import cause
from cstar_async._sqlite.group_commit import Result, Task, in_transaction
from cstar_async.errors import InboxError

from . import queries
from .lent_connection import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(Enum):
    """How a task shares a transaction with others."""

    ACCEPT = "accept"
    SETTLE = "settle"
    COMMIT = "commit"
    """Runs a user's function, whose failure does not affect other tasks."""
    OTHER = "other"


def perform(database: sqlite3.Connection, now: float, tasks: Sequence[Task]) -> list[Result]:
    """Run tasks in one transaction. If it fails, every task fails. Does not raise."""
    return in_transaction(database, lambda: _run(database, now, tasks), lambda error: refuse(tasks, error))


def refuse(tasks: Sequence[Task], error: BaseException) -> list[Result]:
    """Fail all tasks with an error of the database: `commit` with InboxError, to tell it from errors of `work`."""
    refused = error
    if isinstance(error, sqlite3.OperationalError | OSError):
        refused = InboxError(f"the inbox cannot be used: {cause(error)}")
        refused.__cause__ = error
    return [Result(task, None, refused if task.kind is Kind.COMMIT else error) for task in tasks]


def _run(database: sqlite3.Connection, now: float, tasks: Sequence[Task]) -> list[Result]:
    """Run all accepts, then all settlements, then the rest: the calls were concurrent, so any order is correct."""
    accepts = [task for task in tasks if task.kind is Kind.ACCEPT]
    settlements = [task for task in tasks if task.kind is Kind.SETTLE]
    results: list[Result] = []
    if accepts:
        found = queries.accept(database, now, [task.value for task in accepts])
        results += [Result(task, value, None) for task, value in zip(accepts, found, strict=True)]
    if settlements:
        found = queries.settle(database, now, [task.value for task in settlements])
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
        return Result(task, queries.commit(database, now, lease, guarded(work)), None)
    except BaseException as error:
        if not database.in_transaction:
            raise  # a full disk, for example, has ended the whole transaction
        return Result(task, None, error)
