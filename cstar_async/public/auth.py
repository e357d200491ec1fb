"""`AuthClient`: accounts of a team's customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from cstar_async._core.representation import show_fields
from cstar_async._core.secrets import Secret
from cstar_async._core.unset import UNSET

from .connection import PublicClient
from .grant import check_place, has_token, read_grant
from .session import CustomerSession
from .tokens import MemoryTokens, Tokens

if TYPE_CHECKING:
    from cstar_async._core.response import Response
    from cstar_async._generated.models.customer_auth import AuthCustomer
    from cstar_async._generated.models.customer_auth import CustomerSession as Grant

    from .tokens import TokenStore


@attrs.frozen(kw_only=True)
class ConfirmationRequired:
    """The answer to a sign-up in a team that wants email addresses confirmed: the customer cannot sign in before.

    Attributes:
        customer: Who signed up; None if the service did not say.
    """

    customer: AuthCustomer | None

    __repr__ = show_fields


class AuthClient(PublicClient):
    """Accounts of a team's customers, without an API key.

    Each session is an object of its own, so one client serves all customers of a web server.
    """

    async def signup(
        self, *, email: str, password: str, name: str | None = None, tokens: TokenStore | None = None
    ) -> CustomerSession | ConfirmationRequired:
        """Open an account and sign in.

        Args:
            email: The customer's email address.
            password: The password to set.
            name: The customer's name.
            tokens: Where to keep the tokens; in memory by default. Tokens that it has are replaced.

        Raises:
            ConflictError: The address has an account already.
            BadRequestError: The password is too short, for example.
            TokenStoreError: The store cannot be used, or has tokens of another team; nothing was sent.
            TypeError: `tokens` is not a TokenStore; nothing was sent.
        """
        password = Secret(password)  # before anything can fail: tracebacks may show variables
        store = await self._checked(tokens)
        answer = await self.client.customer_auth.signup(
            self.team_slug, email=email, password=password, name=UNSET if name is None else name
        ).response()
        if not has_token(answer.data):
            return ConfirmationRequired(customer=answer.data.customer)
        return await self._open("customer_auth.signup", answer, store)

    async def login(self, *, email: str, password: str, tokens: TokenStore | None = None) -> CustomerSession:
        """Sign in.

        Args:
            email: The customer's email address.
            password: The customer's password.
            tokens: Where to keep the tokens; in memory by default. Tokens that it has are replaced, and not revoked.

        Raises:
            AuthenticationError: The address or the password is wrong.
            DecodeError: The answer has no tokens; the email address may have to be confirmed.
            TokenStoreError: The store cannot be used, or has tokens of another team; nothing was sent.
            TypeError: `tokens` is not a TokenStore; nothing was sent.
        """
        password = Secret(password)  # before anything can fail: tracebacks may show variables
        store = await self._checked(tokens)
        answer = await self.client.customer_auth.login(self.team_slug, email=email, password=password).response()
        return await self._open("customer_auth.login", answer, store)

    async def session(self, *, tokens: TokenStore) -> CustomerSession:
        """Go on with a session that is in a store, for example after a restart. Nothing is sent.

        Args:
            tokens: Where the tokens are. If it has none, the session is not authenticated.

        Raises:
            TokenStoreError: The store cannot be used, or has tokens of another team or server.
            TypeError: `tokens` is not a TokenStore.
        """
        return CustomerSession(self._connection, tokens, await self._load(tokens))

    async def _checked(self, tokens: TokenStore | None) -> TokenStore:
        """The store for a new session, if it can be used: that is known before the password is sent."""
        store = MemoryTokens() if tokens is None else tokens
        found = await self._load(store)
        # Nothing changes by that. A folder that does not exist, for example, is found out before a customer signs in.
        await store.replace(found, found)
        return store

    async def _open(self, operation: str, answer: Response[Grant], store: TokenStore) -> CustomerSession:
        new = read_grant(operation, answer, self._connection, self.client.requester.clock.time())
        while not await store.replace(await self._load(store), new):
            pass
        return CustomerSession(self._connection, store, new)

    async def _load(self, store: TokenStore) -> Tokens | None:
        if not all(callable(getattr(store, name, None)) for name in ("load", "replace", "lock")):
            raise TypeError(f"tokens must be a TokenStore, such as MemoryTokens(), got {type(store).__name__}")
        found = await store.load()
        if found is not None:
            check_place(found, self._connection)
        return found
