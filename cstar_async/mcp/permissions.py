"""What the operator allows: kinds of operations, areas of the API, tools, confirmations, writes a minute. Pure."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Final

import attrs

from cstar_async._core.representation import show_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cstar_async._core.operation import Operation

ALLOWABLE: Final = ("write", "send", "delete")
"""The risks that an operator can allow. Reading is always allowed, answers with secrets never."""
DEFAULT_ALLOWED: Final = frozenset({"read", "write"})
WRITES_PER_MINUTE: Final = 30

TOOLSETS: Final[Mapping[str, frozenset[str]]] = {
    "support": frozenset(
        ("Tickets", "Messages", "Customers", "Customer Groups", "Tags", "Search", "Saved Views", "Custom Fields")
    )
    | {"SLA Rules", "AI Actions", "Notifications", "Analytics", "Events"},
    "knowledge": frozenset({"Articles", "Categories", "Public Library", "Community", "Public Community", "Search"}),
    "game": frozenset({"Game"}),
    "admin": frozenset(("Members", "Settings", "Automations", "Billing", "API Keys", "Audit Log", "Custom Fields"))
    | {"SLA Rules", "Bulk Operations", "Import", "Export"},
    "dev": frozenset({"Webhooks", "Events", "Request Logs", "API Keys", "Customer Auth"}),
}
"""The tags of the API by the name of an area. Members are for `admin` alone, since their roles can be changed; the area
`support` finds them with `analytics.agents`."""
_ALWAYS: Final = frozenset({"Auth"})
"""Tags in every area: whose key it is."""

CUSTOMERS_OWN: Final = frozenset(
    ("customer_auth.logout", "customer_auth.me", "public_community.posts.create", "public_community.posts.vote")
) | {"public_community.comments.create"}
"""The operations that take the token of a customer instead of a key."""

_EFFECTS: Final = {
    "write": "changes data",
    "send": "is seen by customers or outsiders",
    "delete": "deletes",
    "secret": "answers with a secret",
}
_MINUTE: Final = 60.0


@attrs.frozen(kw_only=True)
class Permissions:
    """What the operator allowed when the server was started; `permit` makes it.

    Attributes:
        risks: `read` and those of `ALLOWABLE` that are allowed.
        tags: The tags of the API that can be reached; None for all.
        toolsets: The names of the areas that have these tags; empty for all.
        tools: The tools that can be listed; None for all.
        live: Whether the key is not a test key, so that what customers see must be confirmed.
        hide_text: Whether text of customers is left out of results.
    """

    risks: frozenset[str]
    tags: frozenset[str] | None = None
    toolsets: tuple[str, ...] = ()
    tools: frozenset[str] | None = None
    live: bool = True
    hide_text: bool = False

    __repr__ = show_fields

    def problem(self, operation: Operation) -> str:
        """Why an operation is not allowed; empty if it is."""
        if operation.id in CUSTOMERS_OWN:
            return f"{operation.id} is for customers who have signed in, and this server has only an API key"
        if operation.risk == "secret":
            return f"{operation.id} answers with a secret, which this server never does"
        if self.tags is not None and operation.tag not in self.tags:
            return f"{operation.id} is not in the toolsets that the operator chose"
        if operation.risk in self.risks:
            return ""
        effect = _EFFECTS.get(operation.risk, "is of an unknown kind")
        return f"{operation.id} {effect}, and the operator of this server has not allowed that"

    def must_confirm(self, operation: Operation) -> bool:
        """Whether a person must confirm a call of this operation."""
        return operation.risk == "delete" or (operation.risk == "send" and self.live)


def permit(
    key: str,
    *,
    allow: Iterable[str] = (),
    read_only: bool = False,
    toolsets: Iterable[str] = (),
    tools: frozenset[str] | None = None,
    hide_text: bool = False,
) -> Permissions:
    """The permissions for the options of an operator and a key.

    Args:
        key: The API key; a publishable one can only read.
        allow: Risks of `ALLOWABLE`, in addition to the default ones.
        read_only: Allow reading alone, whatever `allow` says.
        toolsets: Names of `TOOLSETS`; none, or `all`, for the whole API.
        tools: The tools that can be listed; None for all.
        hide_text: Whether text of customers is left out of results.
    """
    may_write = not read_only and not key.startswith("pk_")
    chosen = tuple(dict.fromkeys(toolsets))
    chosen = () if "all" in chosen else chosen
    tags = None if not chosen else _ALWAYS.union(*(TOOLSETS[name] for name in chosen))
    return Permissions(
        risks=DEFAULT_ALLOWED | frozenset(allow) if may_write else frozenset({"read"}),
        tags=tags,
        toolsets=chosen,
        tools=tools,
        live=re.match(r"[a-z]+_test_", key) is None,
        hide_text=hide_text,
    )


def confirmation_of(operation: Operation, path_args: tuple[str, ...]) -> str:
    """What a person types to confirm a call: the id of its object, else the operation."""
    return path_args[-1] if path_args else operation.id


class WriteLimit:
    """So many writes in any minute. All times are the caller's, in seconds."""

    __slots__ = ("_times", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._times: deque[float] = deque()

    def take(self, now: float) -> float:
        """Take one write. Returns 0, or the seconds after which there is one to take again."""
        while self._times and now - self._times[0] >= _MINUTE:
            self._times.popleft()
        if len(self._times) >= self.limit:
            return self._times[0] + _MINUTE - now if self._times else _MINUTE
        self._times.append(now)
        return 0.0
