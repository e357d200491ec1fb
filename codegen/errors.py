"""The error that the generator raises for a document it cannot use."""

from __future__ import annotations


class ContractError(Exception):
    """The document cannot be turned into code. Carries every problem found, each with its place.

    `places` are the operations and webhooks at fault, if the rest can be generated without them.
    """

    def __init__(self, problems: list[str], places: frozenset[str] = frozenset()) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.places = places


def refuse_places(problems: list[tuple[str, str]]) -> None:
    """Raise ContractError if there are problems: pairs of an operation or webhook and what is wrong with it."""
    if problems:
        lines = [f"{place}: {what}" for place, what in problems]
        raise ContractError(lines, frozenset(place for place, _ in problems))
