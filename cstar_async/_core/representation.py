"""Reprs that also work on partly initialised objects.

A traceback with local variables (rich, `pytest -l`, Sentry, `TracebackException(capture_locals=True)`) calls `repr` on
all of them: a model whose third field could not be decoded, `self` in an `__init__` that raises. On Python 3.11 an
error in such a repr replaces the whole traceback.
"""

from __future__ import annotations

import reprlib
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_MISSING = object()


def show_fields(self: Any) -> str:
    """A `__repr__` for attrs classes and dataclasses: the fields that are set, and `...` if some are not."""
    return _fields(self)


@reprlib.recursive_repr()
def _fields(self: Any) -> str:
    fields: Any = getattr(self, "__attrs_attrs__", None)
    if fields is None:
        fields = self.__dataclass_fields__.values()
    values = [(field.name, getattr(self, field.name, _MISSING)) for field in fields if field.repr]
    texts = ["..." if value is _MISSING else f"{name}={value!r}" for name, value in values]
    return f"{type(self).__name__}({', '.join(dict.fromkeys(texts))})"


def safe_repr(show: Callable[[T], str]) -> Callable[[T], str]:
    """Decorate a `__repr__` to fall back on that of `object` if it fails, for example for a missing attribute."""

    @wraps(show)
    def shown(self: T) -> str:
        try:
            return show(self)
        except Exception:  # noqa: BLE001  # a repr that fails would hide the error being shown
            return object.__repr__(self)

    return shown
