"""The pytest plugin: cStar for your tests, on your machine. pytest loads it wherever cstar-async is installed.

    async def test_ticket_is_filed(cstar_client):
        await my_app.report(cstar_client, "Printer on fire")
        assert [ticket.title async for ticket in cstar_client.tickets.list()] == ["Printer on fire"]

One sandbox serves the whole run (each process of pytest-xdist has its own), in a thread of its own, so that it works
with synchronous tests, pytest-asyncio and anyio alike, whatever the scope of their loops. Each test has a team of its
own, which no other test sees. `docs/sandbox.md` is the guide. The fixtures need the extra `sandbox`; a run that uses
none of them starts nothing.

For annotations: `Sandbox`, `Team`, `Faults` and `VirtualClock` are in `cstar_async.sandbox`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

# Imports wait until a fixture is used, since every run of pytest on the machine loads this module.
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .client import CStarClient
    from .sandbox import Faults, Sandbox, Team, VirtualClock

__all__ = [
    "cstar_client", "cstar_clock", "cstar_faults", "cstar_no_drift", "cstar_sandbox", "cstar_sandbox_options",
    "cstar_team",
]  # fmt: skip


@pytest.fixture(scope="session")
def cstar_sandbox_options() -> Mapping[str, Any]:
    """Options of the run's Sandbox; override this fixture in `conftest.py`.

    `{"seed": 7, "quota": False, "switches": Switches(signature="t")}`, for example.
    """
    return {}


@pytest.fixture(scope="session")
def cstar_sandbox(cstar_sandbox_options: Mapping[str, Any]) -> Iterator[Sandbox]:
    """The sandbox of this run, `cstar_async.sandbox.Sandbox`. All tests of the process share it, and its clock.

    A test that needs a server of its own can start one in milliseconds: `with Sandbox() as sandbox:`.
    """
    with contextlib.ExitStack() as stack:
        try:
            from .sandbox import Sandbox

            sandbox = stack.enter_context(Sandbox(**cstar_sandbox_options))
        except ImportError as error:
            # The message says which extra to install; the traceback would add nothing.
            pytest.fail(str(error), pytrace=False)
        yield sandbox


@pytest.fixture
def cstar_team(cstar_sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[Team]:
    """A team of this test alone, named after it: `id`, `secret_key`, `environment`, `requests`, `client()`.

    Its ids follow from the name of the test and the seed, so they are the same when the test runs alone. At the end of
    the test its faults are removed and its deliveries cancelled.
    """
    team = cstar_sandbox.team(request.node.nodeid)
    yield team
    team.retire()


@pytest.fixture
def cstar_client(cstar_team: Team) -> Iterator[CStarClient]:
    """A client for the team, with its secret key; its waits (backoff, quota) advance the sandbox's clock at once.

    It belongs to the event loop of its first request, and is closed at the end of the test. For other options or
    another key: `cstar_team.client(max_retries=0)`.
    """
    from ._testing_close import Closing

    client = cstar_team.client()
    closing = Closing(client)
    yield client
    closing.close()


@pytest.fixture
def cstar_faults(cstar_team: Team) -> Faults:
    """Faults for the team of this test alone: `cstar_faults.add(path="tickets.create", reset=True)`."""
    return cstar_team.faults


@pytest.fixture
def cstar_clock(cstar_sandbox: Sandbox) -> VirtualClock:
    """The clock of the sandbox: `cstar_clock.advance(hours=1)`.

    It stands still until it is advanced, and never goes back. Earlier tests may have advanced it, so compare times with
    each other and not with a date.
    """
    return cstar_sandbox.clock


@pytest.fixture
def cstar_no_drift() -> Iterator[None]:
    """Fails the test, at its end, if an answer differed from the contract; every answer is inspected meanwhile.

    It sees the answers of this process, also those of a client for the service itself.
    """
    from . import drift
    from ._core.drift import recorder

    with recorder.isolated(sample=1):
        yield
        found = drift.report()
    if found:
        pytest.fail(found.as_issue(), pytrace=False)
