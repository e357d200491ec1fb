"""A pooler like PgBouncer: it logs clients in by itself, and lends them connections to the server."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LOGIN = struct.Struct("!ii")
KEY = b"K" + struct.pack("!iii", 12, -1, 7)
"""A backend key with a process number that does not exist."""


class Server:
    """A connection to the server, with a task that forwards its answers to the client that has borrowed it."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._greeting = b""
        self._task: asyncio.Task[None] | None = None
        self._free = asyncio.Lock()
        self._borrower: asyncio.StreamWriter | None = None

    async def greet(self, login: bytes) -> bytes:
        """Connect if not connected; the server's messages after the login, with the key replaced."""
        if self._task is None:
            reader, self._writer = await asyncio.open_unix_connection(self._socket)
            self._writer.write(login)
            kind = b""
            while kind != b"Z":
                kind, message = await read(reader)
                self._greeting += KEY if kind == b"K" else message
            self._task = asyncio.create_task(self._answer(reader))
        return self._greeting

    async def ask(self, message: bytes, client: asyncio.StreamWriter) -> None:
        """Forward a message, once no other client has a transaction open."""
        if self._borrower is not client:
            await self._free.acquire()
            self._borrower = client
        self._writer.write(message)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._writer.close()
            await self._writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        while True:
            kind, message = await read(reader)
            if self._borrower is not None:
                self._borrower.write(message)
            if kind == b"Z" and message.endswith(b"I"):  # no transaction is open
                self._borrower = None
                self._free.release()


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read a message; its kind and all its bytes."""
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


@contextlib.asynccontextmanager
async def pooler(socket: Path, *, shared: bool) -> AsyncIterator[int]:
    """Run a pooler and yield its port.

    Args:
        socket: The socket of the server.
        shared: Whether all clients borrow one connection for each transaction; else each has its own.
    """
    servers = [Server(socket)] if shared else []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = servers[0] if shared else Server(socket)
        servers.append(server)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readexactly(4)
            login = head + await reader.readexactly(struct.unpack("!i", head)[0] - 4)
            writer.write(await server.greet(login))
            while True:
                kind, message = await read(reader)
                if kind == b"X":
                    break
                await server.ask(message, writer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1")
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await listening.wait_closed()
        for server in set(servers):
            await server.close()
