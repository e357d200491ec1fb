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
    """The objects under one path of a team, as far as the handlers of other paths need them; `Collection` is one."""

    name: str
    noun: str
    fields: dict[str, Json]

    def create(self, context: Context) -> Result:
        """A new object."""
        ...

    def delete(self, context: Context) -> Result:
        """Remove the object that the path names."""
        ...

    def conditions(self, context: Context, filters: Json) -> Sequence[Condition]:
        """Return the conditions of the query parameters of a list."""
        ...

    def chosen(self, context: Context, filters: Json, param: str) -> Sequence[Condition]:
        """Return the conditions of the filters in a body. Raises Problem 400."""
        ...

    def sorting(self, context: Context) -> str:
        """How a list is sorted, as SQL."""
        ...

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """An object as it is answered."""
        ...

    def to_response(self, document: Json) -> Json:
        """The fields of an object that the contract has."""
        ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """The parts that all requests to a sandbox share."""

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
    """A request, or something like one: who sends it, when, and what was sent, before it is validated."""

    caller: Caller
    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])
    body: bytes = b""
    now: float
    id: str
    authorization: str | None = None
    """The Authorization header as it was sent; on public pages it may carry a customer's token."""

    __repr__ = show_fields


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The effects of a request."""

    trace: list[tuple[str, Json]] = field(default_factory=list[tuple[str, "Json"]])
    """For the timeline: changes and events, in their order."""
    fired: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list[tuple[str, Mapping[str, Any]]])
    """The events that were fired, each with its object: automations and notifications react to them."""

    __repr__ = show_fields


@dataclass(frozen=True, kw_only=True)
class Context:
    """One request on its way through a handler. The query and the body are validated when they are first read.

    A handler reads them after it has found what the path names, so that 404 comes before 400.
    """

    service: Service
    request: Request
    effects: Effects = field(default_factory=Effects)

    __repr__ = show_fields

    @property
    def contract(self) -> Contract:
        """The contract of the service."""
        return self.service.contract

    @property
    def store(self) -> Database:
        """The data of all teams."""
        return self.service.store

    @property
    def caller(self) -> Caller:
        """Who sends the request."""
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
        """When the request came, in Unix seconds."""
        return self.request.now

    @property
    def request_id(self) -> str:
        """The id of the request."""
        return self.request.id

    @cached_property
    def timestamp(self) -> str:
        """Now, as cStar writes it."""
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
        """Carry out another operation inside this request, as if it had been sent; its `data`. Raises Problem."""
        return self.service.handlers[operation_id](self.derive(operation_id, body, **path)).data

    def derive(self, operation_id: str, body: Json | None = None, **path: str) -> Context:
        """The same request, as if it had been one for another operation."""
        request = replace(
            self.request,
            operation=self.contract.operations[operation_id],
            path=path,
            query={},
            body=b"" if body is None else orjson.dumps(body),
        )
        return Context(service=self.service, request=request, effects=self.effects)


# Handlers are plain functions, not coroutines: storage.database says why.
Handler: TypeAlias = Callable[[Context], "Result"]
