"""`PublicTeam`: the three public clients of one team, on one connection."""

from __future__ import annotations

from functools import cached_property

from .auth import AuthClient
from .community import CommunityClient
from .connection import PublicClient
from .library import LibraryClient


class PublicTeam(PublicClient):
    """What a team shows to everybody and to its customers: `auth`, `library` and `community`. It holds no API key."""

    @cached_property
    def auth(self) -> AuthClient:
        """Accounts of the team's customers."""
        return AuthClient.sharing(self._connection)

    @cached_property
    def library(self) -> LibraryClient:
        """The public articles."""
        return LibraryClient.sharing(self._connection)

    @cached_property
    def community(self) -> CommunityClient:
        """The public forum."""
        return CommunityClient.sharing(self._connection)
