# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Auth: the methods."""

from __future__ import annotations

from cstar_async._generated_api import BaseClient, Call

from ..models.auth import Whoami, decode_whoami
from ..operations import auth as _auth


class Auth:
    """`auth`: Auth."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def whoami(self) -> Call[Whoami]:
        """Ask whose key this is.

        Tells the team, the type and the environment of the key that is sent. It is the one endpoint that needs a
        key but no team id; the SDK uses it to find the team id when none is given.

        `GET /api/v1/auth/whoami`. From cStar's public documentation.
        """
        return Call(self._client, _auth.WHOAMI, (), None, None, decode_whoami)
