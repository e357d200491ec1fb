"""PostgreSQL, for all who use it: whether an address can be read, what errors call it, and which end a connection."""

from __future__ import annotations

import contextlib
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from cstar_async._core.secrets import clean_text

if TYPE_CHECKING:
    from collections.abc import Generator

    from .errors import CStarError

_UNREADABLE: Final = (
    "cannot be read: it has the form postgresql://user:password@host:port/database?option=value, with other "
    "characters than letters and digits percent-encoded"
)
_HOST: Final = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")


def database_name(url: str, what: str, kind: type[CStarError]) -> str:
    """Hosts, ports and database: what may be shown. Raises `kind` with the name `what` for an invalid address.

    A character of the password that should have been percent-encoded ends what comes before it, so that the rest of
    the password would be taken for a host or a database, and shown.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise kind(f"{what} {_UNREADABLE}") from None
    user, _, hosts = parts.netloc.rpartition("@")
    found = [_HOST.fullmatch(host) for host in hosts.split(",")]
    if "@" in f"{user}{parts.path}" or parts.fragment or not all(each and int(each[1] or 0) < 65_536 for each in found):
        raise kind(f"{what} {_UNREADABLE}")
    hosts = hosts or ",".join(parse_qs(parts.query).get("host", ()))  # the folder of a socket
    return unquote(f"{hosts}{parts.path}")


@contextlib.contextmanager
def read_address(what: str, kind: type[CStarError]) -> Generator[None]:
    """Raise `kind` for an address that cannot be read, without anything of it."""
    asyncpg: Any = import_module("asyncpg")
    try:
        yield
    except asyncpg.ClientConfigurationError as error:
        raise kind(f"{what}: {error}") from None
    except OSError:
        raise  # a certificate that is not good is a ValueError, too
    except ValueError:
        raise kind(f"{what} {_UNREADABLE}") from None


def failures() -> tuple[type[Exception], ...]:
    """What asyncpg raises when a database or the way to it fails."""
    asyncpg: Any = import_module("asyncpg")
    # The last is what it makes of a connection that was cut while it was idle.
    return OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError


def ends_session(error: BaseException) -> bool:
    """Whether what failed is the connection and not the statement: on it the next one would fail as well.

    Then it is to be closed, with all that were made beside it, and what was asked may succeed on a new one.
    """
    asyncpg: Any = import_module("asyncpg")
    lost = (ConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.InvalidCachedStatementError)
    return isinstance(error, lost) or _OF_SESSION.match(getattr(error, "sqlstate", None) or "") is not None


_OF_SESSION: Final = re.compile(
    "08"  # the connection broke
    "|25006"  # it can only read: the server was a standby, or was told so, when the session began
    "|25P0[123]"  # it is not in the transaction that it should be in, or stood still in one
    "|26000|42P05"  # its prepared statements are not those that we know of
    "|53|57P|58|XX"  # the server has no room for it, has ended it, or is in trouble
)


def cause(error: BaseException) -> str:
    """What a database said, in one line: `InvalidPasswordError: password authentication failed for user "ada"`.

    It is cleaned, and without passwords: a library may repeat the address that it was given.
    """
    first = str(error).strip().partition("\n")[0]
    return clean_text(f"{type(error).__name__}: {first}" if first else type(error).__name__)
