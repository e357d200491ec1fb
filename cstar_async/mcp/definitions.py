"""The tools as a host lists them: names, descriptions, and the JSON Schemas of their arguments. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cstar_async._generated import operations

from . import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .permissions import Permissions

ROWS: Final = 10
"""Rows of a list, if the model does not say how many."""
MOST_ROWS: Final = 50
LONGEST_WAIT: Final = 50
"""Seconds for which a tool waits at most: hosts give up after 60, and an error tells more than that."""
READ: Final = "cstar_read"
WRITE: Final = "cstar_write"


class Tool(NamedTuple):
    """A tool as a host lists it."""

    name: str
    about: str
    schema: dict[str, Any]
    """The JSON Schema of its arguments."""
    risk: str = "read"
    """What a call may do at most; `write` for all operations that do not read."""
    operation: str = ""
    """The operation that it calls; empty for the generic tools."""

    @property
    def required(self) -> list[str]:
        """The names of the arguments that it cannot do without."""
        found: list[str] = self.schema.get("required", [])
        return found


class _Curated(NamedTuple):
    """A tool that is an operation with some of its arguments."""

    name: str
    operation: str
    about: str
    takes: tuple[str, ...]
    explained: tuple[str, ...] = ()
    """Those whose descriptions the model needs."""


_CURATED: Final = (
    _Curated(
        "cstar_list_tickets",
        "tickets.list",
        "List tickets, newest first. All filters must match.",
        ("status", "priority", "search", "customer_id", "assigned_to", "tag"),
    ),
    _Curated("cstar_get_ticket", "tickets.get", "Get a ticket with its newest messages.", ("ticket_id",)),
    _Curated(
        "cstar_create_ticket",
        "tickets.create",
        "Open a ticket for a customer: customer_id, or customer_name and customer_email.",
        (
            *("title", "priority", "customer_id", "customer_name", "customer_email", "assigned_to", "tags", "notes"),
            "initial_message",
        ),
        ("notes", "initial_message"),
    ),
    _Curated(
        "cstar_list_customers",
        "customers.list",
        "List customers, newest first.",
        ("status", "sentiment", "search", "tag"),
    ),
    _Curated("cstar_get_customer", "customers.get", "Get a customer and a summary of their tickets.", ("customer_id",)),
    _Curated(
        "cstar_list_articles",
        "articles.list",
        "List articles of the knowledge base, newest first.",
        ("search", "status", "is_public", "tag"),
    ),
    _Curated(
        "cstar_trigger_webhook",
        "webhooks.trigger_test",
        "Send a made-up event, such as ticket.created, to every webhook.",
        ("event",),
    ),
    _Curated(
        "cstar_list_events", "events.list", "List past events, newest first. ticket.* is all of tickets.", ("types",)
    ),
    _Curated(
        "cstar_search",
        "search.query",
        "Search tickets, customers and articles, best matches first.",
        ("q", "types", "limit"),
    ),
    _Curated("cstar_get_article", "articles.get", "Get an article with its text.", ("article_id",)),
    _Curated(
        "cstar_update_ticket",
        "tickets.update",
        "Change fields of a ticket; the others stay.",
        ("ticket_id", "title", "status", "priority", "customer_id", "assigned_to", "tags", "notes"),
        ("tags", "notes"),
    ),
    _Curated(
        "cstar_reply_to_ticket",
        "tickets.messages.create",
        "Add a message to a ticket, which the customer gets to see unless is_internal.",
        ("ticket_id", "content", "is_internal"),
    ),
)


_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_CONFIRM: Final = {"type": "string", "description": "Only what the user typed to confirm"}
_ROWS: Final[Mapping[str, Any]] = {
    "page": {"type": ["integer", "string"], "description": "A next_page"},
    "page_size": {"type": "integer", "maximum": MOST_ROWS},
    "fields": {**_TEXTS, "description": "* for all"},
}
_CALL: Final[Mapping[str, Any]] = {"operation": _TEXT, "arguments": {"type": "object"}}
_EVENTS: Final[Mapping[str, Any]] = {
    "types": _TEXTS,
    "seconds": {"type": "integer", "maximum": LONGEST_WAIT},
    "after": _TEXT,
}
_GENERIC: Final = (
    Tool(
        "cstar_get_status",
        "Whose key it is, what is left of the quota, and what this server may do.",
        {"type": "object", "properties": {}},
        operation="auth.whoami",
    ),
    Tool(
        "cstar_wait_for_event",
        "Wait for the next event, also of your own changes. after: the id of the last event.",
        {"type": "object", "properties": _EVENTS},
        operation=catalogue.STREAM,
    ),
    Tool(
        "cstar_find_operation",
        "Find operations of the whole API by words, for cstar_read and cstar_write.",
        {"type": "object", "properties": {"query": _TEXT}, "required": ["query"]},
    ),
    Tool(
        "cstar_describe_operation",
        "What an operation does, takes and gives. Ask before the first call of it.",
        {"type": "object", "properties": {"operation": _TEXT}, "required": ["operation"]},
    ),
    Tool(
        READ,
        "Call an operation that reads. Lists give rows of the main fields.",
        {"type": "object", "properties": {**_CALL, **_ROWS}, "required": ["operation"]},
    ),
    Tool(
        WRITE,
        "Call an operation that changes something.",
        {"type": "object", "properties": _CALL, "required": ["operation"]},
        "write",
    ),
)

NAMES: Final = (*(tool.name for tool in _CURATED), *(tool.name for tool in _GENERIC))
"""The names of all tools."""


def allowed_tools(permissions: Permissions) -> dict[str, Tool]:
    """The tools that an operator allows, by name."""
    tools = (*(_curated(about, permissions) for about in _CURATED), *(_generic(tool, permissions) for tool in _GENERIC))
    return {tool.name: tool for tool in tools if _is_allowed(tool, permissions)}


def _is_allowed(tool: Tool, permissions: Permissions) -> bool:
    if permissions.tools is not None and tool.name not in permissions.tools:
        return False
    if tool.operation:
        return not permissions.problem(operations.load(tool.operation))
    return tool.risk == "read" or bool(permissions.risks - {"read"})


def _generic(tool: Tool, permissions: Permissions) -> Tool:
    if tool.name == WRITE and permissions.risks & {"send", "delete"}:
        properties = {**tool.schema["properties"], "confirm": _CONFIRM}
        return tool._replace(schema=tool.schema | {"properties": properties})
    return tool


def _curated(about: _Curated, permissions: Permissions) -> Tool:
    operation = operations.load(about.operation)
    params = {param.argument: param for param in operation.params}
    properties = {name: catalogue.schema_of(params[name], describe=name in about.explained) for name in about.takes}
    if operation.id == "webhooks.trigger_test":
        properties["event"] = _TEXT  # there are too many types to list
    if operation.id == "tickets.get":
        properties["messages"] = {"type": "integer", "maximum": MOST_ROWS}
    if operation.page_param:
        properties |= {**_ROWS, "page": {"type": "string" if operation.pagination == "cursor" else "integer"}}
    if permissions.must_confirm(operation):
        properties["confirm"] = _CONFIRM
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [name for name in about.takes if params[name].required]
    if required:
        schema["required"] = required
    return Tool(about.name, about.about, schema, operation.risk, operation.id)
