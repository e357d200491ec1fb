"""The control API and the inspector as one aiohttp application under `/_sandbox`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from cstar_async.sandbox.http.errors import AccessError

from . import commands, offsite, queries, static
from .deps import ControlContext, Routes, json_response
from .errors import ControlError
from .params import Field, read_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROOT = "/_sandbox"
SIGN_IN = "/session"
SIGN_IN_FIELDS = (Field("token", str, required=True),)
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def sign_in(context: ControlContext, request: web.Request) -> web.Response:
    """Exchange the token for a cookie."""
    body = await read_body(request, SIGN_IN_FIELDS)
    if not context.access.is_token(body["token"]):
        raise ControlError(403, "This is not the sandbox's token.", "token")
    response = json_response({"signedIn": True})
    context.access.sign_in(request, response)
    return response


ROUTES: Routes = {**offsite.ROUTES, **commands.ROUTES, **queries.ROUTES}


def mount_control(application: web.Application, context: ControlContext) -> None:
    """Mount the control API and the inspector under `/_sandbox`. Must be called before routes that match every path."""
    application.router.add_get(ROOT, _to_page)
    application.add_subapp(ROOT, control_application(context))


def control_application(context: ControlContext) -> web.Application:
    """Return the application, in which `context.access` checks every request; the page's files need no token."""
    application = web.Application(middlewares=[_errors])
    application.on_response_prepare.append(_add_headers)
    for (method, path), endpoint in ROUTES.items():
        application.router.add_route(method, path, partial(_guarded, context, endpoint, context.access.check))
    # A browser that opens the page has no token yet, and a link on another site may have opened it.
    check = context.access.check_without_token
    application.router.add_post(SIGN_IN, partial(_guarded, context, sign_in, check))
    for name in ("", *static.FILES):
        application.router.add_get(f"/{name}", partial(_guarded, context, static.serve_file(name), check))
    return application


async def _guarded(
    context: ControlContext,
    endpoint: Callable[[ControlContext, web.Request], Awaitable[web.StreamResponse]],
    check: Callable[[web.Request], None],
    request: web.Request,
) -> web.StreamResponse:
    check(request)
    return await endpoint(context, request)


async def _to_page(request: web.Request) -> web.Response:
    """Redirect the address without the slash to the page."""
    raise web.HTTPPermanentRedirect(f"{ROOT}/")


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except AccessError as error:
        return error.response()
    except web.HTTPMethodNotAllowed as error:
        allow = ", ".join(sorted(error.allowed_methods))
        response = ControlError(405, f"This endpoint only accepts {allow}.").response()
        response.headers["Allow"] = error.headers["Allow"]
        return response
    except web.HTTPNotFound:
        return ControlError(404, "The control API has no such endpoint; docs/sandbox-control.md lists them.").response()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
