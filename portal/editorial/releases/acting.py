"""The requests that change a release: add, update and remove pages, approve, withdraw, undo, delete."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError
from portal.content.separation.records import is_key
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem, waiting_item
from portal.editorial.releases.access import covers, is_letter, items_of, may_change, may_open_releases, releases_of
from portal.editorial.releases.building import add_page, delete_release, remove_page, take_newest
from portal.editorial.releases.deciding import approve, withdraw
from portal.editorial.releases.forms import AddForm
from portal.editorial.releases.undoing import request_undo
from portal.editorial.releases.views import PageOfReleaseView
from portal.editorial.work_area import WorkArea
from portal.formats.words import date_and_time
from portal.platform.newsroom_views import crumb


def acting(act: Callable[..., Any]) -> Any:
    """A view that acts on a release and returns to it. `act` may return another response."""

    @require_POST
    def view(request: HttpRequest, key: int, **kwargs: Any) -> HttpResponse:
        if not may_open_releases(request.user):
            raise PermissionDenied
        release = get_object_or_404(releases_of(request.user), pk=key)
        try:
            response = act(request, release, **kwargs)
        except PublicationRefusedError as refusal:
            show_refusal(request, refusal)
            response = None
        return response or redirect("release", key)

    return view


@acting
def add_view(request: HttpRequest, release: Release) -> None:
    key, action = request.POST.get("page", ""), request.POST.get("action", "")
    condition = WorkArea.of(request.user).page_condition()
    page = Page.objects.filter(condition, pk=key, depth__gt=1).first() if is_key(key) else None
    if page is None or action not in (ReleaseAction.PUBLISH, ReleaseAction.TAKE_DOWN):
        raise Http404
    _show_added(request, add_page(release, page, action, request.user), release)


def _show_added(request: HttpRequest, item: ReleaseItem, release: Release) -> None:
    values = {"title": item.page.specific_deferred.get_admin_display_title(), "release": release.title}
    messages.success(request, _("“%(title)s” is in the release “%(release)s”.") % values)


def _own_item(request: HttpRequest, release: Release, item: int) -> ReleaseItem:
    found: ReleaseItem = get_object_or_404(release.items.select_related("page"), pk=item)
    if not covers(request.user, found.page):
        raise Http404
    return found


@acting
def newest_view(request: HttpRequest, release: Release, item: int) -> None:
    found = _own_item(request, release, item)
    take_newest(found, request.user)
    title = {"title": found.page.specific_deferred.get_admin_display_title()}
    messages.success(request, _("The release has the newest version of “%(title)s”.") % title)


@acting
def remove_view(request: HttpRequest, release: Release, item: int) -> None:
    found = _own_item(request, release, item)
    title = {"title": found.page.specific_deferred.get_admin_display_title()}
    remove_page(found, request.user)
    messages.success(request, _("“%(title)s” is no longer in the release.") % title)


@acting
def approve_view(request: HttpRequest, release: Release) -> None:
    approve(release, request.user, request.POST.get("seen", ""), timezone.now())
    when = {"when": date_and_time(localtime(release.at))}
    messages.success(request, _("The release is approved. Readers see it from %(when)s.") % when)


@acting
def withdraw_view(request: HttpRequest, release: Release) -> None:
    withdraw(release, request.user)
    messages.success(request, _("The approval is withdrawn. Nothing is published before another approval."))


@acting
def undo_view(request: HttpRequest, release: Release) -> None:
    request_undo(release, request.user)
    # The queue of an installation may do it at once.
    if Release.objects.get(pk=release.pk).is_published:
        messages.info(request, _("The release is being undone: readers will see what they saw before, all at once."))
    else:
        messages.success(request, _("The release is undone: readers see what they saw before."))
    if any(is_letter(item) for item in items_of(release)):
        messages.warning(request, _("A letter that was sent cannot be taken back."))


@acting
def delete_view(request: HttpRequest, release: Release) -> HttpResponse:
    if not may_change(release, items_of(release), request.user):
        raise PermissionDenied
    delete_release(release, request.user)
    messages.success(request, _("The release “%(title)s” is deleted. Its pages stay.") % {"title": release.title})
    return redirect("releases")


class AddToReleaseView(PageOfReleaseView):
    """Adds a page to a release, from the page itself."""

    template_name = "editorial/releases/add.html"
    page_title = gettext_lazy("Add to a release")
    http_method_names = ["get", "head", "options", "post"]

    @property
    def page_subtitle(self) -> str:  # type: ignore[override]
        return str(self.page.get_admin_display_title())

    def test_func(self) -> bool:
        return super().test_func() and bool(self.page.permissions_for_user(self.request.user).can_edit())

    def breadcrumbs(self) -> list[dict[str, Any]]:
        edit_url = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return [crumb(self.page_subtitle, edit_url), crumb(self.page_title)]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        item = waiting_item(self.page.pk) if self.test_func() else None
        if item is None:
            return super().dispatch(request, *args, **kwargs)
        if not releases_of(request.user).filter(pk=item.release_id).exists():
            messages.warning(request, _("This page is in another release already."))
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        return redirect("release", item.release_id)

    def form(self, data: Any) -> AddForm:
        user = self.request.user
        releases = list(releases_of(user).waiting().filter(state="open"))  # type: ignore[attr-defined]
        initial = {"release": self.request.GET.get("release", "")}
        return AddForm(data, page=self.page, releases=releases, user=user, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form(None)
        return super().get_context_data(**kwargs) | {"form": form, "page": self.page}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            chosen = form.cleaned_data
            try:
                item = add_page(chosen["release"], self.page, chosen["action"], request.user, chosen["parent"])
            except PublicationRefusedError as refusal:
                show_refusal(request, refusal)
            else:
                _show_added(request, item, chosen["release"])
                return redirect("release", item.release_id)
        return self.render_to_response(self.get_context_data(form=form))
