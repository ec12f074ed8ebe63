"""Wagtail's choosers of pages and tags, limited to the user's sites.

Wagtail's hook `construct_page_chooser_queryset` filters the lists. It is not called for the page that is browsed, for
pages named by their keys, for an address that is looked up, and for tags.
"""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's choosers check the permission for the page
# that is browsed.

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from taggit.models import Tag
from wagtail.admin.views import chooser
from wagtail.admin.views.tags import TAGS_AUTOCOMPLETE_LIMIT
from wagtail.models import Page, Site

from portal.content.separation.choices import choosable_pages, has_access_to_every_site, home_paths
from portal.content.separation.records import is_key
from portal.content.separation.tags import visible_tags
from portal.content.serving.editions import editions_of
from portal.content.upstream import set_root_paths
from portal.content.visibility import HOME_DEPTH

View = Callable[..., HttpResponse]


class PageBrowseView(chooser.BrowseView):
    """Lists all pages of a site at once, the newest first, if none of their types has subpages."""

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponse:
        if parent_page_id and not Page.objects.filter(choosable_pages(request.user), pk=parent_page_id).exists():
            raise Http404
        if not parent_page_id and _are_leaves(request):
            parent_page_id = _only_home_page(request)
        return super().get(request, parent_page_id)

    def get_object_list(self) -> Any:
        if self.parent_page.depth != HOME_DEPTH or not _are_leaves(self.request):
            return super().get_object_list()
        pages = self.parent_page.get_descendants().type(*self.desired_classes).defer_streamfields().specific()
        return pages.select_related("locale").order_by(F("latest_revision_created_at").desc(nulls_last=True), "-pk")


def _are_leaves(request: HttpRequest) -> bool:
    """Whether only types without subpages can be chosen, and not a place to copy or move a page to."""
    if request.GET.get("user_perms") or not request.GET.get("page_type"):
        return False
    try:
        types = chooser.page_models_from_string(request.GET["page_type"])
    except (ValueError, LookupError) as error:
        raise Http404 from error
    return all(getattr(each, "subpage_types", None) == [] for each in types)


def _only_home_page(request: HttpRequest) -> int | None:
    """The key of the home page of the user's only site, in the active language if possible; else None.

    For users of every site it is the home page of the site in the request.
    """
    user: Any = request.user
    paths = home_paths(user)
    if has_access_to_every_site(user):
        paths = [edition.home.path for edition in editions_of(request).values()]
    homes = list(Page.objects.filter(path__in=paths).select_related("locale").order_by("path"))
    if len({home.translation_key for home in homes}) != 1:
        return None
    language = get_language()
    return next((home.pk for home in homes if home.locale.language_code == language), homes[0].pk)


def of_choosable_pages(view: View) -> View:
    """Guard the choice of several pages: leave out the keys of pages that the chooser does not offer."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        keys = [key for key in request.GET.getlist("id") if is_key(key)]
        offered = Page.objects.filter(choosable_pages(request.user), pk__in=keys)
        query = request.GET.copy()
        query.setlist("id", [str(key) for key in offered.values_list("pk", flat=True)])
        request.GET = query  # type: ignore[assignment]
        return view(request)

    return guarded


def to_own_sites(view: View) -> View:
    """Guard the form for an address: one of the user's own site becomes a link to its page, any other stays."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            # Wagtail's form fails if the address is missing rather than empty.
            request.POST["external-link-chooser-url"]
            if not has_access_to_every_site(request.user):
                homes = set(Page.objects.filter(path__in=home_paths(request.user)).values_list("url_path", flat=True))
                # Wagtail looks for pages of these sites.
                roots: Any = [root for root in Site.get_site_root_paths() if root.root_path in homes]
                set_root_paths(request, roots)
        return view(request)

    return guarded


def autocomplete(request: HttpRequest, app_name: str = "", model_name: str = "") -> JsonResponse:
    """The tags that begin with a term, limited to those of pictures and documents that the user may choose."""
    if (app_name, model_name) not in (("", ""), ("taggit", "tag")):
        raise Http404
    term = request.GET.get("term", "").replace("\0", "")
    tags = visible_tags(request.user).filter(name__istartswith=term).order_by("name") if term else Tag.objects.none()
    return JsonResponse(list(tags.values_list("name", flat=True)[:TAGS_AUTOCOMPLETE_LIMIT]), safe=False)
