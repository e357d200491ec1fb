"""The generated files: the same bytes each time, complete packages, and no changes to other files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codegen import tree
from codegen.__main__ import main
from codegen.adopt.publish import dump
from cstar_async import _generated

from .conftest import ROOT
from .test_change import changed_contract

PACKAGE = Path(_generated.__file__).parent


def contents(folder: Path) -> dict[str, bytes]:
    """Return the contents of every file, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_package_is_what_the_contract_generates() -> None:
    """The generated package is up to date with the contract."""
    assert main(["--check"]) == 0


def test_the_output_is_the_same_wherever_and_with_any_hash_seed(tmp_path: Path) -> None:
    """The output depends neither on the hash seed nor on the working directory."""
    for seed, folder in (("1", ROOT), ("2", tmp_path)):
        command = [sys.executable, "-m", "codegen", "--out", str(tmp_path / f"made_{seed}")]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, check=True, capture_output=True, cwd=folder, env=environment)
    assert contents(tmp_path / "made_1") == contents(tmp_path / "made_2")


def test_check_lists_what_differs_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` lists what differs and changes nothing."""
    out, spec = tmp_path / "made", tmp_path / "changed.yaml"
    spec.write_text(dump(changed_contract()))
    assert main(["--out", str(out), "--spec", str(spec)]) == 0
    (out / "models" / "tickets.py").unlink()
    before = contents(out)
    capsys.readouterr()
    assert main(["--out", str(out), "--check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    expected = {"changed  events.py", "removed  resources/robots.py", "added    models/tickets.py"}
    assert expected <= set(lines)
    assert contents(out) == before


def test_a_bad_document_leaves_the_old_package_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An invalid document leaves the old package as it was."""
    out, spec = tmp_path / "made", tmp_path / "bad.yaml"
    assert main(["--out", str(out)]) == 0
    before = contents(out)
    known = (ROOT / "contract" / "cstar.yaml").read_text()
    spec.write_text(known.replace("schemas/TicketStatus'", "schemas/Nothing'", 1))
    assert main(["--out", str(out), "--spec", str(spec)]) == 1
    assert "Nothing" in capsys.readouterr().err
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_with_other_files_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with files that the generator did not write is refused."""
    for out, name in (("package", "precious.py"), ("site", "static/manifest.json")):
        precious = tmp_path / out / name
        precious.parent.mkdir(parents=True)
        precious.write_text("x = 1\n")
        assert main(["--out", str(tmp_path / out)]) == 1
        assert f"did not write: {name}" in capsys.readouterr().err
        assert precious.exists()


def test_generated_files_say_so_and_hold_no_reprs() -> None:
    """Generated files say that they are generated, and hold no reprs of objects."""
    for name, text in contents(PACKAGE).items():
        assert b"object at 0x" not in text, name
        if name.endswith(".py"):
            assert text.startswith(b"# Made by `make codegen`"), name


def test_one_module_imports_the_parser() -> None:
    """One module imports the parser."""
    users = [
        path.name for path in (ROOT / "codegen").glob("*.py") if "import openapi_python_client" in path.read_text()
    ]
    users += [path.name for path in (ROOT / "codegen").glob("*.py") if "from openapi_python_client" in path.read_text()]
    assert users == ["parse.py"]


KILLED = """
import os, signal, sys
from codegen import tree
from codegen.__main__ import main
from codegen.adopt.publish import dump

real = tree.exchange

def exchange(one, other):
    if sys.argv[1] == "after":
        assert real(one, other)
    os.kill(os.getpid(), signal.SIGKILL)

tree.exchange = exchange
main(["--out", sys.argv[2], "--spec", sys.argv[3]])
"""


def is_whole(folder: Path) -> bool:
    """Whether the files match the manifest."""
    made = contents(folder)
    hashes: dict[str, str] = json.loads(made.pop("manifest.json"))
    return hashes == {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the swap takes two steps")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_the_swap_leaves_one_of_the_two_whole(tmp_path: Path, moment: str) -> None:
    """A kill at the swap leaves the old or the new package whole."""
    out, spec = tmp_path / "made", tmp_path / "changed.yaml"
    assert main(["--out", str(out)]) == 0
    before = contents(out)
    spec.write_text(dump(changed_contract()))
    command = [sys.executable, "-c", KILLED, moment, str(out), str(spec)]
    assert subprocess.run(command, check=False, capture_output=True, cwd=ROOT).returncode == -signal.SIGKILL
    assert is_whole(out)
    assert (contents(out) == before) is (moment == "before")
    assert main(["--out", str(out), "--spec", str(spec)]) == 0
    assert (out / "resources" / "robots.py").exists()


def test_a_failed_swap_without_exchange_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed swap without `exchange` restores the old package."""
    monkeypatch.setattr(tree, "exchange", lambda one, other: False)
    target = tmp_path / "made"
    for name in ("first", "second"):
        fresh = tmp_path / "work" / name
        fresh.mkdir(parents=True)
        (fresh / "x.py").write_text(name)
        tree.swap(fresh, target)
        assert (target / "x.py").read_text() == name
        shutil.rmtree(tmp_path / "work")
    (tmp_path / "work").mkdir()
    with pytest.raises(FileNotFoundError):
        tree.swap(tmp_path / "work" / "gone", target)
    assert (target / "x.py").read_text() == "second"


def test_two_runs_at_once_leave_one_whole_package(tmp_path: Path) -> None:
    """Two runs at once leave one whole package."""
    out, spec = tmp_path / "made", tmp_path / "changed.yaml"
    spec.write_text(dump(changed_contract()))
    commands = [[sys.executable, "-m", "codegen", "--out", str(out), *more] for more in ([], ["--spec", str(spec)])]
    runs = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for command in commands]
    assert [run.wait() for run in runs] == [0, 0]
    assert is_whole(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["changed.yaml", "made"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that cannot be written is an error that names it."""
    (tmp_path / "file").touch()
    assert main(["--out", str(tmp_path / "file" / "made")]) == 1
    assert "cannot be written" in capsys.readouterr().err
