"""How a Call shows itself, as curl and as a repr, and what it says when it is forgotten."""

from __future__ import annotations

import gc
import subprocess
import sys
import warnings
from typing import Any

import pytest

from cstar_async._core.call import Call
from cstar_async.client import CStarClient
from tests.support.operations import CREATE, GET, LIST, operation
from tests.support.server import KEY, TEAM, data, serve


def thing(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


def test_curl_hides_the_key_and_shows_the_team_as_a_placeholder() -> None:
    """The command can be pasted anywhere: no key, no team, but the body and the query."""
    client = CStarClient(KEY, team_id=TEAM)
    call = Call[Any](client, CREATE, (), {"a": "b c"}, {"title": "it's"}, None).options(idempotency_key="k1")
    assert call.as_curl() == (
        "curl -X POST 'https://www.cstar.help/api/v1/teams/{teamId}/things?a=b%20c' \\\n"
        '  -H "Authorization: Bearer $CSTAR_API_KEY" \\\n'
        "  -H 'Idempotency-Key: k1' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  --data-raw \'{"title":"it\'"\'"\'s"}\''
    )
    public = operation("GET", "/api/v1/public", key="none")
    assert (
        Call[Any](client, public, (), None, None, None).as_curl() == "curl -X GET https://www.cstar.help/api/v1/public"
    )


def test_repr_names_the_operation_and_no_data() -> None:
    """Customers' data does not get into logs through a repr."""
    client = CStarClient(KEY)
    call = Call[Any](client, CREATE, (), None, {"title": "private"}, None)
    assert repr(call) == "<Call things.create: POST /api/v1/teams/{teamId}/things>"
    assert call.operation is CREATE
    call.as_curl()


def test_a_forgotten_call_warns_once() -> None:
    """`cstar.tickets.create(...)` without await does nothing, and says so."""
    client = CStarClient(KEY)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call = Call[Any](client, GET, ("t1",), None, None, None)
        del call
        gc.collect()
    assert [str(warning.message) for warning in caught] == [
        "<Call things.get: GET /api/v1/teams/{teamId}/things/{thingId}> was never awaited, so nothing was sent"
    ]
    assert caught[0].category is RuntimeWarning


async def test_use_in_any_form_does_not_warn() -> None:
    """Awaiting, deriving, sending, curl and gather are all use. Any warning fails this test."""
    async with serve(data(1)) as server, server.client() as client:
        await thing(client)
        await thing(client).options(timeout=3)
        await thing(client).response()
        await thing(client).send()
        thing(client).as_curl()
        outcomes = client.gather([thing(client), thing(client)])
        async for _ in outcomes:
            break
        del outcomes
        gc.collect()


def test_a_call_that_could_not_be_made_does_not_warn() -> None:
    """An error in the constructor is not followed by a warning about a call that never was."""
    with pytest.raises(AttributeError):
        _ = Call[Any](object(), LIST, (), None, None, None)  # type: ignore[arg-type]
    gc.collect()


def test_silent_at_interpreter_shutdown() -> None:
    """A script that ends with a Call still in a global does not print a warning from a dying interpreter."""
    script = (
        "from cstar_async.client import CStarClient\n"
        "from cstar_async._core.call import Call\n"
        "from tests.support.operations import GET\n"
        "import sys\n"
        "sys.keep = Call(CStarClient('sk_test_x'), GET, ('t1',), None, None, None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
