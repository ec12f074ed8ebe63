"""Limits Wagtail's choosers of pages and tags to the user's sites.

Wagtail's hook `construct_page_chooser_queryset` filters the lists. It does not filter the page whose children are
listed, pages chosen by key, the lookup of a URL, or tags.
"""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's choosers check the permission for the page
# that is browsed.

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from taggit.models import Tag
from wagtail.admin.views import chooser
from wagtail.admin.views.tags import TAGS_AUTOCOMPLETE_LIMIT
from wagtail.models import Page, Site

from portal.content.separation.choices import choosable_pages, has_access_to_every_site, home_paths
from portal.content.separation.records import is_key
from portal.content.separation.tags import visible_tags
from portal.content.upstream import set_root_paths
from portal.overrides.separation.page_chooser import NEWEST_FIRST, EditedPlace, NewestPages

View = Callable[..., HttpResponse]


class PageBrowseView(chooser.BrowseView):
    """Lists the newest pages, or the tree below a page. For moves and copies, it lists the whole tree."""

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponseBase:
        if parent_page_id and not Page.objects.filter(choosable_pages(request.user), pk=parent_page_id).exists():
            raise Http404
        if parent_page_id or request.GET.get("user_perms"):
            return super().get(request, parent_page_id)
        return NewestPages.as_view()(request)

    def filter_object_list(self, pages: Any) -> Any:
        pages = super().filter_object_list(pages)
        if self.request.GET.get("user_perms"):
            return pages
        # Sections come first: they lead to the other pages.
        sections_first = Case(When(numchild__gt=0, then="path")).asc(nulls_last=True)
        return EditedPlace(self.request).exclude_edited_page(pages).order_by(sections_first, *NEWEST_FIRST)


def require_choosable_pages(view: View) -> View:
    """Guard the multiple choice: leave out pages that the chooser does not offer."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        keys = [key for key in request.GET.getlist("id") if is_key(key)]
        offered = Page.objects.filter(choosable_pages(request.user), pk__in=keys)
        query = request.GET.copy()
        query.setlist("id", [str(key) for key in offered.values_list("pk", flat=True)])
        request.GET = query  # type: ignore[assignment]
        return view(request)

    return guarded


def limit_to_own_sites(view: View) -> View:
    """Guard the URL form: a URL of the user's own sites becomes a page link; any other URL does not change."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            # Wagtail's form fails if the URL is missing rather than empty.
            request.POST["external-link-chooser-url"]
            if not has_access_to_every_site(request.user):
                homes = set(Page.objects.filter(path__in=home_paths(request.user)).values_list("url_path", flat=True))
                # Wagtail looks for pages of these sites.
                roots: Any = [root for root in Site.get_site_root_paths() if root.root_path in homes]
                set_root_paths(request, roots)
        return view(request)

    return guarded


def autocomplete(request: HttpRequest, app_name: str = "", model_name: str = "") -> JsonResponse:
    """The tags that begin with a term, among those of pictures and documents that the user may choose."""
    if (app_name, model_name) not in (("", ""), ("taggit", "tag")):
        raise Http404
    term = request.GET.get("term", "").replace("\0", "")
    tags = visible_tags(request.user).filter(name__istartswith=term).order_by("name") if term else Tag.objects.none()
    return JsonResponse(list(tags.values_list("name", flat=True)[:TAGS_AUTOCOMPLETE_LIMIT]), safe=False)
