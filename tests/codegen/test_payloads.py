"""Webhooks of a service that has another envelope than cStar: a function for each reads its payload."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from codegen.__main__ import main

from .conftest import Generated, document
from .test_documents import TEXT
from .test_nasty import ACCEPTED, HEAD, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ORDER = {"type": "order", "created": 5, "day": "2026-01-02"}
ENVELOPE: dict[str, Any] = {
    "id": TEXT,
    "type": {"const": "a.b"},
    "created_at": {"type": "string", "format": "date-time"},
    "team_id": TEXT,
    "data": {"type": "object"},
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `webhooks_of_another_service`."""
    found = yaml.safe_load(HEAD + ACCEPTED["webhooks_of_another_service"])
    with Generated.made(tmp_path_factory.mktemp("payloads"), found, "made_for_payloads") as made:
        yield made


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        ("order.created", ORDER, "OrderEvent"),
        ("order-paid", {"id": "1", "type": "order.paid", "data": {"at": "2026-01-02T03:04:05Z"}}, "OrderPaid"),
        ("either", ORDER, "OrderEvent"),
        ("either", {"type": "ping"}, "Ping"),
        ("either", {"type": "new"}, "dict"),
        ("many", [ORDER], "list"),
        ("free", {"a": 1}, "dict"),
        ("anything", 5, "int"),
        ("day", "2026-01-02", "date"),
        ("day", None, "NoneType"),
        ("class", 3.0, "int"),
    ],
)
def test_a_payload_is_read_as_its_class(package: Generated, name: str, payload: Any, expected: str) -> None:
    """`READERS` has the function of each webhook by its name in the document."""
    assert type(package.load("webhooks").READERS[name](payload)).__name__ == expected


def test_the_functions_are_typed(package: Generated) -> None:
    """Each function has the type of its payload and the words of the document; a class encodes what it read."""
    webhooks = package.load("webhooks")
    assert webhooks.read_order_created.__annotations__ == {"payload": "Any", "return": "OrderEvent"}
    assert webhooks.read_many.__annotations__["return"] == "list[OrderEvent]"
    assert "An order is new" in webhooks.read_order_created.__doc__
    assert webhooks.read_order_created(ORDER).day == dt.date(2026, 1, 2)
    assert webhooks.read_class_(1) == 1
    assert round_trip(package, "OrderEvent", ORDER) == ORDER
    assert not (package.folder / "events.py").exists()


def with_webhooks(**webhooks: dict[str, Any]) -> dict[str, Any]:
    """Return a document with these webhooks, by the fields of their objects."""
    bodies: dict[str, Any] = {}
    for name in webhooks:
        schema = {"$ref": f"#/components/schemas/{name}"}
        bodies[name] = {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
    schemas = {name: {"type": "object", "properties": fields} for name, fields in webhooks.items()}
    return {**document(schemas, {}), "webhooks": bodies}


@pytest.mark.parametrize(
    ("changes", "is_event"),
    [
        ({}, True),
        ({"id": None}, False),
        ({"team_id": None}, False),
        ({"data": None}, False),
        ({"created_at": {"type": "integer"}}, False),
        ({"type": {"enum": ["a.b"]}}, False),
        ({"more": TEXT}, True),
    ],
)
def test_only_cstars_envelope_makes_events(
    generate: Callable[..., Generated], capsys: pytest.CaptureFixture[str], changes: dict[str, Any], is_event: bool
) -> None:
    """Without one of the envelope's members there are no events, and one line says so."""
    fields = {name: schema for name, schema in {**ENVELOPE, **changes}.items() if schema is not None}
    made = generate(with_webhooks(Built=fields))
    assert (made.folder / "events.py").exists() == is_event
    assert (made.folder / "webhooks.py").exists() != is_event
    said = [line for line in capsys.readouterr().err.splitlines() if "not in cStar's envelope" in line]
    assert len(said) == (not is_event)


def test_a_webhook_beside_an_event_is_refused(
    refuse: Callable[[dict[str, Any]], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a document with cStar's events, a webhook that is not one is a fault, which can be left out."""
    both = with_webhooks(Built=ENVELOPE, Ping={"a": TEXT})
    assert "webhook Ping: is not a cStar event" in refuse(both)
    with Generated.made(tmp_path, both, "left_out", "--leave-out") as made:
        assert made.load("events").EVENT_TYPES == ("a.b",)
    assert "left out: webhook Ping" in capsys.readouterr().err


def test_a_webhook_without_json_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What sends no JSON is refused by name; the others are read."""
    found = with_webhooks(Ping={"a": TEXT})
    found["webhooks"]["form"] = {"post": {"requestBody": {"content": {"text/plain": {}}}}}
    found["webhooks"]["nothing"] = {"post": {"responses": {}}}
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump(found), encoding="utf-8")
    assert main(["--spec", str(spec), "--out", str(tmp_path / "refused")]) == 1
    said = capsys.readouterr().err
    assert "webhook form: has no JSON body" in said
    assert "webhook nothing: has no JSON body" in said
    with Generated.made(tmp_path, found, "without_json", "--leave-out") as made:
        assert list(made.load("webhooks").READERS) == ["Ping"]
