"""`python -m cstar_async.sandbox`: the sandbox until Ctrl-C, its settings on standard output."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import signal
import sys
import time

from .clock import VirtualClock
from .server import Sandbox

DEFAULT_PORT = 4010


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line. Exits with status 2 for a host that others can reach, unless that was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m cstar_async.sandbox", description="The cStar API on this machine, with data of its own."
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--allow-remote", action="store_true", help="let --host be reachable from other machines")
    parser.add_argument("--database", default=":memory:", metavar="FILE", help="keep the data in a SQLite file")
    parser.add_argument("--seed", type=int, default=0, help="what ids and keys are made from (default: %(default)s)")
    parser.add_argument("--no-quota", action="store_true", help="do not limit the requests per hour")
    options = parser.parse_args(arguments)
    if not (options.allow_remote or is_loopback(options.host)):
        parser.error(f"{options.host} can be reached by others, and the keys are no secret: add --allow-remote")
    return options


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def serve(options: argparse.Namespace) -> None:
    """Run a sandbox on real time until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends asyncio.run() with a KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    sandbox = Sandbox(
        port=options.port,
        host=options.host,
        database=options.database,
        seed=options.seed,
        quota=not options.no_quota,
        clock=VirtualClock(time.time(), running=True),
    )
    async with sandbox:
        team = sandbox.default_team
        # Plain lines, fit for `export`, `.env` files and `eval`.
        sys.stdout.write(f"CSTAR_BASE_URL={sandbox.base_url}\n")
        sys.stdout.write(f"CSTAR_TEAM_ID={team.id}\n")
        sys.stdout.write(f"CSTAR_API_KEY={team.secret_key}\n")
        sys.stdout.write(f"CSTAR_PUBLISHABLE_KEY={team.publishable_key}\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> None:
    """Entry point. A port that is taken ends it with a message and status 1."""
    options = parse_arguments()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(options))
    except OSError as error:
        sys.exit(f"cstar sandbox: {error}")


if __name__ == "__main__":
    main()
