"""PostgreSQL: a group is removed while receivers and workers run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cstar_async.webhooks.inbox.postgres import maintenance, queries

from .inbox import ALL, event, fill, rest
from .stores import Postgres

if TYPE_CHECKING:
    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock

pytestmark = pytest.mark.parametrize("kind", [Postgres], indirect=True, ids=["postgres"])


class TestForget:
    """A group is removed while another process registers it."""

    async def test_a_group_that_is_registered_while_it_is_forgotten(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """No rows are left of a group that is gone."""
        await fill(store, [event(1)])
        starting = await kind.open()
        async with kind.transaction() as receiver:
            async with kind.transaction() as holder:
                await holder.execute("SELECT FROM cstar_inbox_lanes FOR UPDATE")  # `forget` waits for these locks
                async with kind.transaction() as other:
                    await other.execute(maintenance.ALONE)
                    registering = asyncio.create_task(starting.register([ALL]))
                    await kind.blocked()
                    forgetting = asyncio.create_task(store.forget("all"))
                    await kind.blocked(2)
                await registering
                await kind.blocked()
                assert await queries.accept(receiver, clock.time(), [event(2, lane="another")]) == [True]
            await forgetting
        for table in ("work", "lanes", "subscriptions"):
            sql = f"SELECT * FROM cstar_inbox_{table} WHERE grp NOT IN (SELECT number FROM cstar_inbox_groups)"
            assert await kind.run(sql) == []

    async def test_a_registration_meanwhile_makes_the_group_again(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """A worker that registers the group while it is removed gets the events accepted afterwards."""
        await fill(store, [event(1)])
        starting = await kind.open()
        async with kind.transaction() as other:
            await other.execute("SELECT FROM cstar_inbox_lanes FOR UPDATE")
            forgetting = asyncio.create_task(store.forget("all"))
            await kind.blocked()
            registering = asyncio.create_task(starting.register([ALL]))
            await kind.blocked(2)
        assert await forgetting == 1
        await registering
        assert await store.accept(event(2))
        assert await rest(starting) == ["2"]

    async def test_a_call_that_fails_releases_its_lock(
        self, store: Store, kind: Postgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After a `forget` that failed, another process can remove the group."""

        async def fail(*_: object) -> int:
            raise ValueError("no")

        await fill(store, [event(1)])
        other = await kind.open()
        with monkeypatch.context() as patch:
            patch.setattr(maintenance, "_forget", fail)
            with pytest.raises(ValueError, match="no"):
                await store.forget("all")
        async with asyncio.timeout(5):
            assert await other.forget("all") == 1

    async def test_a_call_that_is_cancelled_releases_its_lock(self, store: Store, kind: Postgres) -> None:
        """After a `forget` that was cancelled, other processes can register and remove the group."""
        await fill(store, [event(1)])
        other = await kind.open()
        async with kind.transaction() as holder:
            await holder.execute("SELECT FROM cstar_inbox_lanes FOR UPDATE")
            forgetting = asyncio.create_task(store.forget("all"))
            await kind.blocked()
            forgetting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await forgetting
        async with asyncio.timeout(5):
            await other.register([ALL])
            assert await store.forget("all") == 1
