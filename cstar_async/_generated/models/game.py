# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Game: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    encode_isoformat,
    in_utc,
    new,
    note_absent,
    parse_date,
    parse_datetime,
    parse_isoformat,
    show_fields,
    whole_number,
    with_usual_times,
)

from .shared import BOSS_DIFFICULTY_VALUES, RARITY_VALUES, BossDifficulty, Rarity, Reward, decode_reward, encode_reward

SkillIdKnown: TypeAlias = Literal["quick_learner", "treasure_hunter", "boss_slayer", "social_butterfly"]
SkillId: TypeAlias = SkillIdKnown | str
"""A branch of the skill tree: more XP, more gold, more boss damage, more one-ups. Unknown values are passed through."""
SKILL_ID_VALUES: tuple[SkillIdKnown, ...] = ("quick_learner", "treasure_hunter", "boss_slayer", "social_butterfly")

LeaderboardPeriodKnown: TypeAlias = Literal["day", "week", "month", "season", "all"]
LeaderboardPeriod: TypeAlias = LeaderboardPeriodKnown | str
"""The span of time that a ranking counts. Unknown values are passed through."""
LEADERBOARD_PERIOD_VALUES: tuple[LeaderboardPeriodKnown, ...] = ("day", "week", "month", "season", "all")

LeaderboardMetricKnown: TypeAlias = Literal["xp", "gold", "ticketsClosed"]
LeaderboardMetric: TypeAlias = LeaderboardMetricKnown | str
"""The number by which a ranking is ordered, highest first. Unknown values are passed through."""
LEADERBOARD_METRIC_VALUES: tuple[LeaderboardMetricKnown, ...] = ("xp", "gold", "ticketsClosed")

SeasonBadgeKnown: TypeAlias = Literal["bronze", "silver", "gold", "platinum"]
SeasonBadge: TypeAlias = SeasonBadgeKnown | str
"""The badge that a player has earned in a season. Unknown values are passed through."""
SEASON_BADGE_VALUES: tuple[SeasonBadgeKnown, ...] = ("bronze", "silver", "gold", "platinum")

HighFiveDirectionKnown: TypeAlias = Literal["sent", "received"]
HighFiveDirection: TypeAlias = HighFiveDirectionKnown | str
"""Seen from the team of the key. Unknown values are passed through."""
HIGH_FIVE_DIRECTION_VALUES: tuple[HighFiveDirectionKnown, ...] = ("sent", "received")

CosmeticTypeKnown: TypeAlias = Literal["avatar_frame", "title", "victory_animation"]
CosmeticType: TypeAlias = CosmeticTypeKnown | str
"""The slot into which a cosmetic item fits. Unknown values are passed through."""
COSMETIC_TYPE_VALUES: tuple[CosmeticTypeKnown, ...] = ("avatar_frame", "title", "victory_animation")

PuzzleLeaderboardTypeKnown: TypeAlias = Literal["scores", "streaks"]
PuzzleLeaderboardType: TypeAlias = PuzzleLeaderboardTypeKnown | str
"""What a puzzle ranking compares: results in one puzzle, or streaks of days. Unknown values are passed through."""
PUZZLE_LEADERBOARD_TYPE_VALUES: tuple[PuzzleLeaderboardTypeKnown, ...] = ("scores", "streaks")


@attrs.define(slots=True, kw_only=True)
class PlayerRef:
    """A player, in short.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str = ABSENT
    name: str | None = None


def decode_player_ref(d: Mapping[str, Any]) -> PlayerRef:
    """Decode a PlayerRef from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerRef)
    get = d.get
    try:
        o.member_id = d["memberId"]
        o.name = get("name")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_player_ref_leniently(d)


_PLAYER_REF_PROMISED = frozenset(("memberId",))


def _decode_player_ref_leniently(d: Mapping[str, Any]) -> PlayerRef:
    o: Any = new(PlayerRef)
    get = d.get
    o.member_id = get("memberId")
    o.name = get("name")
    note_absent("PlayerRef", d, _PLAYER_REF_PROMISED)
    decoded: PlayerRef = o
    return decoded


def encode_player_ref(o: PlayerRef) -> dict[str, Any]:
    """Encode a PlayerRef as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerStats:
    """A player's standing in the running season. Level and XP begin anew with each season.

    Attributes:
        object: The type of the object. From cStar's public documentation.
        member_id: The player. The documentation shows a user id (`usr_…`) here in spite of the name. From cStar's
            public documentation.
        name: Display name. From cStar's public documentation.
        avatar_url: Where the avatar image is. From cStar's public documentation.
        season: The season that the numbers belong to.
        level: Level within the season.
        xp: XP earned within the season.
        xp_to_next_level: How much XP the present level takes from its beginning to its end. From cStar's public
            documentation.
        xp_in_current_level: XP earned since the present level began. From cStar's public documentation.
        xp_progress: How far the present level is done, 0 to 1. From cStar's public documentation.
        gold: Gold that can be spent.
        prestige_level: How often the player has prestiged. From cStar's public documentation.
        prestige_bonus: The share added to XP for prestige; 0.01 is one percent. From cStar's public documentation.
        streaks: Days in a row on which the player was active.
        stats: What the player has done so far. From cStar's public documentation.
        skills: The skills, keyed by skill id (see `SkillId`).
        available_skill_points: Skill points not yet spent. From cStar's public documentation.
        total_skill_points: Skill points earned, one for every five levels. From cStar's public documentation.
        cosmetics: What the player wears. From cStar's public documentation.
    """

    __repr__ = show_fields

    object: str | None = None
    member_id: str = ABSENT
    name: str = ABSENT
    avatar_url: str | None = ABSENT
    season: PlayerSeason = ABSENT
    level: int = ABSENT
    xp: int = ABSENT
    xp_to_next_level: int = ABSENT
    xp_in_current_level: int = ABSENT
    xp_progress: float = ABSENT
    gold: int = ABSENT
    prestige_level: int = ABSENT
    prestige_bonus: float = ABSENT
    streaks: PlayerStreaks = ABSENT
    stats: PlayerTotals = ABSENT
    skills: dict[str, PlayerSkill] = ABSENT
    available_skill_points: int = ABSENT
    total_skill_points: int = ABSENT
    cosmetics: CosmeticPreferences = ABSENT


def decode_player_stats(d: Mapping[str, Any]) -> PlayerStats:
    """Decode a PlayerStats from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerStats)
    v: Any
    get = d.get
    try:
        o.object = get("object")
        o.member_id = d["memberId"]
        o.name = d["name"]
        o.avatar_url = d["avatarUrl"]
        o.season = decode_player_season(d["season"])
        v = d["level"]
        o.level = v if v.__class__ is int else whole_number(v)
        v = d["xp"]
        o.xp = v if v.__class__ is int else whole_number(v)
        v = d["xpToNextLevel"]
        o.xp_to_next_level = v if v.__class__ is int else whole_number(v)
        v = d["xpInCurrentLevel"]
        o.xp_in_current_level = v if v.__class__ is int else whole_number(v)
        o.xp_progress = d["xpProgress"]
        v = d["gold"]
        o.gold = v if v.__class__ is int else whole_number(v)
        v = d["prestigeLevel"]
        o.prestige_level = v if v.__class__ is int else whole_number(v)
        o.prestige_bonus = d["prestigeBonus"]
        o.streaks = decode_player_streaks(d["streaks"])
        o.stats = decode_player_totals(d["stats"])
        v = d["skills"]
        o.skills = {v_k: decode_player_skill(v_) for v_k, v_ in v.items()}
        v = d["availableSkillPoints"]
        o.available_skill_points = v if v.__class__ is int else whole_number(v)
        v = d["totalSkillPoints"]
        o.total_skill_points = v if v.__class__ is int else whole_number(v)
        o.cosmetics = decode_cosmetic_preferences(d["cosmetics"])
        return o
    except (AttributeError, KeyError, TypeError):
        pass
    return _decode_player_stats_leniently(d)


_PLAYER_STATS_PROMISED = frozenset(
    (
        "memberId",
        "name",
        "avatarUrl",
        "season",
        "level",
        "xp",
        "xpToNextLevel",
        "xpInCurrentLevel",
        "xpProgress",
        "gold",
        "prestigeLevel",
        "prestigeBonus",
        "streaks",
        "stats",
        "skills",
        "availableSkillPoints",
        "totalSkillPoints",
        "cosmetics",
    )
)


def _decode_player_stats_leniently(d: Mapping[str, Any]) -> PlayerStats:
    o: Any = new(PlayerStats)
    v: Any
    get = d.get
    o.object = get("object")
    o.member_id = get("memberId")
    o.name = get("name")
    o.avatar_url = get("avatarUrl")
    v = get("season")
    o.season = None if v is None else decode_player_season(v)
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xpToNextLevel")
    o.xp_to_next_level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xpInCurrentLevel")
    o.xp_in_current_level = v if v.__class__ is int or v is None else whole_number(v)
    o.xp_progress = get("xpProgress")
    v = get("gold")
    o.gold = v if v.__class__ is int or v is None else whole_number(v)
    v = get("prestigeLevel")
    o.prestige_level = v if v.__class__ is int or v is None else whole_number(v)
    o.prestige_bonus = get("prestigeBonus")
    v = get("streaks")
    o.streaks = None if v is None else decode_player_streaks(v)
    v = get("stats")
    o.stats = None if v is None else decode_player_totals(v)
    v = get("skills")
    o.skills = None if v is None else {v_k: decode_player_skill(v_) for v_k, v_ in v.items()}
    v = get("availableSkillPoints")
    o.available_skill_points = v if v.__class__ is int or v is None else whole_number(v)
    v = get("totalSkillPoints")
    o.total_skill_points = v if v.__class__ is int or v is None else whole_number(v)
    v = get("cosmetics")
    o.cosmetics = None if v is None else decode_cosmetic_preferences(v)
    note_absent("PlayerStats", d, _PLAYER_STATS_PROMISED)
    decoded: PlayerStats = o
    return decoded


def encode_player_stats(o: PlayerStats) -> dict[str, Any]:
    """Encode a PlayerStats as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.avatar_url
    d["avatarUrl"] = v
    v = o.season
    if v is not None:
        d["season"] = encode_player_season(v)
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.xp_to_next_level
    if v is not None:
        d["xpToNextLevel"] = v
    v = o.xp_in_current_level
    if v is not None:
        d["xpInCurrentLevel"] = v
    v = o.xp_progress
    if v is not None:
        d["xpProgress"] = v
    v = o.gold
    if v is not None:
        d["gold"] = v
    v = o.prestige_level
    if v is not None:
        d["prestigeLevel"] = v
    v = o.prestige_bonus
    if v is not None:
        d["prestigeBonus"] = v
    v = o.streaks
    if v is not None:
        d["streaks"] = encode_player_streaks(v)
    v = o.stats
    if v is not None:
        d["stats"] = encode_player_totals(v)
    v = o.skills
    if v is not None:
        d["skills"] = {v_k: encode_player_skill(v_) for v_k, v_ in v.items()}
    v = o.available_skill_points
    if v is not None:
        d["availableSkillPoints"] = v
    v = o.total_skill_points
    if v is not None:
        d["totalSkillPoints"] = v
    v = o.cosmetics
    if v is not None:
        d["cosmetics"] = encode_cosmetic_preferences(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerSeason:
    """The season in which a player stands, in short.

    Attributes:
        id: The season, as year and quarter. From cStar's public documentation.
        name: Display name. From cStar's public documentation.
        ends_at: When the season ends. From cStar's public documentation.
    """

    __repr__ = show_fields

    id: str
    name: str = ABSENT
    ends_at: _dt.datetime = ABSENT


def decode_player_season(d: Mapping[str, Any]) -> PlayerSeason:
    """Decode a PlayerSeason from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerSeason)
    v: Any
    try:
        o.id = d["id"]
        o.name = d["name"]
        v = d["endsAt"]
        o.ends_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_player_season(with_usual_times(d, ("endsAt",)))
    return _decode_player_season_leniently(d)


_PLAYER_SEASON_PROMISED = frozenset(("id", "name", "endsAt"))


def _decode_player_season_leniently(d: Mapping[str, Any]) -> PlayerSeason:
    o: Any = new(PlayerSeason)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        v = get("endsAt")
        o.ends_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_player_season(with_usual_times(d, ("endsAt",)))
    note_absent("PlayerSeason", d, _PLAYER_SEASON_PROMISED)
    decoded: PlayerSeason = o
    return decoded


def encode_player_season(o: PlayerSeason) -> dict[str, Any]:
    """Encode a PlayerSeason as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.ends_at
    if v is not None:
        d["endsAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerStreaks:
    """Runs of active days.

    Attributes:
        current: Days in the present run. From cStar's public documentation.
        max: Days in the longest run. From cStar's public documentation.
    """

    __repr__ = show_fields

    current: int = ABSENT
    max: int = ABSENT


def decode_player_streaks(d: Mapping[str, Any]) -> PlayerStreaks:
    """Decode a PlayerStreaks from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerStreaks)
    v: Any
    try:
        v = d["current"]
        o.current = v if v.__class__ is int else whole_number(v)
        v = d["max"]
        o.max = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_player_streaks_leniently(d)


_PLAYER_STREAKS_PROMISED = frozenset(("current", "max"))


def _decode_player_streaks_leniently(d: Mapping[str, Any]) -> PlayerStreaks:
    o: Any = new(PlayerStreaks)
    v: Any
    get = d.get
    v = get("current")
    o.current = v if v.__class__ is int or v is None else whole_number(v)
    v = get("max")
    o.max = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("PlayerStreaks", d, _PLAYER_STREAKS_PROMISED)
    decoded: PlayerStreaks = o
    return decoded


def encode_player_streaks(o: PlayerStreaks) -> dict[str, Any]:
    """Encode a PlayerStreaks as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.current
    if v is not None:
        d["current"] = v
    v = o.max
    if v is not None:
        d["max"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerTotals:
    """What a player has done so far.

    Attributes:
        tickets_closed: Tickets closed. From cStar's public documentation.
        bosses_defeated: Boss battles won. From cStar's public documentation.
        final_blows: Bosses that fell to a hit of this player. From cStar's public documentation.
        achievements_unlocked: Achievements unlocked. From cStar's public documentation.
        quests_completed: Daily quests completed. From cStar's public documentation.
    """

    __repr__ = show_fields

    tickets_closed: int = ABSENT
    bosses_defeated: int = ABSENT
    final_blows: int = ABSENT
    achievements_unlocked: int = ABSENT
    quests_completed: int = ABSENT


def decode_player_totals(d: Mapping[str, Any]) -> PlayerTotals:
    """Decode a PlayerTotals from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerTotals)
    v: Any
    try:
        v = d["ticketsClosed"]
        o.tickets_closed = v if v.__class__ is int else whole_number(v)
        v = d["bossesDefeated"]
        o.bosses_defeated = v if v.__class__ is int else whole_number(v)
        v = d["finalBlows"]
        o.final_blows = v if v.__class__ is int else whole_number(v)
        v = d["achievementsUnlocked"]
        o.achievements_unlocked = v if v.__class__ is int else whole_number(v)
        v = d["questsCompleted"]
        o.quests_completed = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_player_totals_leniently(d)


_PLAYER_TOTALS_PROMISED = frozenset(
    ("ticketsClosed", "bossesDefeated", "finalBlows", "achievementsUnlocked", "questsCompleted")
)


def _decode_player_totals_leniently(d: Mapping[str, Any]) -> PlayerTotals:
    o: Any = new(PlayerTotals)
    v: Any
    get = d.get
    v = get("ticketsClosed")
    o.tickets_closed = v if v.__class__ is int or v is None else whole_number(v)
    v = get("bossesDefeated")
    o.bosses_defeated = v if v.__class__ is int or v is None else whole_number(v)
    v = get("finalBlows")
    o.final_blows = v if v.__class__ is int or v is None else whole_number(v)
    v = get("achievementsUnlocked")
    o.achievements_unlocked = v if v.__class__ is int or v is None else whole_number(v)
    v = get("questsCompleted")
    o.quests_completed = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("PlayerTotals", d, _PLAYER_TOTALS_PROMISED)
    decoded: PlayerTotals = o
    return decoded


def encode_player_totals(o: PlayerTotals) -> dict[str, Any]:
    """Encode a PlayerTotals as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.tickets_closed
    if v is not None:
        d["ticketsClosed"] = v
    v = o.bosses_defeated
    if v is not None:
        d["bossesDefeated"] = v
    v = o.final_blows
    if v is not None:
        d["finalBlows"] = v
    v = o.achievements_unlocked
    if v is not None:
        d["achievementsUnlocked"] = v
    v = o.quests_completed
    if v is not None:
        d["questsCompleted"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerSkill:
    """How far a player has developed one skill.

    Attributes:
        level: Points spent on the skill.
        max_level: Points it can take, 5. From cStar's public documentation.
        effect: What it does at this level, for people. From cStar's public documentation.
    """

    __repr__ = show_fields

    level: int = ABSENT
    max_level: int = ABSENT
    effect: str | None = ABSENT


def decode_player_skill(d: Mapping[str, Any]) -> PlayerSkill:
    """Decode a PlayerSkill from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerSkill)
    v: Any
    try:
        v = d["level"]
        o.level = v if v.__class__ is int else whole_number(v)
        v = d["maxLevel"]
        o.max_level = v if v.__class__ is int else whole_number(v)
        o.effect = d["effect"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_player_skill_leniently(d)


_PLAYER_SKILL_PROMISED = frozenset(("level", "maxLevel", "effect"))


def _decode_player_skill_leniently(d: Mapping[str, Any]) -> PlayerSkill:
    o: Any = new(PlayerSkill)
    v: Any
    get = d.get
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("maxLevel")
    o.max_level = v if v.__class__ is int or v is None else whole_number(v)
    o.effect = get("effect")
    note_absent("PlayerSkill", d, _PLAYER_SKILL_PROMISED)
    decoded: PlayerSkill = o
    return decoded


def encode_player_skill(o: PlayerSkill) -> dict[str, Any]:
    """Encode a PlayerSkill as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.max_level
    if v is not None:
        d["maxLevel"] = v
    v = o.effect
    d["effect"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossState:
    """The boss battle as it stands. Without a boss, `active` is false and `boss` null.

    Attributes:
        object: The type of the object. Not documented by cStar; inferred.
        active: Whether a boss is being fought.
        boss: The boss being fought. Not documented by cStar; inferred.
        participants: Who has hit the boss, strongest first.
        combo: The run of hits in progress.
        duration: Seconds since the boss appeared.
    """

    __repr__ = show_fields

    object: str | None = None
    active: bool = ABSENT
    boss: Boss | None = None
    participants: list[BossParticipant] | None = None
    combo: BossCombo | None = None
    duration: int | None = None


def decode_boss_state(d: Mapping[str, Any]) -> BossState:
    """Decode a BossState from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossState)
    v: Any
    get = d.get
    try:
        o.object = get("object")
        o.active = d["active"]
        v = get("boss")
        o.boss = None if v is None else decode_boss(v)
        v = get("participants")
        o.participants = None if v is None else [decode_boss_participant(v_) for v_ in v]
        v = get("combo")
        o.combo = None if v is None else decode_boss_combo(v)
        v = get("duration")
        o.duration = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_boss_state_leniently(d)


_BOSS_STATE_PROMISED = frozenset(("active",))


def _decode_boss_state_leniently(d: Mapping[str, Any]) -> BossState:
    o: Any = new(BossState)
    v: Any
    get = d.get
    o.object = get("object")
    o.active = get("active")
    v = get("boss")
    o.boss = None if v is None else decode_boss(v)
    v = get("participants")
    o.participants = None if v is None else [decode_boss_participant(v_) for v_ in v]
    v = get("combo")
    o.combo = None if v is None else decode_boss_combo(v)
    v = get("duration")
    o.duration = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("BossState", d, _BOSS_STATE_PROMISED)
    decoded: BossState = o
    return decoded


def encode_boss_state(o: BossState) -> dict[str, Any]:
    """Encode a BossState as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.active
    if v is not None:
        d["active"] = v
    v = o.boss
    if v is not None:
        d["boss"] = encode_boss(v)
    v = o.participants
    if v is not None:
        d["participants"] = [encode_boss_participant(v_) for v_ in v]
    v = o.combo
    if v is not None:
        d["combo"] = encode_boss_combo(v)
    v = o.duration
    if v is not None:
        d["duration"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class Boss:
    """A boss that the team fights by closing tickets.

    Attributes:
        id: Unique id of the boss. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        difficulty: How hard it is to beat. Not documented by cStar; inferred.
        max_health: Health at the start. Not documented by cStar; inferred.
        health: Health left.
        health_percent: Health left as a share of the start, 0 to 1. Not documented by cStar; inferred.
        phase: Stage of the battle, counted from 1.
        abilities: What the boss can do.
        spawned_at: When it appeared. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    difficulty: BossDifficulty | None = None
    max_health: int | None = None
    health: int | None = None
    health_percent: float | None = None
    phase: int | None = None
    abilities: list[BossAbility] | None = None
    spawned_at: _dt.datetime | None = None


def decode_boss(d: Mapping[str, Any]) -> Boss:
    """Decode a Boss from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Boss)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        o.difficulty = get("difficulty")
        v = get("maxHealth")
        o.max_health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("health")
        o.health = v if v.__class__ is int or v is None else whole_number(v)
        o.health_percent = get("healthPercent")
        v = get("phase")
        o.phase = v if v.__class__ is int or v is None else whole_number(v)
        v = get("abilities")
        o.abilities = None if v is None else [decode_boss_ability(v_) for v_ in v]
        v = get("spawnedAt")
        o.spawned_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_boss(with_usual_times(d, ("spawnedAt",)))
    return o


def encode_boss(o: Boss) -> dict[str, Any]:
    """Encode a Boss as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.difficulty
    if v is not None:
        d["difficulty"] = v
    v = o.max_health
    if v is not None:
        d["maxHealth"] = v
    v = o.health
    if v is not None:
        d["health"] = v
    v = o.health_percent
    if v is not None:
        d["healthPercent"] = v
    v = o.phase
    if v is not None:
        d["phase"] = v
    v = o.abilities
    if v is not None:
        d["abilities"] = [encode_boss_ability(v_) for v_ in v]
    v = o.spawned_at
    if v is not None:
        d["spawnedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class BossAbility:
    """Something that a boss can do.

    Attributes:
        id: Key of the ability. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        description: What it does, for people. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    description: str | None = None


def decode_boss_ability(d: Mapping[str, Any]) -> BossAbility:
    """Decode a BossAbility from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossAbility)
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.description = get("description")
    return o


def encode_boss_ability(o: BossAbility) -> dict[str, Any]:
    """Encode a BossAbility as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossParticipant:
    """A player in a boss battle.

    Attributes:
        member_id: The player. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        damage_dealt: Damage dealt to this boss in all. Not documented by cStar; inferred.
        hits: Number of hits. Not documented by cStar; inferred.
        reward: What the battle paid the player; only after a defeat. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    member_id: str = ABSENT
    name: str | None = None
    damage_dealt: int | None = None
    hits: int | None = None
    reward: Reward | None = None


def decode_boss_participant(d: Mapping[str, Any]) -> BossParticipant:
    """Decode a BossParticipant from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossParticipant)
    v: Any
    get = d.get
    try:
        o.member_id = d["memberId"]
        o.name = get("name")
        v = get("damageDealt")
        o.damage_dealt = v if v.__class__ is int or v is None else whole_number(v)
        v = get("hits")
        o.hits = v if v.__class__ is int or v is None else whole_number(v)
        v = get("reward")
        o.reward = None if v is None else decode_reward(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_boss_participant_leniently(d)


_BOSS_PARTICIPANT_PROMISED = frozenset(("memberId",))


def _decode_boss_participant_leniently(d: Mapping[str, Any]) -> BossParticipant:
    o: Any = new(BossParticipant)
    v: Any
    get = d.get
    o.member_id = get("memberId")
    o.name = get("name")
    v = get("damageDealt")
    o.damage_dealt = v if v.__class__ is int or v is None else whole_number(v)
    v = get("hits")
    o.hits = v if v.__class__ is int or v is None else whole_number(v)
    v = get("reward")
    o.reward = None if v is None else decode_reward(v)
    note_absent("BossParticipant", d, _BOSS_PARTICIPANT_PROMISED)
    decoded: BossParticipant = o
    return decoded


def encode_boss_participant(o: BossParticipant) -> dict[str, Any]:
    """Encode a BossParticipant as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.damage_dealt
    if v is not None:
        d["damageDealt"] = v
    v = o.hits
    if v is not None:
        d["hits"] = v
    v = o.reward
    if v is not None:
        d["reward"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class BossCombo:
    """A run of hits in quick succession, which makes each further hit stronger.

    Attributes:
        count: Hits in the run. Not documented by cStar; inferred.
        multiplier: What the damage is multiplied by. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    count: int | None = None
    multiplier: float | None = None


def decode_boss_combo(d: Mapping[str, Any]) -> BossCombo:
    """Decode a BossCombo from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossCombo)
    v: Any
    get = d.get
    v = get("count")
    o.count = v if v.__class__ is int or v is None else whole_number(v)
    o.multiplier = get("multiplier")
    return o


def encode_boss_combo(o: BossCombo) -> dict[str, Any]:
    """Encode a BossCombo as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.count
    if v is not None:
        d["count"] = v
    v = o.multiplier
    if v is not None:
        d["multiplier"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossPresence:
    """Whether there is a boss to fight.

    Attributes:
        active: Whether a boss is being fought.
        boss_id: The boss, if there is one. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    active: bool = ABSENT
    boss_id: str | None = None


def decode_boss_presence(d: Mapping[str, Any]) -> BossPresence:
    """Decode a BossPresence from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossPresence)
    get = d.get
    try:
        o.active = d["active"]
        o.boss_id = get("bossId")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_boss_presence_leniently(d)


_BOSS_PRESENCE_PROMISED = frozenset(("active",))


def _decode_boss_presence_leniently(d: Mapping[str, Any]) -> BossPresence:
    o: Any = new(BossPresence)
    get = d.get
    o.active = get("active")
    o.boss_id = get("bossId")
    note_absent("BossPresence", d, _BOSS_PRESENCE_PROMISED)
    decoded: BossPresence = o
    return decoded


def encode_boss_presence(o: BossPresence) -> dict[str, Any]:
    """Encode a BossPresence as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.active
    if v is not None:
        d["active"] = v
    v = o.boss_id
    if v is not None:
        d["bossId"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossDamage:
    """What one hit did.

    Attributes:
        object: The type of the object. Not documented by cStar; inferred.
        damage: Damage dealt.
        health: Health that the boss has left.
        max_health: Health at the start. Not documented by cStar; inferred.
        phase: Stage of the battle after the hit.
        combo: The run of hits after this one.
        is_final_blow: Whether this hit beat the boss. Not documented by cStar; inferred.
        defeated: Whether the boss is beaten. Not documented by cStar; inferred.
        rewards: What the victory pays; null while the boss stands. Not documented by cStar; inferred.
        defeat_id: The record of the victory, to be read with `game.boss.defeats.get`. Not documented by cStar;
            inferred.
    """

    __repr__ = show_fields

    object: str | None = None
    damage: int = ABSENT
    health: int | None = None
    max_health: int | None = None
    phase: int | None = None
    combo: BossCombo | None = None
    is_final_blow: bool | None = None
    defeated: bool | None = None
    rewards: Reward | None = None
    defeat_id: str | None = None


def decode_boss_damage(d: Mapping[str, Any]) -> BossDamage:
    """Decode a BossDamage from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossDamage)
    v: Any
    get = d.get
    try:
        o.object = get("object")
        v = d["damage"]
        o.damage = v if v.__class__ is int else whole_number(v)
        v = get("health")
        o.health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("maxHealth")
        o.max_health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("phase")
        o.phase = v if v.__class__ is int or v is None else whole_number(v)
        v = get("combo")
        o.combo = None if v is None else decode_boss_combo(v)
        o.is_final_blow = get("isFinalBlow")
        o.defeated = get("defeated")
        v = get("rewards")
        o.rewards = None if v is None else decode_reward(v)
        o.defeat_id = get("defeatId")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_boss_damage_leniently(d)


_BOSS_DAMAGE_PROMISED = frozenset(("damage",))


def _decode_boss_damage_leniently(d: Mapping[str, Any]) -> BossDamage:
    o: Any = new(BossDamage)
    v: Any
    get = d.get
    o.object = get("object")
    v = get("damage")
    o.damage = v if v.__class__ is int or v is None else whole_number(v)
    v = get("health")
    o.health = v if v.__class__ is int or v is None else whole_number(v)
    v = get("maxHealth")
    o.max_health = v if v.__class__ is int or v is None else whole_number(v)
    v = get("phase")
    o.phase = v if v.__class__ is int or v is None else whole_number(v)
    v = get("combo")
    o.combo = None if v is None else decode_boss_combo(v)
    o.is_final_blow = get("isFinalBlow")
    o.defeated = get("defeated")
    v = get("rewards")
    o.rewards = None if v is None else decode_reward(v)
    o.defeat_id = get("defeatId")
    note_absent("BossDamage", d, _BOSS_DAMAGE_PROMISED)
    decoded: BossDamage = o
    return decoded


def encode_boss_damage(o: BossDamage) -> dict[str, Any]:
    """Encode a BossDamage as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.damage
    if v is not None:
        d["damage"] = v
    v = o.health
    if v is not None:
        d["health"] = v
    v = o.max_health
    if v is not None:
        d["maxHealth"] = v
    v = o.phase
    if v is not None:
        d["phase"] = v
    v = o.combo
    if v is not None:
        d["combo"] = encode_boss_combo(v)
    v = o.is_final_blow
    if v is not None:
        d["isFinalBlow"] = v
    v = o.defeated
    if v is not None:
        d["defeated"] = v
    v = o.rewards
    if v is not None:
        d["rewards"] = encode_reward(v)
    v = o.defeat_id
    if v is not None:
        d["defeatId"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossDefeat:
    """A boss battle that the team won.

    Attributes:
        id: Unique id of the victory. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        boss_name: Name of the boss. Not documented by cStar; inferred.
        difficulty: How hard it was to beat. Not documented by cStar; inferred.
        max_health: Health at the start. Not documented by cStar; inferred.
        defeated_at: When it fell. Not documented by cStar; inferred.
        duration: Length of the battle in seconds. Not documented by cStar; inferred.
        final_blow_by: Who dealt the last hit. Not documented by cStar; inferred.
        participant_count: How many players took part. Not documented by cStar; inferred.
        participants: Who took part, with damage and reward.
        rewards: What the victory paid.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    boss_name: str | None = None
    difficulty: BossDifficulty | None = None
    max_health: int | None = None
    defeated_at: _dt.datetime | None = None
    duration: int | None = None
    final_blow_by: PlayerRef | None = None
    participant_count: int | None = None
    participants: list[BossParticipant] | None = None
    rewards: Reward | None = None


def decode_boss_defeat(d: Mapping[str, Any]) -> BossDefeat:
    """Decode a BossDefeat from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossDefeat)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.boss_name = get("bossName")
        o.difficulty = get("difficulty")
        v = get("maxHealth")
        o.max_health = v if v.__class__ is int or v is None else whole_number(v)
        v = get("defeatedAt")
        o.defeated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("duration")
        o.duration = v if v.__class__ is int or v is None else whole_number(v)
        v = get("finalBlowBy")
        o.final_blow_by = None if v is None else decode_player_ref(v)
        v = get("participantCount")
        o.participant_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("participants")
        o.participants = None if v is None else [decode_boss_participant(v_) for v_ in v]
        v = get("rewards")
        o.rewards = None if v is None else decode_reward(v)
    except ValueError:
        return decode_boss_defeat(with_usual_times(d, ("defeatedAt",)))
    return o


def encode_boss_defeat(o: BossDefeat) -> dict[str, Any]:
    """Encode a BossDefeat as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.boss_name
    if v is not None:
        d["bossName"] = v
    v = o.difficulty
    if v is not None:
        d["difficulty"] = v
    v = o.max_health
    if v is not None:
        d["maxHealth"] = v
    v = o.defeated_at
    if v is not None:
        d["defeatedAt"] = encode_datetime(v)
    v = o.duration
    if v is not None:
        d["duration"] = v
    v = o.final_blow_by
    if v is not None:
        d["finalBlowBy"] = encode_player_ref(v)
    v = o.participant_count
    if v is not None:
        d["participantCount"] = v
    v = o.participants
    if v is not None:
        d["participants"] = [encode_boss_participant(v_) for v_ in v]
    v = o.rewards
    if v is not None:
        d["rewards"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class Leaderboard:
    """The team's ranking over a period.

    Attributes:
        object: The type of the object. Not documented by cStar; inferred.
        period: The span of time that counts.
        entries: The players, best first. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    object: str | None = None
    period: LeaderboardPeriod | None = None
    entries: list[LeaderboardEntry] = ABSENT


def decode_leaderboard(d: Mapping[str, Any]) -> Leaderboard:
    """Decode a Leaderboard from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Leaderboard)
    get = d.get
    try:
        o.object = get("object")
        o.period = get("period")
        o.entries = [decode_leaderboard_entry(i) for i in d["entries"]]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_leaderboard_leniently(d)


_LEADERBOARD_PROMISED = frozenset(("entries",))


def _decode_leaderboard_leniently(d: Mapping[str, Any]) -> Leaderboard:
    o: Any = new(Leaderboard)
    v: Any
    get = d.get
    o.object = get("object")
    o.period = get("period")
    v = get("entries")
    o.entries = None if v is None else [decode_leaderboard_entry(v_) for v_ in v]
    note_absent("Leaderboard", d, _LEADERBOARD_PROMISED)
    decoded: Leaderboard = o
    return decoded


def encode_leaderboard(o: Leaderboard) -> dict[str, Any]:
    """Encode a Leaderboard as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.period
    if v is not None:
        d["period"] = v
    v = o.entries
    if v is not None:
        d["entries"] = [encode_leaderboard_entry(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class LeaderboardEntry:
    """One place in the ranking. The numbers are those of the period.

    Attributes:
        rank: Place, counted from 1.
        member_id: The player. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        avatar_url: Where the avatar image is. Not documented by cStar; inferred.
        level: Level of the player.
        xp: XP earned in the period.
        gold: Gold earned in the period.
        tickets_closed: Tickets closed in the period. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    rank: int | None = None
    member_id: str = ABSENT
    name: str | None = None
    avatar_url: str | None = None
    level: int | None = None
    xp: int | None = None
    gold: int | None = None
    tickets_closed: int | None = None


def decode_leaderboard_entry(d: Mapping[str, Any]) -> LeaderboardEntry:
    """Decode a LeaderboardEntry from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(LeaderboardEntry)
    v: Any
    get = d.get
    try:
        v = get("rank")
        o.rank = v if v.__class__ is int or v is None else whole_number(v)
        o.member_id = d["memberId"]
        o.name = get("name")
        o.avatar_url = get("avatarUrl")
        v = get("level")
        o.level = v if v.__class__ is int or v is None else whole_number(v)
        v = get("xp")
        o.xp = v if v.__class__ is int or v is None else whole_number(v)
        v = get("gold")
        o.gold = v if v.__class__ is int or v is None else whole_number(v)
        v = get("ticketsClosed")
        o.tickets_closed = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_leaderboard_entry_leniently(d)


_LEADERBOARD_ENTRY_PROMISED = frozenset(("memberId",))


def _decode_leaderboard_entry_leniently(d: Mapping[str, Any]) -> LeaderboardEntry:
    o: Any = new(LeaderboardEntry)
    v: Any
    get = d.get
    v = get("rank")
    o.rank = v if v.__class__ is int or v is None else whole_number(v)
    o.member_id = get("memberId")
    o.name = get("name")
    o.avatar_url = get("avatarUrl")
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    v = get("gold")
    o.gold = v if v.__class__ is int or v is None else whole_number(v)
    v = get("ticketsClosed")
    o.tickets_closed = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("LeaderboardEntry", d, _LEADERBOARD_ENTRY_PROMISED)
    decoded: LeaderboardEntry = o
    return decoded


def encode_leaderboard_entry(o: LeaderboardEntry) -> dict[str, Any]:
    """Encode a LeaderboardEntry as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.rank
    if v is not None:
        d["rank"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.avatar_url
    if v is not None:
        d["avatarUrl"] = v
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.gold
    if v is not None:
        d["gold"] = v
    v = o.tickets_closed
    if v is not None:
        d["ticketsClosed"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PlayerRank:
    """One player's place in the ranking.

    Attributes:
        rank: Place, counted from 1; null if the player has not scored in the period.
        total_players: How many players are ranked. Not documented by cStar; inferred.
        xp: XP earned in the period.
        period: The span of time that counts.
        member_id: The player. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    rank: int | None = ABSENT
    total_players: int | None = None
    xp: int | None = None
    period: LeaderboardPeriod | None = None
    member_id: str | None = None


def decode_player_rank(d: Mapping[str, Any]) -> PlayerRank:
    """Decode a PlayerRank from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PlayerRank)
    v: Any
    get = d.get
    try:
        v = d["rank"]
        o.rank = v if v.__class__ is int or v is None else whole_number(v)
        v = get("totalPlayers")
        o.total_players = v if v.__class__ is int or v is None else whole_number(v)
        v = get("xp")
        o.xp = v if v.__class__ is int or v is None else whole_number(v)
        o.period = get("period")
        o.member_id = get("memberId")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_player_rank_leniently(d)


_PLAYER_RANK_PROMISED = frozenset(("rank",))


def _decode_player_rank_leniently(d: Mapping[str, Any]) -> PlayerRank:
    o: Any = new(PlayerRank)
    v: Any
    get = d.get
    v = get("rank")
    o.rank = v if v.__class__ is int or v is None else whole_number(v)
    v = get("totalPlayers")
    o.total_players = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    o.period = get("period")
    o.member_id = get("memberId")
    note_absent("PlayerRank", d, _PLAYER_RANK_PROMISED)
    decoded: PlayerRank = o
    return decoded


def encode_player_rank(o: PlayerRank) -> dict[str, Any]:
    """Encode a PlayerRank as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.rank
    d["rank"] = v
    v = o.total_players
    if v is not None:
        d["totalPlayers"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.period
    if v is not None:
        d["period"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AchievementList:
    """All achievements, and how many of them are unlocked.

    Attributes:
        achievements: The achievements that match.
        summary: Totals over all achievements.
    """

    __repr__ = show_fields

    achievements: list[Achievement] = ABSENT
    summary: AchievementSummary | None = None


def decode_achievement_list(d: Mapping[str, Any]) -> AchievementList:
    """Decode an AchievementList from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AchievementList)
    v: Any
    get = d.get
    try:
        o.achievements = [decode_achievement(i) for i in d["achievements"]]
        v = get("summary")
        o.summary = None if v is None else decode_achievement_summary(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_achievement_list_leniently(d)


_ACHIEVEMENT_LIST_PROMISED = frozenset(("achievements",))


def _decode_achievement_list_leniently(d: Mapping[str, Any]) -> AchievementList:
    o: Any = new(AchievementList)
    v: Any
    get = d.get
    v = get("achievements")
    o.achievements = None if v is None else [decode_achievement(v_) for v_ in v]
    v = get("summary")
    o.summary = None if v is None else decode_achievement_summary(v)
    note_absent("AchievementList", d, _ACHIEVEMENT_LIST_PROMISED)
    decoded: AchievementList = o
    return decoded


def encode_achievement_list(o: AchievementList) -> dict[str, Any]:
    """Encode an AchievementList as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.achievements
    if v is not None:
        d["achievements"] = [encode_achievement(v_) for v_ in v]
    v = o.summary
    if v is not None:
        d["summary"] = encode_achievement_summary(v)
    return d


@attrs.define(slots=True, kw_only=True)
class Achievement:
    """Something that a player can unlock once. Without a player, progress is empty.

    Attributes:
        id: Key of the achievement. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        description: How to unlock it, for people. Not documented by cStar; inferred.
        icon: Name of its icon. Not documented by cStar; inferred.
        rarity: How hard it is to get.
        unlocked: Whether the player has it. Not documented by cStar; inferred.
        unlocked_at: When the player got it. Not documented by cStar; inferred.
        progress: How far the player has come.
        reward: What unlocking it pays. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str | None = None
    description: str | None = None
    icon: str | None = None
    rarity: Rarity | None = None
    unlocked: bool | None = None
    unlocked_at: _dt.datetime | None = None
    progress: AchievementProgress | None = None
    reward: Reward | None = None


def decode_achievement(d: Mapping[str, Any]) -> Achievement:
    """Decode an Achievement from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Achievement)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = get("name")
        o.description = get("description")
        o.icon = get("icon")
        o.rarity = get("rarity")
        o.unlocked = get("unlocked")
        v = get("unlockedAt")
        o.unlocked_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("progress")
        o.progress = None if v is None else decode_achievement_progress(v)
        v = get("reward")
        o.reward = None if v is None else decode_reward(v)
    except ValueError:
        return decode_achievement(with_usual_times(d, ("unlockedAt",)))
    return o


def encode_achievement(o: Achievement) -> dict[str, Any]:
    """Encode an Achievement as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.icon
    if v is not None:
        d["icon"] = v
    v = o.rarity
    if v is not None:
        d["rarity"] = v
    v = o.unlocked
    if v is not None:
        d["unlocked"] = v
    v = o.unlocked_at
    if v is not None:
        d["unlockedAt"] = encode_datetime(v)
    v = o.progress
    if v is not None:
        d["progress"] = encode_achievement_progress(v)
    v = o.reward
    if v is not None:
        d["reward"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class AchievementProgress:
    """How far a player has come towards an achievement.

    Attributes:
        current: Count so far. Not documented by cStar; inferred.
        target: Count that unlocks it. Not documented by cStar; inferred.
        percent: Share done, 0 to 1. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    current: int | None = None
    target: int | None = None
    percent: float | None = None


def decode_achievement_progress(d: Mapping[str, Any]) -> AchievementProgress:
    """Decode an AchievementProgress from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AchievementProgress)
    v: Any
    get = d.get
    v = get("current")
    o.current = v if v.__class__ is int or v is None else whole_number(v)
    v = get("target")
    o.target = v if v.__class__ is int or v is None else whole_number(v)
    o.percent = get("percent")
    return o


def encode_achievement_progress(o: AchievementProgress) -> dict[str, Any]:
    """Encode an AchievementProgress as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.current
    if v is not None:
        d["current"] = v
    v = o.target
    if v is not None:
        d["target"] = v
    v = o.percent
    if v is not None:
        d["percent"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AchievementSummary:
    """Totals over all achievements of the game.

    Attributes:
        total: How many there are. Not documented by cStar; inferred.
        unlocked: How many the player has. Not documented by cStar; inferred.
        by_rarity: The same two numbers per rarity, keyed by `Rarity`. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    total: int | None = None
    unlocked: int | None = None
    by_rarity: dict[str, AchievementCount] | None = None


def decode_achievement_summary(d: Mapping[str, Any]) -> AchievementSummary:
    """Decode an AchievementSummary from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AchievementSummary)
    v: Any
    get = d.get
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("unlocked")
    o.unlocked = v if v.__class__ is int or v is None else whole_number(v)
    v = get("byRarity")
    o.by_rarity = None if v is None else {v_k: decode_achievement_count(v_) for v_k, v_ in v.items()}
    return o


def encode_achievement_summary(o: AchievementSummary) -> dict[str, Any]:
    """Encode an AchievementSummary as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.unlocked
    if v is not None:
        d["unlocked"] = v
    v = o.by_rarity
    if v is not None:
        d["byRarity"] = {v_k: encode_achievement_count(v_) for v_k, v_ in v.items()}
    return d


@attrs.define(slots=True, kw_only=True)
class AchievementCount:
    """How many achievements there are of a kind, and how many are unlocked.

    Attributes:
        total: How many there are. Not documented by cStar; inferred.
        unlocked: How many the player has. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    total: int | None = None
    unlocked: int | None = None


def decode_achievement_count(d: Mapping[str, Any]) -> AchievementCount:
    """Decode an AchievementCount from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AchievementCount)
    v: Any
    get = d.get
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("unlocked")
    o.unlocked = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_achievement_count(o: AchievementCount) -> dict[str, Any]:
    """Encode an AchievementCount as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.unlocked
    if v is not None:
        d["unlocked"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class RecentAchievement:
    """An achievement that somebody in the team has just unlocked.

    Attributes:
        achievement_id: The achievement. Not documented by cStar; inferred.
        name: Its display name. Not documented by cStar; inferred.
        rarity: How hard it is to get.
        member_id: Who unlocked it. Not documented by cStar; inferred.
        member_name: Display name of that player. Not documented by cStar; inferred.
        unlocked_at: When. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    achievement_id: str = ABSENT
    name: str | None = None
    rarity: Rarity | None = None
    member_id: str | None = None
    member_name: str | None = None
    unlocked_at: _dt.datetime | None = None


def decode_recent_achievement(d: Mapping[str, Any]) -> RecentAchievement:
    """Decode a RecentAchievement from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(RecentAchievement)
    v: Any
    get = d.get
    try:
        o.achievement_id = d["achievementId"]
        o.name = get("name")
        o.rarity = get("rarity")
        o.member_id = get("memberId")
        o.member_name = get("memberName")
        v = get("unlockedAt")
        o.unlocked_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_recent_achievement(with_usual_times(d, ("unlockedAt",)))
    return _decode_recent_achievement_leniently(d)


_RECENT_ACHIEVEMENT_PROMISED = frozenset(("achievementId",))


def _decode_recent_achievement_leniently(d: Mapping[str, Any]) -> RecentAchievement:
    o: Any = new(RecentAchievement)
    v: Any
    get = d.get
    try:
        o.achievement_id = get("achievementId")
        o.name = get("name")
        o.rarity = get("rarity")
        o.member_id = get("memberId")
        o.member_name = get("memberName")
        v = get("unlockedAt")
        o.unlocked_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_recent_achievement(with_usual_times(d, ("unlockedAt",)))
    note_absent("RecentAchievement", d, _RECENT_ACHIEVEMENT_PROMISED)
    decoded: RecentAchievement = o
    return decoded


def encode_recent_achievement(o: RecentAchievement) -> dict[str, Any]:
    """Encode a RecentAchievement as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.achievement_id
    if v is not None:
        d["achievementId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.rarity
    if v is not None:
        d["rarity"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.member_name
    if v is not None:
        d["memberName"] = v
    v = o.unlocked_at
    if v is not None:
        d["unlockedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class DailyQuests:
    """A player's quests of one day. There are three a day.

    Attributes:
        date: The day (UTC). Not documented by cStar; inferred.
        resets_at: When the next quests come: midnight UTC. Not documented by cStar; inferred.
        quests: The day's quests.
    """

    __repr__ = show_fields

    date: _dt.date | None = None
    resets_at: _dt.datetime | None = None
    quests: list[Quest] = ABSENT


def decode_daily_quests(d: Mapping[str, Any]) -> DailyQuests:
    """Decode a DailyQuests from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(DailyQuests)
    v: Any
    get = d.get
    try:
        v = get("date")
        o.date = None if v is None else parse_date(v)
        v = get("resetsAt")
        o.resets_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.quests = [decode_quest(i) for i in d["quests"]]
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_daily_quests(with_usual_times(d, ("resetsAt",)))
    return _decode_daily_quests_leniently(d)


_DAILY_QUESTS_PROMISED = frozenset(("quests",))


def _decode_daily_quests_leniently(d: Mapping[str, Any]) -> DailyQuests:
    o: Any = new(DailyQuests)
    v: Any
    get = d.get
    try:
        v = get("date")
        o.date = None if v is None else parse_date(v)
        v = get("resetsAt")
        o.resets_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("quests")
        o.quests = None if v is None else [decode_quest(v_) for v_ in v]
    except ValueError:
        return decode_daily_quests(with_usual_times(d, ("resetsAt",)))
    note_absent("DailyQuests", d, _DAILY_QUESTS_PROMISED)
    decoded: DailyQuests = o
    return decoded


def encode_daily_quests(o: DailyQuests) -> dict[str, Any]:
    """Encode a DailyQuests as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.date
    if v is not None:
        d["date"] = encode_isoformat(v)
    v = o.resets_at
    if v is not None:
        d["resetsAt"] = encode_datetime(v)
    v = o.quests
    if v is not None:
        d["quests"] = [encode_quest(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class Quest:
    """A task for one day.

    Attributes:
        id: Key of the quest. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        description: What to do, for people. Not documented by cStar; inferred.
        type: What is counted. Not documented by cStar; inferred.
        target: Count that completes it. Not documented by cStar; inferred.
        progress: Count so far.
        completed: Whether it is done. Not documented by cStar; inferred.
        reward: What completing it pays. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str | None = None
    description: str | None = None
    type: str | None = None
    target: int | None = None
    progress: int | None = None
    completed: bool | None = None
    reward: Reward | None = None


def decode_quest(d: Mapping[str, Any]) -> Quest:
    """Decode a Quest from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Quest)
    v: Any
    get = d.get
    o.id = d["id"]
    o.object = get("object")
    o.name = get("name")
    o.description = get("description")
    o.type = get("type")
    v = get("target")
    o.target = v if v.__class__ is int or v is None else whole_number(v)
    v = get("progress")
    o.progress = v if v.__class__ is int or v is None else whole_number(v)
    o.completed = get("completed")
    v = get("reward")
    o.reward = None if v is None else decode_reward(v)
    return o


def encode_quest(o: Quest) -> dict[str, Any]:
    """Encode a Quest as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.target
    if v is not None:
        d["target"] = v
    v = o.progress
    if v is not None:
        d["progress"] = v
    v = o.completed
    if v is not None:
        d["completed"] = v
    v = o.reward
    if v is not None:
        d["reward"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class QuestDay:
    """The quests that a player completed on one day.

    Attributes:
        date: The day (UTC).
        quests: What was completed. Not documented by cStar; inferred.
        completed_count: How many were completed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    date: _dt.date = ABSENT
    quests: list[CompletedQuest] | None = None
    completed_count: int | None = None


def decode_quest_day(d: Mapping[str, Any]) -> QuestDay:
    """Decode a QuestDay from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(QuestDay)
    v: Any
    get = d.get
    try:
        o.date = parse_date(d["date"])
        v = get("quests")
        o.quests = None if v is None else [decode_completed_quest(v_) for v_ in v]
        v = get("completedCount")
        o.completed_count = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_quest_day_leniently(d)


_QUEST_DAY_PROMISED = frozenset(("date",))


def _decode_quest_day_leniently(d: Mapping[str, Any]) -> QuestDay:
    o: Any = new(QuestDay)
    v: Any
    get = d.get
    v = get("date")
    o.date = None if v is None else parse_date(v)
    v = get("quests")
    o.quests = None if v is None else [decode_completed_quest(v_) for v_ in v]
    v = get("completedCount")
    o.completed_count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("QuestDay", d, _QUEST_DAY_PROMISED)
    decoded: QuestDay = o
    return decoded


def encode_quest_day(o: QuestDay) -> dict[str, Any]:
    """Encode a QuestDay as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.date
    if v is not None:
        d["date"] = encode_isoformat(v)
    v = o.quests
    if v is not None:
        d["quests"] = [encode_completed_quest(v_) for v_ in v]
    v = o.completed_count
    if v is not None:
        d["completedCount"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class CompletedQuest:
    """A quest that a player has completed.

    Attributes:
        id: Key of the quest. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        completed_at: When it was completed. Not documented by cStar; inferred.
        reward: What it paid. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    completed_at: _dt.datetime | None = None
    reward: Reward | None = None


def decode_completed_quest(d: Mapping[str, Any]) -> CompletedQuest:
    """Decode a CompletedQuest from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CompletedQuest)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = get("name")
        v = get("completedAt")
        o.completed_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("reward")
        o.reward = None if v is None else decode_reward(v)
    except ValueError:
        return decode_completed_quest(with_usual_times(d, ("completedAt",)))
    return o


def encode_completed_quest(o: CompletedQuest) -> dict[str, Any]:
    """Encode a CompletedQuest as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.completed_at
    if v is not None:
        d["completedAt"] = encode_datetime(v)
    v = o.reward
    if v is not None:
        d["reward"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class SkillTree:
    """The four skills of a player and the points left to spend.

    Attributes:
        available_points: Points not yet spent.
        total_points: Points earned, one for every five levels. Not documented by cStar; inferred.
        skills: All four skills.
    """

    __repr__ = show_fields

    available_points: int | None = None
    total_points: int | None = None
    skills: list[Skill] = ABSENT


def decode_skill_tree(d: Mapping[str, Any]) -> SkillTree:
    """Decode a SkillTree from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SkillTree)
    v: Any
    get = d.get
    try:
        v = get("availablePoints")
        o.available_points = v if v.__class__ is int or v is None else whole_number(v)
        v = get("totalPoints")
        o.total_points = v if v.__class__ is int or v is None else whole_number(v)
        o.skills = [decode_skill(i) for i in d["skills"]]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_skill_tree_leniently(d)


_SKILL_TREE_PROMISED = frozenset(("skills",))


def _decode_skill_tree_leniently(d: Mapping[str, Any]) -> SkillTree:
    o: Any = new(SkillTree)
    v: Any
    get = d.get
    v = get("availablePoints")
    o.available_points = v if v.__class__ is int or v is None else whole_number(v)
    v = get("totalPoints")
    o.total_points = v if v.__class__ is int or v is None else whole_number(v)
    v = get("skills")
    o.skills = None if v is None else [decode_skill(v_) for v_ in v]
    note_absent("SkillTree", d, _SKILL_TREE_PROMISED)
    decoded: SkillTree = o
    return decoded


def encode_skill_tree(o: SkillTree) -> dict[str, Any]:
    """Encode a SkillTree as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.available_points
    if v is not None:
        d["availablePoints"] = v
    v = o.total_points
    if v is not None:
        d["totalPoints"] = v
    v = o.skills
    if v is not None:
        d["skills"] = [encode_skill(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class Skill:
    """A skill in the tree of a player.

    Attributes:
        id: Which skill. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        description: What it is good for. Not documented by cStar; inferred.
        level: Points spent on it.
        max_level: Points it can take, 5. Not documented by cStar; inferred.
        effect: What it does now; null at level 0. Not documented by cStar; inferred.
        next_effect: What it would do one level up; null at the top. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: SkillId
    name: str | None = None
    description: str | None = None
    level: int | None = None
    max_level: int | None = None
    effect: str | None = None
    next_effect: str | None = None


def decode_skill(d: Mapping[str, Any]) -> Skill:
    """Decode a Skill from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Skill)
    v: Any
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.description = get("description")
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("maxLevel")
    o.max_level = v if v.__class__ is int or v is None else whole_number(v)
    o.effect = get("effect")
    o.next_effect = get("nextEffect")
    return o


def encode_skill(o: Skill) -> dict[str, Any]:
    """Encode a Skill as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.max_level
    if v is not None:
        d["maxLevel"] = v
    v = o.effect
    if v is not None:
        d["effect"] = v
    v = o.next_effect
    if v is not None:
        d["nextEffect"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class Season:
    """A quarter of the year in which players compete. Level and XP begin anew with each.

    Attributes:
        id: Year and quarter. From cStar's public documentation.
        object: The type of the object. Not documented by cStar; inferred.
        name: Display name. From cStar's public documentation.
        starts_at: When it begins. Not documented by cStar; inferred.
        ends_at: When it ends. From cStar's public documentation.
        days_remaining: Whole days left; 0 when it is over.
        is_active: Whether it is running. Not documented by cStar; inferred.
        badge_thresholds: XP needed for each badge, keyed by `SeasonBadge`.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str | None = None
    starts_at: _dt.datetime | None = None
    ends_at: _dt.datetime | None = None
    days_remaining: int | None = None
    is_active: bool | None = None
    badge_thresholds: dict[str, int] | None = None


def decode_season(d: Mapping[str, Any]) -> Season:
    """Decode a Season from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Season)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = get("name")
        v = get("startsAt")
        o.starts_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("endsAt")
        o.ends_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("daysRemaining")
        o.days_remaining = v if v.__class__ is int or v is None else whole_number(v)
        o.is_active = get("isActive")
        v = get("badgeThresholds")
        o.badge_thresholds = (
            None if v is None else {v_k: (v_ if v_.__class__ is int else whole_number(v_)) for v_k, v_ in v.items()}
        )
    except ValueError:
        return decode_season(with_usual_times(d, ("startsAt", "endsAt")))
    return o


def encode_season(o: Season) -> dict[str, Any]:
    """Encode a Season as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.starts_at
    if v is not None:
        d["startsAt"] = encode_datetime(v)
    v = o.ends_at
    if v is not None:
        d["endsAt"] = encode_datetime(v)
    v = o.days_remaining
    if v is not None:
        d["daysRemaining"] = v
    v = o.is_active
    if v is not None:
        d["isActive"] = v
    v = o.badge_thresholds
    if v is not None:
        d["badgeThresholds"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class SeasonStats:
    """A player's result in one season.

    Attributes:
        season_id: The season. Not documented by cStar; inferred.
        member_id: The player. Not documented by cStar; inferred.
        level: Level reached.
        xp: XP earned.
        rank: Place in the team, counted from 1. Not documented by cStar; inferred.
        badge: The best badge earned. Not documented by cStar; inferred.
        tickets_closed: Tickets closed. Not documented by cStar; inferred.
        bosses_defeated: Boss battles won. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    season_id: str = ABSENT
    member_id: str | None = None
    level: int | None = None
    xp: int | None = None
    rank: int | None = None
    badge: SeasonBadge | None = None
    tickets_closed: int | None = None
    bosses_defeated: int | None = None


def decode_season_stats(d: Mapping[str, Any]) -> SeasonStats:
    """Decode a SeasonStats from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SeasonStats)
    v: Any
    get = d.get
    try:
        o.season_id = d["seasonId"]
        o.member_id = get("memberId")
        v = get("level")
        o.level = v if v.__class__ is int or v is None else whole_number(v)
        v = get("xp")
        o.xp = v if v.__class__ is int or v is None else whole_number(v)
        v = get("rank")
        o.rank = v if v.__class__ is int or v is None else whole_number(v)
        o.badge = get("badge")
        v = get("ticketsClosed")
        o.tickets_closed = v if v.__class__ is int or v is None else whole_number(v)
        v = get("bossesDefeated")
        o.bosses_defeated = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_season_stats_leniently(d)


_SEASON_STATS_PROMISED = frozenset(("seasonId",))


def _decode_season_stats_leniently(d: Mapping[str, Any]) -> SeasonStats:
    o: Any = new(SeasonStats)
    v: Any
    get = d.get
    o.season_id = get("seasonId")
    o.member_id = get("memberId")
    v = get("level")
    o.level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("xp")
    o.xp = v if v.__class__ is int or v is None else whole_number(v)
    v = get("rank")
    o.rank = v if v.__class__ is int or v is None else whole_number(v)
    o.badge = get("badge")
    v = get("ticketsClosed")
    o.tickets_closed = v if v.__class__ is int or v is None else whole_number(v)
    v = get("bossesDefeated")
    o.bosses_defeated = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("SeasonStats", d, _SEASON_STATS_PROMISED)
    decoded: SeasonStats = o
    return decoded


def encode_season_stats(o: SeasonStats) -> dict[str, Any]:
    """Encode a SeasonStats as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.season_id
    if v is not None:
        d["seasonId"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.rank
    if v is not None:
        d["rank"] = v
    v = o.badge
    if v is not None:
        d["badge"] = v
    v = o.tickets_closed
    if v is not None:
        d["ticketsClosed"] = v
    v = o.bosses_defeated
    if v is not None:
        d["bossesDefeated"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class OneUp:
    """A public word of thanks from one teammate to another, with gold if wanted.

    Attributes:
        id: Unique id of the one-up. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        from_: Who sent it. Not documented by cStar; inferred.
        to: Who got it. Not documented by cStar; inferred.
        message: The words that came with it.
        gold: Gold that came with it, out of the sender's balance.
        created_at: When it was sent. Not documented by cStar; inferred.
        remaining: Free one-ups that the sender has left today; only in the answer to sending. Not documented by
            cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    from_: PlayerRef | None = None
    to: PlayerRef | None = None
    message: str | None = None
    gold: int | None = None
    created_at: _dt.datetime | None = None
    remaining: int | None = None


def decode_one_up(d: Mapping[str, Any]) -> OneUp:
    """Decode an OneUp from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(OneUp)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        v = get("from")
        o.from_ = None if v is None else decode_player_ref(v)
        v = get("to")
        o.to = None if v is None else decode_player_ref(v)
        o.message = get("message")
        v = get("gold")
        o.gold = v if v.__class__ is int or v is None else whole_number(v)
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("remaining")
        o.remaining = v if v.__class__ is int or v is None else whole_number(v)
    except ValueError:
        return decode_one_up(with_usual_times(d, ("createdAt",)))
    return o


def encode_one_up(o: OneUp) -> dict[str, Any]:
    """Encode an OneUp as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.from_
    if v is not None:
        d["from"] = encode_player_ref(v)
    v = o.to
    if v is not None:
        d["to"] = encode_player_ref(v)
    v = o.message
    if v is not None:
        d["message"] = v
    v = o.gold
    if v is not None:
        d["gold"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    v = o.remaining
    if v is not None:
        d["remaining"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class OneUpAllowance:
    """How many free one-ups a player has left today.

    Attributes:
        remaining: How many are left.
        used: How many were sent today. Not documented by cStar; inferred.
        daily_limit: How many a day: 3, plus the bonus. Not documented by cStar; inferred.
        bonus: Extra ones from the social butterfly skill.
        resets_at: When the count begins anew: midnight UTC. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    remaining: int = ABSENT
    used: int | None = None
    daily_limit: int | None = None
    bonus: int | None = None
    resets_at: _dt.datetime | None = None


def decode_one_up_allowance(d: Mapping[str, Any]) -> OneUpAllowance:
    """Decode an OneUpAllowance from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(OneUpAllowance)
    v: Any
    get = d.get
    try:
        v = d["remaining"]
        o.remaining = v if v.__class__ is int else whole_number(v)
        v = get("used")
        o.used = v if v.__class__ is int or v is None else whole_number(v)
        v = get("dailyLimit")
        o.daily_limit = v if v.__class__ is int or v is None else whole_number(v)
        v = get("bonus")
        o.bonus = v if v.__class__ is int or v is None else whole_number(v)
        v = get("resetsAt")
        o.resets_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_one_up_allowance(with_usual_times(d, ("resetsAt",)))
    return _decode_one_up_allowance_leniently(d)


_ONE_UP_ALLOWANCE_PROMISED = frozenset(("remaining",))


def _decode_one_up_allowance_leniently(d: Mapping[str, Any]) -> OneUpAllowance:
    o: Any = new(OneUpAllowance)
    v: Any
    get = d.get
    try:
        v = get("remaining")
        o.remaining = v if v.__class__ is int or v is None else whole_number(v)
        v = get("used")
        o.used = v if v.__class__ is int or v is None else whole_number(v)
        v = get("dailyLimit")
        o.daily_limit = v if v.__class__ is int or v is None else whole_number(v)
        v = get("bonus")
        o.bonus = v if v.__class__ is int or v is None else whole_number(v)
        v = get("resetsAt")
        o.resets_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_one_up_allowance(with_usual_times(d, ("resetsAt",)))
    note_absent("OneUpAllowance", d, _ONE_UP_ALLOWANCE_PROMISED)
    decoded: OneUpAllowance = o
    return decoded


def encode_one_up_allowance(o: OneUpAllowance) -> dict[str, Any]:
    """Encode an OneUpAllowance as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.remaining
    if v is not None:
        d["remaining"] = v
    v = o.used
    if v is not None:
        d["used"] = v
    v = o.daily_limit
    if v is not None:
        d["dailyLimit"] = v
    v = o.bonus
    if v is not None:
        d["bonus"] = v
    v = o.resets_at
    if v is not None:
        d["resetsAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class HighFive:
    """A greeting from one team to another.

    Attributes:
        id: Unique id of the high five. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        from_team: Who sent it. Not documented by cStar; inferred.
        to_team: Who got it. Not documented by cStar; inferred.
        message: The words that came with it.
        created_at: When it was sent. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    from_team: HighFiveTeam | None = None
    to_team: HighFiveTeam | None = None
    message: str | None = None
    created_at: _dt.datetime | None = None


def decode_high_five(d: Mapping[str, Any]) -> HighFive:
    """Decode a HighFive from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(HighFive)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        v = get("fromTeam")
        o.from_team = None if v is None else decode_high_five_team(v)
        v = get("toTeam")
        o.to_team = None if v is None else decode_high_five_team(v)
        o.message = get("message")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_high_five(with_usual_times(d, ("createdAt",)))
    return o


def encode_high_five(o: HighFive) -> dict[str, Any]:
    """Encode a HighFive as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.from_team
    if v is not None:
        d["fromTeam"] = encode_high_five_team(v)
    v = o.to_team
    if v is not None:
        d["toTeam"] = encode_high_five_team(v)
    v = o.message
    if v is not None:
        d["message"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class HighFiveTeam:
    """A team, in short.

    Attributes:
        id: The team, a UUID. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None


def decode_high_five_team(d: Mapping[str, Any]) -> HighFiveTeam:
    """Decode a HighFiveTeam from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(HighFiveTeam)
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    return o


def encode_high_five_team(o: HighFiveTeam) -> dict[str, Any]:
    """Encode a HighFiveTeam as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class HighFiveCheck:
    """Whether a high five to a team is possible today.

    Attributes:
        can_send: Whether it would be accepted now.
        reason: Why not; null if it is possible. Not documented by cStar; inferred.
        next_available_at: From when it is possible again; null if it is now. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    can_send: bool = ABSENT
    reason: str | None = None
    next_available_at: _dt.datetime | None = None


def decode_high_five_check(d: Mapping[str, Any]) -> HighFiveCheck:
    """Decode a HighFiveCheck from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(HighFiveCheck)
    v: Any
    get = d.get
    try:
        o.can_send = d["canSend"]
        o.reason = get("reason")
        v = get("nextAvailableAt")
        o.next_available_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_high_five_check(with_usual_times(d, ("nextAvailableAt",)))
    return _decode_high_five_check_leniently(d)


_HIGH_FIVE_CHECK_PROMISED = frozenset(("canSend",))


def _decode_high_five_check_leniently(d: Mapping[str, Any]) -> HighFiveCheck:
    o: Any = new(HighFiveCheck)
    v: Any
    get = d.get
    try:
        o.can_send = get("canSend")
        o.reason = get("reason")
        v = get("nextAvailableAt")
        o.next_available_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_high_five_check(with_usual_times(d, ("nextAvailableAt",)))
    note_absent("HighFiveCheck", d, _HIGH_FIVE_CHECK_PROMISED)
    decoded: HighFiveCheck = o
    return decoded


def encode_high_five_check(o: HighFiveCheck) -> dict[str, Any]:
    """Encode a HighFiveCheck as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.can_send
    if v is not None:
        d["canSend"] = v
    v = o.reason
    if v is not None:
        d["reason"] = v
    v = o.next_available_at
    if v is not None:
        d["nextAvailableAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class Cosmetic:
    """An item that changes how a player looks, and nothing else.

    Attributes:
        id: Key of the item. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        type: The slot it fits into. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        description: What it looks like. Not documented by cStar; inferred.
        rarity: How hard it is to get. Not documented by cStar; inferred.
        unlocked: Whether the player has it.
        unlock_requirement: How to get it, for people. Not documented by cStar; inferred.
        equipped: Whether the player wears it. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    type: CosmeticType | None = None
    name: str | None = None
    description: str | None = None
    rarity: Rarity | None = None
    unlocked: bool | None = None
    unlock_requirement: str | None = None
    equipped: bool | None = None


def decode_cosmetic(d: Mapping[str, Any]) -> Cosmetic:
    """Decode a Cosmetic from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Cosmetic)
    get = d.get
    o.id = d["id"]
    o.object = get("object")
    o.type = get("type")
    o.name = get("name")
    o.description = get("description")
    o.rarity = get("rarity")
    o.unlocked = get("unlocked")
    o.unlock_requirement = get("unlockRequirement")
    o.equipped = get("equipped")
    return o


def encode_cosmetic(o: Cosmetic) -> dict[str, Any]:
    """Encode a Cosmetic as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.rarity
    if v is not None:
        d["rarity"] = v
    v = o.unlocked
    if v is not None:
        d["unlocked"] = v
    v = o.unlock_requirement
    if v is not None:
        d["unlockRequirement"] = v
    v = o.equipped
    if v is not None:
        d["equipped"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class CosmeticPreferences:
    """What a player wears. Null means nothing in that slot.

    Attributes:
        avatar_frame: The frame around the avatar. From cStar's public documentation.
        title: The title beside the name. Not documented by cStar; inferred.
        victory_animation: What plays when the player wins. Not documented by cStar; inferred.
        victory_message: The player's own words on a victory.
    """

    __repr__ = show_fields

    avatar_frame: str | None = None
    title: str | None = None
    victory_animation: str | None = None
    victory_message: str | None = None


def decode_cosmetic_preferences(d: Mapping[str, Any]) -> CosmeticPreferences:
    """Decode a CosmeticPreferences from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CosmeticPreferences)
    get = d.get
    o.avatar_frame = get("avatarFrame")
    o.title = get("title")
    o.victory_animation = get("victoryAnimation")
    o.victory_message = get("victoryMessage")
    return o


def encode_cosmetic_preferences(o: CosmeticPreferences) -> dict[str, Any]:
    """Encode a CosmeticPreferences as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.avatar_frame
    if v is not None:
        d["avatarFrame"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.victory_animation
    if v is not None:
        d["victoryAnimation"] = v
    v = o.victory_message
    if v is not None:
        d["victoryMessage"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class Puzzle:
    """The warm-up puzzle of a day, the same for the whole team.

    Attributes:
        id: Unique id of the puzzle. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        date: The day that it belongs to (UTC). Not documented by cStar; inferred.
        type: The kind of puzzle. Not documented by cStar; inferred.
        difficulty: How hard it is. Not documented by cStar; inferred.
        data: The puzzle itself. Its form depends on the kind. Not documented by cStar; inferred.
        completed: Whether the player has done it; only if a player is named. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    date: _dt.date | None = None
    type: str | None = None
    difficulty: str | None = None
    data: dict[str, Any] | None = None
    completed: bool | None = None


def decode_puzzle(d: Mapping[str, Any]) -> Puzzle:
    """Decode a Puzzle from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Puzzle)
    v: Any
    get = d.get
    o.id = d["id"]
    o.object = get("object")
    v = get("date")
    o.date = None if v is None else parse_date(v)
    o.type = get("type")
    o.difficulty = get("difficulty")
    o.data = get("data")
    o.completed = get("completed")
    return o


def encode_puzzle(o: Puzzle) -> dict[str, Any]:
    """Encode a Puzzle as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.date
    if v is not None:
        d["date"] = encode_isoformat(v)
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.difficulty
    if v is not None:
        d["difficulty"] = v
    v = o.data
    if v is not None:
        d["data"] = v
    v = o.completed
    if v is not None:
        d["completed"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PuzzleResult:
    """What a completed puzzle brought.

    Attributes:
        puzzle_id: The puzzle that was solved. Not documented by cStar; inferred.
        xp_awarded: XP paid for it. Not documented by cStar; inferred.
        score: Points from time and mistakes, used for the ranking. Not documented by cStar; inferred.
        streak: The streak with this puzzle in it. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    puzzle_id: str = ABSENT
    xp_awarded: int | None = None
    score: int | None = None
    streak: PuzzleStreak | None = None


def decode_puzzle_result(d: Mapping[str, Any]) -> PuzzleResult:
    """Decode a PuzzleResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PuzzleResult)
    v: Any
    get = d.get
    try:
        o.puzzle_id = d["puzzleId"]
        v = get("xpAwarded")
        o.xp_awarded = v if v.__class__ is int or v is None else whole_number(v)
        v = get("score")
        o.score = v if v.__class__ is int or v is None else whole_number(v)
        v = get("streak")
        o.streak = None if v is None else decode_puzzle_streak(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_puzzle_result_leniently(d)


_PUZZLE_RESULT_PROMISED = frozenset(("puzzleId",))


def _decode_puzzle_result_leniently(d: Mapping[str, Any]) -> PuzzleResult:
    o: Any = new(PuzzleResult)
    v: Any
    get = d.get
    o.puzzle_id = get("puzzleId")
    v = get("xpAwarded")
    o.xp_awarded = v if v.__class__ is int or v is None else whole_number(v)
    v = get("score")
    o.score = v if v.__class__ is int or v is None else whole_number(v)
    v = get("streak")
    o.streak = None if v is None else decode_puzzle_streak(v)
    note_absent("PuzzleResult", d, _PUZZLE_RESULT_PROMISED)
    decoded: PuzzleResult = o
    return decoded


def encode_puzzle_result(o: PuzzleResult) -> dict[str, Any]:
    """Encode a PuzzleResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.puzzle_id
    if v is not None:
        d["puzzleId"] = v
    v = o.xp_awarded
    if v is not None:
        d["xpAwarded"] = v
    v = o.score
    if v is not None:
        d["score"] = v
    v = o.streak
    if v is not None:
        d["streak"] = encode_puzzle_streak(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PuzzleRank:
    """One place in a puzzle ranking. By scores it has score, time and mistakes; by streaks it has the two streaks.

    Attributes:
        rank: Place, counted from 1. Not documented by cStar; inferred.
        member_id: The player. Not documented by cStar; inferred.
        name: Display name. Not documented by cStar; inferred.
        score: Points in the puzzle. Not documented by cStar; inferred.
        time_seconds: Seconds taken. Not documented by cStar; inferred.
        mistakes: Mistakes made.
        current_streak: Days in the present run. Not documented by cStar; inferred.
        max_streak: Days in the longest run. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    rank: int | None = None
    member_id: str = ABSENT
    name: str | None = None
    score: int | None = None
    time_seconds: int | None = None
    mistakes: int | None = None
    current_streak: int | None = None
    max_streak: int | None = None


def decode_puzzle_rank(d: Mapping[str, Any]) -> PuzzleRank:
    """Decode a PuzzleRank from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PuzzleRank)
    v: Any
    get = d.get
    try:
        v = get("rank")
        o.rank = v if v.__class__ is int or v is None else whole_number(v)
        o.member_id = d["memberId"]
        o.name = get("name")
        v = get("score")
        o.score = v if v.__class__ is int or v is None else whole_number(v)
        v = get("timeSeconds")
        o.time_seconds = v if v.__class__ is int or v is None else whole_number(v)
        v = get("mistakes")
        o.mistakes = v if v.__class__ is int or v is None else whole_number(v)
        v = get("currentStreak")
        o.current_streak = v if v.__class__ is int or v is None else whole_number(v)
        v = get("maxStreak")
        o.max_streak = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_puzzle_rank_leniently(d)


_PUZZLE_RANK_PROMISED = frozenset(("memberId",))


def _decode_puzzle_rank_leniently(d: Mapping[str, Any]) -> PuzzleRank:
    o: Any = new(PuzzleRank)
    v: Any
    get = d.get
    v = get("rank")
    o.rank = v if v.__class__ is int or v is None else whole_number(v)
    o.member_id = get("memberId")
    o.name = get("name")
    v = get("score")
    o.score = v if v.__class__ is int or v is None else whole_number(v)
    v = get("timeSeconds")
    o.time_seconds = v if v.__class__ is int or v is None else whole_number(v)
    v = get("mistakes")
    o.mistakes = v if v.__class__ is int or v is None else whole_number(v)
    v = get("currentStreak")
    o.current_streak = v if v.__class__ is int or v is None else whole_number(v)
    v = get("maxStreak")
    o.max_streak = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("PuzzleRank", d, _PUZZLE_RANK_PROMISED)
    decoded: PuzzleRank = o
    return decoded


def encode_puzzle_rank(o: PuzzleRank) -> dict[str, Any]:
    """Encode a PuzzleRank as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.rank
    if v is not None:
        d["rank"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.score
    if v is not None:
        d["score"] = v
    v = o.time_seconds
    if v is not None:
        d["timeSeconds"] = v
    v = o.mistakes
    if v is not None:
        d["mistakes"] = v
    v = o.current_streak
    if v is not None:
        d["currentStreak"] = v
    v = o.max_streak
    if v is not None:
        d["maxStreak"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PuzzleStreak:
    """Days in a row on which a player completed the puzzle.

    Attributes:
        current: Days in the present run. Not documented by cStar; inferred.
        max: Days in the longest run. Not documented by cStar; inferred.
        total_completed: Puzzles completed in all. Not documented by cStar; inferred.
        last_completed_at: When the last one was completed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    current: int = ABSENT
    max: int | None = None
    total_completed: int | None = None
    last_completed_at: _dt.datetime | None = None


def decode_puzzle_streak(d: Mapping[str, Any]) -> PuzzleStreak:
    """Decode a PuzzleStreak from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PuzzleStreak)
    v: Any
    get = d.get
    try:
        v = d["current"]
        o.current = v if v.__class__ is int else whole_number(v)
        v = get("max")
        o.max = v if v.__class__ is int or v is None else whole_number(v)
        v = get("totalCompleted")
        o.total_completed = v if v.__class__ is int or v is None else whole_number(v)
        v = get("lastCompletedAt")
        o.last_completed_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_puzzle_streak(with_usual_times(d, ("lastCompletedAt",)))
    return _decode_puzzle_streak_leniently(d)


_PUZZLE_STREAK_PROMISED = frozenset(("current",))


def _decode_puzzle_streak_leniently(d: Mapping[str, Any]) -> PuzzleStreak:
    o: Any = new(PuzzleStreak)
    v: Any
    get = d.get
    try:
        v = get("current")
        o.current = v if v.__class__ is int or v is None else whole_number(v)
        v = get("max")
        o.max = v if v.__class__ is int or v is None else whole_number(v)
        v = get("totalCompleted")
        o.total_completed = v if v.__class__ is int or v is None else whole_number(v)
        v = get("lastCompletedAt")
        o.last_completed_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_puzzle_streak(with_usual_times(d, ("lastCompletedAt",)))
    note_absent("PuzzleStreak", d, _PUZZLE_STREAK_PROMISED)
    decoded: PuzzleStreak = o
    return decoded


def encode_puzzle_streak(o: PuzzleStreak) -> dict[str, Any]:
    """Encode a PuzzleStreak as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.current
    if v is not None:
        d["current"] = v
    v = o.max
    if v is not None:
        d["max"] = v
    v = o.total_completed
    if v is not None:
        d["totalCompleted"] = v
    v = o.last_completed_at
    if v is not None:
        d["lastCompletedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class Activity:
    """Something that happened in the game.

    Attributes:
        id: Unique id of the entry. Not documented by cStar; inferred.
        object: The type of the object. Not documented by cStar; inferred.
        type: What happened. Not documented by cStar; inferred.
        member_id: Who did it; null if no player did. Not documented by cStar; inferred.
        member_name: Display name of that player. Not documented by cStar; inferred.
        data: Details. Their form depends on the type. Not documented by cStar; inferred.
        created_at: When it happened. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    type: str | None = None
    member_id: str | None = None
    member_name: str | None = None
    data: dict[str, Any] | None = None
    created_at: _dt.datetime | None = None


def decode_activity(d: Mapping[str, Any]) -> Activity:
    """Decode an Activity from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Activity)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.type = get("type")
        o.member_id = get("memberId")
        o.member_name = get("memberName")
        o.data = get("data")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_activity(with_usual_times(d, ("createdAt",)))
    return o


def encode_activity(o: Activity) -> dict[str, Any]:
    """Encode an Activity as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.member_id
    if v is not None:
        d["memberId"] = v
    v = o.member_name
    if v is not None:
        d["memberName"] = v
    v = o.data
    if v is not None:
        d["data"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class GameConfig:
    """The constants of the game. They are the same on every call.

    Attributes:
        xp_per_level: XP that a level takes.
        ticket_xp: XP for closing a ticket, keyed by `TicketPriority`. Not documented by cStar; inferred.
        sla_multipliers: What the XP of a ticket is multiplied by, keyed by SLA tier (gold, silver, bronze). Not
            documented by cStar; inferred.
        skills: How skill points work.
        boss_difficulties: What each difficulty means, keyed by `BossDifficulty`.
        one_ups: Limits of one-ups. Not documented by cStar; inferred.
        high_fives: Limits of high fives. Not documented by cStar; inferred.
        streak_milestones: The lengths of a streak, in days, that are celebrated. Not documented by cStar; inferred.
        rewards: Further reward tables, by what is rewarded.
    """

    __repr__ = show_fields

    xp_per_level: int = ABSENT
    ticket_xp: dict[str, int] | None = None
    sla_multipliers: dict[str, float] | None = None
    skills: SkillRules | None = None
    boss_difficulties: dict[str, BossDifficultyRules] | None = None
    one_ups: OneUpRules | None = None
    high_fives: HighFiveRules | None = None
    streak_milestones: list[int] | None = None
    rewards: dict[str, Any] | None = None


def decode_game_config(d: Mapping[str, Any]) -> GameConfig:
    """Decode a GameConfig from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(GameConfig)
    v: Any
    get = d.get
    try:
        v = d["xpPerLevel"]
        o.xp_per_level = v if v.__class__ is int else whole_number(v)
        v = get("ticketXp")
        o.ticket_xp = (
            None if v is None else {v_k: (v_ if v_.__class__ is int else whole_number(v_)) for v_k, v_ in v.items()}
        )
        o.sla_multipliers = get("slaMultipliers")
        v = get("skills")
        o.skills = None if v is None else decode_skill_rules(v)
        v = get("bossDifficulties")
        o.boss_difficulties = None if v is None else {v_k: decode_boss_difficulty_rules(v_) for v_k, v_ in v.items()}
        v = get("oneUps")
        o.one_ups = None if v is None else decode_one_up_rules(v)
        v = get("highFives")
        o.high_fives = None if v is None else decode_high_five_rules(v)
        v = get("streakMilestones")
        o.streak_milestones = None if v is None else [(v_ if v_.__class__ is int else whole_number(v_)) for v_ in v]
        o.rewards = get("rewards")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_game_config_leniently(d)


_GAME_CONFIG_PROMISED = frozenset(("xpPerLevel",))


def _decode_game_config_leniently(d: Mapping[str, Any]) -> GameConfig:
    o: Any = new(GameConfig)
    v: Any
    get = d.get
    v = get("xpPerLevel")
    o.xp_per_level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("ticketXp")
    o.ticket_xp = (
        None if v is None else {v_k: (v_ if v_.__class__ is int else whole_number(v_)) for v_k, v_ in v.items()}
    )
    o.sla_multipliers = get("slaMultipliers")
    v = get("skills")
    o.skills = None if v is None else decode_skill_rules(v)
    v = get("bossDifficulties")
    o.boss_difficulties = None if v is None else {v_k: decode_boss_difficulty_rules(v_) for v_k, v_ in v.items()}
    v = get("oneUps")
    o.one_ups = None if v is None else decode_one_up_rules(v)
    v = get("highFives")
    o.high_fives = None if v is None else decode_high_five_rules(v)
    v = get("streakMilestones")
    o.streak_milestones = None if v is None else [(v_ if v_.__class__ is int else whole_number(v_)) for v_ in v]
    o.rewards = get("rewards")
    note_absent("GameConfig", d, _GAME_CONFIG_PROMISED)
    decoded: GameConfig = o
    return decoded


def encode_game_config(o: GameConfig) -> dict[str, Any]:
    """Encode a GameConfig as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.xp_per_level
    if v is not None:
        d["xpPerLevel"] = v
    v = o.ticket_xp
    if v is not None:
        d["ticketXp"] = v
    v = o.sla_multipliers
    if v is not None:
        d["slaMultipliers"] = v
    v = o.skills
    if v is not None:
        d["skills"] = encode_skill_rules(v)
    v = o.boss_difficulties
    if v is not None:
        d["bossDifficulties"] = {v_k: encode_boss_difficulty_rules(v_) for v_k, v_ in v.items()}
    v = o.one_ups
    if v is not None:
        d["oneUps"] = encode_one_up_rules(v)
    v = o.high_fives
    if v is not None:
        d["highFives"] = encode_high_five_rules(v)
    v = o.streak_milestones
    if v is not None:
        d["streakMilestones"] = v
    v = o.rewards
    if v is not None:
        d["rewards"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class SkillRules:
    """How skill points work.

    Attributes:
        max_level: Points that one skill can take. Not documented by cStar; inferred.
        levels_per_point: Levels that earn one point. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    max_level: int | None = None
    levels_per_point: int | None = None


def decode_skill_rules(d: Mapping[str, Any]) -> SkillRules:
    """Decode a SkillRules from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SkillRules)
    v: Any
    get = d.get
    v = get("maxLevel")
    o.max_level = v if v.__class__ is int or v is None else whole_number(v)
    v = get("levelsPerPoint")
    o.levels_per_point = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_skill_rules(o: SkillRules) -> dict[str, Any]:
    """Encode a SkillRules as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.max_level
    if v is not None:
        d["maxLevel"] = v
    v = o.levels_per_point
    if v is not None:
        d["levelsPerPoint"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BossDifficultyRules:
    """What a difficulty means for a boss.

    Attributes:
        max_health: Health at the start. Not documented by cStar; inferred.
        rewards: What a victory pays. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    max_health: int | None = None
    rewards: Reward | None = None


def decode_boss_difficulty_rules(d: Mapping[str, Any]) -> BossDifficultyRules:
    """Decode a BossDifficultyRules from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BossDifficultyRules)
    v: Any
    get = d.get
    v = get("maxHealth")
    o.max_health = v if v.__class__ is int or v is None else whole_number(v)
    v = get("rewards")
    o.rewards = None if v is None else decode_reward(v)
    return o


def encode_boss_difficulty_rules(o: BossDifficultyRules) -> dict[str, Any]:
    """Encode a BossDifficultyRules as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.max_health
    if v is not None:
        d["maxHealth"] = v
    v = o.rewards
    if v is not None:
        d["rewards"] = encode_reward(v)
    return d


@attrs.define(slots=True, kw_only=True)
class OneUpRules:
    """Limits of one-ups.

    Attributes:
        daily_free: Free ones per player and day, without the skill bonus. Not documented by cStar; inferred.
        max_message: Characters in a message. Not documented by cStar; inferred.
        max_gold: Gold with one of them. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    daily_free: int | None = None
    max_message: int | None = None
    max_gold: int | None = None


def decode_one_up_rules(d: Mapping[str, Any]) -> OneUpRules:
    """Decode an OneUpRules from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(OneUpRules)
    v: Any
    get = d.get
    v = get("dailyFree")
    o.daily_free = v if v.__class__ is int or v is None else whole_number(v)
    v = get("maxMessage")
    o.max_message = v if v.__class__ is int or v is None else whole_number(v)
    v = get("maxGold")
    o.max_gold = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_one_up_rules(o: OneUpRules) -> dict[str, Any]:
    """Encode an OneUpRules as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.daily_free
    if v is not None:
        d["dailyFree"] = v
    v = o.max_message
    if v is not None:
        d["maxMessage"] = v
    v = o.max_gold
    if v is not None:
        d["maxGold"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class HighFiveRules:
    """Limits of high fives.

    Attributes:
        max_message: Characters in a message. Not documented by cStar; inferred.
        per_team_per_day: High fives to one team in a day. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    max_message: int | None = None
    per_team_per_day: int | None = None


def decode_high_five_rules(d: Mapping[str, Any]) -> HighFiveRules:
    """Decode a HighFiveRules from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(HighFiveRules)
    v: Any
    get = d.get
    v = get("maxMessage")
    o.max_message = v if v.__class__ is int or v is None else whole_number(v)
    v = get("perTeamPerDay")
    o.per_team_per_day = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_high_five_rules(o: HighFiveRules) -> dict[str, Any]:
    """Encode a HighFiveRules as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.max_message
    if v is not None:
        d["maxMessage"] = v
    v = o.per_team_per_day
    if v is not None:
        d["perTeamPerDay"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        PlayerRef: ModelInfo(
            decode_player_ref,
            encode_player_ref,
            (
                FieldInfo("member_id", "memberId", True, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
            ),
            None,
        ),
        PlayerStats: ModelInfo(
            decode_player_stats,
            encode_player_stats,
            (
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("member_id", "memberId", True, False, None, False),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("avatar_url", "avatarUrl", True, True, None, False),
                FieldInfo("season", "season", True, False, PlayerSeason, False),
                FieldInfo("level", "level", True, False, whole_number, False),
                FieldInfo("xp", "xp", True, False, whole_number, False),
                FieldInfo("xp_to_next_level", "xpToNextLevel", True, False, whole_number, False),
                FieldInfo("xp_in_current_level", "xpInCurrentLevel", True, False, whole_number, False),
                FieldInfo("xp_progress", "xpProgress", True, False, None, False),
                FieldInfo("gold", "gold", True, False, whole_number, False),
                FieldInfo("prestige_level", "prestigeLevel", True, False, whole_number, False),
                FieldInfo("prestige_bonus", "prestigeBonus", True, False, None, False),
                FieldInfo("streaks", "streaks", True, False, PlayerStreaks, False),
                FieldInfo("stats", "stats", True, False, PlayerTotals, False),
                FieldInfo("skills", "skills", True, False, {"": PlayerSkill}, False),
                FieldInfo("available_skill_points", "availableSkillPoints", True, False, whole_number, False),
                FieldInfo("total_skill_points", "totalSkillPoints", True, False, whole_number, False),
                FieldInfo("cosmetics", "cosmetics", True, False, CosmeticPreferences, False),
            ),
            None,
        ),
        PlayerSeason: ModelInfo(
            decode_player_season,
            encode_player_season,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("ends_at", "endsAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        PlayerStreaks: ModelInfo(
            decode_player_streaks,
            encode_player_streaks,
            (
                FieldInfo("current", "current", True, False, whole_number, False),
                FieldInfo("max", "max", True, False, whole_number, False),
            ),
            None,
        ),
        PlayerTotals: ModelInfo(
            decode_player_totals,
            encode_player_totals,
            (
                FieldInfo("tickets_closed", "ticketsClosed", True, False, whole_number, False),
                FieldInfo("bosses_defeated", "bossesDefeated", True, False, whole_number, False),
                FieldInfo("final_blows", "finalBlows", True, False, whole_number, False),
                FieldInfo("achievements_unlocked", "achievementsUnlocked", True, False, whole_number, False),
                FieldInfo("quests_completed", "questsCompleted", True, False, whole_number, False),
            ),
            None,
        ),
        PlayerSkill: ModelInfo(
            decode_player_skill,
            encode_player_skill,
            (
                FieldInfo("level", "level", True, False, whole_number, False),
                FieldInfo("max_level", "maxLevel", True, False, whole_number, False),
                FieldInfo("effect", "effect", True, True, None, False),
            ),
            None,
        ),
        BossState: ModelInfo(
            decode_boss_state,
            encode_boss_state,
            (
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("active", "active", True, False, None, False),
                FieldInfo("boss", "boss", False, True, Boss, False),
                FieldInfo("participants", "participants", False, False, [BossParticipant], False),
                FieldInfo("combo", "combo", False, True, BossCombo, False),
                FieldInfo("duration", "duration", False, True, whole_number, False),
            ),
            None,
        ),
        Boss: ModelInfo(
            decode_boss,
            encode_boss,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("difficulty", "difficulty", False, False, None, False, BOSS_DIFFICULTY_VALUES),
                FieldInfo("max_health", "maxHealth", False, False, whole_number, False),
                FieldInfo("health", "health", False, False, whole_number, False),
                FieldInfo("health_percent", "healthPercent", False, False, None, False),
                FieldInfo("phase", "phase", False, False, whole_number, False),
                FieldInfo("abilities", "abilities", False, False, [BossAbility], False),
                FieldInfo("spawned_at", "spawnedAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        BossAbility: ModelInfo(
            decode_boss_ability,
            encode_boss_ability,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("description", "description", False, False, None, False),
            ),
            None,
        ),
        BossParticipant: ModelInfo(
            decode_boss_participant,
            encode_boss_participant,
            (
                FieldInfo("member_id", "memberId", True, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("damage_dealt", "damageDealt", False, False, whole_number, False),
                FieldInfo("hits", "hits", False, False, whole_number, False),
                FieldInfo("reward", "reward", False, True, Reward, False),
            ),
            None,
        ),
        BossCombo: ModelInfo(
            decode_boss_combo,
            encode_boss_combo,
            (
                FieldInfo("count", "count", False, False, whole_number, False),
                FieldInfo("multiplier", "multiplier", False, False, None, False),
            ),
            None,
        ),
        BossPresence: ModelInfo(
            decode_boss_presence,
            encode_boss_presence,
            (
                FieldInfo("active", "active", True, False, None, False),
                FieldInfo("boss_id", "bossId", False, True, None, False),
            ),
            None,
        ),
        BossDamage: ModelInfo(
            decode_boss_damage,
            encode_boss_damage,
            (
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("damage", "damage", True, False, whole_number, False),
                FieldInfo("health", "health", False, False, whole_number, False),
                FieldInfo("max_health", "maxHealth", False, False, whole_number, False),
                FieldInfo("phase", "phase", False, False, whole_number, False),
                FieldInfo("combo", "combo", False, True, BossCombo, False),
                FieldInfo("is_final_blow", "isFinalBlow", False, False, None, False),
                FieldInfo("defeated", "defeated", False, False, None, False),
                FieldInfo("rewards", "rewards", False, True, Reward, False),
                FieldInfo("defeat_id", "defeatId", False, True, None, False),
            ),
            None,
        ),
        BossDefeat: ModelInfo(
            decode_boss_defeat,
            encode_boss_defeat,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("boss_name", "bossName", False, False, None, False),
                FieldInfo("difficulty", "difficulty", False, False, None, False, BOSS_DIFFICULTY_VALUES),
                FieldInfo("max_health", "maxHealth", False, False, whole_number, False),
                FieldInfo("defeated_at", "defeatedAt", False, False, parse_datetime, False),
                FieldInfo("duration", "duration", False, False, whole_number, False),
                FieldInfo("final_blow_by", "finalBlowBy", False, True, PlayerRef, False),
                FieldInfo("participant_count", "participantCount", False, False, whole_number, False),
                FieldInfo("participants", "participants", False, False, [BossParticipant], False),
                FieldInfo("rewards", "rewards", False, False, Reward, False),
            ),
            None,
        ),
        Leaderboard: ModelInfo(
            decode_leaderboard,
            encode_leaderboard,
            (
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("period", "period", False, False, None, False, LEADERBOARD_PERIOD_VALUES),
                FieldInfo("entries", "entries", True, False, [LeaderboardEntry], False),
            ),
            None,
        ),
        LeaderboardEntry: ModelInfo(
            decode_leaderboard_entry,
            encode_leaderboard_entry,
            (
                FieldInfo("rank", "rank", False, False, whole_number, False),
                FieldInfo("member_id", "memberId", True, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("avatar_url", "avatarUrl", False, True, None, False),
                FieldInfo("level", "level", False, False, whole_number, False),
                FieldInfo("xp", "xp", False, False, whole_number, False),
                FieldInfo("gold", "gold", False, False, whole_number, False),
                FieldInfo("tickets_closed", "ticketsClosed", False, False, whole_number, False),
            ),
            None,
        ),
        PlayerRank: ModelInfo(
            decode_player_rank,
            encode_player_rank,
            (
                FieldInfo("rank", "rank", True, True, whole_number, False),
                FieldInfo("total_players", "totalPlayers", False, False, whole_number, False),
                FieldInfo("xp", "xp", False, False, whole_number, False),
                FieldInfo("period", "period", False, False, None, False, LEADERBOARD_PERIOD_VALUES),
                FieldInfo("member_id", "memberId", False, False, None, False),
            ),
            None,
        ),
        AchievementList: ModelInfo(
            decode_achievement_list,
            encode_achievement_list,
            (
                FieldInfo("achievements", "achievements", True, False, [Achievement], False),
                FieldInfo("summary", "summary", False, False, AchievementSummary, False),
            ),
            None,
        ),
        Achievement: ModelInfo(
            decode_achievement,
            encode_achievement,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("description", "description", False, False, None, False),
                FieldInfo("icon", "icon", False, True, None, False),
                FieldInfo("rarity", "rarity", False, False, None, False, RARITY_VALUES),
                FieldInfo("unlocked", "unlocked", False, False, None, False),
                FieldInfo("unlocked_at", "unlockedAt", False, True, parse_datetime, False),
                FieldInfo("progress", "progress", False, True, AchievementProgress, False),
                FieldInfo("reward", "reward", False, True, Reward, False),
            ),
            None,
        ),
        AchievementProgress: ModelInfo(
            decode_achievement_progress,
            encode_achievement_progress,
            (
                FieldInfo("current", "current", False, False, whole_number, False),
                FieldInfo("target", "target", False, False, whole_number, False),
                FieldInfo("percent", "percent", False, False, None, False),
            ),
            None,
        ),
        AchievementSummary: ModelInfo(
            decode_achievement_summary,
            encode_achievement_summary,
            (
                FieldInfo("total", "total", False, False, whole_number, False),
                FieldInfo("unlocked", "unlocked", False, False, whole_number, False),
                FieldInfo("by_rarity", "byRarity", False, False, {"": AchievementCount}, False),
            ),
            None,
        ),
        AchievementCount: ModelInfo(
            decode_achievement_count,
            encode_achievement_count,
            (
                FieldInfo("total", "total", False, False, whole_number, False),
                FieldInfo("unlocked", "unlocked", False, False, whole_number, False),
            ),
            None,
        ),
        RecentAchievement: ModelInfo(
            decode_recent_achievement,
            encode_recent_achievement,
            (
                FieldInfo("achievement_id", "achievementId", True, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("rarity", "rarity", False, False, None, False, RARITY_VALUES),
                FieldInfo("member_id", "memberId", False, False, None, False),
                FieldInfo("member_name", "memberName", False, False, None, False),
                FieldInfo("unlocked_at", "unlockedAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        DailyQuests: ModelInfo(
            decode_daily_quests,
            encode_daily_quests,
            (
                FieldInfo("date", "date", False, False, parse_date, False),
                FieldInfo("resets_at", "resetsAt", False, False, parse_datetime, False),
                FieldInfo("quests", "quests", True, False, [Quest], False),
            ),
            None,
        ),
        Quest: ModelInfo(
            decode_quest,
            encode_quest,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("description", "description", False, False, None, False),
                FieldInfo("type", "type", False, False, None, False),
                FieldInfo("target", "target", False, False, whole_number, False),
                FieldInfo("progress", "progress", False, False, whole_number, False),
                FieldInfo("completed", "completed", False, False, None, False),
                FieldInfo("reward", "reward", False, False, Reward, False),
            ),
            None,
        ),
        QuestDay: ModelInfo(
            decode_quest_day,
            encode_quest_day,
            (
                FieldInfo("date", "date", True, False, parse_date, False),
                FieldInfo("quests", "quests", False, False, [CompletedQuest], False),
                FieldInfo("completed_count", "completedCount", False, False, whole_number, False),
            ),
            None,
        ),
        CompletedQuest: ModelInfo(
            decode_completed_quest,
            encode_completed_quest,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("completed_at", "completedAt", False, False, parse_datetime, False),
                FieldInfo("reward", "reward", False, False, Reward, False),
            ),
            None,
        ),
        SkillTree: ModelInfo(
            decode_skill_tree,
            encode_skill_tree,
            (
                FieldInfo("available_points", "availablePoints", False, False, whole_number, False),
                FieldInfo("total_points", "totalPoints", False, False, whole_number, False),
                FieldInfo("skills", "skills", True, False, [Skill], False),
            ),
            None,
        ),
        Skill: ModelInfo(
            decode_skill,
            encode_skill,
            (
                FieldInfo("id", "id", True, False, None, True, SKILL_ID_VALUES),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("description", "description", False, False, None, False),
                FieldInfo("level", "level", False, False, whole_number, False),
                FieldInfo("max_level", "maxLevel", False, False, whole_number, False),
                FieldInfo("effect", "effect", False, True, None, False),
                FieldInfo("next_effect", "nextEffect", False, True, None, False),
            ),
            None,
        ),
        Season: ModelInfo(
            decode_season,
            encode_season,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("starts_at", "startsAt", False, False, parse_datetime, False),
                FieldInfo("ends_at", "endsAt", False, False, parse_datetime, False),
                FieldInfo("days_remaining", "daysRemaining", False, False, whole_number, False),
                FieldInfo("is_active", "isActive", False, False, None, False),
                FieldInfo("badge_thresholds", "badgeThresholds", False, False, {"": whole_number}, False),
            ),
            None,
        ),
        SeasonStats: ModelInfo(
            decode_season_stats,
            encode_season_stats,
            (
                FieldInfo("season_id", "seasonId", True, False, None, False),
                FieldInfo("member_id", "memberId", False, False, None, False),
                FieldInfo("level", "level", False, False, whole_number, False),
                FieldInfo("xp", "xp", False, False, whole_number, False),
                FieldInfo("rank", "rank", False, True, whole_number, False),
                FieldInfo("badge", "badge", False, True, None, False, SEASON_BADGE_VALUES),
                FieldInfo("tickets_closed", "ticketsClosed", False, False, whole_number, False),
                FieldInfo("bosses_defeated", "bossesDefeated", False, False, whole_number, False),
            ),
            None,
        ),
        OneUp: ModelInfo(
            decode_one_up,
            encode_one_up,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("from_", "from", False, False, PlayerRef, False),
                FieldInfo("to", "to", False, False, PlayerRef, False),
                FieldInfo("message", "message", False, True, None, False),
                FieldInfo("gold", "gold", False, False, whole_number, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
                FieldInfo("remaining", "remaining", False, True, whole_number, False),
            ),
            None,
        ),
        OneUpAllowance: ModelInfo(
            decode_one_up_allowance,
            encode_one_up_allowance,
            (
                FieldInfo("remaining", "remaining", True, False, whole_number, False),
                FieldInfo("used", "used", False, False, whole_number, False),
                FieldInfo("daily_limit", "dailyLimit", False, False, whole_number, False),
                FieldInfo("bonus", "bonus", False, False, whole_number, False),
                FieldInfo("resets_at", "resetsAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        HighFive: ModelInfo(
            decode_high_five,
            encode_high_five,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("from_team", "fromTeam", False, False, HighFiveTeam, False),
                FieldInfo("to_team", "toTeam", False, False, HighFiveTeam, False),
                FieldInfo("message", "message", False, True, None, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        HighFiveTeam: ModelInfo(
            decode_high_five_team,
            encode_high_five_team,
            (FieldInfo("id", "id", True, False, None, True), FieldInfo("name", "name", False, False, None, False)),
            None,
        ),
        HighFiveCheck: ModelInfo(
            decode_high_five_check,
            encode_high_five_check,
            (
                FieldInfo("can_send", "canSend", True, False, None, False),
                FieldInfo("reason", "reason", False, True, None, False),
                FieldInfo("next_available_at", "nextAvailableAt", False, True, parse_datetime, False),
            ),
            None,
        ),
        Cosmetic: ModelInfo(
            decode_cosmetic,
            encode_cosmetic,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("type", "type", False, False, None, False, COSMETIC_TYPE_VALUES),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("description", "description", False, True, None, False),
                FieldInfo("rarity", "rarity", False, False, None, False, RARITY_VALUES),
                FieldInfo("unlocked", "unlocked", False, False, None, False),
                FieldInfo("unlock_requirement", "unlockRequirement", False, True, None, False),
                FieldInfo("equipped", "equipped", False, False, None, False),
            ),
            None,
        ),
        CosmeticPreferences: ModelInfo(
            decode_cosmetic_preferences,
            encode_cosmetic_preferences,
            (
                FieldInfo("avatar_frame", "avatarFrame", False, True, None, False),
                FieldInfo("title", "title", False, True, None, False),
                FieldInfo("victory_animation", "victoryAnimation", False, True, None, False),
                FieldInfo("victory_message", "victoryMessage", False, True, None, False),
            ),
            None,
        ),
        Puzzle: ModelInfo(
            decode_puzzle,
            encode_puzzle,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("date", "date", False, False, parse_date, False),
                FieldInfo("type", "type", False, False, None, False),
                FieldInfo("difficulty", "difficulty", False, False, None, False),
                FieldInfo("data", "data", False, False, None, False),
                FieldInfo("completed", "completed", False, True, None, False),
            ),
            None,
        ),
        PuzzleResult: ModelInfo(
            decode_puzzle_result,
            encode_puzzle_result,
            (
                FieldInfo("puzzle_id", "puzzleId", True, False, None, False),
                FieldInfo("xp_awarded", "xpAwarded", False, False, whole_number, False),
                FieldInfo("score", "score", False, False, whole_number, False),
                FieldInfo("streak", "streak", False, False, PuzzleStreak, False),
            ),
            None,
        ),
        PuzzleRank: ModelInfo(
            decode_puzzle_rank,
            encode_puzzle_rank,
            (
                FieldInfo("rank", "rank", False, False, whole_number, False),
                FieldInfo("member_id", "memberId", True, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("score", "score", False, False, whole_number, False),
                FieldInfo("time_seconds", "timeSeconds", False, False, whole_number, False),
                FieldInfo("mistakes", "mistakes", False, False, whole_number, False),
                FieldInfo("current_streak", "currentStreak", False, False, whole_number, False),
                FieldInfo("max_streak", "maxStreak", False, False, whole_number, False),
            ),
            None,
        ),
        PuzzleStreak: ModelInfo(
            decode_puzzle_streak,
            encode_puzzle_streak,
            (
                FieldInfo("current", "current", True, False, whole_number, False),
                FieldInfo("max", "max", False, False, whole_number, False),
                FieldInfo("total_completed", "totalCompleted", False, False, whole_number, False),
                FieldInfo("last_completed_at", "lastCompletedAt", False, True, parse_datetime, False),
            ),
            None,
        ),
        Activity: ModelInfo(
            decode_activity,
            encode_activity,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("type", "type", False, False, None, False),
                FieldInfo("member_id", "memberId", False, True, None, False),
                FieldInfo("member_name", "memberName", False, True, None, False),
                FieldInfo("data", "data", False, False, None, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        GameConfig: ModelInfo(
            decode_game_config,
            encode_game_config,
            (
                FieldInfo("xp_per_level", "xpPerLevel", True, False, whole_number, False),
                FieldInfo("ticket_xp", "ticketXp", False, False, {"": whole_number}, False),
                FieldInfo("sla_multipliers", "slaMultipliers", False, False, None, False),
                FieldInfo("skills", "skills", False, False, SkillRules, False),
                FieldInfo("boss_difficulties", "bossDifficulties", False, False, {"": BossDifficultyRules}, False),
                FieldInfo("one_ups", "oneUps", False, False, OneUpRules, False),
                FieldInfo("high_fives", "highFives", False, False, HighFiveRules, False),
                FieldInfo("streak_milestones", "streakMilestones", False, False, [whole_number], False),
                FieldInfo("rewards", "rewards", False, False, None, False),
            ),
            None,
        ),
        SkillRules: ModelInfo(
            decode_skill_rules,
            encode_skill_rules,
            (
                FieldInfo("max_level", "maxLevel", False, False, whole_number, False),
                FieldInfo("levels_per_point", "levelsPerPoint", False, False, whole_number, False),
            ),
            None,
        ),
        BossDifficultyRules: ModelInfo(
            decode_boss_difficulty_rules,
            encode_boss_difficulty_rules,
            (
                FieldInfo("max_health", "maxHealth", False, False, whole_number, False),
                FieldInfo("rewards", "rewards", False, False, Reward, False),
            ),
            None,
        ),
        OneUpRules: ModelInfo(
            decode_one_up_rules,
            encode_one_up_rules,
            (
                FieldInfo("daily_free", "dailyFree", False, False, whole_number, False),
                FieldInfo("max_message", "maxMessage", False, False, whole_number, False),
                FieldInfo("max_gold", "maxGold", False, False, whole_number, False),
            ),
            None,
        ),
        HighFiveRules: ModelInfo(
            decode_high_five_rules,
            encode_high_five_rules,
            (
                FieldInfo("max_message", "maxMessage", False, False, whole_number, False),
                FieldInfo("per_team_per_day", "perTeamPerDay", False, False, whole_number, False),
            ),
            None,
        ),
    }
