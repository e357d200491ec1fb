"""Send one request: wait for the quota, make attempts, and retry, until there is an answer or a final error."""

from __future__ import annotations

import datetime as dt
import logging
import math
from contextlib import asynccontextmanager
from random import random
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.http_semantics import CONTENT_TYPE, is_event_stream
from cstar_async._core.idempotency import NO_IDEMPOTENCY_KEY
from cstar_async._core.requester import NoMoreEventsError
from cstar_async._core.response import RawResponse, request_id
from cstar_async._core.secrets import Secret, clean_text, without_secrets
from cstar_async._quota.budget import LONGEST_WAIT
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
from .request_headers import RequestHeaders
from .retry_policy import LONGEST_RETRY_AFTER, backoff, is_transient, spread
from .transport import NEVER_SENT, TRANSPORT_ERRORS, BodyTooLargeError, attempt_timeout, is_permanent, read_beginning

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping

    import aiohttp
    from multidict import CIMultiDict

    from cstar_async._core.deadline import Deadline
    from cstar_async._core.request import Request
    from cstar_async._quota.budget import Budget
    from cstar_async.clock import Clock

    from .settings import Settings
    from .transport import Transport

logger = logging.getLogger("cstar_async")

TOO_MANY_REQUESTS: Final = 429


class RetryLoop:
    """Sends requests, with the state that all requests of one client share."""

    def __init__(
        self, settings: Settings, transport: Transport, quota: Budget, clock: Clock, timeout: float, max_retries: int
    ) -> None:
        self._key_kind = settings.key_kind
        self._strict = settings.strict
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
        self._headers = RequestHeaders(settings, decompresses=transport.decompresses)
        self._is_cstar = settings.credentials is None
        if settings.credentials is None:
            quota.assume(self._key_kind, settings.key_identity)
        else:
            self._secrets += settings.credentials.secrets

    def check(self, request: Request) -> None:
        """Raise an error for a request that the client's key does not allow, before anything is sent."""
        operation = request.operation
        if operation.key == "none" or not self._is_cstar:
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
        """The successful answer, after as many attempts as `retry_policy` allows. Raises CStarError or RuntimeError."""
        clock, options, operation = self._clock, request.options, request.operation
        started = clock.monotonic()
        body = request.body()
        key = request.idempotency_key(always=self._is_cstar)
        target = self._headers.target(operation, target)
        headers = self._headers.of(request, key, body)
        content = None if body is None else body.content
        secrets = self._secrets
        if options.headers is not None or request.headers is not None:
            secrets += tuple(value for value in headers.values() if isinstance(value, Secret))
        allowed = 1 + (self._max_retries if options.max_retries is None else options.max_retries)
        attempt = 0
        server_requested = False
        try:
            while True:
                attempt += 1
                info = AttemptInfo(operation.method, operation.path, attempt, allowed, key, secrets)
                try:
                    answer = await self._attempt(
                        request, target, headers, content, deadline, info, server_requested=server_requested
                    )
                except DeadlineExceededError:
                    raise  # a TimeoutError too, but final
                except TRANSPORT_ERRORS as error:
                    failure, retry = self._transport_failure(request, info, error)
                else:
                    if 200 <= answer.status < 300:
                        answer.attempts = attempt
                        answer.idempotency_key = key
                        answer.secrets = info.secrets
                        answer.strict = self._strict
                        answer.elapsed = clock.monotonic() - started
                        logger.debug("%s: %d in %.3f s", info, answer.status, answer.elapsed)
                        return answer
                    failure, retry = self._status_failure(request, info, answer)
                if self._transport.closed:
                    raise RuntimeError(f"the client was closed while this request was in flight ({info})") from failure
                if not retry or attempt >= allowed:
                    raise failure
                wait = self._wait_before_retry(failure, info, deadline)
                logger.info("%s; the next attempt is in %.2f s", failure, wait)
                await clock.sleep(wait)
                server_requested = isinstance(failure, APIError) and failure.retry_after is not None
        except CStarError as error:
            error.outcome_unknown = request.cell.in_doubt
            raise

    def _transport_failure(self, request: Request, info: AttemptInfo, error: BaseException) -> tuple[CStarError, bool]:
        """The error for an attempt without a whole answer, and whether to retry if attempts are left."""
        retry = (request.repeatable or isinstance(error, NEVER_SENT)) and not is_permanent(error)
        info = info if retry else info._replace(allowed=info.attempt)
        if isinstance(error, TimeoutError):
            return error_mapping.timeout_error(info, request.options.timeout or self._timeout, error), retry
        failure = error_mapping.connection_error(info, error)
        failure.transient = not is_permanent(error)
        return failure, retry

    def _status_failure(self, request: Request, info: AttemptInfo, answer: RawResponse) -> tuple[APIError, bool]:
        """The same for an answer that is not a success. Records whether a write was refused or is in doubt."""
        cell, rate_limited = request.cell, answer.status == TOO_MANY_REQUESTS
        may_repeat = request.repeatable or rate_limited
        failure = error_mapping.api_error(
            info if may_repeat else info._replace(allowed=info.attempt), answer, self._clock.time()
        )
        if cell is not NO_IDEMPOTENCY_KEY and not rate_limited:
            if error_mapping.is_refusal(failure):
                cell.refused(info.idempotency_key)
            else:
                cell.in_doubt = True
        # A 409 may be about an earlier attempt of this write, which the service has not finished.
        busy = isinstance(failure, ConflictError) and cell.in_doubt and info.idempotency_key is not None
        return failure, may_repeat and (busy or is_transient(failure))

    @asynccontextmanager
    async def stream(
        self, request: Request, target: str, deadline: Deadline | None
    ) -> AsyncGenerator[Callable[[], Coroutine[Any, Any, bytes]]]:
        """One attempt at an endless answer: a function that reads its next piece, which is empty at the end.

        Raises CStarError, while connecting and while reading.
        """
        operation = request.operation
        target = self._headers.target(operation, target)
        info = AttemptInfo(operation.method, operation.path, 1, 1, None, self._secrets)
        if self._is_cstar and self._quota.wait(self._clock.monotonic(), request.options.priority):
            await self._wait_for_quota(request, deadline, info)
        self._limit(request, deadline, info)  # raises if the deadline has passed
        left = math.inf if deadline is None else deadline.remaining()
        body = request.body()
        headers = self._headers.of(request, None, body)
        answered: Mapping[str, str] | None = None
        # On a caller's session the stream uses one of a limited number of connections for as long as this block lasts.
        holds = not self._transport.owned
        if holds and not await self._limiter.hold(self._host, left):
            raise error_mapping.deadline_error(info, "the deadline passed while waiting for a connection", sent=False)
        try:
            token = self._quota.begin()
            try:
                content = None if body is None else body.content
                response = await self._transport.connect(
                    operation.method, target, headers, content, self._timeout, left
                )
                answered = response.headers
            finally:
                self._quota.end(token, answered, self._clock.monotonic())
            async with response:
                if response.status == 204:
                    raise NoMoreEventsError
                if response.status != 200:
                    answer = RawResponse(response.status, response.headers, await read_beginning(response))
                    raise error_mapping.api_error(info, answer, self._clock.time())
                if not is_event_stream(response.headers.get("Content-Type")):
                    raise await self._not_a_stream(request, response, info)
                yield response.content.readany
        except TRANSPORT_ERRORS as error:
            if isinstance(error, TimeoutError) and deadline is not None and deadline.remaining() <= 0:
                failure: CStarError = error_mapping.deadline_error(
                    info, f"the deadline of {deadline.seconds:g} s passed"
                )
            elif isinstance(error, TimeoutError) and answered is None:
                failure = error_mapping.timeout_error(info, self._timeout, error)
            else:
                failure = error_mapping.connection_error(info, error)
                failure.transient = not is_permanent(error)
            raise failure from without_secrets(error, info.secrets)
        finally:
            if holds:
                self._limiter.release(self._host)

    async def _not_a_stream(self, request: Request, response: aiohttp.ClientResponse, info: AttemptInfo) -> DecodeError:
        """The error for a 200 with another content type, with its text, which may be an error of the service."""
        given = response.headers.get("Content-Type")
        text = clean_text((await read_beginning(response)).decode("utf-8", "replace"), self._secrets)
        problem = (
            f"expected the content type {CONTENT_TYPE}, got {clean_text(given, self._secrets) if given else 'none'}"
        )
        return DecodeError(
            f"{request.operation.id}: {problem}: {text or 'an empty body'} ({info})",
            problems=[f"$: {problem}"],
            status=200,
            operation=request.operation.id,
            request_id=request_id(response.headers, None),
            **info.fields(),
        )

    async def _attempt(
        self,
        request: Request,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        deadline: Deadline | None,
        info: AttemptInfo,
        *,
        server_requested: bool,
    ) -> RawResponse:
        """One answer of any status. Raises TRANSPORT_ERRORS, and errors that are final for the request."""
        clock, quota = self._clock, self._quota
        # Operations without a key are not counted against the key's quota.
        metered = request.operation.key != "none" and self._is_cstar
        if metered and quota.wait(clock.monotonic(), request.options.priority, server_requested=server_requested):
            await self._wait_for_quota(request, deadline, info)
        timeout, limiting_deadline = self._client_timeout, None
        token = quota.begin(clock.monotonic(), request.options.priority) if metered else 0
        answer: RawResponse | None = None
        connected = self._limiter.take(self._host)
        try:
            if not connected:
                await self._wait_for_connection(deadline, info)
                connected = True
            if deadline is not None or request.options.timeout is not None:
                timeout, limiting_deadline = self._limit(request, deadline, info)
            try:
                answer = await self._transport.exchange(request.operation.method, target, headers, body, timeout)
            except BaseException as error:  # also a cancellation
                if request.cell is not NO_IDEMPOTENCY_KEY and not isinstance(error, NEVER_SENT):
                    request.cell.in_doubt = True
                failure = _final_error(error, request, info, limiting_deadline)
                if failure is None:
                    raise
                raise failure from without_secrets(error, info.secrets)
            return answer
        finally:
            if connected:
                self._limiter.give(self._host)
            if metered:
                quota.end(token, None if answer is None else answer.headers, clock.monotonic())

    async def _wait_for_connection(self, deadline: Deadline | None, info: AttemptInfo) -> None:
        """Wait for a connection and take it. The wait does not count as time of the attempt."""
        remaining = math.inf if deadline is None else deadline.remaining()
        if remaining <= 0 or not await self._limiter.wait(self._host, remaining):
            reason = "the deadline passed while waiting for a connection"
            raise error_mapping.deadline_error(info, reason, sent=False)

    def _limit(
        self, request: Request, deadline: Deadline | None, info: AttemptInfo
    ) -> tuple[aiohttp.ClientTimeout, Deadline | None]:
        """The time limit of an attempt that begins now, and the deadline if it sets that limit."""
        own = request.options.timeout
        if deadline is not None:
            remaining = deadline.remaining()
            if remaining <= 0:
                reason = f"the deadline of {deadline.seconds:g} s has passed"
                raise error_mapping.deadline_error(info, reason, sent=False)
            if remaining < (self._timeout if own is None else own):
                return attempt_timeout(remaining), deadline
        return self._client_timeout if own is None else attempt_timeout(own), None

    async def _wait_for_quota(self, request: Request, deadline: Deadline | None, info: AttemptInfo) -> None:
        """Wait until the quota allows a request. Raises QuotaExceededError at once if the wait would be too long.

        Without a deadline an interactive call waits for a minute at most, bulk work without a limit.
        """
        quota, bulk = self._quota, request.options.priority == "bulk"
        if deadline is not None:
            max_wait, limit = deadline.remaining(), f"the deadline of {deadline.seconds:g} s"
        else:
            max_wait, limit = (math.inf if bulk else LONGEST_WAIT + 1e-3), f"{LONGEST_WAIT:g} s"
        wait = await quota.admit(request.options.priority, self._clock, max_wait)
        if wait == 0:
            return
        moment = dt.datetime.fromtimestamp(self._clock.time() + wait, dt.UTC)
        state = (
            f"{quota.remaining} of the key's {quota.limit} requests of this hour are left, and bulk work may send again"
            if bulk
            else f"the key's {quota.limit} requests of this hour are used up; new ones are available"
        )
        raise QuotaExceededError(
            f"{state} at {moment:%Y-%m-%d %H:%M:%SZ}, in {wait:.0f} s, which does not fit into {limit} ({info})",
            available_at=moment,
            **info.fields(sent=False),
        )

    def _wait_before_retry(self, failure: CStarError, info: AttemptInfo, deadline: Deadline | None) -> float:
        """Seconds until the next attempt. Raises `failure` or DeadlineExceededError if the wait would be too long."""
        remaining = math.inf if deadline is None else deadline.remaining()
        retry_after = failure.retry_after if isinstance(failure, APIError) else None
        if retry_after is not None:
            if retry_after > LONGEST_RETRY_AFTER or retry_after >= remaining:
                raise failure
            wait = spread(retry_after, self.random)
            return wait if wait < remaining else retry_after
        wait = backoff(info.attempt, self.random)
        if wait >= remaining:
            reason = f"the next attempt would be in {wait:.2f} s, the deadline is in {max(0.0, remaining):.2f} s"
            raise error_mapping.deadline_error(info, reason, identity=failure.request_id) from failure
        return wait


def _final_error(
    error: BaseException, request: Request, info: AttemptInfo, limiting_deadline: Deadline | None
) -> CStarError | None:
    """The final error of a request whose attempt failed with `error`; None if it may be retried."""
    if isinstance(error, TimeoutError) and limiting_deadline is not None:
        reason = f"the deadline of {limiting_deadline.seconds:g} s passed before the answer was complete"
        return error_mapping.deadline_error(info, reason)
    if isinstance(error, BodyTooLargeError):
        return DecodeError(
            f"{error} ({info})",
            problems=[f"$: {error}"],
            status=error.status,
            operation=request.operation.id,
            **info.fields(),
        )
    return None
