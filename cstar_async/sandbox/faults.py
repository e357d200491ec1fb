"""Trouble on demand: an outage, a lost answer, a slow one, by rule."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from .answers import Problem
from .events import matches

if TYPE_CHECKING:
    from cstar_async._generated.operations import Operation

DEFAULT_RETRY_AFTER = 60
TOO_MANY_REQUESTS = 429


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule. `times` counts down as it strikes; at 0 the rule is spent. `number` tells it from the others."""

    method: str | None
    path: str | None
    status: int | None
    times: int
    delay: float
    retry_after: int | None
    reset: bool
    truncate: bool
    number: int = 0

    def matches(self, method: str, path: str, operation: Operation | None) -> bool:
        """Whether the rule is about this request."""
        if self.times <= 0 or (self.method is not None and self.method.upper() != method):
            return False
        if self.path is None:
            return True
        if self.path.startswith("/"):
            below_team = "/" + path.partition("/teams/")[2].partition("/")[2]
            return path.startswith(self.path) or below_team.startswith(self.path)
        return operation is not None and operation.id == self.path

    def problem(self) -> Problem | None:
        """The error that this rule answers, None if it lets the request through."""
        if self.status is None:
            return None
        if self.status == TOO_MANY_REQUESTS:
            wait = DEFAULT_RETRY_AFTER if self.retry_after is None else self.retry_after
            message = f"Rate limit exceeded. Try again in {wait} seconds"
            return Problem(429, "rate_limit_error", "rate_limit_exceeded", message, retry_after=wait)
        message = "The sandbox was told to fail here."
        return Problem(self.status, "api_error", "internal_error", message, retry_after=self.retry_after)


@dataclass(slots=True, kw_only=True)
class DeliveryFault:
    """One rule about deliveries of events. `times` counts down as it strikes; at 0 the rule is spent."""

    event: str
    webhook: str | None
    times: int
    drop: bool
    duplicate: bool
    reorder: bool
    bad_signature: bool
    delay: float
    number: int = 0


class Faults:
    """The rules of a sandbox, tried in the order in which they were added. Spent ones are dropped."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._delivery_rules: list[DeliveryFault] = []
        self._numbers = count(1)

    @property
    def requests(self) -> tuple[Fault, ...]:
        """The rules about requests that are not spent, in the order in which they are tried."""
        return tuple(self._rules)

    @property
    def deliveries(self) -> tuple[DeliveryFault, ...]:
        """The rules about deliveries that are not spent."""
        return tuple(self._delivery_rules)

    def add(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        times: int = 1,
        delay: float = 0.0,
        retry_after: int | None = None,
        reset: bool = False,
        truncate: bool = False,
    ) -> Fault:
        """Add a rule for the next `times` requests that match it, and return it.

        `path` is an operation id (`tickets.create`) or the beginning of a path, whole or below the team (`/tickets`).
        `status` is answered without doing anything, before the key is even looked at, as by a gateway in an outage.
        `reset` breaks the connection and `truncate` cuts the body short; in both cases the request HAS been carried
        out, and only the answer is lost: the case that idempotency keys are for. `delay` is in real seconds, because
        the timeouts of a client's sockets are too. `retry_after` (seconds) goes with a `status`.
        """
        if not (status or delay or reset or truncate):
            raise ValueError("a fault needs a status, a delay, reset or truncate")
        rule = Fault(
            method=method, path=path, status=status, times=times, delay=delay, retry_after=retry_after, reset=reset,
            truncate=truncate, number=next(self._numbers),
        )  # fmt: skip
        self._rules.append(rule)
        return rule

    def add_delivery(
        self,
        *,
        event: str = "*",
        webhook: str | None = None,
        times: int = 1,
        drop: bool = False,
        duplicate: bool = False,
        reorder: bool = False,
        bad_signature: bool = False,
        delay: float = 0.0,
    ) -> DeliveryFault:
        """Add a rule for the first attempt at the next `times` deliveries that match it, and return it.

        `event` is a type or a pattern (`ticket.*`), `webhook` the id of one webhook. `drop` loses the event for good,
        as if the service had never sent it; `duplicate` sends it twice; `reorder` sends it after the next delivery to
        the same webhook; `bad_signature` signs this attempt with another secret; `delay` waits for so many seconds of
        the sandbox's clock.
        """
        if not (drop or duplicate or reorder or bad_signature or delay):
            raise ValueError("a fault of a delivery needs drop, duplicate, reorder, bad_signature or delay")
        rule = DeliveryFault(
            event=event, webhook=webhook, times=times, drop=drop, duplicate=duplicate, reorder=reorder,
            bad_signature=bad_signature, delay=delay, number=next(self._numbers),
        )  # fmt: skip
        self._delivery_rules.append(rule)
        return rule

    def take_delivery(self, kind: str, webhook: str) -> DeliveryFault | None:
        """The rule that strikes this delivery; its count goes down."""
        for rule in self._delivery_rules:
            if matches(rule.event, kind) and rule.webhook in {None, webhook}:
                rule.times -= 1
                if rule.times <= 0:
                    self.remove(rule.number)
                return rule
        return None

    def remove(self, number: int) -> bool:
        """Drop the rule with this number; False if it is spent or never was."""
        before = len(self._rules) + len(self._delivery_rules)
        self._rules = [rule for rule in self._rules if rule.number != number]
        self._delivery_rules = [rule for rule in self._delivery_rules if rule.number != number]
        return len(self._rules) + len(self._delivery_rules) < before

    def clear(self) -> None:
        """Drop all rules."""
        self._rules.clear()
        self._delivery_rules.clear()

    def take(self, method: str, path: str, operation: Operation | None) -> Fault | None:
        """The rule that strikes this request; its count goes down."""
        for rule in self._rules:
            if rule.matches(method, path, operation):
                rule.times -= 1
                if not rule.times:
                    self.remove(rule.number)
                return rule
        return None
