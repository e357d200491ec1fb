"""The idempotency key of a write, and whether the write may have been done."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from .http_semantics import SAFE_METHODS

if TYPE_CHECKING:
    from .operation import Operation


class IdempotencyKey:
    """The idempotency key of a write whose outcome is not known yet, shared by a Call and its copies.

    So however often the Call is awaited, it is the same write under the same key, and cStar does it once (docs: it
    remembers keys for 24 h). A readable, final answer empties the cell: the same update awaited again later is a new
    one.
    """

    __slots__ = ("in_doubt", "key")

    def __init__(self) -> None:
        self.key: str | None = None
        self.in_doubt = False
        """Whether an attempt that may have been carried out has had no readable, final answer."""

    def take(self) -> str:
        """The key to send; made at the first send."""
        if self.key is None:
            self.key = str(uuid.uuid4())
        return self.key

    def succeeded(self, key: str | None) -> None:
        """Forget `key`: the write is done, and its answer was read."""
        self.in_doubt = False
        if key == self.key:
            self.key = None

    def refused(self, key: str | None) -> None:
        """Forget `key` if a refusal of the service means that the write was not done.

        While an earlier attempt is in doubt it does not: what refuses the second (a key that was revoked meanwhile, a
        limit) may not have refused the first. Without a key there is nothing to keep.
        """
        if not self.in_doubt or key is None:
            self.succeeded(key)


NO_IDEMPOTENCY_KEY: Final = IdempotencyKey()
"""For operations that change nothing."""


def idempotency_key_for(operation: Operation) -> IdempotencyKey:
    """The cell for a new request of this operation."""
    return NO_IDEMPOTENCY_KEY if operation.method in SAFE_METHODS else IdempotencyKey()
