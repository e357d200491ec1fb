"""The inspector: one page, its script and its style, served from the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from .deps import ControlContext, Endpoint

TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
FILES = ("index.html", "inspector.js", "api.js", "view.js", "details.js", "panels.js", "inspector.css", "icon.svg")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The Content-Security-Policy: the page may load its own files, call its own sandbox, and not turn text into markup."""


@cache
def read(name: str) -> bytes:
    """A file of the page."""
    return (files("cstar_async.sandbox") / "inspector" / name).read_bytes()


def serve_file(name: str) -> Endpoint:
    """The endpoint of one file; the page itself without a name."""
    body, content_type = read(name or "index.html"), TYPES[(name or "index.html").rpartition(".")[2]]

    async def serve(context: ControlContext, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)

    return serve
