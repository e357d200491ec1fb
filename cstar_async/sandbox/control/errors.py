"""The errors of the control API."""

from __future__ import annotations

from cstar_async.sandbox.http.errors import AccessError


class ControlError(AccessError):
    """An error of the control API, which is answered as JSON."""


def not_found(what: str) -> ControlError:
    """Return a 404 error."""
    return ControlError(404, f"There is no such {what}.")
