"""A site can be closed or unlisted, and only an allowed analytics service may measure it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.content.mail import compose
from portal.content.records.settings import SiteSettings
from tests.builders import make_article, make_member, make_settings, newsroom_client

MATOMO = "https://stats.portal.example"
PAGES = ("/", "/fr/", "/fr/rubrique/", "/fr/rubrique/actualites/", "/de/rubrique/")


@pytest.fixture
def closed(lorraine):
    return make_settings(lorraine, is_closed=True)


def words(**facts):
    return [("edition", {"language": "fr", "legal_links": [], **facts})]


@pytest.mark.parametrize("path", PAGES)
def test_closed_site_shows_a_notice_that_is_not_cached(lorraine, closed, path):
    response = lorraine.reader().get(path)

    assert response.status_code == 503
    assert response["Retry-After"]
    assert "no-store" in response["Cache-Control"]
    assert lorraine.site.site_name in response.content.decode()
    assert "Article lorrain" not in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/calendar.ics",
        "/sitemap.xml",
        "/sitemap-fr-1.xml",
        "/sitemap-news.xml",
        "/sitemap-catalogue.xml",
        "/api/v2/pages/",
        "/api/v2/openapi.json",
        "/share/{page}/0123456789abcdef.png",
        "/fr/feed.rss",
    ],
)
def test_closed_site_has_no_machine_readable_content(lorraine, saar, closed, path):
    story = make_article(lorraine.section, "Article lorrain de plus")
    response = lorraine.reader().get(path.format(page=story.pk))

    assert response.status_code == 503
    assert "no-store" in response["Cache-Control"]
    assert "lorrain de plus" not in response.content.decode()
    assert (
        saar.reader().get(path.format(page=story.pk).replace("/fr/", "/de/").replace("-fr-", "-de-")).status_code != 503
    )


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico", "/site.webmanifest", "/admin/login/", "/admin"])
def test_closed_site_serves_theme_robots_and_newsroom(lorraine, closed, path):
    assert lorraine.reader().get(path).status_code in (200, 301)


def test_notice_of_a_closed_site_has_its_style_sheet(lorraine, closed):
    notice = lorraine.reader().get("/fr/").content.decode()
    address = notice.split('href="/theme-')[1].split('"')[0]

    assert lorraine.reader().get(f"/theme-{address}").status_code == 200


def test_closed_site_shows_its_own_wording(lorraine, closed):
    make_settings(lorraine, wording=words(closed="Nous revenons lundi."))

    assert "Nous revenons lundi." in lorraine.reader().get("/fr/").content.decode()


def test_other_site_and_the_newsroom_stay_open(lorraine, saar, closed):
    assert saar.reader().get("/de/").status_code == 200
    admin = newsroom_client(lorraine, make_member("admin", is_superuser=True))
    assert admin.get(reverse("wagtailadmin_home")).status_code == 200


def test_page_of_a_closed_site_can_be_previewed(lorraine, closed):
    page = lorraine.section

    assert page.make_preview_request(None, page.default_preview_mode).status_code == 200


def test_missing_page_shows_the_wording_of_its_site(lorraine, saar):
    make_settings(lorraine, wording=words(not_found="Cette page a pris sa retraite."))

    assert "a pris sa retraite" in lorraine.reader().get("/fr/rien/").content.decode()
    assert "a pris sa retraite" not in saar.reader().get("/fr/rien/").content.decode()


def test_unlisted_site_excludes_search_engines(lorraine, saar):
    make_settings(lorraine, is_unlisted=True)

    assert "noindex" in lorraine.reader().get("/fr/").content.decode()
    assert "Disallow: /\n" in lorraine.reader().get("/robots.txt").content.decode()
    assert "noindex" not in saar.reader().get("/de/").content.decode()
    assert "Disallow: /\n" not in saar.reader().get("/robots.txt").content.decode()


def test_type_size_is_set_per_site(lorraine, saar):
    make_settings(lorraine, type_scale="large")

    def theme(ground):
        page = ground.reader().get(f"/{ground.language}/").content.decode()
        address = page.split('href="/theme-')[1].split('"')[0]
        return ground.reader().get(f"/theme-{address}").content.decode()

    assert "font-size:108%" in theme(lorraine)
    assert "font-size" not in theme(saar)


def test_mails_come_from_the_address_of_the_site(lorraine, saar):
    make_settings(lorraine, sender_address="journal@lorraine.example")

    assert SiteSettings.for_site(saar.site).sender_address == ""
    for ground, address in ((lorraine, "journal@lorraine.example"), (saar, "portal@localhost")):
        message = compose("base", {}, to="a@portal.example", language="fr", site=ground.site)
        assert message.sender == f"{ground.site.site_name} <{address}>"


class TestAnalytics:
    @pytest.fixture(autouse=True)
    def allowed(self, settings):
        settings.ANALYTICS = {MATOMO: "matomo", "https://plausible.portal.example": "plausible"}

    def test_readers_are_not_counted_unless_the_site_opts_in(self, lorraine, saar):
        make_settings(lorraine, analytics=MATOMO, analytics_key="7")

        counted, other = lorraine.reader().get("/fr/"), saar.reader().get("/de/")

        assert f'data-origin="{MATOMO}"' in counted.content.decode()
        assert f"script-src 'self' {MATOMO}" in counted["Content-Security-Policy"]
        assert "unsafe" not in counted["Content-Security-Policy"]
        assert MATOMO not in other.content.decode() + other["Content-Security-Policy"]

    def test_other_service_has_its_own_script(self, lorraine):
        make_settings(lorraine, analytics="https://plausible.portal.example", analytics_key="lorraine.example")

        page = lorraine.reader().get("/fr/").content.decode()

        assert 'data-service="plausible" data-origin="https://plausible.portal.example"' in page
        assert 'data-site="lorraine.example"' in page

    def test_no_longer_allowed_service_is_not_called(self, lorraine, settings):
        make_settings(lorraine, analytics=MATOMO, analytics_key="7")
        settings.ANALYTICS = {}

        response = lorraine.reader().get("/fr/")

        assert MATOMO not in response.content.decode() + response["Content-Security-Policy"]

    @pytest.mark.parametrize(("service", "key"), [("https://evil.example", "7"), (MATOMO, ""), (MATOMO, '7"><script>')])
    def test_form_rejects_a_service_that_is_not_allowed(self, lorraine, service, key):
        site_settings = SiteSettings.for_site(lorraine.site)
        site_settings.analytics, site_settings.analytics_key = service, key

        with pytest.raises(ValidationError, match="analytics"):
            site_settings.full_clean()
