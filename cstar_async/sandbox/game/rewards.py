"""The rewards of a finished ticket: XP and gold, a day of the streak, progress in quests, and a hit on the boss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.resources.roles import find_member

from . import rules
from .bosses import strike
from .players import Player

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context


def reward_ticket(context: Context, ticket: Json) -> None:
    """Reward the member to whom a finished ticket is assigned; each ticket is rewarded once."""
    member = find_member(context.store, context.team, ticket["assignedTo"]) if ticket["assignedTo"] else None
    if member is None or ticket.get("_rewarded"):
        return
    ticket["_rewarded"] = True
    context.store.update(context.team, "tickets", ticket, now=context.now)
    player = Player(context, member)
    length = player.extend_streak("streak")
    reward = rules.ticket_reward(
        ticket["priority"],
        ticket.get("resolutionTier"),
        ticket["messageCount"],
        streak=player.streak[0],
        quick_learner=player.skills.get("quick_learner", 0),
        treasure_hunter=player.skills.get("treasure_hunter", 0),
        prestige=player.prestige,
    )
    player.gain(reward.xp, reward.gold, "ticket", ticketId=ticket["id"])
    player.record("ticket_closed", {"ticketId": ticket["id"], **reward._asdict()})
    _reward_streak(player, length)
    player.increment("ticketsClosed")
    if ticket["priority"] == "urgent":
        player.increment("urgentTickets")
    if ticket.get("resolutionTier") == "gold":
        player.increment("goldTickets")
    strike(player, ticket["priority"], ticket["id"])
    player.save()


def _reward_streak(player: Player, length: int | None) -> None:
    if length is None:
        return
    if length in rules.STREAK_MILESTONES:
        longest = player.streak[1]
        player.emit("player.streak_milestone", milestone=length, currentStreak=length, maxStreak=longest)
        player.record("streak_milestone", {"milestone": length})
        player.gain(length * rules.STREAK_XP, 0, "streak")
    player.set_figure("streak", player.streak[1])
