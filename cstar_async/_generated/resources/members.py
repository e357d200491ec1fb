# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Members: the methods."""

from __future__ import annotations

from functools import cached_property

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.members import AssignableRole, Invite, Member, MemberRole, decode_invite, decode_member
from ..models.shared import Deleted, decode_deleted
from ..operations import members as _members


class MembersInvites:
    """`members.invites`: Members."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self) -> Pager[Invite]:
        """List invites.

        Lists the invitations to the team that are not answered yet.

        `GET /api/v1/teams/{teamId}/invites`.
        """
        return Pager(self._client, _members.INVITES_LIST, (), None, None, decode_invite)

    def send(self, *, email: str, role: AssignableRole | Unset = UNSET) -> Call[Invite]:
        """Send an invite.

        Invites someone to the team by email. An address that is already invited or a member is refused with 409.

        `POST /api/v1/teams/{teamId}/invites`, needs a secret key.

        Args:
            email: The address to invite.
            role: The role that the person will have.
        """
        return Call(self._client, _members.INVITES_SEND, (), None, {"email": email, "role": role}, decode_invite)


class Members:
    """`members`: Members."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def invites(self) -> MembersInvites:
        """Members."""
        return MembersInvites(self._client)

    def list(
        self, *, role: MemberRole | None = None, page: int | None = None, page_size: int | None = None
    ) -> Pager[Member]:
        """List members.

        Lists the members of the team with their roles, levels and permissions.

        `GET /api/v1/teams/{teamId}/members`.

        Args:
            role: Only members in this role. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client, _members.LIST, (), {"role": role, "page": page, "pageSize": page_size}, None, decode_member
        )

    def get(self, member_id: str) -> Call[Member]:
        """Get a member.

        Fetches one member of the team by the id of the membership.

        `GET /api/v1/teams/{teamId}/members/{memberId}`.

        Args:
            member_id: The membership, by its `mem_` id.
        """
        return Call(self._client, _members.GET, (member_id,), None, None, decode_member)

    def update(self, member_id: str, *, role: AssignableRole) -> Call[Member]:
        """Change the role of a member.

        Gives a member another role. The role of the owner cannot be changed (403), and nobody can be made owner
        here (400).

        `PATCH /api/v1/teams/{teamId}/members/{memberId}`, needs a secret key.

        Args:
            member_id: The membership, by its `mem_` id.
            role: The role to give.
        """
        return Call(self._client, _members.UPDATE, (member_id,), None, {"role": role}, decode_member)

    def delete(self, member_id: str) -> Call[Deleted]:
        """Remove a member.

        Takes a member out of the team. The owner cannot be removed (403).

        `DELETE /api/v1/teams/{teamId}/members/{memberId}`, needs a secret key.

        Args:
            member_id: The membership, by its `mem_` id.
        """
        return Call(self._client, _members.DELETE, (member_id,), None, None, decode_deleted)
