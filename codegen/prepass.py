"""Rewrite a document so that openapi-python-client reads it without loss.

The parser gets only types: the schemas from `normalise`, and for each operation an object whose fields are its
parameters, body and answer. The rest of the document is kept in `Prepared`, and `build` joins the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import attrs

from . import naming
from .check import METHODS, check, without
from .errors import ContractError, refuse_places
from .load import as_list, as_mapping
from .media_types import FORMS, JSON, encoding, essence, is_any, is_file, is_json, is_text, preferred
from .normalise import Normaliser, without_null
from .payload_schemas import has_envelope, payload_schema
from .references import Resolver
from .repair import without_dangling
from .servers import PARAMETER, origin, servers_of, whole_path
from .siblings import merge_siblings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .references import Schema

BODY, ANSWER = "the body", "the answer"
_BINARY = {"type": "string", "format": "binary"}
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+*-]+/[a-z0-9!#$&^_.+*-]+")
_SUCCESS = re.compile(r"2([0-9]{2}|XX|xx)")
_EMPTY = frozenset({"204", "205"})
"""Statuses whose answers have no body, whatever the document says."""
_OWN_HEADERS = frozenset({"accept", "content-type", "authorization"})
_IN_PATHS = "/%:@!$&'()*+,;=?~"


@attrs.frozen
class RawAnswer:
    """A success answer."""

    status: str
    """`200`, `2XX` or `default`."""
    content: str
    accept: str = JSON
    schema: Schema | bool | None = None


@attrs.define
class RawOperation:
    """An operation as written in the document, with its references followed."""

    id: str
    method: str
    path: str
    """The whole path, with that of the server."""
    place: str
    """Its place in the document, for messages: `GET /pets`."""
    segments: tuple[str, ...]
    path_params: tuple[str, ...]
    raw: dict[str, Any]
    parameters: list[dict[str, Any]]
    body_schema: Schema | bool | None
    body_required: bool
    body_type: str
    """The media type of the body."""
    encoding: tuple[tuple[str, str], ...]
    """Of the fields of a form that are not written in the usual way: style or media type."""
    content: str
    accept: str
    """The media type of the answer."""
    result: Schema | bool | None
    """The schema of the result: the member of the envelope, if there is an envelope."""
    envelope: str
    status: int
    answers: tuple[RawAnswer, ...]
    """All success answers, if the result depends on the status."""
    origin: str
    """Scheme and host of its server."""


@attrs.define
class Prepared:
    """The result of the pre-pass."""

    document: dict[str, Any]
    operations: list[RawOperation]
    tokens: dict[str, str]
    """Token of an operation's object → operation id."""
    webhooks: dict[str, dict[str, Any]]
    payloads: dict[str, str]
    """Token of an object whose field is a payload → webhook, if the webhooks are not in cStar's envelope."""
    resolver: Resolver
    schemas: Normaliser
    repairs: list[str]
    """The faults of the document that were repaired."""
    problems: list[tuple[str, frozenset[str]]] = attrs.field(factory=list[tuple[str, frozenset[str]]])
    """The problems with the parts that are left out, each with the places that they cost."""


def prepare(document: dict[str, Any], left_out: frozenset[str] = frozenset(), *, repair: bool = False) -> Prepared:
    """Prepare a document for the parser.

    Args:
        document: The document.
        left_out: The places of operations and webhooks to skip.
        repair: Number operation ids that are used twice, take path parameters as the path has them, and read any
            value where a reference leads nowhere.

    Raises:
        ContractError: The document cannot be used even without the places that cannot be expressed.
    """
    problems: list[tuple[str, frozenset[str]]] = []
    repairs: list[str] = []
    if repair:
        document, repairs = without_dangling(document, Resolver(document))
    document = merge_siblings(document)
    while True:
        found = without(document, left_out)
        resolver = Resolver(found)
        try:
            check(found, resolver)
            prepared = _Prepass(found, resolver, repair=repair).run()
        except ContractError as error:
            problems += [(problem, error.places) for problem in error.problems]
            if not error.places - left_out:
                raise ContractError([problem for problem, _ in problems]) from error
            left_out |= error.places
        else:
            prepared.problems = problems
            prepared.repairs[:0] = repairs
            return prepared


class _Prepass:
    def __init__(self, document: dict[str, Any], resolver: Resolver, *, repair: bool) -> None:
        self._repair = repair
        self._repairs: list[str] = []
        self._document = document
        self._resolver = resolver
        self._schemas = Normaliser(resolver)
        self._problems: list[tuple[str, str]] = []

    def run(self) -> Prepared:
        self._schemas.add_components()
        operations = list(self._operations())
        types: dict[str, Schema] = {}
        for operation in operations:
            token = self._schemas.classes.token(f"the operation {operation.id}")  # no class name has spaces
            types[token] = self._types(operation)
        webhooks = {n: self._resolver.follow(w) for n, w in as_mapping(self._document.get("webhooks")).items()}
        payloads = self._payloads(webhooks)
        refuse_places(self._problems)
        return Prepared(
            document={
                "openapi": "3.1.0",
                "info": {"title": "", "version": ""},
                "paths": {},
                "components": {"schemas": {**self._schemas.components, **types, **payloads}},
            },
            operations=operations,
            tokens={token: operation.id for token, operation in zip(types, operations, strict=True)},
            webhooks=webhooks,
            payloads=dict(zip(payloads, webhooks, strict=False)),
            resolver=self._resolver,
            schemas=self._schemas,
            repairs=self._repairs,
        )

    def _payloads(self, webhooks: dict[str, dict[str, Any]]) -> dict[str, Schema]:
        """Return objects with the payload of each webhook as their field, by token; {} for cStar's webhooks."""
        found: dict[str, Schema] = {}
        if any(has_envelope(item, self._resolver) for item in webhooks.values()):
            return found
        for name, item in webhooks.items():
            place, schema = f"webhook {name}", payload_schema(item, self._resolver)
            if schema is None:
                self._problems.append((place, "has no JSON body"))
            normal = self._schemas.normalise(schema, naming.pascal(name), place)
            token = self._schemas.classes.token(f"the {place}")  # no class name has spaces
            found[token] = _one_field(self._schemas.names.token("the payload"), normal)
        return found

    def _fault(self, place: str, text: str, repair: str) -> None:
        """Note a fault that can be repaired."""
        if self._repair:
            self._repairs.append(f"{place}: {text}; {repair}")
        else:
            self._problems.append((place, text))

    def _operations(self) -> Iterator[RawOperation]:
        seen: dict[str, str] = {}
        for path, raw_item in as_mapping(self._document.get("paths")).items():
            item = as_mapping(self._resolver.follow(raw_item))
            for method, raw_operation in item.items():
                if method not in METHODS:
                    continue
                raw = as_mapping(raw_operation)
                place = f"{method.upper()} {path}"
                made_up = naming.unique(method + naming.pascal(path), seen)
                operation_id = raw.get("operationId") or made_up
                if operation_id in seen:
                    fault = f"operationId {operation_id!r} is taken by {seen[operation_id]}"
                    operation_id = naming.unique(operation_id, seen)
                    self._fault(place, fault, f"it is {operation_id!r} here")
                seen[operation_id] = place
                yield self._operation(operation_id, method, path, item, raw)

    def _operation(
        self, operation_id: str, method: str, path: str, item: dict[str, Any], raw: dict[str, Any]
    ) -> RawOperation:
        place = f"{method.upper()} {path}"
        body = as_mapping(self._resolver.follow(raw.get("requestBody")))
        body_type, body_schema, encoding = self._body(body, place)
        answers = self._answers(raw, method, place)
        is_json_answer = any(answer.content == "json" for answer in answers)
        holders = (raw, item, self._document)
        # Some documents tell operations of one path apart by a fragment, which is never sent.
        whole = whole_path(path.partition("#")[0], holders)
        placeholders = PARAMETER.findall(whole)
        envelope = raw.get("x-cstar-envelope", self._document.get("x-cstar-envelope", "")) if is_json_answer else ""
        answers = [self._unwrapped(answer, envelope, place) for answer in answers]
        main = next((answer for answer in answers if answer.content != "none"), answers[0])
        return RawOperation(
            id=operation_id,
            method=method,
            path=whole,
            place=place,
            segments=tuple(quote(text, safe=_IN_PATHS) for text in PARAMETER.sub("{}", whole).split("{}")),
            path_params=tuple(placeholders),
            raw=raw,
            parameters=self._parameters(item, raw, place, placeholders, whole.removesuffix(path.partition("#")[0])),
            body_schema=body_schema,
            body_required=bool(body.get("required")),
            body_type=body_type,
            encoding=encoding,
            content=main.content,
            accept=", ".join(dict.fromkeys(answer.accept for answer in answers if answer.content != "none")) or JSON,
            result=main.schema,
            envelope=envelope,
            status=int(main.status) if main.status.isdecimal() else 200,
            answers=tuple(answers) if self._differ(answers) else (),
            origin=origin(servers_of(holders)),
        )

    def _parameters(
        self, item: dict[str, Any], raw: dict[str, Any], place: str, placeholders: list[str], server_path: str
    ) -> list[dict[str, Any]]:
        by_key: dict[tuple[str, str], dict[str, Any]] = {}
        for parameter in [*as_list(item.get("parameters")), *as_list(raw.get("parameters"))]:
            found = self._resolver.follow(parameter)
            if found["in"] == "header" and found["name"].lower() in _OWN_HEADERS:
                continue  # as OpenAPI says: the media types and the credentials have these
            by_key[found["in"], found["name"]] = found
        for name in PARAMETER.findall(server_path):
            by_key.setdefault(("path", name), _path_parameter(name))
        declared = [name for location, name in by_key if location == "path"]
        if sorted(declared) != sorted(placeholders) and len({*placeholders}) == len(placeholders):
            text = f"its path parameters are {declared}, but the path has {placeholders}"
            self._fault(place, text, "those of the path are taken")
            for name in {*declared} - {*placeholders}:
                del by_key["path", name]
            for name in placeholders:
                by_key.setdefault(("path", name), _path_parameter(name))
        elif sorted(declared) != sorted(placeholders):
            self._problems.append((place, f"a path parameter is twice in its path: {placeholders}"))
        return list(by_key.values())

    def _body(self, body: dict[str, Any], place: str) -> tuple[str, Schema | bool | None, tuple[tuple[str, str], ...]]:
        """Return the media type, the schema and the encodings of the body that the client sends."""
        content = as_mapping(body.get("content"))
        if not content:
            return JSON, None, ()
        name = preferred(content, self._resolver)
        media = as_mapping(content[name])
        schema: Schema | bool = media.get("schema", {})
        media_type = self._media_type(name, place)
        if is_json(name) and not is_file(name, media, self._resolver):
            return (JSON if is_any(name) else media_type), schema, ()
        if media_type in FORMS:
            rules = as_mapping(media.get("encoding"))
            encodings = ((field, encoding(media_type, as_mapping(rule))) for field, rule in rules.items())
            return media_type, schema, tuple((field, word) for field, word in encodings if word)
        if is_text(name):
            return media_type, {"type": "string"}, ()
        return ("application/octet-stream" if "*" in media_type else media_type), _BINARY, ()

    def _media_type(self, name: str, place: str) -> str:
        """Return a media type without its parameters, in lower case."""
        found = essence(name)
        if not _MEDIA_TYPE.fullmatch(found):
            self._problems.append((place, f"{name!r} is not a media type"))
        return found

    def _answers(self, raw: dict[str, Any], method: str, place: str) -> list[RawAnswer]:
        """Return the success answers in the order of their statuses: those of 2xx, else `default`."""
        responses = as_mapping(raw.get("responses"))
        codes = sorted(code for code in responses if _SUCCESS.fullmatch(code)) or [
            c for c in responses if c == "default"
        ]
        answers = [
            self._answer(code.upper() if code[0] == "2" else code, responses[code], method, place) for code in codes
        ]
        # A stream is read as one, whatever its status.
        streams = [answer for answer in answers if answer.content == "event-stream"]
        return streams[:1] or answers or [RawAnswer("200", "none")]

    def _answer(self, status: str, response: Any, method: str, place: str) -> RawAnswer:
        content = as_mapping(as_mapping(self._resolver.follow(response)).get("content"))
        if not content or method == "head" or status in _EMPTY:
            return RawAnswer(status, "none")
        name = preferred(content, self._resolver)
        media, accept = as_mapping(content[name]), self._media_type(name, place)
        if is_json(name) and not is_file(name, media, self._resolver):
            return RawAnswer(status, "json", JSON if is_any(name) else accept, media.get("schema", {}))
        if accept == "text/event-stream":
            return RawAnswer(status, "event-stream", accept)
        return RawAnswer(status, "text" if accept.startswith("text/") else "bytes", accept)

    def _unwrapped(self, answer: RawAnswer, envelope: str, place: str) -> RawAnswer:
        """Return the answer with the schema of the envelope's member."""
        if answer.content != "json" or not envelope:
            return answer
        schema: Any = answer.schema
        for member in envelope.split("."):
            members = self._resolver.members(schema).properties
            if member not in members:
                self._problems.append((place, f"its answer has no {envelope!r}, the envelope's member"))
            schema = members.get(member)
        return attrs.evolve(answer, schema=schema)

    def _differ(self, answers: list[RawAnswer]) -> bool:
        """Whether the result depends on the status."""
        first, *others = ((answer.content, self._resolver.follow(answer.schema)) for answer in answers)
        return any(other != first for other in others)

    def _types(self, operation: RawOperation) -> Schema:
        """Return an object schema whose fields are the parameters, the body and the answer."""
        wanted, place = naming.pascal(operation.id), operation.place
        normalise = self._schemas.normalise
        fields: dict[str, Schema] = {}
        for parameter in operation.parameters:
            schema = parameter_schema(parameter)
            name, location = parameter["name"], parameter["in"]
            normal = normalise(schema, wanted + naming.pascal(name), f"{place}: parameter {name}")
            fields[f"{location} {name}"] = normal if location == "query" else without_null(normal)
        if operation.body_schema is not None:
            fields[BODY] = normalise(operation.body_schema, f"{wanted}Body", f"{place}: body")
        if operation.content == "json":
            fields[ANSWER] = normalise(operation.result, f"{wanted}Result", f"{place}: answer")
        for answer in operation.answers:
            if answer.content == "json":
                name, where = f"{wanted}Result{answer.status}", f"{place}: answer {answer.status}"
                fields[f"{ANSWER} {answer.status}"] = normalise(answer.schema, name, where)
        properties = {self._schemas.names.token(name): schema for name, schema in fields.items()}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _one_field(name: str, schema: Schema) -> Schema:
    return {"type": "object", "properties": {name: schema}, "required": [name], "additionalProperties": False}


def parameter_schema(parameter: dict[str, Any]) -> Any:
    """The schema of a parameter; one with `content` in place of `schema` is JSON, or text."""
    for name, media in as_mapping(parameter.get("content")).items():
        return as_mapping(media).get("schema", {}) if is_json(name) else {"type": "string"}
    return parameter.get("schema", {"type": "string"})


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def is_json_parameter(parameter: dict[str, Any]) -> bool:
    """Whether a parameter is sent as JSON text."""
    return any(is_json(name) for name in as_mapping(parameter.get("content")))


def tag_of(raw: RawOperation) -> str:
    """Return the first tag of an operation."""
    return str((raw.raw.get("tags") or ["default"])[0])
