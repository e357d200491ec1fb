# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""The root of the resources, from which the client inherits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cstar_async._generated_api import BaseClient

if TYPE_CHECKING:
    from .ai_actions import Ai
    from .analytics import Analytics
    from .api_keys import Keys
    from .articles import Articles
    from .audit_log import AuditLog
    from .auth import Auth
    from .automations import Automations
    from .billing import Billing
    from .bulk_operations import Bulk
    from .categories import Categories
    from .community import Community
    from .custom_fields import CustomFields
    from .customer_auth import CustomerAuth
    from .customer_groups import CustomerGroups
    from .customers import Customers
    from .events import Events
    from .export import Exports
    from .game import Game
    from .import_ import Imports
    from .members import Members
    from .notifications import Notifications
    from .public_community import PublicCommunity
    from .public_library import Library
    from .request_logs import Logs
    from .saved_views import Views
    from .search import Search
    from .settings import SettingsResource
    from .sla_rules import Sla
    from .tags import Tags
    from .tickets import Tickets
    from .webhooks import Webhooks


class Resources(BaseClient):
    """One attribute for each resource of the contract, imported on first use."""

    @cached_property
    def tickets(self) -> Tickets:
        """Tickets."""
        from .tickets import Tickets

        return Tickets(self)

    @cached_property
    def customers(self) -> Customers:
        """Customers."""
        from .customers import Customers

        return Customers(self)

    @cached_property
    def customer_groups(self) -> CustomerGroups:
        """Customer Groups."""
        from .customer_groups import CustomerGroups

        return CustomerGroups(self)

    @cached_property
    def articles(self) -> Articles:
        """Articles."""
        from .articles import Articles

        return Articles(self)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Webhooks."""
        from .webhooks import Webhooks

        return Webhooks(self)

    @cached_property
    def categories(self) -> Categories:
        """Categories."""
        from .categories import Categories

        return Categories(self)

    @cached_property
    def community(self) -> Community:
        """Community."""
        from .community import Community

        return Community(self)

    @cached_property
    def members(self) -> Members:
        """Members."""
        from .members import Members

        return Members(self)

    @cached_property
    def settings(self) -> SettingsResource:
        """Settings."""
        from .settings import SettingsResource

        return SettingsResource(self)

    @cached_property
    def notifications(self) -> Notifications:
        """Notifications."""
        from .notifications import Notifications

        return Notifications(self)

    @cached_property
    def custom_fields(self) -> CustomFields:
        """Custom Fields."""
        from .custom_fields import CustomFields

        return CustomFields(self)

    @cached_property
    def sla(self) -> Sla:
        """SLA Rules."""
        from .sla_rules import Sla

        return Sla(self)

    @cached_property
    def analytics(self) -> Analytics:
        """Analytics."""
        from .analytics import Analytics

        return Analytics(self)

    @cached_property
    def bulk(self) -> Bulk:
        """Bulk Operations."""
        from .bulk_operations import Bulk

        return Bulk(self)

    @cached_property
    def exports(self) -> Exports:
        """Export."""
        from .export import Exports

        return Exports(self)

    @cached_property
    def imports(self) -> Imports:
        """Import."""
        from .import_ import Imports

        return Imports(self)

    @cached_property
    def audit_log(self) -> AuditLog:
        """Audit Log."""
        from .audit_log import AuditLog

        return AuditLog(self)

    @cached_property
    def search(self) -> Search:
        """Search."""
        from .search import Search

        return Search(self)

    @cached_property
    def tags(self) -> Tags:
        """Tags."""
        from .tags import Tags

        return Tags(self)

    @cached_property
    def game(self) -> Game:
        """Game."""
        from .game import Game

        return Game(self)

    @cached_property
    def ai(self) -> Ai:
        """AI Actions."""
        from .ai_actions import Ai

        return Ai(self)

    @cached_property
    def automations(self) -> Automations:
        """Automations."""
        from .automations import Automations

        return Automations(self)

    @cached_property
    def views(self) -> Views:
        """Saved Views."""
        from .saved_views import Views

        return Views(self)

    @cached_property
    def billing(self) -> Billing:
        """Billing."""
        from .billing import Billing

        return Billing(self)

    @cached_property
    def auth(self) -> Auth:
        """Auth."""
        from .auth import Auth

        return Auth(self)

    @cached_property
    def events(self) -> Events:
        """Events."""
        from .events import Events

        return Events(self)

    @cached_property
    def keys(self) -> Keys:
        """API Keys."""
        from .api_keys import Keys

        return Keys(self)

    @cached_property
    def logs(self) -> Logs:
        """Request Logs."""
        from .request_logs import Logs

        return Logs(self)

    @cached_property
    def library(self) -> Library:
        """Public Library."""
        from .public_library import Library

        return Library(self)

    @cached_property
    def customer_auth(self) -> CustomerAuth:
        """Customer Auth."""
        from .customer_auth import CustomerAuth

        return CustomerAuth(self)

    @cached_property
    def public_community(self) -> PublicCommunity:
        """Public Community."""
        from .public_community import PublicCommunity

        return PublicCommunity(self)
