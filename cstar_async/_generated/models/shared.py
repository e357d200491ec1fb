# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Shared: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

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

TicketStatusKnown: TypeAlias = Literal["new", "open", "pending", "resolved", "closed"]
TicketStatus: TypeAlias = TicketStatusKnown | str
"""Where a ticket stands. Unknown values are passed through."""
TICKET_STATUS_VALUES: tuple[TicketStatusKnown, ...] = ("new", "open", "pending", "resolved", "closed")

TicketPriorityKnown: TypeAlias = Literal["low", "normal", "high", "urgent"]
TicketPriority: TypeAlias = TicketPriorityKnown | str
"""How urgent a ticket is. Unknown values are passed through."""
TICKET_PRIORITY_VALUES: tuple[TicketPriorityKnown, ...] = ("low", "normal", "high", "urgent")

CustomerStatusKnown: TypeAlias = Literal["active", "inactive"]
CustomerStatus: TypeAlias = CustomerStatusKnown | str
"""Whether a customer's account is in use. Unknown values are passed through."""
CUSTOMER_STATUS_VALUES: tuple[CustomerStatusKnown, ...] = ("active", "inactive")

CustomerSentimentKnown: TypeAlias = Literal["positive", "neutral", "negative"]
CustomerSentiment: TypeAlias = CustomerSentimentKnown | str
"""How a customer's interactions read, calculated by the service. Unknown values are passed through."""
CUSTOMER_SENTIMENT_VALUES: tuple[CustomerSentimentKnown, ...] = ("positive", "neutral", "negative")

ArticleStatusKnown: TypeAlias = Literal["draft", "published"]
ArticleStatus: TypeAlias = ArticleStatusKnown | str
"""Whether an article is published. Unknown values are passed through."""
ARTICLE_STATUS_VALUES: tuple[ArticleStatusKnown, ...] = ("draft", "published")

BulkResourceKnown: TypeAlias = Literal["tickets", "customers", "articles"]
BulkResource: TypeAlias = BulkResourceKnown | str
"""A resource that can be changed, imported and exported in bulk. Unknown values are passed through."""
BULK_RESOURCE_VALUES: tuple[BulkResourceKnown, ...] = ("tickets", "customers", "articles")

EventTypeKnown: TypeAlias = Literal[
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.message_added",
    "ticket.deleted",
    "ticket.assigned",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer_group.created",
    "customer_group.updated",
    "customer_group.deleted",
    "article.created",
    "article.published",
    "article.updated",
    "article.deleted",
    "team.preferences_updated",
    "agent.preferences_updated",
    "boss.spawned",
    "boss.damaged",
    "boss.defeated",
    "player.level_up",
    "player.achievement_unlocked",
    "player.xp_gained",
    "player.quest_completed",
    "player.streak_milestone",
    "social.one_up_sent",
    "social.high_five_sent",
    "community_post.created",
    "community_post.updated",
    "community_post.status_changed",
    "community_post.commented",
    "community_post.deleted",
    "community_post.voted",
    "survey.submitted",
]
EventType: TypeAlias = EventTypeKnown | str
"""The types of webhook events. Read it as open; new ones may appear. Unknown values are passed through."""
EVENT_TYPE_VALUES: tuple[EventTypeKnown, ...] = (
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.message_added",
    "ticket.deleted",
    "ticket.assigned",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer_group.created",
    "customer_group.updated",
    "customer_group.deleted",
    "article.created",
    "article.published",
    "article.updated",
    "article.deleted",
    "team.preferences_updated",
    "agent.preferences_updated",
    "boss.spawned",
    "boss.damaged",
    "boss.defeated",
    "player.level_up",
    "player.achievement_unlocked",
    "player.xp_gained",
    "player.quest_completed",
    "player.streak_milestone",
    "social.one_up_sent",
    "social.high_five_sent",
    "community_post.created",
    "community_post.updated",
    "community_post.status_changed",
    "community_post.commented",
    "community_post.deleted",
    "community_post.voted",
    "survey.submitted",
)

TicketSlaTierKnown: TypeAlias = Literal["gold", "silver", "bronze"]
TicketSlaTier: TypeAlias = TicketSlaTierKnown | str
"""How well an SLA target was met: gold is the fastest; no tier means not yet measured, or missed. Unknown values are
passed through.
"""
TICKET_SLA_TIER_VALUES: tuple[TicketSlaTierKnown, ...] = ("gold", "silver", "bronze")

MessageSenderKnown: TypeAlias = Literal["agent", "customer", "system"]
MessageSender: TypeAlias = MessageSenderKnown | str
"""Who wrote a message. Unknown values are passed through."""
MESSAGE_SENDER_VALUES: tuple[MessageSenderKnown, ...] = ("agent", "customer", "system")

CommunityPostStatusKnown: TypeAlias = Literal[
    "open", "answered", "officially_answered", "planned", "not_planned", "completed", "under_review"
]
CommunityPostStatus: TypeAlias = CommunityPostStatusKnown | str
"""Where a community post stands. Unknown values are passed through."""
COMMUNITY_POST_STATUS_VALUES: tuple[CommunityPostStatusKnown, ...] = (
    "open",
    "answered",
    "officially_answered",
    "planned",
    "not_planned",
    "completed",
    "under_review",
)

CommunityPostVisibilityKnown: TypeAlias = Literal["public", "members_only"]
CommunityPostVisibility: TypeAlias = CommunityPostVisibilityKnown | str
"""Who can read a community post. Unknown values are passed through."""
COMMUNITY_POST_VISIBILITY_VALUES: tuple[CommunityPostVisibilityKnown, ...] = ("public", "members_only")

CommunityPostSortKnown: TypeAlias = Literal["recent", "votes", "comments"]
CommunityPostSort: TypeAlias = CommunityPostSortKnown | str
"""An order for posts: the newest, the most upvoted or the most commented first. Unknown values are passed through."""
COMMUNITY_POST_SORT_VALUES: tuple[CommunityPostSortKnown, ...] = ("recent", "votes", "comments")

CommunityImageTypeKnown: TypeAlias = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]
CommunityImageType: TypeAlias = CommunityImageTypeKnown | str
"""The kinds of images that a post may carry. Unknown values are passed through."""
COMMUNITY_IMAGE_TYPE_VALUES: tuple[CommunityImageTypeKnown, ...] = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
)

BossDifficultyKnown: TypeAlias = Literal["easy", "normal", "hard", "legendary"]
BossDifficulty: TypeAlias = BossDifficultyKnown | str
"""How hard a boss is to beat. Unknown values are passed through."""
BOSS_DIFFICULTY_VALUES: tuple[BossDifficultyKnown, ...] = ("easy", "normal", "hard", "legendary")

RarityKnown: TypeAlias = Literal["common", "uncommon", "rare", "epic", "legendary"]
Rarity: TypeAlias = RarityKnown | str
"""How hard something is to get, from the most common to the rarest. Unknown values are passed through."""
RARITY_VALUES: tuple[RarityKnown, ...] = ("common", "uncommon", "rare", "epic", "legendary")

KeyTypeKnown: TypeAlias = Literal["secret", "publishable"]
KeyType: TypeAlias = KeyTypeKnown | str
"""What an API key may do; a publishable key only reads. Unknown values are passed through."""
KEY_TYPE_VALUES: tuple[KeyTypeKnown, ...] = ("secret", "publishable")

KeyEnvironmentKnown: TypeAlias = Literal["live", "test"]
KeyEnvironment: TypeAlias = KeyEnvironmentKnown | str
"""Which of a team's two separate sets of data an API key sees. Unknown values are passed through."""
KEY_ENVIRONMENT_VALUES: tuple[KeyEnvironmentKnown, ...] = ("live", "test")


@attrs.define(slots=True, kw_only=True)
class Deleted:
    """Says that an object is gone.

    Attributes:
        deleted: Always true. From cStar's public documentation.
        id: The id of the deleted object. From cStar's public documentation.
        object: The type of the deleted object. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    deleted: bool = ABSENT
    id: str
    object: str | None = None


def decode_deleted(d: Mapping[str, Any]) -> Deleted:
    """Decode a Deleted from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Deleted)
    get = d.get
    try:
        o.deleted = d["deleted"]
        o.id = d["id"]
        o.object = get("object")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_deleted_leniently(d)


_DELETED_PROMISED = frozenset(("deleted", "id"))


def _decode_deleted_leniently(d: Mapping[str, Any]) -> Deleted:
    o: Any = new(Deleted)
    get = d.get
    o.deleted = get("deleted")
    o.id = d["id"]
    o.object = get("object")
    note_absent("Deleted", d, _DELETED_PROMISED)
    decoded: Deleted = o
    return decoded


def encode_deleted(o: Deleted) -> dict[str, Any]:
    """Encode a Deleted as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.deleted
    if v is not None:
        d["deleted"] = v
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class Ticket:
    """A customer's request for help, with its state and its place in the queue.

    Attributes:
        id: The id of the ticket.
        object: The type of this object. From cStar's public documentation.
        title: The subject line.
        status: Where the ticket stands.
        priority: How urgent it is; also decides the XP that closing it earns.
        customer_id: The customer who asked (`cus_…`); null once that customer is deleted.
        customer_name: The name of that customer. From cStar's public documentation.
        customer: A summary of the customer, only with `expand=customer`. From cStar's public documentation.
        assigned_to: The member it is assigned to (`mem_…`); null if unassigned.
        tags: The tags of the ticket.
        notes: Notes for the team, never shown to customers.
        message_count: How many messages the thread has.
        messages: The message thread, oldest first. Only on a ticket fetched by its id. From cStar's public
            documentation.
        response_deadline: When the first answer is due under the SLA; null without a rule. From cStar's public
            documentation.
        resolution_deadline: When the ticket must be resolved under the SLA; null without a rule. From cStar's
            public documentation.
        first_response_at: When an agent first answered. From cStar's public documentation.
        response_tier: How well the response target was met. From cStar's public documentation.
        resolution_tier: How well the resolution target was met. From cStar's public documentation.
        sla_paused: Whether the SLA clock is paused. From cStar's public documentation.
        metadata: Your own keys and values; the service only keeps them. From cStar's public documentation.
        created_at: When the ticket was opened.
        updated_at: When it last changed.
        resolved_at: When it was resolved; null while it is not.
        closed_at: When it was closed; null while it is not. Part of the documentation has this instead of
            `resolvedAt`. From cStar's public documentation.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    title: str = ABSENT
    status: TicketStatus = ABSENT
    priority: TicketPriority = ABSENT
    customer_id: str | None = ABSENT
    customer_name: str | None = None
    customer: TicketCustomer | None = None
    assigned_to: str | None = ABSENT
    tags: list[str] = ABSENT
    notes: str | None = ABSENT
    message_count: int = ABSENT
    messages: list[Message] | None = None
    response_deadline: _dt.datetime | None = None
    resolution_deadline: _dt.datetime | None = None
    first_response_at: _dt.datetime | None = None
    response_tier: TicketSlaTier | None = None
    resolution_tier: TicketSlaTier | None = None
    sla_paused: bool | None = None
    metadata: dict[str, Any] | None = None
    created_at: _dt.datetime = ABSENT
    updated_at: _dt.datetime = ABSENT
    resolved_at: _dt.datetime | None = None
    closed_at: _dt.datetime | None = None


def decode_ticket(d: Mapping[str, Any]) -> Ticket:
    """Decode a Ticket from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Ticket)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.title = d["title"]
        o.status = d["status"]
        o.priority = d["priority"]
        o.customer_id = d["customerId"]
        o.customer_name = get("customerName")
        v = get("customer")
        o.customer = None if v is None else decode_ticket_customer(v)
        o.assigned_to = d["assignedTo"]
        o.tags = d["tags"]
        o.notes = d["notes"]
        v = d["messageCount"]
        o.message_count = v if v.__class__ is int else whole_number(v)
        v = get("messages")
        o.messages = None if v is None else [decode_message(v_) for v_ in v]
        v = get("responseDeadline")
        o.response_deadline = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("resolutionDeadline")
        o.resolution_deadline = (
            None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        )
        v = get("firstResponseAt")
        o.first_response_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.response_tier = get("responseTier")
        o.resolution_tier = get("resolutionTier")
        o.sla_paused = get("slaPaused")
        o.metadata = get("metadata")
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = d["updatedAt"]
        o.updated_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = get("resolvedAt")
        o.resolved_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("closedAt")
        o.closed_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_ticket(
            with_usual_times(
                d,
                (
                    "responseDeadline",
                    "resolutionDeadline",
                    "firstResponseAt",
                    "createdAt",
                    "updatedAt",
                    "resolvedAt",
                    "closedAt",
                ),
            )
        )
    return _decode_ticket_leniently(d)


_TICKET_PROMISED = frozenset(
    (
        "id",
        "title",
        "status",
        "priority",
        "customerId",
        "assignedTo",
        "tags",
        "notes",
        "messageCount",
        "createdAt",
        "updatedAt",
    )
)


def _decode_ticket_leniently(d: Mapping[str, Any]) -> Ticket:
    o: Any = new(Ticket)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.title = get("title")
        o.status = get("status")
        o.priority = get("priority")
        o.customer_id = get("customerId")
        o.customer_name = get("customerName")
        v = get("customer")
        o.customer = None if v is None else decode_ticket_customer(v)
        o.assigned_to = get("assignedTo")
        o.tags = get("tags")
        o.notes = get("notes")
        v = get("messageCount")
        o.message_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("messages")
        o.messages = None if v is None else [decode_message(v_) for v_ in v]
        v = get("responseDeadline")
        o.response_deadline = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("resolutionDeadline")
        o.resolution_deadline = (
            None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        )
        v = get("firstResponseAt")
        o.first_response_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.response_tier = get("responseTier")
        o.resolution_tier = get("resolutionTier")
        o.sla_paused = get("slaPaused")
        o.metadata = get("metadata")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("resolvedAt")
        o.resolved_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("closedAt")
        o.closed_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_ticket(
            with_usual_times(
                d,
                (
                    "responseDeadline",
                    "resolutionDeadline",
                    "firstResponseAt",
                    "createdAt",
                    "updatedAt",
                    "resolvedAt",
                    "closedAt",
                ),
            )
        )
    note_absent("Ticket", d, _TICKET_PROMISED)
    decoded: Ticket = o
    return decoded


def encode_ticket(o: Ticket) -> dict[str, Any]:
    """Encode a Ticket as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.priority
    if v is not None:
        d["priority"] = v
    v = o.customer_id
    d["customerId"] = v
    v = o.customer_name
    if v is not None:
        d["customerName"] = v
    v = o.customer
    if v is not None:
        d["customer"] = encode_ticket_customer(v)
    v = o.assigned_to
    d["assignedTo"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.notes
    d["notes"] = v
    v = o.message_count
    if v is not None:
        d["messageCount"] = v
    v = o.messages
    if v is not None:
        d["messages"] = [encode_message(v_) for v_ in v]
    v = o.response_deadline
    if v is not None:
        d["responseDeadline"] = encode_datetime(v)
    v = o.resolution_deadline
    if v is not None:
        d["resolutionDeadline"] = encode_datetime(v)
    v = o.first_response_at
    if v is not None:
        d["firstResponseAt"] = encode_datetime(v)
    v = o.response_tier
    if v is not None:
        d["responseTier"] = v
    v = o.resolution_tier
    if v is not None:
        d["resolutionTier"] = v
    v = o.sla_paused
    if v is not None:
        d["slaPaused"] = v
    v = o.metadata
    if v is not None:
        d["metadata"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    v = o.resolved_at
    if v is not None:
        d["resolvedAt"] = encode_datetime(v)
    v = o.closed_at
    if v is not None:
        d["closedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class TicketCustomer:
    """The customer of a ticket, in short.

    Attributes:
        id: The id of the customer (`cus_…`). Not documented by cStar; inferred.
        name: The full name. Not documented by cStar; inferred.
        email: The email address. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    email: str | None = None


def decode_ticket_customer(d: Mapping[str, Any]) -> TicketCustomer:
    """Decode a TicketCustomer from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TicketCustomer)
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.email = get("email")
    return o


def encode_ticket_customer(o: TicketCustomer) -> dict[str, Any]:
    """Encode a TicketCustomer as a JSON object; fields that are None are left out, unless they are promised and may be null."""
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
class Customer:
    """Someone who asks the team for help.

    Attributes:
        id: The id of the customer.
        object: The type of this object. From cStar's public documentation.
        name: The full name.
        email: The email address, unique within the team.
        status: Whether the account is in use.
        sentiment: How the customer's interactions read. Some articles show other values, so expect them.
        tags: The tags of the customer.
        notes: Notes for the team, never shown to the customer.
        custom_fields: The values of the team's custom fields, by field key. From cStar's public documentation.
        metadata: Your own keys and values; the service only keeps them. From cStar's public documentation.
        ticket_count: How many tickets the customer has, in any status.
        recent_tickets: The latest tickets. Only on a customer fetched by id. Not documented by cStar; inferred.
        ticket_summary: The ticket history in numbers. Only on a customer fetched by id. Not documented by cStar;
            inferred.
        created_at: When the customer was added.
        updated_at: When the customer last changed.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str = ABSENT
    email: str = ABSENT
    status: CustomerStatus = ABSENT
    sentiment: CustomerSentiment = ABSENT
    tags: list[str] = ABSENT
    notes: str | None = ABSENT
    custom_fields: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    ticket_count: int = ABSENT
    recent_tickets: list[CustomerTicket] | None = None
    ticket_summary: CustomerTicketSummary | None = None
    created_at: _dt.datetime = ABSENT
    updated_at: _dt.datetime = ABSENT


def decode_customer(d: Mapping[str, Any]) -> Customer:
    """Decode a Customer from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Customer)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = d["name"]
        o.email = d["email"]
        o.status = d["status"]
        o.sentiment = d["sentiment"]
        o.tags = d["tags"]
        o.notes = d["notes"]
        o.custom_fields = get("customFields")
        o.metadata = get("metadata")
        v = d["ticketCount"]
        o.ticket_count = v if v.__class__ is int else whole_number(v)
        v = get("recentTickets")
        o.recent_tickets = None if v is None else [decode_customer_ticket(v_) for v_ in v]
        v = get("ticketSummary")
        o.ticket_summary = None if v is None else decode_customer_ticket_summary(v)
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = d["updatedAt"]
        o.updated_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_customer(with_usual_times(d, ("createdAt", "updatedAt")))
    return _decode_customer_leniently(d)


_CUSTOMER_PROMISED = frozenset(
    ("id", "name", "email", "status", "sentiment", "tags", "notes", "ticketCount", "createdAt", "updatedAt")
)


def _decode_customer_leniently(d: Mapping[str, Any]) -> Customer:
    o: Any = new(Customer)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = get("name")
        o.email = get("email")
        o.status = get("status")
        o.sentiment = get("sentiment")
        o.tags = get("tags")
        o.notes = get("notes")
        o.custom_fields = get("customFields")
        o.metadata = get("metadata")
        v = get("ticketCount")
        o.ticket_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("recentTickets")
        o.recent_tickets = None if v is None else [decode_customer_ticket(v_) for v_ in v]
        v = get("ticketSummary")
        o.ticket_summary = None if v is None else decode_customer_ticket_summary(v)
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_customer(with_usual_times(d, ("createdAt", "updatedAt")))
    note_absent("Customer", d, _CUSTOMER_PROMISED)
    decoded: Customer = o
    return decoded


def encode_customer(o: Customer) -> dict[str, Any]:
    """Encode a Customer as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
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
    d["notes"] = v
    v = o.custom_fields
    if v is not None:
        d["customFields"] = v
    v = o.metadata
    if v is not None:
        d["metadata"] = v
    v = o.ticket_count
    if v is not None:
        d["ticketCount"] = v
    v = o.recent_tickets
    if v is not None:
        d["recentTickets"] = [encode_customer_ticket(v_) for v_ in v]
    v = o.ticket_summary
    if v is not None:
        d["ticketSummary"] = encode_customer_ticket_summary(v)
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CustomerTicket:
    """A ticket in the history of a customer, in short.

    Attributes:
        id: The id of the ticket (`tkt_…`). Not documented by cStar; inferred.
        title: The subject line. Not documented by cStar; inferred.
        status: Where the ticket stands. Not documented by cStar; inferred.
        created_at: When the ticket was opened. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    title: str | None = None
    status: TicketStatus | None = None
    created_at: _dt.datetime | None = None


def decode_customer_ticket(d: Mapping[str, Any]) -> CustomerTicket:
    """Decode a CustomerTicket from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerTicket)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.status = get("status")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_customer_ticket(with_usual_times(d, ("createdAt",)))
    return o


def encode_customer_ticket(o: CustomerTicket) -> dict[str, Any]:
    """Encode a CustomerTicket as a JSON object; fields that are None are left out, unless they are promised and may be null."""
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
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CustomerTicketSummary:
    """How many tickets a customer has had.

    Attributes:
        total: All tickets. Not documented by cStar; inferred.
        open: Tickets still to be worked on. Not documented by cStar; inferred.
        resolved: Tickets resolved or closed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    total: int = ABSENT
    open: int | None = None
    resolved: int | None = None


def decode_customer_ticket_summary(d: Mapping[str, Any]) -> CustomerTicketSummary:
    """Decode a CustomerTicketSummary from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerTicketSummary)
    v: Any
    get = d.get
    try:
        v = d["total"]
        o.total = v if v.__class__ is int else whole_number(v)
        v = get("open")
        o.open = v if v.__class__ is int or v is None else whole_number(v)
        v = get("resolved")
        o.resolved = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_customer_ticket_summary_leniently(d)


_CUSTOMER_TICKET_SUMMARY_PROMISED = frozenset(("total",))


def _decode_customer_ticket_summary_leniently(d: Mapping[str, Any]) -> CustomerTicketSummary:
    o: Any = new(CustomerTicketSummary)
    v: Any
    get = d.get
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("open")
    o.open = v if v.__class__ is int or v is None else whole_number(v)
    v = get("resolved")
    o.resolved = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("CustomerTicketSummary", d, _CUSTOMER_TICKET_SUMMARY_PROMISED)
    decoded: CustomerTicketSummary = o
    return decoded


def encode_customer_ticket_summary(o: CustomerTicketSummary) -> dict[str, Any]:
    """Encode a CustomerTicketSummary as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.open
    if v is not None:
        d["open"] = v
    v = o.resolved
    if v is not None:
        d["resolved"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class Message:
    """One message in the thread of a ticket.

    Attributes:
        id: The id of the message.
        ticket_id: The ticket it belongs to (`tkt_…`).
        content: The text of the message.
        sender: Who wrote it.
        sender_name: The name shown with it.
        is_internal: Whether it is a note for the team that customers do not see.
        created_at: When it was sent.
    """

    __repr__ = show_fields

    id: str
    ticket_id: str = ABSENT
    content: str = ABSENT
    sender: MessageSender = ABSENT
    sender_name: str = ABSENT
    is_internal: bool = ABSENT
    created_at: _dt.datetime = ABSENT


def decode_message(d: Mapping[str, Any]) -> Message:
    """Decode a Message from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Message)
    v: Any
    try:
        o.id = d["id"]
        o.ticket_id = d["ticketId"]
        o.content = d["content"]
        o.sender = d["sender"]
        o.sender_name = d["senderName"]
        o.is_internal = d["isInternal"]
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_message(with_usual_times(d, ("createdAt",)))
    return _decode_message_leniently(d)


_MESSAGE_PROMISED = frozenset(("id", "ticketId", "content", "sender", "senderName", "isInternal", "createdAt"))


def _decode_message_leniently(d: Mapping[str, Any]) -> Message:
    o: Any = new(Message)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.ticket_id = get("ticketId")
        o.content = get("content")
        o.sender = get("sender")
        o.sender_name = get("senderName")
        o.is_internal = get("isInternal")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_message(with_usual_times(d, ("createdAt",)))
    note_absent("Message", d, _MESSAGE_PROMISED)
    decoded: Message = o
    return decoded


def encode_message(o: Message) -> dict[str, Any]:
    """Encode a Message as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.ticket_id
    if v is not None:
        d["ticketId"] = v
    v = o.content
    if v is not None:
        d["content"] = v
    v = o.sender
    if v is not None:
        d["sender"] = v
    v = o.sender_name
    if v is not None:
        d["senderName"] = v
    v = o.is_internal
    if v is not None:
        d["isInternal"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityAttachment:
    """An image attached to a community post.

    Attributes:
        filename: The name of the file.
        content_type: The kind of image.
        size_bytes: The size of the file in bytes, 5 MB at most.
        storage_path: Where the file lies in the storage of the service.
    """

    __repr__ = show_fields

    filename: str = ABSENT
    content_type: CommunityImageType = ABSENT
    size_bytes: int = ABSENT
    storage_path: str = ABSENT


def decode_community_attachment(d: Mapping[str, Any]) -> CommunityAttachment:
    """Decode a CommunityAttachment from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityAttachment)
    v: Any
    try:
        o.filename = d["filename"]
        o.content_type = d["content_type"]
        v = d["size_bytes"]
        o.size_bytes = v if v.__class__ is int else whole_number(v)
        o.storage_path = d["storage_path"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_community_attachment_leniently(d)


_COMMUNITY_ATTACHMENT_PROMISED = frozenset(("filename", "content_type", "size_bytes", "storage_path"))


def _decode_community_attachment_leniently(d: Mapping[str, Any]) -> CommunityAttachment:
    o: Any = new(CommunityAttachment)
    v: Any
    get = d.get
    o.filename = get("filename")
    o.content_type = get("content_type")
    v = get("size_bytes")
    o.size_bytes = v if v.__class__ is int or v is None else whole_number(v)
    o.storage_path = get("storage_path")
    note_absent("CommunityAttachment", d, _COMMUNITY_ATTACHMENT_PROMISED)
    decoded: CommunityAttachment = o
    return decoded


def encode_community_attachment(o: CommunityAttachment) -> dict[str, Any]:
    """Encode a CommunityAttachment as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.filename
    if v is not None:
        d["filename"] = v
    v = o.content_type
    if v is not None:
        d["content_type"] = v
    v = o.size_bytes
    if v is not None:
        d["size_bytes"] = v
    v = o.storage_path
    if v is not None:
        d["storage_path"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class Reward:
    """What something pays a player.

    Attributes:
        xp: XP paid.
        gold: Gold paid.
    """

    __repr__ = show_fields

    xp: int | None = None
    gold: int | None = None


def decode_reward(d: Mapping[str, Any]) -> Reward:
    """Decode a Reward from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Reward)
    v: Any
    get = d.get
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    v = get("gold")
    o.gold = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_reward(o: Reward) -> dict[str, Any]:
    """Encode a Reward as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.gold
    if v is not None:
        d["gold"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Deleted: ModelInfo(
            decode_deleted,
            encode_deleted,
            (
                FieldInfo("deleted", "deleted", True, False, None, False),
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
            ),
            None,
        ),
        Ticket: ModelInfo(
            decode_ticket,
            encode_ticket,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("title", "title", True, False, None, False),
                FieldInfo("status", "status", True, False, None, False, TICKET_STATUS_VALUES),
                FieldInfo("priority", "priority", True, False, None, False, TICKET_PRIORITY_VALUES),
                FieldInfo("customer_id", "customerId", True, True, None, False),
                FieldInfo("customer_name", "customerName", False, True, None, False),
                FieldInfo("customer", "customer", False, True, TicketCustomer, False),
                FieldInfo("assigned_to", "assignedTo", True, True, None, False),
                FieldInfo("tags", "tags", True, False, None, False),
                FieldInfo("notes", "notes", True, True, None, False),
                FieldInfo("message_count", "messageCount", True, False, whole_number, False),
                FieldInfo("messages", "messages", False, False, [Message], False),
                FieldInfo("response_deadline", "responseDeadline", False, True, parse_datetime, False),
                FieldInfo("resolution_deadline", "resolutionDeadline", False, True, parse_datetime, False),
                FieldInfo("first_response_at", "firstResponseAt", False, True, parse_datetime, False),
                FieldInfo("response_tier", "responseTier", False, True, None, False, TICKET_SLA_TIER_VALUES),
                FieldInfo("resolution_tier", "resolutionTier", False, True, None, False, TICKET_SLA_TIER_VALUES),
                FieldInfo("sla_paused", "slaPaused", False, False, None, False),
                FieldInfo("metadata", "metadata", False, False, None, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", True, False, parse_datetime, False),
                FieldInfo("resolved_at", "resolvedAt", False, True, parse_datetime, False),
                FieldInfo("closed_at", "closedAt", False, True, parse_datetime, False),
            ),
            None,
        ),
        TicketCustomer: ModelInfo(
            decode_ticket_customer,
            encode_ticket_customer,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, True, None, False),
                FieldInfo("email", "email", False, True, None, False),
            ),
            None,
        ),
        Customer: ModelInfo(
            decode_customer,
            encode_customer,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("email", "email", True, False, None, False),
                FieldInfo("status", "status", True, False, None, False, CUSTOMER_STATUS_VALUES),
                FieldInfo("sentiment", "sentiment", True, False, None, False, CUSTOMER_SENTIMENT_VALUES),
                FieldInfo("tags", "tags", True, False, None, False),
                FieldInfo("notes", "notes", True, True, None, False),
                FieldInfo("custom_fields", "customFields", False, False, None, False),
                FieldInfo("metadata", "metadata", False, False, None, False),
                FieldInfo("ticket_count", "ticketCount", True, False, whole_number, False),
                FieldInfo("recent_tickets", "recentTickets", False, False, [CustomerTicket], False),
                FieldInfo("ticket_summary", "ticketSummary", False, False, CustomerTicketSummary, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        CustomerTicket: ModelInfo(
            decode_customer_ticket,
            encode_customer_ticket,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False, TICKET_STATUS_VALUES),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        CustomerTicketSummary: ModelInfo(
            decode_customer_ticket_summary,
            encode_customer_ticket_summary,
            (
                FieldInfo("total", "total", True, False, whole_number, False),
                FieldInfo("open", "open", False, False, whole_number, False),
                FieldInfo("resolved", "resolved", False, False, whole_number, False),
            ),
            None,
        ),
        Message: ModelInfo(
            decode_message,
            encode_message,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("ticket_id", "ticketId", True, False, None, False),
                FieldInfo("content", "content", True, False, None, False),
                FieldInfo("sender", "sender", True, False, None, False, MESSAGE_SENDER_VALUES),
                FieldInfo("sender_name", "senderName", True, False, None, False),
                FieldInfo("is_internal", "isInternal", True, False, None, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        CommunityAttachment: ModelInfo(
            decode_community_attachment,
            encode_community_attachment,
            (
                FieldInfo("filename", "filename", True, False, None, False),
                FieldInfo("content_type", "content_type", True, False, None, False, COMMUNITY_IMAGE_TYPE_VALUES),
                FieldInfo("size_bytes", "size_bytes", True, False, whole_number, False),
                FieldInfo("storage_path", "storage_path", True, False, None, False),
            ),
            None,
        ),
        Reward: ModelInfo(
            decode_reward,
            encode_reward,
            (
                FieldInfo("xp", "xp", False, False, whole_number, False),
                FieldInfo("gold", "gold", False, False, whole_number, False),
            ),
            None,
        ),
    }
