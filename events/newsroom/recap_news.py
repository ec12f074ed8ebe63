"""Sends the recap once to the registered people who consented to it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.models import Site

from events.newsroom.registration_policy import may_see_registrations
from events.pages import RecapPage
from events.records import Registration
from events.records.registrations import RegistrationQuerySet
from events.registration.links import page_url, registration_url
from portal.content.mail import Message, compose, enqueue


def unnotified_registrations(recap: RecapPage) -> RegistrationQuerySet:
    """Return the registrations with consent to news of this recap that were not notified yet."""
    if recap.event is None:
        return Registration.objects.none()
    return Registration.objects.to_notify_of_recap(recap.event, recap.occurrence)


def may_notify(recap: RecapPage, user: Any) -> bool:
    """Whether the recap is public, and the user may see the registrations of its event."""
    is_public = recap.live and recap.alias_of_id is None and not recap.get_view_restrictions().exists()
    return is_public and recap.event is not None and may_see_registrations(user, recap.event)


@transaction.atomic
def notify_of_recap(recap: RecapPage) -> int:
    """Enqueue one message to each person, even with several registrations; return their number."""
    # Because of the row locks, a simultaneous request finds nobody.
    pending = unnotified_registrations(recap).select_for_update(of=("self",)).select_related("site").order_by("pk")
    registrations = list(pending)
    Registration.objects.filter(pk__in=[each.pk for each in registrations]).update(recap_notified_at=timezone.now())
    persons = {(each.same_address, each.language): each for each in registrations}
    pages = RecapPage.objects.live().public().filter(translation_key=recap.translation_key, alias_of=None)
    by_language = {page.locale.language_code: page for page in pages.select_related("locale")}
    enqueue([_message(each, by_language.get(each.language, recap)) for each in persons.values()])
    return len(persons)


def _message(registration: Registration, recap: RecapPage) -> Message:
    site: Site = registration.site
    context = {
        "title": recap.title,
        "standfirst": recap.standfirst,
        "link": page_url(recap, site),
        "link_label": gettext("Read the recap"),
        "own": registration_url(registration),
    }
    return compose("recap_published", context, to=registration.address, language=registration.language, site=site)


def recap_news(request: HttpRequest, recap_id: int) -> HttpResponse:
    """Show how many people will be notified; POST notifies them."""
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
