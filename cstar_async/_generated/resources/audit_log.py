# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Audit Log: the methods."""

from __future__ import annotations

import datetime as _dt

from cstar_async._generated_api import BaseClient, Pager

from ..models.audit_log import AuditLogEntry, decode_audit_log_entry
from ..operations import audit_log as _audit_log


class AuditLog:
    """`audit_log`: Audit Log."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self,
        *,
        action: str | None = None,
        resource_type: str | None = None,
        actor_id: str | None = None,
        start_date: _dt.datetime | None = None,
        end_date: _dt.datetime | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Pager[AuditLogEntry]:
        """List audit log entries.

        Lists who did what, newest first. All filters must hold together. The log is also the way to find changes
        whose webhook was missed.

        `GET /api/v1/teams/{teamId}/audit-log`, needs a secret key.

        Args:
            action: Only this action. From cStar's public documentation.
            resource_type: Only actions on this type of resource. From cStar's public documentation.
            actor_id: Only actions of this actor. From cStar's public documentation.
            start_date: Only entries made at this time or later. From cStar's public documentation.
            end_date: Only entries made at this time or earlier. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _audit_log.LIST,
            (),
            {
                "action": action,
                "resourceType": resource_type,
                "actorId": actor_id,
                "startDate": start_date,
                "endDate": end_date,
                "page": page,
                "pageSize": page_size,
            },
            None,
            decode_audit_log_entry,
        )
