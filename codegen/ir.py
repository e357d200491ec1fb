"""The intermediate representation: all that the templates see."""

from __future__ import annotations

from typing import Any, Literal

import attrs

Kind = Literal[
    "any", "str", "int", "float", "bool", "datetime", "date", "uuid", "bytes", "none",
    "enum", "model", "list", "map", "union",
]  # fmt: skip

PASS_THROUGH: frozenset[Kind] = frozenset({"any", "str", "int", "float", "bool", "enum", "none"})
"""Kinds whose JSON value is the Python value."""


@attrs.frozen
class Type:
    """The type of a value."""

    kind: Kind
    name: str = ""
    """The class, for models and enums."""
    items: tuple[Type, ...] = ()
    """The item of a list, the value of a map, the members of a union."""
    nullable: bool = False
    discriminator: tuple[str, tuple[tuple[str, str], ...]] | None = None
    """For unions of models: the wire name that tells them apart, and value → class."""

    @property
    def is_read_as_is(self) -> bool:
        """Whether decoding is the identity. An integer is looked at, since JSON's may be too long."""
        return (self.kind in PASS_THROUGH and self.kind != "int") or (
            self.kind in {"list", "map", "union"} and all(item.is_read_as_is for item in self.items)
        )

    @property
    def passes_through(self) -> bool:
        """Whether encoding is the identity."""
        return self.kind in PASS_THROUGH or (
            self.kind in {"list", "map", "union"} and all(item.passes_through for item in self.items)
        )

    @property
    def item(self) -> Type:
        """What a list is a list of; anything else is one of itself."""
        return self.items[0] if self.kind == "list" else self

    def references(self) -> set[str]:
        """The models and enums that this type names."""
        own = {self.name} if self.name else set[str]()
        return own.union(*(item.references() for item in self.items))


ANY = Type("any")


@attrs.frozen
class Field:
    """A field of a model."""

    name: str
    wire: str
    type: Type
    required: bool
    default: Any = None
    description: str = ""
    source: str = "seed"
    limits: tuple[tuple[str, Any], ...] = ()
    """What bounds the values beyond their type, by JSON Schema's words: ("maxLength", 200)."""


@attrs.frozen
class Model:
    """An object schema."""

    name: str
    fields: tuple[Field, ...]
    additional: Type | None = None
    """The type of members beyond the fields, where the document gives one."""
    description: str = ""
    id_prefix: str = ""
    nested: str = ""
    """The member under which a nested form of the same payload carries the object."""

    def references(self) -> set[str]:
        """The models and enums that the fields name."""
        types = [f.type for f in self.fields] + ([self.additional] if self.additional else [])
        return set[str]().union(*(t.references() for t in types))


@attrs.frozen
class Enum:
    """A set of known values. Reading is open: an unknown value passes through."""

    name: str
    base: Literal["str", "int"]
    values: tuple[str | int, ...]
    description: str = ""

    def references(self) -> set[str]:
        """An enum names nothing."""
        return set()


@attrs.frozen
class Parameter:
    """One input of an operation."""

    name: str
    wire: str
    location: Literal["path", "query", "header", "body"]
    type: Type
    required: bool
    style: str = "form"
    explode: bool = True
    default: Any = None
    description: str = ""
    source: str = "seed"
    limits: tuple[tuple[str, Any], ...] = ()


@attrs.frozen
class Operation:
    """One endpoint."""

    id: str
    place: str
    """Where it stands in the document, for messages: `GET /pets`."""
    resource: tuple[str, ...]
    """The attributes that lead to the method: ("tickets", "messages")."""
    name: str
    constant: str
    tag: str
    module: str
    method: str
    path: str
    segments: tuple[str, ...]
    path_params: tuple[str, ...]
    team: bool
    parameters: tuple[Parameter, ...]
    body: Type | None
    body_required: bool
    flat: bool
    """The body's fields are arguments of the method."""
    result: Type
    content: Literal["json", "text", "bytes", "event-stream", "none"]
    envelope: str
    status: int
    key: str
    pagination: str
    idempotent: bool
    bulk: tuple[str, str, int] | None
    id_prefix: str
    source: str
    deprecated: bool
    summary: str
    description: str
    acknowledges: tuple[tuple[str, Any, bool], ...]
    """The members of a result that says nothing new; see the record."""

    @property
    def is_list(self) -> bool:
        """Whether the caller gets many, and so a Pager."""
        return self.result.kind == "list"

    @property
    def body_name(self) -> str:
        """The class of the body, empty if it has none."""
        return self.body.name if self.body is not None else ""

    def references(self) -> set[str]:
        """The models and enums that stand in the method's signature."""
        types = [p.type for p in self.parameters] + [self.result]
        if self.body is not None and not self.flat:
            types.append(self.body)
        return set[str]().union(*(t.references() for t in types))


@attrs.frozen
class WebhookEvent:
    """One type of webhook event."""

    place: str
    """Where it stands in the document, for messages: `webhook ticket.created`."""
    type: str
    name: str
    data: Type
    nested: str
    summary: str
    description: str
    source: str


@attrs.frozen
class Module:
    """The models of one tag."""

    name: str
    title: str
    enums: tuple[Enum, ...]
    models: tuple[Model, ...]


@attrs.frozen
class Contract:
    """The whole document."""

    title: str
    version: str
    modules: tuple[Module, ...]
    operations: tuple[Operation, ...]
    events: tuple[WebhookEvent, ...]
    home: dict[str, str]
    """In which module each model and enum lives."""
