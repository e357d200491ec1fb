"""Bosses. A team fights one at a time; finished tickets and attacks damage it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import iso_time, unix_time
from cstar_async.sandbox.resources.roles import find_member
from cstar_async.sandbox.service.events import audit, emit
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Result, not_found

from . import rules
from .catalog import ABILITIES, BOSS_NAMES
from .players import Player, find_player, record, require

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

BOSS = "game/boss"
DEFEATS = "game/defeats"
DEFAULT_DIFFICULTY = "normal"
DEFAULT_PRIORITY = "normal"


def active_boss(context: Context) -> Json | None:
    """The boss that the team is fighting."""
    found = context.store.select(context.team, BOSS, limit=1)
    return found[0] if found else None


def get(context: Context) -> Result:
    """The state of the fight, also of a team without a boss."""
    return Result(_state(context, active_boss(context)))


def active(context: Context) -> Result:
    """Whether the team is fighting a boss."""
    boss = active_boss(context)
    return Result({"active": boss is not None, "bossId": boss["id"] if boss else None})


def spawn(context: Context) -> Result:
    """Create a boss. Raises Problem 409 while there is one."""
    require(active_boss(context) is None, "The team is fighting a boss already")
    difficulty: str = context.body.get("difficulty", DEFAULT_DIFFICULTY)
    number = context.store.next_number(context.team, BOSS)
    health = rules.BOSSES[difficulty][0]
    boss: Json = {
        "id": context.store.new_id(context.team, "boss_"),
        "name": context.body.get("name") or BOSS_NAMES[(number - 1) % len(BOSS_NAMES)],
        "difficulty": difficulty,
        "maxHealth": health,
        "health": health,
        "phase": 1,
        "spawnedAt": context.timestamp,
        "_fighters": {},
        "_combo": 0,
        "_hitAt": None,
    }
    context.store.insert(context.team, BOSS, boss, now=context.now)
    audit(context, "boss.spawned", "boss", boss["id"], {"difficulty": difficulty})
    emit(context, "boss.spawned", boss)
    record(context, "boss_spawned", {"bossId": boss["id"], "name": boss["name"], "difficulty": difficulty})
    return Result(_state(context, boss), status=201)


def attack(context: Context) -> Result:
    """Hit the boss; the priority, or that of the ticket, decides the damage. Raises Problem 404, 409."""
    body = context.body
    player = find_player(context, body["userId"])
    priority: str = body.get("ticketPriority", DEFAULT_PRIORITY)
    if body.get("ticketId") is not None:
        ticket = context.store.get(context.team, "tickets", body["ticketId"])
        if ticket is None:
            raise not_found("Ticket")
        priority = ticket["priority"]
    require(active_boss(context), "The team is not fighting a boss")
    outcome = strike(player, priority, body.get("ticketId"))
    player.save()
    return Result(outcome)


def strike(player: Player, priority: str, ticket_id: str | None) -> Json | None:
    """Hit the boss, if there is one. Returns the outcome; the caller saves the player."""
    context = player.context
    boss = active_boss(context)
    if boss is None:
        return None
    boss["_combo"] = rules.combo_after(boss["_combo"], boss["_hitAt"], context.now)
    boss["_hitAt"] = context.now
    full_damage = rules.damage(priority, boss["_combo"], player.skills.get("boss_slayer", 0), boss["phase"])
    damage = min(full_damage, boss["health"])
    boss["health"] -= damage
    boss["phase"] = rules.phase_of(boss["health"], boss["maxHealth"])
    fighter = boss["_fighters"].setdefault(player.id, {**player.reference, "damageDealt": 0, "hits": 0})
    fighter["damageDealt"] += damage
    fighter["hits"] += 1
    hit = {"damage": damage, "memberId": player.id, "memberName": player.member["name"], "ticketId": ticket_id}
    emit(context, "boss.damaged", {**boss, **hit})
    player.increment("hits")
    outcome: Json = {
        "object": "boss_damage",
        "damage": damage,
        "health": boss["health"],
        "maxHealth": boss["maxHealth"],
        "phase": boss["phase"],
        "combo": _combo(context, boss),
        "isFinalBlow": boss["health"] == 0,
        "defeated": boss["health"] == 0,
        "rewards": None,
        "defeatId": None,
    }
    if boss["health"]:
        context.store.update(context.team, BOSS, boss, now=context.now)
        return outcome
    defeat = _defeat(player, boss)
    return outcome | {"rewards": defeat["rewards"], "defeatId": defeat["id"]}


def _defeat(player: Player, boss: Json) -> Json:
    """Remove a defeated boss and reward all who hit it; the player of the final blow gets a bonus."""
    context = player.context
    _, xp, gold = rules.BOSSES[boss["difficulty"]]
    context.store.delete(context.team, BOSS, boss["id"])
    final_blow = (round(xp * (1 + rules.FINAL_BLOW_BONUS)), round(gold * (1 + rules.FINAL_BLOW_BONUS)))
    participants: list[Json] = []
    for fighter in _by_damage(boss):
        reward = final_blow if fighter["memberId"] == player.id else (xp, gold)
        participants.append({**fighter, "reward": {"xp": reward[0], "gold": reward[1]}})
    defeat: Json = {
        "id": context.store.new_id(context.team, "def_"),
        "object": "boss_defeat",
        "bossName": boss["name"],
        "difficulty": boss["difficulty"],
        "maxHealth": boss["maxHealth"],
        "defeatedAt": context.timestamp,
        "duration": _duration(context, boss),
        "finalBlowBy": player.reference,
        "participantCount": len(participants),
        "participants": participants,
        "rewards": {"xp": xp, "gold": gold},
    }
    context.store.insert(context.team, DEFEATS, defeat, now=context.now)
    audit(context, "boss.defeated", "boss", boss["id"], {"defeatId": defeat["id"]})
    final_blow_by = {"finalBlowMemberId": player.id, "finalBlowMemberName": player.member["name"]}
    emit(context, "boss.defeated", {**boss, **defeat, **final_blow_by, "id": boss["id"], "defeatId": defeat["id"]})
    record(context, "boss_defeated", {"bossName": boss["name"], "defeatId": defeat["id"]}, player.member)
    for each in participants:
        member = find_member(context.store, context.team, each["memberId"])
        if member is None:
            continue  # has left the team
        participant = player if each["memberId"] == player.id else Player(context, member)
        participant.gain(each["reward"]["xp"], each["reward"]["gold"], "boss")
        participant.increment("bossesDefeated")
        if participant is player:
            participant.increment("finalBlows")
        else:
            participant.save()
    return defeat


def defeats(context: Context) -> Result:
    """The defeats of bosses, newest first."""
    return list_page(context, DEFEATS)


def defeat(context: Context) -> Result:
    """One defeat. Raises Problem 404."""
    found = context.store.get(context.team, DEFEATS, context.path["defeatId"])
    if found is None:
        raise not_found("Boss defeat")
    return Result(found)


def _state(context: Context, boss: Json | None) -> Json:
    if boss is None:
        empty: Json = {"participants": [], "combo": None, "duration": None}
        return {"object": "boss_state", "active": False, "boss": None, **empty}
    shown: Json = {name: value for name, value in boss.items() if not name.startswith("_")}
    names = ("id", "name", "description")
    shown["healthPercent"] = round(boss["health"] / boss["maxHealth"], 4)
    shown["abilities"] = [dict(zip(names, each, strict=True)) for each in ABILITIES[: boss["phase"]]]
    return {
        "object": "boss_state",
        "active": True,
        "boss": shown,
        "participants": _by_damage(boss),
        "combo": _combo(context, boss),
        "duration": _duration(context, boss),
    }


def _by_damage(boss: Json) -> list[Json]:
    fighters: list[Json] = list(boss["_fighters"].values())
    return sorted(fighters, key=lambda each: -each["damageDealt"])


def _combo(context: Context, boss: Json) -> Json | None:
    hit_at: Any = boss["_hitAt"]
    if hit_at is None or context.now - hit_at > rules.COMBO_SECONDS:
        return None
    return {"count": boss["_combo"], "multiplier": rules.combo_multiplier(boss["_combo"])}


def _duration(context: Context, boss: Json) -> int:
    return int(unix_time(iso_time(context.now)) - unix_time(boss["spawnedAt"]))


HANDLERS: dict[str, Handler] = {
    "game.boss.get": get,
    "game.boss.active": active,
    "game.boss.spawn": spawn,
    "game.boss.damage": attack,
    "game.boss.defeats.list": defeats,
    "game.boss.defeats.get": defeat,
}
