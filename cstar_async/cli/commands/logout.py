"""`cstar logout`: forget an API key."""

from __future__ import annotations

import os
from typing import Any

import click

from cstar_async.cli.notes import note
from cstar_async.cli.state import KEY_VARIABLE, Command, State


def _logout(**values: Any) -> None:
    from cstar_async.cli.profiles import Profiles  # takes long to load

    profiles = Profiles()
    if values["all_"]:
        names = list(profiles.profiles)
    else:
        found = profiles.find(click.get_current_context().ensure_object(State).profile)
        names = [] if found is None else [found.name]
    for name in names:
        profiles.remove(name)
    told = (
        f"forgotten: {', '.join(names)}; the keys are still valid (cstar keys revoke)" if names else "no key was kept"
    )
    note(told)
    if os.environ.get(KEY_VARIABLE):
        note(f"{KEY_VARIABLE} is still set, and commands use it")


command = Command(
    "logout",
    callback=_logout,
    params=[click.Option(["--all", "all_"], is_flag=True, help="Forget all profiles and their keys.")],
    help="Forget a profile and its key: that of --profile, or the default one. The key itself stays valid.",
    epilog="Example: cstar logout --profile work",
)
