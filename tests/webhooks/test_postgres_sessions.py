"""PostgreSQL: sessions that end or change, and what a function of `event.commit` does to its connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox.postgres import store as store_module
from cstar_async.webhooks.inbox.postgres.connections import CONNECTIONS
from cstar_async.webhooks.inbox.records import DONE

from .inbox import ALL, event, fill, ids, lease, rest
from .stores import Postgres

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from cstar_async.webhooks.inbox import Store

pytestmark = pytest.mark.parametrize("kind", [Postgres], indirect=True, ids=["postgres"])

OTHERS = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = '{schema}'"


async def every_method(store: Store, kind: Postgres, number: int) -> None:
    """Make each call that deliveries and workers make."""
    assert await store.accept(event(number, lane=f"{number}"))
    (found,) = await lease(store)
    assert await store.next_due(["all"]) is not None
    assert await store.renew([found], seconds=30) == {found.token}
    assert await store.commit(found, kind.add(f"{number}")) == f"{number}"
    assert await store.settle(found, DONE)
    assert (await store.stats())["all"].pending == 0


async def used(store: Store) -> None:
    """Fill each pool with connections."""
    connections: Any = store._connections  # type: ignore[attr-defined]
    for pool in (connections._own, connections._lent):
        taken = [await pool.acquire() for _ in range(CONNECTIONS)]
        for each in taken:
            await pool.release(each)


async def terminated(store: Store, kind: Postgres) -> None:
    await kind.run(f"SELECT pg_terminate_backend(pid) {OTHERS.format(schema=kind.schema)}")


async def read_only(store: Store, kind: Postgres) -> None:
    """The database was read-only when the sessions started, and can be written again."""
    (database,) = (await kind.run("SELECT current_database()"))[0]
    await kind.run(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    try:
        await terminated(store, kind)
        await asyncio.sleep(0)
        await used(store)
    finally:
        connection = await asyncpg.connect(kind.url, server_settings={"default_transaction_read_only": "off"})
        await connection.execute(f"ALTER DATABASE {database} RESET default_transaction_read_only")
        await connection.close()


def each_session(*statements: str) -> Callable[[Store, Postgres], Awaitable[None]]:
    """A trouble that runs these statements in every session of the pools."""

    async def trouble(store: Store, kind: Postgres) -> None:
        connections: Any = store._connections  # type: ignore[attr-defined]
        for pool in (connections._own, connections._lent):
            taken = [await pool.acquire() for _ in range(CONNECTIONS)]
            for each in taken:
                for statement in statements:
                    await each.execute(statement)
            for each in taken:
                each._holder._release()  # without a reset, as by a pooler

    return trouble


async def changed_table(store: Store, kind: Postgres) -> None:
    await kind.run("ALTER TABLE cstar_inbox_events ALTER team TYPE varchar(100)")
    await kind.run("ALTER TABLE cstar_inbox_groups ALTER number TYPE bigint")
    await kind.run("ALTER TABLE cstar_inbox_lanes ALTER grp TYPE bigint")


TROUBLES: dict[str, Callable[[Any, Any], Awaitable[None]]] = {
    "terminated": terminated,
    "read-only period": read_only,
    "set to read-only": each_session("SET default_transaction_read_only = on"),
    "discard all": each_session("DISCARD ALL"),
    "deallocate all": each_session("DEALLOCATE ALL"),
    "a transaction left open": each_session("BEGIN"),
    "a transaction left open, with a savepoint": each_session("BEGIN", "SAVEPOINT s"),
    "a table changed": changed_table,
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_next_call_works_on_a_new_session(store: Store, kind: Postgres, trouble: str) -> None:
    """Sessions that cannot be used any more are replaced, and no call fails."""
    await fill(store, [])
    await every_method(store, kind, 1)
    await used(store)
    await TROUBLES[trouble](store, kind)
    for number in (2, 3):
        await every_method(store, kind, number)


async def leave(connection: Any) -> None:
    """Leave settings, tables, statements, cursors, locks and listeners in the session."""
    await connection.execute("""
        SET search_path = nowhere; SET statement_timeout = '1h'; SET default_transaction_isolation = 'serializable';
        CREATE TEMP TABLE cstar_inbox_lanes (x int); CREATE TEMP TABLE cstar_inbox_work (x int);
        PREPARE mine AS SELECT 1; DECLARE open CURSOR WITH HOLD FOR SELECT 1; LISTEN mine;
        SELECT pg_advisory_lock(42); SET TIME ZONE 'Asia/Tokyo'""")


async def fails(connection: Any) -> None:
    """Catch the error that has aborted the transaction."""
    with pytest.raises(asyncpg.UndefinedTableError):
        await connection.execute("SELECT * FROM nothing")


async def ends_it(connection: Any) -> None:
    await connection.execute("COMMIT; BEGIN; SELECT 1")


async def kills_it(connection: Any) -> None:
    await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def goes_on(connection: Any) -> None:
    """Leave a task that still runs a query."""
    task = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.sleep(0)


async def resets_it(connection: Any) -> None:
    await connection.reset()


async def closes_it(connection: Any) -> None:
    await connection.close()


async def terminates_it(connection: Any) -> None:
    connection.terminate()


async def releases_it(connection: Any) -> None:
    await connection._holder._pool.release(connection)


async def drops_statements(connection: Any) -> None:
    await connection.execute("DEALLOCATE ALL")


async def listens(connection: Any) -> None:
    await connection.add_listener("mine", lambda *_: None)


async def decodes(connection: Any) -> None:
    await connection.set_type_codec(
        "int8", schema="pg_catalog", encoder=str, decoder=lambda _: "no number", format="text"
    )


async def begins(connection: Any) -> None:
    transaction = connection.transaction()
    await transaction.start()


ACTIONS: dict[Callable[[Any], Awaitable[None]], bool] = {
    leave: True,
    closes_it: True,
    terminates_it: True,
    drops_statements: True,
    listens: True,
    decodes: True,
    fails: False,
    ends_it: False,
    kills_it: False,
    goes_on: False,
    resets_it: False,
    releases_it: False,
    begins: True,
}
"""What a function does to its connection, and whether it is committed nevertheless."""


@pytest.mark.filterwarnings("ignore:.*listener")
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
async def test_what_functions_may_do_to_their_connection(
    store: Store, kind: Postgres, action: Callable[[Any], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later functions get a clean connection, and the store works on."""
    monkeypatch.setattr("cstar_async.webhooks.inbox.postgres.connections.RELEASE_TIMEOUT", 2)
    await fill(store, [event(n, lane=f"{n}") for n in range(3)], ALL)
    first, second, third = await lease(store)

    async def work(connection: Any) -> None:
        await kind.add("first")(connection)
        await connection.execute(f"SET search_path = {kind.schema}")
        await action(connection)

    committing: Coroutine[Any, Any, Any] = store.commit(first, work)
    if ACTIONS[action]:
        _ = await committing
    else:
        with pytest.raises(Exception):
            _ = await committing
    assert await kind.values(store) == ["first"] * ACTIONS[action]
    found: list[Any] = []

    async def look(connection: Any) -> None:
        await kind.add("next")(connection)
        await connection.execute(f"SET LOCAL search_path = {kind.schema}")
        for sql in (
            "SELECT count(*) FROM pg_prepared_statements WHERE from_sql AND name <> 'cstar_inbox'",
            "SELECT count(*) FROM pg_cursors WHERE name = 'open'",
            "SELECT count(*) FROM pg_listening_channels()",
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid)",
        ):
            found.append(await connection.fetchval(sql))
        for name in ("statement_timeout", "transaction_isolation", "timezone"):
            found.append(await connection.fetchval("SELECT current_setting($1)", name))

    for each in (second, third):  # one of them gets the connection of the first, if it is used again
        _ = await store.commit(each, look)
    assert found[:8] == found[8:]
    assert found[:7] == [0, 0, 0, 0, 0, "0", "read committed"]
    assert found[7] != "Asia/Tokyo"
    assert await store.accept(event("delivered", lane="x"))
    for each in (first, second, third):
        assert await store.settle(each, DONE)
    assert await rest(store) == ["delivered"]


async def test_no_connection_to_commit_on(store: Store, kind: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no connection is free for a commit, it raises InboxError without calling the function."""
    monkeypatch.setattr(store_module, "TIMEOUT", 0.2)
    await fill(store, [event(n, lane=f"{n}") for n in range(CONNECTIONS + 1)], ALL)
    *others, last = await lease(store)
    go = asyncio.Event()
    begun = asyncio.Semaphore(0)

    async def slow(_: Any) -> None:
        begun.release()
        await go.wait()

    tasks = [asyncio.create_task(store.commit(each, slow)) for each in others]
    for _ in others:
        await begun.acquire()
    with pytest.raises(InboxError, match="cannot be used"):
        await store.commit(last, kind.add("never"))
    go.set()
    await asyncio.gather(*tasks)
    await store.commit(last, kind.add("once"))
    assert await kind.values(store) == ["once"]
    assert ids([last]) == [f"{CONNECTIONS}"]
