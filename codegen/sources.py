"""The documents that a package is generated from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from . import overlay
from .adopt import adopt
from .load import load_document, load_mapping

if TYPE_CHECKING:
    from pathlib import Path

    from .adopt import Report


@attrs.frozen
class Sources:
    """A document by itself, or the service's document with what we know of it."""

    spec: Path
    """The document; with `known` it is the service's own."""
    known: Path | None = None
    """What we know: `contract/cstar.yaml`."""
    fixes: Path | None = None
    """An overlay that corrects the service's document; it need not exist."""
    drop_additions: bool = False
    """Leave out what only we know."""

    def read(self) -> tuple[dict[str, Any], Report | None]:
        """The document to generate from, and what was found in merging it.

        Raises:
            ContractError: A document cannot be read.
        """
        document = load_document(self.spec)
        if self.fixes is not None and self.fixes.exists():
            document = overlay.apply(load_mapping(self.fixes), document, self.fixes.name)
        if self.known is None:
            return document, None
        adopted = adopt(document, load_document(self.known), drop=self.drop_additions)
        return adopted.document, adopted.report
