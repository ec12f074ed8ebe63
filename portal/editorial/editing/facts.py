"""Drawer rows without fields: section, schedule, languages and sharing."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, pgettext

from portal.content.editing.paper import Fact, closing_facts, leading_facts
from portal.content.records.sharing import Share
from portal.editorial.dashboard.write import kind_url, offered_types, words_of_place
from portal.editorial.people import may_edit_page
from portal.editorial.records.translations import versions_of
from portal.editorial.sharing.shares import may_offer
from portal.formats.words import date_and_time

SCHEDULE_DIALOG = "schedule-publishing-dialog"


def section(page: Any, request: HttpRequest) -> Fact | None:
    if not page.pages_above:
        return None
    links: tuple[tuple[str, str], ...] = ()
    if page.pk:
        links = links_to_move(page, request.user)
    elif type(page) in offered_types():
        links = ((_("Choose another place"), f"{kind_url(type(page))}?choose"),)
    return Fact(
        "section",
        _("Section"),
        words_of_place([each.title for each in page.pages_above], page.locale),
        links,
        icon="folder-open-inverse",
    )


def links_to_move(page: Any, user: Any) -> tuple[tuple[str, str], ...]:
    if not page.permissions_for_user(user).can_move():
        return ()
    return ((_("Move"), reverse("wagtailadmin_pages:move", args=[page.pk])),)


def schedule(page: Any, request: HttpRequest) -> Fact:
    begins = [time for time in (page.embargo_until, page.go_live_at) if time and time > timezone.now()]
    value = ""
    if begins:
        is_approved = page.pk and page.approved_schedule
        words = _("from %(when)s") if is_approved else _("from %(when)s, once it is approved")
        value = words % {"when": _in_words(max(begins))}
    if page.expire_at:
        value = " ".join(filter(None, [value, _("until %(when)s") % {"when": _in_words(page.expire_at)}]))
    if not value:
        value = pgettext("schedule", "now") if page.pk and page.live else _("as soon as it is approved")
    return Fact(
        "schedule",
        _("Readers see it"),
        value,
        dialog=(SCHEDULE_DIALOG, pgettext("schedule", "Set schedule")),
        icon="calendar-alt",
    )


def languages(page: Any, request: HttpRequest) -> Fact | None:
    if not page.pk:
        return None
    others = versions_of(page)
    own = page.locale.get_display_name()
    value = ", ".join([own, *(_with_state(each) for each in others)])
    links = tuple(
        (each.locale.get_display_name(), reverse("wagtailadmin_pages:edit", args=[each.pk]))
        for each in others
        if may_edit_page(each, request.user)
    )
    return Fact("languages", _("Languages"), value, links, icon="wagtail-localize-language")


def sharing(page: Any, request: HttpRequest) -> Fact | None:
    shares = list(page.shares.select_related("site")) if page.pk else []
    current = [each for each in shares if each.status in (Share.Status.OFFERED, Share.Status.ACCEPTED)]
    is_offered = page.pk and may_offer(request.user, page)
    if not current and not is_offered:
        return None
    names = ", ".join(f"{each.site.site_name} ({each.get_status_display()})" for each in current)
    links = ((_("Offer to other sites"), reverse("offer_page", args=[page.pk])),) if is_offered else ()
    return Fact("sharing", _("Other sites"), names or _("not offered to other sites"), links, icon="resubmit")


def register_facts() -> None:
    leading_facts.append(section)
    closing_facts.extend((schedule, languages, sharing))


def _in_words(time: datetime) -> str:
    return date_and_time(localtime(time))


def _with_state(page: Any) -> str:
    language = page.locale.get_display_name()
    return language if page.live else _("%(language)s (draft)") % {"language": language}
