"""How far the players have come: figures, leaderboards, achievements, quests, skills, seasons, activity."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.answers import Answer, not_found
from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.paging import list_page
from cstar_async.sandbox.store import Where

from . import rules
from .catalog import ACHIEVEMENTS
from .players import ACTIVITY, Player, all_players, find_player, quests_of, ranked, require, resets_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.context import Context, Handler
    from cstar_async.sandbox.contract import Json

METRICS = ("xp", "gold", "ticketsClosed")
DEFAULT_PERIOD = "week"
DEFAULT_LIMIT = 10


def player_by_user(context: Context) -> Answer:
    """A player's figures, by user."""
    return Answer(_figures(find_player(context, context.query["userId"])))


def player_by_member(context: Context) -> Answer:
    """A player's figures, by member."""
    return Answer(_figures(find_player(context, context.path["memberId"])))


def _figures(player: Player) -> Json:
    season = rules.season_of(player.today)
    xp, inside = player.xp, player.xp % rules.XP_PER_LEVEL
    current, longest = player.streak
    totals = ("ticketsClosed", "bossesDefeated", "finalBlows", "questsCompleted")
    return {
        "object": "player_stats",
        "memberId": player.id,
        "name": player.member["name"],
        "avatarUrl": player.member["avatarUrl"],
        "season": {"id": season.id, "name": season.name, "endsAt": _end(season)},
        "level": player.level,
        "xp": xp,
        "xpToNextLevel": rules.XP_PER_LEVEL,
        "xpInCurrentLevel": inside,
        "xpProgress": inside / rules.XP_PER_LEVEL,
        "gold": player.gold,
        "prestigeLevel": player.prestige,
        "prestigeBonus": round(player.prestige * rules.PRESTIGE_BONUS, 2),
        "streaks": {"current": current, "max": longest},
        "stats": {name: player.figures.get(name, 0) for name in totals}
        | {"achievementsUnlocked": len(player.achievements)},
        "skills": {
            skill: {"level": level, "maxLevel": rules.SKILL_LEVELS, "effect": rules.skill_effect(skill, level)}
            for skill in rules.SKILLS
            for level in [player.skills.get(skill, 0)]
        },
        "availableSkillPoints": player.skill_points - sum(player.skills.values()),
        "totalSkillPoints": player.skill_points,
        "cosmetics": {name: player.wardrobe.get(name) for name in WARDROBE},
    }


WARDROBE = ("avatarFrame", "title", "victoryAnimation", "victoryMessage")


# --- leaderboards


def leaderboard(context: Context) -> Answer:
    """The best of a period."""
    period: str = context.query.get("period", DEFAULT_PERIOD)
    rows = _ranking(context, period, context.query.get("sortBy", "xp"))
    limit: int = context.query.get("limit", DEFAULT_LIMIT)
    first = rules.first_day(period, rules.day_of(context.now))
    entries = [
        {
            "rank": rank,
            **player.who,
            "avatarUrl": player.member["avatarUrl"],
            "level": player.level,
            **{metric: player.total(metric, first) for metric in METRICS},
        }
        for rank, _, player in rows[:limit]
    ]
    return Answer({"object": "leaderboard", "period": period, "entries": entries})


def my_rank(context: Context) -> Answer:
    """Where one player stands; no rank for who has earned nothing in the period."""
    player = find_player(context, context.query["userId"])
    period: str = context.query.get("period", DEFAULT_PERIOD)
    rank, xp = next(((rank, xp) for rank, xp, each in _ranking(context, period) if each.id == player.id), (None, 0))
    total = len(all_players(context))
    return Answer({"rank": rank, "totalPlayers": total, "xp": xp, "period": period, "memberId": player.id})


def _ranking(context: Context, period: str, what: str = "xp") -> list[tuple[int, int, Player]]:
    first = rules.first_day(period, rules.day_of(context.now))
    return ranked((player.total(what, first), player) for player in all_players(context))


# --- achievements


def achievements(context: Context) -> Answer:
    """All achievements, with how far a player is if one is named."""
    player = _player_if_named(context)
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
    return Answer({"achievements": chosen, "summary": summary})


def achievement(context: Context) -> Answer:
    """One achievement."""
    if context.path["achievementId"] not in ACHIEVEMENTS:
        raise not_found("Achievement")
    return Answer(_achievement(context.path["achievementId"], _player_if_named(context)))


def recent_achievements(context: Context) -> Answer:
    """What the team has unlocked, the latest first."""
    where = [Where.equals("type", "achievement_unlocked")]
    limit: int = context.query.get("limit", DEFAULT_LIMIT)
    rows = context.store.select(context.team, ACTIVITY, where, limit=limit)
    return Answer([
        {
            "achievementId": row["data"]["achievementId"],
            "name": row["data"]["achievementName"],
            "rarity": row["data"]["rarity"],
            "memberId": row["memberId"],
            "memberName": row["memberName"],
            "unlockedAt": row["createdAt"],
        }
        for row in rows
    ])  # fmt: skip


def _player_if_named(context: Context) -> Player | None:
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


def quests_today(context: Context) -> Answer:
    """Today's quests and how far the player is."""
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
    return Answer({"date": player.today.isoformat(), "resetsAt": resets_at(player), "quests": quests})


def quest_history(context: Context) -> Answer:
    """The quests that the player completed on the last days, today included, the latest day first."""
    player = find_player(context, context.query["userId"])
    days: Json = player.state.get("quests", {})
    found: list[Json] = []
    for back in range(min(context.query.get("days", 7), (player.today - dt.date.min).days)):
        date = player.today - dt.timedelta(days=back)
        completed: dict[str, str] = days.get(date.isoformat(), {}).get("completed", {})
        if completed:
            quests = [
                {"id": each.id, "name": each.name, "completedAt": completed[each.id],
                 "reward": {"xp": each.xp, "gold": each.gold}}
                for each in quests_of(context, date) if each.id in completed
            ]  # fmt: skip
            found.append({"date": date.isoformat(), "quests": quests, "completedCount": len(quests)})
        if date.isoformat() <= min(days, default=date.isoformat()):
            break
    return Answer(found)


# --- skills


def skills(context: Context) -> Answer:
    """The four skills of a player."""
    return Answer(_skill_tree(find_player(context, context.query["userId"])))


def allocate_skill(context: Context) -> Answer:
    """Spend a point on a skill. Raises Problem 409 without a point, or at the last level."""
    player = find_player(context, context.body["userId"])
    skill: str = context.body["skillId"]
    require(player.skills.get(skill, 0) < rules.SKILL_LEVELS, "This skill is at its last level", param="skillId")
    require(player.skill_points > sum(player.skills.values()), "There are no skill points left")
    player.skills[skill] = player.skills.get(skill, 0) + 1
    player.save()
    return Answer(_skill_tree(player))


def reset_skills(context: Context) -> Answer:
    """Take all points back."""
    player = find_player(context, context.body["userId"])
    player.skills.clear()
    player.save()
    return Answer(_skill_tree(player))


def _skill_tree(player: Player) -> Json:
    shown: list[Json] = []
    for skill, (name, description, _, _) in rules.SKILLS.items():
        level = player.skills.get(skill, 0)
        following = rules.skill_effect(skill, level + 1) if level < rules.SKILL_LEVELS else None
        shown.append({
            "id": skill,
            "name": name,
            "description": description,
            "level": level,
            "maxLevel": rules.SKILL_LEVELS,
            "effect": rules.skill_effect(skill, level),
            "nextEffect": following,
        })  # fmt: skip
    available = player.skill_points - sum(player.skills.values())
    return {"availablePoints": available, "totalPoints": player.skill_points, "skills": shown}


# --- seasons


def current_season(context: Context) -> Answer:
    """The season of today."""
    today = rules.day_of(context.now)
    return Answer(_season(rules.season_of(today), today))


def seasons(context: Context) -> Answer:
    """All seasons so far, the present one first."""
    today = rules.day_of(context.now)
    return Answer([_season(each, today) for each in rules.seasons_until(today)])


def season_stats(context: Context) -> Answer:
    """What a player came to in a season."""
    today = rules.day_of(context.now)
    season = next((each for each in rules.seasons_until(today) if each.id == context.path["seasonId"]), None)
    if season is None:
        raise not_found("Season")
    player = find_player(context, context.query["userId"])
    rows = ranked((each.total("xp", season.first, season.last), each) for each in all_players(context))
    rank, xp = next(((rank, xp) for rank, xp, each in rows if each.id == player.id), (None, 0))
    return Answer({
        "seasonId": season.id,
        "memberId": player.id,
        "level": rules.level_of(xp),
        "xp": xp,
        "rank": rank,
        "badge": rules.badge_of(xp),
        **{figure: player.total(figure, season.first, season.last) for figure in ("ticketsClosed", "bossesDefeated")},
    })  # fmt: skip


def _season(season: rules.Season, today: dt.date) -> Json:
    active = season.first <= today <= season.last
    return {
        "id": season.id,
        "object": "season",
        "name": season.name,
        "startsAt": iso_time(rules.midnight(season.first)),
        "endsAt": _end(season),
        "daysRemaining": (season.last - today).days if active else 0,
        "isActive": active,
        "badgeThresholds": rules.BADGES,
    }


def _end(season: rules.Season) -> str:
    return f"{season.last.isoformat()}T23:59:59Z"


# --- activity and configuration


def activity(context: Context) -> Answer:
    """What has happened in the team, the latest first."""
    return list_page(context, ACTIVITY, _of_type(context))


def member_activity(context: Context) -> Answer:
    """What one member has done."""
    player = find_player(context, context.path["memberId"])
    return list_page(context, ACTIVITY, [*_of_type(context), Where.equals("memberId", player.id)])


def _of_type(context: Context) -> Sequence[Where]:
    return [Where.equals("type", context.query["type"])] if "type" in context.query else []


def config(context: Context) -> Answer:
    """The constants of the game."""
    rewards: dict[str, Any] = {rarity: {"xp": xp, "gold": gold} for rarity, (xp, gold) in rules.RARITY_REWARDS.items()}
    return Answer({
        "xpPerLevel": rules.XP_PER_LEVEL,
        "ticketXp": rules.TICKET_XP,
        "slaMultipliers": rules.SLA_MULTIPLIERS,
        "skills": {"maxLevel": rules.SKILL_LEVELS, "levelsPerPoint": rules.LEVELS_PER_POINT},
        "bossDifficulties": {
            name: {"maxHealth": health, "rewards": {"xp": xp, "gold": gold}}
            for name, (health, xp, gold) in rules.BOSSES.items()
        },
        "oneUps": {
            "dailyFree": rules.FREE_ONE_UPS, "maxMessage": rules.ONE_UP_MESSAGE, "maxGold": rules.ONE_UP_GOLD,
        },
        "highFives": {"maxMessage": rules.HIGH_FIVE_MESSAGE, "perTeamPerDay": 1},
        "streakMilestones": list(rules.STREAK_MILESTONES),
        "rewards": rewards,
    })  # fmt: skip


HANDLERS: dict[str, Handler] = {
    "game.player.get": player_by_user,
    "game.player.by_member": player_by_member,
    "game.leaderboard.get": leaderboard,
    "game.leaderboard.me": my_rank,
    "game.achievements.list": achievements,
    "game.achievements.get": achievement,
    "game.achievements.recent": recent_achievements,
    "game.quests.today": quests_today,
    "game.quests.history": quest_history,
    "game.skills.get": skills,
    "game.skills.allocate": allocate_skill,
    "game.skills.reset": reset_skills,
    "game.seasons.current": current_season,
    "game.seasons.list": seasons,
    "game.seasons.stats": season_stats,
    "game.activity.list": activity,
    "game.activity.by_member": member_activity,
    "game.config": config,
}
