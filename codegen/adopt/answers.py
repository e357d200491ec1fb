"""What an operation answers when all went well, without the envelope around it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from codegen.load import as_mapping, is_mapping
from codegen.media_types import is_json

from .places import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.references import Resolver

    from .places import Endpoint
    from .views import Shapes

_BESIDE = frozenset(
    {
        "success",
        "ok",
        "status",
        "code",
        "meta",
        "metadata",
        "pagination",
        "paging",
        "pageinfo",
        "links",
        "message",
        "error",
        "errors",
        "requestid",
        "timestamp",
    }
)
"""What may stand in an envelope beside the result, folded."""
_PAGING = frozenset(
    {
        "page",
        "pagesize",
        "perpage",
        "limit",
        "offset",
        "total",
        "totalpages",
        "totalcount",
        "count",
        "hasmore",
        "hasnext",
        "cursor",
        "nextcursor",
        "next",
        "prev",
        "previous",
        "nextpagetoken",
    }
)
"""What may stand in a list beside the items, folded."""
USUAL = "data"


@attrs.frozen
class Answer:
    """A documented success."""

    status: str
    """`200`; `2XX` or `default` where the document says no more; "" if it documents none."""
    media_type: str
    """The type of its body; "" if it has none or the document does not say."""
    response: dict[str, Any]
    schema: Any
    """The schema of the whole JSON body; None if the document has none."""

    @property
    def is_empty(self) -> bool:
        """Whether the document states that the answer has no body. A missing schema does not state it."""
        return self.status in {"204", "205"} or (self.status == "202" and not self.media_type)


def answer_of(endpoint: Endpoint, resolver: Resolver) -> Answer:
    """The success of an operation: of all such, the first that has a body."""
    responses = as_mapping(endpoint.raw.get("responses"))
    codes = sorted(code for code in responses if code.startswith("2")) or [c for c in responses if c == "default"]
    found = [Answer("", "", {}, None)]
    for code in codes:
        response = as_mapping(resolver.follow(responses[code]))
        content = as_mapping(response.get("content"))
        media_type = next((name for name in content if is_json(name)), next(iter(content), ""))
        schema = as_mapping(content.get(media_type)).get("schema") if is_json(media_type) else None
        found.append(Answer(code, media_type, response, schema))
    return next((each for each in found if each.media_type), found[min(1, len(found) - 1)])


@attrs.frozen
class Result:
    """What the caller gets of an answer."""

    envelope: str
    """The member that holds it, with dots for members of members; "" if the body itself is the result."""
    schema: Any


class Envelopes:
    """Finds the results in the answers of one document.

    Attributes:
        are_documented: Whether most answers show one. Otherwise the document leaves it out, as introductions explain.
    """

    def __init__(self, answers: Iterable[Answer], shapes: Shapes) -> None:
        self._shapes = shapes
        found = [self._candidates(answer) for answer in answers if answer.schema is not None]
        votes = Counter(name for names in found for name in names)
        self._name = max(votes, key=lambda name: (name == USUAL, votes[name], name), default="")
        self.are_documented = 2 * votes[self._name] > len(found)

    def _candidates(self, answer: Answer) -> list[str]:
        """The members that may hold the result: there is one besides what is known to accompany it."""
        members = self._members(answer.schema)
        own = [name for name in members if fold(name) not in _BESIDE]
        has_signs = len(members) > len(own)
        return own if len(own) == 1 and (has_signs or own[0] == USUAL) else []

    def _members(self, schema: Any) -> dict[str, Any]:
        core = self._shapes.core(schema).schema
        return dict(self._shapes.view(core).properties.values()) if self._shapes.kind(core) == "object" else {}

    def result(self, answer: Answer, *, wants_list: bool) -> Result:
        """The result of an answer.

        Args:
            answer: The answer of an operation.
            wants_list: We know the result as a list, so that an object which holds one is looked into.
        """
        members = self._members(answer.schema)
        has_envelope = self._candidates(answer) == [self._name]
        inner = Result(self._name, members[self._name]) if has_envelope else Result("", answer.schema)
        core = self._shapes.core(inner.schema).schema
        if wants_list and self._shapes.kind(core) == "object":
            fields = self._members(core)
            lists = [
                name for name, prop in fields.items() if self._shapes.kind(self._shapes.core(prop).schema) == "array"
            ]
            if len(lists) == 1 and all(fold(n) in _BESIDE | _PAGING for n in fields if n != lists[0]):
                return Result(".".join(part for part in (inner.envelope, lists[0]) if part), fields[lists[0]])
        return inner

    def is_list(self, schema: Any) -> bool:
        """Whether a result is an array."""
        return is_mapping(schema) and self._shapes.kind(self._shapes.core(schema).schema) == "array"
