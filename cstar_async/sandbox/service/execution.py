"""Executes operations: a handler and the reactions to its events in one transaction, and the answer."""

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
        """Return the context of a request."""
        return Context(service=self._service, request=request)

    def answer(self, context: Context, address: str, key: str | None) -> Response:
        """Execute a request to an address, once per idempotency key. Raises Problem."""
        operation = context.operation
        if operation.id not in self.handlers:
            raise not_emulated(operation.id, "it has no handler for this operation")
        once = idempotent_execution(context, address, key)
        if once is None:
            with self._store.transaction():
                return self._execute(context)
        kept = once.recall()
        if kept is not None:
            return kept
        try:
            # One transaction, so that neither the changes nor the kept answer can exist alone.
            with self._store.transaction():
                response = self._execute(context)
                once.keep(response)
        except Problem as problem:
            once.keep_problem(problem)
            raise
        return response

    def run_operation(
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
        """Execute an operation at a past time, for demo data. Returns its `data`. The caller holds a transaction."""
        request = Request(
            caller=caller,
            operation=self._contract.operations[operation],
            path=path,
            body=orjson.dumps(body),
            now=now,
            id=request_id,
            authorization=authorization,
        )
        context = self.context(request)
        result = self.handlers[operation](context)
        react(context)
        return result.data

    def perform(
        self, team: str, handler: Handler, operation: str, *, now: float, request_id: str, **path: str
    ) -> tuple[Json, Context]:
        """Execute an action that no endpoint has. Returns its `data` and its context.

        `operation` is one whose path names the object of the action. Raises Problem 404 for an unknown team, and
        whatever the handler raises.
        """
        caller = authenticate_visitor(self._store, team)
        named = self._contract.operations[operation]
        context = self.context(Request(caller=caller, operation=named, path=path, now=now, id=request_id))
        with self._store.transaction():
            result = handler(context)
            react(context)
        return result.data, context

    def _execute(self, context: Context) -> Response:
        """Run the handler; the caller holds a transaction."""
        result = self.handlers[context.operation.id](context)
        # Validates the inputs that the handler did not read.
        _ = context.query, context.body if context.operation.body else None
        if context.effects.fired:
            react(context)
        return self.encode(context, result)

    def encode(self, context: Context, result: Result) -> Response:
        """Encode a result as the answer to a request."""
        if context.operation.content == "none":  # only in documents of the service; in ours every answer has a body
            return Response(context.operation.status, b"", context.request_id)
        response = encode_result(result, context.request_id, context.timestamp, self._service.switches.pagination)
        self.self_check.answer(context.operation, response)
        if self._service.switches.drift == "on":
            return let_drift(self._contract, context.operation, response)
        return response
