"""Generated requests for every operation, valid and invalid; every answer is valid by the contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.service.validation import CLAMPED
from tests.support.stress import at_length

from .objects import create_objects
from .threaded import ThreadedSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case
    from schemathesis.core.transport import Response

SCHEMA = schemathesis.openapi.from_path(Path(__file__).parents[2] / "contract" / "cstar.yaml")
OPERATIONS = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok)
}
del OPERATIONS["events.stream"]  # a stream has no end
VALIDATED = [
    operation.id
    for operation in load_contract().operations.values()
    if operation.id in OPERATIONS
    and (operation.key != "none" or any(param.location != "path" for param in operation.params))
]
"""Operations whose requests can be invalid: those with a key, a query or a body."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
FRAMING = ("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade")
"""Headers of HTTP itself: an invalid one ends a request before the API sees it (docs/sandbox.md, Limits)."""
CUSTOMER_OPERATIONS = ("customer_auth.logout", "customer_auth.me", "public_community.")
DESTRUCTIVE = ("delete", "remove", "revoke", "logout", "refresh", "bulk.run", "settings.update")


class TeamWithObjects:
    """A team with one object of each kind, replaced when an object may have been removed."""

    def __init__(self, threaded: ThreadedSandbox, session: requests.Session) -> None:
        self.threaded = threaded
        self.session = session
        self.url = threaded.sandbox.base_url
        self.cases = 0
        self.replace()

    def replace(self) -> None:
        """Replace the team and its objects by new ones."""
        self.threaded.run(self._replace())

    async def _replace(self) -> None:
        other, self.team = self.threaded.sandbox.team(), self.threaded.sandbox.team()
        self.ids = await create_objects(self.team, other)

    def send(self, operation_id: str, case: Case[Any], *, must_fail: bool) -> Response:
        """Send a case with the key that the operation takes, and check the answer."""
        self.cases += 1
        for name in FRAMING:
            case.headers.pop(name, None)
        token = self.ids["accessToken"] if operation_id.startswith(CUSTOMER_OPERATIONS) else self.team.secret_key
        case.headers["Authorization"] = f"Bearer {token}"
        response = case.call(base_url=self.url, session=self.session)
        case.validate_response(response, checks=[*CHECKS, *([checks.negative_data_rejection] if must_fail else [])])
        return response


@pytest.fixture(scope="module")
def team() -> Iterator[TeamWithObjects]:
    """A team in a sandbox without quota, for all cases."""
    with ThreadedSandbox(quota=False) as threaded, requests.Session() as session:
        yield TeamWithObjects(threaded, session)


def use_existing_ids(data: st.DataObject, case: Case[Any], ids: dict[str, str], *, valid: bool) -> None:
    """Put ids of existing objects into three of four cases.

    What is invalid is in the query or the body, so those of invalid requests are not changed.
    """
    case.path_parameters["teamId" if "teamId" in case.path_parameters else "team"] = ids["teamId"]
    if data.draw(st.integers(0, 3)) == 0:
        return
    containers: list[Any] = [case.path_parameters, *([case.query, case.body] if valid else [])]
    for container in containers:
        if not isinstance(container, dict):
            continue
        for name in container:
            if name in ids and name not in {"team", "teamId"}:
                container[name] = ids[name]
        if isinstance(container.get("ids"), list) and container.get("resource") in {"tickets", "customers", "articles"}:
            container["ids"] = [ids[f"{container['resource'][:-1]}Id"], *container["ids"][:99]]
        if isinstance(container.get("customerIds"), list):
            container["customerIds"] = [ids["customerId"]]


def is_tolerated(case: Case[Any]) -> bool:
    """Whether the request is accepted although it is invalid: the page is too large, or a parameter has no name."""
    return "" in (case.query or {}) or any(
        isinstance(value := (case.query or {}).get(name), int) and value > 1 for name in CLAMPED
    )


def cases(operation_id: str, mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    """Generated requests for an operation, all valid or all invalid by the contract."""
    found: st.SearchStrategy[Case[Any]] = OPERATIONS[operation_id].as_strategy(generation_mode=mode)
    return found


def explore(team: TeamWithObjects, operation_id: str, mode: GenerationMode) -> None:
    """Send generated requests of an operation."""
    valid = mode is GenerationMode.POSITIVE

    @settings(
        max_examples=at_length(2 if valid else 1, 150),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=at_length(short=True, long=False),
        phases=at_length((Phase.generate,), (Phase.generate, Phase.shrink)),
    )
    @given(case=cases(operation_id, mode), data=st.data())
    def send_case(case: Case[Any], data: st.DataObject) -> None:
        use_existing_ids(data, case, team.ids, valid=valid)
        response = team.send(operation_id, case, must_fail=not valid and not is_tolerated(case))
        if response.status_code < 300 and operation_id.endswith(DESTRUCTIVE):
            team.replace()

    send_case()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_valid_requests(team: TeamWithObjects, operation_id: str, record_property: Any) -> None:
    """A valid request gets an answer that the contract has."""
    before = team.cases
    explore(team, operation_id, GenerationMode.POSITIVE)
    record_property("cases", team.cases - before)


@pytest.mark.parametrize("operation_id", VALIDATED)
def test_invalid_requests(team: TeamWithObjects, operation_id: str, record_property: Any) -> None:
    """An invalid request is refused with an error that the contract has."""
    before = team.cases
    explore(team, operation_id, GenerationMode.NEGATIVE)
    record_property("cases", team.cases - before)
