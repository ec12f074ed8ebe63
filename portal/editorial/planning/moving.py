"""Moves an entry of the calendar to another day or time: a publication, the time set in a draft, or a planned day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page

from portal.accounts.names import name_of
from portal.content.pages.pages import PortalPage
from portal.content.publication import lock_pages
from portal.editorial.approval.confirmation import needed_confirmation
from portal.editorial.planning.forms import MoveEntryForm, check_day
from portal.editorial.planning.items import change_plan, visible_page
from portal.editorial.records.planning import PlannedItem
from portal.editorial.schedule.changing import MoveForm, check_others, check_time, move_all, scheduled_with
from portal.editorial.translations.together import listed
from portal.formats.words import date_and_time, weekday_and_day


class MoveRefusedError(Exception):
    """The entry cannot be moved by this person now. Its text is a sentence."""


@dataclass
class Movable:
    """What can be moved of a page: a scheduled publication, the time set in its draft, or its planned day.

    Without a time, it moves by whole days.
    """

    page: PortalPage
    user: Any
    day: date
    at: datetime | None = None
    # The scheduled version, or the draft that has a time.
    draft: Any = None
    is_scheduled: bool = False
    others: tuple[Any, ...] = ()


def movable(page: PortalPage, user: Any) -> Movable:
    """Raises MoveRefusedError if this person may not move the page now, or if it has no date."""
    title = {"title": page.get_admin_display_title()}
    scheduled = page.scheduled_revision
    if scheduled:
        if not page.permissions_for_user(user).can_unschedule():
            raise MoveRefusedError(_("You may not move “%(title)s”.") % title)
        draft = scheduled.as_object()
        if needed_confirmation(draft):
            raise MoveRefusedError(
                _("The sending was confirmed for this time only. Cancel the publication, and send it for review again.")
            )
        at = scheduled.approved_go_live_at
        others = tuple(scheduled_with(page, user))
        return Movable(page, user, localtime(at).date(), at, draft=draft, is_scheduled=True, others=others)
    if not page.permissions_for_user(user).can_edit():
        raise MoveRefusedError(_("You may not move “%(title)s”.") % title)
    if page.locked and page.locked_by_id != user.pk:
        names = title | {"name": name_of(page.locked_by)}
        text = _("%(name)s has locked “%(title)s”. It can be moved when it is unlocked.")
        raise MoveRefusedError((text if page.locked_by else _("“%(title)s” is locked.")) % names)
    item = PlannedItem.objects.open().filter(page=page.pk).first()
    draft = page.get_latest_revision_as_object() if page.has_unpublished_changes else None
    dates = [at for at in (draft.go_live_at, draft.embargo_until) if at] if draft else []
    if page.last_published_at:
        dates = [at for at in dates if at > page.last_published_at]
    if not dates:
        if item is None or item.day is None:
            raise MoveRefusedError(_("“%(title)s” has no date that can be moved.") % title)
        return Movable(page, user, item.day)
    if page.workflow_in_progress:
        raise MoveRefusedError(_("“%(title)s” is in review: its date can be moved after the answer.") % title)
    at = max(dates)
    return Movable(page, user, localtime(at).date(), at, draft=draft)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move_entry(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the form, or move the entry. Dragging posts the same form without a time."""
    page = visible_page(request, page_id)
    back = get_valid_next_url_from_request(request) or reverse("planning")
    if request.method == "POST":
        return _post(request, page, back)
    try:
        found = movable(page, request.user)
    except MoveRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    return _show(request, found, _form(found, None), back)


@transaction.atomic
def _post(request: HttpRequest, page: Page, back: str) -> HttpResponse:
    # The page is read again under the lock, so that a simultaneous change is not lost.
    lock_pages([page.pk])
    try:
        found = movable(type(page).objects.get(pk=page.pk), request.user)
    except MoveRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    form = _form(found, request.POST)
    if form.is_valid():
        try:
            _move(request, found, form)
        except ValidationError as error:
            form.add_error("day", error)
        else:
            return redirect(back)
    return _show(request, found, form, back)


def _form(found: Movable, data: Any) -> MoveEntryForm:
    initial = {"day": found.day, "time": localtime(found.at).time() if found.at else None, "together": True}
    languages = listed([each.locale.get_display_name() for each in found.others]) if found.others else ""
    return MoveEntryForm(
        data, initial=initial, has_time=found.at is not None, others=list(found.others), languages=languages
    )


def _show(request: HttpRequest, found: Movable, form: MoveEntryForm, back: str) -> HttpResponse:
    return TemplateResponse(
        request, "editorial/planning/move.html", {"page": found.page, "form": form, "back": back, "found": found}
    )


def _move(request: HttpRequest, found: Movable, form: MoveEntryForm) -> None:
    """Raises ValidationError if the new day or time is impossible."""
    day, time = form.cleaned_data["day"], form.cleaned_data.get("time")
    if found.at is None:
        item = PlannedItem.objects.select_related("person").get(page=found.page.pk)
        day = check_day(day)
        change_plan(found.page, item, day=day, person=item.person, note=item.note, user=request.user)
        _show_moved(request, found, weekday_and_day(day))
        return
    at = timezone.make_aware(datetime.combine(day, time or localtime(found.at).time()))
    if found.is_scheduled:
        _move_publication(request, found, at, form.cleaned_data.get("together", False))
        return
    if at <= timezone.now():
        raise ValidationError(_("This time has passed: choose a later one."))
    check_time(found.draft, at)
    found.draft.go_live_at = at
    found.draft.save_revision(user=request.user, log_action=True, clean=False)
    PlannedItem.objects.filter(page=found.page.pk).update(day=day)
    _show_moved(request, found, date_and_time(localtime(at)))


def _move_publication(request: HttpRequest, found: Movable, at: datetime, is_together: bool) -> None:
    scheduled = found.page.scheduled_revision
    form = MoveForm({"revision": scheduled.pk, "at": at}, draft=found.draft)
    others = found.others if is_together else ()
    if form.is_valid():
        check_others(form, others)
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.as_data().values() for error in errors])
    revisions = {found.page: scheduled.pk, **{each: each.scheduled_revision.pk for each in others}}
    move_all(request, revisions, form.cleaned_data["at"])


def _show_moved(request: HttpRequest, found: Movable, when: str) -> None:
    values = {"title": found.page.get_admin_display_title(), "when": when}
    messages.success(request, _("“%(title)s” is now planned for %(when)s.") % values)
