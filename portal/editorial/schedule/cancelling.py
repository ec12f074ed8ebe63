"""Takes back a scheduled publication, in one language or several, together with its time in the draft."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages
from wagtail.admin.views.pages.revisions import RevisionsUnscheduleView
from wagtail.models import Page, Revision

from portal.content.publication import lock_pages
from portal.editorial.mails.receivers import notify_of_cancelled_schedule
from portal.editorial.schedule.changing import scheduled_with, versions_at
from portal.editorial.translations.together import keys_in, listed
from portal.formats.words import date_and_time


class CancelScheduleView(RevisionsUnscheduleView):
    """If other languages are scheduled for the same time, the user chooses whether to cancel these, too."""

    template_name = "editorial/schedule/cancel.html"
    page_title = gettext_lazy("Cancel the scheduled publication")

    @cached_property
    def others(self) -> list[Any]:
        return scheduled_with(self.object, self.request.user) if self.object.scheduled_revision else []

    def get_next_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.object.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.object.locale.get_display_name()
        names = listed([own, *(each.locale.get_display_name() for each in self.others)])
        at = self.revision.approved_go_live_at
        return super().get_context_data(**kwargs) | {
            "others": self.others,
            "language": own,
            "languages": names,
            "when": date_and_time(localtime(at)) if at else "",
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.get("versions", "")
        if not chosen and self.others:
            # The button in Wagtail's message about the lock names no language.
            return self.get(request, *args, **kwargs)
        keys = keys_in(chosen)
        others = {each: each.scheduled_revision for each in self.others if each.pk in keys}
        scheduled = {self.object: self.revision, **others}
        at = self.revision.approved_go_live_at
        with transaction.atomic():
            lock_pages([page.pk for page in scheduled])
            cancelled = {
                Page.objects.get(pk=page.pk).specific: revision.pk
                for page, revision in scheduled.items()
                if revision and cancel(page, revision.pk, request.user)
            }
            notify_of_cancelled_schedule(cancelled, at, request.user)
        for page in scheduled:
            if page not in cancelled:
                title = {"title": page.get_admin_display_title()}
                messages.warning(request, _("“%(title)s” is not scheduled any more.") % title)
        if cancelled:
            show_cancelled(request, list(cancelled), at)
        return redirect(self.get_next_url())


def cancel(page: Page, key: int, user: Any) -> bool:
    """Cancel the publication of a revision and clear its time; return False if it is no longer scheduled."""
    revision = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__isnull=False, pk=key).first()
    if revision is None:
        return False
    at = revision.approved_go_live_at
    revision.approved_go_live_at = None
    # Saved before its content changes, because Wagtail logs the time in the content.
    revision.save(user=user, update_fields=["approved_go_live_at"])
    for each in {revision, page.latest_revision or revision}:
        draft = each.as_object()
        if each == revision or draft.go_live_at == at:
            embargo = getattr(draft, "embargo_until", None)
            # An embargo is no part of the schedule.
            start = embargo if embargo and embargo > timezone.now() else None
            content = {**each.content, "go_live_at": start.isoformat() if start else None}
            # Updated in place, without a new revision, because the reviewed text is the same.
            Revision.objects.filter(pk=each.pk).update(content=content)
            Page.objects.filter(pk=page.pk, live=False).update(go_live_at=start)
    return True


def show_cancelled(request: HttpRequest, pages: Sequence[Any], at: datetime) -> None:
    """Say what is a draft again and what stays scheduled, and offer to publish now."""
    for page in pages:
        text = _("“%(title)s” (%(language)s) is no longer scheduled: it is a draft without a date.")
        values = {"title": page.get_admin_display_title(), "language": page.locale.get_display_name()}
        messages.success(request, text % values)
    if staying := [each for each in versions_at(pages[0], at) if each not in pages]:
        languages = listed([each.locale.get_display_name() for each in staying])
        values = {"languages": languages, "when": date_and_time(localtime(at))}
        messages.warning(request, _("Still scheduled for %(when)s: %(languages)s.") % values)
    ready = [page for page in pages if may_publish_now(page, request.user)]
    if ready:
        button = '{} <span class="buttons"><button type="button" class="button button-small button-secondary" '
        button += (
            'data-controller="w-action" data-action="w-action#post" data-w-action-url-value="{}">{}</button></span>'
        )
        named = listed([page.locale.get_display_name() for page in ready])
        label = _("Publish now: %(languages)s") % {"languages": named}
        messages.info(request, format_html(button, _("Readers do not see it yet."), publish_url(ready), label))


def may_publish_now(page: Any, user: Any) -> bool:
    draft = page.get_latest_revision_as_object()
    return draft.go_live_at is None and page.permissions_for_user(user).can_publish()


def publish_url(pages: Sequence[Any]) -> str:
    """The URL that publishes the latest drafts of these pages, if the publication gate allows it."""
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    following = reverse("wagtailadmin_pages:edit", args=[pages[0].pk])
    return f"{url}?{urlencode([*(('id', page.pk) for page in pages), ('next', following)])}"
