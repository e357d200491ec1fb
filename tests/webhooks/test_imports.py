"""What receiving webhooks needs, and what it does without."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cstar_async import webhooks
from cstar_async._generated import events


def loaded(program: str) -> set[str]:
    """The modules that a program loads."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_receiver_does_without_the_client_and_what_it_does_not_use() -> None:
    """A worker would pay for the HTTP client, cattrs and a database driver that it never uses."""
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


def test_verifying_alone_needs_nothing_of_ours() -> None:
    """A function in the cloud that only verifies would start slowly."""
    found = loaded("from cstar_async.webhooks import verify_signature")
    assert {each for each in found if each.startswith("cstar_async.")} == {
        "cstar_async._lazy",
        "cstar_async.webhooks",
        "cstar_async.webhooks.receiving",
        "cstar_async.webhooks.receiving.signature",
    }


def test_the_public_names_are_there() -> None:
    """A documented name could not be imported."""
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
