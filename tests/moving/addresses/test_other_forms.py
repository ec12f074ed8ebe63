"""Further pages of archives, AMP and `index.php` of the old site lead where the plain address leads."""

from collections.abc import Iterator

import pytest
from wagtail.contrib.redirects.models import Redirect

from tests.builders import SampleSite
from tests.conftest import rolled_back
from tests.moving.conftest import import_parts
from tests.moving.exports import a_tag, author, category, item

pytestmark = pytest.mark.usefixtures("newsroom")
NEWS = "/fr/actualites/"


def target(ground: SampleSite, path: str) -> str:
    response = ground.reader().get(path)
    return response["Location"].removeprefix(f"http://{ground.host}") if response.status_code == 301 else ""


@pytest.fixture(scope="class")
def moved(module_network, module_newsrooms, tmp_path_factory) -> Iterator[None]:
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",), tags=("bois",)) for n in range(1, 5)]
    terms = [author("anna", "Anna"), category("eco", "Économie", number=7), a_tag("bois", "Bois")]
    draft = item("Brouillon", "Texte", wp_id=9, status="draft")
    with rolled_back():
        import_parts(
            module_network.lorraine, tmp_path_factory.mktemp("moved"), *terms, *posts, draft, media="", live=True
        )
        yield


@pytest.mark.usefixtures("moved")
class TestAfterAnImport:
    @pytest.mark.parametrize(
        ("path", "plain"),
        [
            ("/category/eco/page/2/", "/category/eco/"),
            ("/category/eco/page/3/", "/category/eco/"),
            ("/category/eco/page/1234", "/category/eco/"),
            ("/tag/bois/page/17/", "/tag/bois/"),
            ("/author/anna/page/5/", "/author/anna/"),
            ("/2024/05/page/9/", "/2024/05/"),
            ("/?cat=7&paged=3", "/?cat=7"),
            ("/index.php/category/eco/page/3/", "/category/eco/"),
            ("/index.php/2024/05/n-1/", "/2024/05/n-1/"),
            ("/index.php?p=1", "/?p=1"),
            ("/2024/05/n-1/amp/", "/2024/05/n-1/"),
            ("/2024/05/n-1/amp", "/2024/05/n-1/"),
            ("/2024/05/n-1/?amp=1", "/2024/05/n-1/"),
            ("/2024/05/n-1/?amp", "/2024/05/n-1/"),
            ("/?p=1&amp=1", "/?p=1"),
            ("/2024/05/n-1/comment-page-2/", "/2024/05/n-1/"),
        ],
    )
    def test_other_form_of_an_address_leads_where_the_plain_one_leads(self, lorraine, saar, path, plain):
        assert target(lorraine, path) == target(lorraine, plain) != ""
        assert saar.reader().get(path).status_code != 301

    @pytest.mark.parametrize("path", ["/page/2/", "/page/3/", "/page/4000/", "/index.php/page/3/"])
    def test_further_page_of_the_front_page_leads_to_all_news(self, lorraine, path):
        assert target(lorraine, path) == NEWS

    @pytest.mark.parametrize("path", ["/index.php", "/index.php/"])
    def test_front_page_is_found_by_the_name_of_its_file(self, lorraine, path):
        assert target(lorraine, path) == "/fr/"

    def test_redirect_of_an_administrator_for_a_further_page_comes_first(self, lorraine):
        Redirect.objects.create(site=lorraine.site, old_path="/category/eco/page/3", redirect_link="/fr/")

        assert target(lorraine, "/category/eco/page/3/") == "/fr/"

    @pytest.mark.parametrize(
        "path", ["/nulle-part/page/3/", "/nulle-part/amp/", "/index.php/nulle-part/", "/x/page/%00/"]
    )
    def test_other_form_of_an_unknown_address_is_not_found(self, lorraine, path):
        assert lorraine.reader().get(path).status_code == 404

    def test_other_form_of_a_draft_is_not_found(self, lorraine):
        assert lorraine.reader().get("/2024/05/brouillon/amp/").status_code == 404


def test_other_forms_need_few_redirects(bring):
    bring(*(item(f"N {n}", "Texte", wp_id=n) for n in range(1, 61)), live=True)

    assert Redirect.objects.filter(old_path__contains="page/").count() == 1
