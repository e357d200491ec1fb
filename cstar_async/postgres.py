"""The address of a PostgreSQL database, `postgresql://…`: whether it can be read, and what errors call it."""

from __future__ import annotations

import contextlib
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from .secrets import clean_text

if TYPE_CHECKING:
    from collections.abc import Generator

    from .errors import CStarError

_UNREADABLE: Final = (
    "cannot be read: it has the form postgresql://user:password@host:port/database?option=value, with other "
    "characters than letters and digits percent-encoded"
)
_HOST: Final = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")


def database_name(url: str, what: str, kind: type[CStarError]) -> str:
    """Hosts, ports and database: what may be shown. Raises `kind` with the name `what` for an address that is none.

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


def cause(error: BaseException) -> str:
    """What a database said, in one line: `InvalidPasswordError: password authentication failed for user "ada"`.

    It is cleaned, and without passwords: a library may repeat the address that it was given.
    """
    first = str(error).strip().partition("\n")[0]
    return clean_text(f"{type(error).__name__}: {first}" if first else type(error).__name__)
