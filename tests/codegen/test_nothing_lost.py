"""Each warning of the parser and each loss is an error."""

from __future__ import annotations

import ctypes
import dataclasses
from typing import TYPE_CHECKING, Any

import jinja2
import pytest
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.parser.properties.none import NoneProperty

from codegen import emit, parse, tree
from codegen.__main__ import main
from codegen.errors import ContractError

from .conftest import document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PET: dict[str, Any] = {"type": "object", "properties": {"kind": {"type": "string", "enum": ["cat"]}}}
DOCUMENT = document({"Pet": PET})


@pytest.fixture
def parser_says(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[dict[str, Any], GeneratorData], Any]], None]:
    """`parser_says(change)` replaces the parser's result by `change(its document, its result)`."""
    real = GeneratorData.from_dict

    def install(change: Callable[[dict[str, Any], GeneratorData], Any]) -> None:
        def from_dict(given: dict[str, Any], *, config: Any) -> Any:
            found = real(given, config=config)
            assert isinstance(found, GeneratorData)
            return change(given, found)

        monkeypatch.setattr(GeneratorData, "from_dict", from_dict)

    return install


def token_of(given: dict[str, Any], kind: str) -> str:
    """Return the parser's name for a class of this kind (`object`, `string`)."""
    found: dict[str, Any] = given["components"]["schemas"]
    return next(name for name, schema in found.items() if schema["type"] == kind)


def test_a_warning_of_the_parser_is_fatal(parser_says: Any, refuse: Callable[[dict[str, Any]], str]) -> None:
    """A warning of the parser is fatal, and names the schema as its author does."""

    def warn(given: dict[str, Any], found: GeneratorData) -> Any:
        return dataclasses.replace(
            found, errors=[ParseError(header="Skipped", detail=f"{token_of(given, 'object')} is too odd")]
        )

    parser_says(warn)
    assert refuse(DOCUMENT).strip() == "codegen: Skipped Pet is too odd"


def test_an_error_of_the_parser_is_fatal(parser_says: Any, refuse: Callable[[dict[str, Any]], str]) -> None:
    """An error of the parser is fatal."""
    parser_says(lambda given, _: GeneratorError(header="Failed", detail=f"at {token_of(given, 'object')}"))
    assert refuse(DOCUMENT).strip() == "codegen: Failed: at Pet"


@pytest.mark.parametrize(
    ("lose", "named"),
    [
        (lambda found: dataclasses.replace(found, enums=[]), "schema PetKind: lost by the parser"),
        (lambda found: dataclasses.replace(found, models=list(found.models)[:1]), "GET /Pet: lost by the parser"),
        (lambda found: dataclasses.replace(found, models=list(found.models)[1:]), "schema Pet: lost by the parser"),
    ],
)
def test_a_class_or_operation_that_the_parser_loses_is_an_error(
    parser_says: Any, refuse: Callable[[dict[str, Any]], str], lose: Any, named: str
) -> None:
    """A class or operation that the parser loses is an error."""
    parser_says(lambda _, found: lose(found))
    assert f"codegen: {named}" in refuse(DOCUMENT)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"optional_properties": []}, "Pet: the parser lost a field"),
        ({"optional_properties": None}, "Pet: the parser did not read this object"),
    ],
)
def test_a_field_that_the_parser_loses_is_an_error(
    parser_says: Any, refuse: Callable[[dict[str, Any]], str], change: dict[str, Any], named: str
) -> None:
    """A field that the parser loses is an error."""

    def lose(_: dict[str, Any], found: GeneratorData) -> GeneratorData:
        for name, value in change.items():
            setattr(next(iter(found.models)), name, value)
        return found

    parser_says(lose)
    assert refuse(DOCUMENT).strip() == f"codegen: {named}"


def test_an_unknown_type_of_the_parser_is_refused(
    monkeypatch: pytest.MonkeyPatch, refuse: Callable[[dict[str, Any]], str]
) -> None:
    """An unknown type of the parser is refused."""
    known = {kind: name for kind, name in parse._SCALARS.items() if kind is not NoneProperty}
    monkeypatch.setattr(parse, "_SCALARS", known)
    nothing = {"type": "object", "properties": {"none": {"type": "null"}}}
    assert (
        refuse(document({"Pet": nothing})).strip()
        == "codegen: the parser's NoneProperty is not supported; this is a bug in codegen"
    )


def test_a_template_writes_only_text() -> None:
    """A template that writes anything but text is an error."""
    template = jinja2.Environment(finalize=emit._written, autoescape=False).from_string("{{ value }}")
    assert template.render(value="text") == "text"
    with pytest.raises(ContractError, match="a template wrote a object; this is a bug in codegen"):
        template.render(value=object())


def test_code_that_does_not_parse_is_an_error(tmp_path: Path) -> None:
    """Code that does not parse is an error."""
    (tmp_path / "bad.py").write_text("def f(:\n")
    with pytest.raises(ContractError, match=r"ruff check, a bug in codegen: bad\.py:1"):
        emit.tidy(tmp_path)


def test_a_file_as_out_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file given as `--out` is refused and left unchanged."""
    place = tmp_path / "notes.txt"
    place.write_text("mine")
    assert main(["--out", str(place)]) == 1
    assert f"{place} is not a folder" in capsys.readouterr().err
    assert place.read_text() == "mine"


def test_exchange_returns_false_on_a_system_without_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`exchange` returns False on a system without the call."""
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    assert tree.exchange(tmp_path / "one", tmp_path / "other") is False
