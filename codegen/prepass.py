"""Rewrite a document so that openapi-python-client reads it without loss.

The parser gets only types: the schemas from `normalise`, and for each operation an object whose fields are its
parameters, body and answer. The rest of the document is kept in `Prepared`, and `build` joins the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from . import naming
from .check import METHODS, check, without
from .errors import ContractError, refuse_places
from .load import as_list, as_mapping
from .normalise import Normaliser, without_null
from .references import Resolver
from .siblings import merge_siblings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .references import Schema

BODY, ANSWER = "the body", "the answer"
_PLACEHOLDER = re.compile(r"{([^{}]*)}")


@attrs.define
class RawOperation:
    """An operation as written in the document, with its references followed."""

    id: str
    method: str
    path: str
    segments: tuple[str, ...]
    path_params: tuple[str, ...]
    raw: dict[str, Any]
    parameters: list[dict[str, Any]]
    body_schema: Schema | bool | None
    body_required: bool
    content: str
    result: Schema | bool | None
    """The schema of the result: the member of the envelope, if there is an envelope."""
    envelope: str
    status: int

    @property
    def place(self) -> str:
        """Its place in the document, for messages: `GET /pets`."""
        return f"{self.method.upper()} {self.path}"


@attrs.define
class Prepared:
    """The result of the pre-pass."""

    document: dict[str, Any]
    operations: list[RawOperation]
    tokens: dict[str, str]
    """Token of an operation's object → operation id."""
    webhooks: dict[str, dict[str, Any]]
    resolver: Resolver
    schemas: Normaliser
    problems: list[tuple[str, frozenset[str]]] = attrs.field(factory=list[tuple[str, frozenset[str]]])
    """The problems with the parts that are left out, each with the places that they cost."""


def prepare(document: dict[str, Any], left_out: frozenset[str] = frozenset()) -> Prepared:
    """Prepare a document for the parser.

    Args:
        document: The document.
        left_out: The places of operations and webhooks to skip.

    Raises:
        ContractError: The document cannot be used even without the places that cannot be expressed.
    """
    problems: list[tuple[str, frozenset[str]]] = []
    document = merge_siblings(document)
    while True:
        found = without(document, left_out)
        resolver = Resolver(found)
        try:
            check(found, resolver)
            prepared = _Prepass(found, resolver).run()
        except ContractError as error:
            problems += [(problem, error.places) for problem in error.problems]
            if not error.places - left_out:
                raise ContractError([problem for problem, _ in problems]) from error
            left_out |= error.places
        else:
            prepared.problems = problems
            return prepared


class _Prepass:
    def __init__(self, document: dict[str, Any], resolver: Resolver) -> None:
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
        refuse_places(self._problems)
        webhooks = as_mapping(self._document.get("webhooks"))
        return Prepared(
            document={
                "openapi": "3.1.0",
                "info": {"title": "", "version": ""},
                "paths": {},
                "components": {"schemas": {**self._schemas.components, **types}},
            },
            operations=operations,
            tokens={token: operation.id for token, operation in zip(types, operations, strict=True)},
            webhooks={name: self._resolver.follow(item) for name, item in webhooks.items()},
            resolver=self._resolver,
            schemas=self._schemas,
        )

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
                    self._problems.append((place, f"operationId {operation_id!r} is taken by {seen[operation_id]}"))
                    continue
                seen[operation_id] = place
                yield self._operation(operation_id, method, path, item, raw)

    def _operation(
        self, operation_id: str, method: str, path: str, item: dict[str, Any], raw: dict[str, Any]
    ) -> RawOperation:
        place = f"{method.upper()} {path}"
        body = as_mapping(self._resolver.follow(raw.get("requestBody")))
        status, content, result = self._result(raw)
        envelope = raw.get("x-cstar-envelope", self._document.get("x-cstar-envelope", "")) if content == "json" else ""
        for member in envelope.split(".") if envelope else ():
            members = self._resolver.members(result).properties
            if member not in members:
                self._problems.append((place, f"its answer has no {envelope!r}, the envelope's member"))
            result = members.get(member)
        return RawOperation(
            id=operation_id,
            method=method,
            path=path,
            segments=tuple(_PLACEHOLDER.sub("{}", path).split("{}")),
            path_params=tuple(_PLACEHOLDER.findall(path)),
            raw=raw,
            parameters=self._parameters(item, raw, place, _PLACEHOLDER.findall(path)),
            body_schema=self._body_schema(body, place),
            body_required=bool(body.get("required")),
            content=content,
            result=result,
            envelope=envelope,
            status=status,
        )

    def _parameters(
        self, item: dict[str, Any], raw: dict[str, Any], place: str, placeholders: list[str]
    ) -> list[dict[str, Any]]:
        by_key: dict[tuple[str, str], dict[str, Any]] = {}
        for parameter in [*as_list(item.get("parameters")), *as_list(raw.get("parameters"))]:
            found = self._resolver.follow(parameter)
            by_key[found["in"], found["name"]] = found
        for location, name in by_key:
            if location == "cookie":
                self._problems.append((place, f"cookie parameter {name!r} cannot be expressed"))
        declared = [name for location, name in by_key if location == "path"]
        if sorted(declared) != sorted(placeholders):
            self._problems.append((place, f"its path parameters are {declared}, but the path has {placeholders}"))
        return list(by_key.values())

    def _body_schema(self, body: dict[str, Any], place: str) -> Schema | bool | None:
        content = as_mapping(body.get("content"))
        for media_type, media in content.items():
            if is_json(media_type):
                schema: Schema | bool = as_mapping(media).get("schema", {})
                return schema
        if content:
            self._problems.append((place, f"its body is {', '.join(content)}; only JSON bodies can be expressed"))
        return None

    def _result(self, raw: dict[str, Any]) -> tuple[int, str, Schema | bool | None]:
        """Return the status, content and schema of the success answer: the first 2xx with a body, if any has one."""
        responses = as_mapping(raw.get("responses"))
        codes = sorted(code for code in responses if code.startswith("2")) or [c for c in responses if c == "default"]
        status = 200
        for number, code in enumerate(codes):
            content = as_mapping(as_mapping(self._resolver.follow(responses[code])).get("content"))
            status = int(code) if (not number or content) and re.fullmatch("[0-9]{3}", code) else status
            for media_type, media in content.items():
                if is_json(media_type):
                    return status, "json", as_mapping(media).get("schema", {})
            for media_type in content:
                if media_type == "text/event-stream":
                    return status, "event-stream", None
                return status, "text" if media_type.startswith("text/") else "bytes", None
        return status, "none", None

    def _types(self, operation: RawOperation) -> Schema:
        """Return an object schema whose fields are the parameters, the body and the answer."""
        wanted, place = naming.pascal(operation.id), operation.place
        normalise = self._schemas.normalise
        fields: dict[str, Schema] = {}
        for parameter in operation.parameters:
            # A parameter with `content` in place of `schema` is serialised JSON, so text.
            schema = parameter.get("schema", {"type": "string"})
            name, location = parameter["name"], parameter["in"]
            normal = normalise(schema, wanted + naming.pascal(name), f"{place}: parameter {name}")
            fields[f"{location} {name}"] = normal if location == "query" else without_null(normal)
        if operation.body_schema is not None:
            fields[BODY] = normalise(operation.body_schema, f"{wanted}Body", f"{place}: body")
        if operation.content == "json":
            fields[ANSWER] = normalise(operation.result, f"{wanted}Result", f"{place}: answer")
        properties = {self._schemas.names.token(name): schema for name, schema in fields.items()}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def is_json(media_type: str) -> bool:
    """Whether a body of this media type is JSON."""
    essence = media_type.partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json") or essence == "*/*"
