"""A customer's tokens, and where they are kept."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import random
import stat
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, cast

import attrs
import orjson

from cstar_async._core.representation import safe_repr, show_fields
from cstar_async._core.secrets import Secret
from cstar_async._generated.models.customer_auth import AuthCustomer, decode_auth_customer, encode_auth_customer
from cstar_async.errors import TokenStoreError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractAsyncContextManager

_FORMAT: Final = 1
_MARGIN: Final = 60.0
"""Seconds before its end in which an access token is not used any more; at most half of its life."""
_LOCK_TIMEOUT: Final = 180.0
"""Seconds to wait for a lock that another process holds: more than four attempts at a renewal take."""
_LONGEST_POLL: Final = 0.1
_LARGEST: Final = 2**16
"""The most bytes of a file with tokens."""
_OTHERS: Final = 0o077


def _secret(text: str) -> Secret:
    return Secret(text)


def _optional_secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


@attrs.frozen(kw_only=True)
class Tokens:
    """The tokens of a signed-in customer. No repr shows them, and they cannot be pickled; stores use `to_json`.

    Attributes:
        access_token: The token that is sent with the customer's requests, a JWT.
        refresh_token: The token for new tokens; None if the service gave none.
        customer: Who signed in; None if the service did not say.
        team: The team, as the client that got the tokens was told it.
        base_url: The server.
        received_at: When the tokens came, in Unix seconds by this machine's clock.
        expires_at: When the access token ends, by the same clock; None if unknown.
    """

    access_token: str = attrs.field(converter=_secret)
    refresh_token: str | None = attrs.field(default=None, converter=_optional_secret)
    customer: AuthCustomer | None = None
    team: str
    base_url: str
    received_at: float
    expires_at: float | None = None

    __repr__ = show_fields

    def is_fresh(self, now: float) -> bool:
        """Whether the access token lasts for another request: for a minute, or half of its life if that is less."""
        if self.expires_at is None or self.came_too_late:
            return True  # it is used until it is refused
        return now < self.expires_at - min(_MARGIN, (self.expires_at - self.received_at) / 2)

    @property
    def came_too_late(self) -> bool:
        """Whether the access token was over when it came, if the service is right."""
        return self.expires_at is not None and self.expires_at <= self.received_at

    def to_json(self) -> str:
        """All of it as JSON, tokens included, for a store. Equal tokens give equal text."""
        fields = {
            "cstar_tokens": _FORMAT,
            "team": self.team,
            "base_url": self.base_url,
            "customer": None if self.customer is None else encode_auth_customer(self.customer),
            "received_at": self.received_at,
            "expires_at": self.expires_at,
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
        }
        return Secret(orjson.dumps(fields).decode())

    @classmethod
    def from_json(cls, text: str | bytes) -> Tokens:
        """Read what `to_json` wrote. Raises ValueError for any other text, which the error does not contain."""
        found = _read_json(text)
        if found is None:
            raise ValueError("not the JSON of a customer's tokens")
        return found

    def __reduce__(self) -> NoReturn:
        raise TypeError("tokens must not be pickled or copied: use to_json() to store them")


def _read_json(text: str | bytes) -> Tokens | None:
    # Nothing is raised from here, since the error of a parser has the whole text.
    with contextlib.suppress(Exception):
        fields = cast("dict[str, Any]", orjson.loads(text.encode() if isinstance(text, str) else text))
        customer, expires_at, refresh_token = fields["customer"], fields["expires_at"], fields["refresh_token"]
        texts = (fields["access_token"], fields["team"], fields["base_url"], refresh_token or "")
        if fields["cstar_tokens"] == _FORMAT and all(isinstance(each, str) for each in texts) and texts[0]:
            return Tokens(
                access_token=fields["access_token"],
                refresh_token=refresh_token,
                customer=None if customer is None else decode_auth_customer(customer),
                team=fields["team"],
                base_url=fields["base_url"],
                received_at=float(fields["received_at"]),
                expires_at=None if expires_at is None else float(expires_at),
            )
    return None


class TokenStore(Protocol):
    """A place for the tokens of one customer. Several processes may share it; all methods may raise any error."""

    async def load(self) -> Tokens | None:
        """The tokens, or None if nobody is signed in."""
        ...

    async def replace(self, old: Tokens | None, new: Tokens | None) -> bool:
        """Store `new` if the tokens are still `old`; otherwise change nothing and return False. None removes them.

        The comparison and the change are one step, whatever other processes do.
        """
        ...

    def lock(self) -> AbstractAsyncContextManager[None]:
        """A lock that is held while the tokens are renewed, so that one process at a time does it.

        It must end with the process that holds it. `load` and `replace` are called by others meanwhile. A store that
        cannot lock may give `contextlib.nullcontext()`: then two processes can renew at once, which only a service that
        honours the idempotency key of a renewal survives.
        """
        ...


class MemoryTokens:
    """Keeps tokens in memory, for clients in any threads of this process."""

    __slots__ = ("_changing", "_renewing", "_tokens")

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens
        self._changing = threading.Lock()
        self._renewing = threading.Lock()

    async def load(self) -> Tokens | None:
        """The tokens, or None if nobody is signed in."""
        return self._tokens

    async def replace(self, old: Tokens | None, new: Tokens | None) -> bool:
        """Store `new` if the tokens are still `old`. See `TokenStore`."""
        with self._changing:
            if self._tokens != old:
                return False
            self._tokens = new
            return True

    @asynccontextmanager
    async def lock(self) -> AsyncGenerator[None]:
        """A lock for one renewal at a time."""
        await _acquire(lambda: self._renewing.acquire(blocking=False), "the token store")
        try:
            yield
        finally:
            self._renewing.release()

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__}{'' if self._tokens else ' (empty)'}>"


class FileTokens:
    """Keeps tokens in a file of mode 0600, which several processes may share.

    The file is written whole or not at all, and is on the disk before `replace` returns. Beside it are two empty files
    for locks, `….lock` and `….renewal`. Use a local disk, and a file for each customer.

    `load` raises TokenStoreError if others may read the file, or if it is damaged or a symbolic link. A file that does
    not exist, or is empty, holds no tokens.
    """

    __slots__ = ("path",)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()

    async def load(self) -> Tokens | None:
        """The tokens, or None if nobody is signed in. Raises TokenStoreError."""
        return await asyncio.to_thread(self._load)

    async def replace(self, old: Tokens | None, new: Tokens | None) -> bool:
        """Store `new` if the tokens are still `old`. See `TokenStore`. Raises TokenStoreError."""
        return await asyncio.to_thread(self._replace, old, new)

    @asynccontextmanager
    async def lock(self) -> AsyncGenerator[None]:
        """A lock for one renewal at a time; it ends with its process. Raises TokenStoreError."""
        with self._lock_file("renewal") as file:
            await _acquire(lambda: self._try_lock(file), f"{self.path}.renewal")
            yield

    def _load(self) -> Tokens | None:
        # O_NONBLOCK: opening a named pipe would wait for its writer.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with self._wrap_errors("read"):
            try:
                file = os.open(self.path, flags)
            except FileNotFoundError:
                return None
            with os.fdopen(file, "rb") as reader:
                mode = os.fstat(file).st_mode
                if not stat.S_ISREG(mode):
                    raise TokenStoreError(f"{self.path} is not a regular file")
                if os.name == "posix" and mode & _OTHERS:
                    raise TokenStoreError(f"{self.path} can be read or written by others; run: chmod 600 {self.path}")
                raw = reader.read(_LARGEST)
        tokens = _read_json(raw)
        if tokens is None and raw.strip():
            del raw  # it is not among the variables of the error
            raise TokenStoreError(f"{self.path} does not hold a customer's tokens; remove it, and sign in again")
        return tokens

    def _replace(self, old: Tokens | None, new: Tokens | None) -> bool:
        with self._lock_file("lock") as file:
            limit = time.monotonic() + _LOCK_TIMEOUT
            while not self._try_lock(file):
                if time.monotonic() > limit:
                    raise TokenStoreError(_held(f"{self.path}.lock"))
                time.sleep(0.002)
            if self._load() != old:
                return False
            with self._wrap_errors("written"):
                if new is None:
                    self.path.unlink(missing_ok=True)
                else:
                    self._write(new.to_json())
                _sync_folder(self.path.parent)
            return True

    def _write(self, text: str) -> None:
        # A name of its own, which only the holder of the lock uses: what a killed process has left is overwritten.
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as writer:
                writer.write(text.encode())
                writer.flush()
                os.fsync(file)
            new.replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def _lock_file(self, ending: str) -> Generator[int]:
        """An open file beside the tokens. Closing it releases its lock."""
        with self._wrap_errors("locked"):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            file = os.open(f"{self.path}.{ending}", flags, 0o600)
        try:
            yield file
        finally:
            from filelock import unlock_descriptor

            with contextlib.suppress(OSError):
                unlock_descriptor(file)  # a forked process may have the descriptor too
            os.close(file)

    def _try_lock(self, file: int) -> bool:
        from filelock import lock_descriptor  # takes 10 ms to load

        with self._wrap_errors("locked"):
            return lock_descriptor(file, blocking=False)

    @contextlib.contextmanager
    def _wrap_errors(self, what: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            reason = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
            raise TokenStoreError(f"{self.path} cannot be {what}: {reason}") from error

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.path)!r}>"


async def _acquire(attempt: Callable[[], bool], name: str) -> None:
    """Try to lock until it succeeds; other processes cannot wake this one. Raises TokenStoreError in the end."""
    limit, wait = time.monotonic() + _LOCK_TIMEOUT, 0.004
    while not attempt():
        if time.monotonic() > limit:
            raise TokenStoreError(_held(name))
        await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311  # spreads the attempts of processes
        wait = min(2 * wait, _LONGEST_POLL)


def _held(name: str) -> str:
    return f"{name} has been locked for {_LOCK_TIMEOUT:g} s; another process that renews the tokens seems to hang"


def _sync_folder(folder: Path) -> None:
    """Put the file's name on the disk. Windows cannot open a folder, and does this itself."""
    if os.name == "posix":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
