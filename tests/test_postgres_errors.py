"""Which errors of PostgreSQL end a connection."""

from __future__ import annotations

import asyncpg
import pytest

from cstar_async._postgres import ends_session, failures


def server_error(sqlstate: str) -> BaseException:
    """The error that asyncpg raises for an error code of the server."""
    error: BaseException = asyncpg.PostgresError.new({"C": sqlstate, "M": "a message of the server"})
    return error


@pytest.mark.parametrize(
    "sqlstate",
    [
        *("08000", "08003", "08006", "08P01"),  # the connection
        *("25006", "25P01", "25P02", "25P03"),  # the state of the transaction
        *("26000", "42P05"),  # prepared statements
        *("53000", "53100", "53200", "53300", "53400"),  # resources
        *("57P01", "57P02", "57P03", "57P04", "57P05"),  # shutdowns
        *("58000", "58030", "XX000", "XX001"),  # system and internal errors
    ],
)
def test_server_errors_that_end_the_session(sqlstate: str) -> None:
    """Server errors with these codes end the session."""
    assert ends_session(server_error(sqlstate))
    assert isinstance(server_error(sqlstate), failures())


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        ConnectionRefusedError(),
        BrokenPipeError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.InvalidCachedStatementError("cached statement plan is invalid"),
    ],
)
def test_errors_of_the_driver_that_end_the_session(error: BaseException) -> None:
    """A lost connection or an outdated plan ends the session."""
    assert ends_session(error)


@pytest.mark.parametrize(
    "error",
    [
        *(
            server_error(each)
            for each in ("0A000", "22001", "23505", "40001", "40P01", "42P01", "42501", "55P03", "57014")
        ),
        TimeoutError(),
        FileNotFoundError(),
        ValueError(),
        RuntimeError(),
    ],
)
def test_errors_that_do_not_end_the_session(error: BaseException) -> None:
    """Errors of one statement do not end the session."""
    assert not ends_session(error)
