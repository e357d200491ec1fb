"""Keeps requests that a web page of another site could have sent away from the API and from `/_sandbox`.

An address of this machine is open to more than its programs: a page from anywhere, in a browser of this machine, has it
too. Such a page can give its own name our address (DNS rebinding, seen by the Host header), or send a request without
reading the answer (seen by Origin, by Sec-Fetch-Site, and by bodies that need no permission of ours). None of them
comes in, with or without an API key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import AccessError
from .hosts import Authority, is_loopback, read_authority, read_origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

OURS = frozenset({"same-origin", "none"})
"""The values of Sec-Fetch-Site for requests from our own page or from the address bar."""
BODIES = frozenset({"POST", "PATCH", "PUT"})
SIMPLE = frozenset({"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
"""Content types that a page may send to any site without a preflight request; a missing one counts too."""
WAY_OUT = "allow it with Sandbox(allow_hosts=[{0!r}]), --allow-host {0} or CSTAR_SANDBOX_ALLOW_HOSTS={0}"


class Door:
    """Checks the host and the origin of each request. Raises ValueError for an invalid name.

    `host` is where the sandbox listens, `allow_hosts` are further names by which it is called.
    """

    def __init__(self, *, host: str = "127.0.0.1", allow_hosts: Iterable[str] = ()) -> None:
        own = read_authority(f"[{host}]" if ":" in host else host)
        self._names = {read_host(each) for each in allow_hosts} | ({own.name} if own else set[str]())

    def check(self, request: web.Request) -> None:
        """Refuse requests that web pages of other sites could have sent. Raises AccessError 400, 403 or 415."""
        self.check_host(request)
        self.check_origin(request)
        self.check_site(request)

    def check_host(self, request: web.Request) -> None:
        """Refuse requests whose Host header is not a name of the sandbox."""
        sent = request.headers.getall("Host", ())
        if len(sent) != 1:
            raise AccessError(400, "A request must have exactly one Host header.", "Host")
        self._check_name(request, sent[0])
        target = request.raw_path
        if not target.startswith(("/", "*")):  # the absolute form, which proxies get; what it names counts as well
            self._check_name(request, target.partition("://")[2].partition("/")[0].partition("?")[0])

    def _check_name(self, request: web.Request, text: str) -> None:
        found = read_authority(text)
        if found is None:
            raise AccessError(403, "The Host header must name this machine (127.0.0.1, localhost, [::1]).", "Host")
        if is_loopback(found.name) or found.name in self._names or found.name == _own_address(request):
            return
        way_out = WAY_OUT.format(found.name)
        message = f"The Host header names {found.name}, not this machine. If it is a name of the sandbox, {way_out}."
        raise AccessError(403, message, "Host")

    def check_origin(self, request: web.Request) -> None:
        """Refuse other origins, and content types that a page may send to any site without the Origin header."""
        for origin in request.headers.getall("Origin", ()):
            if not _is_same(read_origin(origin), read_authority(request.headers.get("Host", ""))):
                raise AccessError(403, "The sandbox takes no requests from pages of other origins.", "Origin")
        if request.method in BODIES and request.can_read_body and _kind_of_body(request) in SIMPLE:
            raise AccessError(415, "Send JSON, with 'Content-Type: application/json'.", "Content-Type")

    def check_site(self, request: web.Request) -> None:
        """Refuse requests that the browser marks as coming from another site."""
        if any(each not in OURS for each in request.headers.getall("Sec-Fetch-Site", ())):
            raise AccessError(403, "The sandbox takes no requests from pages of other origins.", "Sec-Fetch-Site")


def read_host(text: str) -> str:
    """A name for `allow_hosts`, in the form in which names are compared. Raises ValueError for an invalid one."""
    # An IPv6 address is taken with and without its brackets.
    found = read_authority(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    if found is None or found.port is not None:
        raise ValueError(f"allow_hosts takes names or addresses without scheme and port, like 'cstar', got {text!r}")
    return found.name


def _own_address(request: web.Request) -> str | None:
    """The address of this machine that the caller connected to. A page cannot use an address as its own name."""
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    if not address:
        return None
    found = read_authority(f"[{address[0]}]" if ":" in address[0] else address[0])
    return None if found is None else found.name


def _is_same(origin: tuple[str, Authority] | None, host: Authority | None) -> bool:
    """Whether a page's origin is the host that it calls."""
    if origin is None or host is None:
        return False
    scheme, page = origin
    default = 443 if scheme == "https" else 80
    return (page.name, page.port or default) == (host.name, host.port or default)


def _kind_of_body(request: web.Request) -> str:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
