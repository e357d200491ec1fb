"""Trouble on demand: an outage, a lost answer, a slow one, by rule."""

from __future__ import annotations

import threading
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING, Self, TypeVar

from cstar_async.sandbox.service.events import matches

from .fault import DeliveryFault, Fault, Rule, RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract

LIKENESS = 0.8
"""From 0 to 1: how much of a name must be right for another one to be offered in its place."""

R = TypeVar("R", bound=Rule)


class Faults:
    """The rules of a sandbox, or of one of its teams, tried in the order in which they were added.

    Spent rules are dropped. Rules may be added and cleared from any thread.
    """

    def __init__(self, chance: Callable[[str, int], float], contract: Contract) -> None:
        self._chance = chance
        self._contract = contract
        self._team: str | None = None
        self._rules: list[Fault] = []
        self._delivery_rules: list[DeliveryFault] = []
        self._of_team: dict[str | None, int] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    @property
    def requests(self) -> tuple[Fault, ...]:
        """The rules about requests that are not spent, in the order in which they are tried."""
        return tuple(filter(self._sees, self._rules))

    @property
    def deliveries(self) -> tuple[DeliveryFault, ...]:
        """The rules about deliveries that are not spent."""
        return tuple(filter(self._sees, self._delivery_rules))

    def of(self, team: str) -> Self:
        """The rules about one team alone: what is added here is one, and nothing else is shown, removed or cleared."""
        view = object.__new__(type(self))
        view.__dict__ = self.__dict__ | {"_team": team}
        return view

    def add(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        team: str | None = None,
        times: int | None = 1,
        probability: float = 1.0,
        status: int | None = None,
        delay: float = 0.0,
        retry_after: int | None = None,
        reset: bool = False,
        truncate: bool = False,
        hang: bool = False,
        malformed: bool = False,
        content_type: str | None = None,
    ) -> Fault:
        """Add a rule for the next `times` requests that match it, None for all of them, and return it.

        `path` is an operation id (`tickets.create`) or the beginning of a path, whole or below the team (`/tickets`).
        `team` is a team's id; the team is the one in the path, else that of the key. A rule with a `probability`
        strikes that share of the requests which it matches; which ones follows from the seed of the sandbox.

        `status` is answered without doing anything, before the key is even looked at, as by a gateway in an outage;
        `retry_after` (seconds) goes with it. Everything else spoils only the answer, and the request HAS been carried
        out, unless there is a `status` too: the case that idempotency keys are for. `reset` breaks the connection,
        `truncate` cuts the body short, `hang` answers nothing and holds the connection until the caller gives up.
        `malformed` answers whole, but with a body that is not JSON; `content_type` says that the body is something
        else, such as `text/html`. `delay` comes before all of it, in real seconds, because the timeouts of a client's
        sockets are too.
        """
        if not (status or delay or reset or truncate or hang or malformed or content_type):
            message = "a fault needs a status, delay, reset, truncate, hang, malformed or content_type"
            raise RuleError("status", message)
        if content_type is not None and not (content_type.isascii() and content_type.isprintable()):
            raise RuleError("content_type", "the content_type (contentType) is printable ASCII, as headers are")
        operations = self._contract.operations
        if path is not None and not path.startswith("/") and path not in operations:
            message = f"there is no operation {path!r}: path is the name of an operation or begins with '/'"
            raise RuleError("path", message + _near(path, operations))
        team, name = self._scope(team)
        rule = Fault(
            method=method, path=path, team=team, times=times, probability=probability, status=status, delay=delay,
            retry_after=retry_after, reset=reset, truncate=truncate, hang=hang, malformed=malformed,
            content_type=content_type, number=next(self._numbers), _name=name,
        )  # fmt: skip
        with self._lock:
            self._rules.append(rule)
        return rule

    def add_delivery(
        self,
        *,
        event: str = "*",
        webhook: str | None = None,
        team: str | None = None,
        times: int | None = 1,
        probability: float = 1.0,
        drop: bool = False,
        duplicate: bool = False,
        reorder: bool = False,
        bad_signature: bool = False,
        delay: float = 0.0,
    ) -> DeliveryFault:
        """Add a rule for the first attempt at the next `times` deliveries that match it, None for all; return it.

        `event` is a type or a pattern (`ticket.*`), `webhook` the id of one webhook, `team` the id of one team;
        `probability` as in `add`. `drop` loses the event for good, as if the service had never sent it; `duplicate`
        sends it twice; `reorder` sends it after the next delivery to the same webhook; `bad_signature` signs this
        attempt with another secret; `delay` waits for so many seconds of the sandbox's clock.
        """
        if not (drop or duplicate or reorder or bad_signature or delay):
            raise RuleError("drop", "a fault of a delivery needs drop, duplicate, reorder, bad_signature or delay")
        types = self._contract.event_types
        if not any(matches(event, kind) for kind in types):
            families = list(dict.fromkeys(f"{kind.partition('.')[0]}.*" for kind in types))
            meant = _near(event, [*types, *families]) or f" of {', '.join(families)}"
            raise RuleError("event", f"there is no event {event!r}: event is a type or a pattern{meant}")
        team, name = self._scope(team)
        rule = DeliveryFault(
            event=event, webhook=webhook, team=team, times=times, probability=probability, drop=drop,
            duplicate=duplicate, reorder=reorder, bad_signature=bad_signature, delay=delay,
            number=next(self._numbers), _name=name,
        )  # fmt: skip
        with self._lock:
            self._delivery_rules.append(rule)
        return rule

    def remove(self, number: int) -> bool:
        """Drop the rule with this number; False if it is spent or never was."""
        return self._drop(lambda rule: rule.number == number)

    def clear(self) -> None:
        """Drop all rules; those of a team, if these are a team's."""
        self._drop(lambda _: True)

    def take(self, method: str, path: str, operation: Operation | None, team: Callable[[], str]) -> Fault | None:
        """The rule that strikes this request; its count goes down. Whose request it is is asked only if need be."""
        if not self._rules:
            return None
        whose = team()
        with self._lock:
            return self._first(self._rules, lambda rule: rule.matches(method, path, operation, whose))

    def take_delivery(self, kind: str, webhook: str, team: str) -> DeliveryFault | None:
        """The rule that strikes this delivery; its count goes down."""
        with self._lock:
            return self._first(self._delivery_rules, lambda rule: rule.matches(kind, webhook, team))

    def _first(self, rules: list[R], matching: Callable[[R], bool]) -> R | None:
        for rule in rules:
            if matching(rule) and rule.strikes(self._chance):
                if rule.times == 0:
                    rules.remove(rule)
                return rule
        return None

    def _sees(self, rule: Rule) -> bool:
        return self._team in {None, rule.team}

    def _drop(self, chosen: Callable[[Rule], bool]) -> bool:
        """Drop the chosen ones of the rules that are seen here; whether there were any."""
        with self._lock:
            before = len(self._rules) + len(self._delivery_rules)
            self._rules[:] = [rule for rule in self._rules if not (self._sees(rule) and chosen(rule))]
            self._delivery_rules[:] = [each for each in self._delivery_rules if not (self._sees(each) and chosen(each))]
            return len(self._rules) + len(self._delivery_rules) < before

    def _scope(self, team: str | None) -> tuple[str | None, str]:
        """The team that a new rule is about, and the rule's name."""
        if self._team is not None:
            if team not in {None, self._team}:
                raise ValueError("these are the faults of one team, and the rule is about another")
            team = self._team
        with self._lock:
            number = self._of_team[team] = self._of_team.get(team, 0) + 1
        return team, f"{team or ''} {number}"


def _near(name: str, names: Iterable[str]) -> str:
    """Close matches, for an error message; empty if there are none."""
    near = get_close_matches(name.lower(), names, cutoff=LIKENESS)
    return f"; close to it: {', '.join(near)}" if near else ""
