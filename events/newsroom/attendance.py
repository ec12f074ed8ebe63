"""Who in the newsroom may see and change the registrations of which event."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from events.models import EventPage, Occurrence, Registration
from portal.core.per_request import per_request
from portal.editorial.reader_data import may_read_reader_data, reader_data_sites

page_policy = PagePermissionPolicy()


def events_organised_by(user: Any) -> QuerySet[EventPage]:
    """The events that are the user's own, and still theirs to edit: announced by them, in any language."""
    if not user.is_active or user.is_anonymous:
        return EventPage.objects.none()
    reach = page_policy.instances_user_has_any_permission_for(user, {"change"})
    own = EventPage.objects.filter(pk__in=reach.order_by().values("pk"), owner=user, alias_of=None)
    return EventPage.objects.filter(translation_key__in=own.values("translation_key"))


def registrations_seen_by(user: Any) -> QuerySet[Registration]:
    """Those of the own events, and those of the sites whose readers' data the user keeps.

    Names and addresses of readers are no business of those who write and approve other people's events.
    """
    own = events_organised_by(user).order_by().values("translation_key")
    return Registration.objects.filter(Q(site__in=reader_data_sites(user)) | Q(date__event_key__in=own))


def may_see(user: Any, page: EventPage) -> bool:
    """Whether somebody organises the event, which is no alias, or keeps the data of its site."""
    if events_organised_by(user).filter(pk=page.pk).exists():
        return True
    site = page.get_site()
    return site is not None and reader_data_sites(user).filter(pk=site.pk).exists()


def event_for(user: Any, key: int) -> EventPage:
    """The event with this key; an alias stands for what it shows. PermissionDenied for who may not see who comes."""
    found = get_object_or_404(EventPage, pk=key)
    # Asked of the original: its alias may stand on another site.
    page = found.alias_of.specific if found.alias_of else found
    if not may_see(user, page):
        raise PermissionDenied
    return page


def dates_of(page: EventPage) -> QuerySet[Occurrence]:
    """The dates of an event, the next ones first; a withdrawn one as long as somebody is registered for it."""
    kept = Q(is_withdrawn=False) | Q(seats__registrations__isnull=False)
    return page.occurrences.filter(kept).select_related("seats", "venue", "event").distinct().order_by("start", "pk")


def sees_any(user: Any) -> bool:
    """Whether the newsroom's menu has the lists of registrations for this user."""
    return may_read_reader_data(user) or per_request(user, "organises", lambda: events_organised_by(user).exists())


class RegistrationPolicy(BasePermissionPolicy):
    """The same for Wagtail's views: whoever may see a registration may do with it what an organiser does."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return sees_any(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return sees_any(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Registration) -> bool:
        return registrations_seen_by(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet[Registration]:
        return registrations_seen_by(user)


registration_policy = RegistrationPolicy(Registration)
