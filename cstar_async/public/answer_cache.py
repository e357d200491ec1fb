"""Keeps answers of the library for a while."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs

from cstar_async._core.deadline import Deadline, earliest_deadline
from cstar_async._core.http_semantics import SAFE_METHODS
from cstar_async._core.single_flight import SingleFlight

from .wrapped_requester import WrappedRequester

if TYPE_CHECKING:
    from cstar_async._core.request import Request
    from cstar_async._core.requester import Requester
    from cstar_async._core.response import RawResponse

MOST_KEPT: Final = 1_000
"""Answers. The one that was read longest ago is dropped for a new one."""


class CachingRequester(WrappedRequester):
    """Keeps successful answers to reads for some seconds. Callers that need the same answer wait for one request."""

    def __init__(self, inner: Requester, seconds: float) -> None:
        super().__init__(inner)
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, RawResponse]] = OrderedDict()
        """The answer to each target, and when it came."""
        self._pending: dict[str, SingleFlight[RawResponse]] = {}

    async def send(self, request: Request, deadline: Deadline | None = None) -> RawResponse:
        """The answer that is kept, or a new one. See `Requester`."""
        if request.operation.method not in SAFE_METHODS or request.headers or request.options.headers:
            return await self._inner.send(request, deadline)
        self.require_open()
        target = request.target(None)
        kept = self._kept.get(target)
        if kept is not None and self.clock.monotonic() - kept[0] < self._seconds:
            self._kept.move_to_end(target)
            return kept[1]
        if deadline is None and request.options.deadline is not None:
            deadline = Deadline(request.options.deadline, self.clock)
        flight = self._pending.get(target)
        if flight is None:
            fetch = partial(self._fetch, request, target)
            flight = SingleFlight(self._inner, fetch, lambda: request.operation, "the library")
            self._pending[target] = flight
        return await flight.run(earliest_deadline(deadline))

    async def _fetch(self, request: Request, target: str) -> RawResponse:
        try:
            # The deadline of the first caller is not that of the others.
            answer = await self._inner.send(request.replace(options=attrs.evolve(request.options, deadline=None)))
            self._kept[target] = self.clock.monotonic(), answer
            self._kept.move_to_end(target)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return answer
        finally:
            self._pending.pop(target, None)
