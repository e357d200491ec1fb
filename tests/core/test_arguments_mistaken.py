"""Arguments of a wrong type that are easily given by mistake."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient
from cstar_async.models import Ticket
from tests.support.server import KEY, TEAM

if TYPE_CHECKING:
    from collections.abc import Callable

TICKET = Ticket(id="tkt_1", title="Printer on fire", status="open")


class Plain(enum.Enum):
    """A caller's own enumeration."""

    OPEN = "open"


class Text(str, enum.Enum):  # noqa: UP042  # enums in code that supports Python 3.10 look like this
    """An enumeration of strings whose `str()` is `Text.OPEN`."""

    OPEN = "open"


class Short(enum.StrEnum):
    """An enumeration of strings whose `str()` is its value."""

    OPEN = "open"


def client() -> CStarClient:
    return CStarClient(KEY, team_id=TEAM)


@pytest.mark.parametrize("status", [Plain.OPEN, Text.OPEN, Short.OPEN])
def test_a_member_of_an_enumeration_is_its_value(status: Any) -> None:
    """An enumeration member is sent as its value, in a query and in a body."""
    cstar = client()
    assert "tickets?status=open'" in cstar.tickets.list(status=status).as_curl()
    assert '"status":"open"' in cstar.tickets.update("tkt_1", status=status).as_curl()


@pytest.mark.parametrize("several", [["open", "new"], ("open",), {"open"}])
def test_several_values_where_there_is_one_are_refused(several: Any) -> None:
    """A list for a parameter that takes one value is a TypeError."""
    cstar = client()
    with pytest.raises(TypeError, match=r"^status: takes one value, got (list|tuple|set); make a call for each"):
        cstar.tickets.list(status=several).as_curl()
    assert "expand=customer%2Cmessages" in cstar.tickets.list(expand=["customer", "messages"]).as_curl()
    raw = cstar.call("GET", "/api/v1/x", query={"status": list(several)})
    assert "status=open" in raw.as_curl()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.tickets.get(TICKET), "ticketId must be a string, got Ticket; pass its id"),
        (lambda c: c.tickets.list(customer_id=TICKET), "customerId: expected text, .* got Ticket; pass its id"),
        (lambda c: c.tickets.update("t", assigned_to=TICKET), r"\$\.assignedTo .* express Ticket; pass its id"),
    ],
)
def test_an_object_in_place_of_its_id_is_named(call: Callable[[Any], Any], words: str) -> None:
    """An object passed for its id is a TypeError that says to pass the id."""
    with pytest.raises(TypeError, match=words):
        call(client()).as_curl()
