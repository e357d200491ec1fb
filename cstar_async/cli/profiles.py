"""Profiles: a key, a team and a server under a name, in a file for its owner alone, or with the key in a keyring."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from cstar_async._core.secrets import Secret

from .exits import CommandError, Exit

if TYPE_CHECKING:
    from collections.abc import Callable

DIRECTORY: Final = "CSTAR_CONFIG_DIR"
DEFAULT: Final = "default"
_SERVICE: Final = "cstar-async"
_KEYRING_TIMEOUT: Final = 3.0
"""Seconds. A keyring without a session of a desktop can wait for ever."""
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_READABLE: Final = 0o077


@attrs.define(kw_only=True)
class Profile:
    """One set of settings.

    Attributes:
        name: Its name.
        team: The team's id, or None to ask the service.
        base_url: Scheme and host, or None for cStar's.
        stored_in: `keyring` or `file`.
        key: The key, if it is in the file.
    """

    name: str
    team: str | None = None
    base_url: str | None = None
    stored_in: str = "file"
    key: Secret | None = None


def check_name(name: str) -> str:
    """Return the name of a profile. Raises CommandError if it is not valid."""
    if not _NAME.fullmatch(name):
        raise CommandError(f"{name!r} is not a name for a profile: use letters, digits, '_', '.' and '-'", Exit.USAGE)
    return name


def folder() -> Path:
    """The folder of the settings."""
    own = os.environ.get(DIRECTORY)
    if own:
        return Path(own)
    from platformdirs import user_config_path

    try:
        return user_config_path("cstar")
    except RuntimeError:  # no home folder
        raise CommandError(f"there is no home folder for the settings; set {DIRECTORY} to a folder") from None


class Profiles:
    """The profiles of a user."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or folder() / "profiles.toml"
        self.profiles: dict[str, Profile] = {}
        self.chosen = DEFAULT
        self._read()

    def _read(self) -> None:
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                raw = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            raise CommandError(f"{self.path} cannot be read: {error.strerror}") from None
        if os.name == "posix" and mode & _READABLE:
            raise CommandError(f"{self.path} can be read by others; run: chmod 600 {self.path}")
        try:
            found = tomllib.loads(raw.decode())
            self.chosen = str(found.get("default", DEFAULT))
            for name, values in found.get("profiles", {}).items():
                key = values.get("key")
                self.profiles[name] = Profile(
                    name=name,
                    team=values.get("team"),
                    base_url=values.get("base_url"),
                    stored_in=values.get("stored_in", "file"),
                    key=None if key is None else Secret(key),
                )
        except (ValueError, AttributeError) as error:
            reason = type(error).__name__ if isinstance(error, AttributeError) else "it is not valid TOML"
            raise CommandError(
                f"{self.path} cannot be used: {reason}; mend it, or remove it and log in again"
            ) from None

    def find(self, name: str | None) -> Profile | None:
        """The profile of this name, the chosen one by default. Raises CommandError for a name that does not exist."""
        found = self.profiles.get(name or self.chosen)
        if found is None and name is not None:
            known = ", ".join(self.profiles) or "none yet"
            raise CommandError(f"there is no profile {name!r}; profiles: {known}", Exit.USAGE)
        return found

    def key(self, profile: Profile) -> Secret | None:
        """The key of a profile, from the file or the keyring."""
        if profile.stored_in != "keyring":
            return profile.key
        found = _with_keyring(lambda keyring: keyring.get_password(_SERVICE, profile.name))
        return None if found is None else Secret(found)

    def save(self, profile: Profile, key: str, *, in_file: bool) -> Profile:
        """Keep a profile and its key: in the keyring if there is one, else, or with `in_file`, in the file."""
        stored = None if in_file else _with_keyring(lambda k: k.set_password(_SERVICE, profile.name, str(key)) or "ok")
        profile = attrs.evolve(
            profile, stored_in="keyring" if stored else "file", key=None if stored else Secret(str(key))
        )
        if not self.profiles:
            self.chosen = profile.name
        self.profiles[profile.name] = profile
        self._write()
        return profile

    def choose(self, name: str) -> None:
        """Make a profile the default."""
        self.find(name)
        self.chosen = name
        self._write()

    def remove(self, name: str) -> None:
        """Remove a profile and its key."""
        profile = self.find(name)
        if profile is not None and profile.stored_in == "keyring":
            _with_keyring(lambda keyring: keyring.delete_password(_SERVICE, name) or "ok")
        del self.profiles[name]
        self._write()

    def _write(self) -> None:
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
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A new file has the mode 0600, and takes the place of the old one whole or not at all.
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=".profiles.")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write("\n".join(lines))
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise CommandError(f"{self.path} cannot be written: {error.strerror}") from None


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
    if thread.is_alive():
        sys.stderr.write("cstar: the keyring does not answer\n")
    return found[0] if found else None
