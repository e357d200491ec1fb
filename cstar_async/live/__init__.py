"""Live data: lists and objects that stay true, and event streams. `CStarClient.live` makes a `Live`.

An event comes from `stream` to `hub`, which brings it to each `view` (the base of `live_list` and `live_object`; its
readers are in `readers`). `rows` decides what it does there (pure), `assumption` what is shown before the service says
so, `pace` when data may be read again. `textual` and `jupyter` draw lists, with the text of `cells`. `background` is
for programs without an event loop.

Every name is loaded when it is first used, so that a client without live data does not load it.
"""

from __future__ import annotations

from cstar_async._lazy import lazy_names

TYPE_CHECKING = False  # as in the package above
if TYPE_CHECKING:
    from .background import BackgroundLive, BackgroundView
    from .live import Live
    from .live_list import LiveList
    from .live_object import LiveObject
    from .state import Added, Change, Changed, LiveState, Moved, Removed
    from .stream import EventStream

_HOME = {
    "Added": "state",
    "BackgroundLive": "background",
    "BackgroundView": "background",
    "Change": "state",
    "Changed": "state",
    "EventStream": "stream",
    "Live": "live",
    "LiveList": "live_list",
    "LiveObject": "live_object",
    "LiveState": "state",
    "Moved": "state",
    "Removed": "state",
}

__all__ = [
    "Added",
    "BackgroundLive",
    "BackgroundView",
    "Change",
    "Changed",
    "EventStream",
    "Live",
    "LiveList",
    "LiveObject",
    "LiveState",
    "Moved",
    "Removed",
]


__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
