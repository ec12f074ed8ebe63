"""Moves a scheduled publication, for approvers and the version's author; `cancelling` takes it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.accounts.names import names_of
from portal.content.pages.pages import PortalPage
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.approval.confirmation import needed_confirmation
from portal.editorial.approval.independence import who_may_publish
from portal.editorial.records.releases import Release, scheduled_in_releases
from portal.editorial.translations.together import listed
from portal.formats.fields import TypedDateTimeField
from portal.formats.words import date_and_time
from portal.platform.newsroom_views import titled

MOVED = "portal.schedule.moved"


@dataclass(frozen=True)
class Schedule:
    """The time at which readers will see the page. If the user cannot change it, `names` are the people who can.

    `move_url` is empty if the user cannot move the publication, or if the publication, such as a mailing, was confirmed
    only for this time.
    """

    at: datetime
    move_url: str
    names: str
    # The approved release of which the page is a part.
    release: Release | None = None


def schedule_of(page: Page, user: Any) -> Schedule | None:
    revision = page.scheduled_revision
    if revision is None:
        return None
    if item := scheduled_in_releases().select_related("release").filter(page=page.pk).first():
        return Schedule(revision.approved_go_live_at, "", "", item.release)
    if page.permissions_for_user(user).can_unschedule():
        url = "" if needed_confirmation(page) else reverse("move_schedule", args=[page.pk])
        return Schedule(revision.approved_go_live_at, url, "")
    return Schedule(revision.approved_go_live_at, "", names_of(who_may_publish(page)))


class TimeForm(forms.Form):
    """The time at which readers will see a draft. Rejects a time at which the draft may not be published."""

    at = TypedDateTimeField(label=gettext_lazy("Readers see it from"), widget=AdminDateTimeInput)
    has_passed: Any = gettext_lazy("This time has passed: choose a later one.")

    def __init__(self, *args: Any, draft: PortalPage, **options: Any):
        super().__init__(*args, **options)
        self.draft = draft

    def clean_at(self) -> datetime:
        """Reject a time at which the draft is incomplete, for example after the end of a licence."""
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(self.has_passed)
        check_time(self.draft, at)
        self.draft.go_live_at = at
        if missing := missing_findings(self.draft, timezone.now()):
            raise ValidationError([finding.message for finding in missing])
        return at


class MoveForm(TimeForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    has_passed = gettext_lazy("This time has passed. To publish now, cancel the schedule first.")


def check_time(draft: PortalPage, at: datetime) -> None:
    """Raise ValidationError for a time after the page's expiry or before the end of its embargo."""
    expiry, embargo = draft.expire_at, draft.embargo_until
    if expiry and at >= expiry:
        when = {"when": date_and_time(localtime(expiry))}
        raise ValidationError(_("The page expires on %(when)s: choose an earlier time.") % when)
    if embargo and at < embargo:
        when = {"when": date_and_time(localtime(embargo))}
        raise ValidationError(_("The embargo ends on %(when)s: choose a later time.") % when)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move_schedule(request: HttpRequest, page_id: int) -> HttpResponse:
    page = get_object_or_404(Page, pk=page_id).specific
    if not page.permissions_for_user(request.user).can_unschedule():
        raise PermissionDenied
    edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    revision = page.scheduled_revision
    if revision is None:
        messages.warning(request, _("“%(title)s” is not scheduled any more.") % _title(page))
        return redirect(edit_url)
    draft = revision.as_object()
    if needed_confirmation(draft):
        messages.warning(
            request,
            _("The sending was confirmed for this time only. Cancel the publication, and send it for review again."),
        )
        return redirect(edit_url)
    initial = {"revision": revision.pk, "at": revision.approved_go_live_at}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial, draft=draft)
    others = scheduled_with(page, request.user)
    moved = [each for each in others if str(each.pk) in request.POST.get("others", "").split(",")]
    if form.is_valid():
        check_others(form, moved)
    if form.is_valid():
        revisions = {page: form.cleaned_data["revision"], **{each: each.scheduled_revision.pk for each in moved}}
        move_all(request, revisions, form.cleaned_data["at"])
        return redirect(edit_url)
    context = {"page": page, "form": form, "edit_url": edit_url, "others": others}
    own = page.locale.get_display_name()
    context["languages"] = listed([own, *(each.locale.get_display_name() for each in others)]) if others else ""
    return TemplateResponse(request, "editorial/schedule/move.html", context | {"language": own})


def scheduled_with(page: Page, user: Any) -> list[Any]:
    """Versions in other languages scheduled for the same time, if this person may move them."""
    return [
        each
        for each in versions_at(page, page.scheduled_revision.approved_go_live_at)
        if each.permissions_for_user(user).can_unschedule()
        and not needed_confirmation(each.scheduled_revision.as_object())
    ]


def versions_at(page: Page, at: datetime) -> list[Any]:
    """The versions in the site's other languages that are scheduled for this time."""
    site = page.get_site()
    others = Page.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    return [
        each
        for each in others.select_related("locale").order_by("pk").specific()
        if (revision := each.scheduled_revision) and revision.approved_go_live_at == at and each.get_site() == site
    ]


def check_others(form: MoveForm, pages: Iterable[Page]) -> None:
    """Add the errors of versions in other languages that move to the same time."""
    for page in pages:
        other = MoveForm(form.data, draft=page.scheduled_revision.as_object())
        for error in other.errors.get("at", ()):
            form.add_error("at", titled(page.locale.get_display_name(), str(error)))


def move_all(request: HttpRequest, revisions: Mapping[Page, int], at: datetime) -> None:
    """Move all versions or none, and show a message."""
    with transaction.atomic():
        lost = [page for page, revision in revisions.items() if not move(page, revision, at, request.user)]
        transaction.set_rollback(bool(lost))
    for page in lost:
        messages.warning(request, _("“%(title)s” is not scheduled any more.") % _title(page))
    for page in () if lost else revisions:
        values = {**_title(page), "when": date_and_time(localtime(at))}
        messages.success(request, _("Readers will see “%(title)s” from %(when)s.") % values)


def move(page: Page, revision: int, at: datetime, user: Any) -> bool:
    """Reschedule the same approved version; return False if it was published or cancelled."""
    with transaction.atomic():
        # The scheduler locks this row as well.
        Page.objects.select_for_update(no_key=True).get(pk=page.pk)
        waiting = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__gt=timezone.now())
        found = waiting.filter(pk=revision).first()
        if found is None:
            return False
        # Update the row directly: saving would call the gate again, which has already approved this text.
        content = {**found.content, "go_live_at": at.isoformat()}
        Revision.objects.filter(pk=found.pk).update(approved_go_live_at=at, content=content)
        Page.objects.filter(pk=page.pk, live=False).update(go_live_at=at)
        log(
            instance=page,
            action=MOVED,
            user=user,
            revision=found,
            data={"before": found.approved_go_live_at, "after": at},
        )
    return True


def _title(page: Page) -> dict[str, str]:
    return {"title": page.get_admin_display_title()}
