"""`cstar mcp-server`: the API as tools for AI agents, as far as the operator allows it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import sys
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cstar_async._core.secrets import Secret
from cstar_async.cli.exits import CommandError, Exit
from cstar_async.cli.notes import note
from cstar_async.cli.state import KEY_VARIABLE, Command, State
from cstar_async.mcp.permissions import ALLOWABLE, TOOLSETS, WRITES_PER_MINUTE, permit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cstar_async.mcp.permissions import Permissions

HOSTS: Final = ("claude", "cursor", "codex", "vscode")
_VARIABLES: Final = ("CSTAR_CONFIG_DIR", "CSTAR_TEAM_ID", "CSTAR_BASE_URL", "CSTAR_ALLOW_HTTP")
_READABLE: Final = 0o077
_SHORTEST_TOKEN: Final = 16
_AREAS: Final = (*TOOLSETS, "all")


def _mcp_server(**values: Any) -> None:
    state = click.get_current_context().ensure_object(State)
    if values["print_config"] is not None:
        text = config_for(values["print_config"], _arguments(values, state), _environment())
        if problem := _missing_key(state):
            note(f"{problem}: run `cstar login`, or put {KEY_VARIABLE} into the host's env")
        click.echo(text)
        return
    from cstar_async.cli.run import run

    token, ready = None, None
    if values["http"] is None and values["token_file"] is not None:
        raise click.UsageError("--token-file is for --http PORT")
    if values["http"] is not None:
        if values["token_file"] is None:
            raise click.UsageError("--http needs --token-file FILE: a host must know the token in it")
        token = read_token(Path(values["token_file"]))
        ready = partial(note, f"serving on http://127.0.0.1:{values['http']}/mcp")
    elif state.key_stdin is not None:
        raise click.UsageError("standard input is the connection to the host; use a profile or CSTAR_API_KEY")
    else:
        if sys.stdin.isatty():
            note("waiting for a host on standard input; --print-config shows how to add one")
        # The thread that reads standard input cannot be interrupted; nothing is lost if the process ends at once.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    run(_serve(state, values, token, ready or (lambda: None)))


async def _serve(state: State, values: Mapping[str, Any], token: Secret | None, ready: Callable[[], object]) -> None:
    from cstar_async.mcp import serve
    from cstar_async.mcp.definitions import LONGEST_WAIT
    from cstar_async.mcp.tools import Toolbox

    key, _ = state.key()
    if key is None and token is None:  # standard input, which other commands can read a key from, is the connection
        raise CommandError(f"there is no API key: run `cstar login`, or set {KEY_VARIABLE}", Exit.DENIED)
    async with state.client() as client:
        toolbox = Toolbox(
            client,
            _permissions(values, key or ""),
            writes_per_minute=values["writes_per_minute"],
            known=tuple(each for each in (key, token) if each),
            deadline=state.deadline or LONGEST_WAIT,
        )
        try:
            await serve(toolbox, port=values["http"], token=token or "", ready=ready)
        except ImportError as error:
            raise CommandError(str(error)) from None


def _permissions(values: Mapping[str, Any], key: str) -> Permissions:
    from cstar_async.mcp.definitions import NAMES, allowed_tools

    chosen = _words("--tools", values["tools"], NAMES)
    left_out = _words("--exclude-tools", values["exclude_tools"], NAMES)
    permissions = permit(
        key,
        # No hint: a wrong guess would be a risk that nobody meant.
        allow=_words("--allow", values["allow"], ALLOWABLE, hints=False),
        read_only=values["read_only"],
        toolsets=_words("--toolset", values["toolset"], _AREAS),
        tools=frozenset(chosen or NAMES).difference(left_out) if chosen or left_out else None,
        hide_text=values["hide_customer_text"],
    )
    if not allowed_tools(permissions):
        raise click.UsageError("the options leave no tool: what --tools names is not allowed by the others")
    return permissions


def _words(option: str, given: Sequence[str], known: tuple[str, ...], *, hints: bool = True) -> list[str]:
    """The words of an option, which may be given several times, and separated by commas. Raises UsageError."""
    for each in given:
        if not each.strip(", "):  # a variable that is not set, for example; it does not mean all
            raise click.UsageError(
                f"{option}: {each!r} names nothing; leave the option out, or name {', '.join(known)}"
            )
    words = [word.strip() for each in given for word in each.split(",") if word.strip()]
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, 1) if hints else ()
            hint = f"did you mean {near[0]}?" if near else f"it must be of {', '.join(known)}, with commas between"
            raise click.UsageError(f"{option}: {word!r} is not known; {hint}")
    return words


def read_token(path: Path) -> Secret:
    """The token in a file that its owner alone can read; the file is made if it is not there.

    Raises:
        CommandError: The file cannot be used.
    """
    try:
        try:
            with path.open("rb") as file:
                mode, token = os.fstat(file.fileno()).st_mode, file.read().decode("utf-8", "replace").strip()
        except FileNotFoundError:
            token = secrets.token_urlsafe(32)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
                new.write(f"{token}\n")
            return Secret(token)
    except OSError as error:
        raise CommandError(f"{path} cannot be used for the token: {error.strerror}") from None
    if os.name == "posix" and mode & _READABLE:
        raise CommandError(f"{path} can be read by others; run: chmod 600 {path}")
    if len(token) < _SHORTEST_TOKEN or re.fullmatch(r"[!-~]+", token) is None:
        raise CommandError(f"{path} must hold a token: {_SHORTEST_TOKEN} characters or more, in one line of ASCII")
    return Secret(token)


def _arguments(values: Mapping[str, Any], state: State) -> list[str]:
    """The words of the command line that a host starts. A key is never among them."""
    if values["http"] is not None:
        raise click.UsageError("--print-config is for hosts that start the server; leave out --http")
    _permissions(values, "")
    words = ["mcp-server"]
    for name in ("allow", "toolset", "tools", "exclude_tools"):
        words += [word for each in values[name] for word in (f"--{name.replace('_', '-')}", each)]
    words += [f"--{name.replace('_', '-')}" for name in ("read_only", "hide_customer_text") if values[name]]
    if click.get_current_context().get_parameter_source("writes_per_minute") is not click.core.ParameterSource.DEFAULT:
        words += ["--writes-per-minute", str(values["writes_per_minute"])]
    settings = {
        "--profile": state.profile,
        "--team": state.team,
        "--base-url": state.base_url,
        "--timeout": state.timeout,
        "--deadline": state.deadline,
        "--max-retries": state.max_retries,
    }
    for name, value in settings.items():
        if value is not None:
            words += [name, str(value).removesuffix(".0") if isinstance(value, float) else str(value)]
    return [*words, *([f"-{'v' * state.verbose}"] if state.verbose else [])]


def _environment() -> dict[str, str]:
    """The variables that the server needs too, if it is to do what the command would do here. No key is among them."""
    return {name: value for name in _VARIABLES if (value := os.environ.get(name))}


def _missing_key(state: State) -> str:
    """Why a host that is set up like this has no key; empty if it has one."""
    from cstar_async.cli.profiles import Profiles

    if state.api_key is not None or state.key_stdin is not None:
        return "the key is not written into settings, which others may read"
    try:
        return "" if Profiles().find(state.profile) is not None else "this machine has no profile with a key"
    except CommandError as error:
        return error.message


def config_for(host: str, arguments: list[str], environment: Mapping[str, str]) -> str:
    """What to put into the settings of a host, so that it starts the server."""
    # A host that is started from a desktop has another PATH.
    command = shutil.which("cstar") or str(Path(sys.executable).with_name("cstar"))
    if host == "codex":
        # JSON strings and lists of them are TOML, too.
        lines = ["[mcp_servers.cstar]", f"command = {json.dumps(command)}", f"args = {json.dumps(arguments)}"]
        if environment:
            lines += [
                "[mcp_servers.cstar.env]",
                *(f"{name} = {json.dumps(value)}" for name, value in environment.items()),
            ]
        return "\n".join(lines)
    server: dict[str, Any] = {"command": command, "args": arguments}
    if environment:
        server["env"] = environment
    if host == "vscode":
        return json.dumps({"servers": {"cstar": {"type": "stdio", **server}}}, indent=2)
    return json.dumps({"mcpServers": {"cstar": server}}, indent=2)


command = Command(
    "mcp-server",
    callback=_mcp_server,
    params=[
        click.Option(["--read-only"], is_flag=True, help="Allow reading alone, whatever --allow says."),
        click.Option(
            ["--allow"],
            multiple=True,
            metavar="RISKS",
            help="What else is allowed beside reading and writing: send (customers see it), delete.",
        ),
        click.Option(
            ["--toolset"],
            multiple=True,
            metavar="AREAS",
            help=f"The areas of the API that can be reached: {', '.join(_AREAS)}. Default: all.",
        ),
        click.Option(["--tools"], multiple=True, metavar="NAMES", help="Offer these tools alone."),
        click.Option(["--exclude-tools"], multiple=True, metavar="NAMES", help="Do not offer these tools."),
        click.Option(["--hide-customer-text"], is_flag=True, help="Leave out what customers wrote."),
        click.Option(
            ["--writes-per-minute"],
            type=click.IntRange(1),
            default=WRITES_PER_MINUTE,
            show_default=True,
            metavar="N",
            help="Calls that change something, in any minute.",
        ),
        click.Option(
            ["--http"],
            type=click.IntRange(1, 65_535),
            metavar="PORT",
            help="Serve HTTP on 127.0.0.1 instead of standard input and output.",
        ),
        click.Option(
            ["--token-file"],
            type=click.Path(dir_okay=False),
            metavar="FILE",
            help="The token that hosts must send over HTTP; made if the file is not there.",
        ),
        click.Option(
            ["--print-config"],
            type=click.Choice(HOSTS),
            help="Write what to put into the settings of a host, and end.",
        ),
    ],
    help=(
        "Run as an MCP server: AI agents get the API as tools. Hosts start it and speak to it over standard input "
        "and output. By default agents can read, and change what customers do not see; answers with secrets are "
        "never allowed."
    ),
    epilog="Example: cstar mcp-server --read-only --print-config claude",
)
