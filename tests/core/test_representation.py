"""Reprs of partly initialised objects, as in tracebacks with locals, debuggers and `pytest -l`."""

from __future__ import annotations

import enum
import importlib
import inspect
import io
import pkgutil
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import attrs
import click
import pytest
from rich.console import Console
from rich.traceback import Traceback

import cstar_async
from cstar_async import CStarClient, Quota, SharedQuota
from cstar_async._core.deadline import Deadline
from cstar_async._core.representation import safe_repr, show_fields
from cstar_async._core.serialization import new
from cstar_async._generated import events
from cstar_async.bulk.report import Plan
from cstar_async.clock import SystemClock
from cstar_async.errors import APIError, BulkItemError, DecodeError, QuotaExceededError
from cstar_async.models import Ticket
from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import EventDispatcher
from tests.support.decoding import all_models, info_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

MODELS = {name: model for name, model in all_models().items() if attrs.has(model)}


def classes() -> list[type]:
    """Every class of the package that can be made without attributes."""
    found: dict[type, None] = {}
    for module in pkgutil.walk_packages(cstar_async.__path__, "cstar_async."):
        if not module.name.endswith("__main__"):
            members = vars(importlib.import_module(module.name)).values()
            found |= {m: None for m in members if inspect.isclass(m) and m.__module__.startswith("cstar_async")}
    return [c for c in found if not issubclass(c, tuple | enum.Enum) and not inspect.isabstract(c)]


def values(error: BaseException | None) -> Iterator[object]:
    """The locals of every frame in the tracebacks of an error and its causes."""
    while error is not None:
        frames: TracebackType | None = error.__traceback__
        while frames is not None:
            yield from frames.tb_frame.f_locals.values()
            frames = frames.tb_next
        error = error.__cause__ or error.__context__


def error_of(attempt: Callable[[], object]) -> Exception | None:
    """The error that an attempt raises, without this function's own frame."""
    try:
        attempt()
    except Exception as error:
        return error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
    return None


def test_any_object_has_a_repr_before_its_init() -> None:
    """Any object of the package has a repr before its `__init__` has run."""
    everything = classes()
    assert {Ticket, CStarClient, Deadline, EventDispatcher, Sandbox, Quota, events.TicketCreated} <= {*everything}
    for kind in everything:
        if issubclass(kind, asyncpg.Connection | click.Command):
            continue  # asyncpg's `__del__` and click's `__repr__` need attributes that `__init__` sets
        made: object = cast("Any", kind).__new__(kind)
        assert kind.__name__ in repr(made) or isinstance(made, str | bytes)


@pytest.mark.parametrize("name", MODELS)
def test_a_half_decoded_model_shows_its_fields(name: str) -> None:
    """A half-decoded model shows the fields it has, and `...` for the rest."""
    model = MODELS[name]
    fields = [field.name for field in attrs.fields(model)]
    half = new(model)
    for number, field in enumerate(fields):
        assert repr(half) == f"{name}({', '.join([*(f'{n}={n!r}' for n in fields[:number]), '...'])})"
        setattr(half, field, field)
    assert repr(half) == f"{name}({', '.join(f'{n}={n!r}' for n in fields)})"


def test_a_whole_model_has_the_repr_of_attrs() -> None:
    """A whole model has the repr of attrs, `repr=False` and cycles included."""

    @attrs.define(kw_only=True)
    class Plain:
        id: str
        tags: list[str] | None = None
        key: str = attrs.field(repr=False)

    @attrs.define(kw_only=True)
    class Shown(Plain):
        __repr__ = show_fields

    assert repr(Shown(id="a", tags=["b"], key="c")) == "Shown(id='a', tags=['b'])"
    assert repr(Plain(id="a", tags=["b"], key="c")).endswith("Plain(id='a', tags=['b'])")
    ticket = Ticket(id="tkt_1")
    ticket.metadata = {"itself": ticket}
    assert "metadata={'itself': ...}" in repr(ticket)


def test_a_model_pickled_before_it_had_a_field_can_be_shown() -> None:
    """A model pickled by a version with fewer fields has a repr."""
    old = new(Ticket)
    old.__setstate__({"id": "tkt_1", "title": "Help"})  # type: ignore[attr-defined]
    assert repr(old) == "Ticket(id='tkt_1', ..., title='Help')"


def bad_events() -> Iterator[Callable[[], object]]:
    good = {"id": "evt_1", "type": "ticket.created", "created_at": "2026-01-01T00:00:00Z", "team_id": "t"}
    ticket = {"id": "tkt_1", "createdAt": 5}
    broken: dict[str, Any]
    for broken in ({}, {"data": {}}, {"data": ticket}, {"data": {"ticket": ticket}}, {"data": 1}, {"created_at": "x"}):
        yield partial(events.decode_event, {**good, **broken})


def bad_arguments() -> Iterator[Callable[[], object]]:
    client = CStarClient("sk_test_1", team_id="t")
    yield lambda: Deadline(-1, SystemClock())
    yield lambda: Quota(reserve=2)
    yield lambda: SharedQuota("mysql://")
    yield lambda: CStarClient("sk_test_1", base_url="ftp://x")
    yield lambda: CStarClient("sk_test_1", timeout=-1)
    yield lambda: CStarClient("bad\nkey")
    yield lambda: client.gather([], concurrency=0)
    yield lambda: client.deadline(float("nan"))
    yield lambda: client.tickets.delete_many(["t"], concurrency=0)
    yield lambda: client.tickets.get("t").options(timeout=-1)
    yield lambda: EventDispatcher(secrets="", inbox="memory:")
    yield lambda: EventDispatcher(secrets="whsec_1", inbox="mysql://")
    yield lambda: EventDispatcher(secrets="whsec_1", inbox="memory:", concurrency=0)
    yield lambda: Sandbox(port=-1)
    yield lambda: Sandbox(database="/nowhere/at/all.db").__enter__()
    yield lambda: Sandbox().faults.add(status=500, times=0)
    yield lambda: Sandbox().faults.add_delivery(drop=True, probability=7)


def bad_data() -> Iterator[Callable[[], object]]:
    for model in MODELS.values():
        info = info_of(model)
        for field in info.fields:
            if field.kind is not None:
                whole: dict[str, Any] = dict.fromkeys((f.wire for f in info.fields if f.required), "2026-01-01")
                yield partial(info.decode, {**whole, field.wire: 5.5})


@pytest.mark.parametrize("refused", [bad_events, bad_arguments, bad_data])
def test_tracebacks_of_refused_values_can_show_their_locals(
    refused: Callable[[], Iterator[Callable[[], object]]],
) -> None:
    """Every local in the traceback of a refused value has a repr."""
    errors = [error for attempt in refused() if (error := error_of(attempt)) is not None]
    assert len(errors) > 3
    for error in errors:
        assert all(isinstance(repr(value), str) for value in values(error))
        traceback.TracebackException.from_exception(error, capture_locals=True)


def test_rich_shows_a_half_decoded_model() -> None:
    """A rich traceback with locals shows the fields that were decoded."""
    error = error_of(lambda: info_of(Ticket).decode({"id": "tkt_1", "title": "Help", "createdAt": "yesterday"}))
    assert error is not None
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
    assert "title='Help'" in console.export_text()


@pytest.mark.parametrize("kind", [APIError, BulkItemError, DecodeError, QuotaExceededError])
def test_an_error_rebuilt_without_its_attributes_can_be_shown(kind: type[Exception]) -> None:
    """An error without its attributes has a repr and a str."""
    assert repr(kind.__new__(kind)) == f"{kind.__name__}()"
    assert str(kind.__new__(kind, "text")) == "text"


def test_a_repr_that_fails_falls_back_on_the_default() -> None:
    """A repr that raises falls back on the object's default repr."""

    class Odd:
        @safe_repr
        def __repr__(self) -> str:
            """Say it."""
            return f"<Odd {1 / self.number}>"  # type: ignore[attr-defined]

    odd = Odd()
    assert "Odd object at 0x" in repr(odd)
    odd.number = 0  # type: ignore[attr-defined]
    assert "Odd object at 0x" in repr(odd)
    odd.number = 1  # type: ignore[attr-defined]
    assert repr(odd) == "<Odd 1.0>"
    assert Odd.__repr__.__doc__ == "Say it."


def test_a_whole_object_has_its_ordinary_repr() -> None:
    """A whole object has its ordinary repr."""
    plan = Plan(total=1, requests=1, resumed=0, duplicates=0, seconds=0.0, remaining=None)
    assert repr(plan) == "Plan(total=1, requests=1, resumed=0, duplicates=0, seconds=0.0, remaining=None)"
