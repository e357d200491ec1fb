"""Where `cstar listen` gets its events: the stream of the service, or its list, asked again and again."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from cstar_async._core.parameters import encode_headers
from cstar_async._generated.operations import load
from cstar_async.bulk.writing import to_json
from cstar_async.errors import CStarError, DecodeError, NotFoundError
from cstar_async.live.stream import LAST_EVENT_ID, EventStream

from .exits import CommandError, Exit
from .notes import note
from .output import printable
from .polling import is_listed, new_items, since, warn_of_more

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cstar_async.client import CStarClient

    from .forwarding import Forwarder


def say(text: str) -> None:
    """Write a line to standard error."""
    note(printable(text))


async def stream(
    client: CStarClient, forwarder: Forwarder, patterns: Sequence[str], say_state: Callable[[bool], object]
) -> None:
    """Take the events of the stream, until the service ends it.

    Args:
        client: Has the stream.
        forwarder: Takes the events.
        patterns: The types of events, none for all.
        say_state: Is told when there is a connection, and when it breaks.

    Raises:
        CommandError: The service has no stream.
    """
    reached = False

    def watch(connected: bool) -> None:  # noqa: FBT001  # as the stream calls it
        nonlocal reached
        reached = reached or connected
        say_state(connected)

    if not forwarder.last:
        await _begin(client, forwarder)
    headers = encode_headers({LAST_EVENT_ID: forwarder.last or None})
    found = EventStream[Any](
        client, load("events.stream"), (), {"types": patterns or None}, None, None, headers=headers
    )
    found.on_connection(watch)
    while True:
        reached = False
        try:
            async with aclosing(aiter(found)) as events:
                async for _ in events:
                    if not forwarder.last:  # this is the first one, or there were some before the connection
                        await _begin(client, forwarder)
                    await _take(forwarder, found.raw)
        except NotFoundError as error:
            raise CommandError(
                f"the service has no stream of events: {error}. --poll asks for new events instead",
                Exit.NETWORK,
                {"status": error.status},
            ) from None
        except DecodeError as error:
            if not reached:
                raise  # the answer is not a stream
            say(f"an event was left out: {error}")
            forwarder.last = found.last_event_id or forwarder.last
        else:
            say("the service has ended the stream")
            return


async def require_known(client: CStarClient, event_id: str) -> None:
    """Check the id of `--since`: after one that it does not know, the service sends all events.

    Raises:
        CommandError: There is no such event.
    """
    known = await is_listed(client, load("events.list"), event_id)
    if known is None:
        say(f"warning: {event_id} is not one of the newest events; if the service does not know it, it sends all")
    elif not known:
        raise CommandError(f"there is no event {event_id}", Exit.NOT_FOUND)


async def poll(client: CStarClient, forwarder: Forwarder, interval: float) -> None:
    """Take the events that the service lists."""
    if forwarder.last is None:
        await _begin(client, forwarder)
    # All types are listed, since one that is not forwarded may be the last that is known.
    async for items in new_items(client, load("events.list"), {}, forwarder.last, interval):
        for item in items:
            await _take(forwarder, to_json(item))


async def _begin(client: CStarClient, forwarder: Forwarder) -> None:
    """Find the place in the stream: after the latest event now, or where an earlier listener began without any."""
    try:
        found, complete = await since(client, load("events.list"), {}, forwarder.last)
    except CStarError as error:
        if forwarder.last is not None:
            say(f"warning: events before now are not known: {error}")
        return  # from now on
    if forwarder.last is None:
        forwarder.begin(found[0]["id"] if found else "")
        return
    if not complete:
        warn_of_more(len(found))
    for item in reversed(found):
        await _take(forwarder, to_json(item))


async def _take(forwarder: Forwarder, body: bytes) -> None:
    try:
        await forwarder.take(body)
    except ValueError as error:
        say(f"an event was left out: {error}")
