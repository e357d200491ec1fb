"""The options that every command has, and the client that they make."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from cstar_async._core.secrets import Secret

from .exits import CommandError, Exit

if TYPE_CHECKING:
    from cstar_async.client import CStarClient

KEY_VARIABLE: Final = "CSTAR_API_KEY"


@attrs.define
class State:
    """The common options, given before or after the command."""

    profile: str | None = None
    team: str | None = None
    base_url: str | None = None
    api_key: Secret | None = None
    key_stdin: bool = False
    timeout: float | None = None
    deadline: float | None = None
    max_retries: int | None = None
    verbose: int = 0
    no_color: bool = False

    @property
    def color(self) -> bool:
        """Whether to write colours."""
        return sys.stdout.isatty() and not self.no_color and not os.environ.get("NO_COLOR")

    def key(self) -> tuple[Secret | None, str]:
        """The key to use, and where it is from: `option`, `stdin`, `environment`, `keyring`, `file` or `none`."""
        if self.key_stdin:
            self.api_key, self.key_stdin = Secret(sys.stdin.readline().strip()), False
            return self.api_key, "stdin"
        if self.api_key is not None:
            return self.api_key, "option"
        from_environment = os.environ.get(KEY_VARIABLE)
        if from_environment and self.profile is None:
            return Secret(from_environment), "environment"
        profile = self._profile()
        if profile is None:
            return None, "none"
        profiles, found = profile
        return profiles.key(found), found.stored_in

    def client(self, *, needs_key: bool = True) -> CStarClient:
        """A client of these options, of the environment and of the profile, in this order.

        Raises:
            CommandError: There is no key.
        """
        from cstar_async.client import CStarClient

        key, _ = self.key() if needs_key else (None, "none")
        if key is None and needs_key:
            raise CommandError(
                f"there is no API key: run `cstar login`, or set {KEY_VARIABLE}, or pass --key-stdin", Exit.DENIED
            )
        found = self._profile()
        profile = None if found is None else found[1]
        options: dict[str, Any] = {}
        if self.timeout is not None:
            options["timeout"] = self.timeout
        if self.max_retries is not None:
            options["max_retries"] = self.max_retries
        return CStarClient(
            key,
            team_id=self.team or os.environ.get("CSTAR_TEAM_ID") or (profile and profile.team),
            base_url=self.base_url or os.environ.get("CSTAR_BASE_URL") or (profile and profile.base_url),
            **options,
        )

    def _profile(self) -> Any:
        """The profiles and the one to use, None if there is none."""
        from .profiles import Profiles

        profiles = Profiles()
        found = profiles.find(self.profile)
        return None if found is None else (profiles, found)


_PREFIX: Final = "common_"
"""Of the names of common options: an operation may have a parameter `team` of its own."""


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep an option that was given; the last of those before and after the command counts."""
    state = ctx.ensure_object(State)
    not_given = value is None or value is False or (value == 0 and isinstance(param, click.Option) and param.count)
    if not not_given:
        name = str(param.name).removeprefix(_PREFIX)
        if name == "api_key":
            click.echo(
                "warning: others on this machine can see --api-key; better: cstar login, or --key-stdin", err=True
            )
            value = Secret(value)
        setattr(state, name, value)


def common_options() -> list[click.Option]:
    """The options that every command has."""

    def option(*names: str, **settings: Any) -> click.Option:
        name = _PREFIX + names[-1].lstrip("-").replace("-", "_")
        return click.Option([*names, name], callback=_keep, expose_value=False, **settings)

    return [
        option("--profile", metavar="NAME", help="The profile to use."),
        option("--team", metavar="ID", help="The team, by its id."),
        option("--base-url", metavar="URL", help="Scheme, host and port of the service."),
        option("--api-key", metavar="KEY", hidden=True),
        option("--key-stdin", is_flag=True, help="Read the API key from the first line of standard input."),
        option("--timeout", type=float, metavar="SECONDS", help="For one attempt."),
        option("--deadline", type=float, metavar="SECONDS", help="For the whole command."),
        option("--max-retries", type=int, metavar="N", help="After a transient failure."),
        option("-v", "--verbose", count=True, help="Say what is sent and what is left of the quota; -vv for more."),
        option("--no-color", is_flag=True, help="Write no colours."),
    ]


def with_common_options(command: click.Command) -> click.Command:
    """Give a command the common options."""
    command.params += common_options()
    return command
