"""The service's document and ours, merged operation by operation into the effective contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.bulk import CARRIERS
from codegen.errors import ContractError
from codegen.load import as_list, as_mapping, is_list, is_mapping
from codegen.references import SCHEMAS
from codegen.servers import PARAMETER, origin

from .convert import Converter
from .document import EFFECTIVE, Document, is_partial, source_of
from .guess import Conventions
from .known import Known
from .merge import Merger
from .places import fold, match
from .report import Report
from .unknown import Unknown
from .views import Views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Event
    from .places import Endpoint


class Adopter:
    """One merge. `run` returns the effective contract; `report` has what was found.

    Args:
        published: The service's document.
        known: Ours.
        drop: Leave out what only we have.
    """

    def __init__(self, published: dict[str, Any], known: dict[str, Any], *, drop: bool) -> None:
        self.report = Report()
        self._theirs = Document(published)
        self._ours = Document(known)
        self._drop = drop
        self._views = Views(self._ours.shapes, self._theirs.shapes)
        self._converter = Converter(self._ours, self._theirs, self._views)
        self._merger = Merger(self._ours, self._theirs, self._views, self._converter, self.report, drop=drop)
        self._unknown = Unknown(self._ours, self._theirs, self._merger, self._converter, self.report)
        self._known = Known(self._ours, self._theirs, self._merger, self._unknown, self.report, drop=drop)
        self._paths: dict[str, dict[str, Any]] = {}

    def run(self) -> dict[str, Any]:
        """The effective contract. Raises ContractError if the two documents have no operation in common."""
        pairs = match(self._theirs.endpoints, self._ours.endpoints)
        partner = {id(ours): theirs for theirs, ours in pairs}
        paired = {id(theirs) for theirs, _ in pairs}
        self.report.operations, self.report.known = len(self._theirs.endpoints), len(pairs)
        if self._ours.endpoints and not pairs:
            count = len(self._theirs.endpoints)
            raise ContractError([f"none of its {count} operations is known; is it a document of the same service?"])
        for theirs, ours in pairs:
            if not is_partial(ours):
                self._known.see(ours, theirs, self._views)
        events = self._see_events()
        self._name_partial_classes({str(ours.raw.get("operationId")): theirs for theirs, ours in pairs})
        self._merger.run()
        self._converter.convert_claimed()
        conventions = self._conventions(pairs)
        for ours in self._ours.endpoints:
            if id(ours) not in partner:
                self._keep(ours)
                continue
            theirs = partner[id(ours)]
            names = _rename(theirs.names, ours.names)
            if is_partial(ours):
                self._put(self._unknown.operation(theirs, names, conventions, ours.raw), theirs, names)
            else:
                self._put(self._known.operation(ours, theirs, names), theirs, names, ours)
        for theirs in self._theirs.endpoints:
            if id(theirs) not in paired:
                names = _rename(theirs.names, conventions.parameters(theirs.path))
                self._put(self._unknown.operation(theirs, names, conventions, {}), theirs, names)
        document = self._document(events)
        merged = Document(document)
        self._drop_bulk(merged)
        self._rename_columns(merged)
        return document

    def _see_events(self) -> dict[str, Event]:
        """Note which events are the same. Returns theirs, by our key of the same one, or by their type."""
        mine = {fold(event.type.replace(".", "_")): event for event in self._ours.events()}
        found: dict[str, Event] = {}
        for theirs in self._theirs.events():
            ours = mine.get(fold((theirs.type or theirs.key).replace(".", "_")))
            if ours is not None:
                self._views.see(ours.schema, theirs.schema)
            found[ours.key if ours is not None else theirs.type or theirs.key] = theirs
        return found

    def _name_partial_classes(self, by_id: dict[str, Endpoint]) -> None:
        """Give classes of theirs the names that we have for their places: `x-cstar-at: macros.get`."""
        for name, schema in self._ours.components("schemas").items():
            if "x-cstar-at" not in schema:
                continue
            at = str(schema["x-cstar-at"])
            core = self._at(at, by_id)
            if core:
                columns = {word: value for word, value in schema.items() if word != "x-cstar-at"}
                self._converter.claim(core, name, columns)
            else:
                self.report.differs.append(f"{name}: the document has nothing at {at}")

    def _at(self, at: str, by_id: dict[str, Endpoint]) -> dict[str, Any]:
        """Their schema at `macros.get` (the result, or its items), `macros.run.body` or `macros.list?scope`."""
        operation, _, parameter = at.partition("?")
        shapes, schema = self._theirs.shapes, None
        if operation.endswith(".body") and (theirs := by_id.get(operation.removesuffix(".body"))) is not None:
            schema = self._theirs.body_schema(theirs)
        elif (theirs := by_id.get(operation)) is not None and parameter:
            inputs = (p for _, p in self._theirs.parameters(theirs))
            schema = next((p.get("schema") for p in inputs if p["name"] == parameter), None)
        elif theirs is not None:
            schema = self._theirs.result(theirs, wants_list=True).schema
        core = shapes.core(schema).schema
        return shapes.core(shapes.items(core)).schema if shapes.kind(core) == "array" else core

    def _conventions(self, pairs: Sequence[tuple[Endpoint, Endpoint]]) -> Conventions:
        known = [(theirs, str(ours.raw.get("operationId"))) for theirs, ours in pairs]
        results = (
            (each, self._theirs.result(each, wants_list=each.method == "get")) for each in self._theirs.endpoints
        )
        is_list = self._theirs.envelopes.is_list
        conventions = Conventions(known, ((each, is_list(result.schema)) for each, result in results))
        for theirs, ours in pairs:
            conventions.learn_parameters(theirs.path, _rename(theirs.names, ours.names))
            for their_tag, our_tag in zip(as_list(theirs.raw.get("tags")), as_list(ours.raw.get("tags")), strict=False):
                conventions.learn_tag(their_tag, our_tag)
        return conventions

    def _keep(self, ours: Endpoint) -> None:
        """An operation that the service's document does not have."""
        name = f"{ours.method.upper()} {ours.path} ({ours.raw.get('operationId')}, {source_of(ours.raw)})"
        if is_partial(ours) or self._drop:
            self.report.dropped.append(f"{name} is not in the document")
            return
        self.report.kept.append(f"{name} is not in the document; kept")
        raw = {**ours.raw, "parameters": [written for written, _ in self._ours.parameters(ours)]}
        if source_of(ours.raw) == "seed" and self._merger.mark({}):
            # The service did publish it once.
            version = as_mapping(self._theirs.raw.get("info")).get("version")
            words = f"Not in the service's document of version {version}."
            raw.update(description=f"{raw.get('description') or ''}\n\n{words}".strip(), deprecated=True)
        self._put(raw, ours, ours.names)

    def _put(self, raw: dict[str, Any], endpoint: Endpoint, names: Sequence[str], ours: Endpoint | None = None) -> None:
        """Write an operation down under its path, with these names of the path's parameters."""
        following = iter(names)
        path = PARAMETER.sub(lambda _: f"{{{next(following)}}}", endpoint.path)
        self.report.moved += ours is not None and path != ours.path
        self._paths.setdefault(path, {})[endpoint.method] = dict(raw)

    # The document

    def _drop_bulk(self, document: Document) -> None:
        """Take back columns of bulk that the document leaves nothing to stand on."""
        ids = {endpoint.raw["operationId"] for endpoint in document.endpoints}
        for endpoint in document.endpoints:
            action = as_mapping(endpoint.raw.get("x-cstar-bulk")).get("action")
            if action is None:
                continue
            items = document.shapes.core(document.result(endpoint, wants_list=True).schema).schema
            if action == "export":
                items = document.shapes.core(document.shapes.items(items)).schema
            elif action != "delete":
                items = document.shapes.core(document.body_schema(endpoint)).schema
            missing = CARRIERS.get(str(action), "") not in ids
            if missing or (action != "delete" and document.shapes.kind(items) != "object"):
                self.report.differs.append(
                    f"{endpoint.raw['operationId']}: the document leaves no way to {action} many"
                )
                del endpoint.raw["x-cstar-bulk"]

    def _rename_columns(self, document: Document) -> None:
        """Write the columns of tables as the document writes the fields, without those that it does not have."""
        for endpoint in document.endpoints:
            names = as_list(endpoint.raw.get("x-cstar-columns"))
            if not names:
                continue
            items = document.shapes.core(document.result(endpoint, wants_list=True).schema).schema
            fields = document.shapes.view(document.shapes.core(document.shapes.items(items)).schema).properties
            missing = [str(name) for name in names if fold(str(name)) not in fields]
            if missing:
                self.report.differs.append(
                    f"{endpoint.raw['operationId']}: its items have no {', '.join(missing)} for a table"
                )
            endpoint.raw["x-cstar-columns"] = [fields[key][0] for key in map(fold, map(str, names)) if key in fields]

    def _document(self, events: dict[str, Event]) -> dict[str, Any]:
        known, published = self._ours.raw, self._theirs.raw
        stated = as_mapping(published.get("info"))
        document = {
            **known,
            EFFECTIVE: True,
            "info": {**as_mapping(known.get("info")), **{w: stated[w] for w in ("title", "version") if stated.get(w)}},
            "paths": self._paths,
            "webhooks": self._events(events),
            "components": {**as_mapping(known.get("components")), "schemas": self._converter.components},
        }
        if host := origin(published.get("servers")):
            document["servers"] = [{**as_mapping(next(iter(as_list(known.get("servers"))), None)), "url": host}]
        return _without_unreachable(document) if self._drop else document

    def _events(self, found: dict[str, Event]) -> dict[str, Any]:
        events: dict[str, Any] = {}
        for key, item in as_mapping(self._ours.raw.get("webhooks")).items():
            if key in found:
                events[key] = {"post": {**item["post"], **self._merger.mark(found.pop(key).operation)}}
            elif not self._drop:
                events[key] = item
        for key, theirs in found.items():
            item = self._unknown.event(theirs)
            if item is not None:
                events[naming.unique(key, events)] = item
        return events


def _rename(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """The parameters of a path of theirs by our names, as far as these go, counted from the end."""
    names = list(theirs)
    for place, name in enumerate(reversed(ours), 1):
        if place <= len(names) and name:
            names[-place] = name
    result: list[str] = []
    for name in reversed(names):  # ours are at the end: where two are alike, the other gives way
        result.append(naming.unique(name, result))
    return result[::-1]


def _without_unreachable(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the component schemas that no operation and no event leads to."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    kept = {name for name, schema in schemas.items() if "x-cstar-runtime" in schema}
    others = {section: part for section, part in document["components"].items() if section != "schemas"}
    waiting: list[Any] = [document["paths"], document["webhooks"], others, *(schemas[name] for name in kept)]
    while waiting:
        node = waiting.pop()
        if is_mapping(node):
            name = str(node.get("$ref", "")).removeprefix(SCHEMAS)
            if name in schemas and name not in kept:
                kept.add(name)
                waiting.append(schemas[name])
            waiting += node.values()
        elif is_list(node):
            waiting += node
    remaining = {name: schema for name, schema in schemas.items() if name in kept}
    return {**document, "components": {**document["components"], "schemas": remaining}}
