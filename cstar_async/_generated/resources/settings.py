# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Settings: the methods."""

from __future__ import annotations

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.settings import (
    BusinessHours,
    Settings,
    TicketStatusSetting,
    WidgetSettings,
    decode_business_hours,
    decode_settings,
    decode_ticket_status_setting,
    decode_widget_settings,
)
from ..operations import settings as _settings


class SettingsResource:
    """`settings`: Settings."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self) -> Call[Settings]:
        """Get the settings.

        Gives the team's settings. Only the name and the slug are documented; the service may send more.

        `GET /api/v1/teams/{teamId}/settings`, needs a secret key.
        """
        return Call(self._client, _settings.GET, (), None, None, decode_settings)

    def update(self, *, team_name: str | Unset = UNSET, team_slug: str | Unset = UNSET) -> Call[Settings]:
        """Change settings.

        Changes the settings that are given and leaves the others. A new slug moves the team's public pages to a new
        address.

        `PATCH /api/v1/teams/{teamId}/settings`, needs a secret key.

        Args:
            team_name: The team's new name.
            team_slug: The team's new name in URLs. It must not be in use by another team.
        """
        return Call(
            self._client, _settings.UPDATE, (), None, {"teamName": team_name, "teamSlug": team_slug}, decode_settings
        )

    def statuses(self) -> Pager[TicketStatusSetting]:
        """List the ticket statuses.

        Lists how the team has set up its ticket statuses, in their display order. A team can have changed labels
        and colours, and can let a status stop the SLA clock.

        `GET /api/v1/teams/{teamId}/settings/statuses`, needs a secret key.
        """
        return Pager(self._client, _settings.STATUSES, (), None, None, decode_ticket_status_setting)

    def business_hours(self) -> Call[BusinessHours]:
        """Get the business hours.

        Gives the hours in which the team works. SLA rules with `businessHoursOnly` count time only inside them.

        `GET /api/v1/teams/{teamId}/settings/business-hours`, needs a secret key.
        """
        return Call(self._client, _settings.BUSINESS_HOURS, (), None, None, decode_business_hours)

    def widget(self) -> Call[WidgetSettings]:
        """Get the widget settings.

        Gives how the chat widget looks and behaves on the team's sites.

        `GET /api/v1/teams/{teamId}/settings/widget`, needs a secret key.
        """
        return Call(self._client, _settings.WIDGET, (), None, None, decode_widget_settings)
