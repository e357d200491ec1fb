"""A team with one object of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.models import AutomationAction

if TYPE_CHECKING:
    from cstar_async.sandbox import Team

CLOSED_PORT = "http://127.0.0.1:9/"
PASSWORD = "a password of some length"


async def create_objects(team: Team, other: Team) -> dict[str, str]:
    """Create one object of each kind, and return their ids by the parameter or field that takes them."""
    async with team.client(max_retries=0) as cstar:
        customer = await cstar.customers.create(name="Ada", email="ada@example.com")
        group = await cstar.customer_groups.create(name="Analysts")
        await cstar.customer_groups.members.add(group.id, customer_ids=[customer.id])
        topic = (await cstar.community.topics.list()).data[0].id
        members = (await cstar.members.list()).data
        await cstar.game.boss.spawn(difficulty="easy")
        while (blow := await cstar.game.boss.damage(user_id=members[0].id, ticket_priority="urgent")).health:
            pass
        session = await cstar.customer_auth.signup(team.slug, email="bob@example.com", password=PASSWORD)
        article = await cstar.articles.create(title="How to", content="So.", status="published", is_public=True)
        actions = [AutomationAction(type="add_tags", tags=["new"])]
        rule = await cstar.automations.create(name="r", trigger_event="ticket.created", actions=actions)
        ticket = await cstar.tickets.create(title="Help", customer_id=customer.id, initial_message="Please", tags=["a"])
        await cstar.custom_fields.create(name="f", type="text", entity_type="tickets")
        return {
            "team": team.slug,
            "teamId": team.id,
            "ticketId": ticket.id,
            "customerId": customer.id,
            "groupId": group.id,
            "articleId": article.id,
            "webhookId": (await cstar.webhooks.create(name="w", url=CLOSED_PORT, events=["*"])).id,
            "categoryId": (await cstar.categories.create(name="Guides")).id,
            "postId": (await cstar.community.posts.create(title="How to", body="Let us.", topic_id=topic)).id,
            "topic_id": topic,
            "slug": "how-to",
            "ruleId": rule.id,
            "viewId": (await cstar.views.create(name="v", entity_type="tickets")).id,
            "keyId": (await cstar.keys.create(name="k")).id,
            "defeatId": str(blow.defeat_id),
            "memberId": members[1].id,
            "userId": members[0].id,
            "assignedTo": members[2].id,
            "recipientId": str(members[1].user_id),
            "recipientTeamId": other.id,
            "resourceId": ticket.id,
            "achievementId": "first_blood",
            "seasonId": (await cstar.game.seasons.current()).id,
            "puzzleId": (await cstar.game.puzzles.today()).id,
            "refreshToken": str(session.refresh_token),
            "accessToken": str(session.access_token),
        }
