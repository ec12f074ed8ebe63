"""`/` redirects a reader to the first of their languages that the site has, else to the site's own."""

import pytest

from tests.builders import make_draft, make_settings


@pytest.mark.parametrize(
    ("accepted", "home"),
    [
        ("de", "/de/"),
        ("de-AT,de;q=0.9", "/de/"),
        ("DE", "/de/"),
        ("en,de;q=0.8,fr;q=0.5", "/de/"),
        ("fr;q=0.2,de;q=0.1", "/fr/"),
        ("en-GB,en", "/fr/"),
        ("de;q=0,fr", "/fr/"),
        ("", "/fr/"),
        ("*", "/fr/"),
        ("klingon;q=nonsense", "/fr/"),
        ("x" * 8000, "/fr/"),
        (",".join(["de"] * 3000), "/de/"),
    ],
)
def test_reader_lands_on_an_available_language(lorraine, accepted, home):
    response = lorraine.reader(accept_language=accepted).get("/")

    assert (response.status_code, response["Location"]) == (302, home)


def test_each_site_has_its_default_language(saar):
    assert saar.reader(accept_language="en").get("/")["Location"] == "/de/"


def test_editor_may_choose_the_landing_language(lorraine):
    make_settings(lorraine, default_language="de")

    assert lorraine.reader(accept_language="en").get("/")["Location"] == "/de/"


def test_chosen_language_that_the_site_lacks_is_ignored(lorraine):
    make_settings(lorraine, default_language="en")

    assert lorraine.reader(accept_language="en").get("/")["Location"] == "/fr/"


def test_language_whose_home_page_is_a_draft_is_not_offered(lorraine):
    make_draft(lorraine.homes["de"])

    assert lorraine.reader(accept_language="de").get("/")["Location"] == "/fr/"


def test_language_cookie_is_ignored(reader):
    reader.cookies["django_language"] = "de"

    assert reader.get("/")["Location"] == "/fr/"


def test_landing_redirect_is_not_cached_and_varies_by_language(reader):
    """A cached redirect could lead to a home page that has since been unpublished."""
    response = reader.get("/")

    assert response["Cache-Control"] == "no-cache"
    assert response["Vary"] == "Accept-Language"
    assert not response.cookies


def test_landing_accepts_only_get_and_head(reader):
    assert reader.head("/").status_code == 302
    assert reader.post("/").status_code == 405
