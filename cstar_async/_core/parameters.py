"""Parameters in paths, queries and headers, in the styles of OpenAPI. Pure."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote
from uuid import UUID

from .serialization import encode_datetime, is_object, is_text, kind_of
from .unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .operation import Operation

_PLAIN_TYPES: Final = (int, float, UUID)
_TEXTS: Final = (str, bytes, bytearray, memoryview)
_MULTIPLE: Final = (Sequence, set, frozenset)
_COMPOUND: Final = (Mapping, *_MULTIPLE)
_COOKIE: Final = "!#$&'()*+,-./:<=>?@[]^_`{|}~"
_SEPARATORS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}


class PathPart(str):
    """A part of a path that is percent-encoded already."""

    __slots__ = ()


def encode_text(value: Any) -> str:
    """One value as text. Raises TypeError if it is not a single value, ValueError if it cannot be sent."""
    if isinstance(value, enum.Enum):
        value = value.value  # as in JSON; str() of a `class Status(str, Enum)` is "Status.OPEN"
    if isinstance(value, str):
        if not is_text(value):
            raise ValueError("it contains a lone surrogate")
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return encode_datetime(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, _PLAIN_TYPES):
        return str(value)
    raise TypeError(f"expected text, a number or a time, got {kind_of(value)}")


def is_compound(value: object) -> bool:
    """Whether a value has parts: a mapping, a sequence or a set, but not text."""
    return isinstance(value, _COMPOUND) and not isinstance(value, _TEXTS)


def encode_query(query: Mapping[str, object], operation: Operation) -> list[tuple[str, str]]:
    """Query parameters as pairs of text, in order, without those that are None or UNSET.

    Sequences become repeated parameters and mappings a parameter for each member, or what the contract says instead.

    Raises:
        TypeError: A value has a wrong type, or has parts although the contract has one value. The message names the
            parameter.
        ValueError: A value cannot be sent. The message names the parameter.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None or value is UNSET:
            continue
        try:
            if is_compound(value):
                pairs.extend(_encode_compound(name, value, operation))
            else:
                pairs.append((name, encode_text(value)))
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return pairs


def _encode_compound(name: str, value: object, operation: Operation) -> list[tuple[str, str]]:
    """The pairs of one query parameter whose value has parts."""
    param = next((p for p in operation.params if p.name == name and p.location == "query"), None)
    if param is None:
        if is_object(value):
            raise TypeError(f"expected text, a number or a time, got {kind_of(value)}")
        return [(name, encode_text(item)) for item in cast("Sequence[object]", value)]
    if param.style == "deepObject":
        return list(bracketed(name, value))
    if param.type not in {"object" if is_object(value) else "array", "any"}:
        raise TypeError(f"takes one value, got {type(value).__name__}; make a call for each")
    if is_object(value) and param.explode:
        return [(member, text) for member, part in value.items() for text in _parts(part)]
    if param.explode:
        return [(name, text) for text in _parts(value)]
    return [(name, _SEPARATORS.get(param.style, ",").join(_parts(value)))]


def _parts(value: object) -> list[str]:
    """The texts of a value: those of the items of a sequence, the names and values of a mapping, or its own."""
    if is_object(value):
        return [encode_text(part) for member in value.items() for part in member]
    if is_compound(value):
        return [encode_text(item) for item in cast("Sequence[object]", value)]
    return [encode_text(value)]


def bracketed(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Pairs such as `created[gte]` and `items[0][id]`: a name for each value inside of this one, at any depth."""
    if value is None or value is UNSET:
        return
    if not is_compound(value):
        yield name, encode_text(value)
        return
    members = value.items() if is_object(value) else enumerate(cast("Sequence[object]", value))
    for key, member in members:
        yield from bracketed(f"{name}[{key}]", member)


def path_part(name: str, value: object, style: str = "simple", *, explode: bool = False) -> PathPart:
    """A path parameter with parts, or in the style `label` (`.a.b`) or `matrix` (`;name=a,b`), percent-encoded.

    Raises:
        TypeError: A part of the value has parts itself, or a type that is not text. The message names the parameter.
        ValueError: A part contains a lone surrogate.
    """
    try:
        pairs = [("", part) for part in _parts(value)]
        if is_object(value) and explode:
            pairs = [(f"{quote(str(key), safe='')}=", encode_text(part)) for key, part in value.items()]
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    before, between = "", ","
    if style == "label":
        before, between = ".", "." if explode else ","
    elif style == "matrix" and is_object(value) and explode:
        before, between = ";", ";"
    elif style == "matrix":
        before = f";{quote(name, safe='')}="
        between = before if explode else ","
    return PathPart(before + between.join(key + quote(part, safe="") for key, part in pairs))


def quote_path_part(value: object, name: str) -> str:
    """Percent-encode one part of a path, slashes included; a PathPart stays as it is.

    Raises:
        ValueError: The part would change the path (empty, `.`, `..`) or contains a lone surrogate.
        TypeError: It is not a string.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {kind_of(value)}")
    if value in {"", ".", ".."} or not is_text(value):
        raise ValueError(f"{name} must be an id, got {value!r}")
    return value if isinstance(value, PathPart) else quote(value, safe="")


def encode_headers(
    headers: Mapping[str, object], cookies: Mapping[str, object] | None = None, *, exploded: Sequence[str] = ()
) -> dict[str, str]:
    """The header arguments that were given, as text, and the cookie arguments as one header.

    Values with parts are joined with commas; of the mappings among `exploded`, each member is `name=value`.
    """
    found = {
        name: _joined(value, explode=name in exploded)
        for name, value in headers.items()
        if value is not None and value is not UNSET
    }
    pairs = [
        f"{name}={quote(_joined(value), safe=_COOKIE)}" for name, value in (cookies or {}).items() if value is not None
    ]
    return {**found, "Cookie": "; ".join(pairs)} if pairs else found


def _joined(value: object, *, explode: bool = False) -> str:
    if explode and is_object(value):
        return ",".join(f"{key}={encode_text(part)}" for key, part in value.items())
    return ",".join(_parts(value))
