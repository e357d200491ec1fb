"""The arithmetic of the game's rules."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.sandbox.game import rules
from cstar_async.sandbox.game.catalog import ACHIEVEMENTS, COSMETICS, QUESTS

DAYS = st.dates(dt.date(2025, 10, 1), dt.date(2100, 12, 31))


def test_documented_numbers() -> None:
    """XP, levels, combos and seasons have the documented numbers."""
    assert rules.ticket_reward("urgent", None, 9) == (75, 15)
    assert rules.ticket_reward("urgent", "gold", 9) == (225, 45)
    assert rules.ticket_reward("normal", "silver", 9).xp == 50
    assert rules.skill_effect("quick_learner", 3) == "+15% XP"
    assert rules.combo_multiplier(3) == 1.2
    season = rules.season_of(dt.date(2026, 5, 4))
    assert (season.id, season.name) == ("2026-Q2", "Season 3 — 2026")
    assert (season.last - dt.date(2026, 5, 4)).days == 57


def test_bonuses_add_up() -> None:
    """Each bonus adds its share, up to its limit."""
    assert rules.ticket_reward("urgent", None, rules.FEW_MESSAGES).xp == 90
    assert rules.ticket_reward("urgent", None, 9, streak=10).xp == 82
    assert (
        rules.ticket_reward("urgent", None, 9, streak=1000).xp == rules.ticket_reward("urgent", None, 9, streak=25).xp
    )
    assert rules.ticket_reward("urgent", None, 9, quick_learner=5, prestige=5).xp == 98
    assert rules.ticket_reward("urgent", None, 9, treasure_hunter=4).gold == 18


@pytest.mark.parametrize(
    ("current", "gap", "before", "after"), [(4, 0, 4, 4), (4, 1, 4, 5), (4, 2, 0, 1), (0, None, 0, 1)]
)
def test_streaks(current: int, gap: int | None, before: int, after: int) -> None:
    """A day counts once, the next day continues the streak, a missed day ends it."""
    today = dt.date(2026, 3, 2)
    last = None if gap is None else today - dt.timedelta(days=gap)
    assert rules.streak_on(current, last, today) == before
    assert rules.streak_after(current, last, today) == after


@given(DAYS)
def test_every_day_has_one_season(day: dt.date) -> None:
    """Every day is in one season; seasons are quarters without gaps."""
    season = rules.season_of(day)
    assert season.first <= day <= season.last
    following = rules.season_of(season.last + dt.timedelta(days=1))
    assert following.first == season.last + dt.timedelta(days=1)
    seasons = rules.seasons_until(day)
    assert seasons[0] == season
    assert seasons[-1].first == dt.date(2025, 10, 1)
    assert len({each.id for each in seasons}) == len(seasons) == int(season.name.split()[1])


@given(DAYS, st.sampled_from(["day", "week", "month", "season", "all"]))
def test_a_period_begins_no_later_than_today(day: dt.date, period: str) -> None:
    """A period begins no later than today, and a week on Monday."""
    first = rules.first_day(period, day)
    assert first <= day
    assert period != "week" or (first.weekday() == 0 and (day - first).days < 7)


@given(st.sampled_from(list(rules.DAMAGE)), st.integers(1, 50), st.integers(0, 5), st.integers(1, 3))
def test_damage_grows_with_combo_and_skill(priority: str, combo: int, slayer: int, phase: int) -> None:
    """Damage grows with combo and skill, and falls with the phase."""
    now = rules.damage(priority, combo, slayer, phase)
    assert now > 0
    assert rules.damage(priority, combo + 1, slayer, phase) >= now
    assert rules.damage(priority, combo, slayer + 1, phase) >= now
    assert rules.damage(priority, combo, slayer, phase + 1) <= now


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_phases_only_go_forward(one: int, other: int) -> None:
    """There are three phases, and less health never means an earlier one."""
    low, high = sorted((one, other))
    assert 1 <= rules.phase_of(high, 5000) <= rules.phase_of(low, 5000) <= 3


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_puzzle_rewards_are_within_their_limits(seconds: int, mistakes: int) -> None:
    """The XP and the score of a puzzle are within their limits."""
    assert rules.MIN_PUZZLE_XP <= rules.puzzle_xp(seconds, mistakes) <= rules.PUZZLE_XP
    assert 0 <= rules.puzzle_score(seconds, mistakes) <= rules.PUZZLE_SCORE


def test_the_catalogue_is_consistent() -> None:
    """Every figure is counted, every cosmetic can be unlocked, every rarity has a reward."""
    tickets, bosses = {"ticketsClosed", "urgentTickets", "goldTickets"}, {"bossesDefeated", "finalBlows", "hits"}
    progress = {"xp", "level", "streak", "questsCompleted", "puzzlesSolved"}
    counted = tickets | bosses | progress | {"oneUpsSent", "highFivesSent"}
    assert {each.figure for each in ACHIEVEMENTS.values()} <= counted
    assert {each.figure for each in QUESTS} <= counted
    assert all(not each.needs or each.needs in ACHIEVEMENTS for each in COSMETICS.values())
    assert {each.rarity for each in ACHIEVEMENTS.values()} <= set(rules.RARITY_REWARDS)
