"""Validates requests against the contract. The first error becomes cStar's 400."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import orjson
from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError, ValidationErrorKind

from cstar_async.sandbox.clock import iso_time, unix_time

from .results import Problem, invalid, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cstar_async._core.operation import Operation, Param
    from cstar_async.sandbox.contract.document import Contract, Json

CONTRACT_URI = "cstar:contract"
CLAMPED = frozenset({"pageSize", "limit"})
"""Parameters whose values are reduced to the maximum."""
BRACKET = re.compile(rb"[\[\]{}]")
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
INTEGER = re.compile(r"-?[0-9]{1,15}")
MAX_DEPTH = 200
"""Levels of nesting. orjson writes at most 254, and an answer has the body of the request inside its envelope."""
ARTICLES = {"integer": "an integer", "array": "an array", "object": "an object", "null": "null"}


class Validation:
    """Validates by the schemas of the contract, which are compiled at first use."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._registry = Registry([(CONTRACT_URI, contract.document)], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def errors(self, pointer: str, value: object) -> list[ValidationError]:
        """Return the errors of a value by the schema at a JSON pointer into the contract."""
        validator = self._validators.get(pointer)
        if validator is None:
            schema = {"$ref": f"{CONTRACT_URI}#{pointer}"}
            validator = Draft202012Validator(schema, registry=self._registry, validate_formats=True)
            self._validators[pointer] = validator
        return list(validator.iter_errors(value))

    def body(self, operation: Operation, raw: bytes) -> Json:
        """Parse and validate the JSON body of a request; a missing one is an empty object. Raises Problem 400."""
        if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and depth(raw) > MAX_DEPTH:
            raise invalid(f"The request body must not be nested more than {MAX_DEPTH} levels deep.")
        try:
            value: Any = orjson.loads(raw) if raw else {}
        except orjson.JSONDecodeError as error:
            message = f"The request body is not valid JSON: {error}"
            raise Problem(400, "invalid_request_error", "invalid_json", message) from None
        if not isinstance(value, dict):
            raise invalid("The request body must be a JSON object.")
        body = cast("Json", value)
        if operation.body:
            check(self.errors(f"/operations/{operation.id}/body", body), "field")
        return body

    def query(self, operation: Operation, sent: Mapping[str, Sequence[str]]) -> Json:
        """Convert the query parameters to their types in the contract, and validate them. Raises Problem 400.

        Unknown parameters are ignored, as the service is assumed to do.
        """
        values: Json = {}
        details: list[Json] = self._contract.document["operations"][operation.id]["parameters"]
        indexes = {each["name"]: index for index, each in enumerate(details) if each["in"] == "query"}
        for param in operation.params:
            if param.location != "query":
                continue
            texts = sent.get(param.name)
            if texts is None:
                if param.required:
                    raise missing(param.name, "parameter")
                continue
            value = _convert(param, texts)
            index = indexes[param.name]
            if param.name in CLAMPED:
                maximum = self._contract.resolve(details[index]["schema"]).get("maximum", value)
                value = min(value, maximum)
            pointer = f"/operations/{operation.id}/parameters/{index}/schema"
            check(self.errors(pointer, value), "parameter", param.name)
            values[param.name] = value
        return values


def parse_time(text: str, param: str) -> float:
    """Parse a date-time to Unix seconds. Raises Problem 400 for one that Python cannot represent, such as year 0."""
    try:
        time = unix_time(text.upper())  # RFC 3339 also allows "t" and "z"
        iso_time(time)
    except (ValueError, OverflowError):
        raise invalid(f"The '{param}' field must be a valid date-time.", param) from None
    return time


def depth(raw: bytes) -> int:
    """Return the nesting depth of a JSON text."""
    deepest = level = 0
    for bracket in BRACKET.findall(STRING.sub(b"", raw)):
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest


def _convert(param: Param, texts: Sequence[str]) -> Any:
    if param.type == "array":
        parts = texts if param.explode else texts[-1].split(",")
        return [_scalar(param.items, param.name, part) for part in parts]
    return _scalar(param.type, param.name, texts[-1])


def _scalar(kind: str, name: str, text: str) -> Any:
    parse, expected = SCALARS.get(kind, (str, "a string"))
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise invalid(f"The '{name}' parameter must be {expected}.", name) from None


def _integer(text: str) -> int:
    # int() also accepts "1_000" and " 5 ", and SQLite no number above 63 bits.
    if INTEGER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def check(errors: Sequence[ValidationError], noun: str, name: str = "") -> None:
    """Raise Problem 400 for the first missing input, else for the first error."""
    if not errors:
        return
    for error in errors:
        if isinstance(error.kind, ValidationErrorKind.Required):
            raise missing(_param_path(name, [*error.instance_path, error.kind.property]), noun)
    error = errors[0]
    while isinstance(error.kind, ValidationErrorKind.OneOfNotValid | ValidationErrorKind.AnyOf):
        # Every choice in the contract is "a schema or null", so the errors of its first branch are those to report.
        error = error.kind.context[0][0]
    param = _param_path(name, error.instance_path)
    if param:
        raise invalid(f"The '{param}' {noun} {_describe(error)}.", param)
    raise invalid(f"The request {_describe(error)}.")


def _param_path(name: str, path: Sequence[str | int]) -> str:
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _describe(error: ValidationError) -> str:
    match error.kind:
        case ValidationErrorKind.Type(types=types):
            names = [ARTICLES.get(name, f"a {name}") for name in types]
            return f"must be {' or '.join(names)}"
        case ValidationErrorKind.Enum(options=options):
            return f"must be one of: {', '.join(str(option) for option in options)}"
        case ValidationErrorKind.Format(format=name):
            return f"must be a valid {name}"
        case ValidationErrorKind.MinLength(limit=limit):
            return f"must have at least {limit} character{'s' * (limit > 1)}"
        case ValidationErrorKind.MaxLength(limit=limit):
            return f"must have at most {limit} characters"
        case ValidationErrorKind.MinItems(limit=limit):
            return f"must have at least {limit} item{'s' * (limit > 1)}"
        case ValidationErrorKind.MaxItems(limit=limit):
            return f"must have at most {limit} items"
        case ValidationErrorKind.Minimum(limit=limit):
            return f"must be at least {limit}"
        case ValidationErrorKind.Maximum(limit=limit):
            return f"must be at most {limit}"
        case _:
            return f"is not valid: {error.message}"


SCALARS: dict[str, tuple[Callable[[str], Any], str]] = {
    "integer": (_integer, "an integer"),
    "number": (float, "a number"),
    "boolean": ({"true": True, "false": False}.__getitem__, "true or false"),
}
"""The parser of a query parameter by its type in the contract, and the words for an error; other types are strings."""
