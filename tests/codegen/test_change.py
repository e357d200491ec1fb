"""A changed contract can be generated and used without a change of hand-written code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.emit import PARAM_DEFAULTS
from codegen.load import load_document
from cstar_async import Call, CStarClient, Pager
from cstar_async._core.operation import Param

from .conftest import ROOT, mypy

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

USER_PROGRAM = """
from typing import assert_type
from cstar_async import Call, Pager
from made_for_a_test.models import Robot, TicketStatusKnown
from made_for_a_test.resources import Resources
from made_for_a_test.events import RobotBuilt

def use(cstar: Resources, event: RobotBuilt) -> None:
    assert_type(cstar.robots.list(colour="red"), Pager[Robot])
    assert_type(cstar.robots.create(name="R2"), Call[Robot])
    known: TicketStatusKnown = "on_fire"
    cstar.tickets.update("tkt_1", status=known)
    assert_type(event.data.name, str | None)
"""


def changed_contract() -> dict[str, Any]:
    """Return the contract with a new resource, enum value, field and event."""
    contract = load_document(ROOT / "contract" / "cstar.yaml")
    schemas, paths = contract["components"]["schemas"], contract["paths"]
    team = {"$ref": "#/components/parameters/TeamId"}
    robot_id = {"name": "robotId", "in": "path", "required": True, "schema": {"type": "string"}}

    def operation(name: str, envelope: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        part = {"type": "object", "required": ["data"], "properties": {"data": data}}
        schema = {"allOf": [{"$ref": f"#/components/schemas/{envelope}"}, part]}
        return {
            "operationId": f"robots.{name}",
            "tags": ["Robots"],
            "x-cstar-source": "inferred",
            "x-cstar-key": "secret" if name in {"create", "update", "delete"} else "any",
            "x-cstar-pagination": "page" if name == "list" else "none",
            "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}},
            **more,
        }

    robot = {"$ref": "#/components/schemas/Robot"}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RobotCreate"}}}}
    colour = {"name": "colour", "in": "query", "schema": {"type": "string"}}
    page = [{"$ref": f"#/components/parameters/{name}"} for name in ("Page", "PageSize")]
    properties = {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "builtAt": {"type": "string", "format": "date-time"},
    }
    schemas["Robot"] = {"type": "object", "required": ["id"], "x-cstar-id-prefix": "rob_", "properties": properties}
    schemas["RobotCreate"] = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    paths["/api/v1/teams/{teamId}/robots"] = {
        "parameters": [team],
        "get": operation("list", "ListEnvelope", {"type": "array", "items": robot}, parameters=[colour, *page]),
        "post": operation("create", "Envelope", robot, requestBody=body),
    }
    paths["/api/v1/teams/{teamId}/robots/{robotId}"] = {
        "parameters": [team, robot_id],
        "get": operation("get", "Envelope", robot),
        "patch": operation("update", "Envelope", robot, requestBody=body),
        "delete": operation("delete", "Envelope", {"$ref": "#/components/schemas/Deleted"}),
    }
    schemas["TicketStatus"]["enum"].append("on_fire")
    schemas["Ticket"]["properties"]["mood"] = {"type": "string", "description": "How it feels."}
    part = {
        "type": "object",
        "required": ["type", "data"],
        "properties": {"type": {"const": "robot.built"}, "data": robot},
    }
    schemas["RobotBuiltEvent"] = {"allOf": [{"$ref": "#/components/schemas/WebhookEvent"}, part]}
    event = {"$ref": "#/components/schemas/RobotBuiltEvent"}
    contract["webhooks"]["robot.built"] = {
        "post": {"requestBody": {"content": {"application/json": {"schema": event}}}, "responses": {}}
    }
    return contract


async def test_a_changed_contract_can_be_used_at_once(generate: Callable[..., Generated]) -> None:
    """New endpoints, fields, enum values and events need no hand-written code."""
    package = generate(changed_contract())
    package.load_everything()

    class Client(CStarClient, package.load("resources").Resources):  # type: ignore[misc]
        pass

    async with Client("sk_test_x", team_id="t") as client:
        robots = client.robots
        calls = [robots.get("rob_1"), robots.create(name="R2"), robots.update("rob_1", name="D2"), robots.delete("r")]
        assert all(type(call) is Call and "{teamId}/robots" in call.as_curl() for call in calls)
        pager = robots.list(colour="red", page_size=5)
        assert type(pager) is Pager
        assert "robots?colour=red&pageSize=5" in pager.as_curl()

    operation = package.load("operations").load("robots.create")
    assert (operation.id_prefix, operation.body, operation.result) == ("rob_", "RobotCreate", "Robot")
    models = package.load("models")
    assert "on_fire" in models.TICKET_STATUS_VALUES
    robot = package.load("models.shared").decode_robot({"id": "rob_1", "builtAt": "2026-01-02T03:04:05Z"})
    assert (robot.id, robot.name, robot.built_at.year) == ("rob_1", None, 2026)
    assert package.load("models.shared").decode_ticket({"id": "tkt_1", "mood": "calm"}).mood == "calm"
    event = package.load("events").decode_event(
        {
            "id": "evt_1",
            "type": "robot.built",
            "created_at": "2026-01-02T03:04:05Z",
            "team_id": "t",
            "data": {"id": "rob_1"},
        }
    )
    assert type(event).__name__ == "RobotBuilt"
    assert event.data == models.Robot(id="rob_1")


def test_what_was_generated_is_typed(generate: Callable[..., Generated]) -> None:
    """Type checkers know the new methods, fields, values and events."""
    package = generate(changed_contract())
    program = package.folder.parent / "program.py"
    program.write_text(USER_PROGRAM)
    assert mypy(program, package.folder) == ""


def test_the_defaults_of_a_parameter_are_those_of_its_record() -> None:
    """The generator leaves out exactly the defaults of the record."""
    assert Param._field_defaults == PARAM_DEFAULTS
