"""Players: rewards for closed tickets, levels, streaks, achievements, quests and skills."""

from __future__ import annotations

import pytest

from .conftest import Party


async def test_closing_a_ticket_gives_xp_and_gold(party: Party) -> None:
    """Closing a ticket rewards its assignee once."""
    ticket = await party.close("marcus", "urgent")
    figures = await party.figures("marcus")
    assert figures["stats"]["ticketsClosed"] == 1
    # 75 for urgent, 21 % for few messages and the first day of a streak; then the first achievement, and quests.
    gains = [(each["source"], each["amount"]) for each in await party.events("player.xp_gained")]
    assert gains[:2] == [("ticket", 91), ("achievement", 25)]
    assert figures["xp"] == sum(amount for _, amount in gains)
    assert figures["gold"] >= 15 + 10
    assert figures["streaks"] == {"current": 1, "max": 1}
    path = f"/tickets/{ticket['id']}"
    await party.api.patch(path, {"status": "open"})
    await party.api.patch(path, {"status": "resolved"})
    assert (await party.figures("marcus"))["xp"] == figures["xp"]
    assert (await party.figures("priya"))["xp"] == 0


async def test_a_ticket_without_an_assignee_gives_no_xp(party: Party) -> None:
    """A ticket without an assignee, or whose assignee left, gives no XP."""
    await party.api.ticket(status="closed")
    ticket = await party.api.ticket(assignedTo=party.id("marcus"))
    await party.api.delete(f"/members/{party.id('marcus')}")
    await party.api.patch(f"/tickets/{ticket['id']}", {"status": "closed"})
    assert await party.events("player.*") == []


async def test_members_have_their_level(party: Party) -> None:
    """Members have their level and XP."""
    await party.close("marcus")
    figures = await party.figures("marcus")
    (member,) = [each for each in (await party.api.get("/members")).data if each["id"] == party.id("marcus")]
    assert (member["level"], member["xp"]) == (figures["level"], figures["xp"])


async def test_a_player_is_found_by_member_and_by_user(party: Party) -> None:
    """A player is found by member id and by user id; one of them is required."""
    user = party.members["marcus"]["userId"]
    by_user = (await party.api.get(f"/game/player?userId={user}")).data
    assert by_user == await party.figures("marcus")
    assert (await party.api.get("/game/player")).error == (400, "parameter_missing", "userId")
    assert (await party.api.get("/game/player?userId=usr_none")).error == (404, "resource_missing", None)


async def test_levels(party: Party) -> None:
    """A level takes a thousand XP, and its event has the old and the new level."""
    await party.api.post(
        "/sla/rules", {"name": "x", "priority": "urgent", "responseTarget": 10, "resolutionTarget": 100}
    )
    for _ in range(4):
        await party.close("marcus", "urgent")
    figures = await party.figures("marcus")
    assert figures["level"] == 2
    assert figures["xp"] == 1000 + figures["xpInCurrentLevel"]
    (event,) = await party.events("player.level_up")
    assert (event["level"], event["previous_level"]) == (2, 1)
    assert "level_up" in [each["type"] for each in await party.get("/activity")]


async def test_a_streak_grows_by_the_day_and_reaches_milestones(party: Party) -> None:
    """A streak grows once a day, ends after a day off, and the longest one is stored."""
    for _ in range(3):
        await party.close("marcus")
        await party.close("marcus")
        party.api.sandbox.clock.advance(days=1)
    assert [each["milestone"] for each in await party.events("player.streak_milestone")] == [3]
    party.api.sandbox.clock.advance(days=1)
    assert (await party.figures("marcus"))["streaks"] == {"current": 0, "max": 3}
    await party.close("marcus")
    assert (await party.figures("marcus"))["streaks"] == {"current": 1, "max": 3}


async def test_levels_restart_with_the_season(party: Party) -> None:
    """XP and level restart with each season, gold stays, and past seasons can be read."""
    await party.close("marcus", "urgent")
    before = await party.figures("marcus")
    party.api.sandbox.clock.advance(days=31)
    after = await party.figures("marcus")
    assert (after["season"]["id"], after["xp"], after["level"]) == ("2026-Q2", 0, 1)
    assert after["gold"] == before["gold"]
    old = await party.get("/seasons/2026-Q1/stats", "marcus")
    assert (old["xp"], old["rank"], old["ticketsClosed"], old["badge"]) == (before["xp"], 1, 1, None)
    assert [each["id"] for each in await party.get("/seasons")] == ["2026-Q2", "2026-Q1", "2025-Q4"]
    assert (await party.get("/seasons/current"))["daysRemaining"] == 89
    reply = await party.api.get(f"/game/seasons/2024-Q1/stats?userId={party.id('marcus')}")
    assert reply.error == (404, "resource_missing", None)


async def test_leaderboards(party: Party) -> None:
    """Leaderboards are by period and figure, and equal players share a rank."""
    await party.close("marcus", "low")
    party.api.sandbox.clock.advance(days=7)
    await party.close("priya", "urgent")
    await party.close("olivia", "urgent")
    week = (await party.get("/leaderboard"))["entries"]
    assert {(each["rank"], each["name"]) for each in week} == {(1, "Priya Patel"), (1, "Olivia Reyes")}
    season = (await party.get("/leaderboard?period=season&sortBy=ticketsClosed"))["entries"]
    assert [each["rank"] for each in season] == [1, 1, 1]
    assert (await party.get("/leaderboard?period=all&limit=2"))["entries"][1]["rank"] == 1
    mine = await party.get("/leaderboard/me?period=season", "marcus")
    assert (mine["rank"], mine["totalPlayers"]) == (3, 3)
    assert (await party.get("/leaderboard/me", "marcus"))["rank"] is None
    assert (await party.api.get("/game/leaderboard?period=age")).error == (400, "parameter_invalid", "period")


async def test_achievements(party: Party) -> None:
    """Achievements have the progress of a player, if one is given."""
    await party.close("marcus")
    mine = await party.get("/achievements?unlocked=true", "marcus")
    assert [each["id"] for each in mine["achievements"]] == ["first_blood"]
    assert mine["summary"]["unlocked"] == 1
    ten = await party.get("/achievements/ten_down", "marcus")
    assert ten["progress"] == {"current": 1, "target": 10, "percent": 0.1}
    locked = await party.get("/achievements?rarity=legendary")
    assert {each["unlocked"] for each in locked["achievements"]} == {False}
    assert {each["rarity"] for each in locked["achievements"]} == {"legendary"}
    recent = await party.get("/achievements/recent")
    assert [(each["achievementId"], each["memberId"]) for each in recent] == [("first_blood", party.id("marcus"))]
    assert (await party.api.get("/game/achievements/nothing")).error == (404, "resource_missing", None)


async def test_quests_are_completed_by_playing_and_end_at_midnight(party: Party) -> None:
    """Three quests a day are completed by playing and end at midnight."""
    today = await party.get("/quests/today", "marcus")
    assert len(today["quests"]) == 3
    assert today["resetsAt"] == "2026-03-03T00:00:00.000Z"
    done: list[str] = []
    while not done:
        for _ in range(6):
            await party.close("marcus", "urgent")
        done = [each["id"] for each in (await party.get("/quests/today", "marcus"))["quests"] if each["completed"]]
        if not done:
            party.api.sandbox.clock.advance(days=1)
    event = (await party.events("player.quest_completed"))[0]
    assert event["quest_id"] in done
    history = await party.get("/quests/history", "marcus")
    assert [each["completedCount"] for each in history] == [len(done)]
    assert (await party.figures("marcus"))["stats"]["questsCompleted"] == len(done)
    party.api.sandbox.clock.advance(days=1)
    fresh = await party.get("/quests/today", "marcus")
    assert {each["progress"] for each in fresh["quests"]} == {0}


async def test_skill_points_are_spent_and_reset(party: Party) -> None:
    """Skill points come every five levels, are spent within limits, and can be reset."""
    body = {"userId": party.id("marcus"), "skillId": "quick_learner"}
    assert (await party.api.post("/game/skills/allocate", body)).error[0] == 409
    await party.api.post(
        "/sla/rules", {"name": "x", "priority": "urgent", "responseTarget": 10, "resolutionTarget": 100}
    )
    while (await party.figures("marcus"))["level"] < 5:
        await party.close("marcus", "urgent")
    tree = (await party.api.post("/game/skills/allocate", body)).data
    (skill,) = [each for each in tree["skills"] if each["id"] == "quick_learner"]
    assert (skill["level"], skill["effect"], skill["nextEffect"]) == (1, "+5% XP", "+10% XP")
    assert (tree["availablePoints"], tree["totalPoints"]) == (0, 1)
    wrong = body | {"skillId": "flying"}
    assert (await party.api.post("/game/skills/allocate", wrong)).error == (400, "parameter_invalid", "skillId")
    tree = (await party.api.post("/game/skills/reset", {"userId": party.id("marcus")})).data
    assert (tree["availablePoints"], {each["level"] for each in tree["skills"]}) == (1, {0})


async def test_activity_is_paged_by_cursor(party: Party) -> None:
    """Activity is listed newest first, once each, by member or type."""
    for _ in range(5):
        await party.close("marcus")
    await party.close("priya")
    seen: list[str] = []
    cursor = ""
    while True:
        page = await party.api.get(f"/game/activity?limit=3{cursor}")
        seen += page.ids
        if not page.body["pagination"]["hasMore"]:
            break
        cursor = f"&cursor={page.body['pagination']['nextCursor']}"
    assert len(seen) == len(set(seen)) == len((await party.api.get("/game/activity?limit=100")).data)
    own = (await party.api.get(f"/game/activity/member/{party.id('priya')}")).data
    assert {each["memberName"] for each in own} == {"Priya Patel"}
    closed = (await party.api.get("/game/activity?type=ticket_closed")).data
    assert len(closed) == 6
    assert (await party.api.get("/game/activity?cursor=x")).error == (400, "parameter_invalid", "cursor")


async def test_the_constants_can_be_read_with_any_key(party: Party) -> None:
    """The game config can be read with any key, as cStar documents."""
    config = (await party.api.get("/game/config", key=party.api.team.publishable_key)).data
    assert (config["xpPerLevel"], config["ticketXp"]["urgent"]) == (1000, 75)


@pytest.mark.parametrize("path", ["/boss/spawn", "/boss/damage", "/skills/reset", "/one-ups", "/puzzles/complete"])
async def test_playing_needs_a_secret_key(party: Party, path: str) -> None:
    """Writes of the game need a secret key, as cStar documents."""
    reply = await party.api.post(f"/game{path}", {}, key=party.api.team.publishable_key)
    assert reply.error == (403, "publishable_key_write", None)
