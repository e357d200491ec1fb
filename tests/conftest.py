"""Hypothesis profiles: short by default, long with `make stress`; and checks of every sandbox that a test uses."""

from __future__ import annotations

import logging
import signal
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

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


@pytest.fixture(scope="session", autouse=True)
def no_name_server() -> Iterator[None]:
    """Names of other machines do not resolve: no test needs them, and some networks take seconds to say so."""
    resolve = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in {None, "", "localhost", socket.gethostname()} and not _is_address(name):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", local)
        yield


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


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
