"""The table of Textual, and the dashboard of the examples, in a terminal without a screen."""

from __future__ import annotations

import runpy
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App
from textual.coordinate import Coordinate
from textual.widgets import RichLog, Static

from cstar_async.live.textual import LiveTable

from .desks import running, until
from .test_live import create

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult

    from cstar_async.live import LiveList

EXAMPLE = Path(__file__).parents[2] / "examples" / "dashboard.py"


class Desk(App[None]):
    """An application with one table."""

    def __init__(self, rows: LiveList[Any], columns: list[str] | None = None) -> None:
        super().__init__()
        self.table = LiveTable(rows, columns)

    def compose(self) -> ComposeResult:
        yield self.table


def shown(table: LiveTable) -> list[list[str]]:
    return [[str(each) for each in table.get_row_at(place)] for place in range(table.row_count)]


async def test_an_update_draws_one_cell_and_keeps_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed row is drawn alone; with new rows the cursor stays on its row; text is never markup."""
    async with running() as (sandbox, cstar, live):
        first, _ = await create(cstar, "[red]one[/red]", "two")
        tickets = live.list(cstar.tickets.list(status="open"))
        app = Desk(tickets, ["title", "priority"])
        table = app.table
        drawn: list[tuple[object, object]] = []
        update = LiveTable.update_cell

        def noted(self: LiveTable, row: Any, column: Any, value: Any) -> None:
            drawn.append((row, column))
            update(self, row, column, value)

        monkeypatch.setattr(LiveTable, "update_cell", noted)
        async with app.run_test() as pilot:
            await until(lambda: shown(table) == [["two", "normal"], ["[red]one[/red]", "normal"]])
            table.move_cursor(row=1)
            await cstar.tickets.update(first.id, title="1", notes="not shown")
            await until(lambda: shown(table)[1] == ["1", "normal"])
            assert drawn == [(first.id, "title")]
            await create(cstar, "three")
            await until(lambda: table.row_count == 3)
            await pilot.pause()
            assert (table.selected, table.cursor_row) == (first.id, 2)
            sandbox.faults.add(path="tickets.list", status=400)
            tickets.refetch()
            await until(lambda: "400" in str(table.border_subtitle))
            tickets.refetch()
            await until(lambda: table.border_subtitle == "")
            await cstar.tickets.delete(first.id)
            await until(lambda: table.row_count == 2)
        assert tickets._readers == 0


async def test_the_columns_are_those_of_the_contract() -> None:
    """Without columns, the table has those that the contract names; an empty table has no selected row."""
    async with running(source="poll") as (_, cstar, live):
        app = Desk(live.list(cstar.tickets.list()))
        async with app.run_test():
            assert [str(each.label) for each in app.table.ordered_columns] == [
                "Id", "Title", "Status", "Priority", "Updated at",
            ]  # fmt: skip
            await until(lambda: app.table.border_subtitle == "not connected")
            assert app.table.selected is None


async def test_the_dashboard_shows_the_desk() -> None:
    """The dashboard shows tickets as customers open them; keys change them at once."""
    names = runpy.run_path(str(EXAMPLE))
    async with running() as (sandbox, cstar, live):
        app = names["Dashboard"](cstar, live)
        async with app.run_test(size=(120, 40)) as pilot:
            table = app.query_one(LiveTable)

            async def pauses() -> AsyncIterator[None]:
                for _ in range(12):
                    yield

            await pilot.press("c", "p")
            await names["customers_write"](cstar, pauses(), Random(1))
            total = await cstar.tickets.list(status="open").count()
            await until(lambda: table.row_count == total)
            await until(lambda: len(app.query_one(RichLog).lines) >= 12)
            table.move_cursor(row=0)
            ticket = table.selected
            await cstar.tickets.update(ticket, priority="normal")
            await until(lambda: str(table.get_cell_at(Coordinate(0, 1))) == "normal")
            await pilot.press("p")
            assert (await cstar.tickets.get(ticket)).priority == "high"
            await pilot.press("c")
            await until(lambda: table.row_count == total - 1)
            assert (await cstar.tickets.get(ticket)).status == "closed"
            await until(lambda: f"{total - 1} open" in str(app.query_one("#summary", Static).render()))
            sandbox.faults.add(path="tickets.update", status=400)
            await pilot.press("c")
            await until(lambda: len(app._notifications) == 1)
            assert table.row_count == total - 1
