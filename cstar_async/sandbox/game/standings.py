"""The figures of players, leaderboards, seasons, and the constants of the game."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.results import Result, not_found

from . import rules
from .players import Player, all_players, find_player, ranked

if TYPE_CHECKING:
    import datetime as dt

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

METRICS = ("xp", "gold", "ticketsClosed")
PREFERENCES = ("avatarFrame", "title", "victoryAnimation", "victoryMessage")
DEFAULT_PERIOD = "week"
DEFAULT_LIMIT = 10


def player_by_user(context: Context) -> Result:
    """The figures of a player, by user id or member id."""
    return Result(_figures(find_player(context, context.query["userId"])))


def player_by_member(context: Context) -> Result:
    """The figures of a player, by the id in the path."""
    return Result(_figures(find_player(context, context.path["memberId"])))


def _figures(player: Player) -> Json:
    season = rules.season_of(player.today)
    xp, xp_in_level = player.xp, player.xp % rules.XP_PER_LEVEL
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
        "xpInCurrentLevel": xp_in_level,
        "xpProgress": xp_in_level / rules.XP_PER_LEVEL,
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
        "cosmetics": {name: player.wardrobe.get(name) for name in PREFERENCES},
    }


# --- leaderboards


def leaderboard(context: Context) -> Result:
    """The best players of a period."""
    period: str = context.query.get("period", DEFAULT_PERIOD)
    rows = _ranking(context, period, context.query.get("sortBy", "xp"))
    limit: int = context.query.get("limit", DEFAULT_LIMIT)
    first = rules.first_day(period, rules.day_of(context.now))
    entries = [
        {
            "rank": rank,
            **player.reference,
            "avatarUrl": player.member["avatarUrl"],
            "level": player.level,
            **{metric: player.total(metric, first) for metric in METRICS},
        }
        for rank, _, player in rows[:limit]
    ]
    return Result({"object": "leaderboard", "period": period, "entries": entries})


def my_rank(context: Context) -> Result:
    """The rank of one player; null without XP in the period."""
    player = find_player(context, context.query["userId"])
    period: str = context.query.get("period", DEFAULT_PERIOD)
    rank, xp = next(((rank, xp) for rank, xp, each in _ranking(context, period) if each.id == player.id), (None, 0))
    total = len(all_players(context))
    return Result({"rank": rank, "totalPlayers": total, "xp": xp, "period": period, "memberId": player.id})


def _ranking(context: Context, period: str, metric: str = "xp") -> list[tuple[int, int, Player]]:
    first = rules.first_day(period, rules.day_of(context.now))
    return ranked((player.total(metric, first), player) for player in all_players(context))


# --- seasons


def current_season(context: Context) -> Result:
    """The current season."""
    today = rules.day_of(context.now)
    return Result(_season(rules.season_of(today), today))


def seasons(context: Context) -> Result:
    """All seasons so far, newest first."""
    today = rules.day_of(context.now)
    return Result([_season(each, today) for each in rules.seasons_until(today)])


def season_stats(context: Context) -> Result:
    """The results of a player in a season. Raises Problem 404."""
    today = rules.day_of(context.now)
    season = next((each for each in rules.seasons_until(today) if each.id == context.path["seasonId"]), None)
    if season is None:
        raise not_found("Season")
    player = find_player(context, context.query["userId"])
    rows = ranked((each.total("xp", season.first, season.last), each) for each in all_players(context))
    rank, xp = next(((rank, xp) for rank, xp, each in rows if each.id == player.id), (None, 0))
    answer = {
        "seasonId": season.id,
        "memberId": player.id,
        "level": rules.level_of(xp),
        "xp": xp,
        "rank": rank,
        "badge": rules.badge_of(xp),
        **{figure: player.total(figure, season.first, season.last) for figure in ("ticketsClosed", "bossesDefeated")},
    }
    return Result(answer)


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


# --- constants


def config(context: Context) -> Result:
    """The constants of the game."""
    rewards: dict[str, Any] = {rarity: {"xp": xp, "gold": gold} for rarity, (xp, gold) in rules.RARITY_REWARDS.items()}
    answer: Json = {
        "xpPerLevel": rules.XP_PER_LEVEL,
        "ticketXp": rules.TICKET_XP,
        "slaMultipliers": rules.SLA_MULTIPLIERS,
        "skills": {"maxLevel": rules.SKILL_LEVELS, "levelsPerPoint": rules.LEVELS_PER_POINT},
        "bossDifficulties": {
            name: {"maxHealth": health, "rewards": {"xp": xp, "gold": gold}}
            for name, (health, xp, gold) in rules.BOSSES.items()
        },
        "oneUps": {
            "dailyFree": rules.FREE_ONE_UPS,
            "maxMessage": rules.ONE_UP_MESSAGE,
            "maxGold": rules.ONE_UP_GOLD,
        },
        "highFives": {"maxMessage": rules.HIGH_FIVE_MESSAGE, "perTeamPerDay": 1},
        "streakMilestones": list(rules.STREAK_MILESTONES),
        "rewards": rewards,
    }
    return Result(answer)


HANDLERS: dict[str, Handler] = {
    "game.player.get": player_by_user,
    "game.player.by_member": player_by_member,
    "game.leaderboard.get": leaderboard,
    "game.leaderboard.me": my_rank,
    "game.seasons.current": current_season,
    "game.seasons.list": seasons,
    "game.seasons.stats": season_stats,
    "game.config": config,
}
