"""Recipes for the events of the game."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from cstar_async.sandbox.game.bosses import active_boss
from cstar_async.sandbox.game.players import find_player
from cstar_async.sandbox.game.rules import day_of
from cstar_async.sandbox.service.provisioning import add_team
from cstar_async.sandbox.service.results import Problem

from .trigger import DAY, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from .trigger import Trigger

MOST_TICKETS: Final = 40
"""Closed tickets after which a level or an achievement is given up."""
MOST_HITS: Final = 80


def _defeat(trigger: Trigger, member: str) -> None:
    for _ in range(MOST_HITS):
        if active_boss(trigger.context) is None:
            return
        trigger.do("game.boss.damage", {"userId": member, "ticketPriority": "urgent"})


def _boss_spawned(trigger: Trigger) -> None:
    _defeat(trigger, trigger.player())  # there is one boss at a time
    trigger.change("game.boss.spawn", {})


def _boss_damaged(trigger: Trigger) -> None:
    trigger.boss("normal")
    trigger.change("game.boss.damage", {"userId": trigger.player()})


def _boss_defeated(trigger: Trigger) -> None:
    trigger.boss("easy")
    _defeat(trigger, trigger.player())


def _xp_gained(trigger: Trigger) -> None:
    trigger.finish_ticket(trigger.player())


def _level_up(trigger: Trigger) -> None:
    _finish_tickets(trigger, trigger.player())


def _achievement_unlocked(trigger: Trigger) -> None:
    _finish_tickets(trigger, trigger.new_player())


def _finish_tickets(trigger: Trigger, member: str) -> None:
    for _ in range(MOST_TICKETS):
        trigger.finish_ticket(member)
        if trigger.fired:
            return


def _quest_completed(trigger: Trigger) -> None:
    """Do what the quests of a day ask for, until one is completed: three of eight, which differ from day to day."""
    member = trigger.new_player()
    puzzle = trigger.do("game.puzzles.today")["id"]
    other = next(each["id"] for each in trigger.members() if each["id"] != member)
    steps: list[Callable[[], object]] = [
        lambda: trigger.do("game.one_ups.send", {"userId": member, "recipientId": other}),
        lambda: trigger.do(
            "game.puzzles.complete", {"userId": member, "puzzleId": puzzle, "timeSeconds": 60, "mistakes": 0}
        ),
        *[lambda: trigger.finish_ticket(member)] * 5,
        lambda: trigger.boss("legendary"),
        *[lambda: trigger.do("game.boss.damage", {"userId": member})] * 3,
    ]
    for step in steps:
        try:
            step()
        except Problem as problem:
            if problem.status != 409:  # done already today
                raise
        if trigger.fired:
            return


def _streak(trigger: Trigger) -> None:
    member = trigger.new_player()
    last = find_player(trigger.context, member).state.get("streak", {}).get("last", "")
    for back in (2, 1, 0):
        day = day_of(trigger.context.now - back * DAY)
        if not last or dt.date.fromisoformat(last) < day:
            trigger.finish_ticket(member, back=back)
        if trigger.fired:
            return


def _one_up(trigger: Trigger) -> None:
    """From a member who has one left today, else from a new one."""
    recipient = trigger.on or trigger.members()[-1]["id"]
    senders = [each["id"] for each in trigger.members() if each["id"] != recipient]
    message = {"recipientId": recipient, "message": "Well done!"}
    for sender in senders:
        try:
            trigger.change("game.one_ups.send", {"userId": sender, **message})
        except Problem as problem:
            if problem.status != 409 or "userId" in trigger.values:
                raise
        else:
            return
    trigger.on = None
    trigger.change("game.one_ups.send", {"userId": trigger.new_player(), **message})


def _high_five(trigger: Trigger) -> None:
    """To a team that had none today, else to a new one."""
    context = trigger.context
    sql = "SELECT id FROM teams WHERE id != ? ORDER BY number"
    teams = [trigger.on] if trigger.on else [row[0] for row in context.store.execute(sql, context.team)]
    free = (each for each in teams if trigger.do("game.high_fives.can_send", path={"recipientTeamId": each})["canSend"])
    other = next(free, None) or trigger.on or add_team(context.store, "Neighbours", context.now).id
    trigger.change("game.high_fives.send", {"recipientTeamId": other, "message": "Nice week!"})


GAME: Final = {
    "boss.spawned": Recipe(_boss_spawned, operation="game.boss.spawn"),
    "boss.damaged": Recipe(_boss_damaged, "member", "game.boss.damage"),
    "boss.defeated": Recipe(_boss_defeated, "member"),
    "player.level_up": Recipe(_level_up, "member", "tickets.create"),
    "player.achievement_unlocked": Recipe(_achievement_unlocked, "member", "tickets.create"),
    "player.xp_gained": Recipe(_xp_gained, "member", "tickets.create"),
    "player.quest_completed": Recipe(_quest_completed, "member"),
    "player.streak_milestone": Recipe(_streak, "member", "tickets.create"),
    "social.one_up_sent": Recipe(_one_up, "member", "game.one_ups.send"),
    "social.high_five_sent": Recipe(_high_five, "team", "game.high_fives.send"),
}
"""By type of event."""
