"""What can be imported from `cstar_async` without an underscore: to a stranger, that is the public API."""

from __future__ import annotations

import pkgutil

import cstar_async

PUBLIC = {"bulk", "clock", "converter", "errors", "models", "sandbox", "testing", "webhooks"}
"""The modules that the documentation tells users to import from."""

INTERNAL = {
    "amounts", "answer", "body", "call", "client", "closing", "config", "connection_limiter", "deadline",
    "engine", "event", "failures", "gather", "iteration", "ledger", "loop_thread", "pacing", "page", "pages",
    "postgres", "quota", "request", "retry", "secrets", "send", "shared_quota", "shown", "sse", "stream",
    "transport", "unset", "window", "wire",
}  # fmt: skip
"""Modules that only the package itself imports. A new one gets an underscore, or a place in a package that has one."""


def test_the_public_modules_are_these() -> None:
    """A module without an underscore is listed here, so that none becomes public by accident or goes without notice."""
    found = {module.name for module in pkgutil.iter_modules(cstar_async.__path__) if not module.name.startswith("_")}
    assert found == PUBLIC | INTERNAL
