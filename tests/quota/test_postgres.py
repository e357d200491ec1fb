"""One quota for several processes: they share what they learn, and slots of dead processes are freed."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from cstar_async import CStarClient, Quota, SharedQuota
from cstar_async.clock import SystemClock
from cstar_async.errors import ConfigError, QuotaExceededError, QuotaUnavailableError
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.clock import VirtualClock
from cstar_async.sandbox.http import rate_limit as service
from cstar_async.sandbox.service.identity import SECRET
from tests.support.clock import FakeClock
from tests.support.postgres import postgres, postgres_server
from tests.support.server import KEY, data, serve
from tests.support.stress import at_length

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["postgres", "postgres_server"]
ROOT = Path(__file__).parent.parent.parent
SYSTEM = SystemClock()

WORKER = """
import asyncio, sys
from cstar_async import CStarClient, SharedQuota

async def main(dsn, key, team, url):
    async with SharedQuota(dsn, lease=1.5) as quota:
        async with CStarClient(key, team_id=team, base_url=url, quota=quota, max_retries=0) as cstar:
            async def work():
                while True:
                    await cstar.tags.list().options(priority="bulk")
            await asyncio.gather(*(work() for _ in range(4)))

asyncio.run(main(*sys.argv[1:]))
"""


def client(sandbox: Sandbox, quota: Quota, **options: Any) -> CStarClient:
    return sandbox.client(quota=quota, clock=SYSTEM, max_retries=0, **options)


class Round(NamedTuple):
    """The result of killing two of four workers."""

    used: int
    """Requests in the window after the kill."""
    longest: float
    """Seconds of the longest interactive call."""


async def kill_two(postgres: str, seconds: int, number: int) -> Round:
    """Let four processes work, kill two in the middle of a window, and look at the next window."""
    waits: list[float] = []
    async with (
        Sandbox(clock=VirtualClock(running=True), seed=number) as sandbox,
        SharedQuota(postgres, lease=1.5) as quota,
        client(sandbox, quota) as cstar,
    ):
        team = sandbox.default_team
        arguments = ("-c", WORKER, postgres, team.secret_key, team.id, sandbox.base_url)
        workers = [await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT) for _ in range(4)]
        try:
            while len(sandbox.requests) < 10:
                await asyncio.sleep(0.01)
            begun = sandbox.clock.time()
            last = int(begun // seconds) + 1
            killed = False
            while (now := sandbox.clock.time()) < (last + 1) * seconds + 0.2:
                before = time.monotonic()
                await cstar.tags.list()
                waits.append(time.monotonic() - before)
                if not killed and now - begun > seconds / 2:
                    killed = True
                    for worker in workers[:2]:
                        worker.send_signal(signal.SIGKILL)
                await asyncio.sleep(seconds / 20)
        finally:
            for worker in workers:
                with contextlib.suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
        used = Counter(int(record.at // seconds) for record in sandbox.requests)
        assert {record.status for record in sandbox.requests} == {200}
    assert max(used.values()) <= service.LIMITS[SECRET]
    return Round(used[last] if killed else 0, max(waits))


async def test_four_processes_share_one_key_and_two_are_killed(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four processes get no 429; after two die, the next window is used and stays open."""
    shortest, limit = at_length((2, 60), (10, 300))
    monkeypatch.setitem(service.LIMITS, SECRET, limit)
    rounds: list[Round] = []
    # A busy machine may be too slow for a short window, and gets a longer one.
    for number, times in enumerate((1, 1, 1, 2, 4, 8, 16)):
        seconds = shortest * times
        monkeypatch.setattr(service, "WINDOW", seconds)
        used, longest = found = await kill_two(postgres, seconds, number)
        rounds.append(found)
        # The window after the kill is used as if the dead processes had never existed, and because of the reserve
        # no interactive call waits for the window to end.
        if used >= 0.7 * limit and longest < max(1.0, seconds / 8):
            break
    else:
        pytest.fail(f"{rounds}")


async def test_processes_share_what_one_learns(postgres: str) -> None:
    """What one process learns about the quota the others know."""
    async with SharedQuota(postgres) as first, SharedQuota(postgres) as second:
        async with serve(data([], headers={"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "7"})) as server:
            async with server.client(quota=first) as one, server.client(quota=second) as two:
                await one.tags.list()
                await first.refresh()
                await second.refresh()
                assert (second.limit, second.remaining) == (50, 7)
                await two.tags.list()
                assert second.in_flight == 0
        assert "SharedQuota" in repr(second)


async def test_the_error_about_a_spent_quota_says_when_it_is_available(postgres: str) -> None:
    """A spent quota is an error that says when it is available again."""
    spent = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 900)}
    async with SharedQuota(postgres) as quota, serve(data([], headers=spent)) as server:
        async with server.client(quota=quota) as cstar:
            await cstar.tags.list()
            with pytest.raises(QuotaExceededError) as caught:
                await cstar.tags.list()
    assert 300 < caught.value.available_at.timestamp() - time.time() <= 901
    assert server.attempts == 1


async def test_a_cancelled_wait_leaves_no_slot_behind(postgres: str) -> None:
    """A cancelled call leaves no slot behind."""
    async with SharedQuota(postgres) as quota, serve(data([])) as server, server.client(quota=quota) as cstar:
        await cstar.tags.list()
        for pause in range(20):
            task = asyncio.create_task(cstar.tags.list().send())
            for _ in range(pause):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(60):
            await quota.refresh()
            while quota.in_flight:
                await asyncio.sleep(0.01)
                await quota.refresh()
        assert (await cstar.tags.list().options(deadline=60)).data == []
    async with SharedQuota(postgres) as again, server.client(quota=again):
        await again.refresh()
        # None is in flight; requests without an answer count for a limited time.
        assert again.remaining is not None
        assert again.remaining >= 1000 - 20


async def test_a_job_runs_on_a_shared_quota(postgres: str) -> None:
    """A bulk job runs on a shared quota and leaves no slot in use."""
    async with Sandbox(clock=VirtualClock(running=True)) as sandbox, SharedQuota(postgres) as quota:
        async with client(sandbox, quota) as cstar:
            job = cstar.tickets.import_many({"title": str(number)} for number in range(1500))
            assert (await job.plan()).requests == 3
            assert (await job).created == 1500
            await quota.refresh()
            assert (quota.in_flight, quota.remaining) == (0, 997)


async def test_without_its_database_nothing_is_sent(postgres: str) -> None:
    """Without its database nothing is sent, and the error says why."""
    gone = postgres.replace("/test_", "/nowhere_")
    async with SharedQuota(gone) as quota, serve(data([])) as server, server.client(quota=quota) as cstar:
        with pytest.raises(QuotaUnavailableError, match="nothing is sent: InvalidCatalogNameError: ") as caught:
            await cstar.tags.list()
        assert f"{urlsplit(gone).path} is unavailable" in str(caught.value)
        report = await cstar.tickets.delete_many(["tkt_1"]).options(max_retries=0)
        assert isinstance(report.failed["tkt_1"], QuotaUnavailableError)
    assert server.attempts == 0


@pytest.mark.parametrize("ledger", ["{}", "null", "no JSON", '{"window": [1]}'])
async def test_a_ledger_of_another_version_is_refused(postgres: str, ledger: str) -> None:
    """A ledger of another version is a QuotaUnavailableError that says so."""
    import asyncpg

    async with SharedQuota(postgres) as quota:
        await quota.refresh()
        admin = await asyncpg.connect(postgres)
        await admin.execute("UPDATE cstar_quota SET ledger = $1", ledger)
        await admin.close()
        with pytest.raises(QuotaUnavailableError, match=r"ledger .*/test_.* is of another version"):
            await quota.refresh()


async def test_an_existing_table_needs_no_right_to_create_it(postgres: str) -> None:
    """If the table exists, no right to create it is needed."""
    import asyncpg

    async with SharedQuota(postgres) as quota:
        await quota.refresh()
    admin = await asyncpg.connect(postgres)
    role = f"reader_{urlsplit(postgres).path.lstrip('/')}"
    try:
        await admin.execute(f"CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT, UPDATE ON cstar_quota TO {role}")
        async with SharedQuota(postgres.replace("postgres:@", f"{role}:@")) as quota:
            await quota.refresh()
    finally:
        await admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
        await admin.close()


async def test_a_restart_of_the_database_is_survived(postgres: str, postgres_server: str) -> None:
    """The quota connects again after its database connections were ended."""
    import asyncpg

    async with SharedQuota(postgres) as quota, serve(data([])) as server, server.client(quota=quota) as cstar:
        await cstar.tags.list()
        await quota.refresh()
        admin = await asyncpg.connect(postgres_server)
        own = urlsplit(postgres).path.lstrip("/")  # other tests use the same server
        killed = await admin.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", own)
        assert killed
        await admin.close()
        await cstar.tags.list()
    assert server.attempts == 2


@pytest.mark.parametrize("make", [Quota, lambda: SharedQuota("postgresql://host/db")])
def test_a_quota_is_for_one_key(make: Callable[[], Quota]) -> None:
    """A quota can be used with one key only."""
    quota = make()
    CStarClient(KEY, team_id="t", quota=quota)
    CStarClient(KEY, team_id="t", quota=quota)
    with pytest.raises(ConfigError, match="one key"):
        CStarClient(KEY[:-1] + "w", team_id="t", quota=quota)


async def slots(quota: SharedQuota) -> int:
    """How many slots are taken, of all processes."""
    await quota.refresh()
    window = quota._shared.window
    assert window is not None
    return window.in_flight


async def test_a_read_only_period_leaves_nothing_behind(postgres: str) -> None:
    """After a read-only period of the database the quota works again."""
    import asyncpg

    name = urlsplit(postgres).path[1:]
    admin = await asyncpg.connect(postgres, server_settings={"default_transaction_read_only": "off"})
    try:
        async with SharedQuota(postgres) as quota:
            quota._shared.assume("secret", "a")
            await quota.refresh()
            await admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            sql = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
            )
            await admin.execute(sql.replace("$1", f"'{name}'"))
            with pytest.raises(QuotaUnavailableError, match="read-only"):
                await quota.refresh()
            await admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            await quota.refresh()
    finally:
        await admin.close()


async def test_an_unused_slot_is_returned(postgres: str) -> None:
    """A slot that is not used before its lease ends, or the quota closes, is given back."""
    async with SharedQuota(postgres, lease=0.04) as quota, SharedQuota(postgres) as other:
        for each in (quota, other):
            each._shared.assume("secret", "key")
        for _ in range(2):  # the second time the slot is still held
            assert await quota._shared.admit("interactive", SYSTEM, 5) == 0
        assert await slots(other) == 1
        await asyncio.sleep(0.02)
        assert quota._shared.wait(0, "interactive") == math.inf
        assert await slots(quota) == 0
        assert await quota._shared.admit("interactive", SYSTEM, 5) == 0
        await quota.close()
        assert await slots(other) == 0


async def test_bulk_work_waits_for_the_first_answer(postgres: str) -> None:
    """Bulk work waits until the first answer, and polls at intervals."""
    clock = FakeClock()
    async with SharedQuota(postgres) as quota:
        quota._shared.assume("secret", "key")
        assert await quota._shared.admit("bulk", clock, 5) == 0
        slot = quota._shared.begin(priority="bulk")
        assert await quota._shared.admit("bulk", clock, 0.35) == 3600
        assert clock.slept == pytest.approx([0.1, 0.1, 0.1, 0.05], abs=1e-4)
        quota._shared.end(slot, {}, 0)
        assert await quota._shared.admit("bulk", clock, 5) == 0


async def test_requests_that_end_during_an_outage_are_settled_later(
    postgres: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that ends while the database is unreachable is settled later, and logged."""

    async def away(*_: object) -> None:
        raise OSError("no route to host")

    async with SharedQuota(postgres) as quota:
        quota._shared.assume("secret", "key")
        assert await quota._shared.admit("interactive", SYSTEM, 5) == 0
        slot = quota._shared.begin()
        with monkeypatch.context() as patch:
            patch.setattr(quota._shared, "_transact", away)
            quota._shared.end(slot, {}, 0)
            while not caplog.records:
                await asyncio.sleep(0)
        assert "the end of some requests could not be recorded in the shared quota" in caplog.text
        assert await slots(quota) == 0


def test_without_asyncpg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without asyncpg the ImportError says what to install."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ImportError, match=r"pip install 'cstar-async\[postgres\]'"):
        SharedQuota("postgresql://host/db")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://me:hidden/1@localhost/db", "address of the shared quota's database cannot be read"),
        ("postgresql://me:hidden@localhost/db?hidden", "address of the shared quota's database cannot be read"),
        ("postgresql://me:hidden@localhost/db?sslmode=hi", "`sslmode` parameter must be one of"),
    ],
)
async def test_an_unreadable_address_is_refused_without_being_shown(url: str, words: str) -> None:
    """An invalid database address is a ConfigError that does not show the password."""
    with pytest.raises(ConfigError, match=words) as caught:
        async with SharedQuota(url) as quota:
            await quota.refresh()
    assert "hidden" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_an_invalid_address_or_lease_is_refused() -> None:
    """Invalid addresses and leases are refused, and no password is shown."""
    with pytest.raises(ConfigError) as caught:
        SharedQuota("mysql://user:hidden@host/db")
    assert "hidden" not in str(caught.value)
    for wrong in (None, 5, b"postgresql://user:hidden@host/db"):
        with pytest.raises(ConfigError, match="dsn must be the address of a database") as caught:
            SharedQuota(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert "hidden" not in str(caught.value)
    for lease in (0, float("inf"), float("nan"), 10**400, "60"):
        with pytest.raises((ValueError, TypeError), match=r"^lease must be .*number of seconds"):
            SharedQuota("postgresql://user:hidden@host/db", lease=lease)  # type: ignore[arg-type]
    assert "hidden" not in repr(vars(SharedQuota("postgresql://user:hidden@host/db")._shared))


def test_the_key_is_not_in_the_database() -> None:
    """The shared quota does not hold the API key."""
    quota = SharedQuota("postgresql://host/db")
    CStarClient(KEY, team_id="t", quota=quota)
    assert KEY[8:] not in repr(vars(quota._shared))
