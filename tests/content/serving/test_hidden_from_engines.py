"""Pages that are hidden from search engines, have their original elsewhere, or are in no list."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Revision

from portal.content.publication import PublicationRefusedError
from portal.editorial.roles import Role
from tests.builders import make_article, make_event, republish

ORIGINAL = "https://partenaire.example/texte-original"


def head_of(ground, page):
    return BeautifulSoup(ground.reader().get(ground.address(page)).content, "html.parser").head


def robots(ground, page):
    return head_of(ground, page).select_one("meta[name=robots]")["content"]


@pytest.fixture
def sitemap_of():
    """The texts of both sitemaps, of pages and of news."""

    def read(ground):
        paths = (f"/sitemap-{ground.language}-1.xml", "/sitemap-news.xml")
        return [ground.reader().get(path).content.decode() for path in paths]

    return read


def test_page_has_nothing_special_by_default(lorraine):
    assert robots(lorraine, make_article(lorraine.section)) == "max-image-preview:large"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"noindex": True}, "noindex"),
        ({"noindex": True, "nofollow": True}, "noindex, nofollow"),
        ({"nofollow": True}, "nofollow, max-image-preview:large"),
    ],
)
def test_search_engines_are_asked_in_the_head(lorraine, facts, words):
    assert robots(lorraine, make_article(lorraine.section, **facts)) == words


def test_original_elsewhere_is_the_canonical_address(lorraine):
    head = head_of(lorraine, make_article(lorraine.section, canonical_link=ORIGINAL))

    assert [link["href"] for link in head.select("link[rel=canonical]")] == [ORIGINAL]


def test_date_of_a_series_has_the_original_of_its_event(lorraine):
    event = make_event(lorraine.calendar, canonical_link=ORIGINAL)

    assert head_of(lorraine, event).select_one("link[rel=canonical]")["href"] == ORIGINAL


@pytest.mark.parametrize("facts", [{"noindex": True}, {"canonical_link": ORIGINAL}])
def test_hidden_page_is_not_in_the_sitemaps(lorraine, sitemap_of, facts):
    shown, hidden = make_article(lorraine.section), make_article(lorraine.section, **facts)

    for text in sitemap_of(lorraine):
        assert lorraine.address(hidden) not in text
    assert any(lorraine.address(shown) in text for text in sitemap_of(lorraine))


def test_page_that_is_shown_again_is_in_the_sitemap(lorraine, sitemap_of):
    article = make_article(lorraine.section, noindex=True)

    article.noindex = False
    republish(article)

    assert any(lorraine.address(article) in text for text in sitemap_of(lorraine))


def test_draft_that_hides_a_page_changes_nothing_for_readers(lorraine, sitemap_of):
    article = make_article(lorraine.section)

    article.noindex, article.is_unlisted = True, True
    article.save_revision()

    assert robots(lorraine, article) == "max-image-preview:large"
    assert any(lorraine.address(article) in text for text in sitemap_of(lorraine))
    assert article.title in lorraine.reader().get(lorraine.address(lorraine.section)).content.decode()


def test_author_cannot_hide_a_page_alone(lorraine, newsroom):
    article = make_article(lorraine.section)
    approver = newsroom[Role.APPROVER]
    article.noindex = True
    revision: Revision = article.save_revision(user=approver)

    with pytest.raises(PublicationRefusedError):
        revision.publish(user=approver)

    assert robots(lorraine, article) == "max-image-preview:large"


def test_unlisted_story_is_in_no_list_and_no_feed(lorraine):
    listed = make_article(lorraine.section, "Dans la liste")
    unlisted = make_article(lorraine.section, "Hors de la liste", is_unlisted=True)
    section = lorraine.address(lorraine.section)

    for path in (section, f"{section}actualites/", f"{section}feed.rss", lorraine.address(lorraine.home)):
        response = lorraine.reader().get(path, follow=True).content.decode()
        assert unlisted.title not in response
    assert listed.title in lorraine.reader().get(f"{section}actualites/").content.decode()
    assert lorraine.reader().get(lorraine.address(unlisted)).status_code == 200


def test_unlisted_event_is_in_no_calendar(lorraine):
    make_event(lorraine.calendar, "Rencontre publique")
    unlisted = make_event(lorraine.calendar, "Rencontre discrète", is_unlisted=True)

    response = lorraine.reader().get(lorraine.address(lorraine.calendar)).content.decode()

    assert "Rencontre publique" in response
    assert "Rencontre discrète" not in response
    assert lorraine.reader().get(lorraine.address(unlisted)).status_code == 200


def test_story_listed_again_is_back_in_its_list(lorraine):
    article = make_article(lorraine.section, "De retour", is_unlisted=True)

    article.is_unlisted = False
    republish(article)

    path = f"{lorraine.address(lorraine.section)}actualites/"
    assert "De retour" in lorraine.reader().get(path).content.decode()
