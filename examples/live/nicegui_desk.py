"""Open tickets on a page of NiceGUI: `python nicegui_desk.py`. Needs `pip install nicegui`."""
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import app, ui

from cstar_async import CStarClient

if TYPE_CHECKING:
    from cstar_async.live import Live

COLUMNS = [{"name": name, "label": name.capitalize(), "field": name} for name in ("title", "priority", "status")]


def make_page(cstar: CStarClient, live: Live) -> None:
    """The page. Its list is read while a browser shows it."""

    @ui.page("/")
    async def desk() -> None:
        tickets = live.list(cstar.tickets.list(status="open"))

        @ui.refreshable
        def table() -> None:
            state = tickets.state
            rows = [{"id": t.id, "title": t.title, "priority": t.priority, "status": t.status} for t in state.data]
            ui.label("loading …" if state.loading else f"{len(rows)} open")
            ui.table(columns=COLUMNS, rows=rows, row_key="id")

        table()
        ui.context.client.on_delete(tickets.subscribe(lambda _: table.refresh()))


def main() -> None:
    """Serve the page."""
    cstar = CStarClient()
    make_page(cstar, cstar.live())
    app.on_shutdown(cstar.close)
    ui.run(title="Desk")


if __name__ in {"__main__", "__mp_main__"}:
    main()
