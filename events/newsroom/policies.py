"""The permission policies of venues and subscribed calendars: each user is limited to their sites."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from events.pages import CalendarPage
from events.records import Subscription, Venue
from portal.editorial.published_records import RecordPolicy
from portal.editorial.site_admin.scope import administers_any, sites_administered

venue_policy = RecordPolicy(Venue)


def calendars_administered_by(user: Any) -> QuerySet[CalendarPage]:
    below = Q(pk__in=[])
    for site in sites_administered(user).select_related("root_page"):
        for home in site.root_page.get_translations(inclusive=True):
            below |= Q(path__startswith=home.path)
    return CalendarPage.objects.filter(below)


class SubscriptionPolicy(BasePermissionPolicy):
    """Grants every action on the subscriptions of a calendar to the administrators of its site."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        # Site administrators have the permission even before their site has a calendar.
        return administers_any(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Subscription) -> bool:
        return bool(user.is_active) and calendars_administered_by(user).filter(pk=instance.calendar_id).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Subscription]:
        return Subscription.objects.filter(calendar__in=calendars_administered_by(user))


subscription_policy = SubscriptionPolicy(Subscription)
