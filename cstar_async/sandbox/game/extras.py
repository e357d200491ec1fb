"""Cosmetics, and the puzzle of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Result, not_found

from . import rules
from .catalog import ACHIEVEMENTS, COSMETICS, PUZZLE_WORDS
from .players import Player, all_players, find_player, ranked, require
from .standings import PREFERENCES

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

RESULTS = "game/puzzles/results"
TYPES = {"avatarFrame": "avatar_frame", "title": "title", "victoryAnimation": "victory_animation"}
PUZZLE = "puzzle_"


def cosmetics(context: Context) -> Result:
    """All cosmetics; with a `userId`, which of them the player has unlocked and equipped."""
    player = find_player(context, context.query["userId"]) if "userId" in context.query else None
    kind = context.query.get("type")
    fields = {kind: field for field, kind in TYPES.items()}
    found: list[Json] = []
    for each in COSMETICS.values():
        if kind not in {None, each.type}:
            continue
        needs = ACHIEVEMENTS.get(each.needs)
        cosmetic: Json = {
            "id": each.id,
            "object": "cosmetic",
            "type": each.type,
            "name": each.name,
            "description": None,
            "rarity": each.rarity,
            "unlocked": not each.needs or (player is not None and each.needs in player.achievements),
            "unlockRequirement": needs and needs.description,
            "equipped": player is not None and player.wardrobe.get(fields[each.type]) == each.id,
        }
        found.append(cosmetic)
    return Result(found)


def preferences(context: Context) -> Result:
    """The cosmetics that a player has equipped."""
    return Result(_preferences(find_player(context, context.query["userId"])))


def update_preferences(context: Context) -> Result:
    """Equip cosmetics; null takes one off. Raises Problem 404 for an unknown one, 403 for a locked one."""
    player = find_player(context, context.body["userId"])
    for field, kind in TYPES.items():
        wanted = context.body.get(field)
        if wanted is None:
            continue
        item = COSMETICS.get(wanted)
        if item is None or item.type != kind:
            raise not_found("Cosmetic")
        message = f"'{item.name}' is not unlocked yet"
        require(not item.needs or item.needs in player.achievements, message, status=403, param=field)
    for field in PREFERENCES:
        if field in context.body:
            player.wardrobe[field] = context.body[field]
    player.save()
    return Result(_preferences(player))


def _preferences(player: Player) -> Json:
    return {field: player.wardrobe.get(field) for field in PREFERENCES}


def todays_puzzle(context: Context) -> Result:
    """Today's puzzle: a word with its letters mixed up, the same for the whole team."""
    puzzle = _puzzle(context)
    if "userId" in context.query:
        player = find_player(context, context.query["userId"])
        puzzle["completed"] = _result(context, puzzle["id"], player) is not None
    return Result(puzzle)


def _puzzle(context: Context) -> Json:
    day = rules.day_of(context.now).isoformat()
    digest = context.store.digest("puzzle", context.team, day)
    word = PUZZLE_WORDS[digest[0] % len(PUZZLE_WORDS)]
    mixed = "".join(sorted(word, key=lambda letter: context.store.digest("letter", day, letter)))
    data = {"letters": mixed, "length": len(word)}
    return {
        "id": PUZZLE + day,
        "object": "puzzle",
        "date": day,
        "type": "word",
        "difficulty": "easy" if len(word) <= 6 else "normal",
        "data": data,
        "completed": None,
    }


def complete_puzzle(context: Context) -> Result:
    """Complete today's puzzle. Raises Problem 404 for another puzzle, 409 if it is completed already."""
    body = context.body
    player = find_player(context, body["userId"])
    if body["puzzleId"] != _puzzle(context)["id"]:
        raise not_found("Puzzle")
    require(_result(context, body["puzzleId"], player) is None, "This puzzle is completed already", param="puzzleId")
    seconds, mistakes = body["timeSeconds"], body["mistakes"]
    score, xp = rules.puzzle_score(seconds, mistakes), rules.puzzle_xp(seconds, mistakes)
    result = {
        "id": f"{body['puzzleId']}/{player.id}",
        "memberId": player.id,
        "score": score,
        "timeSeconds": seconds,
        "mistakes": mistakes,
        "completedAt": context.timestamp,
    }
    context.store.insert(context.team, RESULTS, result, owner=body["puzzleId"], now=context.now)
    player.extend_streak("puzzles")
    player.state["lastPuzzleAt"] = context.timestamp
    player.gain(xp, 0, "puzzle")
    player.record("puzzle_completed", {"puzzleId": body["puzzleId"], "score": score})
    player.increment("puzzlesSolved")
    player.save()
    answer = {"puzzleId": body["puzzleId"], "xpAwarded": xp, "score": score, "streak": _streak(player)}
    return Result(answer)


def puzzle_leaderboard(context: Context) -> Result:
    """The best scores of a puzzle, today's by default, or the longest streaks."""
    limit: int = context.query.get("limit", 10)
    if context.query.get("type", "scores") == "streaks":
        rows = ranked((player.puzzle_streak[0], player) for player in all_players(context))[:limit]
        streaks = [
            {"rank": rank, **player.reference, "currentStreak": current, "maxStreak": player.puzzle_streak[1]}
            for rank, current, player in rows
        ]
        return Result(streaks)
    puzzle_id: str = context.query.get("puzzleId") or _puzzle(context)["id"]
    results = {each["memberId"]: each for each in context.store.select(context.team, RESULTS, owner=puzzle_id)}
    players = [player for player in all_players(context) if player.id in results]
    # ranked() leaves out zeros, but a score of zero has a rank.
    rows = ranked((results[player.id]["score"] + 1, player) for player in players)[:limit]
    fields = ("score", "timeSeconds", "mistakes")
    scores = [
        {"rank": rank, **player.reference, **{name: results[player.id][name] for name in fields}}
        for rank, _, player in rows
    ]
    return Result(scores)


def puzzle_streak(context: Context) -> Result:
    """A player's streak of days with a completed puzzle."""
    return Result(_streak(find_player(context, context.query["userId"])))


def _streak(player: Player) -> Json:
    current, longest = player.puzzle_streak
    return {
        "current": current,
        "max": longest,
        "totalCompleted": player.figures.get("puzzlesSolved", 0),
        "lastCompletedAt": player.state.get("lastPuzzleAt"),
    }


def _result(context: Context, puzzle_id: str, player: Player) -> Json | None:
    return context.store.get(context.team, RESULTS, f"{puzzle_id}/{player.id}", puzzle_id)


HANDLERS: dict[str, Handler] = {
    "game.cosmetics.list": cosmetics,
    "game.cosmetics.preferences.get": preferences,
    "game.cosmetics.preferences.update": update_preferences,
    "game.puzzles.today": todays_puzzle,
    "game.puzzles.complete": complete_puzzle,
    "game.puzzles.leaderboard": puzzle_leaderboard,
    "game.puzzles.streak": puzzle_streak,
}
