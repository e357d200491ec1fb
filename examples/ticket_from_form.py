"""Create a ticket from a form submission, in a web handler.

Run it: `python examples/ticket_from_form.py`. It starts a sandbox and the web application, and submits the form twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from cstar_async import BadRequestError, CStarClient, CStarError
from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CSTAR = web.AppKey("cstar", CStarClient)


async def submit(request: web.Request) -> web.Response:
    """Create a ticket from the form; answer with its id, or with the field that the user must correct."""
    form = await request.post()
    cstar = request.app[CSTAR]
    try:
        ticket = await cstar.tickets.create(
            title=str(form.get("subject", "")),
            priority="normal",
            customer_name=str(form.get("name", "")),
            tags=["web-form"],
            initial_message=str(form.get("message", "")),
        )
    except BadRequestError as error:
        return web.json_response({"error": error.message, "field": error.param}, status=400)
    except CStarError:
        # cStar cannot be reached. The user still has the form and can submit it again.
        return web.json_response({"error": "We cannot take tickets right now; please try again."}, status=503)
    return web.json_response({"ticket": ticket.id}, status=201)


def make_app(cstar: CStarClient) -> web.Application:
    """The application. It has one client for all requests, which keeps connections open and tracks the quota."""
    app = web.Application()
    app[CSTAR] = cstar

    async def close_client(_: web.Application) -> AsyncIterator[None]:
        yield
        await cstar.close()

    app.cleanup_ctx.append(close_client)
    app.router.add_post("/contact", submit)
    return app


async def main() -> None:
    """Submit the form completely, and without a subject."""
    async with Sandbox() as sandbox, TestServer(make_app(sandbox.client())) as server, ClientSession() as browser:
        form = {"subject": "Where is my order?", "name": "Ada Lovelace", "message": "I ordered a week ago."}
        async with browser.post(server.make_url("/contact"), data=form) as answer:
            print(answer.status, await answer.json())
        async with browser.post(server.make_url("/contact"), data={"name": "Nobody"}) as answer:
            print(answer.status, await answer.json())


if __name__ == "__main__":
    asyncio.run(main())
