"""Recipes for the events of customers, groups, articles, the team and its members."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from .trigger import Recipe

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json

    from .trigger import Trigger

RENAMED: Final = " (renamed)"


def _create(trigger: Trigger, operation: str, body: Json) -> None:
    trigger.change(operation, _filled(trigger, body))


def _update(trigger: Trigger, resource: str, new: Json, body: Json) -> None:
    path = _subject(trigger, resource, new)
    trigger.change(f"{resource}.update", _filled(trigger, body), path=path, instead=True)


def _delete(trigger: Trigger, resource: str, new: Json) -> None:
    trigger.do(f"{resource}.delete", path=_subject(trigger, resource, new))


def _subject(trigger: Trigger, resource: str, new: Json) -> dict[str, str]:
    """The object that is named, else a new one, as the parameter of its path."""
    subject = trigger.on or trigger.do(f"{resource}.create", _filled(trigger, new))["id"]
    return {trigger.context.contract.operations[f"{resource}.update"].path_params[-1]: subject}


def _filled(trigger: Trigger, body: Json) -> Json:
    return {name: each.format(trigger.number) if isinstance(each, str) else each for name, each in body.items()}


def _recipes(kind: str, resource: str, new: Json, change: Json) -> dict[str, Recipe]:
    """The three events of a type of object.

    Args:
        kind: The type.
        resource: The resource with its operations.
        new: The body of a new one.
        change: The body of a change.
    """
    create, update = f"{resource}.create", f"{resource}.update"
    return {
        f"{kind}.created": Recipe(partial(_create, operation=create, body=new), operation=create),
        f"{kind}.updated": Recipe(partial(_update, resource=resource, new=new, body=change), kind, update),
        f"{kind}.deleted": Recipe(partial(_delete, resource=resource, new=new), kind),
    }


def _article_published(trigger: Trigger) -> None:
    path = _subject(trigger, "articles", _ARTICLE)
    trigger.change("articles.update", {"status": "published", "isPublic": True}, path=path)


def _team_renamed(trigger: Trigger) -> None:
    name = trigger.do("settings.get")["teamName"]
    other = name.removesuffix(RENAMED) if name.endswith(RENAMED) else name + RENAMED
    trigger.change("settings.update", {"teamName": other}, instead=True)


def _role_changed(trigger: Trigger) -> None:
    member = trigger.on or next((each["id"] for each in trigger.members() if each["role"] != "owner"), None)
    member = member or trigger.new_player()
    role = trigger.do("members.get", path={"memberId": member})["role"]
    trigger.change("members.update", {"role": "agent" if role != "agent" else "manager"}, path={"memberId": member})


_ARTICLE: Final[Json] = {"title": "Triggered article {}", "content": "Made by a trigger."}

OBJECTS: Final = {
    **_recipes(
        "customer",
        "customers",
        {"name": "Triggered Customer {}", "email": "triggered.{}@example.com"},
        {"notes": "Changed by trigger {}"},
    ),
    **_recipes(
        "customer_group",
        "customer_groups",
        {"name": "Triggered group {}", "description": "Made by a trigger"},
        {"description": "Changed by trigger {}"},
    ),
    **_recipes("article", "articles", _ARTICLE, {"content": "Changed by trigger {}."}),
    "article.published": Recipe(_article_published, "article", "articles.update"),
    "team.preferences_updated": Recipe(_team_renamed, operation="settings.update"),
    "agent.preferences_updated": Recipe(_role_changed, "member", "members.update"),
}
"""By type of event."""
