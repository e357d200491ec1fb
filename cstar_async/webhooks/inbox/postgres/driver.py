"""asyncpg, which has no type annotations."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from cstar_async._postgres import failures

asyncpg: Any = import_module("asyncpg")
"""Return the module. Raises ImportError if it is not installed."""

CUT_OFF: Final = failures()
"""Return the classes of errors of a failed database or a lost connection."""
