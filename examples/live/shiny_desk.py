"""Open tickets in Shiny for Python: `shiny run shiny_desk.py`. Needs `pip install shiny`."""
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shiny import App, Inputs, Outputs, Session, reactive, render, ui

if TYPE_CHECKING:
    from cstar_async import CStarClient
    from cstar_async.live import Live

PAGE = ui.page_fluid(ui.h2("Desk"), ui.output_text("number"), ui.output_ui("titles"))


def make_app(cstar: CStarClient, live: Live) -> App:
    """The application. All sessions share one list."""

    def server(input: Inputs, output: Outputs, session: Session) -> None:  # noqa: ARG001  # the form that Shiny calls
        tickets = live.list(cstar.tickets.list(status="open"))
        state = reactive.value(tickets.state)

        async def follow() -> None:
            async for new in tickets:
                async with reactive.lock():
                    state.set(new)
                    await reactive.flush()

        following = asyncio.create_task(follow())

        @session.on_ended
        def leave() -> None:
            following.cancel()

        @render.text
        def number() -> str:
            return "loading" if state().loading else f"{len(state().data)} open"

        @render.ui
        def titles() -> ui.Tag:
            return ui.tags.ul(*(ui.tags.li(ticket.title) for ticket in state().data))

    return App(PAGE, server)
