"""Where Wagtail's newsroom asks what events add to it."""

from typing import Any

from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from wagtail import hooks
from wagtail.admin.forms.collections import collection_member_permission_formset_factory
from wagtail.admin.menu import MenuItem as SideItem
from wagtail.admin.ui.menus import MenuItem
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from events.models import EventPage, RecapPage, Registration, Subscription, Venue
from events.newsroom import dashboard  # noqa: F401 - registers what it holds
from events.newsroom.attendance import may_see, registration_policy, sees_any
from events.newsroom.photos_view import photos
from events.newsroom.policies import subscription_policy, venue_policy
from events.newsroom.recap_news import listeners, may_tell, tell
from events.newsroom.recap_view import recap
from events.newsroom.recaps import may_begin
from events.newsroom.registration_actions import act, add
from events.newsroom.registrations import RegistrationsView, check_in, overview

register_permission_policy(Venue, venue_policy)
register_permission_policy(Subscription, subscription_policy)
register_permission_policy(Registration, registration_policy)


@hooks.register("register_admin_viewset")
def events_in_the_menu() -> list[Any]:
    from events.newsroom.viewsets import (  # They ask for the policies that are registered above.
        EventsGroup,
        venue_chooser,
    )

    return [EventsGroup(), venue_chooser]


@hooks.register("register_group_permission_panel")
def venue_rights() -> Any:
    return collection_member_permission_formset_factory(
        Venue,
        [
            ("add_venue", _("Add"), _("Add venues")),
            ("change_venue", _("Edit"), _("Edit venues")),
            ("delete_venue", _("Delete"), _("Delete venues")),
            ("choose_venue", _("Choose"), _("Choose venues")),
        ],
        "events/newsroom/venue_rights.html",
    )


@hooks.register("register_admin_urls")
def pages_for_events_and_recaps() -> list[Any]:
    from events.newsroom.dates_view import dates  # Views are read when addresses are.

    return [
        path("events/<int:page_id>/dates/", dates, name="event_dates"),
        path("events/<int:page_id>/recap/", recap, name="event_recap"),
        path("events/<int:page_id>/photos/", photos, name="recap_photos"),
        path("events/<int:recap_id>/tell/", tell, name="tell_of_recap"),
    ]


@hooks.register("register_page_header_buttons")
def button_to_the_dates(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    if isinstance(page, EventPage) and page.pk and page.permissions_for_user(user).can_edit():
        yield MenuItem(_("Dates"), reverse("event_dates", args=[page.pk]), icon_name="calendar", priority=15)


@hooks.register("register_page_header_buttons")
def button_to_the_recap(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    if not isinstance(page, EventPage) or not page.pk or not may_begin(page, user):
        return
    if page.occurrences.standing().filter(end__lte=timezone.now()).exists():
        yield MenuItem(_("Recap"), reverse("event_recap", args=[page.pk]), icon_name="doc-full", priority=16)


@hooks.register("register_page_header_buttons")
def button_to_the_photos(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    if isinstance(page, RecapPage) and page.pk and page.permissions_for_user(user).can_edit():
        yield MenuItem(_("Add photos"), reverse("recap_photos", args=[page.pk]), icon_name="image", priority=15)


@hooks.register("register_page_header_buttons")
def button_to_those_registered(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    if isinstance(page, RecapPage) and page.pk and may_tell(page, user) and listeners(page).exists():
        address = reverse("tell_of_recap", args=[page.pk])
        yield MenuItem(_("Tell those registered"), address, icon_name="mail", priority=17)


@hooks.register("register_admin_urls")
def lists_of_registrations() -> list[Any]:

    views = [
        path("", overview, name="events"),
        path("<int:event_id>/", RegistrationsView.as_view(), name="list"),
        path("<int:event_id>/results/", RegistrationsView.as_view(results_only=True), name="results"),
        path("<int:event_id>/add/", add, name="add"),
        path("<int:event_id>/door/", check_in, name="check_in"),
        path("one/<int:key>/<slug:action>/", act, name="act"),
    ]
    return [path("events/registrations/", include((views, "registrations")))]


class RegistrationsItem(SideItem):
    def is_shown(self, request: Any) -> bool:
        return sees_any(request.user)


@hooks.register("register_admin_menu_item")
def registrations_in_the_menu() -> Any:
    return RegistrationsItem(
        gettext_lazy("Registrations"), reverse("registrations:events"), icon_name="group", order=261
    )


@hooks.register("register_page_header_buttons")
def button_to_the_registrations(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    is_bookable = isinstance(page, EventPage) and page.pk and page.takes_registrations and not page.alias_of_id
    if is_bookable and may_see(user, page):
        address = reverse("registrations:list", args=[page.pk])
        yield MenuItem(_("Registrations"), address, icon_name="group", priority=16)
