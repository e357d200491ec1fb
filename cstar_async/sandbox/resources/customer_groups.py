"""Groups of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.pagination import pagination, requested_page
from cstar_async.sandbox.service.results import Problem, Result, missing, not_found

from .customers import GROUPS, find_customer, save_group
from .slugged import Slugged

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler


class CustomerGroups(Slugged):
    """Groups of customers. A group stores the ids of its members."""

    slug_source = "name"

    def handlers(self) -> dict[str, Handler]:
        """Also the handlers of the members, which are customers and not objects of their own."""
        return {
            **super().handlers(),
            "members.list": self.members,
            "members.add": self.add_members,
            "members.remove": self.remove_member,
        }

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """A new group is empty."""
        super().prepare(context, document, body)
        document["_members"] = []

    def members(self, context: Context) -> Result:
        """The customers of a group, in the order in which they were added."""
        ids: list[str] = self._group(context)["_members"]
        page, size = requested_page(context, len(ids))
        rows = [find_customer(context, each) for each in ids[(page - 1) * size : page * size]]
        return Result(rows, pagination=pagination(page, size, len(ids)))

    def add_members(self, context: Context) -> Result:
        """Add customers to a group; its members are skipped. Raises Problem 404 for unknown customers."""
        group = self._group(context)
        ids: list[str] = context.body["customerIds"]
        for customer_id in ids:
            if find_customer(context, customer_id) is None:
                raise not_found("Customer")
        members: list[str] = group["_members"]
        new = [each for each in dict.fromkeys(ids) if each not in members]
        members.extend(new)
        save_group(context, group)
        return Result({"added": len(new), "skipped": len(ids) - len(new)}, status=context.operation.status)

    def remove_member(self, context: Context) -> Result:
        """Remove one customer from a group; the id is in the query or in the body. Raises Problem 400, 404."""
        group = self._group(context)
        customer_id = context.query.get("customerId") or context.body.get("customerId")
        if customer_id is None:
            raise missing("customerId", "parameter")
        if customer_id not in group["_members"]:
            message = "The customer is not in this group"
            raise Problem(404, "not_found_error", "resource_missing", message, param="customerId")
        group["_members"].remove(customer_id)
        save_group(context, group)
        return Result({"removed": True, "customerId": customer_id})

    def _group(self, context: Context) -> Json:
        group = context.store.get(context.team, GROUPS, context.path["groupId"])
        if group is None:
            raise not_found(self.noun)
        return group
