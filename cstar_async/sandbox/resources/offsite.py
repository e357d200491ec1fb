"""Actions without an endpoint: a survey is answered, an invitation accepted, a post deleted.

In cStar, customers and members do this on web pages. Here `Team` and the control API do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.events import audit, emit
from cstar_async.sandbox.service.results import Problem, Result, not_found

from .community import POSTS
from .members import INVITES, show, show_invite
from .roles import add_member

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

SURVEYS = "surveys"
LOWEST_SCORE, HIGHEST_SCORE = 1, 5
"""The scale of survey scores. cStar documents an average of 4.2 and no scale; inferred."""


def submit_survey(context: Context, score: int, comment: str | None) -> Result:
    """Answer the survey about the ticket in the path. Raises Problem 404."""
    ticket = context.run("tickets.get", ticketId=context.path["ticketId"])
    survey: Json = {
        "id": context.store.new_id(context.team, ""),
        "score": score,
        "comment": comment,
        "ticketId": ticket["id"],
        "customerId": ticket["customerId"],
        "assignedTo": ticket["assignedTo"],
        "submittedAt": context.timestamp,
    }
    context.store.insert(context.team, SURVEYS, survey, now=context.now)
    audit(context, "survey.submitted", "survey", survey["id"], {"ticketId": ticket["id"], "score": score})
    emit(context, "survey.submitted", survey)
    return Result(survey)


def delete_post(context: Context) -> Result:
    """Delete the post in the path, with its comments and votes. Raises Problem 404."""
    return context.service.collections[POSTS].delete(context)


def accept_invite(context: Context, invite_id: str, name: str) -> Result:
    """Accept an invitation, and add the person as a member. Raises Problem 404, or 409 if it has expired."""
    invitation = context.store.get(context.team, INVITES, invite_id)
    if invitation is None:
        raise not_found("Invite")
    if show_invite(context, invitation)["status"] != "pending":
        raise Problem(409, "invalid_request_error", "resource_conflict", "The invitation has expired")
    context.store.delete(context.team, INVITES, invite_id)
    member = add_member(context.store, context.team, name, invitation["role"], invitation["email"], context.now)
    audit(context, "member.joined", "member", member["id"], {"inviteId": invite_id}, actor=member)
    return Result(show(context, member))
