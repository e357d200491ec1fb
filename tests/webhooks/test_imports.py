"""Which modules receiving webhooks imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cstar_async import webhooks
from cstar_async._generated import events


def loaded(program: str) -> set[str]:
    """The modules that a program has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_receiver_imports_neither_the_client_nor_unused_libraries() -> None:
    """A dispatcher in memory imports no HTTP client, no cattrs and no database driver."""
    program = "from cstar_async.webhooks import EventDispatcher\nEventDispatcher(secrets='whsec_x', inbox='memory:')"
    found = loaded(program)
    assert not found & {
        "cstar_async.client",
        "cstar_async._core.call",
        "aiohttp",
        "cattrs",
        "asyncpg",
        "cstar_async.sandbox",
    }


def test_verifying_alone_imports_one_module() -> None:
    """`verify_signature` imports its own module, and none of the rest of the package."""
    found = loaded("from cstar_async.webhooks import verify_signature")
    assert {each for each in found if each.startswith("cstar_async.")} == {
        "cstar_async._lazy",
        "cstar_async.webhooks",
        "cstar_async.webhooks.receiving",
        "cstar_async.webhooks.receiving.signature",
    }


def test_the_public_names_are_there() -> None:
    """Every public name can be imported and is listed by `dir`."""
    for name in (
        "EventDispatcher",
        "EventRouter",
        "RetryLater",
        "RejectEvent",
        "construct_event",
        "TicketCreated",
        "UnknownEvent",
    ):
        assert name in dir(webhooks)
        assert getattr(webhooks, name) is not None
    assert set(events.__all__) <= set(dir(webhooks))
    with pytest.raises(AttributeError, match="Nothing"):
        _ = webhooks.Nothing
