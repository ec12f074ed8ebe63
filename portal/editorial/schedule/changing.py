"""Moves a scheduled publication, for approvers and the author of the version; Wagtail's own view cancels it."""

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
from portal.editorial.approval.confirmation import question_about
from portal.editorial.approval.independence import who_may_publish
from portal.formats.fields import TypedDateTimeField
from portal.formats.words import date_and_time

MOVED = "portal.schedule.moved"


@dataclass(frozen=True)
class Schedule:
    """When readers will see the page; `names` are those who can change that, if the user cannot.

    `move_url` is empty for others, and if the publication was confirmed for this time only, as a mailing is.
    """

    at: datetime
    move_url: str
    names: str


def schedule_of(page: Page, user: Any) -> Schedule | None:
    revision = page.scheduled_revision
    if revision is None:
        return None
    if page.permissions_for_user(user).can_unschedule():
        url = "" if question_about(page) else reverse("move_schedule", args=[page.pk])
        return Schedule(revision.approved_go_live_at, url, "")
    return Schedule(revision.approved_go_live_at, "", names_of(who_may_publish(page)))


class MoveForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    at = TypedDateTimeField(label=gettext_lazy("Readers see it from"), widget=AdminDateTimeInput)

    def __init__(self, *args: Any, draft: PortalPage, **options: Any):
        super().__init__(*args, **options)
        self.draft = draft

    def clean_at(self) -> datetime:
        """A time at which the scheduled version is still complete: licences end, and linked pages may appear later."""
        at: datetime = self.cleaned_data["at"]
        expiry, embargo = self.draft.expire_at, self.draft.embargo_until
        if at <= timezone.now():
            raise ValidationError(_("This time has passed. To publish now, cancel the schedule first."))
        if expiry and at >= expiry:
            when = {"when": date_and_time(localtime(expiry))}
            raise ValidationError(_("The page expires on %(when)s: choose an earlier time.") % when)
        if embargo and at < embargo:
            when = {"when": date_and_time(localtime(embargo))}
            raise ValidationError(_("The embargo ends on %(when)s: choose a later time.") % when)
        self.draft.go_live_at = at
        if missing := missing_findings(self.draft, timezone.now()):
            raise ValidationError([finding.message for finding in missing])
        return at


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
    if question_about(draft):
        messages.warning(request, _("It was confirmed for this time only. Cancel the publication, and send it anew."))
        return redirect(edit_url)
    initial = {"revision": revision.pk, "at": revision.approved_go_live_at}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial, draft=draft)
    if form.is_valid():
        at = form.cleaned_data["at"]
        if move(page, form.cleaned_data["revision"], at, request.user):
            values = {**_title(page), "when": date_and_time(localtime(at))}
            messages.success(request, _("Readers will see “%(title)s” from %(when)s.") % values)
        else:
            messages.warning(request, _("“%(title)s” is not scheduled any more.") % _title(page))
        return redirect(edit_url)
    context = {"page": page, "form": form, "edit_url": edit_url}
    return TemplateResponse(request, "editorial/schedule/move.html", context)


def move(page: Page, revision: int, at: datetime, user: Any) -> bool:
    """Schedule the same approved version for another time; False if it is out or was cancelled."""
    with transaction.atomic():
        # The scheduler locks this row as well.
        Page.objects.select_for_update(no_key=True).get(pk=page.pk)
        waiting = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__gt=timezone.now())
        found = waiting.filter(pk=revision).first()
        if found is None:
            return False
        # Saving it would pass the gate again, which has approved this text already.
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
