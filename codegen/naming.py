"""Names: from what a document calls a thing to what Python calls it."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# What generated code itself says. A name of the document that falls together with one of these gives way.
_BUILTINS = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict"})
_ATTRIBUTES = _BUILTINS | {"self", "attrs"}  # the body of a class says `attrs.field`
_FUNCTIONS = ("encode_", "decode_", "parse_")
_METHODS = (_BUILTINS - {"list"}) | {"cached_property"}
_MODULES = frozenset({"dt", "uuid", "list", "jobs", "load", "load_all", "import_module", "shared", "webhook_events"})
_CLIENT = frozenset({"call", "close", "deadline", "gather", "quota"})
# In snake case: of `Union` too, because `decode_union` is ours.
_CLASSES = frozenset({
    "any", "array", "call", "callable", "class_var", "data_t", "datetime", "discriminated", "each", "event",
    "event_type_known", "field_info", "generic", "given", "headers", "isoformat", "literal", "mapping", "model_info",
    "pager", "resources", "sender", "sequence", "type_alias", "type_var", "union", "unknown_event", "unset", "uuid",
})  # fmt: skip


def words(name: str) -> list[str]:
    """The words of a name.

    `pageSize`, `page_size`, `page-size` and `PageSize` are page, size; `SLARule` is SLA, Rule.
    """
    # Python reads identifiers in this normal form too, and some signs count as letters but may not stand in them.
    name = "".join(c if f"a{c}".isidentifier() else " " for c in unicodedata.normalize("NFKC", name))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word for word in re.split(r"[\s_]+", spaced) if word]


def snake(name: str) -> str:
    """Small letters and underscores, and an identifier."""
    # Signs carry meaning where nothing else does: +1 and -1 are the fields of a reaction count.
    name = re.sub(r"^\+", "plus_", re.sub(r"^-(?=\w)", "minus_", name))
    text = "_".join(words(name)).lower()
    if not text or not text[0].isidentifier():
        text = f"field_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def attribute(name: str) -> str:
    """A field of a model or an argument of a method."""
    result = snake(name)
    return f"{result}_" if result in _ATTRIBUTES or result.startswith(_FUNCTIONS) else result


def method(name: str) -> str:
    """A method of a resource, or the resource as an attribute of another. `list` is provided for."""
    result = snake(name)
    return f"{result}_" if result in _METHODS else result


def root(name: str) -> str:
    """A resource as an attribute of the client, which has some of its own."""
    result = method(name)
    return f"{result}_" if result in _CLIENT else result


def module(tag: str) -> str:
    """The file of a tag."""
    result = snake(tag)[:60]
    return f"{result}_" if result in _MODULES else result


def pascal(name: str) -> str:
    """A class name. Capitals inside a word are kept: AIResult, not AiResult."""
    result = "".join(word[0].upper() + word[1:] for word in words(name))
    if not result[:1].isupper():  # digits, and scripts that have no capitals: they must differ from field names
        result = f"Model{result}"
    return f"{result}Model" if keyword.iskeyword(result) or snake(result) in _CLASSES else result


def constant(parts: Iterable[str]) -> str:
    """A module-level constant."""
    return "_".join(snake(part) for part in parts).upper()


def unique(wanted: str, taken: Container[str]) -> str:
    """`wanted`, with a number behind it if the name is taken."""
    result, number = wanted, 1
    while result in taken:
        number += 1
        result = f"{wanted}{number}"
    return result


class ClassNames:
    """The names of all models and enums, no two alike, nor any two names that are derived from them."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, wanted: str, *, enum: bool) -> str:
        """A free name close to the one wanted. An enum `Status` needs `StatusKnown` as well."""
        wanted = pascal(wanted)
        name, number = wanted, 1
        # In snake case, because functions and constants are called after the classes: decode_ai_result.
        while self._taken & (derived := {snake(name), *([snake(f"{name}Known")] if enum else [])}):
            number += 1
            name = f"{wanted}{number}"
        self._taken |= derived
        return name


class Tokens:
    """A one-to-one renaming into harmless words, so that the parser never has to make up a name.

    openapi-python-client derives Python names from the document's and gives up when two fall together. It is
    shown neutral names instead, and ours are put in afterwards.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._by_name: dict[str, str] = {}
        self._by_token: dict[str, str] = {}

    def token(self, name: str) -> str:
        """The token that stands for `name`, always the same."""
        if name not in self._by_name:
            token = self._prefix + _letters(len(self._by_name))
            self._by_name[name] = token
            self._by_token[token] = name
        return self._by_name[name]

    def name(self, token: str) -> str:
        """What a token stands for."""
        return self._by_token[token]

    def restore(self, text: str) -> str:
        """A message of the parser with the document's own names."""
        return re.sub(rf"\b{self._prefix}[a-z]+\b", lambda m: self._by_token.get(m[0], m[0]), text)


def _letters(number: int) -> str:
    result = ""
    while True:
        number, digit = divmod(number, 25)
        result = chr(ord("a") + digit) + result  # never a z: it ends the prefix
        if not number:
            return result
