"""How objects show themselves, also those that are not whole yet.

A traceback that shows local variables (rich, `pytest -l`, Sentry, `TracebackException(capture_locals=True)`) calls
`repr` on whatever a frame holds: a model whose third field could not be read, `self` in an `__init__` that has just
refused an argument. On Python 3.11 an error in one of those takes the whole traceback with it.
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
    """The `__repr__` of attrs classes and dataclasses: the fields that are set, and `...` if there are others."""
    return _fields(self)


@reprlib.recursive_repr()
def _fields(self: Any) -> str:
    fields: Any = getattr(self, "__attrs_attrs__", None)
    if fields is None:
        fields = self.__dataclass_fields__.values()
    values = [(field.name, getattr(self, field.name, _MISSING)) for field in fields if field.repr]
    texts = ["..." if value is _MISSING else f"{name}={value!r}" for name, value in values]
    return f"{type(self).__name__}({', '.join(dict.fromkeys(texts))})"


def even_half_made(show: Callable[[T], str]) -> Callable[[T], str]:
    """Make a `__repr__` that uses attributes fall back on the one of `object` while they are not there."""

    @wraps(show)
    def shown(self: T) -> str:
        try:
            return show(self)
        except Exception:  # noqa: BLE001  # whatever it is, the traceback that asks is about another error
            return object.__repr__(self)

    return shown
