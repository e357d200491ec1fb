# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""API Keys: the methods."""

from __future__ import annotations

import datetime as _dt

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_datetime, encode_given

from ..models.api_keys import ApiKey, decode_api_key
from ..models.shared import Deleted, KeyEnvironment, KeyType, decode_deleted
from ..operations import api_keys as _api_keys


class Keys:
    """`keys`: API Keys."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self) -> Pager[ApiKey]:
        """List API keys.

        Lists the team's keys without the keys themselves. cStar's command line has this command; its endpoint is
        not published.

        `GET /api/v1/teams/{teamId}/api-keys`, needs a secret key. Not documented by cStar; inferred.
        """
        return Pager(self._client, _api_keys.LIST, (), None, None, decode_api_key)

    def create(
        self,
        *,
        name: str,
        key_type: KeyType | Unset = UNSET,
        environment: KeyEnvironment | Unset = UNSET,
        expires_at: _dt.datetime | None | Unset = UNSET,
    ) -> Call[ApiKey]:
        """Create an API key.

        Creates a key. The answer is the only place where the whole key is ever shown, in `key`.

        `POST /api/v1/teams/{teamId}/api-keys`, needs a secret key. Not documented by cStar; inferred.

        Args:
            name: What the key is for. From cStar's public documentation.
            key_type: What the key may do. Not documented by cStar; inferred.
            environment: Which data the key sees. Left out, that of the calling key. Not documented by cStar;
                inferred.
            expires_at: When the key ends. Left out or null, it does not. Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _api_keys.CREATE,
            (),
            None,
            {
                "name": name,
                "keyType": key_type,
                "environment": environment,
                "expiresAt": encode_given(expires_at, encode_datetime),
            },
            decode_api_key,
        )

    def revoke(self, key_id: str) -> Call[Deleted]:
        """Revoke an API key.

        Revokes a key at once; requests with it get 401 from then on. This cannot be undone.

        `DELETE /api/v1/teams/{teamId}/api-keys/{keyId}`, needs a secret key. Not documented by cStar; inferred.

        Args:
            key_id: The id of the API key (`key_…`), not the key itself. Not documented by cStar; inferred.
        """
        return Call(self._client, _api_keys.REVOKE, (key_id,), None, None, decode_deleted)
