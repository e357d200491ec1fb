"""`python -m cstar_async.sandbox`: runs the sandbox until Ctrl-C and prints its settings."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from .clock import VirtualClock
from .control.auth import Access
from .http.hosts import is_loopback
from .options import check_port
from .switches import Switches, switch_choices

PROG = "python -m cstar_async.sandbox"
DEFAULT_PORT = 4010
TOKEN_VARIABLE = "CSTAR_SANDBOX_TOKEN"  # noqa: S105  # the name of a variable
HOSTS_VARIABLE = "CSTAR_SANDBOX_ALLOW_HOSTS"
SWITCHES = {
    "pagination": "where lists have their pagination fields (default: %(default)s)",
    "payload": "whether an event's data is the object itself, or has it under its name (default: %(default)s)",
    "signature": "the form of X-Signature (default: %(default)s)",
    "drift": "whether answers differ from the contract (default: %(default)s)",
}


def parse_arguments(arguments: list[str] | None = None, prog: str = PROG) -> argparse.Namespace:
    """Parse the command line. Exits with status 2 for invalid options and for an unsafe --host."""
    parser = argparse.ArgumentParser(
        prog=prog, description="The cStar API on this machine, with its own data.", epilog=f"Example: {prog} --demo"
    )
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help=f"a further host name of the sandbox, such as a container's (or set {HOSTS_VARIABLE})",
    )
    parser.add_argument("--database", default=":memory:", metavar="FILE", help="keep the data in a SQLite file")
    parser.add_argument("--seed", type=int, help="makes ids and keys repeatable (default: keys are random)")
    parser.add_argument("--no-quota", action="store_true", help="do not limit the requests per hour")
    parser.add_argument("--demo", action="store_true", help="fill the team with a few weeks of demo data")
    for name, choices in switch_choices().items():
        parser.add_argument(f"--{name}", choices=choices, default=choices[0], help=SWITCHES[name])
    parser.add_argument(
        "--parallel-deliveries",
        type=positive,
        default=1,
        metavar="N",
        help="events that a webhook receives at the same time (default: %(default)s)",
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"allow control from other machines with the token in this file (or set {TOKEN_VARIABLE})",
    )
    options = parser.parse_args(arguments)
    options.allow_host += [each for part in os.environ.get(HOSTS_VARIABLE, "").split(",") if (each := part.strip())]
    try:
        Access(allow_hosts=options.allow_host)
    except ValueError as error:
        parser.error(f"--allow-host or {HOSTS_VARIABLE}: {error}")
    try:
        options.token = read_token(options.token_file)
    except (OSError, ValueError) as error:
        parser.error(f"{'--token-file' if options.token_file else TOKEN_VARIABLE}: {error}")
    if not (options.allow_remote or is_loopback(options.host)):
        parser.error(f"{options.host} can be reached from other machines without TLS: add --allow-remote to allow that")
    return options


def port(text: str) -> int:
    """A TCP port, 0 for any free one. Raises ValueError."""
    check_port(number := int(text))
    return number


def positive(text: str) -> int:
    """A number of at least 1. Raises ValueError or ArgumentTypeError."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def read_token(file: Path | None) -> str | None:
    """Read the control API's token from a file or the environment. Raises OSError or ValueError."""
    token = os.environ.get(TOKEN_VARIABLE) if file is None else file.read_text("utf-8").strip()
    if token is not None:
        Access(token)  # validates the token before anything is started
    return token


async def serve(options: argparse.Namespace) -> None:
    """Run a sandbox on real time until SIGINT or SIGTERM."""
    from . import Sandbox  # not at the top, so that --help works without the extra

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # asyncio has no signal handlers on Windows; Ctrl-C raises KeyboardInterrupt there.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    sandbox = Sandbox(
        port=options.port,
        host=options.host,
        database=options.database,
        seed=options.seed,
        quota=not options.no_quota,
        switches=Switches(**{name: getattr(options, name) for name in switch_choices()}),
        parallel_deliveries=options.parallel_deliveries,
        demo=options.demo,
        token=options.token,
        allow_hosts=options.allow_host,
        clock=VirtualClock(time.time(), running=True),
    )
    async with sandbox:
        # A form for `export`, `.env` files and `eval`.
        sys.stdout.writelines(f"{name}={value}\n" for name, value in sandbox.default_team.environment.items())
        sys.stdout.flush()
        # Not on standard output, which a shell may evaluate.
        sys.stderr.write(f"Inspector: {sandbox.inspector_url}\n")
        await stopped.wait()


def main(arguments: list[str] | None = None, *, prog: str = PROG) -> int:
    """Run the sandbox: 0 once it is stopped, 1 with a message if the port is taken or the extra is not installed."""
    options = parse_arguments(arguments, prog)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(options))
    except (ImportError, OSError) as error:
        sys.stderr.write(f"cstar sandbox: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
