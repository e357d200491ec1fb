"""Which fields are required in which direction, and on which of them a decoder insists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .ir import Enum, Field, Model, Module, Operation, Type


def mark(
    modules: tuple[Module, ...], operations: tuple[Operation, ...], received: Iterable[Type]
) -> tuple[Module, ...]:
    """Set `strict` on the required fields that a decoder insists on. `received` are the types of webhooks.

    These are ids and discriminators, all fields of models that are only sent, and those of the members of unions
    without a discriminator, which their fields tell apart.
    """
    models = {model.name: model for module in modules for model in module.models}
    results = [type_ for operation in operations for type_ in operation.results]
    results += received
    sent = [p.type for operation in operations for p in operation.parameters]
    sent += [operation.body for operation in operations if operation.body is not None]
    only_sent = reached(sent, models) - reached(results, models)
    apart, discriminators = _union_members(
        [*results, *(field.type for model in models.values() for field in model.fields)]
    )

    def marked(model: Model) -> Model:
        lenient = model.name not in only_sent | apart
        fields = tuple(
            attrs.evolve(
                field,
                strict=field.required
                and (not lenient or field.wire == "id" or (model.name, field.wire) in discriminators),
            )
            for field in model.fields
        )
        return attrs.evolve(model, fields=fields)

    return tuple(attrs.evolve(module, models=tuple(map(marked, module.models))) for module in modules)


def without_one_way_requirements(model: Model, *, is_sent: bool) -> Model:
    """Return the model without the requirements of one direction: an answer lacks the fields that are only sent.

    If the model is sent, fields that only answers have are optional too.
    """

    def is_one_way(field: Field) -> bool:
        return field.required and (field.write_only or (field.read_only and is_sent))

    if not any(is_one_way(field) for field in model.fields):
        return model
    return attrs.evolve(
        model,
        fields=tuple(attrs.evolve(field, required=False) if is_one_way(field) else field for field in model.fields),
    )


def reached(types: Iterable[Type], models: Mapping[str, Model | Enum]) -> set[str]:
    """Return the classes that values of these types consist of, through their fields."""
    found: set[str] = set()
    waiting = [name for type_ in types for name in type_.references()]
    while waiting:
        name = waiting.pop()
        if name in models and name not in found:
            found.add(name)
            waiting += models[name].references()
    return found


def _union_members(types: Iterable[Type]) -> tuple[set[str], set[tuple[str, str]]]:
    """The models in unions without a discriminator, and the pairs of model and discriminator of the others."""
    apart: set[str] = set()
    discriminators: set[tuple[str, str]] = set()
    waiting = list(types)
    while waiting:
        type_ = waiting.pop()
        waiting += type_.items
        if type_.discriminator:
            member, targets = type_.discriminator
            discriminators |= {(name, member) for _, name in targets}
        elif type_.kind == "union":
            apart |= type_.references()
    return apart, discriminators
