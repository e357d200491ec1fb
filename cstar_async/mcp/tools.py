"""What the tools do. Without types of `mcp`, so that they work without a host."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import aclosing
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

from cstar_async._core.binding import ArgumentError, bind, call
from cstar_async._core.call import requester_of
from cstar_async._core.json_body import read_json
from cstar_async._core.secrets import clean_text
from cstar_async._core.serialization import is_array, is_object
from cstar_async._generated import operations
from cstar_async.clock import SystemClock
from cstar_async.errors import CStarError

from . import catalogue
from .arguments import (
    check_event_types,
    check_fields,
    check_names,
    take_number,
    take_object,
    take_page,
    take_text,
    take_texts,
)
from .definitions import LONGEST_WAIT, MOST_ROWS, NAMES, READ, ROWS, WRITE, allowed_tools
from .errors import ConfirmationNeededError, NotAllowedError, ToolError
from .permissions import WRITES_PER_MINUTE, WriteLimit, confirmation_of
from .text import Presenter, TooLongError, as_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from cstar_async._core.binding import BoundArguments
    from cstar_async._core.call import Call
    from cstar_async._core.operation import Operation
    from cstar_async._core.pagination import Page
    from cstar_async.client import CStarClient
    from cstar_async.clock import Clock

    from .arguments import Arguments
    from .definitions import Tool
    from .permissions import Permissions

_MESSAGES: Final = 10
_SECONDS: Final = 30
_TICK: Final = 0.02
"""Seconds. Timers of asyncio may fire that much too early on Windows."""
_LISTED: Final = 100
_MOST_WAITS: Final = 4
"""Calls that wait for events at once; each holds a connection."""
_KEPT: Final = 23 * 3_600.0
"""Seconds for which a write in doubt is made again with its key: the service keeps keys for 24 hours."""
_LONGEST_ADDRESS: Final = 6_000
"""The most characters of ids and filters; servers refuse addresses of more than 8,000."""
_LONGEST_QUESTION: Final = 6_000
"""The most characters of what a person confirms: a long reply, or the ids of a bulk change."""


class Toolbox:
    """The tools that an operator allows, over a client.

    Attributes:
        permissions: What is allowed.
        tools: The tools that are allowed, by name.
    """

    def __init__(
        self,
        client: CStarClient,
        permissions: Permissions,
        *,
        writes_per_minute: int = WRITES_PER_MINUTE,
        deadline: float = LONGEST_WAIT,
        known: tuple[str, ...] = (),
        clock: Clock | None = None,
    ) -> None:
        """Set up the tools.

        Args:
            client: Sends the requests.
            permissions: What is allowed.
            writes_per_minute: Calls that are not reads, in any minute.
            deadline: Seconds for a call.
            known: Secrets to remove from every text, such as the API key.
            clock: A source of time for tests.
        """
        self.permissions = permissions
        self.tools = allowed_tools(permissions)
        self._client = client
        self._deadline = deadline
        self._known = known
        self._clock = clock or SystemClock()
        self._writes = WriteLimit(writes_per_minute)
        self._in_doubt: dict[str, tuple[Call[Any] | None, float]] = {}
        """The writes in doubt by operation and arguments, and since when they are."""
        self._last_event = ""
        """The id of the last event that a call waited for."""
        self._waiting = 0
        """Calls that wait for an event."""
        self._presenter = Presenter(known, hide_text=permissions.hide_text)
        self._special: dict[str, Callable[[Arguments, str], Awaitable[Any]]] = {
            "cstar_get_ticket": self._get_ticket,
            "cstar_get_status": self._get_status,
            "cstar_wait_for_event": self._wait_for_event,
            "cstar_find_operation": self._find_operation,
            "cstar_describe_operation": self._describe_operation,
            READ: self._read,
            WRITE: self._write,
        }

    async def call(self, name: str, arguments: Mapping[str, Any], confirmed: str = "") -> str:
        """Call a tool, and return its result as JSON text.

        Args:
            name: Its name.
            arguments: JSON values by name; `confirm` among them is not looked at.
            confirmed: What a person typed to confirm the call.

        Raises:
            ToolError: What went wrong, for the model.
            ConfirmationNeededError: A person must type `answer` first.
        """
        tool = self.tools.get(name)
        if tool is None and name in NAMES:
            raise NotAllowedError(f"the operator of this server has not allowed {name}")
        if tool is None:
            near = get_close_matches(name, self.tools, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ToolError(f"{clean_text(name, limit=100)} is not one of the tools of this server{hint}")
        try:
            result = await self._run(tool, dict(arguments), confirmed)
        except ArgumentError as error:
            raise ToolError(clean_text(str(error), self._known, limit=2_000)) from None
        except CStarError as error:
            hint = ". It may have been done. The same call again is safe: it is not done twice"
            raise ToolError(f"{error}{hint if error.outcome_unknown else ''}") from None
        except (ValueError, TypeError) as error:  # arguments that the client refuses before it sends anything
            raise ToolError(clean_text(str(error), self._known)) from None
        try:
            return as_text(result)
        except TooLongError as error:
            if tool.risk == "read":
                raise ToolError(f"{error}: ask for fewer fields, a smaller page_size, or fewer messages") from None
            return as_text({"done": True, "result": f"left out: {error}"})

    async def _run(self, tool: Tool, arguments: Arguments, confirmed: str) -> Any:
        check_names(tool, arguments)
        arguments.pop("confirm", None)
        if tool.name in self._special:
            return await self._special[tool.name](arguments, confirmed)
        return await self._send(operations.load(tool.operation), arguments, confirmed)

    async def _send(self, operation: Operation, arguments: Arguments, confirmed: str) -> Any:
        """Send a request of an operation, and present its result."""
        if operation.risk != "read":
            got = await self._request(operation, arguments, confirmed)
            shown = self._presenter.row(got, operation.result, catalogue.main_fields(operation.result))
            return shown or {"done": True}
        fields = take_texts(arguments, "fields")
        check_fields(operation, fields)
        if operation.is_list:
            return await self._list(operation, arguments, fields)
        return self._presenter.row(await self._request(operation, arguments), operation.result, fields)

    async def _list(self, operation: Operation, arguments: Arguments, fields: list[str]) -> Any:
        page = take_page(arguments, operation)
        size = take_number(arguments, "page_size", ROWS if operation.size_param else MOST_ROWS, 1, MOST_ROWS)
        names = {param.name: param.argument for param in operation.params if param.location == "query"}
        if operation.id == "events.list" and is_array(arguments.get("types")):
            check_event_types(arguments["types"])
        if operation.size_param:
            arguments[names[operation.size_param]] = size
        if operation.page_param and page is not None:
            arguments[names[operation.page_param]] = page
        found: Page[Any] = await self._request(operation, arguments)
        rows, following = _cut(operation, found, page, size)
        result: dict[str, Any] = {
            "items": [self._presenter.row(row, operation.result, fields or operation.columns) for row in rows]
        }
        if found.pagination.total is not None:
            result["total"] = found.pagination.total
        return result if following is None else {**result, "next_page": following}

    async def _request(self, operation: Operation, arguments: Arguments, confirmed: str = "") -> Any:
        """Send a request of an operation, if it is allowed and confirmed."""
        if problem := self.permissions.problem(operation):
            raise NotAllowedError(problem)
        bound = bind(operation, arguments)
        _check_request(operation, bound)
        if self.permissions.must_confirm(operation):
            answer = confirmation_of(operation, bound.path_args)
            if confirmed != answer:
                raise ConfirmationNeededError(self._question(operation, arguments, answer), answer)
        if operation.risk != "read" and (wait := self._writes.take(self._clock.monotonic())):
            limit = self._writes.limit
            raise ToolError(f"nothing was done: {limit} writes a minute are allowed; try again in {math.ceil(wait)} s")
        if operation.risk == "read":
            return await self._made(operation, arguments)
        # The same Call has the same idempotency key, until its outcome is known.
        now, same = self._clock.monotonic(), json.dumps([operation.id, arguments], sort_keys=True)
        made, since = self._in_doubt.pop(same, (None, now))
        if made is None or now - since > _KEPT:
            made, since = self._made(operation, arguments), now
        try:
            return await made
        except BaseException as error:
            if not isinstance(error, CStarError) or error.outcome_unknown:  # others: the host has given up the call
                self._in_doubt[same] = made, since
            raise

    def _made(self, operation: Operation, arguments: Arguments) -> Call[Any]:
        return call(self._client, operation, arguments).options(deadline=self._deadline, priority="bulk")

    def _question(self, operation: Operation, arguments: Arguments, answer: str) -> str:
        effect = "deletes" if operation.risk == "delete" else "is seen by customers or outsiders"
        given = clean_text(json.dumps(arguments, ensure_ascii=False), self._known, limit=_LONGEST_QUESTION)
        return f"{operation.id} {effect}: {given}. To confirm, type {clean_text(answer, limit=200)}"

    async def _get_ticket(self, arguments: Arguments, _: str) -> Any:
        operation = operations.load("tickets.get")
        count = take_number(arguments, "messages", _MESSAGES, 0, MOST_ROWS)
        ticket = await self._request(operation, arguments)
        thread = ticket.get("messages") if is_object(ticket) else None
        if not is_array(thread):
            return self._presenter.value(ticket, operation.result)
        newest = thread[max(0, len(thread) - count) :]
        shown = self._presenter.value({**ticket, "messages": newest}, operation.result)
        return shown if len(newest) == len(thread) else {**shown, "earlier_messages": len(thread) - len(newest)}

    async def _get_status(self, arguments: Arguments, _: str) -> Any:
        operation = operations.load("auth.whoami")
        found = await self._request(operation, arguments)
        quota, team = self._client.quota, requester_of(self._client).team
        is_other = team is not None and is_object(found) and team not in {found.get("teamId"), found.get("teamSlug")}
        warning = f"requests are for the team {clean_text(team or '')}, and the key is of another: tell the operator"
        return {
            **self._presenter.value(found, operation.result),
            **({"warning": warning} if is_other else {}),
            "quota": {"limit": quota.limit, "remaining": quota.remaining, "kept_for_others": quota.reserve},
            "may": sorted(self.permissions.risks),
            "toolsets": list(self.permissions.toolsets) or ["all"],
            **({} if self.permissions.tools is None else {"tools": list(self.tools)}),
            "writes_per_minute": self._writes.limit,
        }

    async def _wait_for_event(self, arguments: Arguments, _: str) -> Any:
        seconds = min(take_number(arguments, "seconds", _SECONDS, 1, LONGEST_WAIT), self._deadline)
        types, after = take_texts(arguments, "types"), take_text(arguments, "after")
        check_event_types(types)
        quota = self._client.quota
        if self._waiting >= _MOST_WAITS:
            raise ToolError(f"{_MOST_WAITS} calls wait for events already; wait for them")
        # A stream is not bulk work, so the reserve must be left here.
        if quota.remaining is not None and quota.remaining - self._waiting <= (quota.reserve or 0):
            raise ToolError("what is left of the quota is for others; cstar_get_status shows it")
        stream = self._client.events.stream(types=types or None, last_event_id=after or None)
        events = cast("AsyncGenerator[object]", aiter(stream))
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        was_open = is_open = False

        def watch(connected: bool) -> None:  # noqa: FBT001  # called by the stream
            nonlocal was_open, is_open
            was_open = was_open or connected
            # At the end of the wait it is closed here.
            if connected or loop.time() < ends - _TICK:
                is_open = connected

        stream.on_connection(watch)
        self._waiting += 1
        try:
            async with asyncio.timeout_at(ends), aclosing(events):
                doubt = await self._doubt_about(after)
                await anext(events)
        except StopAsyncIteration:
            raise ToolError("the service has ended the stream of events; use cstar_list_events") from None
        except TimeoutError:
            if not was_open:
                raise ToolError(
                    f"the stream of events could not be reached within {seconds:g} s; try again, and find what "
                    "happened meanwhile with cstar_list_events"
                ) from None
            lost = {} if is_open else {"connected": False, "hint": "the connection broke; see cstar_list_events"}
            return {"event": None, "waited": seconds, **lost}
        finally:
            self._waiting -= 1
        event = read_json(stream.raw)
        self._last_event = str(event.get("id", "")) if is_object(event) else ""
        return {"event": self._presenter.value(event, "StoredEvent"), **doubt}

    async def _doubt_about(self, after: str) -> dict[str, str]:
        """A note if the service may not know an event; after an unknown one, it may tell the oldest that it keeps.

        Raises ToolError if it lists all of its events, and this is not one of them.
        """
        if after in {"", self._last_event}:
            return {}
        note = {
            "note": f"after was not found among the {_LISTED} newest events. If the service does not keep it any more, "
            "this may be its oldest event, and not the next one"
        }
        try:
            newest: Page[Any] = await self._request(operations.load("events.list"), {"limit": _LISTED})
        except CStarError:  # no page of cStar documents this list; a service that fails fails the stream, too
            return note
        if any(is_object(each) and each.get("id") == after for each in newest.data):
            return {}
        if not newest.has_more:
            raise ToolError(f"after: the service keeps no event {clean_text(after, limit=100)!r}; leave after out")
        return note

    async def _find_operation(self, arguments: Arguments, _: str) -> Any:
        found = catalogue.find(take_text(arguments, "query"), lambda each: not self.permissions.problem(each))
        return {"operations": found} if found else {"operations": [], "hint": "try other words"}

    async def _describe_operation(self, arguments: Arguments, _: str) -> Any:
        return catalogue.describe(self._operation(arguments))

    async def _read(self, arguments: Arguments, _: str) -> Any:
        operation, given = self._operation(arguments), take_object(arguments, "arguments")
        if operation.risk != "read":
            raise ToolError(f"{operation.id} changes something; use {WRITE}")
        return await self._send(operation, given | arguments, "")

    async def _write(self, arguments: Arguments, confirmed: str) -> Any:
        operation, given = self._operation(arguments), take_object(arguments, "arguments")
        if operation.risk == "read":
            raise ToolError(f"{operation.id} only reads; use {READ}")
        return await self._send(operation, given, confirmed)

    def _operation(self, arguments: Arguments) -> Operation:
        """The operation that is named. Raises ToolError if there is none, or if it is not allowed."""
        name = take_text(arguments, "operation")
        if name not in operations.ids():
            near = get_close_matches(name, operations.ids(), 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "use cstar_find_operation"
            raise ToolError(f"{clean_text(name, limit=100)!r} is not an operation; {hint}")
        if name == catalogue.STREAM:
            raise ToolError(f"{name} does not end; use cstar_wait_for_event")
        operation = operations.load(name)
        if problem := self.permissions.problem(operation):
            raise NotAllowedError(problem)
        return operation


def _check_request(operation: Operation, bound: BoundArguments) -> None:
    if operation.method == "PATCH" and operation.body_required and bound.json is None:
        raise ToolError("give at least one field to change")
    length = sum(map(len, bound.path_args)) + len(urlencode(bound.query, doseq=True))
    if length > _LONGEST_ADDRESS:
        raise ToolError(f"ids and filters are too long: {length:,} characters, and {_LONGEST_ADDRESS:,} is the limit")


def _cut(
    operation: Operation, found: Page[Any], page: int | str | None, size: int
) -> tuple[list[Any], int | str | None]:
    """The rows to show, and the page after them. Lists that the service gives at once are cut here."""
    if operation.pagination == "cursor":
        return found.data, found.pagination.next_cursor
    number = page if isinstance(page, int) else 1
    if operation.pagination == "page":
        return found.data, number + 1 if found.has_more else None
    start = (number - 1) * size
    return found.data[start : start + size], number + 1 if len(found.data) > start + size else None
