"""`cstar listen`: forward events to a server on this machine, as webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click
import orjson

from cstar_async._core.serialization import encode_datetime
from cstar_async.cli.exits import CommandError
from cstar_async.cli.notes import note
from cstar_async.cli.output import printable
from cstar_async.cli.polling import interval_option
from cstar_async.cli.private_files import DIRECTORY
from cstar_async.cli.profiles import folder
from cstar_async.cli.state import Command, State
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
    """The URL of a receiver; without a scheme it is http, and needs a port."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the whole URL."""
        url = value if "://" in value else f"http://{value}"
        try:
            parts = urlsplit(url)
            named = url is value or parts.port  # a word alone may be anything
            if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and named:
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
            note(f"warning: no known event matches {pattern!r}{suggestion(pattern, event_types())}")
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


def _event_id(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The value of --since, which goes into a header."""
    if value is not None:
        from cstar_async.cli.forwarding import is_event_id  # brings the inbox

        if not is_event_id(value):
            raise click.BadParameter(f"{value[:100]!r} is not the id of an event", ctx, param)
    return value


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
        try:
            click.echo(str(secret))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(f"the secret cannot be written: {error.strerror}") from None
        return
    log = logging.getLogger("cstar_async.webhooks")
    level = log.level
    if state.verbose < 2:
        log.setLevel(logging.ERROR)  # each attempt has its line
    try:
        run(_run(state, values, place, secret))
    finally:
        log.setLevel(level)


async def _run(state: State, values: dict[str, Any], settings: Path, secret: Secret) -> None:
    import aiohttp

    from cstar_async.cli.event_source import require_known, say
    from cstar_async.cli.forwarding import Forwarder, Place, without_password

    targets = tuple(dict.fromkeys(values["to"])) or (_TARGET,)
    save = values["save"] and Path(values["save"])
    ending = asyncio.Event()
    lines = _Lines(ending, color=state.color, show_body=values["show_body"], show_url=len(targets) > 1)
    # A connection for each delivery: one that the receiver is about to close would lose an event without --retry.
    connector = aiohttp.TCPConnector(force_close=True)
    jar = aiohttp.DummyCookieJar()
    async with state.client() as client, aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        team, base_url = state.place()
        say(f"connecting to {without_password(base_url)}")
        team = team or (await client.auth.whoami()).team_id
        place = Place.of(settings, base_url, team, targets)
        with place.alone():
            if values["since"] is not None:
                await require_known(client, values["since"])
                place.forget()
                place.save(values["since"])
            if save:
                save.mkdir(mode=0o700, parents=True, exist_ok=True)
            async with Forwarder(
                place, targets, session, secret, patterns=values["events"], where=values["where"],
                retry=values["retry"], timeout=state.timeout or _TIMEOUT, report=lines.write, save=save,
            ) as forwarder:  # fmt: skip
                say(f"forwarding the events of team {team}")
                say(f"to {', '.join(map(without_password, targets))}; Ctrl-C ends it")
                say("they are signed with the secret that `cstar listen --print-secret` shows")
                if state.verbose:
                    say(f"to look at those under way: cstar inbox --inbox {place.inbox_url} stats")
                if state.deadline is not None:
                    asyncio.get_running_loop().call_later(state.deadline, ending.set)
                try:
                    await _forward(client, forwarder, values, ending)
                finally:
                    if lines.failure is None and (count := await forwarder.waiting()):
                        say(f"not forwarded yet: {count}; the next listener with the same targets does it")
    if lines.failure is not None:
        raise lines.failure


async def _forward(client: CStarClient, forwarder: Forwarder, values: dict[str, Any], ending: asyncio.Event) -> None:
    """Take events and forward them, until it is to end."""
    from cstar_async.cli.event_source import poll, say, stream
    from cstar_async.cli.terminal_keys import keys

    def say_state(connected: bool) -> None:  # noqa: FBT001  # as the stream calls it
        if not ending.is_set():
            say("connected" if connected else "the connection broke; connecting again")

    resent: set[asyncio.Task[None]] = set()

    def again() -> None:
        task = asyncio.ensure_future(forwarder.again())
        resent.add(task)
        task.add_done_callback(resent.discard)

    taking = (
        poll(client, forwarder, values["interval"])
        if values["poll"]
        else stream(client, forwarder, values["events"], say_state)
    )
    tasks = [asyncio.ensure_future(each) for each in (forwarder.run(), taking, ending.wait())]
    try:
        with _signals(ending), keys({b"r": again, b"q": ending.set}, ending.set) as found:
            if found:
                say("keys: r sends the last event again, q ends")
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        ending.set()
        for task in (*tasks, *resent):
            task.cancel()
        await asyncio.wait((*tasks, *resent))


@contextlib.contextmanager
def _signals(ending: asyncio.Event) -> Generator[None]:
    """End for SIGTERM, and for SIGHUP, which a closed terminal sends, unless it is ignored (nohup)."""
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]
    wanted = {each for each in numbers if signal.getsignal(each) is not signal.SIG_IGN}
    with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, and other threads
        for number in wanted:
            loop.add_signal_handler(number, ending.set)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            for number in wanted:
                loop.remove_signal_handler(number)


class _Lines:
    """Writes a line for each attempt."""

    def __init__(self, ending: asyncio.Event, *, color: bool, show_body: bool, show_url: bool) -> None:
        self._ending = ending
        self._color = color
        self._show_body = show_body
        self._show_url = show_url
        self.failure: OSError | ValueError | None = None
        """Why no more lines can be written: nobody reads them, or the disk is full."""

    def write(self, attempt: Attempt) -> None:
        """Write one. If that fails the listener ends; the event is not sent again for it."""
        try:
            click.echo(self._line(attempt) if sys.stdout.isatty() else self._json(attempt))
        except (OSError, ValueError) as error:
            self.failure = error
            self._ending.set()

    def _line(self, attempt: Attempt) -> str:
        result = attempt.result
        shown = str(result.status or result.error)
        again = "" if attempt.retry_in is None else f"  again in {attempt.retry_in:.0f} s"
        number = "" if attempt.number == 1 else f"  attempt {attempt.number}"
        shown = click.style(shown, fg="green" if result.success else "red") if self._color else shown
        moment = dt.datetime.now().astimezone().strftime("%H:%M:%S")
        event = f"{printable(attempt.event_id)}  {printable(attempt.type)}"
        text = f"{moment}  {event}  {shown}  {result.milliseconds:.0f} ms"
        body = "".join(f"\n    {printable(line)}" for line in (result.answer or "").splitlines())
        url = f"  {attempt.url}" if self._show_url else ""
        return f"{text}{url}{number}{again}{body if self._show_body else ''}"

    def _json(self, attempt: Attempt) -> bytes:
        result = attempt.result
        found = {
            "at": encode_datetime(dt.datetime.now(dt.UTC)),
            "event": attempt.event_id,
            "type": attempt.type,
            "attempt": attempt.number,
            "url": attempt.url,
            "ok": result.success,
            "status": result.status,
            "error": result.error,
            "ms": result.milliseconds,
            "retry_in": attempt.retry_in,
        }
        return orjson.dumps(found | ({"answer": result.answer} if self._show_body else {}))


command = Command(
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
        click.Option(
            ["--since"],
            metavar="ID",
            callback=_event_id,
            help="Begin after this event, whatever was forwarded before.",
        ),
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
