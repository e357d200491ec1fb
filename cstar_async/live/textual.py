"""`LiveTable`: a live list as a table of Textual. Needs `pip install textual`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

try:
    from rich.text import Text
    from textual.widgets import DataTable
except ImportError as error:
    raise ImportError("a LiveTable needs Textual: pip install textual") from error

from .cells import cell, columns_of, label
from .rows import id_of
from .state import Changed, changes_between

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .live_list import LiveList
    from .state import LiveState

T = TypeVar("T")


class LiveTable(DataTable[Text]):
    """A table that shows a live list while it is mounted.

    A row that changes is drawn alone; the cursor stays on its row. The subtitle of the border says if the list is not
    connected, stale, or cannot be read. The keys of the rows are their ids.
    """

    def __init__(self, rows: LiveList[Any], columns: Sequence[str] | None = None, **options: Any) -> None:
        """Make a table.

        Args:
            rows: The list.
            columns: The names of the fields to show; by default the most important ones.
            options: Options of Textual's DataTable, such as `id`; `cursor_type` is `"row"` if it is left out.
        """
        settings: dict[str, Any] = {"cursor_type": "row", **options}
        super().__init__(**settings)
        self._live_list = rows
        self._fields = tuple(columns_of(rows) if columns is None else columns)
        self._shown_rows: tuple[Any, ...] = ()
        self._unsubscribe: Callable[[], None] | None = None

    def on_mount(self) -> None:
        """Begin to show the list."""
        for name in self._fields:
            self.add_column(label(name), key=name)
        self._unsubscribe = self._live_list.subscribe(self._show_state)

    def on_unmount(self) -> None:
        """Read the list no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    @property
    def selected(self) -> str | None:
        """The id of the row at the cursor, or None in an empty table."""
        return str(id_of(self._shown_rows[self.cursor_row])) if 0 <= self.cursor_row < len(self._shown_rows) else None

    def _show_state(self, state: LiveState[tuple[Any, ...]]) -> None:
        self.loading = state.loading and state.error is None
        self.border_subtitle = str(cell(state.error)) if state.error else _condition(state)
        if state.data is self._shown_rows:
            return
        changes = changes_between(self._shown_rows, state.data)
        selected, self._shown_rows = self.selected, state.data
        if all(isinstance(change, Changed) for change in changes):
            for change in changes:
                for name in set(getattr(change, "fields", ())).intersection(self._fields):
                    self.update_cell(str(id_of(change.row)), name, self._text(change.row, name))
            return
        scroll = self.scroll_offset
        self.clear()
        for row in state.data:
            self.add_row(*(self._text(row, name) for name in self._fields), key=str(id_of(row)))
        places = [str(id_of(row)) for row in state.data]
        if selected in places:
            self.move_cursor(row=places.index(selected), animate=False, scroll=False)
        self.scroll_to(*scroll, animate=False)

    def _text(self, row: object, name: str) -> Text:
        return Text(cell(getattr(row, name, None)))  # not as a str, which Textual reads as markup


def _condition(state: LiveState[Any]) -> str:
    return "stale" if state.stale else "" if state.connected else "not connected"
