"""One-ups, high fives, cosmetics and puzzles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import TeamApi

from .conftest import Party


async def one_up(party: Party, sender: str, recipient: str, **fields: Any) -> Any:
    """Send a one-up."""
    body = {"userId": party.id(sender), "recipientId": party.id(recipient), **fields}
    return await party.api.post("/game/one-ups", body)


async def test_three_one_ups_a_day(party: Party) -> None:
    """A player can send three one-ups a day, as cStar documents."""
    for left in (2, 1, 0):
        assert (await one_up(party, "marcus", "priya", message="Nice!")).data["remaining"] == left
    assert (await one_up(party, "marcus", "priya")).error[0] == 409
    assert (await party.get("/one-ups/remaining", "marcus"))["used"] == 3
    assert (await party.get("/one-ups/remaining", "priya"))["remaining"] == 3
    party.api.sandbox.clock.advance(hours=15)
    assert (await party.get("/one-ups/remaining", "marcus"))["remaining"] == 3
    assert len(await party.get("/one-ups")) == 3
    assert len(await party.get("/one-ups", "olivia")) == 0
    assert (await party.events("social.one_up_sent"))[0]["recipient_id"] == party.id("priya")


async def test_gold_moves_to_the_recipient(party: Party) -> None:
    """Gold moves from sender to recipient; more than the sender has is a conflict."""
    await party.close("marcus", "urgent")
    gold = (await party.figures("marcus"))["gold"]
    assert (await one_up(party, "marcus", "priya", gold=gold + 1)).error == (409, "resource_conflict", "gold")
    assert (await one_up(party, "marcus", "priya", gold=gold)).data["gold"] == gold
    marcus, priya = await party.figures("marcus"), await party.figures("priya")
    assert priya["gold"] == gold
    # Sending a one-up is an achievement: 10 gold.
    assert marcus["gold"] == 10


@pytest.mark.parametrize(
    ("fields", "param"), [({"message": "x" * 141}, "message"), ({"gold": 101}, "gold"), ({"gold": -1}, "gold")]
)
async def test_limits_of_one_ups(party: Party, fields: dict[str, Any], param: str) -> None:
    """A one-up has at most 140 characters and 100 gold, as cStar documents."""
    assert (await one_up(party, "marcus", "priya", **fields)).error == (400, "parameter_invalid", param)


async def test_a_one_up_needs_another_member(party: Party) -> None:
    """A one-up to oneself or to an unknown member is refused and not counted."""
    assert (await one_up(party, "marcus", "marcus")).error == (400, "parameter_invalid", "recipientId")
    body = {"userId": party.id("marcus"), "recipientId": "mem_none"}
    assert (await party.api.post("/game/one-ups", body)).error == (404, "resource_missing", "recipientId")
    assert (await party.get("/one-ups/remaining", "marcus"))["remaining"] == 3


async def test_one_high_five_a_day_for_each_team(party: Party) -> None:
    """A team can send one high five a day to each team, as cStar documents, and both teams list it."""
    other = party.api.sandbox.team("Globex")
    body = {"recipientTeamId": other.id, "userId": party.id("marcus"), "message": "Well done"}
    path = f"/game/high-fives/can-send/{other.slug}"
    assert (await party.api.get(path)).data["canSend"] is True
    sent = (await party.api.post("/game/high-fives", body)).data
    assert (sent["fromTeam"]["name"], sent["toTeam"]["name"]) == ("Acme Support", "Globex")
    assert (await party.api.post("/game/high-fives", body)).error == (409, "resource_conflict", "recipientTeamId")
    refused = (await party.api.get(path)).data
    assert (refused["reason"], refused["nextAvailableAt"]) == ("already_sent_today", "2026-03-03T00:00:00.000Z")
    globex = TeamApi(party.api.sandbox, party.api.session, other)
    assert (await globex.get("/game/high-fives?direction=received")).ids == [sent["id"]]
    assert (await globex.get("/game/high-fives?direction=sent")).ids == []
    assert (await globex.post("/game/high-fives", {"recipientTeamId": party.api.team.id})).status == 201
    assert len(await party.get("/high-fives")) == 2
    party.api.sandbox.clock.advance(days=1)
    assert (await party.api.post("/game/high-fives", body)).status == 201


async def test_invalid_high_fives_are_refused(party: Party) -> None:
    """A high five to the own team, to an unknown team, or with a long message is refused."""
    team = party.api.team.id
    post = party.api.post
    assert (await post("/game/high-fives", {"recipientTeamId": team})).error[0] == 400
    assert (await post("/game/high-fives", {"recipientTeamId": "none"})).error[0] == 404
    assert (await party.api.get(f"/game/high-fives/can-send/{team}")).data["canSend"] is False
    assert (await party.api.get("/game/high-fives/can-send/none")).status == 404
    long = {"recipientTeamId": team, "message": "x" * 81}
    assert (await post("/game/high-fives", long)).error == (400, "parameter_invalid", "message")


async def test_only_unlocked_cosmetics_can_be_worn(party: Party) -> None:
    """Only unlocked cosmetics can be worn; null takes one off."""
    body: dict[str, Any] = {"userId": party.id("marcus")}
    patch = party.api.patch
    path = "/game/cosmetics/preferences"
    worn = (await patch(path, body | {"avatarFrame": "plain_ring", "victoryMessage": "GG!"})).data
    assert (worn["avatarFrame"], worn["victoryMessage"]) == ("plain_ring", "GG!")
    locked = await patch(path, body | {"avatarFrame": "gold_ring"})
    assert locked.error == (403, "insufficient_permissions", "avatarFrame")
    assert (await patch(path, body | {"title": "plain_ring"})).error == (404, "resource_missing", None)
    assert (await patch(path, body | {"victoryMessage": "x" * 201})).error[2] == "victoryMessage"
    rings = await party.get("/cosmetics?type=avatar_frame", "marcus")
    states = [(each["id"], each["unlocked"], each["equipped"]) for each in rings[:2]]
    assert states == [("plain_ring", True, True), ("silver_ring", False, False)]
    assert (await patch(path, body | {"avatarFrame": None})).data["avatarFrame"] is None
    assert (await party.get(path.removeprefix("/game"), "marcus"))["victoryMessage"] == "GG!"
    assert (await party.figures("marcus"))["cosmetics"]["victoryMessage"] == "GG!"


async def test_the_puzzle_of_the_day(party: Party) -> None:
    """A puzzle can be solved once a day, with XP by time and mistakes."""
    puzzle = await party.get("/puzzles/today", "marcus")
    assert (puzzle["date"], puzzle["completed"]) == ("2026-03-02", False)
    body = {"userId": party.id("marcus"), "puzzleId": puzzle["id"], "timeSeconds": 60, "mistakes": 1}
    done = (await party.api.post("/game/puzzles/complete", body)).data
    assert (done["xpAwarded"], done["score"], done["streak"]["current"]) == (43, 890, 1)
    assert (await party.api.post("/game/puzzles/complete", body)).error == (409, "resource_conflict", "puzzleId")
    assert (await party.get("/puzzles/today", "marcus"))["completed"] is True
    faster = body | {"userId": party.id("priya"), "timeSeconds": 30}
    await party.api.post("/game/puzzles/complete", faster)
    board = await party.get("/puzzles/leaderboard")
    assert [(each["rank"], each["name"]) for each in board] == [(1, "Priya Patel"), (2, "Marcus Chen")]
    party.api.sandbox.clock.advance(days=1)
    assert (await party.api.post("/game/puzzles/complete", body)).error == (404, "resource_missing", None)
    assert await party.get("/puzzles/leaderboard") == []
    assert len(await party.get(f"/puzzles/leaderboard?puzzleId={puzzle['id']}")) == 2
    assert len(await party.get("/puzzles/leaderboard?type=streaks")) == 2
    assert (await party.get("/puzzles/streak", "marcus"))["totalCompleted"] == 1
    wrong = body | {"mistakes": -1}
    assert (await party.api.post("/game/puzzles/complete", wrong)).error == (400, "parameter_invalid", "mistakes")
