"""Stories and plain pages are edited on the paper. All other fields are rows of the drawer."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_article, make_settings, newsroom_client
from tests.editorial.drafts import draft

# The parts of the paper in the order in which readers see them.
STORY = ["title", "standfirst", "lead_image", "body"]
PAPERS = {
    "articles.articlepage": STORY,
    "articles.portraitpage": STORY,
    "events.recappage": [*STORY, "photos"],
    "home.standardpage": ["title", "introduction", "body", "shelves"],
}


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def new_page(client, ground, kind: str = "articles.articlepage") -> BeautifulSoup:
    place = ground.calendars["fr"] if kind.startswith("events") else ground.section
    response = client.get(reverse("wagtailadmin_pages:add", args=[*kind.split("."), place.pk]))
    return BeautifulSoup(response.content, "html.parser")


def edit(client, page) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")


def rows_of(html: BeautifulSoup) -> list[str]:
    return [row.select_one("[data-panel-heading-text]").get_text(strip=True) for row in html.select(".drawer__row")]


def row_of(html: BeautifulSoup, heading: str) -> BeautifulSoup:
    rows = html.select(".drawer__row")
    return next(row for row in rows if row.select_one("[data-panel-heading-text]").get_text(strip=True) == heading)


def value_of(html: BeautifulSoup, heading: str) -> str:
    return row_of(html, heading).select_one(".drawer__value").get_text(strip=True)


@pytest.mark.parametrize("kind", PAPERS)
def test_paper_has_the_parts_that_readers_see_in_their_order(client, lorraine, kind):
    form = new_page(client, lorraine, kind)

    parts = [
        part["id"].removeprefix("panel-child-content-").removesuffix("-section") for part in form.select(".paper__part")
    ]
    assert parts == PAPERS[kind]


def test_all_other_fields_are_closed_rows_of_the_drawer(client, lorraine):
    form = new_page(client, lorraine)

    assert rows_of(form) == [
        "Section",
        "Format",
        "Authors",
        "Topics",
        "Place",
        "The essential",
        "Related stories",
        "Thanks and credits",
        "For search engines",
        "Show in menus",
        "Teaser",
        "Not in lists",
        "Dates",
        "Readers see it",
    ]
    assert all("collapsed" in row["class"] for row in form.select(".drawer__row"))


def test_page_form_has_no_tabs_except_an_event_form(client, lorraine):
    assert not new_page(client, lorraine).select("[role=tab]")
    assert new_page(client, lorraine, "events.eventpage").select("[role=tab]")


def test_paper_has_the_colours_of_its_own_site(client, lorraine, saar):
    make_settings(lorraine, brand_colour="#123456")
    make_settings(saar, brand_colour="#654321")

    style = new_page(client, lorraine).select_one(".paper")["data-paper"]

    assert "--brand:light-dark(#123456" in style
    assert "#654321" not in style


def test_kicker_is_the_kind_and_the_section(client, lorraine):
    kicker = new_page(client, lorraine, "articles.portraitpage").select_one(".paper__kicker")

    assert [part.text for part in kicker.select("span")][:2] == ["Portrait", lorraine.section.title]


def test_language_is_beside_the_kicker_of_a_site_with_several(client, lorraine):
    language = new_page(client, lorraine).select_one(".paper__kicker .paper__language")

    assert language.text == "French"


def test_language_is_not_named_on_a_site_with_one(client, lorraine):
    lorraine.homes["de"].delete()

    assert not new_page(client, lorraine).select(".paper__language")


def test_new_page_says_its_section_and_offers_another_one(client, lorraine):
    form = new_page(client, lorraine)

    assert value_of(form, "Section") == f"{lorraine.section.title} (French)"
    assert (
        row_of(form, "Section").select_one("a.button")["href"]
        == f"{reverse('write_kind', args=['articles', 'articlepage'])}?choose"
    )


def test_drawer_names_the_other_languages_of_the_page_only(client, lorraine, saar, newsroom):
    page = make_article(lorraine.section, "Une usine")
    other = make_article(saar.section, "Une autre")
    german = page.copy_for_translation(lorraine.homes["de"].locale, copy_parents=True)
    form = edit(client, page)

    assert value_of(form, "Languages") == "French, German (draft)"
    links = [link["href"] for link in row_of(form, "Languages").select("a.button")]
    assert links == [reverse("wagtailadmin_pages:edit", args=[german.pk])]
    assert str(other.pk) not in links


def test_drawer_says_when_readers_see_a_draft(client, lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR], "Une usine")
    form = edit(client, page)

    assert value_of(form, "Readers see it") == "as soon as it is approved"


def test_error_of_a_row_is_in_the_drawer(client, lorraine):
    page = make_article(lorraine.section, "Une usine")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    html = client.get(address).content.decode()
    form = BeautifulSoup(html, "html.parser").select_one("[data-edit-form]")
    sent = {
        field["name"]: field.get("value", "") for field in form.select("input[name]") if field["type"] != "checkbox"
    }
    sent |= {field["name"]: field.text.strip() for field in form.select("textarea[name]")}
    sent |= {"publication_date": "hier peut-être", "body-count": "0", "credits-count": "0"}

    answer = BeautifulSoup(client.post(address, sent).content, "html.parser")

    assert row_of(answer, "Dates").select(".w-field--error")


def test_cancelled_schedule_is_no_promise_any_more(client, lorraine):
    noon = datetime(2100, 12, 4, 12, tzinfo=UTC)
    article = make_article(lorraine.section, live=False, go_live_at=noon)
    article.save_revision(approved_go_live_at=noon)
    scheduled = value_of(edit(client, article), "Readers see it")

    article.revisions.update(approved_go_live_at=None)

    assert "once it is approved" not in scheduled
    assert value_of(edit(client, article), "Readers see it").endswith(", once it is approved")
