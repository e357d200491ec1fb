"""The lowest versions that pyproject.toml allows, as constraints for pip: what `make test-lowest` installs.

The dependencies of users are at their floors; the tools of the tests are as in constraints.txt.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXTRAS = ("sandbox", "postgres", "progress")


def floors() -> dict[str, str]:
    """The floor of each dependency of the package and its extras, by the name that pip uses."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [one for extra in EXTRAS for one in project["optional-dependencies"][extra]]
    return dict(one.split(">=") for one in wanted)


def pins() -> dict[str, str]:
    """The versions in constraints.txt, by the same names."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = (line.split("==") for line in lines if "==" in line)
    return {re.sub("[-_.]+", "-", name).lower(): version for name, version in pinned}


if __name__ == "__main__":
    for name, version in (pins() | floors()).items():
        print(f"{name}=={version}")
