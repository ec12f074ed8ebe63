"""Every public page has a query budget, which is the same for a large site as for a small one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from articles.models import ArticlePage
from tests.builders import (
    Ground,
    change,
    make_accessibility_statement,
    make_article,
    make_event,
    make_image,
    make_person,
    make_portrait,
    make_privacy_notice,
    make_recap,
    make_section,
    make_site,
    make_site_map,
    make_standard_page,
    make_topic,
)
from tests.conftest import IDLE_SEARCH, forget

SIZES = (5, 200)
# The maximum number of queries, including that of the content version.
BUDGETS = {
    "home": 7,
    "section": 9,
    "news": 8,
    "filtered": 9,
    "events": 8,
    "calendar": 8,
    "article": 8,
    "portrait": 8,
    "recap": 8,
    "event": 8,
    "date": 8,
    "month": 9,
    "days": 8,
    "calendar file": 7,
    "topic": 9,
    "author": 8,
    "topics": 3,
    "authors": 5,
    "plain": 6,
    "accessibility": 6,
    "privacy": 12,
    "site map": 8,
    "feed": 6,
    "sitemap": 4,
    "part of the sitemap": 4,
    "news sitemap": 4,
    "pages of the API": 8,
    "documents of the API": 8,
    "missing": 4,
    "landing": 1,
    "theme": 1,
}


def build(size: int) -> tuple[Ground, dict[str, str]]:
    """A site with this many stories, and the URL of one page of each type."""
    ground = make_site(f"size-{size}.localhost", ("fr", "de"))
    picture, topic = make_image(f"Vue {size}"), make_topic(f"Thème {size}", slug=f"theme-{size}")
    author = make_person(f"Auteure {size}", picture=picture)
    make_section(ground.section, "Artisanat")
    more = size - 4
    for number in range(more):
        page = ArticlePage(
            title=f"Article {number}",
            slug=f"article-{number}",
            lead_image=picture,
            publication_date=timezone.now() - timedelta(hours=number + 2),
            locale=ground.home.locale,
        )
        with disable_reference_index_auto_update():
            ground.section.add_child(instance=page)
    events = [make_event(ground.calendar, lead_image=picture, topics=[topic]) for _ in range(5)]
    series = make_event(ground.calendar, recurrence="FREQ=WEEKLY;COUNT=3", lead_image=picture, topics=[topic])
    past = make_event(ground.calendar, start=timezone.now() - timedelta(days=9), lead_image=picture)
    first = make_article(ground.section, "Premier", topics=[topic], lead_image=picture)
    portrait = make_portrait(ground.section, "Portrait", topics=[topic], authors=[author], lead_image=picture)
    recap = make_recap(ground.calendar, "Retour", event=past, topics=[topic], authors=[author], lead_image=picture)
    body = [
        {"type": "heading", "value": {"text": "Titre", "level": "h2"}},
        {"type": "paragraph", "value": f'<p><a linktype="page" id="{first.pk}">Lien</a></p>'},
        {"type": "figure", "value": {"image": picture.pk, "alt": "Vue", "caption": "", "credit": "", "wide": False}},
        {"type": "related_links", "value": {"title": "", "links": [{"label": "", "page": portrait.pk, "url": ""}]}},
    ]
    article = make_article(
        ground.section,
        "Au complet",
        date=timezone.now() - timedelta(minutes=90),
        topics=[topic],
        authors=[author],
        related=[first, portrait],
        lead_image=picture,
        body=body,
    )
    home = change(
        ground.home,
        shelves=[
            {"type": "lead", "value": {"story": article.pk}},
            {"type": "latest", "value": {"title": "Nouvelles", "count": 6}},
            {"type": "events", "value": {"title": "Agenda", "count": 4}},
            {"type": "section", "value": {"section": ground.section.pk, "layout": "large"}},
            {"type": "portraits", "value": {"title": "Portraits"}},
            {
                "type": "partners",
                "value": {"title": "Partenaires", "partners": [{"name": "A", "logo": None, "url": ""}]},
            },
        ],
    )
    plain = make_standard_page(ground.home, body=body[:2])
    paths = {
        "home": ground.address(home),
        "section": ground.address(ground.section),
        "news": ground.address(ground.home, "actualites/"),
        "filtered": ground.address(ground.section, f"actualites/?kind=article&topic={topic.slug}"),
        "events": ground.address(ground.home, "calendrier/?when=past"),
        "calendar": ground.address(ground.calendar),
        "article": ground.address(article),
        "portrait": ground.address(portrait),
        "recap": ground.address(recap),
        "event": ground.address(events[0]),
        "date": ground.address(series, f"{series.local_start:%Y-%m-%d}/"),
        "month": ground.address(ground.home, f"calendrier/?month={timezone.now():%Y-%m}"),
        "days": ground.address(ground.home, f"calendrier/?first={timezone.now():%Y-%m-%d}&place=halle"),
        "calendar file": ground.address(ground.home, "calendrier").rstrip("/") + ".ics",
        "topic": f"/fr/themes/{topic.slug}/",
        "author": f"/fr/auteurs/{author.slug}/",
        "topics": "/fr/themes/",
        "authors": "/fr/auteurs/",
        "plain": ground.address(plain),
        "accessibility": ground.address(make_accessibility_statement(ground.home)),
        "privacy": ground.address(make_privacy_notice(ground.home)),
        "site map": ground.address(make_site_map(ground.home)),
        "feed": "/fr/feed.rss",
        "sitemap": "/sitemap.xml",
        "part of the sitemap": "/sitemap-fr-1.xml",
        "news sitemap": "/sitemap-news.xml",
        "pages of the API": "/api/v2/pages/",
        "documents of the API": "/api/v2/documents/",
        "missing": "/fr/rien-de-tel/",
        "landing": "/",
        "theme": "/theme-0.css",
    }
    return ground, paths


@pytest.fixture(scope="module")
def module_sites(module_db):
    with override_settings(WAGTAILSEARCH_BACKENDS=IDLE_SEARCH):
        return {size: build(size) for size in SIZES}


@pytest.fixture
def sites(module_sites, db):
    return module_sites


# The last entries are addresses without a page.
STATUS = {"/": 302, "/fr/rien-de-tel/": 404}


def queries(ground: Ground, path: str) -> list[str]:
    """The queries of a warm process for a page."""
    reader = ground.reader()
    for _ in range(2):
        response = reader.get(path)
    assert response.status_code == STATUS.get(path, 200)
    with CaptureQueriesContext(connection) as captured:
        reader.get(path)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("page", BUDGETS)
def test_page_keeps_its_budget_whatever_the_size_of_the_site(sites, page):
    small, large = (queries(ground, paths[page]) for ground, paths in sites.values())

    assert len(large) <= BUDGETS[page], "\n".join(large)
    assert len(small) == len(large), "\n".join(["small:", *small, "large:", *large])


def test_first_page_of_a_new_process_needs_few_more_queries(sites):
    ground, paths = sites[200]
    queries(ground, paths["article"])
    forget()

    with CaptureQueriesContext(connection) as captured:
        ground.reader().get(paths["article"])

    assert len(captured) <= 40


def test_public_pages_write_nothing(sites):
    ground, paths = sites[5]

    written = [
        sql for path in paths.values() for sql in queries(ground, path) if not sql.lstrip("( \n").startswith("SELECT")
    ]

    assert written == []


def test_text_without_a_revision_is_cached_and_never_stale(sites):
    ground, _paths = sites[5]
    picture = make_image("Atelier")
    figure = {"image": picture.pk, "alt": "Atelier", "caption": "", "credit": "", "wide": False}
    page = ArticlePage(title="Repris", slug="repris", body=[("paragraph", "Ancien texte")], locale=ground.home.locale)
    ground.section.add_child(instance=page)
    plain = queries(ground, ground.address(page))
    ArticlePage.objects.filter(pk=page.pk).update(body=[{"type": "figure", "value": figure}])

    assert len(queries(ground, ground.address(page))) == len(plain)
    assert "Ancien texte" not in ground.reader().get(ground.address(page)).content.decode()
