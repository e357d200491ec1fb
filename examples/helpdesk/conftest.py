"""The application under test, on the sandbox. The fixtures named cstar_... come with cstar-async."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestClient, TestServer
from intake import make_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from cstar_async import CStarClient


@pytest.fixture
def app(cstar_client: CStarClient) -> web.Application:
    """The application, with a cStar team for this test."""
    return make_app(cstar_client)


@pytest.fixture
async def browser(app: web.Application) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A user of the application."""
    async with TestClient(TestServer(app)) as client:
        yield client
