"""Open tickets in a notebook of marimo: `marimo run marimo_desk.py`. Needs `pip install marimo`."""
# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202  # cells are functions without annotations

import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    from cstar_async import CStarClient

    cstar = CStarClient()
    tickets = cstar.live().list(cstar.tickets.list(status="open"))
    state, set_state = mo.state(tickets.state)
    return cstar, mo, set_state, state, tickets


@app.cell
async def _(set_state, tickets):
    # The cell ends, and the subscription goes on: each new state runs the cells below that read it.
    await tickets.ready()
    end = tickets.subscribe(set_state)
    return (end,)


@app.cell
def _(end, mo, state):
    _ = end
    rows = [{"title": ticket.title, "priority": ticket.priority} for ticket in state().data]
    mo.vstack([mo.md(f"{len(rows)} open"), mo.ui.table(rows)])
    return (rows,)


@app.cell
async def _(cstar, mo, rows):
    _ = rows
    if not mo.running_in_notebook():
        await cstar.close()  # as a script it shows the tickets once


if __name__ == "__main__":
    app.run()
