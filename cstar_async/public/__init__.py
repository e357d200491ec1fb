"""What a team shows to everybody, and to its customers: accounts, the library and the community. No API key is needed.

    from cstar_async.public import PublicTeam

    async with PublicTeam("acme") as team:
        session = await team.auth.login(email="jane@co.com", password="securepass")
        await team.community.posts.create(title="Dark mode", body="Please.", topic_id=topic.id, session=session)

`connection` has the client without a key, `auth`, `library` and `community` the three clients with the names of cStar's
JavaScript SDK, `team` all three in one, `session` a signed-in customer, `tokens` the places where tokens are kept.
Every name is loaded when it is first used.
"""

from __future__ import annotations

from cstar_async._lazy import lazy_names

TYPE_CHECKING = False  # as in the package above
if TYPE_CHECKING:
    from .auth import AuthClient, ConfirmationRequired
    from .community import CommunityClient
    from .library import LibraryClient
    from .session import CustomerSession
    from .team import PublicTeam
    from .tokens import FileTokens, MemoryTokens, Tokens, TokenStore

_HOME = {
    "AuthClient": "auth",
    "CommunityClient": "community",
    "ConfirmationRequired": "auth",
    "CustomerSession": "session",
    "FileTokens": "tokens",
    "LibraryClient": "library",
    "MemoryTokens": "tokens",
    "PublicTeam": "team",
    "TokenStore": "tokens",
    "Tokens": "tokens",
}

__all__ = [
    "AuthClient",
    "CommunityClient",
    "ConfirmationRequired",
    "CustomerSession",
    "FileTokens",
    "LibraryClient",
    "MemoryTokens",
    "PublicTeam",
    "TokenStore",
    "Tokens",
]


__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
