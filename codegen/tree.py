"""Writing a generated tree, comparing it, and putting it in place."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from .emit import tidy
from .errors import ContractError

MANIFEST = "manifest.json"


def write(files: dict[str, str], folder: Path) -> None:
    """The files, formatted, with a manifest of their hashes."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    tidy(folder)
    (folder / MANIFEST).write_text(json.dumps(_hashes(folder), indent=1) + "\n", encoding="utf-8")


def differences(fresh: Path, present: Path) -> list[str]:
    """What would change: a line for each added, changed and removed file. Files that are not ours count too."""
    new, old = _hashes(fresh), _hashes(present)
    lines = [f"added    {name}" for name in new if name not in old]
    lines += [f"changed  {name}" for name in new if name in old and new[name] != old[name]]
    lines += [f"removed  {name}" for name in old if name not in new]
    return sorted(lines, key=lambda line: line.split()[1])


def swap(fresh: Path, target: Path) -> None:
    """Put the new tree where the old one was; the old one is whole until the new one is."""
    aside = target.with_name(f".{target.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        target.rename(aside)
    fresh.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


def refuse_foreign(target: Path) -> None:
    """Raises ContractError if `target` holds anything that this program did not write."""
    if target.exists() and not target.is_dir():
        raise ContractError([f"{target} is not a folder"])
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).exists():
        raise ContractError([f"{target} holds files that codegen did not write; name an empty folder or a new one"])


def beside(target: Path) -> Path:
    """A new folder on the same file system, so that the swap is a rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and "__pycache__" not in path.parts
    }
