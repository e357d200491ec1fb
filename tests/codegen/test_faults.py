"""A fault in a document costs what depends on it and no more, and all faults are reported in one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from codegen.__main__ import main

from .conftest import Generated, document
from .test_documents import TEXT, decode, ref

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = 'openapi: 3.1.0\ninfo: {title: Faulty, version: "1"}\n'
FAULTS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "documents" / "faults.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_costs_what_depends_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Every fault is named in the first run, and `--leave-out` generates all that does not depend on one."""
    spec, case = tmp_path / "spec.yaml", FAULTS[name]
    spec.write_text(HEAD + case["document"], encoding="utf-8")
    command = ["--spec", str(spec), "--out", str(tmp_path / name)]
    assert main(command) == 1
    refused = capsys.readouterr().err
    assert [part for part in case["says"] if part not in refused] == []
    assert main([*command, "--leave-out"]) == 0
    said = capsys.readouterr().err
    assert [part for part in case["says"] if part not in said] == []
    monkeypatch.syspath_prepend(str(tmp_path))
    package = Generated(tmp_path / name)
    package.load_everything()
    names = {*package.load("operations").load_all(), *package.load("models").__all__}
    assert (names & {*case["kept"], *case["lost"]}) == set(case["kept"])


def test_required_true_on_a_field_has_no_meaning(generate: Callable[..., Generated]) -> None:
    """A boolean `required` on a field, an item or an object is ignored."""
    inner = {"type": "object", "required": False, "properties": {"a": TEXT}}
    thing = {"type": "object", "required": ["b"], "properties": {"a": {**TEXT, "required": True}, "b": inner}}
    package = generate(document({"Thing": thing, "Same": {"allOf": [ref("Thing")], "required": True}}))
    assert decode(package, "Thing", {"b": {}}).a is None


@pytest.mark.parametrize("target", ["Gone", "#/components/schemas/Gone", "other.yaml#/Dog", "#gone"])
def test_a_stale_discriminator_mapping_is_ignored(generate: Callable[..., Generated], target: str) -> None:
    """A mapping to a schema that does not exist is ignored: an object with its value stays a dict."""
    animal = {"type": "object", "required": ["kind"], "properties": {"kind": TEXT}}
    mapping = {"cat": "#/components/schemas/Cat", "cow": "Cow", "dog": target}
    pet = {"oneOf": [ref("Cat"), ref("Cow")], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    owner = {"type": "object", "properties": {"pet": pet}}
    package = generate(document({"Cat": animal, "Cow": dict(animal), "Owner": owner}))
    found = [type(decode(package, "Owner", {"pet": {"kind": kind}}).pet).__name__ for kind in ("cat", "cow", "dog")]
    assert found == ["Cat", "Cow", "dict"]


@pytest.mark.parametrize("order", [["Holder", "Colour"], ["Colour", "Holder"]])
@pytest.mark.parametrize(
    "colour",
    [
        {"type": "string", "enum": ["red"]},
        {"type": ["string", "null"], "enum": ["red", None]},
        {"type": "string", "nullable": True, "enum": ["red"]},
        {"oneOf": [{"type": "string", "enum": ["red"]}, {"type": "null"}]},
    ],
)
def test_all_of_may_come_before_the_enum_in_it(
    generate: Callable[..., Generated], order: list[str], colour: dict[str, Any]
) -> None:
    """`allOf` of an enum and a type has the enum's type, whichever comes first."""
    narrowed = {"allOf": [ref("Colour"), TEXT]}
    schemas = {"Holder": {"type": "object", "properties": {"colour": narrowed}}, "Colour": colour}
    package = generate(document({name: schemas[name] for name in order}))
    hint = package.load("models").Holder.__annotations__["colour"]
    assert hint.removesuffix(" | None") in {"Colour", "HolderColour"}
