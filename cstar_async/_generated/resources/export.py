# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Export: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Unset, encode_each

from ..models.export import ExportFormat, ExportResult, ExportSelection, decode_export_result, encode_export_selection
from ..operations import export as _export


class Exports:
    """`exports`: Export."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def create(
        self, *, resources: Sequence[ExportSelection | Mapping[str, Any]], format: ExportFormat | Unset = UNSET
    ) -> Call[ExportResult]:
        """Export data.

        Exports up to 10,000 rows per resource and answers when it is done. JSON may hold several resources, CSV
        exactly one. The answer is always the JSON envelope; CSV text comes in `csv`. The key needs the
        `export_data` permission.

        `POST /api/v1/teams/{teamId}/export`, needs a secret key.

        Args:
            resources: The resources to export; exactly one for CSV. From cStar's public documentation.
            format: How the rows are written.
        """
        return Call(
            self._client,
            _export.CREATE,
            (),
            None,
            {"resources": encode_each(resources, encode_export_selection), "format": format},
            decode_export_result,
        )
