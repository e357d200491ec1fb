"""Notifications. They belong to a team and not to a member, as keys do."""

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
"""The events that make a notification: its type, its title, and the field that becomes its body.

cStar documents the type `ticket_assigned`; the others are inferred.
"""


def notify(context: Context, kind: str, title: str, body: str | None) -> None:
    """Add a notification for the team."""
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
    """Notify the team of the events in `NOTIFIED` and of messages from customers."""
    if kind in NOTIFIED:
        name, title, field = NOTIFIED[kind]
        notify(context, name, title, document.get(field))
    elif kind == "ticket.message_added" and document.get("sender") == "customer":
        notify(context, "ticket_reply", f"{document['senderName']} replied", document.get("content"))


def list_notifications(context: Context) -> Result:
    """The notifications, or only the unread ones, newest first."""
    where = [Condition.equals("read", value=False)] if context.query.get("unreadOnly") else []
    return list_page(context, NOTIFICATIONS, where)


def unread_count(context: Context) -> Result:
    """Return the number of unread notifications."""
    count = context.store.count(context.team, NOTIFICATIONS, [Condition.equals("read", value=False)])
    return Result({"count": count, "unreadCount": count})


def mark_all_read(context: Context) -> Result:
    """Mark all notifications as read; the answer has the number of those that were unread."""
    unread = context.store.select(context.team, NOTIFICATIONS, [Condition.equals("read", value=False)])
    for notification in unread:
        context.store.update(context.team, NOTIFICATIONS, {**notification, "read": True}, now=context.now)
    return Result({"updated": len(unread)})


HANDLERS: dict[str, Handler] = {
    "notifications.list": list_notifications,
    "notifications.unread_count": unread_count,
    "notifications.mark_all_read": mark_all_read,
}
