"""The page chooser opens on the newest pages of the user's own site, and never offers the page being edited."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role
from search.indexes import DRAFTS
from search.indexing.checking import check
from tests.builders import make_article, make_event, make_member, make_portrait, newsroom_client

CHOOSER = "wagtailadmin_choose_page"


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def form_of(page, *, is_new: bool = False) -> str:
    """The Referer that a browser sends from a page's form, or from that for a new page below it."""
    address = (
        reverse("wagtailadmin_pages:add", args=["articles", "articlepage", page.pk])
        if is_new
        else reverse("wagtailadmin_pages:edit", args=[page.pk])
    )
    return f"http://testserver{address}"


def dialog(client, form: str = "", address: str = CHOOSER, *args, **query) -> BeautifulSoup:
    response = client.get(reverse(address, args=args), query, headers={"referer": form})
    assert response.status_code == 200
    text = response.content.decode() if address.endswith("search") else response.json()["html"]
    return BeautifulSoup(text, "html.parser")


def offered(html: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in html.select("a.choose-page, .title label")]


def place_of(html: BeautifulSoup, title: str) -> str:
    row = next(row for row in html.select("tbody tr") if title in row.get_text())
    return row.select("td")[1].get_text(strip=True)


def found(client, words: str, form: str = "") -> list[str]:
    # A test commits nothing, so its pages are not indexed automatically.
    check(DRAFTS, repair=True)
    return offered(dialog(client, form, f"{CHOOSER}_search", q=words))


def test_newest_pages_of_the_users_site_come_first(client, lorraine, saar):
    make_article(lorraine.section, "Une usine")
    make_portrait(lorraine.section, "Une patronne")
    make_article(saar.section, "Eine andere")

    titles = offered(dialog(client))

    assert titles[:2] == ["Une patronne", "Une usine"]
    assert "Eine andere" not in titles


def test_every_row_says_where_the_page_is(client, lorraine):
    make_article(lorraine.section, "Une usine")

    assert place_of(dialog(client), "Une usine") == lorraine.section.title


@pytest.mark.parametrize("kind", ["events.EventPage", "wagtailcore.page"])
def test_events_of_the_same_title_are_told_apart_by_their_days(client, lorraine, saar, kind):
    start = datetime(2026, 3, 10, 16, tzinfo=UTC)
    for ground in (lorraine, saar):
        make_event(ground.calendar, "Café", start=start)
        make_event(ground.calendar, "Café", start=start + timedelta(days=1), recurrence="FREQ=WEEKLY")

    assert offered(dialog(client, page_type=kind))[:2] == [
        "Café · Wednesday 11 March 2026, every week",
        "Café · Tuesday 10 March 2026",
    ]


def test_list_has_ten_rows_per_page(client, lorraine):
    for number in range(11):
        make_article(lorraine.section, f"Article {number}")

    assert len(offered(dialog(client))) == 10
    assert "Article 0" in offered(dialog(client, p=2))


def test_list_is_in_the_edited_pages_language(client, lorraine):
    french = make_article(lorraine.section, "Une usine")
    german = french.copy_for_translation(lorraine.homes["de"].locale, copy_parents=True)
    german.title = german.draft_title = "Ein Werk"
    german.save()

    for form in (form_of(german), form_of(german.get_parent(), is_new=True)):
        titles = offered(dialog(client, form))
        assert "Une usine" not in titles
    assert "Ein Werk" in titles
    assert "Ein Werk" not in offered(dialog(client, form_of(german), locale="fr"))


def test_page_itself_is_not_offered(client, lorraine):
    page = make_article(lorraine.section, "Filature du haut")
    other = make_article(lorraine.section, "Filature du bas")

    below = dialog(client, form_of(page), f"{CHOOSER}_child", lorraine.section.pk)
    for titles in (offered(dialog(client, form_of(page))), found(client, "Filature", form_of(page)), offered(below)):
        assert other.title in titles
        assert page.title not in titles
    assert page.title in offered(dialog(client))


def test_search_does_not_count_the_page_itself(client, lorraine):
    page = make_article(lorraine.section, "La forge de Metz")
    make_article(lorraine.section, "La forge de Nancy")

    check(DRAFTS, repair=True)
    html = dialog(client, form_of(page), f"{CHOOSER}_search", q="forge")

    assert html.select_one("[role=status]").get_text(strip=True) == "1 page found"


def test_section_of_a_new_page_is_offered(client, lorraine):
    assert lorraine.section.title in offered(dialog(client, form_of(lorraine.section, is_new=True)))


@pytest.mark.parametrize("form", ["\0", "http://[", "/admin/pages/99999999999999999999999/edit/", "/elsewhere/"])
def test_any_referrer_is_accepted(client, lorraine, form):
    make_article(lorraine.section, "Une usine")

    assert "Une usine" in offered(dialog(client, form))


def test_referrer_opens_no_other_site(client, lorraine, saar):
    make_article(lorraine.section, "Une usine")
    other = make_article(saar.section, "Eine andere")

    titles = offered(dialog(client, form_of(other)))

    assert "Une usine" in titles
    assert other.title not in titles


def test_search_finds_no_page_of_another_site(client, lorraine, saar):
    for ground in (lorraine, saar):
        make_article(ground.section, f"Filature {ground.site.hostname}")

    assert found(client, "Filature") == [f"Filature {lorraine.site.hostname}"]


def test_network_administrator_gets_the_site_of_the_page_that_is_edited(lorraine, saar):
    ours, other = make_article(lorraine.section, "Une usine"), make_article(saar.section, "Une autre")
    network = newsroom_client(lorraine, make_member("network", is_superuser=True))

    titles = offered(dialog(network, form_of(make_article(saar.section, "Une troisième"))))

    assert other.title in titles
    assert ours.title not in titles


def test_only_wanted_kinds_are_offered_and_named(client, lorraine):
    make_article(lorraine.section, "Une usine")
    make_portrait(lorraine.section, "Une patronne")

    html = dialog(client, page_type="articles.portraitpage", multiple="1")

    assert offered(html)[0] == "Une patronne"
    assert "Une usine" not in offered(html)
    assert html.select_one(".chooser-pages__types").get_text(strip=True) == "Offered here: Portrait"


def test_place_to_move_a_page_to_is_chosen_in_the_tree(client, lorraine):
    page = make_article(lorraine.section, "Une usine")

    html = dialog(client, form_of(page), user_perms="copy_to", page_type="home.sectionpage")

    assert html.select(".parent-page")
    assert not html.select(".chooser-pages")
