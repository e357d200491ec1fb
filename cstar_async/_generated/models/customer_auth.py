# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customer Auth: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    note_absent,
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

    customer: AuthCustomer = ABSENT
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
        return o
    except (AttributeError, KeyError, TypeError):
        pass
    except ValueError:
        return decode_customer_session(with_usual_times(d, ("expiresAt",)))
    return _decode_customer_session_leniently(d)


_CUSTOMER_SESSION_PROMISED = frozenset(("customer",))


def _decode_customer_session_leniently(d: Mapping[str, Any]) -> CustomerSession:
    o: Any = new(CustomerSession)
    v: Any
    get = d.get
    try:
        v = get("customer")
        o.customer = None if v is None else decode_auth_customer(v)
        o.access_token = get("accessToken")
        o.refresh_token = get("refreshToken")
        v = get("expiresAt")
        o.expires_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.confirmation_required = get("confirmationRequired")
    except ValueError:
        return decode_customer_session(with_usual_times(d, ("expiresAt",)))
    note_absent("CustomerSession", d, _CUSTOMER_SESSION_PROMISED)
    decoded: CustomerSession = o
    return decoded


def encode_customer_session(o: CustomerSession) -> dict[str, Any]:
    """Encode a CustomerSession as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.customer
    if v is not None:
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
    email: str = ABSENT
    name: str | None = None


def decode_auth_customer(d: Mapping[str, Any]) -> AuthCustomer:
    """Decode an AuthCustomer from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AuthCustomer)
    get = d.get
    try:
        o.id = d["id"]
        o.email = d["email"]
        o.name = get("name")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_auth_customer_leniently(d)


_AUTH_CUSTOMER_PROMISED = frozenset(("id", "email"))


def _decode_auth_customer_leniently(d: Mapping[str, Any]) -> AuthCustomer:
    o: Any = new(AuthCustomer)
    get = d.get
    o.id = d["id"]
    o.email = get("email")
    o.name = get("name")
    note_absent("AuthCustomer", d, _AUTH_CUSTOMER_PROMISED)
    decoded: AuthCustomer = o
    return decoded


def encode_auth_customer(o: AuthCustomer) -> dict[str, Any]:
    """Encode an AuthCustomer as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.email
    if v is not None:
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

    logged_out: bool = ABSENT


def decode_customer_logout(d: Mapping[str, Any]) -> CustomerLogout:
    """Decode a CustomerLogout from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerLogout)
    try:
        o.logged_out = d["loggedOut"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_customer_logout_leniently(d)


_CUSTOMER_LOGOUT_PROMISED = frozenset(("loggedOut",))


def _decode_customer_logout_leniently(d: Mapping[str, Any]) -> CustomerLogout:
    o: Any = new(CustomerLogout)
    get = d.get
    o.logged_out = get("loggedOut")
    note_absent("CustomerLogout", d, _CUSTOMER_LOGOUT_PROMISED)
    decoded: CustomerLogout = o
    return decoded


def encode_customer_logout(o: CustomerLogout) -> dict[str, Any]:
    """Encode a CustomerLogout as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.logged_out
    if v is not None:
        d["loggedOut"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        CustomerSession: ModelInfo(
            decode_customer_session,
            encode_customer_session,
            (
                FieldInfo("customer", "customer", True, False, AuthCustomer, False),
                FieldInfo("access_token", "accessToken", False, True, None, False),
                FieldInfo("refresh_token", "refreshToken", False, True, None, False),
                FieldInfo("expires_at", "expiresAt", False, True, parse_datetime, False),
                FieldInfo("confirmation_required", "confirmationRequired", False, False, None, False),
            ),
            None,
        ),
        AuthCustomer: ModelInfo(
            decode_auth_customer,
            encode_auth_customer,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("email", "email", True, False, None, False),
                FieldInfo("name", "name", False, True, None, False),
            ),
            None,
        ),
        CustomerLogout: ModelInfo(
            decode_customer_logout,
            encode_customer_logout,
            (FieldInfo("logged_out", "loggedOut", True, False, None, False),),
            None,
        ),
    }
