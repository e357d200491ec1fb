"""`readOnly` fields are not sent and not required in requests; `writeOnly` fields are not required in answers."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient

from .conftest import answer, document
from .test_documents import TEXT, decode, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

ID = {**TEXT, "readOnly": True}
PASSWORD = {**TEXT, "writeOnly": True}
USER = {
    "type": "object",
    "required": ["id", "name", "password"],
    "properties": {"id": ID, "name": TEXT, "password": PASSWORD},
}


def with_body(body: dict[str, Any], schemas: dict[str, Any], version: str) -> dict[str, Any]:
    """Return a document with an operation that sends `body` and answers with a user."""
    request = {"required": True, "content": {"application/json": {"schema": body}}}
    operation = answer(ref("User"), operationId="users.create", requestBody=request)
    return document({"User": USER, **schemas}, {"/users": {"post": operation}}, version)


@pytest.fixture(params=["3.0.3", "3.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    """The version of OpenAPI."""
    return str(request.param)


async def test_a_read_only_field_is_not_an_argument(generate: Callable[..., Generated], version: str) -> None:
    """The fields of a body are arguments, without those that only answers have; both directions are required apart."""
    package = generate(with_body(ref("User"), {}, version))

    class Client(CStarClient, package.load("resources").Resources):  # type: ignore[misc]
        pass

    async with Client("sk_test_x", team_id="t") as client:
        parameters = inspect.signature(client.users.create).parameters
        assert {name: p.default is p.empty for name, p in parameters.items()} == {"name": True, "password": True}
    assert decode(package, "User", {"id": "1", "name": "n"}).password is None
    with pytest.raises(KeyError):
        decode(package, "User", {"name": "n"})


@pytest.mark.parametrize("inside", [{"type": "array", "items": ref("User")}, ref("Team")])
def test_an_object_that_is_sent_needs_no_read_only_field(
    generate: Callable[..., Generated], version: str, inside: dict[str, Any]
) -> None:
    """An instance for a body can be made without the fields that only answers have."""
    team = {"type": "object", "properties": {"users": {"type": "array", "items": ref("User")}}}
    package = generate(with_body(inside, {"Team": team}, version))
    user = package.load("models").User(name="n", password="p")
    module = inspect.getmodule(type(user))
    assert module is not None
    assert module.model_table()[type(user)].encode(user) == {"name": "n", "password": "p"}


@pytest.mark.parametrize(
    "field",
    [
        {**ref("Plain"), "writeOnly": True},
        ref("Marked"),
        {"allOf": [ref("Plain"), {"writeOnly": True}]},
        {"allOf": [ref("Marked"), {"maxLength": 9}]},
    ],
)
def test_the_mark_may_be_beside_or_inside(generate: Callable[..., Generated], field: dict[str, Any]) -> None:
    """`writeOnly` counts beside a `$ref`, in the schema that it refers to, and in a part of an `allOf`."""
    thing = {"type": "object", "required": ["a"], "properties": {"a": field}}
    package = generate(document({"Plain": TEXT, "Marked": PASSWORD, "Thing": thing}))
    assert decode(package, "Thing", {}).a is None


def test_a_write_only_field_tells_no_members_of_a_union_apart(generate: Callable[..., Generated]) -> None:
    """An object of a union needs no field that only requests have."""
    other = {"type": "object", "required": ["key"], "properties": {"key": TEXT}}
    holder = {"type": "object", "properties": {"of": {"oneOf": [ref("User"), ref("Other")]}}}
    package = generate(document({"User": USER, "Other": other, "Holder": holder}))
    assert type(decode(package, "Holder", {"of": {"id": "1", "name": "n"}}).of).__name__ == "User"
