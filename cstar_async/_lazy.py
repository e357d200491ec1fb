"""Lazy imports: a module's names are loaded when they are first used, so that importing it costs next to nothing."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # typing itself would be most of the cost of importing this package
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy_names(module: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make the `__getattr__` of a module.

    Args:
        module: The module's `__name__`.
        homes: For each name the module that defines it, relative to the package.
    """

    def load(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        own = sys.modules[module]
        value: object = getattr(import_module(f".{home}", own.__package__), name)
        setattr(own, name, value)
        return value

    return load
