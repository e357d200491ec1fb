"""Collections of objects that have a slug."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.service.collection import Collection

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context


class Slugged(Collection):
    """Objects with a slug that is made from another field where the caller gives none, and is unique in the team."""

    unique = "slug"
    slug_source: ClassVar[str]

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the slug."""
        document["slug"] = document.get("slug") or slug_of(document[self.slug_source])
