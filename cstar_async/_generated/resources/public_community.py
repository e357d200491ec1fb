# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Public Community: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_each

from ..models.public_community import (
    PublicComment,
    PublicPost,
    PublicTopic,
    PublicVote,
    decode_public_comment,
    decode_public_post,
    decode_public_topic,
    decode_public_vote,
)
from ..models.shared import CommunityAttachment, CommunityPostSort, CommunityPostStatus, encode_community_attachment
from ..operations import public_community as _public_community


class PublicCommunityPosts:
    """`public_community.posts`: Public Community."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self,
        team: str,
        *,
        topic: str | None = None,
        status: CommunityPostStatus | None = None,
        sort: CommunityPostSort | None = None,
        search: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Pager[PublicPost]:
        """List public posts.

        Lists the public posts of a forum, pinned ones first. Without a key it never shows posts for members only.
        The path is inferred; the filters follow the team's own list.

        `GET /api/community/{team}/posts`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            topic: Only posts in the topic with this slug. Not documented by cStar; inferred.
            status: Only posts in this status. Not documented by cStar; inferred.
            sort: The order. Not documented by cStar; inferred.
            search: Only posts with these words in title or body. Not documented by cStar; inferred.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _public_community.POSTS_LIST,
            (team,),
            {"topic": topic, "status": status, "sort": sort, "search": search, "page": page, "pageSize": page_size},
            None,
            decode_public_post,
        )

    def create(
        self,
        team: str,
        *,
        title: str,
        body: str,
        topic_id: str,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        attachments: Sequence[CommunityAttachment | Mapping[str, Any]] | Unset = UNSET,
    ) -> Call[PublicPost]:
        """Write a post.

        Publishes a post in the name of the signed-in customer. It begins as `open` and public. The path is
        inferred.

        `POST /api/community/{team}/posts`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            title: The title.
            body: The text.
            topic_id: The topic to put it in.
            custom_fields: Values, all strings, by the ids of the topic's custom fields. Not documented by cStar;
                inferred.
            attachments: Images, up to 5 MB each.
        """
        return Call(
            self._client,
            _public_community.POSTS_CREATE,
            (team,),
            None,
            {
                "title": title,
                "body": body,
                "topic_id": topic_id,
                "customFields": custom_fields,
                "attachments": encode_each(attachments, encode_community_attachment),
            },
            decode_public_post,
        )

    def get(self, team: str, slug: str) -> Call[PublicPost]:
        """Get a public post.

        Gives one public post. Its comments are a separate list. The path is inferred.

        `GET /api/community/{team}/posts/{slug}`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The post's name in URLs. Not documented by cStar; inferred.
        """
        return Call(self._client, _public_community.POSTS_GET, (team, slug), None, None, decode_public_post)

    def vote(self, team: str, slug: str) -> Call[PublicVote]:
        """Vote for a post.

        Adds the customer's vote to the post, or removes it if it is already there. The request has no body. The
        path is inferred.

        `POST /api/community/{team}/posts/{slug}/vote`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The post's name in URLs. Not documented by cStar; inferred.
        """
        return Call(self._client, _public_community.POSTS_VOTE, (team, slug), None, None, decode_public_vote)


class PublicCommunityComments:
    """`public_community.comments`: Public Community."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, team: str, slug: str) -> Pager[PublicComment]:
        """List a post's comments.

        Lists the comments on a public post, oldest first, in one answer. The path is inferred.

        `GET /api/community/{team}/posts/{slug}/comments`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The post's name in URLs. Not documented by cStar; inferred.
        """
        return Pager(self._client, _public_community.COMMENTS_LIST, (team, slug), None, None, decode_public_comment)

    def create(
        self,
        team: str,
        slug: str,
        *,
        body: str,
        attachments: Sequence[CommunityAttachment | Mapping[str, Any]] | Unset = UNSET,
    ) -> Call[PublicComment]:
        """Comment on a post.

        Adds a comment in the name of the signed-in customer and counts up the post's `comment_count`. A locked post
        takes no comments. The path is inferred.

        `POST /api/community/{team}/posts/{slug}/comments`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The post's name in URLs. Not documented by cStar; inferred.
            body: The text. Not documented by cStar; inferred.
            attachments: Images, up to 5 MB each.
        """
        return Call(
            self._client,
            _public_community.COMMENTS_CREATE,
            (team, slug),
            None,
            {"body": body, "attachments": encode_each(attachments, encode_community_attachment)},
            decode_public_comment,
        )


class PublicCommunity:
    """`public_community`: Public Community."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def posts(self) -> PublicCommunityPosts:
        """Public Community."""
        return PublicCommunityPosts(self._client)

    @cached_property
    def comments(self) -> PublicCommunityComments:
        """Public Community."""
        return PublicCommunityComments(self._client)

    def topics(self, team: str) -> Pager[PublicTopic]:
        """List the forum's topics.

        Lists the topics of a team's public forum in their display order, with the custom fields that posts in each
        may have. cStar's own SDK reads them without a key; the path is inferred.

        `GET /api/community/{team}/topics`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
        """
        return Pager(self._client, _public_community.TOPICS, (team,), None, None, decode_public_topic)
