"""Webhook subscriptions, and sample events to test them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cstar_async.sandbox.naming import camel_case
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.events import WEBHOOKS, event_place, queue_delivery, write_event
from cstar_async.sandbox.service.results import Result, invalid
from cstar_async.sandbox.storage.database import key_text

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

TEST = "webhooks.test"
DEFAULT_TEST_EVENT = "ticket.created"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Webhooks(Collection):
    """Webhook subscriptions. Only the answer to the creation has the secret."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the secret, and check the address and the events. Raises Problem 400."""
        document.pop("secret", None)
        document.pop("signingSecret", None)
        document["_secret"] = "whsec_" + key_text(context.store.secret("webhook", document["id"]))
        self._check(context, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Check the address and the events. Raises Problem 400."""
        self._check(context, document)

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """With the secret when it was just created, under both names that cStar documents."""
        shown = super().show(context, document, whole=whole, fresh=fresh)
        if fresh:
            shown["secret"] = shown["signingSecret"] = document["_secret"]
        return shown

    def _check(self, context: Context, document: Json) -> None:
        address = urlsplit(str(document["url"]))
        try:
            is_valid = bool(address.hostname) and address.port != 0
        except ValueError:  # an invalid port
            is_valid = False
        if not is_valid:
            raise invalid("The 'url' field must have a host, and no port or a valid one.", "url")
        # The service requires HTTPS; the sandbox also accepts HTTP to this machine, on which receivers are developed.
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise invalid("The 'url' field must be an HTTPS address.", "url")
        types = context.contract.event_types
        known = {*types, "*", *(f"{name.partition('.')[0]}.*" for name in types)}
        for index, event in enumerate(document["events"]):
            if event not in known:
                raise invalid(
                    f"The 'events[{index}]' field must be an event type or a pattern, not {event}.", f"events[{index}]"
                )


def trigger_test(context: Context) -> Result:
    """Send a sample event to every active webhook that subscribes to its type, and to the streams."""
    kind: str = context.body.get("event", DEFAULT_TEST_EVENT)
    sql = "SELECT count(*) FROM deliveries WHERE event = ?"
    event_id = write_event(context, kind, sample(context, kind))
    place = event_place(context.store, context.team, event_id)
    return Result({"event": kind, "deliveredTo": context.store.execute(sql, place).fetchone()[0]})


def queue_test(context: Context, webhook: Json) -> int:
    """Queue a sample event for one webhook, whatever it subscribes to. Returns the number of the delivery."""
    kind: str = context.body["event"]
    event_id = write_event(context, kind, sample(context, kind), deliver=False)
    place = event_place(context.store, context.team, event_id)
    assert place is not None  # just written
    return queue_delivery(context, place, webhook["id"], due=None)


def find_webhook(context: Context) -> Json | None:
    """The webhook that the path names."""
    return context.store.get(context.team, WEBHOOKS, context.path["webhookId"])


def sample(context: Context, kind: str) -> Json:
    """A payload with a plausible value for each field of this type of event."""
    shape = context.contract.event(kind)
    data = {name: _value(context, name, schema) for name, schema in shape.fields.items()}
    return {shape.nested: data} if shape.nested and context.service.switches.payload == "nested" else data


def _value(context: Context, name: str, schema: Json) -> Any:
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if choice.get("type") != "null":
            schema = context.contract.resolve(choice)
            break
    kinds: str | list[str] = schema.get("type", "")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        fields = context.contract.fields(schema)
        return {each: _value(context, each, inner) for each, inner in fields.items()}
    samples = {"integer": 1, "number": 1, "boolean": False, "array": list[Any]()}
    if kind in samples:
        return samples[kind]
    if schema.get("format") == "date-time":
        return context.timestamp
    if name == "id" or name.endswith("_id"):
        return context.store.new_id(context.team, "test_")
    return f"Test {camel_case(name)}"


HANDLERS: dict[str, Handler] = {"webhooks.trigger_test": trigger_test}
