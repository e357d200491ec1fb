# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Analytics: the methods."""

from __future__ import annotations

from cstar_async._generated_api import BaseClient, Call, Pager

from ..models.analytics import (
    AgentStats,
    AnalyticsOverview,
    AnalyticsPeriod,
    decode_agent_stats,
    decode_analytics_overview,
)
from ..operations import analytics as _analytics


class Analytics:
    """`analytics`: Analytics."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def overview(self, *, period: AnalyticsPeriod | None = None) -> Call[AnalyticsOverview]:
        """Get the overview.

        Sums up tickets, customers and customer satisfaction over a period.

        `GET /api/v1/teams/{teamId}/analytics/overview`, needs a secret key.

        Args:
            period: The period to sum up, counted back from now. From cStar's public documentation.
        """
        return Call(self._client, _analytics.OVERVIEW, (), {"period": period}, None, decode_analytics_overview)

    def agents(self, *, period: AnalyticsPeriod | None = None) -> Pager[AgentStats]:
        """Get figures per agent.

        Gives one row per agent for a period. The fields of a row are not documented; they are inferred.

        `GET /api/v1/teams/{teamId}/analytics/agents`, needs a secret key.

        Args:
            period: The period to sum up, counted back from now. Not documented by cStar; inferred.
        """
        return Pager(self._client, _analytics.AGENTS, (), {"period": period}, None, decode_agent_stats)
