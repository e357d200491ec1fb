# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Webhook events: models, and the known values of enums."""

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

from .shared import (
    ARTICLE_STATUS_VALUES,
    BOSS_DIFFICULTY_VALUES,
    CUSTOMER_SENTIMENT_VALUES,
    CUSTOMER_STATUS_VALUES,
    RARITY_VALUES,
    TICKET_PRIORITY_VALUES,
    TICKET_STATUS_VALUES,
    ArticleStatus,
    BossDifficulty,
    CustomerSentiment,
    CustomerStatus,
    Rarity,
    Reward,
    TicketPriority,
    TicketStatus,
    decode_reward,
    encode_reward,
)


@attrs.define(slots=True, kw_only=True)
class EventCustomer:
    """The customer of an event, in short.

    Attributes:
        id: The customer (`cus_…`). From cStar's public documentation.
        name: Full name. From cStar's public documentation.
        email: Email address. From cStar's public documentation.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    email: str | None = None


def decode_event_customer(d: Mapping[str, Any]) -> EventCustomer:
    """Decode an EventCustomer from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(EventCustomer)
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.email = get("email")
    return o


def encode_event_customer(o: EventCustomer) -> dict[str, Any]:
    """Encode an EventCustomer as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.email
    if v is not None:
        d["email"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class FieldChange:
    """A field before and after. Either side may be of any type, or null.

    Attributes:
        from_: The value before. From cStar's public documentation.
        to: The value after. From cStar's public documentation.
    """

    __repr__ = show_fields

    from_: Any = None
    to: Any = None


def decode_field_change(d: Mapping[str, Any]) -> FieldChange:
    """Decode a FieldChange from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(FieldChange)
    get = d.get
    o.from_ = get("from")
    o.to = get("to")
    return o


def encode_field_change(o: FieldChange) -> dict[str, Any]:
    """Encode a FieldChange as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.from_
    if v is not None:
        d["from"] = v
    v = o.to
    if v is not None:
        d["to"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class TicketEventData:
    """The ticket of an event, as it stood at that moment.

    Attributes:
        id: The ticket (`tkt_…`).
        prefixed_id: The number that people see. From cStar's public documentation.
        title: Subject line.
        status: Where the ticket stands.
        priority: How urgent it is. From cStar's public documentation.
        channel: How it came in. From cStar's public documentation.
        customer_id: The customer who asked. From cStar's public documentation.
        customer_name: Name of that customer. From cStar's public documentation.
        assigned_to: The agent who has it. From cStar's public documentation.
        tags: Its tags. From cStar's public documentation.
        created_at: When it was opened. From cStar's public documentation.
        updated_at: When it last changed. From cStar's public documentation.
        resolved_at: When it was resolved or closed. From cStar's public documentation.
        dashboard_url: Where agents open it. From cStar's public documentation.
        customer: The customer, in short. From cStar's public documentation.
    """

    __repr__ = show_fields

    id: str
    prefixed_id: str | None = None
    title: str | None = None
    status: TicketStatus | None = None
    priority: TicketPriority | None = None
    channel: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    assigned_to: str | None = None
    tags: list[str] | None = None
    created_at: _dt.datetime | None = None
    updated_at: _dt.datetime | None = None
    resolved_at: _dt.datetime | None = None
    dashboard_url: str | None = None
    customer: EventCustomer | None = None


def decode_ticket_event_data(d: Mapping[str, Any]) -> TicketEventData:
    """Decode a TicketEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TicketEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.prefixed_id = get("prefixed_id")
        o.title = get("title")
        o.status = get("status")
        o.priority = get("priority")
        o.channel = get("channel")
        o.customer_id = get("customer_id")
        o.customer_name = get("customer_name")
        o.assigned_to = get("assigned_to")
        o.tags = get("tags")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updated_at")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("resolved_at")
        o.resolved_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.dashboard_url = get("dashboard_url")
        v = get("customer")
        o.customer = None if v is None else decode_event_customer(v)
    except ValueError:
        return decode_ticket_event_data(with_usual_times(d, ("created_at", "updated_at", "resolved_at")))
    return o


def encode_ticket_event_data(o: TicketEventData) -> dict[str, Any]:
    """Encode a TicketEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.prefixed_id
    if v is not None:
        d["prefixed_id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.priority
    if v is not None:
        d["priority"] = v
    v = o.channel
    if v is not None:
        d["channel"] = v
    v = o.customer_id
    if v is not None:
        d["customer_id"] = v
    v = o.customer_name
    if v is not None:
        d["customer_name"] = v
    v = o.assigned_to
    if v is not None:
        d["assigned_to"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updated_at"] = encode_datetime(v)
    v = o.resolved_at
    if v is not None:
        d["resolved_at"] = encode_datetime(v)
    v = o.dashboard_url
    if v is not None:
        d["dashboard_url"] = v
    v = o.customer
    if v is not None:
        d["customer"] = encode_event_customer(v)
    return d


@attrs.define(slots=True, kw_only=True)
class TicketUpdatedData:
    """The ticket as it is after an update, and what changed.

    Attributes:
        id: The ticket (`tkt_…`).
        prefixed_id: The number that people see. From cStar's public documentation.
        title: Subject line.
        status: Where the ticket stands.
        priority: How urgent it is. From cStar's public documentation.
        channel: How it came in. From cStar's public documentation.
        customer_id: The customer who asked. From cStar's public documentation.
        customer_name: Name of that customer. From cStar's public documentation.
        assigned_to: The agent who has it. From cStar's public documentation.
        tags: Its tags. From cStar's public documentation.
        created_at: When it was opened. From cStar's public documentation.
        updated_at: When it last changed. From cStar's public documentation.
        resolved_at: When it was resolved or closed. From cStar's public documentation.
        dashboard_url: Where agents open it. From cStar's public documentation.
        customer: The customer, in short. From cStar's public documentation.
        changes: What changed, keyed by field: any of status, priority, assignment, tags, title, notes and custom
            fields. From cStar's public documentation.
    """

    __repr__ = show_fields

    id: str
    prefixed_id: str | None = None
    title: str | None = None
    status: TicketStatus | None = None
    priority: TicketPriority | None = None
    channel: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    assigned_to: str | None = None
    tags: list[str] | None = None
    created_at: _dt.datetime | None = None
    updated_at: _dt.datetime | None = None
    resolved_at: _dt.datetime | None = None
    dashboard_url: str | None = None
    customer: EventCustomer | None = None
    changes: dict[str, FieldChange] | None = None


def decode_ticket_updated_data(d: Mapping[str, Any]) -> TicketUpdatedData:
    """Decode a TicketUpdatedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TicketUpdatedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.prefixed_id = get("prefixed_id")
        o.title = get("title")
        o.status = get("status")
        o.priority = get("priority")
        o.channel = get("channel")
        o.customer_id = get("customer_id")
        o.customer_name = get("customer_name")
        o.assigned_to = get("assigned_to")
        o.tags = get("tags")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updated_at")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("resolved_at")
        o.resolved_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.dashboard_url = get("dashboard_url")
        v = get("customer")
        o.customer = None if v is None else decode_event_customer(v)
        v = get("changes")
        o.changes = None if v is None else {v_k: decode_field_change(v_) for v_k, v_ in v.items()}
    except ValueError:
        return decode_ticket_updated_data(with_usual_times(d, ("created_at", "updated_at", "resolved_at")))
    return o


def encode_ticket_updated_data(o: TicketUpdatedData) -> dict[str, Any]:
    """Encode a TicketUpdatedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.prefixed_id
    if v is not None:
        d["prefixed_id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.priority
    if v is not None:
        d["priority"] = v
    v = o.channel
    if v is not None:
        d["channel"] = v
    v = o.customer_id
    if v is not None:
        d["customer_id"] = v
    v = o.customer_name
    if v is not None:
        d["customer_name"] = v
    v = o.assigned_to
    if v is not None:
        d["assigned_to"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updated_at"] = encode_datetime(v)
    v = o.resolved_at
    if v is not None:
        d["resolved_at"] = encode_datetime(v)
    v = o.dashboard_url
    if v is not None:
        d["dashboard_url"] = v
    v = o.customer
    if v is not None:
        d["customer"] = encode_event_customer(v)
    v = o.changes
    if v is not None:
        d["changes"] = {v_k: encode_field_change(v_) for v_k, v_ in v.items()}
    return d


@attrs.define(slots=True, kw_only=True)
class TicketMessageAddedData:
    """The message that was added to a ticket.

    Attributes:
        id: The message (`msg_…`).
        ticket_id: The ticket to which it was added. Not documented by cStar; inferred.
        content: Its text. Not documented by cStar; inferred.
        sender: Who wrote it: agent, customer or system. Not documented by cStar; inferred.
        sender_name: Display name of the sender. Not documented by cStar; inferred.
        is_internal: Whether it is a note that customers do not see. Not documented by cStar; inferred.
        created_at: When it was sent. Not documented by cStar; inferred.
        customer: The customer, in short. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    ticket_id: str | None = None
    content: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    is_internal: bool | None = None
    created_at: _dt.datetime | None = None
    customer: EventCustomer | None = None


def decode_ticket_message_added_data(d: Mapping[str, Any]) -> TicketMessageAddedData:
    """Decode a TicketMessageAddedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TicketMessageAddedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.ticket_id = get("ticket_id")
        o.content = get("content")
        o.sender = get("sender")
        o.sender_name = get("sender_name")
        o.is_internal = get("is_internal")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("customer")
        o.customer = None if v is None else decode_event_customer(v)
    except ValueError:
        return decode_ticket_message_added_data(with_usual_times(d, ("created_at",)))
    return o


def encode_ticket_message_added_data(o: TicketMessageAddedData) -> dict[str, Any]:
    """Encode a TicketMessageAddedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.ticket_id
    if v is not None:
        d["ticket_id"] = v
    v = o.content
    if v is not None:
        d["content"] = v
    v = o.sender
    if v is not None:
        d["sender"] = v
    v = o.sender_name
    if v is not None:
        d["sender_name"] = v
    v = o.is_internal
    if v is not None:
        d["is_internal"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.customer
    if v is not None:
        d["customer"] = encode_event_customer(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CustomerEventData:
    """The customer of an event, as it stood at that moment.

    Attributes:
        id: The customer (`cus_…`).
        name: Full name. From cStar's public documentation.
        email: Email address. From cStar's public documentation.
        status: Whether the customer's account is in use.
        sentiment: How the customer's interactions read. Not documented by cStar; inferred.
        tags: Their tags. Not documented by cStar; inferred.
        notes: Internal notes. Not documented by cStar; inferred.
        ticket_count: How many tickets they have. Not documented by cStar; inferred.
        created_at: When the customer was added. Not documented by cStar; inferred.
        updated_at: When the customer last changed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    email: str | None = None
    status: CustomerStatus | None = None
    sentiment: CustomerSentiment | None = None
    tags: list[str] | None = None
    notes: str | None = None
    ticket_count: int | None = None
    created_at: _dt.datetime | None = None
    updated_at: _dt.datetime | None = None


def decode_customer_event_data(d: Mapping[str, Any]) -> CustomerEventData:
    """Decode a CustomerEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.email = get("email")
        o.status = get("status")
        o.sentiment = get("sentiment")
        o.tags = get("tags")
        o.notes = get("notes")
        v = get("ticket_count")
        o.ticket_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updated_at")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_customer_event_data(with_usual_times(d, ("created_at", "updated_at")))
    return o


def encode_customer_event_data(o: CustomerEventData) -> dict[str, Any]:
    """Encode a CustomerEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.email
    if v is not None:
        d["email"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.sentiment
    if v is not None:
        d["sentiment"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.notes
    if v is not None:
        d["notes"] = v
    v = o.ticket_count
    if v is not None:
        d["ticket_count"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updated_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CustomerGroupEventData:
    """The customer group of an event, as it stood at that moment.

    Attributes:
        id: The group.
        name: Its name. Not documented by cStar; inferred.
        slug: Its name in addresses. Not documented by cStar; inferred.
        description: What the group is. Not documented by cStar; inferred.
        external_id: Its id on another platform. Not documented by cStar; inferred.
        custom_fields: Free values kept with the group. Not documented by cStar; inferred.
        customer_count: How many customers are in it. Not documented by cStar; inferred.
        created_at: When it was created. Not documented by cStar; inferred.
        updated_at: When it last changed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    slug: str | None = None
    description: str | None = None
    external_id: str | None = None
    custom_fields: dict[str, Any] | None = None
    customer_count: int | None = None
    created_at: _dt.datetime | None = None
    updated_at: _dt.datetime | None = None


def decode_customer_group_event_data(d: Mapping[str, Any]) -> CustomerGroupEventData:
    """Decode a CustomerGroupEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerGroupEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.slug = get("slug")
        o.description = get("description")
        o.external_id = get("external_id")
        o.custom_fields = get("custom_fields")
        v = get("customer_count")
        o.customer_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updated_at")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_customer_group_event_data(with_usual_times(d, ("created_at", "updated_at")))
    return o


def encode_customer_group_event_data(o: CustomerGroupEventData) -> dict[str, Any]:
    """Encode a CustomerGroupEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.external_id
    if v is not None:
        d["external_id"] = v
    v = o.custom_fields
    if v is not None:
        d["custom_fields"] = v
    v = o.customer_count
    if v is not None:
        d["customer_count"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updated_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class ArticleEventData:
    """The article of an event, as it stood at that moment.

    Attributes:
        id: The article (`art_…`).
        title: Its title.
        status: Whether it is out.
        category: Name of its category. Not documented by cStar; inferred.
        is_public: Whether it is in the public Library. Not documented by cStar; inferred.
        tags: Its tags. Not documented by cStar; inferred.
        created_at: When it was created. Not documented by cStar; inferred.
        updated_at: When it last changed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    title: str | None = None
    status: ArticleStatus | None = None
    category: str | None = None
    is_public: bool | None = None
    tags: list[str] | None = None
    created_at: _dt.datetime | None = None
    updated_at: _dt.datetime | None = None


def decode_article_event_data(d: Mapping[str, Any]) -> ArticleEventData:
    """Decode an ArticleEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ArticleEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.status = get("status")
        o.category = get("category")
        o.is_public = get("is_public")
        o.tags = get("tags")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updated_at")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_article_event_data(with_usual_times(d, ("created_at", "updated_at")))
    return o


def encode_article_event_data(o: ArticleEventData) -> dict[str, Any]:
    """Encode an ArticleEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.category
    if v is not None:
        d["category"] = v
    v = o.is_public
    if v is not None:
        d["is_public"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updated_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PreferencesEventData:
    """The preferences of a team or of an agent after a change. Their names are not published: they are further members
    of this object.

    Attributes:
        member_id: The agent whose preferences changed; null for the team's. Not documented by cStar; inferred.
        updated_at: When they changed. Not documented by cStar; inferred.
        changes: What changed, keyed by preference. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str | None = None
    updated_at: _dt.datetime | None = None
    changes: dict[str, FieldChange] | None = None
    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any])


def decode_preferences_event_data(d: Mapping[str, Any]) -> PreferencesEventData:
    """Decode a PreferencesEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PreferencesEventData)
    v: Any
    get = d.get
    try:
        o.member_id = get("member_id")
        v = get("updated_at")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("changes")
        o.changes = None if v is None else {v_k: decode_field_change(v_) for v_k, v_ in v.items()}
        o.additional_properties = {k: x for k, x in d.items() if k not in {"member_id", "updated_at", "changes"}}
    except ValueError:
        return decode_preferences_event_data(with_usual_times(d, ("updated_at",)))
    return o


def encode_preferences_event_data(o: PreferencesEventData) -> dict[str, Any]:
    """Encode a PreferencesEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    d.update((k, x) for k, x in o.additional_properties.items())
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.updated_at
    if v is not None:
        d["updated_at"] = encode_datetime(v)
    v = o.changes
    if v is not None:
        d["changes"] = {v_k: encode_field_change(v_) for v_k, v_ in v.items()}
    return d


@attrs.define(slots=True, kw_only=True)
class BossEventData:
    """The boss of an event, as it stood at that moment.

    Attributes:
        id: The boss.
        name: Its name. Not documented by cStar; inferred.
        difficulty: How hard it is to beat. Not documented by cStar; inferred.
        max_health: Health at the start. Not documented by cStar; inferred.
        health: Health left. Not documented by cStar; inferred.
        phase: Stage of the battle, from 1. Not documented by cStar; inferred.
        spawned_at: When it appeared. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    difficulty: BossDifficulty | None = None
    max_health: int | None = None
    health: int | None = None
    phase: int | None = None
    spawned_at: _dt.datetime | None = None


def decode_boss_event_data(d: Mapping[str, Any]) -> BossEventData:
    """Decode a BossEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.difficulty = get("difficulty")
        v = get("max_health")
        o.max_health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("health")
        o.health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("phase")
        o.phase = v if v.__class__ is int or v is None else whole_number(v)
        v = get("spawned_at")
        o.spawned_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_boss_event_data(with_usual_times(d, ("spawned_at",)))
    return o


def encode_boss_event_data(o: BossEventData) -> dict[str, Any]:
    """Encode a BossEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.difficulty
    if v is not None:
        d["difficulty"] = v
    v = o.max_health
    if v is not None:
        d["max_health"] = v
    v = o.health
    if v is not None:
        d["health"] = v
    v = o.phase
    if v is not None:
        d["phase"] = v
    v = o.spawned_at
    if v is not None:
        d["spawned_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class BossDamagedData:
    """The boss after a hit, and the hit.

    Attributes:
        id: The boss.
        name: Its name. Not documented by cStar; inferred.
        difficulty: How hard it is to beat. Not documented by cStar; inferred.
        max_health: Health at the start. Not documented by cStar; inferred.
        health: Health left. Not documented by cStar; inferred.
        phase: Stage of the battle, from 1. Not documented by cStar; inferred.
        spawned_at: When it appeared. Not documented by cStar; inferred.
        damage: Damage dealt. Not documented by cStar; inferred.
        member_id: The player. Not documented by cStar; inferred.
        member_name: Display name of the player. Not documented by cStar; inferred.
        ticket_id: The ticket whose closing was the hit. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    difficulty: BossDifficulty | None = None
    max_health: int | None = None
    health: int | None = None
    phase: int | None = None
    spawned_at: _dt.datetime | None = None
    damage: int | None = None
    member_id: str | None = None
    member_name: str | None = None
    ticket_id: str | None = None


def decode_boss_damaged_data(d: Mapping[str, Any]) -> BossDamagedData:
    """Decode a BossDamagedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossDamagedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.difficulty = get("difficulty")
        v = get("max_health")
        o.max_health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("health")
        o.health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("phase")
        o.phase = v if v.__class__ is int or v is None else whole_number(v)
        v = get("spawned_at")
        o.spawned_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("damage")
        o.damage = v if v.__class__ is int or v is None else whole_number(v)
        o.member_id = get("member_id")
        o.member_name = get("member_name")
        o.ticket_id = get("ticket_id")
    except ValueError:
        return decode_boss_damaged_data(with_usual_times(d, ("spawned_at",)))
    return o


def encode_boss_damaged_data(o: BossDamagedData) -> dict[str, Any]:
    """Encode a BossDamagedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.difficulty
    if v is not None:
        d["difficulty"] = v
    v = o.max_health
    if v is not None:
        d["max_health"] = v
    v = o.health
    if v is not None:
        d["health"] = v
    v = o.phase
    if v is not None:
        d["phase"] = v
    v = o.spawned_at
    if v is not None:
        d["spawned_at"] = encode_datetime(v)
    v = o.damage
    if v is not None:
        d["damage"] = v
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.member_name
    if v is not None:
        d["member_name"] = v
    v = o.ticket_id
    if v is not None:
        d["ticket_id"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossDefeatedData:
    """The boss that fell, and how.

    Attributes:
        id: The boss.
        name: Its name. Not documented by cStar; inferred.
        difficulty: How hard it is to beat. Not documented by cStar; inferred.
        max_health: Health at the start. Not documented by cStar; inferred.
        health: Health left. Not documented by cStar; inferred.
        phase: Stage of the battle, from 1. Not documented by cStar; inferred.
        spawned_at: When it appeared. Not documented by cStar; inferred.
        defeat_id: The record of the victory, to be read with `game.boss.defeats.get`. Not documented by cStar;
            inferred.
        defeated_at: When it fell. Not documented by cStar; inferred.
        duration: Length of the battle in seconds. Not documented by cStar; inferred.
        final_blow_member_id: Who dealt the last hit. Not documented by cStar; inferred.
        final_blow_member_name: Display name of that player. Not documented by cStar; inferred.
        participant_count: How many players took part. Not documented by cStar; inferred.
        rewards: What the victory paid. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    difficulty: BossDifficulty | None = None
    max_health: int | None = None
    health: int | None = None
    phase: int | None = None
    spawned_at: _dt.datetime | None = None
    defeat_id: str | None = None
    defeated_at: _dt.datetime | None = None
    duration: int | None = None
    final_blow_member_id: str | None = None
    final_blow_member_name: str | None = None
    participant_count: int | None = None
    rewards: Reward | None = None


def decode_boss_defeated_data(d: Mapping[str, Any]) -> BossDefeatedData:
    """Decode a BossDefeatedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossDefeatedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.difficulty = get("difficulty")
        v = get("max_health")
        o.max_health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("health")
        o.health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("phase")
        o.phase = v if v.__class__ is int or v is None else whole_number(v)
        v = get("spawned_at")
        o.spawned_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.defeat_id = get("defeat_id")
        v = get("defeated_at")
        o.defeated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("duration")
        o.duration = v if v.__class__ is int or v is None else whole_number(v)
        o.final_blow_member_id = get("final_blow_member_id")
        o.final_blow_member_name = get("final_blow_member_name")
        v = get("participant_count")
        o.participant_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("rewards")
        o.rewards = None if v is None else decode_reward(v)
    except ValueError:
        return decode_boss_defeated_data(with_usual_times(d, ("spawned_at", "defeated_at")))
    return o


def encode_boss_defeated_data(o: BossDefeatedData) -> dict[str, Any]:
    """Encode a BossDefeatedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.difficulty
    if v is not None:
        d["difficulty"] = v
    v = o.max_health
    if v is not None:
        d["max_health"] = v
    v = o.health
    if v is not None:
        d["health"] = v
    v = o.phase
    if v is not None:
        d["phase"] = v
    v = o.spawned_at
    if v is not None:
        d["spawned_at"] = encode_datetime(v)
    v = o.defeat_id
    if v is not None:
        d["defeat_id"] = v
    v = o.defeated_at
    if v is not None:
        d["defeated_at"] = encode_datetime(v)
    v = o.duration
    if v is not None:
        d["duration"] = v
    v = o.final_blow_member_id
    if v is not None:
        d["final_blow_member_id"] = v
    v = o.final_blow_member_name
    if v is not None:
        d["final_blow_member_name"] = v
    v = o.participant_count
    if v is not None:
        d["participant_count"] = v
    v = o.rewards
    if v is not None:
        d["rewards"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerLevelUpData:
    """A player and the level that was reached.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        member_name: Display name of the player. Not documented by cStar; inferred.
        level: The level reached. Not documented by cStar; inferred.
        previous_level: The level before. Not documented by cStar; inferred.
        xp: XP of the player within the season. Not documented by cStar; inferred.
        available_skill_points: Skill points that can be spent now. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str | None = None
    member_name: str | None = None
    level: int | None = None
    previous_level: int | None = None
    xp: int | None = None
    available_skill_points: int | None = None


def decode_player_level_up_data(d: Mapping[str, Any]) -> PlayerLevelUpData:
    """Decode a PlayerLevelUpData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerLevelUpData)
    v: Any
    get = d.get
    o.member_id = get("member_id")
    o.member_name = get("member_name")
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("previous_level")
    o.previous_level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    v = get("available_skill_points")
    o.available_skill_points = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_player_level_up_data(o: PlayerLevelUpData) -> dict[str, Any]:
    """Encode a PlayerLevelUpData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.member_name
    if v is not None:
        d["member_name"] = v
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.previous_level
    if v is not None:
        d["previous_level"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.available_skill_points
    if v is not None:
        d["available_skill_points"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerAchievementUnlockedData:
    """A player and the achievement that was unlocked.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        member_name: Display name of the player. Not documented by cStar; inferred.
        achievement_id: Key of the achievement. Not documented by cStar; inferred.
        achievement_name: Its display name. Not documented by cStar; inferred.
        rarity: How hard it is to get. Not documented by cStar; inferred.
        unlocked_at: When it was unlocked. Not documented by cStar; inferred.
        reward: What it paid. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str | None = None
    member_name: str | None = None
    achievement_id: str | None = None
    achievement_name: str | None = None
    rarity: Rarity | None = None
    unlocked_at: _dt.datetime | None = None
    reward: Reward | None = None


def decode_player_achievement_unlocked_data(d: Mapping[str, Any]) -> PlayerAchievementUnlockedData:
    """Decode a PlayerAchievementUnlockedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerAchievementUnlockedData)
    v: Any
    get = d.get
    try:
        o.member_id = get("member_id")
        o.member_name = get("member_name")
        o.achievement_id = get("achievement_id")
        o.achievement_name = get("achievement_name")
        o.rarity = get("rarity")
        v = get("unlocked_at")
        o.unlocked_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("reward")
        o.reward = None if v is None else decode_reward(v)
    except ValueError:
        return decode_player_achievement_unlocked_data(with_usual_times(d, ("unlocked_at",)))
    return o


def encode_player_achievement_unlocked_data(o: PlayerAchievementUnlockedData) -> dict[str, Any]:
    """Encode a PlayerAchievementUnlockedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.member_name
    if v is not None:
        d["member_name"] = v
    v = o.achievement_id
    if v is not None:
        d["achievement_id"] = v
    v = o.achievement_name
    if v is not None:
        d["achievement_name"] = v
    v = o.rarity
    if v is not None:
        d["rarity"] = v
    v = o.unlocked_at
    if v is not None:
        d["unlocked_at"] = encode_datetime(v)
    v = o.reward
    if v is not None:
        d["reward"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerXpGainedData:
    """A player and the XP that was earned.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        member_name: Display name of the player. Not documented by cStar; inferred.
        amount: XP earned this time. Not documented by cStar; inferred.
        xp: XP of the player within the season, this included. Not documented by cStar; inferred.
        level: Level of the player. Not documented by cStar; inferred.
        source: What earned it. Not documented by cStar; inferred.
        ticket_id: The ticket, if closing one earned it. Not documented by cStar; inferred.
        quest_id: The quest, if completing one earned it. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str | None = None
    member_name: str | None = None
    amount: int | None = None
    xp: int | None = None
    level: int | None = None
    source: str | None = None
    ticket_id: str | None = None
    quest_id: str | None = None


def decode_player_xp_gained_data(d: Mapping[str, Any]) -> PlayerXpGainedData:
    """Decode a PlayerXpGainedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerXpGainedData)
    v: Any
    get = d.get
    o.member_id = get("member_id")
    o.member_name = get("member_name")
    v = get("amount")
    o.amount = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    o.source = get("source")
    o.ticket_id = get("ticket_id")
    o.quest_id = get("quest_id")
    return o


def encode_player_xp_gained_data(o: PlayerXpGainedData) -> dict[str, Any]:
    """Encode a PlayerXpGainedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.member_name
    if v is not None:
        d["member_name"] = v
    v = o.amount
    if v is not None:
        d["amount"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.source
    if v is not None:
        d["source"] = v
    v = o.ticket_id
    if v is not None:
        d["ticket_id"] = v
    v = o.quest_id
    if v is not None:
        d["quest_id"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerQuestCompletedData:
    """A player and the quest that was completed.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        member_name: Display name of the player. Not documented by cStar; inferred.
        quest_id: Key of the quest. Not documented by cStar; inferred.
        quest_name: Its display name. Not documented by cStar; inferred.
        completed_at: When it was completed. Not documented by cStar; inferred.
        reward: What it paid. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str | None = None
    member_name: str | None = None
    quest_id: str | None = None
    quest_name: str | None = None
    completed_at: _dt.datetime | None = None
    reward: Reward | None = None


def decode_player_quest_completed_data(d: Mapping[str, Any]) -> PlayerQuestCompletedData:
    """Decode a PlayerQuestCompletedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerQuestCompletedData)
    v: Any
    get = d.get
    try:
        o.member_id = get("member_id")
        o.member_name = get("member_name")
        o.quest_id = get("quest_id")
        o.quest_name = get("quest_name")
        v = get("completed_at")
        o.completed_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("reward")
        o.reward = None if v is None else decode_reward(v)
    except ValueError:
        return decode_player_quest_completed_data(with_usual_times(d, ("completed_at",)))
    return o


def encode_player_quest_completed_data(o: PlayerQuestCompletedData) -> dict[str, Any]:
    """Encode a PlayerQuestCompletedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.member_name
    if v is not None:
        d["member_name"] = v
    v = o.quest_id
    if v is not None:
        d["quest_id"] = v
    v = o.quest_name
    if v is not None:
        d["quest_name"] = v
    v = o.completed_at
    if v is not None:
        d["completed_at"] = encode_datetime(v)
    v = o.reward
    if v is not None:
        d["reward"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerStreakMilestoneData:
    """A player and the length of streak that was reached.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        member_name: Display name of the player. Not documented by cStar; inferred.
        milestone: The milestone in days: 3, 5, 10 or 25. Not documented by cStar; inferred.
        current_streak: Days in the present run. Not documented by cStar; inferred.
        max_streak: Days in the longest run. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str | None = None
    member_name: str | None = None
    milestone: int | None = None
    current_streak: int | None = None
    max_streak: int | None = None


def decode_player_streak_milestone_data(d: Mapping[str, Any]) -> PlayerStreakMilestoneData:
    """Decode a PlayerStreakMilestoneData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerStreakMilestoneData)
    v: Any
    get = d.get
    o.member_id = get("member_id")
    o.member_name = get("member_name")
    v = get("milestone")
    o.milestone = v if v.__class__ is int or v is None else whole_number(v)
    v = get("current_streak")
    o.current_streak = v if v.__class__ is int or v is None else whole_number(v)
    v = get("max_streak")
    o.max_streak = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_player_streak_milestone_data(o: PlayerStreakMilestoneData) -> dict[str, Any]:
    """Encode a PlayerStreakMilestoneData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["member_id"] = v
    v = o.member_name
    if v is not None:
        d["member_name"] = v
    v = o.milestone
    if v is not None:
        d["milestone"] = v
    v = o.current_streak
    if v is not None:
        d["current_streak"] = v
    v = o.max_streak
    if v is not None:
        d["max_streak"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class OneUpEventData:
    """The one-up that was sent.

    Attributes:
        id: The one-up.
        sender_id: Who sent it. Not documented by cStar; inferred.
        sender_name: Display name of the sender. Not documented by cStar; inferred.
        recipient_id: Who got it. Not documented by cStar; inferred.
        recipient_name: Display name of the recipient. Not documented by cStar; inferred.
        message: The words that came with it. Not documented by cStar; inferred.
        gold: Gold that came with it. Not documented by cStar; inferred.
        created_at: When it was sent. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    sender_id: str | None = None
    sender_name: str | None = None
    recipient_id: str | None = None
    recipient_name: str | None = None
    message: str | None = None
    gold: int | None = None
    created_at: _dt.datetime | None = None


def decode_one_up_event_data(d: Mapping[str, Any]) -> OneUpEventData:
    """Decode an OneUpEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(OneUpEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.sender_id = get("sender_id")
        o.sender_name = get("sender_name")
        o.recipient_id = get("recipient_id")
        o.recipient_name = get("recipient_name")
        o.message = get("message")
        v = get("gold")
        o.gold = v if v.__class__ is int or v is None else whole_number(v)
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_one_up_event_data(with_usual_times(d, ("created_at",)))
    return o


def encode_one_up_event_data(o: OneUpEventData) -> dict[str, Any]:
    """Encode an OneUpEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.sender_id
    if v is not None:
        d["sender_id"] = v
    v = o.sender_name
    if v is not None:
        d["sender_name"] = v
    v = o.recipient_id
    if v is not None:
        d["recipient_id"] = v
    v = o.recipient_name
    if v is not None:
        d["recipient_name"] = v
    v = o.message
    if v is not None:
        d["message"] = v
    v = o.gold
    if v is not None:
        d["gold"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class HighFiveEventData:
    """The high five that was sent.

    Attributes:
        id: The high five.
        from_team_id: The team that sent it. Not documented by cStar; inferred.
        from_team_name: Name of that team. Not documented by cStar; inferred.
        to_team_id: The team that got it. Not documented by cStar; inferred.
        to_team_name: Name of that team. Not documented by cStar; inferred.
        message: The words that came with it. Not documented by cStar; inferred.
        created_at: When it was sent. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    from_team_id: str | None = None
    from_team_name: str | None = None
    to_team_id: str | None = None
    to_team_name: str | None = None
    message: str | None = None
    created_at: _dt.datetime | None = None


def decode_high_five_event_data(d: Mapping[str, Any]) -> HighFiveEventData:
    """Decode a HighFiveEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(HighFiveEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.from_team_id = get("from_team_id")
        o.from_team_name = get("from_team_name")
        o.to_team_id = get("to_team_id")
        o.to_team_name = get("to_team_name")
        o.message = get("message")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_high_five_event_data(with_usual_times(d, ("created_at",)))
    return o


def encode_high_five_event_data(o: HighFiveEventData) -> dict[str, Any]:
    """Encode a HighFiveEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.from_team_id
    if v is not None:
        d["from_team_id"] = v
    v = o.from_team_name
    if v is not None:
        d["from_team_name"] = v
    v = o.to_team_id
    if v is not None:
        d["to_team_id"] = v
    v = o.to_team_name
    if v is not None:
        d["to_team_name"] = v
    v = o.message
    if v is not None:
        d["message"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityPostEventData:
    """The community post of an event, as it stood at that moment.

    Attributes:
        id: The post, a UUID.
        title: Its title.
        status: Where it stands: open, answered, officially_answered, planned, not_planned, completed or
            under_review.
        slug: Its name in addresses. Not documented by cStar; inferred.
        body: Its text. Not documented by cStar; inferred.
        topic_id: The topic that it is in. Not documented by cStar; inferred.
        visibility: Who can read it: public or members_only. Not documented by cStar; inferred.
        vote_count: How many votes it has. Not documented by cStar; inferred.
        comment_count: How many comments it has. Not documented by cStar; inferred.
        is_pinned: Whether it stays at the top. Not documented by cStar; inferred.
        is_locked: Whether new comments are refused. Not documented by cStar; inferred.
        created_at: When it was written. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    title: str | None = None
    status: str | None = None
    slug: str | None = None
    body: str | None = None
    topic_id: str | None = None
    visibility: str | None = None
    vote_count: int | None = None
    comment_count: int | None = None
    is_pinned: bool | None = None
    is_locked: bool | None = None
    created_at: _dt.datetime | None = None


def decode_community_post_event_data(d: Mapping[str, Any]) -> CommunityPostEventData:
    """Decode a CommunityPostEventData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityPostEventData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.status = get("status")
        o.slug = get("slug")
        o.body = get("body")
        o.topic_id = get("topic_id")
        o.visibility = get("visibility")
        v = get("vote_count")
        o.vote_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("comment_count")
        o.comment_count = v if v.__class__ is int or v is None else whole_number(v)
        o.is_pinned = get("is_pinned")
        o.is_locked = get("is_locked")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_community_post_event_data(with_usual_times(d, ("created_at",)))
    return o


def encode_community_post_event_data(o: CommunityPostEventData) -> dict[str, Any]:
    """Encode a CommunityPostEventData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.body
    if v is not None:
        d["body"] = v
    v = o.topic_id
    if v is not None:
        d["topic_id"] = v
    v = o.visibility
    if v is not None:
        d["visibility"] = v
    v = o.vote_count
    if v is not None:
        d["vote_count"] = v
    v = o.comment_count
    if v is not None:
        d["comment_count"] = v
    v = o.is_pinned
    if v is not None:
        d["is_pinned"] = v
    v = o.is_locked
    if v is not None:
        d["is_locked"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityStatusChangedData:
    """The post in its new status, and the one before.

    Attributes:
        id: The post, a UUID.
        title: Its title.
        status: Where it stands: open, answered, officially_answered, planned, not_planned, completed or
            under_review.
        slug: Its name in addresses. Not documented by cStar; inferred.
        body: Its text. Not documented by cStar; inferred.
        topic_id: The topic that it is in. Not documented by cStar; inferred.
        visibility: Who can read it: public or members_only. Not documented by cStar; inferred.
        vote_count: How many votes it has. Not documented by cStar; inferred.
        comment_count: How many comments it has. Not documented by cStar; inferred.
        is_pinned: Whether it stays at the top. Not documented by cStar; inferred.
        is_locked: Whether new comments are refused. Not documented by cStar; inferred.
        created_at: When it was written. Not documented by cStar; inferred.
        previous_status: Where it stood before. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    title: str | None = None
    status: str | None = None
    slug: str | None = None
    body: str | None = None
    topic_id: str | None = None
    visibility: str | None = None
    vote_count: int | None = None
    comment_count: int | None = None
    is_pinned: bool | None = None
    is_locked: bool | None = None
    created_at: _dt.datetime | None = None
    previous_status: str | None = None


def decode_community_status_changed_data(d: Mapping[str, Any]) -> CommunityStatusChangedData:
    """Decode a CommunityStatusChangedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityStatusChangedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.status = get("status")
        o.slug = get("slug")
        o.body = get("body")
        o.topic_id = get("topic_id")
        o.visibility = get("visibility")
        v = get("vote_count")
        o.vote_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("comment_count")
        o.comment_count = v if v.__class__ is int or v is None else whole_number(v)
        o.is_pinned = get("is_pinned")
        o.is_locked = get("is_locked")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.previous_status = get("previous_status")
    except ValueError:
        return decode_community_status_changed_data(with_usual_times(d, ("created_at",)))
    return o


def encode_community_status_changed_data(o: CommunityStatusChangedData) -> dict[str, Any]:
    """Encode a CommunityStatusChangedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.body
    if v is not None:
        d["body"] = v
    v = o.topic_id
    if v is not None:
        d["topic_id"] = v
    v = o.visibility
    if v is not None:
        d["visibility"] = v
    v = o.vote_count
    if v is not None:
        d["vote_count"] = v
    v = o.comment_count
    if v is not None:
        d["comment_count"] = v
    v = o.is_pinned
    if v is not None:
        d["is_pinned"] = v
    v = o.is_locked
    if v is not None:
        d["is_locked"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.previous_status
    if v is not None:
        d["previous_status"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityCommentedData:
    """The comment that was added to a post.

    Attributes:
        id: The comment.
        post_id: The post to which it was added. Not documented by cStar; inferred.
        body: Its text. Not documented by cStar; inferred.
        author_id: Who wrote it. Not documented by cStar; inferred.
        author_name: Display name of the author. Not documented by cStar; inferred.
        is_official: Whether it speaks for the team. Not documented by cStar; inferred.
        created_at: When it was written. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    post_id: str | None = None
    body: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    is_official: bool | None = None
    created_at: _dt.datetime | None = None


def decode_community_commented_data(d: Mapping[str, Any]) -> CommunityCommentedData:
    """Decode a CommunityCommentedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityCommentedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.post_id = get("post_id")
        o.body = get("body")
        o.author_id = get("author_id")
        o.author_name = get("author_name")
        o.is_official = get("is_official")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_community_commented_data(with_usual_times(d, ("created_at",)))
    return o


def encode_community_commented_data(o: CommunityCommentedData) -> dict[str, Any]:
    """Encode a CommunityCommentedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.post_id
    if v is not None:
        d["post_id"] = v
    v = o.body
    if v is not None:
        d["body"] = v
    v = o.author_id
    if v is not None:
        d["author_id"] = v
    v = o.author_name
    if v is not None:
        d["author_name"] = v
    v = o.is_official
    if v is not None:
        d["is_official"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityVotedData:
    """The post with its new count of votes, and who voted.

    Attributes:
        id: The post, a UUID.
        title: Its title.
        status: Where it stands: open, answered, officially_answered, planned, not_planned, completed or
            under_review.
        slug: Its name in addresses. Not documented by cStar; inferred.
        body: Its text. Not documented by cStar; inferred.
        topic_id: The topic that it is in. Not documented by cStar; inferred.
        visibility: Who can read it: public or members_only. Not documented by cStar; inferred.
        vote_count: How many votes it has. Not documented by cStar; inferred.
        comment_count: How many comments it has. Not documented by cStar; inferred.
        is_pinned: Whether it stays at the top. Not documented by cStar; inferred.
        is_locked: Whether new comments are refused. Not documented by cStar; inferred.
        created_at: When it was written. Not documented by cStar; inferred.
        voter_id: Who voted. Not documented by cStar; inferred.
        voter_name: Display name of the voter. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    title: str | None = None
    status: str | None = None
    slug: str | None = None
    body: str | None = None
    topic_id: str | None = None
    visibility: str | None = None
    vote_count: int | None = None
    comment_count: int | None = None
    is_pinned: bool | None = None
    is_locked: bool | None = None
    created_at: _dt.datetime | None = None
    voter_id: str | None = None
    voter_name: str | None = None


def decode_community_voted_data(d: Mapping[str, Any]) -> CommunityVotedData:
    """Decode a CommunityVotedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityVotedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.status = get("status")
        o.slug = get("slug")
        o.body = get("body")
        o.topic_id = get("topic_id")
        o.visibility = get("visibility")
        v = get("vote_count")
        o.vote_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("comment_count")
        o.comment_count = v if v.__class__ is int or v is None else whole_number(v)
        o.is_pinned = get("is_pinned")
        o.is_locked = get("is_locked")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.voter_id = get("voter_id")
        o.voter_name = get("voter_name")
    except ValueError:
        return decode_community_voted_data(with_usual_times(d, ("created_at",)))
    return o


def encode_community_voted_data(o: CommunityVotedData) -> dict[str, Any]:
    """Encode a CommunityVotedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.body
    if v is not None:
        d["body"] = v
    v = o.topic_id
    if v is not None:
        d["topic_id"] = v
    v = o.visibility
    if v is not None:
        d["visibility"] = v
    v = o.vote_count
    if v is not None:
        d["vote_count"] = v
    v = o.comment_count
    if v is not None:
        d["comment_count"] = v
    v = o.is_pinned
    if v is not None:
        d["is_pinned"] = v
    v = o.is_locked
    if v is not None:
        d["is_locked"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.voter_id
    if v is not None:
        d["voter_id"] = v
    v = o.voter_name
    if v is not None:
        d["voter_name"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class SurveySubmittedData:
    """The answer to a satisfaction survey.

    Attributes:
        id: The answer.
        score: The score that was given; more is better. Not documented by cStar; inferred.
        comment: What the customer wrote. Not documented by cStar; inferred.
        ticket_id: The ticket that it is about. Not documented by cStar; inferred.
        customer_id: Who answered. Not documented by cStar; inferred.
        assigned_to: The agent who had the ticket. Not documented by cStar; inferred.
        submitted_at: When it was given. Not documented by cStar; inferred.
        customer: The customer, in short. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    score: int | None = None
    comment: str | None = None
    ticket_id: str | None = None
    customer_id: str | None = None
    assigned_to: str | None = None
    submitted_at: _dt.datetime | None = None
    customer: EventCustomer | None = None


def decode_survey_submitted_data(d: Mapping[str, Any]) -> SurveySubmittedData:
    """Decode a SurveySubmittedData from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SurveySubmittedData)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        v = get("score")
        o.score = v if v.__class__ is int or v is None else whole_number(v)
        o.comment = get("comment")
        o.ticket_id = get("ticket_id")
        o.customer_id = get("customer_id")
        o.assigned_to = get("assigned_to")
        v = get("submitted_at")
        o.submitted_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("customer")
        o.customer = None if v is None else decode_event_customer(v)
    except ValueError:
        return decode_survey_submitted_data(with_usual_times(d, ("submitted_at",)))
    return o


def encode_survey_submitted_data(o: SurveySubmittedData) -> dict[str, Any]:
    """Encode a SurveySubmittedData as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.score
    if v is not None:
        d["score"] = v
    v = o.comment
    if v is not None:
        d["comment"] = v
    v = o.ticket_id
    if v is not None:
        d["ticket_id"] = v
    v = o.customer_id
    if v is not None:
        d["customer_id"] = v
    v = o.assigned_to
    if v is not None:
        d["assigned_to"] = v
    v = o.submitted_at
    if v is not None:
        d["submitted_at"] = encode_datetime(v)
    v = o.customer
    if v is not None:
        d["customer"] = encode_event_customer(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        EventCustomer: ModelInfo(
            decode_event_customer,
            encode_event_customer,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, True, None, False),
                FieldInfo("email", "email", False, True, None, False),
            ),
            None,
        ),
        FieldChange: ModelInfo(
            decode_field_change,
            encode_field_change,
            (FieldInfo("from_", "from", False, False, None, False), FieldInfo("to", "to", False, False, None, False)),
            None,
        ),
        TicketEventData: ModelInfo(
            decode_ticket_event_data,
            encode_ticket_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("prefixed_id", "prefixed_id", False, True, None, False),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False, TICKET_STATUS_VALUES),
                FieldInfo("priority", "priority", False, False, None, False, TICKET_PRIORITY_VALUES),
                FieldInfo("channel", "channel", False, True, None, False),
                FieldInfo("customer_id", "customer_id", False, True, None, False),
                FieldInfo("customer_name", "customer_name", False, True, None, False),
                FieldInfo("assigned_to", "assigned_to", False, True, None, False),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("updated_at", "updated_at", False, True, parse_datetime, False),
                FieldInfo("resolved_at", "resolved_at", False, True, parse_datetime, False),
                FieldInfo("dashboard_url", "dashboard_url", False, True, None, False),
                FieldInfo("customer", "customer", False, True, EventCustomer, False),
            ),
            None,
        ),
        TicketUpdatedData: ModelInfo(
            decode_ticket_updated_data,
            encode_ticket_updated_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("prefixed_id", "prefixed_id", False, True, None, False),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False, TICKET_STATUS_VALUES),
                FieldInfo("priority", "priority", False, False, None, False, TICKET_PRIORITY_VALUES),
                FieldInfo("channel", "channel", False, True, None, False),
                FieldInfo("customer_id", "customer_id", False, True, None, False),
                FieldInfo("customer_name", "customer_name", False, True, None, False),
                FieldInfo("assigned_to", "assigned_to", False, True, None, False),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("updated_at", "updated_at", False, True, parse_datetime, False),
                FieldInfo("resolved_at", "resolved_at", False, True, parse_datetime, False),
                FieldInfo("dashboard_url", "dashboard_url", False, True, None, False),
                FieldInfo("customer", "customer", False, True, EventCustomer, False),
                FieldInfo("changes", "changes", False, False, {"": FieldChange}, False),
            ),
            None,
        ),
        TicketMessageAddedData: ModelInfo(
            decode_ticket_message_added_data,
            encode_ticket_message_added_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("ticket_id", "ticket_id", False, False, None, False),
                FieldInfo("content", "content", False, False, None, False),
                FieldInfo("sender", "sender", False, False, None, False),
                FieldInfo("sender_name", "sender_name", False, True, None, False),
                FieldInfo("is_internal", "is_internal", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("customer", "customer", False, True, EventCustomer, False),
            ),
            None,
        ),
        CustomerEventData: ModelInfo(
            decode_customer_event_data,
            encode_customer_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, True, None, False),
                FieldInfo("email", "email", False, True, None, False),
                FieldInfo("status", "status", False, False, None, False, CUSTOMER_STATUS_VALUES),
                FieldInfo("sentiment", "sentiment", False, True, None, False, CUSTOMER_SENTIMENT_VALUES),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("notes", "notes", False, True, None, False),
                FieldInfo("ticket_count", "ticket_count", False, False, whole_number, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("updated_at", "updated_at", False, True, parse_datetime, False),
            ),
            None,
        ),
        CustomerGroupEventData: ModelInfo(
            decode_customer_group_event_data,
            encode_customer_group_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("description", "description", False, True, None, False),
                FieldInfo("external_id", "external_id", False, True, None, False),
                FieldInfo("custom_fields", "custom_fields", False, False, None, False),
                FieldInfo("customer_count", "customer_count", False, False, whole_number, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("updated_at", "updated_at", False, True, parse_datetime, False),
            ),
            None,
        ),
        ArticleEventData: ModelInfo(
            decode_article_event_data,
            encode_article_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False, ARTICLE_STATUS_VALUES),
                FieldInfo("category", "category", False, True, None, False),
                FieldInfo("is_public", "is_public", False, False, None, False),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("updated_at", "updated_at", False, True, parse_datetime, False),
            ),
            None,
        ),
        PreferencesEventData: ModelInfo(
            decode_preferences_event_data,
            encode_preferences_event_data,
            (
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("updated_at", "updated_at", False, True, parse_datetime, False),
                FieldInfo("changes", "changes", False, False, {"": FieldChange}, False),
            ),
            FieldInfo("additional_properties", "", False, False, None),
        ),
        BossEventData: ModelInfo(
            decode_boss_event_data,
            encode_boss_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("difficulty", "difficulty", False, False, None, False, BOSS_DIFFICULTY_VALUES),
                FieldInfo("max_health", "max_health", False, False, whole_number, False),
                FieldInfo("health", "health", False, False, whole_number, False),
                FieldInfo("phase", "phase", False, False, whole_number, False),
                FieldInfo("spawned_at", "spawned_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        BossDamagedData: ModelInfo(
            decode_boss_damaged_data,
            encode_boss_damaged_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("difficulty", "difficulty", False, False, None, False, BOSS_DIFFICULTY_VALUES),
                FieldInfo("max_health", "max_health", False, False, whole_number, False),
                FieldInfo("health", "health", False, False, whole_number, False),
                FieldInfo("phase", "phase", False, False, whole_number, False),
                FieldInfo("spawned_at", "spawned_at", False, False, parse_datetime, False),
                FieldInfo("damage", "damage", False, False, whole_number, False),
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("member_name", "member_name", False, True, None, False),
                FieldInfo("ticket_id", "ticket_id", False, True, None, False),
            ),
            None,
        ),
        BossDefeatedData: ModelInfo(
            decode_boss_defeated_data,
            encode_boss_defeated_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("difficulty", "difficulty", False, False, None, False, BOSS_DIFFICULTY_VALUES),
                FieldInfo("max_health", "max_health", False, False, whole_number, False),
                FieldInfo("health", "health", False, False, whole_number, False),
                FieldInfo("phase", "phase", False, False, whole_number, False),
                FieldInfo("spawned_at", "spawned_at", False, False, parse_datetime, False),
                FieldInfo("defeat_id", "defeat_id", False, True, None, False),
                FieldInfo("defeated_at", "defeated_at", False, False, parse_datetime, False),
                FieldInfo("duration", "duration", False, False, whole_number, False),
                FieldInfo("final_blow_member_id", "final_blow_member_id", False, True, None, False),
                FieldInfo("final_blow_member_name", "final_blow_member_name", False, True, None, False),
                FieldInfo("participant_count", "participant_count", False, False, whole_number, False),
                FieldInfo("rewards", "rewards", False, True, Reward, False),
            ),
            None,
        ),
        PlayerLevelUpData: ModelInfo(
            decode_player_level_up_data,
            encode_player_level_up_data,
            (
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("member_name", "member_name", False, True, None, False),
                FieldInfo("level", "level", False, False, whole_number, False),
                FieldInfo("previous_level", "previous_level", False, False, whole_number, False),
                FieldInfo("xp", "xp", False, False, whole_number, False),
                FieldInfo("available_skill_points", "available_skill_points", False, False, whole_number, False),
            ),
            None,
        ),
        PlayerAchievementUnlockedData: ModelInfo(
            decode_player_achievement_unlocked_data,
            encode_player_achievement_unlocked_data,
            (
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("member_name", "member_name", False, True, None, False),
                FieldInfo("achievement_id", "achievement_id", False, False, None, False),
                FieldInfo("achievement_name", "achievement_name", False, False, None, False),
                FieldInfo("rarity", "rarity", False, False, None, False, RARITY_VALUES),
                FieldInfo("unlocked_at", "unlocked_at", False, False, parse_datetime, False),
                FieldInfo("reward", "reward", False, True, Reward, False),
            ),
            None,
        ),
        PlayerXpGainedData: ModelInfo(
            decode_player_xp_gained_data,
            encode_player_xp_gained_data,
            (
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("member_name", "member_name", False, True, None, False),
                FieldInfo("amount", "amount", False, False, whole_number, False),
                FieldInfo("xp", "xp", False, False, whole_number, False),
                FieldInfo("level", "level", False, False, whole_number, False),
                FieldInfo("source", "source", False, False, None, False),
                FieldInfo("ticket_id", "ticket_id", False, True, None, False),
                FieldInfo("quest_id", "quest_id", False, True, None, False),
            ),
            None,
        ),
        PlayerQuestCompletedData: ModelInfo(
            decode_player_quest_completed_data,
            encode_player_quest_completed_data,
            (
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("member_name", "member_name", False, True, None, False),
                FieldInfo("quest_id", "quest_id", False, False, None, False),
                FieldInfo("quest_name", "quest_name", False, False, None, False),
                FieldInfo("completed_at", "completed_at", False, False, parse_datetime, False),
                FieldInfo("reward", "reward", False, True, Reward, False),
            ),
            None,
        ),
        PlayerStreakMilestoneData: ModelInfo(
            decode_player_streak_milestone_data,
            encode_player_streak_milestone_data,
            (
                FieldInfo("member_id", "member_id", False, True, None, False),
                FieldInfo("member_name", "member_name", False, True, None, False),
                FieldInfo("milestone", "milestone", False, False, whole_number, False),
                FieldInfo("current_streak", "current_streak", False, False, whole_number, False),
                FieldInfo("max_streak", "max_streak", False, False, whole_number, False),
            ),
            None,
        ),
        OneUpEventData: ModelInfo(
            decode_one_up_event_data,
            encode_one_up_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("sender_id", "sender_id", False, False, None, False),
                FieldInfo("sender_name", "sender_name", False, True, None, False),
                FieldInfo("recipient_id", "recipient_id", False, False, None, False),
                FieldInfo("recipient_name", "recipient_name", False, True, None, False),
                FieldInfo("message", "message", False, True, None, False),
                FieldInfo("gold", "gold", False, False, whole_number, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        HighFiveEventData: ModelInfo(
            decode_high_five_event_data,
            encode_high_five_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("from_team_id", "from_team_id", False, False, None, False),
                FieldInfo("from_team_name", "from_team_name", False, True, None, False),
                FieldInfo("to_team_id", "to_team_id", False, False, None, False),
                FieldInfo("to_team_name", "to_team_name", False, True, None, False),
                FieldInfo("message", "message", False, True, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        CommunityPostEventData: ModelInfo(
            decode_community_post_event_data,
            encode_community_post_event_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("body", "body", False, False, None, False),
                FieldInfo("topic_id", "topic_id", False, True, None, False),
                FieldInfo("visibility", "visibility", False, False, None, False),
                FieldInfo("vote_count", "vote_count", False, False, whole_number, False),
                FieldInfo("comment_count", "comment_count", False, False, whole_number, False),
                FieldInfo("is_pinned", "is_pinned", False, False, None, False),
                FieldInfo("is_locked", "is_locked", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        CommunityStatusChangedData: ModelInfo(
            decode_community_status_changed_data,
            encode_community_status_changed_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("body", "body", False, False, None, False),
                FieldInfo("topic_id", "topic_id", False, True, None, False),
                FieldInfo("visibility", "visibility", False, False, None, False),
                FieldInfo("vote_count", "vote_count", False, False, whole_number, False),
                FieldInfo("comment_count", "comment_count", False, False, whole_number, False),
                FieldInfo("is_pinned", "is_pinned", False, False, None, False),
                FieldInfo("is_locked", "is_locked", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("previous_status", "previous_status", False, True, None, False),
            ),
            None,
        ),
        CommunityCommentedData: ModelInfo(
            decode_community_commented_data,
            encode_community_commented_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("post_id", "post_id", False, False, None, False),
                FieldInfo("body", "body", False, False, None, False),
                FieldInfo("author_id", "author_id", False, True, None, False),
                FieldInfo("author_name", "author_name", False, True, None, False),
                FieldInfo("is_official", "is_official", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        CommunityVotedData: ModelInfo(
            decode_community_voted_data,
            encode_community_voted_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("body", "body", False, False, None, False),
                FieldInfo("topic_id", "topic_id", False, True, None, False),
                FieldInfo("visibility", "visibility", False, False, None, False),
                FieldInfo("vote_count", "vote_count", False, False, whole_number, False),
                FieldInfo("comment_count", "comment_count", False, False, whole_number, False),
                FieldInfo("is_pinned", "is_pinned", False, False, None, False),
                FieldInfo("is_locked", "is_locked", False, False, None, False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
                FieldInfo("voter_id", "voter_id", False, True, None, False),
                FieldInfo("voter_name", "voter_name", False, True, None, False),
            ),
            None,
        ),
        SurveySubmittedData: ModelInfo(
            decode_survey_submitted_data,
            encode_survey_submitted_data,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("score", "score", False, False, whole_number, False),
                FieldInfo("comment", "comment", False, True, None, False),
                FieldInfo("ticket_id", "ticket_id", False, True, None, False),
                FieldInfo("customer_id", "customer_id", False, True, None, False),
                FieldInfo("assigned_to", "assigned_to", False, True, None, False),
                FieldInfo("submitted_at", "submitted_at", False, False, parse_datetime, False),
                FieldInfo("customer", "customer", False, True, EventCustomer, False),
            ),
            None,
        ),
    }
