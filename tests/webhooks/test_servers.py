"""A table of deliveries, sent through raw sockets to each kind of server: all answer the same, and none fails."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.stress import at_length

from .raw_requests import ANSWERED_BY_AIOHTTP, DELIVERIES, UNFRAMED, Sent, signed
from .servers import PATH, SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterator


class Server:
    """A running receiver."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.log = folder / f"{kind}.log"
        inbox = f"sqlite:///{folder}/{kind}.db"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.webhooks.servers", kind, str(self.port), inbox],
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
            )

    def exchange(self, sent: bytes, *, end: bool = False) -> bytes:
        """Send bytes; the answer, empty if the connection is closed without one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            answer = b""
            with contextlib.suppress(ConnectionError):
                connection.sendall(sent)
                if end:
                    connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while piece := connection.recv(65_536):
                    answer += piece
            return answer

    def wait(self) -> None:
        """Return when the server listens."""
        for _ in range(3_000):
            with contextlib.suppress(ConnectionError):
                self.exchange(Sent([], b"", b"GET").to_bytes())
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """End the server."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """A server of each kind."""
    folder = tmp_path_factory.mktemp("servers")
    started = {kind: Server(kind, folder) for kind in SERVERS}
    try:
        for server in started.values():
            server.wait()
        yield started
    finally:
        for server in started.values():
            server.process.send_signal(signal.SIGTERM)
        for server in started.values():
            server.stop()


def status_of(answer: bytes) -> int:
    """The status of an answer, 0 if there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


@pytest.mark.parametrize("name", DELIVERIES)
def test_each_server_answers_the_same(servers: dict[str, Server], name: str) -> None:
    """A delivery gets the same answer from each server and framework."""
    status, make = DELIVERIES[name]
    answers = {kind: server.exchange(make().to_bytes()) for kind, server in servers.items()}
    assert {kind: status_of(answer) for kind, answer in answers.items()} == dict.fromkeys(servers, status)
    for answer in answers.values():
        head, _, body = answer.partition(b"\r\n\r\n")
        if status == 405:
            assert b"\nallow: post" in head.lower()
        elif name not in ANSWERED_BY_AIOHTTP:
            assert (b'{"received":true,"duplicate":false}' if status == 200 else b'{"error":"') in body


@pytest.mark.parametrize("name", UNFRAMED)
def test_invalid_http_is_refused(servers: dict[str, Server], name: str) -> None:
    """No server accepts it, and none fails."""
    for kind, server in servers.items():
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
        answer = server.exchange(head + UNFRAMED[name], end=True)
        assert status_of(answer) in {0, 400, 401, 408, 411, 415, 501}, (kind, answer)


def test_a_body_that_a_middleware_has_consumed_is_answered_503(servers: dict[str, Server]) -> None:
    """The answer is not 401, since the signature may be valid, and the log says why."""
    for kind in ("aiohttp", "fastapi", "flask"):
        sent = signed(None, (b"X-Middleware", b"consume"))
        assert status_of(servers[kind].exchange(sent.to_bytes())) == 503
        assert "a middleware before the receiver has read it" in servers[kind].log.read_text()


def test_repeats_are_recognised(servers: dict[str, Server]) -> None:
    """A repeat is a duplicate, also in another process or loop of the server."""
    for server in servers.values():
        sent = signed().to_bytes()
        found = [b'"duplicate":true' in server.exchange(sent) for _ in range(at_length(4, 50))]
        assert found == [False, *[True] * (len(found) - 1)]


def test_beside_the_receiver_another_application_starts(servers: dict[str, Server]) -> None:
    """The receiver takes part in the lifespan of its server, so that an application beside it is started."""
    answer = servers["hypercorn"].exchange(b"GET /neighbour HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"lifespan.startup" in answer


def test_a_websocket_is_refused(servers: dict[str, Server]) -> None:
    """A websocket is answered 403 or 405."""
    for kind in ("uvicorn", "hypercorn"):
        answer = servers[kind].exchange(
            f"GET {PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode(),
        )
        assert status_of(answer) in {403, 405}, answer


def test_the_logs_have_no_failure(servers: dict[str, Server]) -> None:
    """After the other tests of this module, the logs have no traceback of our code and no secret."""
    for kind, server in servers.items():
        text = server.log.read_text()
        # aiohttp logs a traceback of its own for what its parser refuses.
        assert ("cstar_async" if kind == "aiohttp" else "Traceback") not in text
        assert "whsec_" not in text
