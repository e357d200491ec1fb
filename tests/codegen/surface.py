"""What a user of a generated package sees of a contract, as a flat table that two contracts can be compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen import code, resources
from codegen.build import build
from codegen.parse import parse
from codegen.prepass import prepare

if TYPE_CHECKING:
    from codegen.ir import Contract

Surface = dict[str, object]


def read(document: dict[str, Any]) -> Contract:
    """A document as the templates see it."""
    prepared = prepare(document)
    return build(document, prepared, parse(prepared))


def surface(contract: Contract) -> Surface:
    """Methods, records, arguments, models, fields, enums and events; where a fact comes from is left out."""
    table: Surface = {}
    for operation in contract.operations:
        name = ".".join((*operation.resource, operation.name))
        table[f"method {name}"] = (
            resources.signature(operation),
            resources.return_hint(operation, events=True),
        )
        table[f"record {name}"] = (
            operation.method,
            operation.path,
            operation.key,
            operation.pagination,
            operation.envelope,
            operation.bulk,
            operation.team,
            operation.idempotent,
            operation.id_prefix,
            operation.status,
            operation.content,
            operation.tag,
            operation.acknowledges,
            operation.risk,
            operation.changed_by,
            operation.columns,
            tuple(p.name for p in operation.parameters if p.secret),
        )
        for p in operation.parameters:
            table[f"argument {name}({p.name})"] = (p.wire, p.location, p.style, p.explode, p.default)
    for module in contract.modules:
        for model in module.models:
            table[f"model {model.name}"] = (module.name, model.id_prefix, model.nested, str(model.additional))
            for field in model.fields:
                hint = code.hint(field.type)
                table[f"field {model.name}.{field.name}"] = (field.wire, hint, field.required, repr(field.default))
        for enum in module.enums:
            table[f"enum {enum.name}"] = (module.name, enum.base, enum.values)
    for event in contract.events:
        table[f"event {event.type}"] = (event.name, str(event.data), event.nested)
    return table


def changes(old: Surface, new: Surface) -> dict[str, tuple[object, object]]:
    """What is different, by its name; None for what one of the two does not have."""
    names = [*old, *(name for name in new if name not in old)]
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}
