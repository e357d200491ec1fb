"""Small difficult documents: each generates code that imports and type-checks, or an error with place and reason."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import yaml

from codegen.__main__ import main
from cstar_async import CStarClient

from .conftest import Generated, mypy
from .test_documents import decode

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS = Path(__file__).parent / "documents"
ACCEPTED: dict[str, str] = yaml.safe_load((DOCUMENTS / "accepted.yaml").read_text(encoding="utf-8"))
REFUSED: dict[str, dict[str, Any]] = yaml.safe_load((DOCUMENTS / "refused.yaml").read_text(encoding="utf-8"))
HEAD = 'openapi: 3.1.0\ninfo: {title: Nasty, version: "1"}\n'


@pytest.fixture
def accept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Generated]:
    """`accept(name)` generates a package from the document of that name."""

    def run(name: str) -> Generated:
        spec = tmp_path / f"{name}.yaml"
        spec.write_text(HEAD + ACCEPTED[name], encoding="utf-8")
        assert main(["--spec", str(spec), "--out", str(tmp_path / name)]) == 0
        return Generated(tmp_path / name)

    monkeypatch.syspath_prepend(str(tmp_path))
    return run


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_can_be_imported(accept: Callable[[str], Generated], name: str) -> None:
    """The generated package can be imported."""
    accept(name).load_everything()


def test_it_is_typed(accept: Callable[[str], Generated]) -> None:
    """The generated packages pass mypy --strict."""
    assert mypy(*(accept(name).folder for name in ACCEPTED)) == ""


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_place_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """The document is refused with what is wrong and where, and nothing is written."""
    spec = tmp_path / REFUSED[name].get("file", "refused.yaml")
    spec.write_text(REFUSED[name]["document"], encoding="latin-1")
    assert main(["--spec", str(spec), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert [part for part in REFUSED[name]["says"] if part not in said] == []
    assert all(line.startswith("codegen: ") for line in said.splitlines())
    assert list(tmp_path.iterdir()) == [spec]


def test_an_object_that_is_one_of_several_has_the_fields_of_all(accept: Callable[[str], Generated]) -> None:
    """An object with `oneOf` has the fields of all branches."""
    package = accept("fields_beside_one_of")
    found = decode(package, "Invite", {"role": "r", "kind": "teams", "teams": ["a"], "at": "2026-01-02T03:04:05Z"})
    assert (found.role, found.kind, found.teams, found.mails, found.at.year) == ("r", "teams", ["a"], None, 2026)
    assert decode(package, "Invite", {"role": "r", "kind": "mails", "mails": [], "at": 7}).at == 7
    assert decode(package, "Invite", {"role": "r", "mails": []}).kind is None
    with pytest.raises(KeyError):
        decode(package, "Invite", {"mails": []})


def test_a_child_has_no_fields_of_its_siblings(accept: Callable[[str], Generated]) -> None:
    """A class that extends a discriminated one does not have the fields of other such classes."""
    package = accept("pet_that_names_its_own_heirs")
    assert decode(package, "Cat", {"kind": "c", "lives": 9}).lives == 9
    assert not hasattr(package.load("models").Cat, "tricks")
    assert decode(package, "Pet", {"kind": "d", "tricks": 2}).tricks == 2


def test_all_of_scalar_types_is_the_narrowest(accept: Callable[[str], Generated]) -> None:
    """`allOf` of scalar types is the narrowest, and a contradiction is Any."""
    hints = accept("all_of_what_is_no_object").load("models").Thing.__annotations__
    assert hints == {"colour": "Colour | None", "number": "int | None", "never": "Any", "limited": "str | None"}


def test_unusual_ways_to_write_a_type_are_understood(accept: Callable[[str], Generated]) -> None:
    """Types written as lists, by path or in parts are understood."""
    package = accept("schemas_that_say_it_in_an_odd_way")
    models = package.load("models")
    assert models.Thing.__annotations__ == {
        "one": "str | None",
        "either": "str | int | None",
        "elsewhere": "_dt.date | None",
        "when": "_dt.date | None",
        "same": "str | None",
        "alike": "str | None",
        "chosen": "str | None",
        "contradiction": "Any",
        "anything": "Any",
        "open": "Open | None",
        "every": "Every | None",
    }
    found = decode(package, "Thing", {"open": {"a": "x"}, "every": {"a": "y"}})
    assert (found.open.a, found.every.a) == ("x", "y")


def test_an_object_may_have_no_fields(accept: Callable[[str], Generated]) -> None:
    """An object without fields is a class, and keeps free members if it allows them."""
    package = accept("objects_without_fields")
    assert round_trip(package, "Bare", {"x": 1}) == {}
    assert round_trip(package, "Free", {"x": "2026-01-02"}) == {"x": "2026-01-02"}
    assert package.load("models").Bare.__doc__.strip() == 'Said "so"'


def test_a_model_has_a_repr_whatever_its_fields_are_called(accept: Callable[[str], Generated]) -> None:
    """A model has a repr whatever its fields are called."""
    package = accept("names_of_python")
    sent = {"attrs": "a", "show_fields": "b", "__repr__": "c", "more": "d"}
    shown = repr(decode(package, "Object", sent))
    assert [each for each in ("attrs_='a'", "show_fields='b'", "'c'", "{'more': 'd'}") if each not in shown] == []
    assert round_trip(package, "Object", sent) == sent


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"pet": {"lives": 9}}, "Cat"),
        ({"pet": {"tricks": 2}}, "Dog"),
        ({"pet": "1c9e5f0a-3b1e-4e59-9b53-0d5f3a0e8f11"}, "UUID"),
        ({"pet": [{"tricks": 2}]}, "list"),
        ({"when": "2026-01-02T03:04:05Z"}, "datetime"),
        ({"when": "soon"}, "str"),
        ({"when": 5}, "int"),
    ],
)
def test_a_union_becomes_the_member_that_fits(accept: Callable[[str], Generated], value: Any, kind: str) -> None:
    """A value of a union becomes the member that fits, and is encoded unchanged."""
    package = accept("unions_without_discriminator")
    (member,) = value
    assert type(getattr(decode(package, "Owner", value), member)).__name__ == kind
    assert round_trip(package, "Owner", value) == value


def test_an_object_that_nothing_fits_stays_a_dict(accept: Callable[[str], Generated]) -> None:
    """An object that no member of a union fits stays a dict; another value that none fits is an error."""
    package = accept("unions_without_discriminator")
    assert decode(package, "Owner", {"pet": {"wings": 2}}).pet == {"wings": 2}
    with pytest.raises(ValueError, match="no member of the union fits a float"):
        decode(package, "Owner", {"pet": 2.5})


def test_an_incomplete_discriminator_is_not_used(accept: Callable[[str], Generated]) -> None:
    """With an incomplete discriminator, a value becomes the member that fits."""
    package = accept("a_discriminator_that_does_not_know_all")
    kinds = [type(decode(package, "Owner", {"pet": pet}).pet) for pet in ({"kind": "x", "lives": 9}, {"kind": "cat"})]
    assert [kind.__name__ for kind in kinds] == ["Cat", "OwnerPetOption2"]


async def test_a_body_may_be_one_argument(accept: Callable[[str], Generated]) -> None:
    """A body without fields is one argument, encoded by its type."""
    package = accept("bodies_that_are_one_argument")
    models = package.load("models")

    class Client(CStarClient, package.load("resources").Resources):  # type: ignore[misc]
        pass

    robot = models.Robot(id=UUID(int=5), built=[dt.date(2026, 1, 2), None])
    written = '{"id":"00000000-0000-0000-0000-000000000005","built":["2026-01-02",null]}'
    assert decode(package, "Robot", json.loads(written)) == robot
    async with Client("sk_test_x", team_id="t") as client:
        things = client.things
        shown = things.dates(on=True, body="q", body2=[dt.date(2026, 1, 2)]).as_curl()
        assert "/dates/true?body=q'" in shown
        assert """--data-raw '["2026-01-02"]'""" in shown
        assert f"--data-raw '{written}'" in things.either(body=robot).as_curl()
        assert (
            """--data-raw '"2026-01-02T03:00:00Z"'"""
            in things.either(body=dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)).as_curl()
        )
        assert f"--data-raw '[{written}]'" in things.many(body=[robot]).as_curl()
        assert "--data-raw" not in things.either().as_curl()
        assert "Deprecated." in things.dates.__doc__


def round_trip(package: Generated, name: str, value: Any) -> Any:
    """Decode a value as a model of the package, and encode it again."""
    found = decode(package, name, value)
    return sys.modules[type(found).__module__].model_table()[type(found)].encode(found)


def test_a_list_that_contains_itself_ends_in_any(accept: Callable[[str], Generated]) -> None:
    """A schema that refers to itself without an object ends in Any."""
    hints = accept("recursion_without_an_object").load("models").Holder.__annotations__
    assert hints == {"json": "str | float | list[Any] | dict[str, Any] | None", "lists": "list[Any] | None"}


def test_another_part_of_all_of_may_require_a_field(accept: Callable[[str], Generated]) -> None:
    """A field may be required by another part of `allOf`."""
    found = decode(accept("all_of_with_overlap_and_required_elsewhere"), "Top", {"a": "x", "b": 1, "c": True})
    assert (found.a, found.b, found.c) == ("x", 1, True)


def test_words_that_yaml_1_1_converts_stay_text(accept: Callable[[str], Generated]) -> None:
    """Words that YAML 1.1 reads as other types stay text."""
    models = accept("words_that_yaml_reads_otherwise").load("models")
    assert models.NO_YES_VALUES == ("no", "yes")
    assert models.NO_ODD_VALUES == ("12:30", "1_000", "0b11")
    assert {"on", "yes", "12:30", "2020-01-01", "010", "null", "true"} <= {info.wire for info in table(models.No)}


def table(cls: Any) -> Any:
    """The field records of a model."""
    return sys.modules[cls.__module__].model_table()[cls].fields


def test_every_wire_name_survives(accept: Callable[[str], Generated]) -> None:
    """Fields whose Python names collide keep their own wire names."""
    package = accept("names_of_other_scripts_and_none_at_all")
    models = package.load("models")
    names = [name for name in models.__all__ if isinstance(getattr(models, name), type)]
    fields = [[info.wire for info in table(getattr(models, name))] for name in names]
    assert ["名前", "\N{FULLWIDTH DIGIT ONE}", "1", "ﬁ", "fi", "🎉", "🎊"] in fields
    assert len(names) == 5


def test_leave_out_generates_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--leave-out` generates the rest and lists what it leaves out."""
    spec, out = tmp_path / "spec.yaml", tmp_path / "out"
    spec.write_text(
        HEAD + "paths:\n  /up: {post: {parameters: [{name: f, in: query, style: odd, schema: {}}]}}\n"
        "  /q: {get: {parameters: [{name: f, in: query, schema: {type: array, items: {type: object}}}]}}\n"
        "  /ok: {get: {operationId: ok}}\n"
    )
    assert main(["--spec", str(spec), "--out", str(out)]) == 1
    assert not out.exists()
    assert main(["--spec", str(spec), "--out", str(out), "--leave-out"]) == 0
    said = capsys.readouterr().err
    assert "left out: POST /up: " in said
    assert "left out: GET /q: " in said
    assert '"ok"' in (out / "operations" / "__init__.py").read_text()
    assert "/up" not in "".join(path.read_text() for path in out.rglob("*.py"))
