"""The idempotency key of a write, and whether the write may have been done."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from .http_semantics import SAFE_METHODS

if TYPE_CHECKING:
    from .operation import Operation


class IdempotencyKey:
    """The idempotency key of a write, shared by a Call and its copies until a readable, final answer comes.

    Until then every await of the Call is the same write with the same key, which cStar does once (docs: it remembers
    keys for 24 h). After that answer the next await is a new write with a new key.
    """

    __slots__ = ("in_doubt", "key")

    def __init__(self) -> None:
        self.key: str | None = None
        self.in_doubt = False
        """Whether the write may have been done without a readable, final answer."""

    def take(self) -> str:
        """Return the key to send, made at the first use."""
        if self.key is None:
            self.key = str(uuid.uuid4())
        return self.key

    def succeeded(self, key: str | None) -> None:
        """Forget `key`: the write is done and its answer was read."""
        self.in_doubt = False
        if key == self.key:
            self.key = None

    def refused(self, key: str | None) -> None:
        """Forget `key` if a refusal by the service means that the write was not done.

        While an earlier attempt is in doubt, the key is kept: the reason for refusing the second attempt (a revoked API
        key, a limit) may not have applied to the first.
        """
        if not self.in_doubt or key is None:
            self.succeeded(key)


NO_IDEMPOTENCY_KEY: Final = IdempotencyKey()
"""For operations that change nothing."""


def idempotency_key_for(operation: Operation) -> IdempotencyKey:
    """The idempotency key of a new request of this operation."""
    return NO_IDEMPOTENCY_KEY if operation.method in SAFE_METHODS else IdempotencyKey()
