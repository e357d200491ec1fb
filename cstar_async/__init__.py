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
    from .bulk import Bulk, BulkReport, Export, ImportReport, Plan
    from .call import Call
    from .client import CStarClient
    from .errors import (
        APIConnectionError,
        APIError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        BulkItemError,
        ConfigError,
        ConflictError,
        CStarError,
        DeadlineExceededError,
        DecodeError,
        InboxError,
        JournalError,
        LeaseLostError,
        NotFoundError,
        PaginationError,
        PermissionDeniedError,
        QuotaExceededError,
        QuotaUnavailableError,
        RateLimitError,
        SecretKeyRequiredError,
        ServerError,
        WebhookSignatureError,
    )
    from .gather import Outcome
    from .page import Page, Pagination
    from .pages import Pager
    from .quota import Quota
    from .stream import EventStream
    from .unset import UNSET, Unset
    from .window import RateLimit

_HOME = {
    "Bulk": "bulk",
    "BulkReport": "bulk",
    "CStarClient": "client",
    "Call": "call",
    "EventStream": "stream",
    "Export": "bulk",
    "ImportReport": "bulk",
    "Outcome": "gather",
    "Page": "page",
    "Pager": "pages",
    "Pagination": "page",
    "Plan": "bulk",
    "Quota": "quota",
    "RateLimit": "window",
    "Response": "answer",
    "UNSET": "unset",
    "Unset": "unset",
    "__version__": "_version",
    "APIConnectionError": "errors",
    "APIError": "errors",
    "APITimeoutError": "errors",
    "AuthenticationError": "errors",
    "BadRequestError": "errors",
    "BulkItemError": "errors",
    "CStarError": "errors",
    "ConfigError": "errors",
    "ConflictError": "errors",
    "DeadlineExceededError": "errors",
    "DecodeError": "errors",
    "InboxError": "errors",
    "JournalError": "errors",
    "LeaseLostError": "errors",
    "NotFoundError": "errors",
    "PaginationError": "errors",
    "PermissionDeniedError": "errors",
    "QuotaExceededError": "errors",
    "QuotaUnavailableError": "errors",
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
    "Bulk",
    "BulkItemError",
    "BulkReport",
    "CStarClient",
    "CStarError",
    "Call",
    "ConfigError",
    "ConflictError",
    "DeadlineExceededError",
    "DecodeError",
    "EventStream",
    "Export",
    "ImportReport",
    "InboxError",
    "JournalError",
    "LeaseLostError",
    "NotFoundError",
    "Outcome",
    "Page",
    "Pager",
    "Pagination",
    "PaginationError",
    "PermissionDeniedError",
    "Plan",
    "Quota",
    "QuotaExceededError",
    "QuotaUnavailableError",
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
