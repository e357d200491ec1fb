"""docs/sandbox-control.md is complete, and its examples run."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from cstar_async.sandbox.__main__ import parse_arguments
from cstar_async.sandbox.control.app import ROUTES
from cstar_async.sandbox.control.queries import KINDS
from cstar_async.sandbox.delivery.worker import STATES
from tests.sandbox.control_api import control_of
from tests.sandbox.delivery.test_worker import scene

DOCUMENT = (Path(__file__).parents[3] / "docs" / "sandbox-control.md").read_text("utf-8")
CURL = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }\n'


class Example(NamedTuple):
    """A command, and the answer that the document shows for it; empty if it shows none."""

    command: str
    answer: str


def examples() -> list[Example]:
    """The commands of the document, in order."""
    found: list[Example] = []
    for block in re.findall(r"^```console\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL):
        for part in block.split("$ curl")[1:]:
            command, _, answer = part.partition("\n")
            found.append(Example(f"curl{command}", answer.strip()))
    return found


def shape(value: Any) -> Any:
    """The names in a JSON value without their values, and of a list its first object only."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if name != "payload"}
    return [shape(each) for each in value[:1] if isinstance(each, dict)] if isinstance(value, list) else None


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
async def test_the_examples_run_and_answer_as_shown() -> None:
    """The examples run, and their answers have the shape that is shown."""
    async with scene(events=("ticket.created",)) as s, control_of(s.sandbox) as control:
        ticket = await s.cstar.tickets.create(title="Printer on fire")
        topic = (await s.cstar.community.topics.list()).data[0].id
        post = await s.cstar.community.posts.create(title="How to", body="Like this?", topic_id=topic)
        invite = await s.cstar.members.invites.send(email="nia@example.org", role="agent")
        await s.sandbox.settled()
        event = (await control.send("GET", "/events"))["events"][-1]
        (delivery,) = (await control.send("GET", "/deliveries"))["deliveries"]
        settings = {"SANDBOX": f"{s.sandbox.base_url}/_sandbox", "TEAM": s.sandbox.default_team.id, "TOKEN": "unused"}
        settings |= {"EVENT": event["id"], "DELIVERY": str(delivery["number"]), "REQUEST": "2"}
        settings |= {"TICKET": ticket.id, "POST": post.id, "INVITE": invite.id}
        head = CURL + "".join(f"{name}='{value}'\n" for name, value in settings.items())
        # Resets of the team go last, because the other examples need its data.
        for example in sorted(examples(), key=lambda each: "/reset" in each.command):
            await s.cstar.auth.whoami()  # the clock may have been advanced into another window
            process = await asyncio.create_subprocess_exec(
                "bash", "-c", head + example.command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            output, _ = await process.communicate()
            assert process.returncode == 0, (example.command, output)
            if example.answer:
                assert shape(orjson.loads(output)) == shape(orjson.loads(example.answer)), example.command
            elif "stream" not in example.command:
                assert "error" not in orjson.loads(output), example.command
            else:
                assert b'"title"' not in output
                assert b'"kind":"request"' in output


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_endpoint_is_documented(method: str, path: str) -> None:
    """Every endpoint is documented."""
    assert f"`{method} {re.sub(r':.*?}}', '}', path)}`" in DOCUMENT


def test_every_option_state_and_kind_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option, state and kind is documented."""
    with pytest.raises(SystemExit):
        parse_arguments(["--help"])
    options = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", capsys.readouterr().out)) - {"--help"}
    assert {each for each in options if each not in DOCUMENT} == set()
    assert {each for each in (*KINDS, *STATES) if f"`{each}`" not in DOCUMENT} == set()
