"""A site is created in one step, by command or form."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Collection, Page, Site

from portal.content.records.settings import SiteSettings
from portal.content.serving.editions import LIST_WORDS
from portal.content.serving.theme import Theme
from portal.editorial.approval.checklist import findings
from portal.editorial.roles import Role, group_of, groups_of
from portal.sites.creation import STARTER_SLUGS
from tests.builders import make_member, newsroom_client, reader_of
from tests.checkers.refusals import is_refused
from tests.conftest import rolled_back

VOSGES = {"host": "vosges.localhost", "name": "Vosges Éco", "languages": "fr,de", "port": 80}


def create(**options) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("create_site", stdout=out, **{**VOSGES, **options})
    return out.getvalue()


def vosges() -> Site:
    return Site.objects.get(hostname="vosges.localhost")


@pytest.fixture(scope="class")
def created(module_network) -> Iterator[str]:
    """The site, and the output of its creation."""
    with rolled_back():
        yield create(theme="forest")


@pytest.mark.usefixtures("created", "lorraine")
class TestNewSite:
    def test_readers_are_served_in_each_language(self, created):
        assert "http://vosges.localhost/" in created
        for code in ("fr", "de"):
            response = reader_of("vosges.localhost").get(f"/{code}/")
            assert response.status_code == 200
            assert f"/{code}/{STARTER_SLUGS[code]['section']}/" in response.content.decode()
        assert SiteSettings.for_site(vosges()).brand_colour == Theme.FOREST.colours[0]

    def test_starter_pages_link_to_their_translations(self):
        page = reader_of("vosges.localhost").get("/fr/a-la-une/").content.decode()

        assert 'href="/de/aktuelles/"' in page
        assert reader_of("vosges.localhost").get("/fr/a-la-une/agenda/").status_code == 200

    def test_new_site_has_a_site_map_and_drafts_of_statutory_pages(self):
        for code in ("fr", "de"):
            slugs = STARTER_SLUGS[code]
            assert reader_of("vosges.localhost").get(f"/{code}/{slugs['site_map']}/").status_code == 200
            for key in ("accessibility", "legal", "privacy"):
                assert reader_of("vosges.localhost").get(f"/{code}/{slugs[key]}/").status_code == 404
        draft = Page.objects.get(slug="mentions-legales").specific
        assert (draft.publisher, draft.country) == ("Vosges Éco", "fr")
        missing = {finding.field for finding in findings(draft, timezone.now())}
        assert missing >= {"host_name", "contact_phone"}

    def test_newsroom_of_a_new_site_works_at_once(self, lorraine):
        editor = make_member("redactrice", group_of(vosges(), Role.EDITOR))
        client = newsroom_client(lorraine, editor)
        section = Page.objects.get(slug="a-la-une")

        own = client.get(reverse("wagtailadmin_pages:add", args=["articles", "articlepage", section.pk]))
        foreign = client.get(reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk]))

        assert own.status_code == 200
        assert is_refused(foreign)
        assert section.get_workflow() is not None

    def test_creating_a_site_again_changes_nothing(self):
        before = (Page.objects.count(), Site.objects.count(), Collection.objects.count(), groups_of(vosges()).count())
        settings = SiteSettings.for_site(vosges())
        settings.brand_colour = "#134a6e"
        settings.save()

        output = create(theme="brick", name="Autre nom")
        assert "existed already" in output
        assert "rename_site" not in output

        counts = (Page.objects.count(), Site.objects.count(), Collection.objects.count(), groups_of(vosges()).count())
        assert counts == before
        assert SiteSettings.for_site(vosges()).brand_colour == "#134a6e"
        assert vosges().site_name == "Vosges Éco"

    @pytest.mark.parametrize("port", [None, 443, 8000])
    def test_site_at_another_port_is_not_created_twice(self, port):
        output = create(port=port, languages="fr,de,en")

        assert [site.port for site in Site.objects.filter(hostname="vosges.localhost")] == [80]
        assert "now also has en" in output
        assert "rename_site vosges.localhost:80 vosges.localhost --port " in output

    def test_form_for_an_existing_host_says_so_and_changes_nothing(self, lorraine):
        client = newsroom_client(lorraine, make_member("admin", is_superuser=True))
        before = Page.objects.count(), Site.objects.count(), SiteSettings.for_site(vosges()).brand_colour
        form = {"host": "Vosges.localhost.", "name": "Autre nom", "own_language": "fr", "theme": "ocean"}

        output = client.post(reverse("create_site"), form, follow=True).content.decode()

        assert "Vosges Éco was not changed" in output
        assert (Page.objects.count(), Site.objects.count(), SiteSettings.for_site(vosges()).brand_colour) == before

    def test_other_roles_cannot_create_sites(self, lorraine):
        member = make_member("siteadmin")
        member.groups.add(group_of(vosges(), Role.SITE_ADMINISTRATOR))

        assert is_refused(newsroom_client(lorraine, member).get(reverse("create_site")))


@pytest.mark.usefixtures("lorraine")
class TestCreation:
    def test_organisers_of_a_new_site_write_in_every_language(self, lorraine):
        create(languages="fr")
        client = newsroom_client(lorraine, make_member("animatrice", group_of(vosges(), Role.ORGANISER)))
        create(languages="fr,de")

        for code in ("fr", "de"):
            calendar = Page.objects.get(
                slug=STARTER_SLUGS[code]["calendar"], url_path__startswith=f"/vosges-eco-{code}/"
            )
            found = client.get(reverse("wagtailadmin_pages:add", args=["events", "eventpage", calendar.pk]))
            assert found.status_code == 200
        foreign = client.get(reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk]))
        assert is_refused(foreign)

    def test_default_site_of_wagtail_is_replaced(self, lorraine):
        welcome = Site.objects.get(hostname="localhost")
        create()

        assert not Site.objects.filter(hostname="localhost").exists()
        assert Site.objects.get(is_default_site=True) == lorraine.site
        assert not Page.objects.filter(pk=welcome.root_page_id).exists()

    def test_used_site_at_the_same_host_is_not_replaced(self, lorraine):
        Site.objects.filter(hostname="localhost").update(site_name="Intern")
        create()

        assert Site.objects.filter(hostname="localhost").exists()

    def test_language_is_added_later(self):
        create(languages="fr")
        assert reader_of("vosges.localhost").get("/en/").status_code == 301

        assert "en" in create(languages="fr,en")

        assert reader_of("vosges.localhost").get("/en/news/").status_code == 200

    @pytest.mark.parametrize(
        ("facts", "output"),
        [
            ({"host": "*.vosges.localhost"}, "without a wildcard"),
            ({"host": "https://vosges.localhost/fr/"}, "vosges.localhost"),
            ({"host": "vosges.localhost:8000"}, "without https"),
            ({"host": "vosges_eco.localhost"}, "not a host name"),
            ({"host": "127.0.0.1"}, "not an IP address"),
            ({"host": "www.elsewhere.example"}, "ALLOWED_HOSTS"),
            ({"host": ""}, "not a host name"),
            ({"languages": "fr,xx"}, "xx"),
            ({"languages": ","}, "languages are"),
            ({"name": " "}, "name"),
            ({"theme": "gold"}, "gold"),
        ],
    )
    def test_invalid_argument_is_an_error_and_creates_nothing(self, facts, output):
        before = Page.objects.count(), Site.objects.count()

        with pytest.raises(CommandError, match=output):
            create(**facts)

        assert (Page.objects.count(), Site.objects.count()) == before

    def test_administrator_creates_a_site_with_the_form(self, lorraine):
        client = newsroom_client(lorraine, make_member("admin", is_superuser=True))
        form = {"host": "vosges.localhost", "name": "Vosges Éco", "own_language": "fr", "theme": "ocean"}

        response = client.post(reverse("create_site"), {**form, "host": "*.localhost"})
        assert "without a wildcard" in response.content.decode()
        assert not Site.objects.filter(site_name="Vosges Éco").exists()

        assert client.post(reverse("create_site"), {**form, "other_languages": ["de"]}).status_code == 302
        assert reader_of("vosges.localhost").get("/de/").status_code == 200

    def test_form_behind_a_proxy_ignores_the_port_of_the_web_server(self, lorraine, settings):
        settings.HTTPS = True
        client = newsroom_client(lorraine, make_member("admin", is_superuser=True))
        form = {"host": "vosges.localhost", "name": "Vosges Éco", "own_language": "fr", "other_languages": ["de"]}

        # The web server's port; the proxy forwards a host without a port.
        client.post(reverse("create_site"), {**form, "theme": "ocean"}, SERVER_PORT="8000")

        page = reader_of("vosges.localhost", x_forwarded_proto="https").get("/fr/").content.decode()
        assert '<link rel="canonical" href="https://vosges.localhost/fr/">' in page
        assert 'hreflang="de" href="https://vosges.localhost/de/"' in page
        assert ":8000" not in page

    def test_port_without_https_is_reported(self, settings):
        settings.HTTPS = True

        output = create(port=9232)

        assert "http://vosges.localhost:9232/" in output
        assert "rename_site vosges.localhost:9232 vosges.localhost --port 443" in output

    @pytest.mark.parametrize(
        ("https", "host", "address"),
        [
            (True, "vosges.localhost", "https://vosges.localhost"),
            (False, "vosges.example.org", "http://vosges.example.org"),
            (False, "vosges.localhost", "http://vosges.localhost:9000"),
        ],
    )
    def test_form_and_command_give_the_same_address(self, lorraine, settings, https, host, address):
        settings.HTTPS, settings.ALLOWED_HOSTS = https, ["*"]
        settings.LISTENING = settings.LISTENING._replace(port=9000)
        client = newsroom_client(lorraine, make_member("admin", is_superuser=True))
        form = {"name": "Vosges Éco", "own_language": "fr", "theme": "ocean"}

        client.post(reverse("create_site"), {**form, "host": host})
        create(host=f"autre-{host}", port=None)

        found = Site.objects.filter(hostname__endswith=host).order_by("-hostname")
        assert [site.root_url for site in found] == [address, address.replace("vosges", "autre-vosges")]

    def test_form_keeps_its_input_beside_an_error(self, lorraine):
        client = newsroom_client(lorraine, make_member("admin", is_superuser=True))
        form = {"host": "vosges,localhost", "name": "Vosges Éco", "own_language": "de", "theme": "ocean"}

        page = client.post(reverse("create_site"), form).content.decode()

        assert 'value="vosges,localhost"' in page
        assert 'value="Vosges Éco"' in page
        assert '<option value="de" selected' in page

    def test_wagtails_form_leads_to_this_one(self, lorraine):
        client = newsroom_client(lorraine, make_member("chief", is_superuser=True))

        assert client.get(reverse("wagtailsites:add")).url == reverse("create_site")
        client.post(
            reverse("wagtailsites:add"), {"hostname": "pris.localhost", "port": 80, "root_page": lorraine.home.pk}
        )
        assert not Site.objects.filter(hostname="pris.localhost").exists()


def test_slugs_of_starter_pages_differ_from_the_full_lists():
    for code, slugs in STARTER_SLUGS.items():
        assert set(slugs.values()).isdisjoint(LIST_WORDS[code].values())
