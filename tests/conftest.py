"""Hypothesis profiles: short by default, long with `make stress`; and checks of every sandbox that a test uses."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

# No deadline, since examples are slow on a busy machine. Each run has the same examples, so that only a change of the
# code can make a test fail; `make stress` tries new ones.
settings.register_profile("short", deadline=None, derandomize=True)
settings.load_profile("short")
settings.register_profile("stress", max_examples=20_000, deadline=None)

# A shell starts background processes with SIGINT ignored; some tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Every answer and event of a sandbox is validated against the contract.
Sandbox.validate_answers = True


@pytest.fixture(autouse=True)
def no_sandbox_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the sandbox logged an error of its own."""
    found: list[str] = []
    handler = logging.Handler(logging.ERROR)
    formatter = logging.Formatter()
    handler.emit = lambda record: found.append(formatter.format(record))  # type: ignore[method-assign]
    log = logging.getLogger("cstar_async.sandbox")
    log.addHandler(handler)
    yield
    log.removeHandler(handler)
    if request.node.get_closest_marker("sandbox_may_fail") is None:
        assert not found, "\n".join(found)
