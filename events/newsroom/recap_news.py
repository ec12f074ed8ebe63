"""Tells those who came, and asked for it, that the recap is there: once, by a button of whoever organises the event."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.models import Site

from events.models import RecapPage, Registration
from events.models.registrations import RegistrationQuerySet
from events.newsroom.attendance import may_see
from events.registration.links import own_address, page_address
from portal.core.mail import Message, compose, enqueue


def listeners(recap: RecapPage) -> RegistrationQuerySet:
    """The registrations whose people wait for this recap and were not told of it yet."""
    if recap.event is None:
        return Registration.objects.none()
    return Registration.objects.to_tell_of_recap(recap.event, recap.occurrence)


def may_tell(recap: RecapPage, user: Any) -> bool:
    """Whether readers find the recap, and the user organises its event or keeps the data of its site."""
    is_there = recap.live and recap.alias_of_id is None and not recap.get_view_restrictions().exists()
    return is_there and recap.event is not None and may_see(user, recap.event)


@transaction.atomic
def tell_of(recap: RecapPage) -> int:
    """Put one letter to each person into the queue; how many letters that are.

    Somebody who came to several dates of a series, where the recap is about all of them, gets one letter.
    """
    # Of two who click at once, the second finds nobody left.
    waiting = list(listeners(recap).select_for_update(of=("self",)).select_related("site").order_by("pk"))
    Registration.objects.filter(pk__in=[each.pk for each in waiting]).update(told_of_recap_at=timezone.now())
    persons = {(each.same_address, each.language): each for each in waiting}
    pages = RecapPage.objects.live().public().filter(translation_key=recap.translation_key, alias_of=None)
    by_language = {page.locale.language_code: page for page in pages.select_related("locale")}
    enqueue([_letter(each, by_language.get(each.language, recap)) for each in persons.values()])
    return len(persons)


def _letter(registration: Registration, recap: RecapPage) -> Message:
    site: Site = registration.site
    context = {
        "title": recap.title,
        "standfirst": recap.standfirst,
        "link": page_address(recap, site),
        "link_label": gettext("Read the recap"),
        "own": own_address(registration),
    }
    return compose("recap_published", context, to=registration.address, language=registration.language, site=site)


def tell(request: HttpRequest, recap_id: int) -> HttpResponse:
    """Ask how many are to be told, and then tell them."""
    recap = get_object_or_404(RecapPage.objects.select_related("event", "occurrence"), pk=recap_id)
    if not may_tell(recap, request.user):
        raise PermissionDenied
    if request.method == "POST":
        count = tell_of(recap)
        words = ngettext("%(count)d person gets a letter.", "%(count)d people get a letter.", count)
        messages.success(request, words % {"count": count})
        return redirect("wagtailadmin_pages:edit", recap.pk)
    return render(request, "events/newsroom/tell_of_recap.html", {"page": recap, "count": listeners(recap).count()})
