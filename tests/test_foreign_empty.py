"""Answers without a body: success for an acknowledgement, otherwise an error."""

from __future__ import annotations

import pytest

from cstar_async._generated import operations
from cstar_async.errors import DecodeError, NotFoundError
from cstar_async.models import Deleted
from tests.support.clock import FakeClock
from tests.support.server import raw, serve


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n", b"\n\t "])
@pytest.mark.parametrize("status", [200, 202, 204, 205])
async def test_a_deletion_without_a_body_is_a_success(status: int, body: bytes) -> None:
    """A deletion without a body succeeds, with a result made from the request."""
    async with serve(raw(b"" if status in {204, 205} else body, status=status)) as server, server.client() as client:
        deleted = await client.tickets.delete("tkt_1")
        response = await client.customer_groups.delete("grp_1").response()
        removed = await client.customer_groups.members.remove("grp_1", customer_id="cus_1")
        logout = await client.customer_auth.logout("acme")
        view = await client.library.articles.record_view("acme", "intro")
    assert deleted == Deleted(deleted=True, id="tkt_1")
    assert (response.data.id, response.status) == ("grp_1", status)
    assert (removed.removed, logout.logged_out, view.recorded, view.view_count) == (True, True, True, None)


@pytest.mark.parametrize("body", [b"", b" \n"])
async def test_any_other_answer_without_a_body_is_an_error(body: bytes) -> None:
    """Any other answer without a body is a DecodeError; `client.call` returns None."""
    async with serve(raw(body)) as server, server.client() as client:
        for call in (
            client.tickets.get("tkt_1"),
            client.tickets.list(),
            client.tickets.update("tkt_1", status="open"),
            client.notifications.mark_all_read(),
            client.customer_groups.members.add("grp_1", customer_ids=["cus_1"]),
        ):
            with pytest.raises(DecodeError, match="the body is empty"):
                await call
        assert await client.call("DELETE", "/api/v1/x") is None


async def test_a_deletion_that_fails_without_a_body_is_an_error() -> None:
    """A failed deletion without a body is the error of its status."""
    async with serve(raw(b"", status=404)) as server, server.client(clock=FakeClock()) as client:
        with pytest.raises(NotFoundError):
            await client.tickets.delete("tkt_1")


def test_only_acknowledgements_may_be_empty() -> None:
    """Only operations whose result is an acknowledgement may have an empty body."""
    found = {each.id for each in operations.load_all().values() if each.acknowledges}
    deletions = {e.id for e in operations.load_all().values() if e.method == "DELETE" and e.content == "json"}
    assert deletions <= found
    assert {"tickets.update", "tickets.get", "notifications.mark_all_read"}.isdisjoint(found)
    assert found - deletions == {
        "customer_auth.logout",
        "library.articles.feedback",
        "library.articles.record_view",
    }
