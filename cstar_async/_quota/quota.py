"""`Quota`: how many requests a key may still send in this window, and the share of it that bulk work leaves."""

from __future__ import annotations

from cstar_async._core.representation import safe_repr

from .budget import Budget
from .bulk_pacing import RESERVE


class Quota:
    """The request budget of one key. Give the same one to several clients of the same key and loop to share it.

    `SharedQuota` is one for many processes.

    Args:
        reserve: The share of each window that work of priority `"bulk"` leaves to interactive calls.

    Raises:
        TypeError: `reserve` is not a number.
        ValueError: `reserve` is out of range.
    """

    def __init__(self, *, reserve: float = RESERVE) -> None:
        self._budget = Budget(reserve)

    @property
    def limit(self) -> int | None:
        """Requests per window, as the service states it, or the default of the key's kind; None without a client."""
        return self._budget.limit

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None before a client uses this quota."""
        return self._budget.remaining

    @property
    def in_flight(self) -> int:
        """Requests of this process that are sent and not answered yet."""
        return self._budget.in_flight

    @property
    def reserve(self) -> int | None:
        """Requests of a window that bulk work leaves; None before a client uses this quota."""
        window = self._budget.window
        return None if window is None else window.pace.reserved(window.limit)

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.remaining} of {self.limit} left, {self.in_flight} in flight>"


def budget_of(quota: Quota) -> Budget:
    """The budget behind a quota, with the methods that only the sending side uses."""
    return quota._budget  # noqa: SLF001  # this module's class  # pyright: ignore[reportPrivateUsage]
