"""The columns for tools in a document: risks, and parameters and fields that hold secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen import schemas
from codegen.errors import ContractError
from codegen.prepass import prepare

from .conftest import answer, document
from .surface import read

TEXT = {"type": "string"}


def with_secrets() -> dict[str, Any]:
    """An operation with a header and two fields of its body that hold secrets, and one that does not."""
    secret = {"x-cstar-secret": True}
    header = {"name": "X-Token", "in": "header", "schema": TEXT, **secret}
    pin = {"$ref": "#/components/schemas/Pin"}
    body = {"type": "object", "properties": {"name": TEXT, "password": {**TEXT, **secret}, "pin": pin}}
    content = {"requestBody": {"content": {"application/json": {"schema": body}}}}
    return document({"Pin": {**TEXT, **secret}}, {"/login": {"post": answer(TEXT, parameters=[header], **content)}})


@pytest.mark.parametrize(
    ("method", "risk"),
    [("get", "read"), ("head", "read"), ("post", "write"), ("put", "write"), ("patch", "write"), ("delete", "delete")],
)
def test_the_method_gives_the_risk_unless_the_document_states_it(method: str, risk: str) -> None:
    """An operation without `x-cstar-risk` has the risk that is usual for its method."""
    (usual,) = read(document(paths={"/a": {method: answer(TEXT)}})).operations
    (stated,) = read(document(paths={"/a": {method: answer(TEXT, **{"x-cstar-risk": "send"})}})).operations
    assert (usual.risk, stated.risk) == (risk, "send")


def test_an_unknown_risk_is_refused() -> None:
    """A risk that is not one of the five is refused."""
    with pytest.raises(ContractError, match=r"GET /a: x-cstar-risk must be one of read, .*, found 'high'"):
        read(document(paths={"/a": {"get": answer(TEXT, **{"x-cstar-risk": "high"})}}))


def test_secrets_are_marked_in_records_and_schemas() -> None:
    """A mark on a parameter, a field, or the schema that a field refers to is in the records and in schemas.json."""
    (operation,) = read(with_secrets()).operations
    assert [p.wire for p in operation.parameters if p.secret] == ["X-Token", "password", "pin"]
    rendered = json.loads(schemas.render(prepare(with_secrets())))
    (entry,) = rendered["operations"].values()
    assert entry["parameters"][0]["x-cstar-secret"] is True
    assert entry["body"]["properties"]["password"] == {**TEXT, "x-cstar-secret": True}
    assert rendered["components"]["schemas"]["Pin"] == {**TEXT, "x-cstar-secret": True}
