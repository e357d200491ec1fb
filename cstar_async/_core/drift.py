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
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from .secrets import clean_text
from .serialization import is_array, is_object, json_type

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from .serialization import Kind, ModelInfo

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
    """Note the promised fields that an object lacks. Raises KeyError if it lacks all of them."""
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
    inspection = _Inspection(operation)
    model = _model_of(decode)
    if model is not None:
        for value, path in zip(values, paths, strict=True):
            inspection.check(model, value, path)
    return inspection.problems


class _Model(NamedTuple):
    name: str
    known: frozenset[str]
    promised: tuple[tuple[str, bool], ...]
    """The promised fields, and whether they may be null."""
    enums: tuple[tuple[str, tuple[str | int, ...]], ...]
    """The fields of enumerations, or lists of them, with the known values."""
    inner: tuple[tuple[str, Kind], ...]
    """The fields that hold objects."""
    is_open: bool


class _Inspection:
    """Compares the objects of one answer with the contract."""

    def __init__(self, operation: str) -> None:
        self.problems: list[str] = []
        self._operation = operation

    def check(self, model: _Model, value: object, path: str, depth: int = 0) -> None:
        """Compare an object, and the objects inside it."""
        if not is_object(value) or depth > _MAX_DEPTH:
            return
        for wire, nullable in model.promised:
            if wire not in value:
                self.problems.append(f"{path}.{wire}: promised by the contract, but missing")
            elif not nullable and value[wire] is None:
                self.problems.append(f"{path}.{wire}: null, although the contract promises a value")
                self._add(model, wire, "null", None)
        if not (model.is_open or model.known.issuperset(value)):
            for wire in value.keys() - model.known:
                self._add(model, clean_text(wire, limit=_LONGEST_NAME), "unknown field", value[wire])
        for wire, values in model.enums:
            self._check_values(model, wire, value.get(wire), values)
        for wire, kind in model.inner:
            for inside, item, place in _models_in(kind, value.get(wire), f"{path}.{wire}"):
                self.check(inside, item, place, depth + 1)

    def _check_values(self, model: _Model, wire: str, given: object, values: tuple[str | int, ...]) -> None:
        for each in given if is_array(given) else (given,):
            if each is not None and each not in values:
                self._add(model, wire, "unknown value", each)

    def _add(self, model: _Model, field: str, kind: DriftKind, value: object) -> None:
        recorder.add(Finding(self._operation, model.name, field, kind, json_type(value)))


def _models_in(kind: Kind, value: object, path: str) -> Iterator[tuple[_Model, object, str]]:
    """The objects in the value of a field, each with its model and its path."""
    if isinstance(kind, type):
        model = _model_named(kind)
        if model is not None:
            yield model, value, path
    elif kind is None or callable(kind):
        return
    elif isinstance(kind, Mapping):
        for name, item in value.items() if is_object(value) else ():
            yield from _models_in(kind[""], item, f"{path}.{name}")
    else:
        for index, item in enumerate(value) if is_array(value) else ():
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
    fields = info.fields
    return _Model(
        name=cls.__name__,
        known=frozenset(field.wire for field in fields),
        promised=tuple((field.wire, field.nullable) for field in fields if field.required),
        enums=tuple((field.wire, field.values) for field in fields if field.values),
        inner=tuple((field.wire, field.kind) for field in fields if not (field.kind is None or _is_plain(field.kind))),
        is_open=info.additional is not None,
    )


def _is_plain(kind: Kind) -> bool:
    return callable(kind) and not isinstance(kind, type)


def _table(module: str) -> dict[type, ModelInfo]:
    table: Callable[[], dict[type, ModelInfo]] | None = getattr(sys.modules.get(module), "model_table", None)
    return {} if table is None else table()
