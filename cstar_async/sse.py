"""Server-sent events as bytes come in: the format of the HTML standard, without I/O."""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

LONGEST: Final = 16 * 1024 * 1024
"""Characters of one event. Longer ones are given up, so that no stream can fill the memory."""


class Frame(NamedTuple):
    """One event of a stream."""

    id: str
    """The last id that the stream has set; it stays until the stream sets another."""
    event: str
    data: str


class FrameTooLongError(Exception):
    """An event of a stream has no end."""


class Parser:
    """Takes the stream apart. `last_id` and `retry` (seconds) are what the stream has set."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry: float | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._after_cr = False
        self._event = ""
        self._data: list[str] = []
        self._length = 0

    def feed(self, chunk: bytes) -> list[Frame]:
        """The events that are complete with this chunk. Raises FrameTooLongError."""
        text = self._decoder.decode(chunk)
        if self._after_cr and text:
            # A line may end in CR LF, and the chunk before ended between the two.
            text = text.removeprefix("\n")
            self._after_cr = False
        self._text += text
        self._after_cr = self._text.endswith("\r")
        *lines, self._text = self._text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        found = [frame for line in lines if (frame := self._line(line)) is not None]
        if self._length + len(self._text) > LONGEST:
            raise FrameTooLongError(f"an event of the stream is longer than {LONGEST} characters")
        return found

    def _line(self, line: str) -> Frame | None:
        if not line:
            frame = Frame(self.last_id, self._event, "\n".join(self._data)) if self._data else None
            self._event, self._data, self._length = "", [], 0
            return frame
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._length += len(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self.last_id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value) / 1_000
        return None
