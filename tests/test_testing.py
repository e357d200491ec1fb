"""The pytest plugin, in test suites that run in their own processes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

from cstar_async import testing
from cstar_async.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
PLUGIN = ("-p", "cstar_async.testing")
STRICT = ("-W", "error", "-p", "no:cacheprovider")


def run_pytest(folder: Path, *arguments: str, autoload: bool = False) -> str:
    """The output of pytest on a folder, with the named plugins only."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    environment = {name: value for name, value in environment.items() if not name.startswith(("CSTAR_", "PYTEST_"))}
    if not autoload:
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-m", "pytest", "-q", *STRICT, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    return done.stdout + done.stderr


def passed(output: str) -> int:
    """The number of tests that passed; asserts that there was no other outcome."""
    assert not re.search(r"\d+ (failed|error|skipped|warning)", output), output
    found = re.search(r"(\d+) passed", output)
    assert found, output
    return int(found[1])


def write(folder: Path, **files: str) -> None:
    """Write Python files, given by name."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))


def test_a_run_without_its_fixtures_loads_nothing_heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin loads nothing heavy in a run that does not use it."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # coverage itself would load sqlite3
    write(
        tmp_path,
        test_unused="""
        import sys

        def test_nothing_is_loaded(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("cstar_async.testing")
            heavy = {"aiohttp", "asyncio", "attrs", "orjson", "sqlite3", "cstar_async.client", "cstar_async.sandbox"}
            assert heavy & set(sys.modules) == set()
        """,
    )
    assert passed(run_pytest(tmp_path, *PLUGIN)) == 1


def test_the_plugin_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """The plugin is found by the entry point of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    entries = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["pytest11"].items())
    installed = tmp_path / "cstar_async_as_installed-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: cstar-async-as-installed\nVersion: 0\n")
    (installed / "entry_points.txt").write_text(f"[pytest11]\n{entries}")
    write(tmp_path, test_found="def test_found(cstar_team):\n    assert cstar_team.id\n")
    slow = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")  # other plugins that may be installed
    options = ("-o", "asyncio_default_fixture_loop_scope=function", *slow)
    assert passed(run_pytest(tmp_path, *options, autoload=True)) == 1
    assert passed(run_pytest(tmp_path, *options, *PLUGIN, autoload=True)) == 1, (
        "the plugin must be loaded once, if it is named too"
    )


# Uses a client; each plugin for asynchronous tests runs it in its own way.
USE = """
async def use(client, team, faults):
    faults.add(status=503)
    ticket = await client.tickets.create(title="mine")
    assert [each.id for each in await client.tickets.list()] == [ticket.id]
    assert [record.status for record in team.requests] == [503, 201, 200]
"""
TWO_TESTS = """
import pytest
from use import use
clients = []
{mark}
@pytest.mark.parametrize("again", [1, 2])
async def test_client(cstar_client, cstar_team, cstar_faults, again):
    clients.append(cstar_client)
    await use(cstar_client, cstar_team, cstar_faults)

def test_the_clients_were_closed():
    assert [client._requester._transport.closed for client in clients] == [True, True]
"""


@pytest.mark.parametrize(
    ("options", "mark"),
    [
        (("asyncio_mode=auto", "asyncio_default_fixture_loop_scope=function"), ""),
        (
            ("asyncio_mode=strict", "asyncio_default_fixture_loop_scope=session"),
            "@pytest.mark.asyncio(loop_scope='session')",
        ),
    ],
    ids=["auto", "strict, one loop for all"],
)
def test_it_works_with_pytest_asyncio(tmp_path: Path, options: tuple[str, ...], mark: str) -> None:
    """The client fixture works with pytest-asyncio, in any mode, and is closed."""
    write(tmp_path, use=USE, test_async=TWO_TESTS.format(mark=mark))
    settings = [argument for option in options for argument in ("-o", option)]
    assert passed(run_pytest(tmp_path, *PLUGIN, "-p", "pytest_asyncio.plugin", *settings)) == 3


def test_it_works_with_anyio(tmp_path: Path) -> None:
    """The client fixture works with anyio, and is closed."""
    pytest.importorskip("anyio")
    write(tmp_path, use=USE, test_anyio=TWO_TESTS.format(mark="@pytest.mark.anyio"))
    write(tmp_path, conftest="import pytest\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n")
    assert passed(run_pytest(tmp_path, *PLUGIN, "-p", "anyio")) == 3


def test_it_works_without_a_plugin_for_asyncio(tmp_path: Path) -> None:
    """The fixtures work in synchronous tests, with or without an event loop."""
    write(
        tmp_path,
        use=USE,
        test_sync="""
        import asyncio, threading, urllib.request
        from use import use

        def test_runs_a_loop(cstar_client, cstar_team, cstar_faults):
            asyncio.run(use(cstar_client, cstar_team, cstar_faults))

        def test_does_not_use_the_client(cstar_client):
            pass

        def test_leaves_a_loop_open(open_loop, cstar_client, cstar_team, cstar_faults):
            open_loop.run_until_complete(use(cstar_client, cstar_team, cstar_faults))

        def test_has_a_server_in_a_thread(running_loop, cstar_client):
            asyncio.run_coroutine_threadsafe(cstar_client.tickets.list().send(), running_loop).result(timeout=60)

        def test_needs_no_loop(cstar_sandbox, cstar_team, monkeypatch):
            for name, value in cstar_team.environment.items():
                monkeypatch.setenv(name, value)
            urllib.request.urlopen(f"{cstar_sandbox.base_url}/_sandbox/health", timeout=60).close()
        """,
        conftest="""
        import asyncio, threading
        import pytest

        @pytest.fixture
        def open_loop():
            loop = asyncio.new_event_loop()
            yield loop
            loop.close()

        @pytest.fixture
        def running_loop(open_loop):
            thread = threading.Thread(target=open_loop.run_forever)
            thread.start()
            yield open_loop
            open_loop.call_soon_threadsafe(open_loop.stop)
            thread.join()
        """,
    )
    assert passed(run_pytest(tmp_path, *PLUGIN)) == 5


def test_without_the_extra_only_tests_with_a_fixture_fail(tmp_path: Path) -> None:
    """Without the extra only tests that use a fixture fail, and say what to install."""
    write(
        tmp_path,
        conftest="import sys\nsys.modules['jsonschema_rs'] = None\n",
        test_both="def test_other():\n    pass\n\ndef test_sandbox(cstar_team):\n    pass\n",
    )
    output = run_pytest(tmp_path, *PLUGIN)
    assert "1 passed, 1 error" in output
    assert "the sandbox needs jsonschema-rs: pip install 'cstar-async[sandbox]'" in output
    assert "Traceback" not in output


def test_the_options_of_the_sandbox_can_be_overridden(tmp_path: Path) -> None:
    """A suite can override the options of the sandbox."""
    write(
        tmp_path,
        conftest="""
        import pytest
        from cstar_async.sandbox import Switches

        @pytest.fixture(scope="session")
        def cstar_sandbox_options():
            return {"quota": False, "switches": Switches(pagination="top")}
        """,
        test_options="""
        import asyncio

        def test_options(cstar_client):
            async def run():
                response = await cstar_client.tickets.list().response()
                assert response.rate_limit.remaining == response.rate_limit.limit
                page = await cstar_client.tickets.list()
                assert page.pagination.total == 0
            asyncio.run(run())
        """,
    )
    assert passed(run_pytest(tmp_path, *PLUGIN)) == 1


@pytest.mark.parametrize("workers", [0, 4])
def test_the_example_suite_passes_alone_and_in_parallel(tmp_path: Path, workers: int) -> None:
    """The example suite passes, alone and in parallel."""
    suite = tmp_path / "helpdesk"
    shutil.copytree(ROOT / "examples" / "helpdesk", suite, ignore=shutil.ignore_patterns("__pycache__"))
    plugins = (*PLUGIN, "-p", "pytest_asyncio.plugin", "-p", "xdist")
    assert passed(run_pytest(suite, *plugins, "-n", str(workers))) == 11


def test_tests_of_one_run_are_isolated(tmp_path: Path) -> None:
    """Tests of one run do not see each other's data, faults or deliveries."""
    write(
        tmp_path,
        test_many="""
        import asyncio
        import pytest

        @pytest.mark.parametrize("number", range(40))
        def test_alone(cstar_sandbox, cstar_team, cstar_client, cstar_faults, cstar_clock, number):
            async def run():
                await cstar_sandbox.settled()  # nothing of an earlier test is in progress
                assert [ticket.title async for ticket in cstar_client.tickets.list()] == []
                await cstar_client.webhooks.create(name="x", url="http://127.0.0.1:9/", events=["*"])
                await cstar_client.tickets.create(title=str(number))
                assert [ticket.title async for ticket in cstar_client.tickets.list()] == [str(number)]
                cstar_clock.advance(hours=number)
                assert [record.status for record in cstar_team.requests] == [200, 201, 201, 200]
            asyncio.run(run())
            cstar_faults.add(status=500, times=None)
            cstar_faults.add_delivery(bad_signature=True, times=None)
        """,
    )
    assert passed(run_pytest(tmp_path, *PLUGIN, "-p", "xdist", "-n", "2")) == 40


def test_a_webhook_of_an_earlier_test_is_not_called(tmp_path: Path) -> None:
    """A webhook of an earlier test is not called when a later one moves the clock."""
    write(
        tmp_path,
        test_two="""
        import asyncio, http.server, threading
        import pytest

        attempts = []

        class Refuse(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                attempts.append(self.headers["X-Delivery-Attempt"])
                self.send_error(500)

            def log_message(self, *_):
                pass

        @pytest.fixture(scope="module")
        def address():
            with http.server.HTTPServer(("127.0.0.1", 0), Refuse) as server:
                threading.Thread(target=server.serve_forever).start()
                yield f"http://127.0.0.1:{server.server_port}/"
                server.shutdown()

        def test_first(cstar_sandbox, cstar_client, address):
            async def run():
                await cstar_client.webhooks.create(name="x", url=address, events=["*"])
                await cstar_client.tickets.create(title="x")
                await cstar_sandbox.settled()
            asyncio.run(run())
            assert attempts == ["1"]

        def test_second(cstar_sandbox, cstar_clock, address):
            cstar_clock.advance(days=1)
            asyncio.run(cstar_sandbox.settled())
            assert attempts == ["1"]
        """,
    )
    assert passed(run_pytest(tmp_path, *PLUGIN)) == 2


def test_ids_do_not_depend_on_earlier_tests() -> None:
    """The ids of a team depend on its name and the seed alone."""
    with Sandbox(seed=3) as alone, Sandbox(seed=3) as busy:
        for _ in range(3):
            busy.team()
        busy.team("tests/test_b.py::test_other")
        name = "tests/test_a.py::test_mine"
        assert alone.team(name) == busy.team(name)
        assert alone.team(name) != busy.default_team


def test_a_fresh_team_takes_less_than_two_milliseconds() -> None:
    """Making a team takes less than two milliseconds."""
    with Sandbox() as sandbox:
        seconds: list[float] = []
        for number in range(50):
            started = time.process_time()  # includes the sandbox's thread, and no other process
            sandbox.team(f"test {number}")
            seconds.append(time.process_time() - started)
    assert min(seconds) < 0.002


def test_a_test_fails_if_answers_drift(tmp_path: Path) -> None:
    """`cstar_no_drift` fails a test whose answers differ from the contract, and says how; others pass."""
    write(
        tmp_path,
        conftest="""
        from cstar_async import drift
        drift.watch(sample=0)
        """,
        test_drift="""
        import pytest

        @pytest.mark.parametrize("drift", ["off", "on"])
        @pytest.mark.usefixtures("cstar_no_drift")
        async def test_seen(cstar_sandbox, cstar_client, drift):
            cstar_sandbox.switches.drift = drift
            await cstar_client.tickets.create(title="mine")

        async def test_not_seen(cstar_client):
            await cstar_client.tickets.create(title="mine")
        """,
    )
    settings = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    output = run_pytest(tmp_path, *PLUGIN, "-p", "pytest_asyncio.plugin", *settings)
    assert "3 passed, 1 error" in output, output
    assert "| tickets.create | Ticket.updatedAt | absent |  | 1 |" in output
    assert "| tickets.create | Ticket.status | unknown value | a string | 1 |" in output


def test_every_fixture_is_documented() -> None:
    """Every fixture has a docstring and is in the guide."""
    for name in testing.__all__:
        assert getattr(testing, name).__doc__, name
        assert f"`{name}`" in (ROOT / "docs" / "sandbox.md").read_text(), name
