# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Tags: the methods."""

from __future__ import annotations

from cstar_async._generated_api import BaseClient, Call, Pager

from ..models.tags import Tag, decode_tag
from ..operations import tags as _tags


class Tags:
    """`tags`: Tags."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self) -> Pager[Tag]:
        """List tags.

        Lists all tags with the number of tickets that carry each, the most used first, in one answer.

        `GET /api/v1/teams/{teamId}/tags`.
        """
        return Pager(self._client, _tags.LIST, (), None, None, decode_tag)

    def create(self, *, name: str) -> Call[Tag]:
        """Create a tag.

        Makes a tag known before any ticket carries it. A tag that exists already is a conflict.

        `POST /api/v1/teams/{teamId}/tags`, needs a secret key.

        Args:
            name: The tag.
        """
        return Call(self._client, _tags.CREATE, (), None, {"name": name}, decode_tag)
