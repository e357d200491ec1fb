"""Answers that differ from the contract as those of a service that has changed: `Switches.drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from cstar_async.sandbox.contract.document import is_list, is_object

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract, Json

    from .results import Response

NEW_FIELD = "brandNew"
NEW_VALUE = "brand_new"


def let_drift(contract: Contract, operation: Operation, reply: Response) -> Response:
    """The answer with each object that has an id changed.

    The last required field of the object is left out, a field is added, and its first enumeration has a new value.
    Objects inside of these are not changed.
    """
    body: Json = orjson.loads(reply.body)
    schema: Json = contract.document["operations"][operation.id]["responses"].get(str(reply.status), {})
    data = contract.fields(schema).get("data", {})
    items = body.get("data")
    model = contract.resolve(data.get("items", {})) if is_list(items) else data
    for each in items if is_list(items) else [items]:
        if is_object(each) and "id" in each:
            _change(contract, model, each)
    return reply._replace(body=orjson.dumps(body))


def _change(contract: Contract, schema: Json, value: Json) -> None:
    for name, field in contract.fields(schema).items():
        if "enum" in field and name in value:
            value[name] = NEW_VALUE
            break
    required = [name for name in contract.required(schema) if name != "id"]
    if required:
        value.pop(required[-1], None)
    value[NEW_FIELD] = {"since": 2027}
