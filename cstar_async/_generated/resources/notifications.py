# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Notifications: the methods."""

from __future__ import annotations

from cstar_async._generated_api import BaseClient, Call, Pager

from ..models.notifications import (
    Notification,
    NotificationsRead,
    UnreadCount,
    decode_notification,
    decode_notifications_read,
    decode_unread_count,
)
from ..operations import notifications as _notifications


class Notifications:
    """`notifications`: Notifications."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self, *, unread_only: bool | None = None, page: int | None = None, page_size: int | None = None
    ) -> Pager[Notification]:
        """List notifications.

        Lists the notifications of the user behind the key, newest first. How the service finds a user from a team's
        key is not documented.

        `GET /api/v1/teams/{teamId}/notifications`.

        Args:
            unread_only: Leave out what has been read. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _notifications.LIST,
            (),
            {"unreadOnly": unread_only, "page": page, "pageSize": page_size},
            None,
            decode_notification,
        )

    def unread_count(self) -> Call[UnreadCount]:
        """Count unread notifications.

        Counts what `notifications.list` with `unreadOnly` would give, without sending it.

        `GET /api/v1/teams/{teamId}/notifications/unread-count`.
        """
        return Call(self._client, _notifications.UNREAD_COUNT, (), None, None, decode_unread_count)

    def mark_all_read(self) -> Call[NotificationsRead]:
        """Mark all notifications as read.

        Marks everything as read, on all pages. The request has no body. This cannot be undone.

        `POST /api/v1/teams/{teamId}/notifications/mark-all-read`, needs a secret key.
        """
        return Call(self._client, _notifications.MARK_ALL_READ, (), None, None, decode_notifications_read)
