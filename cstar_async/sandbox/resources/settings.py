"""The team itself: settings, billing, keys, the audit log, the log of requests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import iso_time, unix_time
from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.service.events import AUDIT_LOG, audit, emit
from cstar_async.sandbox.service.identity import KEY_SHOWN, SECRET, add_key, new_key
from cstar_async.sandbox.service.pagination import DEFAULT_PAGE_SIZE, cursor_of, decode_cursor, list_page
from cstar_async.sandbox.service.results import Answer, already_exists, invalid, not_found
from cstar_async.sandbox.storage.conditions import Where

from .roles import MEMBERS
from .sla_rules import DAYS, PAUSING, WEEK
from .tickets import FINISHED

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

STATUSES = (
    ("new", "New", "#3b82f6"),
    ("open", "Open", "#22c55e"),
    ("pending", "Pending", "#f59e0b"),
    ("resolved", "Resolved", "#8b5cf6"),
    ("closed", "Closed", "#6b7280"),
)
WIDGET = {
    "enabled": True,
    "primaryColor": "#7c3aed",
    "position": "bottom-right",
    "greeting": "Hi! How can we help?",
    "showAgentAvatars": True,
}
PORTAL = "https://billing.example.com/portal/"


def settings(context: Context) -> Answer:
    """Name and slug."""
    return Answer(_settings(context.caller.team_name, context.caller.team_slug))


def update_settings(context: Context) -> Answer:
    """Change name and slug; the slug is in the addresses of the public pages."""
    name: str = context.body.get("teamName", context.caller.team_name)
    slug: str = context.body.get("teamSlug", context.caller.team_slug)
    if not name.strip():
        raise invalid("The 'teamName' field must not be empty.", "teamName")
    if slug != slug_of(slug):
        raise invalid("The 'teamSlug' field may have small letters, digits and single hyphens.", "teamSlug")
    taken = context.store.execute("SELECT 1 FROM teams WHERE slug = ? AND id != ?", slug, context.team).fetchone()
    if taken:
        raise already_exists("Another team has this slug.", "teamSlug")
    context.store.execute("UPDATE teams SET name = ?, slug = ? WHERE id = ?", name, slug, context.team)
    pairs = (("team_name", context.caller.team_name, name), ("team_slug", context.caller.team_slug, slug))
    changes = {field: {"from": before, "to": after} for field, before, after in pairs if before != after}
    if changes:
        audit(context, "settings.updated", "settings", context.team, {"changes": changes})
        emit(context, "team.preferences_updated", {"memberId": None, "updatedAt": context.timestamp}, changes=changes)
    return Answer(_settings(name, slug))


def _settings(name: str, slug: str) -> Json:
    return {"object": "settings", "teamName": name, "teamSlug": slug}


def statuses(context: Context) -> Answer:
    """The statuses of tickets; no endpoint changes them."""
    return Answer([
        {
            "id": key,
            "key": key,
            "label": label,
            "color": color,
            "position": position,
            "isDefault": position == 0,
            "isClosed": key in FINISHED,
            "pausesSla": key in PAUSING,
        }
        for position, (key, label, color) in enumerate(STATUSES)
    ])  # fmt: skip


def business_hours(context: Context) -> Answer:
    """When the team works; the deadlines of rules with `businessHoursOnly` follow it."""
    schedule: Json = {day: {"enabled": False} for day in DAYS}
    schedule |= {day: {"enabled": True, "start": start, "end": end} for day, (start, end) in WEEK.items()}
    return Answer({"timezone": "UTC", "enabled": True, "schedule": schedule, "holidays": []})


def widget(context: Context) -> Answer:
    """How the chat widget looks; no endpoint changes it."""
    return Answer(WIDGET)


def subscription(context: Context) -> Answer:
    """Every team of the sandbox has paid until the end of the month."""
    now = dt.datetime.fromtimestamp(context.now, dt.UTC)
    end = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=32)).replace(day=1)
    return Answer({
        "object": "subscription",
        "status": "active",
        "plan": "team",
        "memberCount": context.store.count(context.team, MEMBERS),
        "currentPeriodEnd": iso_time(end.timestamp()),
        "cancelAtPeriodEnd": False,
    })  # fmt: skip


def portal(context: Context) -> Answer:
    """An address of the form of a billing portal's; nobody is there."""
    session = context.store.new_id(context.team, "bps_")
    return Answer({"object": "billing_portal_session", "url": PORTAL + session})


def list_keys(context: Context) -> Answer:
    """The keys of the team, oldest first, none of them whole."""
    sql = "SELECT id, name, key, type, environment, used, expires, created FROM keys WHERE team = ? ORDER BY rowid"
    return Answer([_key(row) for row in context.store.execute(sql, context.team)])


def create_key(context: Context) -> Answer:
    """A new key of the team, told this once. Raises Problem 400 for a live one: the sandbox has test data alone."""
    body = context.body
    if body.get("environment", "test") != "test":
        raise invalid("The sandbox gives out test keys only.", "environment")
    expires = None if body.get("expiresAt") is None else _moment(body["expiresAt"], "expiresAt")
    if expires is not None and expires <= context.now:
        raise invalid("The 'expiresAt' field must be in the future.", "expiresAt")
    key_type: str = body.get("keyType", SECRET)
    key = new_key(context.store, context.team, key_type)
    key_id = add_key(context.store, context.team, key, key_type, body["name"], context.now, expires)
    audit(context, "api_key.created", "api_key", key_id, {"name": body["name"], "keyType": key_type})
    row = (key_id, body["name"], key, key_type, "test", None, expires, context.now)
    return Answer(_key(row) | {"key": key}, status=201)


def revoke_key(context: Context) -> Answer:
    """End a key at once, be it the one of this request."""
    key_id = context.path["keyId"]
    sql = "DELETE FROM keys WHERE team = ? AND id = ? RETURNING id"
    if context.store.execute(sql, context.team, key_id).fetchone() is None:
        raise not_found("API key")
    audit(context, "api_key.revoked", "api_key", key_id)
    return Answer({"deleted": True, "id": key_id, "object": "api_key"})


def _key(row: tuple[Any, ...]) -> Json:
    key_id, name, key, key_type, environment, used, expires, created = row
    return {
        "id": key_id,
        "object": "api_key",
        "name": name,
        "prefix": key[:KEY_SHOWN],
        "keyType": key_type,
        "environment": environment,
        "lastUsedAt": None if used is None else iso_time(used),
        "expiresAt": None if expires is None else iso_time(expires),
        "createdAt": iso_time(created),
    }


def _moment(text: str, param: str) -> float:
    """A moment that the calendar here has, in Unix seconds. Raises Problem 400 for another, such as one of year 0."""
    try:
        moment = unix_time(text.upper())  # RFC 3339 has small letters too, where Python has none
        iso_time(moment)
    except (ValueError, OverflowError):
        raise invalid(f"The '{param}' field must be a valid date-time.", param) from None
    return moment


def audit_log(context: Context) -> Answer:
    """What was done in the team, newest first, narrowed by equal fields and by time (both ends included)."""
    query = context.query
    where = [Where.equals(name, query[name]) for name in ("action", "resourceType", "actorId") if name in query]
    for name, comparison in (("startDate", ">="), ("endDate", "<=")):
        if name in query:
            moment = iso_time(_moment(query[name], name))
            where.append(Where(f"json_extract(body, '$.createdAt') {comparison} ?", (moment,)))
    return list_page(context, AUDIT_LOG, where)


def request_log(context: Context) -> Answer:
    """The team's last requests, newest first. `status` is a number (404) or a class of them (4xx)."""
    query = context.query
    limit: int = query.get("limit", DEFAULT_PAGE_SIZE)
    before = decode_cursor(query.get("cursor"))
    status, method = query.get("status"), query.get("method")
    found = [
        each
        for each in reversed(context.requests)
        if each.team == context.team
        and (before is None or each.number < before)
        and (method is None or each.method == method)
        and (status is None or _has_status(each.status, status))
    ][: limit + 1]
    rows = [
        {
            "id": f"log_{each.number}",
            "object": "request_log",
            "method": each.method,
            "path": each.path,
            "status": each.status,
            "durationMs": each.milliseconds,
            "requestId": each.request_id,
            "keyPrefix": each.key_prefix or None,
            "createdAt": iso_time(each.at),
        }
        for each in found[:limit]
    ]
    return Answer(rows, pagination=cursor_of([each.number for each in found], limit))


def _has_status(status: int, wanted: str) -> bool:
    return str(status) == wanted or f"{status // 100}xx" == wanted.casefold()


HANDLERS: dict[str, Handler] = {
    "settings.get": settings,
    "settings.update": update_settings,
    "settings.statuses": statuses,
    "settings.business_hours": business_hours,
    "settings.widget": widget,
    "billing.subscription": subscription,
    "billing.portal": portal,
    "keys.list": list_keys,
    "keys.create": create_key,
    "keys.revoke": revoke_key,
    "audit_log.list": audit_log,
    "logs.list": request_log,
}
