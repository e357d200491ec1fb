"""`show`: a live list in a notebook. Needs IPython, which every notebook has."""

from __future__ import annotations

from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from .cells import cell, columns_of, label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .state import LiveState
    from .view import LiveView

MOST_ROWS: Final = 20


def show(view: LiveView[Any], columns: Sequence[str] | None = None, *, rows: int = MOST_ROWS) -> Callable[[], None]:
    """Display a live list or object below the cell, and keep it up to date.

    Args:
        view: The list or object.
        columns: The names of the fields to show; by default the most important ones.
        rows: The most rows to show.

    Returns:
        A function that ends the updates.

    Raises:
        ImportError: There is no IPython.
        RuntimeError: The client or the `Live` is closed, or there is no event loop.
    """
    try:
        notebook: Any = import_module("IPython.display")
    except ImportError as error:
        raise ImportError("show() needs a notebook with IPython: pip install ipython") from error
    names = columns_of(view) if columns is None else tuple(columns)
    handle = notebook.display(notebook.HTML(table(view.state, names, rows)), display_id=True)
    return view.subscribe(lambda state: handle.update(notebook.HTML(table(state, names, rows))))


def table(state: LiveState[Any], columns: Sequence[str], most_rows: int = MOST_ROWS) -> str:
    """A state as HTML, with all text escaped."""
    data: Any = state.data
    found: list[Any] = [*data] if isinstance(data, tuple) else [data] * (data is not None)
    head = "".join(f"<th>{escape(label(name))}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell(getattr(row, name, None)))}</td>' for name in columns)}</tr>"
        for row in found[:most_rows]
    )
    notes = [f"{len(found) - most_rows} more"] if len(found) > most_rows else []
    notes += ["loading"] if state.loading else []
    notes += [cell(state.error)] if state.error else ["stale"] if state.stale else []
    notes += [] if state.connected or state.loading else ["not connected"]
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><small>{escape('; '.join(notes))}</small>"
    )
