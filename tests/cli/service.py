"""A sandbox for commands, and a service in front of it that is not known to be one."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from cstar_async.sandbox import Sandbox, Team


class Shell(CommandLine):
    """Runs commands in this process, with a team in the environment and settings of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: Path) -> None:
        super().__init__(monkeypatch, capsys)
        self._environment = monkeypatch
        for name in ("CSTAR_API_KEY", "CSTAR_TEAM_ID", "CSTAR_BASE_URL", "CSTAR_SANDBOX_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("CSTAR_CONFIG_DIR", str(config))

    def use(self, team: Team, **environment: str) -> None:
        """Put a team into the environment."""
        for name, value in (team.environment | environment).items():
            self._environment.setenv(name, value)


@contextmanager
def front(sandbox: Sandbox, *missing: str) -> Iterator[str]:
    """The address of a server that passes requests on to a sandbox, and answers 404 for paths with these parts in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if "/_sandbox" in self.path or any(part in self.path for part in missing):
                self._answer(404, b'{"success": false, "error": {"code": "not_found", "message": "No such endpoint"}}')
                return
            headers = {name: value for name, value in self.headers.items() if name not in {"Host", "Content-Length"}}
            url = f"{sandbox.base_url}{self.path}"
            request = urllib.request.Request(url, body or None, headers, method=self.command)
            try:
                with urllib.request.urlopen(request) as answer:
                    self._answer(answer.status, answer.read(), dict(answer.headers))
            except urllib.error.HTTPError as error:
                with error:
                    self._answer(error.code, error.read())

        do_POST = do_GET  # noqa: N815  # called by http.server

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                if name.lower().startswith("x-ratelimit"):
                    self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with served(Handler) as url:
        yield url


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
