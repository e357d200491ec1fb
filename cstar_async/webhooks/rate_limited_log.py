"""A log for messages that any sender can cause often: each kind is logged once per interval, and counted meanwhile."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cstar_async.clock import Clock

logger = logging.getLogger("cstar_async.webhooks")

INTERVAL: Final = 60.0
"""Seconds between log lines of one kind."""


class RateLimitedLog:
    """Logs each kind of message at most once per interval, with the number of those left out."""

    def __init__(self, clock: Clock, interval: float = INTERVAL) -> None:
        self._clock = clock
        self._interval = interval
        self._logged: dict[str, tuple[float, int]] = {}
        """When each kind was last logged, and how many messages were left out since."""

    def add(self, kind: str, message: str, *, level: int = logging.WARNING) -> None:
        """Log a message, or count it for the next one of its kind.

        Args:
            kind: Messages of one kind are counted together. Senders must not be able to cause arbitrarily many kinds.
            message: The text. It must contain no data of the body and no secret.
            level: Of the log line.
        """
        now = self._clock.monotonic()
        since, missed = self._logged.get(kind, (None, 0))
        if since is not None and 0 <= now - since < self._interval:
            self._logged[kind] = (since, missed + 1)
            return
        self._logged[kind] = (now, 0)
        if missed and since is not None:
            logger.log(level, "%s (and %d more of this kind in the last %.0f s)", message, missed, now - since)
        else:
            logger.log(level, "%s", message)
