"""Turn the names of a document into Python names."""

from __future__ import annotations

import keyword
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# Names that generated code uses itself. A name of the document that equals one of them is changed.
_BUILTINS = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict"})
_ATTRIBUTES = _BUILTINS | {"self", "attrs"}  # the body of a class uses `attrs.field`
_FUNCTIONS = ("encode_", "decode_", "parse_")
_METHODS = (_BUILTINS - {"list"}) | {"cached_property"}
_ARGUMENTS = frozenset(
    {"cast", "json_text", "path_part", "tuple", "whole_number"}
)  # functions that the body of a method calls
_MODULES = frozenset(
    {
        "annotations",
        "dt",
        "uuid",
        "list",
        "ids",
        "jobs",
        "load",
        "load_all",
        "import_module",
        "shared",
        "webhook_events",
    }
)
_CLIENT = frozenset({"call", "close", "deadline", "gather", "quota"})
# In snake case, because functions are named after classes: `decode_union` is already defined.
_CLASSES = frozenset({
    "absent", "any", "array", "base_client", "call", "call_by_status", "callable", "class_var", "closest", "data_t",
    "datetime", "discriminated", "each", "event", "event_stream", "event_type_known", "field_info", "generic", "given",
    "headers", "isoformat", "literal", "mapping", "model_info", "pager", "resources", "sender", "sequence", "subscribe",
    "subscribing", "type_alias", "type_var", "union", "unknown_event", "unset", "uuid",
})  # fmt: skip

# Type checkers take `list[Warning]` for the builtin if the class `Warning` is defined later in the module. A list and
# not `dir(builtins)`, so that all versions of Python generate the same names.
_BUILTIN_CLASSES = frozenset({
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup",
    "BlockingIOError", "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError",
    "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError",
    "DeprecationWarning", "EOFError", "Ellipsis", "EncodingWarning", "EnvironmentError", "Exception",
    "ExceptionGroup", "FileExistsError", "FileNotFoundError", "FloatingPointError", "FutureWarning",
    "GeneratorExit", "IOError", "ImportError", "ImportWarning", "IndentationError", "IndexError",
    "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError",
    "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplemented", "NotImplementedError",
    "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError", "ProcessLookupError",
    "PythonFinalizationError", "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError",
    "RuntimeWarning", "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError",
    "SystemExit", "TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
    "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning", "UserWarning",
    "ValueError", "Warning", "WindowsError", "ZeroDivisionError",
})  # fmt: skip


@cache
def words(name: str) -> tuple[str, ...]:
    """Split a name into words.

    `pageSize`, `page_size`, `page-size` and `PageSize` give page, size; `SLARule` gives SLA, Rule.
    """
    # Python normalises identifiers to NFKC, and does not allow every character that counts as a letter.
    name = "".join(c if f"a{c}".isidentifier() else " " for c in unicodedata.normalize("NFKC", name))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(word for word in re.split(r"[\s_]+", spaced) if word)


def snake(name: str) -> str:
    """Return the name in snake case, as a valid identifier."""
    # A leading sign may be all that tells two names apart: +1 and -1 are fields of a reaction count.
    name = re.sub(r"^\+", "plus_", re.sub(r"^-(?=\w)", "minus_", name))
    text = "_".join(words(name)).lower()
    if not text or not text[0].isidentifier():
        text = f"field_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def attribute(name: str) -> str:
    """Return the Python name for a field of a model; `argument` makes it one for an argument."""
    result = snake(name)
    return f"{result}_" if result in _ATTRIBUTES or result.startswith(_FUNCTIONS) else result


def argument(name: str) -> str:
    """Return the name for an argument of a method, from the name of an attribute."""
    return f"{name}_" if name in _ARGUMENTS else name


def method(name: str) -> str:
    """Return the name for a method of a resource, or for a resource inside another. `list` is allowed."""
    result = snake(name)
    return f"{result}_" if result in _METHODS else result


def root(name: str) -> str:
    """Return the name for a resource on the client; the client's own attributes are avoided."""
    result = method(name)
    return f"{result}_" if result in _CLIENT else result


def module(tag: str) -> str:
    """Return the module name for a tag."""
    result = snake(tag)[:60]
    return f"{result}_" if result in _MODULES else result


def pascal(name: str) -> str:
    """Return the class name. Capitals inside a word are kept: AIResult, not AiResult."""
    result = "".join(word[0].upper() + word[1:] for word in words(name))
    if not result[:1].isupper():  # digits and scripts without capitals; the class name must differ from field names
        result = f"Model{result}"
    is_taken = keyword.iskeyword(result) or result in _BUILTIN_CLASSES or snake(result) in _CLASSES
    return f"{result}Model" if is_taken else result


def constant(parts: Iterable[str]) -> str:
    """Return the name for a module-level constant."""
    return "_".join(snake(part) for part in parts).upper()


def unique(wanted: str, taken: Container[str]) -> str:
    """Return `wanted`, with a number appended if the name is taken."""
    result, number = wanted, 1
    while result in taken:
        number += 1
        result = f"{wanted}{number}"
    return result


class ClassNames:
    """The names of all models and enums. They are unique, and so are the names derived from them."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, wanted: str, *, enum: bool) -> str:
        """Reserve a free name close to `wanted`. An enum `Status` also reserves `StatusKnown`."""
        wanted = pascal(wanted)
        name, number = wanted, 1
        # In snake case, because functions and constants are named after the classes: decode_ai_result.
        while self._taken & (derived := {snake(name), *([snake(f"{name}Known")] if enum else [])}):
            number += 1
            name = f"{wanted}{number}"
        self._taken |= derived
        return name


class Tokens:
    """A one-to-one mapping of names to neutral tokens, which the parser sees instead.

    openapi-python-client derives Python names from those of the document and fails if two of them are equal.
    It gets tokens, and the real names are restored afterwards.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._by_name: dict[str, str] = {}
        self._by_token: dict[str, str] = {}

    def token(self, name: str) -> str:
        """Return the token for `name`, the same on each call."""
        if name not in self._by_name:
            token = self._prefix + _letters(len(self._by_name))
            self._by_name[name] = token
            self._by_token[token] = name
        return self._by_name[name]

    def name(self, token: str) -> str:
        """Return the name that a token stands for."""
        return self._by_token[token]

    def restore(self, text: str) -> str:
        """Replace the tokens in a message of the parser by the document's names."""
        return re.sub(rf"\b{self._prefix}[a-z]+\b", lambda m: self._by_token.get(m[0], m[0]), text)


def _letters(number: int) -> str:
    result = ""
    while True:
        number, digit = divmod(number, 25)
        result = chr(ord("a") + digit) + result  # never a z, which ends the prefix
        if not number:
            return result
