"""`CommunityClient`: a team's public forum."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from cstar_async._core.unset import UNSET

from .connection import Connection, PublicClient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cstar_async._core.call import Call
    from cstar_async._core.pager import Pager
    from cstar_async._core.unset import Unset
    from cstar_async._generated.models.public_community import PublicComment, PublicPost, PublicTopic, PublicVote
    from cstar_async._generated.models.shared import CommunityAttachment, CommunityPostSort, CommunityPostStatus
    from cstar_async._generated.resources.public_community import PublicCommunity

    from .session import CustomerSession


class _Part:
    """The base of the parts of a `CommunityClient`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def _team(self) -> str:
        return self._connection.team

    @property
    def _resource(self) -> PublicCommunity:
        return self._connection.client.public_community


class CommunityPosts(_Part):
    """The posts of a forum."""

    def list(
        self,
        *,
        topic: str | None = None,
        status: CommunityPostStatus | None = None,
        sort: CommunityPostSort | None = None,
        search: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
        session: CustomerSession | None = None,
    ) -> Pager[PublicPost]:
        """The posts, pinned ones first; with a customer's session also those for members only.

        Args:
            topic: Only posts in the topic with this slug.
            status: Only posts in this status.
            sort: The order: `recent`, `votes` or `comments`.
            search: Only posts with these words.
            page: The page to begin with, counted from 1.
            page_size: The number of posts in a request.
            session: A signed-in customer.
        """
        found = self._resource.posts.list(
            self._team, topic=topic, status=status, sort=sort, search=search, page=page, page_size=page_size
        )
        return found if session is None else session.authorize(found)

    def get(self, slug: str, *, session: CustomerSession | None = None) -> Call[PublicPost]:
        """One post. Its comments are a list of their own."""
        call = self._resource.posts.get(self._team, slug)
        return call if session is None else session.authorize(call)

    def create(
        self,
        *,
        title: str,
        body: str,
        topic_id: str,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        attachments: Sequence[CommunityAttachment | Mapping[str, Any]] | Unset = UNSET,
        session: CustomerSession,
    ) -> Call[PublicPost]:
        """Publish a post in the name of a customer.

        Args:
            title: The title.
            body: The text.
            topic_id: The topic to put it in.
            custom_fields: Values, all strings, by the ids of the topic's custom fields.
            attachments: Images, up to 5 MB each.
            session: The customer.
        """
        call = self._resource.posts.create(
            self._team,
            title=title,
            body=body,
            topic_id=topic_id,
            custom_fields=custom_fields,
            attachments=attachments,
        )
        return session.authorize(call)

    def vote(self, slug: str, *, session: CustomerSession) -> Call[PublicVote]:
        """Add a customer's vote to a post, or take it back if it is there already."""
        return session.authorize(self._resource.posts.vote(self._team, slug))


class CommunityComments(_Part):
    """The comments on posts."""

    def list(self, slug: str, *, session: CustomerSession | None = None) -> Pager[PublicComment]:
        """The comments on a post, oldest first."""
        found = self._resource.comments.list(self._team, slug)
        return found if session is None else session.authorize(found)

    def create(
        self,
        slug: str,
        *,
        body: str,
        attachments: Sequence[CommunityAttachment | Mapping[str, Any]] | Unset = UNSET,
        session: CustomerSession,
    ) -> Call[PublicComment]:
        """Comment on a post in the name of a customer."""
        call = self._resource.comments.create(self._team, slug, body=body, attachments=attachments)
        return session.authorize(call)


class CommunityClient(PublicClient):
    """A team's public forum, without an API key. What customers write needs their session."""

    @cached_property
    def posts(self) -> CommunityPosts:
        """The posts."""
        return CommunityPosts(self._connection)

    @cached_property
    def comments(self) -> CommunityComments:
        """The comments on posts."""
        return CommunityComments(self._connection)

    def topics(self) -> Pager[PublicTopic]:
        """The topics in their display order, with the custom fields of their posts."""
        return self.client.public_community.topics(self.team_slug)
