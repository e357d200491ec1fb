"""Exports bring all rows in as few requests as possible, into memory or into files."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async import CStarClient
from cstar_async._http import transport
from cstar_async.bulk.writing import cells, digits, to_csv, to_json
from cstar_async.errors import DecodeError, RateLimitError
from cstar_async.models import Ticket
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.resources import export as service
from tests.support.server import data, failure, raw, serve
from tests.support.stress import at_length

from .helpers import fill


def asked(sandbox: Sandbox) -> list[str]:
    """The endpoints requested since the last call."""
    found = [f"{record.method} {record.path.rpartition('/')[2]}" for record in sandbox.requests]
    sandbox.requests.clear()
    return found


async def test_one_request_brings_all_rows(sandbox: Sandbox, cstar: CStarClient) -> None:
    """An export brings all rows in one request."""
    ids = await fill(cstar, 350)
    asked(sandbox)
    tickets = [ticket async for ticket in cstar.tickets.export()]
    assert asked(sandbox) == ["POST export"]
    assert sorted(ticket.id for ticket in tickets) == sorted(ids)
    assert all(type(ticket) is Ticket for ticket in tickets)


async def test_filters_are_those_of_the_list(cstar: CStarClient) -> None:
    """An export has the filters of the list."""
    ids = await fill(cstar, 10)
    await cstar.tickets.update_many(ids[:4], status="closed", priority="urgent")
    assert len([ticket async for ticket in cstar.tickets.export(status="closed", priority="urgent")]) == 4
    assert [ticket async for ticket in cstar.tickets.export(status="pending")] == []


async def test_an_export_that_may_be_cut_off_is_read_from_the_list(
    sandbox: Sandbox, cstar: CStarClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export as long as the service's limit is read again from the list."""
    monkeypatch.setattr(service, "MAX_ROWS", 150)
    ids = await fill(cstar, 140)
    export = cstar.tickets.export()
    monkeypatch.setattr(export, "_max_rows", 150)
    asked(sandbox)
    assert len([ticket async for ticket in export]) == 140
    assert asked(sandbox) == ["POST export"]
    ids += await fill(cstar, 110)
    asked(sandbox)
    assert len({ticket.id async for ticket in export}) == 250
    assert asked(sandbox) == ["POST export", "GET tickets", "GET tickets", "GET tickets"]


async def test_a_key_that_may_not_export_reads_the_list(sandbox: Sandbox, cstar: CStarClient) -> None:
    """With a publishable key the list is read instead."""
    await fill(cstar, 3)
    async with sandbox.client(api_key=sandbox.default_team.publishable_key) as reader:
        assert len([ticket async for ticket in reader.tickets.export()]) == 3


async def test_an_export_that_is_too_large_is_read_in_pages(
    sandbox: Sandbox, cstar: CStarClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export over the size limit is read in pages instead."""
    ids = await fill(cstar, 120)
    monkeypatch.setattr(transport, "MAX_BODY", 50_000)  # more than a page of 100, less than all rows
    asked(sandbox)
    assert {ticket.id async for ticket in cstar.tickets.export()} == set(ids)
    assert asked(sandbox) == ["POST export", "GET tickets", "GET tickets"]
    path = tmp_path / "tickets.ndjson"
    assert await cstar.tickets.export().to_ndjson(path) == 120
    assert {orjson.loads(line)["id"] for line in path.read_bytes().splitlines()} == set(ids)
    assert asked(sandbox) == ["POST export", "GET tickets", "GET tickets"]


async def test_other_failures_are_raised() -> None:
    """Other errors of an export are raised, rate limits and bad answers among them."""
    async with serve(failure(429, headers={"Retry-After": "3600"})) as server, server.client() as client:
        with pytest.raises(RateLimitError):
            _ = [ticket async for ticket in client.tickets.export()]
    for wrong in ({}, {"resources": {"tickets": 5}}, {"resources": {"tickets": [{"id": "t", "createdAt": "soon"}]}}):
        async with serve(data(wrong)) as server, server.client() as client:
            with pytest.raises(DecodeError, match=r"resources\.tickets"):
                _ = [ticket async for ticket in client.tickets.export()]


async def test_ndjson_has_the_rows_as_sent(cstar: CStarClient, tmp_path: Path) -> None:
    """The NDJSON file has each row as the service sent it, in order."""
    ids = await fill(cstar, 620)
    path = tmp_path / "tickets.ndjson"
    assert await cstar.tickets.export().to_ndjson(path) == 620
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert [row["id"] for row in rows] == ids
    assert rows[0]["title"] == "Ticket 0"


async def test_csv_has_the_columns_of_the_contract(cstar: CStarClient, tmp_path: Path) -> None:
    """The CSV file has the columns of the contract, and text is read back unchanged."""
    text = 'said "no",\nthen = left; ünïcode'
    await cstar.customers.create(name=text, email="a@example.com", tags=["x", "y"])
    path = tmp_path / "customers.csv"
    assert await cstar.customers.export().to_csv(str(path)) == 1
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == text
    assert row["tags"] == '["x","y"]'
    assert list(row)[:3] == ["id", "object", "name"]
    assert await cstar.customers.export(search="nobody").to_csv(path) == 0
    assert path.read_text().startswith("id,object,name,")


@pytest.mark.parametrize("form", ["to_csv", "to_ndjson"])
async def test_a_failed_export_leaves_the_file_as_it_was(
    sandbox: Sandbox, cstar: CStarClient, tmp_path: Path, form: str
) -> None:
    """A failed export leaves the file as it was, and no temporary file."""
    path = tmp_path / "rows"
    path.write_text("last night's")
    sandbox.faults.add(path="exports.create", status=400, times=1)
    write: Any = getattr(cstar.tickets.export(), form)
    with pytest.raises(Exception, match="400"):
        await write(path)
    assert path.read_text() == "last night's"
    assert [each.name for each in tmp_path.iterdir()] == ["rows"]
    assert await write(path) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["rows"]
    assert "tickets" in repr(cstar.tickets.export())


@pytest.mark.parametrize("form", ["to_csv", "to_ndjson"])
async def test_only_a_file_is_replaced(sandbox: Sandbox, cstar: CStarClient, tmp_path: Path, form: str) -> None:
    """A path that is not a regular file is refused before any request."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    write: Any = getattr(cstar.tickets.export(), form)
    for name in ("pipe", "folder", "link", "new/"):
        with pytest.raises(ValueError, match=f"{form} writes a file; .*{name} is not a file name"):
            await write(f"{tmp_path}/{name}")
    for nothing in ("", Path()):
        with pytest.raises(ValueError, match=f"{form} writes a file; "):
            await write(nothing)
    with pytest.raises(FileNotFoundError, match=r"nowhere'$"):
        await write(tmp_path / "nowhere" / "rows")
    assert len(sandbox.requests) == 0
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert {each.name for each in tmp_path.iterdir()} == {"pipe", "folder", "link"}


@pytest.mark.parametrize("form", ["to_csv", "to_ndjson"])
async def test_a_replaced_file_keeps_its_links_and_mode(cstar: CStarClient, tmp_path: Path, form: str) -> None:
    """A replaced file keeps its mode, and symbolic links to it stay."""
    (tmp_path / "real").mkdir()
    path, link = tmp_path / "real" / "rows", tmp_path / "latest"
    link.symlink_to(path)
    await fill(cstar, 1)
    write: Any = getattr(cstar.tickets.export(), form)
    assert await write(link) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("old")
    path.chmod(0o644)
    assert await write(link) == 1
    assert link.is_symlink()
    assert path.read_text() != "old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


ODD_ROW = (
    b'{"id":"t1","title":"nul \\u0000 and\\r\\nline\\u2028 \\"quoted\\"","number":'
    b'123456789012345678901234567890,"status":1.5,"description":"half \\ud83d",'
    b'"tags":["\\udc00",-98765432109876543210987654321],"notes":null}'
)


def test_rows_of_any_kind_are_written() -> None:
    """Rows with lone surrogates, huge numbers, NUL, NaN or deep nesting are written."""
    deep: Any = []
    for _ in range(3000):
        deep = [deep]
    rows: list[tuple[Any, bytes]] = [
        ({"a": "half \ud83d"}, '{"a":"half \ufffd"}'.encode()),
        ({"a": "\ud83d\ude00"}, '{"a":"\U0001f600"}'.encode()),
        ({"\udc00": 1}, '{"\ufffd":1}'.encode()),
        ({"a": 10**30, "b": -(10**30)}, b'{"a":1%s,"b":-1%s}' % (b"0" * 30, b"0" * 30)),
        ({"a": [float("inf"), float("nan"), 10**20]}, b'{"a":[null,null,1%s]}' % (b"0" * 20)),
        ({"a": "\x00\r\n"}, b'{"a":"\\u0000\\r\\n"}'),
        ({"a": True, "b": [None, {}, [], 1.5, 10**20]}, b'{"a":true,"b":[null,{},[],1.5,1%s]}' % (b"0" * 20)),
        (deep, b"[" * 3001 + b"]" * 3001),
        (10**10_000, b"1" + b"0" * 10_000),
        (1 - 10**10_000, b"-" + b"9" * 10_000),
    ]
    for value, text in rows:
        assert to_json(value) == text


@given(st.integers(0, 60_000), st.integers(0, 2**64), st.booleans())
@settings(max_examples=at_length(20, 2000))
def test_integers_are_written_in_full(exponent: int, more: int, negative: bool) -> None:
    """Integers of any size are written in full."""
    number = 10**exponent + more
    written = digits(-number if negative else number)
    assert written[0] == "-" or not negative
    value = 0
    plain = written.lstrip("-")
    for place in range(0, len(plain), 1000):
        piece = plain[place : place + 1000]
        value = value * 10 ** len(piece) + int(piece)
    assert value == number


def test_cells_hold_any_text() -> None:
    """Any text in a CSV cell is read back as it was, with lone surrogates replaced."""
    expected: list[tuple[Any, str]] = [
        ('x"\r\ny\nz\r', 'x"\r\ny\nz\r'),
        ("\x00,;\u2028", "\x00,;\u2028"),
        ("\ud83d", "\ufffd"),
        (None, ""),
        (10**5000, "1" + "0" * 5000),
        (float("inf"), ""),
        ({"x": ["\udc00"]}, '{"x":["\ufffd"]}'),
        (False, "false"),
        ("", ""),
    ]
    row = {str(place): value for place, (value, _) in enumerate(expected)}
    written = to_csv([cells(row, [*row, "absent"])]).decode()
    (read,) = csv.reader(io.StringIO(written, newline=""))
    assert read == [*(text for _, text in expected), ""]


@pytest.mark.parametrize("whole", [True, False])
async def test_an_unusual_row_does_not_end_an_export(tmp_path: Path, whole: bool) -> None:
    """Unusual rows are written, from the export endpoint and from the list, in both formats."""
    rows = b"[" + ODD_ROW.replace(b"t1", b"t0") + b"," + ODD_ROW + b"]"
    at_once = raw(b'{"success":true,"data":{"resources":{"tickets":' + rows + b"}}}")
    paged = raw(b'{"success":true,"data":' + rows + b',"pagination":{"hasMore":false}}')
    script = [at_once] if whole else [failure(403), paged]
    for form in ("to_csv", "to_ndjson"):
        async with serve(*script) as server, server.client() as client:
            assert await getattr(client.tickets.export(), form)(tmp_path / form) == 2
    first, second = map(json.loads, (tmp_path / "to_ndjson").read_bytes().splitlines())
    assert (first["id"], second["title"]) == ("t0", 'nul \x00 and\r\nline\u2028 "quoted"')
    assert (first["number"], first["description"]) == (123456789012345678901234567890, "half \ufffd")
    assert len(list(csv.DictReader(io.StringIO((tmp_path / "to_csv").read_bytes().decode(), newline="")))) == 2


@pytest.mark.parametrize("form", ["to_csv", "to_ndjson"])
@pytest.mark.parametrize("row", [None, 5, "x", []])
async def test_a_row_that_is_not_an_object_is_named(tmp_path: Path, form: str, row: Any) -> None:
    """A row that is not an object is a DecodeError with its place, and no file is made."""
    script = [data({"resources": {"tickets": [{"id": "t0"}, row]}})]
    for replies in (script, [failure(403), data([{"id": "t0"}, row])]):
        async with serve(*replies) as server, server.client() as client:
            with pytest.raises(DecodeError, match=r"\[1\]: .*expected an object"):
                await getattr(client.tickets.export(), form)(tmp_path / "rows")
    assert list(tmp_path.iterdir()) == []
