"""Who may use the control API, which is behind the door of all requests.

Without a token it is for programs and pages of this machine alone. With one: for who sends it, from wherever; a browser
keeps a cookie in its place, since EventSource sends no headers of one's own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from cstar_async.sandbox.http.door import Door
from cstar_async.sandbox.http.hosts import is_loopback

from .errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

SHORTEST_TOKEN = 16


class Access:
    """The lock behind the door. It keeps a digest of the token, not the token.

    Raises ValueError for a token that is easily guessed. `host` and `allow_hosts` are what a Door takes, which raises
    ValueError as well.
    """

    def __init__(self, token: str | None = None, *, host: str = "127.0.0.1", allow_hosts: Iterable[str] = ()) -> None:
        if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
            raise ValueError(f"the token must have {SHORTEST_TOKEN} printable ASCII characters or more")
        self.door = Door(host=host, allow_hosts=allow_hosts)
        self._digest = None if token is None else _digest(token)
        self._session = secrets.token_urlsafe(24)

    def check_place(self, request: web.Request) -> None:
        """Refuse who is not on this machine, if there is no token, and what pages of other origins can send.

        Raises AccessError 400, 403 or 415.
        """
        if self._digest is None:
            if not is_loopback(request.remote or ""):
                raise ControlError(
                    403, "Without a token the sandbox is controlled from its own machine alone: set one."
                )
            self.door.check_host(request)
        self.door.check_origin(request)

    def check(self, request: web.Request) -> None:
        """Refuse everybody who may not use the control API. Raises AccessError 400, 401, 403 or 415."""
        self.check_place(request)
        self.door.check_site(request)
        if not self._is_known(request):
            raise ControlError(401, "Send the sandbox's token as 'Authorization: Bearer <token>'.")

    def is_token(self, given: str) -> bool:
        """Whether this is the token, told in a time that does not depend on how much of it is right."""
        return self._digest is not None and hmac.compare_digest(self._digest, _digest(given))

    def sign_in(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give the browser a cookie in the place of the token; it holds until the sandbox is started again."""
        response.set_cookie(cookie_name(request), self._session, path="/_sandbox", httponly=True, samesite="Strict")

    def _is_known(self, request: web.Request) -> bool:
        if self._digest is None:
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(token.strip())
        cookie = request.cookies.get(cookie_name(request), "")
        return hmac.compare_digest(self._session.encode(), cookie.encode(errors="replace"))


def cookie_name(request: web.Request) -> str:
    """A name for each port: browsers give a machine's cookies to all of its ports."""
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    return f"cstar_sandbox_{address[1] if address else 0}"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
