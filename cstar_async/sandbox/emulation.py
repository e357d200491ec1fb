"""What the sandbox emulates, and what it honestly does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import hooks
from .auth import whoami
from .collection import Collection, collection_name
from .customers import CustomerGroups, Customers
from .desk import CommunityPosts, CustomFields, Webhooks
from .library import Articles, Categories
from .tickets import Messages, Tickets

if TYPE_CHECKING:
    from cstar_async._generated.operations import Operation

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
    "community/posts": CommunityPosts,
}
"""Collections with rules of their own, by path. Any other one of the contract is a plain Collection."""

HANDLERS: dict[str, Handler] = {"auth.whoami": whoami, **hooks.HANDLERS}
"""Operations that belong to no collection, by id."""

NOT_EMULATED = {
    "members.": "people join by invitation, which is not built in",
    "settings.": "teams have no settings here",
    "notifications.": "nothing here produces notifications",
    "community.topics.": "nothing in the API creates a topic",
    "analytics.": "nothing is measured here",
    "bulk.": "bulk changes are not built in",
    "exports.": "exports are not built in",
    "imports.": "imports are not built in",
    "audit_log.": "no audit log is kept",
    "search.": "there is no search index",
    "tags.": "tags are not counted",
    "game.": "the game is not built in",
    "ai.": "there is no language model here",
    "automations.test": "automations are kept, not run",
    "views.execute": "views are kept, not run",
    "billing.": "there is nothing to pay for here",
    "keys.": "keys come with a team, from Sandbox.team()",
    "logs.": "the requests are in Sandbox.requests",
    "library.": "the public library is not built in",
    "customer_auth.": "customers cannot sign in here",
    "public_community.": "the public community is not built in",
}
"""Why not, by the beginning of the operation id. These are never taken for plain collections, even where they look
like one, because an object that nobody would act on is a made-up success."""

# The methods and the kind of path that the five plain verbs go with: (method, whether the path ends in an id).
PLAIN = {
    "list": ("GET", False),
    "create": ("POST", False),
    "get": ("GET", True),
    "update": ("PATCH", True),
    "delete": ("DELETE", True),
}


def build_handlers(contract: Contract) -> dict[str, Handler]:
    """The handler of each operation that is emulated, by operation id."""
    handlers = {name: handler for name, handler in HANDLERS.items() if name in contract.operations}
    for create in contract.operations.values():
        name = collection_name(create.path)
        if not _creates_a_collection(contract, create, special=name in SPECIAL):
            continue
        collection = SPECIAL.get(name, Collection)(contract, create)
        stem = create.id.removesuffix("create")
        for verb, handler in collection.handlers().items():
            operation = contract.operations.get(stem + verb)
            if operation is not None and _fits(operation, create, verb):
                handlers[operation.id] = handler
    return handlers


def reason(operation_id: str) -> str:
    """Why an operation is not emulated."""
    found = [prefix for prefix in NOT_EMULATED if operation_id.startswith(prefix)]
    return NOT_EMULATED[max(found, key=len)] if found else "it is more than keeping objects"


def _creates_a_collection(contract: Contract, operation: Operation, *, special: bool) -> bool:
    """Whether this operation adds an object with an id to a collection of a team, and nothing says it does more."""
    return (
        operation.team
        and operation.id.endswith(".create")
        and operation.method == "POST"
        and not operation.path.endswith("}")
        and operation.content == "json"
        and not operation.is_list
        and "id" in contract.properties(operation.result)
        and (special or not operation.id.startswith(tuple(NOT_EMULATED)))
    )


def _fits(operation: Operation, create: Operation, verb: str) -> bool:
    if verb not in PLAIN:
        return True
    method, ends_in_id = PLAIN[verb]
    path, _, last = operation.path.rpartition("/")
    same_place = path == create.path and last.startswith("{") if ends_in_id else operation.path == create.path
    return operation.method == method and operation.content == "json" and same_place
