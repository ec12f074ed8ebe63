"""The front of a section: its newest stories, its next events, its sub-sections."""

from datetime import timedelta

from bs4 import BeautifulSoup
from django.utils import timezone

from tests.builders import (
    make_article,
    make_calendar,
    make_draft,
    make_event,
    make_portrait,
    make_private,
    make_recap,
    make_section,
)


def front(ground, path: str = "/fr/bois/") -> BeautifulSoup:
    response = ground.reader().get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(html: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in html.select("main .card__title")]


def test_front_shows_stories_of_every_kind_newest_first(lorraine):
    wood = make_section(lorraine.home, "Bois", slug="bois")
    now = timezone.now()
    make_article(wood, "Article", date=now - timedelta(days=3))
    make_portrait(wood, "Portrait", date=now - timedelta(days=1))
    make_recap(make_calendar(wood), "Retour", date=now - timedelta(days=2))

    assert titles(front(lorraine)) == ["Portrait", "Retour", "Article"]


def test_front_lists_stories_of_its_sub_sections_and_links_to_them(lorraine):
    wood = make_section(lorraine.home, "Bois", slug="bois", introduction="Du tronc à la table.")
    joinery = make_section(wood, "Menuiserie", slug="menuiserie")
    make_section(joinery, "Fenêtres", slug="fenetres")
    make_article(joinery, "Une porte")
    make_event(make_calendar(wood))

    html = front(lorraine)

    assert titles(html) == ["Une porte"]
    assert "Du tronc à la table." in html.select_one("main").get_text()
    links = {a["href"] for a in html.select("main a")}
    assert {"/fr/bois/menuiserie/", "/fr/bois/actualites/", "/fr/bois/calendrier/"} <= links
    assert "/fr/bois/menuiserie/fenetres/" not in links


def test_card_names_its_section_if_it_is_another(lorraine):
    wood = make_section(lorraine.home, "Bois", slug="bois")
    make_article(make_section(wood, "Menuiserie"), "Une porte")
    make_article(wood, "Un tronc")

    cards = {card.h3.get_text(strip=True): card for card in front(lorraine).select("main .card")}

    assert "Menuiserie" in cards["Une porte"].get_text()
    assert "Bois" not in cards["Un tronc"].get_text()


def test_front_shows_only_public_pages_below_it(lorraine, saar):
    wood = make_section(lorraine.home, "Bois", slug="bois")
    calendar = make_calendar(wood)
    make_draft(make_article(wood, "Brouillon"))
    make_private(make_article(wood, "Secret"), password="sésame")
    make_article(wood, "Passé", expire_at=timezone.now() + timedelta(seconds=0))
    make_draft(make_event(calendar, "Brouillon de rencontre"))
    make_article(lorraine.section, "D’à côté")
    make_article(make_section(saar.homes["fr"], "Bois", slug="bois"), "Sarrois")
    make_private(make_section(wood, "Comité"), password="sésame")
    make_draft(make_section(wood, "Pas encore"))

    html = front(lorraine)

    assert titles(html) == []
    text = html.select_one("main").get_text()
    for word in ("Brouillon", "Secret", "Passé", "D’à côté", "Sarrois", "Comité", "Pas encore"):
        assert word not in text


def test_calendar_page_is_the_list_of_its_events(lorraine):
    html = front(lorraine, "/fr/rubrique/agenda/")

    assert [title.get_text(strip=True) for title in html.select(".event-row__title")] == ["Rendez-vous lorrain fr"]
    assert html.select_one("link[rel=canonical]")["href"] == "http://lorraine.localhost/fr/rubrique/agenda/"


def test_front_with_recaps_only_begins_with_coming_events(lorraine, saar):
    wood = make_section(lorraine.home, "Bois", slug="bois")
    calendar = make_calendar(wood)
    make_recap(calendar, "Retour")
    make_event(calendar, "Salon du bois")
    make_event(make_calendar(make_section(saar.homes["fr"], "Bois", slug="bois")), "Foire sarroise")

    main = front(lorraine).select_one("main")

    shown = [title.get_text(strip=True) for title in main.select(".event-row__title, .card__title")]
    assert shown == ["Salon du bois", "Retour"]
    assert not main.select(".front__aside .event-row")


def test_events_are_beside_the_stories_of_a_section(lorraine):
    wood = make_section(lorraine.home, "Bois", slug="bois")
    make_article(wood, "Une porte")
    make_event(make_calendar(wood), "Salon du bois")

    main = front(lorraine).select_one("main")

    shown = [title.get_text(strip=True) for title in main.select(".event-row__title, .card__title")]
    assert shown == ["Une porte", "Salon du bois"]
