"""The objects of the API: `from cstar_async.models import Ticket`.

Generated from the contract. The module of a name is loaded when the name is first used. Absent fields are None, also
those that the contract promises and whose type is not `| None` (`cstar_async.drift` counts them). Unknown fields are
ignored; unknown values of an enumeration are kept as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._generated import models as _models
from ._lazy import lazy_names

if TYPE_CHECKING:
    from ._generated.models import *  # noqa: F403  # `__all__` is that of the generated module
else:
    __all__ = _models.__all__


__getattr__ = lazy_names(__name__, dict.fromkeys(_models.__all__, "_generated.models"))


def __dir__() -> list[str]:
    return sorted(_models.__all__)
