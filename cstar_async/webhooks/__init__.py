"""Webhooks of cStar: signatures, typed events, and a dispatcher that receives each event once and loses none.

    events = EventDispatcher(secrets=["whsec_…"], inbox="sqlite:///inbox.db")

    @events.on("ticket.created")
    async def triage(event: TicketCreated) -> None: ...

Every name is loaded when it is first used. The classes of the events (`TicketCreated`, …) are here too.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cstar_async._generated.events import *  # noqa: F403
    from cstar_async.errors import InboxError as InboxError
    from cstar_async.errors import LeaseLostError as LeaseLostError

    from .accept import Reply as Reply
    from .construct import construct_event as construct_event
    from .dispatcher import EventDispatcher as EventDispatcher
    from .dispatcher import Stats as Stats
    from .reconcile import Gap as Gap
    from .reconcile import Reconciliation as Reconciliation
    from .retry import Dead as Dead
    from .retry import Retry as Retry
    from .router import EventRouter as EventRouter
    from .signature import sign as sign
    from .signature import sign_identity as sign_identity
    from .signature import verify_signature as verify_signature
    from .stores.records import DeadLetter as DeadLetter
    from .stores.records import GroupStats as GroupStats
    from .stores.records import Pruned as Pruned

_HOME = {
    "Dead": "retry",
    "DeadLetter": "stores.records",
    "EventDispatcher": "dispatcher",
    "EventRouter": "router",
    "Gap": "reconcile",
    "GroupStats": "stores.records",
    "InboxError": ".errors",
    "LeaseLostError": ".errors",
    "Pruned": "stores.records",
    "Reconciliation": "reconcile",
    "Reply": "accept",
    "Retry": "retry",
    "Stats": "dispatcher",
    "construct_event": "construct",
    "sign": "signature",
    "sign_identity": "signature",
    "verify_signature": "signature",
}
_EVENTS = "cstar_async._generated.events"

if not TYPE_CHECKING:
    __all__ = ("Event", "UnknownEvent", *_HOME)  # noqa: F405, PLE0604


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is not None:
        value: object = getattr(import_module(f".{home}", __name__), name)
    else:
        # A submodule that is being imported asks here first; a look at the events would be a circle.
        events = None if name.startswith("_") or name.islower() else import_module(_EVENTS)
        if events is None or name not in events.__all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(events, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_HOME, *import_module(_EVENTS).__all__})
