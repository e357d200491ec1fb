"""cattrs for the models: the public `converter`, and `diagnose` for data that cannot be decoded.

Answers are decoded by functions generated beside the models, which are fast but report errors poorly. The converters
here are built from tables generated from the same fields:

- `converter` structures and unstructures models with those functions. You may add hooks to it.
- `diagnose` decodes bad data again, slowly, and names every invalid field by its path on the wire.
"""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, override

from cstar_async._core.drift import count_absent
from cstar_async._core.serialization import (
    is_array,
    is_object,
    model_info,
    parse_date,
    parse_datetime,
    whole_number,
)

if TYPE_CHECKING:
    from cstar_async._core.serialization import FieldInfo, Kind, ModelInfo

__all__ = ["converter", "diagnose", "make_converter"]

T = TypeVar("T")


def _is_model(cls: object) -> bool:
    return model_info(cls) is not None


def _required_info(cls: object) -> ModelInfo:
    info = model_info(cls)
    if info is None:  # pragma: no cover - cattrs calls this only for classes that the predicate accepted
        raise TypeError(f"{cls!r} is not a generated model")
    return info


def _structure_hook(cls: type[T]) -> Callable[[Any, Any], T]:
    decode = _required_info(cls).decode

    def hook(value: Any, _: Any) -> T:
        try:
            result: T = decode(value)
        finally:
            count_absent("converter")
        return result

    return hook


def _unstructure_hook(cls: type[Any]) -> Callable[[Any], Any]:
    return _required_info(cls).encode


def make_converter() -> Converter:
    """Make a cattrs converter that converts between model instances and dicts with wire names.

    `structure(data, Ticket)` raises KeyError, ValueError or TypeError for bad data; `diagnose` names the fields.
    """
    made = Converter()
    made.register_structure_hook_factory(_is_model, _structure_hook)
    made.register_unstructure_hook_factory(_is_model, _unstructure_hook)
    return made


converter = make_converter()
"""The converter for the models, shared by all importers. `make_converter` makes one of your own."""


class _BadValueError(ValueError):
    """A value is invalid."""


_EXPECTED: dict[object, str] = {
    parse_datetime: "a date-time",
    parse_date: "a date",
    whole_number: "an integer of at most 64 bits",
}


def _shown(value: object) -> str:
    # Cut before formatting: a value may be as long as a whole answer.
    text = f'"{value[:80]}"' if isinstance(value, str) else reprlib.repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


Reader: TypeAlias = Callable[[Any, Any], Any]


def _reader(kind: Kind) -> Reader:
    """How the detailed converter reads a field: the same results as the generated function, with better messages."""
    if kind is None:
        return lambda value, _: value
    if isinstance(kind, type) and _is_model(kind):
        return _model_reader(kind)
    if callable(kind):
        return _plain_reader(kind)
    if isinstance(kind, Mapping):
        return _map_reader(_reader(kind[""]))
    return _list_reader(_reader(kind[0]))


def _model_reader(cls: type[Any]) -> Reader:
    return lambda value, _: _detailed.structure(value, cls)


def _plain_reader(read: Callable[[Any], Any]) -> Reader:
    expected = _EXPECTED.get(read, "a value of the documented type")

    def hook(value: Any, _: Any) -> Any:
        try:
            return read(value)
        except Exception as error:
            raise _BadValueError(f"expected {expected}, got {_shown(value)}") from error

    return hook


def _collect(items: Iterable[tuple[object, Any]], read: Reader) -> list[Any]:
    done: list[Any] = []
    errors: list[Exception] = []
    for key, item in items:
        try:
            done.append(read(item, None))
        except Exception as error:  # noqa: BLE001  # each is reported with its path
            errors.append(_ItemError(key, error))
    if errors:
        raise ExceptionGroup("items", errors)
    return done


class _ItemError(Exception):
    """An error of an item, with the item's index or key."""

    def __init__(self, key: object, error: Exception) -> None:
        super().__init__(key)
        self.key = key
        self.error = error


def _list_reader(read: Reader) -> Reader:
    def hook(value: Any, _: Any) -> Any:
        if not is_array(value):
            raise _BadValueError(f"expected an array, got {_shown(value)}")
        return _collect(enumerate(value), read)

    return hook


def _map_reader(read: Reader) -> Reader:
    def hook(value: Any, _: Any) -> Any:
        if not is_object(value):
            raise _BadValueError(f"expected an object, got {_shown(value)}")
        return dict(zip(value, _collect(value.items(), read), strict=True))

    return hook


def _field_reader(field: FieldInfo) -> Reader:
    read = _reader(field.kind)
    if field.strict and not field.nullable:
        return read
    return lambda value, hint: None if value is None else read(value, hint)


def _detailed_hook(cls: type[Any]) -> Reader:
    info = _required_info(cls)
    overrides: dict[str, Any] = {
        field.name: override(rename=field.wire, struct_hook=_field_reader(field)) for field in info.fields
    }
    names = {field.name for field in info.fields}
    promised = [field.wire for field in info.fields if field.required]
    least = [] if any(field.strict for field in info.fields) else promised
    """Promised fields of which at least one must be there."""
    rest_reader = _map_reader(_reader(info.additional.kind if info.additional else None))
    overrides.update((a.name, override(omit=True)) for a in attrs.fields(cls) if a.name not in names)
    structure = make_dict_structure_fn(
        cls, _detailed, _cattrs_detailed_validation=True, _cattrs_use_linecache=False, **overrides
    )

    def hook(value: Any, hint: Any) -> Any:
        if not is_object(value):
            raise _BadValueError(f"expected an object, got {_shown(value)}")
        if least and not any(wire in value for wire in least):
            raise ExceptionGroup("fields", [_ItemError(wire, KeyError(wire)) for wire in least])
        result = structure(value, hint)
        if info.additional is not None:
            known = {field.wire for field in info.fields}
            rest = {key: item for key, item in value.items() if key not in known}
            setattr(result, info.additional.name, rest_reader(rest, hint))
        return result

    return hook


def _make_detailed() -> Converter:
    made = Converter(detailed_validation=True)
    made.register_structure_hook_factory(_is_model, _detailed_hook)
    return made


_detailed = _make_detailed()


def _model_of(decode: Callable[..., object]) -> type | None:
    table = getattr(sys.modules.get(decode.__module__), "model_table", None)
    if table is None:
        return None
    found: dict[type, ModelInfo] = table()
    return next((cls for cls, info in found.items() if info.decode is decode), None)


def diagnose(decode: Callable[..., object], value: object, path: str) -> list[str]:
    """Why `decode(value)` fails: one line for each problem, with its path on the wire.

    Args:
        decode: The decode function of a model.
        value: The parsed JSON.
        path: The path of `value` itself, such as `$.data[3]`.

    Returns:
        The problems; empty if `decode` does not fail.
    """
    cls = _model_of(decode)
    try:
        if cls is not None:
            _detailed.structure(value, cls)
        decode(value)  # its message is poorer, but it is the function that failed
    except Exception as error:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
        return list(_lines(error, path))
    return []


def _lines(error: BaseException, path: str) -> Iterator[str]:
    inner = list(_parts(error, path))
    for part, place in inner:
        yield from _lines(part, place)
    if not inner:
        if isinstance(error, KeyError):
            yield f"{path}: required, but missing"
        elif isinstance(error, _BadValueError):
            yield f"{path}: {error}"
        else:
            yield f"{path}: {type(error).__name__}: {error}"


def _parts(error: BaseException, path: str) -> Iterator[tuple[BaseException, str]]:
    """The errors that an error is made of, each with its path."""
    if isinstance(error, _ItemError):
        yield error.error, f"{path}[{error.key}]" if isinstance(error.key, int) else f"{path}.{error.key}"
    elif isinstance(error, ClassValidationError):
        info = model_info(error.cl)
        wires = {field.name: field.wire for field in info.fields} if info else {}
        for inner, note in error.group_exceptions()[0]:  # only errors of validators have no note, and models have none
            yield inner, f"{path}.{wires.get(note.name, note.name)}"
    elif isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        for each in group.exceptions:
            yield each, path
