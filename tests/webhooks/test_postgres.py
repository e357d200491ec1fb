"""The inbox in PostgreSQL: its schema, its URL, and functions of `event.commit`."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from cstar_async.errors import InboxError, LeaseLostError
from cstar_async.webhooks import EventDispatcher
from cstar_async.webhooks.inbox import open_store
from cstar_async.webhooks.inbox.postgres import schema
from cstar_async.webhooks.inbox.postgres.connections import CONNECTIONS
from cstar_async.webhooks.inbox.postgres.store import PostgresStore
from cstar_async.webhooks.inbox.records import DONE

from .inbox import ALL, event, fill, ids, lease, rest
from .stores import Postgres

if TYPE_CHECKING:
    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock

HERE = "FROM pg_stat_activity WHERE datname = current_database()"
pytestmark = pytest.mark.parametrize("kind", [Postgres], indirect=True, ids=["postgres"])


class TestSchema:
    """Tables are made, migrated and shared."""

    async def test_an_older_schema_is_migrated(
        self, kind: Postgres, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A new version migrates the tables and keeps the events; an old version refuses a newer schema."""
        store = await kind.open()
        await store.accept(event(1))
        newer = (*schema.MIGRATIONS, "ALTER TABLE cstar_inbox_events ADD COLUMN colour text DEFAULT 'a;b'")
        with monkeypatch.context() as patch:
            patch.setattr(schema, "MIGRATIONS", newer)
            stores = [open_store(kind.url, clock) for _ in range(4)]
            await asyncio.gather(*(each.open() for each in stores))
            assert not await stores[0].accept(event(1))
            for each in stores:
                await each.close()
        assert await kind.run("SELECT id, colour FROM cstar_inbox_events") == [("evt_1", "a;b")]
        with pytest.raises(InboxError, match=f"version {len(schema.MIGRATIONS) + 1}"):
            await open_store(kind.url, clock).open()

    async def test_a_migration_that_fails_leaves_the_old_tables(
        self, kind: Postgres, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A migration that fails is undone, and the old version goes on."""
        store = await kind.open()
        broken = "ALTER TABLE cstar_inbox_events ADD COLUMN colour text; SELECT * FROM nothing"
        with monkeypatch.context() as patch:
            patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
            with pytest.raises(asyncpg.UndefinedTableError):
                await open_store(kind.url, clock).open()
        await store.close()
        await store.open()
        assert await store.accept(event(1))

    async def test_several_processes_can_start_at_once(self, kind: Postgres, clock: ManualClock) -> None:
        """Several processes can make the tables at the same time."""
        stores = [open_store(kind.url, clock) for _ in range(5)]
        await asyncio.gather(*(each.open() for each in stores))
        assert sum(await asyncio.gather(*(each.accept(event(1)) for each in stores))) == 1
        for each in stores:
            await each.close()

    async def test_settings_of_the_database_do_not_weaken_a_promise(self, kind: Postgres, clock: ManualClock) -> None:
        """The inbox's sessions set synchronous_commit and the isolation level themselves."""
        weak = "&synchronous_commit=off&default_transaction_isolation=serializable"
        store = PostgresStore(kind.url + weak, clock)
        await store.open()
        async with store._connections.own() as connection:
            for name, value in (("synchronous_commit", "on"), ("transaction_isolation", "read committed")):
                assert await connection.fetchval(f"SHOW {name}") == value
        await store.close()


class TestURL:
    """URLs are checked, and their passwords are never shown."""

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://me:s3cret@word@localhost/inbox",
            "postgresql://me:s3cret#word@localhost/inbox",
            "postgresql://me@localhost:s3cret/inbox",
            "postgresql://me@localhost/inbox?s3cret",
            "postgresql://me:s3cret@localhost/inbox?sslmode=nonsense",
        ],
    )
    async def test_an_invalid_url_is_not_shown(self, kind: Postgres, clock: ManualClock, url: str) -> None:
        """The error for an invalid URL does not show it, since it may have a password."""
        with pytest.raises(InboxError) as caught:
            await open_store(url, clock).open()
        shown = f"{caught.value!r} {caught.value.__cause__!r}"
        assert "s3cret" not in shown
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    async def test_nothing_shows_the_password(
        self, kind: Postgres, clock: ManualClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Errors, reprs and logs do not show the password when the database cannot be reached."""
        caplog.set_level("DEBUG")
        store = open_store("postgresql://me:s3cret@127.0.0.1:1/inbox", clock)
        with pytest.raises(OSError, match="Connect") as caught:
            await store.open()
        assert "s3cret" not in f"{caught.value!r} {store!r} {vars(store)!r} {vars(vars(store)['_connections'])!r}"
        assert "s3cret" not in caplog.text
        with pytest.raises(RuntimeError, match="not open"):
            await store.accept(event(1))


class TestOpening:
    """An inbox that cannot be opened."""

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (("/process_", "/no_"), r'/no_\w+ cannot be opened: InvalidCatalogNameError: database "no_'),
            (
                ("postgres:@", "nobody:@"),
                r'/process_\w+ cannot be opened: InvalidAuthorizationSpecificationError: role "nob',
            ),
            (
                ("search_path=", "search_path=nowhere_"),
                r"/process_\w+ cannot be opened: InvalidSchemaNameError: no schema",
            ),
        ],
    )
    async def test_the_inbox_is_named(self, kind: Postgres, change: tuple[str, str], words: str) -> None:
        """The error names the database."""
        url = kind.url.replace(*change)
        assert url != kind.url
        events = EventDispatcher(secrets="whsec_x", inbox=url)
        with pytest.raises(InboxError, match=words) as caught:
            await events.open()
        assert isinstance(caught.value.__cause__, asyncpg.PostgresError)


class TestAccept:
    """Events that share a transaction."""

    async def test_many_at_once_share_transactions(self, store: Store, kind: Postgres) -> None:
        """Deliveries that arrive together share transactions, and so flushes."""
        await store.register([ALL])
        await asyncio.gather(*(store.accept(event(n)) for n in range(300)))
        ((transactions,),) = await kind.run("SELECT count(DISTINCT xmin::text) FROM cstar_inbox_events")
        assert transactions < 30

    async def test_an_event_that_the_database_refuses_fails_alone(self, store: Store) -> None:
        """Events that arrive together with an invalid one are accepted."""
        await store.register([ALL])
        too_long = event("long", lane="".join(chr(0x4E00 + n * 7 % 20_000) for n in range(9_000)))
        events = [event(1), event("nul\0"), event(3)._replace(id="lone\ud800"), too_long, event(2)]
        results = await asyncio.gather(*(store.accept(each) for each in events), return_exceptions=True)
        assert [isinstance(each, asyncpg.PostgresError) for each in results] == [False, True, True, True, False]
        assert await rest(store) == ["1", "2"]

    async def test_large_ones_are_kept_in_several_transactions(self, store: Store, kind: Postgres) -> None:
        """Large events that arrive together are split into several transactions."""
        await store.register([ALL])
        bodies = [b'"%s"' % (b"x" * 1_000_000) for _ in range(20)]
        fresh = await asyncio.gather(*(store.accept(event(n, body=each)) for n, each in enumerate(bodies)))
        assert all(fresh)
        ((transactions,),) = await kind.run("SELECT count(DISTINCT xmin::text) FROM cstar_inbox_events")
        assert transactions >= 2


class TestCommit:
    """Functions of users on the inbox's connections."""

    async def test_an_sql_error_that_the_function_catches_fails_the_commit(self, store: Store, kind: Postgres) -> None:
        """An SQL error that the function catches fails the commit, and the event stays pending."""

        async def swallow(connection: Any) -> Any:
            await kind.add("first")(connection)
            with contextlib.suppress(asyncpg.UndefinedTableError):
                await connection.execute("SELECT * FROM nothing")

        await fill(store, [event(1)])
        (found,) = await lease(store)
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            _ = await store.commit(found, swallow)
        assert await kind.values(store) == []
        assert await store.commit(found, kind.add("second")) == "second"

    @pytest.mark.parametrize("swallows", [False, True])
    async def test_the_function_cannot_go_on_after_a_rollback(
        self, store: Store, kind: Postgres, *, swallows: bool
    ) -> None:
        """After a ROLLBACK in the function, nothing that it writes is kept."""

        async def escape(connection: Any) -> Any:
            await connection.execute("ROLLBACK")
            try:
                await connection.execute("INSERT INTO effects (value) VALUES ('loose')")
            except asyncpg.PostgresError:
                if not swallows:
                    raise

        await fill(store, [event(1)])
        (found,) = await lease(store)
        with pytest.raises(RuntimeError, match="transaction"):
            _ = await store.commit(found, escape)
        assert await kind.values(store) == []
        assert await store.commit(found, kind.add("whole")) == "whole"

    async def test_a_savepoint_is_the_functions_own(self, store: Store, kind: Postgres) -> None:
        """The function can use savepoints, so that a part of its work can fail."""

        async def halves(connection: Any, name: str) -> Any:
            async with connection.transaction():
                await kind.add(name)(connection)
            with pytest.raises(ValueError, match="no"):
                async with connection.transaction():
                    await connection.execute("SET LOCAL search_path = " + kind.schema)
                    await kind.add("bad", ValueError("no"))(connection)

        await fill(store, [event(1)])
        (found,) = await lease(store)
        _ = await store.commit(found, functools.partial(halves, name="good"))
        assert await kind.values(store) == ["good"]

    async def test_slow_functions_do_not_block_the_inbox(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """While functions of `event.commit` wait, events are accepted and leases renewed."""
        count = CONNECTIONS * 3
        await fill(store, [event(n, lane=f"{n}") for n in range(count)])
        leases = await lease(store)
        go = asyncio.Event()

        async def slow(_: Any) -> Any:
            await go.wait()

        committing = [asyncio.create_task(store.commit(each, slow)) for each in leases]
        async with asyncio.timeout(60):
            while not await kind.run(f"SELECT {HERE} AND state = 'idle in transaction'"):
                await asyncio.sleep(0.01)
            assert await store.accept(event("next", lane="0"))
            assert len(await store.renew(leases, seconds=30)) == count
            assert (await store.stats())["all"].pending == count + 1
        go.set()
        await asyncio.gather(*committing)
        assert await asyncio.gather(*(store.settle(each, DONE) for each in leases)) == [True] * count
        assert await rest(store) == ["next"]

    async def test_a_lane_is_not_leased_again_while_its_event_is_committed(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """While a commit runs, the lane is not leased to another worker, even after the lease has expired."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store)
        begun, go = asyncio.Event(), asyncio.Event()

        async def slow(connection: Any) -> Any:
            begun.set()
            await go.wait()
            await kind.add("late")(connection)

        committing: asyncio.Task[Any] = asyncio.create_task(store.commit(found, slow))
        await begun.wait()
        clock.advance(31)
        assert await lease(store, attempts=1) == []
        go.set()
        await committing
        (second,) = await lease(store, attempts=1)
        assert ids([second]) == ["2"]
        assert await store.dead_letters() == []
        assert not await store.settle(found, DONE)
        with pytest.raises(LeaseLostError):
            await store.commit(found, kind.add("again"))
        assert await kind.values(store) == ["late"]
