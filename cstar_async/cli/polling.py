"""Ask the service for what is new, again and again, within the quota."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

import click

from cstar_async._core.binding import call
from cstar_async._core.serialization import is_object
from cstar_async.errors import APIConnectionError, QuotaExceededError, RateLimitError, ServerError

from .exits import CommandError, Exit
from .notes import note
from .output import printable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from cstar_async._core.operation import Operation
    from cstar_async._core.pager import Pager
    from cstar_async.client import CStarClient

INTERVAL: Final = 30.0
SHORTEST: Final = 10.0
"""Seconds between two requests at the least."""
_PAGE: Final = 100
_MOST_PAGES: Final = 10


def interval_option() -> click.Option:
    """`--interval`, for commands that poll."""

    def check(ctx: click.Context, param: click.Parameter, value: float) -> float:  # noqa: ARG001  # click's arguments
        if not value >= SHORTEST:  # NaN neither
            raise click.BadParameter(f"at least {SHORTEST:g}: each request counts against the quota")
        return value

    return click.Option(
        ["--interval"],
        type=float,
        default=INTERVAL,
        callback=check,
        metavar="SECONDS",
        help=f"Between two requests, if the service has to be asked; {INTERVAL:g} by default, {SHORTEST:g} at least.",
    )


async def new_items(
    client: CStarClient, operation: Operation, arguments: Mapping[str, object], last: str | None, interval: float
) -> AsyncGenerator[Sequence[Any]]:
    """The items of a list that is sorted from new to old, as they come, oldest first.

    Args:
        client: Sends the requests.
        operation: The list.
        arguments: Its arguments.
        last: The id of the last item that is known; None for the newest one, empty if there is none yet.
        interval: Seconds between two requests.

    Yields:
        The new items, none if there are none; of a log, without those of these requests.

    Raises:
        CommandError: The quota has reached its reserve.
        CStarError: The first look fails. Later ones are repeated when the service did not answer, or with a 5xx.
    """
    say_cost(client, interval)
    own: set[str | None] = set()
    answered = False
    while True:
        try:
            found, complete = await since(client, operation, arguments, last, own)
        except (APIConnectionError, ServerError) as error:
            if not answered:
                raise
            note(f"looking again in {interval:g} s: {printable(str(error))}")
        else:
            answered = True
            if last is not None:
                if not complete:
                    warn_of_more(len(found))
                yield [item for item in reversed(found) if item.get("requestId") not in own]
            last = found[0]["id"] if found else last or ""
        _leave_reserve(client)
        await asyncio.sleep(interval)


async def since(
    client: CStarClient,
    operation: Operation,
    arguments: Mapping[str, object],
    last: str | None,
    own: set[str | None] | None = None,
) -> tuple[list[Any], bool]:
    """The items after the last one, newest first, and whether they are all.

    None asks for the newest item, an empty id for all. `own` gets the ids of the requests.
    """
    pager = cast("Pager[Any]", call(client, operation, {**arguments, "limit": 1 if last is None else _PAGE}))
    found: list[Any] = []
    number = 0
    try:
        async for page in pager.pages():
            if own is not None:
                own.add(page.meta.request_id)
            for item in page.data:
                if not (is_object(item) and isinstance(item.get("id"), str)):
                    raise CommandError(f"{operation.id}: an item has no id, so nobody can tell what is new")
                if item["id"] == last:
                    return found, True
                found.append(item)
            number += 1
            if last is None or number == _MOST_PAGES:
                return found, last is None
    except (QuotaExceededError, RateLimitError) as error:
        raise CommandError(
            f"the quota is used up, so the service is not asked any more: {error}", Exit.LIMITED
        ) from None
    return found, True


async def is_listed(client: CStarClient, operation: Operation, item_id: str) -> bool | None:
    """Whether a list has an item; None if it has so many that not all were read."""
    pager = cast("Pager[Any]", call(client, operation, {"limit": _PAGE}))
    number = 0
    async for page in pager.pages():
        if any(is_object(item) and item.get("id") == item_id for item in page.data):
            return True
        number += 1
        if number == _MOST_PAGES:
            return None
    return False


def warn_of_more(count: int) -> None:
    """Say that a list had more new items than are read."""
    note(f"warning: there may be more than these {count} new ones")


def say_cost(client: CStarClient, interval: float) -> None:
    """Say what polling costs."""
    limit = client.quota.limit
    of_limit = f" of {limit}" if limit else ""
    cost = f"{round(3_600 / interval)}{of_limit} requests an hour"
    note(f"asking every {interval:g} s, which takes {cost}; Ctrl-C ends it")


def _leave_reserve(client: CStarClient) -> None:
    quota = client.quota
    remaining, reserve = quota.remaining, quota.reserve
    if remaining is not None and reserve is not None and remaining <= reserve:
        raise CommandError(
            f"{remaining} of {quota.limit} requests of this hour are left, and they are left to others",
            Exit.LIMITED,
        )
