"""A server that executes writes and counts them, and can fail in many ways before or after each.

It writes HTTP as bytes over real sockets, so that an answer can be cut or damaged anywhere. Like the service, it
stores the answer to an idempotency key, and sends it again instead of repeating the write.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any, Final, NamedTuple

import orjson

from cstar_async.client import CStarClient
from tests.support.server import KEY, TEAM

HTML: Final = b"<!doctype html><html><head><title>Bad gateway</title></head><body>nginx</body></html>"


class Fault(NamedTuple):
    """What happens to one request."""

    executes: bool
    """Whether the write is executed, or its answer repeated if it was executed before."""
    status: int = 0
    """The status of the answer; 0 for the correct one, -1 for no answer."""
    body: bytes | None = None
    """The body of the answer; None for the correct one."""
    headers: bytes = b""
    cut: int | None = None
    """The number of bytes after which the connection is closed."""
    busy: bool = False
    """Whether the write stays in progress until the next request with its key."""


def error(code: str) -> bytes:
    """An error body of the service."""
    return orjson.dumps({"success": False, "error": {"code": code, "message": code}})


NO_FAULT: Final = Fault(executes=True)
FAULTS: Final = {
    # No answer, or an incomplete one.
    "closed before": Fault(executes=False, status=-1),
    "closed after": Fault(executes=True, status=-1),
    "cut in the status line": Fault(executes=True, cut=9),
    "cut in the headers": Fault(executes=True, cut=30),
    "cut in the body": Fault(executes=True, cut=-5),
    # Complete answers that cannot be decoded.
    "broken JSON": Fault(executes=True, body=b'{"success":true,"data":{"id":"t'),
    "empty": Fault(executes=True, body=b""),
    "no content": Fault(executes=True, status=204, body=b""),
    "a page with 200": Fault(executes=True, status=200, body=HTML, headers=b"Content-Type: text/html\r\n"),
    "a captive portal": Fault(executes=False, status=200, body=HTML, headers=b"Content-Type: text/html\r\n"),
    "another envelope": Fault(executes=True, body=b'{"result":{"id":"t1"}}'),
    "null": Fault(executes=True, body=b"null"),
    "an array": Fault(executes=True, body=b"[]"),
    "a string as the id": Fault(executes=True, body=b'{"success":true,"data":"t1"}'),
    "not gzip": Fault(executes=True, headers=b"Content-Encoding: gzip\r\n"),
    "half a gzip": Fault(executes=True, body=gzip.compress(b'{"data":{}}')[:15], headers=b"Content-Encoding: gzip\r\n"),
    "a failure with 200": Fault(executes=True, status=200, body=error("internal_error")),
    # Errors, of a proxy or of the service, that do not say whether the write was executed.
    "500 done": Fault(executes=True, status=500, body=error("internal_error")),
    "500 not done": Fault(executes=False, status=500, body=error("internal_error")),
    "502 done": Fault(executes=True, status=502, body=HTML),
    "520 done": Fault(executes=True, status=520, body=HTML),
    "504 done": Fault(executes=True, status=504, body=b""),
    "501 done": Fault(executes=True, status=501, body=HTML),
    "408 done": Fault(executes=True, status=408, body=error("timeout")),
    "403 of a proxy, done": Fault(executes=True, status=403, body=HTML),
    "404 of a proxy, done": Fault(executes=True, status=404, body=b'{"message":"no Route matched with those values"}'),
    "413 of a proxy": Fault(executes=False, status=413, body=HTML),
    "302 done": Fault(executes=True, status=302, body=b"", headers=b"Location: /elsewhere\r\n"),
    "304 done": Fault(executes=True, status=304, body=b""),
    "busy": Fault(executes=True, status=-1, busy=True),
    # Refusals before the idempotency key is looked up.
    "429": Fault(executes=False, status=429, body=error("rate_limited")),
    "401": Fault(executes=False, status=401, body=error("invalid_api_key")),
    "403": Fault(executes=False, status=403, body=error("forbidden")),
}


class CountingServer:
    """Injects the faults in order, and answers correctly after them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.requests = 0
        self.effects: Counter[str] = Counter()
        """How often each write was executed."""
        self.answers: dict[str, bytes] = {}
        """The answer to each key."""
        self.busy: dict[str, str] = {}
        """The write in progress of each key."""
        self.deleted: set[str] = set()
        self.port = 0

    def client(self, **options: Any) -> CStarClient:
        return CStarClient(KEY, team_id=TEAM, base_url=f"http://127.0.0.1:{self.port}", **options)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request_line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = request_line.split(" ")
        self.requests += 1
        fault = self.faults.pop(0) if self.faults else NO_FAULT
        answer = self._answer(fault, method, path, headers.get("idempotency-key"), body)
        writer.write(answer)
        await writer.drain()
        return fault.status != -1 and fault.cut is None

    def _answer(self, fault: Fault, method: str, path: str, key: str | None, body: bytes) -> bytes:
        if key is not None and key in self.busy:
            status, text = 409, error("idempotency_in_progress")
            self._apply(self.busy.pop(key), key)
        elif fault.busy and key is not None and key not in self.answers:
            self.busy[key] = f"{method} {path} {body.decode()}"
            return b""
        elif fault.executes:
            status, text = self._execute(f"{method} {path} {body.decode()}", key)
        else:
            status, text = 0, b""
        if fault.status == -1:
            return b""
        status = fault.status or status
        text = text if fault.body is None else fault.body
        head = b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n" % (status, len(text), fault.headers)
        return (head + text)[: fault.cut]

    def _execute(self, write: str, key: str | None) -> tuple[int, bytes]:
        if write.startswith("DELETE"):
            if write in self.deleted:
                return 404, error("resource_missing")
            self.deleted.add(write)
        if key is None or key not in self.answers:
            self._apply(write, key)
        return 200, b'{"success":true,"data":{"id":"t1"}}' if key is None else self.answers[key]

    def _apply(self, write: str, key: str | None) -> None:
        self.effects[write] += 1
        if key is not None:
            self.answers[key] = b'{"success":true,"data":{"id":"t%d"}}' % self.effects.total()


@contextlib.asynccontextmanager
async def counting(faults: list[Fault]) -> AsyncGenerator[CountingServer]:
    """A counting server on a loopback port."""
    made = CountingServer(faults)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
