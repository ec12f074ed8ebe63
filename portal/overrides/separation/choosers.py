"""Wagtail's choosers of pages and tags, for who may see but their own sites.

Wagtail's hook for choosers filters what is listed; these close what it does not ask: the page that is browsed, pages
named by their keys, an address that is looked up, and the words that other sites use as tags.
"""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's choosers check the permission for the page
# that is browsed.

from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import chooser
from wagtail.admin.views.tags import TAGS_AUTOCOMPLETE_LIMIT
from wagtail.models import Page, Site

from portal.content.separation.choices import choosable_pages, has_access_to_every_site, home_paths
from portal.content.separation.tags import visible_tags
from portal.content.serving.editions import editions_of
from portal.content.upstream import annotated_parent, set_parent, set_root_paths
from portal.content.visibility import HOME_DEPTH


def remember_parent(page: Page, parent: Page) -> None:
    """As `get_parent` does itself. Each row of the choosers asks for it."""
    set_parent(page, parent)


class TitleColumn(chooser.PageTitleColumn):
    """For a list of the children of one page, which stands above them."""

    def __init__(self, *args: Any, parent: Page, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.parent = parent

    def get_cell_context_data(self, instance: Page, parent_context: Any) -> dict[str, Any]:
        if not instance.is_parent_page:
            remember_parent(instance, self.parent)
        return super().get_cell_context_data(instance, parent_context)


class PageBrowseView(chooser.BrowseView):
    """Below a home page, pages that have no others below them are listed at once, the newest first."""

    @property
    def columns(self) -> list[Column]:
        title = TitleColumn(
            "title", label=_("Title"), is_multiple_choice=self.is_multiple_choice, parent=self.parent_page
        )
        return [title if column.name == "title" else column for column in super().columns]

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponse:
        if parent_page_id and not Page.objects.filter(choosable_pages(request.user), pk=parent_page_id).exists():
            raise Http404
        if not parent_page_id and _ends_of_the_tree(request):
            parent_page_id = _own_home_page(request)
        return super().get(request, parent_page_id)

    def get_object_list(self) -> Any:
        if self.parent_page.depth != HOME_DEPTH or not _ends_of_the_tree(self.request):
            return super().get_object_list()
        pages = self.parent_page.get_descendants().type(*self.desired_classes).defer_streamfields().specific()
        return pages.select_related("locale").order_by(F("latest_revision_created_at").desc(nulls_last=True), "-pk")


def _ends_of_the_tree(request: HttpRequest) -> bool:
    """Whether pages are chosen, of types without subpages; what is copied or moved needs a place in the tree."""
    if request.GET.get("user_perms") or not request.GET.get("page_type"):
        return False
    try:
        types = chooser.page_models_from_string(request.GET["page_type"])
    except (ValueError, LookupError) as error:
        raise Http404 from error
    return all(getattr(each, "subpage_types", None) == [] for each in types)


def _own_home_page(request: HttpRequest) -> int | None:
    """The home page of somebody's only site, in their language if there is one.

    For who works for all sites, it is that of the site at whose address they do.
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


class PageSearchView(chooser.SearchView):
    def get(self, request: HttpRequest) -> HttpResponse:
        response = super().get(request)
        pages = response.context_data["pages"]
        Page.objects.annotate_parent_page(pages)
        for page in pages:
            remember_parent(page, annotated_parent(page))
        return response


class PageChosenMultipleView(chooser.ChosenMultipleView):
    def get(self, request: HttpRequest) -> HttpResponse:
        asked = [key for key in request.GET.getlist("id") if key.isdecimal() and len(key) < 19]
        offered = Page.objects.filter(choosable_pages(request.user), pk__in=asked)
        query = request.GET.copy()
        query.setlist("id", [str(key) for key in offered.values_list("pk", flat=True)])
        request.GET = query  # type: ignore[assignment]
        return super().get(request)


class ExternalLinkView(chooser.ExternalLinkView):
    """An address of one's own site becomes a link to its page; one of another site stays an address."""

    def post(self, request: HttpRequest) -> HttpResponse:
        # Wagtail's form fails where the address is missing, and not only empty.
        request.POST["external-link-chooser-url"]
        if not has_access_to_every_site(request.user):
            homes = set(Page.objects.filter(path__in=home_paths(request.user)).values_list("url_path", flat=True))
            # Wagtail reads here which sites an address may be of.
            roots: Any = [root for root in Site.get_site_root_paths() if root.root_path in homes]
            set_root_paths(request, roots)
        return super().post(request)


def autocomplete(request: HttpRequest, app_name: str = "", model_name: str = "") -> JsonResponse:
    """Tags that begin with what was written, as far as they stand at pictures and documents that one may choose."""
    if (app_name, model_name) not in (("", ""), ("taggit", "tag")):
        raise Http404
    term = request.GET.get("term", "").replace("\0", "")
    tags = visible_tags(request.user).filter(name__istartswith=term).order_by("name") if term else Tag.objects.none()
    return JsonResponse(list(tags.values_list("name", flat=True)[:TAGS_AUTOCOMPLETE_LIMIT]), safe=False)
