"""Rules that inject faults into requests or deliveries: what they match and what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cstar_async._core.event_patterns import matches
from cstar_async._core.representation import show_fields
from cstar_async.sandbox.service.results import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async._core.operation import Operation

DEFAULT_RETRY_AFTER = 60
TOO_MANY_REQUESTS = 429


class RuleError(ValueError):
    """A rule has an invalid field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(slots=True, kw_only=True)
class Rule:
    """The common part of both kinds of rules. `times` counts down each time the rule applies; None is unlimited."""

    number: int
    """Identifies the rule in the sandbox."""
    team: str | None
    times: int | None
    probability: float
    _name: str = field(repr=False)
    """The team and the rule's number in it; random choices depend on these and on the seed."""
    _matched: int = field(default=0, repr=False)

    __repr__ = show_fields

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be 1 or more, or None for no limit, got {self.times!r}")
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability must be above 0 and at most 1, got {self.probability!r}")

    def applies(self, chance: Callable[[str, int], float]) -> bool:
        """Whether the rule applies to this match, according to its probability. If so, counts `times` down."""
        self._matched += 1
        if self.probability < 1 and chance(self._name, self._matched) >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True, kw_only=True, repr=False)
class Fault(Rule):
    """A rule about requests."""

    method: str | None
    path: str | None
    status: int | None
    delay: float
    retry_after: int | None
    reset: bool
    truncate: bool
    hang: bool
    malformed: bool
    content_type: str | None

    def matches(self, method: str, path: str, operation: Operation | None, team: str) -> bool:
        """Whether the rule matches a request."""
        if self.team not in {None, team} or (self.method is not None and self.method.upper() != method):
            return False
        if self.path is None:
            return True
        if self.path.startswith("/"):
            below_team = "/" + path.partition("/teams/")[2].partition("/")[2]
            return path.startswith(self.path) or below_team.startswith(self.path)
        return operation is not None and operation.id == self.path

    @property
    def interrupts(self) -> bool:
        """Whether the caller gets no complete answer."""
        return self.reset or self.truncate or self.hang

    def problem(self) -> Problem | None:
        """The error to answer, None if the request is executed."""
        if self.status is None:
            return None
        if self.status == TOO_MANY_REQUESTS:
            wait = DEFAULT_RETRY_AFTER if self.retry_after is None else self.retry_after
            message = f"Rate limit exceeded. Try again in {wait} seconds"
            return Problem(429, "rate_limit_error", "rate_limit_exceeded", message, retry_after=wait)
        message = "A fault rule of the sandbox made this request fail."
        return Problem(self.status, "api_error", "internal_error", message, retry_after=self.retry_after)


@dataclass(slots=True, kw_only=True, repr=False)
class DeliveryFault(Rule):
    """A rule about deliveries of events."""

    event: str
    webhook: str | None
    drop: bool
    duplicate: bool
    reorder: bool
    bad_signature: bool
    delay: float

    def matches(self, kind: str, webhook: str, team: str) -> bool:
        """Whether the rule matches a delivery."""
        return self.team in {None, team} and self.webhook in {None, webhook} and matches(self.event, kind)
