# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Automations: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_each, encode_given

from ..models.automations import (
    Automation,
    AutomationAction,
    AutomationConditions,
    AutomationTestResult,
    decode_automation,
    decode_automation_test_result,
    encode_automation_action,
    encode_automation_conditions,
)
from ..operations import automations as _automations


class Automations:
    """`automations`: Automations."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self) -> Pager[Automation]:
        """List automations.

        Lists all automation rules, the disabled ones too, in one answer.

        `GET /api/v1/teams/{teamId}/automations`.
        """
        return Pager(self._client, _automations.LIST, (), None, None, decode_automation)

    def create(
        self,
        *,
        name: str,
        trigger_event: str,
        actions: Sequence[AutomationAction | Mapping[str, Any]],
        conditions: AutomationConditions | Mapping[str, Any] | Unset = UNSET,
        enabled: bool | Unset = UNSET,
    ) -> Call[Automation]:
        """Create an automation.

        Creates a rule. It acts from the next event on; events of the past do not set it off. Try it with
        `automations.test` first, created with `enabled` false.

        `POST /api/v1/teams/{teamId}/automations`, needs a secret key.

        Args:
            name: The rule's name.
            trigger_event: The event that sets it off, named as webhook events are.
            conditions: What must hold for the rule to act. Left out, it always acts.
            actions: What the rule does, in this order.
            enabled: Whether the rule is in use.
        """
        return Call(
            self._client,
            _automations.CREATE,
            (),
            None,
            {
                "name": name,
                "triggerEvent": trigger_event,
                "conditions": encode_given(conditions, encode_automation_conditions),
                "actions": encode_each(actions, encode_automation_action),
                "enabled": enabled,
            },
            decode_automation,
        )

    def test(self, rule_id: str, *, resource_type: str, resource_id: str) -> Call[AutomationTestResult]:
        """Try an automation.

        Says what the rule would do to one resource as it is now. Nothing is done, and `executionCount` stays.

        `POST /api/v1/teams/{teamId}/automations/{ruleId}/test`, needs a secret key.

        Args:
            rule_id: The automation's id (`rule_…`).
            resource_type: The type of the resource. From cStar's public documentation.
            resource_id: The id of the resource. From cStar's public documentation.
        """
        return Call(
            self._client,
            _automations.TEST,
            (rule_id,),
            None,
            {"resourceType": resource_type, "resourceId": resource_id},
            decode_automation_test_result,
        )
