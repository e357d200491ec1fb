"""Damaged journals are read, or refused with a message that names the line."""

from __future__ import annotations

import asyncio
import functools
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async.bulk.journal import Journal, read_contents
from cstar_async.bulk.results import BatchResult, Failed
from cstar_async.errors import BulkItemError, JournalError
from tests.support.stress import at_length

from .helpers import TERMS
from .scripted import Service


def real_journal(folder: Path) -> bytes:
    """A journal with every kind of line."""
    path = folder / "real.journal"

    async def write() -> None:
        journal = Journal.open(path, TERMS, "me")
        for number in range(4):
            await journal.sent(number, f"{number:032x}", 1_800_000_000.5)
        await journal.done(0, BatchResult())
        await journal.done(1, BatchResult([Failed("t1", "resource_missing", "Ünknown", None)], (3, 2, 1)))
        await journal.done(2, BatchResult(error=BulkItemError("refused", item="", code="x")))
        await journal.unsent(3)
        await journal.finish(4)
        journal.close()

    asyncio.run(write())
    return path.read_bytes()


@functools.cache
def real_journal_once() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return real_journal(Path(folder))


def test_every_beginning_of_a_journal_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal cut at any byte can be read and continued."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    whole = real_journal(tmp_path)
    path = tmp_path / "j"
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        entries = read_contents(path, TERMS).entries
        assert len(entries) <= 4
        Journal.open(path, TERMS, "me").close()
        after = path.read_bytes()
        assert after.endswith(b"\n")
        assert b"\n" not in whole[:cut] or after == whole[: whole.rfind(b"\n", 0, cut) + 1]
        # Loss of power may leave zeros in place of a line.
        path.write_bytes(whole[:cut] + bytes(40))
        if b"\n" in whole[:cut]:
            assert repr(read_contents(path, TERMS).entries) == repr(entries)


HEAD = (
    b'{"cstar_bulk":1,"job":"0123456789abcdef","rules":1,"server":"http://x","team":"t","resource":"tickets",'
    b'"action":"update","limit":100}\n'
)
SENT = b'{"sent":0,"digest":"d","at":1.5}\n'


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"5", b"null", b'"x"', b"", b" ", b"\xff\xfe", b"\x00" * 20, b'{"sent":0}', b"{}",
        b'{"sent":"1","digest":"d","at":1}', b'{"sent":-1,"digest":"d","at":1}', b'{"sent":true,"digest":"d","at":1}',
        b'{"sent":1.0,"digest":"d","at":1}', b'{"sent":[1],"digest":"d","at":1}', b'{"sent":{},"digest":"d","at":1}',
        b'{"sent":1,"digest":5,"at":1}', b'{"sent":1,"digest":"d","at":"now"}', b'{"sent":1,"digest":"d","at":null}',
        b'{"sent":1,"digest":"d","at":1e300}', b'{"sent":1,"digest":"d","at":-5}', b'{"sent":1,"digest":"d","at":true}',
        b'{"sent":1,"digest":"d","at":1,"by":5}', b'{"sent":1,"digest":"d","at":1,"more":1}',
        b'{"sent":0,"digest":"d","at":1}', b'{"sent":1' + b"0" * 400 + b',"digest":"d","at":1}',
        b'{"done":5}', b'{"done":"0"}', b'{"done":null}', b'{"done":[0]}', b'{"done":0,"x":1}',
        b'{"done":0,"failed":5}', b'{"done":0,"failed":[5]}', b'{"done":0,"failed":[[]]}',
        b'{"done":0,"failed":[["a","b","c"]]}', b'{"done":0,"failed":[[null,null,null,null]]}',
        b'{"done":0,"failed":[[["a"],null,null,null]]}', b'{"done":0,"failed":[["a",1,null,null]]}',
        b'{"done":0,"failed":[["a",null,null,null],["a",null,null,null]]}', b'{"done":0,"failed":{"a":1}}',
        b'{"done":0,"counts":[1,2]}', b'{"done":0,"counts":"123"}', b'{"done":0,"counts":[1,2,-3]}',
        b'{"done":0,"counts":[1,2,"3"]}', b'{"done":0,"error":"x"}', b'{"done":0,"error":[null,null]}',
        b'{"done":0,"error":[5,"x"]}', b'{"unsent":7}', b'{"unsent":0,"x":1}', b'{"end":"x"}', b'{"end":-1}',
        b'{"end":1.5}', b'{"end":null}', b'{"end":1,"x":2}', b'{"unknown":1}',
        b"[" * 100_000, b'{"done":' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"end":1}garbage', HEAD.strip(),
    ],
)  # fmt: skip
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes) -> None:
    """A damaged line is a JournalError with file and line, and the file is unchanged."""
    path = tmp_path / "odd.journal"
    for place, raw in ((3, HEAD + SENT + line + b"\n" + b'{"end":1}\n'), (1, line + b"\n" + SENT)):
        if place == 1 and line == HEAD.strip():
            continue
        path.write_bytes(raw)
        for use in (read_contents, Journal.open):
            with pytest.raises(JournalError, match=rf"odd\.journal.* line {place} "):
                use(path, TERMS)
        assert path.read_bytes() == raw


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b'"0123456789abcdef"', value)
        for value in (b"5", b"null", b'""', b'"a\\nb"', b'"' + b"x" * 500 + b'"', b'["x"]')
    ]
    + [HEAD.replace(b'"limit":100', b'"limit":[100]'), HEAD.replace(b'"cstar_bulk":1', b'"cstar_bulk":true')],
)
def test_a_damaged_head_is_refused(tmp_path: Path, head: bytes) -> None:
    """A damaged first line is a JournalError."""
    (tmp_path / "j").write_bytes(head + SENT)
    with pytest.raises(JournalError, match="line 1"):
        Journal.open(tmp_path / "j", TERMS)


@given(st.integers(0, 2000), st.binary(max_size=30), st.integers(0, 20))
@settings(max_examples=at_length(150, 20_000))
def test_garbage_anywhere_is_read_or_refused(place: int, garbage: bytes, removed: int) -> None:
    """A damaged journal is read, or refused with a JournalError."""
    with tempfile.TemporaryDirectory() as folder:
        raw = real_journal_once()
        at = place % len(raw)
        path = Path(folder) / "j"
        path.write_bytes(raw[:at] + garbage + raw[at + removed :])
        try:
            read_contents(path, TERMS)
        except JournalError as error:
            assert "/j" in str(error)


async def test_a_failure_of_another_batch_is_damage(service: Service, path: Path) -> None:
    """A failure of an id that is not in its batch is a JournalError."""
    async with service.client() as client:
        await client.tickets.delete_many(["t1", "t2"], journal=path)
        path.write_bytes(path.read_bytes().replace(b'{"done":0}', b'{"done":0,"failed":[["zzz",null,null,null]]}'))
        with pytest.raises(JournalError, match=r"close\.journal is damaged: batch 0"):
            await client.tickets.delete_many(["t1", "t2"], journal=path)
