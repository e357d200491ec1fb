"""Validates answers and events against the contract, for the sandbox's own tests."""

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
UNDECLARED = frozenset({405, 413, 501})
"""Statuses of HTTP and of the sandbox, which the contract lists for no operation."""


class ContractViolationError(Exception):
    """An answer or event does not match the contract: a bug of the sandbox. The message has the differences."""


class SelfCheck:
    """Validates all answers and events if `enforced`, else none."""

    def __init__(self, contract: Contract, validation: Validation, *, enforced: bool) -> None:
        self.enforced = enforced
        operations = contract.document["operations"].items()
        self._answers = {name: each["responses"] for name, each in operations if "responses" in each}
        self._validation = validation

    def answer(self, operation: Operation, response: Response) -> None:
        """Validate a success by the schema of its operation and status. Raises ContractViolationError."""
        if self.enforced and operation.id in self._answers:
            self._check_status(operation, response.status)
            pointer = f"/operations/{operation.id}/responses/{response.status}"
            self._check(f"{operation.id}, {response.status}", pointer, orjson.loads(response.body))

    def problem(self, operation: Operation | None, problem: Problem, response: Response) -> None:
        """Validate an error by the schema of errors, and its status by the operation. Raises ContractViolationError."""
        if not self.enforced:
            return
        if operation is not None:
            self._check_status(operation, problem.status)
        name = "no operation" if operation is None else operation.id
        self._check(f"{name}, {problem.status}", ERROR, orjson.loads(response.body))

    def event(self, raw: bytes, nested: str) -> None:
        """Validate an event by the schema of its type. Raises ContractViolationError.

        The contract has flat payloads; `nested` is the name of the object in a nested payload, else empty.
        """
        if not self.enforced:
            return
        body: Json = orjson.loads(raw)
        if nested:
            body["data"] |= body["data"].pop(nested)
        self._check(body["type"], f"/components/schemas/{pascal_case(body['type'])}Event", body)

    def _check_status(self, operation: Operation, status: int) -> None:
        if str(status) not in self._answers.get(operation.id, str(status)) and status not in UNDECLARED:
            raise ContractViolationError(f"{operation.id}: the contract has no answer with status {status}")

    def _check(self, what: str, pointer: str, value: object) -> None:
        errors = self._validation.errors(pointer, value)
        if errors:
            raise ContractViolationError(f"{what}: {'; '.join(_line(each) for each in errors[:5])}")


def _line(error: ValidationError) -> str:
    return f"{_json_path(error.instance_path)}: {error.message}"


def _json_path(path: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
