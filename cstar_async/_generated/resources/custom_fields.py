# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Custom Fields: the methods."""

from __future__ import annotations

from collections.abc import Sequence

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given

from ..models.custom_fields import CustomField, CustomFieldEntity, CustomFieldType, decode_custom_field
from ..operations import custom_fields as _custom_fields


class CustomFields:
    """`custom_fields`: Custom Fields."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, entity_type: CustomFieldEntity | None = None) -> Pager[CustomField]:
        """List custom fields.

        Lists the definitions of the team's custom fields by `position`, all in one answer.

        `GET /api/v1/teams/{teamId}/custom-fields`.

        Args:
            entity_type: Only the fields of tickets, or only those of customers. From cStar's public documentation.
        """
        return Pager(self._client, _custom_fields.LIST, (), {"entityType": entity_type}, None, decode_custom_field)

    def create(
        self,
        *,
        name: str,
        type: CustomFieldType,
        entity_type: CustomFieldEntity,
        key: str | Unset = UNSET,
        required: bool | Unset = UNSET,
        options: Sequence[str] | Unset = UNSET,
        position: int | Unset = UNSET,
    ) -> Call[CustomField]:
        """Create a custom field.

        Defines a field that tickets or customers can then carry. `select` and `multiselect` need `options`. A key
        may be used once per entity type.

        `POST /api/v1/teams/{teamId}/custom-fields`, needs a secret key.

        Args:
            name: What people see.
            key: What programs use. Left out, it is made from the name, in snake_case.
            type: What a custom field holds.
            entity_type: What a custom field belongs to.
            required: Whether the field must have a value.
            options: The values to choose from. Needed for `select` and `multiselect`.
            position: The place in the display order, from 0. Left out, the field comes last.
        """
        return Call(
            self._client,
            _custom_fields.CREATE,
            (),
            None,
            {
                "name": name,
                "key": key,
                "type": type,
                "entityType": entity_type,
                "required": required,
                "options": encode_given(options, encode_array),
                "position": position,
            },
            decode_custom_field,
        )
