"""Tests of the intake service against a cStar that keeps state, fails on demand and delivers webhooks.

    pytest examples/helpdesk            # or with pytest-xdist: pytest -n 4 examples/helpdesk

Every test has a cStar team of its own: all file the same report, and none sees those of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from intake import THANKS, subscribe

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.test_utils import TestClient

    from cstar_async import CStarClient
    from cstar_async.sandbox import Faults, Sandbox, Team, VirtualClock

    Browser = TestClient[web.Request, web.Application]

REPORT = {"title": "Printer on fire", "text": "It started after lunch.", "name": "Ada", "email": "ada@example.org"}


async def file(browser: Browser, **changes: Any) -> Any:
    """File the report; the answer's JSON."""
    answer = await browser.post("/reports", json=REPORT | changes)
    assert answer.status == 201
    return (await answer.json())["report"]


async def test_a_report_becomes_a_ticket_with_its_text(browser: Browser, cstar_client: CStarClient) -> None:
    """A report is a ticket with its title, text and tag."""
    number = await file(browser)
    ticket = await cstar_client.tickets.get(number)
    assert (ticket.title, ticket.tags) == ("Printer on fire", ["bug-report"])
    assert [message.content for message in ticket.messages or []] == ["It started after lunch."]


async def test_one_reporter_is_one_customer(browser: Browser, cstar_client: CStarClient) -> None:
    """A second report finds the customer of the first one."""
    await file(browser)
    await file(browser, title="It still burns")
    customers = await cstar_client.customers.list().collect()
    assert [(customer.name, customer.ticket_count) for customer in customers] == [("Ada", 2)]


async def test_a_report_can_be_followed(browser: Browser, cstar_client: CStarClient) -> None:
    """The reporter sees the status of the ticket."""
    number = await file(browser)
    await cstar_client.tickets.update(number, status="pending")
    answer = await browser.get(f"/reports/{number}")
    assert await answer.json() == {"title": "Printer on fire", "status": "pending"}
    assert (await browser.get("/reports/tkt_of_nobody")).status == 404


@pytest.mark.parametrize(("title", "status"), [("", 400), (None, 400), ("Printer", 201)])
async def test_an_invalid_title_is_refused(browser: Browser, title: str | None, status: int) -> None:
    """The sandbox refuses what cStar refuses, and names the field."""
    answer = await browser.post("/reports", json=REPORT | {"title": title})
    assert answer.status == status
    if status == 400:
        assert (await answer.json())["field"] == "title"


async def test_a_short_outage_is_not_noticed(browser: Browser, cstar_team: Team, cstar_client: CStarClient) -> None:
    """Two failures and their backoff cost no time: the client waits on the sandbox's clock."""
    cstar_team.fail_next(2)
    await file(browser)
    assert [record.status for record in cstar_team.requests][:3] == [503, 503, 200]
    assert await cstar_client.tickets.list().count() == 1


async def test_a_long_outage_is_a_503(browser: Browser, cstar_faults: Faults) -> None:
    """While cStar is down the application answers 503."""
    cstar_faults.add(status=503, times=None)
    assert (await browser.post("/reports", json=REPORT)).status == 503


async def test_a_lost_answer_files_no_second_report(
    browser: Browser, cstar_faults: Faults, cstar_client: CStarClient
) -> None:
    """A ticket whose answer was lost, since the connection broke, is created once."""
    cstar_faults.add(path="tickets.create", reset=True)
    number = await file(browser)
    assert [ticket.id for ticket in await cstar_client.tickets.list()] == [number]


async def test_a_refused_delivery_is_sent_again(
    app: web.Application,
    browser: Browser,
    cstar_client: CStarClient,
    cstar_clock: VirtualClock,
    cstar_faults: Faults,
    cstar_sandbox: Sandbox,
) -> None:
    """A delivery with a bad signature is refused, and accepted 30 s later with a good one."""
    await subscribe(app, str(browser.make_url("")))
    number = await file(browser)
    cstar_faults.add_delivery(bad_signature=True)

    await cstar_client.tickets.update(number, status="closed")
    await cstar_sandbox.settled()
    assert app[THANKS] == []

    cstar_clock.advance(seconds=30)
    await cstar_sandbox.settled()
    assert app[THANKS] == [number]


async def test_the_hourly_quota_runs_out_and_comes_back(cstar_team: Team, cstar_clock: VirtualClock) -> None:
    """The limits are cStar's: 100 an hour for a publishable key."""
    async with cstar_team.client(api_key=cstar_team.publishable_key) as visitor:
        first = await visitor.tickets.list().response()
        assert first.rate_limit is not None
        assert (first.rate_limit.limit, first.rate_limit.remaining) == (100, 99)
        cstar_clock.advance(hours=1)
        later = await visitor.tickets.list().response()
        assert later.rate_limit is not None
        assert later.rate_limit.remaining == 99
