"""Open tickets in a script that runs again for each click, in a thread of its own, as those of Streamlit do.

With Streamlit, `desk` has `@st.cache_resource` instead of `@cache`, and `show` draws with `st.dataframe`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cstar_async import CStarClient
from cstar_async.live import BackgroundLive

if TYPE_CHECKING:
    from cstar_async.live import BackgroundView, LiveState
    from cstar_async.models import Ticket


@cache
def desk() -> BackgroundView[tuple[Ticket, ...]]:
    """The list that all runs and all sessions share; it lasts as long as the cache."""
    cstar = CStarClient()
    return BackgroundLive(cstar.live()).list(cstar.tickets.list(status="open"))


def show(state: LiveState[tuple[Ticket, ...]]) -> list[str]:
    """What is drawn."""
    return [f"{len(state.data)} open", *(ticket.title for ticket in state.data)]


def script() -> list[str]:
    """One run: only the first one waits."""
    return show(desk().ready(timeout=10))
