"""Group commit: the writes of many callers, in one transaction with one flush."""

from __future__ import annotations

import abc
import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Task(NamedTuple):
    """One write, and the future of its caller."""

    kind: Any
    """What the store tells its tasks apart by."""
    value: Any
    """What to write, or a function of the connection and the time."""
    future: asyncio.Future[Any]


class Result(NamedTuple):
    """The result or the error of a task."""

    task: Task
    value: Any
    error: BaseException | None


class TaskQueue(abc.ABC):
    """Hands over the tasks of one turn of the event loop together, so that they share a transaction."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []

    @abc.abstractmethod
    def _hand_over(self, tasks: list[Task]) -> None:
        """Run the tasks, then call `_resolve` with their results on the event loop."""

    @abc.abstractmethod
    def _require_open(self) -> None:
        """Raise RuntimeError if the store is not open."""

    def _resolve(self, results: Sequence[Result]) -> None:
        for task, value, error in results:
            if not task.future.done():  # else the caller was cancelled
                if error is None:
                    task.future.set_result(value)
                else:
                    task.future.set_exception(error)

    def _submit(self, kind: Any, value: Any) -> asyncio.Future[Any]:
        self._require_open()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        if not self._tasks:
            loop.call_soon(self._flush)
        self._tasks.append(Task(kind, value, future))
        return future

    def _flush(self) -> None:
        tasks, self._tasks = self._tasks, []
        if tasks:
            self._hand_over(tasks)


def in_transaction(
    database: sqlite3.Connection,
    run: Callable[[], list[Result]],
    refuse: Callable[[BaseException], list[Result]],
) -> list[Result]:
    """Run tasks in one transaction. If it fails, every task fails, by `refuse`. Does not raise."""
    try:
        database.execute("BEGIN IMMEDIATE")
        results = run()
        database.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001  # passed to the callers, on the event loop
        try:
            if database.in_transaction:
                database.execute("ROLLBACK")
        except sqlite3.Error as second:
            error.add_note(f"and rolling back failed: {second}")
        return refuse(error)
    return results
