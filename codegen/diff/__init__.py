"""Compare two contracts from the point of view of those who use the generated package.

Methods, arguments, classes and fields are compared under their Python names. What a document calls them (operationId,
tag, the schema of a body whose fields are arguments) and the order in which it lists them mean nothing, except for the
order of path arguments. A value that is read may get a narrower type, one that is sent a wider type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .changes import KINDS, Change
from .classes import compare_classes
from .comparison import Comparison
from .methods import compare_methods

if TYPE_CHECKING:
    from codegen.ir import Contract

__all__ = ["Change", "compare"]


def compare(old: Contract, new: Contract) -> list[Change]:
    """All changes from one contract to another, the most severe first and otherwise in the order of the contracts."""
    comparison = Comparison(old, new)
    compare_methods(comparison)
    compare_classes(comparison)
    comparison.words("the contract", old, new, "title", "version")
    comparison.add_sources()
    levels = list(KINDS)
    return sorted(comparison.changes, key=lambda change: levels.index(change.level))
