"""The content of a delivery: the body without its Content-Encoding, which is what is signed. Pure."""

from __future__ import annotations

import zlib
from typing import Final

LARGEST_BODY: Final = 1024 * 1024
"""Bytes, both as received and decoded."""

_GZIP: Final = 16 + zlib.MAX_WBITS
_ZLIB: Final = zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_MOST_MEMBERS: Final = 1_024
"""Members of a gzip body. Each needs a decompressor of its own, even for a few bytes."""


class TooLargeError(ValueError):
    """The content is larger than `LARGEST_BODY`."""


class UnreadableError(ValueError):
    """The body is not encoded as its header says."""


class UnsupportedError(ValueError):
    """The encoding is not one that this package decodes."""


def check_encoding(header: str | None) -> str:
    """Return the Content-Encoding to decode, empty if the body is not encoded.

    Only encodings that Python's standard library decodes are supported, so that the answer does not depend on what
    else is installed.

    Raises:
        UnsupportedError: It is neither `gzip` nor `deflate`.
    """
    encoding = (header or "").strip().lower()
    if encoding in {"", "identity"}:
        return ""
    if encoding in {"gzip", "deflate"}:
        return encoding
    raise UnsupportedError("Content-Encoding must be gzip or deflate, or absent")


def decode(body: bytes, encoding: str) -> bytes:
    """Decode a body by the encoding that `check_encoding` returned.

    No more than `LARGEST_BODY` is ever decoded, however large the content would become.

    Raises:
        TooLargeError: The content is too large.
        UnreadableError: The body is not encoded like that.
    """
    if not encoding or not body:
        return body
    content = bytearray()
    rest, members = body, 0
    try:
        while rest:
            members += 1
            if members > _MOST_MEMBERS:
                raise UnreadableError("the body has too many gzip members")
            decompressor = zlib.decompressobj(_window(rest, encoding))
            content += decompressor.decompress(rest, LARGEST_BODY + 1 - len(content))
            if len(content) > LARGEST_BODY:
                raise TooLargeError("the content is too large")
            if not decompressor.eof:
                if encoding == "deflate":
                    raise UnreadableError("the body ends before its encoding does")
                # gzip: the end is missing, the checksum or more. If content is missing, the signature is invalid.
                break
            rest = decompressor.unused_data
    except zlib.error:
        raise UnreadableError("the body is not encoded as Content-Encoding says") from None
    return bytes(content)


def _window(body: bytes, encoding: str) -> int:
    if encoding == "gzip":
        return _GZIP
    # Many senders leave out the header of zlib, which is recognised by its first byte (RFC 1950).
    return _ZLIB if body[0] & 0x0F == 8 else _RAW
