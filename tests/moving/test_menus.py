"""The main menu of the old site becomes the navigation, where there is none."""

import pytest

from portal.content.records.settings import SiteSettings
from portal.moving.models import ImportSource
from portal.moving.undoing import undo
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, item

pytestmark = pytest.mark.usefixtures("newsroom")


def entry(title: str, order: int, menu: str = "principal", **meta: str) -> str:
    facts = {f"_menu_item_{name}": value for name, value in meta.items()}
    more = f'<category domain="nav_menu" nicename="{menu}">x</category>'
    return item(title, kind="nav_menu_item", order=order, meta=facts, more=more)


PARTS = [
    item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/"),
    entry("Partenaire", 2, type="custom", url="https://partenaire.example/?utm_source=menu"),
    entry("Nous écrire", 1, type="post_type", object_id="9"),
    entry("Sous", 3, type="post_type", object_id="9", menu_item_parent="5"),
    entry("Pied", 1, menu="pied", type="post_type", object_id="9"),
]


def navigation(site) -> list:
    return [(block["type"], block["value"]) for block in SiteSettings.objects.get(site=site).navigation.raw_data]


def test_menu_becomes_the_navigation(bring, lorraine, saar):
    bring(*PARTS)

    assert navigation(lorraine.site) == [
        ("page", {"page": page_of(9).pk, "label": "Nous écrire"}),
        ("link", {"url": "https://partenaire.example/", "label": "Partenaire"}),
    ]
    assert navigation(saar.site) == []


def test_menu_whose_entries_lead_nowhere_is_passed_over(bring, lorraine):
    contact = item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/")
    empty = [entry(f"Rien {n}", n, menu="principal", type="custom", url="#") for n in range(4)]
    social = [entry(f"Réseau {n}", n, menu="social", type="custom", url=f"https://r.example/{n}") for n in range(4)]

    bring(contact, *empty, *social, entry("Nous écrire", 1, menu="pages", type="post_type", object_id="9"))

    assert navigation(lorraine.site) == [("page", {"page": page_of(9).pk, "label": "Nous écrire"})]


def test_navigation_that_is_there_stays(bring, lorraine):
    settings = SiteSettings.for_site(lorraine.site)
    settings.navigation = [{"type": "page", "value": {"page": lorraine.section.pk, "label": ""}}]
    settings.save()

    report = bring(*PARTS)

    assert [value["page"] for _kind, value in navigation(lorraine.site)] == [lorraine.section.pk]
    assert "4 entries of menus" in report.left_out


def test_undo_takes_its_entries_back(bring, lorraine):
    bring(*PARTS)

    undo(ImportSource.objects.get())

    assert [kind for kind, _value in navigation(lorraine.site)] == ["link"]


def shelves(home) -> list:
    page = home.get_latest_revision_as_object()
    return [(block["type"], block["value"].get("story")) for block in page.shelves.raw_data]


def test_empty_front_page_shows_the_sticky_story_and_the_newest(bring, lorraine, saar):
    bring(item("Un", "Texte", wp_id=1), item("Épinglé", "Texte", wp_id=2, sticky=True))

    assert shelves(lorraine.home) == [("lead", page_of(2).pk), ("latest", None)]
    assert shelves(saar.home) == []


def test_front_page_that_is_arranged_stays(bring, lorraine):
    lorraine.home.shelves = [{"type": "latest", "value": {"title": "Ici", "count": 3}}]
    lorraine.home.save_revision().publish()

    bring(item("Épinglé", "Texte", wp_id=2, sticky=True))

    assert shelves(lorraine.home) == [("latest", None)]
