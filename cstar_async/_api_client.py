"""The base of the clients in packages that `codegen` makes from documents of other services.

Their `client.py` imports this module, and `_generated_api` with the rest of their code.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, TypeVar, cast
from urllib.parse import quote

from cstar_async._core.forms import File
from cstar_async._core.headers import check_header
from cstar_async._core.representation import safe_repr
from cstar_async._core.secrets import Secret
from cstar_async._http.client import HTTPClient
from cstar_async._http.proxy import find_proxy
from cstar_async._http.settings import Credentials, Settings, check_parts, check_proxy, read_proxy_argument
from cstar_async._http.text_checks import check_base_url, find_flaw
from cstar_async._quota.quota import Quota
from cstar_async.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp

    from cstar_async.clock import Clock

__all__ = ["APIClient", "Credential", "File", "hide_credential"]

T = TypeVar("T")

_AUTHORIZATION: Final = "Authorization"


class Credential(NamedTuple):
    """A credential as a document's security scheme describes it, with the caller's value."""

    argument: str
    scheme: str
    """`header`, `query`, `cookie`, `basic`, or the word before the value in `Authorization` (`Bearer`)."""
    name: str
    """The name of the header, the query parameter or the cookie."""
    value: Any
    """Text; for `basic` a pair of user and password; None if it was not given."""


def hide_credential(value: T) -> T:
    """A credential, or a mapping of headers, as Secrets, so that a traceback with local variables does not show it."""
    hidden: Any = value
    if isinstance(value, str):
        hidden = Secret(value)
    elif isinstance(value, tuple):
        hidden = tuple(hide_credential(part) for part in cast("tuple[object, ...]", value))
    elif isinstance(value, Mapping):
        hidden = {name: hide_credential(part) for name, part in cast("Mapping[object, object]", value).items()}
    return cast("T", hidden)


class APIClient(HTTPClient):
    """The base of a generated package's `Client`: credentials, base URL, and all that `HTTPClient` has.

    It has no quota, and sends an Idempotency-Key only where the document has one.
    """

    def _connect(
        self,
        credentials: Sequence[Credential],
        *,
        base_url: str | None,
        default_base_url: str,
        allow_http: bool,
        proxy: str | None,
        headers: Mapping[str, str] | None,
        timeout: float,
        max_retries: int,
        session: aiohttp.ClientSession | None,
        clock: Clock | None,
    ) -> None:
        """Check the arguments and set up the client. See the generated `__init__` for what they mean and raise."""
        headers = _read_headers(headers)
        check_parts(session, None, clock)
        check_proxy(session, proxy)
        if not (base_url or default_base_url):
            raise ConfigError("base_url is needed: the document does not name a server")
        url = check_base_url(base_url or default_base_url, allow_http=allow_http)
        if session is not None:
            proxy = ""
        settings = Settings(
            api_key=None,
            team_id=None,
            base_url=url,
            proxy=find_proxy(url) if proxy is None else read_proxy_argument(proxy),
            credentials=_read_credentials(credentials, headers),
        )
        self._set_up(settings, session, Quota(), clock, timeout, max_retries, whoami=_no_team)

    @safe_repr
    def __repr__(self) -> str:
        requester = getattr(self, "_requester", None)  # None if __init__ failed
        return f"<{type(self).__name__}{'' if requester is None else f' {requester.base_url}'}>"


def _no_team() -> NoReturn:
    raise ConfigError("this service has no teams")


def _read_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    if headers is not None and not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"headers must be a mapping of names to values, got {type(headers).__name__}")
    found = dict(headers or {})
    for name, value in found.items():
        check_header(name, value, reserved=name.lower() != _AUTHORIZATION.lower())
    return found


def _read_credentials(credentials: Sequence[Credential], headers: Mapping[str, str]) -> Credentials:
    """Where each credential goes. Raises ConfigError if one is invalid, or if two have the same place."""
    sent: dict[str, Secret] = {}
    query: list[str] = []
    cookies: list[str] = []
    places: dict[str, str] = {}
    curl: list[str] = []
    secrets = [Secret(value) for value in headers.values()]
    for argument, scheme, name, value in credentials:
        if value is None:
            continue
        text = _read_basic(argument, value) if scheme == "basic" else _read_text(argument, value)
        place = f"{scheme} {name}" if scheme in {"header", "query", "cookie"} else _AUTHORIZATION
        if place in places:
            raise ConfigError(f"{argument} and {places[place]} are sent in the same place; pass one of them")
        places[place] = argument
        secrets += [text, *([Secret(value[1])] if scheme == "basic" else [])]
        variable = f"${argument.upper()}"
        if scheme == "query":
            query.append(f"{quote(name, safe='')}={quote(text, safe='')}")
            secrets.append(Secret(quote(text, safe="")))
            curl.append(f'--url-query "{name}={variable}"')
        elif scheme == "cookie":
            cookies.append(f"{name}={text}")
            curl.append(f'-b "{name}={variable}"')
        elif scheme == "basic":
            sent[_AUTHORIZATION] = Secret(f"Basic {text}")
            curl.append(f'-u "{variable}"')
        else:
            word = "" if scheme == "header" else f"{scheme} "
            sent[name] = Secret(f"{word}{text}")
            curl.append(f'-H "{name}: {word}{variable}"')
    if cookies:
        sent["Cookie"] = Secret("; ".join(cookies))
    return Credentials(sent, Secret("&".join(query)), dict(headers), tuple(secrets), tuple(curl))


def _read_text(argument: str, value: object) -> Secret:
    if not isinstance(value, str):
        raise ConfigError(f"{argument} must be a string, got {type(value).__name__}")
    value = Secret(value)
    flaw = find_flaw(value, only_ascii=True)
    if flaw:
        raise ConfigError(f"{argument} {flaw}")
    return Secret(value.strip())  # values from files and shells often end in a line break


def _read_basic(argument: str, value: Any) -> Secret:
    pair = isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, str) for part in value)  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    if not pair or ":" in value[0]:
        raise ConfigError(f"{argument} must be a pair of user and password, and the user must not contain a colon")
    return Secret(base64.b64encode(f"{value[0]}:{value[1]}".encode()).decode())
