"""asyncpg, which says nothing of its types."""

from __future__ import annotations

from importlib import import_module
from typing import Any

asyncpg: Any = import_module("asyncpg")
"""Raises ImportError if it is not installed, as `import` would."""
