"""Request bodies that are not JSON: forms, uploads, text and bytes. Pure.

Nothing in cStar's contract needs them; they are for packages that are generated from other documents.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

import attrs

from .headers import check_header_value
from .json_body import encode_body
from .parameters import bracketed, encode_text, is_compound
from .representation import safe_repr
from .serialization import is_object, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .operation import Operation

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
_BYTES: Final = "application/octet-stream"
_SEPARATORS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_QUOTED: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@attrs.frozen(repr=False)
class File:
    """A file to upload.

    Attributes:
        content: The bytes.
        name: The file's name.
        media_type: What it contains; by default what the document says of it, else `application/octet-stream`.
    """

    content: bytes
    name: str = "file"
    media_type: str = ""

    @safe_repr
    def __repr__(self) -> str:
        return f"<File {self.name!r}, {len(self.content)} bytes>"


def encode_content(value: object, operation: Operation) -> tuple[str, bytes]:
    """The media type and the bytes of a body that is not JSON.

    Raises:
        TypeError: A part of it has a type that this body cannot hold; the message names the field.
        ValueError: Some text contains a lone surrogate, or a datetime has no time zone.
    """
    media_type = operation.body_type
    if media_type not in {URLENCODED, MULTIPART}:
        if isinstance(value, str):
            value = value.encode()
        if not isinstance(value, bytes | bytearray):
            raise TypeError(f"the body must be bytes or text ({media_type}), got {kind_of(value)}")
        return media_type, bytes(value)
    if not is_object(value):
        raise TypeError(f"the body must be a mapping of the form's fields, got {kind_of(value)}")
    styles = dict(operation.encoding)
    if media_type == URLENCODED:
        pairs = [
            pair for name, part in value.items() for pair in _named(name, _pairs(name, part, styles.get(name, "")))
        ]
        return media_type, urlencode(pairs).encode()
    parts = [part for name, field in value.items() for part in _named(name, _parts(name, field, styles.get(name, "")))]
    # By their hash, so that the same fields are the same bytes, whenever they are sent.
    boundary = hashlib.sha256(b"".join(header + content for header, content in parts)).hexdigest()
    line = f"--{boundary}\r\n".encode()
    body = b"".join(line + header + content + b"\r\n" for header, content in parts) + f"--{boundary}--\r\n".encode()
    return f"{media_type}; boundary={boundary}", body


def _named(name: str, parts: Iterator[Any]) -> list[Any]:
    try:
        return list(parts)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _pairs(name: str, value: object, style: str) -> Iterator[tuple[str, str]]:
    """The pairs of one field. A null is sent as empty text, since a form has none."""
    if value is None:
        yield name, ""
    elif "json" in style:
        yield name, _json(value).decode()
    elif is_object(value) or style == "deepObject":
        yield from bracketed(name, value)
    elif is_compound(value):
        items = cast("Sequence[object]", value)
        if style:
            yield name, _SEPARATORS[style].join(encode_text(item) for item in items)
        elif any(is_compound(item) for item in items):
            yield from bracketed(name, items)
        else:
            yield from ((name, encode_text(item)) for item in items)
    else:
        yield name, encode_text(value)


def _parts(name: str, value: object, style: str) -> Iterator[tuple[bytes, bytes]]:
    """The header and the content of each part for one field."""
    if is_compound(value) and not is_object(value) and "json" not in style:
        for item in cast("Sequence[object]", value):
            yield from _parts(name, item, style)
        return
    media_type = style if "/" in style and "*" not in style else ""
    if isinstance(value, bytes | bytearray):
        value = File(bytes(value), name)
    if isinstance(value, File):
        yield _header(name, value.media_type or media_type or _BYTES, value.name), value.content
    elif is_object(value) or "json" in style:
        yield _header(name, media_type or "application/json"), _json(value)
    else:
        yield _header(name, media_type), b"" if value is None else encode_text(value).encode()


def _json(value: object) -> bytes:
    return encode_body(cast("Any", value))


def _header(name: str, media_type: str, file: str | None = None) -> bytes:
    names = f'name="{name.translate(_QUOTED)}"'
    if file is not None:
        names += f'; filename="{file.translate(_QUOTED)}"'
    check_header_value("Content-Type", media_type)
    kind = f"Content-Type: {media_type}\r\n" if media_type else ""
    return f"Content-Disposition: form-data; {names}\r\n{kind}\r\n".encode()
