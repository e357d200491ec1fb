# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""API Keys: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    parse_datetime,
    parse_isoformat,
    show_fields,
    with_usual_times,
)

from .shared import KEY_ENVIRONMENT_VALUES, KEY_TYPE_VALUES, KeyEnvironment, KeyType


@attrs.define(slots=True, kw_only=True)
class ApiKey:
    """An API key. The key itself is only in the answer to its creation.

    Attributes:
        id: The id of the key. Not documented by cStar; inferred.
        object: Always `api_key`. Not documented by cStar; inferred.
        name: What the key is for. Not documented by cStar; inferred.
        prefix: The first characters of the key, to tell it from others. Not documented by cStar; inferred.
        key_type: What the key may do. Not documented by cStar; inferred.
        environment: Which data the key sees. Not documented by cStar; inferred.
        key: The whole key. It is in the answer to its creation and never again. Not documented by cStar; inferred.
        last_used_at: When it was last used; null if never. Not documented by cStar; inferred.
        expires_at: When it ends; null if never. Not documented by cStar; inferred.
        created_at: When it was created. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str | None = None
    prefix: str | None = None
    key_type: KeyType | None = None
    environment: KeyEnvironment | None = None
    key: str | None = None
    last_used_at: _dt.datetime | None = None
    expires_at: _dt.datetime | None = None
    created_at: _dt.datetime | None = None


def decode_api_key(d: Mapping[str, Any]) -> ApiKey:
    """Decode an ApiKey from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ApiKey)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = get("name")
        o.prefix = get("prefix")
        o.key_type = get("keyType")
        o.environment = get("environment")
        o.key = get("key")
        v = get("lastUsedAt")
        o.last_used_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("expiresAt")
        o.expires_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_api_key(with_usual_times(d, ("lastUsedAt", "expiresAt", "createdAt")))
    return o


def encode_api_key(o: ApiKey) -> dict[str, Any]:
    """Encode an ApiKey as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.prefix
    if v is not None:
        d["prefix"] = v
    v = o.key_type
    if v is not None:
        d["keyType"] = v
    v = o.environment
    if v is not None:
        d["environment"] = v
    v = o.key
    if v is not None:
        d["key"] = v
    v = o.last_used_at
    if v is not None:
        d["lastUsedAt"] = encode_datetime(v)
    v = o.expires_at
    if v is not None:
        d["expiresAt"] = encode_datetime(v)
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        ApiKey: ModelInfo(
            decode_api_key,
            encode_api_key,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("prefix", "prefix", False, False, None, False),
                FieldInfo("key_type", "keyType", False, False, None, False, KEY_TYPE_VALUES),
                FieldInfo("environment", "environment", False, False, None, False, KEY_ENVIRONMENT_VALUES),
                FieldInfo("key", "key", False, False, None, False),
                FieldInfo("last_used_at", "lastUsedAt", False, True, parse_datetime, False),
                FieldInfo("expires_at", "expiresAt", False, True, parse_datetime, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
            ),
            None,
        )
    }
