"""The exit codes, and the text of an error."""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import click

from cstar_async import errors

from .notes import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.errors import CStarError


class Exit(IntEnum):
    """What a script can tell apart."""

    OK = 0
    ERROR = 1
    USAGE = 2
    NOT_FOUND = 3
    DENIED = 4
    """No key, a key that may not do this, or a publishable key."""
    LIMITED = 5
    """The quota is used up, or the service said 429."""
    NETWORK = 6
    """No connection, a timeout, or a deadline."""
    PARTLY = 7
    """Some of many failed."""
    INTERRUPTED = 130


_BY_CLASS: Final = (
    (errors.NotFoundError, Exit.NOT_FOUND),
    (errors.AuthenticationError, Exit.DENIED),
    (errors.PermissionDeniedError, Exit.DENIED),
    (errors.SecretKeyRequiredError, Exit.DENIED),
    (errors.RateLimitError, Exit.LIMITED),
    (errors.QuotaExceededError, Exit.LIMITED),
    (errors.APIConnectionError, Exit.NETWORK),
    (errors.DeadlineExceededError, Exit.NETWORK),
)


_OF_THE_LIBRARY: Final = {
    "and the client has a publishable one": "and this one is publishable",
    "pass the secret key as api_key= to CStarClient, or set": "run `cstar login` with the secret key, or set",
    "pass a query with query=": "pass a query with --query",
    "max_retries must": "--max-retries must",
    "pass allow_http=True or set CSTAR_ALLOW_HTTP=1": "set CSTAR_ALLOW_HTTP=1",
}
"""Words of errors for who writes Python, and what they are on a command line."""


class CommandError(click.ClickException):
    """An error of a command, with its exit code.

    Attributes:
        exit: The exit code.
        facts: What a script may want to know of it: status, code, request id.
    """

    def __init__(self, message: str, code: Exit = Exit.ERROR, facts: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.exit: Exit = code
        self.facts = {name: value for name, value in (facts or {}).items() if value is not None}

    def report(self) -> None:
        """Write it to stderr: a line on a terminal, otherwise a JSON object."""
        show(self.message, self.exit, self.facts)


def from_error(error: CStarError) -> CommandError:
    """The error of a command for one of the client."""
    code = next((code for kind, code in _BY_CLASS if isinstance(error, kind)), Exit.ERROR)
    if isinstance(error, errors.ConfigError):
        # An operation that needs a key, or a setting that is not valid.
        code = Exit.USAGE if error.path is None else Exit.DENIED
    facts = {
        "status": getattr(error, "status", None),
        "code": getattr(error, "code", None),
        "request_id": error.request_id,
        "outcome_unknown": error.outcome_unknown or None,
        "idempotency_key": error.idempotency_key if error.outcome_unknown else None,
    }
    return CommandError(reworded(str(error)), code, facts)


def reworded(message: str) -> str:
    """The message of an error of the library without what only a program can do."""
    for words, ours in _OF_THE_LIBRARY.items():
        message = message.replace(words, ours)
    return message


def show(message: str, code: int, facts: Mapping[str, object] | None = None) -> None:
    """Write an error to stderr; the exit code tells it even if nobody reads that."""
    with suppress(OSError):
        if sys.stderr.isatty():
            note(f"error: {_printable(message)}")
            key = (facts or {}).get("idempotency_key")
            if key:
                note(f"it may have been done; to try again safely: --idempotency-key {key}")
        else:
            # In ASCII, since an argument may be no text; and orjson would take longer to load.
            click.echo(json.dumps({"error": {"exit": int(code), **(facts or {}), "message": message}}), err=True)


def show_usage_error(error: click.ClickException) -> None:
    """Write a mistake in the command to stderr: on a terminal with the usage."""
    if not sys.stderr.isatty():
        show(error.format_message(), Exit.USAGE)
        return
    text = io.StringIO()
    error.show(text)
    with suppress(OSError):
        click.echo(_printable(text.getvalue()), nl=False, err=True)


def _printable(text: str) -> str:
    from .output import printable  # takes long to load

    return "\n".join(map(printable, text.split("\n")))
