"""The cStar API on this machine: `async with Sandbox() as sandbox`, or `python -m cstar_async.sandbox`.

It keeps state, checks API keys, quotas and idempotency keys, and follows the same contract as the client. It needs the
extra `sandbox` (`pip install 'cstar-async[sandbox]'`); without it, importing `Sandbox` raises ImportError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async._lazy import lazy_names

if TYPE_CHECKING:
    from .clock import VirtualClock
    from .faults.fault import DeliveryFault, Fault
    from .faults.rules import Faults
    from .recording.exchanges import RequestRecord
    from .sandbox import Sandbox
    from .switches import Switches
    from .team import Team

__all__ = ["DeliveryFault", "Fault", "Faults", "RequestRecord", "Sandbox", "Switches", "Team", "VirtualClock"]

_HOME = {
    "DeliveryFault": "faults.fault",
    "Fault": "faults.fault",
    "Faults": "faults.rules",
    "RequestRecord": "recording.exchanges",
    "Sandbox": "sandbox",
    "Switches": "switches",
    "Team": "team",
    "VirtualClock": "clock",
}


_load = lazy_names(__name__, _HOME)


def __getattr__(name: str) -> object:
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        if error.name != "jsonschema_rs":
            raise
        raise ImportError("the sandbox needs jsonschema-rs: pip install 'cstar-async[sandbox]'") from None


def __dir__() -> list[str]:
    return sorted(__all__)
