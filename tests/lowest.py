"""The lowest versions that pyproject.toml lets users have, as constraints for pip: what `make test-lowest` installs.

What users need stands at its floor; the tools of the tests as in constraints.txt.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXTRAS = ("sandbox", "postgres", "progress")


def floors() -> dict[str, str]:
    """The floor of each dependency of the package and of its extras, by the name that pip knows it by."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [one for extra in EXTRAS for one in project["optional-dependencies"][extra]]
    return dict(one.split(">=") for one in wanted)


def pins() -> dict[str, str]:
    """What constraints.txt pins, by the same names."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = (line.split("==") for line in lines if "==" in line)
    return {re.sub("[-_.]+", "-", name).lower(): version for name, version in pinned}


if __name__ == "__main__":
    for name, version in (pins() | floors()).items():
        print(f"{name}=={version}")  # noqa: T201
