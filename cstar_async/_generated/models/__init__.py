# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""The models: each name is imported from its module on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async._generated_api import lazy_names

if TYPE_CHECKING:
    from .ai_actions import AI_ACTION_VALUES as AI_ACTION_VALUES
    from .ai_actions import AIAction as AIAction
    from .ai_actions import AIActionKnown as AIActionKnown
    from .ai_actions import AIOutput as AIOutput
    from .ai_actions import AIResult as AIResult
    from .analytics import ANALYTICS_PERIOD_VALUES as ANALYTICS_PERIOD_VALUES
    from .analytics import AgentStats as AgentStats
    from .analytics import AnalyticsCsat as AnalyticsCsat
    from .analytics import AnalyticsCustomers as AnalyticsCustomers
    from .analytics import AnalyticsOverview as AnalyticsOverview
    from .analytics import AnalyticsPeriod as AnalyticsPeriod
    from .analytics import AnalyticsPeriodKnown as AnalyticsPeriodKnown
    from .analytics import AnalyticsTickets as AnalyticsTickets
    from .api_keys import ApiKey as ApiKey
    from .articles import ARTICLE_STATUS_FILTER_VALUES as ARTICLE_STATUS_FILTER_VALUES
    from .articles import Article as Article
    from .articles import ArticleStatusFilter as ArticleStatusFilter
    from .articles import ArticleStatusFilterKnown as ArticleStatusFilterKnown
    from .audit_log import AuditLogEntry as AuditLogEntry
    from .auth import Whoami as Whoami
    from .automations import AUTOMATION_ACTION_TYPE_VALUES as AUTOMATION_ACTION_TYPE_VALUES
    from .automations import AUTOMATION_OPERATOR_VALUES as AUTOMATION_OPERATOR_VALUES
    from .automations import Automation as Automation
    from .automations import AutomationAction as AutomationAction
    from .automations import AutomationActionType as AutomationActionType
    from .automations import AutomationActionTypeKnown as AutomationActionTypeKnown
    from .automations import AutomationCondition as AutomationCondition
    from .automations import AutomationConditions as AutomationConditions
    from .automations import AutomationOperator as AutomationOperator
    from .automations import AutomationOperatorKnown as AutomationOperatorKnown
    from .automations import AutomationTestResult as AutomationTestResult
    from .billing import BillingPortal as BillingPortal
    from .billing import Subscription as Subscription
    from .bulk_operations import BULK_ACTION_VALUES as BULK_ACTION_VALUES
    from .bulk_operations import BulkAction as BulkAction
    from .bulk_operations import BulkActionKnown as BulkActionKnown
    from .bulk_operations import BulkFailure as BulkFailure
    from .bulk_operations import BulkResult as BulkResult
    from .categories import Category as Category
    from .community import CommunityPost as CommunityPost
    from .community import CommunityTopic as CommunityTopic
    from .community import CommunityTopicField as CommunityTopicField
    from .custom_fields import CUSTOM_FIELD_ENTITY_VALUES as CUSTOM_FIELD_ENTITY_VALUES
    from .custom_fields import CUSTOM_FIELD_TYPE_VALUES as CUSTOM_FIELD_TYPE_VALUES
    from .custom_fields import CustomField as CustomField
    from .custom_fields import CustomFieldEntity as CustomFieldEntity
    from .custom_fields import CustomFieldEntityKnown as CustomFieldEntityKnown
    from .custom_fields import CustomFieldType as CustomFieldType
    from .custom_fields import CustomFieldTypeKnown as CustomFieldTypeKnown
    from .customer_auth import AuthCustomer as AuthCustomer
    from .customer_auth import CustomerLogout as CustomerLogout
    from .customer_auth import CustomerSession as CustomerSession
    from .customer_groups import CustomerGroup as CustomerGroup
    from .customer_groups import GroupMemberRemoved as GroupMemberRemoved
    from .customer_groups import GroupMembersAdded as GroupMembersAdded
    from .events import StoredEvent as StoredEvent
    from .export import EXPORT_FORMAT_VALUES as EXPORT_FORMAT_VALUES
    from .export import ExportFormat as ExportFormat
    from .export import ExportFormatKnown as ExportFormatKnown
    from .export import ExportResult as ExportResult
    from .export import ExportSelection as ExportSelection
    from .game import COSMETIC_TYPE_VALUES as COSMETIC_TYPE_VALUES
    from .game import HIGH_FIVE_DIRECTION_VALUES as HIGH_FIVE_DIRECTION_VALUES
    from .game import LEADERBOARD_METRIC_VALUES as LEADERBOARD_METRIC_VALUES
    from .game import LEADERBOARD_PERIOD_VALUES as LEADERBOARD_PERIOD_VALUES
    from .game import PUZZLE_LEADERBOARD_TYPE_VALUES as PUZZLE_LEADERBOARD_TYPE_VALUES
    from .game import SEASON_BADGE_VALUES as SEASON_BADGE_VALUES
    from .game import SKILL_ID_VALUES as SKILL_ID_VALUES
    from .game import Achievement as Achievement
    from .game import AchievementCount as AchievementCount
    from .game import AchievementList as AchievementList
    from .game import AchievementProgress as AchievementProgress
    from .game import AchievementSummary as AchievementSummary
    from .game import Activity as Activity
    from .game import Boss as Boss
    from .game import BossAbility as BossAbility
    from .game import BossCombo as BossCombo
    from .game import BossDamage as BossDamage
    from .game import BossDefeat as BossDefeat
    from .game import BossDifficultyRules as BossDifficultyRules
    from .game import BossParticipant as BossParticipant
    from .game import BossPresence as BossPresence
    from .game import BossState as BossState
    from .game import CompletedQuest as CompletedQuest
    from .game import Cosmetic as Cosmetic
    from .game import CosmeticPreferences as CosmeticPreferences
    from .game import CosmeticType as CosmeticType
    from .game import CosmeticTypeKnown as CosmeticTypeKnown
    from .game import DailyQuests as DailyQuests
    from .game import GameConfig as GameConfig
    from .game import HighFive as HighFive
    from .game import HighFiveCheck as HighFiveCheck
    from .game import HighFiveDirection as HighFiveDirection
    from .game import HighFiveDirectionKnown as HighFiveDirectionKnown
    from .game import HighFiveRules as HighFiveRules
    from .game import HighFiveTeam as HighFiveTeam
    from .game import Leaderboard as Leaderboard
    from .game import LeaderboardEntry as LeaderboardEntry
    from .game import LeaderboardMetric as LeaderboardMetric
    from .game import LeaderboardMetricKnown as LeaderboardMetricKnown
    from .game import LeaderboardPeriod as LeaderboardPeriod
    from .game import LeaderboardPeriodKnown as LeaderboardPeriodKnown
    from .game import OneUp as OneUp
    from .game import OneUpAllowance as OneUpAllowance
    from .game import OneUpRules as OneUpRules
    from .game import PlayerRank as PlayerRank
    from .game import PlayerRef as PlayerRef
    from .game import PlayerSeason as PlayerSeason
    from .game import PlayerSkill as PlayerSkill
    from .game import PlayerStats as PlayerStats
    from .game import PlayerStreaks as PlayerStreaks
    from .game import PlayerTotals as PlayerTotals
    from .game import Puzzle as Puzzle
    from .game import PuzzleLeaderboardType as PuzzleLeaderboardType
    from .game import PuzzleLeaderboardTypeKnown as PuzzleLeaderboardTypeKnown
    from .game import PuzzleRank as PuzzleRank
    from .game import PuzzleResult as PuzzleResult
    from .game import PuzzleStreak as PuzzleStreak
    from .game import Quest as Quest
    from .game import QuestDay as QuestDay
    from .game import RecentAchievement as RecentAchievement
    from .game import Season as Season
    from .game import SeasonBadge as SeasonBadge
    from .game import SeasonBadgeKnown as SeasonBadgeKnown
    from .game import SeasonStats as SeasonStats
    from .game import Skill as Skill
    from .game import SkillId as SkillId
    from .game import SkillIdKnown as SkillIdKnown
    from .game import SkillRules as SkillRules
    from .game import SkillTree as SkillTree
    from .import_ import MERGE_STRATEGY_VALUES as MERGE_STRATEGY_VALUES
    from .import_ import ImportFailure as ImportFailure
    from .import_ import ImportLog as ImportLog
    from .import_ import ImportResult as ImportResult
    from .import_ import MergeStrategy as MergeStrategy
    from .import_ import MergeStrategyKnown as MergeStrategyKnown
    from .members import ASSIGNABLE_ROLE_VALUES as ASSIGNABLE_ROLE_VALUES
    from .members import MEMBER_ROLE_VALUES as MEMBER_ROLE_VALUES
    from .members import AssignableRole as AssignableRole
    from .members import AssignableRoleKnown as AssignableRoleKnown
    from .members import Invite as Invite
    from .members import Member as Member
    from .members import MemberRole as MemberRole
    from .members import MemberRoleKnown as MemberRoleKnown
    from .notifications import Notification as Notification
    from .notifications import NotificationsRead as NotificationsRead
    from .notifications import UnreadCount as UnreadCount
    from .public_community import TOPIC_CUSTOM_FIELD_TYPE_VALUES as TOPIC_CUSTOM_FIELD_TYPE_VALUES
    from .public_community import PublicComment as PublicComment
    from .public_community import PublicPost as PublicPost
    from .public_community import PublicTopic as PublicTopic
    from .public_community import PublicVote as PublicVote
    from .public_community import TopicCustomField as TopicCustomField
    from .public_community import TopicCustomFieldOption as TopicCustomFieldOption
    from .public_community import TopicCustomFieldType as TopicCustomFieldType
    from .public_community import TopicCustomFieldTypeKnown as TopicCustomFieldTypeKnown
    from .public_library import LIBRARY_RATING_VALUES as LIBRARY_RATING_VALUES
    from .public_library import LibraryArticle as LibraryArticle
    from .public_library import LibraryCategory as LibraryCategory
    from .public_library import LibraryRating as LibraryRating
    from .public_library import LibraryRatingKnown as LibraryRatingKnown
    from .public_library import LibraryReceipt as LibraryReceipt
    from .public_library import LibraryStats as LibraryStats
    from .request_logs import HTTP_METHOD_VALUES as HTTP_METHOD_VALUES
    from .request_logs import HttpMethod as HttpMethod
    from .request_logs import HttpMethodKnown as HttpMethodKnown
    from .request_logs import RequestLog as RequestLog
    from .saved_views import SORT_DIRECTION_VALUES as SORT_DIRECTION_VALUES
    from .saved_views import VIEW_ENTITY_TYPE_VALUES as VIEW_ENTITY_TYPE_VALUES
    from .saved_views import VIEW_VISIBILITY_VALUES as VIEW_VISIBILITY_VALUES
    from .saved_views import SavedView as SavedView
    from .saved_views import SortDirection as SortDirection
    from .saved_views import SortDirectionKnown as SortDirectionKnown
    from .saved_views import ViewEntityType as ViewEntityType
    from .saved_views import ViewEntityTypeKnown as ViewEntityTypeKnown
    from .saved_views import ViewVisibility as ViewVisibility
    from .saved_views import ViewVisibilityKnown as ViewVisibilityKnown
    from .search import SEARCH_RESULT_TYPE_VALUES as SEARCH_RESULT_TYPE_VALUES
    from .search import SEARCH_SCOPE_VALUES as SEARCH_SCOPE_VALUES
    from .search import SearchResult as SearchResult
    from .search import SearchResultType as SearchResultType
    from .search import SearchResultTypeKnown as SearchResultTypeKnown
    from .search import SearchScope as SearchScope
    from .search import SearchScopeKnown as SearchScopeKnown
    from .settings import BusinessDay as BusinessDay
    from .settings import BusinessHours as BusinessHours
    from .settings import BusinessWeek as BusinessWeek
    from .settings import Settings as Settings
    from .settings import TicketStatusSetting as TicketStatusSetting
    from .settings import WidgetSettings as WidgetSettings
    from .shared import ARTICLE_STATUS_VALUES as ARTICLE_STATUS_VALUES
    from .shared import BOSS_DIFFICULTY_VALUES as BOSS_DIFFICULTY_VALUES
    from .shared import BULK_RESOURCE_VALUES as BULK_RESOURCE_VALUES
    from .shared import COMMUNITY_IMAGE_TYPE_VALUES as COMMUNITY_IMAGE_TYPE_VALUES
    from .shared import COMMUNITY_POST_SORT_VALUES as COMMUNITY_POST_SORT_VALUES
    from .shared import COMMUNITY_POST_STATUS_VALUES as COMMUNITY_POST_STATUS_VALUES
    from .shared import COMMUNITY_POST_VISIBILITY_VALUES as COMMUNITY_POST_VISIBILITY_VALUES
    from .shared import CUSTOMER_SENTIMENT_VALUES as CUSTOMER_SENTIMENT_VALUES
    from .shared import CUSTOMER_STATUS_VALUES as CUSTOMER_STATUS_VALUES
    from .shared import EVENT_TYPE_VALUES as EVENT_TYPE_VALUES
    from .shared import KEY_ENVIRONMENT_VALUES as KEY_ENVIRONMENT_VALUES
    from .shared import KEY_TYPE_VALUES as KEY_TYPE_VALUES
    from .shared import MESSAGE_SENDER_VALUES as MESSAGE_SENDER_VALUES
    from .shared import RARITY_VALUES as RARITY_VALUES
    from .shared import TICKET_PRIORITY_VALUES as TICKET_PRIORITY_VALUES
    from .shared import TICKET_SLA_TIER_VALUES as TICKET_SLA_TIER_VALUES
    from .shared import TICKET_STATUS_VALUES as TICKET_STATUS_VALUES
    from .shared import ArticleStatus as ArticleStatus
    from .shared import ArticleStatusKnown as ArticleStatusKnown
    from .shared import BossDifficulty as BossDifficulty
    from .shared import BossDifficultyKnown as BossDifficultyKnown
    from .shared import BulkResource as BulkResource
    from .shared import BulkResourceKnown as BulkResourceKnown
    from .shared import CommunityAttachment as CommunityAttachment
    from .shared import CommunityImageType as CommunityImageType
    from .shared import CommunityImageTypeKnown as CommunityImageTypeKnown
    from .shared import CommunityPostSort as CommunityPostSort
    from .shared import CommunityPostSortKnown as CommunityPostSortKnown
    from .shared import CommunityPostStatus as CommunityPostStatus
    from .shared import CommunityPostStatusKnown as CommunityPostStatusKnown
    from .shared import CommunityPostVisibility as CommunityPostVisibility
    from .shared import CommunityPostVisibilityKnown as CommunityPostVisibilityKnown
    from .shared import Customer as Customer
    from .shared import CustomerSentiment as CustomerSentiment
    from .shared import CustomerSentimentKnown as CustomerSentimentKnown
    from .shared import CustomerStatus as CustomerStatus
    from .shared import CustomerStatusKnown as CustomerStatusKnown
    from .shared import CustomerTicket as CustomerTicket
    from .shared import CustomerTicketSummary as CustomerTicketSummary
    from .shared import Deleted as Deleted
    from .shared import EventType as EventType
    from .shared import EventTypeKnown as EventTypeKnown
    from .shared import KeyEnvironment as KeyEnvironment
    from .shared import KeyEnvironmentKnown as KeyEnvironmentKnown
    from .shared import KeyType as KeyType
    from .shared import KeyTypeKnown as KeyTypeKnown
    from .shared import Message as Message
    from .shared import MessageSender as MessageSender
    from .shared import MessageSenderKnown as MessageSenderKnown
    from .shared import Rarity as Rarity
    from .shared import RarityKnown as RarityKnown
    from .shared import Reward as Reward
    from .shared import Ticket as Ticket
    from .shared import TicketCustomer as TicketCustomer
    from .shared import TicketPriority as TicketPriority
    from .shared import TicketPriorityKnown as TicketPriorityKnown
    from .shared import TicketSlaTier as TicketSlaTier
    from .shared import TicketSlaTierKnown as TicketSlaTierKnown
    from .shared import TicketStatus as TicketStatus
    from .shared import TicketStatusKnown as TicketStatusKnown
    from .sla_rules import SLARule as SLARule
    from .tags import Tag as Tag
    from .tickets import TICKET_EXPAND_VALUES as TICKET_EXPAND_VALUES
    from .tickets import TicketExpand as TicketExpand
    from .tickets import TicketExpandKnown as TicketExpandKnown
    from .webhook_events import ArticleEventData as ArticleEventData
    from .webhook_events import BossDamagedData as BossDamagedData
    from .webhook_events import BossDefeatedData as BossDefeatedData
    from .webhook_events import BossEventData as BossEventData
    from .webhook_events import CommunityCommentedData as CommunityCommentedData
    from .webhook_events import CommunityPostEventData as CommunityPostEventData
    from .webhook_events import CommunityStatusChangedData as CommunityStatusChangedData
    from .webhook_events import CommunityVotedData as CommunityVotedData
    from .webhook_events import CustomerEventData as CustomerEventData
    from .webhook_events import CustomerGroupEventData as CustomerGroupEventData
    from .webhook_events import EventCustomer as EventCustomer
    from .webhook_events import FieldChange as FieldChange
    from .webhook_events import HighFiveEventData as HighFiveEventData
    from .webhook_events import OneUpEventData as OneUpEventData
    from .webhook_events import PlayerAchievementUnlockedData as PlayerAchievementUnlockedData
    from .webhook_events import PlayerLevelUpData as PlayerLevelUpData
    from .webhook_events import PlayerQuestCompletedData as PlayerQuestCompletedData
    from .webhook_events import PlayerStreakMilestoneData as PlayerStreakMilestoneData
    from .webhook_events import PlayerXpGainedData as PlayerXpGainedData
    from .webhook_events import PreferencesEventData as PreferencesEventData
    from .webhook_events import SurveySubmittedData as SurveySubmittedData
    from .webhook_events import TicketEventData as TicketEventData
    from .webhook_events import TicketMessageAddedData as TicketMessageAddedData
    from .webhook_events import TicketUpdatedData as TicketUpdatedData
    from .webhooks import Webhook as Webhook
    from .webhooks import WebhookTestResult as WebhookTestResult
    from .webhooks import WebhookTriggerResult as WebhookTriggerResult

_HOME: dict[str, str] = {
    "Deleted": "shared",
    "Ticket": "shared",
    "TicketCustomer": "shared",
    "Customer": "shared",
    "CustomerTicket": "shared",
    "CustomerTicketSummary": "shared",
    "Message": "shared",
    "CommunityAttachment": "shared",
    "Reward": "shared",
    "TicketStatus": "shared",
    "TicketStatusKnown": "shared",
    "TICKET_STATUS_VALUES": "shared",
    "TicketPriority": "shared",
    "TicketPriorityKnown": "shared",
    "TICKET_PRIORITY_VALUES": "shared",
    "CustomerStatus": "shared",
    "CustomerStatusKnown": "shared",
    "CUSTOMER_STATUS_VALUES": "shared",
    "CustomerSentiment": "shared",
    "CustomerSentimentKnown": "shared",
    "CUSTOMER_SENTIMENT_VALUES": "shared",
    "ArticleStatus": "shared",
    "ArticleStatusKnown": "shared",
    "ARTICLE_STATUS_VALUES": "shared",
    "BulkResource": "shared",
    "BulkResourceKnown": "shared",
    "BULK_RESOURCE_VALUES": "shared",
    "EventType": "shared",
    "EventTypeKnown": "shared",
    "EVENT_TYPE_VALUES": "shared",
    "TicketSlaTier": "shared",
    "TicketSlaTierKnown": "shared",
    "TICKET_SLA_TIER_VALUES": "shared",
    "MessageSender": "shared",
    "MessageSenderKnown": "shared",
    "MESSAGE_SENDER_VALUES": "shared",
    "CommunityPostStatus": "shared",
    "CommunityPostStatusKnown": "shared",
    "COMMUNITY_POST_STATUS_VALUES": "shared",
    "CommunityPostVisibility": "shared",
    "CommunityPostVisibilityKnown": "shared",
    "COMMUNITY_POST_VISIBILITY_VALUES": "shared",
    "CommunityPostSort": "shared",
    "CommunityPostSortKnown": "shared",
    "COMMUNITY_POST_SORT_VALUES": "shared",
    "CommunityImageType": "shared",
    "CommunityImageTypeKnown": "shared",
    "COMMUNITY_IMAGE_TYPE_VALUES": "shared",
    "BossDifficulty": "shared",
    "BossDifficultyKnown": "shared",
    "BOSS_DIFFICULTY_VALUES": "shared",
    "Rarity": "shared",
    "RarityKnown": "shared",
    "RARITY_VALUES": "shared",
    "KeyType": "shared",
    "KeyTypeKnown": "shared",
    "KEY_TYPE_VALUES": "shared",
    "KeyEnvironment": "shared",
    "KeyEnvironmentKnown": "shared",
    "KEY_ENVIRONMENT_VALUES": "shared",
    "TicketExpand": "tickets",
    "TicketExpandKnown": "tickets",
    "TICKET_EXPAND_VALUES": "tickets",
    "CustomerGroup": "customer_groups",
    "GroupMembersAdded": "customer_groups",
    "GroupMemberRemoved": "customer_groups",
    "Article": "articles",
    "ArticleStatusFilter": "articles",
    "ArticleStatusFilterKnown": "articles",
    "ARTICLE_STATUS_FILTER_VALUES": "articles",
    "Webhook": "webhooks",
    "WebhookTriggerResult": "webhooks",
    "WebhookTestResult": "webhooks",
    "Category": "categories",
    "CommunityPost": "community",
    "CommunityTopic": "community",
    "CommunityTopicField": "community",
    "Member": "members",
    "Invite": "members",
    "MemberRole": "members",
    "MemberRoleKnown": "members",
    "MEMBER_ROLE_VALUES": "members",
    "AssignableRole": "members",
    "AssignableRoleKnown": "members",
    "ASSIGNABLE_ROLE_VALUES": "members",
    "Settings": "settings",
    "TicketStatusSetting": "settings",
    "BusinessHours": "settings",
    "BusinessWeek": "settings",
    "BusinessDay": "settings",
    "WidgetSettings": "settings",
    "Notification": "notifications",
    "UnreadCount": "notifications",
    "NotificationsRead": "notifications",
    "CustomField": "custom_fields",
    "CustomFieldType": "custom_fields",
    "CustomFieldTypeKnown": "custom_fields",
    "CUSTOM_FIELD_TYPE_VALUES": "custom_fields",
    "CustomFieldEntity": "custom_fields",
    "CustomFieldEntityKnown": "custom_fields",
    "CUSTOM_FIELD_ENTITY_VALUES": "custom_fields",
    "SLARule": "sla_rules",
    "AnalyticsOverview": "analytics",
    "AnalyticsTickets": "analytics",
    "AnalyticsCustomers": "analytics",
    "AnalyticsCsat": "analytics",
    "AgentStats": "analytics",
    "AnalyticsPeriod": "analytics",
    "AnalyticsPeriodKnown": "analytics",
    "ANALYTICS_PERIOD_VALUES": "analytics",
    "BulkResult": "bulk_operations",
    "BulkFailure": "bulk_operations",
    "BulkAction": "bulk_operations",
    "BulkActionKnown": "bulk_operations",
    "BULK_ACTION_VALUES": "bulk_operations",
    "ExportSelection": "export",
    "ExportResult": "export",
    "ExportFormat": "export",
    "ExportFormatKnown": "export",
    "EXPORT_FORMAT_VALUES": "export",
    "ImportResult": "import_",
    "ImportFailure": "import_",
    "ImportLog": "import_",
    "MergeStrategy": "import_",
    "MergeStrategyKnown": "import_",
    "MERGE_STRATEGY_VALUES": "import_",
    "AuditLogEntry": "audit_log",
    "SearchResult": "search",
    "SearchResultType": "search",
    "SearchResultTypeKnown": "search",
    "SEARCH_RESULT_TYPE_VALUES": "search",
    "SearchScope": "search",
    "SearchScopeKnown": "search",
    "SEARCH_SCOPE_VALUES": "search",
    "Tag": "tags",
    "PlayerRef": "game",
    "PlayerStats": "game",
    "PlayerSeason": "game",
    "PlayerStreaks": "game",
    "PlayerTotals": "game",
    "PlayerSkill": "game",
    "BossState": "game",
    "Boss": "game",
    "BossAbility": "game",
    "BossParticipant": "game",
    "BossCombo": "game",
    "BossPresence": "game",
    "BossDamage": "game",
    "BossDefeat": "game",
    "Leaderboard": "game",
    "LeaderboardEntry": "game",
    "PlayerRank": "game",
    "AchievementList": "game",
    "Achievement": "game",
    "AchievementProgress": "game",
    "AchievementSummary": "game",
    "AchievementCount": "game",
    "RecentAchievement": "game",
    "DailyQuests": "game",
    "Quest": "game",
    "QuestDay": "game",
    "CompletedQuest": "game",
    "SkillTree": "game",
    "Skill": "game",
    "Season": "game",
    "SeasonStats": "game",
    "OneUp": "game",
    "OneUpAllowance": "game",
    "HighFive": "game",
    "HighFiveTeam": "game",
    "HighFiveCheck": "game",
    "Cosmetic": "game",
    "CosmeticPreferences": "game",
    "Puzzle": "game",
    "PuzzleResult": "game",
    "PuzzleRank": "game",
    "PuzzleStreak": "game",
    "Activity": "game",
    "GameConfig": "game",
    "SkillRules": "game",
    "BossDifficultyRules": "game",
    "OneUpRules": "game",
    "HighFiveRules": "game",
    "SkillId": "game",
    "SkillIdKnown": "game",
    "SKILL_ID_VALUES": "game",
    "LeaderboardPeriod": "game",
    "LeaderboardPeriodKnown": "game",
    "LEADERBOARD_PERIOD_VALUES": "game",
    "LeaderboardMetric": "game",
    "LeaderboardMetricKnown": "game",
    "LEADERBOARD_METRIC_VALUES": "game",
    "SeasonBadge": "game",
    "SeasonBadgeKnown": "game",
    "SEASON_BADGE_VALUES": "game",
    "HighFiveDirection": "game",
    "HighFiveDirectionKnown": "game",
    "HIGH_FIVE_DIRECTION_VALUES": "game",
    "CosmeticType": "game",
    "CosmeticTypeKnown": "game",
    "COSMETIC_TYPE_VALUES": "game",
    "PuzzleLeaderboardType": "game",
    "PuzzleLeaderboardTypeKnown": "game",
    "PUZZLE_LEADERBOARD_TYPE_VALUES": "game",
    "AIResult": "ai_actions",
    "AIOutput": "ai_actions",
    "AIAction": "ai_actions",
    "AIActionKnown": "ai_actions",
    "AI_ACTION_VALUES": "ai_actions",
    "Automation": "automations",
    "AutomationConditions": "automations",
    "AutomationCondition": "automations",
    "AutomationAction": "automations",
    "AutomationTestResult": "automations",
    "AutomationOperator": "automations",
    "AutomationOperatorKnown": "automations",
    "AUTOMATION_OPERATOR_VALUES": "automations",
    "AutomationActionType": "automations",
    "AutomationActionTypeKnown": "automations",
    "AUTOMATION_ACTION_TYPE_VALUES": "automations",
    "SavedView": "saved_views",
    "SortDirection": "saved_views",
    "SortDirectionKnown": "saved_views",
    "SORT_DIRECTION_VALUES": "saved_views",
    "ViewEntityType": "saved_views",
    "ViewEntityTypeKnown": "saved_views",
    "VIEW_ENTITY_TYPE_VALUES": "saved_views",
    "ViewVisibility": "saved_views",
    "ViewVisibilityKnown": "saved_views",
    "VIEW_VISIBILITY_VALUES": "saved_views",
    "Subscription": "billing",
    "BillingPortal": "billing",
    "Whoami": "auth",
    "StoredEvent": "events",
    "ApiKey": "api_keys",
    "RequestLog": "request_logs",
    "HttpMethod": "request_logs",
    "HttpMethodKnown": "request_logs",
    "HTTP_METHOD_VALUES": "request_logs",
    "LibraryArticle": "public_library",
    "LibraryCategory": "public_library",
    "LibraryStats": "public_library",
    "LibraryReceipt": "public_library",
    "LibraryRating": "public_library",
    "LibraryRatingKnown": "public_library",
    "LIBRARY_RATING_VALUES": "public_library",
    "CustomerSession": "customer_auth",
    "AuthCustomer": "customer_auth",
    "CustomerLogout": "customer_auth",
    "PublicTopic": "public_community",
    "TopicCustomField": "public_community",
    "TopicCustomFieldOption": "public_community",
    "PublicPost": "public_community",
    "PublicComment": "public_community",
    "PublicVote": "public_community",
    "TopicCustomFieldType": "public_community",
    "TopicCustomFieldTypeKnown": "public_community",
    "TOPIC_CUSTOM_FIELD_TYPE_VALUES": "public_community",
    "EventCustomer": "webhook_events",
    "FieldChange": "webhook_events",
    "TicketEventData": "webhook_events",
    "TicketUpdatedData": "webhook_events",
    "TicketMessageAddedData": "webhook_events",
    "CustomerEventData": "webhook_events",
    "CustomerGroupEventData": "webhook_events",
    "ArticleEventData": "webhook_events",
    "PreferencesEventData": "webhook_events",
    "BossEventData": "webhook_events",
    "BossDamagedData": "webhook_events",
    "BossDefeatedData": "webhook_events",
    "PlayerLevelUpData": "webhook_events",
    "PlayerAchievementUnlockedData": "webhook_events",
    "PlayerXpGainedData": "webhook_events",
    "PlayerQuestCompletedData": "webhook_events",
    "PlayerStreakMilestoneData": "webhook_events",
    "OneUpEventData": "webhook_events",
    "HighFiveEventData": "webhook_events",
    "CommunityPostEventData": "webhook_events",
    "CommunityStatusChangedData": "webhook_events",
    "CommunityCommentedData": "webhook_events",
    "CommunityVotedData": "webhook_events",
    "SurveySubmittedData": "webhook_events",
}

__all__: list[str] = [
    "AIAction",
    "AIActionKnown",
    "AIOutput",
    "AIResult",
    "AI_ACTION_VALUES",
    "ANALYTICS_PERIOD_VALUES",
    "ARTICLE_STATUS_FILTER_VALUES",
    "ARTICLE_STATUS_VALUES",
    "ASSIGNABLE_ROLE_VALUES",
    "AUTOMATION_ACTION_TYPE_VALUES",
    "AUTOMATION_OPERATOR_VALUES",
    "Achievement",
    "AchievementCount",
    "AchievementList",
    "AchievementProgress",
    "AchievementSummary",
    "Activity",
    "AgentStats",
    "AnalyticsCsat",
    "AnalyticsCustomers",
    "AnalyticsOverview",
    "AnalyticsPeriod",
    "AnalyticsPeriodKnown",
    "AnalyticsTickets",
    "ApiKey",
    "Article",
    "ArticleEventData",
    "ArticleStatus",
    "ArticleStatusFilter",
    "ArticleStatusFilterKnown",
    "ArticleStatusKnown",
    "AssignableRole",
    "AssignableRoleKnown",
    "AuditLogEntry",
    "AuthCustomer",
    "Automation",
    "AutomationAction",
    "AutomationActionType",
    "AutomationActionTypeKnown",
    "AutomationCondition",
    "AutomationConditions",
    "AutomationOperator",
    "AutomationOperatorKnown",
    "AutomationTestResult",
    "BOSS_DIFFICULTY_VALUES",
    "BULK_ACTION_VALUES",
    "BULK_RESOURCE_VALUES",
    "BillingPortal",
    "Boss",
    "BossAbility",
    "BossCombo",
    "BossDamage",
    "BossDamagedData",
    "BossDefeat",
    "BossDefeatedData",
    "BossDifficulty",
    "BossDifficultyKnown",
    "BossDifficultyRules",
    "BossEventData",
    "BossParticipant",
    "BossPresence",
    "BossState",
    "BulkAction",
    "BulkActionKnown",
    "BulkFailure",
    "BulkResource",
    "BulkResourceKnown",
    "BulkResult",
    "BusinessDay",
    "BusinessHours",
    "BusinessWeek",
    "COMMUNITY_IMAGE_TYPE_VALUES",
    "COMMUNITY_POST_SORT_VALUES",
    "COMMUNITY_POST_STATUS_VALUES",
    "COMMUNITY_POST_VISIBILITY_VALUES",
    "COSMETIC_TYPE_VALUES",
    "CUSTOMER_SENTIMENT_VALUES",
    "CUSTOMER_STATUS_VALUES",
    "CUSTOM_FIELD_ENTITY_VALUES",
    "CUSTOM_FIELD_TYPE_VALUES",
    "Category",
    "CommunityAttachment",
    "CommunityCommentedData",
    "CommunityImageType",
    "CommunityImageTypeKnown",
    "CommunityPost",
    "CommunityPostEventData",
    "CommunityPostSort",
    "CommunityPostSortKnown",
    "CommunityPostStatus",
    "CommunityPostStatusKnown",
    "CommunityPostVisibility",
    "CommunityPostVisibilityKnown",
    "CommunityStatusChangedData",
    "CommunityTopic",
    "CommunityTopicField",
    "CommunityVotedData",
    "CompletedQuest",
    "Cosmetic",
    "CosmeticPreferences",
    "CosmeticType",
    "CosmeticTypeKnown",
    "CustomField",
    "CustomFieldEntity",
    "CustomFieldEntityKnown",
    "CustomFieldType",
    "CustomFieldTypeKnown",
    "Customer",
    "CustomerEventData",
    "CustomerGroup",
    "CustomerGroupEventData",
    "CustomerLogout",
    "CustomerSentiment",
    "CustomerSentimentKnown",
    "CustomerSession",
    "CustomerStatus",
    "CustomerStatusKnown",
    "CustomerTicket",
    "CustomerTicketSummary",
    "DailyQuests",
    "Deleted",
    "EVENT_TYPE_VALUES",
    "EXPORT_FORMAT_VALUES",
    "EventCustomer",
    "EventType",
    "EventTypeKnown",
    "ExportFormat",
    "ExportFormatKnown",
    "ExportResult",
    "ExportSelection",
    "FieldChange",
    "GameConfig",
    "GroupMemberRemoved",
    "GroupMembersAdded",
    "HIGH_FIVE_DIRECTION_VALUES",
    "HTTP_METHOD_VALUES",
    "HighFive",
    "HighFiveCheck",
    "HighFiveDirection",
    "HighFiveDirectionKnown",
    "HighFiveEventData",
    "HighFiveRules",
    "HighFiveTeam",
    "HttpMethod",
    "HttpMethodKnown",
    "ImportFailure",
    "ImportLog",
    "ImportResult",
    "Invite",
    "KEY_ENVIRONMENT_VALUES",
    "KEY_TYPE_VALUES",
    "KeyEnvironment",
    "KeyEnvironmentKnown",
    "KeyType",
    "KeyTypeKnown",
    "LEADERBOARD_METRIC_VALUES",
    "LEADERBOARD_PERIOD_VALUES",
    "LIBRARY_RATING_VALUES",
    "Leaderboard",
    "LeaderboardEntry",
    "LeaderboardMetric",
    "LeaderboardMetricKnown",
    "LeaderboardPeriod",
    "LeaderboardPeriodKnown",
    "LibraryArticle",
    "LibraryCategory",
    "LibraryRating",
    "LibraryRatingKnown",
    "LibraryReceipt",
    "LibraryStats",
    "MEMBER_ROLE_VALUES",
    "MERGE_STRATEGY_VALUES",
    "MESSAGE_SENDER_VALUES",
    "Member",
    "MemberRole",
    "MemberRoleKnown",
    "MergeStrategy",
    "MergeStrategyKnown",
    "Message",
    "MessageSender",
    "MessageSenderKnown",
    "Notification",
    "NotificationsRead",
    "OneUp",
    "OneUpAllowance",
    "OneUpEventData",
    "OneUpRules",
    "PUZZLE_LEADERBOARD_TYPE_VALUES",
    "PlayerAchievementUnlockedData",
    "PlayerLevelUpData",
    "PlayerQuestCompletedData",
    "PlayerRank",
    "PlayerRef",
    "PlayerSeason",
    "PlayerSkill",
    "PlayerStats",
    "PlayerStreakMilestoneData",
    "PlayerStreaks",
    "PlayerTotals",
    "PlayerXpGainedData",
    "PreferencesEventData",
    "PublicComment",
    "PublicPost",
    "PublicTopic",
    "PublicVote",
    "Puzzle",
    "PuzzleLeaderboardType",
    "PuzzleLeaderboardTypeKnown",
    "PuzzleRank",
    "PuzzleResult",
    "PuzzleStreak",
    "Quest",
    "QuestDay",
    "RARITY_VALUES",
    "Rarity",
    "RarityKnown",
    "RecentAchievement",
    "RequestLog",
    "Reward",
    "SEARCH_RESULT_TYPE_VALUES",
    "SEARCH_SCOPE_VALUES",
    "SEASON_BADGE_VALUES",
    "SKILL_ID_VALUES",
    "SLARule",
    "SORT_DIRECTION_VALUES",
    "SavedView",
    "SearchResult",
    "SearchResultType",
    "SearchResultTypeKnown",
    "SearchScope",
    "SearchScopeKnown",
    "Season",
    "SeasonBadge",
    "SeasonBadgeKnown",
    "SeasonStats",
    "Settings",
    "Skill",
    "SkillId",
    "SkillIdKnown",
    "SkillRules",
    "SkillTree",
    "SortDirection",
    "SortDirectionKnown",
    "StoredEvent",
    "Subscription",
    "SurveySubmittedData",
    "TICKET_EXPAND_VALUES",
    "TICKET_PRIORITY_VALUES",
    "TICKET_SLA_TIER_VALUES",
    "TICKET_STATUS_VALUES",
    "TOPIC_CUSTOM_FIELD_TYPE_VALUES",
    "Tag",
    "Ticket",
    "TicketCustomer",
    "TicketEventData",
    "TicketExpand",
    "TicketExpandKnown",
    "TicketMessageAddedData",
    "TicketPriority",
    "TicketPriorityKnown",
    "TicketSlaTier",
    "TicketSlaTierKnown",
    "TicketStatus",
    "TicketStatusKnown",
    "TicketStatusSetting",
    "TicketUpdatedData",
    "TopicCustomField",
    "TopicCustomFieldOption",
    "TopicCustomFieldType",
    "TopicCustomFieldTypeKnown",
    "UnreadCount",
    "VIEW_ENTITY_TYPE_VALUES",
    "VIEW_VISIBILITY_VALUES",
    "ViewEntityType",
    "ViewEntityTypeKnown",
    "ViewVisibility",
    "ViewVisibilityKnown",
    "Webhook",
    "WebhookTestResult",
    "WebhookTriggerResult",
    "Whoami",
    "WidgetSettings",
]


__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
