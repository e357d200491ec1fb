"""Operations, parameters and events that only the service's document has, in our terms."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.load import as_mapping
from codegen.references import SCHEMAS

from . import guess
from .places import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .convert import Converter
    from .document import Document, Event
    from .merge import Merger
    from .places import Endpoint
    from .report import Report

_HEADERS_OF_HTTP = frozenset({"authorization", "accept", "contenttype", "useragent", "idempotencykey"})
_KEYED = frozenset({"post", "patch", "put"})
_ERRORS = {"BadRequest": "400", "Unauthorized": "401", "NotFound": "404", "TooManyRequests": "429"}
_COLUMNS = {"name": "operationId", "key": "x-cstar-key", "pagination": "x-cstar-pagination"}
"""What is guessed where nobody says it, and the column that says it."""


class Unknown:
    """Brings operations of theirs along, whole or in part."""

    def __init__(self, ours: Document, theirs: Document, merger: Merger, converter: Converter, report: Report) -> None:
        self._ours = ours
        self._theirs = theirs
        self._merger = merger
        self._converter = converter
        self._report = report
        self._taken = {str(endpoint.raw.get("operationId")) for endpoint in ours.endpoints}

    def operation(
        self, theirs: Endpoint, names: Sequence[str], conventions: guess.Conventions, entry: dict[str, Any]
    ) -> dict[str, Any]:
        """An operation that we do not know.

        Args:
            theirs: The operation.
            names: Our names of its path parameters.
            conventions: Name what nobody has named.
            entry: What we do say of it: names and columns, if anything.
        """
        result = self._theirs.result(theirs, wants_list=theirs.method == "get")
        is_list = self._theirs.envelopes.is_list(result.schema)
        paging = guess.pagination(self._theirs.queries(theirs), is_list=is_list)
        resource, verb = conventions.name(theirs, is_list=is_list, is_paged=paging != "none")
        columns = {word: value for word, value in theirs.raw.items() if word.startswith("x-cstar-")}
        if columns and "operationId" in theirs.raw:
            columns["operationId"] = theirs.raw["operationId"]  # who writes our columns writes our names
        columns.update((word, value) for word, value in entry.items() if word != "parameters")
        guessed = [word for word, column in _COLUMNS.items() if column not in columns]
        name = str(columns.get("operationId") or naming.unique(".".join((*resource, verb)), self._taken))
        self._taken.add(name)
        raw: dict[str, Any] = {
            "operationId": name,
            "tags": [conventions.tag(theirs, name.split(".", maxsplit=1)[0])],
            "summary": theirs.raw.get("summary") or f"{theirs.method.upper()} {theirs.path}",
            **self._merger.mark_new(theirs.raw),
            "x-cstar-key": guess.key(theirs, self._theirs.raw),
            "x-cstar-pagination": paging,
            "parameters": self._parameters(theirs, names),
        }
        raw.update({word: theirs.raw[word] for word in ("description", "deprecated") if theirs.raw.get(word)})
        if "requestBody" in theirs.raw:
            raw["requestBody"] = self.body(theirs)
        answer = self._theirs.answer(theirs)
        status = answer.status if answer.status.isdecimal() else "200"
        response, column = self.response(theirs)
        raw.update(column)
        raw["responses"] = {status: response, **self._errors()}
        raw.update(columns)
        if guessed:
            raw["x-cstar-guessed"] = guessed
            self._report.new.append(f"{theirs.place} → {name} ({', '.join(guessed)} guessed)")
        return raw

    def _parameters(self, theirs: Endpoint, names: Sequence[str]) -> list[dict[str, Any]]:
        found = [self.path_parameter(*pair, theirs) for pair in zip(theirs.names, names, strict=True)]
        found += [self.parameter(each, theirs) for each in self.inputs(theirs)]
        if theirs.method in _KEYED and "IdempotencyKey" in self._ours.components("parameters"):
            found.append({"$ref": "#/components/parameters/IdempotencyKey"})
        return found

    def inputs(self, theirs: Endpoint) -> list[dict[str, Any]]:
        """Their parameters that a caller gives, without those of the path: not the headers that the client writes."""
        found = (parameter for _, parameter in self._theirs.parameters(theirs))
        return [p for p in found if p["in"] != "path" and not is_by_the_client(p)]

    def parameter(self, theirs: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
        """A parameter of theirs."""
        kept = {word: copy.deepcopy(value) for word, value in theirs.items() if not word.startswith("x-")}
        if "schema" in theirs:
            kept["schema"] = self._converter.convert(theirs["schema"], f"{endpoint.place}: {theirs['name']}")
        return {**kept, **self._merger.mark_new(theirs)}

    def path_parameter(self, written: str, name: str, endpoint: Endpoint) -> dict[str, Any]:
        """A parameter in the path of theirs, by our name."""
        for component, own in self._ours.components("parameters").items():
            if own.get("name") == name and "x-cstar-client" in own:
                return {"$ref": f"#/components/parameters/{component}"}
        found = (p for _, p in self._theirs.parameters(endpoint) if p["in"] == "path" and p["name"] == written)
        stated = next(found, {"schema": {"type": "string"}})
        return self.parameter({**stated, "name": name, "in": "path", "required": True}, endpoint)

    def body(self, theirs: Endpoint) -> dict[str, Any]:
        """The request body of theirs."""
        stated = self._theirs.body(theirs)
        kept = {word: value for word, value in stated.items() if word in {"required", "description"}}
        content = {
            media_type: {"schema": self._converter.convert(as_mapping(media).get("schema", {}), f"{theirs.place} body")}
            for media_type, media in as_mapping(stated.get("content")).items()
        }
        return {**kept, "content": content}

    def response(self, theirs: Endpoint) -> tuple[dict[str, Any], dict[str, Any]]:
        """The success of theirs, and the column that says where in it the result is, if that is unusual."""
        answer = self._theirs.answer(theirs)
        response = {"description": answer.response.get("description") or "Done."}
        if not answer.media_type:
            return response, {}
        if answer.schema is None:
            return {**response, "content": {answer.media_type: {}}}, {}
        result = self._theirs.result(theirs, wants_list=theirs.method == "get")
        schema = self._converter.convert(result.schema, f"{theirs.place} answer")
        usual = str(self._ours.raw.get("x-cstar-envelope", ""))
        envelope = result.envelope or ("" if self._theirs.envelopes.are_documented else usual)
        wrapped = wrap(envelope, schema)
        base = "ListEnvelope" if self._theirs.envelopes.is_list(result.schema) else "Envelope"
        if envelope and envelope == usual and base in self._converter.components:
            wrapped = {"allOf": [{"$ref": SCHEMAS + base}, wrapped]}
        column = {} if envelope == usual else {"x-cstar-envelope": envelope}
        return {**response, "content": {"application/json": {"schema": wrapped}}}, column

    def _errors(self) -> dict[str, Any]:
        known = self._ours.components("responses")
        return {status: {"$ref": f"#/components/responses/{n}"} for n, status in _ERRORS.items() if n in known}

    def event(self, theirs: Event) -> dict[str, Any] | None:
        """An event of theirs as a path item, None if it has not the form of cStar's events."""
        fields = self._theirs.shapes.view(self._theirs.shapes.core(theirs.schema).schema).properties
        if not theirs.type or "data" not in fields:
            self._report.differs.append(f"webhook {theirs.key}: has no constant `type` and no `data`; left out")
            return None
        self._report.new.append(f"webhook {theirs.type} → {naming.pascal(theirs.type)}")
        schema = self._converter.convert(theirs.schema, f"webhook {theirs.key}")
        operation: dict[str, Any] = {
            "operationId": f"events.{theirs.type}",
            "tags": ["Webhook Events"],
            "summary": f"The event {theirs.type}",
            **{word: theirs.operation[word] for word in ("summary", "description") if theirs.operation.get(word)},
            **self._merger.mark_new(theirs.operation),
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {"2XX": {"description": "Received."}},
        }
        return {"post": operation}


def is_by_the_client(parameter: dict[str, Any]) -> bool:
    """Whether a parameter is a header that aiohttp or the client writes."""
    return parameter["in"] == "header" and fold(parameter["name"]) in _HEADERS_OF_HTTP


def wrap(envelope: str, schema: Any) -> Any:
    """An answer whose result is in this member; dots lead to members of members."""
    for member in reversed(envelope.split(".") if envelope else []):
        schema = {"type": "object", "required": [member], "properties": {member: schema}}
    return schema
