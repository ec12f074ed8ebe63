"""The newsroom's pages of the trash: the list, one page, restoring, deleting for ever."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from portal.content.records.trash import DeletedRecord
from portal.content.separation.records import is_key
from portal.content.visibility import HOME_LENGTH, STEP
from portal.editorial.site_admin.scope import sites_administered
from portal.editorial.trash.access import (
    endable_records,
    may_delete_for_ever,
    may_restore,
    records_of_site,
    restorable_by,
    restorable_records,
    trash_of,
    trash_of_site,
)
from portal.editorial.trash.deleting import TrashRefusedError, delete_for_ever
from portal.editorial.trash.messages import forget_undo
from portal.editorial.trash.records import end_record, restore_record
from portal.editorial.trash.restoring import AddressTakenError, free_slug, obstacle, restore
from portal.platform.newsroom_views import NewsroomView, crumb

PAGE_SIZE = 50
DELETING = {"add", "change", "bulk_delete", "publish"}


def may_open_trash(user: Any) -> bool:
    return bool(page_permission_policy.user_has_any_permission(user, DELETING))


def _days_left(trashed: Any) -> int:
    ends_at = trashed.deleted_at + timedelta(days=settings.TRASH_DAYS)
    return max(0, ceil((ends_at - timezone.now()) / timedelta(days=1)))


def _places(pages: list[Page]) -> dict[int, str]:
    """For each page, its site and the section above it."""
    paths = {page.path[:end] for page in pages for end in (HOME_LENGTH, len(page.path) - STEP)}
    above = dict(Page.objects.filter(path__in=paths).values_list("path", "draft_title"))
    return {
        page.pk: " · ".join(dict.fromkeys(above[page.path[:end]] for end in (HOME_LENGTH, len(page.path) - STEP)))
        for page in pages
    }


def _entries(rows: Iterable[Any], pages: QuerySet[Any], records: QuerySet[Any]) -> list[Any]:
    """The pages and records in the trash, with what the list shows of them."""
    rows = [(bool(is_page), key) for _at, is_page, key in rows]
    keys: dict[bool, list[int]] = {False: [], True: []}
    for is_page, key in rows:
        keys[is_page].append(key)
    found: dict[tuple[bool, int], Any] = {(True, each.pk): each for each in pages.filter(pk__in=keys[True])}
    places = _places([each.page for each in found.values()])
    for each in found.values():
        each.title, each.place = each.page.draft_title, places[each.page_id]
        each.kind = each.page.page_type_display_name
    for record in records.filter(pk__in=keys[False]) if keys[False] else ():
        record.kind = capfirst(record.model_class._meta.verbose_name)
        record.place = record.site.site_name if record.site else ""
        found[False, record.pk] = record
    for each in found.values():
        each.days_left = _days_left(each)
    # One that was restored since the first query is left out.
    return [found[row] for row in rows if row in found]


class TrashView(NewsroomView, TemplateView):
    page_title = pgettext_lazy("deleted pages", "Trash")
    header_icon = "bin"

    def test_func(self) -> bool:
        return may_open_trash(self.request.user)

    def refused(self, refusal: TrashRefusedError, url: str) -> HttpResponse:
        messages.error(self.request, str(refusal))
        return redirect(url)


class TrashList(TrashView):
    template_name = "editorial/trash/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        pages, records = restorable_by(user), restorable_records(user)
        columns = ("deleted_at", "is_page", "pk")
        both = pages.order_by().annotate(is_page=Value(True)).values_list(*columns)
        both = both.union(records.annotate(is_page=Value(False)).values_list(*columns), all=True)
        leaf: Any = Paginator(both.order_by("-deleted_at", "-is_page", "-pk"), PAGE_SIZE).get_page(
            self.request.GET.get("p")
        )
        leaf.object_list = _entries(leaf.object_list, pages, records)
        sites = list(sites_administered(user).order_by("site_name", "pk"))
        for each in leaf.object_list:
            each.may_end = isinstance(each, DeletedRecord) and (user.is_superuser or each.site in sites)
        return super().get_context_data(**kwargs) | {
            "page_obj": leaf,
            "sites": [site for site in sites if trash_of_site(site).exists() or records_of_site(site).exists()],
            "days": settings.TRASH_DAYS,
        }


class TrashedPageView(TrashView):
    """A page in the trash, also for people who may not restore it."""

    template_name = "editorial/trash/page.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # Anonymous users are redirected to sign in before they reach this view.
        self.trashed: Any = get_object_or_404(trash_of(request.user), page=kwargs["key"])

    @property
    def title(self) -> str:
        return str(self.trashed.page.specific_deferred.get_admin_display_title())

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(self.page_title, reverse("trash")), crumb(self.title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, refusal = self.request.user, obstacle(self.trashed)
        return super().get_context_data(**kwargs) | {
            "trashed": self.trashed,
            "title": self.title,
            "place": _places([self.trashed.page])[self.trashed.page_id],
            "days_left": _days_left(self.trashed),
            "refusal": refusal,
            "is_address_taken": isinstance(refusal, AddressTakenError),
            "free_slug": free_slug(self.trashed),
            "may_restore": may_restore(user, self.trashed),
            "may_delete": may_delete_for_ever(user, self.trashed.page),
        }


@require_POST
def restore_view(request: HttpRequest) -> HttpResponse:
    """Restore the pages whose keys are posted as `key`, a single one with its free `slug` if that is posted.

    Or restore the records whose keys are posted as `record`.
    """
    if "record" in request.POST:
        return _restore_records(request)
    user, keys = request.user, [int(key) for key in request.POST.getlist("key") if is_key(key)]
    chosen = list(trash_of(user).filter(page__in=keys).order_by("page__path"))
    if not chosen:
        if not may_open_trash(user):
            raise PermissionDenied
        messages.warning(request, _("This page is no longer in the trash."))
        return redirect("trash")
    if not all(may_restore(user, each) for each in chosen):
        raise PermissionDenied
    notes: list[str] = []
    try:
        with transaction.atomic():
            for each in chosen:
                notes += restore(each, user, request.POST.get("slug", "") if len(chosen) == 1 else "")
    except TrashRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("trashed_page", each.page_id)
    forget_undo(request)
    pages = [Page.objects.get(pk=each.page_id) for each in chosen]
    if len(pages) == 1:
        text = _("“%(title)s” is restored.") % {"title": pages[0].specific_deferred.get_admin_display_title()}
    else:
        text = ngettext("%(number)d page is restored.", "%(number)d pages are restored.", len(pages)) % {
            "number": len(pages)
        }
    edit = messages.button(reverse("wagtailadmin_pages:edit", args=[pages[0].pk]), _("Edit"))
    messages.success(request, text, buttons=[edit] if len(pages) == 1 else [])
    for note in notes:
        messages.warning(request, note)
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


def _restore_records(request: HttpRequest) -> HttpResponse:
    keys = [int(key) for key in request.POST.getlist("record") if is_key(key)]
    chosen = list(restorable_records(request.user).filter(pk__in=keys).order_by("pk"))
    if not may_open_trash(request.user) or len(chosen) < DeletedRecord.objects.filter(pk__in=keys).count():
        raise PermissionDenied
    if not chosen:
        messages.warning(request, _("This record is no longer in the trash."))
    notes: list[str] = []
    try:
        with transaction.atomic():
            for each in chosen:
                notes += restore_record(each, request.user)
    except TrashRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("trash")
    forget_undo(request)
    for each in chosen:
        messages.success(request, _("“%(title)s” is restored.") % {"title": each.title})
    for note in notes:
        messages.warning(request, note)
    return redirect("trash")


class DeleteForEverView(TrashedPageView):
    template_name = "editorial/trash/delete.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may_delete_for_ever(request.user, self.trashed.page):
            raise PermissionDenied

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        title = self.title
        try:
            delete_for_ever(self.trashed, request.user)
        except TrashRefusedError as refusal:
            return self.refused(refusal, reverse("trashed_page", args=[self.trashed.page_id]))
        forget_undo(request)
        messages.success(request, _("“%(title)s” is deleted for ever.") % {"title": title})
        return redirect("trash")


class DeleteRecordForEverView(TrashView):
    template_name = "editorial/trash/delete_record.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.record = get_object_or_404(endable_records(request.user), pk=kwargs["key"])

    @property
    def title(self) -> str:
        return self.record.title

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(self.page_title, reverse("trash")), crumb(self.title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": self.title}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end_record(self.record, request.user)
        forget_undo(request)
        messages.success(request, _("“%(title)s” is deleted for ever.") % {"title": self.title})
        return redirect("trash")


class EmptyTrashView(TrashView):
    """Deletes the whole trash of a site for ever."""

    template_name = "editorial/trash/empty.html"
    page_title = gettext_lazy("Empty the trash")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.site = sites_administered(request.user).filter(pk=kwargs["site"]).first()
        if self.site is None:
            raise Http404
        self.page_subtitle = self.site.site_name

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(TrashView.page_title, reverse("trash")), crumb(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "site": self.site,
            "listed": trash_of_site(self.site),
            "records": records_of_site(self.site),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forget_undo(request)
        for record in records_of_site(self.site):
            end_record(record, request.user)
        for trashed in trash_of_site(self.site):
            try:
                delete_for_ever(trashed, request.user)
            except TrashRefusedError as refusal:
                messages.error(request, str(refusal))
        if not trash_of_site(self.site).exists():
            messages.success(request, _("The trash is empty."))
        return redirect("trash")


URLS = [
    path("trash/", TrashList.as_view(), name="trash"),
    path("trash/restore/", restore_view, name="restore_from_trash"),
    path("trash/<int:key>/", TrashedPageView.as_view(), name="trashed_page"),
    path("trash/<int:key>/delete/", DeleteForEverView.as_view(), name="delete_for_ever"),
    path("trash/record/<int:key>/delete/", DeleteRecordForEverView.as_view(), name="delete_record_for_ever"),
    path("trash/empty/<int:site>/", EmptyTrashView.as_view(), name="empty_trash"),
]
