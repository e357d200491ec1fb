"""What the generator says when it cannot go on."""

from __future__ import annotations


class ContractError(Exception):
    """The document cannot be turned into code. Carries every problem found, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
