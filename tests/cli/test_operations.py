"""Every operation as a command: it sends what its method sends, and its help, values and errors are good."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import json
import os
import shlex
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import click
import pytest

from cstar_async import CStarClient
from cstar_async._generated import operations
from cstar_async.cli.exits import Exit
from cstar_async.cli.operation_options import dashed
from cstar_async.cli.root import _COMMANDS, Root
from cstar_async.cli.state import State
from tests import contract
from tests.support.aio import SECRET, TEAM
from tests.support.arguments import make, method
from tests.support.command_line import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cstar_async._core.operation import Param
    from tests.support.command_line import CommandLine

URL = "http://localhost:1"
ENDPOINTS = [endpoint for endpoint in contract.endpoints() if endpoint.id != "events.stream"]


@pytest.fixture
def cstar(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Commands with a team and a server, and without a key."""
    monkeypatch.setenv("CSTAR_BASE_URL", URL)
    monkeypatch.setenv("CSTAR_TEAM_ID", TEAM)
    return cstar


def words_of(param: Param, value: Any) -> list[str]:
    """The words of a command line for a value of a parameter."""
    option = f"--{dashed(param.argument)}"
    if param.secret:
        return [f"{option}-stdin"]
    if isinstance(value, bool) and param.type == "boolean":
        return [option if value else f"--no-{option[2:]}"]
    if isinstance(value, dt.datetime):
        return [option, value.isoformat().replace("+00:00", "Z")]
    if param.type == "array":
        return [word for item in value for word in (option, item if isinstance(item, str) else json.dumps(item))]
    if param.type == "object":
        # Members that are text as text, and the others as JSON.
        return [
            word
            for key, part in value.items()
            for word in (option, f"{key}={part}" if isinstance(part, str) else f"{key}:={json.dumps(part)}")
        ]
    return [option, value if isinstance(value, str) else json.dumps(value)]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.id)
def test_a_command_sends_what_its_method_sends(cstar: CommandLine, endpoint: contract.Endpoint) -> None:
    """Every argument of every operation, as options, gives the request of the typed method."""
    words = [dashed(part) for part in endpoint.id.split(".")]
    if importlib.util.find_spec(f"cstar_async.cli.commands.{words[0]}") is None and words[0] in _COMMANDS:
        pytest.skip(f"there is no command {words[0]} yet")
    arguments, found = make(endpoint), operations.load(endpoint.id)
    secrets: list[str] = []
    options: list[str] = []
    for param in found.params:
        if param.location != "path":
            options += words_of(param, arguments.named[param.argument])
            if param.secret:
                secrets.append(arguments.named[param.argument])
    ran = cstar(*words, "--curl", *options, "--", *arguments.positional, stdin="\n".join(secrets))
    assert (ran.code, ran.err) == (0, "")
    client = CStarClient(SECRET, team_id=TEAM, base_url=URL)
    typed = method(client, endpoint.id)(*arguments.positional, **arguments.named)
    assert ran.out == f"{typed.as_curl().replace('{teamId}', TEAM, 1)}\n"


def test_the_stream_is_a_command_too(cstar: CommandLine) -> None:
    """`events stream` is the one operation that is not a call."""
    assert "/api/v1/teams/" in cstar("events", "stream", "--curl").out


def commands(group: click.Group, above: click.Context | None = None) -> Iterator[tuple[click.Command, click.Context]]:
    """All commands of the tree that can be loaded, with their contexts."""
    context = click.Context(group, above, info_name=group.name, obj=State())
    for name in group.list_commands(context):
        if above is None and importlib.util.find_spec(f"cstar_async.cli.commands.{name}") is None and name in _COMMANDS:
            continue
        command = group.get_command(context, name)
        assert command is not None, name
        yield command, click.Context(command, context, info_name=name, obj=State())
        if isinstance(command, click.Group):
            yield from commands(command, context)


def test_every_command_has_help_and_an_example_and_no_name_twice() -> None:
    """All commands have a text, an example and options that differ; click warns of none."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        count = 0
        for command, context in commands(Root()):
            count += 1
            text = command.get_help(context)
            assert command.get_short_help_str(), context.command_path
            assert command.help, context.command_path
            if not isinstance(command, click.Group):
                assert command.epilog is not None, context.command_path
                assert "xample" in command.epilog or "cstar " in command.epilog, context.command_path
            names = [opt for param in command.params for opt in (*param.opts, *param.secondary_opts)]
            assert len(names) == len(set(names)), context.command_path
            for param in command.params:
                assert isinstance(param, click.Argument) or param.hidden or param.help, (context.command_path, param)  # type: ignore[attr-defined]
            assert "\t" not in text
    assert [str(warning.message) for warning in caught] == []
    assert count > 150


def test_every_example_is_a_command_line_that_is_read(cstar: CommandLine) -> None:
    """The example of each operation gives a request, or is that of a command with a body."""
    for operation in operations.load_all().values():
        words = [dashed(part) for part in operation.id.split(".")]
        if words[0] in _COMMANDS:
            continue
        text = cstar(*words, "--help").out
        example = shlex.split(text.partition("Example: ")[2])
        assert example[: len(words) + 1] == ["cstar", *words]
        if not any(param.secret and param.required for param in operation.params):
            ran = cstar(*example[1:], "--curl")
            assert ran.code == 0, (operation.id, example, ran.err)


def curl(cstar: CommandLine, *words: str, stdin: str = "") -> Any:
    """The JSON body, or the path, of the request of a command."""
    ran = cstar(*words, "--curl", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    body = ran.out.partition("--data-raw '")[2].removesuffix("'\n").replace("'\\''", "'")
    return json.loads(body) if body else ran.out.partition(URL)[2].partition("'")[0]


def test_values_of_objects(cstar: CommandLine, tmp_path: Path) -> None:
    """`key=text`, `key:=JSON`, JSON, a file and standard input give the members of an object; a key is never a path."""
    (tmp_path / "plan.json").write_text('{"file": [1]}')
    words = ["tickets", "create", "--title", "x"]
    words += ["--metadata", "a.b=c=d", "--metadata", "n:=2", "--metadata", '{"json": null}']
    words += ["--metadata", f"@{tmp_path}/plan.json", "--metadata", "-", "--metadata", "n:=3", "--metadata", "empty="]
    found = curl(cstar, *words, stdin='{"stdin": true}')
    assert found["metadata"] == {"a.b": "c=d", "n": 3, "json": None, "file": [1], "stdin": True, "empty": ""}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("text", "'text' is not key=text, key:=JSON or a JSON object"),
        ("=x", "is not key=text"),
        ("n:=x", "not JSON: "),
        ("{", "not JSON: "),
        ("@/nowhere", "/nowhere cannot be read: No such file or directory"),
        ("-", "needs to be a JSON object"),
    ],
)
def test_bad_members_are_refused(cstar: CommandLine, value: str, problem: str) -> None:
    """What is no member is an error that says what is wrong."""
    ran = cstar("tickets", "create", "--title", "x", "--metadata", value, "--curl", stdin="[1]")
    assert ran.code == Exit.USAGE
    assert problem in ran.error["message"]


def test_a_whole_body(cstar: CommandLine, tmp_path: Path) -> None:
    """`--input` is the body as JSON, from a file or standard input; options replace its fields."""
    (tmp_path / "body").write_text('{"title": "a", "customerId": "cus_1", "tags": ["x"]}')
    words = ["tickets", "create", "--input", f"@{tmp_path}/body", "--title", "b", "--tags", "y", "--tags", "z,2"]
    assert curl(cstar, *words) == {"title": "b", "customerId": "cus_1", "tags": ["y", "z,2"]}
    assert curl(cstar, "tickets", "create", "--input", "-", stdin='{"title": "c"}') == {"title": "c"}
    ran = cstar("tickets", "create", "--input", '{"titl": "c"}', "--curl")
    assert "--input: unknown fields titl; known are title, " in ran.error["message"]
    assert "JSON object" in cstar("tickets", "create", "--input", "[]", "--curl").error["message"]


def test_null_and_left_alone_differ(cstar: CommandLine) -> None:
    """`--clear` sets a field to null; what is not given is left out."""
    assert curl(cstar, "tickets", "update", "tkt_1", "--clear", "notes", "--title", "x") == {
        "title": "x",
        "notes": None,
    }
    ran = cstar("tickets", "update", "tkt_1", "--clear", "title", "--curl")
    assert "'title' is not one of 'customer-id', 'assigned-to', 'tags', 'notes'" in ran.error["message"]


def test_unknown_values_have_the_nearest_name(cstar: CommandLine) -> None:
    """A value that is not known is refused with the nearest one; `--unchecked`, before or after it, sends it."""
    ran = cstar("tickets", "list", "--status", "opeen", "--curl")
    assert ran.code == Exit.USAGE
    assert ran.error["message"] == (
        "Invalid value for '--status': 'opeen' is not one of new, open, pending, resolved, closed; did you mean open?"
    )
    assert "--unchecked sends it all the same" in cstar("tickets", "list", "--status", "x", "--curl").error["message"]
    for words in (["--status", "x", "--unchecked"], ["--unchecked", "--status", "x"]):
        assert "status=x" in curl(cstar, "tickets", "list", *words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00+02:00", "2026-03-01T12:00:00+02:00"),
        ("2026-03-01 12:00:00Z", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00", "2026-03-01T12:00:00+01:00"),
        ("2026-03-01", "2026-03-01T00:00:00+01:00"),
        ("2h", -7_200),
        ("-2h", -7_200),
        ("+30d", 30 * 86_400),
        ("1w", -7 * 86_400),
    ],
)
def test_times(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, text: str, expected: str | int) -> None:
    """Moments in ISO 8601, dates, and times from now; without a zone they are of this machine's."""
    monkeypatch.setenv("TZ", "CET-1")
    time.tzset()
    try:
        found = curl(cstar, "keys", "create", "--name", "x", "--expires-at", text)["expiresAt"]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    if isinstance(expected, str):
        assert found == expected
    else:
        away = (dt.datetime.fromisoformat(found) - dt.datetime.now(dt.UTC)).total_seconds()
        assert abs(away - expected) < 60


@pytest.mark.parametrize("text", ["soon", "30x", "2026-13-01", "999999999w", "2026-03-01T25:00:00Z"])
def test_what_is_no_time_is_refused(cstar: CommandLine, text: str) -> None:
    """The error shows what a time looks like."""
    ran = cstar("keys", "create", "--name", "x", "--expires-at", text, "--curl")
    assert ran.code == Exit.USAGE
    assert "is not a time such as" in ran.error["message"]


def test_errors_of_usage_name_the_options(cstar: CommandLine) -> None:
    """Missing and wrong arguments are named as on the command line, whether or not there is a key."""
    assert cstar("tickets", "create").error["message"] == "--title is missing"
    assert "Missing argument 'TICKET_ID'" in cstar("tickets", "get").error["message"]
    assert "Did you mean list?" in cstar("tickets", "lst").error["message"]
    assert "Did you mean tickets?" in cstar("tickts").error["message"]
    assert "--title" in cstar("tickets", "create", "--titl", "x").error["message"]
    assert cstar("tickets", "\udcff").code == Exit.USAGE  # a byte that is no text
    assert "not a valid integer" in cstar("tickets", "list", "--page", "x").error["message"]
    assert {cstar(*words).code for words in (["tickets", "create"], ["tickets", "lst"], ["x"])} == {Exit.USAGE}


def test_without_a_key_the_error_says_how_to_give_one(cstar: CommandLine) -> None:
    """Exit code 4, and what to do."""
    ran = cstar("tickets", "list")
    assert (ran.code, ran.error["exit"]) == (Exit.DENIED, Exit.DENIED)
    assert "cstar login" in ran.error["message"]


def test_the_curl_command_shows_no_key(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--curl` writes the server that would be asked, and variables for the team and the key."""
    monkeypatch.setenv("CSTAR_API_KEY", SECRET)
    ran = cstar("tickets", "list", "--base-url", "http://localhost:2", "--curl")
    assert f"http://localhost:2/api/v1/teams/{TEAM}/tickets" in ran.out
    assert "$CSTAR_API_KEY" in ran.out
    assert SECRET not in ran.out


def test_help_and_mistakes_load_nothing_heavy() -> None:
    """Help and errors of usage of operations and of bulk commands load no client, and no package that takes long."""
    program = """
import contextlib, io, sys
from cstar_async.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    codes = [int(main(words.split())) for words in (
        "--version", "--help", "tickets", "tickets --help", "tickets create --help", "tickets import --help",
        "tickets lst", "tickets create", "tickets list --status opened", "tickets update tkt_1 --metadata x",
    )]
heavy = ("aiohttp", "asyncio", "attrs", "cattrs", "rich", "keyring", "mcp", "cstar_async.client", "cstar_async.models")
print(codes, [name for name in heavy if name in sys.modules])
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[0, 0, 0, 0, 0, 0, 2, 2, 2, 2] []\n"
