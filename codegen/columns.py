"""Columns of our contract that have a form of their own: `x-cstar-bulk` and `x-cstar-risk`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ContractError

if TYPE_CHECKING:
    from .prepass import RawOperation

_RISKS = ("read", "write", "send", "delete", "secret")
_USUAL_RISKS = {"get": "read", "head": "read", "delete": "delete"}


def bulk_rule(raw: RawOperation) -> tuple[str, str, int] | None:
    """Return resource, action and items a request of the batched equivalent. Raises ContractError for another form."""
    match raw.raw.get("x-cstar-bulk"):
        case None:
            return None
        case {"resource": str(resource), "action": str(action), "limit": int(limit)}:
            return resource, action, limit
        case _:
            raise ContractError([f"{raw.place}: x-cstar-bulk needs a resource, an action and a limit"])


def risk(raw: RawOperation) -> str:
    """Return what an operation can do, by its column or its method. Raises ContractError for an unknown word."""
    found = raw.raw.get("x-cstar-risk", _USUAL_RISKS.get(raw.method, "write"))
    if found not in _RISKS:
        raise ContractError([f"{raw.place}: x-cstar-risk must be one of {', '.join(_RISKS)}, found {found!r}"])
    return str(found)
