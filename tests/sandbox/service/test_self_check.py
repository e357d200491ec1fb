"""With `Sandbox.validate_answers` the sandbox validates its own answers and events against the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.service.events import emit
from cstar_async.sandbox.service.results import Problem, Result

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Context
    from tests.sandbox.conftest import TeamApi

INTERNAL_ERROR = (500, "internal_error", None)
pytestmark = pytest.mark.sandbox_may_fail


def replace_handler(api: TeamApi, operation: str, handler: Any) -> Any:
    """Replace the handler of an operation, and return the previous one."""
    handlers = api.sandbox._running().application.execution.handlers
    before, handlers[operation] = handlers[operation], handler
    return before


async def test_an_invalid_answer_is_an_internal_error(api: TeamApi, caplog: pytest.LogCaptureFixture) -> None:
    """An answer that is not valid is an internal error, and its change is rolled back."""

    def wrong(context: Context) -> Result:
        answer = right(context)
        return Result({**answer.data, "status": 7}, status=answer.status)

    right = replace_handler(api, "tickets.create", wrong)
    assert (await api.post("/tickets", {"title": "A"})).error == INTERNAL_ERROR
    assert "tickets.create, 201: $.data.status: 7 is not of type" in caplog.text
    assert (await api.get("/tickets")).ids == []


async def test_an_unknown_status_is_an_internal_error(api: TeamApi, caplog: pytest.LogCaptureFixture) -> None:
    """A status that the contract does not have is an internal error."""

    def teapot(context: Context) -> Result:
        raise Problem(418, "invalid_request_error", "teapot", "Short and stout")

    replace_handler(api, "tickets.list", teapot)
    replace_handler(api, "customers.list", lambda context: Result([], status=202))
    assert (await api.get("/tickets")).error == INTERNAL_ERROR
    assert (await api.get("/customers")).error == INTERNAL_ERROR
    assert "tickets.list: the contract has no answer with status 418" in caplog.text
    assert "customers.list: the contract has no answer with status 202" in caplog.text


async def test_an_invalid_event_is_not_stored(api: TeamApi, caplog: pytest.LogCaptureFixture) -> None:
    """An event that is not valid is an internal error, and is not stored."""

    def wrong(context: Context) -> Result:
        emit(context, "ticket.created", {"id": "tkt_1", "title": ["no", "text"]})
        return Result([])

    replace_handler(api, "tickets.list", wrong)
    assert (await api.get("/tickets")).error == INTERNAL_ERROR
    assert "ticket.created: $.data.title:" in caplog.text
    assert (await api.get("/events")).data == []


async def test_answers_are_not_validated_by_default(api: TeamApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `validate_answers`, answers are not validated."""
    assert Sandbox.validate_answers, "tests/conftest.py must set it"
    monkeypatch.setattr(Sandbox, "validate_answers", False)
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        handlers = sandbox._running().application.execution.handlers
        monkeypatch.setitem(handlers, "tags.list", lambda context: Result("no list"))
        assert (await cstar.call("GET", "/api/v1/teams/{teamId}/tags").response()).raw.startswith(b'{"success":true')
