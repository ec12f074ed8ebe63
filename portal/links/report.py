"""The report about broken links, for the administrators of a site."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import CharField, Prefetch, QuerySet
from django.db.models.functions import Cast, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.models import Page, ReferenceIndex, Site

from portal.content.extension_points import SiteFigure
from portal.content.visibility import HOME_LENGTH, homes_of_sites, in_trash, is_in_trash
from portal.editorial.reader_data import pages_of_sites
from portal.editorial.site_admin.scope import administers_any, sites_administered
from portal.links.models import CheckedLink, LinkPlace
from portal.platform.newsroom_views import NewsroomView

ON_A_PAGE = 50
MOST_OWN_LINKS = 200


class BrokenLinksView(NewsroomView, TemplateView):
    template_name = "links/report.html"
    page_title = gettext_lazy("Broken links")
    header_icon = "link"

    def test_func(self) -> bool:
        return administers_any(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = pages_of_sites(sites_administered(self.request.user))
        listed = Paginator(broken_links_of(_shown(own)), ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {"page_obj": listed, "own_links": own_broken_links(own)}


def _shown(pages: QuerySet[Page]) -> QuerySet[Page]:
    return pages.filter(live=True).exclude(in_trash())


def broken_links_of(pages: QuerySet[Page]) -> QuerySet[CheckedLink]:
    """The broken links on these pages to other sites. `here` has the places of each on these pages."""
    places = LinkPlace.objects.filter(page__in=pages.order_by().values("pk"))
    here = Prefetch("places", places.select_related("page").order_by("page__title"), to_attr="here")
    links = CheckedLink.objects.broken().filter(pk__in=places.values("link"))
    return links.prefetch_related(here).order_by("-broken_since", "pk")


def broken_links_by_site(sites: Sequence[Site], now: datetime) -> dict[int, int]:
    """The number of broken links to other sites on the pages of each of these sites."""
    home = Substr("page__path", 1, HOME_LENGTH)
    places = LinkPlace.objects.filter(link__broken_since__isnull=False, page__live=True).exclude(in_trash("page__"))
    found = defaultdict(set)
    for path, link in places.order_by().annotate(home=home).values_list("home", "link").distinct():
        found[path].add(link)
    links: dict[int, set[int]] = {site.pk: set() for site in sites}
    for key, page in homes_of_sites(sites):
        links[key] |= found[page.path]
    return {key: len(each) for key, each in links.items()}


BROKEN_LINKS_OF_SITE = SiteFigure(
    "broken_links", gettext_lazy("Broken links"), broken_links_by_site, lambda site: reverse("broken_links")
)


def own_broken_links(pages: QuerySet[Page]) -> list[tuple[Page, Any]]:
    """Pairs of one of these pages that links to an unpublished page, and a text for that page.

    The text is the title if the unpublished page is one of these pages and not in the trash.
    """
    base = ContentType.objects.get_for_model(Page)
    keys = _shown(pages).filter(alias_of=None).order_by().values_list(Cast("pk", CharField()))
    hidden = Page.objects.filter(live=False, expired=False).order_by().values_list(Cast("pk", CharField()))
    found = ReferenceIndex.objects.filter(
        base_content_type=base, object_id__in=keys, to_content_type=base, to_object_id__in=hidden
    )
    rows = found.exclude(model_path="alias_of").order_by("object_id", "to_object_id").distinct()
    pairs = list(rows.values_list("object_id", "to_object_id")[:MOST_OWN_LINKS])
    known = pages.in_bulk([int(key) for pair in pairs for key in pair])
    return [(known[int(source)], _words_for(known.get(int(target)))) for source, target in pairs]


def _words_for(target: Page | None) -> Any:
    if target is None:
        return gettext_lazy("in another site")
    return gettext_lazy("page in the trash") if is_in_trash(target) else target.title
