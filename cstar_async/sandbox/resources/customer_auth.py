"""Accounts of the team's customers: sign-up, sign-in and tokens.

The access token is a JWT, as cStar documents, signed with HS256 and valid for an hour. The refresh token is valid for
30 days and can be used once. Both belong to a session, which signing out ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.events import audit
from cstar_async.sandbox.service.results import Problem, Result, already_exists, invalid
from cstar_async.sandbox.storage.conditions import Condition
from cstar_async.sandbox.storage.database import key_text

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler
    from cstar_async.sandbox.storage.database import Database

CUSTOMERS = "customers"
ACCOUNTS = "accounts"
SESSIONS = "accounts/sessions"
ACCESS_SECONDS = 3_600
REFRESH_SECONDS = 30 * 86_400
MIN_PASSWORD_LENGTH = 8
SCRYPT = {"n": 2**10, "r": 8, "p": 1}
"""One hash takes a millisecond or two. Accounts are test data, but people may type their real passwords."""
HEADER = {"alg": "HS256", "typ": "JWT"}


def signup(context: Context) -> Result:
    """Open an account for the customer with this email address, who may be new. Raises Problem 400, 409.

    With the switch `signup` at `confirm`, the answer holds no tokens.
    """
    email, password = str(context.body["email"]), str(context.body["password"])
    if len(password) < MIN_PASSWORD_LENGTH:
        raise invalid(f"The 'password' field must have {MIN_PASSWORD_LENGTH} characters or more.", "password")
    customer, account = _account(context, email)
    if account is not None:
        raise already_exists("An account with this email already exists.", "email")
    if customer is None:
        name = context.body.get("name") or email.partition("@")[0]
        customer = context.run("customers.create", {"name": name, "email": email})
    salt = context.store.digest("salt", context.team, context.store.next_number(context.team, ACCOUNTS))
    is_confirmed = context.service.switches.signup == "open"
    account = {"id": customer["id"], "salt": salt.hex(), "hash": _hash(password, salt), "confirmed": is_confirmed}
    context.store.insert(context.team, ACCOUNTS, account, now=context.now)
    audit(context, "customer.signed_up", "customer", customer["id"])
    if not is_confirmed:
        tokens = dict.fromkeys(("accessToken", "refreshToken", "expiresAt"))
        return Result({"customer": _customer(customer), **tokens, "confirmationRequired": True}, status=201)
    return Result(_open_session(context, customer), status=201)


def login(context: Context) -> Result:
    """Sign in. Raises Problem 401, the same for an unknown address as for a wrong password."""
    customer, account = _account(context, str(context.body["email"]))
    salt = bytes.fromhex(account["salt"]) if account else bytes(16)
    hashed = _hash(str(context.body["password"]), salt)
    if account is None or customer is None or not hmac.compare_digest(hashed, account["hash"]):
        raise Problem(401, "authentication_error", "invalid_credentials", "Wrong email or password")
    if context.service.switches.signup == "confirm" and not account.get("confirmed", True):
        raise Problem(401, "authentication_error", "email_not_confirmed", "Confirm your email address first")
    return Result(_open_session(context, customer))


def refresh(context: Context) -> Result:
    """Exchange a refresh token for a new pair of tokens; it is then invalid. Raises Problem 401.

    The same request with the same idempotency key gets the same pair again.
    """
    digest = _digest(str(context.body["refreshToken"]))
    found = context.store.select(context.team, SESSIONS, [Condition.equals("refresh", digest)], owner="", limit=1)
    session = found[0] if found else None
    customer = session and context.store.get(context.team, CUSTOMERS, session["customerId"])
    if not session or not customer or session["until"] <= context.now:
        raise Problem(401, "authentication_error", "invalid_refresh_token", "Invalid or expired refresh token")
    context.store.delete(context.team, SESSIONS, session["id"])
    return Result(_open_session(context, customer))


def logout(context: Context) -> Result:
    """End the session of the access token, and with it the refresh token. Raises Problem 401."""
    session, _ = _session(context)
    context.store.delete(context.team, SESSIONS, session["id"])
    return Result({"loggedOut": True})


def me(context: Context) -> Result:
    """The customer whose access token was sent. Raises Problem 401."""
    return Result(_customer(require_customer(context)))


def require_customer(context: Context) -> Json:
    """The customer whose access token was sent. Raises Problem 401."""
    return _session(context)[1]


def current_customer(context: Context) -> Json | None:
    """The customer whose access token was sent; None without a valid one."""
    try:
        return require_customer(context)
    except Problem:
        return None


def _account(context: Context, email: str) -> tuple[Json | None, Json | None]:
    """The customer with this email address, and the customer's account, which has the same id."""
    customer = context.store.by_unique_key(context.team, CUSTOMERS, email.casefold())
    return customer, customer and context.store.get(context.team, ACCOUNTS, customer["id"])


def _open_session(context: Context, customer: Json) -> Json:
    store, team = context.store, context.team
    session_id = store.new_id(team, "ses_")
    refresh_token = "cstr_" + key_text(store.secret("refresh", session_id))
    session = {
        "id": session_id,
        "customerId": customer["id"],
        "refresh": _digest(refresh_token),
        "until": context.now + REFRESH_SECONDS,
    }
    store.insert(team, SESSIONS, session, now=context.now)
    expires = context.now + ACCESS_SECONDS
    claims = {"sub": customer["id"], "team": team, "sid": session_id, "iat": int(context.now), "exp": int(expires)}
    return {
        "customer": _customer(customer),
        "accessToken": write_token(store, claims),
        "refreshToken": refresh_token,
        "expiresAt": iso_time(expires),
        "confirmationRequired": False,
    }


def _session(context: Context) -> tuple[Json, Json]:
    """The session and the customer of the access token. Raises Problem 401."""
    scheme, _, token = (context.request.authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        message = "Send the customer's access token as 'Authorization: Bearer <token>'"
        raise Problem(401, "authentication_error", "authentication_required", message)
    claims = read_token(context.store, token.strip())
    valid = claims is not None and claims["team"] == context.team and claims["exp"] > context.now
    session = context.store.get(context.team, SESSIONS, claims["sid"]) if claims and valid else None
    customer = context.store.get(context.team, CUSTOMERS, claims["sub"]) if claims and session else None
    if session is None or customer is None:
        raise Problem(401, "authentication_error", "invalid_token", "Invalid or expired access token")
    return session, customer


def write_token(store: Database, claims: Json) -> str:
    """Sign claims as a JWT."""
    head, body = (_base64(orjson.dumps(part)) for part in (HEADER, claims))
    return f"{head}.{body}.{_base64(_sign(store, f'{head}.{body}'))}"


def read_token(store: Database, token: str) -> dict[str, Any] | None:
    """The claims of a JWT that this sandbox has signed; None for any other text."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_base64(_sign(store, signed)).encode(), signature.encode(errors="replace")):
        return None
    try:
        body = signed.partition(".")[2]
        claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return None
    return claims


def _sign(store: Database, text: str) -> bytes:
    return hmac.digest(store.secret("tokens"), text.encode(errors="replace"), hashlib.sha256)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _hash(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **SCRYPT).hex()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _customer(customer: Json) -> Json:
    return {name: customer[name] for name in ("id", "email", "name")}


HANDLERS: dict[str, Handler] = {
    "customer_auth.signup": signup,
    "customer_auth.login": login,
    "customer_auth.refresh": refresh,
    "customer_auth.logout": logout,
    "customer_auth.me": me,
}
