"""Idempotency keys: within 24 hours the same key gets the same answer, and nothing happens twice (reference, 1.7)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .answers import Problem, Reply, invalid

if TYPE_CHECKING:
    from .store import Store
    from .teams import Caller

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
METHODS = frozenset({"POST", "PATCH"})
KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


def check_key(method: str, key: str | None) -> str | None:
    """The key to honour, None for a request without one or a method that takes none. Raises Problem 400."""
    if key is None or method not in METHODS:
        return None
    # What is no UTF-8 came in as surrogates, which do not print either.
    if not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise invalid(f"The '{HEADER}' header must have 1 to {LONGEST_KEY} printable characters.", HEADER)
    return key


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests with one key the same request."""
    return hashlib.blake2b(b"\0".join((method.encode(), path.encode(), body)), digest_size=16).digest()


def recall(store: Store, caller: Caller, key: str, mark: bytes, now: float) -> Reply | None:
    """The kept answer of this key, if there is one. Raises Problem 409 if the key was used for another request."""
    store.execute("DELETE FROM replays WHERE caller = ? AND key = ? AND at <= ?", caller.key, key, now - KEPT_SECONDS)
    sql = "SELECT fingerprint, status, body, request_id FROM replays WHERE caller = ? AND key = ?"
    row = store.execute(sql, caller.key, key).fetchone()
    if row is None:
        return None
    if row[0] != mark:
        message = "This Idempotency-Key was used for a different request."
        raise Problem(409, "invalid_request_error", "idempotency_conflict", message, param=HEADER)
    return Reply(row[1], row[2], row[3], replayed=True)


def keep(store: Store, caller: Caller, key: str, mark: bytes, reply: Reply, now: float) -> None:
    """Remember an answer. Those that say "try again" (429, 5xx) are not kept."""
    if reply.status == 429 or reply.status >= 500:
        return
    store.execute("INSERT INTO replays VALUES (?, ?, ?, ?, ?, ?, ?)", caller.key, key, mark, *reply[:3], now)
