"""Every JSON answer in cStar's documentation is decoded completely into its model.

The bodies are in documented/, as the documentation shows them; documented.json has the operation of each, its kind (a
complete body, its `data`, an item of a list, or an error) and its place in the documentation.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
import pytest

from cstar_async import CStarClient, errors
from cstar_async._generated import operations
from tests import contract
from tests.support.aio import BASE, SECRET, TEAM, Mock
from tests.support.arguments import make, method
from tests.support.decoding import decode, info_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

META = {"requestId": "req_abc123", "timestamp": "2025-12-10T14:30:00Z"}
INDEX: dict[str, Any] = json.loads((contract.HERE / "documented.json").read_text(encoding="utf-8"))
ENDPOINTS = {endpoint.id: endpoint for endpoint in contract.endpoints()}
KINDS: dict[int, type[errors.APIError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    429: errors.RateLimitError,
}


class Documented(NamedTuple):
    """A documented body."""

    name: str
    operation: str
    kind: str
    status: int
    value: Any

    @property
    def body(self) -> Any:
        """The value as a complete body."""
        data = [self.value] if self.kind == "item" else self.value
        return data if self.kind in {"body", "error"} else {"success": True, "data": data, "meta": META}


def _load(entry: dict[str, Any]) -> Documented:
    text = (contract.HERE / "documented" / f"{entry['file']}.json").read_text(encoding="utf-8")
    return Documented(entry["file"], entry["operation"], entry["kind"], entry.get("status", 200), json.loads(text))


ALL = {entry["file"]: _load(entry) for entry in INDEX["bodies"]}
RESULTS = [documented for documented in ALL.values() if documented.kind != "error"]
ERRORS = [documented for documented in ALL.values() if documented.kind == "error"]


@pytest.fixture
async def cstar() -> AsyncIterator[CStarClient]:
    """A client whose answers the tests mock."""
    async with CStarClient(SECRET, team_id=TEAM, base_url=BASE, max_retries=0) as client:
        yield client


async def _call(cstar: CStarClient, operation: str, body: Any, status: int = 200) -> Any:
    arguments = make(ENDPOINTS[operation])
    with Mock() as mock:
        mock.reply(ENDPOINTS[operation].method, body, status=status)
        return await method(cstar, operation)(*arguments.positional, **arguments.named)


def assert_read(model: Any, data: Any, place: str = "$") -> None:
    """Assert that every member of `data` is in the model, under its Python name and with its value."""
    if isinstance(data, dict) and attrs.has(type(model)):
        fields = {field.wire: field.name for field in info_of(type(model)).fields}
        for wire, value in data.items():
            assert wire in fields, f"{place}.{wire} is documented, but not in the contract"
            assert_read(getattr(model, fields[wire]), value, f"{place}.{wire}")
    elif isinstance(data, dict | list):
        pairs = data.items() if isinstance(data, dict) else enumerate(data)
        assert len(model) == len(data), place
        for key, value in pairs:
            assert_read(model[key], value, f"{place}[{key}]")
    elif isinstance(model, dt.datetime):
        assert model == dt.datetime.fromisoformat(data), place
    else:
        assert (type(model), model) == (type(data), data), place


def test_every_file_is_in_the_index() -> None:
    """Every documented body is in the index."""
    assert sorted(path.stem for path in (contract.HERE / "documented").iterdir()) == sorted(ALL)
    assert len(ALL) == len(INDEX["bodies"])


@pytest.mark.parametrize("documented", RESULTS, ids=lambda d: d.name)
def test_a_documented_body_is_decoded_completely(documented: Documented) -> None:
    """A documented body is decoded with all its members."""
    data = documented.body["data"]
    assert_read(decode(operations.load(documented.operation), data), data)


@pytest.mark.parametrize("documented", RESULTS, ids=lambda d: d.name)
async def test_a_documented_body_is_the_answer_of_a_call(cstar: CStarClient, documented: Documented) -> None:
    """A documented body is the result of a call."""
    result = await _call(cstar, documented.operation, documented.body)
    if operations.load(documented.operation).is_list:
        result = result.data
    assert_read(result, documented.body["data"])


@pytest.mark.parametrize(
    ("name", "expected", "has_more"),
    [
        ("pagination-a", (1, 20, 142, 8, None), True),
        ("pagination-a2", (1, 3, 3, None, False), False),
        ("pagination-b", (1, 20, 142, None, True), True),
        ("pagination-c", (1, 20, 142, 8, None), True),
        ("customer-groups", (1, 25, 15, None, False), False),
        ("messages", (None, None, None, None, None), False),
        ("webhooks", (None, None, None, None, None), False),
    ],
)
async def test_every_documented_pagination_is_read(
    cstar: CStarClient, name: str, expected: tuple[object, ...], *, has_more: bool
) -> None:
    """Every documented form of pagination is read."""
    with Mock() as mock:
        mock.reply("GET", ALL[name].body)
        path = ["tkt_1"] if name == "messages" else []
        page = await method(cstar, ALL[name].operation)(*path)
    told = page.pagination
    assert (told.page, told.page_size, told.total, told.total_pages, told.has_more) == expected
    assert page.has_more is has_more


async def test_the_stats_of_a_player_have_their_values(cstar: CStarClient) -> None:
    """The stats of a player have the documented values."""
    stats = await _call(cstar, "game.player.get", ALL["player-stats"].body)
    assert (stats.member_id, stats.name, stats.avatar_url, stats.level, stats.gold) == (
        "usr_abc",
        "Jane",
        None,
        12,
        340,
    )
    assert (stats.xp, stats.xp_to_next_level, stats.xp_in_current_level, stats.xp_progress) == (4850, 1000, 850, 0.85)
    assert stats.season.name == "Season 3 — 2026"
    assert stats.season.ends_at == dt.datetime(2026, 6, 30, 23, 59, 59, tzinfo=dt.UTC)
    assert (stats.streaks.current, stats.streaks.max) == (7, 14)
    assert (stats.stats.tickets_closed, stats.stats.final_blows) == (156, 2)
    assert stats.skills["quick_learner"].effect == "+15% XP"
    assert (stats.cosmetics.avatar_frame, stats.cosmetics.victory_message) == ("gold_ring", "GG!")
    assert (stats.prestige_level, stats.prestige_bonus, stats.available_skill_points) == (1, 0.01, 2)


@pytest.mark.parametrize("documented", ERRORS, ids=lambda d: d.name)
async def test_a_documented_error_keeps_its_parts(cstar: CStarClient, documented: Documented) -> None:
    """A documented error keeps its status, code, message, field and body."""
    with pytest.raises(KINDS[documented.status]) as caught:
        await _call(cstar, documented.operation, documented.value, documented.status)
    error, told = caught.value, documented.value["error"]
    if isinstance(told, str):
        told = {"message": told}
    assert type(error) is KINDS[documented.status]
    assert error.status == documented.status
    assert (error.type, error.code, error.message) == (told.get("type"), told.get("code"), told["message"])
    assert error.param == told.get("param", told.get("field"))
    assert error.doc_url == told.get("doc_url")
    assert error.retry_after == told.get("retryAfter")
    assert error.request_id == documented.value.get("meta", {}).get("requestId", told.get("request_id"))
    assert error.body == documented.value


@pytest.mark.parametrize(("code", "status", "kind"), INDEX["error_codes"])
async def test_a_documented_code_raises_the_error_of_its_status(
    cstar: CStarClient, code: str, status: int, kind: str
) -> None:
    """A documented code raises the error of its status."""
    body = {"success": False, "error": {"type": kind, "code": code, "message": "..."}}
    with pytest.raises(errors.APIError) as caught:
        await _call(cstar, "tickets.create", body, status)
    assert (type(caught.value), caught.value.code, caught.value.type) == (KINDS[status], code, kind)
