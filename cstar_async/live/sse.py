"""Server-sent events: the format of the HTML standard, parsed as bytes come in. Pure.

Work is linear in the number of bytes, in chunks of any size. Memory is bounded by `LONGEST`.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 16 * 1024 * 1024
"""Bytes of one event, its unfinished line included. A longer event is an error."""

LONGEST_ID: Final = 4096
"""Bytes of an id, which is sent in a header. Servers accept 8 KB of headers."""

_LINE_END: Final = re.compile(rb"\r\n?|\n")
# Characters that a header can carry as UTF-8. (The standard excludes only NUL.)
_SENDABLE_ID: Final = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")


class Frame(NamedTuple):
    """One event of a stream."""

    id: str
    """The last id of the stream, which is valid until the stream sets another."""
    event: str
    data: bytes
    """As it was sent, lines joined by LF."""

    def __repr__(self) -> str:
        return (
            f"<Frame {self.id!r} {self.event!r}, {len(self.data)} bytes>"  # a traceback may show it, but not the data
        )


class FrameTooLongError(Exception):
    """An event of a stream is longer than LONGEST. `event_id` is its own id, None if it has set none yet."""

    def __init__(self, event_id: str | None) -> None:
        super().__init__(f"an event of the stream is longer than {LONGEST} bytes")
        self.event_id = event_id


def _line_ends(chunk: bytes, start: int) -> Iterator[tuple[int, int]]:
    """For each line, where it ends and where the next one begins."""
    if b"\r" in chunk:
        for found in _LINE_END.finditer(chunk, start):
            yield found.span()
    else:  # the usual case, and much faster
        while (end := chunk.find(b"\n", start)) >= 0:
            start = end + 1
            yield end, start


class Parser:
    """Parses a stream.

    Attributes:
        last_id: The id of the last event that has ended, for the Last-Event-ID of the next connection; empty for none.
        retry: Seconds to wait before the next connection, as the stream states; None if it does not.
    """

    def __init__(self, last_id: str = "") -> None:
        """Begin a new stream, which continues after `last_id`."""
        self.last_id = last_id
        self.retry: float | None = None
        self._first_line = True
        self._after_cr = False
        self._line = bytearray()
        self._id = last_id
        self._own_id = False
        self._event = b""
        self._data = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """Yield the events that end in this chunk. Exhaust the iterator before the next chunk.

        Raises:
            FrameTooLongError: An event is longer than LONGEST.
        """
        if not chunk:
            return
        start = 1 if self._after_cr and chunk.startswith(b"\n") else 0
        self._after_cr = chunk.endswith(b"\r")
        for end, after in _line_ends(chunk, start):
            line = chunk[start:end]
            if self._line:
                self._line += line
                line = bytes(self._line)
                self._line.clear()
            start = after
            frame = self._read_line(line)
            if frame is not None:
                yield frame
        self._line += memoryview(chunk)[start:]
        self._check_length()

    def _check_length(self) -> None:
        if len(self._line) + len(self._data) + len(self._event) > LONGEST:
            raise FrameTooLongError(self._id if self._own_id else None)

    def _read_line(self, line: bytes) -> Frame | None:
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(codecs.BOM_UTF8)
        if not line:
            return self._end_event()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data += value
            self._data += b"\n"
            self._check_length()
        elif name == b"event":
            self._event = value
            self._check_length()
        elif name == b"id" and len(value) <= LONGEST_ID and _SENDABLE_ID.fullmatch(value):
            self._id = value.decode("utf-8", "replace")
            self._own_id = True
        elif name == b"retry" and value.isdigit():
            # Ten digits are months, and Python refuses to read thousands of them.
            self.retry = int(value.lstrip(b"0")[:10] or b"0") / 1_000
        return None

    def _end_event(self) -> Frame | None:
        self.last_id = self._id
        frame = None
        if self._data:
            frame = Frame(self._id, self._event.decode("utf-8", "replace"), bytes(self._data[:-1]))
            self._data.clear()
        self._event, self._own_id = b"", False
        return frame
