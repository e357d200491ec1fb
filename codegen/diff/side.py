"""One of the two contracts that are compared, by the names that users write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from codegen import bulk, code, resources
from codegen.ir import Field, Parameter, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codegen.ir import Contract, Model, Operation

_Class = TypeVar("_Class")


class Side:
    """One of the two contracts, by name."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.operations = {".".join((*op.resource, op.name)): op for op in contract.operations}
        self.models = {model.name: model for module in contract.modules for model in module.models}
        self.enums = {enum.name: enum for module in contract.modules for enum in module.enums}
        self.events = {event.type: event for event in contract.events}
        self.bulk = {
            ".".join((*op.resource, name)): op.bulk
            for op in contract.operations
            if op.bulk is not None
            for name in bulk.NAMES[op.bulk[1]]
        }
        self.sent = self._inside(p.type for op in contract.operations for p in arguments(op).values())
        results = [op.result for op in contract.operations]
        received = [*(event.data for event in contract.events), *(payload.type for payload in contract.payloads)]
        read = self._inside([*results, *received])
        self.read = read | (self.models.keys() - self.sent)

    def _inside(self, types: Iterable[Type]) -> set[str]:
        """The models and enums in values of these types, at any depth."""
        found: set[str] = set()
        waiting = set[str]().union(*(type_.references() for type_ in types))
        while waiting:
            found |= waiting
            waiting = set[str]().union(*(self.models[n].references() for n in waiting if n in self.models)) - found
        return found


def arguments(operation: Operation) -> dict[str, Parameter]:
    """The arguments of the method, by name; a body that is one argument is among them."""
    found = {p.name: p for p in operation.parameters}
    if operation.body is not None and not operation.flat:
        name = resources.body_argument(operation)
        found[name] = Parameter(name, "the body", "body", operation.body, operation.body_required)
    return found


def fields(model: Model) -> dict[str, Field]:
    """The fields of the class, by name; what it holds beyond those of the document is among them."""
    found = {field.name: field for field in model.fields}
    if model.additional is not None:
        name = code.additional_name(model)
        found[name] = Field(name, "", Type("map", items=(model.additional,)), required=False)
    return found


def new_names(
    old: Mapping[str, _Class], new: Mapping[str, _Class], content: Callable[[_Class], frozenset[Any]]
) -> dict[str, str]:
    """The classes that have another name now: those that are gone where a single new one has the same content."""
    gone: dict[frozenset[Any], list[str]] = {}
    come: dict[frozenset[Any], list[str]] = {}
    for classes, others, found in ((old, new, gone), (new, old, come)):
        for name, class_ in classes.items():
            if name not in others:
                found.setdefault(content(class_), []).append(name)
    return {names[0]: come[key][0] for key, names in gone.items() if key and len(names) == len(come.get(key, ())) == 1}
