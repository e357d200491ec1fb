# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Request Logs: the methods."""

from __future__ import annotations

from cstar_async._generated_api import BaseClient, Pager

from ..models.request_logs import HttpMethod, RequestLog, decode_request_log
from ..operations import request_logs as _request_logs


class Logs:
    """`logs`: Request Logs."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self,
        *,
        status: str | None = None,
        method: HttpMethod | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Pager[RequestLog]:
        """List API requests.

        Lists the requests made with the team's keys, newest first. cStar's command line shows such a log (`cstar
        logs`); its endpoint is not published.

        `GET /api/v1/teams/{teamId}/request-logs`, needs a secret key. Not documented by cStar; inferred.

        Args:
            status: Only answers with this status, or of this class, as `404` or `4xx`. Not documented by cStar;
                inferred.
            method: Only requests with this method. Not documented by cStar; inferred.
            cursor: Where to go on, the `nextCursor` of the previous page. Not documented by cStar; inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(
            self._client,
            _request_logs.LIST,
            (),
            {"status": status, "method": method, "cursor": cursor, "limit": limit},
            None,
            decode_request_log,
        )
