"""The error that the generator raises for a document it cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class ContractError(Exception):
    """The document cannot be turned into code. Carries every problem found, each with its place.

    `places` are the operations and webhooks at fault, if the rest can be generated without them.
    """

    def __init__(self, problems: list[str], places: frozenset[str] = frozenset()) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.places = places


def join_errors(steps: Collection[Callable[[], object]], earlier: Collection[tuple[str, frozenset[str]]] = ()) -> None:
    """Run all steps, and raise one ContractError with what all of them raise.

    Args:
        steps: Functions that may raise ContractError.
        earlier: Problems found before, each with its places.

    Raises:
        ContractError: A step failed, or there are earlier problems.
    """
    problems = [problem for problem, _ in earlier]
    places = [found for _, found in earlier]
    for step in steps:
        try:
            step()
        except ContractError as error:
            problems += error.problems
            places.append(error.places)
    if problems:
        # Without places for each of them, leaving out the others does not help.
        raise ContractError(problems, frozenset[str]().union(*places) if all(places) else frozenset())


def refuse_places(problems: list[tuple[str, str]]) -> None:
    """Raise ContractError if there are problems: pairs of an operation or webhook and what is wrong with it."""
    if problems:
        lines = [f"{place}: {what}" for place, what in problems]
        raise ContractError(lines, frozenset(place for place, _ in problems))
