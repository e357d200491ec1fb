# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""The webhook events: a class for each type, with typed data."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, TypeAlias, overload

import attrs

from cstar_async._generated_api import Event, Subscribe, UnknownEvent, parse_datetime

from .models.webhook_events import (
    ArticleEventData,
    BossDamagedData,
    BossDefeatedData,
    BossEventData,
    CommunityCommentedData,
    CommunityPostEventData,
    CommunityStatusChangedData,
    CommunityVotedData,
    CustomerEventData,
    CustomerGroupEventData,
    HighFiveEventData,
    OneUpEventData,
    PlayerAchievementUnlockedData,
    PlayerLevelUpData,
    PlayerQuestCompletedData,
    PlayerStreakMilestoneData,
    PlayerXpGainedData,
    PreferencesEventData,
    SurveySubmittedData,
    TicketEventData,
    TicketMessageAddedData,
    TicketUpdatedData,
    decode_article_event_data,
    decode_boss_damaged_data,
    decode_boss_defeated_data,
    decode_boss_event_data,
    decode_community_commented_data,
    decode_community_post_event_data,
    decode_community_status_changed_data,
    decode_community_voted_data,
    decode_customer_event_data,
    decode_customer_group_event_data,
    decode_high_five_event_data,
    decode_one_up_event_data,
    decode_player_achievement_unlocked_data,
    decode_player_level_up_data,
    decode_player_quest_completed_data,
    decode_player_streak_milestone_data,
    decode_player_xp_gained_data,
    decode_preferences_event_data,
    decode_survey_submitted_data,
    decode_ticket_event_data,
    decode_ticket_message_added_data,
    decode_ticket_updated_data,
)

__all__ = [
    "EVENT_TYPES",
    "Event",
    "EventTypeKnown",
    "UnknownEvent",
    "TicketCreated",
    "TicketUpdated",
    "TicketClosed",
    "TicketMessageAdded",
    "TicketDeleted",
    "TicketAssigned",
    "CustomerCreated",
    "CustomerUpdated",
    "CustomerDeleted",
    "CustomerGroupCreated",
    "CustomerGroupUpdated",
    "CustomerGroupDeleted",
    "ArticleCreated",
    "ArticlePublished",
    "ArticleUpdated",
    "ArticleDeleted",
    "TeamPreferencesUpdated",
    "AgentPreferencesUpdated",
    "BossSpawned",
    "BossDamaged",
    "BossDefeated",
    "PlayerLevelUp",
    "PlayerAchievementUnlocked",
    "PlayerXpGained",
    "PlayerQuestCompleted",
    "PlayerStreakMilestone",
    "SocialOneUpSent",
    "SocialHighFiveSent",
    "CommunityPostCreated",
    "CommunityPostUpdated",
    "CommunityPostStatusChanged",
    "CommunityPostCommented",
    "CommunityPostDeleted",
    "CommunityPostVoted",
    "SurveySubmitted",
]

EventTypeKnown: TypeAlias = Literal[
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.message_added",
    "ticket.deleted",
    "ticket.assigned",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer_group.created",
    "customer_group.updated",
    "customer_group.deleted",
    "article.created",
    "article.published",
    "article.updated",
    "article.deleted",
    "team.preferences_updated",
    "agent.preferences_updated",
    "boss.spawned",
    "boss.damaged",
    "boss.defeated",
    "player.level_up",
    "player.achievement_unlocked",
    "player.xp_gained",
    "player.quest_completed",
    "player.streak_milestone",
    "social.one_up_sent",
    "social.high_five_sent",
    "community_post.created",
    "community_post.updated",
    "community_post.status_changed",
    "community_post.commented",
    "community_post.deleted",
    "community_post.voted",
    "survey.submitted",
]
EVENT_TYPES: tuple[EventTypeKnown, ...] = (
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.message_added",
    "ticket.deleted",
    "ticket.assigned",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer_group.created",
    "customer_group.updated",
    "customer_group.deleted",
    "article.created",
    "article.published",
    "article.updated",
    "article.deleted",
    "team.preferences_updated",
    "agent.preferences_updated",
    "boss.spawned",
    "boss.damaged",
    "boss.defeated",
    "player.level_up",
    "player.achievement_unlocked",
    "player.xp_gained",
    "player.quest_completed",
    "player.streak_milestone",
    "social.one_up_sent",
    "social.high_five_sent",
    "community_post.created",
    "community_post.updated",
    "community_post.status_changed",
    "community_post.commented",
    "community_post.deleted",
    "community_post.voted",
    "survey.submitted",
)


@attrs.define(slots=True, kw_only=True, repr=False)
class TicketCreated(Event[TicketEventData]):
    """A ticket was created.

    A new ticket exists, whether it came from the app, the widget, the API or an email.

    Type `ticket.created`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "ticket.created"


@attrs.define(slots=True, kw_only=True, repr=False)
class TicketUpdated(Event[TicketUpdatedData]):
    """A ticket changed.

    The status, priority, assignment or another field of a ticket changed. `changes` holds both sides of each
    change.

    Type `ticket.updated`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "ticket.updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class TicketClosed(Event[TicketEventData]):
    """A ticket was closed.

    A ticket became resolved or closed.

    Type `ticket.closed`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "ticket.closed"


@attrs.define(slots=True, kw_only=True, repr=False)
class TicketMessageAdded(Event[TicketMessageAddedData]):
    """A message was added.

    The thread of a ticket has a new message. It comes from `tickets.messages.create`, among others.

    Type `ticket.message_added`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "ticket.message_added"


@attrs.define(slots=True, kw_only=True, repr=False)
class TicketDeleted(Event[TicketEventData]):
    """A ticket was deleted.

    A ticket and its messages are gone for good, deleted in the app or by the API.

    Type `ticket.deleted`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "ticket.deleted"


@attrs.define(slots=True, kw_only=True, repr=False)
class TicketAssigned(Event[TicketEventData]):
    """A ticket was assigned.

    A ticket got an agent, or another one.

    Type `ticket.assigned`. From cStar's public documentation.
    """

    TYPE: ClassVar[EventTypeKnown] = "ticket.assigned"


@attrs.define(slots=True, kw_only=True, repr=False)
class CustomerCreated(Event[CustomerEventData]):
    """A customer was created.

    The team has a new customer.

    Type `customer.created`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "customer.created"


@attrs.define(slots=True, kw_only=True, repr=False)
class CustomerUpdated(Event[CustomerEventData]):
    """A customer changed.

    The details of a customer were changed.

    Type `customer.updated`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "customer.updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class CustomerDeleted(Event[CustomerEventData]):
    """A customer was deleted.

    A customer is gone, deleted in the app or by the API. The tickets stay, without the customer.

    Type `customer.deleted`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "customer.deleted"


@attrs.define(slots=True, kw_only=True, repr=False)
class CustomerGroupCreated(Event[CustomerGroupEventData]):
    """A customer group was created.

    The team has a new customer group.

    Type `customer_group.created`. From cStar's public documentation.
    """

    TYPE: ClassVar[EventTypeKnown] = "customer_group.created"


@attrs.define(slots=True, kw_only=True, repr=False)
class CustomerGroupUpdated(Event[CustomerGroupEventData]):
    """A customer group changed.

    The details of a customer group were changed.

    Type `customer_group.updated`. From cStar's public documentation.
    """

    TYPE: ClassVar[EventTypeKnown] = "customer_group.updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class CustomerGroupDeleted(Event[CustomerGroupEventData]):
    """A customer group was deleted.

    A customer group is gone. Its customers stay.

    Type `customer_group.deleted`. From cStar's public documentation.
    """

    TYPE: ClassVar[EventTypeKnown] = "customer_group.deleted"


@attrs.define(slots=True, kw_only=True, repr=False)
class ArticleCreated(Event[ArticleEventData]):
    """An article was created.

    The Library has a new article, usually a draft.

    Type `article.created`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "article.created"


@attrs.define(slots=True, kw_only=True, repr=False)
class ArticlePublished(Event[ArticleEventData]):
    """An article was published.

    An article went out to the public Library.

    Type `article.published`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "article.published"


@attrs.define(slots=True, kw_only=True, repr=False)
class ArticleUpdated(Event[ArticleEventData]):
    """An article changed.

    The text or another field of an article was changed.

    Type `article.updated`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "article.updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class ArticleDeleted(Event[ArticleEventData]):
    """An article was deleted.

    An article is gone for good, deleted in the app or by the API.

    Type `article.deleted`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "article.deleted"


@attrs.define(slots=True, kw_only=True, repr=False)
class TeamPreferencesUpdated(Event[PreferencesEventData]):
    """The team's preferences changed.

    Somebody changed the preferences of the whole team.

    Type `team.preferences_updated`. From cStar's public documentation.
    """

    TYPE: ClassVar[EventTypeKnown] = "team.preferences_updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class AgentPreferencesUpdated(Event[PreferencesEventData]):
    """An agent's preferences changed.

    An agent changed the preferences that apply to that agent alone.

    Type `agent.preferences_updated`. From cStar's public documentation.
    """

    TYPE: ClassVar[EventTypeKnown] = "agent.preferences_updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class BossSpawned(Event[BossEventData]):
    """A boss appeared.

    The team has a boss to fight.

    Type `boss.spawned`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "boss.spawned"


@attrs.define(slots=True, kw_only=True, repr=False)
class BossDamaged(Event[BossDamagedData]):
    """A boss was hit.

    A closed ticket did damage to the boss.

    Type `boss.damaged`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "boss.damaged"


@attrs.define(slots=True, kw_only=True, repr=False)
class BossDefeated(Event[BossDefeatedData]):
    """A boss was defeated.

    The last hit was dealt, and the team has won the battle.

    Type `boss.defeated`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "boss.defeated"


@attrs.define(slots=True, kw_only=True, repr=False)
class PlayerLevelUp(Event[PlayerLevelUpData]):
    """A player reached a level.

    A player had enough XP for the next level.

    Type `player.level_up`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "player.level_up"


@attrs.define(slots=True, kw_only=True, repr=False)
class PlayerAchievementUnlocked(Event[PlayerAchievementUnlockedData]):
    """A player unlocked an achievement.

    A player met the condition of an achievement for the first time.

    Type `player.achievement_unlocked`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "player.achievement_unlocked"


@attrs.define(slots=True, kw_only=True, repr=False)
class PlayerXpGained(Event[PlayerXpGainedData]):
    """A player earned XP.

    A player closed a ticket or completed a quest and was paid XP.

    Type `player.xp_gained`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "player.xp_gained"


@attrs.define(slots=True, kw_only=True, repr=False)
class PlayerQuestCompleted(Event[PlayerQuestCompletedData]):
    """A player completed a quest.

    A player finished one of the day's quests.

    Type `player.quest_completed`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "player.quest_completed"


@attrs.define(slots=True, kw_only=True, repr=False)
class PlayerStreakMilestone(Event[PlayerStreakMilestoneData]):
    """A player reached a streak milestone.

    A player has been active for 3, 5, 10 or 25 days in a row.

    Type `player.streak_milestone`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "player.streak_milestone"


@attrs.define(slots=True, kw_only=True, repr=False)
class SocialOneUpSent(Event[OneUpEventData]):
    """A one-up was sent.

    A player thanked a teammate with a one-up.

    Type `social.one_up_sent`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "social.one_up_sent"


@attrs.define(slots=True, kw_only=True, repr=False)
class SocialHighFiveSent(Event[HighFiveEventData]):
    """A high five was sent.

    A team greeted another team with a high five.

    Type `social.high_five_sent`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "social.high_five_sent"


@attrs.define(slots=True, kw_only=True, repr=False)
class CommunityPostCreated(Event[CommunityPostEventData]):
    """A community post was created.

    The community has a new post.

    Type `community_post.created`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "community_post.created"


@attrs.define(slots=True, kw_only=True, repr=False)
class CommunityPostUpdated(Event[CommunityPostEventData]):
    """A community post changed.

    The text or another field of a post was changed.

    Type `community_post.updated`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "community_post.updated"


@attrs.define(slots=True, kw_only=True, repr=False)
class CommunityPostStatusChanged(Event[CommunityStatusChangedData]):
    """A community post's status changed.

    A post was given another status, such as planned or completed.

    Type `community_post.status_changed`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "community_post.status_changed"


@attrs.define(slots=True, kw_only=True, repr=False)
class CommunityPostCommented(Event[CommunityCommentedData]):
    """A community post got a comment.

    Somebody added a comment to a post. `data` is the comment.

    Type `community_post.commented`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "community_post.commented"


@attrs.define(slots=True, kw_only=True, repr=False)
class CommunityPostDeleted(Event[CommunityPostEventData]):
    """A community post was deleted.

    A post is gone from the community.

    Type `community_post.deleted`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "community_post.deleted"


@attrs.define(slots=True, kw_only=True, repr=False)
class CommunityPostVoted(Event[CommunityVotedData]):
    """A community post got a vote.

    Somebody voted for a post. `vote_count` has the new number.

    Type `community_post.voted`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "community_post.voted"


@attrs.define(slots=True, kw_only=True, repr=False)
class SurveySubmitted(Event[SurveySubmittedData]):
    """A survey was answered.

    A customer answered a satisfaction (CSAT) survey.

    Type `survey.submitted`. From cStar's context file for AI tools.
    """

    TYPE: ClassVar[EventTypeKnown] = "survey.submitted"


READERS: dict[str, tuple[type[Event[Any]], Callable[[Any], Any], str]] = {
    "ticket.created": (TicketCreated, decode_ticket_event_data, "ticket"),
    "ticket.updated": (TicketUpdated, decode_ticket_updated_data, "ticket"),
    "ticket.closed": (TicketClosed, decode_ticket_event_data, "ticket"),
    "ticket.message_added": (TicketMessageAdded, decode_ticket_message_added_data, "message"),
    "ticket.deleted": (TicketDeleted, decode_ticket_event_data, "ticket"),
    "ticket.assigned": (TicketAssigned, decode_ticket_event_data, "ticket"),
    "customer.created": (CustomerCreated, decode_customer_event_data, "customer"),
    "customer.updated": (CustomerUpdated, decode_customer_event_data, "customer"),
    "customer.deleted": (CustomerDeleted, decode_customer_event_data, "customer"),
    "customer_group.created": (CustomerGroupCreated, decode_customer_group_event_data, "customer_group"),
    "customer_group.updated": (CustomerGroupUpdated, decode_customer_group_event_data, "customer_group"),
    "customer_group.deleted": (CustomerGroupDeleted, decode_customer_group_event_data, "customer_group"),
    "article.created": (ArticleCreated, decode_article_event_data, "article"),
    "article.published": (ArticlePublished, decode_article_event_data, "article"),
    "article.updated": (ArticleUpdated, decode_article_event_data, "article"),
    "article.deleted": (ArticleDeleted, decode_article_event_data, "article"),
    "team.preferences_updated": (TeamPreferencesUpdated, decode_preferences_event_data, "preferences"),
    "agent.preferences_updated": (AgentPreferencesUpdated, decode_preferences_event_data, "preferences"),
    "boss.spawned": (BossSpawned, decode_boss_event_data, "boss"),
    "boss.damaged": (BossDamaged, decode_boss_damaged_data, "boss"),
    "boss.defeated": (BossDefeated, decode_boss_defeated_data, "boss"),
    "player.level_up": (PlayerLevelUp, decode_player_level_up_data, "player"),
    "player.achievement_unlocked": (PlayerAchievementUnlocked, decode_player_achievement_unlocked_data, "player"),
    "player.xp_gained": (PlayerXpGained, decode_player_xp_gained_data, "player"),
    "player.quest_completed": (PlayerQuestCompleted, decode_player_quest_completed_data, "player"),
    "player.streak_milestone": (PlayerStreakMilestone, decode_player_streak_milestone_data, "player"),
    "social.one_up_sent": (SocialOneUpSent, decode_one_up_event_data, "one_up"),
    "social.high_five_sent": (SocialHighFiveSent, decode_high_five_event_data, "high_five"),
    "community_post.created": (CommunityPostCreated, decode_community_post_event_data, "post"),
    "community_post.updated": (CommunityPostUpdated, decode_community_post_event_data, "post"),
    "community_post.status_changed": (CommunityPostStatusChanged, decode_community_status_changed_data, "post"),
    "community_post.commented": (CommunityPostCommented, decode_community_commented_data, "comment"),
    "community_post.deleted": (CommunityPostDeleted, decode_community_post_event_data, "post"),
    "community_post.voted": (CommunityPostVoted, decode_community_voted_data, "post"),
    "survey.submitted": (SurveySubmitted, decode_survey_submitted_data, "survey"),
}


def flatten(data: Mapping[str, Any], nested: str) -> Mapping[str, Any]:
    """Return the flat form of a payload that may hold its object under the name `nested`."""
    inner = data.get(nested)
    if not isinstance(inner, Mapping):
        return data
    return {**inner, **{name: value for name, value in data.items() if name != nested}}


def decode_event(raw: Mapping[str, Any]) -> Event[Any]:
    """Decode an event from a JSON object; an unknown type becomes an `UnknownEvent`.

    Raises an exception of any type if it does not fit; `converter` names the bad fields.
    """
    event_type = raw["type"]
    cls, decode, nested = READERS.get(event_type, (UnknownEvent, dict, ""))
    return cls(
        id=raw["id"],
        type=event_type,
        created_at=parse_datetime(raw["created_at"]),
        team_id=raw["team_id"],
        data=decode(flatten(raw["data"] if nested else raw.get("data", {}), nested)),
        raw=raw,
    )


class Subscribing(abc.ABC):
    """The typed method `on`: the handler of an event type takes the class of that type."""

    @abc.abstractmethod
    def _subscribe(
        self, patterns: tuple[str, ...], *, group: str | None, ordered: bool, timeout: float
    ) -> Subscribe[Any]:
        """Return the decorator that `on` returns."""

    @overload
    def on(
        self,
        pattern: Literal["ticket.created"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TicketCreated]: ...
    @overload
    def on(
        self,
        pattern: Literal["ticket.updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TicketUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["ticket.closed"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TicketClosed]: ...
    @overload
    def on(
        self,
        pattern: Literal["ticket.message_added"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TicketMessageAdded]: ...
    @overload
    def on(
        self,
        pattern: Literal["ticket.deleted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TicketDeleted]: ...
    @overload
    def on(
        self,
        pattern: Literal["ticket.assigned"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TicketAssigned]: ...
    @overload
    def on(
        self,
        pattern: Literal["customer.created"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CustomerCreated]: ...
    @overload
    def on(
        self,
        pattern: Literal["customer.updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CustomerUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["customer.deleted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CustomerDeleted]: ...
    @overload
    def on(
        self,
        pattern: Literal["customer_group.created"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CustomerGroupCreated]: ...
    @overload
    def on(
        self,
        pattern: Literal["customer_group.updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CustomerGroupUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["customer_group.deleted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CustomerGroupDeleted]: ...
    @overload
    def on(
        self,
        pattern: Literal["article.created"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[ArticleCreated]: ...
    @overload
    def on(
        self,
        pattern: Literal["article.published"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[ArticlePublished]: ...
    @overload
    def on(
        self,
        pattern: Literal["article.updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[ArticleUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["article.deleted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[ArticleDeleted]: ...
    @overload
    def on(
        self,
        pattern: Literal["team.preferences_updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[TeamPreferencesUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["agent.preferences_updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[AgentPreferencesUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["boss.spawned"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[BossSpawned]: ...
    @overload
    def on(
        self,
        pattern: Literal["boss.damaged"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[BossDamaged]: ...
    @overload
    def on(
        self,
        pattern: Literal["boss.defeated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[BossDefeated]: ...
    @overload
    def on(
        self,
        pattern: Literal["player.level_up"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[PlayerLevelUp]: ...
    @overload
    def on(
        self,
        pattern: Literal["player.achievement_unlocked"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[PlayerAchievementUnlocked]: ...
    @overload
    def on(
        self,
        pattern: Literal["player.xp_gained"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[PlayerXpGained]: ...
    @overload
    def on(
        self,
        pattern: Literal["player.quest_completed"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[PlayerQuestCompleted]: ...
    @overload
    def on(
        self,
        pattern: Literal["player.streak_milestone"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[PlayerStreakMilestone]: ...
    @overload
    def on(
        self,
        pattern: Literal["social.one_up_sent"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[SocialOneUpSent]: ...
    @overload
    def on(
        self,
        pattern: Literal["social.high_five_sent"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[SocialHighFiveSent]: ...
    @overload
    def on(
        self,
        pattern: Literal["community_post.created"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CommunityPostCreated]: ...
    @overload
    def on(
        self,
        pattern: Literal["community_post.updated"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CommunityPostUpdated]: ...
    @overload
    def on(
        self,
        pattern: Literal["community_post.status_changed"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CommunityPostStatusChanged]: ...
    @overload
    def on(
        self,
        pattern: Literal["community_post.commented"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CommunityPostCommented]: ...
    @overload
    def on(
        self,
        pattern: Literal["community_post.deleted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CommunityPostDeleted]: ...
    @overload
    def on(
        self,
        pattern: Literal["community_post.voted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[CommunityPostVoted]: ...
    @overload
    def on(
        self,
        pattern: Literal["survey.submitted"],
        /,
        *,
        group: str | None = None,
        ordered: bool = True,
        timeout: float = 60.0,
    ) -> Subscribe[SurveySubmitted]: ...
    @overload
    def on(
        self, /, *patterns: str, group: str | None = None, ordered: bool = True, timeout: float = 60.0
    ) -> Subscribe[Event[Any]]: ...
    def on(
        self, /, *patterns: str, group: str | None = None, ordered: bool = True, timeout: float = 60.0
    ) -> Subscribe[Any]:
        """Register a coroutine function as the handler of the events that match one of the patterns.

        Args:
            patterns: `"ticket.created"`, `"ticket.*"` or `"*"`. For a single type the handler's event is typed.
            group: The group of the handler. Each group handles each event once: of its handlers, the one with the
                most specific pattern gets the event. By default a handler is a group of its own, named by its module
                and qualified name. Set a group before you rename or move a handler, or it starts as a new group.
            ordered: Handle the events of one ticket (or of one other resource) one at a time, in the order in which
                they were accepted; while one waits for its retry, the later ones wait too. With False they need not
                wait.
            timeout: The seconds after which the handler is cancelled, which counts as a failed attempt.

        Raises:
            ValueError: A pattern is malformed, or two handlers of a group have the same pattern.
            TypeError: The handler is not a coroutine function.
            RuntimeError: The dispatcher has started already.
        """
        return self._subscribe(patterns, group=group, ordered=ordered, timeout=timeout)
