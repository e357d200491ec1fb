# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Webhooks: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    note_absent,
    parse_datetime,
    parse_isoformat,
    show_fields,
    whole_number,
    with_usual_times,
)


@attrs.define(slots=True, kw_only=True)
class Webhook:
    """A subscription: an address to which the service sends events.

    Attributes:
        id: The id of the webhook.
        name: A name for people.
        url: The HTTPS address that receives the events.
        events: The event types and patterns it listens to.
        is_active: Whether events are sent; false pauses the webhook.
        secret: The secret that signs deliveries (`whsec_…`). Only in the answer to the creation.
        signing_secret: The same secret under the name that the JavaScript SDK uses. Only in the answer to the
            creation. From cStar's public documentation.
        created_at: When the webhook was made.
        updated_at: When it last changed.
    """

    __repr__ = show_fields

    id: str
    name: str = ABSENT
    url: str = ABSENT
    events: list[str] = ABSENT
    is_active: bool = ABSENT
    secret: str | None = None
    signing_secret: str | None = None
    created_at: _dt.datetime = ABSENT
    updated_at: _dt.datetime = ABSENT


def decode_webhook(d: Mapping[str, Any]) -> Webhook:
    """Decode a Webhook from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Webhook)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = d["name"]
        o.url = d["url"]
        o.events = d["events"]
        o.is_active = d["isActive"]
        o.secret = get("secret")
        o.signing_secret = get("signingSecret")
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = d["updatedAt"]
        o.updated_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_webhook(with_usual_times(d, ("createdAt", "updatedAt")))
    return _decode_webhook_leniently(d)


_WEBHOOK_PROMISED = frozenset(("id", "name", "url", "events", "isActive", "createdAt", "updatedAt"))


def _decode_webhook_leniently(d: Mapping[str, Any]) -> Webhook:
    o: Any = new(Webhook)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.url = get("url")
        o.events = get("events")
        o.is_active = get("isActive")
        o.secret = get("secret")
        o.signing_secret = get("signingSecret")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_webhook(with_usual_times(d, ("createdAt", "updatedAt")))
    note_absent("Webhook", d, _WEBHOOK_PROMISED)
    decoded: Webhook = o
    return decoded


def encode_webhook(o: Webhook) -> dict[str, Any]:
    """Encode a Webhook as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.url
    if v is not None:
        d["url"] = v
    v = o.events
    if v is not None:
        d["events"] = v
    v = o.is_active
    if v is not None:
        d["isActive"] = v
    v = o.secret
    if v is not None:
        d["secret"] = v
    v = o.signing_secret
    if v is not None:
        d["signingSecret"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class WebhookTriggerResult:
    """What came of a test event.

    Attributes:
        event: The type of the event that was sent. From cStar's public documentation.
        delivered_to: How many receivers it was sent to. From cStar's public documentation.
    """

    __repr__ = show_fields

    event: str = ABSENT
    delivered_to: int = ABSENT


def decode_webhook_trigger_result(d: Mapping[str, Any]) -> WebhookTriggerResult:
    """Decode a WebhookTriggerResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(WebhookTriggerResult)
    v: Any
    try:
        o.event = d["event"]
        v = d["deliveredTo"]
        o.delivered_to = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_webhook_trigger_result_leniently(d)


_WEBHOOK_TRIGGER_RESULT_PROMISED = frozenset(("event", "deliveredTo"))


def _decode_webhook_trigger_result_leniently(d: Mapping[str, Any]) -> WebhookTriggerResult:
    o: Any = new(WebhookTriggerResult)
    v: Any
    get = d.get
    o.event = get("event")
    v = get("deliveredTo")
    o.delivered_to = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("WebhookTriggerResult", d, _WEBHOOK_TRIGGER_RESULT_PROMISED)
    decoded: WebhookTriggerResult = o
    return decoded


def encode_webhook_trigger_result(o: WebhookTriggerResult) -> dict[str, Any]:
    """Encode a WebhookTriggerResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.event
    if v is not None:
        d["event"] = v
    v = o.delivered_to
    if v is not None:
        d["deliveredTo"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class WebhookTestResult:
    """What came of a test delivery.

    Attributes:
        delivery_id: The id of the delivery. From cStar's public documentation.
        event: The type of the event that was sent. From cStar's public documentation.
        url: The address it was sent to. From cStar's public documentation.
        success: Whether the address answered with a 2xx status in time. From cStar's public documentation.
        status: The HTTP status of that answer; null when there was none. From cStar's public documentation.
        response_time_ms: How long the answer took, in milliseconds. From cStar's public documentation.
        error: Why the delivery failed; null when it did not. From cStar's public documentation.
    """

    __repr__ = show_fields

    delivery_id: str = ABSENT
    event: str = ABSENT
    url: str = ABSENT
    success: bool = ABSENT
    status: int | None = None
    response_time_ms: int | None = None
    error: str | None = None


def decode_webhook_test_result(d: Mapping[str, Any]) -> WebhookTestResult:
    """Decode a WebhookTestResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(WebhookTestResult)
    v: Any
    get = d.get
    try:
        o.delivery_id = d["deliveryId"]
        o.event = d["event"]
        o.url = d["url"]
        o.success = d["success"]
        v = get("status")
        o.status = v if v.__class__ is int or v is None else whole_number(v)
        v = get("responseTimeMs")
        o.response_time_ms = v if v.__class__ is int or v is None else whole_number(v)
        o.error = get("error")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_webhook_test_result_leniently(d)


_WEBHOOK_TEST_RESULT_PROMISED = frozenset(("deliveryId", "event", "url", "success"))


def _decode_webhook_test_result_leniently(d: Mapping[str, Any]) -> WebhookTestResult:
    o: Any = new(WebhookTestResult)
    v: Any
    get = d.get
    o.delivery_id = get("deliveryId")
    o.event = get("event")
    o.url = get("url")
    o.success = get("success")
    v = get("status")
    o.status = v if v.__class__ is int or v is None else whole_number(v)
    v = get("responseTimeMs")
    o.response_time_ms = v if v.__class__ is int or v is None else whole_number(v)
    o.error = get("error")
    note_absent("WebhookTestResult", d, _WEBHOOK_TEST_RESULT_PROMISED)
    decoded: WebhookTestResult = o
    return decoded


def encode_webhook_test_result(o: WebhookTestResult) -> dict[str, Any]:
    """Encode a WebhookTestResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.delivery_id
    if v is not None:
        d["deliveryId"] = v
    v = o.event
    if v is not None:
        d["event"] = v
    v = o.url
    if v is not None:
        d["url"] = v
    v = o.success
    if v is not None:
        d["success"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.response_time_ms
    if v is not None:
        d["responseTimeMs"] = v
    v = o.error
    if v is not None:
        d["error"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Webhook: ModelInfo(
            decode_webhook,
            encode_webhook,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("url", "url", True, False, None, False),
                FieldInfo("events", "events", True, False, None, False),
                FieldInfo("is_active", "isActive", True, False, None, False),
                FieldInfo("secret", "secret", False, False, None, False),
                FieldInfo("signing_secret", "signingSecret", False, False, None, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        WebhookTriggerResult: ModelInfo(
            decode_webhook_trigger_result,
            encode_webhook_trigger_result,
            (
                FieldInfo("event", "event", True, False, None, False),
                FieldInfo("delivered_to", "deliveredTo", True, False, whole_number, False),
            ),
            None,
        ),
        WebhookTestResult: ModelInfo(
            decode_webhook_test_result,
            encode_webhook_test_result,
            (
                FieldInfo("delivery_id", "deliveryId", True, False, None, False),
                FieldInfo("event", "event", True, False, None, False),
                FieldInfo("url", "url", True, False, None, False),
                FieldInfo("success", "success", True, False, None, False),
                FieldInfo("status", "status", False, True, whole_number, False),
                FieldInfo("response_time_ms", "responseTimeMs", False, True, whole_number, False),
                FieldInfo("error", "error", False, True, None, False),
            ),
            None,
        ),
    }
