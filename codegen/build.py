"""Parsed types and the raw document, joined: the intermediate representation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from . import naming
from .errors import ContractError
from .ir import ANY, Contract, Enum, Field, Model, Module, Operation, Parameter, Type, WebhookEvent

if TYPE_CHECKING:
    from .parse import Parsed, ParsedOperation
    from .prepass import Prepared, RawOperation

SHARED = "shared"
WEBHOOK_EVENTS = "webhook_events"
_PAGING = ("page", "pageSize", "cursor", "limit")
_PLACEHOLDER = re.compile(r"{([^{}]+)}")


def build(document: dict[str, Any], prepared: Prepared, parsed: Parsed) -> Contract:
    """The contract as the templates see it. Raises ContractError if anything was lost on the way."""
    builder = _Builder(document, prepared, parsed)
    return builder.contract()


class _Builder:
    def __init__(self, document: dict[str, Any], prepared: Prepared, parsed: Parsed) -> None:
        self._document = document
        self._prepared = prepared
        self._parsed = parsed
        self._flattened: set[str] = set()

    def contract(self) -> Contract:
        missing = [raw.place for raw in self._prepared.operations if raw.id not in self._parsed.operations]
        if missing:
            raise ContractError([f"{place}: lost by the parser" for place in missing])
        tag_of = {raw.id: str((raw.raw.get("tags") or ["default"])[0]) for raw in self._prepared.operations}
        constants = _constants(tag_of)
        operations = [
            self._operation(raw, self._parsed.operations[raw.id], tag_of[raw.id], constants[raw.id])
            for raw in self._prepared.operations
        ]
        _check_methods(operations)
        events = [self._event(name, item) for name, item in self._prepared.webhooks.items()]
        modules, home = self._modules(operations, events)
        return Contract(
            title=str(self._document.get("info", {}).get("title", "")),
            version=str(self._document.get("info", {}).get("version", "")),
            modules=modules,
            operations=tuple(operations),
            events=tuple(events),
            home=home,
        )

    # Models

    def _modules(
        self, operations: list[Operation], events: list[WebhookEvent]
    ) -> tuple[tuple[Module, ...], dict[str, str]]:
        definitions: dict[str, Model | Enum] = {}
        for name in self._prepared.schemas:
            if name in self._parsed.models:
                definitions[name] = self._model(name)
            elif name in self._parsed.enums:
                raw = self._prepared.schemas[name]
                values = self._parsed.enums[name]
                base = "str" if isinstance(values[0], str) else "int"
                definitions[name] = Enum(name, cast("Any", base), values, _text(raw.get("description")))
        lost = [n for n, raw in self._prepared.schemas.items() if raw and n not in definitions]
        if lost:
            raise ContractError([f"schema {name}: lost by the parser" for name in lost])

        users: dict[str, set[str]] = {name: set() for name in definitions}
        titles = {SHARED: "Shared", WEBHOOK_EVENTS: "Webhook events"}

        def mark(name: str, module: str) -> None:
            if module not in users[name]:
                users[name].add(module)
                for inner in definitions[name].references():
                    mark(inner, module)

        for operation in operations:
            titles[operation.module] = operation.tag
            for name in operation.references():
                mark(name, operation.module)
        for event in events:
            for name in event.data.references():
                mark(name, WEBHOOK_EVENTS)

        home: dict[str, str] = {}
        for name, modules in users.items():
            if modules:
                home[name] = next(iter(modules)) if len(modules) == 1 else SHARED
            elif name not in self._flattened and not self._read_by_hand(name):
                home[name] = SHARED  # nothing uses it, but the document has it
        order = [SHARED, *dict.fromkeys(op.module for op in operations), WEBHOOK_EVENTS]
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

    def _read_by_hand(self, name: str) -> bool:
        """Envelopes, errors and event wrappers: the runtime reads these itself, so they need no class."""
        if "x-cstar-runtime" in self._prepared.schemas[name]:
            return True
        return name in {self._event_schema(item)[0] for item in self._prepared.webhooks.values()}

    def _model(self, name: str) -> Model:
        parsed = self._parsed.models[name]
        raw = self._prepared.schemas[name]
        properties = self._properties(raw)
        fields: list[Field] = []
        for field in parsed.fields:
            prop = properties.get(field.wire, {})
            python = naming.unique(naming.attribute(field.wire), [f.name for f in fields])
            fields.append(
                Field(
                    name=python,
                    wire=field.wire,
                    type=field.type,
                    required=field.required,
                    description=self._description(prop),
                    source=prop.get("x-cstar-source", "seed"),
                )
            )
        return Model(
            name=name,
            fields=tuple(fields),
            additional=parsed.additional,
            description=_text(raw.get("description")),
            id_prefix=raw.get("x-cstar-id-prefix", ""),
            nested=raw.get("x-cstar-nested", ""),
        )

    def _follow(self, value: Any) -> Any:
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            value = self._prepared.webhook_schemas.get(value["$ref"].rpartition("/")[2], {})
        return value

    def _properties(self, raw: Any) -> dict[str, dict[str, Any]]:
        raw = self._follow(raw)
        found: dict[str, dict[str, Any]] = {}
        for part in raw.get("allOf") or []:
            found.update(self._properties(part))
        found.update({k: v for k, v in (raw.get("properties") or {}).items() if isinstance(v, dict)})
        return found

    def _description(self, raw: dict[str, Any]) -> str:
        """A field's own words, or those of the schema it refers to."""
        return _text(raw.get("description")) or _text(self._follow(raw).get("description"))

    # Operations

    def _operation(self, raw: RawOperation, parsed: ParsedOperation, tag: str, constant: str) -> Operation:
        path_params = tuple(_PLACEHOLDER.findall(raw.path))
        team = any(p["in"] == "path" and "x-cstar-client" in p for p in raw.parameters)
        flat = self._flat_body(parsed.body)
        parameters = self._parameters(raw, parsed, path_params, flat)
        is_list = parsed.result.kind == "list"
        item = parsed.result.items[0] if is_list else parsed.result
        prefix = ""
        if item.kind == "model":
            prefix = self._prepared.schemas[item.name].get("x-cstar-id-prefix", "")
        bulk = raw.raw.get("x-cstar-bulk")
        parts = raw.id.split(".")
        dotted = len(parts) > 1 and all(part.isidentifier() for part in parts)
        return Operation(
            id=raw.id,
            place=raw.place,
            resource=tuple(parts[:-1]) if dotted else (naming.snake(tag),),
            name=naming.snake(parts[-1] if dotted else raw.id),
            constant=constant,
            tag=tag,
            module=naming.snake(tag),
            method=raw.method.upper(),
            path=raw.path,
            segments=tuple(_PLACEHOLDER.sub("{}", raw.path).split("{}")),
            path_params=path_params,
            team=team,
            parameters=parameters,
            body=parsed.body,
            body_name=parsed.body.name if parsed.body else "",
            body_required=raw.body_required,
            flat=flat is not None,
            result=parsed.result if raw.content == "json" else _RESULTS[raw.content],
            content=cast("Any", raw.content),
            is_list=is_list,
            envelope=raw.envelope,
            status=raw.status,
            key=raw.raw.get("x-cstar-key", "any"),
            pagination=raw.raw.get("x-cstar-pagination", "none"),
            idempotent=any(p["name"].lower() == "idempotency-key" for p in raw.parameters),
            bulk=(bulk["resource"], bulk["action"], bulk["limit"]) if bulk else None,
            id_prefix=prefix,
            source=raw.raw.get("x-cstar-source", "seed"),
            deprecated=bool(raw.raw.get("deprecated")),
            summary=_text(raw.raw.get("summary")),
            description=_text(raw.raw.get("description")),
        )

    def _flat_body(self, body: Type | None) -> Model | None:
        """The body's model, if its fields can be arguments of the method."""
        if body is None or body.kind != "model" or body.nullable:
            return None
        model = self._model(body.name)
        if not model.fields or model.additional is not None:
            return None
        self._flattened.add(body.name)
        return model

    def _parameters(
        self, raw: RawOperation, parsed: ParsedOperation, path_params: tuple[str, ...], flat: Model | None
    ) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        # The path in its own order, then what filters, then what pages.
        order = {name: place - len(path_params) for place, name in enumerate(path_params)}
        order.update({name: place for place, name in enumerate(_PAGING, 1)})
        wanted = sorted((p for p in raw.parameters if p["in"] != "cookie"), key=lambda p: order.get(p["name"], 0))
        for parameter in wanted:
            if "x-cstar-client" in parameter or parameter["name"].lower() == "idempotency-key":
                continue  # the client fills these in
            schema = self._follow(parameter.get("schema") or {})
            name = naming.attribute(parameter["name"])
            if any(p.name == name for p in found):
                name = naming.unique(f"{name}_{parameter['in']}", [p.name for p in found])
            found.append(
                Parameter(
                    name=name,
                    wire=parameter["name"],
                    location=parameter["in"],
                    type=parsed.parameters[parameter["in"], parameter["name"]],
                    required=parameter["in"] == "path" or bool(parameter.get("required")),
                    explode=parameter.get("explode", parameter.get("style", "form") == "form"),
                    default=schema.get("default") if isinstance(schema, dict) else None,
                    description=_text(parameter.get("description")),
                    source=parameter.get("x-cstar-source", "seed"),
                )
            )
        for field in flat.fields if flat else ():
            name = field.name
            if any(p.name == name for p in found):
                name = naming.unique(f"{name}_body", [p.name for p in found])
            prop = self._properties(self._prepared.schemas[flat.name if flat else ""]).get(field.wire, {})
            default = prop.get("default", self._follow(prop).get("default"))
            found.append(
                Parameter(
                    name=name,
                    wire=field.wire,
                    location="body",
                    type=field.type,
                    required=field.required,
                    default=default,
                    description=field.description,
                    source=field.source,
                )
            )
        return tuple(found)

    # Webhook events

    def _event_schema(self, item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        raw = next((item[m] for m in ("post", "put") if isinstance(item.get(m), dict)), None)
        content = ((raw or {}).get("requestBody") or {}).get("content") or {}
        schema = (content.get("application/json") or {}).get("schema") or {}
        name = naming.pascal(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else ""
        return name, schema

    def _event(self, name: str, item: dict[str, Any]) -> WebhookEvent:
        raw = item.get("post") or {}
        schema_name, schema = self._event_schema(item)
        place = f"webhook {name}"
        properties = self._properties(schema)
        constant = properties.get("type", {}).get("const")
        if schema_name not in self._parsed.models or constant is None or "data" not in properties:
            raise ContractError([f"{place}: needs a component schema with a constant `type` and a `data` object"])
        data = next(f.type for f in self._parsed.models[schema_name].fields if f.wire == "data")
        nested = self._prepared.schemas[data.name].get("x-cstar-nested", "") if data.kind == "model" else ""
        return WebhookEvent(
            type=constant,
            name=naming.pascal(constant),
            data=data,
            nested=nested,
            summary=_text(raw.get("summary")),
            description=_text(raw.get("description")),
            source=raw.get("x-cstar-source", "seed"),
        )


_RESULTS: dict[str, Type] = {
    "text": Type("str"),
    "bytes": Type("bytes"),
    "none": Type("none"),
    "event-stream": ANY,
}


def _text(value: object) -> str:
    """A description as one or more paragraphs, without the wrapping of the source."""
    paragraphs = re.split(r"\n\s*\n", str(value or "").strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _constants(tag_of: dict[str, str]) -> dict[str, str]:
    """Operation id → the name of its record: what is left of the id when the tag's common beginning is cut off."""
    by_tag: dict[str, list[str]] = {}
    for operation_id, tag in tag_of.items():
        by_tag.setdefault(tag, []).append(operation_id)
    result: dict[str, str] = {}
    for ids in by_tag.values():
        paths = [operation_id.split(".") for operation_id in ids]
        common = 0
        shortest = min(len(path) for path in paths)
        while common < shortest - 1 and len({path[common] for path in paths}) == 1:
            common += 1
        taken: list[str] = []
        for operation_id, path in zip(ids, paths, strict=True):
            taken.append(naming.unique(naming.constant(path[common:]), taken))
            result[operation_id] = taken[-1]
    return result


def _check_methods(operations: list[Operation]) -> None:
    """Two operations on one attribute, or a method where a resource is, would hide each other."""
    seen: dict[tuple[str, ...], str] = {}
    resources = {op.resource[:n] for op in operations for n in range(1, len(op.resource) + 1)}
    problems: list[str] = []
    for operation in operations:
        path = (*operation.resource, operation.name)
        if path in seen:
            problems.append(f"{operation.place}: {'.'.join(path)} is also {seen[path]}")
        if path in resources:
            problems.append(f"{operation.place}: {'.'.join(path)} is both a method and a resource")
        seen[path] = operation.place
    if problems:
        raise ContractError(problems)
