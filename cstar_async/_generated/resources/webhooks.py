# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Webhooks: the methods."""

from __future__ import annotations

from collections.abc import Sequence

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given

from ..models.shared import Deleted, EventType, decode_deleted
from ..models.webhooks import (
    Webhook,
    WebhookTestResult,
    WebhookTriggerResult,
    decode_webhook,
    decode_webhook_test_result,
    decode_webhook_trigger_result,
)
from ..operations import webhooks as _webhooks


class Webhooks:
    """`webhooks`: Webhooks."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, active: bool | None = None) -> Pager[Webhook]:
        """List webhooks.

        Lists all webhooks of the team in one answer, without their secrets.

        `GET /api/v1/teams/{teamId}/webhooks`.

        Args:
            active: Only webhooks that are (true) or are not (false) active. From cStar's public documentation.
        """
        return Pager(self._client, _webhooks.LIST, (), {"active": active}, None, decode_webhook)

    def create(self, *, name: str, url: str, events: Sequence[str], is_active: bool | Unset = UNSET) -> Call[Webhook]:
        """Create a webhook.

        Subscribes an address to events. The answer is the only one that ever holds the signing secret, so keep it.
        An address without HTTPS and an unknown event are refused with 400.

        `POST /api/v1/teams/{teamId}/webhooks`, needs a secret key.

        Args:
            name: A name for people.
            url: The HTTPS address to send the events to.
            events: The event types and patterns to listen to.
            is_active: Whether events are sent from the start.
        """
        return Call(
            self._client,
            _webhooks.CREATE,
            (),
            None,
            {"name": name, "url": url, "events": encode_given(events, encode_array), "isActive": is_active},
            decode_webhook,
        )

    def get(self, webhook_id: str) -> Call[Webhook]:
        """Get a webhook.

        Fetches one webhook, without its secret.

        `GET /api/v1/teams/{teamId}/webhooks/{webhookId}`.

        Args:
            webhook_id: The webhook, by its `whk_` id.
        """
        return Call(self._client, _webhooks.GET, (webhook_id,), None, None, decode_webhook)

    def update(
        self,
        webhook_id: str,
        *,
        name: str | Unset = UNSET,
        url: str | Unset = UNSET,
        events: Sequence[str] | Unset = UNSET,
        is_active: bool | Unset = UNSET,
    ) -> Call[Webhook]:
        """Update a webhook.

        Changes name, address or events, or pauses the webhook with `isActive: false`. The secret stays the same and
        is not shown.

        `PATCH /api/v1/teams/{teamId}/webhooks/{webhookId}`, needs a secret key.

        Args:
            webhook_id: The webhook, by its `whk_` id.
            name: A name for people.
            url: The HTTPS address to send the events to.
            events: The new event types and patterns; they replace the old ones.
            is_active: Whether events are sent; false pauses the webhook.
        """
        return Call(
            self._client,
            _webhooks.UPDATE,
            (webhook_id,),
            None,
            {"name": name, "url": url, "events": encode_given(events, encode_array), "isActive": is_active},
            decode_webhook,
        )

    def delete(self, webhook_id: str) -> Call[Deleted]:
        """Delete a webhook.

        Deletes a webhook for good; nothing more is sent to its address.

        `DELETE /api/v1/teams/{teamId}/webhooks/{webhookId}`, needs a secret key.

        Args:
            webhook_id: The webhook, by its `whk_` id.
        """
        return Call(self._client, _webhooks.DELETE, (webhook_id,), None, None, decode_deleted)

    def trigger_test(self, *, event: EventType | Unset = UNSET) -> Call[WebhookTriggerResult]:
        """Send a test event to all webhooks.

        Sends a made-up event to every active webhook and to every listening command line.

        `POST /api/v1/teams/{teamId}/webhooks/trigger-test`, needs a secret key.

        Args:
            event: The type of the made-up event. From cStar's public documentation.
        """
        return Call(self._client, _webhooks.TRIGGER_TEST, (), None, {"event": event}, decode_webhook_trigger_result)

    def test(self, webhook_id: str, *, event: EventType) -> Call[WebhookTestResult]:
        """Send a test event to one webhook.

        Sends a made-up event to one webhook and waits for what its address answers. The method is documented for
        the JavaScript SDK; its path is inferred.

        `POST /api/v1/teams/{teamId}/webhooks/{webhookId}/test`, needs a secret key. From cStar's public
        documentation.

        Args:
            webhook_id: The webhook, by its `whk_` id.
            event: The type of the made-up event. From cStar's public documentation.
        """
        return Call(self._client, _webhooks.TEST, (webhook_id,), None, {"event": event}, decode_webhook_test_result)
