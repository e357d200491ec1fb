"""`cstar login`: keep an API key."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from cstar_async._generated.operations import BASE_URL
from cstar_async.cli.exits import CommandError, Exit
from cstar_async.cli.notes import note
from cstar_async.cli.own import json_option, writer_of
from cstar_async.cli.state import KEY_VARIABLE, Command, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async._core.secrets import Secret
    from cstar_async.cli.profiles import Profiles
    from cstar_async.client import CStarClient


def _login(**values: Any) -> None:
    from cstar_async.cli.profiles import Profile, Profiles, check_name, masked  # take long to load
    from cstar_async.cli.run import run

    state = click.get_current_context().ensure_object(State)
    profiles = Profiles()
    name = check_name(state.profile or profiles.chosen)
    key, source = _key(state)
    base_url = state.base_url or os.environ.get("CSTAR_BASE_URL")
    client = state.client_of(key, None, base_url)
    facts: Mapping[str, Any] = {} if values["offline"] else run(whoami(client, state.deadline))[0]
    team, asked = facts.get("teamId"), state.team
    if team and asked and team != asked:
        raise CommandError(f"the key is for the team {team}, not for {asked}", Exit.DENIED)
    team = team or asked or os.environ.get("CSTAR_TEAM_ID")
    stored_in = source
    if source != "environment":
        profile = Profile(name=name, team=team, base_url=base_url)
        stored_in = profiles.save(profile, key, in_file=values["insecure_file"]).stored_in
    writer_of(values, state, "sheet").one(
        {
            "profile": None if source == "environment" else name,
            "team": team,
            "team_name": facts.get("teamName"),
            "key": masked(key),
            "stored_in": stored_in,
            "base_url": base_url or BASE_URL,
        }
    )
    _explain(stored_in, profiles, name)


def _key(state: State) -> tuple[Secret, str]:
    """The key to keep and where it is from; that of the environment is only checked."""
    from cstar_async._core.secrets import Secret

    if state.api_key is None and state.key_stdin is None:
        if state.profile is None and (found := os.environ.get(KEY_VARIABLE)):
            return Secret(found), "environment"
        if not sys.stdin.isatty():
            raise CommandError(
                f"there is no terminal to ask for the key on: pass --key-stdin and the key on standard input, "
                f"or set {KEY_VARIABLE} instead of logging in",
                Exit.USAGE,
            )
        return Secret(click.prompt("API key", hide_input=True, err=True).strip()), "terminal"
    key, source = state.key()
    assert key is not None
    return key, source


async def whoami(client: CStarClient, deadline: float | None) -> tuple[Mapping[str, Any], Any]:
    """Whose key it is, and the rate limit of the answer; the client is closed."""
    from cstar_async.cli.run import whoami as ask

    async with client:
        return await ask(client, deadline)


def _explain(stored_in: str, profiles: Profiles, name: str) -> None:
    if stored_in == "environment":
        text = (
            f"{KEY_VARIABLE} is set and comes first, so nothing was kept; to keep a key, unset it or name a --profile"
        )
    elif stored_in == "file":
        text = f"the key is in {profiles.path}, in plain text, for you alone to read"
    else:
        text = "the key is in the keyring of this machine"
    note(text)
    if stored_in != "environment" and name != profiles.chosen:
        note(f"to make {name} the default: cstar profiles use {name}")


command = Command(
    "login",
    callback=_login,
    params=[
        click.Option(["--insecure-file"], is_flag=True, help="Keep the key in a file, though there is a keyring."),
        click.Option(["--offline"], is_flag=True, help="Keep the key without asking the service whose it is."),
        json_option(),
    ],
    help=(
        "Keep an API key for later commands: in the keyring of this machine or, if there is none, in a file that "
        "only you can read.\n\n"
        "It asks for the key on a terminal; elsewhere pass --key-stdin. The service is asked whose key it is, and "
        "nothing is kept if it refuses the key. The profile keeps the team and --base-url, too."
    ),
    epilog="Example: cstar login --profile work --key-stdin < key.txt",
)
for _option in command.params:
    if isinstance(_option, click.Option) and "--api-key" in _option.opts:
        _option.hidden = False  # documented by cStar for this command
