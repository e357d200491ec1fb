"""One inbox for all that a dispatcher does: opened by whoever needs it first, and closed behind everybody."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from .accept import UnusableError
from .stores import naming

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from .stores import Store
    from .stores.records import Group


class Opening:
    """A store that is open or not. Between two loops it has to be closed."""

    def __init__(self, store: Store, groups: Callable[[], Sequence[Group]]) -> None:
        """`groups` are written down each time it is opened."""
        self._store = store
        self._groups = groups
        self._task: asyncio.Task[Store] | None = None
        self._closing = 0
        self.closed = False
        """Whether it is closed, or about to be, and stays so until `open`."""

    @property
    def begun(self) -> bool:
        """Whether it is open, or about to be."""
        return self._task is not None

    async def open(self) -> None:
        """Open it, also after it was closed."""
        if self._closing:
            raise UnusableError("the dispatcher is being closed; open it again when close() has returned")
        self.closed = False
        await self.store()

    async def store(self) -> Store:
        """The open store. Raises UnusableError if it was closed."""
        if self.closed:
            raise UnusableError("the dispatcher is closed")
        task = self._task
        if task is not None and task.get_loop() is not asyncio.get_running_loop():
            raise UnusableError("the inbox was opened in another event loop; close the dispatcher before that ends")
        if task is None:
            task = self._task = asyncio.create_task(self._open())
            task.add_done_callback(self._forget_failure)
        elif task.done() and not task.cancelled() and task.exception() is None:
            return task.result()  # as almost always
        # Shielded: whoever came first may be cancelled, the others wait for the same inbox.
        return await asyncio.shield(task)

    @contextlib.asynccontextmanager
    async def closing(self) -> AsyncGenerator[None]:
        """Give it to nobody any more; close it at the end of the block, in which those who have it come to theirs."""
        self.closed = True
        self._closing += 1
        try:
            yield
            task, self._task = self._task, None
            if task is not None:
                with contextlib.suppress(Exception):
                    await task
                await self._store.close()
        finally:
            self._closing -= 1

    async def _open(self) -> Store:
        with naming(self._store, "cannot be opened"):
            await self._store.open()
            await self._store.register(self._groups())
        return self._store

    def _forget_failure(self, task: asyncio.Task[Store]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._task = None
