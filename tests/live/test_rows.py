"""What events do to rows, without a service: either the rows are right, or the list is stale."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async import CStarClient
from cstar_async._core.call import request_of
from cstar_async._core.event import Event
from cstar_async._generated.events import decode_event
from cstar_async.live.rows import Applied, Shape, apply, id_of, read_notice, share
from cstar_async.live.state import Added, Changed, Moved, Removed, changes_between
from cstar_async.models import Article, Ticket
from tests.support.decoding import info_of

INFO = info_of(Ticket)
START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
STATUSES, PRIORITIES = ("new", "open", "closed"), ("low", "high")
NAMES = {"createdAt": "created_at", "updatedAt": "updated_at", "closedAt": "closed_at", "assignedTo": "assigned_to"}
CLIENT = CStarClient("sk_test_0123456789", team_id="team")


def at(second: int) -> str:
    return (START + dt.timedelta(seconds=second)).isoformat()


def ticket(number: int, **fields: Any) -> dict[str, Any]:
    """A ticket as the service answers it, with all that is promised."""
    whole = {field.wire: "x" for field in INFO.fields if field.required and not field.nullable}
    times = {"createdAt": at(0), "updatedAt": at(0), "closedAt": None}
    other = {"object": "ticket", "tags": [], "metadata": {}, "messageCount": 0, "slaPaused": False}
    return {**whole, **other, **times, "id": f"tkt_{number}", "status": "new", "priority": "low", **fields}


def read(objects: list[dict[str, Any]]) -> tuple[Ticket, ...]:
    return tuple(INFO.decode(each) for each in objects)


def event(kind: str, data: dict[str, Any]) -> Event[Any]:
    raw = {"id": "evt_1", "type": kind, "created_at": at(0), "team_id": "team", "data": data}
    return decode_event(raw)


def payload(document: dict[str, Any], changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The payload of an event, without the fields that those of the service lack."""
    fields = ("id", "title", "status", "priority", "tags", "createdAt", "updatedAt")
    data = {NAMES.get(name, name): document[name] for name in fields if name in document}
    return data if changes is None else {**data, "changes": changes}


def shape_of(**arguments: Any) -> Shape:
    return Shape(request_of(CLIENT.tickets.list(**arguments)), single=False)


operations = st.tuples(
    st.sampled_from(["create", "update", "update", "update", "close", "delete", "message"]),
    st.integers(0, 9),
    st.sampled_from(STATUSES),
    st.sampled_from(PRIORITIES),
    st.booleans(),  # whether the clock of the service has moved on
    st.sets(st.sampled_from(["changes", "updated_at", "status", "priority", "title"])),  # what the event lacks
    st.booleans(),  # whether the payload is nested
)
filters = st.fixed_dictionaries(
    {"page_size": st.integers(1, 5), "page": st.integers(1, 2)},
    optional={"status": st.sampled_from(STATUSES), "priority": st.sampled_from(PRIORITIES)},
)


@given(filters, st.lists(operations, max_size=12))
def test_rows_are_right_or_stale(arguments: dict[str, Any], changes: list[tuple[Any, ...]]) -> None:
    """After any event, in any dialect, the rows are those of a fresh answer, or they are to be fetched again."""
    shape, size, page = shape_of(**arguments), arguments["page_size"], arguments["page"]
    documents = [ticket(number) for number in range(4)]

    def fresh() -> tuple[tuple[Ticket, ...], bool]:
        fitting = [d for d in documents if all(d[n] == arguments.get(n, d[n]) for n in ("status", "priority"))]
        return read(fitting[(page - 1) * size : page * size]), len(fitting) <= page * size

    rows, complete = fresh()
    second = 0
    for number, (action, place, status, priority, moved, lacks, nested) in enumerate(changes):
        second += moved
        document: dict[str, Any] = documents[place % len(documents)] if documents else {}
        kind, said = "ticket.updated", None
        if action == "create" or not documents:
            document = ticket(10 + number, status=status, priority=priority, updatedAt=at(second))
            documents.insert(0, document)
            kind = "ticket.created"
        elif action == "message":
            data = {"id": f"msg_{number}", "ticket_id": document["id"], "content": "x"}
            kind, document["messageCount"] = "ticket.message_added", document["messageCount"] + 1
        elif action == "delete":
            documents.remove(document)
            kind = "ticket.deleted"
        else:
            new = {"status": status, "priority": priority}
            if action == "close":
                new = {"status": "closed", "closedAt": at(second)}
            old = {name: document.get(name) for name in new}
            if old == new:
                continue
            document.update(new, updatedAt=at(second))
            said = {NAMES.get(n, n): {"from": old[n], "to": new[n]} for n in new if old[n] != new[n]}
        if action != "message" or kind != "ticket.message_added":
            data = {name: value for name, value in payload(document, said).items() if name not in lacks}
        if nested and kind != "ticket.message_added":
            outside = {"changes": data.pop("changes")} if "changes" in data else {}
            data = {"ticket": data, **outside}
        applied = apply(rows, read_notice(event(kind, data)), shape, complete=complete)
        right, complete = fresh()
        if not applied.stale:
            assert applied.rows == right
        rows = right


def applied(row: dict[str, Any], kind: str, data: dict[str, Any], **arguments: Any) -> Applied:
    return apply(read([row]), read_notice(event(kind, data)), shape_of(**arguments), complete=True)


def changed(to: str, second: int, before: str = "new") -> dict[str, Any]:
    return {"id": "tkt_1", "updated_at": at(second), "changes": {"status": {"from": before, "to": to}}}


def test_changes_are_laid_over_the_row() -> None:
    """Changes that say all that changed take no request."""
    found = applied(ticket(1), "ticket.updated", changed("open", 5))
    assert (found.rows[0].status, found.rows[0].updated_at, found.stale, found.patched) == (
        "open", START + dt.timedelta(seconds=5), False, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "data"),
    [
        pytest.param({}, {"id": "tkt_1", "status": "open", "updated_at": at(5)}, id="no changes"),
        pytest.param({}, {**changed("open", 5), "updated_at": None}, id="no time"),
        pytest.param({}, {**changed("open", 5), "changes": {"odd": {"from": 1, "to": 2}}}, id="an unknown field"),
        pytest.param({}, {**changed("open", 5), "changes": {"status": {"new": "open"}}}, id="changes of another form"),
        pytest.param({}, {**changed("open", 5), "changes": {"created_at": {"to": 7}}}, id="a value that cannot be"),
        pytest.param({}, changed("open", 5, before="closed"), id="a change between was missed"),
        pytest.param({}, changed("open", 0), id="of the same time"),
        pytest.param({"updatedAt": at(9)}, changed("open", 5), id="older than the row, and different"),
        pytest.param({"title": None}, changed("open", 5), id="a row that breaks the contract"),
    ],
)
def test_what_is_not_certain_is_read_again(row: dict[str, Any], data: dict[str, Any]) -> None:
    """If it is not certain that the event says all that changed, the list is read again."""
    assert applied(ticket(1, **row), "ticket.updated", data).stale


def test_an_event_that_is_older_than_the_row_does_not_change_it() -> None:
    """Events that come out of order do not bring old values back; one that the row shows already is ignored."""
    found = applied(ticket(1, updatedAt=at(9), status="closed"), "ticket.updated", changed("open", 5))
    assert found.rows[0].status == "closed"
    known = applied(ticket(1, updatedAt=at(9), status="open"), "ticket.updated", changed("open", 5))
    assert (known.stale, known.patched) == (False, False)
    again = applied(ticket(1, updatedAt=at(5), status="open"), "ticket.updated", changed("open", 5))
    assert (again.stale, again.patched) == (False, False)


@pytest.mark.parametrize(
    ("arguments", "fits"),
    [
        ({"status": "new"}, True),
        ({"status": "open"}, False),
        ({"priority": "low", "status": "new"}, True),
        ({"tag": "vip"}, True),
        ({"tag": "bug"}, False),
        ({"customer_id": "cus_1"}, True),
        ({"customer_id": "cus_2"}, False),
        ({"customer_id": "0b5d4b3c-0000-0000-0000-000000000000"}, None),
        ({"assigned_to": "me"}, None),
        ({"search": "printer"}, None),
        ({"status": "brand_new"}, None),
        ({"expand": ["customer"]}, None),
    ],
)
def test_filters_are_decided_only_if_they_compare_a_field(arguments: dict[str, Any], fits: bool | None) -> None:
    """Known values, tags and ids are compared; searches, other forms of ids and expansions are not."""
    fields = {"status": "new", "priority": "low", "tags": ["vip"], "customer_id": "cus_1", "assigned_to": None}
    assert shape_of(**arguments).fits(fields, None) is fits


def test_a_filter_that_is_not_a_value_of_the_field_is_left_to_the_service() -> None:
    """`status="archived"` of articles is not a status that articles have."""
    shape = Shape(request_of(CLIENT.articles.list(status="archived")), single=False)
    assert shape.fits({"status": "draft"}, info_of(Article)) is None


@pytest.mark.parametrize(
    ("customer", "stale"), [("cus_1", True), ("cus_2", False)],
)  # fmt: skip
def test_events_about_other_objects_count_if_a_row_names_them(customer: str, stale: bool) -> None:
    """A customer's event concerns the tickets of that customer, and no others."""
    row = ticket(1, customerId="cus_1")
    assert applied(row, "customer.updated", {"id": customer, "name": "Ada"}).stale is stale
    messages = Shape(request_of(CLIENT.tickets.messages.list("tkt_1")), single=False)
    for owner in ("tkt_1", "tkt_2"):
        notice = read_notice(event("ticket.message_added", {"id": "msg_1", "ticket_id": owner}))
        assert apply((), notice, messages, complete=True).stale is (owner == "tkt_1")
        assert applied(row, "ticket.message_added", {"id": "msg_1", "ticket_id": owner}).stale is (owner == "tkt_1")
        assert applied(row, "ticket.message_added", {"id": "msg_1"}).stale


def test_equal_rows_stay_the_same_objects() -> None:
    """Rows that did not change stay the same objects, and a tuple in which nothing changed stays the same tuple."""
    old = read([ticket(1), ticket(2)])
    assert share(old, read([ticket(1), ticket(2)])) is old
    new = share(old, read([ticket(1), ticket(2, status="open")]))
    assert new[0] is old[0]
    assert new[1] is not old[1]


numbers = st.lists(st.integers(0, 9), unique=True)


@given(numbers, numbers, st.sets(st.integers(0, 9)))
def test_changes_lead_from_one_state_to_the_next(before: list[int], after: list[int], touched: set[int]) -> None:
    """Made one after the other, the changes turn the old rows into the new ones."""
    old = read([ticket(number) for number in before])
    new = read([ticket(number, status="open" if number in touched else "new") for number in after])
    rows = list(old)
    for change in changes_between(old, new):
        place = next((n for n, row in enumerate(rows) if id_of(row) == id_of(change.row)), None)
        if place is not None and not isinstance(change, Changed):
            del rows[place]
        if isinstance(change, Changed):
            assert change.fields == ("status",)
            rows[place or 0] = change.row
        elif isinstance(change, Added | Moved):
            rows.insert(change.at, change.row)
        else:
            assert isinstance(change, Removed)
    assert tuple(rows) == new


def test_rows_without_ids_are_compared_as_a_whole() -> None:
    """Rows without an id are the same if they are equal, also if there are two of them."""
    assert changes_between(({"a": 1},), ({"a": 1}, {"a": 1})) == [Added(row={"a": 1}, at=1)]
    assert changes_between(({"a": 1},), ({"a": 2},)) == [Removed(row={"a": 1}), Added(row={"a": 2}, at=0)]
