"""Editors choose stories, layout, headlines, pictures and links of a shelf. No place in a layout stays empty."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from time_machine import travel
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from home.front.chosen import ChosenShelf
from tests.builders import (
    change,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_gated_document,
    make_image,
    make_private,
    make_section,
)


def place(story=None, **facts) -> dict:
    links = [{"label": "", "page": None, "document": None, "url": "", **link} for link in facts.pop("links", [])]
    return {
        "story": story.pk if story else None,
        "headline": "",
        "kicker": "",
        "teaser": "",
        "picture": "own",
        "image": None,
        "quote": {"text": "", "who": "", "portrait": None},
        "links": links,
        **facts,
    }


def chosen(layout: str, *places: dict, title: str = "", **facts) -> dict:
    return {"type": "chosen", "value": {"title": title, "layout": layout, "places": list(places), **facts}}


def latest(count: int = 6) -> dict:
    return {"type": "latest", "value": {"title": "Dernières", "count": count}}


def minutes_ago(minutes: int):
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture
def stories(lorraine):
    """Eight stories, the newest first, each with a picture."""
    section = make_section(lorraine.home, "Bois", slug="bois")
    picture = make_image("Scierie", file_hash="e" * 40)
    return [
        make_article(section, f"Bois {number}", date=minutes_ago(number + 1), lead_image=picture) for number in range(8)
    ]


class Page:
    def __init__(self, ground, *shelves):
        if shelves:
            change(ground.home, shelves=list(shelves))
        response = ground.reader().get("/fr/")
        assert response.status_code == 200
        self.html = BeautifulSoup(response.content, "html.parser")

    @property
    def shelf(self):
        return self.html.select_one(".shelf--chosen")

    @property
    def layout(self) -> str:
        return self.shelf["class"][2].removeprefix("chosen--")

    @property
    def titles(self) -> list[str]:
        return [title.get_text(strip=True) for title in self.shelf.select(".card__title")]

    @property
    def all_titles(self) -> list[str]:
        return [title.get_text(strip=True) for title in self.html.select("main .card__title")]


@pytest.mark.parametrize(
    ("layout", "count", "sizes"),
    [
        ("large", 3, ["lead", "standard", "standard"]),
        ("large", 6, ["lead", "standard", "standard", "line", "line", "line"]),
        ("text", 1, ["display"]),
        ("picture", 1, ["lead"]),
        ("pair", 2, ["large", "large"]),
        ("briefs", 7, ["brief"] * 7),
    ],
)
def test_layout_gives_each_story_its_size(lorraine, stories, layout, count, sizes):
    page = Page(lorraine, chosen(layout, *(place(story) for story in reversed(stories[:count]))))

    assert page.layout == layout
    assert page.titles == [f"Bois {number}" for number in reversed(range(count))]
    assert [card["class"][1] for card in page.shelf.select(".card")] == [f"card--{size}" for size in sizes]


def test_quote_is_shown_with_its_portrait_and_its_story(lorraine, stories):
    portrait = make_image("Visage", file_hash="f" * 40)
    quote = {"text": "On ne jette plus rien.", "who": "Élise Mangin, menuisière", "portrait": portrait.pk}

    shelf = Page(lorraine, chosen("quote", place(stories[3], quote=quote))).shelf

    assert shelf.blockquote.get_text(strip=True) == "On ne jette plus rien."
    assert shelf.figcaption.get_text(strip=True) == "Élise Mangin, menuisière"
    assert [image["src"][-8:] for image in shelf.select("img")] == ["f" * 8]
    assert shelf.select_one(".card__title").get_text(strip=True) == "Bois 3"


def test_headline_kicker_and_teaser_of_the_page_replace_those_of_the_story(lorraine, stories):
    words = {"headline": "Le hêtre revient", "kicker": "Enquête", "teaser": "Trois scieries réembauchent."}

    page = Page(lorraine, chosen("text", place(stories[0], **words)))

    assert page.titles == ["Le hêtre revient"]
    assert page.shelf.select_one(".card__label").get_text(strip=True) == "Enquête"
    assert page.shelf.select_one(".card__standfirst").get_text(strip=True) == "Trois scieries réembauchent."
    assert page.shelf.select_one(".card__title a")["href"] == lorraine.address(stories[0])


def test_teaser_of_the_page_is_shown_whole(lorraine, stories):
    teaser = " ".join(["Trois scieries réembauchent dans les Vosges."] * 6)

    page = Page(lorraine, chosen("pair", place(stories[0], teaser=teaser), place(stories[1])))

    assert page.shelf.select_one(".card__standfirst").get_text(strip=True) == teaser


def test_story_whose_other_picture_was_deleted_has_its_own(lorraine, stories):
    shelf = Page(lorraine, chosen("pair", place(stories[0], picture="other", image=None), place(stories[1]))).shelf

    assert [image["src"][-8:] for image in shelf.select(".card:first-child img")] == ["e" * 8]


def test_words_for_a_hidden_story_are_not_shown_over_the_one_that_replaces_it(lorraine, stories):
    make_draft(stories[5])

    page = Page(lorraine, chosen("text", place(stories[5], headline="Un titre à part", kicker="Enquête")))

    assert page.titles == ["Bois 0"]
    assert "Enquête" not in page.shelf.get_text()


@pytest.mark.parametrize(("picture", "shown"), [("own", ["e" * 8]), ("other", ["d" * 8]), ("none", [])])
def test_picture_is_that_of_the_story_or_another_or_none(lorraine, stories, picture, shown):
    other = make_image("Forêt", file_hash="d" * 40)
    facts = {"picture": picture, "image": other.pk if picture == "other" else None}

    shelf = Page(lorraine, chosen("pair", place(stories[0], **facts), place(stories[1]))).shelf

    assert [image["src"][-8:] for image in shelf.select(".card:first-child img")] == shown


def test_open_place_is_filled_with_the_newest_story_that_is_not_shown(lorraine, stories):
    page = Page(lorraine, chosen("large", place(), place(stories[0]), place()))

    assert page.titles == ["Bois 1", "Bois 0", "Bois 2"]


@pytest.mark.parametrize("hide", ["draft", "private", "expired", "deleted"])
def test_place_of_a_story_that_is_not_public_is_filled_by_date(lorraine, stories, hide):
    story = stories[7]
    change(lorraine.home, shelves=[chosen("pair", place(story), place(stories[6]))])
    if hide == "draft":
        make_draft(story)
    elif hide == "private":
        make_private(story, password="sésame")
    elif hide == "expired":
        change(story, expire_at=timezone.now() + timedelta(minutes=5))
    else:
        story.delete()

    with travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert Page(lorraine).titles == ["Bois 0", "Bois 6"]


def test_story_of_another_site_or_language_is_not_shown(lorraine, saar, stories):
    foreign = make_article(saar.sections["fr"], "Décoy sarrois", date=minutes_ago(0))
    german = make_article(lorraine.sections["de"], "Deutsch", date=minutes_ago(0))

    page = Page(lorraine, chosen("large", place(foreign), place(german), place()))

    assert page.titles == ["Bois 0", "Bois 1", "Bois 2"]


@pytest.mark.parametrize(
    ("layout", "count", "smaller"),
    [
        ("large", 2, "pair"),
        ("large", 1, "picture"),
        ("briefs", 2, "pair"),
        ("pair", 1, "picture"),
        ("quote", 1, "picture"),
    ],
)
def test_too_few_stories_are_shown_in_a_smaller_layout(lorraine, saar, stories, layout, count, smaller):
    for story in stories[count:]:
        make_draft(story)
    for story in (*lorraine.section.get_children().specific(), *lorraine.home.get_descendants().live().specific()):
        if story not in stories and getattr(story, "is_item", False):
            story.unpublish()
    make_article(saar.section, "Décoy sarrois")

    page = Page(lorraine, chosen(layout, *[place()] * {"pair": 2, "quote": 1}.get(layout, 3)))

    assert page.layout == smaller
    assert page.titles == [f"Bois {number}" for number in range(count)]


def test_too_many_places_of_a_draft_take_no_story_from_other_shelves(lorraine, stories):
    page = Page(lorraine, chosen("picture", place(), place(stories[3]), place()), latest(4))

    assert page.all_titles == ["Bois 0", "Bois 1", "Bois 2", "Bois 3", "Bois 4"]


def test_full_width_layout_without_a_picture_shows_text_only(lorraine, stories):
    assert Page(lorraine, chosen("picture", place(stories[0], picture="none"))).layout == "text"


def test_no_story_is_shown_twice_and_a_chosen_one_waits_for_its_shelf(lorraine, stories):
    page = Page(lorraine, latest(2), chosen("pair", place(stories[1]), place()), chosen("text", place(stories[1])))

    assert page.all_titles == ["Bois 0", "Bois 2", "Bois 1", "Bois 3", "Bois 4"]


def test_links_beside_a_story_lead_to_pages_documents_and_addresses(lorraine, stories):
    event = make_event(lorraine.calendar, "Visite de la scierie", slug="visite")
    document = make_document("Le rapport")
    links = [{"page": event.pk}, {"document": document.pk}, {"url": "https://direct.example/", "label": "En direct"}]

    found = Page(lorraine, chosen("text", place(stories[0], links=links))).shelf.select(".card__links a")

    assert [(a.get_text(strip=True), a["href"]) for a in found] == [
        ("Visite de la scierie", lorraine.address(event)),
        ("Le rapport", document.url),
        ("En direct", "https://direct.example/"),
    ]


def test_link_to_a_page_in_another_language_says_so(lorraine, stories):
    german = make_article(lorraine.sections["de"], "Eine Gießerei")
    links = [{"page": german.pk}, {"page": stories[1].pk}]

    found = Page(lorraine, chosen("text", place(stories[0], links=links))).shelf.select(".card__links a")

    assert [a.get("lang") for a in found] == ["de", None]


@pytest.mark.parametrize("hide", ["draft", "private", "below private", "expired", "gated"])
def test_link_to_something_hidden_is_left_out(lorraine, saar, stories, hide):
    section = make_section(saar.sections["fr"], "Interne")
    target = make_article(section, "Secret sarrois")
    link = {"page": target.pk}
    if hide == "draft":
        make_draft(target)
    elif hide == "expired":
        change(target, expire_at=timezone.now() + timedelta(minutes=5))
    elif hide == "gated":
        link = {"document": make_gated_document(lorraine, "Secret sarrois").pk}
    else:
        make_private(target if hide == "private" else section, password="sésame")
    change(lorraine.home, shelves=[chosen("text", place(stories[0], links=[link]))])

    with travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert "Secret" not in Page(lorraine).shelf.get_text()


def test_a_shelf_of_chosen_stories_adds_no_query(lorraine, stories):
    picture, document = make_image("Forêt"), make_document()

    def queries(*shelves) -> int:
        change(lorraine.home, shelves=list(shelves))
        for _ in range(2):
            lorraine.reader().get("/fr/")
        with CaptureQueriesContext(connection) as captured:
            lorraine.reader().get("/fr/")
        return len(captured)

    quote = {"text": "Rien.", "who": "Élise", "portrait": picture.pk}
    links = [{"page": lorraine.section.pk}, {"document": document.pk}]
    edited = [place(story, picture="other", image=picture.pk, links=links) for story in stories[:4]]

    assert queries(chosen("large", *edited), chosen("quote", place(stories[4], quote=quote))) == queries(latest())


def test_preview_of_a_draft_shows_the_shelf_as_readers_will_see_it(lorraine, stories):
    home = type(lorraine.home).objects.get(pk=lorraine.home.pk)
    home.shelves = [chosen("text", place(stories[2], headline="À paraître", links=[{"page": lorraine.section.pk}]))]

    html = BeautifulSoup(home.make_preview_request().render().content, "html.parser")

    assert html.select_one(".shelf--chosen .card__title").get_text(strip=True) == "À paraître"
    assert html.select_one(".card__links a")["href"] == "/fr/rubrique/"


def test_first_picture_of_the_page_loads_at_once_below_a_breaking_band(lorraine, stories):
    breaking = {"text": "Le pont est fermé.", "ends_at": (timezone.now() + timedelta(hours=1)).isoformat()}

    page = Page(lorraine, {"type": "breaking", "value": breaking}, chosen("pair", place(), place()))

    assert [image["loading"] for image in page.shelf.select("img")] == ["eager", "lazy"]


def errors_of(layout: str, *places: dict) -> dict:
    block = ChosenShelf()
    try:
        block.clean(block.to_python(chosen(layout, *places)["value"]))
    except StructBlockValidationError as error:
        return error.block_errors
    return {}


@pytest.mark.parametrize(
    ("layout", "count", "message"),
    [
        ("large", 3, ""),
        ("large", 7, ""),
        ("large", 2, "“One large, two small” needs 3 stories: add places. An open place is filled by date."),
        ("pair", 3, "“Two of equal size” has room for 2 stories: remove the others or choose another layout."),
        ("picture", 2, "“Full-width picture” has room for 1 story: remove the others or choose another layout."),
        ("briefs", 2, "“In brief, with times” needs 3 stories: add places. An open place is filled by date."),
    ],
)
def test_number_of_places_must_fit_the_layout(db, layout, count, message):
    with override("en"):
        errors = errors_of(layout, *[place()] * count)

    assert [each for error in errors.values() for each in error.messages] == ([message] if message else [])


def test_same_story_twice_is_an_error_at_the_second_place(stories):
    errors = errors_of("pair", place(stories[0]), place(stories[0]))

    assert isinstance(errors["places"], ListBlockValidationError)
    assert list(errors["places"].block_errors) == [1]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"headline": "Sans article"}, "story"),
        ({"quote": {"text": "Rien.", "who": "", "portrait": None}}, "story"),
        ({"picture": "other"}, "image"),
        ({"links": [{"label": "Voir"}]}, "links"),
    ],
)
def test_words_without_a_story_and_choices_without_a_target_are_errors(lorraine, facts, field):
    places = errors_of("text", place(**facts))["places"]

    assert list(places.block_errors[0].block_errors) == [field]


def test_layout_with_a_quote_needs_one(stories):
    assert list(errors_of("quote", place(stories[0]))) == ["layout"]


def test_unfinished_shelf_can_be_saved_as_a_draft(stories):
    block = ChosenShelf()
    value = block.to_python(chosen("pair", place(headline="À suivre"))["value"])

    # The blocks inside are shared by all shelves, so the form restores them, too.
    block.defer_required_validation()
    try:
        assert block.clean(value)
    finally:
        block.restore_deferred_validation()
