"""What is logged about refused deliveries, and that secrets are never shown."""

from __future__ import annotations

import copy
import email.message
import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from starlette.datastructures import Headers as StarletteHeaders
from werkzeug.datastructures import EnvironHeaders
from werkzeug.datastructures import Headers as WerkzeugHeaders

from cstar_async.errors import InboxError, WebhookSignatureError
from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks import EventDispatcher, construct_event, sign, sign_identity, verify_signature
from cstar_async.webhooks.receiving.receiver import read_headers

from .clock import ManualClock
from .deliveries import SECRET, event_body, signed

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER = "whsec_another_secret"
PADDED = [f"{SECRET}\n", f"{SECRET}\r\n", f"  {SECRET}", f"\t{SECRET} \n", f"\ufeff{SECRET}\n", f"\u00a0{SECRET}"]
INVALID: list[tuple[Any, type[Exception], str]] = [
    ("", ValueError, "empty|signing secret"),
    ("\n", ValueError, "empty|signing secret"),
    ("\ufeff", ValueError, "empty|signing secret"),
    (f'"{SECRET}"', ValueError, "quotation marks"),
    (f"'{SECRET}'\n", ValueError, "quotation marks"),
    (f"\u201c{SECRET}\u201d", ValueError, "quotation marks"),
    (f"{SECRET}'", ValueError, "quotation marks"),
    (f"{SECRET} {OTHER}", ValueError, "whitespace or control characters"),
    (f"{SECRET}\n{OTHER}\n", ValueError, "whitespace or control characters"),
    (f"{SECRET}\0", ValueError, "whitespace or control characters"),
    (f"{SECRET}\ud83d", ValueError, "whitespace or control characters"),
    ([SECRET, f'"{OTHER}"'], ValueError, "quotation marks"),
    (SECRET.encode(), (TypeError, ValueError), "bytes"),  # type: ignore[list-item]
    ([SECRET, None], (TypeError, ValueError), "NoneType"),  # type: ignore[list-item]
    ([SECRET, 5], (TypeError, ValueError), "int"),  # type: ignore[list-item]
    ({"secret": SECRET}, (TypeError, ValueError), "dict"),  # type: ignore[list-item]
    ([], ValueError, "secret"),
]
CALLS: dict[str, Callable[[Any], Any]] = {
    "EventDispatcher": lambda secret: EventDispatcher(secrets=secret, inbox="memory:"),
    "verify_signature": lambda secret: verify_signature(b"{}", sign(b"{}", SECRET), secret),
    "construct_event": lambda secret: construct_event(b"{}", sign(b"{}", SECRET), secret),
}


@pytest.mark.parametrize("secret", [*PADDED, PADDED, (PADDED[0], OTHER), {PADDED[0]}], ids=repr)
async def test_whitespace_around_a_secret_does_not_belong_to_it(secret: Any, clock: ManualClock) -> None:
    """Whitespace around a secret is ignored, as from a file or an environment variable."""
    body = event_body(1, clock)
    assert verify_signature(body, sign(body, SECRET), secret)
    assert construct_event(body, sign(body, SECRET), secret).id == "evt_1"
    async with EventDispatcher(secrets=secret, inbox="memory:", clock=clock) as events:
        assert (await events.accept(signed(body), body)).status == 200
    if isinstance(secret, str):
        assert sign(body, secret) == sign(body, SECRET)
        assert sign_identity(b"x", secret) == sign_identity(b"x", SECRET)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("secret", "kind", "words"), INVALID, ids=lambda value: repr(value)[:40])
def test_an_invalid_secret_is_refused_at_once(call: str, secret: Any, kind: Any, words: str) -> None:
    """An invalid secret raises an error that says what is wrong and does not show it."""
    with pytest.raises(kind, match=words) as caught:
        CALLS[call](secret)
    assert_hidden(caught.value)


@given(secret=st.text(), body=st.binary(max_size=50))
def test_any_text_is_a_secret_or_refused(secret: str, body: bytes) -> None:
    """A secret that is accepted verifies what it signs."""
    try:
        header = sign(body, secret)
    except ValueError as error:
        words = str(error)
    else:
        words = ""
        assert verify_signature(body, header, [secret, OTHER])
        assert verify_signature(body, header, secret.strip("\ufeff").strip() + "\n")
    assert len(secret.strip()) < 6 or secret.strip() not in words


def assert_hidden(error: BaseException, *more: str) -> None:
    """Neither an error nor the local variables of our functions in its traceback show a secret."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    waiting = [shown]
    while waiting:
        each = waiting.pop()
        waiting += [link for link in (each.__cause__, each.__context__) if link is not None]
        own = [frame for frame in each.stack if "/cstar_async/" in frame.filename]
        text = "".join(map(str, [error, *(frame.locals for frame in own)]))
        for secret in (SECRET, OTHER, *more):
            assert secret not in text


@pytest.mark.parametrize(
    "call",
    [
        lambda: verify_signature("text", "sha256=0", SECRET),  # type: ignore[arg-type]
        lambda: verify_signature(b"", "t=1,v1=00", SECRET, now="now"),  # type: ignore[arg-type]
        lambda: verify_signature(b"", "t=1,v1=00", [SECRET, OTHER], tolerance=None),  # type: ignore[arg-type]
        lambda: construct_event(b"", "sha256=0", SECRET),
        lambda: construct_event(b"[]", sign(b"[]", SECRET), [SECRET, OTHER]),
        lambda: construct_event(None, "sha256=0", SECRET),  # type: ignore[arg-type]
        lambda: sign("text", SECRET),  # type: ignore[arg-type]
        lambda: sign(b"", SECRET, timestamp="now"),  # type: ignore[arg-type]
        lambda: sign_identity(5, SECRET),  # type: ignore[arg-type]
        lambda: EventDispatcher(secrets=[SECRET, OTHER], inbox="memory:", max_age=-1),
        lambda: EventDispatcher(secrets=SECRET, inbox="redis://user:pa55word@host"),
        lambda: EventDispatcher(secrets=SECRET, inbox="memory:").on("*")(lambda event: None),  # type: ignore[arg-type, return-value]
    ],
)
def test_no_secret_in_a_traceback(call: Callable[[], object]) -> None:
    """A traceback with local variables shows no secret."""
    with pytest.raises(Exception) as caught:
        call()
    assert_hidden(caught.value, "pa55word")


async def test_no_secret_in_a_dispatcher(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """The repr of a dispatcher, of the objects that it holds, and its log at level DEBUG show no secret."""
    caplog.set_level(logging.DEBUG)
    inbox = "postgresql://ada:pa55word@127.0.0.1:1/desk"
    events = EventDispatcher(secrets=[SECRET, f"{OTHER}\n"], inbox=inbox, clock=clock)
    body = event_body(1, clock)
    assert (await events.accept({}, body)).status == 401
    assert (await events.accept(signed(body), body)).status == 503
    with pytest.raises(InboxError) as caught:
        await events.open()
    assert_hidden(caught.value)
    seen: set[int] = set()
    texts = [repr(events), str(events), caplog.text, *(str(record.args) for record in caplog.records)]
    waiting: list[Any] = [events]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or not type(each).__module__.startswith("cstar_async"):
            continue
        seen.add(id(each))
        texts.append(repr(getattr(each, "__dict__", None)))
        waiting += list(getattr(each, "__dict__", {}).values())
    for secret in (SECRET, OTHER, "pa55word"):
        assert not [text for text in texts if secret in text]
    with pytest.raises(TypeError, match="must not be pickled or copied"):
        copy.deepcopy(events)
    await events.close()


REFUSED: dict[str, tuple[int, str, Callable[[bytes, ManualClock], dict[str, str]]]] = {
    "none": (401, "there is no X-Signature header", lambda body, clock: {}),
    "malformed": (401, "neither sha256=<hex> nor t=<unix>", lambda body, clock: {"X-Signature": "md5=0"}),
    "two": (
        401,
        "several X-Signature headers count as one",
        lambda body, clock: {"X-Signature": f"{sign(body, SECRET)},{sign(body, SECRET)}"},
    ),
    "old": (
        401,
        "is 4000000 s behind this machine's clock; 3024000 s are allowed",
        lambda body, clock: {"X-Signature": sign(body, SECRET, timestamp=clock.time() - 4e6)},
    ),
    "ahead": (
        401,
        "is 4000000 s ahead of this machine's clock",
        lambda body, clock: {"X-Signature": sign(body, SECRET, timestamp=clock.time() + 4e6)},
    ),
    "secret": (401, "with another secret, or over other bytes", lambda body, clock: {"X-Signature": sign(body, OTHER)}),
    "length": (
        401,
        "Content-Length is 9999: something has changed the body",
        lambda body, clock: {"X-Signature": sign(body, OTHER), "Content-Length": "9999"},
    ),
    "id": (400, "X-Event-ID does not match the signed body", lambda body, clock: signed(body, **{"X-Event-ID": "x"})),
    "encoding": (400, "neither gzip nor deflate", lambda body, clock: signed(body, **{"Content-Encoding": "br"})),
    "gzip": (400, "not encoded as its headers say", lambda body, clock: signed(body, **{"Content-Encoding": "gzip"})),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_each_refusal_is_logged_with_its_reason(
    name: str, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason of a refusal is logged once a minute, with the count, without secret and body."""
    status, words, make = REFUSED[name]
    events = EventDispatcher(secrets=SECRET, inbox="memory:", clock=clock)
    body = event_body(1, clock)

    async def deliver(count: int) -> None:
        for _ in range(count):
            assert (await events.accept(make(body, clock), body)).status == status

    await deliver(58)
    (line,) = caplog.messages
    assert words in line
    assert f"answered {status}" in line
    clock.advance(61)
    await deliver(1)
    assert words in caplog.messages[1]
    assert caplog.messages[1].endswith("(and 57 more of this kind in the last 61 s)")
    clock.advance(61)
    await deliver(1)
    assert "more of this kind" not in caplog.messages[2]
    assert len(caplog.messages) == 3
    assert "Café" not in caplog.text
    assert "whsec_" not in caplog.text
    assert (await events.stats()).counts == {f"refused_{status}": 60}
    await events.close()


async def test_a_flood_of_one_kind_does_not_hide_another(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """Each kind of refusal is logged, however many there are of another."""
    events = EventDispatcher(secrets=OTHER, inbox="memory:", clock=clock)
    body = event_body(1, clock)
    for _ in range(1_000):
        await events.accept({}, body)
    await events.accept(signed(body), body)
    first, second = caplog.messages
    assert "there is no X-Signature" in first
    assert "another secret" in second


@pytest.mark.parametrize(("away", "words"), [(-40, r"40 days ago, but max_age is 35 days"), (1, r"86400 s ahead")])
async def test_a_wrong_age_names_the_sandbox_clock(
    away: int, words: str, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer and the log name the age, and how to use the clock of a sandbox."""
    events = EventDispatcher(secrets=SECRET, inbox="memory:", clock=clock)
    body = event_body(1, clock, created_at=iso_time(clock.time() + away * 86_400))
    reply = await events.accept(signed(body), body)
    assert reply.status == 400
    for text in (reply.body.decode(), caplog.text):
        for word in (words, "clock of the receiver", "clock=sandbox.clock"):
            assert word in text


def test_an_invalid_signature_says_why() -> None:
    """`construct_event` names the reason."""
    for header, words in [
        (None, "no X-Signature"),
        ("md5=1", "neither"),
        ("t=1,v1=00", "behind this machine's clock"),
        (sign(b"{}", OTHER), "another secret"),
    ]:
        with pytest.raises(WebhookSignatureError, match=words):
            construct_event(b"{}", header, SECRET)


def message_of(pairs: list[tuple[str, str]]) -> email.message.Message:
    """Headers as `http.server` has them."""
    made = email.message.Message()
    for name, value in pairs:
        made[name] = value
    return made


HEADERS: dict[str, Callable[[list[tuple[str, str]]], Any]] = {
    "pairs": lambda pairs: pairs,
    "bytes": lambda pairs: [(name.encode(), value.encode("latin-1")) for name, value in pairs],
    "generator": lambda pairs: (pair for pair in pairs),
    "aiohttp": lambda pairs: CIMultiDictProxy(CIMultiDict(pairs)),
    "starlette": lambda pairs: StarletteHeaders(raw=[(n.lower().encode(), v.encode("latin-1")) for n, v in pairs]),
    "werkzeug": WerkzeugHeaders,
    "http.server": message_of,
}


@pytest.mark.parametrize("kind", HEADERS)
def test_headers_of_any_framework(kind: str) -> None:
    """Headers are read from any kind of mapping, in any case; several of one name are joined with commas."""
    pairs = [("x-SIGNATURE", "a"), ("X-Other", "é"), ("X-Event-Id", "evt"), ("X-Signature", "b")]
    assert read_headers(HEADERS[kind](pairs)) == {"x-signature": "a,b", "x-event-id": "evt"}


def test_headers_of_wsgi_and_of_dicts() -> None:
    """Headers are read from a WSGI environment and a dict; a value of None counts as missing."""
    environ = {"HTTP_X_SIGNATURE": "a", "CONTENT_LENGTH": "3", "wsgi.version": (1, 0)}
    assert read_headers(EnvironHeaders(environ)) == {"x-signature": "a", "content-length": "3"}
    nothing: Any = {"X-Signature": None, "x-event-type": b"a"}
    assert read_headers(nothing) == {"x-event-type": "a"}
    assert read_headers({}) == {}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
async def test_bodies_of_any_kind_of_bytes(kind: Callable[[bytes], Any], clock: ManualClock) -> None:
    """A body may be bytes, bytearray or memoryview."""
    body = event_body(1, clock)
    async with EventDispatcher(secrets=SECRET, inbox="memory:", clock=clock) as events:
        assert (await events.accept(signed(body), kind(body))).status == 200
    header = sign(kind(body), SECRET, timestamp=clock.time())
    assert verify_signature(kind(body), header, SECRET, now=clock.time())
    assert construct_event(kind(body), header, SECRET, now=clock.time()).id == "evt_1"
