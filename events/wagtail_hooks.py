"""Hooks of events: permissions, views, menu items and buttons of the admin, and lists beside stories."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from wagtail import hooks
from wagtail.admin.forms.collections import collection_member_permission_formset_factory
from wagtail.admin.menu import MenuItem as SideItem
from wagtail.admin.telepath import register
from wagtail.admin.ui.menus import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Collection, Page
from wagtail.permissions import register_permission_policy

from events.blocks import Photos
from events.newsroom import dashboard  # noqa: F401 - registers its lists
from events.newsroom.check_in import CHECKED_IN, UNDONE, check_in
from events.newsroom.dates_view import event_dates, next_dates, open_changed_date
from events.newsroom.ideas import register_ideas
from events.newsroom.letters import ChangeLetter, LetterList, LetterView, NewLetter
from events.newsroom.photos_view import photos
from events.newsroom.policies import (
    may_see_any_registrations,
    may_see_registrations,
    registration_policy,
    subscription_policy,
    venue_policy,
)
from events.newsroom.proposals import ProposalView, proposal_picture
from events.newsroom.recap_mails import may_notify, recap_news, unnotified_registrations
from events.newsroom.recaps import may_write_recap, recap
from events.newsroom.registration_actions import add_registration, registration_action
from events.newsroom.registrations import RegistrationsView, overview
from events.pages import EventPage, RecapPage
from events.personal_data import processing_by_proposals, processing_by_registrations
from events.records import Registration, Subscription, Venue
from events.records.dates import upcoming_dates
from events.registration.letters import APPROVED, RETURNED, SUBMITTED
from portal.editorial.pictures.dropping import PictureStreamAdapter

MAX_BESIDE_STORY = 3

hooks.register("before_edit_page", open_changed_date)
register(PictureStreamAdapter("photo", gettext_lazy("Drop the photos of the event here, or choose several")), Photos)
hooks.register("portal_processing", processing_by_registrations, order=10)
hooks.register("portal_processing", processing_by_proposals, order=11)
register_ideas()
register_permission_policy(Venue, venue_policy)
register_permission_policy(Subscription, subscription_policy)
register_permission_policy(Registration, registration_policy)


@hooks.register("register_admin_viewset")
def register_event_viewsets() -> list[Any]:
    from events.newsroom.viewsets import (  # These look up the policies registered above.
        EventsGroup,
        venue_chooser,
    )

    return [EventsGroup(), venue_chooser]


@hooks.register("register_group_permission_panel")
def venue_permission_panel() -> Any:
    return collection_member_permission_formset_factory(
        Venue,
        [
            ("add_venue", _("Add"), _("Add venues")),
            ("change_venue", _("Edit"), _("Edit venues")),
            ("delete_venue", _("Delete"), _("Delete venues")),
            ("choose_venue", _("Choose"), _("Choose venues")),
        ],
        "events/newsroom/venue_permissions.html",
    )


@hooks.register("describe_collection_contents")
def venues_of_collection(collection: Collection) -> dict[str, Any] | None:
    """Return the number of venues in a folder. A folder with venues cannot be deleted."""
    count = Venue.objects.filter(collection=collection).count()
    text = ngettext("%(count)s venue", "%(count)s venues", count) % {"count": count}
    return {"count": count, "count_text": text, "url": ""} if count else None


@hooks.register("register_admin_urls")
def event_urls() -> list[Any]:
    registrations = [
        path("", overview, name="events"),
        path("<int:event_id>/", RegistrationsView.as_view(), name="list"),
        path("<int:event_id>/results/", RegistrationsView.as_view(results_only=True), name="results"),
        path("<int:event_id>/add/", add_registration, name="add"),
        path("<int:event_id>/door/", check_in, name="check_in"),
        path("<int:event_id>/letters/", LetterList.as_view(), name="letters"),
        path("<int:event_id>/letters/add/", NewLetter.as_view(), name="add_letter"),
        path("letters/<int:key>/", LetterView.as_view(), name="letter"),
        path("letters/<int:key>/edit/", ChangeLetter.as_view(), name="edit_letter"),
        path("one/<int:key>/<slug:action>/", registration_action, name="act"),
    ]
    return [
        path("events/next-dates/", next_dates, name="event_next_dates"),
        path("events/<int:page_id>/dates/", event_dates, name="event_dates"),
        path("events/<int:page_id>/recap/", recap, name="event_recap"),
        path("events/<int:page_id>/photos/", photos, name="recap_photos"),
        path("events/<int:recap_id>/tell/", recap_news, name="notify_of_recap"),
        path("events/registrations/", include((registrations, "registrations"))),
        path("events/proposals/<int:key>/", ProposalView.as_view(), name="proposal"),
        path("events/proposals/<int:key>/pictures/<int:picture>/", proposal_picture, name="proposal_picture"),
    ]


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[MenuItem]:
    if isinstance(page, EventPage) and page.pk:
        yield from _event_buttons(page, user)
    elif isinstance(page, RecapPage) and page.pk:
        if page.permissions_for_user(user).can_edit():
            yield MenuItem(_("Add photos"), reverse("recap_photos", args=[page.pk]), icon_name="image", priority=15)
        # The cheaper query comes first, because it usually finds nobody.
        if unnotified_registrations(page).exists() and may_notify(page, user):
            url = reverse("notify_of_recap", args=[page.pk])
            yield MenuItem(_("Notify registered people"), url, icon_name="mail", priority=17)


def _event_buttons(page: EventPage, user: Any) -> Iterator[MenuItem]:
    if page.permissions_for_user(user).can_edit():
        label = pgettext("of an event", "Dates")
        yield MenuItem(label, reverse("event_dates", args=[page.pk]), icon_name="calendar", priority=15)
    ended = page.occurrences.not_withdrawn().filter(end__lte=timezone.now())
    if may_write_recap(page, user) and ended.exists():
        yield MenuItem(_("Recap"), reverse("event_recap", args=[page.pk]), icon_name="doc-full", priority=16)
    if page.takes_registrations and not page.alias_of_id and may_see_registrations(user, page):
        url = reverse("registrations:list", args=[page.pk])
        yield MenuItem(_("Registrations"), url, icon_name="group", priority=16)


@hooks.register("register_log_actions")
def check_in_actions(actions: Any) -> None:
    actions.register_action(CHECKED_IN, gettext_lazy("Check in"), gettext_lazy("Checked in at the door"))
    actions.register_action(UNDONE, gettext_lazy("Undo a check-in"), gettext_lazy("Check-in undone"))


@hooks.register("register_log_actions")
def letter_actions(actions: Any) -> None:
    @actions.register_action(SUBMITTED)
    class SubmittedLetter(LogFormatter):
        label = gettext_lazy("Submit a letter to registered people")

        def format_message(self, log_entry: Any) -> str:
            return _("Letter to registered people submitted: “%(title)s”") % log_entry.data

    @actions.register_action(APPROVED)
    class ApprovedLetter(LogFormatter):
        label = gettext_lazy("Approve a letter to registered people")

        def format_message(self, log_entry: Any) -> str:
            return _("Letter approved and sent to %(number)s registered people: “%(title)s”") % log_entry.data

    @actions.register_action(RETURNED)
    class ReturnedLetter(LogFormatter):
        label = gettext_lazy("Send back a letter to registered people")

        def format_message(self, log_entry: Any) -> str:
            return _("Letter to registered people sent back: “%(title)s”") % log_entry.data

        def format_comment(self, log_entry: Any) -> str:
            return str(log_entry.data.get("comment", ""))


class RegistrationsMenuItem(SideItem):
    def is_shown(self, request: Any) -> bool:
        return may_see_any_registrations(request.user)


@hooks.register("register_admin_menu_item")
def registrations_menu_item() -> Any:
    return RegistrationsMenuItem(
        gettext_lazy("Registrations"),
        reverse("registrations:events"),
        name="registrations",
        icon_name="group",
        order=261,
    )


@hooks.register("portal_page_figures")
def registration_figures(page: Page, user: Any, since: datetime) -> Iterator[tuple[str, int]]:
    if isinstance(page, EventPage) and page.takes_registrations and may_see_registrations(user, page):
        made = Registration.objects.of_event(page).settled().filter(registered_at__gte=since)
        yield _("Registrations in the last thirty days"), made.count()


@hooks.register("portal_beside_story")
def coming_events(context: dict[str, Any]) -> str:
    edition, now = context["edition"], timezone.now()
    section = Page.objects.filter(path=context["section"].path).only("pk", "url_path").first()
    if section is None:
        return ""
    events = upcoming_dates(section.pk, now, MAX_BESIDE_STORY)
    words = {"events": events, "events_url": edition.list_url(section, "events"), "edition": edition}
    return render_to_string("events/beside_story.html", words) if events else ""
