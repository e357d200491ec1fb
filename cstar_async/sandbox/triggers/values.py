"""What can be set for an event: the fields of the operation that causes it, from values by path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox.contract.document import is_object
from cstar_async.sandbox.naming import camel_case, snake_from_camel
from cstar_async.sandbox.service.results import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.contract.document import Contract, Json


def read_values(contract: Contract, kind: str, fields: Mapping[str, Json], values: Mapping[str, Any]) -> Json:
    """The members of a body from values by path (`metadata.plan`).

    Args:
        contract: Resolves the schemas.
        kind: The type of the event, for errors.
        fields: The fields that can be set, with their schemas. Names may also be those of the event (`customer_id`).
        values: The values. Text for a field of another type is read as JSON.

    Raises:
        Problem: 400, a path names no field, or another path sets the same field.
    """
    found: Json = {}
    for path, value in values.items():
        first, *rest = path.split(".")
        name = next((each for each in (first, camel_case(first), snake_from_camel(first)) if each in fields), None)
        if name is None:
            known = ", ".join(fields)
            raise invalid(
                f"{kind} has no field '{first}' to set; the fields are: {known}." if known else
                f"{kind} has nothing to set.", f"set.{first}"
            )  # fmt: skip
        inside = found
        *outer, last = name, *rest
        for part in outer:
            inside = inside.setdefault(part, {})
            if not is_object(inside):
                raise invalid(f"'{part}' is set to a value and to members of it.", f"set.{path}")
        inside[last] = value if rest else _typed(contract, fields[name], value)
    return found


def _typed(contract: Contract, schema: Json, value: Any) -> Any:
    """A value, from its JSON if it is text and the field is not."""
    if not isinstance(value, str) or "string" in _types(contract, schema):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # the validation of the body says what it needs


def _types(contract: Contract, schema: Json) -> set[str]:
    schema = contract.resolve(schema)
    types: str | list[str] = schema.get("type", [])
    choices = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    own = {types} if isinstance(types, str) else set(types)
    return own.union(*(_types(contract, each) for each in choices))
