"""The generated decode and encode functions, compared with the contract and the detailed converter."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import converter
from cstar_async._core.drift import Finding, recorder
from cstar_async._generated import events, operations
from tests import contract
from tests.support.arguments import sample
from tests.support.decoding import all_models, decode, info_of, model_of

if TYPE_CHECKING:
    from cstar_async._core.serialization import FieldInfo

ANSWERS = [example for endpoint in contract.endpoints() for example in contract.answers(endpoint)]
# The service's own document may have added classes and fields, which nobody has described here.
MODELS = {name: model for name, model in all_models().items() if name in contract.schemas()}
# A complete JSON object for each model, made from its schema.
WHOLE: dict[str, Any] = {name: sample(contract.schemas()[name]) for name in MODELS}
FIELDS = [
    (name, field)
    for name, model in MODELS.items()
    for field in info_of(model).fields
    if field.wire in contract.properties(contract.schemas()[name])
]


def _schema(name: str, wire: str) -> dict[str, Any]:
    """Return the schema of a field without null."""
    schema = contract.resolve(contract.properties(contract.schemas()[name])[wire])
    choices = [part for part in schema.get("oneOf", []) if part.get("type") != "null"]
    return contract.resolve(choices[0]) if choices else schema


def _reference(name: str, wire: str) -> str:
    """Return the name of the schema that a field, its items or its values refer to."""
    schema = contract.properties(contract.schemas()[name])[wire]
    additional = schema.get("additionalProperties")
    parts = [schema, schema.get("items", {}), additional if isinstance(additional, dict) else {}]
    found = [part["$ref"] for part in (*parts, *schema.get("oneOf", [])) if "$ref" in part]
    return str(found[0]).rpartition("/")[2] if found else ""


DATES = [(name, field) for name, field in FIELDS if _schema(name, field.wire).get("format") == "date-time"]
ENUMERATIONS = [(name, field) for name, field in FIELDS if "enum" in _schema(name, field.wire)]
OBJECTS = [(name, field) for name, field in FIELDS if _reference(name, field.wire) in MODELS]


def _of(name: str, fields: list[tuple[str, FieldInfo]]) -> list[FieldInfo]:
    return [field for owner, field in fields if owner == name]


def _names(fields: list[tuple[str, FieldInfo]]) -> list[str]:
    return list(dict.fromkeys(name for name, _ in fields))


def _without(name: str, wire: str) -> dict[str, Any]:
    return {key: value for key, value in WHOLE[name].items() if key != wire}


def _detailed(model: type, data: Any) -> Any:
    return converter._detailed.structure(data, model)


def test_every_object_of_an_answer_has_a_model() -> None:
    """Every object of an answer has a model."""
    assert {operations.load(e.operation).result for e in ANSWERS} <= set(MODELS) <= set(contract.schemas())
    assert len(DATES) >= 80
    assert len(ENUMERATIONS) > 30
    assert len(OBJECTS) > 40


@pytest.mark.parametrize("example", ANSWERS, ids=lambda e: e.place)
def test_both_decoders_read_an_example_alike(example: contract.Example) -> None:
    """Both decoders give the same result for an example."""
    operation = operations.load(example.operation)
    model, data = model_of(operation), example.value["data"]
    result = decode(operation, data)
    items = data if operation.is_list else [data]
    assert (result if operation.is_list else [result]) == [_detailed(model, item) for item in items]


@pytest.mark.parametrize("example", ANSWERS, ids=lambda e: e.place)
def test_an_encoded_result_decodes_to_the_same(example: contract.Example) -> None:
    """An encoded result decodes to the same result."""
    operation = operations.load(example.operation)
    encode = info_of(model_of(operation)).encode
    result = decode(operation, example.value["data"])
    written = [encode(item) for item in result] if operation.is_list else encode(result)
    assert decode(operation, written) == result


@pytest.mark.parametrize("name", MODELS)
def test_both_decoders_read_every_field_and_encoding_restores_it(name: str) -> None:
    """Both decoders read every field of a model, and encoding gives it back."""
    model, whole = MODELS[name], WHOLE[name]
    info = info_of(model)
    result = info.decode(whole)
    known = contract.properties(contract.schemas()[name])
    assert [f.wire for f in info.fields if f.wire in known and getattr(result, f.name) is None] == []
    assert [f.wire for f in info.fields if f.wire in known] == list(known)
    assert _detailed(model, whole) == result
    assert converter.converter.structure(whole, model) == result
    assert info.encode(result) == converter.converter.unstructure(result) == whole


@pytest.mark.parametrize("name", _names(OBJECTS))
def test_objects_in_a_field_are_models(name: str) -> None:
    """Objects in fields, lists and maps are models."""
    result = info_of(MODELS[name]).decode(WHOLE[name])
    for field in _of(name, OBJECTS):
        value = getattr(result, field.name)
        items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
        assert {type(item) for item in items} == {MODELS[_reference(name, field.wire)]}, field.wire


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_required_as_the_contract_says(name: str) -> None:
    """The required fields are those of the contract."""
    required = _required(contract.schemas()[name])
    assert {field.wire for field in info_of(MODELS[name]).fields if field.required} == required


def _required(schema: dict[str, Any]) -> set[str]:
    schema = contract.resolve(schema)
    return set(schema.get("required", [])).union(*(_required(part) for part in schema.get("allOf", [])))


@pytest.mark.parametrize("name", [n for n in MODELS if any(f.strict for f in info_of(MODELS[n]).fields)])
def test_a_strict_field_that_is_missing_is_named(name: str) -> None:
    """A missing id, or required field of an object that is only sent, is an error that names it."""
    info = info_of(MODELS[name])
    for wire in [field.wire for field in info.fields if field.strict]:
        data = _without(name, wire)
        with pytest.raises(KeyError):
            info.decode(data)
        assert converter.diagnose(info.decode, data, "$.data[3]") == [f"$.data[3].{wire}: required, but missing"]


LENIENT = [n for n in MODELS if any(f.required and not f.strict for f in info_of(MODELS[n]).fields)]


@pytest.mark.parametrize("name", LENIENT)
def test_a_promised_field_that_is_missing_is_none_and_counted(name: str) -> None:
    """A missing promised field is None in both decoders, and the drift report has it."""
    model, info = MODELS[name], info_of(MODELS[name])
    promised = [field for field in info.fields if field.required]
    for field in promised if len(promised) > 1 else []:
        if field.strict:
            continue
        with recorder.isolated(0):
            result: Any = converter.converter.structure(_without(name, field.wire), model)
            assert recorder.taken() == {Finding("converter", name, field.wire, "absent", ""): 1}
        assert getattr(result, field.name) is None
        assert _detailed(model, _without(name, field.wire)) == result
        assert (field.wire in info.encode(result)) == field.nullable


@pytest.mark.parametrize("name", [n for n in LENIENT if not any(f.strict for f in info_of(MODELS[n]).fields)])
def test_an_object_without_any_promised_field_is_an_error(name: str) -> None:
    """An object that has none of its promised fields is an error that names them."""
    info = info_of(MODELS[name])
    promised = [field.wire for field in info.fields if field.required]
    data = {wire: value for wire, value in WHOLE[name].items() if wire not in promised}
    with pytest.raises(KeyError):
        info.decode(data)
    problems = [f"$.data.{wire}: required, but missing" for wire in promised]
    assert converter.diagnose(info.decode, data, "$.data") == problems


def test_ids_are_strict() -> None:
    """Required ids are strict, and all required fields of objects that are only sent."""
    strict = {field.wire for name, field in FIELDS if field.strict and name in LENIENT}
    assert strict == {"id"}
    assert {name for name, field in FIELDS if field.wire == "id" and field.required and not field.strict} == set()


@pytest.mark.parametrize("name", MODELS)
def test_an_optional_field_reads_as_none_when_absent_or_null(name: str) -> None:
    """An optional field that is absent or null is None."""
    model, info = MODELS[name], info_of(MODELS[name])
    for field in info.fields:
        absent = _without(name, field.wire)
        given = [] if field.required else [absent]
        if not field.required or field.nullable:
            given.append({**absent, field.wire: None})
        for data in given:
            result = info.decode(data)
            assert getattr(result, field.name) is None, field.wire
            assert _detailed(model, data) == result
            assert (field.wire in info.encode(result)) == field.required


@pytest.mark.parametrize("name", _names(DATES))
def test_a_bad_date_is_named(name: str) -> None:
    """An invalid date is an error that names its field."""
    info = info_of(MODELS[name])
    for field in _of(name, DATES):
        data = {**WHOLE[name], field.wire: "soon"}
        with pytest.raises(ValueError, match="soon"):
            info.decode(data)
        problem = f'$.data.{field.wire}: expected a date-time, got "soon"'
        assert converter.diagnose(info.decode, data, "$.data") == [problem]


def test_every_bad_field_of_a_nested_answer_is_named() -> None:
    """Every bad field of a nested answer is named with its place."""
    message = {**WHOLE["Message"]}
    bad = {**message, "createdAt": "soon"}
    del bad["id"]
    data = {**WHOLE["Ticket"], "messages": [message, bad], "updatedAt": 5}
    read = info_of(MODELS["Ticket"]).decode
    assert sorted(converter.diagnose(read, data, "$.data")) == [
        '$.data.messages[1].createdAt: expected a date-time, got "soon"',
        "$.data.messages[1].id: required, but missing",
        "$.data.updatedAt: expected a date-time, got 5",
    ]


def test_a_value_that_is_not_a_list_or_map_is_named() -> None:
    """A value that is not a list or a map is named once, as a whole."""
    ticket, config = (info_of(MODELS[name]).decode for name in ("Ticket", "GameConfig"))
    assert converter.diagnose(ticket, {**WHOLE["Ticket"], "messages": "none"}, "$.data") == [
        '$.data.messages: expected an array, got "none"'
    ]
    assert converter.diagnose(config, {**WHOLE["GameConfig"], "bossDifficulties": [1]}, "$.data") == [
        "$.data.bossDifficulties: expected an object, got [1]"
    ]


def test_a_valid_object_has_no_problems() -> None:
    """A valid object has no problems."""
    assert converter.diagnose(info_of(MODELS["Ticket"]).decode, WHOLE["Ticket"], "$.data") == []


@pytest.mark.parametrize("data", [None, [], "text", 5], ids=str)
def test_a_value_that_is_not_an_object_is_named(data: object) -> None:
    """A value that is not an object is an error that says so."""
    for name, model in MODELS.items():
        read = info_of(model).decode
        with pytest.raises((TypeError, AttributeError)):
            read(data)
        (problem,) = converter.diagnose(read, data, "$.data")
        assert problem.startswith("$.data: expected an object, got "), name


@pytest.mark.parametrize("name", MODELS)
def test_unknown_fields_are_ignored(name: str) -> None:
    """Unknown fields are ignored, or kept by models that allow them."""
    info = info_of(MODELS[name])
    more = {**WHOLE[name], "brandNew": {"id": 1}}
    result = info.decode(more)
    assert _detailed(MODELS[name], more) == result
    if info.additional is None:
        assert result == info.decode(WHOLE[name])
    else:
        assert getattr(result, info.additional.name) == {"brandNew": {"id": 1}}
        assert info.encode(result) == more


@pytest.mark.parametrize("name", _names(ENUMERATIONS))
def test_unknown_values_pass_through(name: str) -> None:
    """Unknown values of enumerations pass through."""
    info = info_of(MODELS[name])
    for field in _of(name, ENUMERATIONS):
        data = {**WHOLE[name], field.wire: "brand_new"}
        assert getattr(info.decode(data), field.name) == "brand_new"
        assert _detailed(MODELS[name], data) == info.decode(data)


@pytest.mark.parametrize("endpoint", contract.events(), ids=lambda e: e.path)
def test_the_example_of_an_event_is_decoded_flat_and_nested(endpoint: contract.Endpoint) -> None:
    """The example of an event is decoded in both documented forms."""
    (example,) = contract.requests(endpoint)
    event = events.decode_event(example.value)
    assert (event.id, event.type) == (example.value["id"], endpoint.path)
    assert event.created_at == dt.datetime.fromisoformat(example.value["created_at"])
    assert event.team_id == example.value["team_id"]
    assert event.raw is example.value

    schema = contract.properties(example.schema)["data"]
    assert type(event.data) is MODELS[schema["$ref"].rpartition("/")[2]]
    read = info_of(type(event.data))
    assert event.data == read.decode(example.value["data"])
    assert read.encode(event.data).items() <= example.value["data"].items()
    nested = {**example.value, "data": {contract.resolve(schema)["x-cstar-nested"]: example.value["data"]}}
    assert events.decode_event(nested).data == event.data
