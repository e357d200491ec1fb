"""The audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.events import AUDIT_LOG
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.validation import parse_time
from cstar_async.sandbox.storage.conditions import Condition

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Context, Handler
    from cstar_async.sandbox.service.results import Result


def audit_log(context: Context) -> Result:
    """List the entries, newest first, filtered by equal fields and by time (both ends included)."""
    query = context.query
    where = [Condition.equals(name, query[name]) for name in ("action", "resourceType", "actorId") if name in query]
    for name, comparison in (("startDate", ">="), ("endDate", "<=")):
        if name in query:
            moment = iso_time(parse_time(query[name], name))
            where.append(Condition(f"json_extract(body, '$.createdAt') {comparison} ?", (moment,)))
    return list_page(context, AUDIT_LOG, where)


HANDLERS: dict[str, Handler] = {"audit_log.list": audit_log}
