"""A portal where a team's customers sign in, read and write posts: a hundred sessions, one client, no API key.

    uvicorn --factory customer_portal:make_app      # needs fastapi; CSTAR_TEAM_SLUG names the team
    python customer_portal.py                       # a hundred customers, against the sandbox; needs httpx

Each browser has a random cookie, and the server a session for it. Tokens never leave the server, and are renewed when
they are needed. A server of several processes keeps them in a TokenStore of its own instead of a dictionary.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Cookie, Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel

from cstar_async.errors import AuthenticationError, CStarError, SessionExpiredError
from cstar_async.public import CustomerSession, PublicTeam

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Login(BaseModel):
    """The form of the sign-in."""

    email: str
    password: str


class Post(BaseModel):
    """The form of a new post."""

    title: str
    body: str
    topic: str


def signed_in(request: Request, visit: Annotated[str, Cookie()] = "") -> CustomerSession:
    """The session of a browser. Raises 401 without one."""
    sessions: dict[str, CustomerSession] = request.app.state.sessions
    session = sessions.get(visit)
    if session is None or not session.is_authenticated:
        sessions.pop(visit, None)
        raise HTTPException(401, "Please sign in.")
    return session


def make_app(team: PublicTeam | None = None) -> FastAPI:
    """Make the application."""
    portal = PublicTeam(os.environ["CSTAR_TEAM_SLUG"]) if team is None else team

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with portal:
            yield

    app = FastAPI(lifespan=lifespan)
    sessions: dict[str, CustomerSession] = {}
    app.state.sessions = sessions

    @app.exception_handler(SessionExpiredError)
    async def expired(*_: Any) -> Response:
        return Response("Please sign in again.", 401)

    @app.exception_handler(CStarError)
    async def failed(*_: Any) -> Response:
        return Response("Please try again later.", 503)

    @app.post("/login")
    async def login(form: Login, response: Response) -> dict[str, str]:
        try:
            session = await portal.auth.login(email=form.email, password=form.password)
        except AuthenticationError:
            raise HTTPException(401, "Wrong email or password.") from None
        visit = secrets.token_urlsafe()
        sessions[visit] = session
        response.set_cookie("visit", visit, httponly=True, secure=True, samesite="lax")
        return {"email": form.email}

    @app.get("/me")
    async def me(session: Annotated[CustomerSession, Depends(signed_in)]) -> dict[str, str | None]:
        customer = await session.get_customer()
        return {"email": customer.email, "name": customer.name}

    @app.post("/posts", status_code=201)
    async def write(form: Post, session: Annotated[CustomerSession, Depends(signed_in)]) -> dict[str, str | None]:
        topics = {topic.slug: topic.id async for topic in portal.community.topics()}
        if form.topic not in topics:
            raise HTTPException(422, f"There is no topic {form.topic!r}.")
        post = await portal.community.posts.create(
            title=form.title, body=form.body, topic_id=topics[form.topic], session=session
        )
        return {"slug": post.slug}

    @app.post("/logout", status_code=204)
    async def logout(
        session: Annotated[CustomerSession, Depends(signed_in)], visit: Annotated[str, Cookie()] = ""
    ) -> None:
        del sessions[visit]
        await session.logout()

    return app


async def main() -> None:
    """Let a hundred customers use the portal at once, over the end of their tokens."""
    import httpx

    from cstar_async.sandbox import Sandbox

    async with Sandbox() as sandbox, PublicTeam("acme-support", base_url=sandbox.base_url) as team:
        app = make_app(team)

        async def visit(number: int) -> httpx.AsyncClient:
            email, password = f"customer{number}@example.org", "correct horse"
            await team.auth.signup(email=email, password=password)
            browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://portal.example")
            assert (await browser.post("/login", json={"email": email, "password": password})).status_code == 200
            return browser

        browsers = await asyncio.gather(*map(visit, range(100)))
        sandbox.clock.advance(hours=1)  # all access tokens end
        before = len(sandbox.requests)
        answers = await asyncio.gather(*(browser.get("/me") for browser in browsers for _ in range(3)))
        emails = {answer.json()["email"] for answer in answers}
        renewals = sum(each.path.endswith("/refresh") for each in list(sandbox.requests)[before:])
        print(f"{len(answers)} answers to {len(emails)} customers, {renewals} renewals")
        post = {"title": "Dark mode", "body": "Please.", "topic": "ideas"}
        print((await browsers[0].post("/posts", json=post)).json())
        print((await browsers[0].post("/logout")).status_code, (await browsers[0].get("/me")).status_code)
        for browser in browsers:
            await browser.aclose()


if __name__ == "__main__":
    asyncio.run(main())
