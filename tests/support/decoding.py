"""The generated decode functions, by operation or by schema name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cstar_async import models

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async._core.serialization import ModelInfo


def info_of(cls: type) -> ModelInfo:
    """The entry of a model in the table of its module."""
    info: ModelInfo = sys.modules[cls.__module__].model_table()[cls]
    return info


def model_of(operation: Operation) -> type:
    """The model of an operation's result, or of its items."""
    model: type = getattr(models, operation.result)
    return model


def all_models() -> dict[str, type]:
    """Every generated model, by name."""
    found = {name: getattr(models, name) for name in dir(models)}
    return {name: value for name, value in found.items() if isinstance(value, type)}


def decode(operation: Operation, data: Any) -> Any:
    """The `data` of an answer as its model, or as a list of models."""
    read = info_of(model_of(operation)).decode
    return [read(item) for item in data] if operation.is_list else read(data)
