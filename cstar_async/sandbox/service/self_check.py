"""Answers and events held against the contract, as requests always are: how the sandbox is tested itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from cstar_async.sandbox.naming import pascal_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema_rs import ValidationError

    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract, Json

    from .results import Problem, Response
    from .validation import Validation

ERROR = "/components/schemas/ErrorBody"
BEYOND = frozenset({405, 413, 501})
"""Statuses that belong to HTTP, or to the sandbox, and to no operation."""


class ContractViolation(Exception):  # noqa: N818  # not an error of the caller, who never sees it
    """The sandbox was about to say something that the contract does not know; the message says what and where."""


class SelfCheck:
    """Looks at everything that leaves the sandbox. With `enforced=False` it lets all of it pass, unread."""

    def __init__(self, contract: Contract, validation: Validation, *, enforced: bool) -> None:
        self.enforced = enforced
        described = contract.document["operations"].items()
        self._answers = {name: each["responses"] for name, each in described if "responses" in each}
        self._validation = validation

    def answer(self, operation: Operation, reply: Response) -> None:
        """Hold a success against the schema of its operation and status. Raises ContractViolation."""
        if self.enforced and operation.id in self._answers:
            self._status(operation, reply.status)
            pointer = f"/operations/{operation.id}/responses/{reply.status}"
            self._check(f"{operation.id}, {reply.status}", pointer, orjson.loads(reply.body))

    def problem(self, operation: Operation | None, problem: Problem, reply: Response) -> None:
        """Check the shape of an error, and its status against its operation. Raises ContractViolation."""
        if not self.enforced:
            return
        if operation is not None:
            self._status(operation, problem.status)
        name = "no operation" if operation is None else operation.id
        self._check(f"{name}, {problem.status}", ERROR, orjson.loads(reply.body))

    def event(self, raw: bytes, nested: str) -> None:
        """Hold an event against the schema of its type. Raises ContractViolation.

        The contract has flat payloads; `nested` is the name under which this one keeps its object, if it does.
        """
        if not self.enforced:
            return
        body: Json = orjson.loads(raw)
        if nested:
            body["data"] |= body["data"].pop(nested)
        self._check(body["type"], f"/components/schemas/{pascal_case(body['type'])}Event", body)

    def _status(self, operation: Operation, status: int) -> None:
        if str(status) not in self._answers.get(operation.id, str(status)) and status not in BEYOND:
            raise ContractViolation(f"{operation.id}: the contract has no answer with status {status}")

    def _check(self, what: str, pointer: str, value: object) -> None:
        errors = self._validation.errors(pointer, value)
        if errors:
            raise ContractViolation(f"{what}: {'; '.join(_line(each) for each in errors[:5])}")


def _line(error: ValidationError) -> str:
    return f"{_place(error.instance_path)}: {error.message}"


def _place(path: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
