"""Which operations are emulated."""

from __future__ import annotations

import aiohttp
import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract.document import Contract, Routes, load_contract
from cstar_async.sandbox.service.registry import ASYNCHRONOUS, HANDLERS, SPECIAL, build_registry
from tests import contract
from tests.sandbox.conftest import TeamApi

CONTRACT = load_contract()
EMULATED = build_registry(CONTRACT).handlers
KNOWN = {endpoint.id for endpoint in contract.endpoints()}
MISSING = KNOWN - set(EMULATED) - ASYNCHRONOUS


def test_everything_is_emulated() -> None:
    """Every operation of the contract is emulated."""
    assert not MISSING


async def test_an_operation_without_a_handler_is_501(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation without a handler answers 501."""
    operation = CONTRACT.operations["tags.list"]._replace(id="tags.merge", path="/api/v1/teams/{teamId}/tags/merge")
    changed = Contract({**CONTRACT.operations, operation.id: operation}, CONTRACT.document)
    monkeypatch.setattr("cstar_async.sandbox.sandbox.load_contract", lambda: changed)
    async with Sandbox() as sandbox, aiohttp.ClientSession() as session:
        reply = await TeamApi(sandbox, session, sandbox.default_team).get("/tags/merge")
        assert reply.error == (501, "not_emulated", None)
        assert "does not emulate tags.merge:" in reply.body["error"]["message"]


def test_handlers_are_of_known_operations() -> None:
    """The operations of handlers and the special collections are in the contract."""
    ids = CONTRACT.operations
    assert [each for each in HANDLERS if each not in ids] == []
    paths = {operation.path for operation in ids.values()}
    known = {"/".join(part for part in path.split("/")[5:] if not part.startswith("{")) for path in paths}
    assert set(SPECIAL) <= known


def test_the_main_resources_are_complete() -> None:
    """The main resources have list, get, create, update and delete."""
    for resource in ("tickets", "customers", "customer_groups", "articles", "webhooks", "categories"):
        verbs = {each.removeprefix(f"{resource}.") for each in EMULATED if each.startswith(f"{resource}.")}
        assert verbs >= {"list", "get", "create", "update", "delete"}


async def test_a_resource_added_to_the_contract_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection added to the contract is served without a change of the sandbox."""
    operations = dict(CONTRACT.operations)
    for verb in ("list", "get", "create", "update", "delete"):
        model = operations[f"customer_groups.{verb}"]
        body = model.body.replace("CustomerGroup", "Robot")
        result = model.result.replace("CustomerGroup", "Robot")
        path = model.path.replace("customer-groups", "robots").replace("groupId", "robotId")
        params = tuple("robotId" if name == "groupId" else name for name in model.path_params)
        operation = model._replace(id=f"robots.{verb}", path=path, path_params=params, body=body, result=result)
        operations[operation.id] = operation
    details = CONTRACT.document["operations"]
    document = {
        "components": {
            "schemas": {
                **CONTRACT.document["components"]["schemas"],
                "Robot": {
                    "x-cstar-id-prefix": "rob_",
                    "properties": {"id": {}, "name": {"type": "string"}, "armCount": {"type": "integer"}},
                },
                "RobotCreate": {"required": ["name"], "properties": {"name": {"type": "string"}}},
                "RobotUpdate": {"properties": {"name": {"type": "string"}}},
            }
        },
        "operations": details
        | {
            f"robots.{verb}": {
                "parameters": details[f"customer_groups.{verb}"]["parameters"],
                "body": {"$ref": f"#/components/schemas/Robot{verb.capitalize()}"},
            }
            for verb in ("list", "get", "create", "update", "delete")
        },
    }
    changed = Contract(operations, document)
    monkeypatch.setattr("cstar_async.sandbox.sandbox.load_contract", lambda: changed)
    async with Sandbox() as sandbox, aiohttp.ClientSession() as session:
        api = TeamApi(sandbox, session, sandbox.default_team)
        robot = (await api.post("/robots", {"name": "R2"})).data
        assert robot == {"id": robot["id"], "name": "R2", "armCount": 0}
        assert robot["id"].startswith("rob_")
        assert (await api.patch(f"/robots/{robot['id']}", {"name": "C3"})).data["name"] == "C3"
        assert (await api.get("/robots?search=c3")).ids == [robot["id"]]
        assert (await api.delete(f"/robots/{robot['id']}")).data == {"deleted": True, "id": robot["id"]}
        assert (await api.get(f"/robots/{robot['id']}")).body["error"]["message"] == "Robot not found"


def test_a_literal_part_is_preferred_to_a_parameter() -> None:
    """A literal part of a path is preferred to a parameter."""
    routes = Routes(CONTRACT.operations)
    literal = routes.match("/api/v1/teams/t/webhooks/trigger-test")
    parameter = routes.match("/api/v1/teams/t/webhooks/whk_1")
    assert literal is not None
    assert parameter is not None
    assert (literal.operations["POST"].id, literal.values) == ("webhooks.trigger_test", ("t",))
    assert (parameter.operations["GET"].id, parameter.values) == ("webhooks.get", ("t", "whk_1"))
    assert routes.match("/api/v1/teams//webhooks") is None


async def test_every_filter_is_implemented(api: TeamApi) -> None:
    """Every filter of every list is implemented."""
    missing: set[str] = set()
    lists = [CONTRACT.operations[each] for each in EMULATED if EMULATED[each].__name__ == "list"]
    for operation in lists:
        ticket = await api.ticket()
        path = operation.path.replace("{teamId}", api.team.id).replace("{ticketId}", ticket["id"])
        for param in operation.params:
            if param.location == "query":
                value = {"boolean": "true", "integer": "1"}.get(param.type) or (*param.values, "x")[0]
                reply = await api.get(f"{path}?{param.name}={value}")
                assert reply.status in {200, 501}, reply.body
                missing |= {f"{operation.id} {param.name}"} if reply.status == 501 else set()
    assert missing == set()
