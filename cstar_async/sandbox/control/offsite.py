"""Endpoints for what customers and colleagues do in cStar by hand."""

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
ACCEPTED = (Field("name", str, required=True),)


async def survey(context: ControlContext, request: web.Request) -> web.Response:
    """A customer answers the survey about a ticket."""
    body = await read_body(request, SURVEY)
    handler = partial(submit_survey, score=body["score"], comment=body.get("comment"))
    return _perform(context, request, handler, "tickets.get", 201, ticketId=body["ticketId"])


async def invite(context: ControlContext, request: web.Request) -> web.Response:
    """Somebody accepts an invitation."""
    body = await read_body(request, ACCEPTED)
    handler = partial(accept_invite, invite_id=request.match_info["invite"], name=body["name"])
    return _perform(context, request, handler, "members.invites.list", 201)


async def post(context: ControlContext, request: web.Request) -> web.Response:
    """A moderator deletes a post."""
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
    ("POST", "/teams/{team}/surveys"): survey,
    ("POST", "/teams/{team}/invites/{invite}/accept"): invite,
    ("DELETE", "/teams/{team}/posts/{post}"): post,
}
