"""The public cattrs converter: models in and out, with the user's own hooks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from cattrs.errors import ClassValidationError

from cstar_async.converter import converter, make_converter
from cstar_async.models import Customer, Ticket

WIRE = {"id": "tkt_1", "title": "Printer", "createdAt": "2026-03-01T12:00:00Z", "tags": ["vip"], "colour": "red"}


def test_models_go_in_and_out_by_their_wire_names() -> None:
    """Models are structured and unstructured by their wire names."""
    ticket = converter.structure(WIRE, Ticket)
    assert isinstance(ticket, Ticket)
    assert ticket.created_at == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    written = converter.unstructure(ticket)
    nulls = {"customerId": None, "assignedTo": None, "notes": None}
    assert written == {**{name: value for name, value in WIRE.items() if name != "colour"}, **nulls}
    assert converter.structure(written, Ticket) == ticket


@attrs.define
class Case:
    """A user's class that holds models."""

    tickets: list[Ticket]
    customer: Customer | None = None
    opened: dt.date | None = None


def test_models_inside_a_class_of_the_users() -> None:
    """Models inside a user's class are converted, with the user's hooks."""
    mine = make_converter()
    mine.register_structure_hook(dt.date, lambda value, _: dt.date.fromisoformat(value))
    mine.register_unstructure_hook(dt.date, dt.date.isoformat)
    case = mine.structure({"tickets": [WIRE], "customer": {"id": "cus_1"}, "opened": "2026-03-01"}, Case)
    assert case.tickets[0].title == "Printer"
    assert isinstance(case.customer, Customer)
    assert mine.unstructure(case)["opened"] == "2026-03-01"
    assert mine.structure(mine.unstructure(case), Case) == case


def test_a_hook_of_the_users_replaces_ours() -> None:
    """A user's hook for a model replaces ours, in that converter only."""
    mine = make_converter()

    def shout(value: Any, _: object) -> Ticket:
        return converter.structure({**value, "title": value["title"].upper()}, Ticket)

    mine.register_structure_hook(Ticket, shout)
    assert mine.structure(WIRE, Ticket).title == "PRINTER"
    assert mine.structure({"tickets": [WIRE]}, Case).tickets[0].title == "PRINTER"
    assert converter.structure(WIRE, Ticket).title == "Printer"


def test_bad_data_is_an_error_of_the_converter() -> None:
    """Invalid data raises an error of the converter."""
    with pytest.raises(KeyError, match="id"):
        converter.structure({}, Ticket)
    with pytest.raises(ClassValidationError):
        converter.structure({"tickets": [{**WIRE, "createdAt": "soon"}]}, Case)
