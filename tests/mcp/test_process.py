"""The server as a host starts it: a process, its two connections, its options, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import signal
import socket
import stat
import sys
import time
import tomllib
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from cstar_async import cli
from cstar_async.cli.commands.mcp_server import HOSTS, read_token
from cstar_async.cli.exits import CommandError
from cstar_async.mcp import serve
from cstar_async.mcp.permissions import permit
from cstar_async.mcp.server import http_app
from cstar_async.mcp.tools import Toolbox
from tests.support.stress import at_length

from . import transcript
from .host import LEGACY, MODERN, User, last_word
from .processes import COMMAND, ROOT, environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cstar_async.sandbox import Sandbox, Team

GONE = 2.0
"""Seconds after which the process must have ended."""
TOKEN = "a-token-of-more-than-sixteen-characters"


async def test_the_transcript_is_that_of_a_session() -> None:
    """The session in docs/mcp.md is what a script does with the documented `cstar mcp-server --api-key KEY`."""
    found = transcript.BLOCK.search(transcript.GUIDE.read_text("utf-8"))
    assert found is not None
    assert found[0] == await transcript.make(), "if the change is right, run python -m tests.mcp.transcript"


class Process:
    """The server in a process, with pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self.stdin, self.stdout = process.stdin, process.stdout

    @classmethod
    async def start(cls, team: Team) -> Process:
        """Start it, and wait until it has answered."""
        pipe = asyncio.subprocess.PIPE
        process = cls(
            await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(team))
        )
        info = {"name": "test", "version": "1"}
        process.send(1, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo=info)
        assert json.loads(await process.stdout.readline())["result"]["serverInfo"]["name"] == "cstar"
        process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        return process

    def send(self, number: int, method: str, **params: Any) -> None:
        """Send a request."""
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.stdin.write(json.dumps(message).encode() + b"\n")

    async def end(self) -> tuple[float, int, str]:
        """Seconds until it has ended, its exit code, and what it wrote to stderr."""
        begin = time.monotonic()
        assert self.process.stderr is not None
        code = await asyncio.wait_for(self.process.wait(), 30)
        return time.monotonic() - begin, code, (await self.process.stderr.read()).decode()


WILD = (b"not json", b"[]", b"{}", b'{"jsonrpc":"2.0","id":5}', b"\xff\xfe", b'"' + b"x" * 100_000 + b'"')


async def _end(team: Team, way: str) -> None:
    """Start a server, send it what is no request, use it, let it wait for an event, and end it."""
    server = await Process.start(team)
    try:
        for line in WILD:
            server.stdin.write(line + b"\n")
        server.send(6, "tools/call", name="cstar_list_tickets", arguments=["no object"])
        server.send(7, "tools/call", name="cstar_list_tickets", arguments={"search": "y" * 60_000})
        server.send(8, "no/such", x=1)
        server.send(9, "tools/list")
        server.send(10, "tools/call", name="cstar_wait_for_event", arguments={"seconds": 50})
        answers: dict[Any, Any] = {}
        while not {6, 7, 8, 9} <= set(answers):
            answer = json.loads(await asyncio.wait_for(server.stdout.readline(), 30))
            answers[answer.get("id")] = answer
        assert len(answers[9]["result"]["tools"]) == 17
        assert "error" in answers[6]
        if way == "end of input":
            server.stdin.close()
        elif way == "closed output":
            transport: Any = server.process._transport  # type: ignore[attr-defined]
            transport.get_pipe_transport(1).close()
            server.send(11, "tools/list")
            server.stdin.close()
        else:
            server.process.send_signal(getattr(signal, way))
        seconds, code, errors = await server.end()
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.process.kill()
    assert seconds < GONE, way
    assert code == (-getattr(signal, way) if way.startswith("SIG") else 0)
    assert "Traceback" not in errors


async def test_the_process_ends_with_its_host(sandbox: Sandbox) -> None:
    """When the input ends, or at SIGTERM or SIGINT, the process is gone within two seconds, whatever it has got."""
    team = sandbox.team()
    # The test of HTTP sends SIGTERM.
    for _ in range(at_length(1, 20)):
        for way in ("end of input", "SIGINT", *at_length((), ("SIGTERM", "closed output"))):
            await _end(team, way)


def test_no_key_is_an_error_before_anything_is_served(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Without a key the command ends with 4; with the key on standard input, which is the connection, with 2."""
    monkeypatch.delenv("CSTAR_API_KEY", raising=False)
    monkeypatch.setenv("CSTAR_CONFIG_DIR", str(tmp_path))
    assert cli.main(["mcp-server"]) == 4
    error = capsys.readouterr().err
    assert "there is no API key" in error
    assert "key-stdin" not in error
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"sk_test_0123456789\n")))
    assert cli.main(["mcp-server", "--key-stdin"]) == 2
    assert "standard input is the connection" in capsys.readouterr().err


EMPTY = (("--tools", ""), ("--tools", " , "), ("--toolset", ","), ("--allow", ""), ("--exclude-tools", ""))


def test_the_settings_have_all_options(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Options before and after the command, and variables, are in the settings of a host; a key is not, with a note."""
    monkeypatch.setenv("CSTAR_CONFIG_DIR", "/srv/it's \\mine")
    monkeypatch.setenv("CSTAR_TEAM_ID", "acme")
    before, after = ["--timeout", "5", "-v"], ["--deadline", "0.5", "--max-retries", "0"]
    for host in HOSTS:
        assert cli.main([*before, "mcp-server", *after, "--print-config", host]) == 0
        out, err = capsys.readouterr()
        server = tomllib.loads(out)["mcp_servers"] if host == "codex" else next(iter(json.loads(out).values()))
        assert set(server["cstar"]["args"]) == {"mcp-server", *before, *after}
        assert server["cstar"]["env"]["CSTAR_CONFIG_DIR"] == "/srv/it's \\mine"
        assert server["cstar"]["env"]["CSTAR_TEAM_ID"] == "acme"
        assert "no profile" in err
    assert cli.main(["mcp-server", "--api-key", "sk_live_0123456789abcdef", "--print-config", "claude"]) == 0
    out, err = capsys.readouterr()
    assert "sk_live" not in out + err
    assert "the key is not written into settings" in err


@pytest.mark.parametrize("host", HOSTS)
def test_the_settings_of_a_host(host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`--print-config` writes what a host needs to start the server as asked, and never a key."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_0123456789abcdef")
    words = ["mcp-server", "--read-only", "--toolset", "support,game", "--exclude-tools", "cstar_search", "--team", "t"]
    assert cli.main([*words, "--print-config", host, "--api-key", "sk_live_0123456789abcdef"]) == 0
    out = capsys.readouterr().out
    assert "sk_live" not in out
    if host == "codex":
        server = tomllib.loads(out)["mcp_servers"]["cstar"]
    else:
        server = json.loads(out)["servers" if host == "vscode" else "mcpServers"]["cstar"]
    assert server["command"].endswith("cstar")
    assert set(server["args"]) == set(words)
    assert server["args"][0] == "mcp-server"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--allow", "secret"], "--allow: 'secret' is not known; it must be of write, send, delete"),
        (["--allow", "send delete"], "--allow: 'send delete' is not known; it must be of write, send, delete"),
        *((list(words), f"{words[0]}: {words[1]!r} names nothing") for words in EMPTY),
        (["--tools", "cstar_write", "--read-only"], "the options leave no tool"),
        (["--tools", "cstar_search", "--exclude-tools", "cstar_search"], "the options leave no tool"),
        (["--tools", "../../x"], "--tools: '../../x' is not known"),
        (["--exclude-tools", "cstar_get_tickets"], "did you mean cstar_get_ticket?"),
        (["--toolset", "all,supports"], "did you mean support?"),
        (["--http", "8123"], "--http"),
        (["--token-file", "token"], "--token-file is for --http PORT"),
        (["--writes-per-minute", "0"], "--writes-per-minute"),
    ],
)
def test_wrong_options_are_named(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong word of an option ends the command with 2, and the nearest is named."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_test_0123456789")
    ending = [] if "--token-file" in words else ["--print-config", "claude"]
    assert cli.main(["mcp-server", *words, *ending]) == 2
    assert message in json.loads(capsys.readouterr().err)["error"]["message"]


def test_the_token_is_for_its_owner(tmp_path: Path) -> None:
    """A token is made once, in a file of mode 0600; a file that others can read, or that has no token, is refused."""
    path = tmp_path / "token"
    made = read_token(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made) > 40
    assert read_token(path) == made
    assert made not in repr(made)
    path.chmod(0o644)
    with pytest.raises(CommandError, match="chmod 600"):
        read_token(path)
    path.chmod(0o600)
    for bad in ("", "short", "two words of a token", "ä" * 20):
        path.write_text(bad, "utf-8")
        with pytest.raises(CommandError, match="must hold a token"):
            read_token(path)
    with pytest.raises(CommandError, match="cannot be used"):
        read_token(tmp_path / "no" / "token")


async def test_http_needs_the_token(sandbox: Sandbox) -> None:
    """Over HTTP only requests with the token, and to this machine by its name, are served."""
    team = sandbox.team()
    async with team.client() as cstar:
        app = http_app(Toolbox(cstar, permit(team.secret_key)), TOKEN)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            url = "http://127.0.0.1:8123"
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
            async with httpx.AsyncClient(transport=transport, base_url=url) as http:
                for headers in ({}, {"authorization": "Bearer no"}, {"authorization": TOKEN}, {"authorization": ""}):
                    answer = await http.post("/mcp", json=body, headers=headers)
                    assert answer.status_code == 401
                    assert TOKEN not in answer.text
                answer = await http.post("/mcp", json=body, headers={"authorization": f"bearer {TOKEN}"})
                assert answer.status_code != 401
                http.headers["authorization"] = f"Bearer {TOKEN}"
                answer = await http.post("/mcp", json=body, headers={"host": "evil.example:8123"})
                assert answer.status_code == 421
                answer = await http.post("/mcp", json=body, headers={"origin": "https://evil.example"})
                assert answer.status_code == 403
                async with Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client:
                    assert len((await client.list_tools()).tools) == 17
                    assert not (await client.call_tool("cstar_get_status", {})).is_error


async def test_http_is_served_on_this_machine_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """`--http PORT` listens on 127.0.0.1, makes the token, asks for confirmation, and ends at SIGTERM."""
    team, token = sandbox.team(), tmp_path / "token"
    words = [*COMMAND, "--http", str(_free_port()), "--token-file", str(token), "--allow", "delete"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stderr=pipe, env=environment(team))
    try:
        assert process.stderr is not None
        url = re.search(r"http://127\.0\.0\.1:\d+/mcp", (await process.stderr.readline()).decode())
        assert url is not None
        async with httpx.AsyncClient() as http:
            for _ in range(400):
                with contextlib.suppress(httpx.ConnectError):
                    if (await http.post(url[0], json={})).status_code == 401:
                        break
                await asyncio.sleep(0.05)
            http.headers["authorization"] = f"Bearer {token.read_text().strip()}"
            for mode in (LEGACY, MODERN):
                connection = streamable_http_client(url[0], http_client=http)
                async with Client(connection, mode=mode, elicitation_callback=User(last_word)) as client:
                    assert len((await client.list_tools()).tools) == 17
                    made = await client.call_tool("cstar_create_ticket", {"title": "Old"})
                    ticket = json.loads(made.content[0].text)["id"]  # type: ignore[union-attr]
                    asked = {"operation": "tickets.delete", "arguments": {"ticket_id": ticket}}
                    assert not (await client.call_tool("cstar_write", asked)).is_error
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) in {0, -signal.SIGTERM}
        assert token.read_text().strip() not in (await process.stderr.read()).decode()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_serving_needs_the_extra_and_a_token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says what to install; HTTP without a token is refused."""
    team = sandbox.team()
    async with team.client() as cstar:
        box = Toolbox(cstar, permit(team.secret_key))
        with pytest.raises(ValueError, match="token must not be empty"):
            await serve(box, port=1)
        with socket.create_server(("127.0.0.1", 0)) as used, pytest.raises(ValueError, match="cannot be used: Address"):
            await serve(box, port=used.getsockname()[1], token=TOKEN)
        monkeypatch.delitem(sys.modules, "cstar_async.mcp.server")
        monkeypatch.setitem(sys.modules, "mcp_types", None)
        with pytest.raises(ImportError, match=r"pip install 'cstar-async\[mcp\]'"):
            await serve(box)


async def test_an_output_that_cannot_be_written_is_told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a full disk is raised as it is, and not as a group of errors."""

    @contextlib.asynccontextmanager
    async def full() -> AsyncIterator[Any]:
        raise ExceptionGroup("tasks", [ExceptionGroup("task", [OSError(28, "No space left on device")])])
        yield

    monkeypatch.setattr("cstar_async.mcp.server.stdio_server", full)
    team = sandbox.team()
    async with team.client() as cstar:
        with pytest.raises(OSError, match="No space left"):
            await serve(Toolbox(cstar, permit(team.secret_key)))


def test_one_module_imports_the_package() -> None:
    """Only server.py imports `mcp`, and only the command imports it, when it serves."""
    importing = re.compile(r"^\s*(?:from|import) (?:mcp|mcp_types|uvicorn)\b", re.MULTILINE)
    found = [path for path in (ROOT / "cstar_async").rglob("*.py") if importing.search(path.read_text("utf-8"))]
    assert found == [ROOT / "cstar_async" / "mcp" / "server.py"]
