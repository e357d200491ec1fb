"""Who may come in, and in which order that is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "authentication_required"),
        ("Basic abc", "authentication_required"),
        ("Bearer ", "authentication_required"),
        ("Bearer nonsense", "invalid_key_format"),
        ("Bearer sk_live_unknown", "invalid_api_key"),
    ],
)
async def test_a_bad_key_is_named_as_bad_as_it_is(api: TeamApi, authorization: str, code: str) -> None:
    """Each kind of bad key has its own documented code, all of them 401."""
    reply = await api.get("/tickets", headers={"Authorization": authorization})
    assert reply.error == (401, code, None)
    assert reply.body["error"]["type"] == "authentication_error"


async def test_another_team_is_refused(api: TeamApi) -> None:
    """A key must not see the data of another team."""
    other = api.sandbox.team("Other")
    assert (await api.get("/tickets", key=other.secret_key)).error == (403, "team_access_denied", None)


async def test_a_team_that_does_not_exist_looks_like_another(api: TeamApi) -> None:
    """Guessing team ids must not tell which of them exist."""
    assert (await api.get("/api/v1/teams/nobody/tickets")).error == (403, "team_access_denied", None)


async def test_a_publishable_key_reads(api: TeamApi) -> None:
    """A publishable key may list."""
    assert (await api.get("/tickets", key=api.team.publishable_key)).status == 200


async def test_a_publishable_key_does_not_write(api: TeamApi) -> None:
    """A publishable key on a write has its documented code."""
    reply = await api.post("/tickets", {"title": "x"}, key=api.team.publishable_key)
    assert reply.error == (403, "publishable_key_write", None)


async def test_some_reads_want_a_secret_key(api: TeamApi) -> None:
    """Settings cannot be read with a publishable key."""
    reply = await api.get("/settings", key=api.team.publishable_key)
    assert reply.error == (403, "insufficient_permissions", None)


async def test_the_key_is_checked_before_the_path(api: TeamApi) -> None:
    """A stranger must not find out which paths exist."""
    assert (await api.get("/nothing", key="sk_test_unknown")).error == (401, "invalid_api_key", None)


async def test_an_unknown_path_is_404(api: TeamApi) -> None:
    """A path that the contract does not know is a missing resource."""
    assert (await api.get("/nothing")).error == (404, "resource_missing", None)


async def test_a_wrong_method_is_405_and_says_what_is_allowed(api: TeamApi) -> None:
    """PUT on a collection is told GET and POST."""
    reply = await api.send("PUT", "/tickets", {})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")


async def test_whoami_tells_team_and_kind_of_key(api: TeamApi) -> None:
    """A client finds its team from the key alone."""
    data = (await api.get("/api/v1/auth/whoami", key=api.team.publishable_key)).data
    assert data == {
        "teamId": api.team.id,
        "teamName": "Acme Support",
        "teamSlug": "acme-support",
        "keyType": "publishable",
        "environment": "test",
    }


async def test_an_error_has_every_documented_field(api: TeamApi) -> None:
    """The offending field stands under both of its names, and the request id in three places."""
    reply = await api.post("/tickets", {})
    request_id = reply.headers["x-cstar-request-id"]
    assert reply.body["success"] is False
    assert reply.body["error"] == {
        "type": "invalid_request_error",
        "code": "parameter_missing",
        "message": "The 'title' field is required.",
        "param": "title",
        "field": "title",
        "doc_url": "https://www.cstar.help/developers/errors#parameter_missing",
        "request_id": request_id,
    }
    assert reply.body["meta"]["requestId"] == request_id
