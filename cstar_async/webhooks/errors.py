"""What can go wrong with an inbox, apart from a bad signature (`cstar_async.errors.WebhookSignatureError`)."""

from __future__ import annotations

from cstar_async.errors import CStarError


class InboxError(CStarError):
    """The inbox cannot be used: a bad URL, a network file system, a schema of a newer version."""


class LeaseLostError(CStarError):
    """Somebody else has the event now, or it is done: this handler took too long to renew its lease.

    Raised by `event.commit`; nothing of what was to be committed has happened.
    """
