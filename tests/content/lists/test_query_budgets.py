"""Every public page has a query budget, which is the same for a large site as for a small one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from articles.models import ArticlePage
from events.models import Venue
from portal.content.serving.editions import CATALOGUE_WORDS
from tests.articles.live.making import make_entry, make_live
from tests.builders import (
    SampleSite,
    change,
    make_accessibility_statement,
    make_article,
    make_document,
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
from tests.conftest import IDLE_SEARCH, empty_caches
from tests.home.dossiers.making import chapter, document_entry, link_to, make_dossier
from tests.home.landing.making import (
    card,
    cards,
    hero,
    link as link_in_shelf,
    make_landing_page,
    person_shelf,
    shelf,
    stories,
    tabs,
)

SIZES = (5, 200)
# The maximum number of queries, including the one for the content version.
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
    "dossier": 9,
    "part of a dossier": 8,
    "live": 13,
    "new entries": 9,
    "event": 8,
    "date": 8,
    "month": 9,
    "days": 8,
    "calendar file": 7,
    "topic": 9,
    "author": 8,
    "topics": 3,
    "authors": 5,
    "venue": 9,
    "venues": 5,
    "plain": 6,
    "accessibility": 6,
    "privacy": 12,
    "site map": 8,
    "feed": 6,
    "sitemap": 4,
    "part of the sitemap": 4,
    "news sitemap": 4,
    "API pages": 8,
    "API documents": 8,
    "missing": 4,
    "landing": 1,
    "landing page": 9,
    "theme": 1,
}


def build(size: int) -> tuple[SampleSite, dict[str, str]]:
    """A site with this many stories, and the URL of one page of each type."""
    site = make_site(f"size-{size}.localhost", ("fr", "de"))
    picture, topic = make_image(f"Vue {size}"), make_topic(f"Thème {size}", slug=f"theme-{size}")
    author = make_person(f"Auteure {size}", picture=picture)
    make_section(site.section, "Artisanat")
    more = size - 4
    for number in range(more):
        page = ArticlePage(
            title=f"Article {number}",
            slug=f"article-{number}",
            lead_image=picture,
            publication_date=timezone.now() - timedelta(hours=number + 2),
            locale=site.home.locale,
        )
        with disable_reference_index_auto_update():
            site.section.add_child(instance=page)
    events = [make_event(site.calendar, lead_image=picture, topics=[topic]) for _ in range(5)]
    series = make_event(site.calendar, recurrence="FREQ=WEEKLY;COUNT=3", lead_image=picture, topics=[topic])
    past = make_event(site.calendar, start=timezone.now() - timedelta(days=9), lead_image=picture)
    first = make_article(site.section, "Premier", topics=[topic], lead_image=picture)
    portrait = make_portrait(site.section, "Portrait", topics=[topic], authors=[author], lead_image=picture)
    recap = make_recap(site.calendar, "Retour", event=past, topics=[topic], authors=[author], lead_image=picture)
    body = [
        {"type": "heading", "value": {"text": "Titre", "level": "h2"}},
        {"type": "paragraph", "value": f'<p><a linktype="page" id="{first.pk}">Lien</a></p>'},
        {"type": "figure", "value": {"image": picture.pk, "alt": "Vue", "caption": "", "credit": "", "wide": False}},
        {"type": "related_links", "value": {"title": "", "links": [{"label": "", "page": portrait.pk, "url": ""}]}},
    ]
    article = make_article(
        site.section,
        "Au complet",
        date=timezone.now() - timedelta(minutes=90),
        topics=[topic],
        authors=[author],
        related=[first, portrait],
        lead_image=picture,
        body=body,
    )
    live = make_live(site.section, "En direct", topics=[topic], authors=[author], lead_image=picture)
    for number in range(size):
        make_entry(live, f'Un <a linktype="page" id="{article.pk}">lien</a> {number}')
    # The article of this dossier is not "Au complet", so that its budget is that of a story in no dossier.
    entries = (make_article(site.section, "Entrée", topics=[topic], authors=[author], lead_image=picture), portrait)
    document = document_entry(make_document(f"Guide {size}"))
    dossier = make_dossier(
        site.section,
        "Dossier",
        chapter("Un", *entries, events[1], document),
        chapter("Deux", past, recap, link_to()),
        topics=[topic],
        authors=[author],
        related=[first],
        lead_image=picture,
        body=body,
    )
    home = change(
        site.home,
        shelves=[
            {"type": "lead", "value": {"story": article.pk}},
            {"type": "latest", "value": {"title": "Nouvelles", "count": 6}},
            {"type": "events", "value": {"title": "Agenda", "count": 4}},
            {"type": "section", "value": {"section": site.section.pk, "layout": "large"}},
            {"type": "portraits", "value": {"title": "Portraits"}},
            {
                "type": "partners",
                "value": {"title": "Partenaires", "partners": [{"name": "A", "logo": None, "url": ""}]},
            },
        ],
    )
    plain = make_standard_page(site.home, body=body[:2])
    photo = {"image": picture.pk, "alt": "Vue", "decorative": False}
    hall = Venue.objects.create(name=f"Halle {size}", address="Metz")
    for number in range(size // 5):
        make_event(site.calendar, f"À la halle {number}", venue=hall, lead_image=picture)
    over = make_event(site.calendar, "À la halle", start=timezone.now() - timedelta(days=9), venue=hall)
    make_recap(site.calendar, "Retour de la halle", event=over, lead_image=picture)
    venues = f"/fr/{CATALOGUE_WORDS['fr']['venues']}/"
    landing_page = make_landing_page(
        site,
        hero(picture=photo, links=[link_in_shelf(article), link_in_shelf(portrait)]),
        cards(card("Une", article, picture=photo), card("Deux", portrait, picture=photo)),
        tabs(("Créer", "Cent jours."), ("Reprendre", "Un an.")),
        person_shelf(author),
        stories(section=site.section.pk),
        stories(topic=topic.pk),
        shelf("events", title="Agenda", count=4),
        shelf("letter", title="La lettre", text=""),
        body=body[:2],
    )
    paths = {
        "landing page": site.address(landing_page),
        "home": site.address(home),
        "section": site.address(site.section),
        "news": site.address(site.home, "actualites/"),
        "filtered": site.address(site.section, f"actualites/?kind=article&topic={topic.slug}"),
        "events": site.address(site.home, "calendrier/?when=past"),
        "calendar": site.address(site.calendar),
        "article": site.address(article),
        "portrait": site.address(portrait),
        "recap": site.address(recap),
        "dossier": site.address(dossier),
        "part of a dossier": site.address(entries[0]),
        "live": site.address(live),
        "new entries": site.address(live, "?entries=1"),
        "event": site.address(events[0]),
        "date": site.address(series, f"{series.local_start:%Y-%m-%d}/"),
        "month": site.address(site.home, f"calendrier/?month={timezone.now():%Y-%m}"),
        "days": site.address(site.home, f"calendrier/?first={timezone.now():%Y-%m-%d}&place=halle"),
        "calendar file": site.address(site.home, "calendrier").rstrip("/") + ".ics",
        "topic": f"/fr/themes/{topic.slug}/",
        "author": f"/fr/auteurs/{author.slug}/",
        "topics": "/fr/themes/",
        "authors": "/fr/auteurs/",
        "venue": f"{venues}{hall.address_step}/",
        "venues": venues,
        "plain": site.address(plain),
        "accessibility": site.address(make_accessibility_statement(site.home)),
        "privacy": site.address(make_privacy_notice(site.home)),
        "site map": site.address(make_site_map(site.home)),
        "feed": "/fr/feed.rss",
        "sitemap": "/sitemap.xml",
        "part of the sitemap": "/sitemap-fr-1.xml",
        "news sitemap": "/sitemap-news.xml",
        "API pages": "/api/v2/pages/",
        "API documents": "/api/v2/documents/",
        "missing": "/fr/rien-de-tel/",
        "landing": "/",
        "theme": "/theme-0.css",
    }
    return site, paths


@pytest.fixture(scope="module")
def module_sites(module_db):
    with override_settings(WAGTAILSEARCH_BACKENDS=IDLE_SEARCH):
        return {size: build(size) for size in SIZES}


@pytest.fixture
def sites(module_sites, db):
    return module_sites


# Paths that do not respond with 200.
STATUS = {"/": 302, "/fr/rien-de-tel/": 404}


def queries(site: SampleSite, path: str) -> list[str]:
    """The queries for a page in a warm process."""
    reader = site.reader()
    for _ in range(2):
        response = reader.get(path)
    assert response.status_code == STATUS.get(path, 200)
    with CaptureQueriesContext(connection) as captured:
        reader.get(path)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("page", BUDGETS)
def test_page_stays_within_its_budget_at_any_site_size(sites, page):
    small, large = (queries(site, paths[page]) for site, paths in sites.values())

    assert len(large) <= BUDGETS[page], "\n".join(large)
    assert len(small) == len(large), "\n".join(["small:", *small, "large:", *large])


def test_first_page_of_a_new_process_needs_a_few_more_queries(sites):
    site, paths = sites[200]
    queries(site, paths["article"])
    empty_caches()

    with CaptureQueriesContext(connection) as captured:
        site.reader().get(paths["article"])

    assert len(captured) <= 44


def test_public_pages_write_nothing(sites):
    site, paths = sites[5]

    written = [
        sql for path in paths.values() for sql in queries(site, path) if not sql.lstrip("( \n").startswith("SELECT")
    ]

    assert written == []


def test_text_without_a_revision_is_cached_and_never_stale(sites):
    site, _paths = sites[5]
    picture = make_image("Atelier")
    figure = {"image": picture.pk, "alt": "Atelier", "caption": "", "credit": "", "wide": False}
    page = ArticlePage(title="Repris", slug="repris", body=[("paragraph", "Ancien texte")], locale=site.home.locale)
    site.section.add_child(instance=page)
    plain = queries(site, site.address(page))
    ArticlePage.objects.filter(pk=page.pk).update(body=[{"type": "figure", "value": figure}])

    assert len(queries(site, site.address(page))) == len(plain)
    assert "Ancien texte" not in site.reader().get(site.address(page)).content.decode()
