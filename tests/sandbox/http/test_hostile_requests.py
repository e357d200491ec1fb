"""Hostile requests, as bytes over a socket, get cStar's errors and cause no internal error."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import orjson
import pytest

from cstar_async.sandbox import Sandbox

JSON = b"application/json"
BODY = b'{"title": "A"}'


class Heard(NamedTuple):
    """Status, content type and body of an answer."""

    status: int
    kind: bytes
    body: Any


async def say(sandbox: Sandbox, method: bytes, path: bytes, body: bytes = b"", *headers: bytes) -> Heard:
    """Send a request unchanged, with `path` below the team, and read the answer."""
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    team = sandbox.default_team
    lines = [b"%s /api/v1/teams/%s%s HTTP/1.1" % (method, team.id.encode(), path)]
    lines += [b"Host: localhost", b"Connection: close", b"Content-Type: application/json"]
    if not any(line.startswith(b"Authorization") for line in headers):
        lines.append(b"Authorization: Bearer " + team.secret_key.encode())
    lines += [*headers, b"Content-Length: %d" % len(body), b"", body]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"\r\n".join(lines))
    head, _, text = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *rest = head.split(b"\r\n")
    kind = next((line.split(b": ")[1] for line in rest if line.lower().startswith(b"content-type")), b"")
    return Heard(int(first.split()[1]), kind, orjson.loads(text) if text else None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (b"GET", b"/tickets/%ff%fe"),
        (b"GET", b"/tickets/%00"),
        (b"PATCH", b"/customers/%C3%95%0A%25"),
        (b"DELETE", b"/tickets/a%2Fb"),
        (b"GET", b"/tickets/" + b"x" * 4_000),
        (b"GET", b"/tickets/.."),
        (b"GET", b"/nothing%0Ahere"),
    ],
)
async def test_ids_that_no_object_can_have(sandbox: Sandbox, method: bytes, path: bytes) -> None:
    """An impossible id is a 404 in JSON."""
    heard = await say(sandbox, method, path, b"{}")
    assert (heard.status, heard.kind, heard.body["error"]["code"]) == (404, JSON, "resource_missing")


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"title": "\\ud800"}',
        b'{"title": 1e999}',
        b'{"title": "A", "metadata": {"n": NaN}}',
        b'{"title": "A", "metadata": {"a": ' + b"[" * 300 + b"]" * 300 + b"}}",
        b'"title"',
        b"null",
        b"[]",
        b'{"title": "A"',
    ],
)
async def test_bodies_that_cannot_be_kept(sandbox: Sandbox, body: bytes) -> None:
    """A body that is not a valid JSON object is a 400."""
    heard = await say(sandbox, b"POST", b"/tickets", body)
    assert (heard.status, heard.kind) == (400, JSON)
    assert (await say(sandbox, b"GET", b"/tickets")).body["data"] == []


async def test_brackets_in_text_are_no_levels(sandbox: Sandbox) -> None:
    """Brackets in text do not count as nesting."""
    title = orjson.dumps("[" * 3_000 + '"{' * 10)
    deep = b"[" * 150 + b"]" * 150
    heard = await say(sandbox, b"POST", b"/tickets", b'{"title": %s, "metadata": {"a": %s}}' % (title, deep))
    assert heard.status == 201


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (400, [b"Idempotency-Key: \xff\xfe"]),
        (400, [b"Idempotency-Key: " + b"k" * 256]),
        (400, [b"Idempotency-Key:"]),
        (201, ["Idempotency-Key: schlüssel".encode()]),
        (401, [b"Authorization: Bearer sk_test_\xff\xfe"]),
        (401, [b"Authorization: Bearer sk_test_\x80"]),
        (400, [b"Content-Encoding: gzip"]),
    ],
)
async def test_headers_that_are_not_text(sandbox: Sandbox, status: int, headers: list[bytes]) -> None:
    """A header that is not valid is refused in JSON, and one in UTF-8 is accepted."""
    heard = await say(sandbox, b"POST", b"/tickets", BODY, *headers)
    assert (heard.status, heard.kind) == (status, JSON)


async def test_a_stream_from_an_id_that_is_not_text(sandbox: Sandbox) -> None:
    """An invalid Last-Event-ID starts the stream from the beginning."""
    await say(sandbox, b"POST", b"/tickets", BODY)
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    team = sandbox.default_team
    writer.write(
        f"GET /api/v1/teams/{team.id}/events/stream HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {team.secret_key}\r\n".encode()
        + b"Last-Event-ID: \xff\r\n\r\n"
    )
    assert b"event: ticket.created" in await reader.readuntil(b"event: ticket.created")
    writer.close()


async def test_a_body_that_is_too_large(sandbox: Sandbox) -> None:
    """A body over the limit is a 413 in JSON."""
    heard = await say(sandbox, b"POST", b"/tickets", b" " * (16 * 1024 * 1024 + 1))
    assert (heard.status, heard.kind, heard.body["error"]["code"]) == (413, JSON, "request_too_large")


async def test_a_caller_who_leaves_in_the_middle(sandbox: Sandbox) -> None:
    """An incomplete request is not carried out."""
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /api/v1/teams/{sandbox.default_team.id}/tickets HTTP/1.1\r\nHost: localhost\r\n".encode())
    writer.write(b"Content-Type: application/json\r\nContent-Length: 999\r\n\r\n" + BODY)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await say(sandbox, b"GET", b"/tickets")).body["data"] == []


@pytest.mark.parametrize("query", ["page=1&page=2", "pageSize=5&pageSize=2"])
async def test_the_last_of_equal_parameters_counts(sandbox: Sandbox, query: str) -> None:
    """The last of several equal parameters counts."""
    for _ in range(3):
        await say(sandbox, b"POST", b"/tickets", BODY)
    page = (await say(sandbox, b"GET", b"/tickets?" + query.encode())).body["pagination"]
    assert page["page" if "page=" in query else "pageSize"] == 2


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 10**30, -(10**30), 1e308])
async def test_numbers_beyond_those_of_the_database(sandbox: Sandbox, number: float) -> None:
    """Numbers beyond 64 bits are accepted in data and match nothing in filters."""
    raw = orjson.dumps(number) if isinstance(number, float) else str(number).encode()
    record = b'{"title": "A", "metadata": {"externalId": %s}}' % raw
    imported = await say(
        sandbox, b"POST", b"/import", b'{"resource": "tickets", "records": [%s, %s]}' % (record, record)
    )
    assert imported.status == 200
    view = b'{"name": "v", "entityType": "tickets", "filters": {"messageCount": %s, "": 1}}' % raw
    assert (await say(sandbox, b"POST", b"/views", view)).status == 400
    view = b'{"name": "v", "entityType": "tickets", "filters": {"messageCount": %s}}' % raw
    made = await say(sandbox, b"POST", b"/views", view)
    assert (await say(sandbox, b"GET", b"/views/%s/tickets" % made.body["data"]["id"].encode())).body["data"] == []


async def test_a_query_that_is_long(sandbox: Sandbox) -> None:
    """A long query is accepted."""
    await say(sandbox, b"POST", b"/tickets", BODY)
    heard = await say(sandbox, b"GET", b"/tickets?search=" + b"A" * 60_000)
    assert (heard.status, heard.body["data"]) == (200, [])


async def test_methods_that_an_endpoint_does_not_take(sandbox: Sandbox) -> None:
    """A method that an endpoint does not have is a 405."""
    for method in (b"HEAD", b"OPTIONS", b"PUT"):
        assert (await say(sandbox, method, b"/tickets")).status == 405
