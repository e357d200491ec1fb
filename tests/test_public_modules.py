"""What can be imported from `cstar_async` without an underscore: to a stranger, that is the public API."""

from __future__ import annotations

import pkgutil

import cstar_async

PUBLIC = {
    "bulk", "client", "clock", "converter", "errors", "live", "models", "sandbox", "testing", "webhooks",
}  # fmt: skip
"""The modules that users may import from. Everything else has an underscore."""


def test_the_public_modules_are_these() -> None:
    """A module without an underscore is listed here, so that none becomes public by accident or goes without notice."""
    found = {module.name for module in pkgutil.iter_modules(cstar_async.__path__) if not module.name.startswith("_")}
    assert found == PUBLIC
