"""Answers that differ from the contract are read, counted and reported, or refused if the client is strict."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import hmac
import json
import pickle
import threading
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from cstar_async import CStarClient, DecodeError, drift
from cstar_async._core import drift as core
from cstar_async._core.drift import recorder
from cstar_async._generated.models.shared import decode_ticket
from cstar_async.errors import ConfigError
from cstar_async.models import Ticket
from cstar_async.sandbox import Sandbox, Switches
from cstar_async.webhooks import construct_event
from tests import contract
from tests.support.aio import BASE, SECRET, TEAM, Mock
from tests.support.arguments import sample
from tests.support.decoding import all_models, info_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

TICKET: dict[str, Any] = sample(contract.schemas()["Ticket"])
MESSAGE: dict[str, Any] = sample(contract.schemas()["Message"])


def without(*names: str, **other: Any) -> dict[str, Any]:
    """A ticket without some of its fields and with others."""
    return {name: value for name, value in TICKET.items() if name not in names} | other


def answer(data: Any) -> dict[str, Any]:
    """A body with this result."""
    return {"success": True, "data": data, "meta": {"requestId": "req_1", "timestamp": "2026-03-01T12:00:00Z"}}


def fields(ticket: Ticket, *names: str) -> list[Any]:
    """Fields of a ticket, which may be None although their type says otherwise."""
    return [getattr(ticket, name) for name in names]


def rows() -> list[tuple[str, str, str, str, int]]:
    """The rows of the report: operation, field, kind, type and count."""
    return [(d.operation, f"{d.model}.{d.field}", d.kind, d.type, d.count) for d in drift.report().differences]


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """No findings from other tests, and none for them."""
    with recorder.isolated(0):
        yield


@pytest.fixture
async def cstar() -> AsyncIterator[CStarClient]:
    """A client whose answers are mocked."""
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0) as client:
        yield client


async def get(client: CStarClient, data: Any) -> Ticket:
    """The ticket that the client reads from this result."""
    with Mock() as mock:
        mock.reply("GET", answer(data))
        return await client.tickets.get("tkt_1")


async def listed(client: CStarClient, *data: Any) -> list[Ticket]:
    """The tickets that the client reads from this page."""
    with Mock() as mock:
        mock.reply("GET", answer(list(data)))
        return (await client.tickets.list()).data


def test_a_ticket_made_by_hand_needs_its_id_only() -> None:
    """A model made by hand needs its strict fields only; the others are None, in copies and pickles too."""
    ticket = Ticket(id="tkt_1")
    assert fields(ticket, "title", "tags", "customer_id") == [None, None, None]
    assert copy.deepcopy(ticket) == pickle.loads(pickle.dumps(ticket)) == ticket
    with pytest.raises(TypeError, match="id"):
        Ticket(title="t")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def test_an_absent_field_is_none_and_counted_by_operation(cstar: CStarClient) -> None:
    """An absent promised field is None, and counted under the operation of the answer."""
    ticket = await get(cstar, without("title"))
    assert fields(ticket, "title", "status") == [None, TICKET["status"]]
    await listed(cstar, without("title", "tags"), TICKET, without("title"))
    assert rows() == [
        ("tickets.get", "Ticket.title", "absent", "", 1),
        ("tickets.list", "Ticket.tags", "absent", "", 1),
        ("tickets.list", "Ticket.title", "absent", "", 2),
    ]
    drift.clear()
    assert not drift.report()


async def test_objects_that_are_read_twice_count_once(cstar: CStarClient) -> None:
    """An object counts once, however often its decoder reads it: inside an incomplete one, with an odd time."""
    message = {name: value for name, value in MESSAGE.items() if name != "content"}
    await get(cstar, without("updatedAt", messages=[message, message], createdAt="2026-03-01T24:00:00Z"))
    assert rows() == [
        ("tickets.get", "Message.content", "absent", "", 2),
        ("tickets.get", "Ticket.updatedAt", "absent", "", 1),
    ]


async def test_optional_fields_are_not_drift(cstar: CStarClient) -> None:
    """Optional fields may be absent, and nullable ones null."""
    drift.watch(sample=1)
    await get(cstar, without("resolvedAt", "customer", customerId=None, notes=None))
    assert not drift.report()


@pytest.mark.parametrize("field", ["title", "createdAt", "tags", "messageCount"])
async def test_null_in_place_of_a_promised_value_is_none(cstar: CStarClient, field: str) -> None:
    """Null in place of a promised value is None, and counted if the answer is inspected."""
    await get(cstar, without(**{field: None}))
    assert rows() == []
    drift.watch(sample=1)
    await get(cstar, without(**{field: None}))
    assert rows() == [("tickets.get", f"Ticket.{field}", "null", "null", 1)]


def test_null_in_place_of_a_promised_object_is_none() -> None:
    """Null in place of a promised object is None, in every model that has one."""
    checked = 0
    for model in filter(attrs.has, all_models().values()):
        info = info_of(model)
        for field in info.fields:
            if field.required and not field.strict and isinstance(field.kind, type) and attrs.has(field.kind):
                others = {each.wire: "x" if each.strict else None for each in info.fields if each.required}
                assert getattr(info.decode(others), field.name) is None
                checked += 1
    assert checked > 5


async def test_ids_and_types_stay_strict(cstar: CStarClient) -> None:
    """An absent id and a value of another type are errors, whatever else is absent."""
    for bad, problem in [
        (without("id"), "$.data.id: required, but missing"),
        (without("title", createdAt=5), "$.data.createdAt: expected a date-time, got 5"),
        (without("title", messages=7), "$.data.messages: expected an array, got 7"),
    ]:
        with pytest.raises(DecodeError) as caught:
            await get(cstar, bad)
        assert caught.value.problems == (problem,)
        with pytest.raises(DecodeError):
            await listed(cstar, bad)


async def test_unknown_fields_and_values_are_counted_by_type(cstar: CStarClient) -> None:
    """Unknown fields and values of inspected answers are counted, in nested objects too, with types and no values."""
    message = {**MESSAGE, "mood": "elated"}
    ticket = without(status="snoozed", colour="red", weight=3, messages=[message, message])
    await get(cstar, ticket)
    assert rows() == []
    drift.watch(sample=1)
    await get(cstar, ticket)
    await listed(cstar, ticket, ticket)
    assert rows() == [
        (operation, field, kind, type_, count * times)
        for operation, times in (("tickets.get", 1), ("tickets.list", 2))
        for field, kind, type_, count in (
            ("Message.mood", "unknown field", "a string", 2),
            ("Ticket.colour", "unknown field", "a string", 1),
            ("Ticket.status", "unknown value", "a string", 1),
            ("Ticket.weight", "unknown field", "a number", 1),
        )
    ]
    text = drift.report().as_issue()
    assert "| tickets.list | Ticket.status | unknown value | a string | 2 |" in text
    assert not any(value in text + repr(drift.report()) for value in ("snoozed", "red", "elated"))


async def test_a_sample_is_inspected(cstar: CStarClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """`watch` inspects a share of the answers, one in a hundred by default."""
    drawn = iter([0.009, 0.01, 0.5, 0.0])
    monkeypatch.setattr(core, "random", lambda: next(drawn))
    drift.watch()
    for _ in range(4):
        await get(cstar, without(colour="red"))
    assert rows() == [("tickets.get", "Ticket.colour", "unknown field", "a string", 2)]
    drift.watch(sample=0)
    await get(cstar, without(colour="red"))  # draws nothing


@pytest.mark.parametrize(
    ("sample", "error"),
    [(-0.1, ValueError), (1.1, ValueError), (float("nan"), ValueError), (True, TypeError), ("1", TypeError)],
)
def test_a_sample_is_a_share(sample: Any, error: type[Exception]) -> None:
    """A sample that is not a number from 0 to 1 is refused."""
    with pytest.raises(error, match="sample must be"):
        drift.watch(sample=sample)


async def test_the_number_of_differences_is_bounded(cstar: CStarClient) -> None:
    """The number of differences is bounded, and names are short printable lines."""
    drift.watch(sample=1)
    await get(cstar, without(**{f"n{number}": 1 for number in range(2_000)}))
    assert len(rows()) == 1_000
    drift.clear()
    await get(cstar, without(**{"a|b\n" + "c" * 200: 1}))
    (row,) = drift.report().differences
    assert row.field.isprintable()
    assert len(row.field) <= 101
    assert "a\\|b" in drift.report().as_issue()


async def test_strict_names_each_absent_field(cstar: CStarClient) -> None:
    """With `strict=True` absent fields, and null in place of a value, are a DecodeError that names each."""
    bad = without("title", status=None, messages=[{**MESSAGE, "content": None}], colour="red")
    problems = (
        "title: promised by the contract, but missing",
        "status: null, although the contract promises a value",
        "messages[0].content: null, although the contract promises a value",
    )
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0, strict=True) as strict:
        assert await get(strict, TICKET) == await get(cstar, TICKET)
        with pytest.raises(DecodeError) as caught:
            await get(strict, bad)
        assert caught.value.problems == tuple(f"$.data.{problem}" for problem in problems)
        assert caught.value.request_id == "req_1"
        with pytest.raises(DecodeError) as caught:
            await listed(strict, TICKET, bad)
        assert caught.value.problems == tuple(f"$.data[1].{problem}" for problem in problems)


async def test_strict_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """CSTAR_STRICT=1 makes clients strict; an argument takes precedence, and an invalid value is refused."""
    monkeypatch.setenv("CSTAR_STRICT", "1")
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0) as client:
        with pytest.raises(DecodeError, match=r"\$\.data\.title: promised by the contract, but missing"):
            await get(client, without("title"))
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0, strict=False) as client:
        assert (await get(client, without("title"))).title is None
    monkeypatch.setenv("CSTAR_STRICT", "very")
    with pytest.raises(ConfigError, match="CSTAR_STRICT must be 1, true, yes or on"):
        CStarClient(SECRET)
    with pytest.raises(TypeError, match="strict must be True or False"):
        CStarClient(SECRET, strict="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("nested", [False, True])
def test_events_are_inspected_in_both_forms(*, nested: bool) -> None:
    """Differences of an event are counted under its type, in both forms of payloads."""
    (example,) = contract.requests(next(event for event in contract.events() if event.path == "ticket.created"))
    data = {**example.value["data"], "colour": "red"}
    body = json.dumps({**example.value, "data": {"ticket": data} if nested else data}).encode()
    signature = "sha256=" + hmac.new(b"whsec_1", body, hashlib.sha256).hexdigest()
    drift.watch(sample=1)
    event: Any = construct_event(body, signature, "whsec_1")
    assert rows() == [("ticket.created", f"{type(event.data).__name__}.colour", "unknown field", "a string", 1)]


def test_threads_count_together() -> None:
    """Differences found in several threads are counted in one report."""

    def decode() -> None:
        for _ in range(200):
            decode_ticket(without("title"))
            core.count_absent("tickets.get")

    threads = [threading.Thread(target=decode) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows() == [("tickets.get", "Ticket.title", "absent", "", 800)]


async def test_a_service_that_drifts() -> None:
    """Answers of a drifting sandbox are read and reported; a strict client refuses them."""
    drift.watch(sample=1)
    async with Sandbox(switches=Switches(drift="on")) as sandbox, sandbox.client() as client:
        ticket = await client.tickets.create(title="Printer")
        assert fields(ticket, "title", "status", "updated_at") == ["Printer", "brand_new", None]
        assert [each.updated_at async for each in client.tickets.list()] == [None]
        differences = [
            ("Ticket.brandNew", "unknown field", "an object", 1),
            ("Ticket.status", "unknown value", "a string", 1),
            ("Ticket.updatedAt", "absent", "", 1),
        ]
        assert rows() == [(name, *rest) for name in ("tickets.create", "tickets.list") for rest in differences]
        async with sandbox.client(strict=True) as strict:
            with pytest.raises(DecodeError, match="updatedAt: promised by the contract, but missing"):
                await strict.tickets.get(ticket.id)
        sandbox.switches.drift = "off"
        assert isinstance((await client.tickets.get(ticket.id)).updated_at, dt.datetime)


async def test_exported_rows_are_checked_like_those_of_a_list(cstar: CStarClient) -> None:
    """Rows of an export are counted, inspected and refused like those of a list."""
    body = answer({"resources": {"tickets": [TICKET, without("title", colour="red")]}, "format": "json"})
    drift.watch(sample=1)
    with Mock() as mock:
        mock.reply("POST", body)
        assert [row.title async for row in cstar.tickets.export()] == [TICKET["title"], None]
    assert rows() == [
        ("exports.create", "Ticket.colour", "unknown field", "a string", 1),
        ("exports.create", "Ticket.title", "absent", "", 1),
    ]
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0, strict=True) as strict:
        with Mock() as mock, pytest.raises(DecodeError) as caught:
            mock.reply("POST", body)
            assert [row.id async for row in strict.tickets.export()] == []
    assert caught.value.problems == ("$.data.resources.tickets[1].title: promised by the contract, but missing",)


def test_a_report_without_differences() -> None:
    """An empty report is false and says so."""
    assert not drift.report()
    assert drift.report().as_issue().endswith("no differences found.\n")
