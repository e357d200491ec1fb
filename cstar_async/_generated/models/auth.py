# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Auth: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import FieldInfo, ModelInfo, new, show_fields

from .shared import KeyEnvironment, KeyType


@attrs.define(slots=True, kw_only=True)
class Whoami:
    """What an API key stands for.

    Attributes:
        team_id: The team's id, a UUID. From cStar's public documentation.
        team_name: The team's name. From cStar's public documentation.
        team_slug: The team's name in URLs. From cStar's public documentation.
        key_type: What the key may do. From cStar's public documentation.
        environment: Which data the key sees. From cStar's public documentation.
    """

    __repr__ = show_fields

    team_id: str
    team_name: str
    team_slug: str
    key_type: KeyType
    environment: KeyEnvironment


def decode_whoami(d: Mapping[str, Any]) -> Whoami:
    """Decode a Whoami from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Whoami)
    o.team_id = d["teamId"]
    o.team_name = d["teamName"]
    o.team_slug = d["teamSlug"]
    o.key_type = d["keyType"]
    o.environment = d["environment"]
    return o


def encode_whoami(o: Whoami) -> dict[str, Any]:
    """Encode a Whoami as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.team_id
    d["teamId"] = v
    v = o.team_name
    d["teamName"] = v
    v = o.team_slug
    d["teamSlug"] = v
    v = o.key_type
    d["keyType"] = v
    v = o.environment
    d["environment"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Whoami: ModelInfo(
            decode_whoami,
            encode_whoami,
            (
                FieldInfo("team_id", "teamId", True, False, None),
                FieldInfo("team_name", "teamName", True, False, None),
                FieldInfo("team_slug", "teamSlug", True, False, None),
                FieldInfo("key_type", "keyType", True, False, None),
                FieldInfo("environment", "environment", True, False, None),
            ),
            None,
        )
    }
