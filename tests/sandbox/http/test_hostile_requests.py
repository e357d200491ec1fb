"""Hostile requests, sent as bytes over a socket, are answered with cStar's errors and cause no internal error."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import orjson
import pytest

from cstar_async.sandbox import Sandbox

JSON = b"application/json"
BODY = b'{"title": "A"}'


class RawAnswer(NamedTuple):
    """Status, content type and body of an answer."""

    status: int
    kind: bytes
    body: Any


async def send_raw(sandbox: Sandbox, method: bytes, path: bytes, body: bytes = b"", *headers: bytes) -> RawAnswer:
    """Send a request unchanged, with `path` relative to the team, and read the answer."""
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
    status_line, *rest = head.split(b"\r\n")
    kind = next((line.split(b": ")[1] for line in rest if line.lower().startswith(b"content-type")), b"")
    return RawAnswer(int(status_line.split()[1]), kind, orjson.loads(text) if text else None)


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
async def test_impossible_ids_are_404(sandbox: Sandbox, method: bytes, path: bytes) -> None:
    """An impossible id is a 404 in JSON."""
    answer = await send_raw(sandbox, method, path, b"{}")
    assert (answer.status, answer.kind, answer.body["error"]["code"]) == (404, JSON, "resource_missing")


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
async def test_invalid_bodies_are_refused(sandbox: Sandbox, body: bytes) -> None:
    """A body that is not a valid JSON object is a 400, and nothing is stored."""
    answer = await send_raw(sandbox, b"POST", b"/tickets", body)
    assert (answer.status, answer.kind) == (400, JSON)
    assert (await send_raw(sandbox, b"GET", b"/tickets")).body["data"] == []


async def test_brackets_in_text_are_not_nesting(sandbox: Sandbox) -> None:
    """Brackets in text do not count as nesting."""
    title = orjson.dumps("[" * 3_000 + '"{' * 10)
    deep = b"[" * 150 + b"]" * 150
    answer = await send_raw(sandbox, b"POST", b"/tickets", b'{"title": %s, "metadata": {"a": %s}}' % (title, deep))
    assert answer.status == 201


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
async def test_invalid_headers_are_refused(sandbox: Sandbox, status: int, headers: list[bytes]) -> None:
    """A header that is not valid is refused in JSON, and one in UTF-8 is accepted."""
    answer = await send_raw(sandbox, b"POST", b"/tickets", BODY, *headers)
    assert (answer.status, answer.kind) == (status, JSON)


async def test_a_stream_with_an_invalid_last_id(sandbox: Sandbox) -> None:
    """An invalid Last-Event-ID starts the stream from the beginning."""
    await send_raw(sandbox, b"POST", b"/tickets", BODY)
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
    answer = await send_raw(sandbox, b"POST", b"/tickets", b" " * (16 * 1024 * 1024 + 1))
    assert (answer.status, answer.kind, answer.body["error"]["code"]) == (413, JSON, "request_too_large")


async def test_an_incomplete_request_is_not_executed(sandbox: Sandbox) -> None:
    """A request whose connection is closed before the end of its body is not executed."""
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /api/v1/teams/{sandbox.default_team.id}/tickets HTTP/1.1\r\nHost: localhost\r\n".encode())
    writer.write(b"Content-Type: application/json\r\nContent-Length: 999\r\n\r\n" + BODY)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await send_raw(sandbox, b"GET", b"/tickets")).body["data"] == []


@pytest.mark.parametrize("query", ["page=1&page=2", "pageSize=5&pageSize=2"])
async def test_the_last_of_equal_parameters_applies(sandbox: Sandbox, query: str) -> None:
    """Of several parameters with the same name, the last one applies."""
    for _ in range(3):
        await send_raw(sandbox, b"POST", b"/tickets", BODY)
    page = (await send_raw(sandbox, b"GET", b"/tickets?" + query.encode())).body["pagination"]
    assert page["page" if "page=" in query else "pageSize"] == 2


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 10**30, -(10**30), 1e308])
async def test_numbers_of_more_than_64_bits(sandbox: Sandbox, number: float) -> None:
    """Numbers beyond 64 bits are accepted in data and match nothing in filters."""
    raw = orjson.dumps(number) if isinstance(number, float) else str(number).encode()
    record = b'{"title": "A", "metadata": {"externalId": %s}}' % raw
    imported = await send_raw(
        sandbox, b"POST", b"/import", b'{"resource": "tickets", "records": [%s, %s]}' % (record, record)
    )
    assert imported.status == 200
    view = b'{"name": "v", "entityType": "tickets", "filters": {"messageCount": %s, "": 1}}' % raw
    assert (await send_raw(sandbox, b"POST", b"/views", view)).status == 400
    view = b'{"name": "v", "entityType": "tickets", "filters": {"messageCount": %s}}' % raw
    made = await send_raw(sandbox, b"POST", b"/views", view)
    assert (await send_raw(sandbox, b"GET", b"/views/%s/tickets" % made.body["data"]["id"].encode())).body["data"] == []


async def test_a_long_query_is_accepted(sandbox: Sandbox) -> None:
    """A long query is accepted."""
    await send_raw(sandbox, b"POST", b"/tickets", BODY)
    answer = await send_raw(sandbox, b"GET", b"/tickets?search=" + b"A" * 60_000)
    assert (answer.status, answer.body["data"]) == (200, [])


async def test_methods_that_an_endpoint_does_not_have(sandbox: Sandbox) -> None:
    """A method that an endpoint does not have is a 405."""
    for method in (b"HEAD", b"OPTIONS", b"PUT"):
        assert (await send_raw(sandbox, method, b"/tickets")).status == 405
