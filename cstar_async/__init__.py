"""An async Python SDK for the cStar API.

    from cstar_async import CStarClient

    async with CStarClient(api_key="sk_test_…") as cstar:
        ticket = await cstar.tickets.create(title="Printer on fire", priority="urgent")
        async for ticket in cstar.tickets.list(status="open"):
            print(ticket.title)

Objects are in `cstar_async.models`, errors in `cstar_async.errors`, the sandbox in `cstar_async.sandbox`. Every name
is loaded when it is first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # typing itself would be most of the cost of importing this package
if TYPE_CHECKING:
    from ._version import __version__
    from .answer import Response
    from .call import Call
    from .client import CStarClient
    from .errors import (
        APIConnectionError,
        APIError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConfigError,
        ConflictError,
        CStarError,
        DeadlineExceededError,
        DecodeError,
        NotFoundError,
        PaginationError,
        PermissionDeniedError,
        QuotaExceededError,
        RateLimitError,
        SecretKeyRequiredError,
        ServerError,
        WebhookSignatureError,
    )
    from .gather import Outcome
    from .page import Page, Pagination
    from .pages import Pager
    from .quota import Quota, RateLimit
    from .stream import EventStream
    from .unset import UNSET, Unset

_HOME = {
    "CStarClient": "client",
    "Call": "call",
    "EventStream": "stream",
    "Outcome": "gather",
    "Page": "page",
    "Pager": "pages",
    "Pagination": "page",
    "Quota": "quota",
    "RateLimit": "quota",
    "Response": "answer",
    "UNSET": "unset",
    "Unset": "unset",
    "__version__": "_version",
    "APIConnectionError": "errors",
    "APIError": "errors",
    "APITimeoutError": "errors",
    "AuthenticationError": "errors",
    "BadRequestError": "errors",
    "CStarError": "errors",
    "ConfigError": "errors",
    "ConflictError": "errors",
    "DeadlineExceededError": "errors",
    "DecodeError": "errors",
    "NotFoundError": "errors",
    "PaginationError": "errors",
    "PermissionDeniedError": "errors",
    "QuotaExceededError": "errors",
    "RateLimitError": "errors",
    "SecretKeyRequiredError": "errors",
    "ServerError": "errors",
    "WebhookSignatureError": "errors",
}

__all__ = [
    "UNSET",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "CStarClient",
    "CStarError",
    "Call",
    "ConfigError",
    "ConflictError",
    "DeadlineExceededError",
    "DecodeError",
    "EventStream",
    "NotFoundError",
    "Outcome",
    "Page",
    "Pager",
    "Pagination",
    "PaginationError",
    "PermissionDeniedError",
    "Quota",
    "QuotaExceededError",
    "RateLimit",
    "RateLimitError",
    "Response",
    "SecretKeyRequiredError",
    "ServerError",
    "Unset",
    "WebhookSignatureError",
    "__version__",
]


def __getattr__(name: str) -> object:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
