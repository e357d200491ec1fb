"""The service's own document and what we know, merged into the contract that code is generated from.

`openapi.yaml` is what the service publishes, in its own terms. `contract/cstar.yaml` is what we know: names, columns,
provenance, examples, and what the service's document lacks. Where both state a fact, the service has the word; names
and columns are ours. An operation is recognised by its method and path, a schema by where it is used.
"""

from __future__ import annotations

from typing import Any

import attrs

from codegen.check import check
from codegen.references import Resolver

from .adopter import Adopter
from .report import Report

__all__ = ["Adopted", "Report", "adopt"]


@attrs.frozen
class Adopted:
    """The effective contract, and what was found on the way."""

    document: dict[str, Any]
    report: Report


def adopt(published: dict[str, Any], known: dict[str, Any], *, drop: bool = False) -> Adopted:
    """Merge two documents. Neither is changed.

    Args:
        published: The service's document.
        known: What we know.
        drop: Leave out what only we know.

    Raises:
        ContractError: One of the documents cannot be read; it names every place. Or they have no operation in common.
    """
    for document in (published, known):
        check(document, Resolver(document))
    adopter = Adopter(published, known, drop=drop)
    return Adopted(adopter.run(), adopter.report)
