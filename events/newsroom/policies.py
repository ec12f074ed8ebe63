"""Who may use venues, subscribed calendars and registrations. Users are limited to their sites."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from wagtail.permission_policies import BasePermissionPolicy

from events.pages import CalendarPage, EventPage
from events.records import Occurrence, Registration, Subscription, Venue
from portal.content.permissions import PortalPagePolicy
from portal.content.visibility import in_trash
from portal.editorial.published_records import RecordPolicy
from portal.editorial.reader_data import may_read_reader_data, pages_of_sites, reader_data_sites
from portal.editorial.site_admin.scope import administers_any, sites_administered
from portal.platform.per_request import per_request

venue_policy = RecordPolicy(Venue)


def calendars_administered_by(user: Any) -> QuerySet[CalendarPage]:
    below = Q(pk__in=[])
    for site in sites_administered(user).select_related("root_page"):
        for home in site.root_page.get_translations(inclusive=True):
            below |= Q(path__startswith=home.path)
    return CalendarPage.objects.filter(below).exclude(in_trash())


class SubscriptionPolicy(BasePermissionPolicy):
    """Grants every action on a calendar's subscriptions to its site's administrators."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        # Site administrators have the permission even before their site has a calendar.
        return administers_any(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Subscription) -> bool:
        return bool(user.is_active) and calendars_administered_by(user).filter(pk=instance.calendar_id).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Subscription]:
        return Subscription.objects.filter(calendar__in=calendars_administered_by(user))


subscription_policy = SubscriptionPolicy(Subscription)


event_policy = PortalPagePolicy(EventPage)


def events_organised_by(user: Any) -> QuerySet[EventPage]:
    """Return the events that the user owns and may still edit, in all languages."""
    return EventPage.objects.filter(translation_key__in=_own_events_of(user).values("translation_key"))


def _own_events_of(user: Any) -> QuerySet[EventPage]:
    if not user.is_active or user.is_anonymous:
        return EventPage.objects.none()
    editable: QuerySet[EventPage] = event_policy.instances_user_has_any_permission_for(user, {"change"})
    return editable.filter(owner=user, alias_of=None).order_by()


def registrations_visible_to(user: Any) -> QuerySet[Registration]:
    """Return the registrations of the user's events and of the sites whose reader data the user manages."""
    organised = events_organised_by(user).order_by().values("translation_key")
    return Registration.objects.filter(Q(site__in=reader_data_sites(user)) | Q(date__event_key__in=organised))


def may_see_registrations(user: Any, page: EventPage) -> bool:
    """Whether the user organises the event or manages its site's reader data. `page` must not be an alias."""
    return bool(events_with_open_registrations(user, {page.pk}))


def events_with_open_registrations(user: Any, keys: set[int]) -> set[int]:
    """Return the keys of the events whose registrations the user may see."""
    # This permission is cached for the menu, and most users lack it.
    if not keys or not may_see_any_registrations(user):
        return set()
    found = set(events_organised_by(user).order_by().filter(pk__in=keys).values_list("pk", flat=True))
    if keys - found and may_read_reader_data(user):
        found |= set(pages_of_sites(reader_data_sites(user)).filter(pk__in=keys - found).values_list("pk", flat=True))
    return found


def permitted_event(user: Any, key: int) -> EventPage:
    """Return the event with this primary key, or an alias's source.

    Raises Http404, or PermissionDenied for a user who may not see its registrations.
    """
    found = get_object_or_404(EventPage, pk=key)
    # Permission is checked on the source, because an alias may be on another site.
    page = found.alias_of.specific if found.alias_of else found
    if not may_see_registrations(user, page):
        raise PermissionDenied
    return page


def dates_for_organiser(page: EventPage) -> QuerySet[Occurrence]:
    """Return an event's dates by start. A withdrawn date is included while it has registrations."""
    included = Q(is_withdrawn=False) | Q(seats__registrations__isnull=False)
    return (
        page.occurrences.filter(included).select_related("seats", "venue", "event").distinct().order_by("start", "pk")
    )


def may_see_any_registrations(user: Any) -> bool:
    """Whether the admin menu shows registrations to this user."""
    return may_read_reader_data(user) or per_request(user, "organises", lambda: _own_events_of(user).exists())


class RegistrationPolicy(BasePermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        return may_see_any_registrations(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Registration) -> bool:
        return registrations_visible_to(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet[Registration]:
        return registrations_visible_to(user)


registration_policy = RegistrationPolicy(Registration)
