"""`Call`: one request as an object that can be awaited, more than once."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cstar_async.errors import DecodeError

from .idempotency import NO_IDEMPOTENCY_KEY, idempotency_key_for
from .options import NO_OPTIONS
from .representation import safe_repr
from .request import Request
from .response import RawResponse, Response, read_result
from .serialization import drop_unset

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Sequence
    from typing import Self

    from .operation import Operation
    from .rate_limit import Priority
    from .requester import Requester

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
CallT = TypeVar("CallT", bound="Call[Any]")


class BaseClient:
    """The base of the client's classes: what a Call is made from."""

    _requester: Requester


class Call(Generic[T_co]):
    """A request as a value: `await` it to send it and get its result.

    Nothing is sent before the first await, and every await sends a new request. A Call compares and hashes by identity,
    so that two equal Calls given to `asyncio.gather` are two requests.

    **A write happens once.** A POST or PATCH carries an idempotency key. All awaits of the Call use the same key until
    a readable, final answer arrives: a success that can be decoded, or a refusal by the service itself while no earlier
    attempt is in doubt. Until then the write is done at most once, however often the Call is awaited and whatever
    arrives instead: nothing, half an answer, a page of a proxy, a 5xx, "in progress". After that answer, the next await
    is a new write. Errors of a write that may have been done have `outcome_unknown` set.

    This depends on the service, which is documented to remember keys for 24 h: do not await a Call in doubt later than
    that. It does not hold for operations that take no idempotency key. A DELETE is retried only if the previous attempt
    cannot have done anything (no connection, 429); awaited again after it was done, it raises NotFoundError. A POST of
    the operations without an API key (`customer_auth`, `library`, `public_community`) may be done twice if it is
    awaited again while in doubt, since they are not documented to take an idempotency key; the sandbox honours that of
    `customer_auth.refresh`.

    A Call that is never used warns (RuntimeWarning), as a coroutine that is never awaited does.
    """

    __slots__ = ("__weakref__", "_decode", "_request", "_requester", "_used")

    def __init__(
        self,
        client: BaseClient,
        operation: Operation,
        path_args: tuple[str, ...],
        query: Mapping[str, object] | None,
        json: Mapping[str, object] | Sequence[object] | None,
        decode: Callable[[Any], Any] | None,
        /,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if json is not None and isinstance(json, Mapping):
            json = drop_unset(json)
        self._requester = client._requester  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
        self._decode = decode
        self._request = Request(operation, path_args, query, json, headers, NO_OPTIONS, idempotency_key_for(operation))
        self._used = False

    @property
    def operation(self) -> Operation:
        """The endpoint, as the contract describes it."""
        return self._request.operation

    def __await__(self) -> Generator[Any, None, T_co]:
        return self.send().__await__()

    def send(self) -> Coroutine[Any, Any, T_co]:
        """Send the request: the coroutine of `await call`, for `TaskGroup.create_task`, which takes only coroutines.

        Raises an error of `cstar_async.errors`; ValueError or TypeError for arguments that cannot be sent (an empty
        id, for example); RuntimeError if the client is closed or belongs to another event loop.
        """
        self._used = True
        return self._fetch()

    async def _fetch(self) -> T_co:
        return self._read(await self._requester.send(self._request))

    async def response(self) -> Response[T_co]:
        """Send the request; return the result with status, headers, request id, attempts and raw body."""
        self._used = True
        answer = await self._requester.send(self._request)
        return Response(self._read(answer), answer)

    def _read(self, answer: RawResponse) -> T_co:
        request = self._request
        cell = request.cell
        if cell is NO_IDEMPOTENCY_KEY:
            read: T_co = read_result(request.operation, answer, self._decode, request.path_args)
            return read
        try:
            result: T_co = read_result(request.operation, answer, self._decode, request.path_args)
        except DecodeError as error:
            # The write may have been done, so its key is kept: the next await is the same write.
            cell.in_doubt = error.outcome_unknown = True
            raise
        cell.succeeded(answer.idempotency_key)
        return result

    def options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_retries: int | None = None,
        idempotency_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        priority: Priority | None = None,
    ) -> Self:
        """Return a copy with other options; None leaves one as it is.

        Args:
            timeout: Seconds for one attempt, to the end of the body.
            deadline: Seconds for the whole call, from the await: queueing, quota, attempts, backoff. For a list, for
                the whole iteration.
            max_retries: Retries after a transient failure; 0 for none.
            idempotency_key: A key of your own; it is kept, whatever the answer. The service is documented to repeat its
                answer to an equal write with the same key for 24 h.
            headers: More headers, for example `CStar-Version`; added to those of earlier `options`. Operations that
                take no API key (`customer_auth`, `public_community`) carry a customer's token this way:
                `headers={"Authorization": f"Bearer {token}"}`. `cstar_async.public` does this by itself.
            priority: `"bulk"` marks background work: it is spread over the hour, leaves a reserve of the quota to
                other calls, and waits for the quota without a limit.

        Raises:
            ValueError: A number is out of range.
            TypeError: An option has the wrong type.
        """
        self._used = True
        changed = self._request.options.changed(
            timeout=timeout,
            deadline=deadline,
            max_retries=max_retries,
            idempotency_key=idempotency_key,
            headers=headers,
            priority=priority,
        )
        return self._with(self._request.replace(options=changed))

    def _with(self, request: Request) -> Self:
        """Return a copy that sends another request; this Call counts as used."""
        self._used = True
        copy = type(self).__new__(type(self))
        copy._requester, copy._decode = self._requester, self._decode  # noqa: SLF001  # same class
        copy._request, copy._used = request, False  # noqa: SLF001  # same class
        return copy

    def _through(self, requester: Requester) -> Self:
        """Return a copy that another requester sends; this Call counts as used."""
        copy = self._with(self._request)
        copy._requester = requester  # noqa: SLF001  # same class
        return copy

    def as_curl(self) -> str:
        """The request as a curl command, with `$CSTAR_API_KEY` for the key and `{teamId}` for the team."""
        self._used = True
        request, requester = self._request, self._requester
        return request.as_curl(requester.base_url, requester.curl_options(request.operation))

    def _mark_used(self) -> None:
        """Suppress the warning about an unused call: `gather` may end before it sends this one."""
        self._used = True

    @safe_repr
    def __repr__(self) -> str:
        operation = self._request.operation
        return f"<{type(self).__name__} {operation.id or 'call'}: {operation.method} {operation.path}>"

    def __del__(self) -> None:
        # getattr: __init__ may have failed before the slot was filled.
        if getattr(self, "_used", True) or sys.is_finalizing():
            return
        warnings.warn(f"{self!r} was never awaited, so nothing was sent", RuntimeWarning, stacklevel=2, source=self)


def request_of(call: Call[Any]) -> Request:
    """The request of a call, which counts as used."""
    call._mark_used()  # noqa: SLF001  # this module's class  # pyright: ignore[reportPrivateUsage]
    return call._request  # noqa: SLF001  # this module's class  # pyright: ignore[reportPrivateUsage]


def with_request(call: CallT, request: Request) -> CallT:
    """Return a call that sends another request, and reads its answer in the same way."""
    return call._with(request)  # noqa: SLF001  # this module's class  # pyright: ignore[reportPrivateUsage]


def requester_of(client: BaseClient | Call[Any]) -> Requester:
    """What a client sends its requests with, or a call."""
    return client._requester  # noqa: SLF001  # this module's classes  # pyright: ignore[reportPrivateUsage]


class CallByStatus(Call[T_co]):
    """A Call of an operation with several success answers: the status of an answer decides how it is read."""

    __slots__ = ("_answers",)

    def __init__(
        self,
        client: BaseClient,
        operation: Operation,
        path_args: tuple[str, ...],
        query: Mapping[str, object] | None,
        json: Mapping[str, object] | Sequence[object] | None,
        answers: Mapping[str, tuple[str, Callable[[Any], Any] | None]],
        /,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Make the call.

        Args:
            client: The client that sends it.
            operation: The endpoint.
            path_args: The path parameters.
            query: The query parameters.
            json: The body.
            answers: Content and decoder by status: `200`, `2XX` or `default`. Another status is read as the first.
            headers: More headers.
        """
        super().__init__(client, operation, path_args, query, json, None, headers=headers)
        self._answers = answers

    def _with(self, request: Request) -> Self:
        copy = super()._with(request)
        copy._answers = self._answers  # noqa: SLF001  # same class
        return copy

    def _read(self, answer: RawResponse) -> T_co:
        answers, status = self._answers, str(answer.status)
        found = next((answers[key] for key in (status, f"{status[0]}XX") if key in answers), None)
        content, decode = found or next(iter(answers.values()))
        operation = self._request.operation._replace(content=content)
        reader = super()._with(self._request.replace(operation=operation))
        reader._decode, reader._used = decode, True  # noqa: SLF001  # same class
        return super(CallByStatus, reader)._read(answer)
