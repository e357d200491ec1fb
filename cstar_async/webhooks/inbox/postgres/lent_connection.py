"""The connection that `event.commit` lends to a user's function."""

from __future__ import annotations

from typing import Any

from .driver import asyncpg

_Connection: Any = asyncpg.Connection


class LentConnection(_Connection):  # type: ignore[misc]
    """A connection that cannot be closed while it is lent, and is not lent again if it was changed.

    A session of an ORM, for example, closes its connection. Changes that SQL cannot reset, such as a codec, make the
    inbox close the connection.
    """

    _is_lent = False
    _is_changed = False

    process = 0
    """The process id of the server for this session."""

    def lend(self) -> LentConnection:
        """Mark it as lent. Returns itself, since the pool's proxy may be detached before `take_back`."""
        self._is_lent = True
        return self

    def take_back(self) -> None:
        """Mark it as returned, and close it if it was changed. May be called twice."""
        self._is_lent = False
        if self._is_changed:
            self.terminate()

    def mark_changed(self) -> None:
        """Have it closed when it is returned."""
        self._is_changed = True

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncpg's signature
        """Postpone until it is returned."""
        self._is_changed = True
        if not self._is_lent:
            await _Connection.close(self, timeout=timeout)

    def terminate(self) -> None:
        """Postpone until it is returned."""
        self._is_changed = True
        if not self._is_lent:
            _Connection.terminate(self)


def _marking_changed(name: str) -> Any:
    method = getattr(_Connection, name)

    def call(self: LentConnection, *given: Any, **options: Any) -> Any:
        self.mark_changed()
        return method(self, *given, **options)

    return call


for _name in (
    "add_listener",
    "add_log_listener",
    "add_query_logger",
    "add_termination_listener",
    "set_builtin_type_codec",
    "set_type_codec",
):
    setattr(LentConnection, _name, _marking_changed(_name))
