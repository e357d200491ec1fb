"""Bosses: spawning, damage, defeat."""

from __future__ import annotations

from typing import Any

from .conftest import Party


async def spawn(party: Party, **fields: Any) -> Any:
    """Spawn a boss."""
    return (await party.api.post("/game/boss/spawn", fields)).data


async def hit(party: Party, name: str, priority: str = "urgent") -> Any:
    """Damage the boss as a member."""
    body = {"userId": party.id(name), "ticketPriority": priority}
    return (await party.api.post("/game/boss/damage", body)).data


async def test_without_a_boss(party: Party) -> None:
    """Without a boss, the state is inactive, and damage is a conflict."""
    state = await party.get("/boss")
    assert (state["active"], state["boss"], state["participants"]) == (False, None, [])
    assert await party.get("/boss/active") == {"active": False, "bossId": None}
    reply = await party.api.post("/game/boss/damage", {"userId": party.id("marcus")})
    assert reply.error[0] == 409


async def test_one_boss_at_a_time(party: Party) -> None:
    """A second boss is refused while one is active, as cStar documents."""
    state = await spawn(party, difficulty="hard", name="The Kraken")
    assert (state["boss"]["name"], state["boss"]["health"], state["boss"]["phase"]) == ("The Kraken", 2500, 1)
    reply = await party.api.post("/game/boss/spawn", {})
    assert reply.error[0] == 409
    assert (await party.get("/boss/active"))["bossId"] == state["boss"]["id"]
    assert [each["difficulty"] for each in await party.events("boss.spawned")] == ["hard"]


async def test_damage_depends_on_priority_and_combo(party: Party) -> None:
    """Damage depends on priority and combo; a damage in the request is ignored, as cStar documents."""
    await spawn(party, difficulty="legendary")
    body = {"userId": party.id("marcus"), "ticketPriority": "low", "damage": 5000}
    first = (await party.api.post("/game/boss/damage", body)).data
    assert (first["damage"], first["combo"]) == (20, {"count": 1, "multiplier": 1.0})
    assert (await hit(party, "priya", "low"))["damage"] == 22
    party.api.sandbox.clock.advance(minutes=11)
    assert (await party.get("/boss"))["combo"] is None
    assert (await hit(party, "priya", "low"))["damage"] == 20


async def test_closing_a_ticket_damages_the_boss(party: Party) -> None:
    """Closing a ticket damages the boss, and the event names the ticket."""
    await spawn(party)
    ticket = await party.close("marcus", "high")
    (event,) = await party.events("boss.damaged")
    assert (event["ticket_id"], event["damage"], event["member_id"]) == (ticket["id"], 100, party.id("marcus"))
    body = {"userId": party.id("priya"), "ticketId": ticket["id"]}
    assert (await party.api.post("/game/boss/damage", body)).data["damage"] == 110
    missing = body | {"ticketId": "tkt_none"}
    assert (await party.api.post("/game/boss/damage", missing)).error == (404, "resource_missing", None)
    state = await party.get("/boss")
    assert [(each["damageDealt"], each["hits"]) for each in state["participants"]] == [(110, 1), (100, 1)]


async def test_a_defeat_rewards_all_participants(party: Party) -> None:
    """All participants are rewarded, the final blow most, and a new boss may spawn."""
    await spawn(party, difficulty="easy", name="Imp")
    await hit(party, "priya", "low")
    before = {name: (await party.figures(name))["gold"] for name in ("marcus", "priya")}
    blow: Any = {"health": 1}
    while blow["health"]:
        blow = await hit(party, "marcus")
    assert (blow["defeated"], blow["isFinalBlow"], blow["rewards"]) == (True, True, {"xp": 50, "gold": 25})
    defeat = await party.get(f"/boss/defeats/{blow['defeatId']}")
    rewards = {each["name"]: each["reward"]["gold"] for each in defeat["participants"]}
    assert rewards == {"Marcus Chen": 38, "Priya Patel": 25}
    assert sum(each["damageDealt"] for each in defeat["participants"]) == 500
    assert [each["id"] for each in await party.get("/boss/defeats")] == [defeat["id"]]
    figures = await party.figures("priya")
    assert (figures["stats"]["bossesDefeated"], figures["stats"]["finalBlows"]) == (1, 0)
    assert (await party.figures("marcus"))["stats"]["finalBlows"] == 1
    # "Boss Beater" adds 10 gold, "The Last Word" 20.
    assert figures["gold"] == before["priya"] + 25 + 10
    assert (await party.figures("marcus"))["gold"] >= before["marcus"] + 38 + 10 + 20
    assert (await party.get("/seasons/2026-Q1/stats", "priya"))["bossesDefeated"] == 1
    (event,) = await party.events("boss.defeated")
    assert event["final_blow_member_id"] == party.id("marcus")
    assert (await party.get("/boss"))["active"] is False
    await spawn(party)
    assert (await party.api.get("/game/boss/defeats/def_none")).error == (404, "resource_missing", None)


async def test_a_member_who_left_stays_a_participant(party: Party) -> None:
    """A member who left stays in the list of participants."""
    await spawn(party, difficulty="easy")
    await hit(party, "priya")
    await party.api.delete(f"/members/{party.id('priya')}")
    blow: Any = {"health": 1}
    while blow["health"]:
        blow = await hit(party, "marcus")
    defeat = await party.get(f"/boss/defeats/{blow['defeatId']}")
    assert {each["name"] for each in defeat["participants"]} == {"Marcus Chen", "Priya Patel"}


async def test_each_phase_has_a_new_ability(party: Party) -> None:
    """The phases begin at two thirds and one third of the health, each with a new ability."""
    await spawn(party, difficulty="easy")
    seen: list[tuple[int, int]] = []
    while (await hit(party, "marcus", "normal"))["health"]:
        boss = (await party.get("/boss"))["boss"]
        seen.append((boss["phase"], len(boss["abilities"])))
    assert sorted(set(seen)) == [(1, 1), (2, 2), (3, 3)]
    assert seen == sorted(seen)
