"""An editor builds a landing page with slips and pauses; a reader on a phone uses its tabs by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, resume_session
from tests.journeys.pages import accessibility_violations

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
DRAFT = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from wagtail.models import Site
from home.models import StandardPage
home = Site.objects.get(is_default_site=True).root_page
owner = get_user_model().objects.get(username="editor-lorraine")
texts = {"title": "Venir ici", "slug": f"venir-{uuid4().hex[:8]}", "locale": home.locale}
page = StandardPage(owner=owner, live=False, **texts)
home.add_child(instance=page)
page.save_revision(user=owner)
print(page.pk)
"""
STORED = """
from wagtail.models import Page
page = Page.objects.get(pk={key}).specific.get_latest_revision_as_object()
for shelf in page.shelves:
    print(shelf.block_type, *(f"{{card['title']}}/{{card['text']}}" for card in shelf.value["cards"]), sep="|")
"""
ENTRIES = "[data-contentpath=cards] [data-streamfield-child]"


@pytest.fixture
def builder(server, visit, run_on_server) -> Page:
    """The window of an editor who has opened an empty draft."""
    key = run_on_server(DRAFT).strip()
    page = visit()
    resume_session(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/pages/{key}/edit/")
    return page


def insert_shelf(page: Page, name: str) -> Locator:
    shelves = page.locator("[data-contentpath=shelves]")
    shelves.get_by_title("Insert a block").last.click()
    page.get_by_role("combobox", name="Search options").last.fill(name)
    page.locator("[role=option]").get_by_text(name, exact=True).filter(visible=True).first.click()
    return shelves.locator("[data-streamfield-child]:not([data-streamfield-child] *)").last


def entries(shelf: Locator) -> Locator:
    return shelf.locator(ENTRIES)


def field(entry: Locator, name: str) -> Locator:
    return entry.locator(f"[data-contentpath={name}]").locator("input[type=text], textarea").first


def stored(run_on_server, page: Page) -> list[str]:
    key = re.search(r"/(\d+)/edit/", page.url)[1]
    return run_on_server(STORED.format(key=key)).strip().split("\n")


def test_cards_are_stored_as_the_editor_leaves_them(builder, run_on_server):
    shelf = insert_shelf(builder, "Cards")
    while entries(shelf).count() < 3:
        shelf.locator("[data-contentpath=cards]").get_by_title("Add", exact=True).last.click()
    first, second, third = (entries(shelf).nth(number) for number in range(3))
    field(first, "title").press_sequentially("Trover un site", delay=20)
    field(second, "text").press_sequentially("Les réseaux et les aides.", delay=20)
    autosaved(builder)

    field(first, "title").fill("Trouver un site")
    field(second, "title").press_sequentially("Recruter", delay=20)
    field(third, "title").press_sequentially("Se loger", delay=20)
    third.get_by_title("Move up", exact=True).click()
    expect(field(entries(shelf).nth(1), "title")).to_have_value("Se loger")
    first.get_by_title("Delete", exact=True).click()
    expect(entries(shelf).filter(visible=True)).to_have_count(2)
    expect(builder.locator("[data-save-state=saved]")).to_have_count(0, timeout=TIMEOUT)
    autosaved(builder)

    assert stored(run_on_server, builder) == ["cards|Se loger/|Recruter/Les réseaux et les aides."]


def test_tabs_are_used_by_keyboard_on_a_phone(server, visit):
    reader = visit(**PHONE, locale="fr-FR")
    reader.goto(f"{server}/fr/s-implanter-en-lorraine/")
    tabs = reader.get_by_role("tab")
    expect(tabs).to_have_count(4)
    tabs.first.focus()

    for key, name, words in (
        ("ArrowRight", "Reprendre", "Deux cents entreprises"),
        ("End", "S’installer depuis l’étranger", "trilingue"),
        ("ArrowRight", "Créer", "Cent jours"),
        ("ArrowLeft", "S’installer depuis l’étranger", "trilingue"),
        ("Home", "Créer", "Cent jours"),
    ):
        reader.keyboard.press(key)
        expect(reader.get_by_role("tab", name=name, selected=True)).to_be_focused()
        expect(reader.get_by_role("tabpanel")).to_have_count(1)
        expect(reader.get_by_role("tabpanel")).to_contain_text(words)
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("tabpanel")).to_be_focused()
    assert accessibility_violations(reader) == []


def test_every_text_of_the_tabs_is_readable_without_a_script(server, visit):
    reader = visit(**PHONE, java_script_enabled=False)
    reader.goto(f"{server}/fr/s-implanter-en-lorraine/")

    expect(reader.locator(".tabs__panel")).to_have_count(4)
    for panel in reader.locator(".tabs__panel").all():
        expect(panel).to_be_visible()


def test_print_has_every_text_of_the_tabs(server, visit):
    reader = visit()
    reader.goto(f"{server}/fr/s-implanter-en-lorraine/")
    expect(reader.get_by_role("tabpanel")).to_have_count(1)
    reader.emulate_media(media="print")

    for panel in reader.locator(".tabs__panel").all():
        expect(panel).to_be_visible()
    expect(reader.locator(".tabs__list")).to_be_hidden()
