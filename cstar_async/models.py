"""The objects of the API: `from cstar_async.models import Ticket`.

Made from openapi.yaml. The module behind a name is loaded when the name is first asked for. Fields that were absent
read as None; unknown fields are ignored; unknown values of an enumeration pass through as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._generated import models as _models
from ._lazy import lazy_names

if TYPE_CHECKING:
    from ._generated.models import *  # noqa: F403
else:
    __all__ = _models.__all__


__getattr__ = lazy_names(__name__, dict.fromkeys(_models.__all__, "_generated.models"))


def __dir__() -> list[str]:
    return sorted(_models.__all__)
