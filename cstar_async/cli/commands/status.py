"""`cstar status`: which key, team and server commands use, and what is left of the quota."""

from __future__ import annotations

from typing import Any

import click

from cstar_async._version import __version__
from cstar_async.cli.exits import CommandError, Exit
from cstar_async.cli.notes import note
from cstar_async.cli.own import json_option, writer_of
from cstar_async.cli.state import KEY_VARIABLE, Command, State


def _status(**values: Any) -> None:
    from cstar_async.cli.profiles import masked  # takes long to load

    state = click.get_current_context().ensure_object(State)
    key, stored_in = state.key()
    profile = state.saved()
    team, base_url = state.place()
    facts: dict[str, Any] = {
        "profile": None if profile is None else profile.name,
        "team": team,
        "team_name": None,
        "key": None if key is None else masked(key),
        "key_type": _kind(key or ""),
        "environment": next((kind for kind in ("live", "test") if f"_{kind}_" in (key or "")[:8]), None),
        "stored_in": None if key is None else stored_in,
        "base_url": base_url,
        "version": __version__,
    }
    problem: CommandError | None = None
    if key is None:
        problem = CommandError(f"there is no API key: run `cstar login`, or set {KEY_VARIABLE}", Exit.DENIED)
    elif not values["offline"]:
        try:
            facts |= _asked(state, key, base_url)
        except CommandError as error:
            problem = error
    writer_of(values, state, "sheet").one(facts)
    if team is not None and facts["team"] != team:
        note(f"warning: the key is for the team {facts['team']}, but commands use {team}")
    if problem is not None:
        raise problem


def _kind(key: str) -> str | None:
    return {"sk_": "secret", "pk_": "publishable"}.get(key[:3])


def _asked(state: State, key: str, base_url: str) -> dict[str, Any]:
    """What the service says: whose key it is, and what is left of its quota."""
    import datetime as dt

    from cstar_async._core.serialization import encode_datetime
    from cstar_async.cli.commands.login import whoami
    from cstar_async.cli.run import run

    found, rate = run(whoami(state.client_of(key, None, base_url), state.deadline))
    reset = rate and rate.reset
    return {
        "team": found.get("teamId"),
        "team_name": found.get("teamName"),
        "key_type": found.get("keyType"),
        "environment": found.get("environment"),
        "quota_limit": rate and rate.limit,
        "quota_remaining": rate and rate.remaining,
        "quota_reset": reset and encode_datetime(dt.datetime.fromtimestamp(reset, dt.UTC)),
    }


command = Command(
    "status",
    callback=_status,
    params=[
        click.Option(["--offline"], is_flag=True, help="Send nothing; show only what is known on this machine."),
        json_option(),
    ],
    help=(
        "Show which key, team and server commands use, where the key is kept, and what is left of the quota. It "
        "costs one request. The key is shown by its beginning and end only."
    ),
    epilog="Example: cstar status --json",
)
