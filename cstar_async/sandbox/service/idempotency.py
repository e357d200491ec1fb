"""Idempotency keys: within 24 hours the same key gets the same answer, and nothing happens twice."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from .envelope import encode_problem
from .results import Problem, Response, invalid

if TYPE_CHECKING:
    from .context import Context

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


class IdempotentExecution(NamedTuple):
    """A request that is carried out once, known by its key; equal requests have the same `fingerprint`."""

    context: Context
    key: str
    fingerprint: bytes

    def recall(self) -> Response | None:
        """The kept answer, if there is one. Raises Problem 409 if the key was used for another request."""
        sql = "SELECT fingerprint, status, body, request_id FROM replays WHERE caller = ? AND key = ? AND at > ?"
        context = self.context
        row = context.store.execute(sql, context.caller.key, self.key, context.now - KEPT_SECONDS).fetchone()
        if row is None:
            return None
        if row[0] != self.fingerprint:
            message = "This Idempotency-Key was used for a different request."
            raise Problem(409, "invalid_request_error", "idempotency_conflict", message, param=HEADER)
        return Response(row[1], row[2], row[3], replayed=True)

    def keep(self, reply: Response) -> None:
        """Remember an answer, in the place of one that is too old. What says "try again" (429, 5xx) is not kept."""
        if reply.status == 429 or reply.status >= 500:
            return
        context = self.context
        sql = "INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?, ?, ?)"
        context.store.execute(sql, context.caller.key, self.key, self.fingerprint, *reply[:3], context.now)

    def refuse(self, problem: Problem) -> None:
        """Remember a refusal: the answer to a key does not change when the world does."""
        self.keep(encode_problem(problem, self.context.request_id, self.context.timestamp))


def idempotent_execution(context: Context, address: str, key: str | None) -> IdempotentExecution | None:
    """A request to an address with the key that was sent, None if it has none to honour. Raises Problem 400.

    The contract says which operations take one. It is scoped to the API key, so those that anybody may call without
    one take none: two visitors with one key are not one.
    """
    if key is None or not context.operation.idempotent:
        return None
    # Invalid UTF-8 arrives as surrogates, which are not printable either.
    if not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise invalid(f"The '{HEADER}' header must have 1 to {LONGEST_KEY} printable characters.", HEADER)
    parts = (context.operation.method.encode(), address.encode(), context.request.body)
    return IdempotentExecution(context, key, hashlib.blake2b(b"\0".join(parts), digest_size=16).digest())
