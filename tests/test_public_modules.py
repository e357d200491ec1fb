"""The public modules of `cstar_async`: those without an underscore."""

from __future__ import annotations

import pkgutil

import cstar_async

PUBLIC = {
    *("bulk", "cli", "client", "clock", "converter", "drift", "errors"),
    *("live", "mcp", "models", "outbox", "public", "sandbox", "testing", "webhooks"),
}
"""The modules that users may import from; all others have an underscore."""


def test_the_public_modules_are_these() -> None:
    """Every module without an underscore is in the list of public modules."""
    found = {module.name for module in pkgutil.iter_modules(cstar_async.__path__) if not module.name.startswith("_")}
    assert found == PUBLIC
