"""Notifications: what the people of a team are told. A key belongs to a team, and so do these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Result
from cstar_async.sandbox.storage.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.service.context import Context, Handler

NOTIFICATIONS = "notifications"
NOTIFIED = {
    "ticket.assigned": ("ticket_assigned", "Ticket assigned", "title"),
    "ticket.closed": ("ticket_closed", "Ticket closed", "title"),
    "community_post.created": ("community_post_created", "New community post", "title"),
    "boss.spawned": ("boss_spawned", "A boss has appeared", "name"),
    "boss.defeated": ("boss_defeated", "The boss is defeated", "bossName"),
    "player.level_up": ("level_up", "Level up", "memberName"),
    "player.achievement_unlocked": ("achievement_unlocked", "Achievement unlocked", "achievementName"),
}
"""Events that people are told of: type (`ticket_assigned` is docs, the rest ours), title, and the field of the text."""


def notify(context: Context, kind: str, title: str, body: str | None) -> None:
    """Tell the team something."""
    notification = {
        "id": context.store.new_id(context.team, "ntf_"),
        "type": kind,
        "title": title,
        "body": body,
        "read": False,
        "createdAt": context.timestamp,
    }
    context.store.insert(context.team, NOTIFICATIONS, notification, now=context.now)


def react(context: Context, kind: str, document: Mapping[str, Any]) -> None:
    """Tell the team of an event, if it is one that people are told of; customers' messages are."""
    if kind in NOTIFIED:
        name, title, field = NOTIFIED[kind]
        notify(context, name, title, document.get(field))
    elif kind == "ticket.message_added" and document.get("sender") == "customer":
        notify(context, "ticket_reply", f"{document['senderName']} replied", document.get("content"))


def list_notifications(context: Context) -> Result:
    """The notifications, newest first, or the unread ones."""
    where = [Condition.equals("read", value=False)] if context.query.get("unreadOnly") else []
    return list_page(context, NOTIFICATIONS, where)


def unread_count(context: Context) -> Result:
    """Return the number of unread notifications."""
    count = context.store.count(context.team, NOTIFICATIONS, [Condition.equals("read", value=False)])
    return Result({"count": count, "unreadCount": count})


def mark_all_read(context: Context) -> Result:
    """Mark all as read; how many were not."""
    unread = context.store.select(context.team, NOTIFICATIONS, [Condition.equals("read", value=False)])
    for notification in unread:
        context.store.update(context.team, NOTIFICATIONS, {**notification, "read": True}, now=context.now)
    return Result({"updated": len(unread)})


HANDLERS: dict[str, Handler] = {
    "notifications.list": list_notifications,
    "notifications.unread_count": unread_count,
    "notifications.mark_all_read": mark_all_read,
}
