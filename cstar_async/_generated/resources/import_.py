# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Import: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given

from ..models.import_ import ImportLog, ImportResult, MergeStrategy, decode_import_log, decode_import_result
from ..models.shared import BulkResource
from ..operations import import_ as _import_


class Imports:
    """`imports`: Import."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def run(
        self,
        *,
        resource: BulkResource,
        records: Sequence[Mapping[str, Any]],
        merge_strategy: MergeStrategy | Unset = UNSET,
    ) -> Call[ImportResult]:
        """Import records.

        Imports up to 500 records of one resource and answers when it is done. Customers are recognised by `email`,
        articles by `slug` or `title`, tickets by `id` or `externalId`; how tickets are recognised is not documented
        by cStar, but inferred from the importer in its app. `mergeStrategy` says what happens to those that exist.
        The answer is 200 even when single records failed, so look at `errors`.

        `POST /api/v1/teams/{teamId}/import`, needs a secret key.

        Args:
            resource: A resource that can be changed, imported and exported in bulk.
            records: The records, with the fields of the resource's create; at most 500. From cStar's public
                documentation.
            merge_strategy: What to do with records that exist already. From cStar's public documentation.
        """
        return Call(
            self._client,
            _import_.RUN,
            (),
            None,
            {"resource": resource, "records": encode_given(records, encode_array), "mergeStrategy": merge_strategy},
            decode_import_result,
        )

    def list(self, *, page: int | None = None, page_size: int | None = None) -> Pager[ImportLog]:
        """List past imports.

        Lists the log of imports, newest first. The fields beside the counters are inferred.

        `GET /api/v1/teams/{teamId}/import`.

        Args:
            page: The page to return, counted from 1. Not documented by cStar; inferred.
            page_size: How many items a page holds. Not documented by cStar; inferred.
        """
        return Pager(self._client, _import_.LIST, (), {"page": page, "pageSize": page_size}, None, decode_import_log)
