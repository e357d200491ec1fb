"""The bulk methods that `x-cstar-bulk` asks for; `cstar_async.bulk` implements them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from . import code, naming
from .errors import refuse_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .ir import Contract, Model, Operation, Parameter

CARRIERS = {"update": "bulk.run", "delete": "bulk.run", "import": "imports.run", "export": "exports.create"}
"""The operation that carries out each bulk action."""
NAMES = {
    "update": ("update_many", "update_each"),
    "delete": ("delete_many",),
    "import": ("import_many",),
    "export": ("export",),
}
_NO_FILTERS = frozenset({"page", "pageSize", "expand"})
_OPTIONS = ("journal", "concurrency")
_OPTION_ROWS = (
    "The journal: a file that records finished work. After a crash, run the job again with it to do the rest.",
    "The maximum number of concurrent requests.",
)


@attrs.frozen
class Method:
    """The parts of a bulk method, as code for the template."""

    name: str
    signature: str
    returns: str
    text: str
    rows: list[tuple[str, str]]
    body: str


def check(operations: Sequence[Operation]) -> None:
    """Check that the operation behind each bulk method exists and has the right shape."""
    ids = {operation.id for operation in operations}
    taken = {(*operation.resource, operation.name) for operation in operations}
    problems: list[tuple[str, str]] = []
    for operation in operations:
        if operation.bulk is None:
            continue
        action = operation.bulk[1]
        carrier = CARRIERS.get(action)
        if carrier is None:
            problems.append((operation.place, f"x-cstar-bulk has no action {action!r}"))
        elif carrier not in ids:
            problems.append((operation.place, f"x-cstar-bulk: there is no operation {carrier} to {action} many"))
        elif action == "export":
            if not operation.is_list or operation.result.item.kind != "model":
                problems.append((operation.place, "x-cstar-bulk: only a list of objects can be exported"))
        elif action != "delete" and not operation.flat:
            problems.append((operation.place, f"x-cstar-bulk: to {action} many needs a body with fields"))
        problems += [
            (operation.place, f"x-cstar-bulk: {name} is also an operation")
            for name in NAMES.get(action, ())
            if (*operation.resource, name) in taken
        ]
    refuse_places(problems)


def carriers(operations: Sequence[Operation], contract: Contract) -> list[Operation]:
    """Return the operations that carry out the bulk methods of these operations."""
    wanted = {CARRIERS[operation.bulk[1]] for operation in operations if operation.bulk is not None}
    return [operation for operation in contract.operations if operation.id in wanted]


def references(operation: Operation, contract: Contract) -> set[str]:
    """Return the models and enums that only the bulk methods' signatures need, not the operation's own."""
    if operation.bulk is None or operation.bulk[1] != "import":
        return set()
    return set[str]().union(*(p.type.references() for p in _own(operation, contract)))


def methods(operation: Operation, contract: Contract) -> list[Method]:
    """Return the bulk methods of this operation."""
    if operation.bulk is None:
        return []
    kind, action, limit = operation.bulk
    carrier = _carrier(operation, contract)
    records = f"self._client, _{operation.module}.{operation.constant}, _{carrier.module}.{carrier.constant}"
    if action == "export":
        return [_export(operation, contract, kind, records)]
    if action == "import":
        text = (
            f"Create many {kind}, or change those that exist.\n\n{limit} records go into a request, in order. They "
            "have the fields of `create`, by their Python names or as they are on the wire, and may have an `id` or "
            "`external_id` to find an existing one by. A record that fails does not stop the others."
        )
        given = [(p.name, code.outgoing(p.type, p.name), p.description) for p in _own(operation, contract)]
        arguments = [code.argument(p) for p in _own(operation, contract)]
        rows = [("records", "A list, an iterator or an async iterator of mappings.")]
        rows += [(name, description) for name, _, description in given]
        passed = ["records", *(value for _, value, _ in given)]
        return [
            _method("import_many", "records: _jobs.Records", arguments, records, passed, text, rows, "ImportReport")
        ]
    ids = ("ids", "A list, an iterator or an async iterator of ids, or of objects that have one.")
    done = f"{limit} go into a request. An id that fails does not stop the others; the report has the error of each."
    if action == "delete":
        text = f"Delete many {kind}.\n\n{done}"
        return [_method("delete_many", "ids: _jobs.Ids", [], records, ["ids"], text, [ids], "BulkReport")]
    fields = [p for p in operation.parameters if p.location == "body"]
    body = "{" + ", ".join(f"{p.wire!r}: {code.outgoing(attrs.evolve(p.type, nullable=False), p.name)}" for p in fields)
    pairs = ("changes", "A mapping of ids to changes, or an iterator or async iterator of such pairs.")
    each = (
        f"Change many {kind}, each in its own way.\n\nOf equal changes {done} The changes "
        "have the fields of `update`, by their Python names or as they are on the wire."
    )
    return [
        _method(
            "update_many", "ids: _jobs.Ids", [code.argument(attrs.evolve(p, required=False)) for p in fields], records,
            ["ids", body + "}"], f"Change many {kind} in the same way.\n\n{done}",
            [ids, *((p.name, p.description) for p in fields)], "BulkReport",
        ),
        _method("update_each", "changes: _jobs.Pairs", [], records, ["changes"], each, [pairs], "BulkReport"),
    ]  # fmt: skip


def _carrier(operation: Operation, contract: Contract) -> Operation:
    assert operation.bulk is not None
    return next(each for each in contract.operations if each.id == CARRIERS[operation.bulk[1]])


def _own(operation: Operation, contract: Contract) -> list[Parameter]:
    """Return the parameters of the carrier other than the objects."""
    body = [p for p in _carrier(operation, contract).parameters if p.location == "body"]
    return [p for p in body if p.wire not in {"resource", "records"}]


def _method(
    name: str,
    first: str,
    arguments: list[str],
    records: str,
    passed: list[str],
    text: str,
    rows: list[tuple[str, str]],
    report: str,
) -> Method:
    taken = {argument.partition(":")[0] for argument in (first, *arguments)}
    # Records of an import may be about the same object, so by default they keep their order.
    at_once = 1 if name == "import_many" else 4
    types = ("_jobs.JournalPath | None = None", f"int = {at_once}")
    options = [(naming.unique(option, taken), option, type_) for option, type_ in zip(_OPTIONS, types, strict=True)]
    signature = ", ".join(["self", first, "*", *arguments, *(f"{name}: {type_}" for name, _, type_ in options)])
    rows = [*rows, *((name, row) for (name, _, _), row in zip(options, _OPTION_ROWS, strict=True))]
    given = ", ".join([records, *passed, *(f"{option}={name}" for name, option, _ in options)])
    return Method(name, signature, f"_jobs.Bulk[_jobs.{report}]", text, rows, f"_jobs.{name}({given})")


def _export(operation: Operation, contract: Contract, kind: str, records: str) -> Method:
    item = operation.result.item
    fields = _model(item.name, contract).fields
    filters = [p for p in operation.parameters if p.location == "query" and p.wire not in _NO_FILTERS]
    query = "{" + ", ".join(f"{p.wire!r}: {p.name}" for p in filters) + "}"
    columns = "(" + "".join(f"{field.wire!r}, " for field in fields) + ")"
    named = ["*", *(code.argument(attrs.evolve(p, required=False)) for p in filters)] if filters else []
    text = (
        f"Read all {kind} in as few requests as possible.\n\nIterate over the result, or write it to a "
        "file with `to_csv` or `to_ndjson`."
    )
    return Method(
        name="export",
        signature=", ".join(["self", *named]),
        returns=f"_jobs.Export[{code.hint(item)}]",
        text=text,
        rows=[(p.name, p.description) for p in filters],
        body=f"_jobs.Export({records}, {query}, {code.decoder(item)}, {columns})",
    )


def _model(name: str, contract: Contract) -> Model:
    return next(model for module in contract.modules for model in module.models if model.name == name)
