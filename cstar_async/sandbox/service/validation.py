"""Requests checked against the contract; the first thing wrong becomes cStar's own 400."""

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
"""Parameters whose values above the maximum mean the maximum."""
BRACKET = re.compile(rb"[\[\]{}]")
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
INTEGER = re.compile(r"-?[0-9]{1,15}")
DEEPEST = 200
"""Levels of JSON. orjson reads 1,024 of them, writes 254, and what is sent comes back inside an envelope."""
ARTICLES = {"integer": "an integer", "array": "an array", "object": "an object", "null": "null"}


class Validation:
    """Compiles the schemas of the contract when they are first needed."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._registry = Registry([(CONTRACT_URI, contract.document)], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def errors(self, pointer: str, value: object) -> list[ValidationError]:
        """Return the problem of a value by the schema at a JSON pointer of the contract, or None."""
        validator = self._validators.get(pointer)
        if validator is None:
            schema = {"$ref": f"{CONTRACT_URI}#{pointer}"}
            validator = Draft202012Validator(schema, registry=self._registry, validate_formats=True)
            self._validators[pointer] = validator
        return list(validator.iter_errors(value))

    def body(self, operation: Operation, raw: bytes) -> Json:
        """The JSON body of a request, an empty object where none was sent. Raises Problem 400."""
        if raw.count(b"[") + raw.count(b"{") > DEEPEST and depth(raw) > DEEPEST:
            raise invalid(f"The request body must not be nested more than {DEEPEST} levels deep.")
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
        """The query parameters that were sent, as the types that the contract gives them. Raises Problem 400.

        What the contract does not know is ignored, as the service is thought to do.
        """
        values: Json = {}
        details: list[Json] = self._contract.document["operations"][operation.id]["parameters"]
        places = {each["name"]: place for place, each in enumerate(details) if each["in"] == "query"}
        for param in operation.params:
            if param.location != "query":
                continue
            texts = sent.get(param.name)
            if texts is None:
                if param.required:
                    raise missing(param.name, "parameter")
                continue
            value = _convert(param, texts)
            place = places[param.name]
            if param.name in CLAMPED:
                maximum = self._contract.resolve(details[place]["schema"]).get("maximum", value)
                value = min(value, maximum)
            pointer = f"/operations/{operation.id}/parameters/{place}/schema"
            check(self.errors(pointer, value), "parameter", param.name)
            values[param.name] = value
        return values


def read_moment(text: str, param: str) -> float:
    """A moment that the calendar here has, in Unix seconds. Raises Problem 400 for another, such as one of year 0."""
    try:
        moment = unix_time(text.upper())  # RFC 3339 has small letters too, where Python has none
        iso_time(moment)
    except (ValueError, OverflowError):
        raise invalid(f"The '{param}' field must be a valid date-time.", param) from None
    return moment


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
    parse, wanted = SCALARS.get(kind, (str, "text"))
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise invalid(f"The '{name}' parameter must be {wanted}.", name) from None


def _integer(text: str) -> int:
    # int() would take "1_000" and " 5 " as well, and SQLite takes no number above 63 bits.
    if INTEGER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def check(errors: Sequence[ValidationError], noun: str, name: str = "") -> None:
    """Raise Problem 400 for the first error; what is missing goes before what is wrong."""
    if not errors:
        return
    for error in errors:
        if isinstance(error.kind, ValidationErrorKind.Required):
            raise missing(_place(name, [*error.instance_path, error.kind.property]), noun)
    error = errors[0]
    while isinstance(error.kind, ValidationErrorKind.OneOfNotValid | ValidationErrorKind.AnyOf):
        # A choice is "this or null" throughout the contract: the first branch says what is wanted.
        error = error.kind.context[0][0]
    param = _place(name, error.instance_path)
    if param:
        raise invalid(f"The '{param}' {noun} {_complaint(error)}.", param)
    raise invalid(f"The request {_complaint(error)}.")


def _place(name: str, path: Sequence[str | int]) -> str:
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _complaint(error: ValidationError) -> str:
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
"""How the text of a query parameter is read, by its type in the contract; anything else is text."""
