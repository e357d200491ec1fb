"""Write a generated package, compare it with the present one, and replace that."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .emit import tidy
from .errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Generator

MANIFEST = "manifest.json"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write(files: dict[str, str], folder: Path) -> None:
    """Write and format the files, with a manifest of their hashes."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    tidy(folder)
    (folder / MANIFEST).write_text(json.dumps(_hashes(folder), indent=1) + "\n", encoding="utf-8")


def differences(fresh: Path, present: Path) -> list[str]:
    """Return a line for each file that is added, changed or removed, including the manifest."""
    new, old = _hashes(fresh), _hashes(present)
    lines = [f"added    {name}" for name in new if name not in old]
    lines += [f"changed  {name}" for name in new if name in old and new[name] != old[name]]
    lines += [f"removed  {name}" for name in old if name not in new]
    return sorted(lines, key=lambda line: line.split()[1])


def swap(fresh: Path, target: Path) -> None:
    """Replace the old tree by the new one in one step, so that a kill at any moment leaves one of them whole.

    Systems that cannot exchange two folders (Linux can) need two steps; if the second fails, the old tree is restored.
    """
    if not target.exists():
        with suppress(OSError):  # another run may have created it in between
            fresh.rename(target)
            return
    if exchange(fresh, target):
        return
    aside = fresh.with_name("old")
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths atomically. Returns False if the system cannot do so."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done: int = renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0


def refuse_foreign(target: Path) -> None:
    """Raise ContractError if `target` contains a file that the generator did not write."""
    if target.exists() and not target.is_dir():
        raise ContractError([f"{target} is not a folder"])
    foreign = sorted(set(_hashes(target)) - _written(target) - {MANIFEST})
    if foreign:
        shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise ContractError(
            [f"{target} contains files that codegen did not write: {shown}; use an empty or new folder"]
        )


def _written(target: Path) -> set[str]:
    try:
        return set(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return set()


@contextmanager
def workplace(target: Path, *, beside: bool) -> Generator[Path]:
    """Make a temporary folder with the target's name; beside the target, so that the swap is a rename."""
    if beside:
        target.parent.mkdir(parents=True, exist_ok=True)
    place = tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent if beside else None)
    try:
        fresh = Path(place) / target.name
        fresh.mkdir()  # mkdtemp's own folder has the mode 0700, which the package must not have
        yield fresh
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
