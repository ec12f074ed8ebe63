"""Each page has one URL per language; any other URL redirects there or is not found."""

import pytest
from wagtail.models import Site

from events.registration.links import form_url
from portal.content.serving import snapshot
from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_section,
    make_site,
    make_standard_page,
    reader_of,
)


def test_page_is_served_below_its_language(lorraine, reader):
    article = make_article(lorraine.section, "Une usine")
    german = make_article(lorraine.sections["de"], "Ein Werk")

    assert "Une usine" in reader.get(lorraine.address(article)).content.decode()
    assert "Ein Werk" in reader.get(lorraine.address(german)).content.decode()
    assert lorraine.address(article).startswith("/fr/")
    assert lorraine.address(german).startswith("/de/")


def test_page_declares_its_language(lorraine, reader):
    response = reader.get("/de/")

    assert '<html lang="de"' in response.content.decode()
    assert response["Content-Language"] == "de"


def test_page_is_not_found_below_another_language(lorraine, reader):
    article = make_article(lorraine.section, "Une usine")

    assert reader.get(lorraine.address(article).replace("/fr/", "/de/")).status_code == 404


def test_unavailable_language_redirects_to_the_default(lorraine, reader):
    article = make_article(lorraine.section, "Une usine")

    for path, own in [("/en/", "/fr/"), (lorraine.address(article).replace("/fr/", "/en/"), lorraine.address(article))]:
        response = reader.get(path)
        assert (response.status_code, response["Location"]) == (301, own)


def test_form_in_an_unavailable_language_redirects_to_the_default(lorraine, reader):
    event = make_event(lorraine.calendar, takes_registrations=True)
    form = form_url(event.occurrences.get())
    own = f"/fr/{form.split('/', 2)[2]}"
    wrong = own.replace("/fr/", "/en/")

    response = reader.get(f"{wrong}?seats=2&name=J%C3%BCrgen")
    assert (response.status_code, response["Location"]) == (301, f"{own}?seats=2&name=J%C3%BCrgen")
    assert reader.get(own).status_code == 200
    # The post is accepted, and its response is in the site's language.
    answer = reader.post(wrong, {})
    assert 'lang="fr"' in answer.content.decode()


def test_unknown_language_is_not_found(reader):
    response = reader.get("/xx/", follow=True)

    assert response.status_code == 404


def test_missing_slash_is_added(lorraine, reader):
    article = make_article(lorraine.section, "Une usine")

    for path in ("/fr", lorraine.address(article).rstrip("/")):
        response = reader.get(path)
        assert (response.status_code, response["Location"]) == (301, path + "/")


def test_unknown_url_gets_an_error_page_of_the_site(lorraine, reader):
    response = reader.get("/fr/rien-de-tel/")

    assert response.status_code == 404
    page = response.content.decode()
    assert lorraine.site.site_name in page
    assert 'href="/fr/"' in page
    assert "Article lorrain fr" in page
    assert "sarrois" not in page
    assert 'name="robots" content="noindex"' in page


def test_unknown_url_gets_an_error_page_in_its_language(reader):
    page = reader.get("/de/nichts-dergleichen/").content.decode()

    assert '<html lang="de"' in page
    assert "Article lorrain de" in page
    assert "Article lorrain fr" not in page


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_loopback_address_redirects_to_localhost(db, lorraine, host):
    Site.objects.filter(hostname="localhost").delete()
    assert reader_of(host).get("/fr/").status_code == 400

    lorraine.site.hostname, lorraine.site.port = "localhost", 8000
    lorraine.site.save()

    for requested_host in (host, f"{host}:8000"):
        response = reader_of(requested_host).get("/fr/rubrique/?page=2")
        assert response.status_code == 302
        assert response["Location"] == "http://localhost:8000/fr/rubrique/?page=2"


@pytest.mark.parametrize("host", ["nobody.localhost", "evil.example", "localhost.evil.example"])
def test_unknown_host_gets_an_error_page(lorraine, host):
    for path in ("/", "/fr/", lorraine.address(lorraine.section), "/admin/", "/documents/1/x.pdf"):
        response = reader_of(host).get(path)
        page = response.content.decode()
        assert response.status_code == 400
        assert "<h1" in page
        assert lorraine.site.site_name not in page


def test_host_matches_in_any_case_and_with_any_port(lorraine):
    # A trailing dot makes a fully qualified name of the same host.
    for host in ("LORRAINE.localhost", "lorraine.localhost:8123", "lorraine.localhost:80", "lorraine.localhost."):
        assert reader_of(host).get("/fr/").status_code == 200


def test_sites_of_one_host_are_distinguished_by_port(db):
    make_site("shared.localhost", name="First", port=8001)
    make_site("shared.localhost", name="Second", port=8002)

    assert "<h1" in reader_of("shared.localhost:8001").get("/fr/").content.decode()
    assert "First" in reader_of("shared.localhost:8001").get("/fr/").content.decode().split("<body")[0]
    assert "Second" in reader_of("shared.localhost:8002").get("/fr/").content.decode().split("<body")[0]


def test_invented_ports_are_not_cached(lorraine):
    for port in range(1000, 1050):
        assert reader_of(f"lorraine.localhost:{port}").get("/").status_code == 302

    assert len(snapshot._snapshots) <= 5


def test_site_without_live_home_page_serves_only_the_admin(db):
    ground = make_site("solo.localhost")
    make_draft(ground.home)

    reader = reader_of(ground.host)
    assert reader.get("/fr/").status_code == 404
    assert reader.get("/").status_code == 302
    assert reader.get("/admin/login/").status_code == 200


def test_page_of_another_site_is_not_found(lorraine, saar, reader):
    article = make_article(saar.sections["fr"], "Un article sarrois")
    path = saar.address(article)

    assert saar.reader().get(path).status_code == 200
    assert reader.get(path).status_code == 404


def test_page_is_not_found_at_its_tree_path(lorraine, reader):
    """The slug of the home page is not part of any URL."""
    assert reader.get(f"/fr/{lorraine.home.slug}/").status_code == 404
    assert reader.get(f"/fr/{lorraine.home.slug}/{lorraine.section.slug}/").status_code == 404


def test_draft_of_a_live_page_is_not_shown(lorraine, reader):
    article = make_article(lorraine.section, "Ancien titre")
    article.title = "Titre en préparation"
    article.save_revision()

    page = reader.get(lorraine.address(article)).content.decode()
    assert "Ancien titre" in page
    assert "Titre en préparation" not in page


def test_alias_is_served_with_the_canonical_url_of_its_original(lorraine, reader):
    other = make_section(lorraine.home, "Bois")
    article = make_article(lorraine.section, "Original")
    alias = article.create_alias(parent=other, update_slug="copie")

    response = reader.get(lorraine.address(alias))

    assert response.status_code == 200
    canonical = f'<link rel="canonical" href="{lorraine.site.root_url}{lorraine.address(article)}">'
    assert canonical in response.content.decode()


def test_page_has_one_canonical_url(lorraine, reader):
    article = make_article(lorraine.section, "Une usine")

    page = reader.get(lorraine.address(article) + "?utm_source=lettre").content.decode()

    assert f'<link rel="canonical" href="{lorraine.site.root_url}{lorraine.address(article)}">' in page


def test_path_below_a_story_is_not_found(lorraine, reader):
    article = make_article(lorraine.section, "Une usine")
    plain = make_standard_page(lorraine.home)

    assert reader.get(lorraine.address(article, "actualites/")).status_code == 404
    assert reader.get(lorraine.address(plain, "calendrier/")).status_code == 404


def test_full_lists_have_one_name_in_each_language(lorraine, reader):
    for code, words in [("fr", ("actualites", "calendrier")), ("de", ("nachrichten", "kalender"))]:
        for word in words:
            assert reader.get(f"/{code}/{word}/").status_code == 200
            assert reader.get(lorraine.address(lorraine.sections[code], f"{word}/")).status_code == 200
    assert reader.get("/fr/nachrichten/").status_code == 404
    assert reader.get("/de/actualites/").status_code == 404


def test_deep_or_long_paths_need_no_additional_query(lorraine, reader, django_assert_max_num_queries):
    reader.get("/fr/")
    reader.get("/fr/")
    with django_assert_max_num_queries(4):
        assert reader.get("/fr/" + "a/" * 500).status_code == 404
    with django_assert_max_num_queries(4):
        assert reader.get("/fr/" + "a" * 4000 + "/").status_code == 404


def test_pages_accept_only_get_and_head(lorraine, reader):
    assert reader.head("/fr/").status_code == 200
    for method in (reader.post, reader.put, reader.delete, reader.patch):
        assert method("/fr/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/rubrique/une-usine/",
        "/rubrique/une-usine",
        "/fr//rubrique/une-usine/",
        "/fr/rubrique//une-usine/",
    ],
)
def test_page_has_one_address(lorraine, path):
    article = make_article(lorraine.section, "Une usine", slug="une-usine")

    response = reader_of(lorraine.site.hostname).get(f"{path}?page=2")

    assert response.status_code == 301
    assert response["Location"] == f"{lorraine.address(article)}?page=2"


@pytest.mark.parametrize("path", ["/rubrique/rien/", "/fr//rubrique/rien/", "/rubrique/brouillon/", "/saarland/"])
def test_unknown_path_without_language_is_not_found(lorraine, saar, path):
    make_draft(make_article(lorraine.section, "Brouillon", slug="brouillon"))

    assert reader_of(lorraine.site.hostname).get(path).status_code == 404
