"""The objects of the API: `from cstar_async.models import Ticket`.

Made from openapi.yaml. The module behind a name is loaded when the name is first asked for. Fields that were absent
read as None; unknown fields are ignored; unknown values of an enumeration pass through as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._generated import models as _models

if TYPE_CHECKING:
    from ._generated.models import *  # noqa: F403
else:
    __all__ = _models.__all__


def __getattr__(name: str) -> object:
    if name not in _models.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(_models, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_models.__all__)
