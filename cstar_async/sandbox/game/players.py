"""Players: the members of a team in the game, their figures, and the rewards that follow from them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.resources.roles import find_member
from cstar_async.sandbox.service.events import emit
from cstar_async.sandbox.service.results import Problem, not_found

from . import rules
from .catalog import ACHIEVEMENTS, QUESTS, Achievement, Quest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

PLAYERS = "game/players"
ACTIVITY = "game/activity"


class Player:
    """A member's state in the game, read from the store and written back by `save`.

    XP, gold and figures are stored by day; the values of periods, seasons and levels are computed from them.
    """

    def __init__(self, context: Context, member: Json) -> None:
        self.context = context
        self.member = member
        self.today = rules.day_of(context.now)
        stored = context.store.get(context.team, PLAYERS, member["id"])
        self.state: Json = stored or {"id": member["id"], "days": {}}
        self._new = stored is None

    @property
    def id(self) -> str:
        """The id of the member."""
        found: str = self.member["id"]
        return found

    @property
    def reference(self) -> Json:
        """The player as other objects refer to one."""
        return {"memberId": self.id, "name": self.member["name"]}

    @property
    def figures(self) -> dict[str, int]:
        """The player's figures, by the names that achievements and quests use."""
        found: dict[str, int] = self.state.setdefault("figures", {})
        return found

    @property
    def gold(self) -> int:
        """The gold that the player has."""
        found: int = self.state.get("gold", 0)
        return found

    @property
    def skills(self) -> dict[str, int]:
        """The levels of the skills."""
        found: dict[str, int] = self.state.setdefault("skills", {})
        return found

    @property
    def achievements(self) -> dict[str, str]:
        """When each achievement was unlocked, by its id."""
        found: dict[str, str] = self.state.setdefault("achievements", {})
        return found

    @property
    def wardrobe(self) -> dict[str, str | None]:
        """The cosmetics in use, by field of the preferences."""
        found: dict[str, str | None] = self.state.setdefault("wardrobe", {})
        return found

    def total(self, figure: str, first: dt.date, last: dt.date | None = None) -> int:
        """The sum of XP (`xp`), earned gold (`gold`) or a figure (`ticketsClosed`) over days, both ends included."""
        begin, end = first.isoformat(), (last or self.today).isoformat()
        return sum(day.get(figure, 0) for name, day in self.state["days"].items() if begin <= name <= end)

    @property
    def xp(self) -> int:
        """The XP of the current season."""
        return self.total("xp", rules.season_of(self.today).first)

    @property
    def level(self) -> int:
        """The level in the current season."""
        return rules.level_of(self.xp)

    @property
    def levels(self) -> dict[str, int]:
        """The level reached in each season with XP, by the id of the season."""
        xp: dict[str, int] = {}
        for name, day in self.state["days"].items():
            season = rules.season_of(dt.date.fromisoformat(name)).id
            xp[season] = xp.get(season, 0) + day.get("xp", 0)
        return {season: rules.level_of(each) for season, each in xp.items()}

    @property
    def prestige(self) -> int:
        """The number of past seasons that ended at a high level."""
        current = rules.season_of(self.today).id
        return sum(level >= rules.PRESTIGE_LEVEL for season, level in self.levels.items() if season != current)

    @property
    def skill_points(self) -> int:
        """The skill points earned in all seasons, spent or not."""
        return sum(level // rules.LEVELS_PER_POINT for level in self.levels.values())

    @property
    def streak(self) -> tuple[int, int]:
        """The current and the longest streak of days with a finished ticket."""
        return self._streak("streak")

    @property
    def puzzle_streak(self) -> tuple[int, int]:
        """The current and the longest streak of days with a completed puzzle."""
        return self._streak("puzzles")

    def _streak(self, name: str) -> tuple[int, int]:
        state: Json = self.state.get(name, {})
        last = dt.date.fromisoformat(state["last"]) if state else None
        return rules.streak_on(state.get("current", 0), last, self.today), state.get("max", 0)

    def extend_streak(self, name: str) -> int | None:
        """Add today to a streak. Returns its length, None if today was added before."""
        state: Json = self.state.get(name, {})
        last = dt.date.fromisoformat(state["last"]) if state else None
        if last == self.today:
            return None
        current = rules.streak_after(state.get("current", 0), last, self.today)
        longest = max(current, state.get("max", 0))
        self.state[name] = {"current": current, "max": longest, "last": self.today.isoformat()}
        return current

    def gain(self, xp: int, gold: int, source: str, **about: Any) -> None:
        """Add XP and gold, fire the events, and advance level and quests. `about` is `ticketId` or `questId`."""
        before = self.level
        self._add_to_today(xp=xp, gold=gold)
        self.state["gold"] = self.gold + gold
        if not xp:
            return
        level = self.level
        self.emit("player.xp_gained", amount=xp, xp=self.xp, level=level, source=source, **about)
        if level > before:
            points = self.skill_points - sum(self.skills.values())
            self.emit("player.level_up", level=level, previousLevel=before, xp=self.xp, availableSkillPoints=points)
            self.record("level_up", {"level": level, "previousLevel": before})
            self.set_figure("level", max(level, self.figures.get("level", 0)))
        if source != "quest":
            self.advance_quests("xp", xp)

    def increment(self, figure: str) -> None:
        """Add one to a figure, and update the achievements and quests that depend on it."""
        self._add_to_today(**{figure: 1})
        self.set_figure(figure, self.figures.get(figure, 0) + 1)
        self.advance_quests(figure, 1)

    def set_figure(self, figure: str, value: int) -> None:
        """Set a figure, and unlock the achievements whose target it reaches."""
        self.figures[figure] = value
        for each in ACHIEVEMENTS.values():
            if each.figure == figure and value >= each.target and each.id not in self.achievements:
                self._unlock(each)

    def advance_quests(self, figure: str, step: int) -> None:
        """Advance today's quests that depend on a figure, and complete those that reach their target."""
        day = self.quest_day
        for quest in quests_of(self.context, self.today):
            if quest.figure != figure or quest.id in day["completed"]:
                continue
            day["progress"][quest.id] = min(quest.target, day["progress"].get(quest.id, 0) + step)
            if day["progress"][quest.id] == quest.target:
                self._complete(quest, day)

    @property
    def quest_day(self) -> Json:
        """The progress in today's quests, and when each was completed, both by quest id."""
        days: Json = self.state.setdefault("quests", {})
        found: Json = days.setdefault(self.today.isoformat(), {"progress": {}, "completed": {}})
        return found

    def emit(self, kind: str, **fields: Any) -> None:
        """Fire an event about the player."""
        document = {"memberId": self.id, "memberName": self.member["name"], **fields}
        emit(self.context, kind, document)

    def record(self, kind: str, data: Json) -> None:
        """Add an entry about the player to the team's activity."""
        record(self.context, kind, data, self.member)

    def save(self) -> None:
        """Write the player back."""
        store, team, now = self.context.store, self.context.team, self.context.now
        if self._new:
            store.insert(team, PLAYERS, self.state, now=now)
            self._new = False
        else:
            store.update(team, PLAYERS, self.state, now=now)

    def _add_to_today(self, **steps: int) -> None:
        day: dict[str, int] = self.state["days"].setdefault(self.today.isoformat(), {})
        for figure, step in steps.items():
            day[figure] = day.get(figure, 0) + step

    def _unlock(self, achievement: Achievement) -> None:
        at = self.context.timestamp
        self.achievements[achievement.id] = at
        xp, gold = rules.RARITY_REWARDS[achievement.rarity]
        about = {"achievementId": achievement.id, "achievementName": achievement.name, "rarity": achievement.rarity}
        self.emit("player.achievement_unlocked", **about, unlockedAt=at, reward={"xp": xp, "gold": gold})
        self.record("achievement_unlocked", about)
        self.gain(xp, gold, "achievement")

    def _complete(self, quest: Quest, day: Json) -> None:
        at = self.context.timestamp
        day["completed"][quest.id] = at
        reward = {"xp": quest.xp, "gold": quest.gold}
        self.emit("player.quest_completed", questId=quest.id, questName=quest.name, completedAt=at, reward=reward)
        self.record("quest_completed", {"questId": quest.id, "name": quest.name})
        self.gain(quest.xp, quest.gold, "quest", questId=quest.id)
        self.increment("questsCompleted")


def find_player(context: Context, person_id: str) -> Player:
    """The player with a member id or user id. Raises Problem 404."""
    member = find_member(context.store, context.team, person_id)
    if member is None:
        raise not_found("Player")
    return Player(context, member)


def all_players(context: Context) -> list[Player]:
    """All members of the team as players, in the order in which they joined."""
    return [Player(context, member) for member in context.store.select(context.team, "members", order="place")]


def level_and_xp(context: Context, member: Json) -> tuple[int, int]:
    """The level and the XP of a member in the current season."""
    player = Player(context, member)
    return player.level, player.xp


def quests_of(context: Context, day: dt.date) -> list[Quest]:
    """The quests of a day, the same for the whole team."""
    order = sorted(QUESTS, key=lambda each: context.store.digest("quest", context.team, day, each.id))
    return order[: rules.QUESTS_A_DAY]


def record(context: Context, kind: str, data: Json, member: Json | None = None) -> None:
    """Add an entry to the team's activity, about a member or about the team."""
    entry = {
        "id": context.store.new_id(context.team, "act_"),
        "object": "activity",
        "type": kind,
        "memberId": member["id"] if member else None,
        "memberName": member["name"] if member else None,
        "data": data,
        "createdAt": context.timestamp,
    }
    context.store.insert(context.team, ACTIVITY, entry, now=context.now)


def require(condition: object, message: str, *, status: int = 409, param: str | None = None) -> None:
    """Raise a Problem with status 400, 403 or 409 unless a condition holds."""
    if condition:
        return
    code = {400: "parameter_invalid", 403: "insufficient_permissions"}.get(status, "resource_conflict")
    kind = "authentication_error" if status == 403 else "invalid_request_error"
    raise Problem(status, kind, code, message, param=param)


def ranked(rows: Iterable[tuple[int, Player]]) -> list[tuple[int, int, Player]]:
    """Rank players by a value, from 1 for the highest. Equal values share a rank; those of 0 or less are left out."""
    order = sorted((each for each in rows if each[0] > 0), key=lambda each: -each[0])
    ranks: dict[int, int] = {}
    for position, (value, _) in enumerate(order, start=1):
        ranks.setdefault(value, position)
    return [(ranks[value], value, player) for value, player in order]


def resets_at(player: Player) -> str:
    """The time of the next midnight in UTC, when quests and daily limits reset."""
    return iso_time(rules.midnight(player.today + dt.timedelta(days=1)))
