"""What the endpoints of the control API share: their context, their type, and JSON responses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import orjson
from aiohttp import web

from cstar_async.sandbox.clock import iso_time

if TYPE_CHECKING:
    from cstar_async.sandbox.clock import VirtualClock
    from cstar_async.sandbox.http.app import Application
    from cstar_async.sandbox.storage.database import Database
    from cstar_async.sandbox.switches import Switches

    from .auth import Access


class ControlContext(NamedTuple):
    """The parts of a running sandbox that endpoints use."""

    application: Application
    store: Database
    clock: VirtualClock
    switches: Switches
    access: Access

    def note(self, action: str, team: str = "", **details: Any) -> None:
        """Add an action of the control API to the timeline."""
        self.application.timeline.add("control", iso_time(self.clock.time()), team, action=action, details=details)


Endpoint: TypeAlias = Callable[[ControlContext, web.Request], Awaitable[web.StreamResponse]]
Routes: TypeAlias = dict[tuple[str, str], Endpoint]


def json_response(data: dict[str, Any], status: int = 200) -> web.Response:
    """Return a JSON response."""
    return web.Response(status=status, body=orjson.dumps(data), content_type="application/json")
