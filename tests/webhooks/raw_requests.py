"""Requests as raw bytes, with valid and invalid signatures and encodings."""

from __future__ import annotations

import functools
import gzip
import itertools
import os
import time
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks import sign

from .deliveries import SECRET
from .servers import PATH

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
_NUMBERS = itertools.count()


def make_body(**other: Any) -> bytes:
    """The body of a new event."""
    event = {
        "id": f"evt_{os.getpid()}_{next(_NUMBERS)}",
        "type": "ticket.updated",
        "created_at": iso_time(time.time()),
        "team_id": "team",
        "data": {"id": "tkt_1", "title": "Café"},
    }
    return orjson.dumps({**event, **other})


class Sent(NamedTuple):
    """A request to be sent as raw bytes."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    method: bytes = b"POST"
    announced: bool = True
    """Whether to send Content-Length."""

    def to_bytes(self) -> bytes:
        """The bytes of the request."""
        lines = [b"%s %s HTTP/1.1" % (self.method, PATH.encode()), b"Host: x", b"Connection: close"]
        lines += [b"%s: %s" % pair for pair in self.headers]
        if self.announced:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([*lines, b"", self.body])


def header(body: bytes, secret: str = SECRET, **options: Any) -> tuple[bytes, bytes]:
    """The X-Signature header of a body."""
    return b"X-Signature", sign(body, secret, **options).encode()


def signed(body: bytes | None = None, *more: tuple[bytes, bytes], encode: Callable[[bytes], bytes] = bytes) -> Sent:
    """A body with a valid signature, encoded after it was signed."""
    body = make_body() if body is None else body
    return Sent([header(body), *more], encode(body))


def chunked(body: bytes, size: int = 7) -> bytes:
    """A body in the chunked transfer encoding."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def raw_deflate(body: bytes) -> bytes:
    """Deflate without the zlib header, as many senders do."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


def encoded_with(encoding: bytes) -> tuple[bytes, bytes]:
    """The Content-Encoding header."""
    return b"Content-Encoding", encoding


def with_signature(value: Callable[[bytes], bytes], *more: tuple[bytes, bytes]) -> Sent:
    """A body whose signature header is made by `value`."""
    body = make_body()
    return Sent([(b"X-Signature", value(body)), *more], body)


def plain(body: bytes) -> bytes:
    """A valid signature of the form without a time."""
    return header(body)[1]


def timed(body: bytes, away: float = 0) -> bytes:
    """A valid signature of the form with a time, `away` seconds from now."""
    return header(body, timestamp=time.time() + away)[1]


def signed_after(encode: Callable[[bytes], bytes], encoding: bytes) -> Sent:
    """A body that is encoded first and then signed."""
    body = encode(make_body())
    return Sent([header(body), encoded_with(encoding)], body)


def in_two(body: bytes) -> bytes:
    """A body as gzip in two members."""
    return gzip.compress(body[:20]) + gzip.compress(body[20:])


@functools.cache
def bomb() -> bytes:
    """200 MiB in 200 KB."""
    return gzip.compress(b" " * (200 * MIB), 6)


def large() -> bytes:
    """The body of a new event of almost 1 MiB."""
    return make_body(padding="x" * (MIB - 400))


def gzipped(encode: Callable[[bytes], bytes] = gzip.compress, body: bytes | None = None) -> Sent:
    """A signed body with the header for gzip."""
    return signed(body, encoded_with(b"gzip"), encode=encode)


def deflated(encode: Callable[[bytes], bytes]) -> Sent:
    """A signed body with the header for deflate."""
    return signed(None, encoded_with(b"deflate"), encode=encode)


def in_chunks(sent: Sent, size: int = 7) -> Sent:
    """The request in chunks, without Content-Length."""
    return sent._replace(
        headers=[*sent.headers, (b"Transfer-Encoding", b"chunked")], body=chunked(sent.body, size), announced=False
    )


def renamed(name: bytes) -> Sent:
    """A signed body with the signature header under this name."""
    sent = signed()
    return sent._replace(headers=[(name, sent.headers[0][1])])


def in_two_headers(first: Callable[[bytes], bytes], second: Callable[[bytes], bytes]) -> Sent:
    """A body with the signature header twice."""
    body = make_body()
    return Sent([(b"X-Signature", first(body)), (b"X-Signature", second(body))], body)


def forged(_: bytes) -> bytes:
    """An invalid signature."""
    return b"sha256=" + b"0" * 64


DELIVERIES: dict[str, tuple[int, Callable[[], Sent]]] = {
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
        200,
        lambda: with_signature(lambda body: timed(body).replace(b",", b",v1=" + b"0" * 64 + b",")),
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
        200,
        lambda: with_signature(lambda body: timed(body), (b"X-Signature", b"v1=" + b"0" * 64)),
    ),
    "a signature of 3,000 characters": (401, lambda: with_signature(lambda body: plain(body) + b"0" * 3_000)),
    # Headers about the event
    "X-Event-ID": (200, lambda: signed(make_body(id=f"evt_{time.time()}"))),
    "another X-Event-ID": (400, lambda: signed(None, (b"X-Event-ID", b"evt_x"))),
    "another X-Event-Type": (400, lambda: signed(None, (b"X-Event-Type", b"ticket.created"))),
    "X-Event-Type twice": (400, lambda: signed(None, *[(b"X-Event-Type", b"ticket.updated")] * 2)),
    "X-Event-Type in UTF-8": (200, lambda: signed(make_body(type="größe.x"), (b"X-Event-Type", "größe.x".encode()))),
    "X-Event-Type in Latin-1": (
        200,
        lambda: signed(make_body(type="größe.x"), (b"X-Event-Type", "größe.x".encode("latin-1"))),
    ),
    "other bytes in X-Event-Type": (400, lambda: signed(make_body(type="größe.x"), (b"X-Event-Type", b"\xff\xfe"))),
    # Content types
    "a charset": (200, lambda: signed(None, (b"Content-Type", b"application/json; charset=utf-16"))),
    "an unknown charset": (200, lambda: signed(None, (b"Content-Type", b"application/json; charset=klingon"))),
    "a form": (200, lambda: signed(None, (b"Content-Type", b"application/x-www-form-urlencoded"))),
    "an invalid content type": (200, lambda: signed(None, (b"Content-Type", b';;;\xff="'))),
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
        200,
        lambda: signed(None, (b"X-Middleware", b"read"), encoded_with(b"gzip"), encode=gzip.compress),
    ),
    # Methods
    "GET": (405, lambda: Sent([], b"", b"GET")),
    "HEAD": (405, lambda: Sent([], b"", b"HEAD")),
    "OPTIONS": (405, lambda: Sent([], b"", b"OPTIONS")),
    "PUT": (405, lambda: signed()._replace(method=b"PUT")),
}
"""The status of each delivery, and the function that makes it."""

ANSWERED_BY_AIOHTTP = {"br", "zstd", "half of a deflate"}
"""Refused by aiohttp's parser, before the receiver is called. The status is the same, the body is not."""

UNFRAMED: dict[str, bytes] = {
    "an invalid length": b"Content-Length: x\r\n\r\n{}",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "a length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "invalid chunks": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks that end in the middle": b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
    "less than announced": b"Content-Length: 100\r\n\r\n{}",
    "gzip, less than announced": b"Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b",
    "a header without a name": b": x\r\nContent-Length: 2\r\n\r\n{}",
    "a NUL in a header": b"X-Signature: sha256=\0\r\nContent-Length: 2\r\n\r\n{}",
    "an unknown transfer encoding": b"Transfer-Encoding: gzip\r\n\r\n{}",
}
"""Invalid HTTP. Servers answer it themselves or close the connection; the receiver neither accepts it nor fails."""
