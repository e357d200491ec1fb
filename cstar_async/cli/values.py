"""Values of options: from the text of a command line to JSON, by the type of a parameter."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    from cstar_async._core.operation import Param

_AGO: Final = re.compile(r"([+-]?)(\d{1,9})([smhdw])")
_ZONE: Final = re.compile(r"([Zz]|[+-]\d\d(:?\d\d)?)$")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def complete_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  # called by click
    """Let the shell complete the name of a file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


class KnownValues(click.ParamType[Any]):
    """One of the known values of an enumeration; with `--unchecked` any, since the service may have new ones."""

    name = "value"

    def __init__(self, values: Sequence[str | int]) -> None:
        self._values = {str(value): value for value in values}

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show the values, if they are few."""
        return f"[{'|'.join(self._values)}]" if len(self._values) <= 8 else "VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the known value, in whatever case it is written, or refuse it and suggest the nearest."""
        text = str(value)
        if text in self._values:
            return self._values[text]
        alike = [name for name in self._values if name.casefold() == text.casefold()]
        if len(alike) == 1:
            return self._values[alike[0]]
        if ctx is not None and ctx.params.get("unchecked"):
            numbers = all(isinstance(known, int) for known in self._values.values())
            return click.INT.convert(value, param, ctx) if numbers else text
        from difflib import get_close_matches

        near = alike or get_close_matches(text, list(self._values), 1)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; --unchecked sends it all the same"
        return self.fail(f"{text!r} is not one of {', '.join(self._values)}{hint}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The known values that begin like this."""
        from click.shell_completion import CompletionItem

        start = incomplete.casefold()
        return [CompletionItem(value) for value in self._values if value.casefold().startswith(start)]


class Moment(click.ParamType[Any]):
    """A moment: ISO 8601, a date (its midnight), `2h` (two hours ago), `+30d` (in thirty days).

    Without a zone, the time is that of this machine.
    """

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it in ISO 8601 with a zone."""
        import datetime as dt

        from cstar_async._core.serialization import encode_datetime, parse_date, parse_datetime

        text = str(value)
        relative = _AGO.fullmatch(text)
        try:
            if relative:
                sign, count, unit = relative.groups()
                seconds = int(count) * _SECONDS[unit]
                now = dt.datetime.now(dt.UTC).replace(microsecond=0)
                return encode_datetime(now + dt.timedelta(seconds=seconds if sign == "+" else -seconds))
            if "T" not in text.upper() and " " not in text:
                return encode_datetime(dt.datetime.combine(parse_date(text), dt.time()).astimezone())
            moment = parse_datetime(text)
            return encode_datetime(moment if _ZONE.search(text) else moment.replace(tzinfo=None).astimezone())
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is not a time such as 2026-03-01T12:00:00Z, 2026-03-01, 2h or +30d", param, ctx)


class Date(click.ParamType[Any]):
    """A date in ISO 8601."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as it is."""
        from cstar_async._core.serialization import parse_date

        try:
            return parse_date(str(value)).isoformat()
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2026-03-01", param, ctx)


def parse_json(text: str) -> Any:
    """The value of a JSON text; integers of any size are exact. Raises ValueError, which says where it is wrong."""
    from cstar_async._core.json_body import read_json

    if not text.strip():
        raise ValueError("it is empty")
    return read_json(text, mend=False)


class Json(click.ParamType[Any]):
    """JSON, `@FILE` with JSON in it, or `-` for standard input."""

    name = "json"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The files, after an @."""
        return complete_files(ctx, param, incomplete) if incomplete.startswith("@") else []

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the parsed JSON."""
        try:
            return parse_json(self.read(str(value), param, ctx))
        except ValueError as error:
            if re.fullmatch(r"[\w./~-]+\.\w+", str(value)):
                self.fail(f"not JSON; a file is written as @{value}", param, ctx)
            self.fail(f"not JSON: {error}", param, ctx)

    def read(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself, or that of the file or the input that it names."""
        if value != "-" and not value.startswith("@"):
            return value
        from pathlib import Path

        name = "standard input" if value == "-" else value[1:]
        if not name:
            self.fail("@ must have the name of a file behind it", param, ctx)
        try:
            raw = sys.stdin.buffer.read() if value == "-" else Path(name).read_bytes()
            return raw.decode("utf-8-sig")
        except OSError as error:
            self.fail(f"{name} cannot be read: {error.strerror}", param, ctx)
        except UnicodeDecodeError as error:
            self.fail(f"{name} is not UTF-8 (byte {error.start})", param, ctx)


class Members(Json):
    """Members of an object: `key=text`, `key:=JSON`, or JSON for several."""

    name = "key=text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Return the members."""
        text = str(value)
        if text[:1] in {"{", "@"} or text == "-":
            found = super().convert(text, param, ctx)
            if not isinstance(found, dict):
                self.fail("needs to be a JSON object", param, ctx)
            return dict(found)  # pyright: ignore[reportUnknownArgumentType]
        key, sign, rest = text.partition("=")
        if not sign or not key.rstrip(":"):
            self.fail(f"{text!r} is not key=text, key:=JSON or a JSON object", param, ctx)
        if key.endswith(":"):
            return {key[:-1]: super().convert(rest, param, ctx)}
        return {key: rest}


class Anything(Json):
    """JSON; what is not JSON is text."""

    name = "value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the parsed JSON, or the text."""
        text = self.read(str(value), param, ctx)
        try:
            return parse_json(text)
        except ValueError:
            return text


_BY_TYPE: Final[dict[str, click.ParamType[Any]]] = {
    "integer": click.INT,
    "number": click.FLOAT,
    "date-time": Moment(),
    "date": Date(),
    "object": Json(),
    "array": Json(),
    "any": Anything(),
}


def type_of(param: Param) -> click.ParamType[Any]:
    """The type of an option: that of an item, for a list, and of some members, for an object."""
    if param.values:
        return KnownValues(param.values)
    if param.type == "object":
        return Members()
    return _BY_TYPE.get(param.items if param.type == "array" else param.type, click.STRING)
