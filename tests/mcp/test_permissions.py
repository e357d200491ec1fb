"""What the operator allows, for every operation of the API, and confirmations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import mcp_types as types
import pytest
from mcp import MCPError

from cstar_async._generated import operations
from cstar_async.mcp import catalogue
from cstar_async.mcp.definitions import NAMES
from cstar_async.mcp.permissions import ALLOWABLE, CUSTOMERS_OWN, TOOLSETS, WriteLimit, permit

from .host import LEGACY, MODERN, Host, RefusedError, User, arguments_of, connected, last_word
from .processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cstar_async.sandbox import Sandbox, Team

ALL = operations.load_all()
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "read only": {"read_only": True},
    "read only whatever is allowed": {"read_only": True, "allow": ["send", "delete"]},
    "send": {"allow": ["send"]},
    "delete": {"allow": ["delete"]},
    "everything": {"allow": ["send", "delete"]},
}
MAY: dict[str, set[str]] = {
    "default": {"read", "write"},
    "read only": {"read"},
    "read only whatever is allowed": {"read"},
    "send": {"read", "write", "send"},
    "delete": {"read", "write", "delete"},
    "everything": {"read", "write", "send", "delete"},
}


def sent(team: Team) -> int:
    """The requests that the service has got from a team."""
    return len(team.requests)


@pytest.mark.parametrize("setting", SETTINGS)
async def test_each_operation_is_reached_or_refused_by_its_risk(sandbox: Sandbox, setting: str) -> None:
    """Of all 142 operations, those of an allowed risk are sent, and no request is sent for the others."""
    team = sandbox.team()
    user = User(last_word)
    reached: set[str] = set()
    # The clock of the sandbox, since so many calls would be spread over the hour.
    cstar = team.client(clock=sandbox.clock)
    async with connected(team, cstar=cstar, user=user, **SETTINGS[setting]) as host:
        for operation in ALL.values():
            tool = "cstar_read" if operation.risk == "read" else "cstar_write"
            before = sandbox.requests[-1] if sandbox.requests else None
            try:
                await host.text(tool, operation=operation.id, arguments=arguments_of(operation))
                answer = ""
            except RefusedError as error:
                answer = str(error)
            if sandbox.requests and sandbox.requests[-1] is not before:
                reached.add(operation.id)
            elif operation.id == catalogue.STREAM:
                assert "cstar_wait_for_event" in answer
            elif tool not in host.toolbox.tools:
                assert f"has not allowed {tool}" in answer
            else:
                reasons = ("not allowed", "a secret, which this server never does", "customers who have signed in")
                assert any(reason in answer for reason in reasons), answer
    may = {o.id for o in ALL.values() if o.risk in MAY[setting]}
    assert reached == may - CUSTOMERS_OWN - {catalogue.STREAM}
    assert len(ALL) == 142
    assert not any(ALL[name].risk == "secret" for name in reached)


async def test_operations_of_customers_are_refused(sandbox: Sandbox) -> None:
    """What takes a customer's token, by the contract, is refused with this reason, and is not found."""
    contract: set[str] = set()
    for line in (ROOT / "contract" / "cstar.yaml").read_text("utf-8").splitlines():
        name, _, value = line.strip().partition(": ")
        if name == "operationId":
            operation = value
        elif (name, value) == ("security", "[{customerToken: []}]"):
            contract.add(operation)
    assert contract == CUSTOMERS_OWN
    async with connected(sandbox.team(), allow=["send"]) as host:
        found = await host("cstar_find_operation", query="vote for a public community post")
        assert not CUSTOMERS_OWN & {each["operation"] for each in found["operations"]}
        with pytest.raises(RefusedError, match="for customers who have signed in"):
            await host("cstar_describe_operation", operation="public_community.posts.vote")


async def test_the_status_names_what_was_chosen(sandbox: Sandbox) -> None:
    """The status has the toolsets, the tools if they were chosen, and a team that is not the key's."""
    team = sandbox.team()
    async with connected(team) as host:
        status = await host("cstar_get_status")
        assert status["toolsets"] == ["all"]
        assert not {"tools", "warning"} & set(status)
    chosen = frozenset({"cstar_get_status", "cstar_reply_to_ticket"})
    cstar = team.client(team_id="1b4e28ba-2fa1-11d2-883f-0016d3cca427")
    async with connected(team, cstar=cstar, toolsets=["support", "support"], tools=chosen) as host:
        status = await host("cstar_get_status")
        assert (status["toolsets"], status["tools"]) == (["support"], ["cstar_get_status"])
        assert "1b4e28ba-2fa1-11d2-883f-0016d3cca427, and the key is of another" in status["warning"]


@pytest.mark.parametrize("setting", SETTINGS)
async def test_a_tool_is_listed_if_its_operation_is_allowed(sandbox: Sandbox, setting: str) -> None:
    """The tools of operations that are not allowed are not listed, and a call of one is refused without a request."""
    team = sandbox.team()
    risks = {
        "cstar_create_ticket": "write",
        "cstar_update_ticket": "write",
        "cstar_trigger_webhook": "write",
        "cstar_write": "write",
        "cstar_reply_to_ticket": "send",
    }
    async with connected(team, **SETTINGS[setting]) as host:
        listed = {tool.name for tool in (await host.client.list_tools()).tools}
        assert listed == {name for name in NAMES if risks.get(name, "read") in MAY[setting]}
        for name in set(NAMES) - listed:
            with pytest.raises(RefusedError, match=f"has not allowed {name}"):
                await host(name, title="x", ticket_id="tkt_1", content="x", operation="tags.create")
    assert sent(team) == 0


async def test_a_publishable_key_can_only_read(sandbox: Sandbox) -> None:
    """With a publishable key the server lists reading tools alone, whatever is allowed."""
    team = sandbox.team()
    async with connected(team, key=team.publishable_key, allow=["send", "delete"]) as host:
        assert "cstar_write" not in host.toolbox.tools
        assert (await host("cstar_get_status"))["may"] == ["read"]
        with pytest.raises(RefusedError, match="secret"):
            await host("cstar_read", operation="settings.get")


def test_every_tag_is_in_a_toolset() -> None:
    """The toolsets have all tags of the API, and no others."""
    assert frozenset().union(*TOOLSETS.values()) | {"Auth"} == {operation.tag for operation in ALL.values()}


@pytest.mark.parametrize("area", TOOLSETS)
async def test_a_toolset_bounds_what_can_be_reached(sandbox: Sandbox, area: str) -> None:
    """With a toolset, neither tools nor generic calls reach operations of other areas."""
    permissions = permit("sk_test_x", toolsets=[area], allow=ALLOWABLE)
    team = sandbox.team()
    async with connected(team, toolsets=[area]) as host:
        for tool in host.toolbox.tools.values():
            assert not tool.operation or not permissions.problem(ALL[tool.operation])
        other = next(o for o in ALL.values() if o.tag not in TOOLSETS[area] | {"Auth"} and o.risk == "read")
        with pytest.raises(RefusedError, match="not in the toolsets"):
            await host("cstar_read", operation=other.id, arguments=arguments_of(other))
        with pytest.raises(RefusedError, match="not in the toolsets"):
            await host("cstar_describe_operation", operation=other.id)
        found = await host("cstar_find_operation", query=other.id)
        assert other.id not in [each["operation"] for each in found["operations"]]
    assert sent(team) == 0


async def test_tools_can_be_chosen(sandbox: Sandbox) -> None:
    """Tools that the operator leaves out are not listed, and a resource needs its tool."""
    chosen = frozenset({"cstar_list_tickets", "cstar_get_article", "cstar_reply_to_ticket"})
    async with connected(sandbox.team(), tools=chosen) as host:
        assert set(host.toolbox.tools) == {"cstar_list_tickets", "cstar_get_article"}
        templates = (await host.client.list_resource_templates()).resource_templates
        assert [each.uri_template for each in templates] == ["cstar://articles/{id}"]
        assert (await host.client.list_prompts()).prompts == []
        with pytest.raises(MCPError, match="their tools are not allowed"):
            await host.client.get_prompt("triage")
        with pytest.raises(MCPError, match="has not allowed cstar_get_ticket"):
            await host.client.read_resource("cstar://tickets/tkt_1")


@pytest.fixture(params=[LEGACY, MODERN])
def mode(request: pytest.FixtureRequest) -> str:
    """A version of the protocol."""
    return str(request.param)


async def _ticket(team: Team) -> str:
    async with team.client() as cstar:
        return (await cstar.tickets.create(title="Old")).id


def _delete(ticket: str, **more: Any) -> Callable[[Host], Awaitable[Any]]:
    return lambda host: host("cstar_write", operation="tickets.delete", arguments={"ticket_id": ticket}, **more)


async def test_a_person_who_types_the_id_confirms(sandbox: Sandbox, mode: str) -> None:
    """A host that can ask its user asks once, says what is deleted, and the typed id is enough."""
    team = sandbox.team()
    ticket, user = await _ticket(team), User(last_word)
    async with connected(team, mode=mode, user=user, allow=["delete"]) as host:
        assert (await _delete(ticket)(host))["deleted"] is True
    assert user.asked == [f'tickets.delete deletes: {{"ticket_id": "{ticket}"}}. To confirm, type {ticket}']


@pytest.mark.parametrize(
    "user",
    [User("yes"), User(""), User("tkt_other"), User(last_word, "decline"), User(last_word, "cancel")],
    ids=["yes", "nothing", "another id", "decline", "cancel"],
)
async def test_nothing_is_done_without_the_id(sandbox: Sandbox, mode: str, user: User) -> None:
    """Another text, a refusal, and a `confirm` that the model made up confirm nothing where a person can be asked."""
    team = sandbox.team()
    ticket = await _ticket(team)
    before = sent(team)
    async with connected(team, mode=mode, user=user, allow=["delete"]) as host:
        for made_up in ({}, {"confirm": ticket}):
            with pytest.raises(RefusedError, match="nothing was done"):
                await _delete(ticket, **made_up)(host)
    assert sent(team) == before


async def test_a_host_that_cannot_ask_is_told_to(sandbox: Sandbox, mode: str) -> None:
    """Without a way to ask, the model is told to ask the user, and only the right `confirm` is enough."""
    team = sandbox.team()
    ticket = await _ticket(team)
    before = sent(team)
    async with connected(team, mode=mode, allow=["delete"]) as host:
        for wrong in ({}, {"confirm": "yes"}, {"confirm": True}, {"confirm": None}, {"confirm": f"{ticket} "}):
            with pytest.raises(RefusedError, match=f'call again with confirm="{ticket}"'):
                await _delete(ticket, **wrong)(host)
        assert sent(team) == before
        assert (await _delete(ticket, confirm=ticket)(host))["deleted"] is True


async def test_a_host_that_breaks_off_confirms_nothing(sandbox: Sandbox, mode: str) -> None:
    """If asking fails, nothing is done."""
    team = sandbox.team()
    ticket = await _ticket(team)
    before = sent(team)

    class Broken(User):
        async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
            raise OSError("no screen")

    async with connected(team, mode=mode, user=Broken(), allow=["delete"]) as host:
        with pytest.raises((RefusedError, MCPError, ExceptionGroup)):
            await _delete(ticket)(host)
    assert sent(team) == before


async def test_answers_to_another_question_confirm_nothing(sandbox: Sandbox) -> None:
    """An answer that a host sends along unasked counts only if it is the id of this call."""
    team = sandbox.team()
    ticket = await _ticket(team)
    answers: dict[str, Any] = {"confirm": types.ElicitResult(action="accept", content={"confirm": "tkt_other"})}
    async with connected(team, mode=MODERN, user=User(), allow=["delete"]) as host:
        result = await host.client.session.call_tool(
            "cstar_write",
            {"operation": "tickets.delete", "arguments": {"ticket_id": ticket}},
            input_responses=answers,
        )
        assert result.is_error
    async with team.client() as cstar:
        assert (await cstar.tickets.get(ticket)).id == ticket


async def test_what_customers_see_is_confirmed_with_a_live_key(sandbox: Sandbox) -> None:
    """A reply needs no confirmation with a test key, and one with any other; the person sees the words."""
    assert not permit("sk_test_x", allow=["send"]).must_confirm(ALL["tickets.messages.create"])
    for key in ("sk_live_x", "sk_x", "other"):
        assert permit(key, allow=["send"]).must_confirm(ALL["tickets.messages.create"])
    team = sandbox.team()
    ticket, user = await _ticket(team), User(last_word)
    async with connected(team, user=user, allow=["send"]) as host:
        box = host.toolbox
        box.permissions = attrs.evolve(box.permissions, live=True)
        assert (await host("cstar_reply_to_ticket", ticket_id=ticket, content="All is well"))["sender"] == "agent"
    assert "All is well" in user.asked[0]


async def test_an_operation_without_an_id_is_confirmed_by_its_name(sandbox: Sandbox) -> None:
    """For an operation whose path has no id, its name is typed."""
    team = sandbox.team()
    ticket, user = await _ticket(team), User(last_word)
    async with connected(team, user=user, allow=["delete"]) as host:
        arguments = {"action": "delete", "resource": "tickets", "ids": [ticket]}
        await host("cstar_write", operation="bulk.run", arguments=arguments)
    assert user.asked[0].endswith("To confirm, type bulk.run")
    assert ticket in user.asked[0]


def test_the_limit_of_writes_is_for_any_minute() -> None:
    """The limit slides: a write is free a minute after the one that it waits for."""
    limit = WriteLimit(2)
    assert [limit.take(0), limit.take(10), limit.take(20), limit.take(59)] == [0, 0, 40, 1]
    assert [limit.take(60), limit.take(61), limit.take(70)] == [0, 9, 0]
