"""PostgreSQL for the inbox and the shared quota: its addresses, and errors that it raises or that end a connection."""

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
    "cannot be read: it must have the form postgresql://user:password@host:port/database?option=value, with all "
    "characters but letters and digits percent-encoded"
)
_HOST: Final = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")


def database_name(url: str, what: str, kind: type[CStarError]) -> str:
    """The part of an address that may be shown: hosts, ports and database.

    An address with a character that should have been percent-encoded is refused: part of the password would be taken
    for a host or a database, and shown.

    Args:
        url: The address.
        what: The name of the argument, for the message.
        kind: The error to raise for an invalid address.
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
    """Raise `kind` if asyncpg cannot read the address; the message contains no part of it."""
    asyncpg: Any = import_module("asyncpg")
    try:
        yield
    except asyncpg.ClientConfigurationError as error:
        raise kind(f"{what}: {error}") from None
    except OSError:
        raise  # a bad certificate is a ValueError, too
    except ValueError:
        raise kind(f"{what} {_UNREADABLE}") from None


def failures() -> tuple[type[Exception], ...]:
    """The errors that asyncpg raises when the database or the connection to it fails."""
    asyncpg: Any = import_module("asyncpg")
    # The last is raised for a connection that broke while it was idle.
    return OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError


def ends_session(error: BaseException) -> bool:
    """Whether the connection failed and not the statement, so that the next statement on it would fail as well.

    The connection and all that were opened beside it must then be closed; the statement may succeed on a new one.
    """
    asyncpg: Any = import_module("asyncpg")
    lost = (ConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.InvalidCachedStatementError)
    return isinstance(error, lost) or _OF_SESSION.match(getattr(error, "sqlstate", None) or "") is not None


_OF_SESSION: Final = re.compile(
    "08"  # the connection broke
    "|25006"  # read-only: the server was a standby, or set so, when the session began
    "|25P0[123]"  # not in the expected transaction, or idle in one for too long
    "|26000|42P05"  # its prepared statements differ from those that asyncpg knows
    "|53|57P|58|XX"  # the server is out of resources, ended the session, or has an internal error
)


def cause(error: BaseException) -> str:
    """An error of the database in one line: `InvalidPasswordError: password authentication failed for user "ada"`.

    Passwords are removed, since a library may repeat the address it was given.
    """
    first = str(error).strip().partition("\n")[0]
    return clean_text(f"{type(error).__name__}: {first}" if first else type(error).__name__)
