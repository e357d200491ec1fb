"""Which handler gets which event."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.webhooks import EVENT_TYPES, Event, EventDispatcher, EventRouter, InboxError
from cstar_async.webhooks.patterns import UNKNOWN, matches
from cstar_async.webhooks.receiving.ordering import ordering_key


async def first(event: Event[Any]) -> None:
    """A handler."""


async def second(event: Event[Any]) -> None:
    """Another handler."""


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        ("ticket.created", ["ticket.created"], ["ticket.created2", "ticket", "x.ticket.created"]),
        ("ticket.*", ["ticket.created", "ticket.a.b"], ["tickets.created", "ticket", "ticket_group.created"]),
        ("*", ["ticket.created", "anything"], []),
    ],
)
def test_patterns(pattern: str, meant: list[str], not_meant: list[str]) -> None:
    """A pattern matches a type, or all types of a prefix, and nothing else."""
    assert all(matches(pattern, kind) for kind in meant)
    assert not any(matches(pattern, kind) for kind in not_meant)


@pytest.mark.parametrize("pattern", ["", "ticket*", "*.created", "ticket.", ".created", "ticket.**", "a b", UNKNOWN])
def test_invalid_patterns(pattern: str) -> None:
    """An invalid pattern is refused when the handler is registered."""
    with pytest.raises(ValueError, match="pattern"):
        EventRouter().on(pattern)(first)


def test_within_a_group_the_most_exact_pattern_gets_the_event() -> None:
    """One handler of a group gets an event: the one with the most exact pattern."""
    router = EventRouter()
    handlers: dict[str, Any] = {}
    for pattern in ("*", "ticket.*", "ticket.created", "customer.created"):

        async def handler(event: Event[Any]) -> None:
            pass

        handlers[pattern] = router.on(pattern, group="g")(handler)

    @router.on_unknown(group="g")
    async def unknown(event: Event[Any]) -> None:
        pass

    for kind, expected in [
        ("ticket.created", handlers["ticket.created"]),
        ("ticket.closed", handlers["ticket.*"]),
        ("customer.deleted", handlers["*"]),
    ]:
        found = router.find("g", kind, known=True)
        assert found is not None
        assert found.function is expected
    found = router.find("g", "robot.built", known=False)
    assert found is not None
    assert found.function is unknown
    (group,) = router.groups()
    assert group.patterns == tuple(sorted(["*", "ticket.*", "ticket.created", "customer.created", UNKNOWN]))
    assert router.find("nobody", "ticket.created", known=True) is None


def test_a_type_that_was_unknown_to_the_receiver_still_has_its_handler() -> None:
    """An event that an older receiver kept as unknown goes to the handler of unknown events."""
    router = EventRouter()
    router.on_unknown(group="g")(first)
    found = router.find("g", "ticket.created", known=True)
    assert found is not None
    assert found.function is first


def test_a_handler_without_a_group_has_its_own() -> None:
    """A handler without a group gets a group of its own, named after the function."""
    router = EventRouter()
    router.on("*")(first)
    router.on("*")(second)
    router.on("ticket.*", group="mine")(functools.partial(first))
    assert [group.name for group in router.groups()] == [f"{__name__}:first", f"{__name__}:second", "mine"]


def test_mistakes_are_named_at_once() -> None:
    """Mistakes in registering and in the options raise an error at once."""
    router = EventRouter()
    router.on("*", group="g")(first)
    with pytest.raises(ValueError, match="another group"):
        router.on("*", group="g")(second)
    with pytest.raises(ValueError, match="ordered"):
        router.on("ticket.*", group="g", ordered=False)(second)
    with pytest.raises(TypeError, match="coroutine function"):
        router.on("*")(lambda event: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match="needs a type of events"):
        router.on()
    with pytest.raises(ValueError, match="timeout"):
        router.on("*", timeout=0)
    with pytest.raises(ValueError, match="group"):
        router.on("*", group="")
    wrong: list[dict[str, Any]] = [
        {"secrets": ""},
        {"secrets": []},
        {"max_age": 0},
        {"concurrency": 0},
        {"store_timeout": float("nan")},
    ]
    for options in wrong:
        with pytest.raises(ValueError, match=r"secret|number|or more"):
            EventDispatcher(**{"secrets": "whsec_x", "inbox": "memory:", **options})
    with pytest.raises(InboxError, match="scheme"):
        EventDispatcher(secrets="whsec_x", inbox="redis://localhost")


async def test_routers_compose_and_cannot_be_changed_once_open() -> None:
    """Routers include others, and handlers cannot be added once the dispatcher is open."""
    tickets, game = EventRouter(), EventRouter()
    tickets.on("ticket.*")(first)
    game.on("boss.*")(second)
    tickets.include(game)
    events = EventDispatcher(secrets="whsec_x", inbox="memory:")
    events.include(tickets)
    assert len(events.groups()) == 2
    with pytest.raises(ValueError, match="another group"):
        events.include(game)
    async with events:
        with pytest.raises(RuntimeError, match="before"):
            events.on("*")(second)
        with pytest.raises(RuntimeError, match="before"):
            events.include(EventRouter())


@pytest.mark.parametrize(
    ("kind", "data", "key"),
    [
        ("ticket.created", {"id": "a"}, "t/ticket:a"),
        ("ticket.updated", {"ticket": {"id": "a"}, "customer": {"id": "c"}}, "t/ticket:a"),
        ("ticket.message_added", {"id": "m", "ticket_id": "a"}, "t/ticket:a"),
        ("ticket.message_added", {"message": {"id": "m", "ticket_id": "a"}}, "t/ticket:a"),
        ("survey.submitted", {"id": "s", "ticket_id": "a"}, "t/ticket:a"),
        ("survey.submitted", {"id": "s"}, "t/survey:s"),
        ("customer.created", {"customer": {"id": "c"}}, "t/customer:c"),
        ("boss.damaged", {"id": "b", "ticket_id": "a"}, "t/boss:b"),
        ("player.xp_gained", {"id": "x", "member_id": "m"}, "t/player:m"),
        ("community_post.commented", {"comment": {"id": "c", "post_id": "p"}}, "t/community_post:p"),
        ("community_post.voted", {"post": {"id": "p"}}, "t/community_post:p"),
        ("robot.built", {"id": 7}, "t/robot:7"),
        ("robot.built", {"id": True}, "t/robot"),
        ("robot.built", None, "t/robot"),
    ],
)
def test_ordering_keys(kind: str, data: object, key: str) -> None:
    """Events of one resource have the same ordering key."""
    assert ordering_key(kind, "t", data) == key


@given(
    kind=st.sampled_from([*EVENT_TYPES, "a", ""]),
    data=st.recursive(
        st.none() | st.text() | st.integers() | st.text(alphabet="\0\ud800a"),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["id", "ticket", "ticket_id", "message"]), inner)
        ),
    ),
)
def test_every_payload_has_an_ordering_key_that_a_database_accepts(kind: str, data: object) -> None:
    """Any payload has an ordering key that can be encoded and has no NUL."""
    key = ordering_key(kind, "t", data)
    key.encode()
    assert "\0" not in key
