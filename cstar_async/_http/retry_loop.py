"""The way of one request: quota, attempt, and again if that is right, until there is an answer or an error."""

from __future__ import annotations

import datetime as dt
import logging
import math
from contextlib import asynccontextmanager
from random import random
from typing import TYPE_CHECKING, Any, Final

from multidict import CIMultiDict

from cstar_async._core.http_semantics import CONTENT_TYPE, is_event_stream
from cstar_async._core.idempotency import NO_IDEMPOTENCY_KEY
from cstar_async._core.requester import NoMoreEventsError
from cstar_async._core.response import RawResponse, request_id
from cstar_async._core.secrets import Secret, clean_text, without_secrets
from cstar_async._quota.budget import LONGEST_WAIT
from cstar_async._version import __version__
from cstar_async.errors import (
    APIError,
    ConfigError,
    ConflictError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    QuotaExceededError,
    SecretKeyRequiredError,
)

from . import error_mapping
from .error_mapping import AttemptInfo
from .retry_policy import LONGEST_RETRY_AFTER, backoff, is_transient, spread
from .transport import NEVER_SENT, TRANSPORT_ERRORS, BodyTooLargeError, attempt_timeout, is_permanent, read_beginning

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping

    import aiohttp

    from cstar_async._core.deadline import Deadline
    from cstar_async._core.request import Request
    from cstar_async._quota.budget import Budget
    from cstar_async.clock import Clock

    from .settings import Settings
    from .transport import Transport

logger = logging.getLogger("cstar_async")

TOO_MANY_REQUESTS: Final = 429
USER_AGENT: Final = f"cstar-async/{__version__}"


class RetryLoop:
    """What all requests of one client share, and `send`, which takes one of them through."""

    def __init__(
        self, settings: Settings, transport: Transport, quota: Budget, clock: Clock, timeout: float, max_retries: int
    ) -> None:
        self._key_kind = settings.key_kind
        self._has_key = settings.api_key is not None
        self._transport = transport
        self._quota = quota
        self._clock = clock
        self._timeout = timeout
        self._client_timeout = attempt_timeout(timeout)
        self._max_retries = max_retries
        self._limiter = transport.limiter
        self._host = transport.base_url
        self._secrets: tuple[str, ...] = (
            *(() if settings.api_key is None else (settings.api_key,)),
            *(() if settings.proxy is None else settings.proxy.secrets),
        )
        self.random: Callable[[], float] = random
        # Made once and passed on as they are: merging headers per request costs a tenth of a small one.
        self._anonymous = CIMultiDict({"User-Agent": USER_AGENT, "Accept": "application/json"})
        if not transport.decompresses:
            self._anonymous["Accept-Encoding"] = "identity"
        self._authorized = self._anonymous.copy()
        if settings.api_key is not None:
            self._authorized["Authorization"] = Secret(f"Bearer {str(settings.api_key)}")  # noqa: RUF010
        quota.assume(self._key_kind, settings.key_identity)

    def check(self, request: Request) -> None:
        """Refuse what cannot work, before anything is sent."""
        operation = request.operation
        if operation.key == "none":
            return
        if not self._has_key:
            raise ConfigError(
                f"{operation.method} {operation.path} needs an API key: pass api_key= to CStarClient, "
                "or set CSTAR_API_KEY",
                method=operation.method,
                path=operation.path,
            )
        if operation.key == "secret" and self._key_kind == "publishable":
            raise SecretKeyRequiredError(
                f"{operation.method} {operation.path} needs a secret key (sk_…), and the client has a publishable one "
                "(pk_…), which can only read; pass the secret key as api_key= to CStarClient, or set CSTAR_API_KEY",
                method=operation.method,
                path=operation.path,
            )

    async def send(self, request: Request, target: str, deadline: Deadline | None) -> RawResponse:
        """The successful answer, after as many attempts as the rules of `retry` allow. Raises an error of ours."""
        clock, options, operation = self._clock, request.options, request.operation
        started = clock.monotonic()
        body = request.body()
        key = request.idempotency_key()
        headers = self._headers(request, key, has_body=body is not None)
        secrets = self._secrets
        if options.headers is not None:
            secrets += tuple(value for value in headers.values() if isinstance(value, Secret))
        allowed = 1 + (self._max_retries if options.max_retries is None else options.max_retries)
        attempt = 0
        server_requested = False
        try:
            while True:
                attempt += 1
                asked = AttemptInfo(operation.method, operation.path, attempt, allowed, key, secrets)
                try:
                    answer = await self._attempt(
                        request, target, headers, body, deadline, asked, server_requested=server_requested
                    )
                except DeadlineExceededError:
                    raise  # it is a TimeoutError too, but final
                except TRANSPORT_ERRORS as error:
                    failure, again = self._unanswered(request, asked, error)
                else:
                    if 200 <= answer.status < 300:
                        answer.attempts = attempt
                        answer.idempotency_key = key
                        answer.secrets = asked.secrets
                        answer.elapsed = clock.monotonic() - started
                        logger.debug("%s: %d in %.3f s", asked, answer.status, answer.elapsed)
                        return answer
                    failure, again = self._refused(request, asked, answer)
                if self._transport.closed:
                    raise RuntimeError(f"the client was closed while this request was under way ({asked})") from failure
                if not again or attempt >= allowed:
                    raise failure
                wait = self._wait_before_retry(failure, asked, deadline)
                logger.info("%s; the next attempt is in %.2f s", failure, wait)
                await clock.sleep(wait)
                server_requested = isinstance(failure, APIError) and failure.retry_after is not None
        except CStarError as error:
            error.outcome_unknown = request.cell.in_doubt
            raise

    def _unanswered(self, request: Request, asked: AttemptInfo, error: BaseException) -> tuple[CStarError, bool]:
        """The error for an attempt without a whole answer, and whether to try again if there are attempts left."""
        again = (request.repeatable or isinstance(error, NEVER_SENT)) and not is_permanent(error)
        asked = asked if again else asked._replace(allowed=asked.attempt)
        if isinstance(error, TimeoutError):
            return error_mapping.timeout_error(asked, request.options.timeout or self._timeout, error), again
        failure = error_mapping.connection_error(asked, error)
        failure.transient = not is_permanent(error)
        return failure, again

    def _refused(self, request: Request, asked: AttemptInfo, answer: RawResponse) -> tuple[APIError, bool]:
        """The same for an answer that is not a success. Notes what it says of a write: not done, or nothing certain."""
        cell, held_back = request.cell, answer.status == TOO_MANY_REQUESTS
        may_repeat = request.repeatable or held_back
        failure = error_mapping.api_error(
            asked if may_repeat else asked._replace(allowed=asked.attempt), answer, self._clock.time()
        )
        if cell is not NO_IDEMPOTENCY_KEY and not held_back:
            if error_mapping.is_refusal(failure):
                cell.refused(asked.idempotency_key)
            else:
                cell.in_doubt = True
        # A 409 may be about an attempt of this same write that the service is still busy with.
        busy = isinstance(failure, ConflictError) and cell.in_doubt and asked.idempotency_key is not None
        return failure, may_repeat and (busy or is_transient(failure))

    @asynccontextmanager
    async def stream(
        self, request: Request, target: str, deadline: Deadline | None
    ) -> AsyncGenerator[Callable[[], Coroutine[Any, Any, bytes]]]:
        """One attempt at an endless answer: a function that reads its next piece, empty at the end.

        Raises an error of ours, while connecting and while reading.
        """
        operation = request.operation
        asked = AttemptInfo(operation.method, operation.path, 1, 1, None, self._secrets)
        if self._quota.wait(self._clock.monotonic(), request.options.priority):
            await self._wait_for_quota(request, deadline, asked)
        self._limit(request, deadline, asked)  # raises if it has passed
        left = math.inf if deadline is None else deadline.remaining()
        headers = self._headers(request, None, has_body=False)
        answered: Mapping[str, str] | None = None
        # On a session of the caller's the connection is one of a limited number, for as long as this block lasts.
        holds = not self._transport.owned
        if holds and not await self._limiter.hold(self._host, left):
            raise error_mapping.deadline_error(
                asked, "the deadline passed while it waited for a connection", sent=False
            )
        try:
            generation = self._quota.begin()
            try:
                response = await self._transport.connect(operation.method, target, headers, self._timeout, left)
                answered = response.headers
            finally:
                self._quota.end(generation, answered, self._clock.monotonic())
            async with response:
                if response.status == 204:
                    raise NoMoreEventsError
                if response.status != 200:
                    answer = RawResponse(response.status, response.headers, await read_beginning(response))
                    raise error_mapping.api_error(asked, answer, self._clock.time())
                if not is_event_stream(response.headers.get("Content-Type")):
                    raise await self._not_a_stream(request, response, asked)
                yield response.content.readany
        except TRANSPORT_ERRORS as error:
            if isinstance(error, TimeoutError) and deadline is not None and deadline.remaining() <= 0:
                failure: CStarError = error_mapping.deadline_error(
                    asked, f"the deadline of {deadline.seconds:g} s passed"
                )
            elif isinstance(error, TimeoutError) and answered is None:
                failure = error_mapping.timeout_error(asked, self._timeout, error)
            else:
                failure = error_mapping.connection_error(asked, error)
                failure.transient = not is_permanent(error)
            raise failure from without_secrets(error, asked.secrets)
        finally:
            if holds:
                self._limiter.release(self._host)

    async def _not_a_stream(
        self, request: Request, response: aiohttp.ClientResponse, asked: AttemptInfo
    ) -> DecodeError:
        """The error for a 200 with another content type, and what it says: it may be an error of the service."""
        given = response.headers.get("Content-Type")
        said = clean_text((await read_beginning(response)).decode("utf-8", "replace"), self._secrets)
        problem = (
            f"expected the content type {CONTENT_TYPE}, got {clean_text(given, self._secrets) if given else 'none'}"
        )
        return DecodeError(
            f"{request.operation.id}: {problem}: {said or 'an empty body'} ({asked})",
            problems=[f"$: {problem}"],
            status=200,
            operation=request.operation.id,
            request_id=request_id(response.headers, None),
            **asked.fields(),
        )

    def _headers(self, request: Request, key: str | None, *, has_body: bool) -> CIMultiDict[str]:
        prebuilt = self._anonymous if request.operation.key == "none" else self._authorized
        if key is None and not has_body and request.headers is None and request.options.headers is None:
            return prebuilt
        headers = prebuilt.copy()
        if has_body:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        for name, value in request.extra_headers().items():
            headers[name] = value
        return headers

    async def _attempt(
        self,
        request: Request,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        deadline: Deadline | None,
        asked: AttemptInfo,
        *,
        server_requested: bool,
    ) -> RawResponse:
        """One answer, with whatever status. Raises FAILURES, and what ends the whole send."""
        clock, quota = self._clock, self._quota
        # Operations without a key are not counted against the key's quota.
        metered = request.operation.key != "none"
        if metered and quota.wait(clock.monotonic(), request.options.priority, server_requested=server_requested):
            await self._wait_for_quota(request, deadline, asked)
        timeout, bounded = self._client_timeout, None
        generation = quota.begin(clock.monotonic(), request.options.priority) if metered else 0
        answer: RawResponse | None = None
        placed = self._limiter.take(self._host)
        try:
            if not placed:
                await self._wait_for_connection(deadline, asked)
                placed = True
            if deadline is not None or request.options.timeout is not None:
                timeout, bounded = self._limit(request, deadline, asked)
            try:
                answer = await self._transport.exchange(request.operation.method, target, headers, body, timeout)
            except BaseException as error:  # cancellation among them
                if request.cell is not NO_IDEMPOTENCY_KEY and not isinstance(error, NEVER_SENT):
                    request.cell.in_doubt = True
                failure = _broken_off(error, request, asked, bounded)
                if failure is None:
                    raise
                raise failure from without_secrets(error, asked.secrets)
            return answer
        finally:
            if placed:
                self._limiter.give(self._host)
            if metered:
                quota.end(generation, None if answer is None else answer.headers, clock.monotonic())

    async def _wait_for_connection(self, deadline: Deadline | None, asked: AttemptInfo) -> None:
        """Take a place among the connections. Its wait is not the attempt's: no `timeout` runs before it is sent."""
        remaining = math.inf if deadline is None else deadline.remaining()
        if remaining <= 0 or not await self._limiter.wait(self._host, remaining):
            reason = "the deadline passed while it waited for a connection"
            raise error_mapping.deadline_error(asked, reason, sent=False)

    def _limit(
        self, request: Request, deadline: Deadline | None, asked: AttemptInfo
    ) -> tuple[aiohttp.ClientTimeout, Deadline | None]:
        """The time limit of an attempt that begins now, and the deadline if it is that which sets it."""
        own = request.options.timeout
        if deadline is not None:
            remaining = deadline.remaining()
            if remaining <= 0:
                reason = f"the deadline of {deadline.seconds:g} s has passed"
                raise error_mapping.deadline_error(asked, reason, sent=False)
            if remaining < (self._timeout if own is None else own):
                return attempt_timeout(remaining), deadline
        return self._client_timeout if own is None else attempt_timeout(own), None

    async def _wait_for_quota(self, request: Request, deadline: Deadline | None, asked: AttemptInfo) -> None:
        """Return when the quota lets a request go; QuotaExceededError at once if that is too far off.

        Without a deadline an interactive call waits for a minute at most; bulk work, which nobody waits for, as long as
        it takes.
        """
        quota, bulk = self._quota, request.options.priority == "bulk"
        if deadline is not None:
            patience, bound = deadline.remaining(), f"the deadline of {deadline.seconds:g} s"
        else:
            patience, bound = (math.inf if bulk else LONGEST_WAIT + 1e-3), f"{LONGEST_WAIT:g} s"
        wait = await quota.admit(request.options.priority, self._clock, patience)
        if wait == 0:
            return
        moment = dt.datetime.fromtimestamp(self._clock.time() + wait, dt.UTC)
        state = (
            f"{quota.remaining} of the key's {quota.limit} requests of this hour are left, and bulk work gets its next"
            if bulk
            else f"the key's {quota.limit} requests of this hour are used up; there are new ones"
        )
        raise QuotaExceededError(
            f"{state} at {moment:%Y-%m-%d %H:%M:%SZ}, in {wait:.0f} s, which does not fit into {bound} ({asked})",
            available_at=moment,
            **asked.fields(sent=False),
        )

    def _wait_before_retry(self, failure: CStarError, asked: AttemptInfo, deadline: Deadline | None) -> float:
        """Seconds until the next attempt. Raises `failure`, or DeadlineExceededError, if there is to be none."""
        remaining = math.inf if deadline is None else deadline.remaining()
        wanted = failure.retry_after if isinstance(failure, APIError) else None
        if wanted is not None:
            if wanted > LONGEST_RETRY_AFTER or wanted >= remaining:
                raise failure
            wait = spread(wanted, self.random)
            return wait if wait < remaining else wanted
        wait = backoff(asked.attempt, self.random)
        if wait >= remaining:
            reason = f"the next attempt would be in {wait:.2f} s, the deadline is in {max(0.0, remaining):.2f} s"
            raise error_mapping.deadline_error(asked, reason, identity=failure.request_id) from failure
        return wait


def _broken_off(
    error: BaseException, request: Request, asked: AttemptInfo, bounded: Deadline | None
) -> CStarError | None:
    """The error that ends the whole send, for what ended an attempt; None if that is not for an attempt to say."""
    if isinstance(error, TimeoutError) and bounded is not None:
        reason = f"the deadline of {bounded.seconds:g} s passed before the whole answer was there"
        return error_mapping.deadline_error(asked, reason)
    if isinstance(error, BodyTooLargeError):
        return DecodeError(
            f"{error} ({asked})",
            problems=[f"$: {error}"],
            status=error.status,
            operation=request.operation.id,
            **asked.fields(),
        )
    return None
