"""A site's further hosts redirect to the same path of its main host, and belong to no other site."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry, Site

from portal.content.records.hosts import FurtherHost
from portal.editorial.roles import Role
from portal.sites.further_hosts import add_host
from portal.sites.renaming import rename_site
from tests.builders import make_member, make_private, make_settings, newsroom_client, reader_of


@pytest.fixture
def bare(lorraine, saar) -> str:
    """A further host of Lorraine; Saar has one, too."""
    FurtherHost.objects.create(hostname="bare.localhost", site=lorraine.site)
    FurtherHost.objects.create(hostname="decoy.localhost", site=saar.site)
    return "bare.localhost"


@pytest.fixture
def administrator(lorraine):
    return newsroom_client(lorraine, make_member("admin", is_superuser=True))


def add(client, site: Site, host: str):
    return client.post(reverse("hosts"), {"site": site.pk, "host": host})


class TestReaders:
    def test_further_host_redirects_to_the_same_page_of_its_own_site(self, lorraine, bare):
        response = reader_of(bare).get("/fr/rubrique/?page=2&q=a%20b")

        assert response.status_code == 301
        assert response.headers["Location"] == "http://lorraine.localhost/fr/rubrique/?page=2&q=a%20b"

    def test_redirect_has_the_port_and_scheme_of_the_site(self, lorraine, bare):
        Site.objects.filter(pk=lorraine.site.pk).update(port=443)

        assert reader_of(bare).get("/fr/").headers["Location"] == "https://lorraine.localhost/fr/"

    def test_redirect_sets_no_cookie(self, bare):
        response = reader_of(bare).get("/fr/")

        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")

    def test_caches_must_revalidate_a_redirect_since_the_host_may_become_a_site(self, bare):
        assert "no-cache" in reader_of(bare).get("/fr/").headers["Cache-Control"]

    @pytest.mark.parametrize("path", ["//evil.example/", "/%2F/evil.example/", "/\\evil.example", "/@evil.example/"])
    def test_no_path_redirects_elsewhere(self, bare, path):
        location = reader_of(bare).get(path).headers["Location"]

        assert location.startswith("http://lorraine.localhost/")

    @pytest.mark.parametrize(
        "headers",
        [{"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}, {"X-Host": "evil.example"}],
    )
    def test_no_header_redirects_elsewhere(self, bare, headers):
        assert reader_of(bare).get("/fr/", headers=headers).headers["Location"] == "http://lorraine.localhost/fr/"

    @pytest.mark.parametrize("host", ["bare.localhost.evil.example", "evil-bare.localhost", "sub.bare.localhost"])
    def test_similar_host_is_unknown(self, bare, host, settings):
        settings.ALLOWED_HOSTS = ["*"]

        assert reader_of(host).get("/fr/").status_code == 400

    def test_host_is_found_in_any_case_and_with_any_port(self, bare):
        assert reader_of("BARE.localhost:8443").get("/fr/").headers["Location"] == "http://lorraine.localhost/fr/"

    def test_closed_site_shows_nothing_at_a_further_host(self, lorraine, bare):
        make_settings(lorraine, is_closed=True)
        make_private(lorraine.section)

        existing, missing = reader_of(bare).get("/fr/rubrique/"), reader_of(bare).get("/fr/missing/")

        assert (existing.status_code, missing.status_code) == (301, 301)
        assert existing.content == missing.content == b""
        assert reader_of(lorraine.host).get("/fr/rubrique/").status_code == 503

    def test_form_sent_to_a_further_host_is_sent_again_to_the_main_one(self, bare):
        assert reader_of(bare).post("/fr/_newsletter/leave/x/").status_code == 308

    def test_page_of_the_main_host_never_names_a_further_one(self, lorraine, bare):
        assert bare not in reader_of(lorraine.host).get("/fr/").content.decode()


class TestAdding:
    def test_network_administrator_adds_a_host_that_redirects_at_once(self, lorraine, administrator):
        assert add(administrator, lorraine.site, " NEU.localhost. ").status_code == 302

        assert reader_of("neu.localhost").get("/fr/").headers["Location"] == "http://lorraine.localhost/fr/"

    def test_international_host_is_stored_as_browsers_send_it(self, lorraine, administrator):
        add(administrator, lorraine.site, "Müller.localhost")

        assert FurtherHost.objects.get().hostname == "xn--mller-kva.localhost"

    @pytest.mark.parametrize(
        "host",
        ["lorraine.localhost", "SAAR.localhost", "bare.localhost", "decoy.localhost", "new.localhost:8000",
         "https://new.localhost/", "*.localhost", "127.0.0.1", "new localhost", "", "elsewhere.example"],
    )  # fmt: skip
    def test_invalid_or_taken_host_is_refused(self, lorraine, bare, administrator, host):
        response = add(administrator, lorraine.site, host)

        assert response.status_code == 200
        assert response.context["form"].errors["host"]
        assert set(FurtherHost.objects.values_list("hostname", "site")) == {
            ("bare.localhost", lorraine.site.pk),
            ("decoy.localhost", Site.objects.get(hostname="saar.localhost").pk),
        }

    def test_host_taken_while_the_form_was_open_is_refused(self, lorraine, saar):
        add_host(lorraine.site, "new.localhost", None)

        with pytest.raises(ValidationError):
            add_host(saar.site, "new.localhost", None)

    def test_log_names_who_added_the_host(self, lorraine, administrator):
        add(administrator, lorraine.site, "new.localhost")

        entry = ModelLogEntry.objects.get(action="portal.host_added")
        assert (entry.user.username, entry.data["host"]) == ("admin", "new.localhost")
        assert "new.localhost" in str(entry.message)

    def test_removed_host_is_unknown_at_once(self, lorraine, bare, administrator, settings):
        settings.ALLOWED_HOSTS = ["*"]
        assert reader_of(bare).get("/fr/").status_code == 301

        administrator.post(reverse("remove_further_host", args=[FurtherHost.objects.get(hostname=bare).pk]))

        assert reader_of(bare).get("/fr/").status_code == 400
        assert reader_of("decoy.localhost").get("/fr/").status_code == 301

    def test_list_names_each_host_below_its_site(self, lorraine, bare, administrator):
        sites = administrator.get(reverse("hosts")).context["sites"]

        assert {each.site.hostname: [row.host for row in each.rows] for each in sites} == {
            "lorraine.localhost": ["lorraine.localhost", "bare.localhost"],
            "saar.localhost": ["saar.localhost", "decoy.localhost"],
        } | {each.site.hostname: [each.site.hostname] for each in sites if each.site.hostname == "localhost"}

    def test_site_administrator_gets_no_list_and_changes_nothing(self, lorraine, saar, bare, newsroom):
        client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
        row = FurtherHost.objects.get(hostname=bare)

        assert client.get(reverse("hosts")).status_code in (302, 403)
        add(client, lorraine.site, "new.localhost")
        client.post(reverse("remove_further_host", args=[row.pk]))

        assert set(FurtherHost.objects.values_list("hostname", flat=True)) == {"bare.localhost", "decoy.localhost"}

    def test_permission_on_the_model_alone_changes_nothing(self, lorraine, saar, bare, newsroom):
        user = newsroom[Role.SITE_ADMINISTRATOR]
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="core"))
        client = newsroom_client(lorraine, user)

        client.post(reverse("remove_further_host", args=[FurtherHost.objects.get(hostname=bare).pk]))

        assert FurtherHost.objects.filter(hostname=bare).exists()


class TestSites:
    def test_new_site_cannot_take_a_host_that_redirects(self, bare):
        facts = {"host": bare, "name": "Bare", "languages": "fr"}

        with pytest.raises((CommandError, ValidationError), match=r"lorraine|Lorraine|redirects"):
            call_command("create_site", **facts)

        assert not Site.objects.filter(hostname=bare).exists()

    def test_form_refuses_a_host_that_redirects_beside_its_field(self, bare, administrator):
        form = {"host": bare, "name": "Bare", "own_language": "fr", "theme": "ocean"}

        response = administrator.post(reverse("create_site"), form)

        assert response.context["form"].errors["host"]
        assert not Site.objects.filter(hostname=bare).exists()

    def edit(self, client, site: Site, **facts):
        data = {"hostname": site.hostname, "port": site.port, "site_name": site.site_name}
        data |= {"root_page": site.root_page_id, "is_default_site": "on" if site.is_default_site else ""}
        return client.post(reverse("wagtailsites:edit", args=[site.pk]), data | facts)

    def test_host_changed_in_wagtails_form_redirects_from_the_former_one(self, lorraine, bare, administrator):
        assert self.edit(administrator, lorraine.site, hostname="Vosges.localhost").status_code == 302

        for old in ("lorraine.localhost", bare):
            assert reader_of(old).get("/fr/").headers["Location"] == "http://vosges.localhost/fr/"
        assert reader_of("decoy.localhost").get("/fr/").headers["Location"] == "http://saar.localhost/fr/"

    @pytest.mark.parametrize("host", ["saar.localhost", "decoy.localhost", "*.localhost", "vosges.localhost:80"])
    def test_wagtails_form_refuses_a_host_of_another_site(self, lorraine, bare, administrator, host):
        response = self.edit(administrator, lorraine.site, hostname=host)

        assert response.context["form"].errors["hostname"]
        assert Site.objects.get(pk=lorraine.site.pk).hostname == "lorraine.localhost"

    def test_wagtails_form_renames_a_site_without_a_redirect_if_only_its_name_changes(self, lorraine, administrator):
        self.edit(administrator, lorraine.site, site_name="Grand Est")

        assert Site.objects.get(pk=lorraine.site.pk).site_name == "Grand Est"
        assert not FurtherHost.objects.exists()

    def test_site_may_take_its_own_further_host(self, lorraine, bare):
        rename_site(lorraine.site, bare)

        assert reader_of(bare).get("/fr/").status_code == 200
        assert reader_of("lorraine.localhost").get("/fr/").headers["Location"] == "http://bare.localhost/fr/"

    def test_deleted_site_leaves_no_redirect(self, lorraine, bare, settings):
        settings.ALLOWED_HOSTS = ["*"]
        lorraine.site.delete()

        assert reader_of(bare).get("/fr/").status_code == 400
