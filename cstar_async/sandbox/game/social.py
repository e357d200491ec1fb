"""One-ups between members, high fives between teams, and the team's activity."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.resources.roles import find_member
from cstar_async.sandbox.service.events import audit, emit
from cstar_async.sandbox.service.identity import find_team
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Problem, Result
from cstar_async.sandbox.storage.conditions import Condition

from . import rules
from .players import ACTIVITY, Player, find_player, record, require, resets_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

ONE_UPS = "game/one-ups"
HIGH_FIVES = "game/high-fives"


def one_ups(context: Context) -> Result:
    """The one-ups of the team, or those given or received by one member, newest first."""
    where: list[Condition] = []
    if "userId" in context.query:
        player = find_player(context, context.query["userId"])
        ends = ("from.memberId", "to.memberId")
        where = [Condition.any_of([Condition.equals(end, player.id) for end in ends])]
    return list_page(context, ONE_UPS, where)


def send_one_up(context: Context) -> Result:
    """Send a one-up to another member, with or without gold. Raises Problem 400, 404, or 409 beyond a limit."""
    body = context.body
    sender = find_player(context, body["userId"])
    member = find_member(context.store, context.team, body["recipientId"])
    if member is None:
        raise Problem(404, "not_found_error", "resource_missing", "Recipient not found", param="recipientId")
    require(member["id"] != sender.id, "The recipient must be another member", status=400, param="recipientId")
    remaining = _remaining(sender)
    require(remaining, "The sender has no one-ups left today")
    gold: int = body.get("gold", 0)
    require(gold <= sender.gold, f"The sender has only {sender.gold} gold", param="gold")
    one_up: Json = {
        "id": context.store.new_id(context.team, "oup_"),
        "object": "one_up",
        "from": sender.reference,
        "to": {"memberId": member["id"], "name": member["name"]},
        "message": body.get("message"),
        "gold": gold,
        "createdAt": context.timestamp,
    }
    context.store.insert(context.team, ONE_UPS, one_up, now=context.now)
    sender.state["gold"] = sender.gold - gold
    recipient = Player(context, member)
    recipient.gain(0, gold, "one_up")
    recipient.save()
    members = {
        "senderId": sender.id,
        "senderName": sender.member["name"],
        "recipientId": member["id"],
        "recipientName": member["name"],
    }
    audit(context, "one_up.sent", "one_up", one_up["id"], members)
    emit(context, "social.one_up_sent", {**one_up, **members})
    sender.record("one_up_sent", {"to": member["name"], "gold": gold})
    sender.increment("oneUpsSent")
    sender.save()
    return Result({**one_up, "remaining": remaining - 1}, status=201)


def one_ups_remaining(context: Context) -> Result:
    """Return the number of one-ups that a member can still give today."""
    player = find_player(context, context.query["userId"])
    remaining, limit = _remaining(player), _limit(player)
    answer = {
        "remaining": remaining,
        "used": limit - remaining,
        "dailyLimit": limit,
        "bonus": limit - rules.FREE_ONE_UPS,
        "resetsAt": resets_at(player),
    }
    return Result(answer)


def _limit(player: Player) -> int:
    return rules.FREE_ONE_UPS + player.skills.get("social_butterfly", 0)


def _remaining(player: Player) -> int:
    context = player.context
    today = Condition("json_extract(body, '$.createdAt') >= ?", (iso_time(rules.midnight(player.today)),))
    used = context.store.count(context.team, ONE_UPS, [Condition.equals("from.memberId", player.id), today])
    return max(0, _limit(player) - used)


def high_fives(context: Context) -> Result:
    """The high fives that the team sent or received, newest first."""
    field = {"sent": "fromTeam.id", "received": "toTeam.id"}.get(context.query.get("direction", ""))
    return list_page(context, HIGH_FIVES, [Condition.equals(field, context.team)] if field else [])


def send_high_five(context: Context) -> Result:
    """Send a high five to another team. Raises Problem 400, 404, or 409 if one was sent to it today."""
    sender = find_player(context, context.body["userId"]) if "userId" in context.body else None
    other = _find_team(context, context.body["recipientTeamId"])
    require(other["id"] != context.team, "The recipient must be another team", status=400, param="recipientTeamId")
    require(_sent_today(context, other["id"]) is None, "This team was sent a high five today", param="recipientTeamId")
    high_five: Json = {
        "id": context.store.new_id(context.team, "hf_"),
        "object": "high_five",
        "fromTeam": {"id": context.team, "name": context.caller.team_name},
        "toTeam": other,
        "message": context.body.get("message"),
        "createdAt": context.timestamp,
    }
    for team in (context.team, other["id"]):
        context.store.insert(team, HIGH_FIVES, high_five, now=context.now)
    teams = {
        "fromTeamId": context.team,
        "fromTeamName": context.caller.team_name,
        "toTeamId": other["id"],
        "toTeamName": other["name"],
    }
    audit(context, "high_five.sent", "high_five", high_five["id"], teams, actor=sender.member if sender else None)
    emit(context, "social.high_five_sent", {**high_five, **teams})
    record(context, "high_five_sent", {"to": other["name"]}, sender.member if sender else None)
    if sender is not None:
        sender.increment("highFivesSent")
        sender.save()
    return Result(high_five, status=201)


def can_send_high_five(context: Context) -> Result:
    """Whether a high five can be sent to a team today. Raises Problem 404."""
    other = _find_team(context, context.path["recipientTeamId"])
    if other["id"] == context.team:
        return Result({"canSend": False, "reason": "own_team", "nextAvailableAt": None})
    if _sent_today(context, other["id"]) is None:
        return Result({"canSend": True, "reason": None, "nextAvailableAt": None})
    tomorrow = rules.midnight(rules.day_of(context.now) + dt.timedelta(days=1))
    return Result({"canSend": False, "reason": "already_sent_today", "nextAvailableAt": iso_time(tomorrow)})


def _find_team(context: Context, team_id: str) -> Json:
    team = find_team(context.store, team_id)
    if team is None:
        raise Problem(404, "not_found_error", "resource_missing", "Team not found", param="recipientTeamId")
    return {"id": team.team_id, "name": team.team_name}


def _sent_today(context: Context, team_id: str) -> Json | None:
    midnight = iso_time(rules.midnight(rules.day_of(context.now)))
    where = [Condition.equals("toTeam.id", team_id), Condition("json_extract(body, '$.createdAt') >= ?", (midnight,))]
    return next(iter(context.store.select(context.team, HIGH_FIVES, where, limit=1)), None)


def activity(context: Context) -> Result:
    """The activity of the team, newest first."""
    return list_page(context, ACTIVITY, _of_type(context))


def member_activity(context: Context) -> Result:
    """The activity of one member, newest first."""
    player = find_player(context, context.path["memberId"])
    return list_page(context, ACTIVITY, [*_of_type(context), Condition.equals("memberId", player.id)])


def _of_type(context: Context) -> Sequence[Condition]:
    return [Condition.equals("type", context.query["type"])] if "type" in context.query else []


HANDLERS: dict[str, Handler] = {
    "game.one_ups.list": one_ups,
    "game.one_ups.send": send_one_up,
    "game.one_ups.remaining": one_ups_remaining,
    "game.high_fives.list": high_fives,
    "game.high_fives.send": send_high_five,
    "game.high_fives.can_send": can_send_high_five,
    "game.activity.list": activity,
    "game.activity.by_member": member_activity,
}
