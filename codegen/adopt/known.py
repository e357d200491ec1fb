"""Operations that both documents have, merged: our names and columns, the service's facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.load import as_list, is_mapping
from codegen.media_types import is_json

from . import guess
from .merge import called
from .places import fold
from .unknown import is_by_the_client, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .answers import Result
    from .document import Document
    from .merge import Merger
    from .places import Endpoint
    from .report import Report
    from .unknown import Unknown
    from .views import Views

_SYNONYMS = (guess.PAGE, guess.SIZE, guess.CURSOR)
_PAGING = frozenset(fold(name) for names in (*_SYNONYMS, ("offset", "skip")) for name in names)
_WORDS = ("summary", "description", "deprecated")


class Known:
    """Merges operations.

    Args:
        ours: Our document.
        theirs: The service's.
        merger: Merges their schemas.
        unknown: Brings along what only theirs has.
        report: What is found is written there.
        drop: Leave out what only we have.
    """

    def __init__(
        self, ours: Document, theirs: Document, merger: Merger, unknown: Unknown, report: Report, *, drop: bool
    ) -> None:
        self._ours = ours
        self._theirs = theirs
        self._merger = merger
        self._unknown = unknown
        self._report = report
        self._drop = drop

    def see(self, ours: Endpoint, theirs: Endpoint, views: Views) -> None:
        """Note which schemas of both stand at the same place."""
        for _, own, their in self._pairs(ours, theirs):
            if their is not None:
                views.see(own.get("schema", {}), their.get("schema", {}))
        bodies = self._ours.body_schema(ours), self._theirs.body_schema(theirs)
        if None not in bodies:
            views.see(*bodies)
        if self._ours.answer(ours).schema is not None and self._theirs.answer(theirs).schema is not None:
            mine, result = self._results(ours, theirs)
            views.see(mine.schema, result.schema)

    def _results(self, ours: Endpoint, theirs: Endpoint) -> tuple[Result, Result]:
        mine = self._ours.result(ours, wants_list=False)
        return mine, self._theirs.result(theirs, wants_list=self._ours.envelopes.is_list(mine.schema))

    def _pairs(self, ours: Endpoint, theirs: Endpoint) -> list[tuple[Any, dict[str, Any], dict[str, Any] | None]]:
        """Our parameters, as written and followed, with theirs: in the path by place from the end, others by name."""
        mine = self._ours.parameters(ours)
        other = {(p["in"], fold(p["name"])): p for _, p in self._theirs.parameters(theirs)}
        in_path = dict(zip(reversed(ours.names), reversed(theirs.names), strict=False))
        # What has its counterpart by name is no other's by meaning.
        free = {key: p for key, p in other.items() if key not in {(own["in"], fold(own["name"])) for _, own in mine}}
        pairs: list[tuple[Any, dict[str, Any], dict[str, Any] | None]] = []
        for written, own in mine:
            name = in_path.get(own["name"], "") if own["in"] == "path" else own["name"]
            found = other.get((own["in"], fold(name)))
            if found is None and own["in"] == "query":
                found = next((free[key] for key in _synonyms(own["name"]) if key in free), None)
            pairs.append((written, own, found))
        return pairs

    def operation(self, ours: Endpoint, theirs: Endpoint, names: Sequence[str]) -> dict[str, Any]:
        """An operation of both.

        Args:
            ours: Ours.
            theirs: Theirs.
            names: Our names of their path parameters.
        """
        raw = dict(ours.raw)
        raw.update({word: theirs.raw[word] for word in _WORDS if theirs.raw.get(word)})
        raw.update(self._merger.mark(theirs.raw))
        raw["parameters"] = self._parameters(ours, theirs, names)
        self._merge_body(raw, ours, theirs)
        self._merge_answer(raw, ours, theirs)
        self._check_paging(raw, theirs)
        return raw

    # Parameters

    def _parameters(self, ours: Endpoint, theirs: Endpoint, names: Sequence[str]) -> list[Any]:
        pairs = self._pairs(ours, theirs)
        known = {own["name"] for _, own, _ in pairs if own["in"] == "path"}
        found = [self._parameter(*pair, ours.raw["operationId"], names) for pair in pairs]
        for written, name in zip(theirs.names, names, strict=True):
            if name not in known:
                found.append(self._unknown.path_parameter(written, name, theirs))
        used = {id(other) for _, _, other in pairs}
        for parameter in (each for each in self._unknown.inputs(theirs) if id(each) not in used):
            self._report.added.append(f"{ours.raw['operationId']}({parameter['name']})")
            found.append(self._unknown.parameter(parameter, theirs))
        return [each for each in found if each is not None]

    def _parameter(
        self, written: Any, ours: dict[str, Any], theirs: dict[str, Any] | None, operation: str, names: Sequence[str]
    ) -> Any:
        """One of our parameters, as written, with what theirs says. None if it is to go."""
        label = f"{operation}({ours['name']})"
        if ours["in"] == "path":
            return self._merged(written, ours, theirs or {}, label) if ours["name"] in names else None
        if theirs is None:
            if is_by_the_client(ours):
                return written
            self._report.ours.append(label)
            return None if self._drop else written
        merged = ours
        if theirs["name"] != ours["name"]:
            merged = called({**ours, "name": theirs["name"]}, ours["name"], theirs["name"])
            self._report.added.append(f"{label}: is {theirs['name']!r} on the wire")
            self._report.moved += 1
        stated: dict[str, Any] = {word: theirs[word] for word in ("style", "explode") if word in theirs}
        if (required := theirs.get("required") is True) != (ours.get("required") is True):
            stated["required"] = required
        return self._merged(written, {**merged, **stated}, theirs, label)

    def _merged(self, written: Any, ours: dict[str, Any], theirs: dict[str, Any], label: str) -> Any:
        """A parameter with their type and words; as we write it, if nothing is different."""
        merged = dict(ours)
        if is_mapping(ours.get("schema")) and "schema" in theirs:
            merged["schema"] = self._merger.place(ours["schema"], [theirs["schema"]], label)
        if isinstance(theirs.get("description"), str) and theirs["description"].strip():
            merged["description"] = theirs["description"]
        if theirs and "x-cstar-client" not in ours:
            merged.update(self._merger.mark(theirs))
        return written if merged == self._ours.resolver.follow(written) else merged

    def _check_paging(self, raw: dict[str, Any], theirs: Endpoint) -> None:
        """Take back the column of paging if the document contradicts it."""
        paged, stated = raw.get("x-cstar-pagination"), self._theirs.queries(theirs)
        wanted = {"page": guess.PAGE, "cursor": guess.CURSOR}.get(str(paged), ())
        if not wanted or not stated & _PAGING or stated & {fold(name) for name in wanted}:
            return
        raw["x-cstar-pagination"] = guess.pagination(stated, is_list=True)
        gone = {fold(name) for names in _SYNONYMS for name in names} - stated
        raw["parameters"] = [p for p in raw["parameters"] if fold(self._ours.resolver.follow(p)["name"]) not in gone]
        self._report.differs.append(f"{raw['operationId']}: no parameter pages it by {paged}; its pager reads one page")

    # Bodies

    def _merge_body(self, raw: dict[str, Any], ours: Endpoint, theirs: Endpoint) -> None:
        mine, other = self._ours.body_schema(ours), self._theirs.body_schema(theirs)
        stated, name = self._theirs.body(theirs), raw["operationId"]
        if other is None:
            if mine is not None and stated.get("content"):
                self._report.differs.append(f"{name}: its body is {', '.join(stated['content'])}; JSON is sent")
        elif mine is None:
            self._report.added.append(f"{name}: a body")
            raw["requestBody"] = self._unknown.body(theirs)
        else:
            body = dict(self._ours.body(ours))
            body["content"] = _with_schema(body["content"], self._merger.place(mine, [other], f"{name} body"))
            if "required" in stated:
                body["required"] = stated["required"] is True
            raw["requestBody"] = body

    def _merge_answer(self, raw: dict[str, Any], ours: Endpoint, theirs: Endpoint) -> None:
        mine, other, name = self._ours.answer(ours), self._theirs.answer(theirs), raw["operationId"]
        if not other.status or not (other.media_type or other.is_empty):
            return  # the document says nothing
        status = other.status if other.status.isdecimal() else mine.status
        if status != mine.status:
            self._report.differs.append(f"{name}: answers {status}, not {mine.status}")
        if mine.schema is not None and other.schema is not None:
            response, column = self._merged_answer(ours, theirs, name)
        elif (mine.media_type, mine.is_empty) == (other.media_type, other.is_empty):
            response, column = mine.response, {}
        else:
            self._report.differs.append(f"{name}: answers {other.media_type or 'nothing'}, not {mine.media_type}")
            response, column = self._unknown.response(theirs)
        raw.update(column)
        raw["responses"] = {
            **{status if code == mine.status else code: each for code, each in raw["responses"].items()},
            status: response,
        }

    def _merged_answer(self, ours: Endpoint, theirs: Endpoint, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The response, and the column that says where in it the result is, if that is unusual."""
        own, result = self._results(ours, theirs)
        schema = self._merger.place(own.schema, [result.schema], f"{name} answer")
        response = self._ours.answer(ours).response
        if result.envelope == own.envelope or not (result.envelope or self._theirs.envelopes.are_documented):
            if schema == own.schema:
                return response, {}
            media_type = next(kind for kind in response["content"] if is_json(kind))
            whole = _with_result(response["content"][media_type]["schema"], own.envelope, schema)
            return {**response, "content": _with_schema(response["content"], whole)}, {}
        self._report.differs.append(
            f"{name}: the result is {f'in {result.envelope}' if result.envelope else 'the body'}"
        )
        described = {"description": response.get("description", "")}
        content = {"application/json": {"schema": wrap(result.envelope, schema)}}
        return {**described, "content": content}, {"x-cstar-envelope": result.envelope}


def _synonyms(name: str) -> Iterator[tuple[str, str]]:
    """The parameters that page or size a list as ours of this name does, as keys."""
    for names in _SYNONYMS:
        if fold(name) in {fold(each) for each in names}:
            yield from (("query", fold(each)) for each in names)


def _with_schema(content: dict[str, Any], schema: Any) -> dict[str, Any]:
    """The JSON content of one of our bodies with another schema."""
    media_type = next(kind for kind in content if is_json(kind))
    return {**content, media_type: {**content[media_type], "schema": schema}}


def _with_result(whole: dict[str, Any], envelope: str, schema: Any) -> dict[str, Any]:
    """One of our enveloped answers with another schema of its result."""
    if envelope in whole.get("properties", {}):
        return {**whole, "properties": {**whole["properties"], envelope: schema}}
    parts = [_with_result(part, envelope, schema) for part in as_list(whole.get("allOf"))]
    return {**whole, "allOf": parts} if parts else whole
