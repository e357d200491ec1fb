"""Answers a request: fault, authentication, routing, idempotency, handler, envelope."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

from cstar_async.sandbox.clock import http_time, iso_time
from cstar_async.sandbox.contract.document import TEAM_ROOT, Routes
from cstar_async.sandbox.delivery.webhook_test import WebhookTest
from cstar_async.sandbox.delivery.worker import Deliveries
from cstar_async.sandbox.faults.faulty_responses import send_faulty_response
from cstar_async.sandbox.faults.rules import Faults
from cstar_async.sandbox.recording.exchanges import Exchanges, Message, RequestRecord
from cstar_async.sandbox.recording.timeline import Timeline
from cstar_async.sandbox.resources.events import STREAM, stream
from cstar_async.sandbox.resources.webhooks import TEST
from cstar_async.sandbox.service.context import Request
from cstar_async.sandbox.service.envelope import encode_problem
from cstar_async.sandbox.service.execution import Execution
from cstar_async.sandbox.service.idempotency import HEADER, REPLAYED
from cstar_async.sandbox.service.identity import addressed_team, authenticate_visitor
from cstar_async.sandbox.service.registry import ASYNCHRONOUS
from cstar_async.sandbox.service.results import Problem, invalid, too_large
from cstar_async.sandbox.service.self_check import ContractViolationError
from cstar_async.sandbox.storage.database import KEY_SHOWN, DatabaseLostError

from .auth import authenticate, check_key_type, check_team
from .errors import AccessError
from .rate_limit import RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.clock import VirtualClock
    from cstar_async.sandbox.contract.document import Contract, Json, Match
    from cstar_async.sandbox.service.context import Context, Handler
    from cstar_async.sandbox.service.identity import Caller
    from cstar_async.sandbox.service.results import Response
    from cstar_async.sandbox.storage.database import Database
    from cstar_async.sandbox.switches import Switches

    from .cross_site import CrossSiteGuard

logger = logging.getLogger("cstar_async.sandbox")

HEALTH = "/_sandbox/health"
LARGEST_BODY = 16 * 1024 * 1024
REQUESTS_KEPT = 10_000
TEAMS = TEAM_ROOT.partition("{")[0]
BAD_REQUEST = 400
REFUSAL_CODES = {
    400: ("parameter_invalid", "invalid_request_error"),
    415: ("unsupported_media_type", "invalid_request_error"),
}
"""Code and type of the error of a refused request, for each status but 403."""
CONNECTION_BROKEN = 0
"""The status in the record of a request whose answer a fault dropped."""


class Application:
    """The emulated service on one store. A server has one instance."""

    def __init__(
        self,
        contract: Contract,
        store: Database,
        clock: VirtualClock,
        *,
        quota: bool,
        switches: Switches,
        parallel: int,
        guard: CrossSiteGuard,
        validate_answers: bool = False,
    ) -> None:
        self.requests: deque[RequestRecord] = deque(maxlen=REQUESTS_KEPT)
        self.faults = Faults(store.chance, contract)
        self.execution = Execution(contract, store, switches, self.requests, validate_answers=validate_answers)
        self._contract = contract
        self._routes = Routes(contract.operations)
        self._store = store
        self.clock = clock
        self._guard = guard
        self.rate_limiter = RateLimiter(enforced=quota)
        self.timeline = Timeline()
        self.deliveries = Deliveries(store, clock, self.timeline, self.faults, switches, parallel=parallel)
        self.exchanges = Exchanges()
        self._webhook_test = WebhookTest(store, self.execution, self.deliveries)
        self._request_count = 0
        self._record_count = 0

    def web_application(self, mount: Callable[[web.Application], None]) -> web.Application:
        """Return the aiohttp application: the routes that `mount` adds, and the API."""
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_get(HEALTH, self._health)
        mount(application)
        application.router.add_route("*", r"/{path:[\s\S]*}", self._serve)
        return application

    async def _health(self, request: web.Request) -> web.Response:
        try:
            self._guard.check(request)
        except AccessError as error:
            return error.response()
        health = {
            "status": "ok",
            "operations": len(self._contract.operations),
            "emulated": len(self.execution.handlers) + len(ASYNCHRONOUS),
            "time": iso_time(self.clock.time()),
        }
        return web.json_response(health)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self._request_count += 1
        request_id = self._store.request_id(self._request_count)
        try:
            self._guard.check(request)
        except AccessError as error:
            return self._refuse(error, request_id)
        return await self._answer(request, request_id)

    async def _answer(self, request: web.Request, request_id: str) -> web.StreamResponse:
        """Answer and record a request that passed the guard."""
        address = origin_form(request.raw_path)
        path = address.partition("?")[0]
        match = self._routes.match(path)
        operation = match.operations.get(request.method) if match else None
        fault = self.faults.take(request.method, path, operation, partial(self._team_of, request, path))
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        body, unreadable = await _read(request)
        injected = unreadable if fault is None else fault.problem() or unreadable

        headers: dict[str, str] = {"x-cstar-request-id": request_id}
        context: Context | None = None
        started = time.perf_counter()
        try:
            if injected is not None:
                raise injected  # noqa: TRY301  # so that every problem is handled below
            context = self._route(request, path, match, body, request_id, headers)
            if context.operation.id == STREAM:
                headers["Date"] = http_time(int(self.clock.time()))
                sent = Message.of(request.headers, body)
                self._record(request, path, 200, request_id, started, context, sent, Message.of(headers, b""))
                return await stream(request, context, self.timeline, headers)
            # Nothing is awaited from here to the answer, except for a test of a webhook: see storage/database.py.
            key = request.headers.get(HEADER)
            if context.operation.id == TEST:
                reply = await self._webhook_test.answer(context, address, key)
            else:
                reply = self.execution.answer(context, address, key)
        except Problem as problem:
            reply = encode_problem(problem, request_id, iso_time(self.clock.time()))
            headers |= problem.headers()
            if problem is not injected:
                reply = self._checked(request, path, operation, problem, reply)
        except Exception as error:  # noqa: BLE001  # logged, like every internal error
            reply = self._internal_error(request, path, request_id, error)
        status = CONNECTION_BROKEN if fault is not None and fault.interrupts else reply.status
        self._record(
            request,
            path,
            status,
            reply.request_id,
            started,
            context,
            Message.of(request.headers, body),
            Message.of(headers, reply.body),
            fault=None if fault is None else fault.number,
            replayed=reply.replayed,
        )
        headers["Date"] = http_time(int(self.clock.time()))
        headers["x-cstar-request-id"] = reply.request_id  # of the first answer, if this one is a replay
        if reply.replayed:
            headers[REPLAYED] = "true"
        if fault is not None:
            return await send_faulty_response(request, fault, reply, headers)
        return web.Response(status=reply.status, body=reply.body, headers=headers, content_type="application/json")

    def _refuse(self, error: AccessError, request_id: str) -> web.Response:
        """Return the answer to a request that the guard refused. It is neither counted nor recorded."""
        code, kind = REFUSAL_CODES.get(error.status, ("access_denied", "authentication_error"))
        problem = Problem(error.status, kind, code, error.message, param=error.field)
        reply = encode_problem(problem, request_id, iso_time(self.clock.time()))
        return web.Response(status=reply.status, body=reply.body, content_type="application/json")

    def _checked(
        self, request: web.Request, path: str, operation: Operation | None, problem: Problem, reply: Response
    ) -> Response:
        """Return the answer to a problem, after checking it against the contract."""
        try:
            self.execution.self_check.problem(operation, problem, reply)
        except ContractViolationError as error:
            return self._internal_error(request, path, reply.request_id, error)
        return reply

    def _internal_error(self, request: web.Request, path: str, request_id: str, error: Exception) -> Response:
        """Log an error of the sandbox itself, and return the answer to the request."""
        logger.error("%s %s: internal error of the sandbox", request.method, path, exc_info=error)
        message = "Internal error of the sandbox; see its log."
        if isinstance(error, DatabaseLostError):
            message = f"{str(error)[:1].upper()}{str(error)[1:]}."
        problem = Problem(500, "api_error", "internal_error", message)
        return encode_problem(problem, request_id, iso_time(self.clock.time()))

    def _route(
        self,
        request: web.Request,
        path: str,
        match: Match | None,
        body: bytes,
        request_id: str,
        headers: dict[str, str],
    ) -> Context:
        """Authenticate a request and find its operation. Raises Problem."""
        now = self.clock.time()
        operation = match.operations.get(request.method) if match else None
        if match is not None and operation is not None and operation.key == "none":
            caller = authenticate_visitor(self._store, match.values[0])
        else:
            caller = self._authorize(request, path, operation, now, headers)
        if match is None:
            raise Problem(404, "not_found_error", "resource_missing", "No such endpoint")
        if operation is None:
            allow = ", ".join(match.operations)
            message = f"This endpoint only accepts {allow}"
            raise Problem(405, "invalid_request_error", "method_not_allowed", message, allow=allow)
        query = request.rel_url.query if "?" in request.raw_path else None
        return self.execution.context(
            Request(
                caller=caller,
                operation=operation,
                path=dict(zip(operation.path_params, match.values, strict=True)),
                query={} if query is None else {name: query.getall(name) for name in query},
                body=body,
                now=now,
                id=request_id,
                authorization=request.headers.get("Authorization"),
            )
        )

    def perform(self, team: str, handler: Handler, operation: str, **path: str) -> Json:
        """Run a handler for a team without a request; see `Execution.perform`."""
        self._request_count += 1
        request_id = self._store.request_id(self._request_count)
        data, context = self.execution.perform(
            team, handler, operation, now=self.clock.time(), request_id=request_id, **path
        )
        self._publish(context)
        return data

    def _authorize(
        self, request: web.Request, path: str, operation: Operation | None, now: float, headers: dict[str, str]
    ) -> Caller:
        """Check the key of a request, its team, type and quota; return the caller. Raises Problem."""
        caller = authenticate(self._store, request.headers.get("Authorization"), now)
        headers |= self.rate_limiter.headers(caller, now)
        check_team(caller, _team_part(path))
        check_key_type(caller, operation)
        self.rate_limiter.spend(caller, now)
        headers |= self.rate_limiter.headers(caller, now)
        return caller

    def _team_of(self, request: web.Request, path: str) -> str:
        """Return the id of the team that a request is about, even if the request is refused."""
        key = request.headers.get("Authorization", "").partition(" ")[2].strip()
        # Invalid UTF-8 arrives as surrogates, which SQLite rejects and no key contains.
        return addressed_team(self._store, _team_part(path), key if key.isascii() else "")

    def _record(
        self,
        request: web.Request,
        path: str,
        status: int,
        request_id: str,
        started: float,
        context: Context | None,
        sent: Message,
        answered: Message,
        **details: Any,
    ) -> None:
        """Record a request and its answer, publish its changes, and wake the deliveries."""
        now, team = self.clock.time(), self._team_of(request, path) if context is None else context.team
        at, prefix = iso_time(now), "" if context is None else context.caller.key[:KEY_SHOWN]
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        self._record_count += 1
        self.requests.append(
            RequestRecord(request.method, path, status, request_id, self._record_count, team, prefix, now, milliseconds)
        )
        self.exchanges.keep(self._record_count, sent, answered)
        self.timeline.add(
            "request",
            at,
            team,
            record=self._record_count,
            method=request.method,
            path=request.raw_path,
            status=status,
            requestId=request_id,
            operation=context.operation.id if context else None,
            milliseconds=milliseconds,
            **details,
        )
        if context is not None and context.effects.trace and status < BAD_REQUEST:
            self._publish(context)

    def _publish(self, context: Context) -> None:
        """Add the changes to the timeline, and wake the deliveries."""
        for kind, fields in context.effects.trace:
            self.timeline.add(kind, context.timestamp, context.team, requestId=context.request_id, **fields)
        self.deliveries.wake()


def origin_form(target: str) -> str:
    """Reduce the target of a request to path and query; it may have been sent with scheme and host."""
    if target.startswith(("/", "*")):
        return target
    rest = target.partition("://")[2]
    host = re.match(r"[^/?]*", rest)
    path = rest[host.end() :] if host else ""
    return path if path.startswith("/") else f"/{path}"


async def _read(request: web.Request) -> tuple[bytes, Problem | None]:
    """Return the body of a request, or the problem with it."""
    try:
        return await request.read(), None
    except web.HTTPRequestEntityTooLarge:
        return b"", too_large(LARGEST_BODY)
    except (web.RequestPayloadError, ConnectionError):  # a malformed or incomplete body
        return b"", invalid("The request body could not be read.")


def _team_part(path: str) -> str | None:
    """Return the team in a path, an id or a slug."""
    return path.removeprefix(TEAMS).partition("/")[0] if path.startswith(TEAMS) else None
