"""Tokens from an answer of the service, and whether tokens from a store may be sent to it."""

from __future__ import annotations

import base64
import contextlib
import math
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async._core.http_semantics import parse_http_date
from cstar_async._core.secrets import Secret
from cstar_async._generated.models.customer_auth import decode_customer_session
from cstar_async._generated.operations import load
from cstar_async.errors import DecodeError, TokenStoreError

from .tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async._core.response import Response
    from cstar_async._generated.models.customer_auth import AuthCustomer, CustomerSession

    from .connection import Connection


def read_grant(
    operation: str,
    answer: Response[CustomerSession],
    connection: Connection,
    now: float,
    *,
    earlier: Tokens | None = None,
) -> Tokens:
    """Read the tokens of an answer.

    The end of the access token is that of the answer, or the one in the token. It is compared with the `Date` of the
    answer, so that a wrong clock of this machine does not matter.

    Args:
        operation: The id of the operation, for the error.
        answer: The answer of the service.
        connection: The team that it came from.
        now: Unix seconds by this machine's clock.
        earlier: The tokens that are renewed; what the answer leaves out is taken from them.

    Raises:
        DecodeError: There is no access token that can be sent.
    """
    if not has_token(answer.data):  # not a variable, since tracebacks may show those
        endpoint = load(operation)
        raise DecodeError(
            f"{endpoint.method} {endpoint.path}: {answer.status}, but the answer has no access token; the customer may "
            f"have to confirm the email address (request {answer.request_id or 'id unknown'})",
            problems=["$.data.accessToken: expected a token"],
            status=answer.status,
            operation=operation,
            method=endpoint.method,
            path=endpoint.path,
            attempts=answer.attempts,
            request_id=answer.request_id,
        )
    found = answer.data
    customer: AuthCustomer | None = found.customer
    refresh_token: str | None = Secret(found.refresh_token) if isinstance(found.refresh_token, str) else None
    if earlier is not None:
        customer, refresh_token = customer or earlier.customer, refresh_token or earlier.refresh_token
    ends = _end_of_token(str(found.access_token)) if found.expires_at is None else found.expires_at.timestamp()
    sent = parse_http_date(answer.headers.get("Date"))
    life = None if ends is None else ends - (now if sent is None else sent)
    return Tokens(
        access_token=str(found.access_token),
        refresh_token=refresh_token,
        customer=customer,
        team=connection.team,
        base_url=connection.client.requester.base_url,
        received_at=now,
        expires_at=None if life is None else now + max(0, life),
    )


def decode_renewal(members: Mapping[str, Any]) -> CustomerSession:
    """Decode the answer to a renewal, which may leave out the customer: an error would cost the session."""
    return decode_customer_session({"customer": None, **members})


def has_token(session: CustomerSession) -> bool:
    """Whether an answer has an access token that can be sent."""
    return _can_be_sent(session.access_token)


def _can_be_sent(token: object) -> bool:
    return isinstance(token, str) and token != "" and token.isascii() and token.isprintable()


def _end_of_token(token: str) -> float | None:
    """The `exp` of a JWT, in Unix seconds; None for any other token. Its signature is the service's business."""
    with contextlib.suppress(Exception):  # anything may be wrong with it
        payload = token.split(".")[1]
        end = float(orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
        return end if math.isfinite(end) else None
    return None


def check_place(tokens: Tokens, connection: Connection) -> None:
    """Refuse tokens of another team or server, which must not be sent here. Raises TokenStoreError."""
    if not _can_be_sent(tokens.access_token):
        raise TokenStoreError("the access token in the token store cannot be sent: it is not a line of ASCII")
    for name, theirs, ours in (
        ("team", tokens.team, connection.team),
        ("server", tokens.base_url, connection.client.requester.base_url),
    ):
        if theirs != ours:
            raise TokenStoreError(
                f"the token store has tokens of the {name} {theirs!r}, and this client is for {ours!r}; "
                f"use a store for each {name}"
            )
