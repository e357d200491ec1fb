"""The recipes for toolkits. Those for heavy packages are tested where these are installed."""

from __future__ import annotations

import asyncio
import json
import runpy
import sys
from contextlib import aclosing
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from cstar_async.live.jupyter import show

from .desks import running, until
from .test_live import create

RECIPES = Path(__file__).parents[2] / "examples" / "live"


def recipe(name: str) -> dict[str, Any]:
    """The names of a recipe, whose package must be installed."""
    return runpy.run_path(str(RECIPES / f"{name}_desk.py"))


async def test_fastapi_sends_each_state() -> None:
    """The page gets the open tickets, and each later state; a visitor who leaves ends the iteration."""
    async with running() as (_, cstar, live):
        del live
        (ticket,) = await create(cstar, "one")
        app = recipe("fastapi")["make_app"](cstar)
        endpoint = next(route.endpoint for route in app.routes if route.path == "/tickets")
        async with app.router.lifespan_context(app):
            found: list[str] = []
            async with aclosing((await endpoint()).body_iterator) as frames:
                async for frame in frames:
                    data = json.loads(frame.removeprefix(b"data: "))
                    found = [each["title"] for each in data["tickets"]]
                    if found == ["one"] and not data["stale"]:
                        await cstar.tickets.update(ticket.id, title="1")
                    if found == ["1"]:
                        break
            assert found == ["1"]


async def test_a_notebook_shows_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """`show` displays a table, updates it, and shows the text of customers as text."""
    shown: list[str] = []
    display = ModuleType("IPython.display")
    display.HTML = lambda text: text  # type: ignore[attr-defined]

    def first(text: str, *, display_id: bool) -> object:
        assert display_id
        shown.append(text)
        return SimpleNamespace(update=shown.append)

    display.display = first  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    async with running() as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "<b>one</b>")
        tickets = live.list(cstar.tickets.list(status="open"))
        end = show(tickets, rows=1)
        assert "loading" in shown[0]
        assert "<th>Updated at</th>" in shown[0]
        await until(lambda: "<td>&lt;b&gt;one&lt;/b&gt;</td>" in shown[-1])
        await cstar.tickets.update(ticket.id, title="1")
        await until(lambda: "<td>1</td>" in shown[-1])
        await create(cstar, "two")
        await until(lambda: "1 more" in shown[-1])
        sandbox.faults.add(path="tickets.list", status=400)
        tickets.refetch()
        await until(lambda: "400" in shown[-1])
        end()
        one = live.one(cstar.tickets.get(ticket.id))
        await one.ready()
        show(one, ["title", "tags"])()
        assert "<td>1</td><td></td>" in shown[-1]
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(ImportError, match="pip install ipython"):
        show(tickets)


async def test_nicegui_refreshes_the_page() -> None:
    """The page shows the open tickets and is refreshed with each state."""
    pytest.importorskip("nicegui")
    from nicegui import ui
    from nicegui.testing import user_simulation

    async with running() as (_, cstar, live), user_simulation() as user:
        recipe("nicegui")["make_page"](cstar, live)
        await create(cstar, "one")
        await user.open("/")
        await user.should_see("1 open")
        await create(cstar, "two")
        await user.should_see("2 open")
        tables = list(user.find(kind=ui.table).elements)
        assert [row["title"] for row in tables[0].rows] == ["two", "one"]


async def test_shiny_draws_each_state() -> None:
    """A session gets the open tickets, and later states; when it ends, the list is read no more."""
    pytest.importorskip("shiny")
    from shiny._connection import MockConnection

    make_connection: Any = MockConnection

    async with running() as (_, cstar, live):
        await create(cstar, "one")
        app = recipe("shiny")["make_app"](cstar, live)
        sent: list[str] = []

        class Browser(make_connection):  # type: ignore[misc]
            async def send(self, message: str) -> None:
                sent.append(message)

        browser = Browser()
        session = app._create_session(browser)
        running_session = asyncio.create_task(session._run())
        hidden = {f".clientdata_output_{name}_hidden": False for name in ("number", "titles")}
        browser.cause_receive(json.dumps({"method": "init", "data": hidden}))
        await until(lambda: any("1 open" in each and "one" in each for each in sent))
        await create(cstar, "two")
        await until(lambda: any("2 open" in each for each in sent))
        browser.cause_disconnect()
        await running_session
        await until(lambda: live.list(cstar.tickets.list(status="open"))._readers == 0)


async def test_marimo_runs_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells of the notebook run, and show the open tickets."""
    pytest.importorskip("marimo")
    async with running() as (sandbox, cstar, _):
        await create(cstar, "one")
        for name, value in sandbox.default_team.environment.items():
            monkeypatch.setenv(name, value)
        app = recipe("marimo")["app"]
        outputs, names = await asyncio.to_thread(app.run)
        assert [row["title"] for row in names["rows"]] == ["one"]
        assert "1 open" in outputs[2].text
