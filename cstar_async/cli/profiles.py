"""Profiles: a key, a team and a server under a name, in a file for its owner alone, or with the key in a keyring."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from cstar_async._core.secrets import Secret
from cstar_async._core.serialization import is_object

from .exits import CommandError, Exit
from .private_files import DIRECTORY, locked, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

DEFAULT: Final = "default"
_SERVICE: Final = "cstar-async"
_KEYRING_TIMEOUT: Final = 3.0
"""Seconds. A keyring without a session of a desktop can wait for ever."""
_UNLOCK_TIMEOUT: Final = 60.0
"""Seconds more on a terminal, for somebody to unlock the keyring."""
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KEY_PREFIX: Final = re.compile(r"(?:sk|pk)_(?:live_|test_)?")
_LONG: Final = 24


class Profile(NamedTuple):
    """One set of settings."""

    name: str
    team: str | None = None
    """The team's id, or None to ask the service."""
    base_url: str | None = None
    """Scheme and host, or None for cStar's."""
    stored_in: str = "file"
    """`keyring` or `file`."""
    key: Secret | None = None
    """The key, if it is in the file."""


def check_name(name: str) -> str:
    """Return the name of a profile. Raises CommandError if it is not valid."""
    if not _NAME.fullmatch(name):
        raise CommandError(f"{name!r} is not a name for a profile: use letters, digits, '_', '.' and '-'", Exit.USAGE)
    return name


def folder() -> Path | None:
    """The folder of the settings; None without a home folder."""
    own = os.environ.get(DIRECTORY)
    if own:
        return Path(own).absolute()
    from platformdirs import user_config_path

    try:
        return user_config_path("cstar")
    except RuntimeError:  # no home folder
        return None


def masked(key: str) -> str:
    """A key as it may be shown: its prefix and the last four characters, if those are the lesser part of it."""
    prefix = _KEY_PREFIX.match(key)
    return f"{prefix[0] if prefix else ''}…{key[-4:] if len(key) >= _LONG else ''}"


class Profiles:
    """The profiles of a user."""

    def __init__(self) -> None:
        found = folder()
        self.path = found and found / "profiles.toml"
        self.profiles: dict[str, Profile]
        self.chosen: str
        self._read()

    def _read(self) -> None:
        self.profiles, self.chosen = {}, DEFAULT
        if self.path is None:
            return
        try:
            raw = read_private(self.path)
        except FileNotFoundError:
            return
        try:
            found = tomllib.loads(raw.decode())
        except ValueError:
            self._refuse("it is not valid TOML")
        chosen = found.get("default", DEFAULT)
        if not isinstance(chosen, str):
            self._refuse("default is not a text")
        self.chosen = chosen
        profiles = found.get("profiles", {})
        if not is_object(profiles):
            self._refuse("profiles is not a table")
        for name, values in profiles.items():
            if not is_object(values) or any(not isinstance(value, str) for value in values.values()):
                self._refuse(f"the profile {name!r} must have texts only")
            key = values.get("key")
            self.profiles[name] = Profile(
                name,
                values.get("team"),
                values.get("base_url"),
                values.get("stored_in", "file"),
                None if key is None else Secret(key),
            )

    def _refuse(self, reason: str) -> NoReturn:
        raise CommandError(f"{self.path} cannot be used: {reason}; mend it, or remove it and log in again") from None

    def find(self, name: str | None) -> Profile | None:
        """Return the profile with this name. Without a name: the default profile, or None.

        Raises:
            CommandError: There is none of this name.
        """
        found = self.profiles.get(self.chosen if name is None else name)
        if found is None and name is not None:
            known = ", ".join(self.profiles) or "none yet"
            raise CommandError(f"there is no profile {name!r}; profiles: {known}", Exit.USAGE)
        return found

    @property
    def lack_of_default(self) -> str:
        """What to say if there are profiles, but none is the default; else empty."""
        if not self.profiles or self.chosen in self.profiles:
            return ""
        return f"there is no default profile; `cstar profiles use` chooses one of {', '.join(self.profiles)}"

    def key(self, profile: Profile) -> Secret | None:
        """The key of a profile, from the file or the keyring."""
        if profile.stored_in != "keyring":
            return profile.key
        account = self._account(profile.name)
        found = _with_keyring(lambda keyring: keyring.get_password(_SERVICE, account))
        return None if found is None else Secret(found)

    def _account(self, name: str) -> str:
        # Another folder of settings may have a profile of the same name.
        return f"{name} ({self.path and self.path.parent})"

    def save(self, profile: Profile, key: str, *, in_file: bool) -> Profile:
        """Keep a profile and its key: in the keyring if there is one, else, or with `in_file`, in the file."""
        account, secret = self._account(profile.name), str(key)

        def keep(keyring: Any) -> str | None:
            keyring.set_password(_SERVICE, account, secret)
            found: str | None = keyring.get_password(_SERVICE, account)  # one that is switched off keeps nothing
            return found

        self._require_folder()
        in_keyring = not in_file and _with_keyring(keep) == secret
        if in_keyring:
            profile = profile._replace(stored_in="keyring", key=None)
        else:
            profile = profile._replace(stored_in="file", key=Secret(secret))
        with self._changed():
            before = self.profiles.get(profile.name)
            if self.chosen not in self.profiles:
                self.chosen = profile.name
            self.profiles[profile.name] = profile
        if before is not None and before.stored_in == "keyring" and not in_keyring:
            self._forget(profile.name)
        return profile

    def _forget(self, name: str) -> None:
        """Remove a key from the keyring."""
        account = self._account(name)
        if _with_keyring(lambda keyring: keyring.delete_password(_SERVICE, account) or "ok") is None:
            sys.stderr.write(f"cstar: the keyring may still have the key of the profile {name!r} ({_SERVICE})\n")

    def choose(self, name: str) -> None:
        """Make a profile the default."""
        with self._changed():
            self.find(name)
            self.chosen = name

    def remove(self, name: str) -> None:
        """Remove a profile and its key."""
        with self._changed():
            profile = self.find(name)
            del self.profiles[name]
        if profile is not None and profile.stored_in == "keyring":
            self._forget(name)

    def _require_folder(self) -> Path:
        if self.path is None:
            raise CommandError(
                f"there is no home folder for profiles: set {DIRECTORY} to a folder, or CSTAR_API_KEY to the key"
            )
        return self.path

    @contextlib.contextmanager
    def _changed(self) -> Generator[None]:
        """Read the file anew for a block that changes it, and write it; other processes wait."""
        with locked(self._require_folder().with_suffix(".lock"), wait=True):
            self._read()
            yield
            self._write()

    def _write(self) -> None:
        path = self._require_folder()
        lines = [f"default = {_text(self.chosen)}", ""]
        for profile in self.profiles.values():
            lines.append(f"[profiles.{_text(profile.name)}]")
            values = {
                "team": profile.team,
                "base_url": profile.base_url,
                "stored_in": profile.stored_in,
                "key": None if profile.key is None else str(profile.key),
            }
            lines += [f"{name} = {_text(value)}" for name, value in values.items() if value is not None]
            lines.append("")
        try:
            write_private(path, "\n".join(lines).encode())
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written: {error.strerror}; set {DIRECTORY} to another folder, or CSTAR_API_KEY to "
                "the key"
            ) from None


def _text(value: str) -> str:
    # A JSON string is a TOML string, but for DEL.
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")


def _with_keyring(use: Callable[[Any], str | None]) -> str | None:
    """Use the keyring of this machine; None if it has none, or if it does not answer in time."""
    found: list[str | None] = []

    def work() -> None:
        with contextlib.suppress(Exception):  # backends raise whatever their libraries raise
            import keyring

            found.append(use(keyring))

    # A thread that waits for a dialog nobody sees must not hold up the end of the process.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(_KEYRING_TIMEOUT)
    if thread.is_alive() and sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write("cstar: waiting for the keyring to be unlocked; Ctrl-C ends it\n")
        thread.join(_UNLOCK_TIMEOUT)
    if thread.is_alive():
        sys.stderr.write("cstar: the keyring does not answer\n")
    return found[0] if found else None
