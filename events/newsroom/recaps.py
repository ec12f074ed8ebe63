"""Creates and opens an ended event's recap draft, and defines the recap checklist."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from events.pages import EventPage, RecapPage
from events.records import Occurrence, Registration
from events.records.dates import OccurrenceQuerySet
from portal.content.publication import lock_pages
from portal.content.records.clocks import SiteClocks
from portal.content.records.topics import PageTopic
from portal.content.visibility import in_trash
from portal.editorial.approval.authorship import take_over_text
from portal.editorial.approval.checklist import Finding
from portal.formats.words import date_and_time
from portal.platform.zones import foreign_clock_name

MAX_SLUG_LENGTH = 200
# Past dates of a series, besides the one shown.
MOST_OFFERED = 50


def may_write_recap(event: EventPage, user: Any) -> bool:
    """Whether the user may edit the event and add sibling pages."""
    if not event.permissions_for_user(user).can_edit():
        return False
    return event.get_parent().specific_deferred.permissions_for_user(user).can_add_subpage()


def recap_of(date: Occurrence) -> RecapPage | None:
    """Return the recap or recap draft of a date, or the one about all dates of its event."""
    recaps = RecapPage.objects.filter(~in_trash(), Q(occurrence=date) | Q(occurrence=None, event=date.event_id))
    return recaps.order_by(F("occurrence_id").desc(nulls_last=True), "pk").first()


@transaction.atomic
def open_recap(date: Occurrence, user: Any) -> RecapPage:
    """Return a date's recap. If there is none, create a draft filled from the event.

    Raises PermissionDenied, or ValidationError for a cancelled date.
    """
    event = EventPage.objects.get(pk=date.event_id)
    if not may_write_recap(event, user):
        raise PermissionDenied
    if date.is_cancelled or event.is_cancelled:
        raise ValidationError(_("A cancelled event has no recap."))
    # The lock lets a simultaneous request find this draft.
    lock_pages([event.pk])
    return recap_of(date) or create_recap(event, date, user)


def create_recap(event: EventPage, date: Occurrence, user: Any, facts: dict[str, Any] | None = None) -> RecapPage:
    """Create a date's recap draft, filled from the event and then from `facts`. The caller has made all checks."""
    calendar = event.get_parent().specific
    title = date.title or event.title
    values = {
        "title": title,
        "draft_title": title,
        "slug": _slug(event, date, calendar),
        "locale": event.locale,
        "owner": user,
        "live": False,
        "event": event,
        "occurrence": date,
        "event_date": date.first_day,
        "place": date.shown_place,
        "people": Registration.objects.attendance(event, date).came or None,
        "lead_image": event.lead_image,
        "lead_image_alt": event.lead_image_alt,
        "lead_image_decorative": event.lead_image_decorative,
        "lead_image_caption": event.lead_image_caption,
        "speakers": event.speakers,
        "partners": event.partners,
    }
    recap = RecapPage(**(values | (facts or {})))
    recap.page_topics = [
        PageTopic(topic_id=topic, sort_order=order)
        for order, topic in enumerate(event.page_topics.order_by("sort_order").values_list("topic", flat=True))
    ]
    calendar.add_child(instance=recap)
    take_over_text(event, recap, recap.save_revision(user=user), user, is_row=True)
    return recap


def _slug(event: EventPage, date: Occurrence, calendar: Page) -> str:
    slug = f"{event.slug[:MAX_SLUG_LENGTH]}-{date.first_day:%Y-%m-%d}"
    # If the slug is empty, Wagtail generates a unique one from the title.
    return "" if calendar.get_children().filter(slug=slug).exists() else slug


# Checklist


def required_findings(page: Any, published_at: datetime) -> Iterator[Finding]:
    """Yield the findings that block a recap, such as a date that is not over yet. Approvers can waive them."""
    if not isinstance(page, RecapPage) or page.alias_of_id:
        return
    event = page.event
    ends_at = page.ends_at
    if event and event.live and event.is_series and not page.event_date and ends_at and ends_at > timezone.now():
        yield Finding("date", _("Enter the date of the series that the recap is about."), "event_date")
    elif event and ends_at and ends_at > published_at:
        message = _("The event is not over before %(when)s.")
        yield Finding("early", message % {"when": _in_words(event, ends_at)}, "event")
    if not page.body:
        yield Finding("body", _("Say what happened."), "body")


def _in_words(event: EventPage, value: datetime) -> str:
    """Format an instant in the event's zone, with the zone's name if it is not the site's."""
    site_zone = SiteClocks([event.path]).zone_of(event.path)
    words = [date_and_time(value.astimezone(event.zone)), foreign_clock_name(event, site_zone)]
    return ", ".join(filter(None, words))


def recommended_findings(page: Any) -> Iterator[Finding]:
    if not isinstance(page, RecapPage):
        return
    body = {block["type"] for block in page.body.raw_data}
    if page.people is None and page.companies is None and "key_figures" not in body:
        yield Finding("figures", _figures_wanted(page), "people")
    if not page.photos and "gallery" not in body:
        yield Finding("photos", _("Photos, each with an alternative text."), "photos")
    if "quote" not in body:
        yield Finding("quote", _("A quote: one strong sentence, and who said it."), "body")
    if not page.slides and "download" not in body:
        yield Finding("slides", _("The slides, or other documents."), "slides")
    if not page.replay and "video" not in body:
        yield Finding("replay", _("The replay."), "replay")
    if not page.partners and not page.thanks:
        yield Finding("thanks", _("A word of thanks to the partners."), "thanks")


def _figures_wanted(page: RecapPage) -> str:
    wanted = _("Figures: how many people came, how many companies took part.")
    if page.event is None or not page.event.takes_registrations:
        return wanted
    counted = Registration.objects.attendance(page.event, page.occurrence)
    if not counted.came:
        return wanted
    text = _("The check-in list has %(came)d of %(registered)d registered people as here.")
    return f"{wanted} {text % counted._asdict()}"


class DateForm(forms.Form):
    """The key of a date; empty for the last past date."""

    date = forms.CharField(max_length=20, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def recap(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the date and its recap. POST redirects to the draft, and creates it if there is none."""
    event = get_object_or_404(EventPage, pk=page_id)
    if not may_write_recap(event, request.user):
        raise PermissionDenied
    date = _date(event, DateForm(request.GET))
    if request.method == "POST":
        return _open(request, date)
    site_zone = SiteClocks([event.path]).zone_of(event.path)
    others = list(_past_dates(event).exclude(pk=date.pk)[:MOST_OFFERED])
    for other in others:
        other.event = event
    context: dict[str, Any] = {"page": event, "date": date, "recap": recap_of(date), "others": others}
    context["site_zone"] = site_zone
    context["attendance"] = Registration.objects.attendance(event, date) if date.seats_id else None
    return render(request, "events/newsroom/recap.html", context)


def _date(event: EventPage, form: DateForm) -> Occurrence:
    if not form.is_valid():
        raise Http404
    key = form.cleaned_data["date"]
    found = Occurrence.objects.filter(event=event, key=key) if key else _past_dates(event)
    date = found.select_related("venue").first()
    if date is None:
        raise Http404
    date.event = event
    return date


def _past_dates(event: EventPage) -> OccurrenceQuerySet:
    dates = Occurrence.objects.filter(event=event).not_withdrawn()
    return dates.filter(end__lte=timezone.now()).order_by("-end", "-pk")


def _open(request: HttpRequest, date: Occurrence) -> HttpResponse:
    try:
        page: Any = open_recap(date, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("event_recap", date.event_id)
    if page.permissions_for_user(request.user).can_edit():
        return redirect("wagtailadmin_pages:edit", page.pk)
    message = _("“%(title)s” is being written by somebody else.")
    messages.info(request, message % {"title": page.get_admin_display_title()})
    return redirect("event_recap", date.event_id)
