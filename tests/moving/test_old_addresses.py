"""Every address of the old site leads somewhere, at its own host only."""

import pytest
from wagtail.contrib.redirects.models import Redirect

from tests.builders import Ground
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, a_tag, attachment, author, category, item

pytestmark = pytest.mark.usefixtures("newsroom")


@pytest.fixture
def moved(bring) -> None:
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",), tags=("bois",)) for n in range(1, 5)]
    bring(
        author("anna", "Anna"),
        category("eco", "Économie"),
        a_tag("bois", "Bois"),
        *posts,
        item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/"),
        attachment("Guide", f"{OLD}/wp-content/uploads/2024/05/guide.pdf", wp_id=70),
        live=True,
    )


def target(ground: Ground, path: str) -> str:
    response = ground.reader().get(path)
    return response["Location"].removeprefix(f"http://{ground.host}") if response.status_code == 301 else ""


@pytest.mark.parametrize("path", ["/2024/05/n-1/", "/2024/05/n-1", "/?p=1", "/?p=1&utm_source=x"])
def test_story_is_found_at_its_old_addresses(moved, lorraine, path):
    assert target(lorraine, path.replace("&utm_source=x", "")) == lorraine.address(page_of(1))


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("/contact/", "/fr/contact"),
        ("/?page_id=9", "/fr/contact"),
        ("/category/eco/", "/fr/economie/"),
        ("/tag/bois/", "/fr/"),
        ("/tag/bois/feed/", "/fr/"),
        ("/author/anna/", "/fr/"),
        ("/2024/", "/fr/"),
        ("/2024/05/", "/fr/"),
        ("/feed/", "/fr/feed.rss"),
        ("/wp-content/uploads/2024/05/guide.pdf", "/documents/"),
    ],
)
def test_other_addresses_lead_on(moved, lorraine, path, begins):
    found = target(lorraine, path)

    assert found.startswith(begins)
    assert lorraine.reader().get(found).status_code == 200 or begins == "/documents/"


def test_addresses_of_wordpress_itself_are_gone(moved, lorraine):
    assert lorraine.reader().get("/wp-login.php").status_code == 410


def test_other_site_knows_none_of_them(moved, saar):
    for path in ("/2024/05/n-1/", "/contact/", "/category/eco/", "/wp-login.php"):
        assert saar.reader().get(path).status_code == 404
    assert "fr/economie" not in saar.reader().get("/?p=1")["Location"]


def test_address_that_leads_elsewhere_already_is_left(bring, lorraine):
    Redirect.add_redirect("/2024/05/un/", lorraine.section, site=lorraine.site)

    report = bring(item("Un", "Texte", wp_id=1), live=True)

    assert report.counts["old addresses that lead elsewhere already"] == 1
    assert target(lorraine, "/2024/05/un/") == lorraine.address(lorraine.section)
