"""Who may look into the sandbox and turn its knobs.

Without a token: programs and pages of this machine. That is more than the address of the sender, because a page from
anywhere in a browser of this machine has it too. Such a page can give its own name our address (DNS rebinding, seen by
the Host header) or send a request without reading the answer (seen by Origin and Sec-Fetch-Site). With a token: who
sends it, from wherever; a browser keeps a cookie in its place, since EventSource sends no headers of one's own.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .refusal import Refusal

if TYPE_CHECKING:
    from aiohttp import web

SHORTEST_TOKEN = 16
OURS = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of a request from our own page, or from the address bar."""
BODIES = frozenset({"POST", "PATCH", "PUT"})


class Access:
    """The door. It keeps a digest of the token, not the token. Raises ValueError for a token that is easily guessed."""

    def __init__(self, token: str | None) -> None:
        if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
            raise ValueError(f"the token must have {SHORTEST_TOKEN} printable ASCII characters or more")
        self._digest = None if token is None else _digest(token)
        self._session = secrets.token_urlsafe(24)

    def check_place(self, request: web.Request) -> None:
        """Refuse who is not on this machine, if there is no token, and what pages of other origins can send.

        Raises Refusal 403 or 415.
        """
        host = request.headers.get("Host", "")
        if self._digest is None:
            if not is_loopback(request.remote or ""):
                raise Refusal(403, "Without a token the sandbox is controlled from its own machine alone: set one.")
            if not is_loopback(_name(host)):
                raise Refusal(403, "The Host header must name this machine (127.0.0.1, localhost, [::1]).")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower().partition("://")[2] != host.lower():
            raise Refusal(403, "The sandbox is not controlled by pages of other origins.")
        if request.method in BODIES and request.can_read_body and request.content_type != "application/json":
            raise Refusal(415, "Send JSON, with 'Content-Type: application/json'.")

    def check(self, request: web.Request) -> None:
        """Refuse everybody who may not use the control API. Raises Refusal 403, 415 or 401."""
        self.check_place(request)
        if request.headers.get("Sec-Fetch-Site", "none") not in OURS:
            raise Refusal(403, "The sandbox is not controlled by pages of other origins.")
        if not self._is_known(request):
            raise Refusal(401, "Send the sandbox's token as 'Authorization: Bearer <token>'.")

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


def is_loopback(host: str) -> bool:
    """Whether an address or a name is that of this machine, for itself alone."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower() == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
