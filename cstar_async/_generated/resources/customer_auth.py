# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customer Auth: the methods."""

from __future__ import annotations

from cstar_async._generated_api import UNSET, BaseClient, Call, Unset

from ..models.customer_auth import (
    AuthCustomer,
    CustomerLogout,
    CustomerSession,
    decode_auth_customer,
    decode_customer_logout,
    decode_customer_session,
)
from ..operations import customer_auth as _customer_auth


class CustomerAuth:
    """`customer_auth`: Customer Auth."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def signup(self, team: str, *, email: str, password: str, name: str | Unset = UNSET) -> Call[CustomerSession]:
        """Sign up a customer.

        Opens an account for an end customer of the team. Where the team wants email addresses confirmed, the answer
        holds no tokens and `confirmationRequired` is true. cStar's own SDK has this call; its path is inferred.

        `POST /api/auth/{team}/signup`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            email: The customer's email address.
            password: The password to set.
            name: The customer's name.
        """
        return Call(
            self._client,
            _customer_auth.SIGNUP,
            (team,),
            None,
            {"email": email, "password": password, "name": name},
            decode_customer_session,
        )

    def login(self, team: str, *, email: str, password: str) -> Call[CustomerSession]:
        """Sign in a customer.

        Signs in an end customer with email and password. A wrong address and a wrong password get the same 401. The
        cStar's own SDK has this call; its path is inferred.

        `POST /api/auth/{team}/login`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            email: The customer's email address.
            password: The customer's password.
        """
        return Call(
            self._client,
            _customer_auth.LOGIN,
            (team,),
            None,
            {"email": email, "password": password},
            decode_customer_session,
        )

    def refresh(self, team: str, *, refresh_token: str) -> Call[CustomerSession]:
        """Renew a session.

        Trades a refresh token for a new pair of tokens; the old refresh token is spent. Sent again with the same
        `Idempotency-Key`, for example because the answer was lost, it gives the same new tokens. Nothing about it
        is published beyond the token itself.

        `POST /api/auth/{team}/refresh`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            refresh_token: The refresh token of the last session answer. Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _customer_auth.REFRESH,
            (team,),
            None,
            {"refreshToken": refresh_token},
            decode_customer_session,
        )

    def logout(self, team: str) -> Call[CustomerLogout]:
        """Sign out a customer.

        Revokes the session of the access token that is sent, and its refresh token. There is no body. That the
        server revokes is documented; the path is inferred.

        `POST /api/auth/{team}/logout`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
        """
        return Call(self._client, _customer_auth.LOGOUT, (team,), None, None, decode_customer_logout)

    def me(self, team: str) -> Call[AuthCustomer]:
        """Get the signed-in customer.

        Gives the customer to whom the access token belongs. The path is inferred.

        `GET /api/auth/{team}/me`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
        """
        return Call(self._client, _customer_auth.ME, (team,), None, None, decode_auth_customer)
