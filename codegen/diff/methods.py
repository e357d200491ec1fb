"""Methods compared: endpoints, arguments and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import resources

from .side import arguments
from .subtypes import without_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.ir import Contract, Operation, Parameter

    from .comparison import Comparison

_KEYS = ("none", "any", "secret")


def compare_methods(c: Comparison) -> None:
    """Compare all methods."""
    _methods(c)
    _bulk_methods(c)


def _methods(c: Comparison) -> None:
    old, new = c.old.operations, c.new.operations
    by_endpoint = {(op.method, op.segments): path for path, op in new.items()}
    compared: set[str] = set()
    for path, operation in old.items():
        now = path if path in new else by_endpoint.get((operation.method, operation.segments), "")
        if not now:
            c.add("method-removed", path, f"is gone, with {operation.place}")
        elif now != path:
            c.add("method-removed", path, f"is called {now} now")
        if now and (now == path or now not in old):
            compared.add(now)
            _operation(c, now, operation, new[now])
    for path, operation in new.items():
        if path not in compared:
            c.add("method-added", path, f"is new, for {operation.place}")


def _bulk_methods(c: Comparison) -> None:
    old, new = c.old.bulk, c.new.bulk
    for path, rule in old.items():
        if path not in new:
            c.add("bulk-lost", path, "is gone")
        elif rule != new[path]:
            texts = [f"{limit} {resource} a request" for resource, _, limit in (new[path], rule)]
            c.add("bulk-changed", path, f"sends {texts[0]}, was {texts[1]}")
    for path in new:
        if path not in old:
            c.add("bulk-added", path, "is new")


def _operation(c: Comparison, path: str, old: Operation, new: Operation) -> None:
    moved = (old.method, old.segments) != (new.method, new.segments)
    if moved:
        c.add("endpoint-moved", path, f"is {new.place}, was {old.place}")
    if old.envelope != new.envelope and old.content == new.content:
        c.add("envelope", path, f"the result's member is {new.envelope!r}, was {old.envelope!r}")
    if old.status != new.status:
        c.add("status", path, f"the status is {new.status}, was {old.status}")
    _media_types(c, path, old, new)
    if old.idempotent != new.idempotent:
        c.add("idempotency", path, f"{'sends an' if new.idempotent else 'no longer sends an'} Idempotency-Key")
    if old.key != new.key:
        is_lower = {old.key, new.key} <= {*_KEYS} and _KEYS.index(new.key) < _KEYS.index(old.key)
        c.add("key-lowered" if is_lower else "key-raised", path, f"the key is {new.key}, was {old.key}")
    if old.pagination != new.pagination:
        word = {old.pagination: "added", new.pagination: "lost"}.get("none", "changed")
        c.add(f"pagination-{word}", path, f"pagination is {new.pagination}, was {old.pagination}")
    if old.deprecated != new.deprecated:
        c.add("deprecated", path, f"is {'deprecated' if new.deprecated else 'no longer deprecated'}")
    _result(c, path, old, new)
    _arguments(c, path, old, new)
    if old.risk != new.risk:
        c.add("description", path, f"the risk is {new.risk}, was {old.risk}")
    words = ["summary", "description", "source", "changed_by", "columns"]
    words += [] if moved else ["path"]  # the names of what stands in it
    words += ["body_required"] if old.flat and new.flat else []  # otherwise it says which arguments are required
    c.words(path, old, new, *words)


def _media_types(c: Comparison, path: str, old: Operation, new: Operation) -> None:
    if old.body and new.body and old.body_type != new.body_type:
        c.add("content", path, f"the body is {new.body_type}, was {old.body_type}")
    elif old.encoding != new.encoding:
        c.add("content", path, "fields of the body are written otherwise")
    if old.accept != new.accept and old.content == new.content:
        c.add("content", path, f"asks for {new.accept}, was {old.accept}")


def _result(c: Comparison, path: str, old: Operation, new: Operation) -> None:
    before = len(c.changes)
    was, now = _returned(old, c.old.contract), _returned(new, c.new.contract)
    if was != now and ("event-stream" in {old.content, new.content} or old.is_list != new.is_list):
        c.add("result-changed", path, f"returns {now}, was {was}")
    elif old.is_list:
        c.types("result", path, without_null(old.result), without_null(new.result), shown=(was, now))
    else:
        c.types("result", path, old.result, new.result, shown=(was, now))
    if len(c.changes) > before:
        return
    if old.content != new.content:
        c.add("content", path, f"the answer is {new.content}, was {old.content}")
    elif old.result.nullable != new.result.nullable:
        c.add("content", path, f"the list {'may be' if new.result.nullable else 'is never'} null")
    elif _statuses(old) != _statuses(new):
        c.add("content", path, f"the answers are {_statuses(new)}, was {_statuses(old)}")
    elif bool(old.acknowledges) != bool(new.acknowledges):
        c.add("content", path, f"an empty answer is {'a success' if new.acknowledges else 'an error'}")


def _statuses(operation: Operation) -> str:
    """The success answers that have results of their own: `200 json, 204 none`."""
    answers = [(answer.status, answer.content) for answer in operation.answers]
    return ", ".join(f"{status} {content}" for status, content in answers) or operation.content


def _arguments(c: Comparison, path: str, old: Operation, new: Operation) -> None:
    was, now = arguments(old), arguments(new)
    if old.body is not None and new.body is not None and old.flat != new.flat:
        texts = ["the fields of the body" if op.flat else "the body as one argument" for op in (new, old)]
        c.add("body-changed", path, f"takes {texts[0]}, was {texts[1]}")
        was, now = ({name: p for name, p in all_.items() if p.location != "body"} for all_ in (was, now))
    # By their places, from the end: what is new in a path stands in front more often than behind.
    for before, after in zip(reversed(_positional(was)), reversed(_positional(now)), strict=False):
        if before not in now and after not in was:
            c.add("argument-removed", f"{path}({before})", f"is called {after} now")
            was = {after if name == before else name: p for name, p in was.items()}
    order = [
        [name for name in _positional(one) if name in _positional(other)] for one, other in ((now, was), (was, now))
    ]
    if order[0] != order[1]:
        c.add("argument-order", path, f"takes ({', '.join(order[0])}), was ({', '.join(order[1])})")
    for name, argument in was.items():
        if name in now:
            _argument(c, f"{path}({name})", argument, now[name])
        else:
            c.add("argument-removed", f"{path}({name})", "is gone")
    for name, argument in now.items():
        if name not in was and argument.required:
            c.add("argument-added-required", f"{path}({name})", "is new and required")
        elif name not in was:
            c.add("argument-added", f"{path}({name})", "is new")


def _argument(c: Comparison, subject: str, old: Parameter, new: Parameter) -> None:
    c.types("argument", subject, without_null(old.type), without_null(new.type), sent=True, read=False)
    if old.required != new.required:
        word = "required" if new.required else "optional"
        c.add(f"argument-{word}", subject, f"is {word} now")
    if new.type.nullable and not old.type.nullable:
        c.add("argument-type-widened", subject, "may be None")
    elif old.type.nullable and not new.type.nullable:
        # Outside the body None leaves an optional argument out.
        is_taken = new.location != "body" and not new.required
        c.add("argument-sent-otherwise" if is_taken else "argument-type", subject, "no longer takes null")
    if old.location == "path" and new.location != "path":
        c.add("argument-order", subject, "is passed by name now")
    elif (was := _sent_as(old)) != (now := _sent_as(new)):
        c.add("argument-sent-otherwise", subject, f"is sent as {now}, was {was}")
    is_list = "list" in {old.type.kind, new.type.kind}
    c.facts(subject, old, new, *(() if is_list else ("explode",)), sent=True)


def _positional(arguments: Mapping[str, Parameter]) -> list[str]:
    return [name for name, p in arguments.items() if p.location == "path"]


def _sent_as(argument: Parameter) -> str:
    """How the argument is sent, as far as its type does not say it. In the path its name is not."""
    if argument.location == "path" and not argument.style:
        return "a part of the path"
    joined = argument.type.has_parts and argument.location == "query" and not argument.explode
    style = f", as {argument.style}" if argument.style else ", joined with commas" if joined else ""
    return f"{argument.wire} in the {argument.location}{style}"


def _returned(operation: Operation, contract: Contract) -> str:
    return resources.return_hint(operation, events=bool(contract.events)).replace("_list[", "list[").replace("_dt.", "")
