"""A service for bulk requests that follows a script, counts what it does, and remembers keys for a day."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import orjson

from cstar_async import CStarClient
from cstar_async._core.response import RawResponse
from cstar_async._http.transport import Transport
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.server import KEY, TEAM

from .helpers import bulk_result, import_result

if TYPE_CHECKING:
    import pytest

DAY = 24 * 3600


class Done(NamedTuple):
    """An answer that the service remembers."""

    at: float
    request: bytes
    body: bytes


FAULTS = (
    "refused",  # the connection is refused: nothing is sent
    "lost before",  # the request is lost
    "lost after",  # the answer is lost
    "timeout after",
    "500 before",
    "502 page after",
    "503 after",
    "429",
    "408 after",
    "page after",  # a 200 with HTML
    "404 page after",
    "302 after",
    "403 page before",
    "cut after",  # JSON that ends early
    "empty after",
    "envelope after",
    "null after",
    "wrong type after",
    "contradiction after",
    "unknown name after",
    "negative after",
    "busy",  # carried out later, 409 until then
)


class Service:
    """Answers every bulk request, and counts effects by what was changed: an id with its change, or a title."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.script: list[str] = []
        self.effects: Counter[str] = Counter()
        self.failing: set[str] = set()
        """Ids and titles that the service refuses."""
        self.gone: set[str] = set()
        self.requests = 0
        self._done: dict[str, Done] = {}
        self._busy: dict[str, tuple[bytes, int]] = {}

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Replace every connection with this service."""

        async def exchange(
            _: Transport, _method: str, _target: str, headers: Any, body: bytes, _time: Any
        ) -> RawResponse:
            return self.handle(str(headers["Idempotency-Key"]), body)

        monkeypatch.setattr(Transport, "exchange", exchange)

    def client(self, **options: Any) -> CStarClient:
        """A client of this service, on its clock."""
        options.setdefault("api_key", KEY)
        client = CStarClient(team_id=TEAM, base_url="http://127.0.0.1:1", clock=self.clock, **options)
        internals(client)._sending.random = lambda: 0.5
        return client

    def handle(self, key: str, body: bytes) -> RawResponse:
        """Answer one request."""
        self.requests += 1
        self._work_on()
        fault = self.script.pop(0) if self.script else ""
        if fault == "refused":
            raise aiohttp.ClientConnectorError(_NOWHERE, OSError("refused"))
        if fault == "lost before":
            raise aiohttp.ServerDisconnectedError
        if fault == "500 before":
            return refusal(500)
        if fault == "429":
            return refusal(429)
        if fault == "403 page before":
            return RawResponse(403, {}, b"<html>blocked</html>")
        if key in self._busy:
            return refusal(409, "A request with this Idempotency-Key is in progress.")
        if fault == "busy" and key not in self._done:
            self._busy[key] = body, 1
            raise TimeoutError
        answer = self._carry_out(key, body)
        return _spoilt(fault, answer)

    def _work_on(self) -> None:
        """Let requests in progress advance."""
        for key, (body, left) in list(self._busy.items()):
            self._busy[key] = body, left - 1
            if left == 0:
                del self._busy[key]
                self._carry_out(key, body)

    def _carry_out(self, key: str, body: bytes) -> bytes:
        done = self._done.get(key)
        if done is not None and self.clock.time() - done.at < DAY:
            assert done.request == body, "a key was used for something else"
            return done.body
        asked = orjson.loads(body)
        result = self._import(asked) if "records" in asked else self._change(asked)
        answer = orjson.dumps({"success": True, "data": result, "meta": {"requestId": "req_1"}})
        self._done[key] = Done(self.clock.time(), body, answer)
        return answer

    def _change(self, asked: Any) -> dict[str, Any]:
        errors: list[dict[str, Any]] = []
        for identity in asked["ids"]:
            if identity in self.failing or identity in self.gone:
                errors.append({"id": identity, "code": "resource_missing", "message": "not found"})
            elif asked["action"] == "delete":
                self.effects[identity] += 1
                self.gone.add(identity)
            else:
                self.effects[f"{identity} {orjson.dumps(asked['data']).decode()}"] += 1
        return bulk_result(len(asked["ids"]), asked["action"], asked["resource"], errors)

    def _import(self, asked: Any) -> dict[str, Any]:
        errors: list[dict[str, Any]] = []
        for index, record in enumerate(asked["records"]):
            if record["title"] in self.failing:
                errors.append({"index": index, "message": "no", "field": "title"})
            else:
                self.effects[record["title"]] += 1
        return import_result(len(asked["records"]), asked["resource"], errors)


_NOWHERE: Any = aiohttp.client_reqrep.ConnectionKey("127.0.0.1", 1, False, True, None, None, None)


def refusal(status: int, message: str = "no") -> RawResponse:
    """An error answer of the service."""
    body = {"success": False, "error": {"type": "api_error", "code": "x", "message": message}}
    return RawResponse(status, {}, orjson.dumps(body))


def _spoilt(fault: str, whole: bytes) -> RawResponse:
    """The answer to a request that was carried out, spoilt by the fault."""
    if fault == "lost after":
        raise aiohttp.ServerDisconnectedError
    if fault == "timeout after":
        raise TimeoutError
    if fault in {"503 after", "408 after"}:
        return refusal(int(fault[:3]))
    if fault in {"502 page after", "404 page after", "302 after"}:
        return RawResponse(int(fault[:3]), {}, b"<html>a proxy</html>")
    if fault == "page after":
        return RawResponse(200, {"Content-Type": "text/html"}, b"<html>please sign in</html>")
    if fault == "cut after":
        return RawResponse(200, {}, whole[: len(whole) // 2])
    if fault == "empty after":
        return RawResponse(200, {}, b"")
    if fault == "envelope after":
        return RawResponse(200, {}, b'{"ok":true}')
    if fault == "null after":
        return RawResponse(200, {}, b'{"success":true,"data":null}')
    answer = orjson.loads(whole)
    data = answer["data"]
    success = "succeeded" if "succeeded" in data else "created"
    if fault == "wrong type after":
        data[success] = str(data[success])
    elif fault == "contradiction after":
        data[success] += -1 if data[success] else 1
    elif fault == "unknown name after":
        data["errors"].append({"id": "nobody", "index": 10**6})
    elif fault == "negative after":
        data[success] = -data[success] - 1
    return RawResponse(200, {}, orjson.dumps(answer))
