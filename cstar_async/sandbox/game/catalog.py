"""The content of the game: achievements, quests, cosmetics, bosses, words for puzzles. cStar documents none of it."""

from __future__ import annotations

from typing import NamedTuple


class Achievement(NamedTuple):
    """An achievement, which is unlocked when a figure of the player reaches `target`."""

    id: str
    name: str
    description: str
    rarity: str
    figure: str
    target: int


class Quest(NamedTuple):
    """A quest, which is completed when a figure has grown by `target` within a day."""

    id: str
    name: str
    description: str
    figure: str
    target: int
    xp: int
    gold: int


class Cosmetic(NamedTuple):
    """A cosmetic. `needs` is the achievement that unlocks it; empty if it is unlocked from the start."""

    id: str
    type: str
    name: str
    rarity: str
    needs: str


ACHIEVEMENTS = {
    each.id: each
    for each in (
        Achievement("first_blood", "First Blood", "Close a ticket.", "common", "ticketsClosed", 1),
        Achievement("ten_down", "Ten Down", "Close 10 tickets.", "common", "ticketsClosed", 10),
        Achievement("half_century", "Half Century", "Close 50 tickets.", "uncommon", "ticketsClosed", 50),
        Achievement("centurion", "Centurion", "Close 100 tickets.", "rare", "ticketsClosed", 100),
        Achievement("ticket_titan", "Ticket Titan", "Close 500 tickets.", "epic", "ticketsClosed", 500),
        Achievement("golden_touch", "Golden Touch", "Resolve 10 tickets in gold time.", "uncommon", "goldTickets", 10),
        Achievement("midas", "Midas", "Resolve 100 tickets in gold time.", "epic", "goldTickets", 100),
        Achievement("boss_beater", "Boss Beater", "Help to defeat a boss.", "common", "bossesDefeated", 1),
        Achievement("boss_hunter", "Boss Hunter", "Help to defeat 5 bosses.", "rare", "bossesDefeated", 5),
        Achievement("boss_bane", "Boss Bane", "Help to defeat 25 bosses.", "legendary", "bossesDefeated", 25),
        Achievement("last_word", "The Last Word", "Strike a final blow.", "uncommon", "finalBlows", 1),
        Achievement("executioner", "Executioner", "Strike 10 final blows.", "epic", "finalBlows", 10),
        Achievement("on_a_roll", "On a Roll", "Keep a streak of 3 days.", "common", "streak", 3),
        Achievement("steady_hand", "Steady Hand", "Keep a streak of 10 days.", "rare", "streak", 10),
        Achievement("unbreakable", "Unbreakable", "Keep a streak of 25 days.", "legendary", "streak", 25),
        Achievement("quest_taker", "Quest Taker", "Complete a quest.", "common", "questsCompleted", 1),
        Achievement("quest_keeper", "Quest Keeper", "Complete 50 quests.", "rare", "questsCompleted", 50),
        Achievement("rising_star", "Rising Star", "Reach level 5.", "uncommon", "level", 5),
        Achievement("veteran", "Veteran", "Reach level 10.", "rare", "level", 10),
        Achievement("legend", "Legend", "Reach level 25.", "legendary", "level", 25),
        Achievement("kind_word", "Kind Word", "Send a one-up.", "common", "oneUpsSent", 1),
        Achievement("generous_soul", "Generous Soul", "Send 25 one-ups.", "uncommon", "oneUpsSent", 25),
        Achievement("good_neighbour", "Good Neighbour", "Send a high five.", "common", "highFivesSent", 1),
        Achievement("puzzler", "Puzzler", "Solve a puzzle.", "common", "puzzlesSolved", 1),
        Achievement("mastermind", "Mastermind", "Solve 30 puzzles.", "epic", "puzzlesSolved", 30),
    )
}

QUESTS = (
    Quest("close_3", "Clear the Desk", "Close 3 tickets.", "ticketsClosed", 3, 50, 10),
    Quest("close_5", "Busy Day", "Close 5 tickets.", "ticketsClosed", 5, 80, 20),
    Quest("urgent_1", "Fire Drill", "Close an urgent ticket.", "urgentTickets", 1, 50, 10),
    Quest("gold_1", "Swift Hand", "Resolve a ticket in gold time.", "goldTickets", 1, 50, 15),
    Quest("hits_3", "Three Strikes", "Hit the boss 3 times.", "hits", 3, 50, 10),
    Quest("xp_100", "Hundred Up", "Earn 100 XP.", "xp", 100, 40, 10),
    Quest("one_up_1", "Spread the Word", "Send a one-up.", "oneUpsSent", 1, 30, 5),
    Quest("puzzle_1", "Brain Gym", "Solve the puzzle of the day.", "puzzlesSolved", 1, 30, 5),
)

COSMETICS = {
    each.id: each
    for each in (
        Cosmetic("plain_ring", "avatar_frame", "Plain Ring", "common", ""),
        Cosmetic("silver_ring", "avatar_frame", "Silver Ring", "uncommon", "ten_down"),
        Cosmetic("gold_ring", "avatar_frame", "Gold Ring", "rare", "golden_touch"),
        Cosmetic("dragon_ring", "avatar_frame", "Dragon Ring", "legendary", "boss_bane"),
        Cosmetic("rookie", "title", "Rookie", "common", ""),
        Cosmetic("slayer", "title", "Slayer", "uncommon", "boss_beater"),
        Cosmetic("the_steady", "title", "The Steady", "rare", "steady_hand"),
        Cosmetic("living_legend", "title", "Living Legend", "legendary", "legend"),
        Cosmetic("confetti", "victory_animation", "Confetti", "common", ""),
        Cosmetic("fireworks", "victory_animation", "Fireworks", "uncommon", "last_word"),
        Cosmetic("meteor_shower", "victory_animation", "Meteor Shower", "epic", "midas"),
    )
}

BOSS_NAMES = (
    "The Backlog Beast",
    "Queue Hydra",
    "The Escalator",
    "Count Refund",
    "The Silent Outage",
    "Spamzilla",
    "The Password Phantom",
    "Captain Caps Lock",
)

ABILITIES = (
    ("growl", "Growl", "It growls. Nothing else happens."),
    ("thick_skin", "Thick Skin", "Hits do 10 % less."),
    ("last_stand", "Last Stand", "Hits do 20 % less."),
)
"""Id, name and description of the ability that each phase adds."""

PUZZLE_WORDS = (
    "ticket", "customer", "priority", "resolve", "keyboard", "refund", "support", "message", "article", "webhook",
    "outage", "escalate", "password", "browser", "feedback", "schedule",
)  # fmt: skip
