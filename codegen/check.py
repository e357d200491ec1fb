"""Check the shape of a document: mappings are mappings, references resolve, and no `allOf` contains itself.

This runs first, so that later steps can rely on it and each problem is reported with its place. A problem belongs to
the part that it is in: an operation, a path, a webhook, or a component. It makes that part unusable, and with it the
parts that refer to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ContractError
from .load import is_list, is_mapping
from .references import SCHEMAS, component_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .references import Resolver

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LOCATIONS = ("path", "query", "header", "cookie")
_TYPES = frozenset({"string", "integer", "number", "boolean", "null", "array", "object"})


def check(document: dict[str, Any], resolver: Resolver) -> None:
    """Raise ContractError with every problem in the document's shape, and the places that depend on one."""
    checker = _Checker(resolver)
    checker.document(document)
    checker.drain()
    checker.conclude()


def without(document: dict[str, Any], places: frozenset[str]) -> dict[str, Any]:
    """Return the document without these paths, operations, webhooks and component schemas."""

    def kept(section: Any, prefix: str) -> Any:
        return {k: v for k, v in section.items() if prefix + k not in places} if is_mapping(section) else section

    if not places:
        return document
    result = dict(document)
    paths = kept(document.get("paths"), "")
    for path, item in paths.items() if is_mapping(paths) else ():
        if is_mapping(item):
            left_out = [method for method in item if f"{method.upper()} {path}" in places]
            paths[path] = {key: value for key, value in item.items() if key not in left_out} if left_out else item
    if "paths" in document:
        result["paths"] = paths
    if "webhooks" in document:
        result["webhooks"] = kept(document["webhooks"], "webhook ")
    components = document.get("components")
    if is_mapping(components) and "schemas" in components:
        result["components"] = {**components, "schemas": kept(components["schemas"], SCHEMAS)}
    return result


class _Checker:
    def __init__(self, resolver: Resolver) -> None:
        self.problems: list[str] = []
        self._resolver = resolver
        self._waiting: list[tuple[Callable[[Any, str], None], Any, str, str]] = []
        self._seen: set[tuple[str, int, str]] = set()
        self._part = ""
        """The part of the document that is being checked; empty for the document itself."""
        self._faulty: dict[str, None] = {}
        self._users: dict[str, dict[str, None]] = {}
        """A part → the parts that refer to it."""

    def conclude(self) -> None:
        """Raise ContractError if there are problems."""
        if not self.problems:
            return
        if "" in self._faulty:
            raise ContractError(self.problems)
        unusable = dict.fromkeys(self._faulty)
        waiting = list(unusable)
        while waiting:
            part = waiting.pop()
            for user in self._users.get(part, {}):
                if user not in unusable:
                    unusable[user] = None
                    waiting.append(user)
                    self.problems.append(f"{user}: depends on {part}, which cannot be used")
        raise ContractError(self.problems, frozenset(unusable))

    def drain(self) -> None:
        """Check everything that was deferred, each thing once, however often it is referenced."""
        while self._waiting:
            look, value, place, self._part = self._waiting.pop()
            if is_mapping(value) and isinstance(value.get("$ref"), str):
                value, place = self._referenced(value, place, inlined=look == self.path_item)
            if is_mapping(value) and "$ref" in value:
                if not isinstance(value["$ref"], str):
                    self._problem(f"{place}: $ref needs to be text, found {_shown(value['$ref'])}")
            elif (look.__name__, id(value), self._part) not in self._seen:
                self._seen.add((look.__name__, id(value), self._part))
                look(value, place)

    def _referenced(self, value: dict[str, Any], place: str, *, inlined: bool) -> tuple[Any, str]:
        """Return what a reference leads to and its place. The value itself if it leads nowhere.

        With `inlined`, the target belongs to the part that refers to it.
        """
        try:
            target = self._resolver.follow(value)
        except ContractError as error:
            for problem in error.problems:
                self._problem(f"{place}: {problem}")
            return value, place
        if inlined:
            return target, place
        while is_mapping(value) and isinstance(value.get("$ref"), str):
            part = value["$ref"]
            owner = "/".join(part.split("/")[:4])
            for used in dict.fromkeys([part, SCHEMAS + (component_name(owner) or "")]):
                self._users.setdefault(used, {})[self._part] = None
            self._part, value = part, self._resolver.target(part)
        name = component_name(self._part)
        self._part = SCHEMAS + name if name is not None else self._part
        return target, self._part

    def _problem(self, text: str) -> None:
        self.problems.append(text)
        self._faulty[self._part] = None

    def _later(
        self, look: Callable[[Any, str], None], items: Iterable[tuple[Any, str]], *, parts: bool = False
    ) -> None:
        """Defer the check of these items. With `parts`, each is a part by itself, whose users this part is one of."""
        for value, place in reversed(list(items)):
            self._waiting.append((look, value, place, place if parts else self._part))
            if parts and self._part:
                self._users.setdefault(self._part, {})[place] = None

    def _mapping(self, value: Any, place: str) -> dict[str, Any]:
        """`value` if it is a mapping, {} if it is missing; anything else is a problem."""
        if value is not None and not is_mapping(value):
            self._problem(f"{place}: needs to be a mapping, found {_shown(value)}")
        return value if is_mapping(value) else {}

    def _list(self, value: Any, place: str) -> list[Any]:
        if value is not None and not is_list(value):
            self._problem(f"{place}: needs to be a list, found {_shown(value)}")
        return value if is_list(value) else []

    def document(self, document: dict[str, Any]) -> None:
        self._mapping(document.get("info"), "info")
        components = self._mapping(document.get("components"), "components")
        schemas = self._mapping(components.get("schemas"), "#/components/schemas")
        items = [*self._mapping(document.get("paths"), "paths").items()]
        items += [(f"webhook {k}", v) for k, v in self._mapping(document.get("webhooks"), "webhooks").items()]
        self._later(self.path_item, [(value, place) for place, value in items], parts=True)
        self._later(self.schema, [(value, SCHEMAS + name) for name, value in schemas.items()], parts=True)

    def path_item(self, item: Any, place: str) -> None:
        item = self._mapping(item, place)
        self._parameters(item.get("parameters"), place)
        is_webhook = place.startswith("webhook ")
        operations = [(item[m], f"{m.upper()} {place}") for m in METHODS if m in item]
        self._later(self.operation, operations, parts=not is_webhook)

    def operation(self, raw: Any, place: str) -> None:
        raw = self._mapping(raw, place)
        self._parameters(raw.get("parameters"), place)
        if not isinstance(raw.get("operationId", ""), str):
            self._problem(f"{place}: operationId needs to be text, found {_shown(raw['operationId'])}")
        self._list(raw.get("tags"), f"{place}: tags")
        if "requestBody" in raw:
            self._later(self.with_content, [(raw["requestBody"], f"{place}: body")])
        responses = self._mapping(raw.get("responses"), f"{place}: responses")
        self._later(self.with_content, [(value, f"{place}: answer {code}") for code, value in responses.items()])

    def _parameters(self, parameters: Any, place: str) -> None:
        parameters = self._list(parameters, f"{place}: parameters")
        self._later(self.parameter, [(value, f"{place}: parameter {n}") for n, value in enumerate(parameters, 1)])

    def parameter(self, parameter: Any, place: str) -> None:
        parameter = self._mapping(parameter, place)
        if not isinstance(parameter.get("name"), str) or parameter.get("in") not in _LOCATIONS:
            self._problem(f"{place}: needs a name and `in`: path, query, header or cookie")
        elif "schema" in parameter:
            self._later(self.schema, [(parameter["schema"], f"{place} {parameter['name']}")])

    def with_content(self, holder: Any, place: str) -> None:
        content = self._mapping(self._mapping(holder, place).get("content"), f"{place}: content")
        for media_type, value in content.items():
            media = self._mapping(value, f"{place}: {media_type}")
            if "schema" in media:
                self._later(self.schema, [(media["schema"], f"{place}: {media_type}")])

    def schema(self, schema: Any, place: str) -> None:
        if isinstance(schema, bool):
            return
        if not is_mapping(schema):
            self._problem(f"{place}: a schema is a mapping or a boolean, found {_shown(schema)}")
            return
        self._types(schema, place)
        self._required(schema.get("required"), place)
        self._list(schema.get("enum"), f"{place}: enum")
        properties = self._mapping(schema.get("properties"), f"{place}: properties")
        self._later(self.schema, [(value, f"{place}.{name}") for name, value in properties.items()])
        for word in ("allOf", "oneOf", "anyOf"):
            parts = self._list(schema.get(word), f"{place}: {word}")
            self._later(self.schema, [(part, f"{place}({word} {n})") for n, part in enumerate(parts, 1)])
        for word, sign in (("items", "[]"), ("additionalProperties", ".*")):
            if word in schema:
                self._later(self.schema, [(schema[word], f"{place}{sign}")])
        discriminator = self._mapping(schema.get("discriminator"), f"{place}: discriminator")
        mapping = self._mapping(discriminator.get("mapping"), f"{place}: discriminator mapping")
        if not all(isinstance(value, str) for value in [discriminator.get("propertyName", ""), *mapping.values()]):
            self._problem(f"{place}: discriminator: propertyName and the values of mapping need to be text")
        if schema.get("allOf") and self._is_endless(schema, ()):
            self._problem(f"{place}: its allOf contains itself")

    def _types(self, schema: dict[str, Any], place: str) -> None:
        types = schema.get("type", [])
        names = types if is_list(types) else [types]
        if not all(isinstance(name, str) for name in names):
            self._problem(f"{place}: type needs to be text or a list of texts, found {_shown(types)}")
        else:
            for name in names:
                if name not in _TYPES:
                    self._problem(f"{place}: unknown type {name!r}")

    def _required(self, required: Any, place: str) -> None:
        # `required: true` on a field is how parameters say it; it has no meaning here.
        listed = [] if isinstance(required, bool) else self._list(required, f"{place}: required")
        if not all(isinstance(name, str) for name in listed):
            self._problem(f"{place}: required needs to be a list of names")

    def _is_endless(self, schema: Any, above: tuple[int, ...]) -> bool:
        try:
            schema = self._resolver.follow(schema)
        except ContractError:
            return False  # reported where it stands
        if not is_mapping(schema) or not is_list(schema.get("allOf")):
            return False
        return id(schema) in above or any(self._is_endless(part, (*above, id(schema))) for part in schema["allOf"])


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
