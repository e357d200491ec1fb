"""Relay webhooks to a message broker without losing any.

An event is acknowledged to cStar when it is in the inbox, and done when the broker has confirmed it. While the broker
is away events wait, in order. Each is published at least once, even if a process is killed; its message id is the
event's id, by which the broker can drop repeats.
Run it: `python examples/relay_to_broker.py`. Its broker is a list that is away for a moment.

With NATS JetStream `publish` is
    await jetstream.publish(subject, payload, headers={"Nats-Msg-Id": message_id})     # nats-py; repeats are dropped
and with Redis Streams
    await redis.xadd("cstar", {"id": message_id, "type": subject, "event": payload})   # redis.asyncio
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from cstar_async.webhooks import Event, EventDispatcher, RetryLater, sign

if TYPE_CHECKING:
    from cstar_async.clock import Clock


class Publish(Protocol):
    """Send a message to the broker and return when it is confirmed."""

    async def __call__(self, subject: str, payload: bytes, *, message_id: str) -> None:
        """Raise OSError while the broker is away."""


def make_relay(inbox: str, secret: str, publish: Publish, clock: Clock | None = None) -> EventDispatcher:
    """A dispatcher whose only handler publishes each event."""
    events = EventDispatcher(secrets=secret, inbox=inbox, clock=clock)

    @events.on("*", group="relay", timeout=10)
    async def relay(event: Event[Any]) -> None:
        try:
            await publish(f"cstar.{event.type}", orjson.dumps(event.raw), message_id=event.id)
        except OSError as error:
            # Other errors are retried too, after 2 s, 10 s, ...; after nine attempts the event is a dead letter,
            # which `redrive` makes pending again.
            raise RetryLater("the broker is away", after=1) from error

    return events


class List:
    """A broker that keeps messages in a list, drops repeats, and is away at first."""

    def __init__(self) -> None:
        self.messages: dict[str, tuple[str, bytes]] = {}
        self.away = 1
        self.has_all = asyncio.Event()

    async def publish(self, subject: str, payload: bytes, *, message_id: str) -> None:
        """See Publish."""
        if self.away:
            self.away -= 1
            raise ConnectionRefusedError("nobody listens")
        self.messages.setdefault(message_id, (subject, payload))
        if len(self.messages) == 3:
            self.has_all.set()


async def main() -> None:
    """Receive three events of one ticket while the broker is away."""
    broker = List()
    secret = os.environ.get("CSTAR_WEBHOOK_SECRET", "whsec_example")
    events = make_relay("memory:", secret, broker.publish)
    running = asyncio.create_task(events.run())
    for number, action in enumerate(("created", "updated", "closed")):
        now = dt.datetime.now(dt.UTC)
        event = {"id": f"evt_{number}", "type": f"ticket.{action}", "created_at": now, "team_id": "t"}
        body = orjson.dumps({**event, "data": {"id": "tkt_1"}})
        reply = await events.accept({"X-Signature": sign(body, secret)}, body)
        print(reply.status, event["type"])
    await broker.has_all.wait()
    await events.close()
    await running
    print([subject for subject, _ in broker.messages.values()])


if __name__ == "__main__":
    asyncio.run(main())
