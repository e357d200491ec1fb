"""Names and columns of operations that nobody has named, by convention."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.load import as_list, is_list, is_mapping
from codegen.servers import PARAMETER

from .places import fold, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .places import Endpoint, Shape

PAGE = ("page", "pageNumber", "pageNo", "pageIndex")
SIZE = ("pageSize", "perPage", "size", "limit", "take")
CURSOR = ("cursor", "after", "startingAfter", "pageToken", "nextToken", "continuationToken")
_ROOT_WORDS = frozenset({"api", "v1", "v2", "v3", "v4", "team", "teams"})


class Conventions:
    """What the operations that are known tell about those that are not.

    Args:
        known: Pairs of an operation of the service's document and its id here (`tickets.messages.create`).
        everything: All operations of the service's document, and whether each answers with a list.
    """

    def __init__(self, known: Iterable[tuple[Endpoint, str]], everything: Iterable[tuple[Endpoint, bool]]) -> None:
        self._resources: dict[Shape, tuple[str, ...]] = {}
        self._names: dict[Shape, str] = {}
        self._tags: dict[str, Counter[str]] = {}
        self._shapes: dict[Shape, set[str]] = {}
        self._lists: set[Shape] = set()
        for endpoint, answers_list in everything:
            self._shapes.setdefault(endpoint.shape, set()).add(endpoint.method)
            if answers_list and endpoint.method == "get":
                self._lists.add(endpoint.shape)
        learned = [(endpoint.shape, tuple(operation_id.split("."))) for endpoint, operation_id in known]
        for only_alike in (True, False):  # first what is called like its path, then names of our own
            for shape, (*resource, verb) in learned:
                self._learn(shape, tuple(resource), verb, only_alike=only_alike)

    def _learn(self, shape: Shape, resource: tuple[str, ...], verb: str, *, only_alike: bool) -> None:
        """Remember which beginning of a path is which resource."""
        if shape and shape[-1] == fold(verb):
            shape = shape[:-1]
        while shape and shape[-1] == "{}":
            shape = shape[:-1]
        if shape and resource and (not only_alike or shape[-1] == fold(resource[-1])):
            self._resources.setdefault(shape, resource)

    def learn_parameters(self, path: str, names: Iterable[str]) -> None:
        """Remember what the parameters of a path are called here."""
        segments = path.strip("/").split("/")
        places = [place for place, segment in enumerate(segments) for _ in PARAMETER.findall(segment)]
        for place, name in zip(places, names, strict=False):
            self._names.setdefault(shape_of("/".join(segments[: place + 1])), name)

    def parameters(self, path: str) -> list[str]:
        """What the parameters of a path are called here, "" for one that nobody knows."""
        segments = path.strip("/").split("/")
        places = [n for n, segment in enumerate(segments) for _ in PARAMETER.findall(segment)]
        return [self._names.get(shape_of("/".join(segments[: place + 1])), "") for place in places]

    def name(self, endpoint: Endpoint, *, is_list: bool, is_paged: bool) -> tuple[tuple[str, ...], str]:
        """The resource and the verb of an unknown operation."""
        shape = endpoint.shape
        segments = endpoint.path.strip("/").split("/")
        start = next((n for n in range(len(shape), 0, -1) if shape[:n] in self._resources), 0)
        known = self._resources.get(shape[:start], ())
        words = [
            naming.snake(segment)
            for segment in segments[start:]
            if not PARAMETER.search(segment) and (known or fold(segment) not in _ROOT_WORDS)
        ]
        verb = self._verb(endpoint, is_list=is_list, is_paged=is_paged)
        if not verb and words and len(known) + len(words) > 1:
            verb = words.pop()
            if shape[-1] == "{}" and shape[-2] == _stem(segments[-1]):
                verb = f"by_{verb}"
        resource = (*known, *words)
        return resource or ("default",), verb or ("get" if endpoint.method == "get" else "run")

    def _verb(self, endpoint: Endpoint, *, is_list: bool, is_paged: bool) -> str:
        """The verb, or "" where the last word of the path is it."""
        shape, method = endpoint.shape, endpoint.method
        here = self._shapes.get(shape, set())
        below = any(len(other) > len(shape) and other[: len(shape)] == shape for other in self._shapes)
        usual = {"patch": "update", "put": "update", "delete": "delete"}
        if method in usual:
            return usual[method]
        if method == "post":
            return "create" if shape[-1] == "{}" or "get" in here or (*shape, "{}") in self._shapes else ""
        if method != "get":
            return method
        if shape[-1] == "{}":
            return self._verb_of_item(endpoint)
        if is_list:
            return "list" if below or is_paged or here != {"get"} or not self._is_aspect(shape) else ""
        return "get" if below or here & {"patch", "put", "delete"} else ""

    def _is_aspect(self, shape: Shape) -> bool:
        """Whether a path names an aspect of what is before it (`/analytics/agents`), and not a collection."""
        if len(shape) < 2 or shape[-2] == "{}":  # a word, and one before it
            return False
        beside = (other for other in self._shapes if len(other) == len(shape) and other[:-1] == shape[:-1])
        return shape[:-1] in self._shapes or any(other[-1] != "{}" and other not in self._lists for other in beside)

    def _verb_of_item(self, endpoint: Endpoint) -> str:
        """`get`; "" where the word before the parameter is a question of its own: `/can-send/{teamId}`."""
        shape, stem = endpoint.shape, _stem(endpoint.path.rsplit("/", 1)[-1])
        if "get" in self._shapes.get(shape[:-1], set()):
            return "get" if shape[:-1] in self._lists else f"by_{stem}"
        is_collection = shape[-2:-1] != (stem,) and "".join(shape[-2:-1]).startswith(stem)
        return "get" if is_collection or shape[-2:-1] == ("{}",) or shape[:-2] not in self._shapes else ""

    def learn_tag(self, theirs: Any, ours: str) -> None:
        """Remember that a known operation with this tag of theirs has this one here."""
        if isinstance(theirs, str):
            self._tags.setdefault(fold(theirs), Counter())[ours] += 1

    def tag(self, endpoint: Endpoint, resource: str) -> str:
        """The tag of an unknown operation: ours for theirs, theirs, or the resource in words."""
        for tag in as_list(endpoint.raw.get("tags")):
            if isinstance(tag, str) and tag.strip():
                votes = self._tags.get(fold(tag))
                return votes.most_common(1)[0][0] if votes else tag
        return " ".join(word.capitalize() for word in naming.words(resource))


def _schemes(security: Any) -> set[str]:
    """The names of the schemes in a `security`, which the check of a document's shape does not look at."""
    return {name for each in security if is_mapping(each) for name in each} if is_list(security) else set()


def _stem(segment: str) -> str:
    """`member` of `{memberId}`, folded."""
    return fold(PARAMETER.sub(r"\1", segment)).removesuffix("id")


def pagination(names: Iterable[str], *, is_list: bool) -> str:
    """How a list is paged, by the names of its query parameters."""
    folded = {fold(name) for name in names}
    if not is_list:
        return "none"
    if folded & {fold(name) for name in CURSOR}:
        return "cursor"
    return "page" if folded & {fold(name) for name in PAGE} else "none"


def key(endpoint: Endpoint, document: dict[str, Any]) -> str:
    """Which API key an operation needs, by its security."""
    security = endpoint.raw.get("security", document.get("security"))
    own, offered = _schemes(security), _schemes(document.get("security"))
    if security is not None and not own:
        return "none"
    if own and len(own) < len(offered):
        return "secret"
    return "any" if endpoint.method in {"get", "head"} else "secret"
