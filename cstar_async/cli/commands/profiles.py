"""`cstar profiles`: list, choose and remove profiles."""

from __future__ import annotations

import os
from typing import Any

import click

from cstar_async.cli.operation_options import output_options
from cstar_async.cli.own import writer_of_own
from cstar_async.cli.profiles import Profiles
from cstar_async.cli.state import KEY_VARIABLE, State, profile_names, with_common_options


def _list(**values: Any) -> None:
    state = click.get_current_context().ensure_object(State)
    profiles = Profiles()
    writer = writer_of_own(values, state, "table", ("name", "default", "team", "base_url", "stored_in"))
    writer.rows(
        [
            {
                "name": each.name,
                "default": each.name == profiles.chosen,
                "team": each.team,
                "base_url": each.base_url,
                "stored_in": each.stored_in,
            }
            for each in profiles.profiles.values()
        ]
    )
    writer.end()
    if not profiles.profiles:
        click.echo("there are no profiles yet; `cstar login` makes one", err=True)


def _use(name: str) -> None:
    Profiles().choose(name)
    if os.environ.get(KEY_VARIABLE):
        click.echo(f"{KEY_VARIABLE} is set, and comes before the default profile", err=True)


def _remove(name: str) -> None:
    Profiles().remove(name)


def _name() -> click.Argument:
    return click.Argument(["name"], shell_complete=profile_names)


def _default() -> None:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        context.invoke(_list)


command = click.Group(
    "profiles",
    callback=_default,
    invoke_without_command=True,
    short_help="List, choose or remove profiles.",
    help=(
        "List, choose or remove profiles. A profile is a key, its team and a server under a name; `cstar login "
        "--profile NAME` makes one. A command uses that of --profile, or the default one."
    ),
    epilog="Example: cstar profiles use work",
    commands=[
        with_common_options(
            click.Command(
                "list",
                callback=_list,
                params=[*output_options()],
                help="List the profiles.",
                epilog="Example: cstar profiles list --json",
            )
        ),
        with_common_options(
            click.Command(
                "use",
                callback=_use,
                params=[_name()],
                help="Make a profile the default.",
                epilog="Example: cstar profiles use work",
            )
        ),
        with_common_options(
            click.Command(
                "remove",
                callback=_remove,
                params=[_name()],
                help="Remove a profile and its key, as logout does. The key itself stays valid.",
                epilog="Example: cstar profiles remove work",
            )
        ),
    ],
)
