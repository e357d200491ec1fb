"""Texts of the demo data: the customers of a shop for kitchen machines, their questions, and the answers."""

from __future__ import annotations

from typing import NamedTuple

CUSTOMERS = (
    "Ada Okafor", "Ben Lindqvist", "Carla Moretti", "Dmitri Volkov", "Elif Özdemir", "Farid Haddad", "Grace Mwangi",
    "Hiroshi Tanaka", "Inês Carvalho", "Jonas Weber", "Katarzyna Nowak", "Liam O'Connor", "Mei Chen", "Noah Dubois",
    "Oumou Traoré", "Paula Jiménez", "Quentin Leroy", "Rosa Álvarez", "Sven Dahl", "Tara Singh", "Ursula Brandt",
    "Víctor Peña", "Wen Zhao", "Yara Costa",
)  # fmt: skip
COMPANIES = ("northwind", "bluebird", "juniper", "harbour", "maple")
GROUPS = (("Cafés", "Who make coffee for a living", 6), ("Newsletter", "Who hear of new machines first", 10))
PRODUCTS = ("espresso machine", "stand mixer", "toaster oven", "soda maker", "coffee grinder", "rice cooker")


class Story(NamedTuple):
    """A kind of ticket: its title and priority, the customer's question and the agent's answer."""

    title: str
    priority: str
    tags: tuple[str, ...]
    question: str
    answer: str


STORIES = (
    Story("The {product} does not turn on", "high", ("hardware", "warranty"),
          "Since this morning nothing happens when I press the button. The cable is fine.",
          "Please hold the button for ten seconds; that resets the fuse. If it stays dark we send you another one."),
    Story("Invoice {number} shows the wrong VAT", "normal", ("billing",),
          "We are a company in another country of the EU and were charged VAT all the same.",
          "You are right. Here is the corrected invoice; the difference is on its way to you."),
    Story("Where is my {product}?", "normal", ("shipping",),
          "Order {number} has been 'on its way' for eight days now.",
          "The carrier lost a container. A new parcel leaves today, by express."),
    Story("{product}: which filter fits?", "low", ("question",),
          "There are three sizes in the shop, and the manual names none of them.",
          "Size M, for all machines since 2023. We have added that to the manual."),
    Story("Cannot log in after changing my address", "high", ("account",),
          "The link in the mail says 'expired', however fast I click on it.",
          "Your mail program opened the link before you did. This one needs a click on the page as well."),
    Story("Smoke from the {product}", "urgent", ("hardware", "safety"),
          "It smells of burning after two minutes. I have pulled the plug.",
          "Please leave it unplugged. A courier collects it tomorrow and brings you a new one."),
    Story("Refund for order {number}", "normal", ("billing", "refund"),
          "I sent it back two weeks ago and have heard nothing since.",
          "It arrived on Monday. The money is with your bank by Thursday."),
    Story("The checkout says 'payment declined'", "urgent", ("billing", "shop"),
          "Three cards, three times the same message, and lunch rush begins at noon.",
          "Our payment provider had an outage for twenty minutes. Please try again, it works now."),
    Story("Recipe book for the {product}", "low", ("question",),
          "My neighbour got a recipe book with hers, I did not.",
          "It is yours: here is the PDF, and a printed one goes with the next parcel."),
    Story("Half of the order is missing", "high", ("shipping",),
          "Two of four boxes came. The note says 'complete'.",
          "The others left from a second warehouse; they are with you tomorrow. Sorry for the note."),
    Story("Spare lid for the {product}", "low", ("parts",),
          "It fell. It broke. The machine itself is fine.",
          "We have one left in grey. Is that all right with you?"),
    Story("The app does not find the {product}", "normal", ("app",),
          "Bluetooth is on, and the app asks me to switch it on, again and again.",
          "Android wants the permission 'nearby devices' for this. Version 4.2 will ask for it."),
)  # fmt: skip
THANKS = ("Thank you, that did it!", "Perfect, thanks for the quick help.", "Great, all good now.", "Thanks!")
NOTES = (
    "Same batch as the last one: told the warehouse.",
    "A customer since 2019.",
    "Waiting for the carrier.",
)

SLA = (
    ("Urgent", "urgent", 60, 480),
    ("High", "high", 240, 1_440),
    ("Normal", "normal", 480, 2_880),
    ("Low", "low", 1_440, 7_200),
)
"""Name, priority, and targets of the response and the resolution in minutes."""
CATEGORIES = (("Getting started", "rocket", 0), ("Care and repair", "wrench", 1), ("Orders and billing", "receipt", 2))
ARTICLES = (
    ("Unpacking your machine", "Getting started", True,
     "Take everything out of the box, also from under the tray.\n\nRinse the tank before the first use."),
    ("The first coffee", "Getting started", True, "Grind fine, press firmly, and wait for the green light."),
    ("Descaling", "Care and repair", True, "Every three months, with the blue bottle.\n\nNever with vinegar."),
    ("Replacing the seal", "Care and repair", True, "Pull the old seal out with a wooden spoon. No knives."),
    ("What the warranty covers", "Orders and billing", True, "Two years, for everything but glass."),
    ("How refunds work", "Orders and billing", True, "Within five working days of the parcel's return."),
    ("Handling safety reports", "Care and repair", False, "Always urgent. Collect the machine, never diagnose it."),
    ("Tone of voice", None, False, "Short, warm, and never 'unfortunately'."),
)  # fmt: skip
POSTS = (
    ("A timer for the grinder", "ideas", "So that it is done when I wake up.", "planned"),
    ("Dark mode in the app", "ideas", "It is five in the morning and I am holding the sun.", "under_review"),
    ("Oat milk: which setting?", "questions", "Mine foams and then collapses.", "answered"),
    ("Sell the parts of the old mixer", "ideas", "Mine is from 2011 and will outlive me.", "open"),
)
COMMENTS = ("Yes please!", "I would use this every day.", "Setting 3, and very cold.", "Same here.")
PRAISE = ("Saved the lunch rush!", "Beautiful answer.", "Thanks for covering me.", "What a streak.")
