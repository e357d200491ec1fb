"""An intake service for bug reports: a small web application on cStar. Its tests are beside it, in test_intake.py.

A report becomes a ticket of a customer, who is found by email address. When the ticket is closed, cStar's webhook adds
it to the list of thanks to send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from cstar_async import BadRequestError, CStarClient, CStarError, NotFoundError
from cstar_async.webhooks import verify_signature

if TYPE_CHECKING:
    from cstar_async.models import Customer

CSTAR = web.AppKey("cstar", CStarClient)
SECRETS = web.AppKey("secrets", list[str])
"""The secrets of the webhooks of this application."""
THANKS = web.AppKey("thanks", list[str])
"""Ticket ids, in the order in which they were closed."""


async def reporter(cstar: CStarClient, name: str, email: str) -> Customer:
    """Return the customer with this address, or create one."""
    async for customer in cstar.customers.list(search=email):
        if customer.email == email:
            return customer
    return await cstar.customers.create(name=name, email=email)


async def report(request: web.Request) -> web.Response:
    """File a report: `{"title", "text", "name", "email"}`."""
    cstar = request.app[CSTAR]
    sent = await request.json()
    try:
        customer = await reporter(cstar, sent["name"], sent["email"])
        ticket = await cstar.tickets.create(
            title=sent["title"], initial_message=sent["text"], customer_id=customer.id, tags=["bug-report"]
        )
    except KeyError as error:
        return web.json_response({"missing": error.args[0]}, status=400)
    except BadRequestError as error:
        return web.json_response({"error": error.message, "field": error.param}, status=400)
    except CStarError:
        return web.json_response({"error": "We cannot take reports right now."}, status=503)
    return web.json_response({"report": ticket.id}, status=201)


async def state(request: web.Request) -> web.Response:
    """Return the status of a report."""
    try:
        ticket = await request.app[CSTAR].tickets.get(request.match_info["id"])
    except NotFoundError:
        raise web.HTTPNotFound from None
    return web.json_response({"title": ticket.title, "status": ticket.status})


async def closed(request: web.Request) -> web.Response:
    """Receive cStar's webhook: add a closed ticket to the list once, however often the event is delivered."""
    body = await request.read()
    if not verify_signature(body, request.headers.get("X-Signature"), request.app[SECRETS]):
        raise web.HTTPUnauthorized
    event = orjson.loads(body)
    thanks, ticket = request.app[THANKS], event["data"]["id"]
    if event["type"] == "ticket.closed" and ticket not in thanks:
        thanks.append(ticket)
    return web.Response()


async def subscribe(app: web.Application, address: str) -> None:
    """Create a webhook for closed tickets. `address` is the public URL of this application."""
    webhook = await app[CSTAR].webhooks.create(name="intake", url=address + "/webhooks/cstar", events=["ticket.closed"])
    assert webhook.secret is not None
    app[SECRETS].append(webhook.secret)


def make_app(cstar: CStarClient) -> web.Application:
    """The application."""
    app = web.Application()
    app[CSTAR], app[SECRETS], app[THANKS] = cstar, [], []
    app.router.add_post("/reports", report)
    app.router.add_get("/reports/{id}", state)
    app.router.add_post("/webhooks/cstar", closed)
    return app
