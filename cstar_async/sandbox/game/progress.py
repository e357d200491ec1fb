"""Achievements, quests and skills."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Result, not_found
from cstar_async.sandbox.storage.conditions import Condition

from . import rules
from .catalog import ACHIEVEMENTS
from .players import ACTIVITY, Player, find_player, quests_of, require, resets_at

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

DEFAULT_LIMIT = 10


# --- achievements


def achievements(context: Context) -> Result:
    """All achievements; with a `userId`, the player's progress in each."""
    player = _player_or_none(context)
    query = context.query
    shown = [_achievement(each, player) for each in ACHIEVEMENTS]
    counts = Counter((each["rarity"], each["unlocked"]) for each in shown)
    summary = {
        "total": len(shown),
        "unlocked": sum(each["unlocked"] for each in shown),
        "byRarity": {
            rarity: {"total": counts[rarity, True] + counts[rarity, False], "unlocked": counts[rarity, True]}
            for rarity in rules.RARITY_REWARDS
        },
    }
    chosen = [
        each
        for each in shown
        if query.get("rarity") in (None, each["rarity"]) and query.get("unlocked") in (None, each["unlocked"])
    ]
    return Result({"achievements": chosen, "summary": summary})


def achievement(context: Context) -> Result:
    """One achievement. Raises Problem 404."""
    if context.path["achievementId"] not in ACHIEVEMENTS:
        raise not_found("Achievement")
    return Result(_achievement(context.path["achievementId"], _player_or_none(context)))


def recent_achievements(context: Context) -> Result:
    """The achievements that members have unlocked, newest first."""
    where = [Condition.equals("type", "achievement_unlocked")]
    limit: int = context.query.get("limit", DEFAULT_LIMIT)
    rows = context.store.select(context.team, ACTIVITY, where, limit=limit)
    found = [
        {
            "achievementId": row["data"]["achievementId"],
            "name": row["data"]["achievementName"],
            "rarity": row["data"]["rarity"],
            "memberId": row["memberId"],
            "memberName": row["memberName"],
            "unlockedAt": row["createdAt"],
        }
        for row in rows
    ]
    return Result(found)


def _player_or_none(context: Context) -> Player | None:
    return find_player(context, context.query["userId"]) if "userId" in context.query else None


def _achievement(achievement_id: str, player: Player | None) -> Json:
    each = ACHIEVEMENTS[achievement_id]
    xp, gold = rules.RARITY_REWARDS[each.rarity]
    unlocked_at = player.achievements.get(each.id) if player else None
    current = min(each.target, player.figures.get(each.figure, 0)) if player else 0
    progress = {"current": current, "target": each.target, "percent": round(current / each.target, 4)}
    return {
        "id": each.id,
        "object": "achievement",
        "name": each.name,
        "description": each.description,
        "icon": None,
        "rarity": each.rarity,
        "unlocked": unlocked_at is not None,
        "unlockedAt": unlocked_at,
        "progress": progress if player else None,
        "reward": {"xp": xp, "gold": gold},
    }


# --- quests


def quests_today(context: Context) -> Result:
    """Today's quests, with the player's progress in each."""
    player = find_player(context, context.query["userId"])
    day = player.quest_day
    quests = [
        {
            "id": quest.id,
            "object": "quest",
            "name": quest.name,
            "description": quest.description,
            "type": quest.figure,
            "target": quest.target,
            "progress": day["progress"].get(quest.id, 0),
            "completed": quest.id in day["completed"],
            "reward": {"xp": quest.xp, "gold": quest.gold},
        }
        for quest in quests_of(context, player.today)
    ]
    return Result({"date": player.today.isoformat(), "resetsAt": resets_at(player), "quests": quests})


def quest_history(context: Context) -> Result:
    """The quests that a player completed on the last days, including today, newest day first."""
    player = find_player(context, context.query["userId"])
    days: Json = player.state.get("quests", {})
    found: list[Json] = []
    for back in range(min(context.query.get("days", 7), (player.today - dt.date.min).days)):
        date = player.today - dt.timedelta(days=back)
        completed: dict[str, str] = days.get(date.isoformat(), {}).get("completed", {})
        if completed:
            quests = [
                {
                    "id": each.id,
                    "name": each.name,
                    "completedAt": completed[each.id],
                    "reward": {"xp": each.xp, "gold": each.gold},
                }
                for each in quests_of(context, date)
                if each.id in completed
            ]
            found.append({"date": date.isoformat(), "quests": quests, "completedCount": len(quests)})
        if date.isoformat() <= min(days, default=date.isoformat()):
            break
    return Result(found)


# --- skills


def skills(context: Context) -> Result:
    """The skills of a player."""
    return Result(_skill_tree(find_player(context, context.query["userId"])))


def allocate_skill(context: Context) -> Result:
    """Spend a point on a skill. Raises Problem 409 without a point, or at the highest level."""
    player = find_player(context, context.body["userId"])
    skill: str = context.body["skillId"]
    require(player.skills.get(skill, 0) < rules.SKILL_LEVELS, "This skill is at its highest level", param="skillId")
    require(player.skill_points > sum(player.skills.values()), "The player has no skill points left")
    player.skills[skill] = player.skills.get(skill, 0) + 1
    player.save()
    return Result(_skill_tree(player))


def reset_skills(context: Context) -> Result:
    """Take back all points spent on skills."""
    player = find_player(context, context.body["userId"])
    player.skills.clear()
    player.save()
    return Result(_skill_tree(player))


def _skill_tree(player: Player) -> Json:
    shown: list[Json] = []
    for skill, (name, description, _, _) in rules.SKILLS.items():
        level = player.skills.get(skill, 0)
        next_effect = rules.skill_effect(skill, level + 1) if level < rules.SKILL_LEVELS else None
        shown_skill = {
            "id": skill,
            "name": name,
            "description": description,
            "level": level,
            "maxLevel": rules.SKILL_LEVELS,
            "effect": rules.skill_effect(skill, level),
            "nextEffect": next_effect,
        }
        shown.append(shown_skill)
    available = player.skill_points - sum(player.skills.values())
    return {"availablePoints": available, "totalPoints": player.skill_points, "skills": shown}


HANDLERS: dict[str, Handler] = {
    "game.achievements.list": achievements,
    "game.achievements.get": achievement,
    "game.achievements.recent": recent_achievements,
    "game.quests.today": quests_today,
    "game.quests.history": quest_history,
    "game.skills.get": skills,
    "game.skills.allocate": allocate_skill,
    "game.skills.reset": reset_skills,
}
