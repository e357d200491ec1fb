"""Names of groups, groups that processes share, and what is logged when patterns change or no group gets an event."""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.webhooks import EventDispatcher, EventRouter
from cstar_async.webhooks.inbox.interests import READ_INTERVAL

from .deliveries import SECRET, deliver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .clock import ManualClock
    from .stores import StoreKind


async def plain(event: Any) -> None:
    """A function of a module."""


class Base:
    """A class whose methods are inherited."""

    async def handle(self, event: Any) -> None:
        """A method."""

    @classmethod
    async def of_class(cls, event: Any) -> None:
        """A class method."""

    @staticmethod
    async def static(event: Any) -> None:
        """A static method."""


class Child(Base):
    """A class whose handlers are not those of its base."""


class Handling:
    """A class with callable objects."""

    async def __call__(self, event: Any) -> None:
        """Handle the event."""


def logged(function: Callable[[Any], Any]) -> Any:
    """A decorator that sets `__wrapped__`."""

    @functools.wraps(function)
    async def wrapper(event: Any) -> None:
        await function(event)

    return wrapper


def silent(function: Callable[[Any], Any]) -> Any:
    """A decorator that does not set `__wrapped__`."""

    async def wrapper(event: Any) -> None:
        await function(event)

    return wrapper


def name_of(function: Any) -> str:
    """The name of the group of a handler that is registered without one."""
    router = EventRouter()
    router.on("*")(function)
    return router.groups()[0].name


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (plain, "plain"),
        (logged(plain), "plain"),
        (logged(logged(plain)), "plain"),
        (silent(plain), "silent.<locals>.wrapper"),
        (Base().handle, "Base.handle"),
        (Child().handle, "Child.handle"),
        (Base.of_class, "Base.of_class"),
        (Child.of_class, "Child.of_class"),
        (Child.static, "Base.static"),
    ],
)
def test_a_group_is_named_after_its_function(function: Any, name: str) -> None:
    """The name is the module and the qualified name of the function."""
    assert name_of(function) == f"{__name__}:{name}"


@pytest.mark.parametrize(
    "function",
    [functools.partial(plain), Handling(), functools.partial(Base.handle, Base())],
    ids=["partial", "object", "partial of a method"],
)
def test_a_handler_without_a_lasting_name_needs_a_group(function: Any) -> None:
    """A handler that has no name of its own must be given a group."""
    with pytest.raises(ValueError, match="no name of its own; pass group="):
        name_of(function)
    EventRouter().on("*", group="g")(function)


def test_two_functions_of_one_name_do_not_share_a_group() -> None:
    """Two wrappers or two objects of a class with one name are an error, unless a group is given."""
    pairs: list[tuple[Any, Any]] = [(silent(plain), silent(logged(plain))), (Base().handle, Base().handle)]
    for first, second in pairs:
        router, other = EventRouter(), EventRouter()
        router.on("ticket.*")(first)
        with pytest.raises(ValueError, match=r"two handlers have the name .*group="):
            router.on("customer.*")(second)
        other.on("customer.*")(second)
        with pytest.raises(ValueError, match="two handlers have the name"):
            router.include(other)
        both = EventRouter()
        both.on("ticket.*", group="g")(first)
        both.on("customer.*", group="g")(second)
        assert both.groups()[0].patterns == ("customer.*", "ticket.*")


def test_one_function_may_be_registered_twice() -> None:
    """Two decorators on one function are one group."""
    router = EventRouter()
    router.on("ticket.*")(router.on("customer.*")(plain))
    assert len(router.groups()) == 1


HANDLERS = """
from cstar_async.webhooks import EventRouter
router = EventRouter()
def begin():
    @router.on("ticket.*")
    async def inner(event): ...
try:
    @router.on("*")
    async def handle(event): ...
    begin()
except ValueError as error:
    print("ValueError", error)
print(*[group.name for group in router.groups()])
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["worker.py"], "ValueError"),
        (["-m", "worker"], "worker:handle worker:begin.<locals>.inner"),
        (["-m", "package.worker"], "package.worker:handle package.worker:begin.<locals>.inner"),
        (["-m", "package"], "package.__main__:handle package.__main__:begin.<locals>.inner"),
        (["-c", HANDLERS], "ValueError"),
        (["folder"], "ValueError"),
        (["-m", "cProfile", "-o", "profile", "worker.py"], "ValueError"),
        (["-c", "import worker"], "worker:handle worker:begin.<locals>.inner"),
        (["-c", "import runpy; runpy.run_module('worker', run_name='__main__')"], "worker:handle"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_handlers_of_a_program_have_its_importable_name(tmp_path: Path, arguments: list[str], expected: str) -> None:
    """Groups in __main__ get the name by which the module is imported; where it is unknown, a group must be given."""
    for place in ("worker.py", "package/worker.py", "package/__main__.py", "folder/__main__.py"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(HANDLERS)
    (tmp_path / "package/__init__.py").write_text("")
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    first = done.stdout.splitlines()[0]
    assert first.startswith(expected)
    if expected == "ValueError":
        assert "after __main__" in first
        assert "group=" in first
        assert "python -m" in first


def made(kind: StoreKind, clock: ManualClock, *patterns: str, ordered: bool = True) -> EventDispatcher:
    """A dispatcher whose group `g` gets events of these patterns."""
    events = EventDispatcher(secrets=SECRET, inbox=kind.url, clock=clock, store_timeout=60)
    if patterns:
        events.on(*patterns, group="g", ordered=ordered)(plain)
    return events


async def test_a_registration_that_changes_a_group_is_logged(
    kind: StoreKind, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Two programs that share a group with other patterns both log it: the later at once, the other in a minute."""
    if kind.url == "memory:":
        pytest.skip("an inbox in memory has one process")
    first, second = made(kind, clock, "ticket.*"), made(kind, clock, "customer.*", "ticket.created")
    async with first:
        async with made(kind, clock, "ticket.*"):
            assert caplog.messages == []
        async with second:
            (line,) = caplog.messages
            assert "'g' is registered again: its patterns were ticket.* and are now customer.*, ticket.created" in line
            assert "group=" in line
            caplog.clear()
            clock.advance(READ_INTERVAL + 1)
            await deliver(first, clock, 1, 2, 3, kind="ticket.updated")
            told, unwanted = caplog.messages
            assert "by another process with the patterns customer.*, ticket.created, but here with ticket.*" in told
            assert "evt_1 is kept, but no group of this inbox wants 'ticket.updated'" in unwanted
        async with made(kind, clock, "customer.*", "ticket.created", ordered=False):
            assert "(unordered)" in caplog.messages[-1]


async def test_an_event_that_no_group_gets_is_logged(
    events: EventDispatcher, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """An accepted event that no group gets is logged, once an hour for each type."""
    events.on("ticket.*", group="g")(plain)
    await events.open()
    await deliver(events, clock, 1, kind="ticket.created")
    assert caplog.messages == []
    await deliver(events, clock, *range(2, 30), kind="customer.created")
    await deliver(events, clock, 30, kind="boss.spawned")
    assert [message.partition(" is kept")[0] for message in caplog.messages] == ["evt_2", "evt_30"]
    clock.advance(3_601)
    await deliver(events, clock, 31, kind="customer.created")
    assert caplog.messages[2].endswith("(and 27 more of this kind in the last 3601 s)")


async def test_groups_of_other_processes_count(
    kind: StoreKind, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """No warning is logged for events that groups of other processes get, also if these start later."""
    if kind.url == "memory:":
        pytest.skip("an inbox in memory has one process")
    async with made(kind, clock, "ticket.*"), made(kind, clock) as receiver:
        await deliver(receiver, clock, 1, kind="ticket.created")
        assert caplog.messages == []
        await deliver(receiver, clock, 2, kind="customer.created")
        assert len(caplog.messages) == 1
        other = EventDispatcher(secrets=SECRET, inbox=kind.url, clock=clock, store_timeout=60)
        other.on("*", group="late")(plain)
        async with other:
            clock.advance(3_601)
            await deliver(receiver, clock, 3, kind="customer.created")
    assert len(caplog.messages) == 1
