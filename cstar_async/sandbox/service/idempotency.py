"""Idempotency keys: a request with the same key gets the same answer for 24 hours and is executed once."""

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
MAX_KEY_LENGTH = 255


class IdempotentExecution(NamedTuple):
    """A request that is executed once for its key; equal requests have the same `fingerprint`."""

    context: Context
    key: str
    fingerprint: bytes

    @property
    def owner(self) -> str:
        """To whom the key belongs: an API key, or a visitor, who is known by the request alone.

        Two visitors may send the same key, but not the same request: it has a secret in it, such as a refresh token.
        """
        return self.context.caller.key or f"visitor {self.fingerprint.hex()}"

    def recall(self) -> Response | None:
        """The kept answer, if there is one. Raises Problem 409 if the key was used for another request."""
        sql = "SELECT fingerprint, status, body, request_id FROM replays WHERE caller = ? AND key = ? AND at > ?"
        context = self.context
        row = context.store.execute(sql, self.owner, self.key, context.now - KEPT_SECONDS).fetchone()
        if row is None:
            return None
        if row[0] != self.fingerprint:
            message = "This Idempotency-Key was used for a different request."
            raise Problem(409, "invalid_request_error", "idempotency_conflict", message, param=HEADER)
        return Response(row[1], row[2], row[3], replayed=True)

    def keep(self, response: Response) -> None:
        """Store an answer and replace an expired one. Answers that ask for a retry (429, 5xx) are not kept."""
        if response.status == 429 or response.status >= 500:
            return
        context = self.context
        sql = "INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?, ?, ?)"
        context.store.execute(sql, self.owner, self.key, self.fingerprint, *response[:3], context.now)

    def keep_problem(self, problem: Problem) -> None:
        """Store an error like any other answer: a repetition gets it even if the request would now succeed."""
        self.keep(encode_problem(problem, self.context.request_id, self.context.timestamp))


def idempotent_execution(context: Context, address: str, key: str | None) -> IdempotentExecution | None:
    """Return the idempotent execution of a request to an address; None without a key. Raises Problem 400.

    The contract defines which operations take a key. Of the public ones it is only `customer_auth.refresh`.
    """
    if key is None or not context.operation.idempotent:
        return None
    # Invalid UTF-8 arrives as surrogates, which are not printable either.
    if not (1 <= len(key) <= MAX_KEY_LENGTH and key.isprintable()):
        raise invalid(f"The '{HEADER}' header must have 1 to {MAX_KEY_LENGTH} printable characters.", HEADER)
    parts = (context.operation.method.encode(), address.encode(), context.request.body)
    return IdempotentExecution(context, key, hashlib.blake2b(b"\0".join(parts), digest_size=16).digest())
