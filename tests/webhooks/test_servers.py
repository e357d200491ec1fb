"""One table of deliveries, sent through raw sockets to each kind of server: the same answers everywhere, and no 500."""

from __future__ import annotations

import contextlib
import functools
import gzip
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks import sign
from tests.support.stress import at_length

from .deliveries import SECRET
from .servers import PATH, SERVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB = 1024 * 1024
_NUMBERS = itertools.count()


def make_body(**other: Any) -> bytes:
    """A new event."""
    event = {
        "id": f"evt_{os.getpid()}_{next(_NUMBERS)}",
        "type": "ticket.updated",
        "created_at": iso_time(time.time()),
        "team_id": "team",
        "data": {"id": "tkt_1", "title": "Café"},
    }
    return orjson.dumps({**event, **other})


class Sent(NamedTuple):
    """A request in bytes."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    method: bytes = b"POST"
    announced: bool = True
    """Whether to say the length of the body."""

    def to_bytes(self) -> bytes:
        """As it goes over the socket."""
        lines = [b"%s %s HTTP/1.1" % (self.method, PATH.encode()), b"Host: x", b"Connection: close"]
        lines += [b"%s: %s" % pair for pair in self.headers]
        if self.announced:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([*lines, b"", self.body])


def header(body: bytes, secret: str = SECRET, **options: Any) -> tuple[bytes, bytes]:
    """The signature of a body."""
    return b"X-Signature", sign(body, secret, **options).encode()


def signed(body: bytes | None = None, *more: tuple[bytes, bytes], encode: Callable[[bytes], bytes] = bytes) -> Sent:
    """A body with a good signature, maybe encoded after it was signed."""
    body = make_body() if body is None else body
    return Sent([header(body), *more], encode(body))


def chunked(body: bytes, size: int = 7) -> bytes:
    """In chunks."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def raw_deflate(body: bytes) -> bytes:
    """Without the header of zlib, as many senders do."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


def encoded_with(encoding: bytes) -> tuple[bytes, bytes]:
    """The header that says so."""
    return b"Content-Encoding", encoding


def with_signature(value: Callable[[bytes], bytes], *more: tuple[bytes, bytes]) -> Sent:
    """A body with another header for its signature."""
    body = make_body()
    return Sent([(b"X-Signature", value(body)), *more], body)


def plain(body: bytes) -> bytes:
    """The value of a good header."""
    return header(body)[1]


def timed(body: bytes, away: float = 0) -> bytes:
    """That of the newer form."""
    return header(body, timestamp=time.time() + away)[1]


def signed_after(encode: Callable[[bytes], bytes], encoding: bytes) -> Sent:
    """A body that was encoded first and then signed."""
    body = encode(make_body())
    return Sent([header(body), encoded_with(encoding)], body)


def in_two(body: bytes) -> bytes:
    """Encode with gzip, in two members."""
    return gzip.compress(body[:20]) + gzip.compress(body[20:])


@functools.cache
def bomb() -> bytes:
    """200 MiB in 200 KB."""
    return gzip.compress(b" " * (200 * MIB), 6)


def large() -> bytes:
    """A new event of almost 1 MiB."""
    return make_body(padding="x" * (MIB - 400))


def gzipped(encode: Callable[[bytes], bytes] = gzip.compress, body: bytes | None = None) -> Sent:
    """A signed body that is called gzip."""
    return signed(body, encoded_with(b"gzip"), encode=encode)


def deflated(encode: Callable[[bytes], bytes]) -> Sent:
    """A signed body that is called deflate."""
    return signed(None, encoded_with(b"deflate"), encode=encode)


def in_chunks(sent: Sent, size: int = 7) -> Sent:
    """The same without a length."""
    return sent._replace(
        headers=[*sent.headers, (b"Transfer-Encoding", b"chunked")], body=chunked(sent.body, size), announced=False
    )


def renamed(name: bytes) -> Sent:
    """With the name of the signature's header in other letters."""
    sent = signed()
    return sent._replace(headers=[(name, sent.headers[0][1])])


def in_two_headers(first: Callable[[bytes], bytes], second: Callable[[bytes], bytes]) -> Sent:
    """With the signature's header twice."""
    body = make_body()
    return Sent([(b"X-Signature", first(body)), (b"X-Signature", second(body))], body)


def forged(_: bytes) -> bytes:
    """A signature that is not good."""
    return b"sha256=" + b"0" * 64


TABLE: dict[str, tuple[int, Callable[[], Sent]]] = {
    # Signatures
    "plain": (200, lambda: signed()),
    "timed": (200, lambda: with_signature(timed)),
    "a day old": (200, lambda: with_signature(lambda body: timed(body, -86_400))),
    "forty days old": (401, lambda: with_signature(lambda body: timed(body, -40 * 86_400))),
    "no signature": (401, lambda: Sent([], make_body())),
    "empty signature": (401, lambda: with_signature(lambda body: b"")),
    "another secret": (401, lambda: with_signature(lambda body: sign(body, "whsec_other").encode())),
    "over other bytes": (401, lambda: with_signature(lambda body: plain(body + b" "))),
    "several v1": (200, lambda: with_signature(lambda body: timed(body) + b",v1=" + b"0" * 64)),
    "several v1, the last is good": (
        200, lambda: with_signature(lambda body: timed(body).replace(b",", b",v1=" + b"0" * 64 + b",")),
    ),
    "spaces at commas": (200, lambda: with_signature(lambda body: timed(body).replace(b",", b" , "))),
    "spaces around": (200, lambda: with_signature(lambda body: b"  " + plain(body) + b" \t")),
    "name in lower case": (200, lambda: renamed(b"x-signature")),
    "name in capitals": (200, lambda: renamed(b"X-SIGNATURE")),
    "hex in capitals": (401, lambda: with_signature(lambda body: plain(body).upper())),
    "bytes in the signature": (401, lambda: with_signature(lambda body: plain(body)[:-1] + b"\xe9")),
    "two headers, both good": (401, lambda: in_two_headers(plain, plain)),
    "two headers, the first is good": (401, lambda: in_two_headers(plain, forged)),
    "two headers, the last is good": (401, lambda: in_two_headers(forged, plain)),
    "two headers, one form": (
        200, lambda: with_signature(lambda body: timed(body), (b"X-Signature", b"v1=" + b"0" * 64)),
    ),
    "a signature of 3,000 characters": (401, lambda: with_signature(lambda body: plain(body) + b"0" * 3_000)),
    # What the headers say of the event
    "X-Event-ID": (200, lambda: signed(make_body(id=f"evt_{time.time()}"))),
    "another X-Event-ID": (400, lambda: signed(None, (b"X-Event-ID", b"evt_x"))),
    "another X-Event-Type": (400, lambda: signed(None, (b"X-Event-Type", b"ticket.created"))),
    "X-Event-Type twice": (400, lambda: signed(None, *[(b"X-Event-Type", b"ticket.updated")] * 2)),
    "X-Event-Type in UTF-8": (200, lambda: signed(make_body(type="größe.x"), (b"X-Event-Type", "größe.x".encode()))),
    "X-Event-Type in Latin-1": (
        200, lambda: signed(make_body(type="größe.x"), (b"X-Event-Type", "größe.x".encode("latin-1"))),
    ),
    "other bytes in X-Event-Type": (400, lambda: signed(make_body(type="größe.x"), (b"X-Event-Type", b"\xff\xfe"))),
    # Content types
    "a charset": (200, lambda: signed(None, (b"Content-Type", b"application/json; charset=utf-16"))),
    "an unknown charset": (200, lambda: signed(None, (b"Content-Type", b"application/json; charset=klingon"))),
    "a form": (200, lambda: signed(None, (b"Content-Type", b"application/x-www-form-urlencoded"))),
    "a content type that is none": (200, lambda: signed(None, (b"Content-Type", b';;;\xff="'))),
    # Content
    "empty": (400, lambda: signed(b"")),
    "not JSON": (400, lambda: signed(b"\x00\xff{")),
    "an array": (400, lambda: signed(b"[]")),
    "UTF-16": (400, lambda: signed(make_body().decode().encode("utf-16"))),
    "a byte order mark": (200, lambda: signed(b"\xef\xbb\xbf" + make_body())),
    "bytes that are not UTF-8": (200, lambda: signed(make_body().replace("é".encode(), b"\xe9"))),
    "bytes that are not UTF-8 in the id": (400, lambda: signed(make_body().replace(b"evt_", b"evt_\xe9"))),
    "half an emoji": (200, lambda: signed(make_body().replace("é".encode(), rb"\ud83d"))),
    "half an emoji in the id": (400, lambda: signed(make_body().replace(b"evt_", rb"evt_\ud83d"))),
    "nested too deeply": (400, lambda: signed(b'{"a":' * 90_000)),
    "years ago": (400, lambda: signed(make_body(created_at="2020-01-01T00:00:00Z"))),
    "years ahead": (400, lambda: signed(make_body(created_at="2120-01-01T00:00:00Z"))),
    "almost 1 MiB": (200, lambda: signed(large())),
    "over 1 MiB": (413, lambda: signed(b"x" * (MIB + 1))),
    # Encodings
    "identity": (200, lambda: signed(None, encoded_with(b"identity"))),
    "gzip": (200, gzipped),
    "gzip in capitals": (200, lambda: signed(None, encoded_with(b"GZIP"), encode=gzip.compress)),
    "gzip in two members": (200, lambda: gzipped(in_two)),
    "gzip, signed afterwards": (401, lambda: signed_after(gzip.compress, b"gzip")),
    "gzip without its checksum": (200, lambda: gzipped(lambda body: gzip.compress(body)[:-8])),
    "half of a gzip": (401, lambda: gzipped(lambda body: gzip.compress(body)[:60])),
    "gzip with a wrong checksum": (400, lambda: gzipped(lambda body: gzip.compress(body)[:-8] + b"\0" * 8)),
    "more after a gzip": (400, lambda: gzipped(lambda body: gzip.compress(body) + b"more")),
    "not gzip": (400, lambda: gzipped(bytes)),
    "gzip of nothing": (400, lambda: gzipped(body=b"")),
    "an empty body called gzip": (400, lambda: gzipped(bytes, b"")),
    "gzip of almost 1 MiB": (200, lambda: gzipped(body=large())),
    "a bomb": (413, lambda: Sent([header(bomb()), encoded_with(b"gzip")], bomb())),
    "9,000 bytes that are not gzip": (400, lambda: gzipped(bytes, b"x" * 9_000)),
    "deflate": (200, lambda: deflated(zlib.compress)),
    "deflate without a header": (200, lambda: deflated(raw_deflate)),
    "half of a deflate": (400, lambda: deflated(lambda body: zlib.compress(body)[:60])),
    "not deflate": (400, lambda: deflated(bytes)),
    "br": (400, lambda: signed(None, encoded_with(b"br"))),
    "zstd": (400, lambda: signed(None, encoded_with(b"zstd"))),
    "an unknown encoding": (400, lambda: signed(None, encoded_with(b"rot13"))),
    "gzip twice": (400, lambda: signed(None, encoded_with(b"gzip, gzip"))),
    "two encodings": (400, lambda: signed(None, encoded_with(b"gzip"), encoded_with(b"deflate"))),
    # Framing
    "chunks": (200, lambda: in_chunks(signed())),
    "chunks of gzip": (200, lambda: in_chunks(gzipped())),
    "chunks of what is not gzip": (400, lambda: in_chunks(gzipped(bytes))),
    "no chunks at all": (400, lambda: in_chunks(signed(b""))),
    "chunks over 1 MiB": (413, lambda: in_chunks(signed(b"x" * (MIB + 1)), 65_536)),
    "neither length nor chunks": (401, lambda: Sent([header(b"x")], b"", announced=False)),
    "a body in a middleware's hands": (200, lambda: signed(None, (b"X-Middleware", b"read"))),
    "gzip in a middleware's hands": (
        200, lambda: signed(None, (b"X-Middleware", b"read"), encoded_with(b"gzip"), encode=gzip.compress),
    ),
    # Methods
    "GET": (405, lambda: Sent([], b"", b"GET")),
    "HEAD": (405, lambda: Sent([], b"", b"HEAD")),
    "OPTIONS": (405, lambda: Sent([], b"", b"OPTIONS")),
    "PUT": (405, lambda: signed()._replace(method=b"PUT")),
}  # fmt: skip

ANSWERED_BY_AIOHTTP = {"br", "zstd", "half of a deflate"}
"""By its parser, before the receiver is asked, where it has no decoder. The status is the same, the body its own."""

UNFRAMED: dict[str, bytes] = {
    "a length that is none": b"Content-Length: x\r\n\r\n{}",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "a length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks that are none": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks that end in the middle": b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
    "less than announced": b"Content-Length: 100\r\n\r\n{}",
    "gzip, less than announced": b"Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b",
    "a header without a name": b": x\r\nContent-Length: 2\r\n\r\n{}",
    "a NUL in a header": b"X-Signature: sha256=\0\r\nContent-Length: 2\r\n\r\n{}",
    "an unknown transfer encoding": b"Transfer-Encoding: gzip\r\n\r\n{}",
}
"""What is not HTTP. Servers answer by themselves or hang up; the receiver may not fail, and never accepts it."""


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
                stdout=log, stderr=log, cwd=Path(__file__).parents[2],
            )  # fmt: skip

    def exchange(self, sent: bytes, *, end: bool = False) -> bytes:
        """What comes back; empty if nothing does."""
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
        """Return when it listens."""
        for _ in range(3_000):
            with contextlib.suppress(ConnectionError):
                self.exchange(Sent([], b"", b"GET").to_bytes())
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """One of each kind, all started at once."""
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


@pytest.mark.parametrize("name", TABLE)
def test_each_server_answers_the_same(servers: dict[str, Server], name: str) -> None:
    """A delivery is answered by one rule, whichever server and framework it comes through."""
    status, make = TABLE[name]
    answers = {kind: server.exchange(make().to_bytes()) for kind, server in servers.items()}
    assert {kind: status_of(answer) for kind, answer in answers.items()} == dict.fromkeys(servers, status)
    for answer in answers.values():
        head, _, body = answer.partition(b"\r\n\r\n")
        if status == 405:
            assert b"\nallow: post" in head.lower()
        elif name not in ANSWERED_BY_AIOHTTP:
            assert (b'{"received":true,"duplicate":false}' if status == 200 else b'{"error":"') in body


@pytest.mark.parametrize("name", UNFRAMED)
def test_what_is_not_http_is_refused(servers: dict[str, Server], name: str) -> None:
    """Each server refuses it in its own way, none of them accepts it, and none of them fails."""
    for kind, server in servers.items():
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
        answer = server.exchange(head + UNFRAMED[name], end=True)
        assert status_of(answer) in {0, 400, 401, 408, 411, 415, 501}, (kind, answer)


def test_a_body_that_a_middleware_has_taken_away_is_no_forgery(servers: dict[str, Server]) -> None:
    """What is wrong on this side is not answered 401, and said in the log."""
    for kind in ("aiohttp", "fastapi", "flask"):
        sent = signed(None, (b"X-Middleware", b"consume"))
        assert status_of(servers[kind].exchange(sent.to_bytes())) == 503
        assert "a middleware before the receiver has read it" in servers[kind].log.read_text()


def test_repeats_are_known(servers: dict[str, Server]) -> None:
    """In each request's own loop, and in each process, the inbox is the same."""
    for server in servers.values():
        sent = signed().to_bytes()
        found = [b'"duplicate":true' in server.exchange(sent) for _ in range(at_length(4, 50))]
        assert found == [False, *[True] * (len(found) - 1)]


def test_beside_the_receiver_another_application_starts(servers: dict[str, Server]) -> None:
    """The receiver takes part in the lifespan of its server, so that its neighbour's is run."""
    answer = servers["hypercorn"].exchange(b"GET /neighbour HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"lifespan.startup" in answer


def test_a_websocket_is_refused(servers: dict[str, Server]) -> None:
    """Whoever asks for a websocket is told no."""
    for kind in ("uvicorn", "hypercorn"):
        answer = servers[kind].exchange(
            f"GET {PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode(),
        )
        assert status_of(answer) in {403, 405}, answer


def test_nothing_was_a_failure(servers: dict[str, Server]) -> None:
    """Whatever the other tests of this module have sent, no error passes through our code, and no secret is logged."""
    for kind, server in servers.items():
        text = server.log.read_text()
        # aiohttp logs what its parser refuses with a traceback of its own.
        assert ("cstar_async" if kind == "aiohttp" else "Traceback") not in text
        assert "whsec_" not in text
