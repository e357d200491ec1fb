"""Detects network file systems, on which SQLite's write-ahead log does not work: it needs shared memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cstar_async.errors import CStarError

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "orangefs", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs",
    }
)  # fmt: skip  # a list of words
_NETWORK_FUSE: Final = (
    "sshfs",
    "s3fs",
    "gcsfuse",
    "glusterfs",
    "ceph",
    "davfs",
    "rclone",
    "juicefs",
    "goofys",
    "blobfuse",
)


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system of `path` (resolved), by the text of mountinfo; "" if unknown."""
    found, longest = "", -1
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        place = Path(fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        # Of two mounts at one path, the later one hides the earlier.
        if path.is_relative_to(place) and len(place.parts) >= longest:
            found, longest = after.split(" ")[0], len(place.parts)
    return found


def is_network(kind: str) -> bool:
    """Whether file systems of this type are on, or shared with, other machines."""
    return kind in _NETWORK or (kind.startswith("fuse.") and any(name in kind for name in _NETWORK_FUSE))


def refuse_network_file_system(path: Path, kind: type[CStarError], instead: str) -> None:
    """Raise `kind` for a file on a network file system. Detected on Linux, and for Windows shares.

    Args:
        path: The file.
        kind: The error.
        instead: What can be used instead of a local disk, after a comma; empty for nothing.
    """
    if sys.platform == "win32" and os.fspath(path).startswith(("\\\\", "//")):
        raise kind(f"{path} is on another machine; SQLite needs a local disk{instead}")
    if not _MOUNTS.exists():
        return
    system = file_system(path.resolve(), _MOUNTS.read_text())
    if is_network(system):
        raise kind(
            f"{path} is on a network file system ({system}), where SQLite loses and corrupts data; use a local disk"
            f"{instead}"
        )
