"""asyncpg, which says nothing of its types."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

asyncpg: Any = import_module("asyncpg")
"""Raises ImportError if it is not installed, as `import` would."""

CUT_OFF: Final[tuple[type[Exception], ...]] = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What there is of a connection that was lost. The last is what asyncpg makes of one that was cut while it was idle."""
