"""Sends emails about recaps: thanks and news to registered people, and reminders to organisers."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext, override
from wagtail.models import Site

from events.newsroom.policies import may_see_registrations
from events.newsroom.recaps import may_write_recap
from events.pages import EventPage, RecapPage, RecapRequest
from events.records import Occurrence, Registration
from events.records.registrations import RegistrationQuerySet
from events.registration.links import page_url, registration_url
from portal.content.mail import Message, compose, enqueue
from portal.content.visibility import in_trash
from portal.editorial.mails.page_mails import admin_url, enqueue_about_page, time_zone_of
from portal.editorial.people import recipients
from portal.platform.tasks.durable import mailing
from portal.platform.zones import foreign_clock_name

# Only the dashboard reminds of dates that ended earlier.
MAX_AGE = timedelta(days=7)
LINK_LABEL = _("Write the recap")
# The number of people thanked in one transaction.
BATCH = 100


def unnotified_registrations(recap: RecapPage) -> RegistrationQuerySet:
    """Return the registrations still to be notified of this recap."""
    if recap.event is None:
        return Registration.objects.none()
    return Registration.objects.to_notify_of_recap(recap.event, recap.occurrence)


def may_notify(recap: RecapPage, user: Any) -> bool:
    """Whether the recap is public and the user may see its event's registrations."""
    return _is_public(recap) and recap.event is not None and may_see_registrations(user, recap.event)


def _is_public(recap: RecapPage) -> bool:
    return recap.live and recap.alias_of_id is None and not recap.get_view_restrictions().exists()


@transaction.atomic
def notify_of_recap(recap: RecapPage) -> int:
    """Enqueue one email per person, even for several registrations; return their number."""
    # The row locks ensure that a simultaneous call finds nobody.
    pending = unnotified_registrations(recap).select_for_update(of=("self",)).select_related("site").order_by("pk")
    registrations = list(pending)
    Registration.objects.filter(pk__in=[each.pk for each in registrations]).update(recap_notified_at=timezone.now())
    persons = {each.same_address: each for each in registrations}
    pages = RecapPage.objects.live().public().filter(translation_key=recap.translation_key, alias_of=None)
    by_language = {page.locale.language_code: page for page in pages.select_related("locale")}
    enqueue([_message(each, by_language.get(each.language, recap)) for each in persons.values()])
    return len(persons)


def recap_published(sender: type, instance: RecapPage, **kwargs: Any) -> None:
    """Receiver of `page_published`, which Wagtail also sends for a scheduled page before it goes live."""
    if instance.live and instance.event and instance.event.takes_registrations:
        thank_with_recap.enqueue(instance.pk)


@mailing
def thank_with_recap(key: int) -> None:
    """Thank the people who came, once, with a link to the new recap, if the event's settings say so.

    The event must also offer news of the recap: otherwise nobody could have declined the mail.
    """
    recap = RecapPage.objects.live().select_related("event", "occurrence", "locale").filter(pk=key).first()
    now = timezone.now()
    if recap is None or recap.event is None or not _is_public(recap):
        return
    if not (recap.event.sends_thanks and recap.event.offers_recap_news):
        return
    # Nobody gets a mail about a correction of an older recap, for example one published before this feature existed.
    if recap.first_published_at and recap.first_published_at > now - MAX_AGE:
        _thank(recap, now)


def _thank(recap: RecapPage, now: datetime) -> None:
    # People who registered in another language wait for the recap in that language if it has been drafted.
    others = RecapPage.objects.filter(~in_trash(), translation_key=recap.translation_key, alias_of=None)
    awaited = set(others.exclude(pk=recap.pk).values_list("locale__language_code", flat=True))
    found = Registration.objects.to_thank(recap.event, recap.occurrence, now)
    registrations = list(found.select_related("site").order_by("pk"))
    checked = Registration.objects.filter(date__in={each.date_id for each in registrations})
    used_lists = set(checked.exclude(checked_in_at=None).values_list("date_id", flat=True))
    persons: dict[str, tuple[Registration, bool]] = {}
    keys: dict[str, list[int]] = defaultdict(list)
    for each in registrations:
        person = each.same_address
        keys[person].append(each.pk)
        came = each.checked_in_at is not None or each.date_id not in used_lists
        is_due = (came or each.recap_agreed_at) and each.language not in awaited
        if is_due and not persons.get(person, (each, False))[1]:
            persons[person] = each, came
    for batch in batched(persons.items(), BATCH):
        with transaction.atomic():
            for person, (each, came) in batch:
                # The condition leaves out those whom a simultaneous call has notified.
                own = Registration.objects.filter(pk__in=keys[person], recap_notified_at=None)
                if own.update(recap_notified_at=now):
                    enqueue([_message(each, recap, came=came)])


def _message(registration: Registration, recap: RecapPage, *, came: bool = False) -> Message:
    site: Site = registration.site
    with override(registration.language):
        link_label = gettext("Read the recap")
    context = {
        "came": came,
        "agreed": registration.recap_agreed_at is not None,
        "event": registration.notified.get("title", ""),
        "title": recap.title,
        "standfirst": recap.standfirst,
        "link": page_url(recap, site),
        "link_label": link_label,
        "own": registration_url(registration),
    }
    return compose("recap_published", context, to=registration.address, language=registration.language, site=site)


def recap_news(request: HttpRequest, recap_id: int) -> HttpResponse:
    """Show how many people will be notified. POST notifies them."""
    recap = get_object_or_404(RecapPage.objects.select_related("event", "occurrence"), pk=recap_id)
    if not may_notify(recap, request.user):
        raise PermissionDenied
    if request.method == "POST":
        count = notify_of_recap(recap)
        message = ngettext("%(count)d person gets a mail.", "%(count)d people get a mail.", count)
        messages.success(request, message % {"count": count})
        return redirect("wagtailadmin_pages:edit", recap.pk)
    context = {"page": recap, "count": unnotified_registrations(recap).count()}
    return render(request, "events/newsroom/notify_of_recap.html", context)


def send_recap_reminders(now: datetime) -> int:
    """Remind the organiser of each ended date without a recap; return the number of dates.

    If some fail, raise an ExceptionGroup at the end.
    """
    due = Occurrence.objects.awaiting_recap(now).filter(end__gt=now - MAX_AGE, recap_request=None)
    keys = list(due.order_by("event", "pk").values_list("pk", flat=True))
    errors = []
    for key in keys:
        try:
            _remind(key, now)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("some organisers were not reminded", errors)
    return len(keys)


@transaction.atomic
def _remind(key: int, now: datetime) -> None:
    date = Occurrence.objects.select_related("event__owner", "event__live_revision__user", "venue").get(pk=key)
    # All languages of an event share one reminder.
    same = Occurrence.objects.filter(key=date.key, event__translation_key=date.event.translation_key)
    if RecapRequest.objects.filter(occurrence__in=same).exists():
        return
    RecapRequest.objects.bulk_create(
        (RecapRequest(occurrence=other, asked_at=now) for other in same), ignore_conflicts=True
    )
    organiser = organiser_of(date.event)
    enqueue_about_page(
        "recap_wanted",
        date.event,
        [organiser],
        actor=None,
        preference="",
        link=admin_url(f"{reverse('event_recap', args=[date.event_id])}?date={date.key}"),
        link_label=LINK_LABEL,
        title=date.shown_title,
        date=date,
        clock=foreign_clock_name(date, time_zone_of(date.event.get_site())),
    )


def organiser_of(event: EventPage) -> Any:
    """Return the event's owner or the author of its live revision, if they may write its recap."""
    author = event.live_revision.user if event.live_revision else None
    for person in (event.owner, author):
        if person and may_write_recap(event, person) and recipients([person], event, None, ""):
            return person
    return None
