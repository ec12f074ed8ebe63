"""Every address of the old site redirects or gives a 410, at its own host only."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.test import override_settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from home.models import StandardPage
from tests.builders import SampleSite
from tests.conftest import rolled_back
from tests.moving.conftest import import_parts, make_uploads, page_of
from tests.moving.exports import OLD, a_tag, attachment, author, category, item

pytestmark = pytest.mark.usefixtures("newsroom")
FAIR = '<category domain="tribe_events_cat" nicename="foire">Foire</category>'
FAIR_TERM = (
    "<wp:term><wp:term_taxonomy>tribe_events_cat</wp:term_taxonomy><wp:term_slug>foire</wp:term_slug>"
    "<wp:term_name>Foire</wp:term_name></wp:term>"
)

GUIDE_LINK = f'<p><a href="{OLD}/wp-content/uploads/2024/05/guide.pdf">Guide</a></p>'


@pytest.fixture(scope="class")
def moved(module_network, module_newsrooms, tmp_path_factory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("moved")
    with override_settings(MEDIA_ROOT=folder / "media"), rolled_back():
        import_parts(
            module_network.lorraine,
            folder,
            author("anna", "Anna"),
            author("Léa.Martin@ancien.example", "Léa"),
            category("eco", "Économie"),
            a_tag("bois", "Bois"),
            *(item(f"N {n}", GUIDE_LINK, wp_id=n, categories=("eco",), tags=("bois",)) for n in range(1, 5)),
            item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/"),
            attachment("Guide", f"{OLD}/wp-content/uploads/2024/05/guide.pdf", wp_id=70),
            media=str(make_uploads(folder / "uploads")),
            live=True,
        )
        yield


def target(ground: SampleSite, path: str) -> str:
    response = ground.reader().get(path)
    return response["Location"].removeprefix(f"http://{ground.host}") if response.status_code == 301 else ""


@pytest.mark.usefixtures("moved")
class TestAfterAnImport:
    @pytest.mark.parametrize("path", ["/2024/05/n-1/", "/2024/05/n-1", "/?p=1"])
    def test_story_is_found_at_its_old_addresses(self, lorraine, path):
        assert target(lorraine, path) == lorraine.address(page_of(1))

    @pytest.mark.parametrize(
        ("path", "begins"),
        [
            ("/contact/", "/fr/contact"),
            ("/?page_id=9", "/fr/contact"),
            ("/category/eco/", "/fr/economie/"),
            ("/tag/bois/", "/fr/"),
            ("/tag/bois/feed/", "/fr/"),
            ("/author/anna/", "/fr/"),
            ("/author/lea-martinancien-example/", "/fr/"),
            ("/2024/", "/fr/"),
            ("/2024/05/", "/fr/"),
            ("/feed/", "/fr/feed.rss"),
            ("/2024/05/n-1/feed/", "/fr/economie/n-1/"),
            ("/wp-sitemap.xml", "/sitemap.xml"),
            ("/wp-sitemap-posts-post-1.xml", "/sitemap.xml"),
            ("/wp-sitemap-taxonomies-category-1.xml", "/sitemap.xml"),
            ("/wp-sitemap-users-1.xml", "/sitemap.xml"),
            ("/sitemap_index.xml", "/sitemap.xml"),
            ("/post_tag-sitemap.xml", "/sitemap.xml"),
            ("/wp-content/uploads/2024/05/guide.pdf", "/documents/"),
        ],
    )
    def test_other_old_addresses_redirect(self, lorraine, path, begins):
        found = target(lorraine, path)

        assert found.startswith(begins)
        with closing(lorraine.reader().get(found)) as response:
            assert response.status_code == 200

    def test_addresses_of_wordpress_itself_are_gone(self, lorraine):
        assert lorraine.reader().get("/wp-login.php").status_code == 410

    def test_other_site_has_none_of_the_redirects(self, saar):
        for path in ("/2024/05/n-1/", "/contact/", "/category/eco/", "/wp-login.php", "/wp-sitemap.xml"):
            assert saar.reader().get(path).status_code == 404
        assert "fr/economie" not in saar.reader().get("/?p=1")["Location"]


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("/journal/?p=1", "/fr/economie/n-1/"),
        ("/journal/?page_id=9", "/fr/contact/"),
        ("/journal/category/eco/", "/fr/economie/"),
        ("/journal/author/anna/", "/fr/"),
        ("/journal/2024/05/", "/fr/"),
        ("/journal/feed/", "/fr/feed.rss"),
        ("/journal/2024/05/n-1/feed/", "/fr/economie/n-1/"),
        ("/journal/wp-sitemap.xml", "/sitemap.xml"),
        ("/journal/", "/fr/"),
    ],
)
def test_site_in_a_folder_of_its_host_is_found_there(bring, lorraine, path, begins):
    old = f"{OLD}/journal"
    posts = [item(f"N {n}", "Texte", wp_id=n, link=f"{old}/2024/05/n-{n}/", categories=("eco",)) for n in range(1, 5)]
    contact = item("Contact", "Texte", "page", wp_id=9, link=f"{old}/contact/")
    bring(author("anna", "Anna"), category("eco", "Économie"), *posts, contact, address=old, live=True)

    assert target(lorraine, path).startswith(begins)
    assert lorraine.reader().get("/journal/wp-login.php").status_code == 410


def test_story_is_found_at_the_first_address_that_it_had(bring, lorraine):
    bring(item("Un", "Texte", wp_id=1, guid="https://plus-ancien.example/archives/un.html"), live=True)

    assert target(lorraine, "/archives/un.html") == lorraine.address(page_of(1))


def test_current_address_of_another_story_is_not_redirected(bring, lorraine):
    bring(
        item("Un", "Texte", wp_id=1, guid=f"{OLD}/2024/05/deux/"),
        item("Deux", "Texte", wp_id=2),
        live=True,
    )

    assert target(lorraine, "/2024/05/deux/") == lorraine.address(page_of(2))


@pytest.fixture
def visit(bring) -> Page:
    """An event in the calendar of the site."""
    meta = {"_EventStartDate": "2031-12-10 18:00:00", "_EventEndDate": "2031-12-10 20:00:00", "_EventVenueID": "80"}
    bring(
        item("La Halle", kind="tribe_venue", wp_id=80, link=f"{OLD}/venue/la-halle/"),
        item("Visite", "Texte", "tribe_events", wp_id=5, meta=meta, more=FAIR),
        FAIR_TERM,
        live=True,
    )
    return page_of(5)


def test_event_is_found_at_its_short_link(visit, lorraine):
    assert target(lorraine, "/?post_type=tribe_events&p=5") == lorraine.address(visit)


@pytest.mark.parametrize("path", ["/events/", "/venue/la-halle/"])
def test_list_of_events_and_their_places_lead_to_the_calendar(visit, lorraine, path):
    assert target(lorraine, path) == lorraine.address(visit.get_parent())


def test_category_of_events_leads_to_its_topic(visit, lorraine):
    assert target(lorraine, "/events/category/foire/").endswith("/foire/")


def test_missing_file_is_gone_until_it_is_imported(bring, lorraine, uploads):
    guide = attachment("Plan", f"{OLD}/wp-content/uploads/2024/05/plan.pdf", wp_id=71)
    link = f'<p><a href="{OLD}/wp-content/uploads/2024/05/plan.pdf">Plan</a></p>'
    bring(guide, item("Un", link, wp_id=1), live=True)
    assert lorraine.reader().get("/wp-content/uploads/2024/05/plan.pdf").status_code == 410

    (uploads / "2024/05/plan.pdf").write_bytes(b"%PDF-1.4 plan")
    bring(guide, item("Un", link, wp_id=1), live=True)

    assert target(lorraine, "/wp-content/uploads/2024/05/plan.pdf").startswith("/documents/")


def test_picture_edited_on_the_old_site_is_found_at_its_first_name(bring, lorraine, uploads):
    (uploads / "2024/05/hall-e1321827731865.png").write_bytes((uploads / "2024/05/hall.png").read_bytes())
    address = f"{OLD}/wp-content/uploads/2024/05/hall-e1321827731865.png"
    bring(attachment("Hall", address, wp_id=72), item("Un", f'<p>Un</p><img src="{address}">', wp_id=1), live=True)

    for name in ("hall.png", "hall-e1321827731865.png"):
        assert target(lorraine, f"/wp-content/uploads/2024/05/{name}").startswith("/pictures/")


def test_existing_redirect_of_an_old_address_is_unchanged(bring, lorraine):
    Redirect.add_redirect("/2024/05/un/", lorraine.section, site=lorraine.site)

    report = bring(item("Un", "Texte", wp_id=1), live=True)

    assert report.counts["old addresses that lead elsewhere already"] == 1
    assert target(lorraine, "/2024/05/un/") == lorraine.address(lorraine.section)


def test_category_that_only_its_posts_name_leads_to_its_section(bring, lorraine):
    named = '<category domain="category" nicename="economie-locale">Économie locale</category>'

    bring(*(item(f"N {n}", "Texte", wp_id=n, more=named) for n in range(1, 5)), live=True)

    assert target(lorraine, "/category/economie-locale/") == "/fr/economie-locale/"


def begun(ground: SampleSite, user: Any = None) -> StandardPage:
    """The draft “Contact” of a new site, or one that somebody has begun to write."""
    page = StandardPage(title="Contact", slug="contact", locale=ground.home.locale, live=False)
    Page.objects.get(pk=ground.home.pk).add_child(instance=page)
    page.save_revision(user=user, clean=False)
    return page


def test_untouched_draft_gives_its_address_to_the_imported_page(bring, lorraine, saar):
    draft, decoy = begun(lorraine), begun(saar)

    bring(item("Contact", "Texte", "page", wp_id=9, slug="contact"), live=True)

    Page.objects.get(pk=draft.pk).get_latest_revision().publish()
    slugs = dict(Page.objects.values_list("pk", "slug"))
    assert [slugs[key] for key in (page_of(9).pk, draft.pk, decoy.pk)] == ["contact", "contact-2", "contact"]


def test_edited_draft_keeps_its_address(bring, lorraine, django_user_model):
    begun(lorraine, django_user_model.objects.create_user("lea"))

    bring(item("Contact", "Texte", "page", wp_id=9, slug="contact"), live=True)

    assert page_of(9).slug == "contact-2"
