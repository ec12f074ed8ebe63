"""The social metadata of a page has its title, description and an image: its own, or one drawn with its title."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from PIL import Image as Canvas

from portal.content.share import drawing, views
from tests.builders import (
    SampleSite,
    change,
    content_of,
    make_article,
    make_draft,
    make_event,
    make_image,
    make_person,
    make_private,
    make_settings,
    make_standard_page,
    make_topic,
)


def meta(ground: SampleSite, path: str) -> dict[str, str]:
    head = BeautifulSoup(ground.reader().get(path).content, "html.parser").head
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in head.select("meta[content]")}


def path_of(address: str) -> str:
    return address.removeprefix("http://lorraine.localhost")


def test_story_with_a_picture_shows_it(lorraine):
    article = make_article(
        lorraine.section,
        "Le bois",
        standfirst="En quelques mots.",
        lead_image=make_image(),
        lead_image_alt="Une scierie",
        topics=[make_topic("Bois")],
    )

    found = meta(lorraine, lorraine.address(article))

    assert found["og:title"] == "Le bois"
    assert found["og:description"] == "En quelques mots."
    assert found["og:type"] == "article"
    assert found["og:locale"] == "fr_FR"
    assert found["og:url"] == f"http://lorraine.localhost{lorraine.address(article)}"
    assert found["og:image:alt"] == "Une scierie"
    assert found["twitter:card"] == "summary_large_image"
    assert (found["article:section"], found["article:tag"]) == ("Rubrique fr", "Bois")
    assert "/pictures/" in found["og:image"]


@pytest.mark.parametrize(
    ("path", "title", "words"),
    [
        ("rubrique/", "Rubrique fr", "Rubrique fr : tous les articles"),
        ("themes/bois/", "Bois", "Bois : tous les articles"),
        ("auteurs/ida-klein/", "Ida Klein", "Ida Klein : tous les articles"),
        ("actualites/", "Actualités", "Lorraine : tous les articles"),
        ("calendrier/", "Événements", "Lorraine : les prochains événements"),
        ("rubrique/actualites/", "Actualités – Rubrique fr", "Rubrique fr : tous les articles"),
        ("rubrique/agenda/", "Événements – Agenda fr", "Agenda fr : les prochains événements"),
        (
            "rubrique/agenda/?month=2027-03",
            "mars 2027 – Événements – Agenda fr",
            "Agenda fr : les événements en mars 2027",
        ),
    ],
)
def test_list_has_a_summary_of_its_content(lorraine, path, title, words):
    make_event(lorraine.calendar, start=datetime(2027, 3, 2, 8, tzinfo=UTC))
    make_article(lorraine.section, topics=[make_topic("Bois")], authors=[make_person("Ida Klein")])

    found = meta(lorraine, f"/fr/{path}")

    assert found["og:title"] == title
    assert " ".join(found["og:description"].split()).startswith(words)
    assert found["description"] == found["og:description"]
    assert found["og:url"] == f"http://lorraine.localhost/fr/{path}"


def test_calendar_is_described_in_its_own_words(lorraine):
    change(lorraine.calendar, introduction="Les rendez-vous du bois.")

    assert meta(lorraine, lorraine.address(lorraine.calendar))["og:description"] == "Les rendez-vous du bois."


def test_second_page_of_a_list_is_shared_with_its_own_url(lorraine):
    for _number in range(18):
        make_article(lorraine.section)

    assert meta(lorraine, "/fr/actualites/?page=2")["og:url"] == "http://lorraine.localhost/fr/actualites/?page=2"


@pytest.mark.parametrize("kind", ["home", "section", "calendar", "article", "event", "plain"])
def test_page_without_a_picture_shows_its_title_drawn(lorraine, kind):
    page = {
        "home": lambda: lorraine.home,
        "section": lambda: lorraine.section,
        "calendar": lambda: lorraine.calendar,
        "article": lambda: make_article(lorraine.section, lead_image=None),
        "event": lambda: make_event(lorraine.calendar),
        "plain": lambda: make_standard_page(lorraine.home),
    }[kind]()

    found = meta(lorraine, lorraine.address(page))
    response = lorraine.reader().get(path_of(found["og:image"]))

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.cookies == {}
    with Canvas.open(BytesIO(content_of(response))) as picture:
        assert picture.size == (1200, 630)
    assert found["twitter:card"] == "summary_large_image"


def test_unpublished_page_has_no_share_image(lorraine):
    page = make_standard_page(lorraine.home, "Confidentiel")
    address = path_of(meta(lorraine, lorraine.address(page))["og:image"])
    response = lorraine.reader().get(address)
    content_of(response)
    assert "s-maxage=0" in response["Cache-Control"]

    page.unpublish()

    assert lorraine.reader().get(address).status_code == 404


def test_share_image_is_drawn_once_per_title(lorraine, monkeypatch):
    drawn = []
    monkeypatch.setattr(views, "draw", lambda *words: drawn.append(words) or drawing.draw(*words))
    article = make_article(lorraine.section, "Avant", lead_image=None)
    first = path_of(meta(lorraine, lorraine.address(article))["og:image"])
    for _ in range(3):
        content_of(lorraine.reader().get(first))
    assert len(drawn) == 1

    change(article, title="Après")
    second = path_of(meta(lorraine, lorraine.address(article))["og:image"])
    content_of(lorraine.reader().get(second))

    assert second != first
    assert lorraine.reader().get(first)["Location"] == second
    assert [words[0] for words in drawn] == ["Avant", "Après"]
    assert len(default_storage.listdir(f"share/{article.pk}")[1]) == 1


def test_changed_url_draws_no_other_text(lorraine, monkeypatch):
    monkeypatch.setattr(views, "draw", lambda *words: pytest.fail("drawn"))
    article = make_article(lorraine.section, lead_image=None)
    address = path_of(meta(lorraine, lorraine.address(article))["og:image"])

    assert lorraine.reader().get(f"/share/{article.pk}/{'0' * 16}.png")["Location"] == address
    for path in (f"/share/{article.pk}/x.png", "/share/999999999999999999/0000000000000000.png", "/share/1/.png"):
        assert lorraine.reader().get(path).status_code == 404


@pytest.mark.parametrize("hide", ["draft", "private", "other site"])
def test_title_of_a_hidden_page_is_not_drawn(lorraine, saar, hide):
    article = make_article(saar.section if hide == "other site" else lorraine.section, lead_image=None)
    if hide == "other site":
        address = meta(saar, saar.address(article))["og:image"].removeprefix("http://saar.localhost")
    else:
        address = path_of(meta(lorraine, lorraine.address(article))["og:image"])
        content_of(lorraine.reader().get(address))
    if hide == "draft":
        make_draft(article)
    elif hide == "private":
        make_private(article)

    assert lorraine.reader().get(address).status_code == 404


@pytest.mark.parametrize(
    "title",
    ["", " ", "A", "mot " * 120, "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente" * 5, "漢字 🙂 \x00", "a\nb"],
)
def test_share_image_of_any_title_can_be_drawn(title):
    with Canvas.open(BytesIO(drawing.draw(title, title, title, "#7a1f2b"))) as picture:
        assert picture.size == (1200, 630)


@pytest.mark.parametrize("text", ["mot " * 120, "x" * 300])
def test_lines_fit_the_image(text):
    font, lines = drawing.fit_title(text, 1000, 400)

    assert all(font.length(line) <= 1000 for line in lines)
    assert len(lines) * font.size * drawing.LEADING <= 400
    assert lines[-1].endswith("…")


def test_account_on_x_is_named_on_cards(lorraine):
    account = {"type": "account", "value": {"network": "x", "url": "https://x.com/lorraine_eco"}}
    make_settings(lorraine, social_accounts=[account])

    assert meta(lorraine, "/fr/")["twitter:site"] == "@lorraine_eco"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (["https://example.social/@anna"], "@anna@example.social"),
        ([], "@lorraine@social.example"),
        (["https://example.social/users/anna/"], "@anna@example.social"),
        (["https://example.social/about"], "@lorraine@social.example"),
    ],
)
def test_story_names_the_fediverse_account_of_its_author_or_of_the_site(lorraine, own, expected):
    def account(url: str) -> dict[str, object]:
        return {"type": "account", "value": {"network": "mastodon", "url": url}}

    make_settings(lorraine, social_accounts=[account("https://social.example/@lorraine")])
    person = make_person("Anna", links=[account(url) for url in own])

    story = make_article(lorraine.section, authors=[person])

    assert meta(lorraine, lorraine.address(story))["fediverse:creator"] == expected
