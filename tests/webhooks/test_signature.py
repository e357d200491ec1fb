"""Signatures: the documented vectors, several secrets, and invalid headers and bodies."""

from __future__ import annotations

import hashlib
import hmac
import json
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.errors import DecodeError, WebhookSignatureError
from cstar_async.webhooks import (
    TicketCreated,
    UnknownEvent,
    construct_event,
    sign,
    sign_identity,
    verify_signature,
)

SECRET = "whsec_test_secret"
BODY = (
    '{"id":"evt_abc123","type":"ticket.created","created_at":"2025-12-10T14:30:00Z","team_id":"team_1",'
    '"data":{"id":"tkt_abc123","title":"Café","status":"new"}}'
).encode()
PLAIN = "sha256=c3039171f87107f62fcc0efeb5ed06e2c9beeb9e2bfea1c27de2f5ee511cb5f7"
TIME = 1_765_377_000
TIMED = f"t={TIME},v1=a7e884b7a84750aba61dbf6c191c0093add7c8eea9758ac893f9b61d9f400b93"


def test_the_vectors_of_both_forms() -> None:
    """Signatures of both forms are made and verified as documented."""
    assert sign(BODY, SECRET) == PLAIN
    assert sign(BODY, SECRET, timestamp=TIME) == TIMED
    assert verify_signature(BODY, PLAIN, SECRET)
    assert verify_signature(BODY, TIMED, SECRET, now=TIME)


@pytest.mark.parametrize(("away", "good"), [(0, True), (300, True), (-300, True), (300.5, False), (-301, False)])
def test_the_time_in_a_signature(away: float, *, good: bool) -> None:
    """A signature with a time is valid within the tolerance only."""
    assert verify_signature(BODY, TIMED, SECRET, now=TIME + away) == good
    assert verify_signature(BODY, TIMED, SECRET, now=TIME + away, tolerance=1_000)
    assert verify_signature(BODY, TIMED, SECRET, now=TIME + away, tolerance=-1) is False
    assert verify_signature(BODY, TIMED, SECRET, now=float("nan")) is False


def test_several_secrets() -> None:
    """A signature by any of several secrets is valid, and so is a header with several signatures."""
    assert verify_signature(BODY, PLAIN, ["whsec_new", SECRET])
    assert verify_signature(BODY, sign(BODY, "whsec_new"), ["whsec_new", SECRET])
    assert not verify_signature(BODY, PLAIN, ["whsec_new", "whsec_newer"])
    several = f"t={TIME},v1={'0' * 64},v0=ab,v1={TIMED.rpartition('=')[2]}"
    assert verify_signature(BODY, several, SECRET, now=TIME)


def test_wrong_arguments_are_errors() -> None:
    """A body that is not bytes and a missing secret raise an error."""
    with pytest.raises(TypeError, match="bytes"):
        verify_signature(BODY.decode(), PLAIN, SECRET)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="secret"):
        verify_signature(BODY, PLAIN, [])
    with pytest.raises(ValueError, match="empty"):
        verify_signature(BODY, PLAIN, "")


def test_the_vector_of_identities() -> None:
    """`sign_identity` signs fields and text as documented."""
    expected = "fce2560c9b5b84d86b674c04e880904e83b5119d269a9ce53e5a42846ec97f3d"
    fields = {"timestamp": TIME, "name": "Zoë", "externalId": "42", "email": "zoë@example.com"}
    assert sign_identity(fields, "identity_secret") == expected
    assert sign_identity({**fields, "phone": None}, "identity_secret") == expected
    text = f'{{"email":"zoë@example.com","externalId":"42","name":"Zoë","timestamp":{TIME}}}'
    assert sign_identity(text, "identity_secret") == expected
    assert sign_identity(text.encode(), "identity_secret") == expected


def test_an_event_is_constructed() -> None:
    """`construct_event` returns the typed event, for both payload forms and unknown types."""
    event = construct_event(BODY, TIMED, SECRET, now=TIME)
    assert isinstance(event, TicketCreated)
    assert event.data.title == "Café"
    assert event.raw == orjson.loads(BODY)
    assert construct_event(BODY, PLAIN, SECRET) == event
    nested = BODY.replace(b'"data":{"id":"tkt_abc123"', b'"data":{"ticket":{"id":"tkt_abc123"').replace(b"}}", b"}}}")
    assert construct_event(nested, sign(nested, SECRET), SECRET).data == event.data
    strange = BODY.replace(b"ticket.created", b"ticket.melted")
    unknown = construct_event(strange, sign(strange, SECRET), SECRET)
    assert isinstance(unknown, UnknownEvent)
    assert unknown.data["title"] == "Café"


def test_a_lone_surrogate_is_replaced() -> None:
    """A lone surrogate in a title is decoded as the replacement character."""
    body = BODY.replace("Café".encode(), rb"Caf\ud83d")
    assert construct_event(body, sign(body, SECRET), SECRET).data.title == "Caf\ufffd"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not JSON"),
        (b"[]", "not an object"),
        (b"\xff", "not JSON"),
        (b'{"id":"evt_1"}', "type is missing"),
        (BODY.replace(b"2025-12-10T14:30:00Z", b"soon"), "created_at"),
        (BODY.replace(b'"id":"tkt_abc123",', b""), r"\$\.data\.id"),
        (BODY.replace(b'"data":{', b'"data":[{').replace(b"}}", b"}]}"), r"\$\.data: expected an object"),
        (BODY.replace(b"evt_abc123", b""), "id is missing"),
        (BODY.replace(b"evt_abc123", rb"evt\u0000"), "id is not an identifier"),
        (b'{"a":' + b"[" * 100_000 + rb'"\u0041"' + b"]" * 100_000 + b"}", "not JSON"),
        (b'{"id":NaN,"x":"\\ud83d"}', "not JSON"),
    ],
)
def test_signed_bodies_that_are_not_events(body: bytes, problem: str) -> None:
    """A signed body that is not an event raises DecodeError that names the problem."""
    with pytest.raises(DecodeError, match=problem):
        construct_event(body, sign(body, SECRET), SECRET)


@pytest.mark.parametrize("header", [None, "", "sha256=", PLAIN.upper(), PLAIN[:-1], f"{PLAIN}0", TIMED, "t=1,v1=0"])
def test_invalid_signatures(header: str | None) -> None:
    """An invalid, missing or old signature raises WebhookSignatureError."""
    with pytest.raises(WebhookSignatureError):
        construct_event(BODY, header, SECRET, now=TIME + 1_000)


HEADERS = st.one_of(
    st.text(),
    st.binary().map(lambda raw: raw.decode("latin-1")),
    st.from_regex(r"(sha256=|t=[0-9]{1,20},v1=)[0-9a-f]{0,70}", fullmatch=True),
    st.tuples(st.sampled_from([PLAIN, TIMED]), st.integers(0, 90), st.characters()).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
    ),
    st.lists(st.sampled_from(["t=1765377000", "v1=", "v1=ab", "v0=ab", PLAIN, TIMED, ",", " ", "="])).map("".join),
)


def expected(body: bytes, header: str) -> bool:
    """Whether the signature is valid, computed as documented."""
    header = header.strip()
    if header.startswith("sha256="):
        return header == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    moment = re.match(r"t=([0-9]+),", header)
    if moment is None or int(moment[1]) != TIME:
        return False
    good = hmac.new(SECRET.encode(), moment[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"v1={good}" in header.split(",")


@given(header=HEADERS, body=st.one_of(st.just(BODY), st.binary(max_size=200)))
def test_any_header_is_valid_or_refused(header: str, body: bytes) -> None:
    """Any header is either valid as documented or refused, and raises no other error."""
    accepted = verify_signature(body, header, SECRET, now=TIME, tolerance=0)
    assert not accepted or expected(body, header)
    try:
        construct_event(body, header, SECRET, now=TIME, tolerance=0)
    except (WebhookSignatureError, DecodeError):
        pass
    else:
        assert accepted
        assert body == BODY


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON | st.just("evt_1"),
        "type": JSON | st.sampled_from(["ticket.created", "boss.damaged", "survey.submitted", "a.b"]),
        "created_at": JSON | st.just("2025-12-10T14:30:00Z"),
        "team_id": JSON | st.just("team"),
        "data": JSON | st.dictionaries(st.sampled_from(["id", "ticket", "title", "customer", "changes"]), JSON),
    },
)


@given(
    body=st.one_of(st.binary(max_size=300), FIELDS.map(lambda fields: json.dumps(fields, ensure_ascii=False).encode()))
)
def test_any_signed_body_is_an_event_or_a_decode_error(body: bytes) -> None:
    """Any signed body is decoded or raises DecodeError with the problems."""
    try:
        event = construct_event(body, sign(body, SECRET), SECRET)
    except DecodeError as error:
        assert error.problems
    else:
        assert event.id == json.loads(body)["id"]


@given(
    body=st.binary(max_size=100),
    secret=st.text(min_size=1, alphabet=st.characters(categories=["L", "M", "N"], include_characters="_-+/=.:")),
    at=st.integers(0, 10**12),
)
def test_signatures_are_valid_for_their_body_and_secret_only(body: bytes, secret: str, at: int) -> None:
    """Any body is valid with its signature, and not if body or secret differ."""
    for header in (sign(body, secret), sign(body, secret, timestamp=at)):
        assert verify_signature(body, header, secret, now=at)
        assert not verify_signature(body + b" ", header, secret, now=at)
        assert not verify_signature(body, header, secret + "x", now=at)
