"""`x-cstar-bulk` in a document generates bulk methods."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from cstar_async import Bulk, CStarClient, Export

from .test_change import changed_contract

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Generated

ROBOTS = "/api/v1/teams/{teamId}/robots"


def with_bulk(**actions: dict[str, Any]) -> dict[str, Any]:
    """Return the changed contract, with `x-cstar-bulk` on some operations of its new resource."""
    contract = changed_contract()
    collection, single = contract["paths"][ROBOTS], contract["paths"][ROBOTS + "/{robotId}"]
    places = {
        "export": collection["get"],
        "import": collection["post"],
        "update": single["patch"],
        "get": single["get"],
        "delete": single["delete"],
    }
    for place, column in actions.items():
        places[place]["x-cstar-bulk"] = column
    return contract


def column(action: str, limit: int = 100) -> dict[str, Any]:
    return {"resource": "robots", "action": action, "limit": limit}


async def test_the_methods_come_from_the_contract_alone(generate: Callable[..., Generated]) -> None:
    """A new resource gets its bulk methods from the contract alone."""
    limits = {"update": 50, "delete": 100, "import": 500, "export": 9}
    document = with_bulk(**{action: column(action, limit) for action, limit in limits.items()})
    # A field with the name of an option keeps its name.
    schema = document["components"]["schemas"]["RobotCreate"]
    schema["properties"]["journal"] = {"type": "string"}
    package = generate(document)

    class Client(CStarClient, package.load("resources").Resources):  # type: ignore[misc]
        pass

    async with Client("sk_test_" + "x" * 32, team_id="t") as client:
        robots = client.robots
        jobs = [
            robots.update_many([f"r{number}" for number in range(101)], name="D2", journal="a field"),
            robots.update_each({"r1": {"name": "D2"}}),
            robots.delete_many(["r1"]),
            robots.import_many([{"name": "D2"}]),
        ]
        assert all(type(job) is Bulk for job in jobs)
        assert [(await job.plan()).requests for job in jobs] == [3, 1, 1, 1]
        assert type(robots.export(colour="red")) is Export
    parameters = inspect.signature(robots.update_many).parameters
    assert list(parameters) == ["ids", "name", "journal", "journal2", "concurrency"]
    assert all(method.__doc__ for method in (robots.update_many, robots.update_each, robots.export))


def test_what_cannot_be_done_in_bulk_is_refused(refuse: Callable[[dict[str, Any]], str]) -> None:
    """An `x-cstar-bulk` that cannot work is refused with the reason."""
    actions = {"update": "explode", "get": "update", "import": "export", "delete": "delete"}
    document = with_bulk(**{place: column(action) for place, action in actions.items()})
    document["paths"][ROBOTS]["get"]["operationId"] = "robots.delete_many"
    told = refuse(document)
    for problem in (
        "x-cstar-bulk has no action 'explode'",
        "to update many needs a body with fields",
        "only a list of objects can be exported",
        "delete_many is also an operation",
    ):
        assert problem in told


def test_a_document_without_the_endpoint_is_refused(refuse: Callable[[dict[str, Any]], str]) -> None:
    """`x-cstar-bulk` without the bulk endpoint is refused."""
    document = with_bulk(delete=column("delete"))
    del document["paths"]["/api/v1/teams/{teamId}/bulk"]
    assert "there is no operation bulk.run to delete many" in refuse(document)


def test_half_a_column_is_refused(refuse: Callable[[dict[str, Any]], str]) -> None:
    """An incomplete `x-cstar-bulk` is refused."""
    assert "needs a resource, an action and a limit" in refuse(with_bulk(delete={"resource": "robots"}))
