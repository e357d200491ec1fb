"""Mistakes in setting up or calling a dispatcher: each is named in words of its user."""

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
    """A dispatcher in memory but for what is wrong."""
    options: dict[str, Any] = {"secrets": SECRET, "inbox": "memory:", **other}
    return EventDispatcher(**options)


async def handle(event: Event[Any]) -> None:
    """A handler."""


def short(value: object) -> str:
    """A value as the name of a test."""
    return repr(value)[:12]


@pytest.mark.parametrize("secrets", [None, [], "", ["  "], "\t", [SECRET, " "], [None], 5], ids=repr)
def test_no_secret(secrets: Any) -> None:
    """An unset variable would be a riddle, or a secret that anybody can guess."""
    with pytest.raises(ValueError, match="signing secret"):
        made(secrets=secrets)


# What is no number at all, and what is none that can be reckoned with.
NONE: tuple[object, ...] = (True, "7", [7])
BAD: tuple[object, ...] = (math.nan, -1, -(10**30), 10**400)


@pytest.mark.parametrize("name", ["max_age", "retention", "store_timeout"])
@pytest.mark.parametrize("value", [*NONE, *BAD, 0, math.inf, -math.inf], ids=short)
def test_seconds(name: str, value: Any) -> None:
    """Everything would be refused or nothing ever forgotten, or it would fail far from here."""
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must be a (positive |finite )?number of seconds"):
        made(**{name: value})


@pytest.mark.parametrize("value", [*NONE, *BAD, 0, 1.5, math.inf], ids=short)
def test_how_many_at_a_time(value: Any) -> None:
    """`run` would take nothing, or fail far from here."""
    with pytest.raises(
        (TypeError, ValueError), match=r"^concurrency (must be (a whole number|1 or more)|is too large)"
    ):
        made(concurrency=value)


def test_what_will_do() -> None:
    """A good number would be refused."""
    made(concurrency=1, max_age=1, retention=0.5, store_timeout=1e9).on("*", timeout=math.inf)(handle)
    assert RetryLater(after=0).after == 0


@pytest.mark.parametrize("value", [*NONE, *BAD, 0], ids=short)
def test_timeouts_of_handlers(value: Any) -> None:
    """Each attempt would be cancelled at once, or the comparison fail when the first event comes."""
    with pytest.raises((TypeError, ValueError), match=r"^timeout must be a (positive |finite )?number of seconds"):
        made().on("*", timeout=value)
    with pytest.raises((TypeError, ValueError), match=r"^timeout must be a (positive |finite )?number of seconds"):
        made().on_unknown(timeout=value)


@pytest.mark.parametrize("value", [*NONE, *BAD, math.inf], ids=short)
def test_when_to_try_again(value: Any) -> None:
    """The event would be tried again at once or never, and its ticket wait for ever."""
    with pytest.raises((TypeError, ValueError), match=r"^after must be a (finite )?number of seconds"):
        RetryLater(after=value)


@pytest.mark.parametrize("value", [*NONE, *BAD], ids=short)
async def test_how_long_handlers_have_at_the_end(value: Any) -> None:
    """It would be closed half by then, and stay so."""
    async with made() as events:
        with pytest.raises((TypeError, ValueError), match=r"^grace must be a number of seconds"):
            await events.close(grace=value)
        assert await events.dead_letters() == []  # it is open still


@pytest.mark.parametrize("value", [*NONE, *BAD, 0, 1.5], ids=short)
async def test_how_much_is_looked_at(value: Any) -> None:
    """A look at nothing would seem to have found nothing."""
    nobody: Any = None
    async with made() as events:
        with pytest.raises((TypeError, ValueError), match=r"^limit (must be (a whole number|1 or more)|is too large)"):
            await events.dead_letters(limit=value)
        with pytest.raises((TypeError, ValueError), match=r"^budget (must be (a whole number|1 or more)|is too large)"):
            await events.reconcile(nobody, budget=value)


@pytest.mark.parametrize(
    ("inbox", "words"),
    [
        (None, "inbox is a URL, got NoneType"),
        (3, "inbox is a URL, got int"),
        ("sqlite://", "no file name"),
        ("sqlite:///", "no file name"),
        ("sqlite:///?x=1", "no file name"),
        ("sqlite:///a.db?x=1", 'no options after "\\?"'),
        ("C:\\x.db", "sqlite:///C:/x.db"),
        ("postgresql://u:a[b@host/db", "%5B"),
    ],
)
def test_inboxes(inbox: Any, words: str) -> None:
    """Nobody could tell from the message what to write instead."""
    with pytest.raises(InboxError, match=words):
        made(inbox=inbox)


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """The message would be `unable to open database file`, without saying which or why."""
    events = made(inbox=f"sqlite:///{tmp_path}/no/such.db")
    with pytest.raises(InboxError, match=r"such\.db cannot be opened: its folder does not exist"):
        await events.open()


async def test_a_file_that_is_no_inbox(tmp_path: Path) -> None:
    """The message would be `file is not a database`, without saying which."""
    (tmp_path / "text.db").write_text("this is no database, " * 100)
    with pytest.raises(InboxError, match=r"the inbox .*/text\.db cannot be opened: DatabaseError: "):
        await made(inbox=f"sqlite:///{tmp_path}/text.db").open()


@pytest.mark.parametrize(
    ("headers", "body", "words"),
    [
        ({}, 5, "body is the raw body, as bytes; got int"),
        ({}, None, "body is the raw body, as bytes; got NoneType"),
        ({}, "{}", "body is the raw body, as bytes; got str"),
        (None, b"", "headers is a mapping of names to values, got NoneType"),
        ("a: b", b"", "headers is a mapping of names to values, got str"),
        (b"a: b", b"", "headers is a mapping of names to values, got bytes"),
        (5, b"", "headers is a mapping of names to values, got int"),
        (["a", "b"], b"", "headers is a mapping of names to values, or pairs of them"),
        ([(1, "b")], b"", "headers is a mapping of names to values, or pairs of them"),
    ],
)
async def test_deliveries(headers: Any, body: Any, words: str) -> None:
    """The message would speak of len() or get()."""
    with pytest.raises(TypeError, match=words):
        await made().accept(headers, body)


async def none() -> None:
    """Takes nothing."""


async def two(event: Any, client: Any) -> None:
    """Takes too much."""


async def first(event: Any, client: Any = None) -> None:
    """Takes the event."""


class Methods:
    """A handler may be a method."""

    async def handle(self, event: Any) -> None:
        """Takes the event."""


@pytest.mark.parametrize("handler", [none, two, functools.partial(first, client=3, event=2)])
def test_handlers_that_do_not_take_an_event(handler: Any) -> None:
    """Each event would be tried for ten hours and end as a dead letter."""
    with pytest.raises(TypeError, match="takes the event and nothing else"):
        made().on("ticket.created", group="g")(handler)


@pytest.mark.parametrize("handler", [first, Methods().handle, functools.partial(two, client=3), mock.AsyncMock()])
def test_handlers_that_take_an_event(handler: Any) -> None:
    """A good handler would be refused."""
    made().on("ticket.created", group="g")(handler)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("ticket.craeted", "knows no such event; did you mean 'ticket.created'?"),
        ("tickets.*", "knows no such event; did you mean 'ticket.*'?"),
        ("quark.*", "knows no such event"),
        ("ticket.created", ""),
        ("ticket.*", ""),
        ("*", ""),
    ],
)
async def test_a_misspelt_event_is_told(pattern: str, words: str, caplog: pytest.LogCaptureFixture) -> None:
    """The handler would wait for ever for what is never sent."""
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
        (5, TypeError, "since is a datetime or, for so long ago, a timedelta; got int"),
        (dt.date(2026, 1, 1), TypeError, "got date"),
        (dt.datetime(2026, 1, 1), ValueError, "since has no time zone"),
    ],
)
async def test_moments(since: Any, error: type[Exception], words: str) -> None:
    """The message would speak of total_seconds, or of the audit log's startDate."""
    async with made() as events:
        with pytest.raises(error, match=words):
            await events.replay(since=since)
        with pytest.raises(error, match=words):
            await events.reconcile(CStarClient("sk_test_x"), since=since)


async def test_one_type_is_written_as_a_list() -> None:
    """The text would be taken apart into its letters."""
    async with made() as events:
        with pytest.raises(TypeError, match=r"write \['ticket.created'\]"):
            await events.replay(since=dt.timedelta(days=1), types="ticket.created")


@pytest.mark.parametrize("secret", [None, 5, [None]])
def test_no_secret_to_verify_with(secret: Any) -> None:
    """An unset variable would be a riddle."""
    with pytest.raises(TypeError, match=r"a secret is text, got (NoneType|int)"):
        verify_signature(b"{}", "sha256=00", secret)


def test_it_is_not_pickled() -> None:
    """The secrets would be written down, or the message speak of a handler."""
    with pytest.raises(TypeError, match="not pickled or copied"):
        pickle.dumps(made())
