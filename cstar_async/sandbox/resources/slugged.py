"""Collections of objects that have a slug."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.service.collection import Collection

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context


class Slugged(Collection):
    """Objects with a slug, which is unique in the team and made from another field if the caller gives none."""

    unique = "slug"
    slug_source: ClassVar[str]

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Make the slug."""
        document["slug"] = document.get("slug") or slug_of(document[self.slug_source])
