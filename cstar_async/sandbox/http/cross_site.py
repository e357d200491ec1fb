"""Refuses requests that a web page of another site could have sent, to the API and to `/_sandbox`.

A local address can be reached by every web page in a browser on this machine. A page can resolve its own host name to
that address (DNS rebinding, detected by the Host header), or send requests whose answers it cannot read (detected by
Origin, Sec-Fetch-Site, and content types that need no preflight request). All of them are refused, with or without an
API key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import AccessError
from .hosts import Authority, is_loopback, read_authority, read_origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

SAME_SITE = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site for requests of the inspector and of the address bar."""
METHODS_WITH_BODY = frozenset({"POST", "PATCH", "PUT"})
SIMPLE_TYPES = frozenset({"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
"""Content types that a page may send to any site without a preflight request; a missing one counts too."""
ALLOW_HINT = "allow it with Sandbox(allow_hosts=[{0!r}]), --allow-host {0} or CSTAR_SANDBOX_ALLOW_HOSTS={0}"


class CrossSiteGuard:
    """Checks the host and the origin of each request.

    `host` is the address that the sandbox listens on, `allow_hosts` are further names of it. Raises ValueError for an
    invalid name.
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
        """Refuse requests whose Host header does not name the sandbox. Raises AccessError 400 or 403."""
        sent = request.headers.getall("Host", ())
        if len(sent) != 1:
            raise AccessError(400, "A request must have exactly one Host header.", "Host")
        self._check_name(request, sent[0])
        target = request.raw_path
        if not target.startswith(("/", "*")):  # the absolute form, as sent to proxies
            self._check_name(request, target.partition("://")[2].partition("/")[0].partition("?")[0])

    def _check_name(self, request: web.Request, text: str) -> None:
        found = read_authority(text)
        if found is None:
            raise AccessError(403, "The Host header must name this machine (127.0.0.1, localhost, [::1]).", "Host")
        if is_loopback(found.name) or found.name in self._names or found.name == _own_address(request):
            return
        hint = ALLOW_HINT.format(found.name)
        message = f"The Host header names {found.name}, not this machine. If it is a name of the sandbox, {hint}."
        raise AccessError(403, message, "Host")

    def check_origin(self, request: web.Request) -> None:
        """Refuse other origins, and content types that need no preflight request. Raises AccessError 403 or 415."""
        for origin in request.headers.getall("Origin", ()):
            if not _is_same(read_origin(origin), read_authority(request.headers.get("Host", ""))):
                raise AccessError(403, "The sandbox refuses requests from pages of other origins.", "Origin")
        if request.method in METHODS_WITH_BODY and request.can_read_body and _content_type(request) in SIMPLE_TYPES:
            raise AccessError(415, "Send JSON, with 'Content-Type: application/json'.", "Content-Type")

    def check_site(self, request: web.Request) -> None:
        """Refuse requests that the browser marks as sent by another site. Raises AccessError 403."""
        if any(each not in SAME_SITE for each in request.headers.getall("Sec-Fetch-Site", ())):
            raise AccessError(403, "The sandbox refuses requests from pages of other origins.", "Sec-Fetch-Site")


def read_host(text: str) -> str:
    """Normalise a name of `allow_hosts`. Raises ValueError for an invalid one."""
    # An IPv6 address may be given with or without brackets.
    found = read_authority(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    if found is None or found.port is not None:
        raise ValueError(f"allow_hosts must be names or addresses without scheme and port, like 'cstar', got {text!r}")
    return found.name


def _own_address(request: web.Request) -> str | None:
    """The local address of the connection, which is a safe Host: DNS rebinding needs a name, not an address."""
    address = None if request.transport is None else request.transport.get_extra_info("sockname")
    if not address:
        return None
    found = read_authority(f"[{address[0]}]" if ":" in address[0] else address[0])
    return None if found is None else found.name


def _is_same(origin: tuple[str, Authority] | None, host: Authority | None) -> bool:
    """Whether the origin of a page is the host that it calls."""
    if origin is None or host is None:
        return False
    scheme, page = origin
    default = 443 if scheme == "https" else 80
    return (page.name, page.port or default) == (host.name, host.port or default)


def _content_type(request: web.Request) -> str:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
