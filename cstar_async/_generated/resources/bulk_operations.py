# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Bulk Operations: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Unset, encode_array, encode_given

from ..models.bulk_operations import BulkAction, BulkResult, decode_bulk_result
from ..models.shared import BulkResource
from ..operations import bulk_operations as _bulk_operations


class Bulk:
    """`bulk`: Bulk Operations."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def run(
        self, *, action: BulkAction, resource: BulkResource, ids: Sequence[str], data: Mapping[str, Any] | Unset = UNSET
    ) -> Call[BulkResult]:
        """Change or delete many objects.

        Applies one change to up to 100 objects, or deletes them. The answer is 200 even when some or all of them
        failed, so look at `failed` and `errors`. An id that is not known counts as failed.

        `POST /api/v1/teams/{teamId}/bulk`, needs a secret key.

        Args:
            action: What a bulk operation does.
            resource: A resource that can be changed, imported and exported in bulk.
            ids: The objects meant, at most 100. From cStar's public documentation.
            data: The fields to set on each object, named as in the resource's own update. Needed for `update`. From
                cStar's public documentation.
        """
        return Call(
            self._client,
            _bulk_operations.RUN,
            (),
            None,
            {"action": action, "resource": resource, "ids": encode_given(ids, encode_array), "data": data},
            decode_bulk_result,
        )
