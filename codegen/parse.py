"""Read the types of a prepared document with openapi-python-client. No other module imports that parser.

Its version is pinned exactly, because this module uses private parts of it. Each warning of the parser is an error,
because the parser leaves out what it does not understand and continues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.literal_enum_property import LiteralEnumProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from .errors import ContractError
from .ir import ANY, Kind, Shape, Type
from .prepass import ANSWER, BODY
from .references import listed_values

if TYPE_CHECKING:
    from .prepass import Prepared

_SCALARS: dict[type[Any], Kind] = {
    AnyProperty: "any",
    BooleanProperty: "bool",
    DateProperty: "date",
    DateTimeProperty: "datetime",
    FileProperty: "binary",
    FloatProperty: "float",
    IntProperty: "int",
    NoneProperty: "none",
    StringProperty: "str",
    UuidProperty: "uuid",
}


@attrs.frozen
class ParsedField:
    """A field of an object."""

    wire: str
    type: Type
    required: bool


@attrs.frozen
class ParsedModel:
    """An object: its fields in order, and the type of additional properties."""

    fields: tuple[ParsedField, ...]
    additional: Type | None


@attrs.frozen
class ParsedOperation:
    """The types of an operation."""

    parameters: dict[tuple[str, str], Type]
    """(location, wire name) → type."""
    body: Type | None
    result: Type
    """`ANY` if the answer is not JSON."""
    answers: dict[str, Type]
    """The types of the answers with JSON by status, if the result depends on the status."""


@attrs.frozen
class Parsed:
    """All types that the parser found."""

    models: dict[str, ParsedModel]
    enums: dict[str, tuple[str | int, ...]]
    operations: dict[str, ParsedOperation]
    payloads: dict[str, Type]
    """Name of a webhook → the type of its payload."""


def parse(prepared: Prepared) -> Parsed:
    """Parse the document. Raises ContractError with each warning of the parser, in the document's own names."""
    config = Config.from_sources(
        ConfigFile(literal_enums=True), MetaType.NONE, "openapi.yaml", "utf-8", overwrite=True, output_path=None
    )
    data = GeneratorData.from_dict(prepared.document, config=config)
    if isinstance(data, GeneratorError):
        raise ContractError([_readable(prepared, f"{data.header}: {data.detail}")])
    if data.errors:
        raise ContractError([_readable(prepared, _message(problem)) for problem in data.errors])
    return _Reader(prepared).read(data)


def _message(problem: ParseError) -> str:
    return " ".join(part for part in (problem.header, problem.detail or "") if part)


def _readable(prepared: Prepared, text: str) -> str:
    return " ".join(prepared.schemas.names.restore(prepared.schemas.classes.restore(text)).split())


class _Reader:
    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._schemas = prepared.schemas
        self._finished: dict[str, ModelProperty] = {}

    def read(self, data: GeneratorData) -> Parsed:
        self._finished = {str(model.class_info.name): model for model in data.models}
        models: dict[str, ParsedModel] = {}
        operations: dict[str, ParsedOperation] = {}
        payloads: dict[str, Type] = {}
        for model in data.models:
            token = str(model.class_info.name)
            if token in self._prepared.tokens:
                operations[self._prepared.tokens[token]] = self._operation(model)
            elif token in self._prepared.payloads:
                payloads[self._prepared.payloads[token]] = self._model(model).fields[0].type
            elif token not in self._schemas.maps:
                models[self._class(model)] = self._model(model)
        enums = {self._class(enum): self._values(enum) for enum in data.enums}
        return Parsed(models=models, enums=enums, operations=operations, payloads=payloads)

    def _operation(self, model: ModelProperty) -> ParsedOperation:
        types = {field.wire: field.type for field in self._model(model).fields}
        body, result = types.pop(BODY, None), types.pop(ANSWER, ANY)
        prefix = f"{ANSWER} "
        answers = {key.removeprefix(prefix): types.pop(key) for key in list(types) if key.startswith(prefix)}
        parameters: dict[tuple[str, str], Type] = {}
        for key, type_ in types.items():
            location, _, name = key.partition(" ")
            parameters[location, name] = type_
        return ParsedOperation(parameters=parameters, body=body, result=result, answers=answers)

    def _class(self, prop: Any) -> str:
        return self._schemas.classes.name(str(prop.class_info.name))

    def _values(self, enum: Any) -> tuple[str | int, ...]:
        # The parser has a set; this is the document's order.
        return tuple(self._schemas.components[str(enum.class_info.name)]["enum"])

    def _model(self, model: Any) -> ParsedModel:
        if model.required_properties is None or model.optional_properties is None:
            raise ContractError([f"{self._class(model)}: the parser did not read this object"])
        fields = {_text(p.name): p for p in [*model.required_properties, *model.optional_properties]}
        # The parser has the required fields first; this is the document's order.
        wanted = self._prepared.document["components"]["schemas"][str(model.class_info.name)]["properties"]
        if set(fields) != set(wanted):
            raise ContractError([f"{self._class(model)}: the parser lost a field"])
        return ParsedModel(
            fields=tuple(
                ParsedField(self._schemas.names.name(token), self._type(fields[token]), bool(fields[token].required))
                for token in wanted
            ),
            additional=self._type(model.additional_properties) if model.additional_properties else None,
        )

    def _type(self, prop: Any) -> Type:
        if isinstance(prop, ModelProperty):
            token = str(prop.class_info.name)
            if token in self._schemas.maps:
                # The copy may have been made before its target was parsed, and then lacks the type of the values.
                values = self._finished[token].additional_properties
                return Type("map", items=(self._type(values) if values else ANY,))
            return Type("model", name=self._class(prop))
        if isinstance(prop, LiteralEnumProperty):
            return Type("enum", name=self._class(prop))
        if isinstance(prop, ListProperty):
            return Type("list", items=(self._type(prop.inner_property),))
        if isinstance(prop, UnionProperty):
            return self._union([self._type(inner) for inner in prop.inner_properties])
        try:
            return Type(_SCALARS[type(prop)])
        except KeyError:
            raise ContractError(
                [f"the parser's {type(prop).__name__} is not supported; this is a bug in codegen"]
            ) from None

    def _union(self, members: list[Type]) -> Type:
        flat: list[Type] = []
        nullable = False
        for member in members:
            if member.kind == "none":
                nullable = True
            elif member not in flat:
                flat.append(member)
        if len(flat) == 1:
            return attrs.evolve(flat[0], nullable=nullable or flat[0].nullable)
        all_models = all(member.kind == "model" for member in flat)
        models = [member.name for member in flat if member.kind == "model"]
        found = self._schemas.discriminators.of(models) if all_models else None
        if found:
            told_apart = found.wire, tuple(found.table.items())
            return Type("union", items=tuple(flat), nullable=nullable, discriminator=told_apart, base=found.base)
        shapes = tuple(self._shape(name, models) for name in models) if len(models) > 1 else ()
        return Type("union", items=tuple(flat), nullable=nullable, shapes=shapes)

    def _shape(self, class_name: str, others: list[str]) -> Shape:
        members = self._prepared.resolver.members(self._schemas.raw[class_name])
        constants: list[tuple[str | tuple[str, str], str | int | bool]] = [
            *self._schemas.discriminators.tag_of(class_name, others).items()
        ]
        for wire, schema in members.properties.items():
            constants += [(wire, value) for value in self._only_value(schema)]
            inside = self._prepared.resolver.members(schema).properties
            constants += [((wire, name), value) for name, inner in inside.items() for value in self._only_value(inner)]
        required = tuple(
            wire
            for wire in dict.fromkeys(members.required)
            if wire in members.properties
            and not self._prepared.resolver.has_mark(members.properties[wire], "writeOnly")
        )
        optional = tuple(wire for wire in members.properties if wire not in required)
        return Shape(class_name, tuple(constants), required, optional)

    def _only_value(self, schema: Any) -> list[str | int]:
        """Return the value that a schema allows, if it is only one."""
        values = listed_values(self._prepared.resolver.follow(schema)) or []
        return values if len(values) == 1 and isinstance(values[0], str | int) else []


def _text(name: UntrustedString | str) -> str:
    return name.get_untrusted_value() if isinstance(name, UntrustedString) else name
