"""Writes that survive the end of the process, and are done once: `Outbox`."""

from .outbox import Outbox
from .records import OutboxEntry, OutboxResult, OutboxStats, State

__all__ = ["Outbox", "OutboxEntry", "OutboxResult", "OutboxStats", "State"]
