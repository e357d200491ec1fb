"""What the sandbox can do: a handler for each operation, most of them of plain collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .areas import (
    accounts,
    analytics,
    assistant,
    automations,
    bulk,
    community,
    hooks,
    members,
    notifications,
    public_community,
    public_library,
    search,
    sla,
    team,
    views,
)
from .areas.auth import whoami
from .areas.customers import CustomerGroups, Customers
from .areas.desk import CustomFields, Webhooks
from .areas.library import Articles, Categories
from .areas.tickets import Messages, Tickets
from .collection import Collection, collection_name
from .game import HANDLERS as GAME

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation

    from .context import Handler
    from .contract import Contract

SPECIAL: dict[str, type[Collection]] = {
    "tickets": Tickets,
    "tickets/messages": Messages,
    "customers": Customers,
    "customer-groups": CustomerGroups,
    "articles": Articles,
    "categories": Categories,
    "webhooks": Webhooks,
    "custom-fields": CustomFields,
    "community/posts": community.CommunityPosts,
    "automations": automations.Automations,
    "views": views.Views,
    "sla/rules": sla.Rules,
}
"""Collections with rules of their own, by path. Any other one of the contract is a plain Collection."""

HANDLERS: dict[str, Handler] = {
    "auth.whoami": whoami,
    "automations.test": automations.test,
    "views.execute": views.execute,
    **accounts.HANDLERS,
    **analytics.HANDLERS,
    **assistant.HANDLERS,
    **bulk.HANDLERS,
    **community.HANDLERS,
    **GAME,
    **hooks.HANDLERS,
    **members.HANDLERS,
    **notifications.HANDLERS,
    **public_community.HANDLERS,
    **public_library.HANDLERS,
    **search.HANDLERS,
    **team.HANDLERS,
}
"""Operations that belong to no collection, by id. They go before what a collection could do."""

# The methods and the kind of path that the five plain verbs go with: (method, whether the path ends in an id).
PLAIN = {
    "list": ("GET", False),
    "create": ("POST", False),
    "get": ("GET", True),
    "update": ("PATCH", True),
    "delete": ("DELETE", True),
}


class Emulation(NamedTuple):
    """The handler of each operation that is emulated, by operation id, and the collections behind them, by name."""

    handlers: dict[str, Handler]
    collections: dict[str, Collection]


def build(contract: Contract) -> Emulation:
    """What the sandbox can do of a contract. An operation that is not in it answers 501, and never pretends."""
    handlers: dict[str, Handler] = {}
    collections: dict[str, Collection] = {}
    for create in contract.operations.values():
        if not _creates_a_collection(contract, create):
            continue
        name = collection_name(create.path)
        collections[name] = collection = SPECIAL.get(name, Collection)(contract, create)
        stem = create.id.removesuffix("create")
        for verb, handler in collection.handlers().items():
            operation = contract.operations.get(stem + verb)
            if operation is not None and _fits(operation, create, verb):
                handlers[operation.id] = handler
    return Emulation(
        handlers | {name: handler for name, handler in HANDLERS.items() if name in contract.operations}, collections
    )


def _creates_a_collection(contract: Contract, operation: Operation) -> bool:
    """Whether this operation adds an object with an id to a collection of a team, and nothing says it does more."""
    return (
        operation.team
        and operation.id.endswith(".create")
        and operation.method == "POST"
        and not operation.path.endswith("}")
        and operation.content == "json"
        and not operation.is_list
        and "id" in contract.properties(operation.result)
        and operation.id not in HANDLERS
    )


def _fits(operation: Operation, create: Operation, verb: str) -> bool:
    if verb not in PLAIN:
        return True
    method, ends_in_id = PLAIN[verb]
    path, _, last = operation.path.rpartition("/")
    same_place = path == create.path and last.startswith("{") if ends_in_id else operation.path == create.path
    return operation.method == method and operation.content == "json" and same_place
