"""Recipes for the events of posts of the community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cstar_async.sandbox.resources.offsite import delete_post

from .trigger import Recipe

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json

    from .trigger import Trigger


def _created(trigger: Trigger) -> None:
    trigger.change("community.posts.create", trigger.new_post())


def _updated(trigger: Trigger) -> None:
    body = {"body": f"Changed by trigger {trigger.number}"}
    trigger.change("community.posts.update", body, path={"postId": trigger.post()["id"]}, instead=True)


def _status_changed(trigger: Trigger) -> None:
    post = trigger.post()
    status = "planned" if post["status"] != "planned" else "in_progress"
    trigger.change("community.posts.update", {"status": status}, path={"postId": post["id"]})


def _commented(trigger: Trigger) -> None:
    _visit(trigger, "public_community.comments.create", {"body": "I would use it every day."})


def _voted(trigger: Trigger) -> None:
    _visit(trigger, "public_community.posts.vote")


def _visit(trigger: Trigger, operation: str, body: Json | None = None) -> None:
    """Have a new customer do something to a post, on the team's public page."""
    slug = trigger.post()["slug"]
    body = None if body is None else body | trigger.values
    trigger.do(operation, body, customer=trigger.sign_up(), path={"team": trigger.context.team, "slug": slug})


def _deleted(trigger: Trigger) -> None:
    delete_post(trigger.context.derive("community.posts.update", postId=trigger.post()["id"]))


COMMUNITY: Final = {
    "community_post.created": Recipe(_created, operation="community.posts.create"),
    "community_post.updated": Recipe(_updated, "post", "community.posts.update"),
    "community_post.status_changed": Recipe(_status_changed, "post", "community.posts.update"),
    "community_post.commented": Recipe(_commented, "post", "public_community.comments.create"),
    "community_post.deleted": Recipe(_deleted, "post"),
    "community_post.voted": Recipe(_voted, "post"),
}
"""By type of event."""
