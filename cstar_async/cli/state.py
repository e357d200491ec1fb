"""The options that every command has, and the client that they make."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from cstar_async._generated.operations import BASE_URL

from .exits import CommandError, Exit
from .notes import note

if TYPE_CHECKING:
    from cstar_async._core.secrets import Secret
    from cstar_async.client import CStarClient

    from .profiles import Profile

KEY_VARIABLE: Final = "CSTAR_API_KEY"


class State:
    """The common options, given before or after the command."""

    profile: str | None = None
    team: str | None = None
    base_url: str | None = None
    api_key: Secret | None = None
    key_stdin: Secret | None = None
    timeout: float | None = None
    deadline: float | None = None
    max_retries: int | None = None
    verbose: int = 0
    no_color: bool = False
    last_client: CStarClient | None = None
    """The client that was made last, whose quota a verbose command tells."""

    @property
    def color(self) -> bool:
        """Whether to write colours."""
        return sys.stdout.isatty() and not self.no_color and not os.environ.get("NO_COLOR")

    def key(self) -> tuple[Secret | None, str]:
        """The key to use, and where it is from: `option`, `stdin`, `environment`, `keyring`, `file` or `none`."""
        if self.key_stdin is not None and self.api_key is not None:
            raise click.UsageError("--key-stdin and --api-key exclude each other")
        if self.key_stdin is not None:
            return self.key_stdin, "stdin"
        if self.api_key is not None:
            return self.api_key, "option"
        from cstar_async._core.secrets import Secret

        from_environment = os.environ.get(KEY_VARIABLE)
        if from_environment == "" and self.profile is None:
            # As of a script whose own variable is not set: another key is not meant.
            raise CommandError(f"{KEY_VARIABLE} is empty: set it to a key, or unset it", Exit.DENIED)
        if from_environment and self.profile is None:
            return Secret(from_environment), "environment"
        from .profiles import Profiles

        profiles = Profiles()
        found = profiles.find(self.profile)
        if found is None and profiles.lack_of_default:
            raise CommandError(profiles.lack_of_default, Exit.DENIED)
        if found is None:
            return None, "none"
        key = profiles.key(found)
        if key is None:
            raise CommandError(
                f"the {found.stored_in} gives no key for the profile {found.name!r}: unlock it, or run `cstar login`",
                Exit.DENIED,
            )
        return key, found.stored_in

    def saved(self) -> Profile | None:
        """The profile to use.

        None if there is none, or if the key is from elsewhere and no profile is named: another key must not go to the
        server of a profile.
        """
        elsewhere = self.api_key or self.key_stdin or os.environ.get(KEY_VARIABLE)
        if self.profile is None and elsewhere:
            return None
        from .profiles import Profiles

        return Profiles().find(self.profile)

    def place(self) -> tuple[str | None, str]:
        """The team, None if it is not known, and the server: of the options, the environment and the profile.

        A profile that is named comes before the environment, as its key does.
        """
        profile = self.saved()
        team, url = os.environ.get("CSTAR_TEAM_ID"), os.environ.get("CSTAR_BASE_URL")
        if profile is not None and self.profile is not None:
            team, url = profile.team or team, profile.base_url or BASE_URL
        elif profile is not None:
            team, url = team or profile.team, url or profile.base_url
        return self.team or team or None, self.base_url or url or BASE_URL

    def client(self, *, needs_key: bool = True) -> CStarClient:
        """A client of these options, of the environment and of the profile, in this order.

        Raises:
            CommandError: No key is configured.
        """
        key, _ = self.key() if needs_key else (None, "none")
        if key is None and needs_key:
            raise CommandError(
                f"there is no API key: run `cstar login`, or set {KEY_VARIABLE}, or pass --key-stdin", Exit.DENIED
            )
        return self.client_of(key, *self.place())

    def client_of(self, key: str | None, team: str | None, base_url: str | None) -> CStarClient:
        """A client with the timeout and the retries of these options."""
        from cstar_async.client import CStarClient

        options: dict[str, Any] = {}
        if self.timeout is not None:
            options["timeout"] = self.timeout
        if self.max_retries is not None:
            options["max_retries"] = self.max_retries
        self.last_client = CStarClient(key, team_id=team, base_url=base_url, **options)
        return self.last_client


_PREFIX: Final = "common_"
"""Of the names of common options: an operation may have a parameter `team` of its own."""


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep an option that was given; the last of those before and after the command counts."""
    state = ctx.ensure_object(State)
    given = ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT
    if given and not ctx.resilient_parsing:
        from cstar_async._core.secrets import Secret

        name = str(param.name).removeprefix(_PREFIX)
        if name == "api_key":
            note("warning: others on this machine can see --api-key; better: cstar login, or --key-stdin")
            value = Secret(value)
        elif name == "key_stdin":
            value = Secret(first_line("--key-stdin").strip())
        elif name == "verbose" and not state.verbose:
            from .verbose import start

            start(ctx.find_root(), value, lambda: state.last_client)
        setattr(state, name, value)


def first_line(option: str) -> Secret:
    """The next line of standard input, for a secret. Raises CommandError that names the option if it is empty."""
    from cstar_async._core.secrets import Secret

    # Bytes, so that what follows the line is left for others.
    line = sys.stdin.buffer.readline().decode("utf-8-sig", "replace").rstrip("\r\n")
    if not line.strip():
        raise CommandError(f"{option}: the first line of standard input is empty", Exit.USAGE)
    return Secret(line)


def profile_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001  # called by click
    """The names of profiles that begin like this, for completion."""
    from .profiles import Profiles

    return [name for name in Profiles().profiles if name.startswith(incomplete)]


def common_options() -> list[click.Option]:
    """The options that every command has."""

    def option(*names: str, **settings: Any) -> click.Option:
        name = _PREFIX + names[-1].lstrip("-").replace("-", "_")
        return click.Option([*names, name], callback=_keep, expose_value=False, **settings)

    return [
        option("--profile", metavar="NAME", help="The profile to use.", shell_complete=profile_names),
        option("--team", metavar="ID", help="The team, by its id."),
        option("--base-url", metavar="URL", help="The service: scheme, host and port."),
        option("--api-key", metavar="KEY", hidden=True, help="The API key, which others on the machine can see."),
        # Eager, since the rest of the input may be for another option.
        option(
            "--key-stdin", is_flag=True, is_eager=True, help="Read the API key from the first line of standard input."
        ),
        option("--timeout", type=float, metavar="SECONDS", help="Limit for one attempt; 30 by default."),
        option("--deadline", type=float, metavar="SECONDS", help="Limit for the whole command."),
        option("--max-retries", type=int, metavar="N", help="Retries after a transient failure; 3 by default."),
        option("-v", "--verbose", count=True, help="Say what is sent and what is left of the quota; -vv: all logs."),
        option("--no-color", is_flag=True, help="Write no colours."),
    ]


def load_orjson() -> None:
    """Load orjson without interrupts: one that arrives meanwhile ends Python with a segmentation fault."""
    mask = getattr(signal, "pthread_sigmask", None)  # not on Windows
    if mask is not None:
        before = mask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            import_module("orjson")
        finally:
            mask(signal.SIG_SETMASK, before)


class Command(click.Command):
    """A command with the common options but those whose names its own have. Its help shows them apart."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        taken = {name for param in self.params for name in param.opts}
        self.params = [*self.params, *(option for option in common_options() if not taken & set(option.opts))]

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. Help and most mistakes do without what is loaded for that."""
        if not isinstance(self, click.Group):
            load_orjson()
        return super().invoke(ctx)

    def get_help_option_names(self, ctx: click.Context) -> list[str]:  # called by click
        """The short one, too."""
        return ["-h", "--help"]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, but for an option of its own that takes one value and is given several."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for param in order:
            one = isinstance(param, click.Option) and not (param.multiple or param.is_flag or param.count)
            if one and order.count(param) > 1 and not str(param.name).startswith(_PREFIX):
                raise click.UsageError(f"{param.opts[0]} takes one value, and it is given several times", ctx)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two lists of options."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                is_common = str(param.name).startswith(_PREFIX) or param is self.get_help_option(ctx)
                (common if is_common else own).append(record)
        for title, records in (("Options", own), ("Common options", common)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(Command, click.Group):
    """A group of commands, with the common options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, with a hint for an option of a command that stands before the command."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            message = f"{error.message} Options of a command stand after its name."
            raise click.NoSuchOption(error.option_name, message, error.possibilities, ctx) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its commands first, then the options."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)
