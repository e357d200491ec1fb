"""One sandbox for each module of these tests; each test has a team of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox."""
    with Sandbox(seed=1) as made:
        yield made
