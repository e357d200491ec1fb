"""Build the intermediate representation from the parsed types and the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

import attrs

from . import bulk, naming, presence, webhooks
from .columns import bulk_rule, risk
from .errors import ContractError, join_errors
from .ir import ANY, Answer, Contract, Enum, Field, Model, Module, Operation, Parameter, Type
from .limits import check_events, check_methods, check_parameters
from .load import as_list, as_mapping, is_mapping, paragraphs, word
from .media_types import MULTIPART, is_json
from .prepass import is_json_parameter, parameter_schema, tag_of
from .security import credentials, key_of
from .servers import origin

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from .parse import Parsed, ParsedOperation
    from .prepass import Prepared, RawOperation

SHARED = "shared"
WEBHOOK_EVENTS = "webhook_events"
_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
_PAGING = ("page", "page_size", "cursor", "limit")


def build(document: dict[str, Any], prepared: Prepared, parsed: Parsed) -> Contract:
    """Return the contract for the templates. Raises ContractError with all problems, also those of `prepare`."""
    _check_counts(prepared, parsed)
    return _Builder(document, prepared, parsed).contract()


class _Builder:
    def __init__(self, document: dict[str, Any], prepared: Prepared, parsed: Parsed) -> None:
        self._document = document
        self._prepared = prepared
        self._parsed = parsed
        self._schemas = prepared.schemas
        self._follow = prepared.resolver.follow

    def contract(self) -> Contract:
        constants = _constants(self._prepared.operations)
        operations = tuple(
            self._operation(raw, self._parsed.operations[raw.id], constants[raw.id])
            for raw in self._prepared.operations
        )
        found, others = webhooks.events(self._prepared, self._parsed)
        events, payloads = tuple(found), webhooks.payloads(self._prepared, self._parsed)
        join_errors(
            [
                lambda: webhooks.refuse(others),
                lambda: check_parameters(operations),
                lambda: check_methods(operations),
                lambda: bulk.check(operations),
                lambda: check_events(events),
            ],
            self._prepared.problems,
        )
        received = [*(event.data for event in events), *(payload.type for payload in payloads)]
        modules, home = self._modules(operations, received)
        info = as_mapping(self._document.get("info"))
        return Contract(
            title=str(info.get("title", "")),
            version=str(info.get("version", "")),
            modules=presence.mark(modules, operations, received),
            operations=operations,
            events=events,
            payloads=payloads,
            base_url=origin(self._document.get("servers")),
            home=home,
            credentials=credentials(self._prepared.resolver),
        )

    # Models

    def _modules(
        self, operations: tuple[Operation, ...], received: list[Type]
    ) -> tuple[tuple[Module, ...], dict[str, str]]:
        definitions = {name: self._definition(name) for name in self._schemas.raw}
        bodies = [p.type for op in operations for p in op.parameters if p.location == "body"]
        bodies += [op.body for op in operations if op.body is not None and not op.flat]
        sent = presence.reached(bodies, definitions)
        for name, definition in definitions.items():
            if isinstance(definition, Model):
                definitions[name] = presence.without_one_way_requirements(definition, is_sent=name in sent)
        users: dict[str, set[str]] = {name: set() for name in definitions}
        titles = {SHARED: "Shared", WEBHOOK_EVENTS: "Webhook events"}

        def mark(names: Iterable[str], module: str) -> None:
            waiting = list(names)
            while waiting:
                name = waiting.pop()
                if module not in users[name]:
                    users[name].add(module)
                    waiting += definitions[name].references()

        for operation in operations:
            titles.setdefault(operation.module, operation.tag)
            mark(operation.references(), operation.module)
        for type_ in received:
            mark(type_.references(), WEBHOOK_EVENTS)
        read_by_hand = self._read_by_hand(operations)
        for name in definitions:
            if not users[name] and name not in read_by_hand:
                mark([name], SHARED)  # not used by an operation

        home = {name: next(iter(found)) if len(found) == 1 else SHARED for name, found in users.items() if found}
        order = dict.fromkeys([SHARED, *(op.module for op in operations), WEBHOOK_EVENTS])
        return tuple(
            Module(
                name=module,
                title=titles[module],
                enums=tuple(d for n, d in definitions.items() if home.get(n) == module and isinstance(d, Enum)),
                models=tuple(d for n, d in definitions.items() if home.get(n) == module and isinstance(d, Model)),
            )
            for module in order
            if module in home.values()
        ), home

    def _read_by_hand(self, operations: tuple[Operation, ...]) -> set[str]:
        """Return the schemas that need no class: envelopes, errors, event wrappers, and bodies passed as arguments."""
        names = {name for name, raw in self._schemas.raw.items() if "x-cstar-runtime" in raw}
        names |= {webhooks.class_of(item, self._prepared) for item in self._prepared.webhooks.values()}
        return names | {operation.body_name for operation in operations if operation.flat}

    def _definition(self, name: str) -> Model | Enum:
        if name in self._parsed.models:
            return self._model(name)
        values = self._parsed.enums[name]
        base: Literal["str", "int"] = "str" if isinstance(values[0], str) else "int"
        return Enum(name, base, values, paragraphs(self._schemas.raw[name].get("description")))

    def _model(self, name: str) -> Model:
        parsed = self._parsed.models[name]
        raw = self._schemas.raw[name]
        properties = self._prepared.resolver.members(raw).properties
        fields: dict[str, Field] = {}
        for field in parsed.fields:
            prop = properties[field.wire]
            python = naming.unique(_python_name(prop, field.wire), fields)
            fields[python] = Field(
                name=python,
                wire=field.wire,
                type=field.type,
                required=field.required,
                default=self._default(prop),
                description=self._description(prop),
                source=word(prop, "x-cstar-source", "seed"),
                limits=self._limits(prop),
                read_only=self._prepared.resolver.has_mark(prop, "readOnly"),
                write_only=self._prepared.resolver.has_mark(prop, "writeOnly"),
                secret=self._prepared.resolver.has_mark(prop, "x-cstar-secret"),
            )
        return Model(
            name=name,
            fields=tuple(fields.values()),
            additional=parsed.additional,
            description=paragraphs(raw.get("description")),
            id_prefix=word(raw, "x-cstar-id-prefix", ""),
            nested=word(raw, "x-cstar-nested", ""),
        )

    def _description(self, raw: Any) -> str:
        """Return a field's own description, or that of the schema it refers to."""
        own, target = word(raw, "description", ""), self._follow(raw)
        return paragraphs(own or word(target, "description", ""))

    def _default(self, raw: Any) -> Any:
        own, target = raw, self._follow(raw)
        return next((s["default"] for s in (own, target) if is_mapping(s) and "default" in s), None)

    def _limits(self, raw: Any) -> tuple[tuple[str, Any], ...]:
        schemas = [schema for schema in (raw, self._follow(raw)) if is_mapping(schema)]
        found = {word: schema[word] for word in _LIMITS for schema in reversed(schemas) if word in schema}
        return tuple(found.items())

    # Operations

    def _operation(self, raw: RawOperation, parsed: ParsedOperation, constant: str) -> Operation:
        tag = tag_of(raw)
        body = parsed.body and _sent(parsed.body, raw.body_type)
        flat = self._flat_body(body)
        result, answers = _result(raw, parsed)
        parts = raw.id.split(".")
        dotted = len(parts) > 1 and all(naming.words(part) for part in parts)
        first, *inner = parts[:-1] if dotted else [tag]
        parameters = self._parameters(raw, parsed, flat)
        pagination = word(raw.raw, "x-cstar-pagination", "none")
        queries = {p.name: p.wire for p in parameters if p.location == "query"}
        return Operation(
            id=raw.id,
            place=raw.place,
            resource=(naming.root(first), *(naming.method(part) for part in inner)),
            name=naming.method(parts[-1] if dotted else raw.id),
            constant=constant,
            tag=tag,
            module=naming.module(tag),
            method=raw.method.upper(),
            path=raw.path,
            segments=raw.segments,
            path_params=raw.path_params,
            team=any(p["in"] == "path" and "x-cstar-client" in p for p in raw.parameters),
            parameters=parameters,
            body=body,
            body_required=raw.body_required,
            flat=flat is not None,
            result=result,
            answers=answers,
            content=cast("Any", raw.content),
            body_type=raw.body_type,
            encoding=raw.encoding,
            accept=raw.accept,
            envelope=raw.envelope,
            status=raw.status,
            key=key_of(raw.raw, self._document),
            pagination=pagination,
            page_param=queries.get(pagination, ""),
            size_param=queries.get("page_size", queries.get("limit", "")) if pagination != "none" else "",
            idempotent=any(p["name"].lower() == "idempotency-key" for p in raw.parameters),
            bulk=bulk_rule(raw),
            id_prefix=word(self._schemas.raw.get(result.item.name), "x-cstar-id-prefix", ""),
            source=word(raw.raw, "x-cstar-source", "seed"),
            deprecated=raw.raw.get("deprecated") is True,
            summary=paragraphs(raw.raw.get("summary")),
            description=paragraphs(raw.raw.get("description")) + self._server_note(raw),
            guessed=tuple(str(word) for word in as_list(raw.raw.get("x-cstar-guessed"))),
            acknowledges=self._acknowledged(raw, result),
            risk=risk(raw),
            changed_by=tuple(str(pattern) for pattern in as_list(raw.raw.get("x-cstar-changed-by"))),
            columns=tuple(str(name) for name in as_list(raw.raw.get("x-cstar-columns"))),
        )

    def _server_note(self, raw: RawOperation) -> str:
        if raw.origin in {"", origin(self._document.get("servers"))}:
            return ""
        return f"\n\nThe document has it on {raw.origin}: send it with a client of that `base_url`."

    def _acknowledged(self, raw: RawOperation, result: Type) -> tuple[tuple[str, Any, bool], ...]:
        """Return the members of a result without new information: a required `const: true`, and the id in the path."""
        if raw.content != "json" or result.kind != "model":
            return ()
        properties = self._prepared.resolver.members(self._schemas.raw[result.name]).properties
        known: list[tuple[str, Any, bool]] = []
        for field in self._model(result.name).fields:
            prop = self._follow(properties[field.wire])
            if is_mapping(prop) and prop.get("const") is True:
                known.append((field.wire, True, False))
            elif field.wire == "id" and raw.path_params and not raw.segments[-1]:
                known.append((field.wire, raw.path_params[-1], True))
            elif field.required:
                return ()
        names = {field.wire for field in self._model(result.name).fields if field.required}
        return tuple(known) if any(wire in names and not by_name for wire, _, by_name in known) else ()

    def _flat_body(self, body: Type | None) -> Model | None:
        """Return the body's model if its fields can be arguments of the method."""
        if body is None or body.kind != "model" or body.nullable:
            return None
        model = self._model(body.name)
        return model if model.fields and model.additional is None else None

    def _parameters(self, raw: RawOperation, parsed: ParsedOperation, flat: Model | None) -> tuple[Parameter, ...]:
        found: dict[str, Parameter] = {}
        # Path parameters in the order of the path, then filters, then paging.
        order = {("path", name): place - len(raw.path_params) for place, name in enumerate(raw.path_params)}
        paging = {name: place for place, name in enumerate(_PAGING, 1)}

        def place(parameter: dict[str, Any]) -> int:
            by_name = paging.get(_python_name(parameter, parameter["name"]), 0) if parameter["in"] == "query" else 0
            return order.get((parameter["in"], parameter["name"]), by_name)

        for parameter in sorted(raw.parameters, key=place):
            if "x-cstar-client" in parameter or parameter["name"].lower() == "idempotency-key":
                continue  # the client fills these in
            location = parameter["in"]
            usual = _STYLES[location]
            style = str(parameter.get("style", usual))
            schema = parameter_schema(parameter)
            type_ = parsed.parameters[location, parameter["name"]]
            name = _argument(_python_name(parameter, parameter["name"]), location, found)
            found[name] = Parameter(
                name=name,
                wire=parameter["name"],
                location=location,
                type=type_,
                required=location == "path" or parameter.get("required") is True,
                style="json" if is_json_parameter(parameter) else "" if style == usual else style,
                explode=parameter.get("explode", style == "form" or not (type_.has_parts or style != usual)) is True,
                default=self._default(schema),
                description=paragraphs(parameter.get("description")),
                source=word(parameter, "x-cstar-source", "seed"),
                limits=self._limits(schema),
                secret=parameter.get("x-cstar-secret") is True
                or self._prepared.resolver.has_mark(schema, "x-cstar-secret"),
            )
        for field in flat.fields if flat else ():
            if field.read_only:
                continue
            name = _argument(field.name, "body", found)
            found[name] = Parameter(
                name=name,
                wire=field.wire,
                location="body",
                type=_sent(field.type, raw.body_type),
                required=field.required,
                default=field.default,
                description=field.description,
                source=field.source,
                limits=field.limits,
                secret=field.secret,
            )
        return tuple(found.values())


_RESULTS: dict[str, Type] = {
    "text": Type("str"),
    "bytes": Type("bytes"),
    "none": Type("none"),
    "event-stream": ANY,
}


def _result(raw: RawOperation, parsed: ParsedOperation) -> tuple[Type, tuple[Answer, ...]]:
    """Return the type of the result, and the success answers if it depends on the status."""
    answers = tuple(
        Answer(answer.status, answer.content, parsed.answers.get(answer.status) or _RESULTS[answer.content])
        for answer in raw.answers
    )
    if len({(answer.content, answer.type) for answer in answers}) < 2:
        return (parsed.result if raw.content == "json" else _RESULTS[raw.content]), ()
    found = [answer.type for answer in answers if answer.type.kind != "none"]
    nullable = any(answer.type.nullable or answer.type.kind == "none" for answer in answers)
    members = tuple(dict.fromkeys(attrs.evolve(type_, nullable=False) for type_ in found))
    if any(member.kind == "any" for member in members):
        return ANY, answers
    one = members[0] if len(members) == 1 else Type("union", items=members)
    return attrs.evolve(one, nullable=nullable), answers


_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
"""The default style by place."""


def _sent(type_: Type, body_type: str) -> Type:
    """Return a type as a body of this media type holds it: only forms and bytes hold what is not text."""
    if is_json(body_type):
        return type_
    if type_.kind == "binary":
        return attrs.evolve(type_, kind="file" if body_type == MULTIPART else "bytes")
    if type_.items:
        return attrs.evolve(type_, items=tuple(_sent(item, body_type) for item in type_.items))
    return type_


def _python_name(raw: Any, wire: str) -> str:
    """What Python calls a field or parameter: by its name on the wire, if the contract does not name it otherwise."""
    return naming.attribute(word(raw, "x-cstar-name", wire))


def _argument(name: str, location: str, taken: Container[str]) -> str:
    name = naming.argument(name)
    return naming.unique(f"{name}_{location}", taken) if name in taken else name


def _check_counts(prepared: Prepared, parsed: Parsed) -> None:
    lost = [f"{raw.place}: lost by the parser" for raw in prepared.operations if raw.id not in parsed.operations]
    known = {**parsed.models, **parsed.enums}
    lost += [f"schema {name}: lost by the parser" for name in prepared.schemas.raw if name not in known]
    if lost:
        raise ContractError(lost)


def _constants(operations: list[RawOperation]) -> dict[str, str]:
    """Map operation ids to the names of their records: the id without the prefix that its module shares."""
    by_module: dict[str, list[str]] = {}
    for operation in operations:
        by_module.setdefault(naming.module(tag_of(operation)), []).append(operation.id)
    result: dict[str, str] = {}
    for ids in by_module.values():
        paths = [operation_id.split(".") for operation_id in ids]
        common = 0
        shortest = min(len(path) for path in paths)
        while common < shortest - 1 and len({path[common] for path in paths}) == 1:
            common += 1
        taken: set[str] = set()
        for operation_id, path in zip(ids, paths, strict=True):
            result[operation_id] = naming.unique(naming.constant(path[common:]), taken)
            taken.add(result[operation_id])
    return result
