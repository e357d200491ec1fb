"""Who may talk to the sandbox: to the API, and to `/_sandbox`, where one looks into it and controls it.

An address of this machine is open to more than its programs: a page from anywhere, in a browser of this machine, has it
too. Such a page can give its own name our address (DNS rebinding, seen by the Host header), or send a request without
reading the answer (seen by Origin, by Sec-Fetch-Site, and by bodies that need no permission of ours). None of them
comes in, with or without an API key.

Without a token the control API is for programs and pages of this machine alone. With one: for who sends it, from
wherever; a browser keeps a cookie in its place, since EventSource sends no headers of one's own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from cstar_async.sandbox.http.hosts import Authority, is_loopback, read_authority, read_origin

from .errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

__all__ = ["Access", "cookie_name", "is_loopback"]

SHORTEST_TOKEN = 16
OURS = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of a request from our own page, or from the address bar."""
BODIES = frozenset({"POST", "PATCH", "PUT"})
SIMPLE = frozenset({"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
"""Types of bodies that a page may send anywhere without asking first; nothing is one of them."""
WAY_OUT = "allow it with Sandbox(allow_hosts=[{0!r}]), --allow-host {0} or CSTAR_SANDBOX_ALLOW_HOSTS={0}"


class Access:
    """The door. It keeps a digest of the token, not the token. Raises ValueError for a token that is easily guessed.

    `host` is where the sandbox listens, `allow_hosts` are further names by which it is called. Raises ValueError for a
    name that cannot be one, too.
    """

    def __init__(self, token: str | None = None, *, host: str = "127.0.0.1", allow_hosts: Iterable[str] = ()) -> None:
        if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
            raise ValueError(f"the token must have {SHORTEST_TOKEN} printable ASCII characters or more")
        self._digest = None if token is None else _digest(token)
        self._session = secrets.token_urlsafe(24)
        own = read_authority(f"[{host}]" if ":" in host else host)
        self._names = {read_host(each) for each in allow_hosts} | ({own.name} if own else set[str]())

    def check_api(self, request: web.Request) -> None:
        """Refuse what pages of other sites, or one with our address, can send. Raises ControlError 400, 403, 415."""
        self._check_host(request)
        self._check_origin(request)
        self._check_site(request)

    def check_place(self, request: web.Request) -> None:
        """Refuse who is not on this machine, if there is no token, and what pages of other origins can send.

        Raises ControlError 400, 403 or 415.
        """
        if self._digest is None:
            if not is_loopback(request.remote or ""):
                raise ControlError(
                    403, "Without a token the sandbox is controlled from its own machine alone: set one."
                )
            self._check_host(request)
        self._check_origin(request)

    def check(self, request: web.Request) -> None:
        """Refuse everybody who may not use the control API. Raises ControlError 400, 403, 415 or 401."""
        self.check_place(request)
        self._check_site(request)
        if not self._is_known(request):
            raise ControlError(401, "Send the sandbox's token as 'Authorization: Bearer <token>'.")

    def is_token(self, given: str) -> bool:
        """Whether this is the token, told in a time that does not depend on how much of it is right."""
        return self._digest is not None and hmac.compare_digest(self._digest, _digest(given))

    def sign_in(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give the browser a cookie in the place of the token; it holds until the sandbox is started again."""
        response.set_cookie(cookie_name(request), self._session, path="/_sandbox", httponly=True, samesite="Strict")

    def _check_host(self, request: web.Request) -> None:
        """Refuse who calls the sandbox by a name that is not its own."""
        sent = request.headers.getall("Host", ())
        if len(sent) != 1:
            raise ControlError(400, "A request must have exactly one Host header.", "Host")
        self._check_name(request, sent[0])
        target = request.raw_path
        if not target.startswith(("/", "*")):  # the absolute form, which proxies get; what it names counts as well
            self._check_name(request, target.partition("://")[2].partition("/")[0].partition("?")[0])

    def _check_name(self, request: web.Request, text: str) -> None:
        found = read_authority(text)
        if found is None:
            raise ControlError(403, "The Host header must name this machine (127.0.0.1, localhost, [::1]).", "Host")
        if is_loopback(found.name) or found.name in self._names or found.name == _own_address(request):
            return
        way_out = WAY_OUT.format(found.name)
        message = f"The Host header names {found.name}, not this machine. If the sandbox is meant by it, {way_out}."
        raise ControlError(403, message, "Host")

    def _check_origin(self, request: web.Request) -> None:
        """Refuse pages of other origins, and bodies that they could send where a browser does not tell its origin."""
        for origin in request.headers.getall("Origin", ()):
            if not _is_same(read_origin(origin), read_authority(request.headers.get("Host", ""))):
                raise ControlError(403, "The sandbox takes no requests from pages of other origins.", "Origin")
        if request.method in BODIES and request.can_read_body and _kind_of_body(request) in SIMPLE:
            raise ControlError(415, "Send JSON, with 'Content-Type: application/json'.", "Content-Type")

    def _check_site(self, request: web.Request) -> None:
        if any(each not in OURS for each in request.headers.getall("Sec-Fetch-Site", ())):
            raise ControlError(403, "The sandbox takes no requests from pages of other origins.", "Sec-Fetch-Site")

    def _is_known(self, request: web.Request) -> bool:
        if self._digest is None:
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(token.strip())
        cookie = request.cookies.get(cookie_name(request), "")
        return hmac.compare_digest(self._session.encode(), cookie.encode(errors="replace"))


def read_host(text: str) -> str:
    """A name for `allow_hosts`, in the form in which names are compared. Raises ValueError for what is none."""
    # An IPv6 address is taken with and without its brackets.
    found = read_authority(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    if found is None or found.port is not None:
        raise ValueError(f"allow_hosts are names or addresses without scheme and port, like 'cstar', got {text!r}")
    return found.name


def cookie_name(request: web.Request) -> str:
    """A name for each port: browsers give a machine's cookies to all of its ports."""
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    return f"cstar_sandbox_{address[1] if address else 0}"


def _own_address(request: web.Request) -> str | None:
    """The address of this machine that the caller has reached: nobody's name, so that no page can have taken it."""
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    if not address:
        return None
    found = read_authority(f"[{address[0]}]" if ":" in address[0] else address[0])
    return None if found is None else found.name


def _is_same(origin: tuple[str, Authority] | None, host: Authority | None) -> bool:
    """Whether a page's origin is the one that it calls."""
    if origin is None or host is None:
        return False
    scheme, page = origin
    default = 443 if scheme == "https" else 80
    return (page.name, page.port or default) == (host.name, host.port or default)


def _kind_of_body(request: web.Request) -> str:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
