"""Stores of tokens: files, memory, and what can be wrong with a file."""

from __future__ import annotations

import asyncio
import os
import pickle
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.errors import TokenStoreError
from cstar_async.models import AuthCustomer
from cstar_async.public import FileTokens, MemoryTokens, PublicTeam, Tokens
from cstar_async.public import tokens as module
from tests.support.server import serve

from .scene import JANE, scene
from .server import TokenServer

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = Tokens(access_token="access-1", refresh_token="refresh-1", team="acme", base_url="http://x", received_at=1.5)
NEW = attrs.evolve(OLD, access_token="access-2")
STORES: dict[str, Callable[[Path], FileTokens | MemoryTokens]] = {
    "a file": lambda folder: FileTokens(folder / "tokens.json"),
    "memory": lambda _: MemoryTokens(),
}


@pytest.mark.parametrize("name", STORES)
async def test_a_store_replaces_what_it_has(name: str, tmp_path: Path) -> None:
    """A store changes its tokens only if they are the expected ones."""
    store = STORES[name](tmp_path)
    assert await store.load() is None
    assert not await store.replace(OLD, NEW)
    assert await store.replace(None, OLD)
    assert not await store.replace(None, NEW)
    assert await store.load() == OLD
    assert await store.replace(OLD, NEW)
    assert not await store.replace(OLD, None)
    assert await store.replace(NEW, None)
    assert await store.load() is None


@pytest.mark.parametrize("name", STORES)
def test_a_store_is_locked_once_in_all_threads(name: str, tmp_path: Path) -> None:
    """The lock of a store excludes the other event loops and threads of the process."""
    inside: list[int] = []
    most: list[int] = []
    store = STORES[name](tmp_path)

    async def work() -> None:
        # Another object for the same file, as another process would have.
        own = store if isinstance(store, MemoryTokens) else FileTokens(store.path)
        for _ in range(5):
            async with own.lock():
                inside.append(1)
                most.append(len(inside))
                await asyncio.sleep(0.001)
                inside.pop()

    threads = [threading.Thread(target=lambda: asyncio.run(work())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 15


@pytest.mark.parametrize("name", STORES)
async def test_of_many_replacements_one_is_made(name: str, tmp_path: Path) -> None:
    """Of many replacements of the same tokens at once, exactly one is made."""
    store = STORES[name](tmp_path)
    await store.replace(None, OLD)
    new = [attrs.evolve(OLD, access_token=f"access-{number}") for number in range(2, 10)]
    made = await asyncio.gather(*(store.replace(OLD, each) for each in new))
    assert sum(made) == 1
    assert await store.load() == new[made.index(True)]


async def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """The file and its locks have mode 0600, whatever the umask, and nothing else is left in the folder."""
    store = FileTokens(tmp_path / "tokens.json")
    before = os.umask(0)
    try:
        await store.replace(None, OLD)
        async with store.lock():
            pass
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("tokens.json", "tokens.json.lock", "tokens.json.renewal"), 0o600)
    assert b"access-1" not in (tmp_path / "tokens.json.lock").read_bytes()


def _make_link(path: Path) -> None:
    path.with_name("elsewhere").write_text(OLD.to_json())
    path.with_name("elsewhere").chmod(0o600)
    path.symlink_to(path.with_name("elsewhere"))


def _write(text: str | bytes, mode: int = 0o600) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)

    return write


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "not JSON": (_write("secret-text {"), "does not hold a customer's tokens; remove it"),
    "cut off": (_write(OLD.to_json()[:-20]), "does not hold"),
    "not UTF-8": (_write(b"\xff\xfe"), "does not hold"),
    "another object": (_write('{"access_token": "secret-text"}'), "does not hold"),
    "a list": (_write("[]"), "does not hold"),
    "another format": (_write(OLD.to_json().replace('"cstar_tokens":1', '"cstar_tokens":2')), "does not hold"),
    "a number as the token": (_write(OLD.to_json().replace('"access-1"', "5")), "does not hold"),
    "too large": (_write(" " + "x" * 200_000), "does not hold"),
    "readable by others": (_write(OLD.to_json(), 0o644), r"can be read or written by others; run: chmod 600"),
    "a symbolic link": (_make_link, "cannot be read: it is a symbolic link"),
    "a folder": (Path.mkdir, "is not a regular file|cannot be read"),
    "a named pipe": (os.mkfifo, "is not a regular file"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_refused(name: str, tmp_path: Path) -> None:
    """A file that cannot be trusted raises TokenStoreError, which names it and not its content; nothing changes it."""
    make, message = BAD[name]
    path = tmp_path / "tokens.json"
    make(path)
    store = FileTokens(path)
    for attempt in (store.load(), store.replace(None, NEW), store.replace(OLD, None)):
        with pytest.raises(TokenStoreError, match=message) as caught:
            await attempt
        assert str(path) in str(caught.value)
        assert "secret-text" not in repr(caught.value.__context__)
    assert os.path.lexists(path)
    server = TokenServer()
    async with serve(server) as running, server.client(running.url) as team:
        with pytest.raises(TokenStoreError):
            await team.auth.session(tokens=store)
        with pytest.raises(TokenStoreError):
            await team.auth.login(**JANE, tokens=store)
    assert server.requests == []


async def test_a_store_that_cannot_be_used_is_found_before_the_sign_in(tmp_path: Path) -> None:
    """A folder that is not there, a token that cannot be sent, and what is not a store are refused before a request."""
    server = TokenServer()
    async with serve(server) as running, server.client(running.url) as team:
        place: dict[str, Any] = {
            "team": team.auth.team_slug,
            "base_url": team.auth.client.requester.base_url,
            "received_at": 0,
        }
        broken = MemoryTokens(Tokens(access_token="a\nb", **place))
        stores: tuple[tuple[Any, type[Exception], str], ...] = (
            (FileTokens(tmp_path / "no" / "tokens.json"), TokenStoreError, "No such file or directory"),
            (broken, TokenStoreError, "cannot be sent"),
            ("tokens.json", TypeError, "tokens must be a TokenStore, such as MemoryTokens"),
        )
        for store, kind, message in stores:
            for sign_in in (team.auth.login, team.auth.signup):
                with pytest.raises(kind, match=message):
                    await sign_in(**JANE, tokens=store)
        with pytest.raises(TypeError, match="tokens must be a TokenStore"):
            await team.auth.session(tokens=None)  # type: ignore[arg-type]
        with pytest.raises(TokenStoreError, match="cannot be sent"):
            await team.auth.session(tokens=broken)
    assert server.requests == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
async def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    """A file that may not be read raises TokenStoreError."""
    path = tmp_path / "tokens.json"
    _write(OLD.to_json(), 0)(path)
    with pytest.raises(TokenStoreError, match="cannot be read: Permission denied"):
        await FileTokens(path).load()


async def test_an_empty_file_holds_no_tokens(tmp_path: Path) -> None:
    """An empty file is as one that does not exist."""
    path = tmp_path / "tokens.json"
    _write("")(path)
    store = FileTokens(path)
    assert await store.load() is None
    assert await store.replace(None, OLD)


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """A store in a folder that does not exist raises TokenStoreError when it is written."""
    with pytest.raises(TokenStoreError, match=r"nowhere/tokens.json cannot be locked: No such file"):
        await FileTokens(tmp_path / "nowhere" / "tokens.json").replace(None, OLD)


async def test_a_full_disk_leaves_the_old_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails raises TokenStoreError, and leaves the old tokens and no other file with tokens."""
    store = FileTokens(tmp_path / "tokens.json")
    await store.replace(None, OLD)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TokenStoreError, match="cannot be written: No space left"):
        await store.replace(OLD, NEW)
    assert await store.load() == OLD
    assert not (tmp_path / "tokens.json.new").exists()


async def test_what_a_killed_process_has_left_is_overwritten(tmp_path: Path) -> None:
    """A half-written new file, with any mode, is not read and does not disturb."""
    store = FileTokens(tmp_path / "tokens.json")
    await store.replace(None, OLD)
    _write('{"half', 0o644)(tmp_path / "tokens.json.new")
    assert await store.load() == OLD
    assert await store.replace(OLD, NEW)
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", STORES)
async def test_a_lock_that_nobody_releases_is_an_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another process holds the lock too long, TokenStoreError says so."""
    monkeypatch.setattr(module, "_LOCK_TIMEOUT", 0.02)
    store = STORES[name](tmp_path)
    async with store.lock():
        with pytest.raises(TokenStoreError, match="seems to hang"):
            async with store.lock():
                pass


@pytest.mark.parametrize("name", STORES)
async def test_tokens_of_another_team_are_not_sent(name: str, tmp_path: Path) -> None:
    """A store with the tokens of another team or server is refused before anything is sent; they stay."""
    store = STORES[name](tmp_path)
    async with scene(store) as s:
        tokens = s.session.tokens
        async with PublicTeam("other-team", base_url=s.sandbox.base_url) as other:
            for attempt in (other.auth.session(tokens=store), other.auth.login(**JANE, tokens=store)):
                with pytest.raises(TokenStoreError, match="'acme-support', and this client is for 'other-team'"):
                    await attempt
        async with PublicTeam("acme-support", base_url="http://127.0.0.1:9") as other:
            with pytest.raises(TokenStoreError, match="the server 'http"):
                await other.auth.session(tokens=store)
        assert s.requests() == {}
        assert await store.load() == tokens


async def test_a_session_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Another client, of another process, goes on with the tokens in the file, and renews them."""
    store = FileTokens(tmp_path / "tokens.json")
    async with scene(store) as s:
        async with s.connect() as team:
            session = await team.auth.session(tokens=FileTokens(store.path))
            assert (await session.get_customer()).email == JANE["email"]
            s.pass_time()
            await session.get_customer()
        assert s.requests() == {"me": 2, "refresh": 1}
        # The first session has tokens that are over; it takes the new ones from the file.
        await s.session.get_customer()
        assert s.requests() == {"me": 1}
        await s.session.logout()
        assert not store.path.exists()
        async with s.connect() as team:
            assert not (await team.auth.session(tokens=store)).is_authenticated


def test_two_event_loops_share_a_store(tmp_path: Path) -> None:
    """Clients in two threads with event loops of their own share a store; a session is used on its own loop only."""
    from .scene import TEAM

    async def login(url: str) -> Any:
        async with PublicTeam(TEAM, base_url=url) as team:
            return await team.auth.signup(**JANE, tokens=FileTokens(tmp_path / "tokens.json"))

    async def use(url: str) -> None:
        async with PublicTeam(TEAM, base_url=url) as team:
            session = await team.auth.session(tokens=FileTokens(tmp_path / "tokens.json"))
            await asyncio.gather(*(session.get_customer() for _ in range(10)))

    from cstar_async.sandbox import Sandbox

    with Sandbox() as sandbox:
        first = asyncio.run(login(sandbox.base_url))
        with pytest.raises(RuntimeError, match=r"closed|event loop"):
            asyncio.run(first.get_customer())
        sandbox.clock.advance(hours=1)
        failures: list[BaseException] = []

        def run() -> None:
            try:
                asyncio.run(use(sandbox.base_url))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sum(each.path.endswith("/refresh") for each in sandbox.requests) == 1


text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(
    st.builds(
        Tokens,
        access_token=text,
        refresh_token=st.none() | text,
        customer=st.none() | st.builds(AuthCustomer, id=text, email=text, name=st.none() | text),
        team=text,
        base_url=text,
        received_at=st.floats(0, 1e12),
        expires_at=st.none() | st.floats(0, 1e12),
    )
)
def test_tokens_survive_their_json(tokens: Tokens) -> None:
    """Tokens that were written as JSON and read again are equal, and give the same JSON."""
    again = Tokens.from_json(tokens.to_json())
    assert again == tokens
    assert again.to_json() == tokens.to_json()
    assert Tokens.from_json(tokens.to_json().encode()) == tokens


def test_tokens_are_not_read_from_other_text() -> None:
    """Text that is not the JSON of tokens is a ValueError that does not contain it, and tokens cannot be pickled."""
    with pytest.raises(ValueError, match="not the JSON") as caught:
        Tokens.from_json('{"secret-text"')
    assert caught.value.__context__ is None
    with pytest.raises(TypeError, match="must not be pickled"):
        pickle.dumps(OLD)


@pytest.mark.parametrize(
    ("life", "fresh_for"),
    [(3600, 3540), (120, 60), (10, 5), (None, 1e9)],
    ids=["hour", "two minutes", "short", "no end"],
)
def test_the_margin_is_a_minute_or_half_of_the_life(life: float | None, fresh_for: float) -> None:
    """An access token is used until a minute before its end, but for half of its life at least."""
    tokens = attrs.evolve(OLD, received_at=0.0, expires_at=life)
    assert tokens.is_fresh(fresh_for - 1)
    assert tokens.is_fresh(fresh_for) == (life is None)
