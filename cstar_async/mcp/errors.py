"""The errors of tools."""

from __future__ import annotations

from typing import ClassVar


class ToolError(Exception):
    """What the model is told instead of a result; it says what to do.

    Attributes:
        outcome: What the log of the server calls it.
    """

    outcome: ClassVar[str] = "refused"


class NotAllowedError(ToolError):
    """The operator has not allowed the call."""

    outcome: ClassVar[str] = "not allowed"


class ConfirmationNeededError(ToolError):
    """A person must confirm the call.

    Attributes:
        question: What is asked.
        answer: What a person types to confirm.
    """

    outcome: ClassVar[str] = "not confirmed"

    def __init__(self, question: str, answer: str) -> None:
        self.question, self.answer = question, answer
        super().__init__(question)
