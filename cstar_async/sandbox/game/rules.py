"""The rules of the game: its constants, and functions of plain values.

XP by priority, the multipliers of the SLA tiers, 1,000 XP a level, the milestones of streaks, the limits of one-ups and
high fives, four skills of five levels and a skill point every five levels are documented; every other number is ours.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

XP_PER_LEVEL = 1_000
TICKET_XP = {"low": 10, "normal": 25, "high": 50, "urgent": 75}
SLA_MULTIPLIERS = {"gold": 3, "silver": 2, "bronze": 1}
GOLD_PER_XP = 0.2
FEW_MESSAGES = 3
"""A ticket that took no more than so many messages gives a bonus."""
FEW_MESSAGES_BONUS = 0.2
STREAK_BONUS = 0.01
"""For each day of a streak, up to MOST_STREAK_BONUS."""
MOST_STREAK_BONUS = 0.25
STREAK_MILESTONES = (3, 5, 10, 25)
STREAK_XP = 10
"""For each day of a milestone that is reached."""

SKILLS = {
    "quick_learner": ("Quick Learner", "More XP from tickets.", "+{}% XP", 5),
    "treasure_hunter": ("Treasure Hunter", "More gold from tickets.", "+{}% gold", 5),
    "boss_slayer": ("Boss Slayer", "More damage to bosses.", "+{}% damage", 5),
    "social_butterfly": ("Social Butterfly", "More one-ups to give each day.", "+{} one-ups", 1),
}
"""Name, description, effect, and what each level adds to it: 5 per cent is documented for the first."""
SKILL_LEVELS = 5
LEVELS_PER_POINT = 5

PRESTIGE_LEVEL = 10
"""A season that ends at this level or above adds one to the prestige level, for good."""
PRESTIGE_BONUS = 0.01

BADGES = {"bronze": 1_000, "silver": 5_000, "gold": 10_000, "platinum": 20_000}
FIRST_SEASON = (2025, 4)
"""The quarter of season 1: the documentation calls 2026-Q2 season 3."""

BOSSES = {"easy": (500, 50, 25), "normal": (1_000, 100, 50), "hard": (2_500, 250, 125), "legendary": (5_000, 500, 250)}
"""Health, and the XP and gold that each who took part gets."""
FINAL_BLOW_BONUS = 0.5
DAMAGE = {"low": 20, "normal": 50, "high": 100, "urgent": 150}
COMBO_SECONDS = 600
"""Hits that follow each other within this time are a combo."""
COMBO_STEP = 0.1
MOST_COMBO = 2.0
PHASES = (1.0, 0.66, 0.33)
"""A phase begins when no more than this share of the health is left."""
ARMOUR = 0.1
"""The share by which each phase after the first reduces the damage of a hit."""

FREE_ONE_UPS = 3
ONE_UP_MESSAGE, ONE_UP_GOLD, HIGH_FIVE_MESSAGE = 140, 100, 80
VICTORY_MESSAGE = 200
QUESTS_A_DAY = 3

PUZZLE_XP, LEAST_PUZZLE_XP = 50, 10
PUZZLE_SCORE, PUZZLE_MISTAKE = 1_000, 50

RARITY_REWARDS = {
    "common": (25, 10), "uncommon": (50, 20), "rare": (100, 50), "epic": (250, 100), "legendary": (500, 250),
}  # fmt: skip
"""The XP and gold of an achievement."""


class Reward(NamedTuple):
    """XP and gold for an action."""

    xp: int
    gold: int


class Season(NamedTuple):
    """A quarter of a year, in which levels begin at 1; `first` and `last` are its days."""

    id: str
    name: str
    first: dt.date
    last: dt.date


def day_of(now: float) -> dt.date:
    """The day in UTC: quests, streaks and limits turn at midnight there."""
    return dt.datetime.fromtimestamp(now, dt.UTC).date()


def midnight(day: dt.date) -> float:
    """When a day begins, in Unix seconds."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()


def level_of(xp: int) -> int:
    """The level, from 1, that so much XP of a season is."""
    return 1 + xp // XP_PER_LEVEL


def ticket_reward(
    priority: str,
    tier: str | None,
    messages: int,
    *,
    streak: int = 0,
    quick_learner: int = 0,
    treasure_hunter: int = 0,
    prestige: int = 0,
) -> Reward:
    """Return the reward for a finished ticket."""
    worth = TICKET_XP[priority] * SLA_MULTIPLIERS.get(tier or "", 1)
    bonus = (
        (FEW_MESSAGES_BONUS if messages <= FEW_MESSAGES else 0)
        + min(streak * STREAK_BONUS, MOST_STREAK_BONUS)
        + quick_learner * SKILLS["quick_learner"][3] / 100
        + prestige * PRESTIGE_BONUS
    )
    gold = worth * GOLD_PER_XP * (1 + treasure_hunter * SKILLS["treasure_hunter"][3] / 100)
    return Reward(round(worth * (1 + bonus)), round(gold))


def streak_on(current: int, last: dt.date | None, today: dt.date) -> int:
    """How long a streak is on a day on which nothing was done yet: it breaks when a whole day goes by."""
    return current if last is not None and (today - last).days <= 1 else 0


def streak_after(current: int, last: dt.date | None, today: dt.date) -> int:
    """How long a streak is once something is done on a day."""
    return current if last == today else streak_on(current, last, today) + 1


def combo_after(count: int, last_hit: float | None, now: float) -> int:
    """Which hit of a combo the next one is."""
    return count + 1 if last_hit is not None and now - last_hit <= COMBO_SECONDS else 1


def combo_multiplier(count: int) -> float:
    """Return the factor by which a combo multiplies damage: 1.2 at three hits (docs)."""
    return round(min(1 + COMBO_STEP * (count - 1), MOST_COMBO), 2)


def phase_of(health: int, most: int) -> int:
    """The phase of a boss, from 1."""
    return sum(health <= share * most for share in PHASES)


def damage(priority: str, combo: int, boss_slayer: int, phase: int) -> int:
    """Return the damage of a hit."""
    skill = 1 + boss_slayer * SKILLS["boss_slayer"][3] / 100
    return round(DAMAGE[priority] * combo_multiplier(combo) * skill * (1 - ARMOUR * (phase - 1)))


def season_of(day: dt.date) -> Season:
    """The season of a day."""
    quarter = (day.month - 1) // 3 + 1
    first = dt.date(day.year, 3 * quarter - 2, 1)
    after = dt.date(day.year + quarter // 4, 3 * quarter % 12 + 1, 1)
    number = max(1, (day.year - FIRST_SEASON[0]) * 4 + quarter - FIRST_SEASON[1] + 1)
    return Season(f"{day.year}-Q{quarter}", f"Season {number} — {day.year}", first, after - dt.timedelta(days=1))


def seasons_until(day: dt.date) -> list[Season]:
    """The seasons from the first one to that of a day, the latest first."""
    found = [season_of(day)]
    begin = dt.date(FIRST_SEASON[0], 3 * FIRST_SEASON[1] - 2, 1)
    while found[-1].first > begin:
        found.append(season_of(found[-1].first - dt.timedelta(days=1)))
    return found


def first_day(period: str, today: dt.date) -> dt.date:
    """The first day of the present day, week (from Monday), month or season; of `all`, the first there is."""
    match period:
        case "day":
            return today
        case "week":
            return today - dt.timedelta(days=today.weekday())
        case "month":
            return today.replace(day=1)
        case "season":
            return season_of(today).first
        case _:
            return dt.date.min


def badge_of(xp: int) -> str | None:
    """The badge for the XP of a season, None below the first."""
    return next((badge for badge, needed in reversed(BADGES.items()) if xp >= needed), None)


def skill_effect(skill: str, level: int) -> str | None:
    """Return the effect of a skill at a level, in words; None at level 0."""
    _, _, effect, step = SKILLS[skill]
    return effect.format(level * step) if level else None


def puzzle_xp(seconds: int, mistakes: int) -> int:
    """XP for a puzzle, from the time and the mistakes it took."""
    return max(LEAST_PUZZLE_XP, PUZZLE_XP - seconds // 30 - 5 * mistakes)


def puzzle_score(seconds: int, mistakes: int) -> int:
    """The place on the leaderboard goes by this."""
    return max(0, PUZZLE_SCORE - seconds - PUZZLE_MISTAKE * mistakes)
