"""A minimal server: prepared answers from a bare asyncio protocol, on a core of its own.

`python -m benchmarks.server` prints its port. `/cpu` returns the CPU seconds it has used, `/delay/5` delays all later
answers by 5 ms.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.request import urlopen

from . import data
from .rounds import SERVER_CORE, pin

if TYPE_CHECKING:
    from collections.abc import Generator

_PAGE = re.compile(rb"[?&]page=(\d+)")
# A full set of headers: reading the quota is part of what is measured.
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    b"Date: Thu, 12 Mar 2026 09:30:00 GMT\r\nX-CStar-Request-Id: req_nKivGxJ8LUag\r\n"
    b"X-RateLimit-Limit: 100000000\r\nX-RateLimit-Remaining: 99999999\r\n"
    b"X-RateLimit-Reset: 1773311400\r\nX-RateLimit-Window: 3600\r\n\r\n"
)


def _answer(body: bytes) -> bytes:
    return _HEAD % len(body) + body


class _Canned(asyncio.Protocol):
    """Answers every request. Requests must not have a body."""

    ticket = b""
    pages: tuple[bytes, ...] = ()
    delay = 0.0

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        while (end := received.find(b"\r\n\r\n")) >= 0:
            target = received[: received.index(b"\r\n")].split(b" ")[1]
            received = received[end + 4 :]
            answer = self._find(target)
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self._transport.write, answer)
            else:
                self._transport.write(answer)
        self._received = received

    def _find(self, target: bytes) -> bytes:
        path, _, query = target.partition(b"?")
        if path.startswith(b"/api/"):
            if not path.endswith(b"/tickets"):
                return self.ticket
            found = _PAGE.search(b"?" + query)
            return self.pages[int(found[1]) - 1 if found else 0]
        if path.startswith(b"/delay/"):
            type(self).delay = float(path[7:]) / 1000
        return _answer(json.dumps({"cpu": time.process_time(), "wall": time.perf_counter()}).encode())


async def _serve() -> None:
    _Canned.ticket = _answer(data.ticket_body())
    _Canned.pages = tuple(_answer(data.page_body(number)) for number in range(1, data.PAGES + 1))
    server = await asyncio.get_running_loop().create_server(_Canned, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Server:
    """The server in its own process."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def _ask(self, path: str) -> dict[str, float]:
        with urlopen(self.base_url + path) as response:  # our own loopback address
            answer: dict[str, float] = json.load(response)
        return answer

    def delay(self, milliseconds: float) -> None:
        """Delay all later answers."""
        self._ask(f"/delay/{milliseconds}")

    def load(self, since: dict[str, float] | None = None) -> tuple[float, dict[str, float]]:
        """The share of the time since the mark `since` in which the server used its core, and a new mark."""
        now = self._ask("/cpu")
        busy = 0.0 if since is None else (now["cpu"] - since["cpu"]) / (now["wall"] - since["wall"])
        return busy, now


@contextlib.contextmanager
def running_server() -> Generator[Server]:
    """Run a server until the end of the block."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.server"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Server(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        finally:
            process.kill()


if __name__ == "__main__":
    pin(SERVER_CORE)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())
