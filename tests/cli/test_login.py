"""Logging in and out: where a key comes from, where it goes, and who sees it."""

from __future__ import annotations

import os
import pwd
import re
import stat
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

from cstar_async.cli import profiles
from cstar_async.cli.exits import Exit
from tests.support.command_line import CTRL_C, on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from cstar_async.sandbox import Sandbox, Team
    from tests.support.command_line import CommandLine


def test_a_login_keeps_the_key_for_its_owner_alone(
    cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox, folder: Path
) -> None:
    """The key is checked and kept in a file of mode 0600; later commands use it, and no output has it."""
    done = cstar.log_in(cstar_team)
    assert done.code == 0, done.err
    assert done.value == {
        "profile": "default",
        "team": cstar_team.id,
        "team_name": done.value["team_name"],
        "key": f"sk_test_…{cstar_team.secret_key[-4:]}",
        "stored_in": "file",
        "base_url": cstar_sandbox.base_url,
    }
    file = folder / "profiles.toml"
    assert str(file) in done.err
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    assert sorted(each.name for each in folder.iterdir()) == ["profiles.lock", "profiles.toml"]
    listed = cstar("tickets", "list", "-vv")
    assert (listed.code, listed.out) == (0, "")
    assert [each.path.rpartition("/")[2] for each in cstar_team.requests] == ["whoami", "tickets"]
    for shown in (done, listed, cstar("status"), cstar("status", "--offline"), cstar("profiles"), cstar("logout")):
        assert shown.code == 0, shown.err
        assert cstar_team.secret_key not in shown.out + shown.err


def test_the_documented_login_works_and_warns(cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox) -> None:
    """`cstar login --api-key KEY` works, and warns on stderr that others can see the key."""
    done = cstar("login", "--api-key", cstar_team.secret_key, "--base-url", cstar_sandbox.base_url)
    assert (done.code, done.value["team"]) == (0, cstar_team.id)
    assert "others on this machine can see --api-key" in done.err
    assert cstar_team.secret_key not in done.out + done.err


def test_a_keyring_takes_the_key(
    cstar: CommandLine, cstar_team: Team, folder: Path, keyring: dict[tuple[str, str], str]
) -> None:
    """With a keyring the file does not have the key; commands find it, and a logout removes it."""
    done = cstar.log_in(cstar_team)
    assert (done.code, done.value["stored_in"]) == (0, "keyring")
    assert list(keyring.values()) == [cstar_team.secret_key]
    assert cstar_team.secret_key not in (folder / "profiles.toml").read_text()
    assert cstar("tickets", "list").code == 0
    assert cstar("status").value["stored_in"] == "keyring"
    assert cstar.log_in(cstar_team, "--insecure-file").value["stored_in"] == "file"
    assert not keyring
    assert cstar.log_in(cstar_team).value["stored_in"] == "keyring"
    keyring.clear()
    lost = cstar("tickets", "list")
    assert lost.code == 4
    assert "the keyring gives no key for the profile 'default'" in lost.error["message"]
    cstar.log_in(cstar_team)
    assert cstar("logout").code == 0
    assert not keyring


def test_two_folders_of_settings_share_a_keyring(
    cstar: CommandLine,
    cstar_team: Team,
    cstar_sandbox: Sandbox,
    keyring: dict[tuple[str, str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A profile of another folder of settings has a key of its own, even under the same name."""
    cstar.log_in(cstar_team)
    monkeypatch.setenv("CSTAR_CONFIG_DIR", str(tmp_path / "other"))
    cstar.log_in(cstar_sandbox.team())
    assert len(keyring) == 2


def test_a_keyring_that_keeps_nothing_is_not_trusted(
    cstar: CommandLine, cstar_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that is switched off takes a key and forgets it: the key goes into the file."""
    nothing = SimpleNamespace(set_password=lambda *_: None, get_password=lambda *_: None)
    monkeypatch.setitem(sys.modules, "keyring", nothing)
    assert cstar.log_in(cstar_team).value["stored_in"] == "file"
    assert cstar("tickets", "list").code == 0


def test_a_keyring_that_waits_holds_nothing_up(
    cstar: CommandLine, cstar_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that does not answer is given up, and the login says so."""
    end = threading.Event()
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(set_password=lambda *_: end.wait()))
    monkeypatch.setattr(profiles, "_KEYRING_TIMEOUT", 0.05)
    done = cstar.log_in(cstar_team)
    end.set()
    assert (done.code, done.value["stored_in"]) == (0, "file")
    assert "the keyring does not answer" in done.err


def test_a_login_without_a_terminal_says_what_to_do(cstar: CommandLine, folder: Path) -> None:
    """Off a terminal, without a key, it ends at once and names the ways; an empty input is a mistake too."""
    done = cstar("login")
    assert done.code == 2
    assert "--key-stdin" in done.error["message"]
    assert "CSTAR_API_KEY" in done.error["message"]
    assert "is empty" in cstar("login", "--key-stdin", stdin="\n").error["message"]
    assert not folder.exists()


def test_without_terminal_keyring_and_home_it_does_not_hang(
    cstar_team: Team, cstar_sandbox: Sandbox, tmp_path: Path
) -> None:
    """A process without a terminal, a keyring, a home folder and a place to write ends in 5 s, and says what to do."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "CSTAR_CONFIG_DIR": str(tmp_path / "file" / "cstar"),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
    }
    (tmp_path / "file").write_text("not a folder")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "cstar_async.cli", "login", "--key-stdin", "--base-url", cstar_sandbox.base_url],
        input=cstar_team.secret_key, env=environment, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert time.monotonic() - began < 5
    assert (done.returncode, done.stdout) == (1, "")
    assert "Not a directory" in done.stderr
    assert cstar_team.secret_key not in done.stderr


def test_without_a_home_folder_it_asks_for_a_place(
    cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a home folder, a login names the variables to set, and commands work with them."""

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "XDG_CONFIG_HOME", "CSTAR_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    done = cstar.log_in(cstar_team)
    assert done.code == 1
    assert "set CSTAR_CONFIG_DIR to a folder, or CSTAR_API_KEY to the key" in done.error["message"]
    assert "there is no API key" in cstar("tickets", "list").error["message"]
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("CSTAR_API_KEY", cstar_team.secret_key)
    assert cstar("tickets", "list", "--base-url", cstar_sandbox.base_url).code == 0


def test_a_refused_key_is_not_kept(cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox, folder: Path) -> None:
    """A key that the service refuses, or of another team than was said, is not kept: exit 4."""
    wrong = f"sk_test_{'x' * 32}"
    done = cstar("login", "--key-stdin", "--base-url", cstar_sandbox.base_url, stdin=wrong)
    assert (done.code, done.out) == (4, "")
    assert wrong not in done.err
    other = cstar.log_in(cstar_team, "--team", cstar_sandbox.team().id)
    assert other.code == 4
    assert f"the key is for the team {cstar_team.id}" in other.error["message"]
    assert cstar("login", "--key-stdin", "--base-url", "ftp://x", stdin=wrong).code == 2
    assert not folder.exists()


def test_an_offline_login_sends_nothing(cstar: CommandLine, cstar_team: Team) -> None:
    """With --offline the key is kept as it is; the team is that of --team."""
    done = cstar.log_in(cstar_team, "--offline", "--team", cstar_team.id)
    assert (done.code, done.value["team"]) == (0, cstar_team.id)
    assert not cstar_team.requests


def test_a_key_of_the_environment_is_not_kept(
    cstar: CommandLine, cstar_team: Team, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSTAR_API_KEY comes before the default profile, so a login only checks it, and says so."""
    for name, value in cstar_team.environment.items():
        monkeypatch.setenv(name, value)
    done = cstar("login")
    assert (done.code, done.value["stored_in"]) == (0, "environment")
    assert "nothing was kept" in done.err
    assert not folder.exists()
    assert cstar("status").value["stored_in"] == "environment"


def test_a_terminal_is_asked_for_the_key(cstar_team: Team, folder: Path) -> None:
    """On a terminal the key is asked for, and not shown while it is typed; the result is a sheet."""
    words = ["login", "--base-url", cstar_team.environment["CSTAR_BASE_URL"]]
    code, shown = on_terminal(words, b"API key: ", f"{cstar_team.secret_key}\n".encode())
    assert code == 0, shown
    assert cstar_team.secret_key not in shown
    assert re.search(rf"team.*{cstar_team.id}", shown)
    assert cstar_team.secret_key in (folder / "profiles.toml").read_text()


def test_ctrl_c_at_the_prompt_keeps_nothing(folder: Path) -> None:
    """Ctrl-C at the prompt ends with 130 and leaves no file."""
    code, shown = on_terminal(["login", "--base-url", "http://127.0.0.1:9"], b"API key: ", CTRL_C)
    assert code == Exit.INTERRUPTED, shown
    assert "Traceback" not in shown
    assert not folder.exists()
