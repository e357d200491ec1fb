"""The effects of a finished ticket: XP and gold, a day of the streak, progress in quests, a hit at the boss."""

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
    """A ticket has been finished: once in its life that is worth something to the member who had it."""
    member = find_member(context.store, context.team, ticket["assignedTo"]) if ticket["assignedTo"] else None
    if member is None or ticket.get("_rewarded"):
        return
    ticket["_rewarded"] = True
    context.store.update(context.team, "tickets", ticket, now=context.now)
    player = Player(context, member)
    length = player.extend_streak("streak")
    reward = rules.ticket_reward(
        ticket["priority"], ticket.get("resolutionTier"), ticket["messageCount"], streak=player.streak[0],
        quick_learner=player.skills.get("quick_learner", 0), prestige=player.prestige,
        treasure_hunter=player.skills.get("treasure_hunter", 0),
    )  # fmt: skip
    player.gain(reward.xp, reward.gold, "ticket", ticketId=ticket["id"])
    player.record("ticket_closed", {"ticketId": ticket["id"], **reward._asdict()})
    _milestone(player, length)
    player.count("ticketsClosed")
    if ticket["priority"] == "urgent":
        player.count("urgentTickets")
    if ticket.get("resolutionTier") == "gold":
        player.count("goldTickets")
    strike(player, ticket["priority"], ticket["id"])
    player.save()


def _milestone(player: Player, length: int | None) -> None:
    if length is None:
        return
    if length in rules.STREAK_MILESTONES:
        longest = player.streak[1]
        player.emit("player.streak_milestone", milestone=length, currentStreak=length, maxStreak=longest)
        player.record("streak_milestone", {"milestone": length})
        player.gain(length * rules.STREAK_XP, 0, "streak")
    player.reach("streak", player.streak[1])
