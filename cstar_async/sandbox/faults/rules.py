"""`Faults`: the rules that inject faults."""

from __future__ import annotations

import threading
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING, Self, TypeVar

from cstar_async._core.event_patterns import matches

from .fault import DeliveryFault, Fault, Rule, RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract

MIN_SIMILARITY = 0.8
"""How similar, from 0 to 1, a name must be to be suggested in an error message."""

R = TypeVar("R", bound=Rule)


class Faults:
    """The rules of a sandbox, or of one of its teams, tried in the order in which they were added.

    A rule is removed when its `times` are used up. Rules may be added and cleared from any thread.
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
        """The rules about requests that are still active, in the order in which they are tried."""
        return tuple(filter(self._includes, self._rules))

    @property
    def deliveries(self) -> tuple[DeliveryFault, ...]:
        """The rules about deliveries that are still active."""
        return tuple(filter(self._includes, self._delivery_rules))

    def of(self, team: str) -> Self:
        """Return a view of the rules for one team: it adds, shows, removes and clears only these."""
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
        """Add a rule about requests and return it.

        `method`, `path` and `team` select the requests, `times` and `probability` limit how many of them are affected,
        the other arguments are the fault. They are keywords of one call so that a test needs one line for a fault.

        With a `status`, the request is not executed: the sandbox answers before it checks the key, like a gateway in an
        outage. All other faults affect only the answer: without a `status`, the request is executed, and a retry needs
        its idempotency key.

        Args:
            method: The HTTP method to match; None matches all.
            path: An operation id (`tickets.create`), or the beginning of a path, whole or below the team (`/tickets`).
            team: The id of the team to match: the one in the path, else the one of the key.
            times: How many matching requests to affect; None affects all.
            probability: The share of matching requests to affect; the seed of the sandbox decides which.
            status: The error status to answer with.
            delay: Real seconds to wait first, since socket timeouts do not follow the sandbox's clock.
            retry_after: The `Retry-After` of the `status`, in seconds.
            reset: Break the connection.
            truncate: Cut the body short.
            hang: Send no answer until the caller disconnects.
            malformed: Answer with a body that is not JSON.
            content_type: The Content-Type of the answer, such as `text/html`.

        Raises:
            ValueError: The rule has no fault, or an invalid option.
        """
        if not (status or delay or reset or truncate or hang or malformed or content_type):
            message = "a fault needs a status, delay, reset, truncate, hang, malformed or content_type"
            raise RuleError("status", message)
        if content_type is not None and not (content_type.isascii() and content_type.isprintable()):
            raise RuleError("content_type", "content_type (contentType) must be printable ASCII")
        operations = self._contract.operations
        if path is not None and not path.startswith("/") and path not in operations:
            message = f"unknown operation {path!r}: path must be an operation id or begin with '/'"
            raise RuleError("path", message + _suggestions(path, operations))
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
        """Add a rule about the first attempt of deliveries and return it.

        Args:
            event: The type of event to match, or a pattern (`ticket.*`).
            webhook: The id of the webhook to match; None matches all.
            team: The id of the team to match; None matches all.
            times: How many matching deliveries to affect; None affects all.
            probability: The share of matching deliveries to affect; the seed of the sandbox decides which.
            drop: Lose the event for good, as if the service had never sent it.
            duplicate: Send the event twice.
            reorder: Send the event after the next delivery to the same webhook.
            bad_signature: Sign this attempt with another secret.
            delay: Seconds to wait, on the sandbox's clock.

        Raises:
            ValueError: The rule has no fault, or an invalid option.
        """
        if not (drop or duplicate or reorder or bad_signature or delay):
            raise RuleError("drop", "a delivery fault needs drop, duplicate, reorder, bad_signature or delay")
        types = self._contract.event_types
        if not any(matches(event, kind) for kind in types):
            patterns = list(dict.fromkeys(f"{kind.partition('.')[0]}.*" for kind in types))
            hint = _suggestions(event, [*types, *patterns]) or f" of {', '.join(patterns)}"
            raise RuleError("event", f"unknown event {event!r}: event must be a type or a pattern{hint}")
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
        """Remove the rule with this number. Returns False if there is no such rule."""
        return self._remove(lambda rule: rule.number == number)

    def clear(self) -> None:
        """Remove all rules, or those of the team if this is a view of one team."""
        self._remove(lambda _: True)

    def take(self, method: str, path: str, operation: Operation | None, team: Callable[[], str]) -> Fault | None:
        """Return the rule that applies to a request, and count it down. `team` is only called if there are rules."""
        if not self._rules:
            return None
        team_id = team()
        with self._lock:
            return self._first(self._rules, lambda rule: rule.matches(method, path, operation, team_id))

    def take_delivery(self, kind: str, webhook: str, team: str) -> DeliveryFault | None:
        """Return the rule that applies to a delivery, and count it down."""
        with self._lock:
            return self._first(self._delivery_rules, lambda rule: rule.matches(kind, webhook, team))

    def _first(self, rules: list[R], matching: Callable[[R], bool]) -> R | None:
        for rule in rules:
            if matching(rule) and rule.applies(self._chance):
                if rule.times == 0:
                    rules.remove(rule)
                return rule
        return None

    def _includes(self, rule: Rule) -> bool:
        return self._team in {None, rule.team}

    def _remove(self, selected: Callable[[Rule], bool]) -> bool:
        """Remove the selected rules of this view. Returns whether there were any."""
        with self._lock:
            before = len(self._rules) + len(self._delivery_rules)
            self._rules[:] = [rule for rule in self._rules if not (self._includes(rule) and selected(rule))]
            self._delivery_rules[:] = [
                rule for rule in self._delivery_rules if not (self._includes(rule) and selected(rule))
            ]
            return len(self._rules) + len(self._delivery_rules) < before

    def _scope(self, team: str | None) -> tuple[str | None, str]:
        """Return the team of a new rule, and the rule's name. Raises ValueError for another team in a view."""
        if self._team is not None:
            if team not in {None, self._team}:
                raise ValueError("the rule names another team; use sandbox.faults for rules about other teams")
            team = self._team
        with self._lock:
            number = self._of_team[team] = self._of_team.get(team, 0) + 1
        return team, f"{team or ''} {number}"


def _suggestions(name: str, names: Iterable[str]) -> str:
    """Close matches, for an error message; empty if there are none."""
    near = get_close_matches(name.lower(), names, cutoff=MIN_SIMILARITY)
    return f"; did you mean {', '.join(near)}" if near else ""
