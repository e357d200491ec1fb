"""The same ticket in pydantic, msgspec and cattrs, as a user would write it by hand."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic and msgspec evaluate the annotations
from typing import Any

import attrs
import msgspec
import pydantic
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.orjson import OrjsonConverter, make_converter
from pydantic.alias_generators import to_camel


class PydanticModel(pydantic.BaseModel):
    """A model with camelCase names on the wire."""

    model_config = pydantic.ConfigDict(alias_generator=to_camel, populate_by_name=True)


class PydanticCustomer(PydanticModel):
    """TicketCustomer."""

    id: str
    name: str | None = None
    email: str | None = None


class PydanticTicket(PydanticModel):
    """Ticket."""

    id: str
    object: str | None = None
    title: str | None = None
    status: str | None = None
    priority: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    customer: PydanticCustomer | None = None
    assigned_to: str | None = None
    tags: list[str] | None = None
    notes: str | None = None
    message_count: int | None = None
    messages: list[Any] | None = None
    response_deadline: dt.datetime | None = None
    resolution_deadline: dt.datetime | None = None
    first_response_at: dt.datetime | None = None
    response_tier: str | None = None
    resolution_tier: str | None = None
    sla_paused: bool | None = None
    metadata: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


class PydanticPage(pydantic.BaseModel):
    """The envelope of a list."""

    data: list[PydanticTicket]


class PydanticCreate(PydanticModel):
    """TicketCreate."""

    title: str
    priority: str | None = None
    status: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    assigned_to: str | None = None
    tags: list[str] | None = None
    notes: str | None = None
    metadata: dict[str, Any] | None = None
    initial_message: str | None = None


class MsgspecCustomer(msgspec.Struct, rename="camel"):
    """TicketCustomer."""

    id: str
    name: str | None = None
    email: str | None = None


class MsgspecTicket(msgspec.Struct, rename="camel"):
    """Ticket."""

    id: str
    object: str | None = None
    title: str | None = None
    status: str | None = None
    priority: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    customer: MsgspecCustomer | None = None
    assigned_to: str | None = None
    tags: list[str] | None = None
    notes: str | None = None
    message_count: int | None = None
    messages: list[Any] | None = None
    response_deadline: dt.datetime | None = None
    resolution_deadline: dt.datetime | None = None
    first_response_at: dt.datetime | None = None
    response_tier: str | None = None
    resolution_tier: str | None = None
    sla_paused: bool | None = None
    metadata: dict[str, Any] | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


class MsgspecPage(msgspec.Struct):
    """The envelope of a list."""

    data: list[MsgspecTicket]


class MsgspecCreate(msgspec.Struct, rename="camel", omit_defaults=True):
    """TicketCreate."""

    title: str
    priority: str | None = None
    status: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    assigned_to: str | None = None
    tags: list[str] | None = None
    notes: str | None = None
    metadata: dict[str, Any] | None = None
    initial_message: str | None = None


def attrs_twin(model: type[msgspec.Struct]) -> type[Any]:
    """An attrs class with the fields of a msgspec one."""
    fields = {
        field.name: attrs.field(
            type=_CATTRS_TYPES.get(field.type, field.type),
            default=attrs.NOTHING if field.required else None,
        )
        for field in msgspec.structs.fields(model)
    }
    twin: type[Any] = attrs.make_class(model.__name__.replace("Msgspec", "Attrs"), fields, slots=True)
    return twin


_CATTRS_TYPES: dict[Any, Any] = {}
AttrsCustomer = attrs_twin(MsgspecCustomer)
_CATTRS_TYPES[MsgspecCustomer | None] = AttrsCustomer | None
AttrsTicket = attrs_twin(MsgspecTicket)
_CATTRS_TYPES[list[MsgspecTicket]] = list[AttrsTicket]  # type: ignore[valid-type]
AttrsPage = attrs_twin(MsgspecPage)
AttrsCreate = attrs_twin(MsgspecCreate)


def cattrs_converter() -> OrjsonConverter:
    """A cattrs converter at its fastest: the orjson preset, without detailed validation."""
    converter = make_converter(detailed_validation=False)
    for cls in (AttrsCustomer, AttrsTicket, AttrsPage, AttrsCreate):
        names: dict[str, Any] = {field.name: override(rename=to_camel(field.name)) for field in attrs.fields(cls)}
        converter.register_structure_hook(
            cls, make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=False, **names)
        )
        converter.register_unstructure_hook(
            cls, make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True, **names)
        )
    return converter
