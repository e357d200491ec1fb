"""Operations made by hand, to test the core without the contract."""

from __future__ import annotations

from typing import Any

from cstar_async._core.operation import Operation, Param


def operation(method: str, path: str, **changes: Any) -> Operation:
    """An operation with plain defaults; its path parameters are read from the path."""
    pieces = path.replace("}", "{").split("{")
    names = tuple(pieces[1::2])
    made = Operation(
        id="things.do",
        tag="Things",
        method=method,
        path=path,
        segments=tuple(pieces[::2]),
        path_params=names,
        team=bool(names) and names[0] == "teamId",
        params=(),
        body="",
        body_required=False,
        result="",
        content="json",
        is_list=False,
        envelope="data",
        status=200,
        key="any",
        pagination="none",
        idempotent=method in {"POST", "PATCH"},
        bulk=None,
        id_prefix="",
        source="seed",
        deprecated=False,
        summary="",
        description="",
    )
    return made._replace(**changes)


def parameter(name: str, **changes: Any) -> Param:
    """A query parameter."""
    made = Param(name, name, "query", "integer", "", False, False, True, (), None, "", "seed")
    return made._replace(**changes)


GET = operation("GET", "/api/v1/teams/{teamId}/things/{thingId}", id="things.get")
CREATE = operation("POST", "/api/v1/teams/{teamId}/things", id="things.create", key="secret")
UPDATE = operation("PATCH", "/api/v1/teams/{teamId}/things/{thingId}", id="things.update", key="secret")
DELETE = operation("DELETE", "/api/v1/teams/{teamId}/things/{thingId}", id="things.delete", key="secret")
LIST = operation(
    "GET",
    "/api/v1/teams/{teamId}/things",
    id="things.list",
    is_list=True,
    pagination="page",
    params=(parameter("page"), parameter("pageSize", default=20)),
)
FEED = operation(
    "GET",
    "/api/v1/teams/{teamId}/feed",
    id="things.feed",
    is_list=True,
    pagination="cursor",
    params=(parameter("cursor"),),
)
ALL = LIST._replace(id="things.all", pagination="none", params=())
PUBLIC = operation("GET", "/api/v1/public", id="public.get", key="none")
