"""Results as a model gets them: rows, caps, marks around text of outsiders, no secrets, no hidden characters. Pure.

The marks come from the contract (`x-cstar-untrusted` and `x-cstar-secret` in `schemas.json`), so no operation can be
forgotten. What the contract does not know is marked, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from cstar_async._core.secrets import clean_lines, is_secret_name
from cstar_async._core.serialization import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_TEXT: Final = 2_000
"""The most characters of one text."""
LONGEST_RESULT: Final = 40_000
"""The most characters of one result: hosts drop results of more than 25,000 tokens."""
HIDDEN: Final = "***"
EVERY_FIELD: Final = "*"
"""In the place of fields: all of them."""

_LONGEST_NAME: Final = 200
_DEEPEST: Final = 20
"""Levels of JSON that are shown."""
_CUSTOMER: Final = "customer"
_UNKNOWN: Final = "unknown"
"""The origin of fields that the contract does not have."""
_AGENT: Final = "agent"
_TAGS: Final = "tags"
"""A field of short words, of imports and web forms, too. A mark on each would cost too many tokens."""
_PLAIN_TAG: Final = re.compile(r"(?=.{1,40}$)[^\W_]+(?:[ ._:/-][^\W_]+){0,2}")
"""Up to three words: too short for an instruction."""

Json = Mapping[str, Any]


class TooLongError(ValueError):
    """A result over `LONGEST_RESULT`.

    Attributes:
        length: Its characters.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(f"the result has {length:,} characters, and {LONGEST_RESULT:,} is the limit")


class Shape(NamedTuple):
    """What a schema says about a value, its alternatives together."""

    origin: str
    """Who writes the text, if it is an outsider: `customer`; else empty."""
    is_secret: bool
    fields: Mapping[str, Json]
    items: Json | None
    values: Json | None
    """The schema of the members that are not in `fields`."""
    is_free: bool
    """Any JSON object; the contract names no members."""
    known: tuple[str, ...]
    """The values that it may have; empty for any."""


@cache
def _schemas() -> dict[str, Json]:
    raw = files("cstar_async._generated").joinpath("schemas.json").read_bytes()
    found: dict[str, Json] = orjson.loads(raw)["components"]["schemas"]
    return found


def _parts(schema: Json) -> Iterator[Json]:
    """The schema, and those that it refers to or combines."""
    yield schema
    if "$ref" in schema:
        yield from _parts(_schemas()[schema["$ref"].rpartition("/")[2]])
    for word in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(word, ()):
            yield from _parts(part)


def shape_of(schema: Json) -> Shape:
    """The shape of a schema. A field is marked if it is in one of several alternatives."""
    origin, is_secret, is_free = "", False, False
    fields: dict[str, Json] = {}
    items: Json | None = None
    values: Json | None = None
    known: list[object] = []
    for part in _parts(schema):
        origin = origin or part.get("x-cstar-untrusted", "")
        is_secret = is_secret or bool(part.get("x-cstar-secret"))
        for name, field in part.get("properties", {}).items():
            fields[name] = {"allOf": [fields[name], field]} if name in fields else field
        items = part.get("items", items)
        more = part.get("additionalProperties")
        values = more if is_object(more) else values
        is_free = is_free or more is True
        known += part.get("enum", [part["const"]] if "const" in part else [])
    return Shape(origin, is_secret, fields, items, values, is_free and not fields, tuple(map(str, known)))


@cache
def shape_of_schema(name: str) -> Shape:
    """The shape of a schema by its name; one without a name in the contract has no fields, so all is marked."""
    return shape_of(_schemas().get(name, {}))


@cache
def _event_data() -> dict[str, Json]:
    """The schema of an event's `data`, by its type."""
    found: dict[str, Json] = {}
    for name, schema in _schemas().items():
        fields = shape_of_schema(name).fields
        if "allOf" in schema and "data" in fields and "type" in fields:
            found |= dict.fromkeys(shape_of(fields["type"]).known, fields["data"])
    return found


class Presenter:
    """Makes the JSON of answers what a model may see."""

    def __init__(self, known: Iterable[str] = (), *, hide_text: bool = False) -> None:
        """Set up a presenter.

        Args:
            known: Secrets of the caller, such as the API key, which are removed from every text.
            hide_text: Whether text of outsiders is left out.
        """
        self._known = tuple(known)
        self._hide_text = hide_text

    def value(self, value: Any, schema: str) -> Any:
        """A result whose schema has this name. Fields without a value are left out, since each costs tokens."""
        return self._shown(value, shape_of_schema(schema), 0)

    def row(self, value: Any, schema: str, fields: Sequence[str]) -> Any:
        """The fields of an object, by wire names or Python names, and its id. All of it for no fields or for `*`."""
        if not is_object(value) or not fields or EVERY_FIELD in fields:
            return self.value(value, schema)
        names = {bare_name(name): name for name in value}
        chosen = ["id", *(names.get(bare_name(field), "") for field in fields)]
        # The marks of other fields depend on `type` and `sender`.
        part = {name: value[name] for name in dict.fromkeys([*chosen, "type", "sender"]) if name in value}
        kept = {self._name(name) for name in chosen}
        return {name: member for name, member in self.value(part, schema).items() if name in kept}

    def text(self, text: str) -> str:
        """A text without secrets and hidden characters, cut if it is long."""
        left = len(text) - LONGEST_TEXT
        shown = clean_lines(text, self._known, limit=LONGEST_TEXT)
        return f"{shown} [{left:,} more characters]" if left > 0 else shown

    def _shown(self, value: Any, shape: Shape, depth: int) -> Any:
        if value is None or isinstance(value, bool) or value in ("", [], {}):
            return value
        if shape.is_secret:
            return HIDDEN
        if shape.origin:
            return self._marked(value, shape.origin)
        if is_object(value):
            if shape.is_free:
                return self._free(value, depth)
            if not shape.fields and shape.values is None:
                return self._marked(value, _UNKNOWN)
            return self._members(value, shape, depth)
        if is_array(value):
            if shape.items is None:
                return self._marked(value, _UNKNOWN)
            inner = shape_of(shape.items)
            return [self._shown(item, inner, depth + 1) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _members(self, value: Json, shape: Shape, depth: int) -> dict[str, Any]:
        from_agent = "sender" in shape.fields and value.get("sender") == _AGENT
        shown: dict[str, Any] = {}
        for name, member in value.items():
            if member is None:
                continue
            schema = shape.fields.get(name, shape.values)
            if name == "data" and shape is shape_of_schema("StoredEvent"):
                schema = _event_data().get(str(value.get("type")), schema)
            if schema is None:
                inner = self._unknown(name, member)
            else:
                found = shape_of(schema)
                inner = self._shown(member, found._replace(origin="") if from_agent else found, depth + 1)
                if name == _TAGS and is_array(inner):
                    inner = self._tags(inner)
            shown[self._name(name)] = inner
        return shown

    def _tags(self, tags: Sequence[Any]) -> Any:
        """Tags, with marks on those that could be more than a tag."""
        if self._hide_text and tags:
            return self._marked(tags, _CUSTOMER)
        return [
            self._marked(tag, _CUSTOMER) if isinstance(tag, str) and not _PLAIN_TAG.fullmatch(tag) else tag
            for tag in tags
        ]

    def _unknown(self, name: str, value: Any) -> Any:
        """A member that the contract does not have."""
        if is_secret_name(name):
            return HIDDEN if value else value
        return self._marked(value, _UNKNOWN) if value and not isinstance(value, bool | int | float) else value

    def _marked(self, value: Any, origin: str) -> dict[str, Any]:
        if self._hide_text:
            return {"from": origin, "hidden": True}
        return {"from": origin, "text" if isinstance(value, str) else "data": self._free(value, 0)}

    def _free(self, value: Any, depth: int) -> Any:
        """Any JSON, cleaned."""
        if isinstance(value, str):
            return self.text(value)
        if (is_object(value) or is_array(value)) and depth >= _DEEPEST:
            return "…"
        if is_array(value):
            return [self._free(item, depth + 1) for item in value]
        if not is_object(value):
            return value
        return {
            self._name(name): HIDDEN if member and is_secret_name(name) else self._free(member, depth + 1)
            for name, member in value.items()
        }

    def _name(self, name: str) -> str:
        return clean_lines(name, self._known, limit=_LONGEST_NAME)


def bare_name(name: str) -> str:
    """The same name for `customer_id` and `customerId`."""
    return name.replace("_", "").lower()


def as_text(result: Any) -> str:
    """A result as JSON text. Raises TooLongError over `LONGEST_RESULT`."""
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST_RESULT:
        raise TooLongError(len(text))
    return text
