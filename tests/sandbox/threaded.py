"""A sandbox in its own thread for synchronous callers, and a team with one object of each kind."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from cstar_async.models import AutomationAction
from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Self

    from cstar_async.sandbox import Team

T = TypeVar("T")
PASSWORD = "a password of some length"


class ThreadedSandbox:
    """A running sandbox and its event loop."""

    def __init__(self, **options: Any) -> None:
        self.sandbox = Sandbox(**options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self.sandbox.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.sandbox.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the sandbox's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


async def furnish(team: Team) -> dict[str, str]:
    """Create one object of each kind. Returns their ids, by the name of the parameter or field."""
    async with team.client(max_retries=0) as cstar:
        customer = await cstar.customers.create(name="Ada", email="ada@example.com")
        other = await cstar.customers.create(name="Eve", email="eve@example.com")
        group = await cstar.customer_groups.create(name="Analysts")
        await cstar.customer_groups.members.add(group.id, customer_ids=[other.id])
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
        hook = await cstar.webhooks.create(name="w", url="https://example.com/", events=["*"], is_active=False)
        category = await cstar.categories.create(name="Guides")
        post = await cstar.community.posts.create(title="How to", body="Let us.", topic_id=topic)
        view = await cstar.views.create(name="v", entity_type="tickets")
        await cstar.custom_fields.create(name="f", type="text", entity_type="tickets")
        key = await cstar.keys.create(name="k")
        return {
            "team": team.slug,
            "teamId": team.id,
            "ticketId": ticket.id,
            "customerId": customer.id,
            "groupId": group.id,
            "articleId": article.id,
            "webhookId": hook.id,
            "categoryId": category.id,
            "postId": post.id,
            "topic_id": topic,
            "slug": "how-to",
            "ruleId": rule.id,
            "viewId": view.id,
            "keyId": key.id,
            "defeatId": str(blow.defeat_id),
            "memberId": members[1].id,
            "userId": members[0].id,
            "assignedTo": members[2].id,
            "recipientId": str(members[1].user_id),
            "resourceId": ticket.id,
            "achievementId": "first_blood",
            "seasonId": (await cstar.game.seasons.current()).id,
            "puzzleId": (await cstar.game.puzzles.today()).id,
            "refreshToken": str(session.refresh_token),
            "accessToken": str(session.access_token),
        }
