"""A running WordPress is read through its REST API, with the same result as its export."""

import json
import tracemalloc
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from wagtail.models import Page

from events.importing.fetch import Fetched, FetchError
from portal.moving import fetching
from portal.moving.fetching import RestSite
from portal.moving.running import Options, look_at, run
from portal.moving.sources.spool import read_records, write_records
from portal.moving.wordpress.records import Author, Channel, ExportError, Item, Term

OLD = "https://ancien.example"
Routes = dict[str, Any]
ROOT = {"name": "Ancien &amp; neuf", "home": OLD, "url": OLD, "namespaces": ["wp/v2", "tribe/events/v1"]}
POST = {
    "id": 7,
    "type": "post",
    "title": {"rendered": "L&rsquo;atelier"},
    "link": f"{OLD}/2024/05/atelier/",
    "slug": "atelier",
    "status": "publish",
    "date": "2024-05-17T09:30:00",
    "date_gmt": "2024-05-17T07:30:00",
    "content": {"rendered": "<p>Le texte.</p>", "protected": False},
    "excerpt": {"rendered": "<p>Le texte [&hellip;]</p>"},
    "author": 3,
    "categories": [5],
    "tags": [6],
    "featured_media": 9,
    "yoast_head_json": {"description": "Pour les moteurs", "robots": {"index": "noindex"}},
}
EVENT = {
    "id": 8,
    "title": "Bal",
    "description": "<p>On danse.</p>",
    "url": f"{OLD}/event/bal/",
    "slug": "bal",
    "start_date": "2026-12-05 20:00:00",
    "end_date": "2026-12-05 23:00:00",
    "timezone": "Europe/Paris",
    "cost": "5&euro;",
    "venue": {"id": 81, "venue": "Halle", "city": "Metz"},
    "organizer": [{"id": 82, "organizer": "Le comité", "email": "bal@ancien.example"}],
    "categories": [{"slug": "danse", "name": "Danse"}],
}


def routes(**more: Any) -> Routes:
    return {
        "": ROOT,
        "wp/v2/users": [{"id": 3, "slug": "anna", "name": "Anna"}],
        "wp/v2/categories": [
            {"id": 5, "slug": "eco", "name": "Éco", "parent": 4},
            {"id": 4, "slug": "vie", "name": "Vie"},
        ],
        "wp/v2/tags": [{"id": 6, "slug": "bois", "name": "Bois"}],
        "wp/v2/media": [
            {
                "id": 9,
                "source_url": f"{OLD}/wp-content/uploads/hall.jpg",
                "alt_text": "Un hall",
                "media_details": {"sizes": {"thumbnail": {"file": "hall-150x150.jpg"}}},
            }
        ],
        "wp/v2/pages": [],
        "wp/v2/posts": [POST],
        "tribe/events/v1/events": {"events": [EVENT]},
        **more,
    }


@pytest.fixture
def running(monkeypatch) -> Callable[..., list[dict[str, Any]]]:
    """Make these routes respond; return the requests."""

    def answered(found: Routes) -> list[dict[str, Any]]:
        requests: list[dict[str, Any]] = []

        def fetch(address: str, **facts: Any) -> Fetched:
            parts = urlsplit(address)
            route, query = parts.path.removeprefix("/wp-json/"), parse_qs(parts.query)
            requests.append({"route": route, "query": query, **facts})
            rows = found.get(route, 404)
            if isinstance(rows, int):
                raise FetchError(f"status {rows}", rows)
            if isinstance(rows, list) and "page" in query:
                first = (int(query["page"][0]) - 1) * int(query["per_page"][0])
                rows = rows[first : first + int(query["per_page"][0])]
                if not rows and first:
                    raise FetchError("status 400", 400)
            return Fetched(json.dumps(rows).encode())

        monkeypatch.setattr(fetching, "fetch", fetch)
        return requests

    return answered


def items(kind: str, *facts: Any) -> list[Item]:
    return [each for each in RestSite(OLD, *facts).records() if isinstance(each, Item) and each.kind == kind]


def test_site_comes_first_with_its_name_and_address(running):
    running(routes())

    first = next(RestSite(f"{OLD}/").records())

    assert isinstance(first, Channel)
    assert (first.title, first.address, first.is_wordpress) == ("Ancien & neuf", OLD, True)


def test_post_has_its_texts_terms_author_and_picture(running):
    running(routes())

    (post,) = items("post")

    assert (post.title, post.content, post.author) == ("L’atelier", "<p>Le texte.</p>", "anna")
    assert post.terms == [("category", "eco"), ("post_tag", "bois")]
    assert post.value("_thumbnail_id") == "9"
    assert post.date_gmt.isoformat() == "2024-05-17T07:30:00+00:00"


@pytest.mark.parametrize("excerpt", ["<p>Le texte [&hellip;]</p>", "<p>Le texte.</p>\n"])
def test_excerpt_generated_by_wordpress_is_ignored(running, excerpt):
    running(routes(**{"wp/v2/posts": [{**POST, "excerpt": {"rendered": excerpt}}]}))

    assert items("post")[0].excerpt == ""


def test_menu_of_a_block_theme_is_read_without_a_password(running):
    menu = {"id": 60, "type": "wp_navigation", "slug": "navigation", "status": "publish", "title": {"rendered": "Menu"}}
    found = {**menu, "content": {"raw": "<!-- wp:page-list /-->", "rendered": "<ul></ul>"}}
    requests = running(routes(**{"wp/v2/navigation": [found]}))

    assert [each.content for each in items("wp_navigation")] == ["<!-- wp:page-list /-->"]
    # In other contexts, WordPress only returns the source to members.
    assert [each["query"]["context"] for each in requests if each["route"] == "wp/v2/navigation"] == [["embed"]]


def test_texts_for_search_engines_are_read_from_yoast(running):
    running(routes())

    (post,) = items("post")

    assert post.value("_yoast_wpseo_metadesc") == "Pour les moteurs"
    assert post.value("_yoast_wpseo_meta-robots-noindex") == "1"


def test_categories_name_their_parent(running):
    running(routes())

    terms = [each for each in RestSite(OLD).records() if isinstance(each, Term) and each.slug == "eco"]

    assert terms[0].parent == "vie"


def test_event_is_read_with_its_venue_and_organiser(running):
    running(routes())

    (event,), (venue,), (organiser,) = items("tribe_events"), items("tribe_venue"), items("tribe_organizer")

    assert event.value("_EventStartDate") == "2026-12-05 20:00:00"
    assert (event.value("_EventVenueID"), venue.title, venue.value("_VenueCity")) == ("81", "Halle", "Metz")
    assert (event.meta["_EventOrganizerID"], organiser.title) == (["82"], "Le comité")


def test_long_lists_are_read_page_by_page(running):
    requests = running(routes(**{"wp/v2/posts": [{**POST, "id": number} for number in range(1, 101)]}))

    assert [post.wp_id for post in items("post")] == list(range(1, 101))
    assert sum(request["route"] == "wp/v2/posts" for request in requests) == 3


def test_drafts_are_requested_with_the_application_password(running):
    requests = running(routes(**{"wp/v2/menus": [], "wp/v2/menu-items": [], "wp/v2/blocks": []}))

    items("post", "anna", "abcd efgh")

    posts = next(request for request in requests if request["route"] == "wp/v2/posts")
    assert posts["query"]["status"] == ["any"]
    assert posts["authorization"] == "Basic YW5uYTphYmNkIGVmZ2g="


@pytest.mark.parametrize(("user", "is_wanted", "count"), [("anna", True, 1), ("anna", False, 0), ("", True, 0)])
def test_earlier_versions_are_requested_only_if_chosen_and_with_a_password(running, user, is_wanted, count):
    version = {**POST, "id": 71, "parent": 7, "title": {"raw": "Avant"}, "date_gmt": "2024-05-16T07:30:00"}
    closed = {"wp/v2/menus": [], "wp/v2/menu-items": [], "wp/v2/blocks": []}
    running(routes(**closed, **{"wp/v2/posts/7/revisions": [version]}))
    site = RestSite(OLD, user, "abcd")
    site.with_revisions = is_wanted

    found = [each for each in site.records() if isinstance(each, Item) and each.kind == "revision"]

    assert [(each.title, each.parent, each.status) for each in found] == [("Avant", 7, "inherit")] * count
    assert len(items("post")) == 1


def test_password_is_not_sent_without_encryption(running):
    requests = running(routes())

    with pytest.raises(ExportError, match="https"):
        RestSite("http://ancien.example", "anna", "abcd")
    assert requests == []


def test_only_public_hosts_are_requested(running):
    requests = running(routes())

    list(RestSite(OLD).records())

    assert [request["private_hosts"] for request in requests] == [()] * len(requests)


def test_site_that_hides_its_users_is_read_without_them(running):
    running(routes(**{"wp/v2/users": 401}))

    records = list(RestSite(OLD).records())

    assert not [each for each in records if isinstance(each, Author)]
    assert items("post")


def test_text_behind_a_password_is_private(running):
    running(routes(**{"wp/v2/posts": [{**POST, "content": {"rendered": "", "protected": True}}]}))

    assert items("post")[0].status == "private"


@pytest.mark.parametrize("found", [{}, {"": {"name": "No API"}}, {"": []}, routes(**{"wp/v2/posts": [{"id": "x"}]})])
def test_site_without_wordpress_is_refused(running, found):
    running(found)

    with pytest.raises(ExportError, match=r"ancien\.example"):
        list(RestSite(OLD).records())


def test_busy_site_is_requested_again(running, monkeypatch):
    requests, waited = running(routes()), []
    monkeypatch.setattr(fetching, "sleep", waited.append)
    fetch, states = fetching.fetch, [503, 429]

    def busy(address: str, **facts: Any) -> Fetched:
        if "posts" in address and states:
            raise FetchError("busy", states.pop())
        return fetch(address, **facts)

    monkeypatch.setattr(fetching, "fetch", busy)

    assert items("post")
    assert waited == [2, 10]
    assert requests


def test_response_of_countless_values_is_refused(running, english, monkeypatch):
    running(routes(**{"wp/v2/posts": [{**POST, "acf": [{}] * 1000}]}))
    monkeypatch.setattr(fetching, "MOST_PARTS_OF_FILE", 500)

    with pytest.raises(ExportError, match=r"ancien\.example responds with something that WordPress does not"):
        list(RestSite(OLD).records())


def test_descriptions_of_thousands_of_categories_are_not_held_in_memory(running):
    rows = [{"id": number, "slug": f"c{number}", "name": "C", "description": "x" * 10_000} for number in range(1000)]
    running(routes(**{"wp/v2/categories": rows}))

    tracemalloc.start()
    terms = [each for each in RestSite(OLD).records() if isinstance(each, Term) and each.name == "C"]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(terms) == 1000
    # The limit for all descriptions is ten million.
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("route", "row"),
    [("wp/v2/posts", {**POST, "slug": "a%00b"}), ("wp/v2/categories", {"id": 5, "slug": "a%00b", "name": "AB"})],
)
def test_nul_in_a_slug_is_left_out(running, route, row):
    running(routes(**{route: [row]}))

    assert "ab" in [getattr(each, "slug", "") for each in RestSite(OLD).records()]


def test_nul_in_the_slug_of_an_event_is_left_out(running):
    running(routes(**{"tribe/events/v1/events": {"events": [{**EVENT, "slug": "b%00al"}]}}))

    assert items("tribe_events")[0].slug == "bal"


def test_records_are_the_same_when_they_are_read_again(running, tmp_path):
    running(routes())
    records = list(RestSite(OLD).records())

    write_records(records, tmp_path / "site.gz")

    assert list(read_records(tmp_path / "site.gz")) == records


@pytest.mark.parametrize("limit", ["MOST_BYTES_IN_ALL", "MOST_SECONDS"])
def test_endless_site_is_not_read_forever(running, english, monkeypatch, limit):
    running(routes())
    monkeypatch.setattr(fetching, limit, -1)

    with pytest.raises(ExportError, match="too large or too slow"):
        list(RestSite(OLD).records())


SIDEBARS = [
    {"id": "footer-1", "name": "Pied de page", "status": "active"},
    {"id": "wp_inactive_widgets", "name": "Inactifs", "status": "inactive"},
]
WIDGETS = [
    {
        "id_base": "text",
        "sidebar": "footer-1",
        "instance": {"raw": {"title": "Nous &amp; vous", "text": "12, rue Haute"}},
    },
    {"id_base": "block", "sidebar": "footer-1", "instance": {"raw": {"content": "<!-- wp:paragraph -->"}}},
    {"id_base": "plugin", "sidebar": "footer-1", "rendered": "<p>Ouvert le lundi</p>"},
    {"id_base": "recent-posts", "sidebar": "footer-1", "rendered": "<ul>Articles récents</ul>"},
    {"id_base": "text", "sidebar": "wp_inactive_widgets", "instance": {"raw": {"text": "Ancien"}}},
]


def test_texts_of_widgets_become_the_draft_of_a_page(running):
    running(routes(**{"wp/v2/sidebars": SIDEBARS, "wp/v2/widgets": WIDGETS}))

    (page,) = items("page", "anna", "abcd")

    assert page.status == "draft"
    assert page.content.split("\n\n") == [
        "<!-- wp:heading --><h2>Pied de page</h2><!-- /wp:heading -->",
        "<!-- wp:heading --><h3>Nous &amp; vous</h3><!-- /wp:heading -->",
        "12, rue Haute",
        "<!-- wp:paragraph -->",
        "<p>Ouvert le lundi</p>",
    ]


@pytest.mark.usefixtures("media")
def test_texts_of_widgets_stay_a_draft_when_everything_else_goes_live(running, lorraine, saar):
    running(routes(**{"wp/v2/sidebars": SIDEBARS, "wp/v2/widgets": WIDGETS, "wp/v2/media": []}))
    records, locale = RestSite(OLD, "anna", "abcd").records, lorraine.home.locale
    survey, mapping = look_at(records, lorraine.site, locale)

    run(records, lorraine.site, locale, survey, mapping, Options(is_live=True))

    page = Page.objects.get(slug="widgets").specific
    assert not page.live
    assert page.is_descendant_of(lorraine.home)
    assert "12, rue Haute" in str(page.get_latest_revision_as_object().body)


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("", {"wp/v2/sidebars": SIDEBARS, "wp/v2/widgets": WIDGETS}),
        ("anna", {"wp/v2/sidebars": 403, "wp/v2/widgets": 403}),
        ("anna", {"wp/v2/sidebars": SIDEBARS, "wp/v2/widgets": WIDGETS[-2:]}),
    ],
)
def test_site_without_widget_texts_gets_no_page_of_them(running, user, found):
    running(routes(**found))

    assert items("page", user, "abcd") == []
    assert items("post")
