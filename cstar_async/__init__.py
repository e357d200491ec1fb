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

from ._lazy import lazy_names

TYPE_CHECKING = False  # typing itself would be most of the cost of importing this package
if TYPE_CHECKING:
    from cstar_async._core.call import Call
    from cstar_async._core.gather import Outcome
    from cstar_async._core.pager import Pager
    from cstar_async._core.pagination import Page, Pagination
    from cstar_async._core.rate_limit import RateLimit
    from cstar_async._core.response import Response
    from cstar_async._core.unset import UNSET, Unset
    from cstar_async._quota.postgres import SharedQuota
    from cstar_async._quota.quota import Quota
    from cstar_async.live.stream import EventStream

    from ._version import __version__
    from .bulk import Bulk, BulkReport, Export, ImportReport, Plan
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
        OutboxError,
        PaginationError,
        PermissionDeniedError,
        QuotaExceededError,
        QuotaUnavailableError,
        RateLimitError,
        SecretKeyRequiredError,
        ServerError,
        SessionExpiredError,
        TokenStoreError,
        WebhookSignatureError,
    )

_HOME = {
    "Bulk": "bulk",
    "BulkReport": "bulk",
    "CStarClient": "client",
    "Call": "_core.call",
    "EventStream": "live.stream",
    "Export": "bulk",
    "ImportReport": "bulk",
    "Outcome": "_core.gather",
    "Page": "_core.pagination",
    "Pager": "_core.pager",
    "Pagination": "_core.pagination",
    "Plan": "bulk",
    "Quota": "_quota.quota",
    "SharedQuota": "_quota.postgres",
    "RateLimit": "_core.rate_limit",
    "Response": "_core.response",
    "UNSET": "_core.unset",
    "Unset": "_core.unset",
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
    "OutboxError": "errors",
    "PaginationError": "errors",
    "PermissionDeniedError": "errors",
    "QuotaExceededError": "errors",
    "QuotaUnavailableError": "errors",
    "RateLimitError": "errors",
    "SecretKeyRequiredError": "errors",
    "ServerError": "errors",
    "SessionExpiredError": "errors",
    "TokenStoreError": "errors",
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
    "OutboxError",
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
    "SessionExpiredError",
    "SharedQuota",
    "TokenStoreError",
    "Unset",
    "WebhookSignatureError",
    "__version__",
]


__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
