"""Generated requests for the whole contract, valid and invalid, with every answer checked."""

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

from .threaded import ThreadedSandbox, furnish

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
CAN_BE_INVALID = [
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
CUSTOMERS = ("customer_auth.logout", "customer_auth.me", "public_community.")
DESTRUCTIVE = ("delete", "remove", "revoke", "logout", "refresh", "bulk.run", "settings.update")


class FurnishedTeam:
    """One furnished team at a time, replaced once some of its objects may have been removed."""

    def __init__(self, threaded: ThreadedSandbox, session: requests.Session) -> None:
        self.threaded = threaded
        self.session = session
        self.url = threaded.sandbox.base_url
        self.cases = 0
        self.refurnish()

    def refurnish(self) -> None:
        """Replace the team by a new one."""
        self.threaded.run(self._refurnish())

    async def _refurnish(self) -> None:
        other, self.team = self.threaded.sandbox.team(), self.threaded.sandbox.team()
        self.ids = {**await furnish(self.team), "recipientTeamId": other.id}

    def send(self, operation_id: str, case: Case[Any], *, must_fail: bool) -> Response:
        """Send a case with the key that the operation takes, and check the answer."""
        self.cases += 1
        for name in FRAMING:
            case.headers.pop(name, None)
        token = self.ids["accessToken"] if operation_id.startswith(CUSTOMERS) else self.team.secret_key
        case.headers["Authorization"] = f"Bearer {token}"
        response = case.call(base_url=self.url, session=self.session)
        case.validate_response(response, checks=[*CHECKS, *([checks.negative_data_rejection] if must_fail else [])])
        return response


@pytest.fixture(scope="module")
def furnished() -> Iterator[FurnishedTeam]:
    """A sandbox without a quota, for all cases."""
    with ThreadedSandbox(quota=False) as threaded, requests.Session() as session:
        yield FurnishedTeam(threaded, session)


def use_existing_ids(data: st.DataObject, case: Case[Any], ids: dict[str, str], *, good: bool) -> None:
    """Put ids of existing objects into three of four cases.

    The query and the body of an invalid request are not changed, since one of them is invalid.
    """
    case.path_parameters["teamId" if "teamId" in case.path_parameters else "team"] = ids["teamId"]
    if data.draw(st.integers(0, 3)) == 0:
        return
    places: list[Any] = [case.path_parameters, *([case.query, case.body] if good else [])]
    for place in places:
        if not isinstance(place, dict):
            continue
        for name in place:
            if name in ids and name not in {"team", "teamId"}:
                place[name] = ids[name]
        if isinstance(place.get("ids"), list) and place.get("resource") in {"tickets", "customers", "articles"}:
            place["ids"] = [ids[f"{place['resource'][:-1]}Id"], *place["ids"][:99]]
        if isinstance(place.get("customerIds"), list):
            place["customerIds"] = [ids["customerId"]]


def is_tolerated(case: Case[Any]) -> bool:
    """Whether the page size is too large or a parameter has no name; neither is an error."""
    return "" in (case.query or {}) or any(
        isinstance(value := (case.query or {}).get(name), int) and value > 1 for name in CLAMPED
    )


def cases(operation_id: str, mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    """Generated requests for an operation, all valid or all invalid by the contract."""
    found: st.SearchStrategy[Case[Any]] = OPERATIONS[operation_id].as_strategy(generation_mode=mode)
    return found


def explore(furnished: FurnishedTeam, operation_id: str, mode: GenerationMode) -> None:
    """Send a number of cases."""
    good = mode is GenerationMode.POSITIVE

    @settings(
        max_examples=at_length(2 if good else 1, 150),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=at_length(short=True, long=False),
        phases=at_length((Phase.generate,), (Phase.generate, Phase.shrink)),
    )
    @given(case=cases(operation_id, mode), data=st.data())
    def check_case(case: Case[Any], data: st.DataObject) -> None:
        use_existing_ids(data, case, furnished.ids, good=good)
        response = furnished.send(operation_id, case, must_fail=not good and not is_tolerated(case))
        if response.status_code < 300 and operation_id.endswith(DESTRUCTIVE):
            furnished.refurnish()

    check_case()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_good_requests(furnished: FurnishedTeam, operation_id: str, record_property: Any) -> None:
    """A valid request gets an answer that the contract has."""
    before = furnished.cases
    explore(furnished, operation_id, GenerationMode.POSITIVE)
    record_property("cases", furnished.cases - before)


@pytest.mark.parametrize("operation_id", CAN_BE_INVALID)
def test_bad_requests(furnished: FurnishedTeam, operation_id: str, record_property: Any) -> None:
    """An invalid request gets an error that the contract has."""
    before = furnished.cases
    explore(furnished, operation_id, GenerationMode.NEGATIVE)
    record_property("cases", furnished.cases - before)
