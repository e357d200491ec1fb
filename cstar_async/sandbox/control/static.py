"""Serves the files of the inspector from the package."""

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
"""The Content-Security-Policy: only own files and requests to the own origin, and no HTML from strings."""


@cache
def read(name: str) -> bytes:
    """Return the content of a file."""
    return (files("cstar_async.sandbox") / "inspector" / name).read_bytes()


def serve_file(name: str) -> Endpoint:
    """Return the endpoint that serves a file; an empty name means `index.html`."""
    name = name or "index.html"
    body, content_type = read(name), TYPES[name.rpartition(".")[2]]

    async def serve(context: ControlContext, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)

    return serve
