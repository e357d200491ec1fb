"""`python -m codegen`: which documents it reads and writes, and what it says."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml

from codegen import __main__ as command
from codegen.adopt.publish import dump
from codegen.load import load_document

from .adopting import KNOWN, exported, grown, known, ours, published
from .contradictions import disguise
from .surface import changes, read, surface
from .test_tree import contents

if TYPE_CHECKING:
    from collections.abc import Callable


class House:
    """The documents and the package of a repository, in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.spec, self.known = folder / "openapi.yaml", folder / "contract" / "cstar.yaml"
        self.fixes, self.out = folder / "contract" / "fixes.yaml", folder / "_generated"
        self.known.parent.mkdir()
        shutil.copy(KNOWN, self.known)
        self.spec.write_text(exported(), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A repository whose own documents `python -m codegen` reads and writes."""
    made = House(tmp_path)
    for name, path in (("SPEC", made.spec), ("KNOWN", made.known), ("FIXES", made.fixes), ("OWN", made.out)):
        monkeypatch.setattr(command, name, path)
    return made


@pytest.fixture
def run(house: House, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """`run("--check")` returns the exit code and what was written to stderr."""

    def run(*arguments: str) -> tuple[int, str]:
        # The defaults of the parser are those of the repository itself.
        spec = [] if "--adopt" in arguments else ["--spec", str(house.spec)]
        code = command.main([*spec, "--out", str(house.out), *arguments])
        return code, capsys.readouterr().err

    return run


def test_the_service_s_document_takes_the_place_of_the_export(
    house: House, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """`--adopt FILE` generates from FILE and puts it in the place of openapi.yaml, under today's names."""
    published_by_the_service = tmp_path / "downloaded.yaml"
    published_by_the_service.write_text(dump(grown()), encoding="utf-8")
    code, said = run("--adopt", str(published_by_the_service))
    assert code == 0
    assert "codegen: new: GET /api/v1/teams/{teamId}/macros → macros.list (name, key, pagination guessed)" in said
    assert house.spec.read_text() == published_by_the_service.read_text()
    assert (house.out / "operations" / "macros.py").exists()
    assert "from openapi.yaml" in (house.out / "operations" / "macros.py").read_text()
    assert run("--check")[0] == 0


def test_a_document_that_cannot_be_used_changes_nothing(
    house: House, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """A document that cannot be read leaves openapi.yaml and the package as they were."""
    assert run()[0] == 0
    before = contents(house.out), house.spec.read_text()
    bad = tmp_path / "bad.yaml"
    bad.write_text("openapi: 3.1.0\npaths: {/a: {get: {parameters: [{$ref: '#/nowhere'}]}}}\n")
    code, said = run("--adopt", str(bad))
    assert code == 1
    assert "'#/nowhere' does not exist" in said
    assert (contents(house.out), house.spec.read_text()) == before
    bad.write_text("openapi: 3.1.0\npaths: {/pets: {get: {responses: {}}}}\n")
    code, said = run("--adopt", str(bad))
    assert (code, said) == (1, "codegen: none of its 1 operations is known; is it a document of the same service?\n")
    assert (contents(house.out), house.spec.read_text()) == before


def test_new_names_are_written_down(house: House, run: Callable[..., tuple[int, str]]) -> None:
    """`--accept` adds the new operations to contract/cstar.yaml; after that nothing is guessed."""
    house.spec.write_text(dump(grown()), encoding="utf-8")
    code, said = run("--accept")
    assert code == 0
    assert "cstar.yaml: added macros.list" in said
    assert "  /api/v1/teams/{teamId}/macros:\n    get: {operationId: macros.list, " in house.known.read_text()
    code, said = run("--accept")
    assert (code, "guessed" in said, "added" in said) == (0, False, False)


def test_what_only_we_know_is_counted_and_explained(house: House, run: Callable[..., tuple[int, str]]) -> None:
    """What the document lacks is counted, named with `--explain`, and left out with `--drop-additions`."""
    document = published("no_columns")
    del document["components"]["schemas"]["Ticket"]["properties"]["metadata"]
    house.spec.write_text(dump(document), encoding="utf-8")
    assert "codegen: 1 fields and parameters of ours are not in the document; --explain lists them" in run()[1]
    assert "codegen: ours: Ticket.metadata" in run("--explain")[1]
    assert "metadata: " in (house.out / "models" / "shared.py").read_text().partition("class Ticket")[2][:6000]
    assert run("--drop-additions")[0] == 0
    assert "metadata: " not in (house.out / "models" / "shared.py").read_text().partition("class Ticket")[2][:6000]


def test_corrections_are_applied_first(house: House, run: Callable[..., tuple[int, str]]) -> None:
    """contract/fixes.yaml corrects the service's document; a correction that is out of date ends with 1."""
    document = published("no_columns")
    document["components"]["schemas"]["Ticket"]["properties"]["tags"] = {"type": "string"}
    house.spec.write_text(dump(document), encoding="utf-8")
    assert "Ticket.tags: string, not array" in run()[1]
    action = {
        "target": "$.components.schemas.Ticket.properties.tags",
        "update": {"type": "array", "items": {"type": "string"}},
    }
    house.fixes.write_text(yaml.safe_dump({"overlay": "1.1.0", "actions": [action]}))
    code, said = run()
    assert (code, "differs" in said) == (0, False)
    other = house.spec.with_name("exported.yaml")
    other.write_text(exported(), encoding="utf-8")
    assert run("--diff", str(other)) == (0, "")  # both sides are corrected, as they are when they are adopted
    before = contents(house.out)
    house.fixes.write_text(yaml.safe_dump({"overlay": "1.1.0", "actions": [{**action, "target": "$.nothing"}]}))
    code, said = run()
    assert (code, said) == (
        1,
        "codegen: fixes.yaml: action 1: $.nothing: selects nothing; the document may have changed\n",
    )
    assert contents(house.out) == before


def test_the_merged_document_can_be_seen(house: House, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """`--effective FILE` writes the merged document, from which the same is generated."""
    house.spec.write_text(dump(disguise(known(), ["moved"], Random(0))), encoding="utf-8")
    merged = tmp_path / "merged.yaml"
    assert run("--effective", str(merged))[0] == 0
    first = contents(house.out)
    assert surface(read(load_document(merged))) != ours()
    house.spec.write_text(merged.read_text())
    assert run()[0] == 0
    assert contents(house.out) == first


def test_the_export_is_made_and_checked(house: House, run: Callable[..., tuple[int, str]]) -> None:
    """`--publish` writes the export, `--publish --check` compares it, and neither touches a document of the service."""
    text = house.spec.read_text()
    house.spec.write_text(text.replace("Cannot log in", "Can log in"))
    code, said = run("--publish", "--check")
    assert code == 1
    assert "run `make publish`, or remove its `x-reconstruction`" in said
    assert run("--publish")[0] == 0
    assert house.spec.read_text() == text
    assert run("--publish", "--check") == (0, "")
    assert changes(ours(), surface(read(load_document(house.known)))) == {}
    house.spec.write_text(text.replace("x-reconstruction: true\n", ""))
    assert run("--publish", "--check") == (0, "")
    code, said = run("--publish")
    assert (code, "is not an export" in said) == (1, True)


def test_another_document_is_generated_as_it_is(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With `--spec` and `--out` elsewhere nothing of ours is merged in, unless `--known` names it."""
    spec, out = tmp_path / "pets.yaml", tmp_path / "pets"
    done = {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}
    document = {
        "openapi": "3.1.0",
        "info": {},
        "paths": {
            "/pets/{id}": {
                "get": {
                    "operationId": "readPet",
                    "responses": done,
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                }
            }
        },
    }
    spec.write_text(dump(document))
    assert command.main(["--spec", str(spec), "--out", str(out)]) == 0
    assert capsys.readouterr().err == ""
    assert "'default.read_pet'" in (out / "operations" / "__init__.py").read_text() or (
        "readPet" in (out / "operations" / "__init__.py").read_text()
    )
    entry = {**document, "paths": {"/pets/{petId}": {"get": {"operationId": "pets.find"}}}}
    mine = tmp_path / "mine.yaml"
    mine.write_text(dump(entry))
    assert command.main(["--spec", str(spec), "--out", str(out), "--known", str(mine)]) == 0
    assert "pets.find" in (out / "operations" / "__init__.py").read_text()


def test_usage(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Options that exclude each other end with 2."""
    with pytest.raises(SystemExit) as caught:
        command.main(["--adopt", "a.yaml", "--spec", "b.yaml"])
    assert caught.value.code == 2
    assert "exclude each other" in capsys.readouterr().err
