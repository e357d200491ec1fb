"""Parts of a client that only tests may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from cstar_async import CStarClient
    from cstar_async._http.requester import HTTPRequester


def internals(client: CStarClient) -> HTTPRequester:
    """The object that sends the client's requests."""
    return cast("HTTPRequester", client._requester)
