"""Which operation of one document is which of another: by method and path, whatever the parameters are called."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from codegen.check import METHODS
from codegen.load import as_mapping
from codegen.servers import PARAMETER, whole_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codegen.references import Resolver

Shape = tuple[str, ...]
_FEWEST_VOTES = 3
_LONGEST_BEGINNING = 6


@cache
def fold(name: str) -> str:
    """A name without what documents write differently: capitals, blanks, hyphens and underscores. A sign stays."""
    return name[:1].casefold() + re.sub(r"[-_\s]", "", name[1:]).casefold()


@attrs.frozen(eq=False)
class Endpoint:
    """An operation at its place."""

    method: str
    path: str
    """The whole path, with that of the server."""
    place: str
    """Where it stands in its document, for messages: `GET /tickets`."""
    item: dict[str, Any]
    raw: dict[str, Any]

    @property
    def shape(self) -> Shape:
        """The path with every parameter as `{}` and its words folded."""
        return shape_of(self.path)

    @property
    def names(self) -> list[str]:
        """The path parameters, in order."""
        return PARAMETER.findall(self.path)


def shape_of(path: str) -> Shape:
    """The segments of a path with every parameter as `{}` and all words folded."""
    return tuple(
        "{}".join(fold(word) for word in re.split(r"{[^{}]*}", segment)) for segment in path.strip("/").split("/")
    )


def endpoints(document: dict[str, Any], resolver: Resolver) -> list[Endpoint]:
    """All operations of a document, with their whole paths."""
    found: list[Endpoint] = []
    for path, raw_item in as_mapping(document.get("paths")).items():
        item = as_mapping(resolver.follow(raw_item))
        for method in (key for key in item if key in METHODS):
            raw = as_mapping(resolver.follow(item[method]))
            whole = whole_path(path, (raw, item, document)).rstrip("/") or "/"
            found.append(Endpoint(method, whole, f"{method.upper()} {path}", item, raw))
    return found


def match(theirs: Sequence[Endpoint], ours: Sequence[Endpoint]) -> list[tuple[Endpoint, Endpoint]]:
    """Pairs of operations that are the same one, theirs first, in their order.

    The same method and shape make a pair; PUT and PATCH stand for each other where there is no exact pair. If the
    beginnings of the paths differ as a whole (`/v2` for `/api/v1/teams/{}`), the two under which most operations
    coincide are the same. At last an operation whose last words fit one of ours alone.
    """
    matcher = _Matcher(theirs, ours)
    matcher.exact()
    while matcher.beginnings():
        pass
    matcher.leftovers()
    order = {id(endpoint): number for number, endpoint in enumerate(theirs)}
    return sorted(matcher.pairs, key=lambda pair: order[id(pair[0])])


class _Matcher:
    def __init__(self, theirs: Iterable[Endpoint], ours: Iterable[Endpoint]) -> None:
        self.pairs: list[tuple[Endpoint, Endpoint]] = []
        self._theirs = list(theirs)
        self._ours = list(ours)

    def exact(self) -> None:
        """Pair what has the same method and shape."""
        for exactly in (True, False):
            index: dict[tuple[str, Shape], Endpoint] = {}
            for endpoint in self._ours:
                index.setdefault((_verb(endpoint, exactly=exactly), endpoint.shape), endpoint)
            for endpoint in list(self._theirs):
                partner = index.pop((_verb(endpoint, exactly=exactly), endpoint.shape), None)
                if partner is not None:
                    self._pair(endpoint, partner)

    def beginnings(self) -> bool:
        """Pair what is the same under the pair of beginnings that most have. False if too few have one."""
        votes: Counter[tuple[Shape, Shape]] = Counter()
        index: defaultdict[tuple[str, Shape], list[Shape]] = defaultdict(list)
        for endpoint in self._ours:
            for beginning, rest in _splits(endpoint.shape):
                index[_verb(endpoint), rest].append(beginning)
        for endpoint in self._theirs:
            for beginning, rest in _splits(endpoint.shape):
                votes.update((beginning, ours) for ours in index[_verb(endpoint), rest])
        # Longer beginnings never have more votes; of equal ones the shortest says most.
        best = max(votes, key=lambda pair: (votes[pair], -len(pair[0]) - len(pair[1]), pair), default=None)
        if best is None or votes[best] < _FEWEST_VOTES:
            return False
        beginning, replacement = best
        known = {(_verb(endpoint), endpoint.shape): endpoint for endpoint in reversed(self._ours)}
        for endpoint in list(self._theirs):
            if endpoint.shape[: len(beginning)] == beginning:
                partner = known.pop((_verb(endpoint), (*replacement, *endpoint.shape[len(beginning) :])), None)
                if partner is not None:
                    self._pair(endpoint, partner)
        return True

    def leftovers(self) -> None:
        """Pair the rest by their last words, where these are two or more and fit one on each side."""
        index: defaultdict[tuple[str, Shape], list[Endpoint]] = defaultdict(list)
        for endpoint in self._ours:
            index[_verb(endpoint), _last_words(endpoint.shape)].append(endpoint)
        candidates: defaultdict[tuple[str, Shape], list[Endpoint]] = defaultdict(list)
        for endpoint in self._theirs:
            candidates[_verb(endpoint), _last_words(endpoint.shape)].append(endpoint)
        for key, found in candidates.items():
            if len(key[1]) > 1 and len(found) == 1 and len(index[key]) == 1:
                self._pair(found[0], index[key][0])

    def _pair(self, theirs: Endpoint, ours: Endpoint) -> None:
        self.pairs.append((theirs, ours))
        self._theirs.remove(theirs)
        self._ours.remove(ours)


def _verb(endpoint: Endpoint, *, exactly: bool = False) -> str:
    return "patch" if endpoint.method == "put" and not exactly else endpoint.method


def _splits(shape: Shape) -> Iterator[tuple[Shape, Shape]]:
    """The ways to cut a path into a beginning and a rest that has a word in it."""
    for cut in range(min(len(shape), _LONGEST_BEGINNING)):
        if any(segment != "{}" for segment in shape[cut:]):
            yield shape[:cut], shape[cut:]


def _last_words(shape: Shape) -> Shape:
    """The last two words of a path, with the parameters between and behind them."""
    words = [place for place, segment in enumerate(shape) if segment != "{}"]
    return shape[words[-2] :] if len(words) > 1 else ()
