"""Webhooks of cStar: signatures, typed events, and a dispatcher that receives each event once and loses none.

    events = EventDispatcher(secrets=["whsec_…"], inbox="sqlite:///inbox.db")

    @events.on("ticket.created")
    async def triage(event: TicketCreated) -> None: ...

Names are loaded when they are first used. The classes of the events (`TicketCreated`, …) are exported too.
"""

from __future__ import annotations

from importlib import import_module

from cstar_async._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cstar_async._generated.events import *  # noqa: F403  # every generated event class
    from cstar_async.errors import InboxError as InboxError
    from cstar_async.errors import LeaseLostError as LeaseLostError

    from .dispatcher import EventDispatcher as EventDispatcher
    from .inbox.admin import Inbox as Inbox
    from .inbox.admin import Stats as Stats
    from .inbox.records import DeadLetter as DeadLetter
    from .inbox.records import GroupStats as GroupStats
    from .inbox.records import Pruned as Pruned
    from .processing.retry_policy import RejectEvent as RejectEvent
    from .processing.retry_policy import RetryLater as RetryLater
    from .receiving.parsing import construct_event as construct_event
    from .receiving.receiver import Reply as Reply
    from .receiving.signature import sign as sign
    from .receiving.signature import sign_identity as sign_identity
    from .receiving.signature import verify_signature as verify_signature
    from .reconcile import MissingEvent as MissingEvent
    from .reconcile import Reconciliation as Reconciliation
    from .router import EventRouter as EventRouter

_HOME = {
    "DeadLetter": "inbox.records",
    "EventDispatcher": "dispatcher",
    "EventRouter": "router",
    "GroupStats": "inbox.records",
    "Inbox": "inbox.admin",
    "InboxError": ".errors",
    "LeaseLostError": ".errors",
    "MissingEvent": "reconcile",
    "Pruned": "inbox.records",
    "Reconciliation": "reconcile",
    "RejectEvent": "processing.retry_policy",
    "Reply": "receiving.receiver",
    "RetryLater": "processing.retry_policy",
    "Stats": "inbox.admin",
    "construct_event": "receiving.parsing",
    "sign": "receiving.signature",
    "sign_identity": "receiving.signature",
    "verify_signature": "receiving.signature",
}
_EVENTS = "cstar_async._generated.events"

if not TYPE_CHECKING:
    __all__ = ("Event", "UnknownEvent", *_HOME)  # noqa: F405, PLE0604  # names from the star import; computed


_load = lazy_names(__name__, _HOME)


def __getattr__(name: str) -> object:
    if name in _HOME:
        return _load(name)
    # Also called for a submodule that is being imported; importing the events then would be circular.
    events = None if name.startswith("_") or name.islower() else import_module(_EVENTS)
    if events is None or name not in events.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(events, name)


def __dir__() -> list[str]:
    return sorted({*_HOME, *import_module(_EVENTS).__all__})
