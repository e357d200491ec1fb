"""Names and columns of operations that nobody has named, by convention."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from codegen import naming
from codegen.load import as_list, is_mapping

from .places import PARAMETER, fold, shape_of

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
        everything: All operations of the service's document.
    """

    def __init__(self, known: Iterable[tuple[Endpoint, str]], everything: Iterable[Endpoint]) -> None:
        self._resources: dict[Shape, tuple[str, ...]] = {}
        self._names: dict[Shape, str] = {}
        self._tags: dict[str, Counter[str]] = {}
        for endpoint, operation_id in known:
            self._learn(endpoint.shape, tuple(operation_id.split(".")[:-1]), operation_id.split(".")[-1])
        self._shapes: dict[Shape, set[str]] = {}
        for endpoint in everything:
            self._shapes.setdefault(endpoint.shape, set()).add(endpoint.method)

    def _learn(self, shape: Shape, resource: tuple[str, ...], verb: str) -> None:
        """Remember which beginnings of a path are which resource."""
        words = [place for place, segment in enumerate(shape) if segment != "{}"]
        if words and fold(verb) == shape[words[-1]] and words[-1] == len(shape) - 1:
            shape = shape[:-1]
        elif words and (fold(resource[-1]) == shape[words[-1]] or len(resource) == 1):
            self._resources.setdefault(shape[: words[-1] + 1], resource)
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

    def name(self, endpoint: Endpoint, *, is_list: bool) -> tuple[tuple[str, ...], str]:
        """The resource and the verb of an unknown operation."""
        shape = endpoint.shape
        segments = endpoint.path.strip("/").split("/")
        start = next((n for n in range(len(shape), 0, -1) if shape[:n] in self._resources), 0)
        resource = list(self._resources.get(shape[:start], ()))
        words = [
            naming.snake(segment)
            for segment in segments[start:]
            if not PARAMETER.search(segment) and (resource or fold(segment) not in _ROOT_WORDS)
        ]
        ends_in_word = shape[-1] != "{}" and start < len(shape)
        verb = self._verb(endpoint, is_list=is_list)
        if not verb and ends_in_word and words:
            verb = words.pop()
        elif (
            endpoint.method == "get" and shape[-1] == "{}" and len(shape) > 1 and words
            and fold(PARAMETER.sub(r"\1", segments[-1])) in {f"{shape[-2]}id", shape[-2]}
            and (*shape[:-2], "{}") in self._shapes
        ):  # fmt: skip
            verb = f"by_{words.pop()}"
        resource += words
        return tuple(resource or ["default"]), verb or "get"

    def _verb(self, endpoint: Endpoint, *, is_list: bool) -> str:
        """The verb, or "" where the last word of the path is it."""
        shape, method = endpoint.shape, endpoint.method
        here = self._shapes.get(shape, set())
        below = any(len(other) > len(shape) and other[: len(shape)] == shape for other in self._shapes)
        has_item = (*shape, "{}") in self._shapes
        ends_in_word = shape[-1] != "{}"
        if method in {"patch", "put"}:
            return "update"
        if method == "delete":
            return "delete"
        if method == "get":
            if not ends_in_word:
                return "get"
            if is_list:
                return "list"
            return "get" if below or here & {"patch", "put", "delete"} else ""
        if method == "post":
            return "create" if not ends_in_word or "get" in here or has_item else ""
        return method

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
    if security is not None and not [each for each in as_list(security) if each]:
        return "none"
    own = {name for each in as_list(security) if is_mapping(each) for name in each}
    offered = {name for each in as_list(document.get("security")) if is_mapping(each) for name in each}
    if own and len(own) < len(offered):
        return "secret"
    return "any" if endpoint.method in {"get", "head"} else "secret"
