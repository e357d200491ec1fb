"""`cstar profiles`: list, choose and remove profiles."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from cstar_async.cli.notes import note
from cstar_async.cli.operation_options import output_options
from cstar_async.cli.own import writer_of
from cstar_async.cli.state import KEY_VARIABLE, Command, Group, State, profile_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cstar_async.cli.profiles import Profiles


def _profiles() -> Profiles:
    from cstar_async.cli.profiles import Profiles  # takes long to load

    return Profiles()


def _list(**values: Any) -> None:
    state = click.get_current_context().ensure_object(State)
    profiles = _profiles()
    writer = writer_of(values, state, "table", ("name", "default", "team", "base_url", "stored_in"))
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
        note("there are no profiles yet; `cstar login` makes one")


def _use(name: str) -> None:
    _profiles().choose(name)
    if os.environ.get(KEY_VARIABLE):
        note(f"{KEY_VARIABLE} is set, and comes before the default profile")


def _remove(name: str) -> None:
    _profiles().remove(name)


def _default() -> None:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        context.invoke(_list)


def _command(
    name: str, callback: Callable[..., None], params: Iterable[click.Parameter], text: str, example: str
) -> click.Command:
    return Command(
        name, callback=callback, params=[*params], help=text, epilog=f"Example: cstar profiles {name} {example}"
    )


def _name() -> click.Argument:
    return click.Argument(["name"], shell_complete=profile_names)


_REMOVE = "Remove a profile and its key, as logout does. The key itself stays valid."

command = Group(
    "profiles",
    callback=_default,
    invoke_without_command=True,
    help=(
        "List, choose or remove profiles. A profile is a key, its team and a server under a name; `cstar login "
        "--profile NAME` makes one. A command uses that of --profile, or the default one."
    ),
    epilog="Example: cstar profiles use work",
    commands=[
        _command("list", _list, output_options(), "List the profiles.", "--json"),
        _command("use", _use, [_name()], "Make a profile the default.", "work"),
        _command("remove", _remove, [_name()], _REMOVE, "work"),
    ],
)
