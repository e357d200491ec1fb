"""Build the tree of resources from operation ids, and the code of their methods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from . import code, naming
from .ir import ANY, Type

if TYPE_CHECKING:
    from collections.abc import Collection

    from .ir import Operation


@attrs.define
class Node:
    """A resource: an attribute of the client, or of another resource."""

    path: tuple[str, ...]
    class_name: str
    """`TicketsMessages` for `tickets.messages`."""
    operations: list[Operation] = attrs.field(factory=list["Operation"])
    children: list[Node] = attrs.field(factory=list["Node"])

    def all_operations(self) -> list[Operation]:
        """Return its own operations and those of all descendants."""
        return [*self.operations, *(op for child in self.children for op in child.all_operations())]

    @property
    def module(self) -> str:
        """Its module: that of its first operation, or of its first descendant's."""
        return (self.operations or self.all_operations())[0].module

    @property
    def title(self) -> str:
        """The tag of its first operation, for docstrings."""
        return (self.operations or self.all_operations())[0].tag

    def walk(self) -> list[Node]:
        """Return itself and all descendants, deepest first."""
        return [*(node for child in self.children for node in child.walk()), self]


def tree(operations: tuple[Operation, ...], models: Collection[str]) -> list[Node]:
    """Return the top-level resources, in the order of the contract."""
    nodes: dict[tuple[str, ...], Node] = {}
    class_names: set[str] = set()
    for operation in operations:
        for depth in range(1, len(operation.resource) + 1):
            path = operation.resource[:depth]
            if path not in nodes:
                name = naming.pascal("_".join(path))
                # `settings.get()` returns a Settings: the model keeps the name.
                name = naming.unique(f"{name}Resource" if name in models else name, class_names)
                class_names.add(name)
                nodes[path] = Node(path, name)
                if depth > 1:
                    nodes[path[:-1]].children.append(nodes[path])
        nodes[operation.resource].operations.append(operation)
    return [node for path, node in nodes.items() if len(path) == 1]


def return_hint(operation: Operation, *, events: bool) -> str:
    """Return the return type: `Pager[Ticket]` for lists, `EventStream[…]` for streams, otherwise `Call[Ticket]`.

    `events` says whether the contract has webhook events; if so, streams yield them.
    """
    if operation.content == "event-stream":
        text = f"EventStream[{'Event[Any]' if events else 'Any'}]"
    elif operation.is_list:
        text = f"Pager[{code.hint(operation.result.item)}]"
    else:
        text = f"Call[{code.hint(operation.result)}]"
    # A method called `list` hides the builtin from the annotations after it.
    return re.sub(r"\blist\[", "_list[", text)


def signature(operation: Operation) -> str:
    """Return the parameters of the method: those of the path are positional, the others keyword-only."""
    path = [p for p in operation.parameters if p.location == "path"]
    rest = sorted((p for p in operation.parameters if p.location != "path"), key=lambda p: not p.required)
    named = [code.argument(p) for p in rest]
    if operation.body is not None and not operation.flat:
        body = f"{body_argument(operation)}: {code.hint(operation.body, request=True)}"
        named.insert(0, body if operation.body_required else f"{body} | None = None")
    return ", ".join(["self", *(code.argument(p) for p in path), *(["*"] if named else []), *named])


def body_argument(operation: Operation) -> str:
    """Return the name of the body when it is one argument."""
    return naming.unique("body", [p.name for p in operation.parameters])


def method_body(operation: Operation, *, events: bool) -> str:
    """Return the expression that makes the call."""
    path = [code.in_path(p) for p in operation.parameters if p.location == "path"]
    query, headers, cookies = (
        {p.wire: code.sent(p) for p in operation.parameters if p.location == location}
        for location in ("query", "header", "cookie")
    )
    decoded = operation.result.item if operation.content == "json" else ANY
    streamed = operation.content == "event-stream"
    arguments = [
        "self._client",
        f"_{operation.module}.{operation.constant}",
        f"({', '.join(path)}{',' if len(path) == 1 else ''})",
        _members(query) if query else "None",
        _json(operation),
        "decode_event" if streamed and events else _by_status(operation) or code.decoder(decoded),
    ]
    if headers or cookies:
        given = [_members(headers), *([_members(cookies)] if cookies else [])]
        exploded = [p.wire for p in operation.parameters if p.location == "header" and p.explode and p.type.has_parts]
        given += [f"exploded={exploded!r}"] if exploded else []
        arguments.append(f"headers=encode_headers({', '.join(given)})")
    kind = "EventStream" if streamed else "Pager" if operation.is_list else "Call"
    kind = "CallByStatus" if operation.answers else kind
    return f"{kind}({', '.join(arguments)})"


def _by_status(operation: Operation) -> str:
    """Return the content and the decoder of each success answer, empty if there is one."""
    answers = [
        f"{a.status!r}: ({a.content!r}, {code.decoder(a.type) if a.content == 'json' else None})"
        for a in operation.answers
    ]
    return f"{{{', '.join(answers)}}}" if answers else ""


def _json(operation: Operation) -> str:
    if operation.body is None:
        return "None"
    if not operation.flat:
        text = code.outgoing(operation.body, body_argument(operation))
        is_plain = operation.body.kind in {"map", "list"} and operation.body.passes_through
        return text if is_plain else f'cast("Any", {text})'
    fields = {p.wire: code.outgoing(_nonnull(p.type), p.name) for p in operation.parameters if p.location == "body"}
    return _members(fields)


def _nonnull(type_: Type) -> Type:
    return attrs.evolve(type_, nullable=False)  # encode_given passes None through


def _members(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{wire!r}: {value}" for wire, value in values.items()) + "}"
