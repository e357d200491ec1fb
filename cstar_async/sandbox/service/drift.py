"""Makes answers differ from the contract, as if the service had changed, for `Switches.drift`."""

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


def let_drift(contract: Contract, operation: Operation, response: Response) -> Response:
    """Change each object with an id in an answer.

    The last required field of the object is removed, a field is added, and its first enumeration gets a new value.
    Nested objects are not changed.
    """
    body: Json = orjson.loads(response.body)
    schema: Json = contract.document["operations"][operation.id]["responses"].get(str(response.status), {})
    data = contract.fields(schema).get("data", {})
    items = body.get("data")
    model = contract.resolve(data.get("items", {})) if is_list(items) else data
    for each in items if is_list(items) else [items]:
        if is_object(each) and "id" in each:
            _change(contract, model, each)
    return response._replace(body=orjson.dumps(body))


def _change(contract: Contract, schema: Json, value: Json) -> None:
    for name, field in contract.fields(schema).items():
        if "enum" in field and name in value:
            value[name] = NEW_VALUE
            break
    required = [name for name in contract.required(schema) if name != "id"]
    if required:
        value.pop(required[-1], None)
    value[NEW_FIELD] = {"since": 2027}
