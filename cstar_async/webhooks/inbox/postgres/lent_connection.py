"""The connection that `event.commit` lends to a user's function."""

from __future__ import annotations

from typing import Any

from .driver import asyncpg

_Connection: Any = asyncpg.Connection


class LentConnection(_Connection):  # type: ignore[misc]
    """A connection that cannot be closed while it is lent, and is not lent again if it was changed.

    A session of an ORM, for example, closes its connection. Changes that no statement of the server undoes, such as a
    codec, end with the connection.
    """

    _is_lent = False
    _is_spoilt = False

    process = 0
    """The server's number for it."""

    def lend(self) -> LentConnection:
        """Mark it as lent. Returns itself: the pool's proxy of it may be detached by the end."""
        self._is_lent = True
        return self

    def take_back(self) -> None:
        """Mark it as returned, and close it if it was changed. May be called twice."""
        self._is_lent = False
        if self._is_spoilt:
            self.terminate()

    def spoil(self) -> None:
        """Have it closed when it is taken back."""
        self._is_spoilt = True

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncpg's signature
        """Put off until it is taken back."""
        self._is_spoilt = True
        if not self._is_lent:
            await _Connection.close(self, timeout=timeout)

    def terminate(self) -> None:
        """Put off until it is taken back."""
        self._is_spoilt = True
        if not self._is_lent:
            _Connection.terminate(self)


def _spoiling(name: str) -> Any:
    method = getattr(_Connection, name)

    def call(self: LentConnection, *given: Any, **options: Any) -> Any:
        self.spoil()
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
    setattr(LentConnection, _name, _spoiling(_name))
