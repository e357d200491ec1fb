"""A document may use every name that generated code uses itself."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import _generated_api

from .conftest import ROOT, answer, document, mypy
from .test_documents import TEXT, decode, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

_SOURCES = [*sorted((ROOT / "codegen" / "templates").iterdir()), ROOT / "codegen" / "code.py"]
_WORDS = re.compile(r"\b[A-Za-z_]\w*\b")
_BUILTINS = {name for name in dir(builtins) if name[0].isupper()}
NAMES = sorted(
    {*_generated_api.__all__, *_BUILTINS, *(w for path in _SOURCES for w in _WORDS.findall(path.read_text("utf-8")))}
)
DAY = {"type": "string", "format": "date"}
DATES = {"type": "array", "items": DAY}
NUMBERS = {"type": "array", "items": {"type": "integer"}}


def body(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a request body of this schema."""
    return {"content": {"application/json": {"schema": schema}}}


def query(name: str) -> list[dict[str, Any]]:
    """Return the parameters of an operation with one in the query."""
    return [{"name": name, "in": "query", "schema": TEXT}]


def with_names(names: list[str]) -> dict[str, Any]:
    """Return a document that uses these names for schemas, enums, fields, parameters, operations and tags."""
    lists = {name: {"type": "array", "items": ref(name)} for name in names}
    schemas: dict[str, Any] = {
        "AllFields": {"type": "object", "properties": dict.fromkeys(names, DATES)},
        "AllLists": {"type": "object", "properties": lists},
    }
    paths: dict[str, Any] = {}
    for name in names:
        at = {"type": "string", "format": "date-time"}
        schemas[name] = {"type": "object", "required": ["at"], "properties": {"at": at, "n": {"type": "integer"}}}
        schemas[f"E {name}"] = {"type": "string", "enum": ["a"]}
        get = answer({"type": "array", "items": ref(name)}, operationId=f"get {name}", tags=[name])
        flat = answer(ref(f"E {name}"), operationId=f"{name}.{name}", parameters=query(name))
        flat["requestBody"] = body({"type": "object", "properties": {name: DAY}})
        whole = answer(NUMBERS, operationId=name, parameters=query(name), tags=["whole"], requestBody=body(DATES))
        paths |= {f"/tag/{name}": {"get": get}, f"/flat/{name}": {"post": flat}, f"/whole/{name}": {"put": whole}}
    return document(schemas, paths)


def distinct(names: list[str]) -> list[str]:
    """Return the names without those that differ only in capitals and signs from an earlier one."""
    return list({re.sub(r"\W|_", "", name).lower(): name for name in names}.values())


def test_all_names_of_the_generated_code(generate: Callable[..., Generated]) -> None:
    """A package with all these names can be imported and passes mypy --strict."""
    package = generate(with_names(distinct(NAMES)), "all_names")
    package.load_everything()
    assert mypy(package.folder) == ""


@pytest.mark.parametrize(
    "name", ["ValueError", "Warning", "BaseClient", "EventStream", "Subscribe", "Subscribing", "Mapping"]
)
def test_a_schema_may_have_the_name_of_an_import(generate: Callable[..., Generated], name: str) -> None:
    """A schema with a name that the generated code imports or uses becomes another class, which decodes."""
    package = generate(with_names([name]), f"schema_{name.lower()}")
    found = decode(package, f"{name}Model", {"at": "2026-01-02T24:00:00Z"})  # read again after a ValueError
    assert found.at.isoformat() == "2026-01-03T00:00:00+00:00"


async def test_a_parameter_may_have_the_name_of_a_function(generate: Callable[..., Generated]) -> None:
    """An argument with the name of a function that methods call is renamed; its wire name stays."""
    from cstar_async import CStarClient

    package = generate(with_names(["cast", "whole_number"]), "parameter_names")

    class Client(CStarClient, package.load("resources").Resources):  # type: ignore[misc]
        pass

    async with Client("sk_test_x", team_id="t") as client:
        assert "?cast=x" in client.whole.cast(cast_="x", body=[]).as_curl()
        assert "?whole_number=x" in client.whole.whole_number(whole_number_="x").as_curl()


def test_the_names_do_not_depend_on_the_version_of_python(generate: Callable[..., Generated]) -> None:
    """A class with the name of a builtin class of any supported version is renamed."""
    package = generate(with_names(["PythonFinalizationError", "EncodingWarning", "WindowsError"]), "builtin_names")
    names = {"PythonFinalizationErrorModel", "EncodingWarningModel", "WindowsErrorModel"}
    assert names <= {*package.load("models").__all__}


def test_a_tag_may_be_called_annotations(generate: Callable[..., Generated]) -> None:
    """A module is not named like a name that every module of the package imports."""
    package = generate(with_names(["annotations"]), "annotations_tag")
    assert package.load("operations").load("get annotations").id == "get annotations"
    package.load("resources.annotations_")
