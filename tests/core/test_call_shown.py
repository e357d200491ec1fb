"""Calls as curl commands, as reprs, and in the warning about a Call that was never awaited."""

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
    """`as_curl()` has the query and the body, and placeholders for the key and the team."""
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
    """The repr of a Call names its operation and shows no data."""
    client = CStarClient(KEY)
    call = Call[Any](client, CREATE, (), None, {"title": "private"}, None)
    assert repr(call) == "<Call things.create: POST /api/v1/teams/{teamId}/things>"
    assert call.operation is CREATE
    call.as_curl()


def test_a_forgotten_call_warns_once() -> None:
    """A Call that was never awaited warns once that nothing was sent."""
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
    """A Call that was awaited, copied, sent, gathered or shown as curl does not warn."""
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
    """A Call whose constructor raised does not warn."""
    with pytest.raises(AttributeError):
        _ = Call[Any](object(), LIST, (), None, None, None)  # type: ignore[arg-type]
    gc.collect()


def test_silent_at_interpreter_shutdown() -> None:
    """A Call that is alive at interpreter shutdown does not warn."""
    script = (
        "from cstar_async.client import CStarClient\n"
        "from cstar_async._core.call import Call\n"
        "from tests.support.operations import GET\n"
        "import sys\n"
        "sys.keep = Call(CStarClient('sk_test_x'), GET, ('t1',), None, None, None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
