"""asyncpg, which says nothing of its types."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from cstar_async._postgres import failures

asyncpg: Any = import_module("asyncpg")
"""Raises ImportError if it is not installed, as `import` would."""

CUT_OFF: Final = failures()
"""What there is of a connection that was lost."""
