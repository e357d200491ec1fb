"""Access to the control API, in addition to the checks of `CrossSiteGuard`.

Without a token, only programs and pages on this machine have access. With one, every client that sends it has access;
a browser exchanges it for a cookie, because EventSource cannot send custom headers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from cstar_async.sandbox.http.cross_site import CrossSiteGuard
from cstar_async.sandbox.http.hosts import is_loopback

from .errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

SHORTEST_TOKEN = 16


class Access:
    """Checks who may use the control API. Only a digest of the token is kept.

    `host` and `allow_hosts` are passed to `CrossSiteGuard`. Raises ValueError for a token that is easy to guess or
    cannot be sent as a header, and for an invalid host.
    """

    def __init__(self, token: str | None = None, *, host: str = "127.0.0.1", allow_hosts: Iterable[str] = ()) -> None:
        if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
            raise ValueError(f"the token must have {SHORTEST_TOKEN} printable ASCII characters or more")
        self.guard = CrossSiteGuard(host=host, allow_hosts=allow_hosts)
        self._digest = None if token is None else _digest(token)
        self._session = secrets.token_urlsafe(24)

    def check_without_token(self, request: web.Request) -> None:
        """Refuse other machines if no token is set, and requests that pages of other origins may have sent.

        Raises AccessError 400, 403 or 415.
        """
        if self._digest is None:
            if not is_loopback(request.remote or ""):
                raise ControlError(403, "Set a token to control the sandbox from another machine.")
            self.guard.check_host(request)
        self.guard.check_origin(request)

    def check(self, request: web.Request) -> None:
        """Refuse requests without access. Raises AccessError 400, 401, 403 or 415."""
        self.check_without_token(request)
        self.guard.check_site(request)
        if not self._is_authenticated(request):
            raise ControlError(401, "Send the sandbox's token as 'Authorization: Bearer <token>'.")

    def is_token(self, text: str) -> bool:
        """Whether a text is the token. Takes constant time."""
        return self._digest is not None and hmac.compare_digest(self._digest, _digest(text))

    def sign_in(self, request: web.Request, response: web.StreamResponse) -> None:
        """Set a cookie that replaces the token; it is valid until the sandbox stops."""
        response.set_cookie(cookie_name(request), self._session, path="/_sandbox", httponly=True, samesite="Strict")

    def _is_authenticated(self, request: web.Request) -> bool:
        if self._digest is None:
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(token.strip())
        cookie = request.cookies.get(cookie_name(request), "")
        return hmac.compare_digest(self._session.encode(), cookie.encode(errors="replace"))


def cookie_name(request: web.Request) -> str:
    """Return a cookie name that contains the port, since browsers send a host's cookies to all of its ports."""
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    return f"cstar_sandbox_{address[1] if address else 0}"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
