"""Differences between answers and the contract: what decoders found absent, and what an inspection finds.

Decoders note absent fields in a table of the thread; the function that reads the answer counts them by operation.
An inspection reads the JSON once more, so only a sample of the answers is inspected.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager
from functools import lru_cache
from random import random
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, cast

from .secrets import clean_text
from .serialization import is_array, is_object, json_type

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from .serialization import FieldInfo, Kind, ModelInfo

ABSENT: Any = None
"""The value of a promised field that is not there. It is of any type, so that checkers see the promised one."""

DriftKind: TypeAlias = Literal["absent", "null", "unknown field", "unknown value"]

_MOST_FINDINGS: Final = 1_000
"""The most kinds of findings that are counted; a service that invents field names must not fill the memory."""
_LONGEST_NAME: Final = 100
_MAX_DEPTH: Final = 50


class Finding(NamedTuple):
    """One kind of difference."""

    operation: str
    model: str
    field: str
    kind: DriftKind
    type: str
    """The JSON type of the value; empty if the field is absent."""


class Recorder:
    """The findings of this process."""

    def __init__(self) -> None:
        self.counts: Counter[Finding] = Counter()
        self.sample = 0.0
        """The share of the answers that are inspected."""
        self._lock = threading.Lock()

    def add(self, finding: Finding, count: int = 1) -> None:
        """Count a finding."""
        with self._lock:
            if finding in self.counts or len(self.counts) < _MOST_FINDINGS:
                self.counts[finding] += count

    def taken(self) -> dict[Finding, int]:
        """A copy of the counts."""
        with self._lock:
            return dict(self.counts)

    def clear(self) -> None:
        """Forget all findings."""
        with self._lock:
            self.counts.clear()

    @contextmanager
    def isolated(self, sample: float) -> Generator[None]:
        """Inspect this share of the answers in the block, which starts without findings; then restore what was."""
        before, was = self.counts, self.sample
        self.counts, self.sample = Counter(), sample
        try:
            yield
        finally:
            self.counts, self.sample = before, was


recorder: Final = Recorder()


class _Noted(threading.local):
    def __init__(self) -> None:
        # By identity, since an object that another reading of it has noted must not count twice; the object itself
        # is kept, so that no other gets its identity.
        self.objects: dict[int, tuple[object, str, frozenset[str]]] = {}


_noted: Final = _Noted()


def note_absent(model: str, members: Mapping[str, Any], promised: frozenset[str]) -> None:
    """Note the promised fields that an object lacks. Raises KeyError if it has none of them."""
    missing = promised.difference(members)
    if missing:
        if len(missing) == len(promised):
            raise KeyError(*sorted(promised))
        _noted.objects[id(members)] = members, model, missing


def forget_absent() -> None:
    """Forget what this thread's decoders noted."""
    _noted.objects.clear()


def count_absent(operation: str) -> None:
    """Count what this thread's decoders noted, under this operation."""
    objects = _noted.objects
    if objects:
        # Most objects of a list lack the same fields.
        alike = Counter((model, missing) for _, model, missing in objects.values())
        objects.clear()
        for (model, missing), count in alike.items():
            for field in missing:
                recorder.add(Finding(operation, model, field, "absent", ""), count)


def is_sampled() -> bool:
    """Whether to inspect this answer."""
    sample = recorder.sample
    return sample > 0 and random() < sample  # noqa: S311  # a sample, not a secret


def inspect(operation: str, decode: Callable[..., object], values: Sequence[object], paths: Sequence[str]) -> list[str]:
    """Count what of these values differs from the contract, except absent fields, which decoders note.

    Args:
        operation: The operation that they are from.
        decode: The decode function of a model; values of other functions are not inspected.
        values: Parsed JSON.
        paths: The path of each value on the wire.

    Returns:
        The broken promises, each with its path: fields that are absent, or null although they must not be.
    """
    problems: list[str] = []
    model = _model_of(decode)
    if model is not None:
        for value, path in zip(values, paths, strict=True):
            _inspect(operation, model, value, path, problems, 0)
    return problems


class _Model(NamedTuple):
    name: str
    fields: dict[str, FieldInfo]
    promised: tuple[FieldInfo, ...]
    is_open: bool


def _inspect(operation: str, model: _Model, value: object, path: str, problems: list[str], depth: int) -> None:
    if not is_object(value) or depth > _MAX_DEPTH:
        return
    for field in model.promised:
        if field.wire not in value:
            problems.append(f"{path}.{field.wire}: promised by the contract, but missing")
        elif value[field.wire] is None and not field.nullable:
            problems.append(f"{path}.{field.wire}: null, although the contract promises a value")
            recorder.add(Finding(operation, model.name, field.wire, "null", "null"))
    for wire, member in value.items():
        known = model.fields.get(wire)
        if known is not None:
            for each in _unknown_values(known, member):
                recorder.add(Finding(operation, model.name, wire, "unknown value", json_type(each)))
            for inner, item, place in _models_in(known.kind, member, f"{path}.{wire}"):
                _inspect(operation, inner, item, place, problems, depth + 1)
        elif not model.is_open:
            name = clean_text(wire, limit=_LONGEST_NAME)
            recorder.add(Finding(operation, model.name, name, "unknown field", json_type(member)))


def _unknown_values(field: FieldInfo, value: Any) -> list[object]:
    if not field.values:
        return []
    given = cast("list[object]", value) if isinstance(value, list) else [value]
    return [each for each in given if each is not None and each not in field.values]


def _models_in(kind: Kind, value: Any, path: str) -> Iterator[tuple[_Model, object, str]]:
    """The objects in the value of a field, each with its model and its path."""
    if isinstance(kind, type):
        model = _model_named(kind)
        if model is not None:
            yield model, value, path
    elif isinstance(kind, Mapping):
        if is_object(value):
            for name, item in value.items():
                yield from _models_in(kind[""], item, f"{path}.{name}")
    elif kind is not None and not callable(kind) and is_array(value):
        for index, item in enumerate(value):
            yield from _models_in(kind[0], item, f"{path}[{index}]")


@lru_cache
def _model_of(decode: Callable[..., object]) -> _Model | None:
    for cls, info in _table(decode.__module__).items():
        if info.decode is decode:
            return _model(cls, info)
    return None


@lru_cache(maxsize=1_000)
def _model_named(cls: type) -> _Model | None:
    info = _table(cls.__module__).get(cls)
    return None if info is None else _model(cls, info)


def _model(cls: type, info: ModelInfo) -> _Model:
    fields = {field.wire: field for field in info.fields}
    promised = tuple(field for field in info.fields if field.required)
    return _Model(cls.__name__, fields, promised, is_open=info.additional is not None)


def _table(module: str) -> dict[type, ModelInfo]:
    table: Callable[[], dict[type, ModelInfo]] | None = getattr(sys.modules.get(module), "model_table", None)
    return {} if table is None else table()
