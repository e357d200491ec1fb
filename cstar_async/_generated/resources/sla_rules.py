# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""SLA Rules: the methods."""

from __future__ import annotations

from functools import cached_property

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.shared import TicketPriority
from ..models.sla_rules import SLARule, decode_sla_rule
from ..operations import sla_rules as _sla_rules


class SlaRules:
    """`sla.rules`: SLA Rules."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self) -> Pager[SLARule]:
        """List SLA rules.

        Lists all rules, the disabled ones too, in one answer.

        `GET /api/v1/teams/{teamId}/sla/rules`.
        """
        return Pager(self._client, _sla_rules.LIST, (), None, None, decode_sla_rule)

    def create(
        self,
        *,
        name: str,
        priority: TicketPriority,
        response_target: int,
        resolution_target: int,
        business_hours_only: bool | Unset = UNSET,
        enabled: bool | Unset = UNSET,
    ) -> Call[SLARule]:
        """Create an SLA rule.

        Promises a response and a resolution time for tickets of one priority. Both targets are whole minutes above
        zero.

        `POST /api/v1/teams/{teamId}/sla/rules`, needs a secret key.

        Args:
            name: The rule's name.
            priority: The priority of the tickets it applies to.
            response_target: Minutes until the first answer.
            resolution_target: Minutes until the ticket is resolved.
            business_hours_only: Whether only business hours count.
            enabled: Whether the rule is in use.
        """
        return Call(
            self._client,
            _sla_rules.CREATE,
            (),
            None,
            {
                "name": name,
                "priority": priority,
                "responseTarget": response_target,
                "resolutionTarget": resolution_target,
                "businessHoursOnly": business_hours_only,
                "enabled": enabled,
            },
            decode_sla_rule,
        )


class Sla:
    """`sla`: SLA Rules."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def rules(self) -> SlaRules:
        """SLA Rules."""
        return SlaRules(self._client)
