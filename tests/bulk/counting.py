"""A service for bulk requests and imports that counts what it does to each id, and remembers keys for a day."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Final

import orjson

from tests.support.clock import FakeClock
from tests.support.counting_server import FAULTS, CountingServer, Fault

from .helpers import bulk_result, import_result

DAY: Final = 24 * 3600.0


def _named(**entry: Any) -> Fault:
    """An answer with one failure, described by this entry."""
    return _bulk(succeeded=1, failed=1, created=1, errors=[entry])


def _odd(value: object) -> Fault:
    return Fault(executes=True, body=orjson.dumps({"success": True, "data": value}))


def _bulk(**changes: Any) -> Fault:
    counts = {"total": 2, "succeeded": 2, "failed": 0, "created": 2, "updated": 0, "skipped": 0}
    whole = counts | {"errors": []} | changes
    return _odd({name: value for name, value in whole.items() if value is not ...})


ODD: Final = {
    "counts as text": _bulk(succeeded="2", created="2", total="2", failed="0"),
    "counts null": _bulk(succeeded=None, created=None, failed=None),
    "counts true": _bulk(succeeded=True, created=True, failed=False),
    "counts negative": _bulk(succeeded=-1, created=-1, failed=3),
    "counts too large": _bulk(succeeded=10**15, created=10**15),
    "counts fractional": _bulk(succeeded=1.5, created=1.5),
    "no counts": _bulk(succeeded=..., created=..., failed=..., total=...),
    "no list": _bulk(errors=...),
    "list null": _bulk(errors=None),
    "list an object": _bulk(errors={"id": "t0"}),
    "list of text": _bulk(errors=["t0", "t1"]),
    "list of null": _bulk(errors=[None]),
    "list of lists": _bulk(errors=[[["t0"]]]),
    "unknown id": _named(id="zz", index=77, code="x", message="y"),
    "id a number": _named(id=0, index="0", code="x", message="y"),
    "id unhashable": _named(id=["t0"], index={}, code=[], message={}),
    "all failed, none named": _bulk(succeeded=0, failed=2, created=0),
    "index negative": _named(id="", index=-1, code="x", message="y"),
    "total of another batch": _bulk(total=100),
    "more than there are": _bulk(succeeded=2, failed=2, created=2, updated=2),
    "data null": _odd(None),
    "data a list": _odd([]),
    "data a number": _odd(3),
    "data empty": _odd({}),
}
"""Answers of success that do not state what was done."""
ALL: Final = FAULTS | ODD


class BulkServer(CountingServer):
    """A service that refuses ids and titles that begin with `bad`, and carries out all others."""

    def __init__(self, faults: list[Fault], clock: FakeClock) -> None:
        super().__init__(faults)
        self.clock = clock
        self.first_used: dict[str, float] = {}
        """When each key was first used for a write."""
        self.log: list[tuple[str, str]] = []
        """The changes in order, each as id and change."""

    def _forget(self) -> None:
        for key, at in list(self.first_used.items()):
            if self.clock.time() - at >= DAY:
                del self.first_used[key]
                self.answers.pop(key, None)
                if key in self.busy:  # what was in progress has ended by now
                    self._apply(self.busy.pop(key), None)

    def _answer(self, fault: Fault, method: str, path: str, key: str | None, body: bytes) -> bytes:
        self._forget()
        assert key is not None
        if fault.executes or fault.busy:
            self.first_used.setdefault(key, self.clock.time())
        return super()._answer(fault, method, path, key, body)

    def _apply(self, write: str, key: str | None) -> None:
        asked = orjson.loads(write.split(" ", 2)[2])
        answer = self._import(asked) if "records" in asked else self._change(asked)
        if key is not None:
            self.answers[key] = orjson.dumps({"success": True, "data": answer})

    def _import(self, asked: dict[str, Any]) -> dict[str, Any]:
        errors: list[Any] = []
        for index, record in enumerate(asked["records"]):
            if record["title"].startswith("bad"):
                errors.append({"index": index, "field": "title", "message": "bad"})
            else:
                self.effects[record["title"]] += 1
        return import_result(len(asked["records"]), asked["resource"], errors)

    def _change(self, asked: dict[str, Any]) -> dict[str, Any]:
        errors: list[Any] = []
        for identity in asked["ids"]:
            if identity.startswith("bad"):
                errors.append({"id": identity, "code": "validation_error", "message": "bad"})
            elif asked["action"] == "delete" and identity in self.deleted:
                errors.append({"id": identity, "code": "resource_missing", "message": "gone"})
            else:
                if asked["action"] == "delete":
                    self.deleted.add(identity)
                change = f"{identity} {orjson.dumps(asked.get('data')).decode()}"
                self.effects[change] += 1
                self.log.append((identity, change))
        return bulk_result(len(asked["ids"]), asked["action"], asked["resource"], errors)


@contextlib.asynccontextmanager
async def counting(faults: list[Fault], clock: FakeClock) -> AsyncGenerator[BulkServer]:
    """A counting server on a loopback port."""
    made = BulkServer(faults, clock)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
