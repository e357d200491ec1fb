"""The server over stdio or HTTP: the only module that imports `mcp`.

It uses the low-level server: the schemas of the tools are ours, made from the operation table, and so are the errors.
"""

from __future__ import annotations

import hmac
import logging
import socket
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types.version import is_version_at_least

from cstar_async._generated import operations
from cstar_async._version import __version__
from cstar_async.errors import CStarError

from .definitions import NAMES
from .errors import ConfirmationNeededError, ToolError
from .prompts import INSTRUCTIONS, allowed_prompts, prompt_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server import ServerRequestContext
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Receive, Scope, Send

    from .definitions import Tool
    from .tools import Toolbox

logger = logging.getLogger("cstar_async.mcp")

_ASKS_IN_RESULT: Final = "2026-07-28"
"""The first version of the protocol in which a server asks the user by a result, and not by a request."""
_CONFIRMATION: Final = "confirm"
_NOT_CONFIRMED: Final = "nothing was done: the user did not confirm it"
_RESOURCES: Final = {
    "tickets": ("cstar_get_ticket", "ticket_id", "A ticket with its newest messages"),
    "articles": ("cstar_get_article", "article_id", "An article of the knowledge base"),
}
_GRACE: Final = 1
"""Seconds that HTTP connections get when the server is stopped."""


class Handlers:
    """The handlers of the protocol's requests, over a toolbox."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox
        self._listed = [_listed(tool) for tool in toolbox.tools.values()]

    def server(self) -> Server[Any]:
        """A server with these handlers."""
        return Server(
            "cstar",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self.list_resources,
            on_list_resource_templates=self.list_templates,
            on_read_resource=self.read_resource,
            on_list_prompts=self.list_prompts,
            on_get_prompt=self.get_prompt,
        )

    async def list_tools(
        self, _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """The tools that are allowed."""
        return types.ListToolsResult(tools=self._listed)

    async def call_tool(
        self, context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        """Call a tool. Every failure is a result that the model can read."""
        name = _name_of(params)
        begin, outcome = time.monotonic(), "given up"
        try:
            answer = await self._call(context, params)
        except ToolError as error:
            outcome = _outcome(error)
            return _result(str(error), is_error=True)
        except Exception as error:
            # A traceback may show what customers wrote.
            kind = outcome = type(error).__name__
            logger.error("%s failed: %s; the level DEBUG (-vv) shows where", name, kind)  # noqa: TRY400  # see above
            logger.debug("%s failed", name, exc_info=True)
            return _result(f"the server failed ({kind}); its log says where", is_error=True)
        else:
            outcome = "done" if isinstance(answer, types.CallToolResult) else "to be confirmed"
            return answer
        finally:
            logger.info("%s: %s in %.0f ms", name, outcome, 1_000 * (time.monotonic() - begin))

    async def _call(
        self, context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        """Call a tool, and ask for a confirmation if it needs one. Where a person can be asked, only they confirm."""
        name, arguments = params.name, params.arguments or {}
        can_ask = _can_ask(context)
        given = _typed((params.input_responses or {}).get(_CONFIRMATION)) if can_ask else arguments.get(_CONFIRMATION)
        try:
            text = await self._toolbox.call(name, arguments, given if isinstance(given, str) else "")
        except ConfirmationNeededError as need:
            if not can_ask:
                hint = f'Nothing was done. Ask the user; if they agree, call again with confirm="{need.answer}".'
                raise ToolError(f"{need.question}. {hint}") from None
            if given is not None:
                raise ToolError(_NOT_CONFIRMED) from None
            if is_version_at_least(context.protocol_version, _ASKS_IN_RESULT):
                request = types.ElicitRequest(params=_form(need))
                return types.InputRequiredResult(input_requests={_CONFIRMATION: request})
            text = await self._toolbox.call(name, arguments, await self._ask(context, need))
        return _result(text)

    async def _ask(self, context: ServerRequestContext[Any], need: ConfirmationNeededError) -> str:
        """Ask the user by a request, and return what they typed."""
        form = _form(need)
        try:
            answer = await context.session.elicit_form(form.message, form.requested_schema, context.request_id)
        except MCPError:
            raise ToolError("nothing was done: the user could not be asked") from None
        typed = _typed(answer)
        if typed is None or typed != need.answer:
            raise ToolError(_NOT_CONFIRMED)
        return typed

    async def list_resources(
        self, _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """None: tickets and articles are found by tools."""
        return types.ListResourcesResult(resources=[])

    async def list_templates(
        self, _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        """Tickets and articles by id, as far as their tools are allowed."""
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    uri_template=f"cstar://{kind}/{{id}}", name=kind, description=about, mime_type="application/json"
                )
                for kind, (tool, _, about) in _RESOURCES.items()
                if tool in self._toolbox.tools
            ]
        )

    async def read_resource(
        self, _: ServerRequestContext[Any], params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """Read a ticket or an article, as its tool does."""
        kind, _slash, name = params.uri.removeprefix("cstar://").partition("/")
        if not params.uri.startswith("cstar://") or kind not in _RESOURCES or not name or "/" in name:
            raise MCPError(types.INVALID_PARAMS, "there is no such resource; see resources/templates/list")
        tool, argument, _about = _RESOURCES[kind]
        try:
            text = await self._toolbox.call(tool, {argument: unquote(name)})
        except ToolError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        contents = types.TextResourceContents(uri=params.uri, mime_type="application/json", text=text)
        return types.ReadResourceResult(contents=[contents])

    async def list_prompts(
        self, _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        """The prompts."""
        return types.ListPromptsResult(
            prompts=[
                types.Prompt(
                    name=prompt.name,
                    description=prompt.about,
                    arguments=[
                        types.PromptArgument(
                            name=prompt.argument, description=prompt.explained, required=prompt.required
                        )
                    ]
                    if prompt.argument
                    else [],
                )
                for prompt in allowed_prompts(self._toolbox.tools)
            ]
        )

    async def get_prompt(
        self, _: ServerRequestContext[Any], params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        """A prompt with its argument."""
        try:
            text = prompt_text(params.name, params.arguments or {}, self._toolbox.tools)
        except ValueError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
        return types.GetPromptResult(messages=[message])


def _name_of(params: types.CallToolRequestParams) -> str:
    """The tool and the operation of a call, for the log, if they exist: a model can write anything there."""
    operation = (params.arguments or {}).get("operation")
    names = (params.name if params.name in NAMES else "", operation if operation in operations.ids() else "")
    return " ".join(filter(None, names)) or "an unknown tool"


def _outcome(error: ToolError) -> str:
    """How a call ended, for the log: without texts, which may be a customer's."""
    cause = error.__context__
    if isinstance(cause, CStarError):
        status: object = getattr(cause, "status", None)
        return f"{type(cause).__name__}{f' {status}' if status else ''}"
    if isinstance(cause, TimeoutError):
        return "no connection"
    return cause.outcome if isinstance(cause, ToolError) else error.outcome


def _listed(tool: Tool) -> types.Tool:
    if tool.risk == "read":
        hints = types.ToolAnnotations(read_only_hint=True)
    else:
        hints = types.ToolAnnotations(destructive_hint=tool.name == "cstar_write")
    return types.Tool(name=tool.name, description=tool.about, input_schema=tool.schema, annotations=hints)


def _result(text: str, *, is_error: bool = False) -> types.CallToolResult:
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
    return types.CallToolResult(content=content, is_error=is_error)


def _can_ask(context: ServerRequestContext[Any]) -> bool:
    """Whether the host says that it can ask the user with a form."""
    capabilities = context.session.client_capabilities
    elicitation = None if capabilities is None else capabilities.elicitation
    # Before there were kinds, a bare `{}` meant forms.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _form(need: ConfirmationNeededError) -> types.ElicitRequestFormParams:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {_CONFIRMATION: {"type": "string", "title": f"Type {need.answer}"}},
        "required": [_CONFIRMATION],
    }
    return types.ElicitRequestFormParams(message=need.question, requested_schema=schema)


def _typed(answer: object) -> str | None:
    """What the user typed; empty if they did not agree, None if they were not asked."""
    if answer is None:
        return None
    if not isinstance(answer, types.ElicitResult) or answer.action != "accept":
        return ""
    typed = (answer.content or {}).get(_CONFIRMATION)
    return typed.strip() if isinstance(typed, str) else ""


async def serve_stdio(toolbox: Toolbox) -> None:
    """Serve one host over standard input and output, until the input ends. Raises OSError if it cannot write."""
    server = Handlers(toolbox).server()
    failure: Exception | None = None
    try:
        async with stdio_server() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())
    except* BrokenPipeError:
        logger.info("the host has closed the connection")
    except* OSError as group:
        failure = _first_of(group)
    if failure is not None:
        raise failure


def _first_of(group: BaseException) -> Any:
    """The first exception of a group, and of the groups in it."""
    found: Any = group
    while inner := getattr(found, "exceptions", None):
        found = inner[0]
    return found


class RequireToken:
    """ASGI middleware that answers 401 to requests without the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        given = next((value for name, value in scope.get("headers", ()) if name == b"authorization"), b"")
        scheme, _, token = given.partition(b" ")
        is_right = hmac.compare_digest(token.strip(), self._expected) and scheme.lower() == b"bearer"
        if scope["type"] == "lifespan" or is_right:
            await self._app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b"The token is missing or wrong.\n"})


def http_app(toolbox: Toolbox, token: str) -> Starlette:
    """The server as an ASGI application, for requests with the token, to this machine by its name."""
    app = Handlers(toolbox).server().streamable_http_app(host="127.0.0.1")
    app.add_middleware(RequireToken, token=token)
    return app


async def serve_http(toolbox: Toolbox, port: int, token: str, ready: Callable[[], object]) -> None:
    """Serve hosts on this machine over HTTP, until the process is told to stop. Raises ValueError for a used port."""
    import uvicorn

    config = uvicorn.Config(
        http_app(toolbox, token), log_level="warning", log_config=None, timeout_graceful_shutdown=_GRACE
    )
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise ValueError(f"port {port} cannot be used: {error.strerror}") from None
    with listening:
        ready()
        await uvicorn.Server(config).serve([listening])
