"""The MCP server: the API as tools for AI agents. It needs the extra `mcp`; `cstar mcp-server` starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tools import Toolbox

__all__ = ["serve"]


async def serve(
    toolbox: Toolbox, *, port: int | None = None, token: str = "", ready: Callable[[], object] = lambda: None
) -> None:
    """Serve tools to hosts.

    Args:
        toolbox: The tools.
        port: The port on this machine for HTTP; without one, standard input and output are the connection, until the
            input ends.
        token: What hosts send as `Authorization: Bearer …` over HTTP.
        ready: Called when the port is open.

    Raises:
        ImportError: The extra `mcp` is not installed, or is too old.
        ValueError: HTTP without a token, or a port that cannot be used.
    """
    try:
        from .server import serve_http, serve_stdio
    except ImportError as error:  # there is none, or an older one
        raise ImportError(f"the MCP server needs an extra: pip install 'cstar-async[mcp]' ({error})") from None
    if port is not None and not token:
        raise ValueError("token must not be empty")
    await (serve_stdio(toolbox) if port is None else serve_http(toolbox, port, token, ready))
