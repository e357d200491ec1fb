"""`webhooks.test`, which waits for the receiver's answer and so cannot run in one transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from cstar_async.sandbox.resources.webhooks import find_webhook, queue_test
from cstar_async.sandbox.service.idempotency import idempotent_execution
from cstar_async.sandbox.service.results import Problem, Result, not_found

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Context
    from cstar_async.sandbox.service.execution import Execution
    from cstar_async.sandbox.service.results import Response
    from cstar_async.sandbox.storage.database import Database

    from .worker import Deliveries


class WebhookTest:
    """Delivers a sample event to one webhook and returns the outcome, once per idempotency key."""

    def __init__(self, store: Database, execution: Execution, deliveries: Deliveries) -> None:
        self._store = store
        self._execution = execution
        self._deliveries = deliveries
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def answer(self, context: Context, address: str, key: str | None) -> Response:
        """Answer a request. Raises Problem."""
        first = idempotent_execution(context, address, key)
        if first is None:
            return await self._deliver(context)
        # A repeat of a request that is still running waits for the answer to it.
        lock = self._locks.setdefault((context.caller.key, first.key), asyncio.Lock())
        async with lock:
            kept = first.recall()
            if kept is not None:
                return kept
            try:
                reply = await self._deliver(context)
            except Problem as problem:
                first.keep_problem(problem)
                raise
            first.keep(reply)
            return reply

    async def _deliver(self, context: Context) -> Response:
        webhook = find_webhook(context)
        if webhook is None:
            raise not_found("Webhook")
        with self._store.transaction():
            number = queue_test(context, webhook)
        result = await self._deliveries.attempt_now(number)
        outcome = {
            "deliveryId": f"dlv_{number}",
            "event": context.body["event"],
            "url": webhook["url"],
            "success": result.success,
            "status": result.status,
            "responseTimeMs": round(result.milliseconds),
            "error": result.error,
        }
        return self._execution.encode(context, Result(outcome))
