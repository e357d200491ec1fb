"""The pre-pass: a document as its author wrote it → one that openapi-python-client reads without loss.

The parser drops or mangles much that matters here (nullable enums, discriminators, inline objects in unions,
names that fall together). So each inline object and enum becomes a named component, null becomes a member of a
union, keywords that carry no type are taken out, and every name is replaced by a token (see `naming.Tokens`).
What was taken out is kept aside, by name, and joined back in `build`.
"""

from __future__ import annotations

from typing import Any

import attrs

from . import naming
from .errors import ContractError
from .references import Resolver

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FORMATS = {"date-time", "date", "uuid", "binary"}
_NULL = {"type": "null"}
Schema = dict[str, Any]


@attrs.define
class RawOperation:
    """An operation with its references followed, as the author wrote it."""

    id: str
    method: str
    path: str
    raw: dict[str, Any]
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None
    body_schema: Schema | bool | None
    body_required: bool
    content: str
    result: Schema | bool | None
    """The schema of what the caller gets: the member of the envelope, where there is one."""
    envelope: str
    status: int

    @property
    def place(self) -> str:
        """Where it stands in the document."""
        return f"{self.method.upper()} {self.path}"


@attrs.define
class Prepared:
    """What the pre-pass hands on."""

    document: dict[str, Any]
    operations: list[RawOperation]
    schemas: dict[str, Schema]
    """Final class name → the raw schema it stands for."""
    classes: naming.Tokens
    names: naming.Tokens
    discriminators: dict[frozenset[str], tuple[str, dict[str, str]]]
    """Members of a union (class names) → the wire name that tells them apart, and value → class name."""
    webhooks: dict[str, dict[str, Any]]
    taken_in: int
    """How many object and enum schemas went in."""
    webhook_schemas: dict[str, Schema] = attrs.field(factory=dict)


class Prepass:
    """One run over one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._resolver = Resolver(document)
        self._components: dict[str, Schema] = self._resolver.components("schemas")
        self._classes = naming.Tokens("Xz")
        self._names = naming.Tokens("pz")
        self._class_of: dict[str, str] = {}
        self._schemas: dict[str, Schema] = {}
        self._normal: dict[str, Schema] = {}
        self._discriminators: dict[frozenset[str], tuple[str, dict[str, str]]] = {}
        self._inlining: list[str] = []
        self.problems: list[str] = []

    def run(self) -> Prepared:
        """Raises ContractError naming every place that cannot be expressed."""
        # Components get their class names first, so that no inline schema takes one of them.
        for name, schema in self._components.items():
            if self._is_class(schema):
                self._class_of[name] = self._claim(name, schema)
        for name, class_name in self._class_of.items():
            self._define(class_name, self._components[name], f"#/components/schemas/{name}")
        operations = list(self._operations())
        paths: dict[str, Any] = {}
        for operation in operations:
            path = self._tokenise_path(operation)
            paths.setdefault(path, {})[operation.method] = self._normal_operation(operation)
        webhooks = self._document.get("webhooks") or {}
        if self.problems:
            raise ContractError(self.problems)
        document = {
            "openapi": "3.1.0",
            "info": {"title": str(self._document.get("info", {}).get("title", "")), "version": "0"},
            "paths": paths,
            "components": {"schemas": {self._classes.token(n): s for n, s in self._normal.items()}},
        }
        return Prepared(
            document=document,
            operations=operations,
            schemas=self._schemas,
            classes=self._classes,
            names=self._names,
            discriminators=self._discriminators,
            webhooks={name: self._resolver.follow(item) for name, item in webhooks.items()},
            taken_in=len(self._normal),
            webhook_schemas=self._components,
        )

    # Schemas

    def _claim(self, wanted: str, schema: Schema) -> str:
        name = naming.unique(naming.pascal(wanted), self._schemas)
        self._schemas[name] = schema
        return name

    def _define(self, class_name: str, schema: Schema, place: str) -> None:
        self._normal[class_name] = {}  # holds the place while recursive schemas are followed
        self._normal[class_name] = self._class_body(schema, class_name, place)

    def _is_class(self, schema: object) -> bool:
        """Objects with fields and enums of text or whole numbers become classes; the rest is written in place."""
        if not isinstance(schema, dict) or "$ref" in schema:
            return False
        if _enum_values(schema):
            return True
        if schema.get("properties"):
            return True
        parts = self._meaningful_parts(schema)
        return len(parts) > 1 and all(self._is_object(part) for part in parts)

    def _is_object(self, schema: object) -> bool:
        target = self._resolver.follow(schema)
        return isinstance(target, dict) and (
            bool(target.get("properties"))
            or target.get("type") == "object"
            or any(self._is_object(part) for part in target.get("allOf") or [])
        )

    @staticmethod
    def _meaningful_parts(schema: Schema) -> list[Schema]:
        typed = ("$ref", "type", "properties", "allOf", "oneOf", "anyOf", "enum", "items", "required")
        return [part for part in schema.get("allOf") or [] if isinstance(part, dict) and any(k in part for k in typed)]

    def _class_body(self, schema: Schema, class_name: str, place: str) -> Schema:
        values = _enum_values(schema)
        if values:
            return {"type": "string" if isinstance(values[0], str) else "integer", "enum": values}
        body: Schema = {"type": "object", "additionalProperties": False}
        if schema.get("properties"):
            body["properties"] = {
                self._names.token(name): self.normalise(prop, class_name + naming.pascal(name), f"{place}.{name}")
                for name, prop in schema["properties"].items()
            }
        required = [name for name in schema.get("required") or [] if isinstance(name, str)]
        body["required"] = [self._names.token(name) for name in required]
        additional = schema.get("additionalProperties")
        if additional is True:
            body["additionalProperties"] = True
        elif isinstance(additional, dict):
            body["additionalProperties"] = self.normalise(additional, f"{class_name}Value", f"{place}.*") or True
        parts = []
        for part in self._meaningful_parts(schema):
            if "$ref" in part:
                parts.append(self.normalise(part, class_name, place))
            else:
                inner = self._class_body(part, class_name, place)
                del inner["additionalProperties"]
                parts.append(inner)
        if parts:
            body["allOf"] = parts
        if schema.get("oneOf") or schema.get("anyOf"):
            typed = [s for s in (schema.get("oneOf") or schema["anyOf"]) if set(s) - {"required", "title", "not"}]
            if typed:
                self.problems.append(f"{place}: fields beside oneOf or anyOf cannot be expressed as one class")
        return body

    def normalise(self, schema: object, wanted: str, place: str) -> Schema:
        """A schema in which every object and enum is a reference. `wanted` names what has no name of its own."""
        if not isinstance(schema, dict):
            return {}  # true, false or missing: anything
        if "$ref" in schema:
            return self._normal_reference(schema["$ref"], wanted, place)
        if schema.get("nullable") is True or (isinstance(schema.get("enum"), list) and None in schema["enum"]):
            rest = {k: v for k, v in schema.items() if k != "nullable"}
            if isinstance(rest.get("enum"), list):
                rest["enum"] = [value for value in rest["enum"] if value is not None]
            if isinstance(rest.get("type"), list):
                rest["type"] = [t for t in rest["type"] if t != "null"]
            return _with_null(self.normalise(rest, wanted, place))
        if isinstance(schema.get("type"), list):
            rest = {k: v for k, v in schema.items() if k != "type"}
            members = [self.normalise({**rest, "type": t}, wanted, place) for t in schema["type"] if t != "null"]
            union = members[0] if len(members) == 1 else {"oneOf": members} if members else dict(_NULL)
            return _with_null(union) if "null" in schema["type"] else union
        if self._is_class(schema):
            class_name = self._claim(wanted, schema)
            self._define(class_name, schema, place)
            return self._reference(class_name)
        return self._normal_anonymous(schema, wanted, place)

    def _normal_anonymous(self, schema: Schema, wanted: str, place: str) -> Schema:
        parts = self._meaningful_parts(schema)
        if parts:
            if len(parts) > 1:
                self.problems.append(f"{place}: allOf of something other than objects")
                return {}
            return self.normalise(parts[0], wanted, place)
        branches = schema.get("oneOf") or schema.get("anyOf")
        if branches:
            return self._normal_union(schema, branches, wanted, place)
        kind = schema.get("type") or ("array" if "items" in schema else None)
        if "const" in schema and kind is None:
            kind = {str: "string", bool: "boolean", int: "integer", float: "number"}.get(type(schema["const"]))
        if kind == "array":
            return {"type": "array", "items": self.normalise(schema.get("items"), f"{wanted}Item", f"{place}[]")}
        if kind == "object":
            additional = schema.get("additionalProperties", True)
            value = self.normalise(additional, f"{wanted}Value", f"{place}.*")
            # A class without fields is how the parser sees a map; `parse` turns it back.
            name = self._claim(f"{wanted}Map", {})
            self._normal[name] = {"type": "object", "additionalProperties": value or True}
            return self._reference(name)
        if kind == "string" and schema.get("format") in _FORMATS:
            return {"type": "string", "format": schema["format"]}
        if schema.get("enum") and kind not in {"boolean", "number"}:
            return {}  # values of several types: anything
        if kind in {"string", "integer", "number", "boolean", "null"}:
            return {"type": kind}
        if kind is not None:
            self.problems.append(f"{place}: unknown type {kind!r}")
        return {}

    def _normal_union(self, schema: Schema, branches: list[Any], wanted: str, place: str) -> Schema:
        members: list[Schema] = []
        nullable = False
        for number, branch in enumerate(branches, 1):
            normal = self.normalise(branch, f"{wanted}Option{number}", f"{place}({number})")
            if normal == _NULL:
                nullable = True
                continue
            for member in normal.get("oneOf", [normal]):
                if member == _NULL:
                    nullable = True
                elif member not in members:
                    members.append(member)
        if {} in members:
            return {}
        discriminator = schema.get("discriminator")
        if isinstance(discriminator, dict) and "propertyName" in discriminator:
            self._remember_discriminator(discriminator, branches, members)
        union = members[0] if len(members) == 1 else {"oneOf": members} if members else dict(_NULL)
        return _with_null(union) if nullable else union

    def _remember_discriminator(
        self, discriminator: dict[str, Any], branches: list[Any], members: list[Schema]
    ) -> None:
        values: dict[str, str] = {}
        for branch in branches:
            if isinstance(branch, dict) and "$ref" in branch:
                name = branch["$ref"].rpartition("/")[2]
                if name in self._class_of:
                    values[name] = self._class_of[name]
        explicit = discriminator.get("mapping") or {}
        for value, target in explicit.items():
            name = target.rpartition("/")[2]
            if name in self._class_of:
                values.pop(name, None)
        for value, target in explicit.items():
            name = target.rpartition("/")[2]
            if name in self._class_of:
                values[value] = self._class_of[name]
        classes = frozenset(self._classes.name(m["$ref"].rpartition("/")[2]) for m in members if "$ref" in m)
        self._discriminators[classes] = (discriminator["propertyName"], values)

    def _normal_reference(self, reference: str, wanted: str, place: str) -> Schema:
        name = self._resolver.final_name(reference, place)
        if name is None:  # a reference into the middle of the document
            return self.normalise(self._resolver.follow({"$ref": reference}), wanted, place)
        if name in self._class_of:
            return self._reference(self._class_of[name])
        if name in self._inlining:
            self.problems.append(f"{place}: {reference} contains itself without an object in between")
            return {}
        self._inlining.append(name)
        try:
            return self.normalise(self._components[name], naming.pascal(name), f"#/components/schemas/{name}")
        finally:
            self._inlining.pop()

    def _reference(self, class_name: str) -> Schema:
        return {"$ref": f"#/components/schemas/{self._classes.token(class_name)}"}

    # Operations

    def _operations(self) -> Any:
        default_envelope = self._document.get("x-cstar-envelope", "")
        seen: dict[str, str] = {}
        for path, raw_item in (self._document.get("paths") or {}).items():
            item = self._resolver.follow(raw_item)
            for method in METHODS:
                raw = item.get(method)
                if not isinstance(raw, dict):
                    continue
                place = f"{method.upper()} {path}"
                operation_id = raw.get("operationId") or f"{method}{naming.pascal(path)}"
                if operation_id in seen:
                    self.problems.append(f"{place}: operationId {operation_id!r} is taken by {seen[operation_id]}")
                    continue
                seen[operation_id] = place
                parameters = self._parameters(item, raw)
                body = self._resolver.follow(raw.get("requestBody")) if raw.get("requestBody") else None
                status, content, result = self._result(raw, place)
                envelope = ""
                if default_envelope and content == "json" and isinstance(result, dict):
                    inner = self._resolver.member(result, default_envelope)
                    if inner is None:
                        self.problems.append(f"{place}: its answer has no {default_envelope!r}, the envelope's member")
                    else:
                        envelope, result = default_envelope, inner
                yield RawOperation(
                    id=operation_id,
                    method=method,
                    path=path,
                    raw=raw,
                    parameters=parameters,
                    body=body,
                    body_schema=self._body_schema(body, place),
                    body_required=bool(body and body.get("required")),
                    content=content,
                    result=result,
                    envelope=envelope,
                    status=status,
                )

    def _parameters(self, item: dict[str, Any], raw: dict[str, Any]) -> list[dict[str, Any]]:
        by_key: dict[tuple[str, str], dict[str, Any]] = {}
        for parameter in [*(item.get("parameters") or []), *(raw.get("parameters") or [])]:
            found = self._resolver.follow(parameter)
            by_key[found["name"], found["in"]] = found
        return list(by_key.values())

    def _body_schema(self, body: dict[str, Any] | None, place: str) -> Schema | bool | None:
        if body is None:
            return None
        for media_type, media in (body.get("content") or {}).items():
            if _is_json(media_type):
                return media.get("schema", {})  # type: ignore[no-any-return]
        offered = ", ".join(body.get("content") or {}) or "nothing"
        self.problems.append(f"{place}: its body is {offered}; only JSON bodies can be expressed")
        return None

    def _result(self, raw: dict[str, Any], place: str) -> tuple[int, str, Schema | bool | None]:
        for code, response in sorted((raw.get("responses") or {}).items()):
            if not str(code).startswith("2"):
                continue
            status = int(code) if str(code).isdigit() else 200
            content = self._resolver.follow(response).get("content") or {}
            for media_type, media in content.items():
                if _is_json(media_type):
                    return status, "json", media.get("schema", {})
            for media_type in content:
                if media_type == "text/event-stream":
                    return status, "event-stream", None
                return status, "text" if media_type.startswith("text/") else "bytes", None
            return status, "none", None
        return 200, "none", None

    def _tokenise_path(self, operation: RawOperation) -> str:
        path = operation.path
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", f"{{{self._names.token(parameter['name'])}}}")
        return path

    def _normal_operation(self, operation: RawOperation) -> dict[str, Any]:
        wanted = naming.pascal(operation.id)
        result: dict[str, Any] = {"operationId": self._names.token(operation.id), "responses": {}}
        parameters = []
        for parameter in operation.parameters:
            if parameter["in"] == "cookie":
                self.problems.append(f"{operation.place}: cookie parameter {parameter['name']!r} cannot be expressed")
                continue
            schema = parameter.get("schema")
            if schema is None:  # `content` instead of `schema`: serialised JSON, which is text to us
                schema = {"type": "string"}
            name = parameter["name"]
            normal = self.normalise(schema, wanted + naming.pascal(name), f"{operation.place}: parameter {name}")
            if parameter["in"] != "query" and "null" in str(normal):
                normal = next((m for m in normal.get("oneOf", []) if m != _NULL), normal)
            parameters.append(
                {
                    "name": self._names.token(name),
                    "in": parameter["in"],
                    "required": parameter["in"] == "path" or bool(parameter.get("required")),
                    "schema": normal,
                }
            )
        result["parameters"] = parameters
        if operation.body_schema is not None:
            schema = self.normalise(operation.body_schema, f"{wanted}Body", f"{operation.place}: body")
            result["requestBody"] = {
                "required": operation.body_required,
                "content": {"application/json": {"schema": schema}},
            }
        response: dict[str, Any] = {"description": ""}
        if operation.content == "json":
            schema = self.normalise(operation.result, f"{wanted}Result", f"{operation.place}: answer")
            response["content"] = {"application/json": {"schema": schema}}
        result["responses"] = {str(operation.status): response}
        return result


def _enum_values(schema: Schema) -> list[Any]:
    """The values, if they are all text or all whole numbers (then they make a class)."""
    values = [value for value in schema.get("enum") or [] if value is not None]
    if values and (all(type(v) is str for v in values) or all(type(v) is int for v in values)):
        return list(dict.fromkeys(values))
    return []


def _with_null(schema: Schema) -> Schema:
    if not schema or schema == _NULL:
        return schema  # anything includes null
    members = schema["oneOf"] if "oneOf" in schema else [schema]
    return {"oneOf": [*(m for m in members if m != _NULL), dict(_NULL)]}


def _is_json(media_type: str) -> bool:
    essence = media_type.split(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json") or essence == "*/*"
