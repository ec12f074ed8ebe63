"""Brings back a version that readers saw before: the undo of a publication, through the gate and with a log entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.locks import BasicLock
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from portal.accounts.names import name_of
from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.separation.records import is_key
from portal.editorial.approval.refusals import show_refusal
from portal.platform.newsroom_views import NewsroomView, crumb

UNDONE = "portal.publication_undone"
PUBLISHED = "wagtail.publish"
SHOWN = 10
# The number of publications read to find them: a version may have been published several times.
READ = 5 * SHOWN


@dataclass(frozen=True)
class EarlierVersion:
    """A version that readers saw from `since`, and who published it; empty if the scheduler did."""

    revision: Revision
    since: datetime
    publisher: str
    compare_url: str


def earlier_versions(page: Page) -> Iterator[EarlierVersion]:
    """The versions that readers saw before the current one, latest first, without those that have expired."""
    entries = PageLogEntry.objects.filter(page=page.pk, action=PUBLISHED, revision__isnull=False)
    seen = {page.live_revision_id}
    for entry in entries.select_related("revision", "user").order_by("-timestamp", "-pk")[:READ]:
        if len(seen) > SHOWN:
            break
        if entry.revision_id in seen:
            continue
        seen.add(entry.revision_id)
        expiry = entry.revision.as_object().expire_at
        if expiry is None or expiry > timezone.now():
            compared = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, entry.revision_id, "live"])
            yield EarlierVersion(entry.revision, entry.timestamp, name_of(entry.user), compared)


def may_undo(page: Page, user: Any) -> bool:
    """Whether the user may publish the page. The gate decides whether they may publish a certain version.

    A mailing has been sent, and an alias follows its original.
    """
    is_mailed = getattr(page.specific_class, "is_mailed_when_published", True)
    is_undoable = page.live and not page.alias_of_id and not is_mailed
    return is_undoable and bool(page.permissions_for_user(user).has_permission("publish"))


@transaction.atomic
def bring_back(page: Page, version: EarlierVersion, user: Any) -> None:
    """Publish the version again at the page's current address. Raises PublicationRefusedError.

    The newest draft stays the newest.
    """
    former, revision = page.live_revision, version.revision
    if revision.content["slug"] != page.slug:
        revision.content["slug"] = page.slug
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    revision.publish(user=user)
    log(instance=page, action=UNDONE, user=user, revision=former)


class EarlierVersionsView(NewsroomView, TemplateView):
    template_name = "editorial/schedule/earlier_versions.html"
    page_title = gettext_lazy("Earlier versions")
    header_icon = "history"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page: Any = get_object_or_404(Page, pk=kwargs["page_id"]).specific

    def test_func(self) -> bool:
        return may_undo(self.page, self.request.user) and not self.is_locked

    @property
    def is_locked(self) -> bool:
        """Whether somebody has locked the page; a review in progress does not count."""
        lock = self.page.get_lock()
        return isinstance(lock, BasicLock) and bool(lock.for_user(self.request.user))

    @property
    def edit_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(self.page.get_admin_display_title(), self.edit_url), crumb(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "versions": list(earlier_versions(self.page)),
            "is_reviewed": self.page.workflow_in_progress,
            "is_scheduled": self.page.scheduled_revision is not None,
            "may_unpublish": self.page.permissions_for_user(self.request.user).can_unpublish(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("revision", "")
        with transaction.atomic():
            lock_pages([self.page.pk])
            self.page = get_object_or_404(Page, pk=self.page.pk).specific
            if not self.test_func():
                raise PermissionDenied
            known = {version.revision.pk: version for version in earlier_versions(self.page)}
            version = known.get(int(wanted)) if is_key(wanted) else None
            if version is None:
                raise Http404
            try:
                bring_back(self.page, version, request.user)
            except PublicationRefusedError as refusal:
                show_refusal(request, refusal)
                return redirect("earlier_versions", self.page.pk)
        title = {"title": self.page.get_admin_display_title()}
        messages.success(request, _("Readers see the earlier version of “%(title)s” again.") % title)
        return redirect(self.edit_url)


@hooks.register("register_admin_urls")
def earlier_versions_url() -> list[Any]:
    return [path("pages/<int:page_id>/earlier/", EarlierVersionsView.as_view(), name="earlier_versions")]


@hooks.register("register_page_header_buttons")
def earlier_versions_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if may_undo(page, user):
        url = reverse("earlier_versions", args=[page.pk])
        yield Button(_("Earlier versions"), url, icon_name="history", priority=85)


@hooks.register("register_log_actions")
def earlier_versions_log(actions: Any) -> None:
    undone = gettext_lazy("Undid a publication: readers see an earlier version again")
    actions.register_action(UNDONE, gettext_lazy("Publication undone"), undone)
