# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Billing: the methods."""

from __future__ import annotations

from cstar_async._generated_api import UNSET, BaseClient, Call, Unset

from ..models.billing import BillingPortal, Subscription, decode_billing_portal, decode_subscription
from ..operations import billing as _billing


class Billing:
    """`billing`: Billing."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def subscription(self) -> Call[Subscription]:
        """Get the subscription.

        Gives the team's plan and where its subscription stands.

        `GET /api/v1/teams/{teamId}/billing/subscription`, needs a secret key.
        """
        return Call(self._client, _billing.SUBSCRIPTION, (), None, None, decode_subscription)

    def portal(self, *, return_url: str | Unset = UNSET) -> Call[BillingPortal]:
        """Open the billing portal.

        Opens a session of Stripe's billing portal and gives its URL. Anyone with the URL can manage the
        subscription while the session lasts, so give it only to the team's admin.

        `POST /api/v1/teams/{teamId}/billing/portal`, needs a secret key.

        Args:
            return_url: Where the portal's way back leads. From cStar's public documentation.
        """
        return Call(self._client, _billing.PORTAL, (), None, {"returnUrl": return_url}, decode_billing_portal)
