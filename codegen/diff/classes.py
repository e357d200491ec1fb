"""Classes compared: models, enums and webhook events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .side import fields
from .subtypes import without_null

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from codegen.ir import Enum, Field, Model, WebhookEvent

    from .comparison import Comparison


def compare_classes(c: Comparison) -> None:
    """Compare all models, enums and events."""
    _classes(c, "model", c.old.models, c.new.models, _model)
    _classes(c, "enum", c.old.enums, c.new.enums, _enum)
    _events(c)


def _classes(
    c: Comparison,
    noun: Literal["model", "enum"],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    same: Callable[[Comparison, Any, Any], None],
) -> None:
    called = {c.new_names.get(name, name) for name in old}
    for name, class_ in old.items():
        now = c.new_names.get(name, name)
        if now not in new:
            c.add(f"{noun}-removed", name, "is gone")
            continue
        if now != name:
            c.add(f"{noun}-removed", name, f"is called {now} now")
        same(c, class_, new[now])
    for name in new:
        if name not in called:
            c.add(f"{noun}-added", name, "is new")


def _model(c: Comparison, old: Model, new: Model) -> None:
    sent, read = old.name in c.old.sent, old.name in c.old.read
    was, now = fields(old), fields(new)
    for name, field in was.items():
        if name in now:
            _field(c, f"{new.name}.{name}", field, now[name], sent=sent, read=read)
        else:
            c.add("field-removed", f"{new.name}.{name}", "is gone")
    for name, field in now.items():
        if name not in was and field.required and sent:
            c.add("field-required", f"{new.name}.{name}", "is new and required")
        elif name not in was:
            c.add("field-added", f"{new.name}.{name}", "is new")
    if old.nested != new.nested:
        text = f"its member in nested events is {new.nested!r}, was {old.nested!r}"
        c.add("field-read-otherwise", new.name, text)
    if old.id_prefix != new.id_prefix:
        c.add("id-prefix", new.name, f"ids begin with {new.id_prefix!r}, was {old.id_prefix!r}")
    c.words(new.name, old, new, "description")


def _field(c: Comparison, subject: str, old: Field, new: Field, *, sent: bool, read: bool) -> None:
    c.types("field", subject, without_null(old.type), without_null(new.type), sent=sent, read=read)
    was, now = (field.type.nullable or not field.required for field in (old, new))
    if read and now and not was:
        c.add("field-may-be-none", subject, "may be None")
    elif sent and new.required and not old.required:
        c.add("field-required", subject, "is required now")
    elif sent and old.type.nullable and not new.type.nullable:
        c.add("field-type", subject, "is no longer null")
    elif old.required and not new.required:
        c.add("field-optional", subject, "may be left out")
    elif new.required and not old.required:
        c.add("field-promised", subject, "is always there" if now else "is never None")
    elif old.type.nullable != new.type.nullable:
        kind = "field-optional" if new.type.nullable else "field-promised"
        c.add(kind, subject, "may be null" if new.type.nullable else "is never null")
    if old.wire != new.wire:
        c.add("field-read-otherwise", subject, f"is {new.wire!r} in JSON, was {old.wire!r}")
    c.facts(subject, old, new, sent=sent)


def _enum(c: Comparison, old: Enum, new: Enum) -> None:
    if old.base != new.base:
        c.add("enum-changed", new.name, f"its values are {new.base}, were {old.base}")
    else:
        _values(c, new.name, old.values, new.values)
    c.words(new.name, old, new, "description")


def _values(c: Comparison, subject: str, old: Collection[str | int], new: Collection[str | int]) -> None:
    for value in old:
        if value not in new:
            c.add("value-removed", subject, f"{value!r} is no longer among its values")
    for value in new:
        if value not in old:
            c.add("value-added", subject, f"{value!r} is among its values")


def _events(c: Comparison) -> None:
    old, new = c.old.events, c.new.events
    for type_, event in old.items():
        if type_ in new:
            _event(c, event, new[type_])
        else:
            c.add("event-removed", event.name, f"{type_} is gone")
    for type_, event in new.items():
        if type_ not in old:
            c.add("event-added", event.name, f"{type_} is new")


def _event(c: Comparison, old: WebhookEvent, new: WebhookEvent) -> None:
    if old.name != new.name:
        c.add("event-changed", old.name, f"is called {new.name} now")
    c.types("event", new.name, old.data, new.data)
    c.words(new.name, old, new, "summary", "description", "source")
