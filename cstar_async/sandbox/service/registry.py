"""The handlers of all operations; most of them belong to plain collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.game import HANDLERS as GAME
from cstar_async.sandbox.resources import (
    ai_actions,
    analytics,
    api_keys,
    audit_log,
    automations,
    billing,
    bulk_operations,
    community,
    customer_auth,
    events,
    export,
    imports,
    members,
    notifications,
    public_community,
    public_library,
    request_logs,
    saved_views,
    search,
    settings,
    sla_rules,
    tags,
    webhooks,
)
from cstar_async.sandbox.resources.articles import Articles
from cstar_async.sandbox.resources.auth import whoami
from cstar_async.sandbox.resources.categories import Categories
from cstar_async.sandbox.resources.custom_fields import CustomFields
from cstar_async.sandbox.resources.customer_groups import CustomerGroups
from cstar_async.sandbox.resources.customers import Customers
from cstar_async.sandbox.resources.messages import Messages
from cstar_async.sandbox.resources.tickets import Tickets

from .collection import Collection, collection_name

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract

    from .context import Handler

SPECIAL: dict[str, type[Collection]] = {
    "tickets": Tickets,
    "tickets/messages": Messages,
    "customers": Customers,
    "customer-groups": CustomerGroups,
    "articles": Articles,
    "categories": Categories,
    "webhooks": webhooks.Webhooks,
    "custom-fields": CustomFields,
    "community/posts": community.CommunityPosts,
    "automations": automations.Automations,
    "views": saved_views.Views,
    "sla/rules": sla_rules.Rules,
}
"""Collections with their own rules, by path. All others of the contract are plain."""


HANDLERS: dict[str, Handler] = {
    "auth.whoami": whoami,
    "automations.test": automations.test,
    "views.execute": saved_views.execute,
    **customer_auth.HANDLERS,
    **analytics.HANDLERS,
    **ai_actions.HANDLERS,
    **bulk_operations.HANDLERS,
    **community.HANDLERS,
    **GAME,
    **events.HANDLERS,
    **members.HANDLERS,
    **notifications.HANDLERS,
    **public_community.HANDLERS,
    **public_library.HANDLERS,
    **search.HANDLERS,
    **settings.HANDLERS,
    **api_keys.HANDLERS,
    **audit_log.HANDLERS,
    **billing.HANDLERS,
    **export.HANDLERS,
    **imports.HANDLERS,
    **request_logs.HANDLERS,
    **tags.HANDLERS,
    **webhooks.HANDLERS,
}
"""The handlers of operations outside of collections, by id. They take precedence over those of collections."""

ASYNCHRONOUS = frozenset({events.STREAM, webhooks.TEST})
"""Operations that need coroutines; the application executes them itself."""

# The methods of each verb of a collection, and whether its path ends in an id.
PLAIN = {
    "list": ("GET", False),
    "create": ("POST", False),
    "get": ("GET", True),
    "update": ("PATCH PUT", True),
    "delete": ("DELETE", True),
}


class Registry(NamedTuple):
    """The handlers of all emulated operations, by operation id, and the collections, by name."""

    handlers: dict[str, Handler]
    collections: dict[str, Collection]


def build_registry(contract: Contract) -> Registry:
    """Return the handlers and collections for a contract. An operation without a handler answers 501."""
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
    return Registry(
        handlers | {name: handler for name, handler in HANDLERS.items() if name in contract.operations}, collections
    )


def _creates_a_collection(contract: Contract, operation: Operation) -> bool:
    """Whether this operation creates an object with an id in a collection of a team, and has no handler of its own."""
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
    contents = {"json", "none"} if verb == "delete" else {"json"}
    return operation.method in method.split() and operation.content in contents and same_place
