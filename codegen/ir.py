"""The intermediate representation, which is all that the templates see."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from .security import Credential  # noqa: TC001  # attrs resolves the annotation

Kind = Literal[
    "any", "str", "int", "float", "bool", "datetime", "date", "uuid", "bytes", "binary", "file", "none",
    "enum", "model", "list", "map", "union",
]  # fmt: skip

PASS_THROUGH: frozenset[Kind] = frozenset(
    {"any", "str", "int", "float", "bool", "enum", "none", "bytes", "binary", "file"}
)
"""Kinds whose value in JSON or in a form is also the Python value. (`binary` is text in JSON, which has no bytes.)"""


@attrs.frozen
class Shape:
    """What tells a model from the others in a union."""

    model: str
    constants: tuple[tuple[str | tuple[str, str], str | int | bool], ...]
    """The fields with only one value, by wire name, and this value; also those of an object in a field."""
    required: tuple[str, ...]
    optional: tuple[str, ...]


@attrs.frozen
class Type:
    """The type of a value."""

    kind: Kind
    name: str = ""
    """The class name, for models and enums."""
    items: tuple[Type, ...] = ()
    """The types of a list's item, of a map's values, or of a union's members."""
    nullable: bool = False
    discriminator: tuple[str, tuple[tuple[str, str], ...]] | None = None
    """For unions of models: the wire name of the discriminator, and pairs of value and class name."""
    base: str = ""
    """For hierarchies, which have a discriminator: the class of an object with an unknown tag."""
    shapes: tuple[Shape, ...] = attrs.field(default=(), eq=False)
    """For unions with several models and no discriminator: what tells the models apart."""

    @property
    def is_read_as_is(self) -> bool:
        """Whether decoding is the identity. Integers are checked, because JSON's may be too long."""
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
    def has_parts(self) -> bool:
        """Whether a value may be a list or an object."""
        return self.kind in {"list", "map", "model"} or (
            self.kind == "union" and any(item.has_parts for item in self.items)
        )

    @property
    def item(self) -> Type:
        """The type of a list's items; the type itself if it is not a list."""
        return self.items[0] if self.kind == "list" else self

    def references(self) -> set[str]:
        """Return the names of the models and enums in this type."""
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
    """Whether it must be sent; in answers, whether the contract promises it."""
    strict: bool = False
    """Whether an answer without it is an error; see `codegen.presence`."""
    default: Any = None
    description: str = ""
    source: str = "seed"
    limits: tuple[tuple[str, Any], ...] = ()
    """What bounds the values beyond their type, by JSON Schema's words: ("maxLength", 200)."""
    read_only: bool = False
    """Only answers have it."""
    write_only: bool = False
    """Only requests have it."""
    secret: bool = False


@attrs.frozen
class Model:
    """An object schema."""

    name: str
    fields: tuple[Field, ...]
    additional: Type | None = None
    """The type of additional properties, if the document gives one."""
    description: str = ""
    id_prefix: str = ""
    nested: str = ""
    """The member that contains the object in the nested form of the payload."""

    @property
    def promised(self) -> tuple[Field, ...]:
        """The required fields, if an answer may lack some of them; else none."""
        required = tuple(field for field in self.fields if field.required)
        return required if any(not field.strict for field in required) else ()

    def references(self) -> set[str]:
        """Return the names of the models and enums in the fields."""
        types = [f.type for f in self.fields] + ([self.additional] if self.additional else [])
        return set[str]().union(*(t.references() for t in types))


@attrs.frozen
class Enum:
    """A set of known values. Unknown values pass through when decoded."""

    name: str
    base: Literal["str", "int"]
    values: tuple[str | int, ...]
    description: str = ""

    def references(self) -> set[str]:
        """Return an empty set: an enum refers to nothing."""
        return set()


@attrs.frozen
class Parameter:
    """One input of an operation."""

    name: str
    wire: str
    location: Literal["path", "query", "header", "cookie", "body"]
    type: Type
    required: bool
    style: str = ""
    """OpenAPI's word, or `json`; empty for the default of its place."""
    explode: bool = True
    default: Any = None
    description: str = ""
    source: str = "seed"
    limits: tuple[tuple[str, Any], ...] = ()
    secret: bool = False


@attrs.frozen
class Answer:
    """One of several success answers of an operation."""

    status: str
    """`200`, `2XX` or `default`."""
    content: str
    type: Type


@attrs.frozen
class Operation:
    """One endpoint."""

    id: str
    place: str
    """Its place in the document, for messages: `GET /pets`."""
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
    """Whether the body's fields are arguments of the method."""
    result: Type
    answers: tuple[Answer, ...]
    """The success answers, if their results differ: the status says which one it is."""
    content: Literal["json", "text", "bytes", "event-stream", "none"]
    body_type: str
    """The media type of the body."""
    encoding: tuple[tuple[str, str], ...]
    """For forms: name and style or media type of the fields that are not written in the usual way."""
    accept: str
    """The media type of the answer."""
    envelope: str
    status: int
    key: str
    pagination: str
    page_param: str
    size_param: str
    idempotent: bool
    bulk: tuple[str, str, int] | None
    id_prefix: str
    source: str
    deprecated: bool
    summary: str
    description: str
    guessed: tuple[str, ...]
    """What of its name, key and paging is by convention."""
    acknowledges: tuple[tuple[str, Any, bool], ...]
    """The known members of a result without new information; see `Operation` in `cstar_async._core.operation`."""
    risk: str
    changed_by: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def results(self) -> list[Type]:
        """The types of the success answers. They need nothing to tell them apart, since their status does."""
        return [answer.type for answer in self.answers] or [self.result]

    @property
    def is_list(self) -> bool:
        """Whether the result is a list, so that the method returns a Pager."""
        return self.result.kind == "list" and not self.answers

    @property
    def body_name(self) -> str:
        """The class name of the body, its kind if it has none, or "" without a body."""
        return "" if self.body is None else self.body.name or self.body.kind

    def references(self) -> set[str]:
        """Return the names of the models and enums in the method's signature."""
        types = [p.type for p in self.parameters] + [self.result, *(answer.type for answer in self.answers)]
        if self.body is not None and not self.flat:
            types.append(self.body)
        return set[str]().union(*(t.references() for t in types))


@attrs.frozen
class WebhookEvent:
    """One type of webhook event."""

    place: str
    """Its place in the document, for messages: `webhook ticket.created`."""
    type: str
    name: str
    data: Type
    nested: str
    summary: str
    description: str
    source: str


@attrs.frozen
class Payload:
    """What a webhook of a service without cStar's envelope sends."""

    name: str
    """Its name in the document."""
    function: str
    """The name of the function that reads it."""
    type: Type
    summary: str
    description: str


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
    payloads: tuple[Payload, ...]
    """The payloads of all webhooks, if they are not cStar's events."""
    base_url: str
    """Scheme and host of the first server; empty if the document does not name them."""
    home: dict[str, str]
    """Name of a model or enum → its module."""
    credentials: tuple[Credential, ...]
