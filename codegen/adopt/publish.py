"""What we know as the service might publish it: without our columns, with operation ids of the usual kind."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from codegen import naming
from codegen.check import METHODS
from codegen.load import is_list, is_mapping

from .document import RECONSTRUCTION

_DESCRIPTION = "The cStar REST API as this SDK understands it, from what cStar has published and from inference."
_HEADER = """\
# cStar publishes no OpenAPI document yet. This is an export of contract/cstar.yaml: `make publish`.
# When the service's own document is to be had, put it here and run `make codegen`.
"""


def export(known: dict[str, Any]) -> str:
    """The export as YAML."""
    document = _without_columns(copy.deepcopy(known))
    document["info"]["description"] = _DESCRIPTION
    for group in ("paths", "webhooks"):
        for item in document.get(group, {}).values():
            for operation in (item[method] for method in METHODS if method in item):
                if "operationId" in operation:
                    operation["operationId"] = _verb_first(operation["operationId"])
    return _HEADER + dump({"openapi": document.pop("openapi"), RECONSTRUCTION: True, **document})


def dump(document: dict[str, Any]) -> str:
    """A document as YAML."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _verb_first(operation_id: str) -> str:
    """`tickets.messages.create` → `createTicketsMessages`."""
    *resource, verb = operation_id.split(".")
    first, *rest = [word for part in (verb, *resource) for word in naming.words(part)]
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _without_columns(node: Any) -> Any:
    if is_mapping(node):
        return {key: _without_columns(value) for key, value in node.items() if not key.startswith("x-cstar-")}
    return [_without_columns(each) for each in node] if is_list(node) else node


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


class _Dumper(yaml.CSafeDumper):
    """Writes every value in full: the document has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the name is PyYAML's
        return True


_Dumper.add_representer(str, _text)
