"""Names: from what a document calls a thing to what Python calls it."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Names that generated annotations and bodies use; a field or class of that name would shadow them.
_USED_IN_ANNOTATIONS = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict", "type", "object"})
_USED_AS_CLASSES = frozenset(
    {"Any", "Call", "Literal", "Mapping", "None", "Pager", "Page", "Sender", "Sequence", "TypeAlias", "Unset", "Event"}
)
# `type` and `object` are common field names and never stand in a field's annotation.
_FIELD_RESERVED = _USED_IN_ANNOTATIONS - {"type", "object"}


def words(name: str) -> list[str]:
    """`pageSize`, `page_size`, `page-size` and `PageSize` are the words page, size; `SLARule` is SLA, Rule."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word for word in re.split(r"[\W_]+", spaced) if word]


def _identifier(text: str, prefix: str) -> str:
    if not text or not text[0].isidentifier():
        text = f"{prefix}{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def snake(name: str) -> str:
    """A module, argument or method name."""
    # Signs carry meaning where nothing else does: +1 and -1 are the fields of a reaction count.
    name = re.sub(r"^\+", "plus_", re.sub(r"^-(?=\w)", "minus_", name))
    return _identifier("_".join(words(name)).lower(), "field_")


def attribute(name: str) -> str:
    """A field of a model or an argument of a method."""
    result = snake(name)
    return f"{result}_" if result in _FIELD_RESERVED or result == "self" else result


def pascal(name: str) -> str:
    """A class name. Capitals inside a word are kept: AIResult, not AiResult."""
    result = _identifier("".join(word[0].upper() + word[1:] for word in words(name)), "Model")
    return f"{result}_" if result in _USED_AS_CLASSES else result


def constant(parts: Iterable[str]) -> str:
    """A module-level constant."""
    return _identifier("_".join(snake(part) for part in parts).upper(), "OP_")


def unique(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, with a number behind it if the name is taken."""
    used = set(taken)
    if wanted not in used:
        return wanted
    number = 2
    while f"{wanted}{number}" in used:
        number += 1
    return f"{wanted}{number}"


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
