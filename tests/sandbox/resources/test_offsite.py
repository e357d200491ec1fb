"""Actions without an endpoint, and events of every type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox.contract.document import load_contract

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi

PASSWORD = "correct horse"


async def test_a_survey_counts(api: TeamApi) -> None:
    """A survey counts in the figures of team and agent, and emits an event."""
    agent = (await api.get("/members")).data[1]
    customer = await api.customer()
    ticket = await api.ticket(assignedTo=agent["id"], customerId=customer["id"])
    for score in (5, 4, 4):
        api.team.submit_survey(ticket["id"], score, "Fine")
    csat = (await api.get("/analytics/overview")).data["csat"]
    assert csat == {"average": 4.33, "totalResponses": 3}
    rows: list[Any] = (await api.get("/analytics/agents")).data
    assert [each["csatAverage"] for each in rows] == [None, 4.33, None]
    event = (await api.get("/events?types=survey.submitted")).data[0]
    assert (event["data"]["score"], event["data"]["customer"]["id"]) == (4, customer["id"])
    api.sandbox.clock.advance(days=8)
    assert (await api.get("/analytics/overview")).data["csat"] == {"average": None, "totalResponses": 0}


async def test_an_invitation_is_accepted(api: TeamApi) -> None:
    """An invitation can be accepted once, within a week, and makes a member."""
    invite = (await api.post("/invites", {"email": "new@example.org", "role": "manager"})).data
    member = api.team.accept_invite(invite["id"], "Nia Okafor")
    shown = (await api.get(f"/members/{member}")).data
    assert (shown["name"], shown["role"], shown["email"]) == ("Nia Okafor", "manager", "new@example.org")
    assert (await api.get("/invites")).data == []
    await api.ticket(assignedTo=member, status="closed")
    assert (await api.get(f"/game/player/{member}")).data["xp"] > 0
    with pytest.raises(LookupError, match="Invite not found"):
        api.team.accept_invite(invite["id"], "Nia Okafor")
    late = (await api.post("/invites", {"email": "late@example.org"})).data
    api.sandbox.clock.advance(days=8)
    with pytest.raises(LookupError, match="expired"):
        api.team.accept_invite(late["id"], "Too Late")


async def test_unknown_objects_and_invalid_scores(api: TeamApi) -> None:
    """A missing object or an invalid score is an error, and emits no event."""
    with pytest.raises(LookupError, match="Ticket not found"):
        api.team.submit_survey("tkt_none", 5)
    with pytest.raises(LookupError, match="Community post not found"):
        api.team.delete_post("none")
    with pytest.raises(ValueError, match="from 1 to 5, got 6"):
        api.team.submit_survey("tkt_none", 6)
    assert (await api.get("/events")).data == []


async def test_the_control_api_has_the_same_actions(api: TeamApi) -> None:
    """The control API has these actions too."""
    root = f"{api.sandbox.base_url}/_sandbox/teams/{api.team.id}"
    ticket = await api.ticket()
    invite = (await api.post("/invites", {"email": "new@example.org"})).data

    async def send(method: str, path: str, json: Any = None) -> tuple[int, Any]:
        async with api.session.request(method, root + path, json=json) as response:
            return response.status, await response.json()

    status, survey = await send("POST", "/surveys", {"ticketId": ticket["id"], "score": 5})
    assert (status, survey["score"]) == (201, 5)
    status, refused = await send("POST", "/surveys", {"ticketId": ticket["id"], "score": 9})
    assert (status, refused["error"]["field"]) == (400, "score")
    assert (await send("POST", f"/invites/{invite['id']}/accept", {"name": "Nia"}))[0] == 201
    status, refused = await send("DELETE", "/posts/none")
    assert (status, refused["error"]["message"]) == (404, "Community post not found.")


async def test_every_type_of_event_can_occur(api: TeamApi) -> None:
    """Every event type of the contract can occur."""
    owner, agent, _ = (await api.get("/members")).data
    customer = await api.customer()
    path = f"/customers/{customer['id']}"
    await api.patch(path, {"notes": "x"})
    group = (await api.post("/customer-groups", {"name": "G"})).data
    await api.patch(f"/customer-groups/{group['id']}", {"name": "H"})
    await api.delete(f"/customer-groups/{group['id']}")
    article = (await api.post("/articles", {"title": "A", "content": "x"})).data
    await api.patch(f"/articles/{article['id']}", {"status": "published", "isPublic": True})
    await api.delete(f"/articles/{article['id']}")
    await api.patch("/settings", {"teamName": "New name"})
    await api.patch(f"/members/{agent['id']}", {"role": "manager"})
    await api.post("/game/boss/spawn", {"difficulty": "easy"})
    rule = {"name": "x", "priority": "urgent", "responseTarget": 10, "resolutionTarget": 100}
    await api.post("/sla/rules", rule)
    for _ in range(3):
        for _ in range(3):
            ticket = await api.ticket(priority="urgent", status="closed", assignedTo=owner["id"])
        api.sandbox.clock.advance(days=1)
    await api.post(f"/tickets/{ticket['id']}/messages", {"content": "Hi"})
    api.team.submit_survey(ticket["id"], 5)
    await api.patch(f"/tickets/{ticket['id']}", {"title": "New"})
    await api.delete(f"/tickets/{ticket['id']}")
    await api.delete(path)
    await api.post("/game/one-ups", {"userId": owner["id"], "recipientId": agent["id"]})
    await api.post("/game/high-fives", {"recipientTeamId": api.sandbox.team().id})
    body = {"email": "ada@example.org", "password": PASSWORD}
    token = (await api.post("/api/auth/acme-support/signup", body)).data["accessToken"]
    topic = (await api.get("/community/topics")).ids[0]
    post = (await api.post("/community/posts", {"title": "Idea", "body": "x", "topic_id": topic})).data
    public = "/api/community/acme-support/posts/idea"
    await api.post(f"{public}/vote", key=token)
    await api.post(f"{public}/comments", {"body": "x"}, key=token)
    await api.patch(f"/community/posts/{post['id']}", {"status": "planned"})
    api.team.delete_post(post["id"])
    assert (await api.get(f"{public}/comments")).status == 404
    events: list[Any] = []
    cursor = ""
    while not events or cursor:
        page = await api.get(f"/events?limit=100{cursor and f'&cursor={cursor}'}")
        events += page.data
        cursor = page.body["pagination"]["nextCursor"]
    assert {each["type"] for each in events} == set(load_contract().event_types)
