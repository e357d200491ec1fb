# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Webhooks: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
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
    name: str
    url: str
    events: list[str]
    is_active: bool
    secret: str | None = None
    signing_secret: str | None = None
    created_at: _dt.datetime
    updated_at: _dt.datetime | None = None


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
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_webhook(with_usual_times(d, ("createdAt", "updatedAt")))
    return o


def encode_webhook(o: Webhook) -> dict[str, Any]:
    """Encode a Webhook as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    d["name"] = v
    v = o.url
    d["url"] = v
    v = o.events
    d["events"] = v
    v = o.is_active
    d["isActive"] = v
    v = o.secret
    if v is not None:
        d["secret"] = v
    v = o.signing_secret
    if v is not None:
        d["signingSecret"] = v
    v = o.created_at
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

    event: str
    delivered_to: int


def decode_webhook_trigger_result(d: Mapping[str, Any]) -> WebhookTriggerResult:
    """Decode a WebhookTriggerResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(WebhookTriggerResult)
    v: Any
    o.event = d["event"]
    v = d["deliveredTo"]
    o.delivered_to = v if v.__class__ is int else whole_number(v)
    return o


def encode_webhook_trigger_result(o: WebhookTriggerResult) -> dict[str, Any]:
    """Encode a WebhookTriggerResult as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.event
    d["event"] = v
    v = o.delivered_to
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

    delivery_id: str
    event: str
    url: str
    success: bool
    status: int | None = None
    response_time_ms: int | None = None
    error: str | None = None


def decode_webhook_test_result(d: Mapping[str, Any]) -> WebhookTestResult:
    """Decode a WebhookTestResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(WebhookTestResult)
    v: Any
    get = d.get
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


def encode_webhook_test_result(o: WebhookTestResult) -> dict[str, Any]:
    """Encode a WebhookTestResult as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.delivery_id
    d["deliveryId"] = v
    v = o.event
    d["event"] = v
    v = o.url
    d["url"] = v
    v = o.success
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
                FieldInfo("id", "id", True, False, None),
                FieldInfo("name", "name", True, False, None),
                FieldInfo("url", "url", True, False, None),
                FieldInfo("events", "events", True, False, None),
                FieldInfo("is_active", "isActive", True, False, None),
                FieldInfo("secret", "secret", False, False, None),
                FieldInfo("signing_secret", "signingSecret", False, False, None),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime),
                FieldInfo("updated_at", "updatedAt", False, False, parse_datetime),
            ),
            None,
        ),
        WebhookTriggerResult: ModelInfo(
            decode_webhook_trigger_result,
            encode_webhook_trigger_result,
            (
                FieldInfo("event", "event", True, False, None),
                FieldInfo("delivered_to", "deliveredTo", True, False, whole_number),
            ),
            None,
        ),
        WebhookTestResult: ModelInfo(
            decode_webhook_test_result,
            encode_webhook_test_result,
            (
                FieldInfo("delivery_id", "deliveryId", True, False, None),
                FieldInfo("event", "event", True, False, None),
                FieldInfo("url", "url", True, False, None),
                FieldInfo("success", "success", True, False, None),
                FieldInfo("status", "status", False, True, whole_number),
                FieldInfo("response_time_ms", "responseTimeMs", False, True, whole_number),
                FieldInfo("error", "error", False, True, None),
            ),
            None,
        ),
    }
