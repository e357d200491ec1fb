"""Validation of bodies and queries of the control API. Each error names the field and the valid values.

Hand-written, since translating the errors of cattrs or jsonschema-rs into such messages would take as much code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import orjson

from .errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from cstar_async.sandbox.contract.document import Json

LARGEST_BODY = 64 * 1024
LONGEST_TEXT = 2_000


class Field(NamedTuple):
    """The rule for one field: its type (a `float` may be sent as an integer), the bounds of a number, or the choices.

    Null is a value if the field is `nullable`; otherwise it counts as not sent.
    """

    name: str
    kind: type[str | int | float | bool]
    low: float = 0
    high: float = 0
    choices: Sequence[str] = ()
    required: bool = False
    nullable: bool = False

    def read(self, value: Any) -> Any:
        """Validate and return a value. Raises ControlError 400."""
        if value is None and self.nullable:
            return None
        if self.choices and value not in self.choices:
            raise self.error(f"must be one of {', '.join(self.choices)}")
        if self.kind is bool and not isinstance(value, bool):
            raise self.error("must be true or false")
        if self.kind is str and not (isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT):
            raise self.error(f"must be text of 1 to {LONGEST_TEXT} characters")
        if self.kind in {int, float} and not self._is_number(value):
            noun = "an integer" if self.kind is int else "a number"
            or_null = ", or null" if self.nullable else ""
            raise self.error(f"must be {noun} from {_format(self.low)} to {_format(self.high)}{or_null}")
        return value

    def _is_number(self, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if self.kind is int else int | float):
            return False
        return bool(self.low <= value <= self.high)

    def error(self, problem: str) -> ControlError:
        """Return a 400 error that names this field."""
        return ControlError(400, f"The '{self.name}' field {problem}.", self.name)


def _format(number: float) -> str:
    """Format a number without an exponent."""
    return f"{number:f}".rstrip("0").rstrip(".")


async def read_body(request: web.Request, fields: Sequence[Field]) -> Json:
    """Return the fields that were sent; a missing body counts as an empty object. Raises ControlError 400 or 413."""
    raw = await request.content.read(LARGEST_BODY + 1)
    while not request.content.at_eof() and len(raw) <= LARGEST_BODY:
        raw += await request.content.read(LARGEST_BODY)
    if len(raw) > LARGEST_BODY:
        raise ControlError(413, f"The body must have at most {LARGEST_BODY} bytes.")
    try:
        sent: Any = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError as error:
        raise ControlError(400, f"The body is not valid JSON: {error}") from None
    if not isinstance(sent, dict):
        raise ControlError(400, "The body must be a JSON object.")
    return _validate(cast("Json", sent), fields)


def read_query(request: web.Request, fields: Sequence[Field]) -> Json:
    """Return the parameters of the query. Raises ControlError 400."""
    numbers = {field.name for field in fields if field.kind is int}
    sent: Json = {}
    for name, text in request.query.items():
        is_number = name in numbers and text.isascii() and text.isdigit() and len(text) <= 15
        sent[name] = int(text) if is_number else text
    return _validate(sent, fields)


def _validate(sent: Mapping[str, Any], fields: Sequence[Field]) -> Json:
    known = {field.name: field for field in fields}
    for name in sent:
        if name not in known:
            names = ", ".join(known) or "none"
            raise ControlError(400, f"The '{name[:80]}' field is unknown; the known fields are: {names}.", name[:80])
    for field in fields:
        if field.required and sent.get(field.name) is None:
            raise field.error("is required")
    return {name: known[name].read(value) for name, value in sent.items() if value is not None or known[name].nullable}
