"""The inbox of a dispatcher: opened at its first use, on one event loop at a time."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401  # pyright: ignore[reportUnusedImport]  # before _fork: see the end
import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING, Final

from cstar_async._loop_thread import LoopThread

from . import wrap_errors
from .interests import Interests, warn_of_changes
from .shared_timeout import SharedTimeout

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from cstar_async.clock import Clock

    from . import Store
    from .records import Group, Incoming

READ_TIMEOUT: Final = 1.0
"""Seconds for reading the groups, which a delivery waits for once a minute."""
RELEASE_TIMEOUT: Final = 15.0
"""Seconds for the inbox to be closed on its thread, before it moves or the process is forked."""
_MOVES: Final = 5
"""How often a delivery is tried again because the inbox moved to another loop."""


class UnusableError(RuntimeError):
    """The dispatcher cannot be used, for example because it is closed. The message contains no secret."""


class _LoopEndedError(Exception):
    """The loop of the inbox ended before it answered."""


class InboxHandle:
    """A store that is open on one event loop, or on none.

    That is the loop that first asks for the store. The inbox stays open on it until the loop ends, which closes the
    inbox as `loop.shutdown_asyncgens` closes every asynchronous generator. Deliveries that come on other loops are
    handed over to it.

    If a delivery comes while the inbox is not open, on a loop that may end with the delivery (under WSGI each request
    has its own), the inbox is opened on a thread of its own. From there it moves to the first loop that asks for the
    store.
    """

    def __init__(
        self, make: Callable[[], Store], groups: Callable[[], Sequence[Group]], clock: Clock, *, store_timeout: float
    ) -> None:
        """Set up, without opening anything.

        Args:
            make: Makes the store.
            groups: The groups to register each time it is opened.
            clock: A source of time.
            store_timeout: Seconds for an event to be kept.
        """
        self._make = make
        self.current = make()
        """The store, open or not."""
        self._groups = groups
        self._timeout = SharedTimeout(store_timeout)
        self._interests = Interests(clock)
        self._lock = threading.RLock()
        """Guards the attributes below, since loops of several threads may use them. Never held across an await."""
        self._task: asyncio.Task[Store] | None = None
        """The task that opens or has opened the store, on the loop of the inbox."""
        self._holder: AsyncGenerator[None] | None = None
        self._thread: LoopThread | None = None
        self._forked = False
        self._closing = 0
        self.closed = False
        """Whether it is closed, or about to be, and stays so until `open`."""
        _HANDLES.add(self)

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
        """The store, open on the running loop.

        Raises:
            UnusableError: It was closed, or is open on another loop that has not ended.
        """
        task = self._task
        if self.closed or task is None or task.get_loop() is not asyncio.get_running_loop():
            task = self._begin()
        elif task.done() and not task.cancelled() and task.exception() is None:
            return task.result()  # the common case
        # Shielded: if the first caller is cancelled, the others still wait for the same inbox.
        return await asyncio.shield(task)

    async def keep(self, event: Incoming, *, lasting: bool) -> bool:
        """Keep an event, on whichever loop it comes; False if it is known already.

        Args:
            event: The event.
            lasting: Whether the running loop is a server's, so that the inbox can be opened on it.

        Raises:
            TimeoutError: It took too long. The event may have been kept nevertheless.
            UnusableError: The dispatcher is closed.
        """
        task = self._task
        if task is not None and task.get_loop() is asyncio.get_running_loop():
            fresh = await self._timeout.wait(self._keep(event))
            if fresh:
                if self._interests.is_due():
                    await self._look_at_groups()
                self._interests.note(event)
            return fresh
        # `SharedTimeout` works on one loop only. These waits are few or long, so the cost does not matter.
        async with asyncio.timeout(self._timeout.seconds):
            return await self._keep_elsewhere(event, lasting=lasting)

    async def _keep(self, event: Incoming) -> bool:
        return await (await self.store()).accept(event)

    async def _keep_elsewhere(self, event: Incoming, *, lasting: bool) -> bool:
        for _ in range(_MOVES):
            loop = self._choose(lasting=lasting)
            if loop is asyncio.get_running_loop():
                fresh = await self._keep(event)
                if fresh:
                    if self._interests.is_due():
                        await self._look_at_groups()
                    self._interests.note(event)
                return fresh
            with contextlib.suppress(_LoopEndedError):
                return await self._hand_over(event, loop)
        raise UnusableError("the event loop on which the inbox was open has ended")

    def _choose(self, *, lasting: bool) -> asyncio.AbstractEventLoop:
        """Return the loop on which to keep an event."""
        with self._lock:
            self._check()
            loop = None if self._task is None else self._task.get_loop()
            if loop is not None and loop.is_closed():
                loop = None
            if lasting and (loop is None or self._is_ours(loop)):
                return asyncio.get_running_loop()
            if loop is None:
                if self._thread is None:
                    self._thread = LoopThread("cstar-inbox-loop")
                    # End the thread of a dispatcher that is garbage-collected without being closed.
                    weakref.finalize(self, self._thread.stop, 0).atexit = False
                loop = self._thread.loop
            return loop

    async def _hand_over(self, event: Incoming, loop: asyncio.AbstractEventLoop) -> bool:
        keeping = self._keep_elsewhere(event, lasting=True)
        try:
            future = asyncio.run_coroutine_threadsafe(keeping, loop)
        except RuntimeError:  # it was closed in the meantime
            keeping.close()
            raise _LoopEndedError from None
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if future.cancelled() and not (task and task.cancelling()):
                raise _LoopEndedError from None
            raise

    async def _look_at_groups(self) -> None:
        """Read the groups of other processes. Errors are ignored, since the event has been kept already."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(READ_TIMEOUT):
                self._interests.update(await self.current.groups())

    @contextlib.asynccontextmanager
    async def closing(self) -> AsyncGenerator[None]:
        """Refuse new users; close the store once the block's remaining users have finished."""
        self.closed = True
        self._closing += 1
        try:
            yield
            await self._close()
        finally:
            self._closing -= 1

    async def _close(self) -> None:
        with self._lock:
            task, thread = self._task, self._thread
        if task is None:
            await self.current.close()  # `memory:` keeps its events across loops
        elif task.get_loop() is asyncio.get_running_loop() or not task.get_loop().is_running():
            await self._release(task)
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._release(task), task.get_loop()))
        if thread is not None:
            await self._end(thread)

    def _begin(self) -> asyncio.Task[Store]:
        """Return a task that opens the store on the running loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._check()
            previous = self._task
            if previous is not None:
                if previous.get_loop() is loop:
                    return previous
                if not previous.get_loop().is_closed() and not self._is_ours(previous.get_loop()):
                    raise UnusableError(
                        "the inbox is open in another event loop, which has not ended; close the dispatcher there, or "
                        "make another one for this loop"
                    )
            task = self._task = loop.create_task(self._open(previous))
            task.add_done_callback(self._forget_failure)
            return task

    def _check(self) -> None:
        if self.closed:
            raise UnusableError("the dispatcher is closed")
        if self._forked:
            raise UnusableError(
                "the process was forked while the inbox was open; open the dispatcher in each process, after the fork"
            )

    def _is_ours(self, loop: asyncio.AbstractEventLoop) -> bool:
        return self._thread is not None and self._thread.loop is loop

    async def _open(self, previous: asyncio.Task[Store] | None) -> Store:
        if previous is not None:
            await self._leave(previous)
        with wrap_errors(self.current, "cannot be opened"):
            holder = self._hold()
            await anext(holder)
        self._holder = holder
        return self.current

    async def _hold(self) -> AsyncGenerator[None]:
        """Keep the store open. A loop that ends closes its generators, and with this one the inbox."""
        store = self.current
        try:
            await store.open()
            if self._thread is not None and self._is_ours(asyncio.get_running_loop()) and store.name != "memory:":
                self._thread.at_end = store.close
            groups = self._groups()
            stored = await store.groups()
            warn_of_changes(stored, groups)
            await store.register(groups)
            self._interests.register(groups, stored)
            yield
        finally:
            with self._lock:
                if self._task is not None and self._task.get_loop() is asyncio.get_running_loop():
                    self._task = None
            if self.closed or store.name != "memory:":
                await store.close()

    async def _leave(self, previous: asyncio.Task[Store]) -> None:
        """Close the inbox on its previous loop."""
        loop, thread = previous.get_loop(), self._thread
        if thread is not None and thread.loop is loop:
            with contextlib.suppress(RuntimeError, TimeoutError):  # the thread has ended by itself
                async with asyncio.timeout(RELEASE_TIMEOUT):
                    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._release(previous), loop))
            await self._end(thread)
        elif self.current.name != "memory:":
            # That loop was closed without closing its generators: its connections are lost.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(READ_TIMEOUT):
                    await self.current.close()
            self.current = self._make()

    async def _release(self, task: asyncio.Task[Store]) -> None:
        """Close the store, on its loop."""
        with contextlib.suppress(Exception):
            await task
        holder, self._holder = self._holder, None
        if holder is not None:
            await holder.aclose()
        for _ in range(3):
            await asyncio.sleep(0)  # so that callers of `keep` get their results
        with self._lock:
            if self._task is task:
                self._task = None

    async def _end(self, thread: LoopThread) -> None:
        with self._lock:
            if self._thread is thread:
                self._thread = None
        await asyncio.to_thread(thread.stop)

    def _forget_failure(self, task: asyncio.Task[Store]) -> None:
        if task.cancelled() or task.exception() is not None:
            with self._lock:
                if self._task is task:
                    self._task = None

    # A forked process has the connections of its parent, but neither its threads nor its locks. (SQLite would even
    # treat the parent's locks on the file as its own.)

    def before_fork(self) -> None:
        """Close the inbox on its thread, and keep it closed until the fork is done."""
        for _ in range(_MOVES):
            with self._lock:
                thread, self._thread = self._thread, None
            if thread is not None:
                thread.stop(RELEASE_TIMEOUT)
            self._lock.acquire()
            if self._thread is None:
                return
            self._lock.release()
        self._lock.acquire()

    def after_fork(self, *, child: bool) -> None:
        """Release the lock in the parent; reset the state in the child."""
        if not child:
            self._lock.release()
            return
        self._lock = threading.RLock()
        self._thread = None
        self._forked = self._forked or self._task is not None
        if not self._forked:
            self.current = self._make()


_HANDLES: Final[weakref.WeakSet[InboxHandle]] = weakref.WeakSet()


class _Fork:
    """The hooks around each fork of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        """One fork at a time."""
        self._handles: list[InboxHandle] = []

    def before(self) -> None:
        self._lock.acquire()
        self._handles = list(_HANDLES)
        for handle in self._handles:
            handle.before_fork()

    def after_in_parent(self) -> None:
        for handle in self._handles:
            handle.after_fork(child=False)
        self._handles = []
        self._lock.release()

    def after_in_child(self) -> None:
        for handle in self._handles:
            handle.after_fork(child=True)
        self._handles = []
        self._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    # The last hook registered is called first: before thread pools, which closing an inbox needs, are locked.
    _fork: Final = _Fork()
    os.register_at_fork(before=_fork.before, after_in_parent=_fork.after_in_parent, after_in_child=_fork.after_in_child)
