"""Profiles: which of them is used, and their file."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING

import pytest

from cstar_async._core.secrets import Secret
from cstar_async.cli import private_files
from cstar_async.cli.exits import Exit
from cstar_async.cli.profiles import Profile, Profiles

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Sandbox, Team
    from tests.support.command_line import CommandLine


def test_a_profile_and_the_environment_are_not_mixed(
    cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key from elsewhere does not go to the server of a profile; a profile that is named comes first."""
    cstar.log_in(cstar_team)
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_0123456789abcdefghijklmnopqrstuv")
    found = cstar("status", "--offline").value
    assert (found["base_url"], found["team"], found["profile"]) == ("https://www.cstar.help", None, None)
    assert (found["environment"], found["key"]) == ("live", "sk_live_…stuv")
    monkeypatch.setenv("CSTAR_BASE_URL", "https://elsewhere.example")
    monkeypatch.setenv("CSTAR_TEAM_ID", "another")
    named = cstar("status", "--offline", "--profile", "default").value
    assert (named["base_url"], named["team"], named["stored_in"]) == (cstar_sandbox.base_url, cstar_team.id, "file")
    given = cstar("status", "--offline", "--team", "t", "--base-url", "https://given.example").value
    assert (given["base_url"], given["team"]) == ("https://given.example", "t")
    monkeypatch.delenv("CSTAR_API_KEY")
    assert cstar("status", "--offline").value["base_url"] == "https://elsewhere.example"


def test_profiles_are_listed_chosen_and_removed(cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox) -> None:
    """The first profile is the default; `use` chooses another; an unknown name is an error with the known ones."""
    cstar.log_in(cstar_team, "--profile", "work")
    hint = cstar.log_in(cstar_sandbox.team(), "--profile", "home").err
    assert "cstar profiles use home" in hint

    def listed() -> list[tuple[str, bool]]:
        return [(each["name"], each["default"]) for each in json.loads(cstar("profiles", "list", "--json").out)]

    assert listed() == [("work", True), ("home", False)]
    assert cstar("profiles", "use", "home").code == 0
    assert listed() == [("work", False), ("home", True)]
    assert cstar("profiles", "list", "-o", "tsv", "--fields", "name,stored_in").out == (
        "name\tstored_in\nwork\tfile\nhome\tfile\n"
    )
    assert cstar("profiles").out.count("\n") == 2
    for wrong in (("profiles", "use", "wrk"), ("profiles", "remove", "wrk"), ("logout", "--profile", "wrk")):
        found = cstar(*wrong)
        assert found.code == 2
        assert "profiles: work, home" in found.error["message"]
    assert "is not a name for a profile" in cstar.log_in(cstar_team, "--profile", "a b").error["message"]
    assert cstar("profiles", "remove", "work").code == 0
    assert cstar("logout").code == 0
    assert cstar("logout").err == "no key was kept\n"
    assert (cstar("profiles").out, cstar("tickets", "list").code) == ("", 4)
    cstar.log_in(cstar_team, "--profile", "one")
    cstar.log_in(cstar_team, "--profile", "two")
    assert "forgotten: one, two" in cstar("logout", "--all").err
    assert listed() == []


def test_a_file_that_others_can_read_is_refused(cstar: CommandLine, cstar_team: Team, folder: Path) -> None:
    """The file is not used while others can read it; the error says what to do."""
    cstar.log_in(cstar_team)
    file = folder / "profiles.toml"
    file.chmod(0o644)
    assert f"chmod 600 {file}" in cstar("tickets", "list").error["message"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("default = [", "it is not valid TOML"),
        ("\xff", "it is not valid TOML"),
        ("default = 5", "default is not a text"),
        ("profiles = 3", "profiles is not a table"),
        ("[profiles]\nwork = 3", "the profile 'work' must have texts only"),
        ("[profiles.work]\nkey = 3", "the profile 'work' must have texts only"),
        ("[profiles.work]\nteam = []", "the profile 'work' must have texts only"),
    ],
)
def test_a_damaged_file_is_refused(cstar: CommandLine, folder: Path, text: str, problem: str) -> None:
    """A file that is not one of profiles is an error that says what is wrong with it."""
    folder.mkdir(parents=True)
    file = folder / "profiles.toml"
    file.write_bytes(text.encode("latin-1"))
    file.chmod(0o600)
    for words in (("tickets", "list"), ("profiles",), ("login",), ("logout",)):
        ran = cstar(*words)
        assert (ran.code, ran.out) == (Exit.ERROR, "")
        assert ran.error["message"] == f"{file} cannot be used: {problem}; mend it, or remove it and log in again"


def test_profiles_that_are_kept_at_once_are_all_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change reads the file anew and is alone at it, so that logins at the same time lose nothing."""
    names = [f"p{number}" for number in range(8)]
    barrier = threading.Barrier(len(names))

    def keep(name: str) -> None:
        profiles = Profiles()
        barrier.wait(10)
        profiles.save(Profile(name), Secret(f"sk_test_{name}"), in_file=True)

    threads = [threading.Thread(target=keep, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(Profiles().profiles) == names


def test_a_default_that_does_not_exist_is_said(cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox) -> None:
    """When the default profile has been removed, commands and `logout` name the others, and `login` makes it anew."""
    cstar.log_in(cstar_team, "--profile", "work")
    cstar.log_in(cstar_sandbox.team(), "--profile", "home")
    assert cstar("profiles", "remove", "work").code == 0
    for words in (("tickets", "list"), ("status",), ("logout",)):
        ran = cstar(*words)
        assert (ran.code, ran.message) == (
            Exit.DENIED,
            "there is no default profile; `cstar profiles use` chooses one of home",
        )
    assert cstar("profiles", "use", "home").code == cstar("tickets", "list").code == 0


def test_without_a_default_what_needs_no_key_works(
    cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox
) -> None:
    """`logout` of the default says so, and a request is still shown or planned."""
    cstar.log_in(cstar_team, "--profile", "work")
    cstar.log_in(cstar_sandbox.team(), "--profile", "home")
    ran = cstar("logout")
    assert ran.code == 0
    assert ran.err.startswith("forgotten: work; the keys are still valid (cstar keys revoke); there is no default")
    assert ran.err.endswith("; `cstar profiles use` chooses one of home\n")
    assert cstar("tickets", "list", "--curl").out.startswith("curl -X GET ")
    assert cstar("tickets", "delete-many", "--dry-run", stdin="tkt_1").code == 0
    ran = cstar("trigger", "ticket.created", "--to", "http://127.0.0.1:9")
    assert "default profile" not in ran.err
    assert cstar("logout", "--all").code == 0
    assert cstar("tickets", "list").message.startswith("there is no API key")


def test_a_link_stays_a_link(cstar: CommandLine, cstar_team: Team, folder: Path, tmp_path: Path) -> None:
    """A profiles.toml that is a link, as of a folder of dotfiles, is written where it points to."""
    folder.mkdir(parents=True)
    file, target = folder / "profiles.toml", tmp_path / "dotfiles" / "cstar.toml"
    file.symlink_to(target)
    assert cstar.log_in(cstar_team).code == 0
    assert cstar_team.secret_key in target.read_text()
    assert cstar("logout", "--all").code == 0
    assert file.is_symlink()
    assert cstar_team.secret_key not in target.read_text()


def test_a_file_that_is_none_or_of_another_user(
    cstar: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A named pipe does not hang, a folder is refused, and so is the file of another user."""
    folder.mkdir(parents=True)
    file = folder / "profiles.toml"
    os.mkfifo(file, 0o600)
    assert cstar("tickets", "list").message == f"{file} is not a file"
    file.unlink()
    file.mkdir()
    assert str(file) in cstar("tickets", "list").message
    file.rmdir()
    private_files.write_private(file, b"")
    assert "there is no API key" in cstar("tickets", "list").message
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert "belongs to another user; set CSTAR_CONFIG_DIR" in cstar("tickets", "list").message
