# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Settings: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_isoformat,
    new,
    note_absent,
    parse_date,
    show_fields,
    whole_number,
)


@attrs.define(slots=True, kw_only=True)
class Settings:
    """The settings of a team.

    Attributes:
        object: Always `settings`.
        team_name: The team's name as people see it.
        team_slug: The team's name in URLs.
    """

    __repr__ = show_fields

    object: str = ABSENT
    team_name: str = ABSENT
    team_slug: str = ABSENT


def decode_settings(d: Mapping[str, Any]) -> Settings:
    """Decode a Settings from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Settings)
    try:
        o.object = d["object"]
        o.team_name = d["teamName"]
        o.team_slug = d["teamSlug"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_settings_leniently(d)


_SETTINGS_PROMISED = frozenset(("object", "teamName", "teamSlug"))


def _decode_settings_leniently(d: Mapping[str, Any]) -> Settings:
    o: Any = new(Settings)
    get = d.get
    o.object = get("object")
    o.team_name = get("teamName")
    o.team_slug = get("teamSlug")
    note_absent("Settings", d, _SETTINGS_PROMISED)
    decoded: Settings = o
    return decoded


def encode_settings(o: Settings) -> dict[str, Any]:
    """Encode a Settings as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.team_name
    if v is not None:
        d["teamName"] = v
    v = o.team_slug
    if v is not None:
        d["teamSlug"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class TicketStatusSetting:
    """How one ticket status is set up in a team.

    Attributes:
        id: The id of the setting, where the service sends one. Not documented by cStar; inferred.
        key: The status as tickets carry it. Not documented by cStar; inferred.
        label: What people see. Not documented by cStar; inferred.
        color: The colour of its badge, as a CSS value. Not documented by cStar; inferred.
        position: The place in the display order, from 0. Not documented by cStar; inferred.
        is_default: Whether new tickets begin in it. Not documented by cStar; inferred.
        is_closed: Whether a ticket in it counts as done. Not documented by cStar; inferred.
        pauses_sla: Whether the SLA clock is paused in it. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str | None = None
    key: str = ABSENT
    label: str | None = None
    color: str | None = None
    position: int | None = None
    is_default: bool | None = None
    is_closed: bool | None = None
    pauses_sla: bool | None = None


def decode_ticket_status_setting(d: Mapping[str, Any]) -> TicketStatusSetting:
    """Decode a TicketStatusSetting from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TicketStatusSetting)
    v: Any
    get = d.get
    try:
        o.id = get("id")
        o.key = d["key"]
        o.label = get("label")
        o.color = get("color")
        v = get("position")
        o.position = v if v.__class__ is int or v is None else whole_number(v)
        o.is_default = get("isDefault")
        o.is_closed = get("isClosed")
        o.pauses_sla = get("pausesSla")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_ticket_status_setting_leniently(d)


_TICKET_STATUS_SETTING_PROMISED = frozenset(("key",))


def _decode_ticket_status_setting_leniently(d: Mapping[str, Any]) -> TicketStatusSetting:
    o: Any = new(TicketStatusSetting)
    v: Any
    get = d.get
    o.id = get("id")
    o.key = get("key")
    o.label = get("label")
    o.color = get("color")
    v = get("position")
    o.position = v if v.__class__ is int or v is None else whole_number(v)
    o.is_default = get("isDefault")
    o.is_closed = get("isClosed")
    o.pauses_sla = get("pausesSla")
    note_absent("TicketStatusSetting", d, _TICKET_STATUS_SETTING_PROMISED)
    decoded: TicketStatusSetting = o
    return decoded


def encode_ticket_status_setting(o: TicketStatusSetting) -> dict[str, Any]:
    """Encode a TicketStatusSetting as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    if v is not None:
        d["id"] = v
    v = o.key
    if v is not None:
        d["key"] = v
    v = o.label
    if v is not None:
        d["label"] = v
    v = o.color
    if v is not None:
        d["color"] = v
    v = o.position
    if v is not None:
        d["position"] = v
    v = o.is_default
    if v is not None:
        d["isDefault"] = v
    v = o.is_closed
    if v is not None:
        d["isClosed"] = v
    v = o.pauses_sla
    if v is not None:
        d["pausesSla"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BusinessHours:
    """When a team works.

    Attributes:
        timezone: The IANA time zone in which the hours are meant. Not documented by cStar; inferred.
        enabled: Whether the hours are in use. When false, every hour counts. Not documented by cStar; inferred.
        schedule: The hours of each day of the week. Not documented by cStar; inferred.
        holidays: Days without business hours. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    timezone: str = ABSENT
    enabled: bool | None = None
    schedule: BusinessWeek | None = None
    holidays: list[_dt.date] | None = None


def decode_business_hours(d: Mapping[str, Any]) -> BusinessHours:
    """Decode a BusinessHours from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BusinessHours)
    v: Any
    get = d.get
    try:
        o.timezone = d["timezone"]
        o.enabled = get("enabled")
        v = get("schedule")
        o.schedule = None if v is None else decode_business_week(v)
        v = get("holidays")
        o.holidays = None if v is None else [parse_date(v_) for v_ in v]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_business_hours_leniently(d)


_BUSINESS_HOURS_PROMISED = frozenset(("timezone",))


def _decode_business_hours_leniently(d: Mapping[str, Any]) -> BusinessHours:
    o: Any = new(BusinessHours)
    v: Any
    get = d.get
    o.timezone = get("timezone")
    o.enabled = get("enabled")
    v = get("schedule")
    o.schedule = None if v is None else decode_business_week(v)
    v = get("holidays")
    o.holidays = None if v is None else [parse_date(v_) for v_ in v]
    note_absent("BusinessHours", d, _BUSINESS_HOURS_PROMISED)
    decoded: BusinessHours = o
    return decoded


def encode_business_hours(o: BusinessHours) -> dict[str, Any]:
    """Encode a BusinessHours as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.timezone
    if v is not None:
        d["timezone"] = v
    v = o.enabled
    if v is not None:
        d["enabled"] = v
    v = o.schedule
    if v is not None:
        d["schedule"] = encode_business_week(v)
    v = o.holidays
    if v is not None:
        d["holidays"] = [encode_isoformat(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class BusinessWeek:
    """The business hours of a week. A missing day has none.

    Attributes:
        monday: Monday's hours. Not documented by cStar; inferred.
        tuesday: Tuesday's hours. Not documented by cStar; inferred.
        wednesday: Wednesday's hours. Not documented by cStar; inferred.
        thursday: Thursday's hours. Not documented by cStar; inferred.
        friday: Friday's hours. Not documented by cStar; inferred.
        saturday: Saturday's hours. Not documented by cStar; inferred.
        sunday: Sunday's hours. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    monday: BusinessDay | None = None
    tuesday: BusinessDay | None = None
    wednesday: BusinessDay | None = None
    thursday: BusinessDay | None = None
    friday: BusinessDay | None = None
    saturday: BusinessDay | None = None
    sunday: BusinessDay | None = None


def decode_business_week(d: Mapping[str, Any]) -> BusinessWeek:
    """Decode a BusinessWeek from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BusinessWeek)
    v: Any
    get = d.get
    v = get("monday")
    o.monday = None if v is None else decode_business_day(v)
    v = get("tuesday")
    o.tuesday = None if v is None else decode_business_day(v)
    v = get("wednesday")
    o.wednesday = None if v is None else decode_business_day(v)
    v = get("thursday")
    o.thursday = None if v is None else decode_business_day(v)
    v = get("friday")
    o.friday = None if v is None else decode_business_day(v)
    v = get("saturday")
    o.saturday = None if v is None else decode_business_day(v)
    v = get("sunday")
    o.sunday = None if v is None else decode_business_day(v)
    return o


def encode_business_week(o: BusinessWeek) -> dict[str, Any]:
    """Encode a BusinessWeek as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.monday
    if v is not None:
        d["monday"] = encode_business_day(v)
    v = o.tuesday
    if v is not None:
        d["tuesday"] = encode_business_day(v)
    v = o.wednesday
    if v is not None:
        d["wednesday"] = encode_business_day(v)
    v = o.thursday
    if v is not None:
        d["thursday"] = encode_business_day(v)
    v = o.friday
    if v is not None:
        d["friday"] = encode_business_day(v)
    v = o.saturday
    if v is not None:
        d["saturday"] = encode_business_day(v)
    v = o.sunday
    if v is not None:
        d["sunday"] = encode_business_day(v)
    return d


@attrs.define(slots=True, kw_only=True)
class BusinessDay:
    """The business hours of a day.

    Attributes:
        enabled: Whether the team works on this day. Not documented by cStar; inferred.
        start: When the day begins, `HH:MM`, local time. Not documented by cStar; inferred.
        end: When the day ends, `HH:MM`, local time. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    enabled: bool = ABSENT
    start: str | None = None
    end: str | None = None


def decode_business_day(d: Mapping[str, Any]) -> BusinessDay:
    """Decode a BusinessDay from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BusinessDay)
    get = d.get
    try:
        o.enabled = d["enabled"]
        o.start = get("start")
        o.end = get("end")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_business_day_leniently(d)


_BUSINESS_DAY_PROMISED = frozenset(("enabled",))


def _decode_business_day_leniently(d: Mapping[str, Any]) -> BusinessDay:
    o: Any = new(BusinessDay)
    get = d.get
    o.enabled = get("enabled")
    o.start = get("start")
    o.end = get("end")
    note_absent("BusinessDay", d, _BUSINESS_DAY_PROMISED)
    decoded: BusinessDay = o
    return decoded


def encode_business_day(o: BusinessDay) -> dict[str, Any]:
    """Encode a BusinessDay as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.enabled
    if v is not None:
        d["enabled"] = v
    v = o.start
    if v is not None:
        d["start"] = v
    v = o.end
    if v is not None:
        d["end"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class WidgetSettings:
    """How the chat widget looks and behaves.

    Attributes:
        enabled: Whether the widget is shown at all. Not documented by cStar; inferred.
        primary_color: Its main colour, as a CSS value. Not documented by cStar; inferred.
        position: The corner of the window it sits in. Not documented by cStar; inferred.
        greeting: The greeting to a visitor. Not documented by cStar; inferred.
        show_agent_avatars: Whether visitors see the agents' pictures. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    enabled: bool | None = None
    primary_color: str | None = None
    position: str | None = None
    greeting: str | None = None
    show_agent_avatars: bool | None = None


def decode_widget_settings(d: Mapping[str, Any]) -> WidgetSettings:
    """Decode a WidgetSettings from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(WidgetSettings)
    get = d.get
    o.enabled = get("enabled")
    o.primary_color = get("primaryColor")
    o.position = get("position")
    o.greeting = get("greeting")
    o.show_agent_avatars = get("showAgentAvatars")
    return o


def encode_widget_settings(o: WidgetSettings) -> dict[str, Any]:
    """Encode a WidgetSettings as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.enabled
    if v is not None:
        d["enabled"] = v
    v = o.primary_color
    if v is not None:
        d["primaryColor"] = v
    v = o.position
    if v is not None:
        d["position"] = v
    v = o.greeting
    if v is not None:
        d["greeting"] = v
    v = o.show_agent_avatars
    if v is not None:
        d["showAgentAvatars"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Settings: ModelInfo(
            decode_settings,
            encode_settings,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("team_name", "teamName", True, False, None, False),
                FieldInfo("team_slug", "teamSlug", True, False, None, False),
            ),
            None,
        ),
        TicketStatusSetting: ModelInfo(
            decode_ticket_status_setting,
            encode_ticket_status_setting,
            (
                FieldInfo("id", "id", False, False, None, False),
                FieldInfo("key", "key", True, False, None, False),
                FieldInfo("label", "label", False, False, None, False),
                FieldInfo("color", "color", False, False, None, False),
                FieldInfo("position", "position", False, False, whole_number, False),
                FieldInfo("is_default", "isDefault", False, False, None, False),
                FieldInfo("is_closed", "isClosed", False, False, None, False),
                FieldInfo("pauses_sla", "pausesSla", False, False, None, False),
            ),
            None,
        ),
        BusinessHours: ModelInfo(
            decode_business_hours,
            encode_business_hours,
            (
                FieldInfo("timezone", "timezone", True, False, None, False),
                FieldInfo("enabled", "enabled", False, False, None, False),
                FieldInfo("schedule", "schedule", False, False, BusinessWeek, False),
                FieldInfo("holidays", "holidays", False, False, [parse_date], False),
            ),
            None,
        ),
        BusinessWeek: ModelInfo(
            decode_business_week,
            encode_business_week,
            (
                FieldInfo("monday", "monday", False, False, BusinessDay, False),
                FieldInfo("tuesday", "tuesday", False, False, BusinessDay, False),
                FieldInfo("wednesday", "wednesday", False, False, BusinessDay, False),
                FieldInfo("thursday", "thursday", False, False, BusinessDay, False),
                FieldInfo("friday", "friday", False, False, BusinessDay, False),
                FieldInfo("saturday", "saturday", False, False, BusinessDay, False),
                FieldInfo("sunday", "sunday", False, False, BusinessDay, False),
            ),
            None,
        ),
        BusinessDay: ModelInfo(
            decode_business_day,
            encode_business_day,
            (
                FieldInfo("enabled", "enabled", True, False, None, False),
                FieldInfo("start", "start", False, False, None, False),
                FieldInfo("end", "end", False, False, None, False),
            ),
            None,
        ),
        WidgetSettings: ModelInfo(
            decode_widget_settings,
            encode_widget_settings,
            (
                FieldInfo("enabled", "enabled", False, False, None, False),
                FieldInfo("primary_color", "primaryColor", False, False, None, False),
                FieldInfo("position", "position", False, False, None, False),
                FieldInfo("greeting", "greeting", False, False, None, False),
                FieldInfo("show_agent_avatars", "showAgentAvatars", False, False, None, False),
            ),
            None,
        ),
    }
