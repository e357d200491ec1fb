"""Execution of operations: a handler in a transaction, its consequences, and the answer in its envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from .context import Context, Request, Service
from .drift import let_drift
from .envelope import encode_result
from .idempotency import idempotent_execution
from .identity import authenticate_visitor
from .reactions import react
from .registry import build_registry
from .results import Problem, Response, not_emulated
from .self_check import SelfCheck
from .validation import Validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.contract.document import Contract, Json
    from cstar_async.sandbox.recording.exchanges import RequestRecord
    from cstar_async.sandbox.storage.database import Database
    from cstar_async.sandbox.switches import Switches

    from .context import Handler
    from .identity import Caller
    from .results import Result


class Execution:
    """Executes operations on one store."""

    def __init__(
        self,
        contract: Contract,
        store: Database,
        switches: Switches,
        requests: Sequence[RequestRecord],
        *,
        validate_answers: bool,
    ) -> None:
        registry = build_registry(contract)
        validation = Validation(contract)
        self.handlers = registry.handlers
        self.self_check = SelfCheck(contract, validation, enforced=validate_answers)
        self._service = Service(
            contract=contract,
            validation=validation,
            self_check=self.self_check,
            store=store,
            switches=switches,
            handlers=registry.handlers,
            collections=registry.collections,
            requests=requests,
        )
        self._contract = contract
        self._store = store

    def context(self, request: Request) -> Context:
        """A request on its way to a handler."""
        return Context(service=self._service, request=request)

    def answer(self, context: Context, address: str, key: str | None) -> Response:
        """Carry out a request to an address, once per idempotency key. Raises Problem."""
        operation = context.operation
        if operation.id not in self.handlers:
            raise not_emulated(operation.id, "it is more than keeping objects, and nothing here does it")
        first = idempotent_execution(context, address, key)
        if first is None:
            with self._store.transaction():
                return self._execute(context)
        kept = first.recall()
        if kept is not None:
            return kept
        try:
            # The answer is kept in the transaction that makes it true.
            with self._store.transaction():
                reply = self._execute(context)
                first.keep(reply)
        except Problem as problem:
            first.refuse(problem)
            raise
        return reply

    def carry_out(
        self,
        caller: Caller,
        operation: str,
        body: Json,
        *,
        now: float,
        request_id: str,
        authorization: str | None = None,
        **path: str,
    ) -> Any:
        """Run an operation at a moment of the past, for seeded data; its `data`. The caller holds a transaction."""
        request = Request(
            caller=caller, operation=self._contract.operations[operation], path=path, body=orjson.dumps(body), now=now,
            id=request_id, authorization=authorization,
        )  # fmt: skip
        context = self.context(request)
        answer = self.handlers[operation](context)
        react(context)
        return answer.data

    def perform(
        self, team: str, handler: Handler, operation: str, *, now: float, request_id: str, **path: str
    ) -> tuple[Json, Context]:
        """Have something happen in a team that no request asked for; what came of it.

        `operation` is one whose path names what it happens to. Raises Problem 404 for a team that is not there, and
        what the handler raises.
        """
        caller = authenticate_visitor(self._store, team)
        named = self._contract.operations[operation]
        context = self.context(Request(caller=caller, operation=named, path=path, now=now, id=request_id))
        with self._store.transaction():
            answer = handler(context)
            react(context)
        return answer.data, context

    def _execute(self, context: Context) -> Response:
        """Run the handler; the caller holds a transaction."""
        answer = self.handlers[context.operation.id](context)
        # A handler reads what it needs, after it has found what the path names; validate unread inputs too.
        _ = context.query, context.body if context.operation.body else None
        if context.effects.fired:
            react(context)
        return self.encode(context, answer)

    def encode(self, context: Context, answer: Result) -> Response:
        """The answer as it goes over the wire."""
        if context.operation.content == "none":  # of the service's own document; all answers of ours have a body
            return Response(context.operation.status, b"", context.request_id)
        reply = encode_result(answer, context.request_id, context.timestamp, self._service.switches.pagination)
        self.self_check.answer(context.operation, reply)
        if self._service.switches.drift == "on":
            return let_drift(self._contract, context.operation, reply)
        return reply
