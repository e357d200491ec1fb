"""The errors of tools."""

from __future__ import annotations


class ToolError(Exception):
    """What the model is told instead of a result; it says what to do."""


class ConfirmationNeededError(ToolError):
    """A person must confirm the call.

    Attributes:
        question: What is asked.
        answer: What a person types to confirm.
    """

    def __init__(self, question: str, answer: str) -> None:
        self.question, self.answer = question, answer
        super().__init__(question)
