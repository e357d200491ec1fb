"""`python -m codegen --diff`: its output, its exit codes, and the names that `--check` lists."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from codegen.__main__ import SPEC, main
from codegen.diff.changes import Change, as_changelog, as_text

from .test_diff import BASE, CASES, patched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOOD = {"components schemas Pet properties mood": {"type": "string"}}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """`write(name, changes)` writes the small document with changes, and returns its path."""

    def run(name: str, changes: dict[str, Any] | None = None) -> str:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(patched(BASE, changes or {})), encoding="utf-8")
        return str(path)

    return run


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("the version of the document", 0),
        ("another tag", 0),
        ("a field", 3),
        ("another status", 4),
        ("a method is gone", 5),
    ],
)
def test_the_exit_code_is_that_of_the_most_severe_change(write: Callable[..., str], name: str, code: int) -> None:
    """Words alone end with 0, compatible changes with 3, changes of the wire with 4, breaking ones with 5."""
    assert main(["--raw", "--diff", write("old"), write("new", CASES[name]["change"])]) == code


def test_a_document_does_not_differ_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Compared with itself, a document has no changes; NEW is the contract by default."""
    for arguments in ([str(SPEC), str(SPEC)], [str(SPEC)]):
        assert main(["--diff", *arguments]) == 0
        assert capsys.readouterr().out == "0 breaking, 0 wire, 0 compatible, 0 words\n"


def test_a_line_says_level_subject_what_and_kind(write: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each change is a line, the most severe first; the last line has the counts."""
    changes = {**MOOD, **CASES["a field is another type"]["change"], **CASES["another status"]["change"]}
    assert main(["--raw", "--diff", write("old"), write("new", {**changes, "info version": "2"})]) == 5
    assert capsys.readouterr().out.splitlines() == [
        "breaking   Pet.id: is int, was str  [field-type]",
        "wire       pets.toys.get: the status is 201, was 200  [status]",
        "compatible Pet.mood: is new  [field-added]",
        "words      the contract: version changed  [description]",
        "1 breaking, 1 wire, 1 compatible, 1 words",
    ]


def test_json_has_the_rows_of_the_text(write: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON list has the same changes in the same order as the text."""
    old, new = write("old"), write("new", {place: value for name in CASES for place, value in safe(name)})
    codes = {main(["--raw", "--diff", old, new]), main(["--raw", "--diff", old, new, "--json"])}
    text, _, rows = capsys.readouterr().out.partition(" words\n")
    assert codes == {5}
    changes = [Change(**row) for row in json.loads(rows)]
    assert as_text(changes) == f"{text} words"
    assert len(changes) > 10


def safe(name: str) -> list[tuple[str, Any]]:
    """The changes of a case, if they can be made together with those of others."""
    change: dict[str, Any] = CASES[name]["change"]
    return list(change.items()) if name.startswith(("a field", "the description")) and len(change) == 1 else []


def test_the_changelog_has_a_line_for_each_subject(
    write: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The draft has a section for breaking changes, one for other changes and one for additions; words are left out."""
    names = ("a field is another type", "another status", "the summary of an event")
    changes = {**MOOD, **{place: value for name in names for place, value in CASES[name]["change"].items()}}
    changes["components schemas Pet properties name type"] = "integer"
    changes["components schemas Pet properties tags"] = {"type": "integer"}
    assert main(["--raw", "--diff", write("old"), write("new", changes), "--changelog"]) == 5
    assert (
        capsys.readouterr().out
        == """\
### Breaking

- `Pet.id`: int, was str.
- `Pet.tags`: int, was list[str].
- `Pet.name`: int, was str; is never null.

### Changed

- `pets.toys.get`: the status is 201, was 200.

### Added

- `Pet.mood`.
"""
    )


def test_many_changes_of_a_kind_are_one_line_of_the_changelog() -> None:
    """More than five lines about changes of one kind are one line, and long lists of names are cut."""
    moved = [Change.of("endpoint-moved", f"a.m{n}", f"is GET /v2/{n}, was GET /v1/{n}") for n in range(40)]
    said = " ".join(as_changelog(moved).split())
    assert said.startswith("### Changed - Endpoint moved: `a.m0`, `a.m1`, ")
    assert said.endswith("`a.m11` and 28 more.")
    gone = [Change.of("field-removed", f"A.f{n}", "is gone") for n in range(3)]
    assert as_changelog(gone) == "### Breaking\n\n- `A.f0`, `A.f1`, `A.f2`: gone."


def test_a_document_that_is_refused_is_named(
    write: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document that cannot be read or expressed ends with 1, and each line names it."""
    odd: dict[str, Any] = {"parameters": [{"name": "a", "in": "query", "style": "odd", "schema": {}}], "responses": {}}
    bad, absent = write("bad", {"paths /odd": {"post": odd}}), str(tmp_path / "absent.yaml")
    for one, other, named in ((bad, write("old"), bad), (write("old"), bad, bad), (write("old"), absent, absent)):
        assert main(["--raw", "--diff", one, other]) == 1
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith(f"codegen: {named}: ")
    assert main(["--raw", "--diff", write("old"), bad, "--leave-out"]) == 0
    assert capsys.readouterr().err.startswith(f"codegen: {bad}: left out: POST /odd: ")


@pytest.mark.parametrize(
    "line", ["--json", "--changelog", "--diff", "--diff a b c", "--diff a --check", "--diff a --json --changelog"]
)
def test_wrong_usage_ends_with_2(line: str) -> None:
    """Options that do not go together are wrong usage."""
    with pytest.raises(SystemExit) as caught:
        main(line.split())
    assert caught.value.code == 2


def test_check_names_what_differs(
    write: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` lists the operations, models, fields, enums and events that differ, and the command to run."""
    out = str(tmp_path / "made of")
    assert main(["--spec", write("spec"), "--out", out]) == 0
    names = (
        "an enum has another value",
        "an optional argument",
        "the description of a model",
        "another event is gone",
        "a model",
    )
    changes = {**MOOD, **{place: value for name in names for place, value in CASES[name]["change"].items()}}
    spec = write("spec", {**changes, "paths /exports post x-cstar-key": "secret"})
    capsys.readouterr()
    assert main(["--spec", spec, "--out", out, "--check"]) == 1
    output = capsys.readouterr()
    assert [line for line in output.out.splitlines() if "." not in line.split()[1]] == [
        "changed  enum Kind",
        "removed  event PetLost",
        "added    field Pet.mood",
        "added    model Extra",
        "added    model PetLostEvent",
        "changed  operation exports.create",
        "changed  operation pets.export",
        "changed  operation pets.list",
    ]
    assert f"run `python -m codegen --spec {spec} --out {shlex.quote(out)}`" in output.err
    (tmp_path / "made of" / "events.py").write_text("class (")
    assert main(["--spec", spec, "--out", out, "--check"]) == 1
    assert "added    event PetFed" in capsys.readouterr().out
