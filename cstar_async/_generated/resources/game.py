# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Game: the methods."""

from __future__ import annotations

from functools import cached_property

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.game import (
    Achievement,
    AchievementList,
    Activity,
    BossDamage,
    BossDefeat,
    BossPresence,
    BossState,
    Cosmetic,
    CosmeticPreferences,
    CosmeticType,
    DailyQuests,
    GameConfig,
    HighFive,
    HighFiveCheck,
    HighFiveDirection,
    Leaderboard,
    LeaderboardMetric,
    LeaderboardPeriod,
    OneUp,
    OneUpAllowance,
    PlayerRank,
    PlayerStats,
    Puzzle,
    PuzzleLeaderboardType,
    PuzzleRank,
    PuzzleResult,
    PuzzleStreak,
    QuestDay,
    RecentAchievement,
    Season,
    SeasonStats,
    SkillId,
    SkillTree,
    decode_achievement,
    decode_achievement_list,
    decode_activity,
    decode_boss_damage,
    decode_boss_defeat,
    decode_boss_presence,
    decode_boss_state,
    decode_cosmetic,
    decode_cosmetic_preferences,
    decode_daily_quests,
    decode_game_config,
    decode_high_five,
    decode_high_five_check,
    decode_leaderboard,
    decode_one_up,
    decode_one_up_allowance,
    decode_player_rank,
    decode_player_stats,
    decode_puzzle,
    decode_puzzle_rank,
    decode_puzzle_result,
    decode_puzzle_streak,
    decode_quest_day,
    decode_recent_achievement,
    decode_season,
    decode_season_stats,
    decode_skill_tree,
)
from ..models.shared import BossDifficulty, Rarity, TicketPriority
from ..operations import game as _game


class GamePlayer:
    """`game.player`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self, *, user_id: str) -> Call[PlayerStats]:
        """Get a player's stats.

        Level, XP, gold, skills, streaks and season of one player. The player has to be named, since a key belongs
        to a team.

        `GET /api/v1/teams/{teamId}/game/player`.

        Args:
            user_id: Whose data is meant, by user id (`usr_…`) or membership id (`mem_…`). From cStar's public
                documentation.
        """
        return Call(self._client, _game.PLAYER_GET, (), {"userId": user_id}, None, decode_player_stats)

    def by_member(self, member_id: str) -> Call[PlayerStats]:
        """Get a member's stats.

        The same stats, for a member of the team named by membership id.

        `GET /api/v1/teams/{teamId}/game/player/{memberId}`.

        Args:
            member_id: The player, by membership id (`mem_…`).
        """
        return Call(self._client, _game.PLAYER_BY_MEMBER, (member_id,), None, None, decode_player_stats)


class GameBossDefeats:
    """`game.boss.defeats`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, page: int | None = None, page_size: int | None = None) -> Pager[BossDefeat]:
        """List defeated bosses.

        The battles that the team has won, newest first, with participants and rewards.

        `GET /api/v1/teams/{teamId}/game/boss/defeats`.

        Args:
            page: The page to return, counted from 1. Not documented by cStar; inferred.
            page_size: How many items a page holds. Not documented by cStar; inferred.
        """
        return Pager(
            self._client, _game.BOSS_DEFEATS_LIST, (), {"page": page, "pageSize": page_size}, None, decode_boss_defeat
        )

    def get(self, defeat_id: str) -> Call[BossDefeat]:
        """Get a defeated boss.

        One victory in full: what each participant dealt and got.

        `GET /api/v1/teams/{teamId}/game/boss/defeats/{defeatId}`.

        Args:
            defeat_id: The victory, as named in the list of defeats.
        """
        return Call(self._client, _game.BOSS_DEFEATS_GET, (defeat_id,), None, None, decode_boss_defeat)


class GameBoss:
    """`game.boss`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def defeats(self) -> GameBossDefeats:
        """Game."""
        return GameBossDefeats(self._client)

    def get(self) -> Call[BossState]:
        """Get the boss battle.

        The battle in progress: the boss, who fights it and for how long. Without a boss the answer says so; it is
        not an error.

        `GET /api/v1/teams/{teamId}/game/boss`.
        """
        return Call(self._client, _game.BOSS_GET, (), None, None, decode_boss_state)

    def active(self) -> Call[BossPresence]:
        """Ask whether a boss is active.

        A light check, cheaper than reading the whole battle.

        `GET /api/v1/teams/{teamId}/game/boss/active`.
        """
        return Call(self._client, _game.BOSS_ACTIVE, (), None, None, decode_boss_presence)

    def damage(
        self, *, user_id: str, ticket_id: str | Unset = UNSET, ticket_priority: TicketPriority | Unset = UNSET
    ) -> Call[BossDamage]:
        """Hit the boss.

        Deals damage to the present boss. The service works it out from the ticket priority, the skills of the
        player and the combo; it cannot be stated. Fires `boss.damaged`, and `boss.defeated` on the last hit.

        `POST /api/v1/teams/{teamId}/game/boss/damage`, needs a secret key.

        Args:
            user_id: Who hits: a user id or a membership id. Not documented by cStar; inferred.
            ticket_id: The ticket whose priority counts (`tkt_…`). Not documented by cStar; inferred.
            ticket_priority: The priority that counts if no ticket is named. Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _game.BOSS_DAMAGE,
            (),
            None,
            {"userId": user_id, "ticketId": ticket_id, "ticketPriority": ticket_priority},
            decode_boss_damage,
        )

    def spawn(self, *, difficulty: BossDifficulty | Unset = UNSET, name: str | Unset = UNSET) -> Call[BossState]:
        """Spawn a boss.

        Calls up a new boss for the team. Fails while another one stands. Fires `boss.spawned`.

        `POST /api/v1/teams/{teamId}/game/boss/spawn`, needs a secret key.

        Args:
            difficulty: How hard it is to be. Not documented by cStar; inferred.
            name: What to call it; left out, the service chooses. Not documented by cStar; inferred.
        """
        return Call(
            self._client, _game.BOSS_SPAWN, (), None, {"difficulty": difficulty, "name": name}, decode_boss_state
        )


class GameLeaderboard:
    """`game.leaderboard`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(
        self,
        *,
        period: LeaderboardPeriod | None = None,
        sort_by: LeaderboardMetric | None = None,
        limit: int | None = None,
    ) -> Call[Leaderboard]:
        """Get the leaderboard.

        The team's players ranked over a period, best first.

        `GET /api/v1/teams/{teamId}/game/leaderboard`.

        Args:
            period: The span of time to count.
            sort_by: The number to rank by. Not documented by cStar; inferred.
            limit: How many places to return at most. Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _game.LEADERBOARD_GET,
            (),
            {"period": period, "sortBy": sort_by, "limit": limit},
            None,
            decode_leaderboard,
        )

    def me(self, *, user_id: str, period: LeaderboardPeriod | None = None) -> Call[PlayerRank]:
        """Get a player's rank.

        The place of one player in the ranking. A player who has not scored has the rank null.

        `GET /api/v1/teams/{teamId}/game/leaderboard/me`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
            period: The span of time to count. Not documented by cStar; inferred.
        """
        return Call(
            self._client, _game.LEADERBOARD_ME, (), {"userId": user_id, "period": period}, None, decode_player_rank
        )


class GameAchievements:
    """`game.achievements`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self, *, user_id: str | None = None, rarity: Rarity | None = None, unlocked: bool | None = None
    ) -> Call[AchievementList]:
        """List achievements.

        All achievements with their rarity, and totals. Name a player to see progress and what is unlocked.

        `GET /api/v1/teams/{teamId}/game/achievements`.

        Args:
            user_id: A user id (`usr_…`) or a membership id (`mem_…`) whose progress is to be shown. Not documented
                by cStar; inferred.
            rarity: Only achievements of this rarity. Not documented by cStar; inferred.
            unlocked: Only those that the player has (true) or lacks (false). Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _game.ACHIEVEMENTS_LIST,
            (),
            {"userId": user_id, "rarity": rarity, "unlocked": unlocked},
            None,
            decode_achievement_list,
        )

    def get(self, achievement_id: str, *, user_id: str | None = None) -> Call[Achievement]:
        """Get an achievement.

        One achievement. Name a player to see the progress towards it.

        `GET /api/v1/teams/{teamId}/game/achievements/{achievementId}`.

        Args:
            achievement_id: The achievement, by its key.
            user_id: A user id (`usr_…`) or a membership id (`mem_…`) whose progress is to be shown. Not documented
                by cStar; inferred.
        """
        return Call(
            self._client, _game.ACHIEVEMENTS_GET, (achievement_id,), {"userId": user_id}, None, decode_achievement
        )

    def recent(self, *, limit: int | None = None) -> Pager[RecentAchievement]:
        """List recent achievements.

        What the players of the team have unlocked lately, newest first.

        `GET /api/v1/teams/{teamId}/game/achievements/recent`.

        Args:
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(self._client, _game.ACHIEVEMENTS_RECENT, (), {"limit": limit}, None, decode_recent_achievement)


class GameQuests:
    """`game.quests`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def today(self, *, user_id: str) -> Call[DailyQuests]:
        """Get today's quests.

        A player's three quests of the day, with progress. New ones come at midnight UTC.

        `GET /api/v1/teams/{teamId}/game/quests/today`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
        """
        return Call(self._client, _game.QUESTS_TODAY, (), {"userId": user_id}, None, decode_daily_quests)

    def history(self, *, user_id: str, days: int | None = None) -> Pager[QuestDay]:
        """List completed quests.

        What a player completed on past days, one item per day, newest first.

        `GET /api/v1/teams/{teamId}/game/quests/history`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
            days: How many days to look back. Not documented by cStar; inferred.
        """
        return Pager(self._client, _game.QUESTS_HISTORY, (), {"userId": user_id, "days": days}, None, decode_quest_day)


class GameSkills:
    """`game.skills`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self, *, user_id: str) -> Call[SkillTree]:
        """Get the skill tree.

        The four skills of a player and the points left to spend.

        `GET /api/v1/teams/{teamId}/game/skills`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
        """
        return Call(self._client, _game.SKILLS_GET, (), {"userId": user_id}, None, decode_skill_tree)

    def allocate(self, *, user_id: str, skill_id: SkillId) -> Call[SkillTree]:
        """Spend a skill point.

        Raises one skill by one level. A player earns one point every five levels; a skill stops at level 5. Fails
        if no point is left or the skill is full.

        `POST /api/v1/teams/{teamId}/game/skills/allocate`, needs a secret key.

        Args:
            user_id: Whose point: a user id or a membership id. Not documented by cStar; inferred.
            skill_id: The skill to raise by one level. Not documented by cStar; inferred.
        """
        return Call(
            self._client, _game.SKILLS_ALLOCATE, (), None, {"userId": user_id, "skillId": skill_id}, decode_skill_tree
        )

    def reset(self, *, user_id: str) -> Call[SkillTree]:
        """Reset the skills.

        Sets all four skills to zero and gives the points back to be spent anew.

        `POST /api/v1/teams/{teamId}/game/skills/reset`, needs a secret key.

        Args:
            user_id: The player: a user id or a membership id. Not documented by cStar; inferred.
        """
        return Call(self._client, _game.SKILLS_RESET, (), None, {"userId": user_id}, decode_skill_tree)


class GameSeasons:
    """`game.seasons`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def current(self) -> Call[Season]:
        """Get the current season.

        The running season with its badge thresholds and the days left.

        `GET /api/v1/teams/{teamId}/game/seasons/current`.
        """
        return Call(self._client, _game.SEASONS_CURRENT, (), None, None, decode_season)

    def list(self) -> Pager[Season]:
        """List seasons.

        The running season first, then the past ones.

        `GET /api/v1/teams/{teamId}/game/seasons`.
        """
        return Pager(self._client, _game.SEASONS_LIST, (), None, None, decode_season)

    def stats(self, season_id: str, *, user_id: str) -> Call[SeasonStats]:
        """Get a player's season.

        What a player reached in one season, the running one or a past one.

        `GET /api/v1/teams/{teamId}/game/seasons/{seasonId}/stats`.

        Args:
            season_id: The season, as year and quarter, such as `2026-Q2`.
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
        """
        return Call(self._client, _game.SEASONS_STATS, (season_id,), {"userId": user_id}, None, decode_season_stats)


class GameOneUps:
    """`game.one_ups`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, user_id: str | None = None, limit: int | None = None) -> Pager[OneUp]:
        """List one-ups.

        The team's recent one-ups, newest first.

        `GET /api/v1/teams/{teamId}/game/one-ups`.

        Args:
            user_id: Only one-ups to or from this player: a user id or a membership id. Not documented by cStar;
                inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(self._client, _game.ONE_UPS_LIST, (), {"userId": user_id, "limit": limit}, None, decode_one_up)

    def send(
        self, *, user_id: str, recipient_id: str, message: str | Unset = UNSET, gold: int | Unset = UNSET
    ) -> Call[OneUp]:
        """Send a one-up.

        Thanks a teammate in public. Three a day are free, more with the social butterfly skill. Gold is taken from
        the balance of the sender. Fires `social.one_up_sent`.

        `POST /api/v1/teams/{teamId}/game/one-ups`, needs a secret key.

        Args:
            user_id: The sender: a user id or a membership id. Not documented by cStar; inferred.
            recipient_id: The teammate who gets it; not the sender. Not documented by cStar; inferred.
            message: Words to go with it.
            gold: Gold to go with it, taken from the sender's balance.
        """
        return Call(
            self._client,
            _game.ONE_UPS_SEND,
            (),
            None,
            {"userId": user_id, "recipientId": recipient_id, "message": message, "gold": gold},
            decode_one_up,
        )

    def remaining(self, *, user_id: str) -> Call[OneUpAllowance]:
        """Count free one-ups left.

        How many free one-ups a player can still send today.

        `GET /api/v1/teams/{teamId}/game/one-ups/remaining`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
        """
        return Call(self._client, _game.ONE_UPS_REMAINING, (), {"userId": user_id}, None, decode_one_up_allowance)


class GameHighFives:
    """`game.high_fives`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, direction: HighFiveDirection | None = None, limit: int | None = None) -> Pager[HighFive]:
        """List high fives.

        Recent high fives to and from the team, newest first.

        `GET /api/v1/teams/{teamId}/game/high-fives`.

        Args:
            direction: Only those sent or only those received. Not documented by cStar; inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(
            self._client, _game.HIGH_FIVES_LIST, (), {"direction": direction, "limit": limit}, None, decode_high_five
        )

    def send(
        self, *, recipient_team_id: str, user_id: str | Unset = UNSET, message: str | Unset = UNSET
    ) -> Call[HighFive]:
        """Send a high five.

        Greets another team. One per recipient team and day. Fires `social.high_five_sent`.

        `POST /api/v1/teams/{teamId}/game/high-fives`, needs a secret key.

        Args:
            recipient_team_id: The team that gets it; not your own.
            user_id: The person who sends it for the team: a user id or a membership id. Not documented by cStar;
                inferred.
            message: Words to go with it.
        """
        return Call(
            self._client,
            _game.HIGH_FIVES_SEND,
            (),
            None,
            {"recipientTeamId": recipient_team_id, "userId": user_id, "message": message},
            decode_high_five,
        )

    def can_send(self, recipient_team_id: str) -> Call[HighFiveCheck]:
        """Ask whether a high five is possible.

        Whether the team may still send a high five to another team today.

        `GET /api/v1/teams/{teamId}/game/high-fives/can-send/{recipientTeamId}`.

        Args:
            recipient_team_id: The team that would get the high five, a UUID.
        """
        return Call(self._client, _game.HIGH_FIVES_CAN_SEND, (recipient_team_id,), None, None, decode_high_five_check)


class GameCosmeticsPreferences:
    """`game.cosmetics.preferences`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self, *, user_id: str) -> Call[CosmeticPreferences]:
        """Get what a player wears.

        The items that a player has on, and the words shown on a victory.

        `GET /api/v1/teams/{teamId}/game/cosmetics/preferences`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
        """
        return Call(
            self._client, _game.COSMETICS_PREFERENCES_GET, (), {"userId": user_id}, None, decode_cosmetic_preferences
        )

    def update(
        self,
        *,
        user_id: str,
        avatar_frame: str | None | Unset = UNSET,
        title: str | None | Unset = UNSET,
        victory_animation: str | None | Unset = UNSET,
        victory_message: str | None | Unset = UNSET,
    ) -> Call[CosmeticPreferences]:
        """Change what a player wears.

        Puts items on, or takes them off with null. Only unlocked items can be worn; others are refused with a
        conflict.

        `PATCH /api/v1/teams/{teamId}/game/cosmetics/preferences`, needs a secret key.

        Args:
            user_id: The player: a user id or a membership id. Not documented by cStar; inferred.
            avatar_frame: Key of an unlocked frame. Not documented by cStar; inferred.
            title: Key of an unlocked title. Not documented by cStar; inferred.
            victory_animation: Key of an unlocked animation. Not documented by cStar; inferred.
            victory_message: Words to show on a victory.
        """
        return Call(
            self._client,
            _game.COSMETICS_PREFERENCES_UPDATE,
            (),
            None,
            {
                "userId": user_id,
                "avatarFrame": avatar_frame,
                "title": title,
                "victoryAnimation": victory_animation,
                "victoryMessage": victory_message,
            },
            decode_cosmetic_preferences,
        )


class GameCosmetics:
    """`game.cosmetics`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def preferences(self) -> GameCosmeticsPreferences:
        """Game."""
        return GameCosmeticsPreferences(self._client)

    def list(self, *, user_id: str | None = None, type: CosmeticType | None = None) -> Pager[Cosmetic]:
        """List cosmetics.

        All items that can be worn. Name a player to see which of them are unlocked.

        `GET /api/v1/teams/{teamId}/game/cosmetics`.

        Args:
            user_id: A user id (`usr_…`) or a membership id (`mem_…`) whose progress is to be shown. Not documented
                by cStar; inferred.
            type: Only items for this slot. Not documented by cStar; inferred.
        """
        return Pager(self._client, _game.COSMETICS_LIST, (), {"userId": user_id, "type": type}, None, decode_cosmetic)


class GamePuzzles:
    """`game.puzzles`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def today(self, *, user_id: str | None = None) -> Call[Puzzle]:
        """Get today's puzzle.

        The warm-up puzzle of the day. Name a player to learn whether it is done.

        `GET /api/v1/teams/{teamId}/game/puzzles/today`.

        Args:
            user_id: A user id (`usr_…`) or a membership id (`mem_…`) whose progress is to be shown. Not documented
                by cStar; inferred.
        """
        return Call(self._client, _game.PUZZLES_TODAY, (), {"userId": user_id}, None, decode_puzzle)

    def complete(self, *, user_id: str, puzzle_id: str, time_seconds: int, mistakes: int) -> Call[PuzzleResult]:
        """Record a solved puzzle.

        Pays XP by time and mistakes and adds to the streak. A puzzle counts once per player.

        `POST /api/v1/teams/{teamId}/game/puzzles/complete`, needs a secret key.

        Args:
            user_id: The player: a user id or a membership id. Not documented by cStar; inferred.
            puzzle_id: The puzzle that was solved. Not documented by cStar; inferred.
            time_seconds: Seconds taken. Less time pays more XP. Not documented by cStar; inferred.
            mistakes: Mistakes made. Fewer pay more XP.
        """
        return Call(
            self._client,
            _game.PUZZLES_COMPLETE,
            (),
            None,
            {"userId": user_id, "puzzleId": puzzle_id, "timeSeconds": time_seconds, "mistakes": mistakes},
            decode_puzzle_result,
        )

    def leaderboard(
        self, *, type: PuzzleLeaderboardType | None = None, puzzle_id: str | None = None, limit: int | None = None
    ) -> Pager[PuzzleRank]:
        """Get the puzzle leaderboard.

        Players ranked by their result in one puzzle, or by their streaks of days.

        `GET /api/v1/teams/{teamId}/game/puzzles/leaderboard`.

        Args:
            type: What to rank by. Not documented by cStar; inferred.
            puzzle_id: The puzzle whose scores are meant; today's by default. Not used for streaks. Not documented
                by cStar; inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(
            self._client,
            _game.PUZZLES_LEADERBOARD,
            (),
            {"type": type, "puzzleId": puzzle_id, "limit": limit},
            None,
            decode_puzzle_rank,
        )

    def streak(self, *, user_id: str) -> Call[PuzzleStreak]:
        """Get a player's puzzle streak.

        How many days in a row a player has completed the puzzle, now and at best.

        `GET /api/v1/teams/{teamId}/game/puzzles/streak`.

        Args:
            user_id: Whose data is meant. A key belongs to a team, not to a person, so the player is named: a user
                id (`usr_…`) or a membership id (`mem_…`). Not documented by cStar; inferred.
        """
        return Call(self._client, _game.PUZZLES_STREAK, (), {"userId": user_id}, None, decode_puzzle_streak)


class GameActivity:
    """`game.activity`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, type: str | None = None, cursor: str | None = None, limit: int | None = None) -> Pager[Activity]:
        """List game activity.

        What happened in the game in the whole team, newest first. Paged by cursor.

        `GET /api/v1/teams/{teamId}/game/activity`.

        Args:
            type: Only entries of this type. Not documented by cStar; inferred.
            cursor: Where to go on, the `nextCursor` of the previous page. Not documented by cStar; inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(
            self._client,
            _game.ACTIVITY_LIST,
            (),
            {"type": type, "cursor": cursor, "limit": limit},
            None,
            decode_activity,
        )

    def by_member(
        self, member_id: str, *, type: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Pager[Activity]:
        """List a member's game activity.

        What one member of the team did in the game, newest first. Paged by cursor.

        `GET /api/v1/teams/{teamId}/game/activity/member/{memberId}`.

        Args:
            member_id: The player, by membership id (`mem_…`).
            type: Only entries of this type. Not documented by cStar; inferred.
            cursor: Where to go on, the `nextCursor` of the previous page. Not documented by cStar; inferred.
            limit: How many items to return at most. Not documented by cStar; inferred.
        """
        return Pager(
            self._client,
            _game.ACTIVITY_BY_MEMBER,
            (member_id,),
            {"type": type, "cursor": cursor, "limit": limit},
            None,
            decode_activity,
        )


class Game:
    """`game`: Game."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def player(self) -> GamePlayer:
        """Game."""
        return GamePlayer(self._client)

    @cached_property
    def boss(self) -> GameBoss:
        """Game."""
        return GameBoss(self._client)

    @cached_property
    def leaderboard(self) -> GameLeaderboard:
        """Game."""
        return GameLeaderboard(self._client)

    @cached_property
    def achievements(self) -> GameAchievements:
        """Game."""
        return GameAchievements(self._client)

    @cached_property
    def quests(self) -> GameQuests:
        """Game."""
        return GameQuests(self._client)

    @cached_property
    def skills(self) -> GameSkills:
        """Game."""
        return GameSkills(self._client)

    @cached_property
    def seasons(self) -> GameSeasons:
        """Game."""
        return GameSeasons(self._client)

    @cached_property
    def one_ups(self) -> GameOneUps:
        """Game."""
        return GameOneUps(self._client)

    @cached_property
    def high_fives(self) -> GameHighFives:
        """Game."""
        return GameHighFives(self._client)

    @cached_property
    def cosmetics(self) -> GameCosmetics:
        """Game."""
        return GameCosmetics(self._client)

    @cached_property
    def puzzles(self) -> GamePuzzles:
        """Game."""
        return GamePuzzles(self._client)

    @cached_property
    def activity(self) -> GameActivity:
        """Game."""
        return GameActivity(self._client)

    def config(self) -> Call[GameConfig]:
        """Get the game constants.

        The numbers that balance the game. They do not change from call to call, so one read will do.

        `GET /api/v1/teams/{teamId}/game/config`.
        """
        return Call(self._client, _game.CONFIG, (), None, None, decode_game_config)
