"""Measures pages of the admin for an editor and an administrator of one site, and for a network administrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from wagtail.models import Page, Site

from articles.models import ArticlePage
from portal.content.records.listing import StoryCard
from portal.content.records.topics import PageTopic
from portal.editorial.models import Role
from portal.editorial.roles import group_of, set_up_newsroom
from search.indexes import DRAFTS
from search.indexing.checking import check, has_outdated_analysis
from search.indexing.states import PageState
from tests.bench.bulk.network import portal_sites
from tests.bench.direct import measure as measure_directly
from tests.bench.evaluation.newsroom import queries as judged_queries
from tests.bench.figures import Figures
from tests.bench.queries import queries_of
from tests.bench.samples import NothingToMeasureError, Sample
from tests.bench.serving.urls import CONSTANT

JUDGED = "page search, judged queries"
# Each judged query is measured this many times. Every fifth query is also measured with each filter.
ROUNDS, STEP = 3, 5
# The editor has written one page in this many.
OTHERS = 20


def measure(seconds: float, *, only_search: bool = False) -> list[Figures]:
    """The figures, beginning with the constant view. Raises NothingToMeasureError if there is no site."""
    site = portal_sites().select_related("root_page").order_by("pk").first()
    if site is None:
        raise NothingToMeasureError("There is no site.")
    if has_outdated_analysis():
        check(DRAFTS, repair=True)
    host = f"{site.hostname}:{site.port}"
    with override_settings(ROOT_URLCONF="tests.bench.serving.urls"), _people(site) as people:
        figures = [measure_directly(Sample("constant view", host, [CONSTANT]), seconds)]
        for name, person in people.items():
            client = Client(headers={"host": host})
            client.force_login(person)
            for page, *paths in judged_paths(site) if only_search else [*paths_of(site, person), *judged_paths(site)]:
                sample = Sample(f"{name}: {page}", host, paths, rounds=ROUNDS if page.startswith(JUDGED) else 1)
                figures.append(measure_directly(sample, seconds, client))
    return figures


@contextmanager
def _people(site: Site) -> Iterator[dict[str, Any]]:
    """Create an editor and an administrator of the site and one of the network, and roll back at the end."""
    with transaction.atomic():
        set_up_newsroom(site)
        users = get_user_model().objects
        people = {}
        for role in (Role.EDITOR, Role.SITE_ADMINISTRATOR):
            people[role.value] = users.create(username=f"bench-{role.value}")
            people[role.value].groups.add(group_of(site, role))
        people["network"] = users.create(username="bench-network", is_superuser=True)
        written = Page.objects.alias(rest=F("pk") % OTHERS).filter(rest=0)
        written.update(owner=people[Role.EDITOR.value])
        yield people
        transaction.set_rollback(True)


def paths_of(site: Site, person: Any) -> Iterator[tuple[str, ...]]:
    """Name and paths of the most frequent pages: dashboard, explorer, editing page, page search, choosers."""
    home, section = site.root_page, section_of(site)
    yield "dashboard", reverse("wagtailadmin_home")
    if person.is_superuser:
        # Other users are redirected to the home page of their site.
        yield "explorer, root", reverse("wagtailadmin_explore_root")
    yield "explorer, home", reverse("wagtailadmin_explore", args=[home.pk])
    yield "explorer, section", reverse("wagtailadmin_explore", args=[section.pk])
    articles = StoryCard.objects.filter(page__path__startswith=home.path, page__content_type__model="articlepage")
    newest = articles.order_by("-pk").first()
    if newest is not None:
        yield "editing page", reverse("wagtailadmin_pages:edit", args=[newest.pk])
    yield "page chooser", reverse("wagtailadmin_choose_page")
    for kind, queries in queries_of(home).items():
        terms = [urlencode({"q": query}) for query in queries]
        yield f"page search, {kind}", *(f"{reverse('wagtailadmin_pages:search')}?{term}" for term in terms)
        yield f"page chooser, {kind}", *(f"{reverse('wagtailadmin_choose_page_search')}?{term}" for term in terms)
    yield "images", reverse("wagtailimages:index")


def section_of(site: Site) -> Page:
    return site.root_page.get_children().filter(numchild__gt=0).first() or site.root_page


def judged_paths(site: Site) -> Iterator[tuple[str, ...]]:
    """Name and paths of the page search for the judged queries: without a filter, with each, and with all of them."""
    search, terms = reverse("wagtailadmin_pages:search"), [each.text for each in judged_queries()]
    filters = filters_of(site)
    every = {name: value for chosen in filters.values() for name, value in chosen.items()}
    for name, chosen in {"": {}, **filters, "all of these": every}.items():
        asked = [urlencode({"q": term, **chosen}, doseq=True) for term in terms[:: STEP if chosen else 1]]
        yield f"{JUDGED}{name and f', by {name}'}", *(f"{search}?{each}" for each in asked)


def filters_of(site: Site) -> dict[str, dict[str, Any]]:
    """The parameters of the page search by filter name."""
    home, day = site.root_page, timezone.localdate()
    spans = {"from": f"{day - timedelta(days=800)}", "to": f"{day - timedelta(days=30)}"}
    topic = PageTopic.objects.filter(page__path__startswith=home.path).order_by("-pk").values_list("topic", flat=True)
    return {
        "state": {"state": [PageState.PUBLISHED.value, PageState.DRAFT.value]},
        "kind": {"kind": ContentType.objects.get_for_model(ArticlePage).pk},
        "section": {"section": section_of(site).pk},
        "language": {"language": home.locale.language_code},
        "writer": {"writer": get_user_model().objects.get(username=f"bench-{Role.EDITOR.value}").pk},
        **({"topic": {"topic": topic[0]}} if topic else {}),
        "published": {f"published_at_{end}": value for end, value in spans.items()},
        "changed": {f"changed_{end}": value for end, value in spans.items()},
    }
