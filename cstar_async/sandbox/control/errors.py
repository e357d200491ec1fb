"""The errors of the control API."""

from __future__ import annotations

from cstar_async.sandbox.http.errors import AccessError


class ControlError(AccessError):
    """Raised anywhere below the control API, which turns it into JSON."""


def not_found(what: str) -> ControlError:
    """Return a 404 error."""
    return ControlError(404, f"There is no such {what}.")
