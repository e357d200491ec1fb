"""Logging in and out, profiles and status: where a key comes from, where it goes, and who sees it."""

from __future__ import annotations

import io
import json
import os
import pty
import pwd
import re
import select
import stat
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cstar_async.cli import main, profiles
from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cstar_async.sandbox import Team


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> dict[str, Any]:
        """The one object that it wrote."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> str:
        """The message of its error."""
        return str(json.loads(self.err.splitlines()[-1])["error"]["message"])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One service for all tests."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def team(sandbox: Sandbox) -> Team:
    """A team of its own for each test."""
    return sandbox.team()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the settings; there are none, no variables, and no keyring."""
    for name in list(os.environ):
        if name.startswith("CSTAR_"):
            monkeypatch.delenv(name)
    found = tmp_path / "config" / "cstar"
    monkeypatch.setenv("CSTAR_CONFIG_DIR", str(found))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return found


@pytest.fixture
def cstar(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Runs a command without a terminal; `stdin` is what it can read."""

    def run(*words: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(words)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring that works, and what is in it."""
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setitem(
        sys.modules,
        "keyring",
        SimpleNamespace(
            set_password=lambda service, name, key: kept.__setitem__((service, name), key),
            get_password=lambda service, name: kept.get((service, name)),
            delete_password=lambda service, name: kept.pop((service, name)),
        ),
    )
    return kept


def log_in(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, *words: str) -> Ran:
    """Log in with the secret key of a team."""
    return cstar("login", "--key-stdin", "--base-url", sandbox.base_url, *words, stdin=f"{team.secret_key}\n")


def test_a_login_keeps_the_key_for_its_owner_alone(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, folder: Path
) -> None:
    """The key is checked and kept in a file of mode 0600; later commands use it, and no output has it."""
    done = log_in(cstar, team, sandbox)
    assert done.code == 0, done.err
    assert done.value == {
        "profile": "default",
        "team": team.id,
        "team_name": done.value["team_name"],
        "key": f"sk_test_…{team.secret_key[-4:]}",
        "stored_in": "file",
        "base_url": sandbox.base_url,
    }
    file = folder / "profiles.toml"
    assert str(file) in done.err
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    assert [each.name for each in folder.iterdir()] == ["profiles.toml"]
    listed = cstar("tickets", "list", "-vv")
    assert (listed.code, listed.out) == (0, "")
    assert [each.path.rpartition("/")[2] for each in team.requests] == ["whoami", "tickets"]
    for shown in (done, listed, cstar("status"), cstar("status", "--offline"), cstar("profiles"), cstar("logout")):
        assert shown.code == 0, shown.err
        assert team.secret_key not in shown.out + shown.err


def test_the_documented_login_works_and_warns(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox) -> None:
    """`cstar login --api-key KEY` works, and warns on stderr that others can see the key."""
    done = cstar("login", "--api-key", team.secret_key, "--base-url", sandbox.base_url)
    assert (done.code, done.value["team"]) == (0, team.id)
    assert "others on this machine can see --api-key" in done.err
    assert team.secret_key not in done.out + done.err


def test_a_keyring_takes_the_key(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, folder: Path, keyring: dict[tuple[str, str], str]
) -> None:
    """With a keyring the file does not have the key; commands find it, and a logout removes it."""
    done = log_in(cstar, team, sandbox)
    assert (done.code, done.value["stored_in"]) == (0, "keyring")
    assert list(keyring.values()) == [team.secret_key]
    assert team.secret_key not in (folder / "profiles.toml").read_text()
    assert cstar("tickets", "list").code == 0
    assert cstar("status").value["stored_in"] == "keyring"
    assert log_in(cstar, team, sandbox, "--insecure-file").value["stored_in"] == "file"
    assert not keyring
    assert log_in(cstar, team, sandbox).value["stored_in"] == "keyring"
    keyring.clear()
    lost = cstar("tickets", "list")
    assert lost.code == 4
    assert "the keyring gives no key for the profile 'default'" in lost.error
    log_in(cstar, team, sandbox)
    assert cstar("logout").code == 0
    assert not keyring


def test_two_folders_of_settings_share_a_keyring(
    cstar: Callable[..., Ran],
    team: Team,
    sandbox: Sandbox,
    keyring: dict[tuple[str, str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A profile of another folder of settings has a key of its own, even under the same name."""
    log_in(cstar, team, sandbox)
    monkeypatch.setenv("CSTAR_CONFIG_DIR", str(tmp_path / "other"))
    log_in(cstar, sandbox.team(), sandbox)
    assert len(keyring) == 2


def test_a_keyring_that_keeps_nothing_is_not_trusted(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that is switched off takes a key and forgets it: the key goes into the file."""
    nothing = SimpleNamespace(set_password=lambda *_: None, get_password=lambda *_: None)
    monkeypatch.setitem(sys.modules, "keyring", nothing)
    assert log_in(cstar, team, sandbox).value["stored_in"] == "file"
    assert cstar("tickets", "list").code == 0


def test_a_keyring_that_waits_holds_nothing_up(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that does not answer is given up, and the login says so."""
    end = threading.Event()
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(set_password=lambda *_: end.wait()))
    monkeypatch.setattr(profiles, "_KEYRING_TIMEOUT", 0.05)
    done = log_in(cstar, team, sandbox)
    end.set()
    assert (done.code, done.value["stored_in"]) == (0, "file")
    assert "the keyring does not answer" in done.err


def test_a_login_without_a_terminal_says_what_to_do(cstar: Callable[..., Ran], folder: Path) -> None:
    """Off a terminal, without a key, it ends at once and names the ways; an empty input is a mistake too."""
    done = cstar("login")
    assert done.code == 2
    assert "--key-stdin" in done.error
    assert "CSTAR_API_KEY" in done.error
    assert "is empty" in cstar("login", "--key-stdin", stdin="\n").error
    assert not folder.exists()


def test_without_terminal_keyring_and_home_it_does_not_hang(team: Team, sandbox: Sandbox, tmp_path: Path) -> None:
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
        [sys.executable, "-m", "cstar_async.cli", "login", "--key-stdin", "--base-url", sandbox.base_url],
        input=team.secret_key, env=environment, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert time.monotonic() - began < 5
    assert (done.returncode, done.stdout) == (1, "")
    assert "Not a directory" in done.stderr
    assert team.secret_key not in done.stderr


def test_without_a_home_folder_it_asks_for_a_place(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a home folder, a login names the variables to set, and commands work with them."""

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "XDG_CONFIG_HOME", "CSTAR_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    done = log_in(cstar, team, sandbox)
    assert done.code == 1
    assert "set CSTAR_CONFIG_DIR to a folder, or CSTAR_API_KEY to the key" in done.error
    assert "there is no API key" in cstar("tickets", "list").error
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("CSTAR_API_KEY", team.secret_key)
    assert cstar("tickets", "list", "--base-url", sandbox.base_url).code == 0


def test_a_refused_key_is_not_kept(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, folder: Path) -> None:
    """A key that the service refuses, or of another team than was said, is not kept: exit 4."""
    wrong = f"sk_test_{'x' * 32}"
    done = cstar("login", "--key-stdin", "--base-url", sandbox.base_url, stdin=wrong)
    assert (done.code, done.out) == (4, "")
    assert wrong not in done.err
    other = log_in(cstar, team, sandbox, "--team", sandbox.team().id)
    assert other.code == 4
    assert f"the key is for the team {team.id}" in other.error
    assert cstar("login", "--key-stdin", "--base-url", "ftp://x", stdin=wrong).code == 2
    assert not folder.exists()


def test_an_offline_login_sends_nothing(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox) -> None:
    """With --offline the key is kept as it is; the team is that of --team."""
    done = log_in(cstar, team, sandbox, "--offline", "--team", team.id)
    assert (done.code, done.value["team"]) == (0, team.id)
    assert not team.requests


def test_a_key_of_the_environment_is_not_kept(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSTAR_API_KEY comes before the default profile, so a login only checks it, and says so."""
    for name, value in team.environment.items():
        monkeypatch.setenv(name, value)
    done = cstar("login")
    assert (done.code, done.value["stored_in"]) == (0, "environment")
    assert "nothing was kept" in done.err
    assert not folder.exists()
    assert cstar("status").value["stored_in"] == "environment"


def test_a_profile_and_the_environment_are_not_mixed(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key from elsewhere does not go to the server of a profile; a profile that is named comes first."""
    log_in(cstar, team, sandbox)
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_0123456789abcdefghijklmnopqrstuv")
    found = cstar("status", "--offline").value
    assert (found["base_url"], found["team"], found["profile"]) == ("https://www.cstar.help", None, None)
    assert (found["environment"], found["key"]) == ("live", "sk_live_…stuv")
    monkeypatch.setenv("CSTAR_BASE_URL", "https://elsewhere.example")
    monkeypatch.setenv("CSTAR_TEAM_ID", "another")
    named = cstar("status", "--offline", "--profile", "default").value
    assert (named["base_url"], named["team"], named["stored_in"]) == (sandbox.base_url, team.id, "file")
    given = cstar("status", "--offline", "--team", "t", "--base-url", "https://given.example").value
    assert (given["base_url"], given["team"]) == ("https://given.example", "t")
    monkeypatch.delenv("CSTAR_API_KEY")
    assert cstar("status", "--offline").value["base_url"] == "https://elsewhere.example"


def test_profiles_are_listed_chosen_and_removed(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox) -> None:
    """The first profile is the default; `use` chooses another; an unknown name is an error with the known ones."""
    log_in(cstar, team, sandbox, "--profile", "work")
    hint = log_in(cstar, sandbox.team(), sandbox, "--profile", "home").err
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
        assert "profiles: work, home" in found.error
    assert "is not a name for a profile" in log_in(cstar, team, sandbox, "--profile", "a b").error
    assert cstar("profiles", "remove", "work").code == 0
    assert cstar("logout").code == 0
    assert cstar("logout").err == "no key was kept\n"
    assert (cstar("profiles").out, cstar("tickets", "list").code) == ("", 4)
    log_in(cstar, team, sandbox, "--profile", "one")
    log_in(cstar, team, sandbox, "--profile", "two")
    assert "forgotten: one, two" in cstar("logout", "--all").err
    assert listed() == []


def test_a_file_that_others_can_read_is_refused(
    cstar: Callable[..., Ran], team: Team, sandbox: Sandbox, folder: Path
) -> None:
    """The file is not used while others can read it, and not if it is damaged; the error says what to do."""
    log_in(cstar, team, sandbox)
    file = folder / "profiles.toml"
    file.chmod(0o644)
    assert f"chmod 600 {file}" in cstar("tickets", "list").error
    file.chmod(0o600)
    file.write_text("default = [")
    damaged = cstar("tickets", "list")
    assert damaged.code == 1
    assert "not valid TOML" in damaged.error


def test_status_tells_team_key_place_and_quota(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox) -> None:
    """One request tells the team, the kind of key and the quota; --offline sends nothing and leaves the quota out."""
    log_in(cstar, team, sandbox)
    sent = len(team.requests)
    found = cstar("status", "--json")
    assert found.out.startswith("{\n  ")
    value = found.value
    assert len(team.requests) == sent + 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00Z", value.pop("quota_reset"))
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", value.pop("version"))
    assert value == {
        "profile": "default",
        "team": team.id,
        "team_name": value["team_name"],
        "key": f"sk_test_…{team.secret_key[-4:]}",
        "key_type": "secret",
        "environment": "test",
        "stored_in": "file",
        "base_url": sandbox.base_url,
        "quota_limit": 1000,
        "quota_remaining": 1000 - sent - 1,
    }
    offline = cstar("status", "--offline").value
    assert len(team.requests) == sent + 1
    assert (offline["team"], offline["key_type"], "quota_limit" in offline) == (team.id, "secret", False)
    publishable = cstar("status", "--key-stdin", "--base-url", sandbox.base_url, stdin=team.publishable_key).value
    assert (publishable["key_type"], publishable["stored_in"], publishable["quota_limit"]) == (
        "publishable",
        "stdin",
        100,
    )
    other = cstar("status", "--team", "another")
    assert "warning: the key is for the team" in other.err


def test_status_shows_what_it_knows_and_fails(cstar: Callable[..., Ran], sandbox: Sandbox) -> None:
    """Without a key, or with one that is refused, it shows what is known on this machine, and exits with 4."""
    none = cstar("status")
    assert (none.code, none.value["key"], none.value["stored_in"]) == (4, None, None)
    assert "cstar login" in none.error
    key = f"sk_test_{'y' * 32}"
    refused = cstar("status", "--key-stdin", "--base-url", sandbox.base_url, stdin=key)
    assert (refused.code, refused.value["key"]) == (4, "sk_test_…yyyy")
    assert "401" in refused.error
    unreachable = cstar("status", "--key-stdin", "--base-url", "http://127.0.0.1:9", "--max-retries", "0", stdin=key)
    assert unreachable.code == 6


def test_a_short_key_is_not_shown(cstar: Callable[..., Ran]) -> None:
    """Of a key that is no longer than its shown parts, only the prefix is shown."""
    assert cstar("status", "--offline", "--key-stdin", stdin="sk_live_abcd1234").value["key"] == "sk_live_…"
    assert cstar("status", "--offline", "--key-stdin", stdin="hunter2").value["key"] == "…"


def test_keys_as_documented(cstar: Callable[..., Ran], team: Team, sandbox: Sandbox) -> None:
    """`keys create --name N` shows the new key once, on stdout; `keys list` never does; `keys revoke ID` ends it."""
    log_in(cstar, team, sandbox)
    made = cstar("keys", "create", "--name", "Deployment")
    assert (made.code, made.err) == (0, "")
    key = made.value["key"]
    assert log_in(cstar, SimpleNamespace(secret_key=key), sandbox, "--profile", "new").code == 0  # type: ignore[arg-type]
    listed = cstar("keys", "list")
    assert made.value["id"] in listed.out
    assert key not in listed.out
    assert cstar("keys", "revoke", made.value["id"]).code == 0
    assert cstar("status", "--profile", "new").code == 4


class Terminal:
    """A command on a terminal."""

    def __init__(self, *words: str, environment: dict[str, str]) -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:  # pragma: no cover  # another process
            os.execve(sys.executable, [sys.executable, "-m", "cstar_async.cli", *words], environment)
        self.shown = ""

    def until(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        end = time.monotonic() + 20
        while text not in self.shown:
            ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
            assert ready, self.shown
            self.shown += os.read(self._fd, 4096).decode()

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        os.write(self._fd, text.encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        while True:
            try:
                found = os.read(self._fd, 4096)
            except OSError:
                break
            if not found:
                break
            self.shown += found.decode()
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_a_terminal_is_asked_for_the_key(team: Team, sandbox: Sandbox, folder: Path) -> None:
    """On a terminal the key is asked for, and not shown while it is typed; the result is a sheet."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}
    terminal = Terminal("login", "--base-url", sandbox.base_url, environment=environment)
    terminal.until("API key: ")
    terminal.type(f"{team.secret_key}\n")
    assert terminal.end() == 0, terminal.shown
    assert team.secret_key not in terminal.shown
    assert re.search(rf"team.*{team.id}", terminal.shown)
    assert team.secret_key in (folder / "profiles.toml").read_text()


def test_a_terminal_that_lacks_characters(team: Team, sandbox: Sandbox, folder: Path) -> None:
    """On a terminal of another encoding, what it cannot show is a question mark, and no error."""
    environment = {
        **os.environ,
        **team.environment,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONIOENCODING": "latin-1",
    }
    terminal = Terminal("status", "--offline", environment=environment)
    assert terminal.end() == 0, terminal.shown
    assert "sk_test_?" in terminal.shown


def test_ctrl_c_at_the_prompt_keeps_nothing(sandbox: Sandbox, folder: Path) -> None:
    """Ctrl-C at the prompt ends with 130 and leaves no file."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}
    terminal = Terminal("login", "--base-url", sandbox.base_url, environment=environment)
    terminal.until("API key: ")
    terminal.type("sk_test_\x03")
    assert terminal.end() == 130, terminal.shown
    assert "Traceback" not in terminal.shown
    assert not folder.exists()
