# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customer Auth: models, and the known values of enums."""

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


@attrs.define(slots=True, kw_only=True)
class CustomerSession:
    """An end customer's session.

    Attributes:
        customer: Who signed in.
        access_token: The token (a JWT) to send as bearer; null until the email address is confirmed.
        refresh_token: The token for `customer_auth.refresh`; null until the email address is confirmed. From
            cStar's public documentation.
        expires_at: When the access token ends. Not documented by cStar; inferred.
        confirmation_required: Whether the customer must confirm the email address first. Not documented by cStar;
            inferred.
    """

    __repr__ = show_fields

    customer: AuthCustomer
    access_token: str | None = None
    refresh_token: str | None = None
    expires_at: _dt.datetime | None = None
    confirmation_required: bool | None = None


def decode_customer_session(d: Mapping[str, Any]) -> CustomerSession:
    """Decode a CustomerSession from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerSession)
    v: Any
    get = d.get
    try:
        o.customer = decode_auth_customer(d["customer"])
        o.access_token = get("accessToken")
        o.refresh_token = get("refreshToken")
        v = get("expiresAt")
        o.expires_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.confirmation_required = get("confirmationRequired")
    except ValueError:
        return decode_customer_session(with_usual_times(d, ("expiresAt",)))
    return o


def encode_customer_session(o: CustomerSession) -> dict[str, Any]:
    """Encode a CustomerSession as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.customer
    d["customer"] = encode_auth_customer(v)
    v = o.access_token
    if v is not None:
        d["accessToken"] = v
    v = o.refresh_token
    if v is not None:
        d["refreshToken"] = v
    v = o.expires_at
    if v is not None:
        d["expiresAt"] = encode_datetime(v)
    v = o.confirmation_required
    if v is not None:
        d["confirmationRequired"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AuthCustomer:
    """An end customer as they see themselves.

    Attributes:
        id: The customer's id.
        email: The customer's email address.
        name: The customer's name.
    """

    __repr__ = show_fields

    id: str
    email: str
    name: str | None = None


def decode_auth_customer(d: Mapping[str, Any]) -> AuthCustomer:
    """Decode an AuthCustomer from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AuthCustomer)
    get = d.get
    o.id = d["id"]
    o.email = d["email"]
    o.name = get("name")
    return o


def encode_auth_customer(o: AuthCustomer) -> dict[str, Any]:
    """Encode an AuthCustomer as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.email
    d["email"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class CustomerLogout:
    """Says that a session is over.

    Attributes:
        logged_out: Always true. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    logged_out: bool


def decode_customer_logout(d: Mapping[str, Any]) -> CustomerLogout:
    """Decode a CustomerLogout from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerLogout)
    o.logged_out = d["loggedOut"]
    return o


def encode_customer_logout(o: CustomerLogout) -> dict[str, Any]:
    """Encode a CustomerLogout as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.logged_out
    d["loggedOut"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        CustomerSession: ModelInfo(
            decode_customer_session,
            encode_customer_session,
            (
                FieldInfo("customer", "customer", True, False, AuthCustomer),
                FieldInfo("access_token", "accessToken", False, True, None),
                FieldInfo("refresh_token", "refreshToken", False, True, None),
                FieldInfo("expires_at", "expiresAt", False, True, parse_datetime),
                FieldInfo("confirmation_required", "confirmationRequired", False, False, None),
            ),
            None,
        ),
        AuthCustomer: ModelInfo(
            decode_auth_customer,
            encode_auth_customer,
            (
                FieldInfo("id", "id", True, False, None),
                FieldInfo("email", "email", True, False, None),
                FieldInfo("name", "name", False, True, None),
            ),
            None,
        ),
        CustomerLogout: ModelInfo(
            decode_customer_logout,
            encode_customer_logout,
            (FieldInfo("logged_out", "loggedOut", True, False, None),),
            None,
        ),
    }
