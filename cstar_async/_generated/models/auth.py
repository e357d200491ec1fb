# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Auth: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields

from .shared import KEY_ENVIRONMENT_VALUES, KEY_TYPE_VALUES, KeyEnvironment, KeyType


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

    team_id: str = ABSENT
    team_name: str = ABSENT
    team_slug: str = ABSENT
    key_type: KeyType = ABSENT
    environment: KeyEnvironment = ABSENT


def decode_whoami(d: Mapping[str, Any]) -> Whoami:
    """Decode a Whoami from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Whoami)
    try:
        o.team_id = d["teamId"]
        o.team_name = d["teamName"]
        o.team_slug = d["teamSlug"]
        o.key_type = d["keyType"]
        o.environment = d["environment"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_whoami_leniently(d)


_WHOAMI_PROMISED = frozenset(("teamId", "teamName", "teamSlug", "keyType", "environment"))


def _decode_whoami_leniently(d: Mapping[str, Any]) -> Whoami:
    o: Any = new(Whoami)
    get = d.get
    o.team_id = get("teamId")
    o.team_name = get("teamName")
    o.team_slug = get("teamSlug")
    o.key_type = get("keyType")
    o.environment = get("environment")
    note_absent("Whoami", d, _WHOAMI_PROMISED)
    decoded: Whoami = o
    return decoded


def encode_whoami(o: Whoami) -> dict[str, Any]:
    """Encode a Whoami as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.team_id
    if v is not None:
        d["teamId"] = v
    v = o.team_name
    if v is not None:
        d["teamName"] = v
    v = o.team_slug
    if v is not None:
        d["teamSlug"] = v
    v = o.key_type
    if v is not None:
        d["keyType"] = v
    v = o.environment
    if v is not None:
        d["environment"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Whoami: ModelInfo(
            decode_whoami,
            encode_whoami,
            (
                FieldInfo("team_id", "teamId", True, False, None, False),
                FieldInfo("team_name", "teamName", True, False, None, False),
                FieldInfo("team_slug", "teamSlug", True, False, None, False),
                FieldInfo("key_type", "keyType", True, False, None, False, KEY_TYPE_VALUES),
                FieldInfo("environment", "environment", True, False, None, False, KEY_ENVIRONMENT_VALUES),
            ),
            None,
        )
    }
