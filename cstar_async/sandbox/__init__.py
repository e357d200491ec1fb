"""The cStar API on this machine: `async with Sandbox() as sandbox`, or `python -m cstar_async.sandbox`.

Stateful, on aiohttp and SQLite, with keys, quota and idempotency keys; made from the same contract as the client.
Needs the extra `sandbox` (`pip install cstar-async[sandbox]`).
"""

from .clock import VirtualClock
from .exchanges import RequestRecord
from .faults import DeliveryFault, Fault, Faults
from .server import Sandbox
from .switches import Switches
from .team import Team

__all__ = ["DeliveryFault", "Fault", "Faults", "RequestRecord", "Sandbox", "Switches", "Team", "VirtualClock"]
