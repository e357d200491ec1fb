"""A process that sends a customer's requests: `python -m tests.public.worker URL TEAM FILE TIME`.

For each line on standard input, the seconds by which its clock is ahead, it sends ten requests at once and prints `ok`,
or the class of an error.
"""

from __future__ import annotations

import asyncio
import sys

from cstar_async.public import FileTokens, PublicTeam
from tests.support.clock import FakeClock


async def main(url: str, slug: str, path: str, now: str) -> None:
    clock = FakeClock(float(now))
    start = clock.now
    async with PublicTeam(slug, base_url=url, clock=clock) as team:
        session = await team.auth.session(tokens=FileTokens(path))
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            clock.now = start + float(line)
            outcomes = await asyncio.gather(*(session.get_customer() for _ in range(10)), return_exceptions=True)
            print(*{type(each).__name__ for each in outcomes}, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
