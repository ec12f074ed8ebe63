"""A home page shows the shelves that its editor chose: filled from the top, no story twice, only public pages."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from django.utils.translation import override
from time_machine import travel
from wagtail.blocks.struct_block import StructBlockAdapter

from home.shelves import MostReadShelf
from tests.builders import (
    change,
    make_article,
    make_draft,
    make_event,
    make_image,
    make_portrait,
    make_private,
    make_section,
    make_site,
    make_standard_page,
)


def lead(story=None) -> dict:
    return {"type": "lead", "value": {"story": story.pk if story else None}}


def latest(count: int = 4, title: str = "Dernières nouvelles") -> dict:
    return {"type": "latest", "value": {"title": title, "count": count}}


def section(page, layout: str = "large") -> dict:
    return {"type": "section", "value": {"section": page.pk, "layout": layout}}


def events(count: int = 4) -> dict:
    return {"type": "events", "value": {"title": "Rendez-vous", "count": count}}


PORTRAITS = {"type": "portraits", "value": {"title": "Portraits"}}


def minutes_ago(minutes: int):
    return timezone.now() - timedelta(minutes=minutes)


class Front:
    """The shelves of a home page as a reader sees them."""

    def __init__(self, ground, *shelves, path: str = "/fr/"):
        if shelves:
            change(ground.home, shelves=list(shelves))
        response = ground.reader().get(path)
        assert response.status_code == 200
        self.html = BeautifulSoup(response.content, "html.parser")

    def cards(self, kind: str) -> list[str]:
        return [title.get_text(strip=True) for title in self.html.select(f".shelf--{kind} .card__title")]

    @property
    def kinds(self) -> list[str]:
        return [shelf["class"][1].removeprefix("shelf--") for shelf in self.html.select("main .shelf")]

    @property
    def titles(self) -> list[str]:
        return [title.get_text(strip=True) for title in self.html.select("main .card__title")]


@pytest.fixture
def wood(lorraine):
    """A section with three stories, the newest first."""
    page = make_section(lorraine.home, "Bois", slug="bois")
    for number in range(3):
        make_article(page, f"Bois {number}", date=minutes_ago(number + 1))
    return page


def test_shelves_keep_the_order_of_the_editor(lorraine, wood):
    for number in range(3, 6):
        make_article(wood, f"Bois {number}", date=minutes_ago(number + 1))
    make_portrait(wood, date=minutes_ago(20))
    front = Front(lorraine, latest(2), lead(), PORTRAITS, events(), section(wood))

    assert front.kinds == ["latest", "lead", "portraits", "events", "section"]


def test_lead_is_the_newest_story_or_the_chosen_one(lorraine, wood):
    assert Front(lorraine).kinds == []
    assert Front(lorraine, lead()).cards("lead") == ["Bois 0", "Bois 1", "Bois 2"]
    chosen = make_article(lorraine.section, "Choisie", date=minutes_ago(9999))

    assert Front(lorraine, lead(chosen)).cards("lead") == ["Choisie", "Bois 0", "Bois 1"]


@pytest.mark.parametrize("hide", ["draft", "private", "expired", "deleted"])
def test_chosen_lead_that_is_not_public_is_replaced(lorraine, wood, hide):
    chosen = make_article(lorraine.section, "Choisie", date=minutes_ago(9999))
    change(lorraine.home, shelves=[lead(chosen)])
    if hide == "draft":
        make_draft(chosen)
    elif hide == "private":
        make_private(chosen, password="sésame")
    elif hide == "expired":
        change(chosen, expire_at=timezone.now() + timedelta(minutes=5))
    else:
        chosen.delete()

    with travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert Front(lorraine).cards("lead") == ["Bois 0", "Bois 1", "Bois 2"]


def test_no_story_is_on_two_shelves_and_lower_ones_are_full(lorraine, wood):
    for number in range(3, 12):
        make_article(wood, f"Bois {number}", date=minutes_ago(number + 1))
    make_article(make_section(wood, "Menuiserie"), "Une fenêtre", date=minutes_ago(15))

    front = Front(lorraine, lead(), latest(5), section(wood), PORTRAITS, section(wood, "three"))

    assert len(front.titles) == len(set(front.titles))
    assert front.cards("lead") == ["Bois 0", "Bois 1", "Bois 2"]
    assert front.cards("latest") == [f"Bois {number}" for number in range(3, 8)]
    assert front.cards("section") == [*(f"Bois {number}" for number in range(8, 12)), "Une fenêtre"]
    assert front.cards("portraits") == ["Portrait lorrain fr"]


def test_shelf_without_a_story_is_hidden(lorraine):
    empty = make_section(lorraine.home, "Vide")

    assert Front(lorraine, section(empty), latest(2)).kinds == ["latest"]


def test_events_shelf_shows_the_next_ones_or_is_empty(lorraine, saar):
    for days in (3, 1, 2):
        make_event(lorraine.calendar, f"Dans {days} j", start=timezone.now() + timedelta(days=days))
    make_event(saar.calendars["fr"], "Sarroise", start=timezone.now() + timedelta(hours=1))
    make_draft(make_event(lorraine.calendar, "Brouillon", start=timezone.now() + timedelta(hours=1)))

    front = Front(lorraine, events(1), events(2))

    shelves = front.html.select(".shelf--events")
    shown = [[title.get_text(strip=True) for title in shelf.select(".event-row__title")] for shelf in shelves]
    assert shown == [["Dans 1 j"], ["Dans 1 j", "Dans 2 j"]]
    assert Front(make_site("solo.localhost"), events()).kinds == ["events"]


def test_nothing_of_another_site_or_language_is_shown(lorraine, saar):
    make_article(saar.sections["fr"], "Décoy sarrois", date=minutes_ago(0))

    front = Front(lorraine, lead(), latest(12), PORTRAITS, events())

    assert not [title for title in front.titles if "sarrois" in title or title.endswith("de")]
    assert "sarrois" not in front.html.select_one("main").get_text()


def test_section_and_lead_of_another_site_are_not_shown(lorraine, saar):
    """An editor's page chooser shows the pages of every site."""
    foreign = make_article(saar.sections["fr"], "Décoy sarrois")

    front = Front(lorraine, lead(foreign), section(saar.sections["fr"]), section(lorraine.sections["de"]))

    assert not [title for title in front.titles if "sarrois" in title or title.endswith("de")]
    assert front.kinds == ["lead"]


@pytest.mark.parametrize("hide", ["draft", "private", "deleted"])
def test_section_has_a_shelf_while_it_is_public(lorraine, wood, hide):
    change(lorraine.home, shelves=[section(wood), latest(2)])
    if hide == "draft":
        make_draft(wood)
    elif hide == "deleted":
        wood.delete()
    else:
        rule = make_private(wood, password="sésame")

    assert Front(lorraine).kinds == ["latest"]
    if hide == "private":
        rule.delete()
        assert Front(lorraine).kinds == ["section", "latest"]


def test_shelves_link_to_the_full_lists(lorraine, wood):
    front = Front(lorraine, latest(2), section(wood), PORTRAITS, events())
    links = {shelf["class"][1]: shelf.select_one("a.shelf__more")["href"] for shelf in front.html.select("main .shelf")}

    assert links == {
        "shelf--latest": "/fr/actualites/",
        "shelf--section": "/fr/bois/",
        "shelf--portraits": "/fr/actualites/?kind=portrait",
        "shelf--events": "/fr/calendrier/",
    }
    for link in links.values():
        assert lorraine.reader().get(link).status_code == 200


def test_call_to_action_links_to_a_page_or_a_url(lorraine):
    contact = make_standard_page(lorraine.home, "Contact", slug="contact")
    link = {"label": "", "page": contact.pk, "url": ""}
    outside = {"label": "Écrire", "page": None, "url": "https://example.org/"}
    front = Front(
        lorraine,
        {"type": "call_to_action", "value": {"title": "Un projet ?", "text": "Parlons-en.", "link": link}},
        {"type": "call_to_action", "value": {"title": "Un autre ?", "text": "", "link": outside}},
    )

    buttons = [(a.get_text(strip=True), a["href"]) for a in front.html.select(".shelf--call a")]

    assert buttons == [("Contact", "/fr/contact/"), ("Écrire", "https://example.org/")]


def test_partners_are_shown_with_their_current_logo(lorraine):
    logo = make_image("Logo", file_hash="a" * 40)
    partners = [
        {"name": "Pays des Trois Rivières", "logo": logo.pk, "url": "https://rivieres.example/"},
        {"name": "Banque des Vallées", "logo": None, "url": ""},
    ]
    front = Front(lorraine, {"type": "partners", "value": {"title": "Partenaires", "partners": partners}})
    shelf = front.html.select_one(".shelf--partners")
    assert "Banque des Vallées" in shelf.get_text()
    assert shelf.a["href"] == "https://rivieres.example/"
    assert shelf.img["src"].endswith("a" * 8)

    logo.file_hash = "b" * 40
    logo.save()

    assert Front(lorraine).html.select_one(".shelf--partners img")["src"].endswith("b" * 8)


@pytest.mark.parametrize("hide", ["draft", "private", "expired"])
def test_call_to_action_does_not_link_to_a_hidden_page(lorraine, hide):
    contact = make_standard_page(lorraine.home, "Contact", slug="contact")
    link = {"label": "Écrire", "page": contact.pk, "url": ""}
    call = {"type": "call_to_action", "value": {"title": "Un projet ?", "text": "", "link": link}}
    contact = change(contact, expire_at=timezone.now() + timedelta(hours=1) if hide == "expired" else None)
    assert Front(lorraine, call).html.select(".shelf--call a")

    if hide == "draft":
        make_draft(contact)
    elif hide == "private":
        make_private(contact, password="sésame")

    with travel(timezone.now() + timedelta(hours=2), tick=False):
        assert not Front(lorraine).html.select(".shelf--call a")


def pages(*chosen) -> dict:
    return {"type": "pages", "value": {"title": "Sur ce site", "pages": [page.pk for page in chosen]}}


def test_shelf_of_pages_shows_each_with_its_introduction_or_its_first_sentences(lorraine):
    text = [{"type": "paragraph", "value": "<p>Écrivez-nous.</p>"}]
    contact = make_standard_page(lorraine.home, "Contact", slug="contact", body=text)
    about = make_standard_page(lorraine.home, "Qui sommes-nous", slug="nous", introduction="Une agence.", body=text)

    cards = Front(lorraine, pages(about, contact)).html.select(".shelves .card")

    assert [(card.a["href"], card.p.get_text(strip=True)) for card in cards] == [
        ("/fr/nous/", "Une agence."),
        ("/fr/contact/", "Écrivez-nous."),
    ]


def test_shelf_of_pages_leaves_out_hidden_ones_and_is_hidden_without_any(lorraine, saar):
    draft = make_draft(make_standard_page(lorraine.home, "Brouillon", slug="brouillon"))
    private = make_standard_page(saar.home, "Geheim", slug="geheim")
    make_private(private)

    html = Front(lorraine, pages(draft, private)).html

    assert "Brouillon" not in html.get_text()
    assert "Geheim" not in html.get_text()
    assert "Sur ce site" not in html.get_text()


def test_each_language_has_shelves_of_its_own(lorraine):
    change(lorraine.home, shelves=[latest(2)])
    change(lorraine.homes["de"], shelves=[{"type": "latest", "value": {"title": "Neueste Meldungen", "count": 4}}])

    german = Front(lorraine, path="/de/")

    assert "Neueste Meldungen" in german.html.get_text()
    assert all(title.endswith("de") for title in german.titles)


def test_form_of_the_shelf_most_read_explains_its_selection():
    with override("en"):
        help_text = str(StructBlockAdapter().js_args(MostReadShelf())[-1]["helpText"])
    assert "each hour" in help_text
    assert "ten times" in help_text
