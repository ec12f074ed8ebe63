"""The newsroom's page search."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.pages.search import SearchView
from wagtail.models import Page, Revision

from portal.accounts.names import name_of
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH
from portal.formats.words import language_name
from search.indexing.states import states_of
from search.newsroom.filters import PageSearchFilters
from search.newsroom.find import PageResults, search_pages


class PageColumn(BaseColumn):
    def __init__(self, name: str, **options: Any):
        super().__init__(name, **options)
        self.cell_template_name = f"search/newsroom/{name}_cell.html"

    def get_cell_context_data(self, instance: Page, parent_context: Any) -> dict[str, Any]:
        return {"page": instance, "request": parent_context["request"]}


class PageSearchView(SearchView):
    """The page search, with the newsroom's own index instead of Wagtail's."""

    columns = [
        BulkActionsColumn("bulk_actions"),
        PageColumn("page", label=_("Page"), classname="title"),
        PageColumn("section", label=_("Section"), width="16%"),
        PageColumn("state", label=_("State"), width="12%"),
        PageColumn("who", label=_("Who"), width="12%"),
        PageColumn("when", label=_("When"), width="10%"),
    ]
    filterset_class = PageSearchFilters
    results_template_name = "search/newsroom/results.html"
    found: PageResults

    def get(self, request: HttpRequest) -> HttpResponse:
        # Wagtail's own method reads an order and a page type, which this search does not have.
        response: HttpResponse = BaseListingView.get(self, request)
        return response

    @cached_property
    def is_searching(self) -> bool:
        return bool(self.search_query)

    def get_queryset(self) -> PageResults:
        user = self.request.user
        self.found = search_pages(user, self.search_query, self.filters.chosen)
        # The rows of the index are checked again, because a page may have moved within this second.
        self.found.pages = _described(self.permission_policy.explorable_instances(user))
        return self.found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = BaseListingView.get_context_data(self, **kwargs)
        describe(context["object_list"], self.found)
        context["found"] = self.found
        context["items_count"] = self.found.total
        context["searched_url"] = self._url_of(self.found.used.searched)
        context["suggestion_url"] = self._url_of(self.found.words.suggestion if self.found.words else "")
        context["media"] += Media(css={"all": [versioned_static("search/newsroom.css")]})
        return context

    def _url_of(self, words: str) -> str:
        query = self.request.GET.copy()
        query.pop(self.page_kwarg, None)
        query.pop("_w_filter_fragment", None)
        query[self.search_kwarg] = words
        return f"{self.index_url}?{query.urlencode()}"


def _described(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Pages with the columns that a row shows."""
    # Wagtail's `specific` discards the records that `select_related` has read.
    found: Any = pages.prefetch_related("locale", "owner")
    described: QuerySet[Page] = found.defer_streamfields().specific(defer=True)
    return described


def describe(pages: Sequence[Any], found: PageResults) -> None:
    """Add each page's `states`, `place`, `writer` and `found` words to the page."""
    states, texts, places = states_of(pages), found.texts(pages), _places(pages)
    writers = _writers(pages)
    for page in pages:
        page.states, page.found, page.place = states[page.pk], texts.get(page.pk), places[page.pk]
        page.writer = writers.get(page.latest_revision_id) or name_of(page.owner)


def _writers(pages: Sequence[Page]) -> dict[int, str]:
    revisions = Revision.objects.filter(pk__in=[page.latest_revision_id for page in pages]).select_related("user")
    return {revision.pk: name_of(revision.user) for revision in revisions.defer("content")}


class PlaceInTree(NamedTuple):
    """The title and key of the parent page, and the title of the home page with its language, if that differs."""

    title: str = ""
    key: int | None = None
    home: str = ""


def _places(pages: Sequence[Page]) -> dict[int, PlaceInTree]:
    paths = {page.path[:end] for page in pages for end in (HOME_LENGTH, len(page.path) - Page.steplen)}
    columns = ("path", "pk", "draft_title", "locale__language_code")
    rows = Page.objects.filter(path__in=paths, depth__gte=HOME_DEPTH).values_list(*columns)
    above = {path: (key, title, code) for path, key, title, code in rows}
    found = {}
    for page in pages:
        key, title, code = above.get(page.path[: -Page.steplen], (None, "", ""))
        _key, home, code = above.get(page.path[:HOME_LENGTH], (None, "", code))
        is_below_home = page.depth > HOME_DEPTH + 1
        found[page.pk] = PlaceInTree(title, key, f"{home} ({language_name(code)})" if is_below_home else "")
    return found
