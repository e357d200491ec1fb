"""`CustomerSession`: a signed-in customer, whose tokens are renewed when they are needed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from cstar_async._core.call import Call
from cstar_async._core.deadline import earliest_deadline
from cstar_async._core.representation import safe_repr
from cstar_async._core.secrets import Secret
from cstar_async._core.single_flight import SingleFlight
from cstar_async._core.validation import check_plain_function
from cstar_async._generated.operations import load
from cstar_async._http.error_mapping import is_refusal
from cstar_async.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    CStarError,
    PermissionDeniedError,
    SessionExpiredError,
)

from .connection import SHUTDOWN_GRACE
from .grant import check_place, decode_renewal, read_grant
from .session_requester import SessionRequester

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cstar_async._core.deadline import Deadline
    from cstar_async._generated.models.customer_auth import AuthCustomer

    from .connection import Connection
    from .tokens import Tokens, TokenStore

T = TypeVar("T")
CallT = TypeVar("CallT", bound=Call[Any])

_MAX_EXCHANGES = 3
"""Exchanges for one renewal: one more for each lost answer that is replayed when its access token is over."""
_REFUSALS = frozenset({400, 403, 422})
"""The statuses of a renewal, beside 401, with which the service may refuse the refresh token (inferred)."""
_OF_TOKENS = re.compile(r"token|session|auth|grant|credential|expired|revoked", re.IGNORECASE)
"""In the code or type of such an error: it is about the token, and not about something else."""

logger = logging.getLogger("cstar_async")


class CustomerSession:
    """A signed-in customer: `AuthClient.login`, `signup` and `session` return it.

    The access token is renewed before a request if it lasts for less than a minute (or less than half of its life, if
    that is shorter), and once after a 401. All callers wait for one renewal; processes that share a `TokenStore` renew
    one at a time. If the service refuses the refresh token, the tokens are removed and SessionExpiredError is raised.
    A failed connection or a 5xx removes nothing.

    A session belongs to one customer, and to the event loop of its client. Once it has ended it stays so.
    """

    def __init__(self, connection: Connection, store: TokenStore, tokens: Tokens | None) -> None:
        """Use `AuthClient` to make one."""
        self._connection = connection
        self._store = store
        self._tokens = tokens
        self._customer = None if tokens is None else tokens.customer
        self._granted: Tokens | None = None
        """The last tokens that the service gave to this session."""
        self._unsaved: Tokens | None = None
        """What the store still has if it could not take the newer tokens of this session."""
        self._watchers: list[Callable[[Tokens | None], object]] = []
        client = connection.client
        self._requester = SessionRequester(client.requester, self._usable_tokens, self._tokens_after_refusal)
        self._renewal = SingleFlight(
            client.requester, self._renew, lambda: load("customer_auth.refresh"), "the customer's new tokens"
        )

    @property
    def is_authenticated(self) -> bool:
        """Whether the session has tokens. The service may have revoked them."""
        return self._tokens is not None

    @property
    def customer(self) -> AuthCustomer | None:
        """Who signed in, as the service said when it gave the tokens; `get_customer` asks again."""
        return self._customer

    @property
    def tokens(self) -> Tokens | None:
        """The tokens, or None if the session is over."""
        return self._tokens

    async def access_token(self) -> str:
        """A token that can be used now, renewed if need be. Raises SessionExpiredError if the session is over."""
        return (await self._usable_tokens(earliest_deadline(None))).access_token

    async def get_customer(self) -> AuthCustomer:
        """Ask the service who is signed in."""
        customer = await self.send(self._connection.client.customer_auth.me(self._connection.team))
        self._customer = customer
        return customer

    def authorize(self, call: CallT, /) -> CallT:
        """Return a copy of a call or a list that is sent with the customer's token.

        Args:
            call: A call of an operation without an API key, from any client of the same server.

        Raises:
            ValueError: The operation needs an API key, or the call is for another server.
        """
        if call.operation.key != "none":
            raise ValueError(f"{call.operation.id or 'this call'} needs an API key, so it takes no customer's token")
        authorized = call._through(self._requester)  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
        server = call._requester.base_url  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
        if server != self._requester.base_url:
            authorized._mark_used()  # noqa: SLF001  # private to the package  # pyright: ignore[reportPrivateUsage]
            raise ValueError(f"the call is for {server}, another server than {self._requester.base_url} of the session")
        return authorized

    async def send(self, call: Call[T], /) -> T:
        """Send a call with the customer's token. See `authorize`, which also takes lists to iterate over."""
        return await self.authorize(call)

    async def refresh(self) -> None:
        """Renew the tokens now. Raises SessionExpiredError if the session is over."""
        await self._renewal.run(earliest_deadline(None))

    async def logout(self) -> None:
        """Sign out: remove the tokens here, then revoke them at the service.

        Each is done even if the other fails, and the error is raised.
        """
        tokens, failure = self._tokens, None
        try:
            tokens = await self._take() or tokens
        except Exception as error:  # noqa: BLE001  # stores raise anything; it is raised below
            failure = error
        self._end("the customer has signed out")
        if tokens is not None:
            await self._revoke(tokens)
        if failure is not None:
            raise failure

    def on_change(self, watcher: Callable[[Tokens | None], object], /) -> Callable[[], None]:
        """Call `watcher(tokens)` when the tokens are renewed, and `watcher(None)` when the session is over.

        Args:
            watcher: A plain function, which must not block. An exception in it is logged.

        Returns:
            A function that removes the watcher.

        Raises:
            TypeError: `watcher` is not callable, or is a coroutine function.
        """
        check_plain_function("watcher", watcher)
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    async def _usable_tokens(self, deadline: Deadline | None) -> Tokens:
        """Tokens for a request that is sent now. Raises SessionExpiredError."""
        tokens = self._tokens
        if tokens is None:
            raise self._ended("the customer has signed out, or the session has expired")
        if tokens.is_fresh(self._now()):
            return tokens
        try:
            return await self._renewal.run(deadline)
        except SessionExpiredError:
            raise
        except CStarError as error:
            # A renewal in advance may fail as long as the token lasts.
            if tokens is not self._tokens or tokens.expires_at is None or tokens.expires_at <= self._now():
                raise
            logger.warning("the tokens of a customer could not be renewed, and are still used: %s", error)
            return tokens

    async def _tokens_after_refusal(self, refused: Tokens, deadline: Deadline | None) -> tuple[Tokens, bool]:
        """Other tokens than those that the service has just refused, and whether this session got them from it.

        Raises SessionExpiredError.
        """
        tokens = self._tokens
        if tokens is None or tokens.access_token == refused.access_token:
            tokens = await self._renewal.run(deadline)
        return tokens, tokens is self._granted

    def _now(self) -> float:
        return self._requester.clock.time()

    async def _renew(self) -> Tokens:
        """Renew the tokens, or take those that another process has renewed."""
        task = asyncio.current_task()
        assert task is not None
        self._connection.renewals.add(task)
        try:
            async with self._store.lock():
                return await self._renew_locked()
        finally:
            self._connection.renewals.discard(task)

    async def _renew_locked(self) -> Tokens:
        known = self._tokens
        current = await self._load()
        if known is None or current is None:
            raise self._end("the customer has signed out, or the session has expired")
        if current == self._unsaved:
            current = await self._keep(current, known)
        elif current.access_token != known.access_token and current.is_fresh(self._now()):
            return self._adopt(current)
        if current.refresh_token is None:
            await self._store.replace(current, None)
            raise self._end("the access token has expired, and there is no refresh token")
        try:
            new = self._granted = await self._exchange(current)
        except APIError as error:
            if not _refuses_token(error):
                raise
            latest = await self._load()
            if latest is not None and latest.access_token != current.access_token:
                return self._adopt(latest)  # renewed meanwhile by a process without a lock
            await self._store.replace(current, None)
            raise self._end("the service refused the refresh token", error) from error
        return await self._keep(current, new)

    async def _take(self) -> Tokens | None:
        """Remove the customer's tokens from the store; returns the newest ones, None if it had none."""
        while True:
            stored = await self._store.load()
            if stored is None or not self._is_own(stored):
                return None
            if await self._store.replace(stored, None):
                return None if stored == self._unsaved else stored

    async def _load(self) -> Tokens | None:
        """The tokens in the store. Raises SessionExpiredError if they are another customer's."""
        tokens = await self._store.load()
        if tokens is None:
            return None
        check_place(tokens, self._connection)
        if not self._is_own(tokens):
            raise self._end("another customer has signed in with the same token store")
        return tokens

    def _is_own(self, tokens: Tokens) -> bool:
        """Whether the tokens may belong to the customer of this session."""
        known, found = self._customer, tokens.customer
        return known is None or found is None or known.id == found.id

    async def _exchange(self, tokens: Tokens) -> Tokens:
        """Exchange the refresh token for new tokens, again if those are over: the answer may be one that was lost."""
        connection, operation = self._connection, load("customer_auth.refresh")
        for _ in range(_MAX_EXCHANGES):
            assert tokens.refresh_token is not None
            body = {"refreshToken": tokens.refresh_token}
            call = Call[Any](connection.client, operation, (connection.team,), None, body, decode_renewal)
            # The key is made of the token, so that a renewal whose answer was lost is the same request in any process.
            digest = hashlib.sha256(tokens.refresh_token.encode()).hexdigest()
            answer = await call.options(idempotency_key=f"refresh-{digest}").response()
            tokens = read_grant(operation.id, answer, connection, self._now(), earlier=tokens)
            if not tokens.came_too_late:
                break
        return tokens

    async def _keep(self, old: Tokens, new: Tokens) -> Tokens:
        """Store renewed tokens, even if the client is closed meanwhile, and use them."""
        try:
            is_stored = await _finish(self._store.replace(old, new))
        except BaseException:
            # The old ones are spent, so this session goes on with the new ones, and stores them later.
            if self._tokens is not None:
                self._unsaved = old
                self._adopt(new)
            raise
        self._unsaved = None
        if is_stored:
            return self._adopt(new)
        # Somebody has signed out, or in, or has renewed without a lock and got the same tokens.
        current = await self._load()
        if current is not None:
            return self._adopt(current)
        try:
            await self._revoke(new)
        except CStarError as error:
            logger.info("the tokens of a customer who has signed out could not be revoked: %s", error)
        raise self._end("the customer signed out while the tokens were renewed")

    async def _revoke(self, tokens: Tokens) -> None:
        """Revoke tokens at the service. One that does not know them any more is a success."""
        logout = self._connection.client.customer_auth.logout
        for is_last in (False, True):
            call = logout(self._connection.team)
            try:
                await call.options(headers={"Authorization": Secret("Bearer " + tokens.access_token)})
            except AuthenticationError:
                if is_last or tokens.refresh_token is None:
                    return
            else:
                return
            # The access token has expired, but the refresh token may be good for weeks.
            try:
                tokens = await self._exchange(tokens)
            except (AuthenticationError, BadRequestError, PermissionDeniedError):
                return

    def _adopt(self, tokens: Tokens) -> Tokens:
        """Use these tokens from now on. Raises SessionExpiredError if the session ended meanwhile."""
        if self._tokens is None:
            raise self._ended("the customer has signed out")
        is_new = tokens.access_token != self._tokens.access_token
        self._tokens = tokens
        self._customer = tokens.customer or self._customer
        if is_new:
            self._notify(tokens)
        return tokens

    def _end(self, reason: str, cause: APIError | None = None) -> SessionExpiredError:
        """Forget the tokens, for ever. Returns the error to raise."""
        if self._tokens is not None:
            self._tokens = self._unsaved = None
            self._notify(None)
        return self._ended(reason, cause)

    def _notify(self, tokens: Tokens | None) -> None:
        for watcher in list(self._watchers):
            try:
                watcher(tokens)
            except Exception as error:  # noqa: BLE001  # a watcher raises anything
                # Without the traceback, whose variables may hold the tokens.
                logger.error("a watcher of on_change failed: %s", type(error).__name__)  # noqa: TRY400  # see above

    def _ended(self, reason: str, cause: APIError | None = None) -> SessionExpiredError:
        operation = load("customer_auth.refresh")
        return SessionExpiredError(
            f"the session of the customer is over: {reason}; sign in again",
            status=401 if cause is None else cause.status,
            type=None if cause is None else cause.type,
            code=None if cause is None else cause.code,
            message=None if cause is None else cause.message,
            body=None if cause is None else cause.body,
            method=operation.method,
            path=operation.path,
            attempts=0 if cause is None else cause.attempts,
            request_id=None if cause is None else cause.request_id,
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session must not be pickled or copied: it holds a customer's tokens and an event loop")

    @safe_repr
    def __repr__(self) -> str:
        who = "signed out" if self._tokens is None else "" if self._customer is None else self._customer.id
        return f"<{type(self).__name__} {self._connection.team!r} {who}>"


def _refuses_token(error: APIError) -> bool:
    """Whether the service, and not a proxy for example, states that the refresh token is of no use."""
    if not is_refusal(error):
        return False
    about = f"{error.code} {error.type}"
    return error.status == 401 or (error.status in _REFUSALS and _OF_TOKENS.search(about) is not None)


async def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Await work that a cancellation does not interrupt; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=SHUTDOWN_GRACE)
        if task.done() and not task.cancelled():
            task.exception()  # so that asyncio does not log it
        raise
