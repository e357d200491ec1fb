"""The command `cstar`: its groups, its help, and what happens to errors."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click

from cstar_async._version import __version__
from cstar_async.errors import CStarError

from .exits import CommandError, Exit, from_error, show_usage_error
from .state import State
from .tree import OperationGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

_COMMANDS: Final = {
    "login": "Keep an API key, and say which team it belongs to.",
    "logout": "Forget an API key.",
    "status": "Show the team, the key and what is left of the quota.",
    "profiles": "List, choose or remove profiles.",
    "listen": "Forward webhook events to a server on this machine.",
    "trigger": "Make an event happen.",
    "logs": "Show the requests that the service has recorded.",
    "api": "Call any path of the API.",
    "inbox": "Look into an inbox of webhook events, and repair it.",
    "outbox": "Look into an outbox of writes, send them, and repair it.",
    "sandbox": "Run the whole service on this machine, without an account.",
    "mcp-server": "Let AI agents use the API, as far as you allow it.",
    "completion": "Write the completion script for a shell.",
}
"""The commands that are not operations, with their summaries. Each is `command` in a module of its own, which is loaded
only when the command is used."""

_FIRST: Final = """\
\b
cstar login                         keep an API key
cstar sandbox --demo                or a whole service to try, with no account
cstar tickets list --status open    every operation of the API is a command
cstar listen --to http://localhost:3000/webhooks
cstar trigger ticket.created
"""


class Root(OperationGroup):
    """The group of all commands."""

    def __init__(self) -> None:
        super().__init__(
            (),
            help=f"The command line of cStar.\n\n{_FIRST}",
            params=_root_options(),
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Its own commands first, then the resources."""
        return [*_COMMANDS, *(name for name in super().list_commands(ctx) if name not in _COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of its own, or one of an operation."""
        if cmd_name in _COMMANDS:
            module = cmd_name.replace("-", "_")
            found: click.Command = importlib.import_module(f"cstar_async.cli.commands.{module}").command
            found.short_help = _COMMANDS[cmd_name]
            return found
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two lists: its own commands, and the resources."""
        resources = [name for name in self.list_commands(ctx) if name not in _COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))
        with formatter.section("Resources of the API"):
            formatter.write_text(", ".join(resources))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names of commands and options that begin like this; no command is loaded for it."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        found = [CompletionItem(name, help=_COMMANDS.get(name) or self.about(name)) for name in names]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


def _root_options() -> list[click.Parameter]:
    def version(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(f"cstar {__version__}")
            ctx.exit()

    return [
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=version, help="Show the version."
        )
    ]


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    closed = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    for name in closed:
        setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))
    try:
        if "stdout" in closed:  # a new key, for example, would be lost
            CommandError("standard output is closed, so nothing was done; /dev/null takes what nobody needs").report()
            return Exit.ERROR
        return _run([_in_utf8(word) for word in arguments])
    except BrokenPipeError:  # the reader has seen enough
        return Exit.OK
    except OSError as error:  # a file, or a full disk
        CommandError(f"{error.filename or 'standard output'}: {error.strerror or error}").report()
        return Exit.ERROR
    finally:
        _drop_unwritten()


def _in_utf8(word: str) -> str:
    """An argument as UTF-8, whatever the locale; with a byte that is not UTF-8, as it is, since it may name a file."""
    with suppress(UnicodeError):
        return word.encode("utf-8", "surrogateescape").decode()
    return word


def _drop_unwritten() -> None:
    """Discard unwritten output, so that Python reports no second error when it closes the streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)


def _run(arguments: Sequence[str]) -> int:
    instruction = os.environ.get("_CSTAR_COMPLETE")
    if instruction:
        from .commands.completion import complete

        return complete(Root(), instruction)
    try:
        with Root().make_context("cstar", list(arguments), obj=State()) as context:
            found: Any = context.command.invoke(context)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return Exit.OK
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except CommandError as error:
        error.report()
        return error.exit
    except CStarError as error:  # settings that the client refuses
        refused = from_error(error)
        refused.report()
        return refused.exit
    except click.ClickException as error:
        show_usage_error(error)
        return Exit.USAGE
    return found if isinstance(found, int) else Exit.OK


__all__ = ["Root", "run"]
