"""The fields of results, by the contract: which of them `--fields` can name, and which are secrets."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from cstar_async._core.serialization import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cstar_async._core.operation import Operation

_HIDDEN: Final = "x-cstar-secret"


def snake(name: str) -> str:
    """`customerId` as `customer_id`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def result_fields(operation: Operation) -> Mapping[str, Any] | None:
    """The schemas of the fields of an operation's result, or of its items; None if it may have any."""
    return _fields({"$ref": operation.result}) if operation.result else None


def wire_fields(operation: Operation, names: Sequence[str], *, unchecked: bool) -> list[str]:
    """The names of fields, `customer.name` for a field of a field, as the service writes them.

    Args:
        operation: The operation whose result has the fields.
        names: The names, as in the contract or with underscores.
        unchecked: Whether to take names that the contract does not have as they are.

    Raises:
        click.UsageError: A name is not in the contract.
    """
    found: list[str] = []
    for name in names:
        wire: list[str] = []
        known = result_fields(operation)
        for part in name.split("."):
            by_name = {alias: each for each in known or () for alias in (snake(each), each)}
            if known is not None and part not in by_name and not unchecked:
                raise click.UsageError(_unknown(name, ".".join(wire), list(known), list(by_name)))
            wire.append(by_name.get(part, part))
            known = _fields(known[wire[-1]]) if known and wire[-1] in known else None
        found.append(".".join(wire))
    return found


def refuse_hidden_secrets(operation: Operation, form: str, fields: Sequence[str]) -> None:
    """Raise UsageError if what is written would lack a secret that the service shows only once."""
    secrets = [name for name, schema in (result_fields(operation) or {}).items() if schema.get(_HIDDEN)]
    if operation.risk != "secret" or not secrets:
        return
    if form == "ids" or (form == "table" and not fields) or (fields and not set(fields) & set(secrets)):
        raise click.UsageError(
            f"the answer has a secret that is shown only once, and it would be lost: add {' or '.join(secrets)} to "
            "--fields, or leave out --fields and --output"
        )


def _unknown(name: str, above: str, known: Sequence[str], names: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.rpartition(".")[2], names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}" if known else "it has no fields"
    return f"--fields: {above or 'the result'} has no field {name[len(above) :].lstrip('.')!r}; {hint}"


@cache
def _schemas() -> Mapping[str, Any]:
    raw = files("cstar_async._generated").joinpath("schemas.json").read_bytes()
    found: Mapping[str, Any] = orjson.loads(raw)["components"]["schemas"]
    return found


def _fields(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schemas of the fields of an object; none for other values, and None if it may have any."""
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for part in _parts(schema):
        inside = _fields(part)
        if inside is None:
            return None
        found |= inside
    kind = schema.get("type", "object" if found or not _is_composed(schema) else "")
    is_open = bool(schema.get("additionalProperties", not found and not _is_composed(schema)))
    return None if is_open and "object" in kind else found


def _is_composed(schema: Mapping[str, Any]) -> bool:
    return any(name in schema for name in ("$ref", "allOf", "oneOf", "anyOf", "enum", "const"))


def _parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas that a schema is composed of."""
    if "$ref" in schema:
        yield _schemas()[schema["$ref"].rpartition("/")[2]]
    for name in ("allOf", "oneOf", "anyOf"):
        yield from (part for part in schema.get(name, ()) if is_object(part))
