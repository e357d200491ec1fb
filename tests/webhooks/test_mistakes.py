"""Mistakes in setting up or calling a dispatcher: the error names the argument and what it must be."""

from __future__ import annotations

import datetime as dt
import functools
import math
import pickle
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from cstar_async import CStarClient
from cstar_async.errors import InboxError
from cstar_async.webhooks import Event, EventDispatcher, RetryLater, verify_signature

from .deliveries import SECRET

if TYPE_CHECKING:
    from pathlib import Path


def made(**other: Any) -> EventDispatcher:
    """A dispatcher in memory with these options."""
    options: dict[str, Any] = {"secrets": SECRET, "inbox": "memory:", **other}
    return EventDispatcher(**options)


async def handle(event: Event[Any]) -> None:
    """A handler."""


def short(value: object) -> str:
    """A value as a test id."""
    return repr(value)[:12]


@pytest.mark.parametrize("secrets", [None, [], "", ["  "], "\t", [SECRET, " "], [None], 5], ids=repr)
def test_no_secret(secrets: Any) -> None:
    """An empty or missing secret is refused, as from an environment variable that is not set."""
    with pytest.raises(ValueError, match="signing secret"):
        made(secrets=secrets)


# Values that are not numbers, and numbers that are out of range.
NOT_NUMBERS: tuple[object, ...] = (True, "7", [7])
BAD: tuple[object, ...] = (math.nan, -1, -(10**30), 10**400)


@pytest.mark.parametrize("name", ["max_age", "retention", "store_timeout"])
@pytest.mark.parametrize("value", [*NOT_NUMBERS, *BAD, 0, math.inf, -math.inf], ids=short)
def test_seconds(name: str, value: Any) -> None:
    """`max_age`, `retention` and `store_timeout` must be positive finite numbers."""
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must be a (positive |finite )?number of seconds"):
        made(**{name: value})


@pytest.mark.parametrize("value", [*NOT_NUMBERS, *BAD, 0, 1.5, math.inf], ids=short)
def test_how_many_at_a_time(value: Any) -> None:
    """`concurrency` must be a positive whole number."""
    with pytest.raises(
        (TypeError, ValueError), match=r"^concurrency (must be (a whole number|1 or more)|is too large)"
    ):
        made(concurrency=value)


def test_valid_numbers() -> None:
    """Numbers in range are accepted."""
    made(concurrency=1, max_age=1, retention=0.5, store_timeout=1e9).on("*", timeout=math.inf)(handle)
    assert RetryLater(after=0).after == 0


@pytest.mark.parametrize("value", [*NOT_NUMBERS, *BAD, 0], ids=short)
def test_timeouts_of_handlers(value: Any) -> None:
    """The `timeout` of a handler must be a positive number."""
    with pytest.raises((TypeError, ValueError), match=r"^timeout must be a (positive )?number of seconds"):
        made().on("*", timeout=value)
    with pytest.raises((TypeError, ValueError), match=r"^timeout must be a (positive )?number of seconds"):
        made().on_unknown(timeout=value)


@pytest.mark.parametrize("value", [*NOT_NUMBERS, *BAD, math.inf], ids=short)
def test_when_to_try_again(value: Any) -> None:
    """`RetryLater(after=…)` must be a finite number, not negative."""
    with pytest.raises((TypeError, ValueError), match=r"^after must be a (finite )?number of seconds"):
        RetryLater(after=value)


@pytest.mark.parametrize("value", [*NOT_NUMBERS, *BAD], ids=short)
async def test_how_long_handlers_have_at_the_end(value: Any) -> None:
    """`grace` must be a number, not negative; else the dispatcher stays open."""
    async with made() as events:
        with pytest.raises((TypeError, ValueError), match=r"^grace must be a number of seconds"):
            await events.close(grace=value)
        assert await events.dead_letters() == []  # still open


@pytest.mark.parametrize("value", [*NOT_NUMBERS, *BAD, 0, 1.5], ids=short)
async def test_how_much_is_looked_at(value: Any) -> None:
    """`limit` and `budget` must be positive whole numbers."""
    nobody: Any = None
    async with made() as events:
        with pytest.raises((TypeError, ValueError), match=r"^limit (must be (a whole number|1 or more)|is too large)"):
            await events.dead_letters(limit=value)
        with pytest.raises((TypeError, ValueError), match=r"^budget (must be (a whole number|1 or more)|is too large)"):
            await events.reconcile(nobody, budget=value)


@pytest.mark.parametrize(
    ("inbox", "words"),
    [
        (None, "inbox must be a URL, got NoneType"),
        (3, "inbox must be a URL, got int"),
        ("sqlite://", "no file name"),
        ("sqlite:///", "no file name"),
        ("sqlite:///?x=1", "no file name"),
        ("sqlite:///a.db?x=1", 'no options after "\\?"'),
        ("C:\\x.db", "sqlite:///C:/x.db"),
        ("postgresql://u:a[b@host/db", "%5B"),
    ],
)
def test_inboxes(inbox: Any, words: str) -> None:
    """An invalid inbox is refused with the URL to write instead."""
    with pytest.raises(InboxError, match=words):
        made(inbox=inbox)


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """The error names the file and says that its folder does not exist."""
    events = made(inbox=f"sqlite:///{tmp_path}/no/such.db")
    with pytest.raises(InboxError, match=r"such\.db cannot be opened: its folder does not exist"):
        await events.open()


async def test_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "text.db").write_text("not a database, " * 100)
    with pytest.raises(InboxError, match=r"the inbox .*/text\.db cannot be opened: DatabaseError: "):
        await made(inbox=f"sqlite:///{tmp_path}/text.db").open()


@pytest.mark.parametrize(
    ("headers", "body", "words"),
    [
        ({}, 5, "body must be the raw body, as bytes; got int"),
        ({}, None, "body must be the raw body, as bytes; got NoneType"),
        ({}, "{}", "body must be the raw body, as bytes; got str"),
        (None, b"", "headers must be a mapping of names to values, got NoneType"),
        ("a: b", b"", "headers must be a mapping of names to values, got str"),
        (b"a: b", b"", "headers must be a mapping of names to values, got bytes"),
        (5, b"", "headers must be a mapping of names to values, got int"),
        (["a", "b"], b"", "headers must be a mapping of names to values, or pairs of them"),
        ([(1, "b")], b"", "headers must be a mapping of names to values, or pairs of them"),
    ],
)
async def test_deliveries(headers: Any, body: Any, words: str) -> None:
    """Headers and bodies of a wrong type raise TypeError that names the type."""
    with pytest.raises(TypeError, match=words):
        await made().accept(headers, body)


async def none() -> None:
    """Take no argument."""


async def two(event: Any, client: Any) -> None:
    """Take two arguments."""


async def first(event: Any, client: Any = None) -> None:
    """Take the event."""


class Methods:
    """A class with a handler."""

    async def handle(self, event: Any) -> None:
        """Take the event."""


@pytest.mark.parametrize("handler", [none, two, functools.partial(first, client=3, event=2)])
def test_handlers_that_do_not_take_an_event(handler: Any) -> None:
    """A function that cannot be called with an event alone is refused when it is registered."""
    with pytest.raises(TypeError, match="must take one argument, the event"):
        made().on("ticket.created", group="g")(handler)


def test_a_class_is_not_a_handler() -> None:
    """A class is refused, since calling it makes an object; only its objects may have an async `__call__`."""

    class Called:
        def __init__(self, event: Any) -> None: ...

        async def __call__(self, event: Any) -> None: ...

    with pytest.raises(TypeError, match="must be a coroutine function"):
        made().on("ticket.created", group="g")(Called)  # type: ignore[arg-type]
    made().on("ticket.created", group="g")(Called(None))


@pytest.mark.parametrize("handler", [first, Methods().handle, functools.partial(two, client=3), mock.AsyncMock()])
def test_handlers_that_take_an_event(handler: Any) -> None:
    """A function, method, partial or mock that takes an event is accepted."""
    made().on("ticket.created", group="g")(handler)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("ticket.craeted", "knows no such event type; did you mean 'ticket.created'?"),
        ("tickets.*", "knows no such event type; did you mean 'ticket.*'?"),
        ("quark.*", "knows no such event type"),
        ("ticket.created", ""),
        ("ticket.*", ""),
        ("*", ""),
    ],
)
async def test_a_misspelt_event_is_logged(pattern: str, words: str, caplog: pytest.LogCaptureFixture) -> None:
    """Opening the dispatcher logs patterns that match no known type, with the closest name."""
    events = made()
    events.on(pattern)(first)
    events.on_unknown()(first)
    async with events:
        assert [record.message for record in caplog.records] == (
            [f"handlers of {pattern!r}: this version {words}"] if words else []
        )


@pytest.mark.parametrize(
    ("since", "error", "words"),
    [
        (5, TypeError, "since must be a datetime, or a timedelta before now; got int"),
        (dt.date(2026, 1, 1), TypeError, "got date"),
        (dt.datetime(2026, 1, 1), ValueError, "since must have a time zone"),
    ],
)
async def test_moments(since: Any, error: type[Exception], words: str) -> None:
    """`since` must be a datetime with a time zone or a timedelta."""
    async with made() as events:
        with pytest.raises(error, match=words):
            await events.replay(since=since)
        with pytest.raises(error, match=words):
            await events.reconcile(CStarClient("sk_test_x"), since=since)


async def test_one_type_is_written_as_a_list() -> None:
    """A string for `types` raises TypeError that shows the list to write."""
    async with made() as events:
        with pytest.raises(TypeError, match=r"write \['ticket.created'\]"):
            await events.replay(since=dt.timedelta(days=1), types="ticket.created")


@pytest.mark.parametrize("secret", [None, 5, [None]])
def test_no_secret_to_verify_with(secret: Any) -> None:
    """A missing secret raises TypeError that says so."""
    with pytest.raises(TypeError, match=r"a secret must be a string, got (NoneType|int)"):
        verify_signature(b"{}", "sha256=00", secret)


def test_a_dispatcher_cannot_be_pickled() -> None:
    """A dispatcher cannot be pickled, since it has secrets."""
    with pytest.raises(TypeError, match="must not be pickled or copied"):
        pickle.dumps(made())
