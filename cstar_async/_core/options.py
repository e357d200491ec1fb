"""The options of one call, which override those of its client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import attrs

from .deadline import check_deadline
from .headers import check_header_value
from .representation import show_fields
from .validation import check_max_retries, check_timeout

if TYPE_CHECKING:
    from .rate_limit import Priority


@attrs.define(kw_only=True)
class Options:
    """The options that `Call.options` sets; None is the client's setting."""

    timeout: float | None = None
    deadline: float | None = None
    max_retries: int | None = None
    idempotency_key: str | None = None
    headers: Mapping[str, str] | None = attrs.field(default=None, repr=False)  # may hold a customer's token
    priority: Priority = "interactive"

    __repr__ = show_fields

    def changed(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_retries: int | None = None,
        idempotency_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        priority: Priority | None = None,
    ) -> Options:
        """Return a copy with the given options replaced; headers are added to the earlier ones.

        Raises:
            ValueError: A number is out of range.
            TypeError: An option has the wrong type.
        """
        if timeout is not None:
            check_timeout(timeout)
        if deadline is not None:
            check_deadline(deadline)
        if max_retries is not None:
            check_max_retries(max_retries)
        if idempotency_key is not None:
            check_header_value("Idempotency-Key", idempotency_key)
            if not idempotency_key:
                raise ValueError("idempotency_key must not be empty")
        if headers is not None and not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"headers must be a mapping of names to values, got {type(headers).__name__}")
        if priority not in (None, "interactive", "bulk"):
            raise ValueError(f"priority must be 'interactive' or 'bulk', got {priority!r}")
        return Options(
            timeout=self.timeout if timeout is None else timeout,
            deadline=self.deadline if deadline is None else deadline,
            max_retries=self.max_retries if max_retries is None else max_retries,
            idempotency_key=self.idempotency_key if idempotency_key is None else idempotency_key,
            headers=self.headers if headers is None else {**(self.headers or {}), **headers},
            priority=self.priority if priority is None else priority,
        )


NO_OPTIONS: Final = Options()
