"""The argument of a handler: one request, authenticated and matched to an operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import orjson

from cstar_async._core.representation import show_fields
from cstar_async.sandbox.clock import iso_time

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Contract, Json
    from cstar_async.sandbox.recording.exchanges import RequestRecord
    from cstar_async.sandbox.storage.conditions import Condition
    from cstar_async.sandbox.storage.database import Database
    from cstar_async.sandbox.switches import Switches

    from .identity import Caller
    from .results import Result
    from .self_check import SelfCheck
    from .validation import Validation


class ObjectCollection(Protocol):
    """The interface of `Collection` for the handlers of other paths."""

    name: str
    noun: str
    fields: dict[str, Json]

    def create(self, context: Context) -> Result:
        """Create an object."""
        ...

    def delete(self, context: Context) -> Result:
        """Delete the object that the path names."""
        ...

    def conditions(self, context: Context, filters: Json) -> Sequence[Condition]:
        """Return the conditions of filters, by the names of the list's query parameters."""
        ...

    def body_conditions(self, context: Context, filters: Json, param: str) -> Sequence[Condition]:
        """Return the conditions of the filters in a body. Raises Problem 400."""
        ...

    def sorting(self, context: Context) -> str:
        """The order of a list, as SQL."""
        ...

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """An object as it is answered."""
        ...

    def to_response(self, document: Json) -> Json:
        """The fields of an object that are in the contract."""
        ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """The objects that all requests to a sandbox share."""

    contract: Contract
    validation: Validation
    self_check: SelfCheck
    store: Database
    switches: Switches
    handlers: Mapping[str, Handler]
    """All handlers by operation id, for operations that run others: bulk, imports, automations."""
    collections: Mapping[str, ObjectCollection]
    requests: Sequence[RequestRecord]

    __repr__ = show_fields


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request before validation, or an action that is executed as one."""

    caller: Caller
    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])
    body: bytes = b""
    now: float
    id: str
    authorization: str | None = None
    """The Authorization header as it was sent; on public pages it may have a customer's token."""

    __repr__ = show_fields


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The effects of a request."""

    trace: list[tuple[str, Json]] = field(default_factory=list[tuple[str, "Json"]])
    """Changes and events for the timeline, in their order."""
    fired: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list[tuple[str, Mapping[str, Any]]])
    """The events that were emitted, each with its object, for automations and notifications."""

    __repr__ = show_fields


@dataclass(frozen=True, kw_only=True)
class Context:
    """One request during its execution. The query and the body are validated when they are first read.

    A handler reads them after it has found the objects in the path, so that 404 comes before 400.
    """

    service: Service
    request: Request
    effects: Effects = field(default_factory=Effects)

    __repr__ = show_fields

    @property
    def contract(self) -> Contract:
        """The contract of the API."""
        return self.service.contract

    @property
    def store(self) -> Database:
        """The data of all teams."""
        return self.service.store

    @property
    def caller(self) -> Caller:
        """The sender of the request."""
        return self.request.caller

    @property
    def team(self) -> str:
        """The id of the team whose data the request is about."""
        return self.request.caller.team_id

    @property
    def operation(self) -> Operation:
        """The operation that the request is for."""
        return self.request.operation

    @property
    def path(self) -> Mapping[str, str]:
        """The parameters in the path."""
        return self.request.path

    @property
    def now(self) -> float:
        """The time of the request, in Unix seconds."""
        return self.request.now

    @property
    def request_id(self) -> str:
        """The id of the request."""
        return self.request.id

    @cached_property
    def timestamp(self) -> str:
        """The time of the request, in cStar's format."""
        return iso_time(self.now)

    @cached_property
    def query(self) -> Json:
        """The query parameters that were sent. Raises Problem 400."""
        return self.service.validation.query(self.operation, self.request.query)

    @cached_property
    def body(self) -> Json:
        """The JSON body. Raises Problem 400."""
        return self.service.validation.body(self.operation, self.request.body)

    def run(self, operation_id: str, body: Json | None = None, **path: str) -> Any:
        """Execute another operation inside this request. Returns its `data`. Raises Problem."""
        return self.service.handlers[operation_id](self.derive(operation_id, body, **path)).data

    def derive(self, operation_id: str, body: Json | None = None, **path: str) -> Context:
        """This request with another operation, body and path, and without a query."""
        request = replace(
            self.request,
            operation=self.contract.operations[operation_id],
            path=path,
            query={},
            body=b"" if body is None else orjson.dumps(body),
        )
        return Context(service=self.service, request=request, effects=self.effects)


# Not coroutines, for the reason given in storage.database.Database.
Handler: TypeAlias = Callable[[Context], "Result"]
