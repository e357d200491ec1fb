"""Endpoints for actions that customers and colleagues take in cStar and that its API does not offer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cstar_async.sandbox.resources.offsite import HIGHEST_SCORE, LOWEST_SCORE, accept_invite, delete_post, submit_survey
from cstar_async.sandbox.service.results import Problem

from .deps import ControlContext, Routes, json_response
from .errors import ControlError
from .params import Field, read_body

if TYPE_CHECKING:
    from aiohttp import web

    from cstar_async.sandbox.service.context import Handler

SURVEY = (
    Field("ticketId", str, required=True),
    Field("score", int, LOWEST_SCORE, HIGHEST_SCORE, required=True),
    Field("comment", str),
)
INVITE = (Field("name", str, required=True),)


async def answer_survey(context: ControlContext, request: web.Request) -> web.Response:
    """Answer the survey about a ticket as its customer."""
    body = await read_body(request, SURVEY)
    handler = partial(submit_survey, score=body["score"], comment=body.get("comment"))
    return _perform(context, request, handler, "tickets.get", 201, ticketId=body["ticketId"])


async def accept(context: ControlContext, request: web.Request) -> web.Response:
    """Accept an invitation as the person invited."""
    body = await read_body(request, INVITE)
    handler = partial(accept_invite, invite_id=request.match_info["invite"], name=body["name"])
    return _perform(context, request, handler, "members.invites.list", 201)


async def remove_post(context: ControlContext, request: web.Request) -> web.Response:
    """Delete a post as a moderator."""
    return _perform(context, request, delete_post, "community.posts.update", 200, postId=request.match_info["post"])


def _perform(
    context: ControlContext, request: web.Request, handler: Handler, operation: str, status: int, **path: str
) -> web.Response:
    try:
        return json_response(
            context.application.perform(request.match_info["team"], handler, operation, **path), status
        )
    except Problem as problem:
        raise ControlError(problem.status, f"{problem.message}.") from None


ROUTES: Routes = {
    ("POST", "/teams/{team}/surveys"): answer_survey,
    ("POST", "/teams/{team}/invites/{invite}/accept"): accept,
    ("DELETE", "/teams/{team}/posts/{post}"): remove_post,
}
