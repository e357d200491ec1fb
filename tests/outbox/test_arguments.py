"""Arguments of an outbox that are mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.errors import OutboxError
from cstar_async.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async import CStarClient

MISTAKES: dict[str, tuple[Callable[[Outbox, CStarClient], Any], type[Exception], str]] = {
    "flush": (lambda box, _: box.flush(None), TypeError, "cstar must be a CStarClient, got NoneType"),  # type: ignore[arg-type]
    "run": (lambda box, _: box.run("x"), TypeError, "cstar must be a CStarClient, got str"),  # type: ignore[arg-type]
    "clear": (lambda box, _: box.clear("1"), TypeError, "entry_id must be a whole number, got str"),  # type: ignore[arg-type]
    "retry": (lambda box, _: box.retry(1.5), TypeError, "entry_id must be a whole number, got float"),  # type: ignore[arg-type]
    "anyway": (lambda box, _: box.retry(1, anyway="no"), TypeError, "anyway must be True or False, got str"),  # type: ignore[arg-type]
    "states": (lambda box, _: box.entries("queued"), TypeError, "states must be a sequence, .* got str"),  # type: ignore[arg-type]
    "a state": (lambda box, _: box.entries(["x"]), ValueError, "states must be of queued, sending, .*; got 'x'"),  # type: ignore[list-item]
    "limit": (lambda box, _: box.entries(limit=-1), ValueError, "limit must be 0 or more, got -1"),
    "a large limit": (lambda box, _: box.entries(limit=10**30), ValueError, "limit is too large"),
    "after": (lambda box, _: box.failed(after=10**30), ValueError, "after is too large"),
    "halt_lane": (
        lambda box, cstar: box.put(cstar.tickets.create(title="x"), halt_lane="no"),  # type: ignore[arg-type]
        TypeError,
        "halt_lane must be True or False, got str",
    ),
}


@pytest.mark.parametrize(("call", "kind", "message"), MISTAKES.values(), ids=MISTAKES)
async def test_arguments(
    call: Callable[[Outbox, CStarClient], Any], kind: type[Exception], message: str, cstar: CStarClient
) -> None:
    """The error names the argument."""
    async with Outbox("memory:") as outbox:
        with pytest.raises(kind, match=message):
            await call(outbox, cstar)


async def test_an_id_that_no_entry_has() -> None:
    """An id that SQLite cannot store is one that no entry has."""
    async with Outbox("memory:") as outbox:
        with pytest.raises(OutboxError, match=r"no entry 1000000000000000000000000000000$"):
            await outbox.retry(10**30)
        assert await outbox.clear(10**30) == 0
