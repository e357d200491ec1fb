"""Check the shape of a document: mappings are mappings, references resolve, and no `allOf` contains itself.

This runs first, so that later steps can rely on it and each problem is reported with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ContractError
from .load import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .references import Resolver

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LOCATIONS = ("path", "query", "header", "cookie")


def check(document: dict[str, Any], resolver: Resolver) -> None:
    """Raise ContractError with every problem in the document's shape."""
    checker = _Checker(resolver)
    checker.document(document)
    checker.drain()
    if checker.problems:
        raise ContractError(checker.problems)


class _Checker:
    def __init__(self, resolver: Resolver) -> None:
        self.problems: list[str] = []
        self._resolver = resolver
        self._waiting: list[tuple[Callable[[Any, str], None], Any, str]] = []
        self._seen: set[tuple[str, int]] = set()

    def drain(self) -> None:
        """Check everything that was deferred, each thing once, however often it is referenced."""
        while self._waiting:
            look, value, place = self._waiting.pop()
            try:
                value = self._resolver.follow(value)
            except ContractError as error:
                self.problems += [f"{place}: {problem}" for problem in error.problems]
                continue
            if is_mapping(value) and "$ref" in value:  # text would have been followed
                self.problems.append(f"{place}: $ref needs to be text, found {_shown(value['$ref'])}")
            elif (look.__name__, id(value)) not in self._seen:
                self._seen.add((look.__name__, id(value)))
                look(value, place)

    def _later(self, look: Callable[[Any, str], None], items: Iterable[tuple[Any, str]]) -> None:
        self._waiting += [(look, value, place) for value, place in reversed(list(items))]

    def _mapping(self, value: Any, place: str) -> dict[str, Any]:
        """`value` if it is a mapping, {} if it is missing; anything else is a problem."""
        if value is not None and not is_mapping(value):
            self.problems.append(f"{place}: needs to be a mapping, found {_shown(value)}")
        return value if is_mapping(value) else {}

    def _list(self, value: Any, place: str) -> list[Any]:
        if value is not None and not is_list(value):
            self.problems.append(f"{place}: needs to be a list, found {_shown(value)}")
        return value if is_list(value) else []

    def document(self, document: dict[str, Any]) -> None:
        self._mapping(document.get("info"), "info")
        components = self._mapping(document.get("components"), "components")
        schemas = self._mapping(components.get("schemas"), "#/components/schemas")
        items = [*self._mapping(document.get("paths"), "paths").items()]
        items += [(f"webhook {k}", v) for k, v in self._mapping(document.get("webhooks"), "webhooks").items()]
        self._later(self.path_item, [(value, place) for place, value in items])
        self._later(self.schema, [(value, f"#/components/schemas/{name}") for name, value in schemas.items()])

    def path_item(self, item: Any, place: str) -> None:
        item = self._mapping(item, place)
        self._parameters(item.get("parameters"), place)
        self._later(self.operation, [(item[m], f"{m.upper()} {place}") for m in METHODS if m in item])

    def operation(self, raw: Any, place: str) -> None:
        raw = self._mapping(raw, place)
        self._parameters(raw.get("parameters"), place)
        if not isinstance(raw.get("operationId", ""), str):
            self.problems.append(f"{place}: operationId needs to be text, found {_shown(raw['operationId'])}")
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
            self.problems.append(f"{place}: needs a name and `in`: path, query, header or cookie")
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
            self.problems.append(f"{place}: a schema is a mapping or a boolean, found {_shown(schema)}")
            return
        types = schema.get("type", [])
        if not all(isinstance(name, str) for name in (types if is_list(types) else [types])):
            self.problems.append(f"{place}: type needs to be text or a list of texts, found {_shown(types)}")
        if not all(isinstance(name, str) for name in self._list(schema.get("required"), f"{place}: required")):
            self.problems.append(f"{place}: required needs to be a list of names")
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
            self.problems.append(f"{place}: discriminator: propertyName and the values of mapping need to be text")
        named = [target for target in map(str, mapping.values()) if target not in self._resolver.components("schemas")]
        self._later(self.schema, [({"$ref": target}, f"{place}: discriminator") for target in named])
        if schema.get("allOf") and self._is_endless(schema, ()):
            self.problems.append(f"{place}: its allOf contains itself")

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
