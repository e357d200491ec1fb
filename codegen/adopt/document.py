"""One of the two documents, with what is read of it again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from codegen.load import as_list, as_mapping
from codegen.media_types import is_json
from codegen.references import Resolver

from .answers import Answer, Envelopes, Result, answer_of
from .places import Endpoint, endpoints, fold
from .views import Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

RECONSTRUCTION = "x-reconstruction"
"""Marks an export of ours, which says nothing of what the service does."""
EFFECTIVE = "x-cstar-effective"
"""Marks a merged document, in which every fact says where it comes from; no mark means `seed`."""


@attrs.frozen
class Event:
    """A webhook event."""

    key: str
    """Its name under `webhooks`."""
    type: str
    """The constant `type` of its payload; "" if it has none."""
    operation: dict[str, Any]
    schema: Any


class Document:
    """A document whose shape has been checked.

    Attributes:
        raw: The document.
        resolver: Resolves its references.
        shapes: Reads its schemas.
        endpoints: All its operations.
        envelopes: Finds the results in its answers.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.resolver = Resolver(raw)
        self.shapes = Shapes(self.resolver)
        self.endpoints = endpoints(raw, self.resolver)
        self._answers = {id(endpoint): answer_of(endpoint, self.resolver) for endpoint in self.endpoints}
        self.envelopes = Envelopes(self._answers.values(), self.shapes)

    def components(self, section: str) -> dict[str, Any]:
        """`components.<section>`, empty if it is missing."""
        return self.resolver.components(section)

    def parameters(self, endpoint: Endpoint) -> list[tuple[Any, dict[str, Any]]]:
        """The parameters of an operation and of its path: as they are written, and with references followed."""
        found: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = {}
        for written in [*as_list(endpoint.item.get("parameters")), *as_list(endpoint.raw.get("parameters"))]:
            parameter = as_mapping(self.resolver.follow(written))
            found[parameter["in"], parameter["name"]] = written, parameter
        return list(found.values())

    def queries(self, endpoint: Endpoint) -> set[str]:
        """The folded names of an operation's query parameters."""
        return {fold(p["name"]) for _, p in self.parameters(endpoint) if p["in"] == "query"}

    def body(self, endpoint: Endpoint) -> dict[str, Any]:
        """The request body of an operation, empty if it has none."""
        return as_mapping(self.resolver.follow(endpoint.raw.get("requestBody")))

    def body_schema(self, endpoint: Endpoint) -> Any:
        """The schema of an operation's JSON body, None if it has none."""
        return json_schema(self.body(endpoint))

    def answer(self, endpoint: Endpoint) -> Answer:
        """What an operation answers when all went well."""
        return self._answers[id(endpoint)]

    def result(self, endpoint: Endpoint, *, wants_list: bool) -> Result:
        """What the caller gets; see `Envelopes.result`."""
        return self.envelopes.result(self.answer(endpoint), wants_list=wants_list)

    def events(self) -> Iterator[Event]:
        """All webhook events."""
        for key, written in as_mapping(self.raw.get("webhooks")).items():
            item = as_mapping(self.resolver.follow(written))
            operation = as_mapping(self.resolver.follow(item.get("post") or item.get("put")))
            schema = json_schema(as_mapping(self.resolver.follow(operation.get("requestBody"))))
            yield Event(key, self._event_type(schema), operation, schema)

    def _event_type(self, schema: Any) -> str:
        properties = self.shapes.view(self.shapes.core(schema).schema).properties
        values = self.shapes.values(self.shapes.core(properties["type"][1]).schema) if "type" in properties else None
        return values[0] if values and len(values) == 1 and isinstance(values[0], str) else ""


def json_schema(holder: dict[str, Any]) -> Any:
    """The schema of the JSON among the contents of a body or response, None if there is none."""
    content = as_mapping(holder.get("content"))
    return next((as_mapping(media).get("schema", {}) for kind, media in content.items() if is_json(kind)), None)


def source_of(raw: dict[str, Any]) -> str:
    """Where one of our facts comes from."""
    return str(raw.get("x-cstar-source", "seed"))


def is_partial(endpoint: Endpoint) -> bool:
    """Whether our document only names and marks an operation, and all else is the service's."""
    return "responses" not in endpoint.raw
