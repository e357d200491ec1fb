"""`cstar listen`: forward events to a server on this machine, as webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
import signal
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click
import orjson

from cstar_async._core.serialization import encode_datetime
from cstar_async._generated.operations import load
from cstar_async.cli.exits import CommandError, Exit
from cstar_async.cli.output import printable
from cstar_async.cli.polling import interval_option, new_items, since
from cstar_async.cli.profiles import DIRECTORY, folder
from cstar_async.cli.state import State, with_common_options
from cstar_async.cli.values import complete_files

from .trigger import EventType, event_types

if TYPE_CHECKING:
    from collections.abc import Generator

    from cstar_async._core.secrets import Secret
    from cstar_async.cli.forwarding import Attempt, Forwarder
    from cstar_async.client import CStarClient

_TARGET: Final = "http://localhost:3000/api/webhooks"
_TIMEOUT: Final = 30.0
"""Seconds for a receiver to answer: a debugger may have stopped it."""


class Target(click.ParamType[str]):
    """The URL of a receiver; without a scheme it is http."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the whole URL."""
        url = value if "://" in value else f"http://{value}"
        try:
            parts = urlsplit(url)
            if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
                return url if parts.path else f"{url}/"
        except ValueError:  # an invalid port, for example
            pass
        return self.fail(f"{value!r} is not a URL such as {_TARGET}", param, ctx)


class Pattern(click.ParamType[str]):
    """A type of event, or a pattern: `ticket.*`."""

    name = "pattern"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it. One that matches no known type is sent all the same, with a warning."""
        from cstar_async.webhooks.patterns import check_pattern, matches, suggestion

        try:
            pattern = check_pattern(value)
        except ValueError as error:
            return self.fail(str(error), param, ctx)
        if not any(matches(pattern, kind) for kind in event_types()):
            click.echo(f"warning: no known event matches {pattern!r}{suggestion(pattern, event_types())}", err=True)
        return pattern


class Condition(click.ParamType[tuple[str, str]]):
    """FIELD=VALUE."""

    name = "condition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return field and value."""
        field, sign, wanted = str(value).partition("=")
        if not (sign and field):
            return self.fail(f"{value!r} is not FIELD=VALUE, such as priority=urgent", param, ctx)
        return field, wanted


def _listen(**values: Any) -> None:
    from cstar_async.cli.forwarding import signing_secret
    from cstar_async.cli.run import run

    state = click.get_current_context().ensure_object(State)
    settings = folder()
    if settings is None:
        raise CommandError(f"there is no home folder for the events; set {DIRECTORY} to a folder")
    place = settings / "listen"
    secret = signing_secret(place)
    if values["print_secret"]:
        click.echo(str(secret))
        return
    log = logging.getLogger("cstar_async.webhooks")
    level = log.level
    if state.verbose < 2:
        log.setLevel(logging.CRITICAL)  # each attempt has its line
    try:
        run(_run(state, values, place, secret))
    except BrokenPipeError:
        raise
    except OSError as error:  # of the files; those of the network are errors of the client
        raise CommandError(f"{error.filename}: {error.strerror}") from None
    finally:
        log.setLevel(level)


async def _run(state: State, values: dict[str, Any], settings: Path, secret: Secret) -> None:
    import aiohttp

    from cstar_async.cli.forwarding import Forwarder, Place

    targets = tuple(dict.fromkeys(values["to"])) or (_TARGET,)
    save = values["save"] and Path(values["save"])
    ending = asyncio.Event()
    lines = _Lines(ending, color=state.color, show_body=values["show_body"], show_url=len(targets) > 1)
    async with state.client() as client, aiohttp.ClientSession() as session:
        team, base_url = state.place()
        team = team or (await client.auth.whoami()).team_id
        place = Place.of(settings, base_url, team, targets)
        with place.alone():
            if values["since"] is not None:
                place.forget()
                place.save(values["since"])
            if save:
                save.mkdir(mode=0o700, parents=True, exist_ok=True)
            async with Forwarder(
                place, targets, session, secret, patterns=values["events"], where=dict(values["where"]),
                retry=values["retry"], timeout=state.timeout or _TIMEOUT, report=lines.write, save=save,
            ) as forwarder:  # fmt: skip
                _say(f"forwarding the events of team {team}")
                _say(f"to {', '.join(targets)}; Ctrl-C ends it")
                _say("they are signed with the secret that `cstar listen --print-secret` shows")
                if state.verbose:
                    _say(f"to look at those under way: cstar inbox --inbox {place.inbox_url} stats")
                if state.deadline is not None:
                    asyncio.get_running_loop().call_later(state.deadline, ending.set)
                await _forward(client, forwarder, values, ending)
    if lines.broken:
        raise BrokenPipeError


async def _forward(client: CStarClient, forwarder: Forwarder, values: dict[str, Any], ending: asyncio.Event) -> None:
    """Take events and forward them, until it is to end."""
    source = _poll if values["poll"] else _stream
    work = (forwarder.run(), source(client, forwarder, values, ending), ending.wait())
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        with _keys(forwarder, ending):
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        ending.set()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _stream(client: CStarClient, forwarder: Forwarder, values: dict[str, Any], ending: asyncio.Event) -> None:
    """Take the events of the stream."""
    from cstar_async._core.parameters import encode_headers
    from cstar_async.errors import DecodeError, NotFoundError
    from cstar_async.live.stream import EventStream

    def say_state(connected: bool) -> None:  # noqa: FBT001  # as the stream calls it
        if not ending.is_set():
            _say("connected" if connected else "the connection broke; connecting again")

    if not forwarder.last:
        await _begin(client, forwarder)
    while True:
        stream: EventStream[Any] = EventStream(
            client,
            load("events.stream"),
            (),
            {"types": values["events"] or None},
            None,
            None,
            headers=encode_headers({"Last-Event-ID": forwarder.last or None}),
        )
        stream.on_connection(say_state)
        try:
            async with aclosing(aiter(stream)) as events:
                async for _ in events:
                    await _take(forwarder, stream.raw)
        except NotFoundError as error:
            raise CommandError(
                f"the service has no stream of events: {error}. --poll asks for new events instead",
                Exit.NETWORK,
                {"status": error.status},
            ) from None
        except DecodeError as error:
            _say(f"an event was left out: {error}")
            forwarder.last = stream.last_event_id or forwarder.last
        else:
            _say("the service has ended the stream")
            return


async def _begin(client: CStarClient, forwarder: Forwarder) -> None:
    """Find the place in the stream: after the latest event now, or where an earlier listener began without any."""
    from cstar_async.errors import CStarError

    try:
        found, _ = await since(client, load("events.list"), {}, forwarder.last)
    except CStarError:
        return  # from now on
    if forwarder.last is None:
        forwarder.begin(found[0]["id"] if found else "")
        return
    for item in reversed(found):
        await _take(forwarder, orjson.dumps(item))


async def _poll(client: CStarClient, forwarder: Forwarder, values: dict[str, Any], _: asyncio.Event) -> None:
    """Take the events that the service lists."""
    if forwarder.last is None:
        await _begin(client, forwarder)
    # All types are listed, since one that is not forwarded may be the last that is known.
    async for items in new_items(client, load("events.list"), {}, forwarder.last, values["interval"]):
        for item in items:
            await _take(forwarder, orjson.dumps(item))


async def _take(forwarder: Forwarder, body: bytes) -> None:
    try:
        await forwarder.take(body)
    except ValueError as error:
        _say(f"an event was left out: {error}")


def _say(text: str) -> None:
    click.echo(printable(text), err=True)


class _Lines:
    """Writes a line for each attempt."""

    def __init__(self, ending: asyncio.Event, *, color: bool, show_body: bool, show_url: bool) -> None:
        self._ending = ending
        self._color = color
        self._show_body = show_body
        self._show_url = show_url
        self.broken = False
        """Whether nobody reads them any more."""

    def write(self, attempt: Attempt) -> None:
        """Write one."""
        try:
            click.echo(self._line(attempt) if sys.stdout.isatty() else self._json(attempt))
        except BrokenPipeError:
            self.broken = True
            self._ending.set()

    def _line(self, attempt: Attempt) -> str:
        result = str(attempt.status or attempt.error)
        again = "" if attempt.retry_in is None else f"  again in {attempt.retry_in:.0f} s"
        number = "" if attempt.number == 1 else f"  attempt {attempt.number}"
        result = click.style(result, fg="green" if attempt.ok else "red") if self._color else result
        moment = dt.datetime.now().astimezone().strftime("%H:%M:%S")
        event = f"{printable(attempt.event_id)}  {printable(attempt.type)}"
        text = f"{moment}  {event}  {result}  {attempt.milliseconds:.0f} ms"
        body = "".join(f"\n    {printable(line)}" for line in (attempt.answer or "").splitlines())
        url = f"  {attempt.url}" if self._show_url else ""
        return f"{text}{url}{number}{again}{body if self._show_body else ''}"

    def _json(self, attempt: Attempt) -> bytes:
        found = {
            "at": encode_datetime(dt.datetime.now(dt.UTC)),
            "event": attempt.event_id,
            "type": attempt.type,
            "attempt": attempt.number,
            "url": attempt.url,
            "ok": attempt.ok,
            "status": attempt.status,
            "error": attempt.error,
            "ms": attempt.milliseconds,
            "retry_in": attempt.retry_in,
        }
        return orjson.dumps(found | ({"answer": attempt.answer} if self._show_body else {}))


@contextlib.contextmanager
def _keys(forwarder: Forwarder, ending: asyncio.Event) -> Generator[None]:
    """On a terminal: `r` sends the last event again, `q` ends. A signal to end does the same as `q`."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, and other threads
        loop.add_signal_handler(signal.SIGTERM, ending.set)
    try:
        import termios
        import tty

        terminal = sys.stdin.fileno()
        if not (sys.stdout.isatty() and os.tcgetpgrp(terminal) == os.getpgrp()):  # in the background
            raise OSError  # noqa: TRY301  # as without a terminal
        before = termios.tcgetattr(terminal)
    except (ImportError, OSError, ValueError):
        yield
        return
    sent: set[asyncio.Task[None]] = set()

    def read() -> None:
        key = os.read(terminal, 1)
        if key == b"r":
            task = loop.create_task(forwarder.again())
            sent.add(task)
            task.add_done_callback(sent.discard)
        elif key in {b"q", b""}:
            ending.set()

    _say("keys: r sends the last event again, q ends")
    tty.setcbreak(terminal)
    loop.add_reader(terminal, read)
    try:
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


command = with_common_options(
    click.Command(
        "listen",
        callback=_listen,
        params=[
            click.Option(
                ["--to", "--forward-to", "to"],
                type=Target(),
                multiple=True,
                metavar="URL",
                help=f"Where events go (repeatable); {_TARGET} by default.",
            ),
            click.Option(
                ["--events"],
                type=Pattern(),
                multiple=True,
                metavar="PATTERN",
                help="Only these: ticket.created, ticket.* (repeatable).",
                shell_complete=EventType().shell_complete,
            ),
            click.Option(
                ["--where"],
                type=Condition(),
                multiple=True,
                metavar="FIELD=VALUE",
                help="Only events with this value: priority=urgent, customer.email=jo@example.com (repeatable).",
            ),
            click.Option(["--retry"], is_flag=True, help="Send again what is not answered with 2xx, for ten hours."),
            click.Option(
                ["--save"],
                metavar="DIR",
                help="Keep each event as a file of JSON, too.",
                shell_complete=complete_files,
            ),
            click.Option(["--show-body"], is_flag=True, help="Show what the receiver answers."),
            click.Option(["--print-secret"], is_flag=True, help="Write the signing secret, and end."),
            click.Option(["--since"], metavar="ID", help="Begin after this event, whatever was forwarded before."),
            click.Option(["--poll"], is_flag=True, help="Ask for new events, if the service has no stream."),
            interval_option(),
        ],
        short_help="Forward webhook events to a server on this machine.",
        help=(
            "Forward events to a server on this machine, in the form of webhooks: the same bytes, signed with a secret "
            "of this machine, those of one ticket in their order.\n\nEach event is kept in a file before it is "
            "forwarded. A listener that is started again with the same targets goes on where the last one ended, "
            "however it ended: each event is forwarded at least once. For each attempt there is a line, of JSON if "
            "standard output is not a terminal."
        ),
        epilog="Example: cstar listen --to localhost:8000/webhooks --events 'ticket.*'",
    )
)
