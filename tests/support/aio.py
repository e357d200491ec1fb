"""aioresponses for these tests: `Mock` answers requests without a network and records them."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from aiohttp import ClientResponse
from aioresponses import aioresponses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from aiohttp import ClientSession
    from yarl import URL

BASE = "https://www.cstar.help"
TEAM = "7134fc12-5c1d-4a0e-9d7a-2f6f0b1c9e55"
SECRET = "sk_test_0123456789abcdefghijklmnopqrstuv"
ANYTHING = re.compile(".*")


class MockedResponse(ClientResponse):
    """Adds `stream_writer`, which aioresponses 0.7.9 does not pass: aiohttp 3.14 requires it, 3.11 refuses it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "stream_writer" in inspect.signature(ClientResponse).parameters:
            kwargs.setdefault("stream_writer", mock.Mock())
        super().__init__(*args, **kwargs)


class SentRequest(NamedTuple):
    """One request, as the client sends it."""

    method: str
    url: str
    """The whole URL, encoded as on the wire."""
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def json(self) -> Any:
        """The JSON body, or None without a body."""
        return None if self.body is None else json.loads(self.body)


class Mock(aioresponses):
    """Answers requests and records them in `sent`."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[SentRequest] = []

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    async def _request_mock(
        self, orig_self: ClientSession, method: str, url: URL | str, *args: Any, **kwargs: Any
    ) -> ClientResponse:
        # Record the request before aioresponses sorts its query.
        self.sent.append(SentRequest(method, str(url), dict(kwargs["headers"]), kwargs.get("data")))
        return await super()._request_mock(orig_self, method, url, *args, **kwargs)

    def reply(self, method: str, body: object, status: int = 200, content_type: str = "application/json") -> None:
        """Answer one request by this method with this body: bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.add(ANYTHING, method, status=status, body=raw, content_type=content_type, response_class=MockedResponse)
