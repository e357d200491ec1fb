"""Render the templates: the contract as Python files."""

from __future__ import annotations

import importlib
import re
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from . import bulk, code, naming, resources
from .errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .bulk import Method
    from .ir import Contract, Model, Module, Operation, Parameter, Payload, Type, WebhookEvent
    from .resources import Node

_TYPES = {
    "any": "any", "str": "string", "enum": "string", "int": "integer", "float": "number", "bool": "boolean",
    "datetime": "date-time", "date": "date", "uuid": "string", "bytes": "string", "binary": "string",
    "file": "string", "none": "any",
    "list": "array", "map": "object", "model": "object", "union": "any",
}  # fmt: skip

PARAM_DEFAULTS: dict[str, object] = {
    "items": "", "required": False, "nullable": False, "explode": True, "values": (), "default": None,
    "description": "", "source": "seed", "style": "", "secret": False,
}  # fmt: skip
"""The defaults of `cstar_async._core.operation.Param`, which are left out; a test compares them."""


OTHER_WEBHOOKS = "the webhooks are not in cStar's envelope: webhooks.py reads their payloads, and there are no events"


def render(contract: Contract, schemas: str, made_by: str, *, with_client: bool = False) -> dict[str, str]:
    """Return the text of every file of the package, by its path.

    Args:
        contract: What to write.
        schemas: The text of `schemas.json`.
        made_by: The command that each file's header names.
        with_client: Whether the package has a client of its own.
    """
    return _Emitter(contract, made_by).files(schemas, with_client=with_client)


class _Emitter:
    def __init__(self, contract: Contract, made_by: str) -> None:
        self._contract = contract
        self._has_events = bool(contract.events)
        self._enums = {enum.name: enum for module in contract.modules for enum in module.enums}
        self._class_names = {name for module in contract.modules for name in _exports(module)}
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_written,
            autoescape=False,  # noqa: S701  # it writes Python, through repr and docstring, not HTML
        )
        self._header = f"# Made by {made_by}. Do not edit: change the contract or codegen/templates."
        # jinja2 types these dictionaries by its own builtins, so they are widened here.
        names: dict[str, Any] = self._environment.globals
        names.update(header=self._header)
        filters: dict[str, Any] = self._environment.filters
        filters.update(
            pyrepr=repr,
            hint=code.hint,
            kind=code.kind,
            plain=_plain,
            docstring=code.docstring,
            upper_snake=_upper_snake,
            function=_function,
            article=_article,
            uses_list=_uses_list,
            decoder_or_identity=_decoder_or_identity,
        )

    def files(self, schemas: str, *, with_client: bool) -> dict[str, str]:
        contract = self._contract
        files = {
            "__init__.py": f'{self._header}\n"""Generated code: models, operations, resources and events."""\n',
            "schemas.json": schemas,
            "operations/__init__.py": self._render("operations_index.py.jinja", contract=contract),
        }
        if with_client:
            files["__init__.py"] = self._index("The client", [("client", ["Client", "File"])])
            files["client.py"] = self._render(
                "client.py.jinja", contract=contract, client_doc=_client_doc(contract), init_doc=_init_doc(contract)
            )
        for module in contract.modules:
            files[f"models/{module.name}.py"] = self._models(module)
        files["models/__init__.py"] = self._index(
            "The models", [(module.name, _exports(module)) for module in contract.modules]
        )
        tags = {operation.module: operation.tag for operation in contract.operations}
        for name, tag in tags.items():
            files[f"operations/{name}.py"] = self._render(
                "operations.py.jinja",
                tag=tag,
                operations=[op for op in contract.operations if op.module == name],
                param_record=self._param_record,
            )
        roots = resources.tree(contract.operations, self._class_names)
        nodes = [node for root in roots for node in root.walk()]
        for name in dict.fromkeys(node.module for node in nodes):
            files[f"resources/{name}.py"] = self._resources([node for node in nodes if node.module == name])
        files["resources/__init__.py"] = self._render("resources_root.py.jinja", nodes=roots)
        if contract.events:
            names = set[str]().union(*(event.data.references() for event in contract.events))
            files["events.py"] = self._render(
                "events.py.jinja", events=contract.events, event_doc=_event_doc, model_imports=self._imports(names)
            )
        if contract.payloads:
            names = set[str]().union(*(payload.type.references() for payload in contract.payloads))
            files["webhooks.py"] = self._render(
                "webhooks.py.jinja",
                payloads=contract.payloads,
                payload_doc=_payload_doc,
                decode=code.decode,
                model_imports=self._imports(names),
            )
        for name, text in files.items():
            if re.search("[\ud800-\udfff]", text):
                raise ContractError([f"{name}: some text of the document contains a lone surrogate"])
        return files

    def _render(self, template: str, **context: Any) -> str:
        return self._environment.get_template(template).render(**context)

    def _index(self, title: str, groups: list[tuple[str, list[str]]]) -> str:
        all_names = sorted(name for _, names in groups for name in names)
        return self._render("index.py.jinja", title=title, groups=groups, all_names=all_names)

    def _imports(self, names: set[str], leave_out: str = "") -> list[tuple[str, list[str]]]:
        """The imports, by module, for the named models and enums and for the models' functions."""
        by_module: dict[str, list[str]] = {}
        for name in sorted(names):
            module = self._contract.home[name]
            if module == leave_out:
                continue
            wanted = by_module.setdefault(module, [])
            wanted.append(name)
            if name in self._enums:
                wanted.append(_values_name(name))
            else:
                wanted += [code.function("decode", name), code.function("encode", name)]
        return sorted(by_module.items())

    def _models(self, module: Module) -> str:
        names = set[str]().union(*(model.references() for model in module.models))
        return self._render(
            "models.py.jinja",
            module=module,
            model_imports=self._imports(names, leave_out=module.name),
            model_doc=_model_doc,
            decode_lines=code.decode_lines,
            decode_leniently_lines=code.decode_leniently_lines,
            lenient=code.lenient,
            promised_name=code.promised_name,
            known_values=self._known_values,
            encode_lines=code.encode_lines,
            additional_name=code.additional_name,
        )

    def _param_record(self, p: Parameter) -> str:
        item = p.type.items[0] if p.type.kind == "list" else None
        named = item or p.type
        values = self._enums[named.name].values if named.kind == "enum" else ()
        record: dict[str, object] = {
            "name": p.wire,
            "argument": p.name,
            "location": p.location,
            "type": self._kind(p.type),
            "items": self._kind(item) if item else "",
            "required": p.required,
            "nullable": p.type.nullable,
            "explode": p.explode,
            "values": values,
            "default": p.default,
            "description": p.description,
            "source": p.source,
            "style": p.style,
            "secret": p.secret,
        }
        # 0 and False are equal, and a default of one is not the other.
        return ", ".join(
            f"{name}={value!r}"
            for name, value in record.items()
            if name not in PARAM_DEFAULTS or repr(value) != repr(PARAM_DEFAULTS[name])
        )

    def _known_values(self, type_: Type) -> str:
        """The last column of a `FieldInfo`, for the values of an enum or of a list of them."""
        return f", {_values_name(type_.item.name)}" if type_.item.kind == "enum" else ""

    def _kind(self, type_: Type) -> str:
        if type_.kind == "enum" and self._enums[type_.name].base == "int":
            return "integer"
        return _TYPES[type_.kind]

    def _resources(self, nodes: list[Node]) -> str:
        operations = [op for node in nodes for op in node.operations]
        names = set[str]().union(*(op.references() | bulk.references(op, self._contract) for op in operations))
        used = [*operations, *bulk.carriers(operations, self._contract)]
        elsewhere = sorted(
            {(child.module, child.class_name) for n in nodes for child in n.children if child.module != n.module}
        )
        return self._render(
            "resources.py.jinja",
            title=nodes[-1].title,
            nodes=nodes,
            operation_modules=sorted({op.module for op in used}),
            model_imports=self._imports(names),
            elsewhere=elsewhere,
            signature=resources.signature,
            return_hint=partial(resources.return_hint, events=self._has_events),
            body=partial(resources.method_body, events=self._has_events),
            typed_streams=self._has_events and any(op.content == "event-stream" for op in operations),
            node_doc=_node_doc,
            method_doc=_method_doc,
            bulk_methods=partial(bulk.methods, contract=self._contract),
            bulk_doc=_bulk_doc,
        )


def _exports(module: Module) -> list[str]:
    names = [model.name for model in module.models]
    for enum in module.enums:
        names += [enum.name, f"{enum.name}Known", _values_name(enum.name)]
    return names


def _values_name(enum: str) -> str:
    return f"{naming.constant([enum])}_VALUES"


def _bulk_doc(method: Method, operation: Operation) -> str:
    descriptions = {p.name: _sourced(p.description, p.source) for p in operation.parameters}
    rows = [(name, descriptions.get(name) or text) for name, text in method.rows]
    return code.docstring(method.text, 8, [("Args", rows)] if rows else [])


_SOURCES = {
    "seed": "From cStar's context file for AI tools.",
    "docs": "From cStar's public documentation.",
    "inferred": "Not documented by cStar; inferred.",
    "spec": "From the service's own document.",
}
"""What a docstring says about where a fact comes from, by `x-cstar-source`."""


def _sourced(description: str, source: str) -> str:
    # Most facts are from the seed, so only the others are marked.
    return description if source in {"seed", "spec"} else f"{description} {_SOURCES.get(source, '')}".strip()


def _model_doc(model: Model) -> str:
    rows = [(field.name, _sourced(field.description, field.source)) for field in model.fields]
    return code.docstring(model.description or f"{model.name}.", 4, [("Attributes", rows)] if rows else [])


def _event_doc(event: WebhookEvent) -> str:
    text = "\n\n".join(part for part in (event.summary.rstrip(".") + ".", event.description) if part.strip("."))
    return code.docstring(f"{text}\n\nType `{event.type}`. {_SOURCES.get(event.source, '')}".strip(), 4)


def _payload_doc(payload: Payload) -> str:
    first = f"Read the payload of the webhook `{payload.name}`."
    text = "\n\n".join(part for part in (payload.summary.rstrip("."), payload.description) if part)
    end = "Raises an exception of any type if it does not fit."
    return code.docstring("\n\n".join(part for part in (first, text, end) if part), 4)


def _node_doc(node: Node) -> str:
    return code.docstring(f"`{'.'.join(node.path)}`: {node.title}.", 4)


def _method_doc(operation: Operation) -> str:
    text = operation.summary.rstrip(".") + "." if operation.summary else f"{operation.place}."
    if operation.description:
        text += f"\n\n{operation.description}"
    if operation.deprecated:
        text += "\n\nDeprecated."
    facts = f"`{operation.method} {operation.path}`"
    if operation.key == "secret":
        facts += ", needs a secret key"
    facts = _sourced(f"{facts}.", operation.source)
    if operation.guessed:
        facts += f" By convention, since nobody has said it: {', '.join(operation.guessed)}."
    rows = [(p.name, _sourced(p.description, p.source)) for p in operation.parameters]
    return code.docstring(f"{text}\n\n{facts}", 8, [("Args", rows)] if rows else [])


def _client_doc(contract: Contract) -> str:
    about = " ".join(part for part in (contract.title, contract.version) if part) or "The service"
    text = "Resources are its attributes. Use it as an async context manager, or `await client.close()` when done."
    return code.docstring(f"{about}.\n\n{text} It belongs to the event loop of its first request.", 4)


_ARGUMENTS = [
    ("base_url", "Scheme, host and port; default that of the document. Paths are the document's."),
    ("allow_http", "Allow `http://` to another machine, although others may read the credentials on the way."),
    ("proxy", 'The address of an HTTP proxy, or `""` for none; default the one that the environment names.'),
    ("headers", "Headers for every request, such as a version of the API."),
    ("timeout", "Seconds for one attempt, to the end of the body; `math.inf` for no limit."),
    ("max_retries", "How often a request is sent again after a transient failure."),
    ("session", "A session of your own; it is used as it is, and not closed."),
    ("clock", "A source of time for tests."),
]
_ERRORS = [
    ("ConfigError", "An argument is invalid; the message names it."),
    ("ValueError", "A number is out of range, or a header is malformed."),
    ("TypeError", "An argument has the wrong type."),
]


def _init_doc(contract: Contract) -> str:
    rows = [(credential.argument, credential.description) for credential in contract.credentials]
    return code.docstring("Set up a client.", 8, [("Args", [*rows, *_ARGUMENTS]), ("Raises", _ERRORS)])


def _plain(text: str) -> str:
    """Return a text without its final period, for use in the middle of a sentence."""
    return code.docstring(text, 0).removeprefix('"""').removesuffix('"""').strip().rstrip(".")


def _upper_snake(name: str) -> str:
    return naming.constant([name])


def _function(name: str, prefix: str) -> str:
    return code.function(prefix, name)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _uses_list(operations: Iterable[Operation]) -> bool:
    return any("_list[" in resources.return_hint(operation, events=False) for operation in operations)


def _decoder_or_identity(type_: Type) -> str:
    return "dict" if type_.is_read_as_is else code.decoder(type_)


def _written(value: Any) -> Any:
    """Check a value that a template writes: most objects would come out as `<Type object at 0x...>`."""
    if value is None or issubclass(type(value), str | int | tuple | jinja2.Undefined):
        return value
    raise ContractError([f"a template wrote a {type(value).__name__}; this is a bug in codegen"])


def tidy(folder: Path) -> None:
    """Sort and prune the imports and format every file, with the pinned ruff and without any configuration file."""
    line = ["--isolated", "--target-version", "py311", "--no-cache", "--quiet", "--no-respect-gitignore"]
    for option in (
        "line-length=120",
        "lint.isort.split-on-trailing-comma=false",
        "format.skip-magic-trailing-comma=true",
        'lint.isort.known-first-party=["cstar_async"]',  # else it depends on the working directory
    ):
        line += ["--config", option]
    for command in (["check", "--fix", "--select", "F401,I", "--output-format", "concise"], ["format"]):
        done = subprocess.run(  # noqa: S603  # a fixed command on a folder of ours
            [_ruff(), *command, *line, str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            problems = f"{done.stdout}{done.stderr}".replace(f"{folder}/", "").strip().splitlines()
            raise ContractError([f"ruff {command[0]}, a bug in codegen: {line}" for line in problems[:20]])


def _ruff() -> str:
    # Untyped in ruff: finds the binary wherever pip installed it.
    find: Any = importlib.import_module("ruff.__main__").find_ruff_bin
    return str(find())
