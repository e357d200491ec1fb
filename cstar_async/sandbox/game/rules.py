"""The rules of the game: its constants, and functions of plain values.

cStar documents XP by priority, the multipliers of the SLA tiers, 1,000 XP a level, the milestones of streaks, the
limits of one-ups and high fives, the four skills of five levels, and a skill point every five levels. Other numbers
are inferred unless stated otherwise.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

XP_PER_LEVEL = 1_000
TICKET_XP = {"low": 10, "normal": 25, "high": 50, "urgent": 75}
SLA_MULTIPLIERS = {"gold": 3, "silver": 2, "bronze": 1}
GOLD_PER_XP = 0.2
FEW_MESSAGES = 3
"""A ticket with at most this many messages gives the bonus."""
FEW_MESSAGES_BONUS = 0.2
STREAK_BONUS = 0.01
"""For each day of a streak, up to MAX_STREAK_BONUS."""
MAX_STREAK_BONUS = 0.25
STREAK_MILESTONES = (3, 5, 10, 25)
STREAK_XP = 10
"""For each day of a streak that reaches a milestone."""

SKILLS = {
    "quick_learner": ("Quick Learner", "More XP from tickets.", "+{}% XP", 5),
    "treasure_hunter": ("Treasure Hunter", "More gold from tickets.", "+{}% gold", 5),
    "boss_slayer": ("Boss Slayer", "More damage to bosses.", "+{}% damage", 5),
    "social_butterfly": ("Social Butterfly", "More one-ups to give each day.", "+{} one-ups", 1),
}
"""Name, description, effect, and what each level adds to it; cStar documents the 5 % of the first skill."""
SKILL_LEVELS = 5
LEVELS_PER_POINT = 5

PRESTIGE_LEVEL = 10
"""A season that ends at this level or above adds one to the prestige level."""
PRESTIGE_BONUS = 0.01

BADGES = {"bronze": 1_000, "silver": 5_000, "gold": 10_000, "platinum": 20_000}
FIRST_SEASON = (2025, 4)
"""The quarter of season 1, since cStar documents 2026-Q2 as season 3."""

BOSSES = {"easy": (500, 50, 25), "normal": (1_000, 100, 50), "hard": (2_500, 250, 125), "legendary": (5_000, 500, 250)}
"""Health, and the XP and gold for each participant."""
FINAL_BLOW_BONUS = 0.5
DAMAGE = {"low": 20, "normal": 50, "high": 100, "urgent": 150}
COMBO_SECONDS = 600
"""A hit within this time after the one before continues the combo."""
COMBO_STEP = 0.1
MAX_COMBO = 2.0
PHASES = (1.0, 0.66, 0.33)
"""The share of the health at which each phase begins."""
ARMOUR = 0.1
"""The share by which each phase after the first reduces the damage of a hit."""

FREE_ONE_UPS = 3
ONE_UP_MESSAGE, ONE_UP_GOLD, HIGH_FIVE_MESSAGE = 140, 100, 80
QUESTS_A_DAY = 3

PUZZLE_XP, MIN_PUZZLE_XP = 50, 10
PUZZLE_SCORE, PUZZLE_MISTAKE = 1_000, 50

RARITY_REWARDS = {
    "common": (25, 10),
    "uncommon": (50, 20),
    "rare": (100, 50),
    "epic": (250, 100),
    "legendary": (500, 250),
}
"""The XP and gold of an achievement."""


class Reward(NamedTuple):
    """XP and gold for an action."""

    xp: int
    gold: int


class Season(NamedTuple):
    """A quarter of a year, at whose start levels begin again at 1; `first` and `last` are its days."""

    id: str
    name: str
    first: dt.date
    last: dt.date


def day_of(now: float) -> dt.date:
    """The day in UTC, by which quests, streaks and daily limits go."""
    return dt.datetime.fromtimestamp(now, dt.UTC).date()


def midnight(day: dt.date) -> float:
    """The start of a day in UTC, in Unix seconds."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()


def level_of(xp: int) -> int:
    """The level, from 1, for the XP of a season."""
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
    base = TICKET_XP[priority] * SLA_MULTIPLIERS.get(tier or "", 1)
    bonus = (
        (FEW_MESSAGES_BONUS if messages <= FEW_MESSAGES else 0)
        + min(streak * STREAK_BONUS, MAX_STREAK_BONUS)
        + quick_learner * SKILLS["quick_learner"][3] / 100
        + prestige * PRESTIGE_BONUS
    )
    gold = base * GOLD_PER_XP * (1 + treasure_hunter * SKILLS["treasure_hunter"][3] / 100)
    return Reward(round(base * (1 + bonus)), round(gold))


def streak_on(current: int, last: dt.date | None, today: dt.date) -> int:
    """The length of a streak today, before anything is added; it ends after a day without an addition."""
    return current if last is not None and (today - last).days <= 1 else 0


def streak_after(current: int, last: dt.date | None, today: dt.date) -> int:
    """The length of a streak after today is added."""
    return current if last == today else streak_on(current, last, today) + 1


def combo_after(count: int, last_hit: float | None, now: float) -> int:
    """The length of a combo after the next hit."""
    return count + 1 if last_hit is not None and now - last_hit <= COMBO_SECONDS else 1


def combo_multiplier(count: int) -> float:
    """Return the factor by which a combo multiplies damage; cStar documents 1.2 at three hits."""
    return round(min(1 + COMBO_STEP * (count - 1), MAX_COMBO), 2)


def phase_of(health: int, max_health: int) -> int:
    """The phase of a boss, from 1."""
    return sum(health <= share * max_health for share in PHASES)


def damage(priority: str, combo: int, boss_slayer: int, phase: int) -> int:
    """Return the damage of a hit."""
    skill = 1 + boss_slayer * SKILLS["boss_slayer"][3] / 100
    return round(DAMAGE[priority] * combo_multiplier(combo) * skill * (1 - ARMOUR * (phase - 1)))


def season_of(day: dt.date) -> Season:
    """The season of a day."""
    quarter = (day.month - 1) // 3 + 1
    first = dt.date(day.year, 3 * quarter - 2, 1)
    following = dt.date(day.year + quarter // 4, 3 * quarter % 12 + 1, 1)
    number = max(1, (day.year - FIRST_SEASON[0]) * 4 + quarter - FIRST_SEASON[1] + 1)
    return Season(f"{day.year}-Q{quarter}", f"Season {number} — {day.year}", first, following - dt.timedelta(days=1))


def seasons_until(day: dt.date) -> list[Season]:
    """The seasons from the first one to that of a day, newest first."""
    found = [season_of(day)]
    start = dt.date(FIRST_SEASON[0], 3 * FIRST_SEASON[1] - 2, 1)
    while found[-1].first > start:
        found.append(season_of(found[-1].first - dt.timedelta(days=1)))
    return found


def first_day(period: str, today: dt.date) -> dt.date:
    """The first day of the current day, week (from Monday), month or season; the earliest date for `all`."""
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
    """The badge for the XP of a season; None below the first badge."""
    return next((badge for badge, needed in reversed(BADGES.items()) if xp >= needed), None)


def skill_effect(skill: str, level: int) -> str | None:
    """Return the effect of a skill at a level, in words; None at level 0."""
    _, _, effect, step = SKILLS[skill]
    return effect.format(level * step) if level else None


def puzzle_xp(seconds: int, mistakes: int) -> int:
    """The XP for a puzzle, by the time and the mistakes that it took."""
    return max(MIN_PUZZLE_XP, PUZZLE_XP - seconds // 30 - 5 * mistakes)


def puzzle_score(seconds: int, mistakes: int) -> int:
    """The score of a puzzle, by which its leaderboard is sorted."""
    return max(0, PUZZLE_SCORE - seconds - PUZZLE_MISTAKE * mistakes)
