"""What the generator leaves on disk: the same bytes each time, nothing half done, nothing of others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from codegen.__main__ import main
from cstar_async import _generated

from .conftest import ROOT
from .test_change import changed_contract

PACKAGE = Path(_generated.__file__).parent


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_package_is_what_the_contract_generates() -> None:
    """Somebody edited generated code by hand, or forgot `make codegen`."""
    assert main(["--check"]) == 0


def test_the_output_is_the_same_whatever_the_hash_seed(tmp_path: Path) -> None:
    """Two machines would disagree about generated code, and --check would fail on one of them."""
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "codegen", "--out", str(tmp_path / f"made_{seed}")]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)
    assert contents(tmp_path / "made_1") == contents(tmp_path / "made_2")


def test_check_lists_what_differs_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CI could not say what is wrong, or --check would repair it behind our back."""
    out, spec = tmp_path / "made", tmp_path / "changed.yaml"
    spec.write_text(yaml.safe_dump(changed_contract()))
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
    """A typing mistake in the contract would take the working package away."""
    out, spec = tmp_path / "made", tmp_path / "bad.yaml"
    assert main(["--out", str(out)]) == 0
    before = contents(out)
    spec.write_text((ROOT / "openapi.yaml").read_text().replace("schemas/TicketStatus'", "schemas/Nothing'", 1))
    assert main(["--out", str(out), "--spec", str(spec)]) == 1
    assert "Nothing" in capsys.readouterr().err
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_of_others_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--out src` would replace somebody's source code."""
    (tmp_path / "precious.py").write_text("x = 1\n")
    assert main(["--out", str(tmp_path)]) == 1
    assert "did not write" in capsys.readouterr().err
    assert (tmp_path / "precious.py").exists()


def test_generated_files_say_so_and_hold_no_reprs() -> None:
    """A reader would edit them, or a template wrote an object instead of its text."""
    for name, text in contents(PACKAGE).items():
        assert b"object at 0x" not in text, name
        if name.endswith(".py"):
            assert text.startswith(b"# Made by `make codegen`"), name


def test_one_module_knows_the_parser() -> None:
    """An update of openapi-python-client would have to be followed in more than one place."""
    users = [
        path.name for path in (ROOT / "codegen").glob("*.py") if "import openapi_python_client" in path.read_text()
    ]
    users += [path.name for path in (ROOT / "codegen").glob("*.py") if "from openapi_python_client" in path.read_text()]
    assert users == ["parse.py"]
