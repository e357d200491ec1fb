# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Community: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_each

from ..models.community import CommunityPost, CommunityTopic, decode_community_post, decode_community_topic
from ..models.shared import (
    CommunityAttachment,
    CommunityPostSort,
    CommunityPostStatus,
    CommunityPostVisibility,
    encode_community_attachment,
)
from ..operations import community as _community


class CommunityPosts:
    """`community.posts`: Community."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self,
        *,
        topic: str | None = None,
        status: CommunityPostStatus | None = None,
        sort: CommunityPostSort | None = None,
        search: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Pager[CommunityPost]:
        """List community posts.

        Lists the posts of the team's community, the most recent first unless sorted otherwise. Community objects
        have snake_case fields, unlike all others.

        `GET /api/v1/teams/{teamId}/community/posts`.

        Args:
            topic: Only posts of this topic, by its slug. From cStar's public documentation.
            status: Only posts in this status. From cStar's public documentation.
            sort: What comes first. From cStar's public documentation.
            search: Only posts in which this text occurs, in the title or the body. Not documented by cStar;
                inferred.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _community.POSTS_LIST,
            (),
            {"topic": topic, "status": status, "sort": sort, "search": search, "page": page, "pageSize": page_size},
            None,
            decode_community_post,
        )

    def create(
        self,
        *,
        title: str,
        body: str,
        topic_id: str,
        status: CommunityPostStatus | Unset = UNSET,
        visibility: CommunityPostVisibility | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        attachments: Sequence[CommunityAttachment | Mapping[str, Any]] | Unset = UNSET,
    ) -> Call[CommunityPost]:
        """Create a community post.

        Writes a post. Custom fields must belong to the topic; images are limited in number, type and size. Sends
        `community_post.created`.

        `POST /api/v1/teams/{teamId}/community/posts`, needs a secret key.

        Args:
            title: The title.
            body: The text of the post.
            topic_id: The topic it belongs to, a UUID.
            status: Where the post stands from the start.
            visibility: Who can read it.
            custom_fields: Values by the id of the field definition. Only fields assigned to the topic are accepted.
            attachments: Images that are already in the storage, 10 at most.
        """
        return Call(
            self._client,
            _community.POSTS_CREATE,
            (),
            None,
            {
                "title": title,
                "body": body,
                "topic_id": topic_id,
                "status": status,
                "visibility": visibility,
                "custom_fields": custom_fields,
                "attachments": encode_each(attachments, encode_community_attachment),
            },
            decode_community_post,
        )

    def update(
        self,
        post_id: str,
        *,
        status: CommunityPostStatus | Unset = UNSET,
        title: str | Unset = UNSET,
        body: str | Unset = UNSET,
        topic_id: str | Unset = UNSET,
        visibility: CommunityPostVisibility | Unset = UNSET,
        is_pinned: bool | Unset = UNSET,
        is_locked: bool | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[CommunityPost]:
        """Update a community post.

        Changes the status or other properties of a post and leaves the rest. Sends `community_post.updated`, and
        `community_post.status_changed` when the status is another one.

        `PATCH /api/v1/teams/{teamId}/community/posts/{postId}`, needs a secret key.

        Args:
            post_id: The post, by its UUID.
            status: Where the post stands.
            title: The title.
            body: The text of the post.
            topic_id: The new topic, a UUID.
            visibility: Who can read it.
            is_pinned: Whether it stays at the top.
            is_locked: Whether new comments are refused.
            custom_fields: Values by the id of the field definition. Only fields assigned to the topic are accepted.
        """
        return Call(
            self._client,
            _community.POSTS_UPDATE,
            (post_id,),
            None,
            {
                "status": status,
                "title": title,
                "body": body,
                "topic_id": topic_id,
                "visibility": visibility,
                "is_pinned": is_pinned,
                "is_locked": is_locked,
                "custom_fields": custom_fields,
            },
            decode_community_post,
        )


class CommunityTopics:
    """`community.topics`: Community."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self) -> Pager[CommunityTopic]:
        """List community topics.

        Lists all topics of the community, each with the custom fields that its posts have.

        `GET /api/v1/teams/{teamId}/community/topics`.
        """
        return Pager(self._client, _community.TOPICS_LIST, (), None, None, decode_community_topic)


class Community:
    """`community`: Community."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def posts(self) -> CommunityPosts:
        """Community."""
        return CommunityPosts(self._client)

    @cached_property
    def topics(self) -> CommunityTopics:
        """Community."""
        return CommunityTopics(self._client)
