"""Authentication and authorization, and the order of their checks."""

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
async def test_each_kind_of_bad_key_has_its_code(api: TeamApi, authorization: str, code: str) -> None:
    """Each kind of bad key is a 401 with its own documented code."""
    reply = await api.get("/tickets", headers={"Authorization": authorization})
    assert reply.error == (401, code, None)
    assert reply.body["error"]["type"] == "authentication_error"


async def test_another_team_is_refused(api: TeamApi) -> None:
    """A key cannot read another team."""
    other = api.sandbox.team("Other")
    assert (await api.get("/tickets", key=other.secret_key)).error == (403, "team_access_denied", None)


async def test_an_unknown_team_is_refused_like_another(api: TeamApi) -> None:
    """An unknown team is refused with the same error as another team."""
    assert (await api.get("/api/v1/teams/nobody/tickets")).error == (403, "team_access_denied", None)


async def test_a_publishable_key_can_read(api: TeamApi) -> None:
    """A publishable key can list tickets."""
    assert (await api.get("/tickets", key=api.team.publishable_key)).status == 200


async def test_a_publishable_key_cannot_write(api: TeamApi) -> None:
    """A write with a publishable key is a 403 with its documented code."""
    reply = await api.post("/tickets", {"title": "x"}, key=api.team.publishable_key)
    assert reply.error == (403, "publishable_key_write", None)


async def test_some_reads_need_a_secret_key(api: TeamApi) -> None:
    """Settings cannot be read with a publishable key."""
    reply = await api.get("/settings", key=api.team.publishable_key)
    assert reply.error == (403, "insufficient_permissions", None)


async def test_the_key_is_checked_before_the_path(api: TeamApi) -> None:
    """An unknown path with an invalid key is a 401."""
    assert (await api.get("/nothing", key="sk_test_unknown")).error == (401, "invalid_api_key", None)


async def test_an_unknown_path_is_404(api: TeamApi) -> None:
    """An unknown path is a 404."""
    assert (await api.get("/nothing")).error == (404, "resource_missing", None)


async def test_a_wrong_method_is_405(api: TeamApi) -> None:
    """A wrong method is a 405 whose Allow header lists the allowed methods."""
    reply = await api.send("PUT", "/tickets", {})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")


async def test_whoami_has_team_and_kind_of_key(api: TeamApi) -> None:
    """The answer of whoami has the team and the kind of the key."""
    data = (await api.get("/api/v1/auth/whoami", key=api.team.publishable_key)).data
    assert data == {
        "teamId": api.team.id,
        "teamName": "Acme Support",
        "teamSlug": "acme-support",
        "keyType": "publishable",
        "environment": "test",
    }


async def test_an_error_has_every_documented_field(api: TeamApi) -> None:
    """An error has every documented field."""
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
