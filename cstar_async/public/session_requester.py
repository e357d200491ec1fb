"""Sends calls with a customer's token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async._core.deadline import Deadline, earliest_deadline
from cstar_async._core.headers import AUTHORIZATION
from cstar_async._core.secrets import Secret
from cstar_async.errors import AuthenticationError

from .wrapped_requester import WrappedRequester

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from cstar_async._core.operation import Operation
    from cstar_async._core.request import Request
    from cstar_async._core.requester import Requester
    from cstar_async._core.response import RawResponse

    from .tokens import Tokens


class SessionRequester(WrappedRequester):
    """Sends requests with a customer's token, through the client of the session."""

    def __init__(
        self,
        inner: Requester,
        usable_tokens: Callable[[Deadline | None], Coroutine[Any, Any, Tokens]],
        tokens_after_refusal: Callable[[Tokens, Deadline | None], Coroutine[Any, Any, tuple[Tokens, bool]]],
    ) -> None:
        super().__init__(inner)
        self._usable_tokens = usable_tokens
        self._tokens_after_refusal = tokens_after_refusal

    async def send(self, request: Request, deadline: Deadline | None = None) -> RawResponse:
        """Send a request, once more with new tokens if they are refused. See `Requester`."""
        if deadline is None and request.options.deadline is not None:
            deadline = Deadline(request.options.deadline, self.clock)
        limit = earliest_deadline(deadline)
        tokens = await self._usable_tokens(limit)
        are_new = False
        for _ in range(2):
            if are_new:
                break
            try:
                return await self._inner.send(_authorized(request, tokens), deadline)
            except AuthenticationError:
                # Those that another process has put into the store may be over, too.
                tokens, are_new = await self._tokens_after_refusal(tokens, limit)
        return await self._inner.send(_authorized(request, tokens), deadline)

    def stream(self, request: Request, deadline: Deadline | None) -> AbstractAsyncContextManager[Any]:  # noqa: ARG002  # the interface
        """No stream takes a customer's token."""
        raise ValueError(f"{request.operation.id} takes no customer's token")

    def curl_options(self, operation: Operation) -> tuple[str, ...]:  # noqa: ARG002  # the interface
        """The option of curl for the token. See `Requester`."""
        return ('-H "Authorization: Bearer $CSTAR_CUSTOMER_TOKEN"',)


def _authorized(request: Request, tokens: Tokens) -> Request:
    token = Secret("Bearer " + tokens.access_token)
    return request.replace(options=request.options.changed(headers={AUTHORIZATION.title(): token}))
