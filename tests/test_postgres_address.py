"""Addresses of databases: the names that errors give them, without passwords."""

from __future__ import annotations

import ssl

import pytest

from cstar_async._postgres import cause, database_name, read_address
from cstar_async.errors import ConfigError


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ada:s3cret@db.example.org:5432/inbox", "db.example.org:5432/inbox"),
        ("postgresql://ada:s3cret%40%2F%23@localhost/inbox?sslmode=require", "localhost/inbox"),
        ("postgresql://localhost/inbox?user=ada@example.org&password=s3cret", "localhost/inbox"),
        ("postgresql://ada:s3cret@one:1,two:2/b%C3%BCcher", "one:1,two:2/bücher"),
        ("postgresql://ada:s3cret@[::1]:5432/inbox", "[::1]:5432/inbox"),
        ("postgresql://ada:s3cret@/inbox?host=/run/postgresql", "/run/postgresql/inbox"),
        ("postgresql://", ""),
    ],
)
def test_the_name_is_host_and_database(url: str, name: str) -> None:
    """The name of a database is its host and database, without the password."""
    assert database_name(url, "it", ConfigError) == name


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:s3@cret@localhost/inbox",
        "postgresql://ada:1234/s3cret@localhost/inbox",
        "postgresql://ada:1234#s3cret@localhost/inbox",
        "postgresql://ada:s3cret/x@localhost/inbox",
        "postgresql://ada:s3[cret@localhost/inbox",
        "postgresql://localhost:s3cret/inbox",
        "postgresql://localhost:65536/inbox",
    ],
)
def test_an_invalid_address_is_refused_and_not_shown(url: str) -> None:
    """The error for an address that cannot be parsed does not show it."""
    with pytest.raises(ConfigError, match=r"^its address cannot be read: .*percent-encoded") as caught:
        database_name(url, "its address", ConfigError)
    assert "cret" not in str(caught.value)
    assert "65536" not in str(caught.value)


def test_an_invalid_certificate_is_not_an_address_error() -> None:
    """A certificate error is raised as it is."""
    with pytest.raises(ssl.SSLCertVerificationError), read_address("its address", ConfigError):
        raise ssl.SSLCertVerificationError(1, "certificate verify failed")


def test_the_cause_is_one_line() -> None:
    """The cause is the class of the error and the first line of its text."""
    assert cause(OSError("one\ntwo")) == "OSError: one"
    assert cause(TimeoutError()) == "TimeoutError"
